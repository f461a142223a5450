/* SentencePiece models: what the sentencepiece package said (tools/oracle/sentencepiece_live.py
 * records it), files to accept and to refuse, the special tokens of tokenizer_config.json. */
#define _GNU_SOURCE
#include "base/file.h"
#include "tdir.h"
#include "test_tok.h"

#define GOLDEN "tests/golden/sentencepiece/"
#define CORPUS "fuzz/corpus/sentencepiece/"
#define M_     "\xe2\x96\x81"

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

static pot_bytes bytes_of(const pot_buf *b)
{
    return (pot_bytes){(const uint8_t *)(b->p ? b->p : ""), b->n};
}

static uint32_t u32_at(const char *p)
{
    uint32_t v = 0;
    for (int i = 3; i >= 0; i--)
        v = v << 8 | (uint8_t)p[i];
    return v;
}

/* NAME.ids: a line for each of the first 300 texts of at most 48 bytes. */
static void check_ids(const char *name)
{
    char path[200];
    snprintf(path, sizeof path, GOLDEN "%s.model", name);
    pot_tokenizer *t = NULL;
    pot_tokens ids = {0};
    CHECK(pot_tokenizer_open(&t, path, NULL) == POT_OK);
    snprintf(path, sizeof path, GOLDEN "%s.ids", name);
    pot_buf want = read_file(path), texts = read_file("tests/golden/tokenizers/strings.bin");
    char *line = want.p;
    size_t lines = 0;

    for (size_t at = 0; lines < 300 && at < texts.n;) {
        const uint32_t n = u32_at(texts.p + at);
        const char *text = texts.p + at + 4;
        at += 4 + n;
        if (n > 48) continue;
        CHECK(pot_tokenizer_encode(t, &ids, text, n, false, NULL) == POT_OK);
        for (size_t i = 0; i < ids.n; i++, line += *line != '\n') {
            CHECK(ids.start[i] <= ids.end[i] && ids.end[i] <= n);
            CHECK(!i || (ids.start[i - 1] <= ids.start[i] && ids.end[i - 1] <= ids.end[i]));
            if (strtoul(line, &line, 10) == ids.id[i]) continue;
            fprintf(stderr, "%s: text %zu, token %zu\n", name, lines, i);
            exit(1);
        }
        CHECK(*line++ == '\n');
        lines++;
    }
    CHECK(lines == 300 && *line == '\0');
    pot_tokens_free(&ids);
    pot_buf_free(&want);
    pot_buf_free(&texts);
    pot_tokenizer_close(&t);
}

/* Files named accept_... and reject_...; each refusal says the word that belongs to it. */
static void check_corpus(void)
{
    static const struct {
        const char *name, *word;
    } words[] = {
        {"reject_empty", "0 pieces"},
        {"reject_cut", "cut short"},
        {"reject_no_unk", "no piece is the unknown one"},
        {"reject_two_unk", "second unknown"},
        {"reject_twice", "there twice"},
        {"reject_type", "no known type"},
        {"reject_nan", "finite score"},
        {"reject_utf8", "UTF-8"},
        {"reject_nul", "NUL"},
        {"reject_piece_empty", "0 bytes"},
        {"reject_long", "1025 bytes"},
        {"reject_group", "kind that is not used"},
        {"reject_number", "without a number"},
        {"reject_varint", "64 bits"},
        {"reject_length", "cut short"},
        {"reject_word", "kind 3"},
        {"reject_char_model", "kind 4"},
        {"reject_bytes_some", "1 byte pieces"},
        {"reject_bytes_flag", "1 byte pieces"},
        {"reject_byte_name", "not <0x00> to <0xFF>"},
        {"reject_map", "cut short"},
        {"reject_kind", "kind 0"},
        {"reject_bpe_unused", "unused"},
        {"reject_bpe_control", "control symbol"},
        {"reject_bpe_character", "no piece"},
    };
    DIR *d = opendir(CORPUS);
    CHECK(d);
    for (struct dirent *e; (e = readdir(d));) {
        char path[400];
        if (strncmp(e->d_name, "accept", 6) != 0 && strncmp(e->d_name, "reject", 6) != 0) continue;
        snprintf(path, sizeof path, CORPUS "%s", e->d_name);
        pot_buf b = read_file(path);
        pot_tokenizer *t = NULL;
        pot_error err = {0};
        const pot_status s = pot_tokenizer_parse_sp(&t, bytes_of(&b), (pot_bytes){0}, "m", &err);
        const char *word = "";
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (strcmp(words[i].name, e->d_name) == 0) word = words[i].word;
        const bool good =
            e->d_name[0] == 'a' ? s == POT_OK : s != POT_OK && err.status == s && *word;
        if (!good || !strstr(err.msg, word)) {
            fprintf(stderr, "%s: %d %s\n", e->d_name, (int)s, err.msg);
            exit(1);
        }
        pot_tokenizer_close(&t);
        pot_buf_free(&b);
    }
    closedir(d);
}

static pot_tokenizer *open_with(const char *name, const char *config)
{
    char path[200], room[400];
    snprintf(path, sizeof path, CORPUS "%s", name);
    pot_buf b = read_file(path);
    pot_tokenizer *t = NULL;
    pot_error err = {0};
    const pot_bytes text = quoted(room, sizeof room, config);
    if (pot_tokenizer_parse_sp(&t, bytes_of(&b), text, "m", &err) != POT_OK) {
        fprintf(stderr, "%s: %s: %s\n", err.file, err.place, err.msg);
        exit(1);
    }
    pot_buf_free(&b);
    return t;
}

