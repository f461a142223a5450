/* Bytes as a text for four small tokenizers: valid UTF-8 is encoded, anything else refused;
 * ids exist, spans ascend within the text, and a second time gives the same.
 * Target function: pot_tokenizer_encode. */
#include "fuzz.h"

#include <pot/tokenizer.h>

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/golden/tokenizers/" /* run from the root of the repository */

static const char *const files[] = {FOLDER "spm.json", FOLDER "llama3.json", FOLDER "o200k.json",
                                    FOLDER "digits.json"};
#define N (sizeof files / sizeof *files)

static void check(int ok)
{
    if (!ok) abort();
}

static void encode(pot_tokenizer *t, const char *text, size_t n)
{
    pot_tokens a = {0}, b = {0};
    const int valid = pot_utf8_valid((const uint8_t *)text, n) == n;
    const pot_status s = pot_tokenizer_encode(t, &a, text, n, false, NULL);

    check(s == (valid ? POT_OK : POT_E_FORMAT));
    check(pot_tokenizer_encode(t, &b, text, n, false, NULL) == s && a.n == b.n);
    for (size_t i = 0; i < a.n; i++) {
        check(pot_tokenizer_piece(t, a.id[i]) != NULL);
        check(a.start[i] <= a.end[i] && a.end[i] <= n);
        check(!i || (a.start[i - 1] <= a.start[i] && a.end[i - 1] <= a.end[i]));
        check(a.id[i] == b.id[i] && a.start[i] == b.start[i] && a.end[i] == b.end[i]);
    }
    pot_tokens_free(&a);
    pot_tokens_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static pot_tokenizer *t[N]; /* opened once, never closed */
    for (size_t i = 0; i < N; i++) {
        if (!t[i]) check(pot_tokenizer_open(&t[i], files[i], NULL) == POT_OK);
        encode(t[i], (const char *)data, size);
    }
    return 0;
}
