/* JSON: strict parsing, types with their path in the message, memory running out, dumping. */
#include "base/json.h"
#include "base/mem.h"
#include "base/pool.h"
#include "t.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

static pot_status parse_n(pot_json *doc, const char *text, size_t n, pot_error *err)
{
    uint8_t *exact = malloc(n ? n : 1); /* no NUL behind it */
    CHECK(exact);
    memcpy(exact, text, n);
    const pot_status s = pot_json_parse(doc, (pot_bytes){exact, n}, "f.json", err);
    free(exact);
    return s;
}

static pot_status parse(pot_json *doc, const char *text, pot_error *err)
{
    return parse_n(doc, text, strlen(text), err);
}

static void refused(const char *text, size_t n, const char *why, uint64_t offset)
{
    pot_json doc = {.file = "untouched"};
    pot_error err = {0};
    CHECK(parse_n(&doc, text, n, &err) == POT_E_FORMAT);
    if (!strstr(err.msg, why) || err.offset != offset) {
        fprintf(stderr, "%.40s: %s, byte %lld\n", text, err.msg, (long long)err.offset);
        exit(1);
    }
    CHECK(strcmp(err.file, "f.json") == 0 && strcmp(doc.file, "untouched") == 0 && !doc.v);
}

static void test_refusals(void)
{
    static const struct {
        const char *text, *why;
        uint64_t offset;
    } bad[] = {
        {"", "nothing is here", POT_NO_OFFSET},
        {"{", "end of file", 1},
        {"{\"a\":1,}", "string or '}' expected", 8},
        {"[1,]", "unexpected token", 4},
        {"[1] x", "end of file expected", 5},
        {"17", "'[' or '{' expected", 2},
        {"\"text\"", "'[' or '{' expected", 6},
        {"null", "'[' or '{' expected", 4},
        {"{\"a\":1,\"a\":2}", "duplicate object key", 10},
        {"{\"a\":1,\"\\u0061\":2}", "duplicate object key", 15},
        {"{\"\":1,\"\":2}", "duplicate object key", 8},
        {"[{\"x\":{\"k\":1,\"b\":[],\"k\":1}}]", "duplicate object key", 23},
        {"[\"\\u0000\"]", "\\u0000 is not allowed", 9},
        {"{\"a\\u0000\":1}", "NUL byte in object key", 10},
        {"[\"\\ud800\"]", "invalid Unicode", 9},
        {"[\"\\udc00\"]", "invalid Unicode", 9},
        {"[\"\\ud800\\u0041\"]", "invalid Unicode", 15},
        {"[\"\\ud800x\"]", "invalid Unicode", 10},
        {"[\"\xed\xa0\x80\"]", "unable to decode byte 0xed", 2},
        {"[\"\xc0\x80\"]", "unable to decode byte 0xc0", 2},
        {"[\"\xff\"]", "unable to decode byte 0xff", 2},
        {"[\"a\nb\"]", "unexpected newline", 3},
        {"[\"a\tb\"]", "control character 0x9", 3},
        {"[\"\\x41\"]", "invalid escape", 4},
        {"[9223372036854775808]", "too big integer", 20},
        {"[-9223372036854775809]", "too big negative integer", 21},
        {"[1e999]", "real number overflow", 6},
        {"[01]", "invalid token", 2},
        {"[1.]", "invalid token", 3},
        {"[+1]", "invalid token", 2},
        {"[NaN]", "invalid token", 4},
        {"[Infinity]", "invalid token", 9},
        {"['a']", "invalid token", 2},
        {"[1] // comment", "end of file expected", 5},
        {"\xef\xbb\xbf[1]", "'[' or '{' expected", 3},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refused(bad[i].text, strlen(bad[i].text), bad[i].why, bad[i].offset);
    refused("[1]\0", 4, "end of file expected", 4);
    refused("\0[1]", 4, "'[' or '{' expected", 1);
    refused("[\"a\0b\"]", 7, "control character 0x0", 3);
}

/* Nesting: 2,048 levels are read, one more is not, and nor are ten thousand. */
static void test_depth(void)
{
    static const unsigned depth[] = {1, 100, 2048, 2049, 10000};
    static char text[60000];
    for (size_t i = 0; i < 2 * sizeof depth / sizeof *depth; i++) {
        const char *const open = i % 2 ? "{\"\":" : "[";
        const char close = i % 2 ? '}' : ']';
        const unsigned d = depth[i / 2];
        size_t n = 0;
        for (unsigned k = 1; k < d; k++, n += strlen(open))
            memcpy(text + n, open, strlen(open) + 1);
        text[n++] = *open;
        memset(text + n, close, d);
        pot_json doc = {0};
        pot_error err = {0};
        CHECK(parse_n(&doc, text, n + d, &err) == (d > 2048 ? POT_E_FORMAT : POT_OK));
        CHECK(d <= 2048 || strstr(err.msg, "maximum parsing depth"));
        pot_json_close(&doc);
    }
}

static const char *const sample =
    "{\"o\":{\"in\":{\"x\":7}},\"a\":[1,[2,\"three\"],null],\"s\":\"t\\u00e9\",\"n\":4294967295,"
    "\"big\":4294967296,\"neg\":-1,\"f\":1.5,\"whole\":2.0,\"t\":true,\"no\":false,\"nul\":null,"
    "\"huge\":9223372036854775807}";

static void test_values(void)
{
    pot_json doc, o, in, a;
    pot_error err = {0};
    const char *s = NULL;
    uint32_t u = 0;
    double f = 0;
    bool b = false;
    CHECK(parse(&doc, sample, &err) == POT_OK && !*doc.path && strcmp(doc.file, "f.json") == 0);
    CHECK(pot_json_object(&doc, "o", &o, &err) == POT_OK && strcmp(o.path, "o") == 0);
    CHECK(pot_json_object(&o, "in", &in, &err) == POT_OK && strcmp(in.path, "o.in") == 0);
    CHECK(pot_json_u32(&in, "x", &u, &err) == POT_OK && u == 7);
    CHECK(pot_json_array(&doc, "a", &a, &err) == POT_OK && strcmp(a.path, "a") == 0);
    const pot_json second = pot_json_at(&a, 1), three = pot_json_at(&second, 1);
    CHECK(strcmp(three.path, "a[1][1]") == 0 && json_is_string(three.v));
    CHECK(!pot_json_at(&a, 2).v && !pot_json_at(&a, 3).v && !pot_json_at(&o, 0).v);
    CHECK(pot_json_str(&doc, "s", &s, &err) == POT_OK && strcmp(s, "t\xc3\xa9") == 0);
    CHECK(pot_json_u32(&doc, "n", &u, &err) == POT_OK && u == UINT32_MAX);
    CHECK(pot_json_f64(&doc, "f", &f, &err) == POT_OK && f == 1.5);
    CHECK(pot_json_f64(&doc, "neg", &f, &err) == POT_OK && f == -1);
    CHECK(pot_json_f64(&doc, "huge", &f, &err) == POT_OK && f == 0x1p63);
    CHECK(pot_json_bool(&doc, "t", &b, &err) == POT_OK && b);
    CHECK(pot_json_bool(&doc, "no", &b, &err) == POT_OK && !b);
    CHECK(pot_json_has(&doc, "no") && !pot_json_has(&doc, "nul") && !pot_json_has(&doc, "nix"));
    CHECK(!pot_json_get(&doc, "nul").v && strcmp(pot_json_get(&doc, "nul").path, "nul") == 0);
    CHECK(json_integer_value(pot_json_get(&doc, "huge").v) == INT64_MAX);
    CHECK(!pot_json_has(&a, "x") && !pot_json_get(&a, "x").v); /* an array has no members */
    CHECK(err.status == POT_OK);
    pot_json_close(&doc);
    pot_json_close(&doc);
}

typedef pot_status getter(const pot_json *obj, const char *key, pot_error *err);

static uint64_t got; /* must stay as it is on failure */
static pot_json got_view;

static pot_status get_object(const pot_json *o, const char *key, pot_error *err)
{
    return pot_json_object(o, key, &got_view, err);
}

static pot_status get_array(const pot_json *o, const char *key, pot_error *err)
{
    return pot_json_array(o, key, &got_view, err);
}

static pot_status get_str(const pot_json *o, const char *key, pot_error *err)
{
    const char *s = (const char *)&got;
    const pot_status st = pot_json_str(o, key, &s, err), opt = pot_json_opt_str(o, key, &s, NULL);
    CHECK(s == (const char *)&got && opt == (pot_json_has(o, key) ? st : POT_OK));
    return st;
}

static pot_status get_u32(const pot_json *o, const char *key, pot_error *err)
{
    uint32_t v = 42;
    const pot_status st = pot_json_u32(o, key, &v, err), opt = pot_json_opt_u32(o, key, &v, NULL);
    CHECK(v == 42 && opt == (pot_json_has(o, key) ? st : POT_OK));
    return st;
}

static pot_status get_f64(const pot_json *o, const char *key, pot_error *err)
{
    double v = 42;
    const pot_status st = pot_json_f64(o, key, &v, err), opt = pot_json_opt_f64(o, key, &v, NULL);
    CHECK(v == 42 && opt == (pot_json_has(o, key) ? st : POT_OK));
    return st;
}

static pot_status get_bool(const pot_json *o, const char *key, pot_error *err)
{
    bool v = true;
    const pot_status st = pot_json_bool(o, key, &v, err), opt = pot_json_opt_bool(o, key, &v, NULL);
    CHECK(v && opt == (pot_json_has(o, key) ? st : POT_OK));
    return st;
}

/* Every type against every getter that must refuse it; absent and null alike. */
static void test_types(void)
{
    static const struct {
        getter *get;
        const char *what, *keys[12];
    } row[] = {
        {get_object, "an object", {"a", "s", "n", "f", "t", "nul", "nix"}},
        {get_array, "an array", {"o", "s", "n", "f", "t", "nul", "nix"}},
        {get_str, "a string", {"o", "a", "n", "f", "t", "nul", "nix"}},
        {get_u32,
         "an integer from 0 to 4294967295",
         {"o", "a", "s", "f", "whole", "t", "big", "neg", "huge", "nul", "nix"}},
        {get_f64, "a number", {"o", "a", "s", "t", "nul", "nix"}},
        {get_bool, "true or false", {"o", "a", "s", "n", "f", "nul", "nix"}},
    };
    pot_json doc, in;
    CHECK(parse(&doc, sample, NULL) == POT_OK);
    in = pot_json_get(&doc, "o");
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        for (const char *const *key = row[i].keys; *key; key++) {
            pot_error err = {0};
            CHECK(row[i].get(&doc, *key, &err) == POT_E_FORMAT);
            CHECK(strcmp(err.place, *key) == 0 && strcmp(err.file, "f.json") == 0);
            CHECK(strstr(err.msg, row[i].what));
            const bool none = strcmp(*key, "nul") == 0 || strcmp(*key, "nix") == 0;
            CHECK((strstr(err.msg, "missing") != NULL) == none);
            err = (pot_error){0};
            CHECK(row[i].get(&in, *key, &err) == POT_E_FORMAT); /* one level below */
            CHECK(strncmp(err.place, "o.", 2) == 0 && strcmp(err.place + 2, *key) == 0);
            CHECK(row[i].get(&in, *key, NULL) == POT_E_FORMAT);
        }
    CHECK(!got_view.v);
    pot_json_close(&doc);
}

/* Long names are cut so that a path always fits. */
static void test_paths(void)
{
    char text[1000], key[300];
    memset(key, 'k', sizeof key - 1);
    key[sizeof key - 1] = '\0';
    snprintf(text, sizeof text, "{\"%s\":{\"%s\":{\"%s\":[[1]]}}}", key, key, key);
    pot_json at;
    CHECK(parse(&at, text, NULL) == POT_OK);
    json_t *root = at.v;
    for (int i = 0; i < 3; i++)
        at = pot_json_get(&at, key);
    at = pot_json_at(&at, 0);
    at = pot_json_at(&at, 0);
    CHECK(json_integer_value(at.v) == 1 && strlen(at.path) < sizeof at.path);
    pot_error err = {0};
    CHECK(pot_json_fail(&at, POT_E_UNSUPPORTED, &err, "no %d", 5) == POT_E_UNSUPPORTED);
    CHECK(strcmp(err.msg, "no 5") == 0 && strcmp(err.place, at.path) == 0);
    json_decref(root);
}

static uint64_t countdown;
static size_t live;

static void *failing_malloc(size_t n)
{
    if (countdown && --countdown == 0) return NULL;
    live++;
    return malloc(n);
}

static void counted_free(void *p)
{
    if (p) live--;
    free(p);
}

/* Every allocation of jansson failing in turn, also the one for the closing quote: never a
 * document with a byte less, never "malformed". */
static void test_out_of_memory(void)
{
    json_malloc_t m;
    json_free_t f;
    json_set_alloc_funcs(failing_malloc, counted_free);
    for (unsigned width = 10; width < 70; width++) {
        char text[400];
        snprintf(text, sizeof text, "{\"%0*d\":[\"%0*d\\n\",123,1.5,{\"x\":null}],\"y\":\"%0*d\"}",
                 (int)width, 1, (int)width - 2, 2, (int)(2 * width), 3);
        pot_status s = POT_E_NOMEM;
        for (uint64_t n = 1; s != POT_OK; n++) {
            pot_json doc = {0};
            pot_error err = {0};
            countdown = n;
            s = parse(&doc, text, &err);
            CHECK(s == POT_OK || (s == POT_E_NOMEM && err.status == s && !doc.v));
            if (s == POT_OK) CHECK(countdown > 0 && json_object_size(doc.v) == 2);
            countdown = 0;
            pot_json_close(&doc);
            CHECK(live == 0);
        }
    }
    pot_status s = POT_E_NOMEM;
    for (uint64_t n = 1; s != POT_OK; n++) {
        pot_buf b = POT_BUF(1000);
        countdown = 0;
        json_t *v = json_pack("{s:[i,f,s]}", "k", 1, 2.5, "text");
        CHECK(v);
        countdown = n;
        s = pot_json_dump(&b, v, false, NULL);
        CHECK(s == POT_OK || s == POT_E_NOMEM);
        pot_buf_free(&b);
        CHECK(live == 0);
    }
    json_get_alloc_funcs(&m, &f); /* the host's are back in place */
    CHECK(m == failing_malloc && f == counted_free);
    json_set_alloc_funcs(malloc, free);
    CHECK(pot_mem_used() == 0);
}

static void parse_part(void *ctx, unsigned part, unsigned thread)
{
    (void)thread;
    pot_json doc = {0};
    const bool bad = part % 3 == 0;
    const char *text = bad ? "{\"a\":1,\"a\":2}" : sample;
    const pot_bytes b = {(const uint8_t *)text, strlen(text)};
    CHECK(pot_json_parse(&doc, b, "f", NULL) == (bad ? POT_E_FORMAT : POT_OK));
    pot_json_close(&doc);
    atomic_fetch_add((_Atomic unsigned *)ctx, 1);
}

static void test_threads(void)
{
    pot_pool *p;
    _Atomic unsigned done = 0;
    json_malloc_t before, after;
    json_free_t f;
    json_get_alloc_funcs(&before, &f);
    CHECK(pot_pool_open(&p, 4, NULL) == POT_OK);
    pot_pool_run(p, parse_part, &done, 3000);
    pot_pool_close(&p);
    json_get_alloc_funcs(&after, &f);
    CHECK(done == 3000 && after == before);
}

static void test_dump(void)
{
    pot_buf b = POT_BUF(1000);
    pot_error err = {0};
    json_t *v = json_pack("{s:i, s:f, s:s, s:n}", "z", 1, "a", 0.1, "m", "t\"\n\xc3\xa9", "k");
    CHECK(pot_json_dump(&b, v, false, &err) == POT_OK);
    CHECK(strcmp(b.p, "{\"z\":1,\"a\":0.1,\"m\":\"t\\\"\\n\xc3\xa9\",\"k\":null}") == 0);
    CHECK(pot_json_dump(&b, json_pack("[i]", 5), true, &err) == POT_OK); /* appended, indented */
    CHECK(strstr(b.p, "null}[\n  5\n]"));
    CHECK(pot_json_dump(&b, NULL, false, &err) == POT_E_NOMEM && err.status == POT_E_NOMEM);
    pot_buf_free(&b);
    for (int i = 0; i < 20000; i++) { /* nine digits bring any f32 back */
        uint32_t u = (uint32_t)t_u64();
        float x, y;
        memcpy(&x, &u, 4);
        if (!isfinite(x)) continue;
        CHECK(pot_json_dump(&b, json_real((double)x), false, NULL) == POT_OK);
        y = (float)strtod(b.p, NULL);
        CHECK(memcmp(&x, &y, 4) == 0);
        pot_buf_clear(&b);
    }
    pot_buf_free(&b);
    pot_buf full = POT_BUF(4);
    err = (pot_error){0};
    CHECK(pot_json_dump(&full, json_pack("[s]", "long"), false, &err) == POT_E_NOMEM);
    pot_buf_free(&full);
}

int main(void)
{
    t_seed();
    test_refusals();
    test_depth();
    test_values();
    test_types();
    test_paths();
    test_out_of_memory();
    test_threads();
    test_dump();
    CHECK(pot_mem_used() == 0);
    return 0;
}
