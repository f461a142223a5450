/* GGUF: each rule of docs/format/gguf.md refuses its files, at the right place. */
#define _GNU_SOURCE
#include "badinput.h"
#include "base/file.h"
#include "base/json.h"
#include "model/gguf.h"

#define GOLDEN "tests/golden/gguf/"
#define NONE   POT_NO_OFFSET

/* What each file of reject/ must give; `place` is a key or a tensor. */
static const struct {
    const char *file, *place, *why;
    uint64_t offset;
} rejects[] = {
    {"GG-01-empty-file", "", "4 bytes expected, 0 left", 0},
    {"GG-01-magic", "", "a file that begins with GGUF is expected", 0},
    {"GG-01-three-bytes", "", "4 bytes expected, 3 left", 0},
    {"GG-02-big-endian", "", "a big-endian file; convert the original weights without that option",
     4},
    {"GG-03-version-0", "", "version 0 of the format; 2 and 3 are read", 4},
    {"GG-03-version-1", "", "version 1 of the format; 2 and 3 are read", 4},
    {"GG-03-version-4", "", "version 4 of the format; 2 and 3 are read", 4},
    {"GG-04-keys-65537", "", "65537 keys; at most 65536", 16},
    {"GG-04-keys-all-ones", "", "18446744073709551615 keys; at most 65536", 16},
    {"GG-04-keys-do-not-fit", "", "9 keys; at most 65536", 16},
    {"GG-04-tensors-131073", "", "131073 tensors; at most 131072", 8},
    {"GG-04-tensors-all-ones", "", "18446744073709551615 tensors; at most 131072", 8},
    {"GG-04-tensors-one-too-many-bytes", "", "2 tensors; at most 131072", 8},
    {"GG-05-element-length", "", "9223372036854775808 bytes expected, 1 left", 66},
    {"GG-05-key-length-1-GiB", "", "1073741824 bytes expected, 6 left", 32},
    {"GG-05-key-length-all-ones", "", "18446744073709551615 bytes expected, 6 left", 32},
    {"GG-05-value-length", "", "6 bytes expected, 5 left", 45},
    {"GG-06-key-65536", "", "a key of 65536 bytes; 1 to 65535 are expected", 24},
    {"GG-06-key-empty", "", "a key of 0 bytes; 1 to 65535 are expected", 24},
    {"GG-06-key-not-utf8", "", "a key that holds a NUL byte or is not UTF-8", 24},
    {"GG-06-key-nul", "", "a key that holds a NUL byte or is not UTF-8", 24},
    {"GG-07-key-twice", "k", "this key is there twice", NONE},
    {"GG-08-type-13", "", "value type 13 is not one of the format", 33},
    {"GG-08-type-all-ones", "", "value type 4294967295 is not one of the format", 33},
    {"GG-09-bool-2-in-array", "", "a bool is 0 or 1, not 2", 51},
    {"GG-09-bool-2", "", "a bool is 0 or 1, not 2", 37},
    {"GG-10-array-of-13", "", "an array of type 13; values that are no arrays are expected", 37},
    {"GG-10-array-of-arrays", "", "an array of type 9; values that are no arrays are expected", 37},
    {"GG-11-array-all-ones", "", "18446744073709551615 values of 8 bytes, and 8 bytes left", 49},
    {"GG-11-array-too-long", "", "4 values of 4 bytes, and 12 bytes left", 49},
    {"GG-11-array-wraps", "", "2305843009213693952 values of 8 bytes, and 8 bytes left", 49},
    {"GG-11-strings-too-many", "", "2305843009213693952 strings in 9 bytes", 49},
    {"GG-12-alignment-0", "general.alignment", "0; a power of two from 8 to 65536 is expected",
     NONE},
    {"GG-12-alignment-2-31", "general.alignment",
     "2147483648; a power of two from 8 to 65536 is expected", NONE},
    {"GG-12-alignment-4", "general.alignment", "4; a power of two from 8 to 65536 is expected",
     NONE},
    {"GG-12-alignment-48", "general.alignment", "48; a power of two from 8 to 65536 is expected",
     NONE},
    {"GG-12-alignment-array", "general.alignment", "a u32 is expected", NONE},
    {"GG-12-alignment-string", "general.alignment", "a u32 is expected", NONE},
    {"GG-12-alignment-u64", "general.alignment", "a u32 is expected", NONE},
    {"GG-13-scores-alone", "tokenizer.ggml.scores", "1 elements for 0 tokens", NONE},
    {"GG-13-scores", "tokenizer.ggml.scores", "1 elements for 2 tokens", NONE},
    {"GG-13-token-types", "tokenizer.ggml.token_type", "2 elements for 1 tokens", NONE},
    {"GG-14-name-64", "", "a tensor's name of 64 bytes; 1 to 63 are expected", 24},
    {"GG-14-name-empty", "", "a tensor's name of 0 bytes; 1 to 63 are expected", 24},
    {"GG-14-name-not-utf8", "", "a tensor's name that holds a NUL byte or is not UTF-8", 24},
    {"GG-14-name-nul", "", "a tensor's name that holds a NUL byte or is not UTF-8", 24},
    {"GG-14-name-twice", "w", "two tensors have this name", NONE},
    {"GG-15-dimensions-all-ones", "", "4294967295 dimensions; 1 to 4 are expected", 33},
    {"GG-15-five-dimensions", "", "5 dimensions; 1 to 4 are expected", 33},
    {"GG-15-no-dimension", "", "0 dimensions; 1 to 4 are expected", 78},
    {"GG-16-product-2-63", "", "a size of 2147483648: 1 or more is expected, 2^63 - 1 in all", 45},
    {"GG-16-product-wraps", "", "a size of 4294967296: 1 or more is expected, 2^63 - 1 in all", 45},
    {"GG-16-second-size-0", "", "a size of 0: 1 or more is expected, 2^63 - 1 in all", 45},
    {"GG-16-size-0", "", "a size of 0: 1 or more is expected, 2^63 - 1 in all", 37},
    {"GG-16-size-negative", "",
     "a size of 18446744073709551612: 1 or more is expected, 2^63 - 1 in all", 37},
    {"GG-17-type-31", "", "tensor type 31, Q4_0_4_4", 53},
    {"GG-17-type-32", "", "tensor type 32, Q4_0_4_8", 53},
    {"GG-17-type-33", "", "tensor type 33, Q4_0_8_8", 53},
    {"GG-17-type-36", "", "tensor type 36, IQ4_NL_4_4", 53},
    {"GG-17-type-37", "", "tensor type 37, IQ4_NL_4_8", 53},
    {"GG-17-type-38", "", "tensor type 38, IQ4_NL_8_8", 53},
    {"GG-17-type-4", "", "tensor type 4, Q4_2", 53},
    {"GG-17-type-5", "", "tensor type 5, Q4_3", 53},
    {"GG-18-type-43", "", "tensor type 43 is not one of the format", 53},
    {"GG-18-type-all-ones", "", "tensor type 4294967295 is not one of the format", 53},
    {"GG-19-half-a-block", "", "rows of 16 elements, and blocks of Q4_0 have 32", 53},
    {"GG-19-k-quant-of-32", "", "rows of 32 elements, and blocks of Q4_K have 256", 53},
    {"GG-20-bytes-wrap", "", "a tensor of more than 2^63 bytes", 45},
    {"GG-21-padding-before-data", "", "padding that is not zero", 110},
    {"GG-21-padding-behind", "", "padding that is not zero", 68},
    {"GG-21-padding-between", "", "padding that is not zero", 127},
    {"GG-22-gap-in-front", "w", "its offset is 32, and the bytes so far end at 0", NONE},
    {"GG-22-gap", "x", "its offset is 64, and the bytes so far end at 32", NONE},
    {"GG-22-offset-all-ones", "w",
     "its offset is 18446744073709551584, and the bytes so far end at 0", NONE},
    {"GG-22-out-of-order", "x", "its offset is 32, and the bytes so far end at 0", NONE},
    {"GG-22-overlap", "x", "its offset is 32, and the bytes so far end at 64", NONE},
    {"GG-22-same-bytes", "x", "its offset is 0, and the bytes so far end at 32", NONE},
    {"GG-22-unaligned", "x", "its offset is 4, and the bytes so far end at 32", NONE},
    {"GG-23-no-data", "w", "32 bytes expected, 0 left", NONE},
    {"GG-23-one-byte-short", "w", "32 bytes expected, 31 left", NONE},
    {"GG-23-second-absent", "x", "4 bytes expected, 0 left", NONE},
    {"GG-24-byte-behind", "", "1 bytes behind the last tensor", 160},
    {"GG-24-without-tensor", "", "32 bytes behind the last tensor", 96},
};

