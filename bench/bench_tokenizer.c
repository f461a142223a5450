/* bench_tokenizer.c - opening and encoding, for the tokenizers of ../shared that are there. */
#include <pot/tokenizer.h>

#include "base/clock.h"
#include "base/file.h"

#include <stdio.h>

#define SHARED "../shared/data/tokenizers/"

static void bench(const char *name, const pot_buf *text)
{
    char path[200];
    pot_tokenizer *t = NULL;
    pot_tokens ids = {0};
    snprintf(path, sizeof path, SHARED "%s/tokenizer.json", name);

    const double start = pot_clock();
    if (pot_tokenizer_open(&t, path, NULL) != POT_OK) return;
    const double opened = pot_clock();
    int rounds = 0;
    for (; pot_clock() - opened < 1; rounds++)
        if (pot_tokenizer_encode(t, &ids, text->p, text->n, false, NULL) != POT_OK) break;
    const double rate = (double)text->n * rounds / (pot_clock() - opened);
    printf("%-14s open %5.1f ms   encode %6.2f MB/s   %.2f bytes per token\n", name,
           1e3 * (opened - start), rate / 1e6, (double)text->n / (double)ids.n);
    pot_tokens_free(&ids);
    pot_tokenizer_close(&t);
}

int main(void)
{
    static const char *const names[] = {"phi-2", "phi-3-mini", "falcon", "roberta-base"};
    pot_buf text = POT_BUF(1 << 20);
    if (pot_file_read(&text, "docs/format/tokenizer.md", NULL) != POT_OK ||
        pot_file_read(&text, "src/token/onig.c", NULL) != POT_OK)
        return 1;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        bench(names[i], &text);
    pot_buf_free(&text);
    return 0;
}
