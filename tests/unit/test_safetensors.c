/* safetensors: each rule of docs/format/safetensors.md refuses its files, at the right place. */
#define _GNU_SOURCE
#include "badinput.h"
#include "base/file.h"
#include "base/json.h"
#include "model/safetensors.h"

#define GOLDEN "tests/golden/safetensors/"
#define NONE   POT_NO_OFFSET

/* What each file of reject/ must give; `place` is a JSON path or a tensor. */
static const struct {
    const char *file, *place, *why;
    uint64_t offset;
} rejects[] = {
    {"ST-01-empty-file", "", "8 bytes expected, 0 left", 0},
    {"ST-01-seven-bytes", "", "8 bytes expected, 7 left", 0},
    {"ST-02-length-100000001", "", "100000001 bytes; at most 100000000", 8},
    {"ST-02-length-all-ones", "", "18446744073709551615 bytes", 8},
    {"ST-02-length-wraps-to-0", "", "18446744073709551608 bytes", 8},
    {"ST-03-no-header", "", "2 bytes expected, 0 left", 8},
    {"ST-03-one-byte-short", "", "3 bytes expected, 2 left", 8},
    {"ST-03-100000000-absent", "", "100000000 bytes expected, 2 left", 8},
    {"ST-04-length-0", "", "begins with {", 8},
    {"ST-04-array", "", "begins with {", 8},
    {"ST-04-space-in-front", "", "begins with {", 8},
    {"ST-04-byte-order-mark", "", "begins with {", 8},
    {"ST-05-brace-only", "", "ends with }", 8},
    {"ST-05-newline-behind", "", "ends with }", 8},
    {"ST-05-nul-behind", "", "ends with }", 8},
    {"ST-05-open", "", "ends with }", 8},
    {"ST-06-two-values", "", "end of file expected", 8 + 3},
    {"ST-06-comma", "", "string or '}' expected", 8 + 58},
    {"ST-06-not-json", "", "string or '}' expected", 8 + 2},
    {"ST-06-not-utf8", "", "unable to decode byte 0xff", 8 + 2},
    {"ST-06-overlong", "", "unable to decode byte 0xc0", 8 + 2},
    {"ST-06-integer-2-63", "", "too big integer", 8 + 48},
    {"ST-06-deep", "", "maximum parsing depth", 8 + 2053},
    {"ST-07-tensor-twice", "", "duplicate object key", 8 + 60},
    {"ST-07-tensor-twice-escaped", "", "duplicate object key", 8 + 65},
    {"ST-07-member-twice", "", "duplicate object key", 8 + 27},
    {"ST-07-metadata-twice", "", "duplicate object key", 8 + 33},
    {"ST-07-metadata-key-twice", "", "duplicate object key", 8 + 28},
    {"ST-08-nul-in-name", "", "NUL byte in object key", 8 + 10},
    {"ST-08-nul-in-metadata", "", "\\u0000 is not allowed", 8 + 29},
    {"ST-08-lone-surrogate", "", "invalid Unicode", 8 + 9},
    {"ST-09-metadata-null", "__metadata__", "an object is expected", NONE},
    {"ST-09-metadata-string", "__metadata__", "an object is expected", NONE},
    {"ST-09-metadata-number", "__metadata__.step", "a string is expected", NONE},
    {"ST-10-tensor-null", "w", "an object is expected", NONE},
    {"ST-10-tensor-array", "w", "an object is expected", NONE},
    {"ST-10-no-dtype", "w.dtype", "missing", NONE},
    {"ST-10-no-shape", "w.shape", "missing", NONE},
    {"ST-10-no-offsets", "w.data_offsets", "missing", NONE},
    {"ST-10-fourth-member", "w", "and nothing else", NONE},
    {"ST-10-null-member", "w", "and nothing else", NONE},
    {"ST-11-unknown-dtype", "w.dtype", "\"F31\" is not a dtype", NONE},
    {"ST-11-lower-case", "w.dtype", "\"f32\" is not a dtype", NONE},
    {"ST-11-dtype-number", "w.dtype", "a string is expected", NONE},
    {"ST-12-shape-number", "w.shape", "an array is expected", NONE},
    {"ST-12-nine-dimensions", "w.shape", "9 numbers; at most 8", NONE},
    {"ST-12-negative", "w.shape", "non-negative integers", NONE},
    {"ST-12-real", "w.shape", "non-negative integers", NONE},
    {"ST-12-exponent", "w.shape", "non-negative integers", NONE},
    {"ST-12-text", "w.shape", "non-negative integers", NONE},
    {"ST-13-one-offset", "w", "two data_offsets", NONE},
    {"ST-13-three-offsets", "w.data_offsets", "3 numbers; at most 2", NONE},
    {"ST-13-negative-offset", "w.data_offsets", "non-negative integers", NONE},
    {"ST-14-reversed", "w", "bytes 16 to 0 of 16", NONE},
    {"ST-14-past-the-end", "w", "bytes 0 to 16 of 15", NONE},
    {"ST-14-2-53-plus-1", "w", "bytes 0 to 36028797018963972 of 16", NONE},
    {"ST-15-too-few-bytes", "w", "do not give 16 bytes", NONE},
    {"ST-15-too-many-bytes", "w", "do not give 16 bytes", NONE},
    {"ST-15-other-dtype", "w", "do not give 16 bytes", NONE},
    {"ST-15-wraps-to-16", "w", "do not give 16 bytes", NONE},
    {"ST-15-wraps-to-0", "w", "do not give 0 bytes", NONE},
    {"ST-15-overflow-before-0", "w", "do not give 0 bytes", NONE},
    {"ST-15-half-a-byte", "w", "do not give 1 bytes", NONE},
    {"ST-15-scalar-of-6-bits", "w", "do not give 0 bytes", NONE},
    {"ST-16-hole", "b", "a hole before", NONE},
    {"ST-16-hole-in-front", "a", "a hole before", NONE},
    {"ST-16-overlap", "b", "an overlap before", NONE},
    {"ST-16-same-bytes", "", "an overlap before", NONE}, /* a or b: they are alike */
    {"ST-16-inside", "b", "an overlap before", NONE},
    {"ST-16-empty-inside", "b", "an overlap before", NONE},
    {"ST-17-byte-behind", "", "1 bytes behind the last tensor", NONE},
    {"ST-17-data-without-tensor", "", "1 bytes behind the last tensor", NONE},
};