#define REJECTS (sizeof rejects / sizeof *rejects)

typedef struct {
    pot_gguf g;
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
    pot_arena_init(&o->arena, (size_t)16 << 20);
    return pot_gguf_read(&o->g, &o->arena, o->file, path, err);
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
        snprintf(path, sizeof path, GOLDEN "reject/%s.gguf", rejects[i].file);
        const pot_status s = open_file(&o, path, &err);
        if (s != POT_E_FORMAT || err.offset != rejects[i].offset ||
            !strstr(err.msg, rejects[i].why) || strcmp(err.place, rejects[i].place) != 0) {
            fprintf(stderr, "%s: status %d, byte %lld: %s: %s\n", path, (int)s,
                    (long long)err.offset, err.place, err.msg);
            exit(1);
        }
        CHECK(err.status == s && strcmp(err.file, path) == 0 && !o.g.value && !o.g.tensor);
        done(&o);
    }
    CHECK(t_count(GOLDEN "reject") == REJECTS);
}

static const pot_tensor *tensor(const opened *o, const char *name)
{
    for (size_t i = 0; i < o->g.n_tensors; i++)
        if (strcmp(o->g.tensor[i].name, name) == 0) return &o->g.tensor[i];
    return NULL;
}

/* Every tensor lies behind the one before it, in the file. */
static void check_tiles(const opened *o)
{
    const uint8_t *at = o->file.p;
    for (size_t i = 0; i < o->g.n_tensors; i++) {
        const pot_bytes d = o->g.tensor[i].data;
        CHECK(d.p >= at && d.p + d.n <= o->file.p + o->file.n && d.n > 0);
        CHECK((size_t)(d.p - o->file.p) % 8 == 0);
        at = d.p + d.n;
    }
}

