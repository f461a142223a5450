/* What the `tokenizers` package said, recorded by tools/oracle/tokenizers_golden.py: the small
 * tokenizers of tests/golden/tokenizers token by token, the real ones of ../shared by a digest
 * of each of 10,000 texts, and the vectors of llama.cpp. */
#include "base/file.h"
#include "test_tok.h"

#define GOLDEN "tests/golden/tokenizers/"
#define SHARED "../shared/data/"

static pot_buf strings;

static pot_buf read_file(const char *path)
{
    pot_buf b = POT_BUF(1 << 24);
    pot_error err = {0};
    if (pot_file_read(&b, path, &err) != POT_OK) {
        fprintf(stderr, "%s: %s\n", err.file, err.msg);
        exit(1);
    }
    return b;
}

static uint32_t u32_at(const char *p)
{
    uint32_t v = 0;
    for (int i = 3; i >= 0; i--)
        v = v << 8 | (uint8_t)p[i];
    return v;
}

/* The next text of strings.bin, or false at the end. */
static bool next_text(size_t *at, const char **text, uint32_t *n)
{
    if (*at == strings.n) return false;
    *n = u32_at(strings.p + *at);
    *text = strings.p + *at + 4;
    *at += 4 + *n;
    CHECK(*at <= strings.n);
    return true;
}

static pot_tokenizer *open_file(const char *path)
{
    pot_tokenizer *t = NULL;
    pot_error err = {0};
    if (pot_tokenizer_open(&t, path, &err) != POT_OK) {
        fprintf(stderr, "%s: %s: %s\n", err.file, err.place, err.msg);
        exit(1);
    }
    return t;
}

/* NAME.spans: a line for each of the first 300 texts of at most 48 bytes. */
static void check_spans(const char *name)
{
    char path[200];
    snprintf(path, sizeof path, GOLDEN "%s.json", name);
    pot_tokenizer *t = open_file(path);
    snprintf(path, sizeof path, GOLDEN "%s.spans", name);
    pot_buf want = read_file(path);
    pot_tokens ids = {0};
    char *line = want.p;
    size_t at = 0, lines = 0;
    const char *text;
    uint32_t n;

    while (lines < 300 && next_text(&at, &text, &n)) {
        if (n > 48) continue;
        CHECK(pot_tokenizer_encode(t, &ids, text, n, true, NULL) == POT_OK);
        for (size_t i = 0; i < ids.n; i++) {
            uint32_t got[3] = {ids.id[i], ids.start[i], ids.end[i]};
            for (int k = 0; k < 3; k++, line += *line != '\n') {
                if (strtoul(line, &line, 10) == got[k]) continue;
                fprintf(stderr, "%s: text %zu, token %zu\n", name, lines, i);
                exit(1);
            }
            CHECK(ids.start[i] <= ids.end[i] && ids.end[i] <= n);
        }
        CHECK(*line == '\n');
        line++;
        lines++;
    }
    CHECK(lines == 300 && *line == '\0');
    pot_tokens_free(&ids);
    pot_buf_free(&want);
    pot_tokenizer_close(&t);
}

static uint32_t crc32(uint32_t crc, uint32_t v)
{
    for (int byte = 0; byte < 4; byte++, v >>= 8) {
        crc ^= v & 0xff;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return crc;
}

/* NAME.crc: for each text the CRC-32 of all ids, starts and ends. */
static void check_digests(const char *name, const char *file)
{
    char path[200];
    snprintf(path, sizeof path, GOLDEN "%s.crc", name);
    pot_buf want = read_file(path);
    pot_tokenizer *t = open_file(file);
    pot_tokens ids = {0};
    size_t at = 0, texts = 0;
    const char *text;
    uint32_t n;

    while (next_text(&at, &text, &n)) {
        uint32_t crc = UINT32_MAX;
        CHECK(pot_tokenizer_encode(t, &ids, text, n, true, NULL) == POT_OK);
        for (size_t i = 0; i < ids.n; i++)
            crc = crc32(crc32(crc32(crc, ids.id[i]), ids.start[i]), ids.end[i]);
        CHECK(4 * texts + 4 <= want.n);
        if (u32_at(want.p + 4 * texts) != (crc ^ UINT32_MAX)) {
            fprintf(stderr, "%s: text %zu differs: \"%.*s\"\n", name, texts, (int)n, text);
            exit(1);
        }
        texts++;
    }
    CHECK(4 * texts == want.n);
    pot_tokens_free(&ids);
    pot_buf_free(&want);
    pot_tokenizer_close(&t);
}

/* llama.cpp's vectors: texts and lines of ids, without special tokens. */
static void check_vectors(const char *vectors, const char *file)
{
    static const char gap[] = "\n__ggml_vocab_test__\n";
    char path[200];
    snprintf(path, sizeof path, SHARED "tokenizers/llamacpp-vocab/ggml-vocab-%s.gguf.inp", vectors);
    pot_buf in = read_file(path);
    snprintf(path, sizeof path, SHARED "tokenizers/llamacpp-vocab/ggml-vocab-%s.gguf.out", vectors);
    pot_buf out = read_file(path);
    pot_tokenizer *t = open_file(file);
    pot_tokens ids = {0};
    char *text = in.p, *line = out.p;
    int cases = 0;

    for (char *end; (end = strstr(text, gap)); text = end + sizeof gap - 1, cases++) {
        CHECK(pot_tokenizer_encode(t, &ids, text, (size_t)(end - text), false, NULL) == POT_OK);
        for (size_t i = 0; i < ids.n; i++)
            CHECK(strtoul(line, &line, 10) == ids.id[i]);
        CHECK(*line == '\n');
        line++;
    }
    CHECK(cases == 46);
    pot_tokens_free(&ids);
    pot_buf_free(&in);
    pot_buf_free(&out);
    pot_tokenizer_close(&t);
}

static void check_shared(void)
{
    static const struct {
        const char *name, *file, *vectors;
    } real[] = {
        {"falcon", SHARED "tokenizers/falcon/tokenizer.json", "falcon"},
        {"phi-2", SHARED "tokenizers/phi-2/tokenizer.json", NULL},
        {"phi-3-mini", SHARED "tokenizers/phi-3-mini/tokenizer.json", "phi-3"},
        {"roberta-base", SHARED "tokenizers/roberta-base/tokenizer.json", "roberta-bpe"},
        {"stories260k", SHARED "models/stories260k/tokenizer.json", NULL},
        {"t5-small", SHARED "tokenizers/t5-small/tokenizer.json", NULL},
    };
    if (!pot_dir_exists(SHARED "tokenizers")) {
        fprintf(stderr, "skipped: no shared data\n");
        return;
    }
    for (size_t i = 0; i < sizeof real / sizeof *real; i++) {
        check_digests(real[i].name, real[i].file);
        if (real[i].vectors) check_vectors(real[i].vectors, real[i].file);
    }
}

int main(void)
{
    static const char *const names[] = {
        "albert",   "always", "behaviors", "bytes",    "contiguous", "digits",
        "first",    "flags",  "gemma",     "llama3",   "nfkc",       "o200k",
        "patterns", "spm",    "tiktoken",  "unibytes", "unigram",
    };
    strings = read_file(GOLDEN "strings.bin");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_spans(names[i]);
    check_shared();
    pot_buf_free(&strings);
    CHECK(pot_mem_used() == 0);
    return 0;
}