#define REJECTS (sizeof rejects / sizeof *rejects)

typedef struct {
    pot_tensor *t;
    size_t n;
    pot_arena arena;
    uint8_t *bytes; /* exactly as many as the file has, so that ASan sees overreads */
    pot_bytes file;
} opened;

static pot_status open_bytes(opened *o, const void *p, size_t n, const char *path, pot_error *err)
{
    *o = (opened){.bytes = malloc(n ? n : 1)};
    CHECK(o->bytes);
    if (n) memcpy(o->bytes, p, n);
    o->file = (pot_bytes){o->bytes, n};
    pot_arena_init(&o->arena, 1 << 20);
    return pot_safetensors_read(&o->t, &o->n, &o->arena, o->file, path, err);
}

static pot_status open_file(opened *o, const char *path, pot_error *err)
{
    size_t n;
    char *p = t_read(path, &n);
    if (!p) fprintf(stderr, "%s is not there\n", path);
    CHECK(p);
    const pot_status s = open_bytes(o, p, n, path, err);
    free(p);
    return s;
}

static void done(opened *o)
{
    pot_arena_close(&o->arena);
    free(o->bytes);
    CHECK(pot_mem_used() == 0);
}

static void test_rejects(void)
{
    char path[200];
    for (size_t i = 0; i < REJECTS; i++) {
        opened o;
        pot_error err = {0};
        snprintf(path, sizeof path, GOLDEN "reject/%s.safetensors", rejects[i].file);
        const pot_status s = open_file(&o, path, &err);
        if (s != POT_E_FORMAT || err.offset != rejects[i].offset ||
            !strstr(err.msg, rejects[i].why) ||
            (*rejects[i].place && strcmp(err.place, rejects[i].place) != 0)) {
            fprintf(stderr, "%s: status %d, byte %lld: %s: %s\n", path, (int)s,
                    (long long)err.offset, err.place, err.msg);
            exit(1);
        }
        CHECK(err.status == s && strcmp(err.file, path) == 0 && !o.t && !o.n);
        done(&o);
    }
    CHECK(t_count(GOLDEN "reject") == REJECTS);
}

static const pot_tensor *find(const opened *o, const char *name)
{
    for (size_t i = 0; i < o->n; i++)
        if (strcmp(o->t[i].name, name) == 0) return &o->t[i];
    return NULL;
}

/* Every tensor lies where the file says, and the order is that of the places. */
static void check_tiles(const opened *o)
{
    const uint8_t *at = o->n ? o->t[0].data.p : NULL;
    for (size_t i = 0; i < o->n; i++) {
        CHECK(o->t[i].data.p == at && at >= o->bytes + 8);
        at += o->t[i].data.n;
    }
    CHECK(!o->n || at == o->file.p + o->file.n);
}

static const struct {
    const char *file;
    size_t n;
} accepts[] = {{"plain", 1},
               {"two-out-of-order", 2},
               {"no-tensor", 0},
               {"no-tensor-spaces", 0},
               {"metadata", 1},
               {"metadata-only", 0},
               {"spaces-behind-header", 1},
               {"spaces-inside-header", 1},
               {"scalar", 1},
               {"empty-tensors", 5},
               {"empty-huge", 1},
               {"eight-dimensions", 1},
               {"every-dtype", 20},
               {"escaped-name", 1},
               {"empty-name", 1},
               {"odd-start", 1}};