static const struct {
    const char *file;
    size_t values, tensors;
} accepts[] = {{"empty", 0, 0},
               {"plain", 1, 1},
               {"version-2", 1, 1},
               {"values", 12, 0},
               {"arrays", 14, 0},
               {"two-tensors", 1, 2},
               {"two-tensors-padded", 1, 2},
               {"four-dimensions", 1, 1},
               {"alignment-8", 1, 2},
               {"alignment-64", 1, 2},
               {"every-type", 1, 35},
               {"name-63", 0, 1},
               {"no-tensor-padded", 1, 0},
               {"lists-agree", 3, 0},
               {"nul-in-value", 1, 0}};

static void check_values(const opened *o)
{
    static const double want[] = {200, -3, 60000, -300, 4e9, -70000, 1.5, 1, 0, 0, 0x1p63, -5, 0.1};
    char key[16];
    double d = 0;
    uint32_t u = 7;
    bool b = false;
    pot_bytes s = {0};
    for (int i = 0; i < 13; i++) {
        snprintf(key, sizeof key, "v%d", i);
        if (i == POT_GGUF_STRING || i == POT_GGUF_ARRAY) continue;
        const pot_gguf_value *v = pot_gguf_find(&o->g, key);
        CHECK(v && !v->array && v->n == 1 && pot_gguf_number(v, 0) == want[i]);
        CHECK(pot_gguf_f64(&o->g, key, &d, NULL) == (i == 7 ? POT_E_FORMAT : POT_OK));
    }
    CHECK(pot_gguf_u32(&o->g, "v0", &u, NULL) == POT_OK && u == 200);
    CHECK(pot_gguf_u32(&o->g, "v4", &u, NULL) == POT_OK && u == 4000000000u);
    CHECK(pot_gguf_u32(&o->g, "absent", &u, NULL) == POT_OK && u == 4000000000u);
    CHECK(pot_gguf_u32(&o->g, "v1", &u, NULL) == POT_E_FORMAT);  /* negative */
    CHECK(pot_gguf_u32(&o->g, "v10", &u, NULL) == POT_E_FORMAT); /* 2^63 */
    CHECK(pot_gguf_u32(&o->g, "v6", &u, NULL) == POT_E_FORMAT);  /* a real */
    CHECK(pot_gguf_u32(&o->g, "v8", &u, NULL) == POT_E_FORMAT);
    CHECK(pot_gguf_bool(&o->g, "v7", &b, NULL) == POT_OK && b);
    CHECK(pot_gguf_bool(&o->g, "v0", &b, NULL) == POT_E_FORMAT);
    CHECK(pot_gguf_string(&o->g, "v8", &s, NULL) == POT_OK && s.n == 4 && !memcmp(s.p, "text", 4));
    CHECK(pot_gguf_string(&o->g, "v0", &s, NULL) == POT_E_FORMAT);
}

