/* Tokenizers in GGUF files: each rule of docs/format/gguf.md, section "The tokenizer", refuses its
 * files; and the ids of small ones, worked out by hand. */
#define _GNU_SOURCE
#include "base/mem.h"
#include "tdir.h"

#include <pot/tokenizer.h>

#define GOLDEN "tests/golden/gguf_tokens/"
#define KEY    "tokenizer.ggml."

static const struct {
    const char *file;
    pot_status status;
    const char *place, *why;
} rejects[] = {
    {"GT-01-no-model", POT_E_UNSUPPORTED, KEY "model", "the tokenizer \"\" is not built in"},
    {"GT-01-bert", POT_E_UNSUPPORTED, KEY "model", "the tokenizer \"bert\" is not built in"},
    {"GT-02-unknown-pre", POT_E_UNSUPPORTED, KEY "pre", "\"gpt-3\" is not built in"},
    {"GT-03-no-tokens", POT_E_FORMAT, KEY "tokens", "1 to 16777215 tokens are expected"},
    {"GT-03-token-not-utf8", POT_E_FORMAT, KEY "tokens", "token 7 is not UTF-8"},
    {"GT-03-token-twice", POT_E_FORMAT, "model.vocab", "\"a\" is there twice"},
    {"GT-03-types-not-i32", POT_E_FORMAT, KEY "token_type", "an array of i32"},
    {"GT-03-type-7", POT_E_FORMAT, KEY "token_type", "token 8 has type 7"},
    {"GT-03-type-negative", POT_E_FORMAT, KEY "token_type", "token 8 has type -536870912"},
    {"GT-03-unused", POT_E_UNSUPPORTED, KEY "tokens", "token 3 is unused or a byte"},
    {"GT-05-unigram-no-scores", POT_E_FORMAT, KEY "scores", "missing"},
    {"GT-05-unigram-score-infinite", POT_E_FORMAT, KEY "tokens", "token 8"},
    {"GT-06-unigram-unknown-outside", POT_E_FORMAT, KEY "unknown_token_id", "one of the 9 tokens"},
    {"GT-07-unigram-map-numbers", POT_E_FORMAT, KEY "precompiled_charsmap", "an array of bytes"},
    {"GT-07-unigram-map-cut", POT_E_FORMAT, "normalizer.normalizers[0].precompiled_charsmap",
     "map"},
    {"GT-04-no-merges", POT_E_FORMAT, KEY "merges", "missing"},
    {"GT-04-merge-of-unknown", POT_E_FORMAT, "model.merges", "merge 1, of \"b\" and \"z\""},
    {"GT-04-merge-not-utf8", POT_E_FORMAT, KEY "merges", "merge 0 is not UTF-8"},
    {"GT-04-merge-of-one", POT_E_FORMAT, "model.merges", "is not two pieces"},
    {"GT-05-no-scores", POT_E_FORMAT, KEY "scores", "missing"},
    {"GT-05-scores-f64", POT_E_FORMAT, KEY "scores", "an array of f32"},
    {"GT-06-bos-outside", POT_E_FORMAT, KEY "bos_token_id", "one of the 9 tokens"},
    {"GT-06-no-bos", POT_E_FORMAT, KEY "bos_token_id", "one of the 9 tokens"},
    {"GT-06-unknown-outside", POT_E_FORMAT, KEY "unknown_token_id", "one of the 10 tokens"},
    {"GT-07-extra-spaces", POT_E_UNSUPPORTED, KEY "remove_extra_whitespaces", "only false"},
    {"GT-07-character-map", POT_E_UNSUPPORTED, KEY "precompiled_charsmap", "character maps"},
};

#define REJECTS (sizeof rejects / sizeof *rejects)

static void test_rejects(void)
{
    char path[200];
    for (size_t i = 0; i < REJECTS; i++) {
        pot_tokenizer *t = NULL;
        pot_error err = {0};
        snprintf(path, sizeof path, GOLDEN "%s.gguf", rejects[i].file);
        const pot_status s = pot_tokenizer_open(&t, path, &err);
        if (s != rejects[i].status || strcmp(err.place, rejects[i].place) != 0 ||
            !strstr(err.msg, rejects[i].why) || strcmp(err.file, path) != 0) {
            fprintf(stderr, "%s: status %d: %s: %s\n", path, (int)s, err.place, err.msg);
            exit(1);
        }
        CHECK(!t && pot_mem_used() == 0);
    }
    CHECK(t_count("tests/golden/gguf_tokens") == REJECTS + 6);
}