static void check_details(const opened *o, const char *file)
{
    const pot_tensor *t = o->t;
    if (strcmp(file, "plain") == 0)
        CHECK(!strcmp(t->name, "w") && !strcmp(t->dtype, "F32") && t->dims == 2 &&
              t->shape[0] == 2 && t->shape[1] == 2 && t->data.n == 16 && !t->shape[2]);
    if (strcmp(file, "two-out-of-order") == 0)
        CHECK(!strcmp(t[0].name, "a") && !strcmp(t[1].name, "b") && t[1].dims == 2);
    if (strcmp(file, "scalar") == 0) CHECK(t->dims == 0 && t->data.n == 4);
    if (strcmp(file, "empty-tensors") == 0) {
        CHECK(!strcmp(t[0].name, "first") && !strcmp(t[4].name, "last"));
        CHECK(find(o, "middle")->data.n == 0 && find(o, "b")->data.n == 8);
    }
    if (strcmp(file, "empty-huge") == 0) CHECK(t->shape[2] == 1ull << 62 && t->data.n == 0);
    if (strcmp(file, "eight-dimensions") == 0) CHECK(t->dims == 8 && t->shape[2] == 2);
    if (strcmp(file, "every-dtype") == 0) {
        CHECK(find(o, "F4")->data.n == 4 && find(o, "F6_E3M2")->data.n == 6);
        CHECK(find(o, "BOOL")->data.n == 8 && find(o, "BF16")->data.n == 16);
        for (size_t i = 0; i < o->n; i++)
            CHECK(strcmp(t[i].name, t[i].dtype) == 0);
    }
    if (strcmp(file, "escaped-name") == 0) CHECK(!strcmp(t->name, "w\n\xf0\x9f\x98\x80"));
}

static void test_accepts(void)
{
    char path[200];
    const size_t n = sizeof accepts / sizeof *accepts;
    for (size_t i = 0; i < n; i++) {
        opened o;
        pot_error err = {0};
        snprintf(path, sizeof path, GOLDEN "accept/%s.safetensors", accepts[i].file);
        if (open_file(&o, path, &err) != POT_OK) {
            fprintf(stderr, "%s: %s: %s\n", path, err.place, err.msg);
            exit(1);
        }
        CHECK(err.status == POT_OK && o.n == accepts[i].n);
        check_tiles(&o);
        check_details(&o, accepts[i].file);
        done(&o);
    }
    CHECK(t_count(GOLDEN "accept") == n);
}

/* Cut anywhere, or with one byte more, no accepted file is read. */
static void test_every_cut(void)
{
    for (size_t i = 0; i < sizeof accepts / sizeof *accepts; i++) {
        char path[200];
        size_t n;
        snprintf(path, sizeof path, GOLDEN "accept/%s.safetensors", accepts[i].file);
        char *p = t_read(path, &n); /* one NUL behind */
        CHECK(p);
        for (size_t cut = 0; cut <= n + 1; cut++) {
            opened o;
            CHECK((open_bytes(&o, p, cut, path, NULL) == POT_OK) == (cut == n));
            done(&o);
        }
        free(p);
    }
}

/* Every allocation failing, of ours and of the arena's cap. */
static void test_out_of_memory(void)
{
    size_t n;
    char *p = t_read(GOLDEN "accept/every-dtype.safetensors", &n);
    pot_status s = POT_E_NOMEM;
    for (uint64_t k = 1; s != POT_OK; k++) {
        opened o;
        pot_mem_fail_at(k);
        s = open_bytes(&o, p, n, "f", NULL);
        CHECK(s == POT_OK || s == POT_E_NOMEM);
        done(&o);
    }
    pot_mem_fail_at(0);
    s = POT_E_NOMEM;
    for (size_t cap = 0; s != POT_OK; cap += 16) {
        pot_arena a;
        pot_tensor *t;
        size_t count;
        pot_arena_init(&a, cap);
        s = pot_safetensors_read(&t, &count, &a, (pot_bytes){(uint8_t *)p, n}, "f", NULL);
        CHECK(s == POT_OK || s == POT_E_NOMEM);
        pot_arena_close(&a);
    }
    free(p);
}

static pot_status open_and_close(const char *path, pot_error *err)
{
    opened o;
    const pot_status s = open_file(&o, path, err);
    done(&o);
    return s;
}

int main(void)
{
    test_rejects();
    test_accepts();
    test_every_cut();
    test_out_of_memory();
    badinput_check("st_", 40, open_and_close);
    CHECK(pot_mem_used() == 0);
    return 0;
}