static void check_arrays(const opened *o)
{
    const pot_gguf_value *v = NULL;
    pot_error err = {0};
    CHECK(pot_gguf_array(&o->g, "a4", POT_GGUF_U32, &v, NULL) == POT_OK && v->n == 3);
    CHECK(pot_gguf_number(v, 0) == 9 && pot_gguf_number(v, 2) == 11);
    CHECK(pot_gguf_array(&o->g, "a4", POT_GGUF_I32, &v, &err) == POT_E_FORMAT);
    CHECK(strcmp(err.place, "a4") == 0);
    CHECK(pot_gguf_array(&o->g, "a11", POT_GGUF_I64, &v, NULL) == POT_OK);
    CHECK(pot_gguf_number(v, 0) == -0x1p40);
    CHECK(pot_gguf_array(&o->g, "a6", POT_GGUF_F32, &v, NULL) == POT_OK);
    CHECK(pot_gguf_number(v, 1) == -2);
    CHECK(pot_gguf_array(&o->g, "a8", POT_GGUF_STRING, &v, NULL) == POT_OK && v->n == 3);
    pot_bytes rest = v->data, s = pot_gguf_next_string(&rest);
    CHECK(s.n == 0);
    s = pot_gguf_next_string(&rest);
    CHECK(s.n == 1 && s.p[0] == 'b');
    s = pot_gguf_next_string(&rest);
    CHECK(s.n == 2 && rest.n == 0);
    CHECK(pot_gguf_array(&o->g, "absent", POT_GGUF_U32, &v, NULL) == POT_OK && !v);
}

static void check_details(const opened *o, const char *file)
{
    const pot_tensor *t = o->g.tensor;
    if (strcmp(file, "values") == 0) check_values(o);
    if (strcmp(file, "arrays") == 0) check_arrays(o);
    if (strcmp(file, "plain") == 0)
        CHECK(!strcmp(t->name, "w") && !strcmp(t->dtype, "F32") && t->dims == 2 &&
              t->shape[0] == 2 && t->shape[1] == 4 && t->data.n == 32 && t->data.p[31] == 31);
    if (strcmp(file, "four-dimensions") == 0)
        CHECK(t->dims == 4 && t->shape[0] == 2 && t->shape[1] == 2 && t->shape[2] == 1);
    if (strcmp(file, "every-type") == 0) {
        CHECK(!strcmp(tensor(o, "t12")->dtype, "Q4_K") && tensor(o, "t12")->data.n == 3 * 144);
        CHECK(!strcmp(tensor(o, "t39")->dtype, "MXFP4") && tensor(o, "t39")->data.n == 3 * 17);
        CHECK(!strcmp(tensor(o, "t9")->dtype, "Q8_1") && !strcmp(tensor(o, "t30")->dtype, "BF16"));
    }
}