static void encodes(const char *name, const char *config, const char *text, const char *want)
{
    pot_tokenizer *t = open_with(name, config);
    CHECK_STR(ids_of(t, text, true), want);
    pot_tokenizer_close(&t);
}

static void test_special(void)
{
    /* <unk> <s> </s> a b ab mark mark-a <u> */
    encodes("accept_bpe", "", "ab", "1:0-0 6:0-0 5:0-2");
    encodes("accept_bpe", "{}", "ab", "1:0-0 6:0-0 5:0-2");
    encodes("accept_bpe", "{'tokenizer_class':'LlamaTokenizerFast','add_bos_token':false}", "ab",
            "6:0-0 5:0-2");
    encodes("accept_bpe", "{'add_eos_token':true,'eos_token':{'content':'<u>'}}", "ab",
            "1:0-0 6:0-0 5:0-2 8:0-0");
    encodes("accept_unigram", "{'tokenizer_class':'T5Tokenizer','add_bos_token':true}", "a",
            "6:0-0 3:0-1 2:0-0");
    encodes("accept_bpe", "{'bos_token':null}", "", "1:0-0");
}

static void test_spans(void)
{
    const char *none = "{'add_bos_token':false}";
    encodes("accept_bpe", none, "a  a", "7:0-1 6:1-2 7:2-4");
    encodes("accept_bpe", none, "<u>a<s>", "6:0-0 8:0-3 3:3-4 0:4-7"); /* controls are text */
    encodes("accept_unigram", none, "  ab  b ", "6:2-2 5:2-4 6:4-5 4:6-7");
    encodes("accept_behind", none, "b", "4:0-1 6:1-1");
    encodes("accept_no_escape", none, "a  b", "0:0-0 3:0-1 0:1-2 4:3-4");
    encodes("accept_bytes", none, "a\xc3\xa9", "7:0-1 204:1-3 178:1-3");
    encodes("accept_map", none, "ba\xc3\xa9  b", "6:0-0 4:0-1 4:1-2 6:4-6 4:6-7");
}

static void refuses(const char *config, pot_status want, const char *place, const char *word)
{
    char room[400];
    pot_buf b = read_file(CORPUS "accept_bpe");
    pot_tokenizer *t = NULL;
    pot_error err = {0};
    const pot_bytes text = quoted(room, sizeof room, config);
    CHECK(pot_tokenizer_parse_sp(&t, bytes_of(&b), text, "m", &err) == want && !t);
    CHECK_STR(err.file, "tokenizer_config.json");
    CHECK_STR(err.place, place);
    CHECK(strstr(err.msg, word));
    pot_buf_free(&b);
}

static void test_config(void)
{
    refuses("{", POT_E_FORMAT, "", "");
    refuses("{'tokenizer_class':'XLMRobertaTokenizer'}", POT_E_UNSUPPORTED, "tokenizer_class",
            "XLMRobertaTokenizer");
    refuses("{'bos_token':'<bos>'}", POT_E_UNSUPPORTED, "bos_token", "\"<bos>\"");
    refuses("{'bos_token':7}", POT_E_FORMAT, "bos_token", "string");
    refuses("{'add_bos_token':1}", POT_E_FORMAT, "add_bos_token", "");
}

/* A directory: tokenizer_config.json beside tokenizer.model counts. */
static void test_beside(void)
{
    pot_buf b = read_file(CORPUS "accept_bpe");
    pot_tokenizer *t = NULL;
    t_text(t_path("tokenizer_config.json"), "{\"add_bos_token\": false}");
    t_write(t_path("tokenizer.model.v3"), b.p, b.n);
    CHECK(pot_tokenizer_open(&t, t_path("tokenizer.model.v3"), NULL) == POT_OK);
    CHECK_STR(ids_of(t, "ab", true), "6:0-0 5:0-2");
    CHECK_STR(pot_tokenizer_kind(t), "SentencePiece BPE");
    CHECK(pot_tokenizer_size(t) == 9);
    pot_tokenizer_close(&t);
    pot_buf_free(&b);
}

/* Memory that runs out at every place in turn. */
static void test_faults(const char *name)
{
    char path[200];
    snprintf(path, sizeof path, CORPUS "%s", name);
    pot_buf b = read_file(path);
    for (uint64_t n = 1;; n++) {
        pot_tokenizer *t = NULL;
        pot_tokens ids = {0};
        const size_t before = pot_mem_used();
        pot_mem_fail_at(n);
        pot_status s = pot_tokenizer_parse_sp(&t, bytes_of(&b), (pot_bytes){0}, "m", NULL);
        if (s == POT_OK) s = pot_tokenizer_encode(t, &ids, "ab xa", 5, true, NULL);
        pot_mem_fail_at(0);
        pot_tokens_free(&ids);
        pot_tokenizer_close(&t);
        CHECK(pot_mem_used() == before);
        if (s == POT_OK) break;
        CHECK(s == POT_E_NOMEM);
    }
    pot_buf_free(&b);
}

int main(void)
{
    static const char *const names[] = {"bpe_llama",     "bpe_rules",     "bpe_behind",
                                        "unigram_rules", "unigram_bytes", "unigram_behind",
                                        "unigram_spaces"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_ids(names[i]);
    check_corpus();
    test_special();
    test_spans();
    test_config();
    t_dir_open();
    test_beside();
    test_faults("accept_bpe");
    test_faults("accept_unigram");
    test_faults("accept_map");
    CHECK(pot_mem_used() == 0);
    return 0;
}
