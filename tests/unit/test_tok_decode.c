/* The text of ids, against what the tokenizers package gave (tests/golden/tokenizers/decoded.txt,
 * by tools/oracle/decode_live.py --record); what is refused; and memory that runs out. */
#include "test_tok.h"

#include "base/file.h"

#include <jansson.h>

/* The next line, NUL-terminated; NULL at the end. */
static char *line(char **at)
{
    char *s = *at, *end = s ? strchr(s, '\n') : NULL;
    if (!end) return NULL;
    *end = '\0';
    *at = end + 1;
    return s;
}

static json_t *value(char *s)
{
    json_t *v = json_loads(s, JSON_DECODE_ANY, NULL);
    CHECK(v);
    return v;
}

static pot_tokenizer *parse(const char *doc)
{
    pot_tokenizer *t = NULL;
    pot_error err = {0};
    const pot_status s =
        pot_tokenizer_parse(&t, (pot_bytes){(const uint8_t *)doc, strlen(doc)}, "t.json", &err);
    if (s != POT_OK) fprintf(stderr, "%s: %s\n", err.place, err.msg);
    CHECK(s == POT_OK);
    return t;
}

static void test_recorded(void)
{
    pot_buf file = POT_BUF(1 << 24);
    pot_decoded text = {0};
    unsigned cases = 0;
    CHECK(pot_file_read(&file, "tests/golden/tokenizers/decoded.txt", NULL) == POT_OK);
    char *at = file.p, *doc;
    while ((doc = line(&at)) != NULL) {
        json_t *ids = value(line(&at)), *skip = value(line(&at)), *want = value(line(&at));
        uint32_t id[64];
        const size_t n = json_array_size(ids);
        pot_tokenizer *t = parse(doc);
        CHECK(n <= 64);
        for (size_t i = 0; i < n; i++)
            id[i] = (uint32_t)json_integer_value(json_array_get(ids, i));
        CHECK(pot_tokenizer_decode(t, &text, id, n, json_is_true(skip), NULL) == POT_OK);
        if (text.n != json_string_length(want) || memcmp(text.p, json_string_value(want), text.n))
            fprintf(stderr, "%s\nours \"%s\"\nwant \"%s\"\n", doc, text.p, json_string_value(want));
        CHECK(text.n == json_string_length(want) && strlen(text.p) == text.n);
        CHECK(memcmp(text.p, json_string_value(want), text.n) == 0);
        pot_tokenizer_close(&t);
        json_decref(ids), json_decref(skip), json_decref(want);
        cases++;
    }
    CHECK(cases > 100);
    pot_decoded_free(&text);
    pot_buf_free(&file);
}

#define DOC(decoder)                                                                               \
    "{\"version\":\"1.0\",\"decoder\":" decoder                                                    \
    ",\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"\\u2581\":2},\"merges\":[]}}"

/* A decoder that is not built in is no reason not to encode. */
static void test_refused(void)
{
    static const char *const unknown[] = {DOC("{\"type\":\"WordPiece\",\"prefix\":\"##\"}"),
                                          DOC("{\"type\":\"Sequence\",\"decoders\":[{\"type\":"
                                              "\"Fuse\"},{\"type\":\"CTC\"}]}")};
    static const char *const broken[] = {
        DOC("{\"type\":\"Strip\",\"content\":\"\",\"start\":1,\"stop\":0}"),
        DOC("{\"type\":\"Strip\",\"content\":\"ab\",\"start\":1,\"stop\":0}"),
        DOC("{\"type\":\"Strip\",\"content\":\"a\",\"start\":-1,\"stop\":0}"),
        DOC("{\"type\":\"Metaspace\"}"),
        DOC("{\"type\":\"Replace\",\"content\":\"a\"}"),
        DOC("{\"type\":\"BPEDecoder\",\"suffix\":\"\"}"),
        DOC("{\"type\":\"Sequence\"}"),
        DOC("{}"),
        DOC("7"),
    };
    const uint32_t id[] = {0, 2, 1};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        pot_tokenizer *t = parse(unknown[i]);
        pot_tokens ids = {0};
        pot_decoded text = {0};
        pot_error err = {0};
        CHECK(pot_tokenizer_encode(t, &ids, "ab", 2, true, NULL) == POT_OK && ids.n == 2);
        CHECK(pot_tokenizer_decode(t, &text, id, 3, true, &err) == POT_E_UNSUPPORTED);
        CHECK(text.n == 0 && strstr(err.msg, i ? "\"CTC\"" : "\"WordPiece\""));
        pot_decoded_free(&text);
        pot_tokens_free(&ids);
        pot_tokenizer_close(&t);
    }
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        pot_tokenizer *t = NULL;
        const pot_bytes doc = {(const uint8_t *)broken[i], strlen(broken[i])};
        const pot_status s = pot_tokenizer_parse(&t, doc, "t.json", NULL);
        CHECK((s == POT_E_FORMAT || s == POT_E_UNSUPPORTED) && !t);
    }
}

static void test_memory(void)
{
    pot_tokenizer *t = parse(DOC("{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"ByteFallback\"},"
                                 "{\"type\":\"ByteLevel\"},{\"type\":\"Fuse\"}]}"));
    uint32_t id[1000];
    for (size_t i = 0; i < 1000; i++)
        id[i] = (uint32_t)(i % 3);
    const size_t before = pot_mem_used();
    for (uint64_t n = 1;; n++) {
        pot_decoded text = {0};
        pot_mem_fail_at(n);
        const pot_status s = pot_tokenizer_decode(t, &text, id, 1000, true, NULL);
        pot_mem_fail_at(0);
        CHECK(s == POT_OK ? text.n > 1000 : s == POT_E_NOMEM && !text.n);
        pot_decoded_free(&text);
        CHECK(pot_mem_used() == before);
        if (s == POT_OK) break;
        CHECK(n < 1000);
    }
    pot_tokenizer_close(&t);
}

int main(void)
{
    test_recorded();
    test_refused();
    test_memory();
    CHECK(pot_mem_used() == 0);
    return 0;
}