static void test_accepts(void)
{
    char path[200];
    const size_t n = sizeof accepts / sizeof *accepts;
    for (size_t i = 0; i < n; i++) {
        opened o;
        pot_error err = {0};
        snprintf(path, sizeof path, GOLDEN "accept/%s.gguf", accepts[i].file);
        if (open_file(&o, path, &err) != POT_OK) {
            fprintf(stderr, "%s: byte %lld: %s: %s\n", path, (long long)err.offset, err.place,
                    err.msg);
            exit(1);
        }
        CHECK(o.g.n_values == accepts[i].values && o.g.n_tensors == accepts[i].tensors);
        check_tiles(&o);
        check_details(&o, accepts[i].file);
        done(&o);
    }
    CHECK(t_count(GOLDEN "accept") == n);
}

/* A file cut anywhere is refused or, where only padding is gone, the same. */
static void test_every_cut(void)
{
    static const char *const file[] = {"arrays", "two-tensors", "alignment-64"};
    char path[200];
    for (size_t f = 0; f < 3; f++) {
        size_t n;
        snprintf(path, sizeof path, GOLDEN "accept/%s.gguf", file[f]);
        char *p = t_read(path, &n);
        CHECK(p);
        for (size_t i = 0; i < n; i++) {
            opened o;
            pot_error err = {0};
            CHECK(open_bytes(&o, p, i, "f", &err) == POT_E_FORMAT && *err.msg);
            done(&o);
        }
        free(p);
    }
}

static void test_out_of_memory(void)
{
    size_t n;
    char *p = t_read(GOLDEN "accept/two-tensors.gguf", &n);
    CHECK(p);
    for (uint64_t i = 1, failed = 1; failed; i++) {
        pot_arena a;
        pot_gguf g = {0};
        pot_arena_init(&a, (size_t)16 << 20);
        pot_mem_fail_at(i);
        const pot_status s = pot_gguf_read(&g, &a, (pot_bytes){(uint8_t *)p, n}, "f", NULL);
        pot_mem_fail_at(0);
        failed = s != POT_OK;
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

/* Files that llama.cpp's converter and others wrote. */
static void test_real(void)
{
    static const char *const file[] = {"models/stories260k-gguf/stories260K-f32.gguf",
                                       "models/stories260k-gguf/stories260K-q8_0.gguf",
                                       "tokenizers/llamacpp-vocab/ggml-vocab-gpt-2.gguf",
                                       "tokenizers/llamacpp-vocab/ggml-vocab-llama-spm.gguf",
                                       "tokenizers/llamacpp-vocab/ggml-vocab-gpt-neox.gguf"};
    for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
        char path[300];
        opened o;
        pot_error err = {0};
        snprintf(path, sizeof path, "../shared/data/%s", file[i]);
        if (!pot_file_exists(path)) {
            printf("skipped: no shared data\n");
            return;
        }
        if (open_file(&o, path, &err) != POT_OK) {
            fprintf(stderr, "%s: byte %lld: %s: %s\n", path, (long long)err.offset, err.place,
                    err.msg);
            exit(1);
        }
        CHECK(pot_gguf_find(&o.g, "general.architecture"));
        check_tiles(&o);
        done(&o);
    }
}

int main(void)
{
    test_rejects();
    test_accepts();
    test_every_cut();
    test_out_of_memory();
    badinput_check("gg_", 50, open_and_close);
    test_real();
    CHECK(pot_mem_used() == 0);
    return 0;
}