static void gives(const char *file, const char *text, const uint32_t *want, size_t n)
{
    char path[200];
    pot_tokenizer *t = NULL;
    pot_tokens ids = {0};
    pot_error err = {0};
    snprintf(path, sizeof path, GOLDEN "%s.gguf", file);
    CHECK(pot_tokenizer_open(&t, path, &err) == POT_OK);
    CHECK(pot_tokenizer_encode(t, &ids, text, strlen(text), true, &err) == POT_OK);
    if (ids.n != n || memcmp(ids.id, want, n * sizeof *want) != 0) {
        fprintf(stderr, "%s: \"%s\":", file, text);
        for (size_t i = 0; i < ids.n; i++)
            fprintf(stderr, " %u", ids.id[i]);
        fprintf(stderr, "\n");
        exit(1);
    }
    pot_tokens_free(&ids);
    pot_tokenizer_close(&t);
}

#define GIVES(file, text, ...)                                                                     \
    do {                                                                                           \
        const uint32_t want_[] = {__VA_ARGS__};                                                    \
        gives(file, text, want_, sizeof want_ / sizeof *want_);                                    \
    } while (0)

static void test_ids(void)
{
    GIVES("GT-00-good-gpt2", "abc ab", 7, 5, 3, 4);
    GIVES("GT-00-good-gpt2", "c<|end|>ab", 7, 2, 7, 4);
    GIVES("GT-00-good-llama", "ab ab", 1, 8, 8);
    GIVES("GT-00-good-llama", "bab\n", 1, 4, 6, 7, 3);     /* ab scores higher than ba */
    GIVES("GT-00-good-llama", "a\xc3\xa9", 1, 4, 5, 0);    /* no byte tokens for it: unknown */
    GIVES("GT-00-good-llama", "a</s>b", 1, 4, 5, 2, 4, 6); /* a token in the text */
    GIVES("GT-00-good-llama-no-prefix", "ab ab", 7, 8, 2);
    GIVES("GT-00-good-llama", "<unk>", 1, 0);
    GIVES("GT-00-good-t5", " ab \n ab ", 6, 6, 1);
    GIVES("GT-00-good-t5", "b", 3, 5, 1);
    GIVES("GT-00-good-t5", "\xc3\xa9 a</s>", 3, 2, 3, 4, 1, 1);
    GIVES("GT-00-good-t5", "[PAD8]", 3, 2, 1); /* a filler is no piece */
    GIVES("GT-00-good-t5-spaces", "ab  ab", 7, 3, 6, 1);
    GIVES("GT-00-good-t5-no-prefix", " ab  ab ", 7, 6);
}

static void test_sizes(void)
{
    pot_tokenizer *t = NULL;
    CHECK(pot_tokenizer_open(&t, GOLDEN "GT-00-good-gpt2.gguf", NULL) == POT_OK);
    CHECK(pot_tokenizer_size(t) == 8); /* a filler is no piece */
    CHECK(strcmp(pot_tokenizer_kind(t), "byte-level BPE") == 0);
    pot_tokenizer_close(&t);
    CHECK(pot_tokenizer_open(&t, GOLDEN "GT-00-good-llama.gguf", NULL) == POT_OK);
    CHECK(pot_tokenizer_size(t) == 10);
    pot_tokenizer_close(&t);
}

static void test_faults(void)
{
    static const char *const file[] = {GOLDEN "GT-00-good-gpt2.gguf",
                                       GOLDEN "GT-00-good-llama.gguf", GOLDEN "GT-00-good-t5.gguf"};
    for (int f = 0; f < 3; f++)
        for (uint64_t i = 1, failed = 1; failed; i++) {
            pot_tokenizer *t = NULL;
            pot_mem_fail_at(i);
            const pot_status s = pot_tokenizer_open(&t, file[f], NULL);
            pot_mem_fail_at(0);
            failed = s != POT_OK;
            CHECK(s == POT_OK || s == POT_E_NOMEM);
            pot_tokenizer_close(&t);
            CHECK(pot_mem_used() == 0);
        }
}

int main(void)
{
    test_rejects();
    test_ids();
    test_sizes();
    test_faults();
    return 0;
}
