/* Tokenizers in GGUF files against llama.cpp's own vectors
 * (../shared/data/tokenizers/llamacpp-vocab): 46 texts each, with no special tokens added. */
#define _GNU_SOURCE
#include "base/file.h"
#include "base/mem.h"
#include "tdir.h"

#include <pot/tokenizer.h>

#define VOCAB "../shared/data/tokenizers/llamacpp-vocab/ggml-vocab-"
#define END   "\n__ggml_vocab_test__\n"

static const char *const names[] = {"deepseek-coder", "deepseek-llm", "falcon",    "gpt-2", "mpt",
                                    "refact",         "starcoder",    "llama-spm", "phi-3"};

/* The ids of one line; returns where the next begins. */
static const char *read_line(const char *p, uint32_t *id, size_t *n)
{
    for (*n = 0; *p && *p != '\n';) {
        char *end;
        if (*p == ' ') {
            p++;
            continue;
        }
        id[(*n)++] = (uint32_t)strtoul(p, &end, 10);
        p = end;
    }
    return *p ? p + 1 : p;
}

static unsigned check_text(pot_tokenizer *t, const char *name, const char *text, size_t len,
                           const uint32_t *want, size_t n)
{
    pot_tokens got = {0};
    CHECK(pot_tokenizer_encode(t, &got, text, len, false, NULL) == POT_OK);
    const bool same = got.n == n && (!n || memcmp(got.id, want, n * sizeof *want) == 0);
    if (!same) {
        fprintf(stderr, "%s: \"%.*s\"\n  want", name, (int)len, text);
        for (size_t i = 0; i < n; i++)
            fprintf(stderr, " %u", want[i]);
        fprintf(stderr, "\n  got ");
        for (size_t i = 0; i < got.n; i++)
            fprintf(stderr, " %u", got.id[i]);
        fprintf(stderr, "\n");
    }
    pot_tokens_free(&got);
    return !same;
}

static unsigned check(const char *name)
{
    static uint32_t want[4096];
    char path[320], file[300];
    size_t n, ids;
    pot_tokenizer *t = NULL;
    pot_error err = {0};
    snprintf(file, sizeof file, VOCAB "%s.gguf", name);
    if (pot_tokenizer_open(&t, file, &err) != POT_OK) {
        fprintf(stderr, "%s: %s: %s\n", file, err.place, err.msg);
        exit(1);
    }
    snprintf(path, sizeof path, "%s.inp", file);
    char *in = t_read(path, &n);
    snprintf(path, sizeof path, "%s.out", file);
    char *out = t_read(path, &ids);
    CHECK(in && out);
    unsigned bad = 0, texts = 0;
    const char *line = out;
    for (char *text = in, *end; (end = strstr(text, END)); text = end + strlen(END), texts++) {
        line = read_line(line, want, &ids);
        bad += check_text(t, name, text, (size_t)(end - text), want, ids);
    }
    CHECK(texts == 46);
    free(in), free(out);
    pot_tokenizer_close(&t);
    return bad;
}

static void refused(const char *name, const char *why)
{
    char path[300];
    pot_tokenizer *t = NULL;
    pot_error err = {0};
    snprintf(path, sizeof path, VOCAB "%s.gguf", name);
    CHECK(pot_tokenizer_open(&t, path, &err) == POT_E_UNSUPPORTED && !t);
    CHECK(strstr(err.msg, why) && strstr(err.file, name));
}

int main(void)
{
    unsigned bad = 0;
    if (!pot_file_exists(VOCAB "gpt-2.gguf")) {
        printf("skipped: no shared data\n");
        return 0;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        bad += check(names[i]);
    refused("bert-bge", "\"bert\" is not built in");
    CHECK(bad == 0 && pot_mem_used() == 0);
    return 0;
}
