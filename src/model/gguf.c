#include "model/gguf.h"

#include "base/fail.h"
#include "base/numeric.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_VALUES    65536u
#define MOST_TENSORS   131072u
#define MOST_KEY       65535u
#define MOST_NAME      63u
#define MOST_ALIGNMENT 65536u
#define LEAST_VALUE    14u /* bytes of the shortest pair and tensor */
#define LEAST_TENSOR   33u

/* Bytes of one value by type; 0: it has a length of its own. */
static const uint8_t value_size[POT_GGUF_TYPES] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

static const char *const value_name[POT_GGUF_TYPES] = {
    "u8", "i8", "u16", "i16", "u32", "i32", "f32", "bool", "string", "array", "u64", "i64", "f64"};

/* The types of tensors [GG-18]: those of numeric.h, and those that a file may hold beside
 * what pot computes with. */
#define ROW(name, id, block, bytes, d, m) {#name, id, block, bytes},
static const struct type {
    const char *name;
    uint32_t id, block, bytes;
} types[] = {
    POT_GGUF_DTYPE_LIST(ROW) /* then: */
    {"Q8_1", 9, 32, 36},
    {"Q8_K", 15, 256, 292},
    {"I8", 24, 1, 1},
    {"I16", 25, 1, 2},
    {"I32", 26, 1, 4},
    {"I64", 27, 1, 8},
    {"F64", 28, 1, 8},
    {"NVFP4", 40, 64, 36},
    {"Q1_0", 41, 128, 18},
    {"Q2_0", 42, 64, 18},
};

/* Numbers that once were types [GG-17]. */
static const struct {
    uint32_t id;
    const char *name;
} removed[] = {
    {4, "Q4_2"},      {5, "Q4_3"},        {31, "Q4_0_4_4"},   {32, "Q4_0_4_8"},
    {33, "Q4_0_8_8"}, {36, "IQ4_NL_4_4"}, {37, "IQ4_NL_4_8"}, {38, "IQ4_NL_8_8"},
};

/* Refuse the field that began at `at`. */
#define REFUSE(r, begin, ...) ((r)->at = (begin), pot_rd_fail(r, __VA_ARGS__))

static bool valid_utf8(pot_bytes s)
{
    uint32_t cp;
    for (unsigned n; s.n; s.p += n, s.n -= n)
        if (!(n = pot_utf8_get(s.p, s.n, &cp))) return false;
    return true;
}

static pot_status read_string(pot_rd *r, pot_bytes *out) /* [GG-5] */
{
    uint64_t n;
    POT_TRY(pot_rd_u64le(r, &n));
    return pot_rd_take(r, out, n);
}

/* A key or a tensor's name. */
static pot_status read_name(pot_rd *r, pot_arena *a, const char **out, const char *what,
                            size_t most)
{
    const size_t begin = r->at;
    pot_bytes s = {0};
    POT_TRY(read_string(r, &s));
    if (!s.n || s.n > most)
        return REFUSE(r, begin, "%s of %zu bytes; 1 to %zu are expected", what, s.n, most);
    if (memchr(s.p, 0, s.n) || !valid_utf8(s))
        return REFUSE(r, begin, "%s that holds a NUL byte or is not UTF-8", what);
    *out = pot_arena_str(a, (const char *)s.p, s.n);
    return *out ? POT_OK : pot_fail_mem(r->err);
}

static pot_status check_bools(pot_rd *r, const pot_gguf_value *v, size_t begin) /* [GG-9] */
{
    for (uint64_t i = 0; v->type == POT_GGUF_BOOL && i < v->n; i++)
        if (v->data.p[i] > 1) return REFUSE(r, begin + i, "a bool is 0 or 1, not %u", v->data.p[i]);
    return POT_OK;
}

static pot_status read_strings(pot_rd *r, pot_gguf_value *v)
{
    const size_t begin = r->at;
    pot_bytes s;
    if (v->n > pot_rd_left(r) / 8) /* [GG-11] */
        return pot_rd_fail(r, "%llu strings in %zu bytes", (unsigned long long)v->n,
                           pot_rd_left(r));
    for (uint64_t i = 0; i < v->n; i++)
        POT_TRY(read_string(r, &s));
    v->data = (pot_bytes){r->in.p + begin, r->at - begin};
    return POT_OK;
}

/* The value of a pair whose key was read. */
static pot_status read_value(pot_rd *r, pot_gguf_value *v)
{
    size_t begin = r->at;
    uint32_t type;
    POT_TRY(pot_rd_u32le(r, &type));
    if (type >= POT_GGUF_TYPES) /* [GG-8] */
        return REFUSE(r, begin, "value type %u is not one of the format", type);
    v->n = 1;
    v->array = type == POT_GGUF_ARRAY;
    if (v->array) {
        begin = r->at;
        POT_TRY(pot_rd_u32le(r, &type));
        if (type >= POT_GGUF_TYPES || type == POT_GGUF_ARRAY) /* [GG-10] */
            return REFUSE(r, begin, "an array of type %u; values that are no arrays are expected",
                          type);
        POT_TRY(pot_rd_u64le(r, &v->n));
    }
    v->type = (pot_gguf_type)type;
    if (v->type == POT_GGUF_STRING) return read_strings(r, v);
    begin = r->at;
    if (v->n > pot_rd_left(r) / value_size[type]) /* [GG-11] */
        return pot_rd_fail(r, "%llu values of %u bytes, and %zu bytes left",
                           (unsigned long long)v->n, value_size[type], pot_rd_left(r));
    POT_TRY(pot_rd_take(r, &v->data, v->n * value_size[type]));
    return check_bools(r, v, begin);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const pot_gguf_value *)a)->key, ((const pot_gguf_value *)b)->key);
}

static pot_status read_values(pot_rd *r, pot_gguf *g, pot_arena *a)
{
    g->value = pot_arena_new(a, g->n_values + 1, sizeof *g->value);
    if (!g->value) return pot_fail_mem(r->err);
    for (size_t i = 0; i < g->n_values; i++) {
        POT_TRY(read_name(r, a, &g->value[i].key, "a key", MOST_KEY)); /* [GG-6] */
        POT_TRY(read_value(r, &g->value[i]));
    }
    if (g->n_values) qsort(g->value, g->n_values, sizeof *g->value, by_key);
    for (size_t i = 1; i < g->n_values; i++) /* [GG-7] */
        if (strcmp(g->value[i - 1].key, g->value[i].key) == 0)
            return pot_gguf_fail(g, g->value[i].key, POT_E_FORMAT, r->err,
                                 "this key is there twice; fetch the file again");
    return POT_OK;
}

/* [GG-12] */
static pot_status read_alignment(const pot_gguf *g, uint32_t *out, pot_error *err)
{
    static const char *const key = "general.alignment";
    const pot_gguf_value *v = pot_gguf_find(g, key);
    if (!v) return POT_OK;
    if (v->array || v->type != POT_GGUF_U32)
        return pot_gguf_fail(g, key, POT_E_FORMAT, err, "a u32 is expected");
    POT_TRY(pot_gguf_u32(g, key, out, err));
    if (*out >= 8 && *out <= MOST_ALIGNMENT && !(*out & (*out - 1))) return POT_OK;
    return pot_gguf_fail(g, key, POT_E_FORMAT, err, "%u; a power of two from 8 to %u is expected",
                         *out, MOST_ALIGNMENT);
}

/* Lists about the same tokens must be equally long [GG-13]. */
static pot_status check_lists(const pot_gguf *g, pot_error *err)
{
    static const char *const key[] = {"tokenizer.ggml.scores", "tokenizer.ggml.token_type"};
    const pot_gguf_value *tokens = pot_gguf_find(g, "tokenizer.ggml.tokens");
    for (size_t i = 0; i < 2; i++) {
        const pot_gguf_value *v = pot_gguf_find(g, key[i]);
        if (v && (!tokens || v->n != tokens->n))
            return pot_gguf_fail(
                g, key[i], POT_E_FORMAT, err, "%llu elements for %llu tokens; fetch the file again",
                (unsigned long long)v->n, (unsigned long long)(tokens ? tokens->n : 0));
    }
    return POT_OK;
}

/* ---- tensors ------------------------------------------------------------------------------ */

static const struct type *find_type(uint32_t id)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].id == id) return &types[i];
    return NULL;
}

static pot_status read_type(pot_rd *r, const struct type **out)
{
    const size_t begin = r->at;
    uint32_t id;
    POT_TRY(pot_rd_u32le(r, &id));
    for (size_t i = 0; i < sizeof removed / sizeof *removed; i++)
        if (removed[i].id == id)
            return REFUSE(r, begin,
                          "tensor type %u, %s, was removed from the format; convert the original "
                          "weights again",
                          id, removed[i].name);
    *out = find_type(id);
    if (*out) return POT_OK;
    return REFUSE(r, begin, "tensor type %u is not one of the format", id);
}

/* The sizes, kept slowest first; *n is their product [GG-15] [GG-16]. */
static pot_status read_shape(pot_rd *r, pot_tensor *t, uint64_t *n)
{
    const size_t begin = r->at;
    uint32_t dims;
    POT_TRY(pot_rd_u32le(r, &dims));
    if (!dims || dims > 4) return REFUSE(r, begin, "%u dimensions; 1 to 4 are expected", dims);
    t->dims = dims;
    *n = 1;
    for (unsigned i = dims; i-- > 0;) {
        POT_TRY(pot_rd_u64le(r, &t->shape[i]));
        if (!t->shape[i] || t->shape[i] > INT64_MAX || __builtin_mul_overflow(*n, t->shape[i], n) ||
            *n > INT64_MAX)
            return REFUSE(r, r->at - 8, "a size of %llu: 1 or more is expected, 2^63 - 1 in all",
                          (unsigned long long)t->shape[i]);
    }
    return POT_OK;
}

/* Read an entry; its data.n is set, and *offset is where in the data it should begin. */
static pot_status read_tensor(pot_rd *r, pot_arena *a, pot_tensor *t, uint64_t *offset)
{
    const struct type *type = NULL;
    uint64_t n = 0;
    POT_TRY(read_name(r, a, &t->name, "a tensor's name", MOST_NAME)); /* [GG-14] */
    POT_TRY(read_shape(r, t, &n));
    const size_t begin = r->at;
    POT_TRY(read_type(r, &type));
    if (t->shape[t->dims - 1] % type->block) /* [GG-19] */
        return REFUSE(r, begin, "rows of %llu elements, and blocks of %s have %u",
                      (unsigned long long)t->shape[t->dims - 1], type->name, type->block);
    n /= type->block; /* [GG-20] */
    if (__builtin_mul_overflow(n, type->bytes, &n) || n > INT64_MAX)
        return REFUSE(r, begin, "a tensor of more than 2^63 bytes");
    t->dtype = type->name;
    t->data.n = (size_t)n;
    return pot_rd_u64le(r, offset);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static pot_status check_names(const pot_gguf *g, pot_arena *a, pot_error *err) /* [GG-14] */
{
    const char **name = pot_arena_new(a, g->n_tensors + 1, sizeof *name);
    if (!name) return pot_fail_mem(err);
    for (size_t i = 0; i < g->n_tensors; i++)
        name[i] = g->tensor[i].name;
    if (g->n_tensors) qsort(name, g->n_tensors, sizeof *name, by_name);
    for (size_t i = 1; i < g->n_tensors; i++)
        if (strcmp(name[i - 1], name[i]) == 0)
            return pot_gguf_fail(g, name[i], POT_E_FORMAT, err,
                                 "two tensors have this name; fetch the file again");
    return POT_OK;
}

/* Skip zeros up to the next multiple of A, or to the end of the file. */
static pot_status read_padding(pot_rd *r, uint32_t alignment) /* [GG-21] */
{
    while (r->at % alignment && pot_rd_left(r)) {
        if (r->in.p[r->at]) return pot_rd_fail(r, "padding that is not zero");
        r->at++;
    }
    return POT_OK;
}

/* Find each tensor's bytes: in the order of the list, without holes [GG-22] to [GG-24]. */
static pot_status place_tensors(pot_rd *r, pot_gguf *g, const uint64_t *offset, uint32_t alignment)
{
    POT_TRY(read_padding(r, alignment));
    const size_t start = r->at;
    for (size_t i = 0; i < g->n_tensors; i++) {
        pot_tensor *t = &g->tensor[i];
        POT_TRY(read_padding(r, alignment));
        if (offset[i] != r->at - start) /* [GG-22] */
            return pot_gguf_fail(g, t->name, POT_E_FORMAT, r->err,
                                 "its offset is %llu, and the bytes so far end at %zu: an overlap, "
                                 "a hole or an alignment that is not %u",
                                 (unsigned long long)offset[i], r->at - start, alignment);
        if (t->data.n > pot_rd_left(r)) /* [GG-23] */
            return pot_gguf_fail(g, t->name, POT_E_FORMAT, r->err,
                                 "%zu bytes expected, %zu left: the file is cut short; fetch it "
                                 "again",
                                 t->data.n, pot_rd_left(r));
        POT_TRY(pot_rd_take(r, &t->data, t->data.n));
    }
    POT_TRY(read_padding(r, alignment));
    if (!pot_rd_left(r)) return POT_OK; /* [GG-24] */
    return pot_rd_fail(r, "%zu bytes behind the last tensor; fetch the file again", pot_rd_left(r));
}

static pot_status read_tensors(pot_rd *r, pot_gguf *g, pot_arena *a)
{
    uint32_t alignment = 32;
    POT_TRY(read_alignment(g, &alignment, r->err));
    POT_TRY(check_lists(g, r->err));
    uint64_t *offset = pot_arena_new(a, g->n_tensors + 1, sizeof *offset);
    g->tensor = pot_arena_new(a, g->n_tensors + 1, sizeof *g->tensor);
    if (!offset || !g->tensor) return pot_fail_mem(r->err);
    for (size_t i = 0; i < g->n_tensors; i++)
        POT_TRY(read_tensor(r, a, &g->tensor[i], &offset[i]));
    POT_TRY(check_names(g, a, r->err));
    return place_tensors(r, g, offset, alignment);
}

/* A count of things that have at least `least` bytes each [GG-4]. */
static pot_status read_count(pot_rd *r, size_t *out, const char *what, unsigned least,
                             unsigned most)
{
    uint64_t n;
    POT_TRY(pot_rd_u64le(r, &n));
    if (n > most || n > pot_rd_left(r) / least)
        return REFUSE(r, r->at - 8,
                      "%llu %s; at most %u, and what fits into the file, are expected",
                      (unsigned long long)n, what, most);
    *out = (size_t)n;
    return POT_OK;
}

static pot_status read_version(pot_rd *r, uint32_t *version)
{
    pot_bytes magic = {0};
    POT_TRY(pot_rd_take(r, &magic, 4));
    if (memcmp(magic.p, "GGUF", 4) != 0) /* [GG-1] */
        return REFUSE(r, 0, "a file that begins with GGUF is expected");
    POT_TRY(pot_rd_u32le(r, version));
    if (*version && !(*version & 0xffff)) /* [GG-2] */
        return REFUSE(r, 4, "a big-endian file; convert the original weights without that option");
    if (*version == 2 || *version == 3) return POT_OK; /* [GG-3] */
    return REFUSE(r, 4, "version %u of the format; 2 and 3 are read", *version);
}

pot_status pot_gguf_read(pot_gguf *out, pot_arena *arena, pot_bytes file, const char *path,
                         pot_error *err)
{
    pot_rd r = pot_rd_over(file, path, err);
    pot_gguf g = {.path = path};
    POT_TRY(read_version(&r, &g.version));
    POT_TRY(read_count(&r, &g.n_tensors, "tensors", LEAST_TENSOR, MOST_TENSORS));
    POT_TRY(read_count(&r, &g.n_values, "keys", LEAST_VALUE, MOST_VALUES));
    POT_TRY(pot_fail_in(err, read_values(&r, &g, arena), path));
    POT_TRY(pot_fail_in(err, read_tensors(&r, &g, arena), path));
    *out = g;
    return POT_OK;
}

/* ---- looking ------------------------------------------------------------------------------ */

pot_status pot_gguf_fail(const pot_gguf *g, const char *key, pot_status status, pot_error *err,
                         const char *fmt, ...)
{
    char msg[256];
    va_list va;
    va_start(va, fmt);
    vsnprintf(msg, sizeof msg, fmt, va);
    va_end(va);
    pot_fail_at(err, status, key, "%s", msg);
    return pot_fail_in(err, status, g->path);
}

const pot_gguf_value *pot_gguf_find(const pot_gguf *g, const char *key)
{
    const pot_gguf_value want = {.key = key};
    return g->n_values ? bsearch(&want, g->value, g->n_values, sizeof want, by_key) : NULL;
}

/* Bytes, least significant first. */
static uint64_t little(const uint8_t *p, unsigned n)
{
    uint64_t u = 0;
    while (n-- > 0)
        u = u << 8 | p[n];
    return u;
}

static bool is_integer(pot_gguf_type t)
{
    return t <= POT_GGUF_I32 || t == POT_GGUF_U64 || t == POT_GGUF_I64;
}

/* An integer as 64 bits of two's complement. */
static uint64_t integer(const pot_gguf_value *v, uint64_t i)
{
    const unsigned size = value_size[v->type], shift = 64 - 8 * size;
    const uint64_t u = little(v->data.p + i * size, size);
    const bool has_sign = v->type == POT_GGUF_I8 || v->type == POT_GGUF_I16 ||
                          v->type == POT_GGUF_I32 || v->type == POT_GGUF_I64;
    return has_sign && shift && u >> (8 * size - 1) ? u | ~(uint64_t)0 << (64 - shift) : u;
}

double pot_gguf_number(const pot_gguf_value *v, uint64_t i)
{
    const uint64_t u = little(v->data.p + i * value_size[v->type], value_size[v->type]);
    const uint32_t u32 = (uint32_t)u;
    float f;
    double d;
    memcpy(&f, &u32, sizeof f);
    memcpy(&d, &u, sizeof d);
    if (v->type == POT_GGUF_F32) return (double)f;
    if (v->type == POT_GGUF_F64) return d;
    if (v->type == POT_GGUF_U64 || v->type == POT_GGUF_BOOL) return (double)u;
    return (double)(int64_t)integer(v, i);
}

pot_status pot_gguf_u32(const pot_gguf *g, const char *key, uint32_t *out, pot_error *err)
{
    const pot_gguf_value *v = pot_gguf_find(g, key);
    if (!v) return POT_OK;
    if (v->array || !is_integer(v->type))
        return pot_gguf_fail(g, key, POT_E_FORMAT, err, "an integer is expected, not %s%s",
                             v->array ? "an array of " : "", value_name[v->type]);
    const uint64_t u = integer(v, 0);
    if (u > UINT32_MAX)
        return pot_gguf_fail(g, key, POT_E_FORMAT, err, "an integer below 2^32 is expected");
    *out = (uint32_t)u;
    return POT_OK;
}

pot_status pot_gguf_f64(const pot_gguf *g, const char *key, double *out, pot_error *err)
{
    const pot_gguf_value *v = pot_gguf_find(g, key);
    if (!v) return POT_OK;
    if (v->array || v->type == POT_GGUF_STRING || v->type == POT_GGUF_BOOL)
        return pot_gguf_fail(g, key, POT_E_FORMAT, err, "a number is expected, not %s%s",
                             v->array ? "an array of " : "", value_name[v->type]);
    *out = pot_gguf_number(v, 0);
    return POT_OK;
}

pot_status pot_gguf_bool(const pot_gguf *g, const char *key, bool *out, pot_error *err)
{
    const pot_gguf_value *v = pot_gguf_find(g, key);
    if (!v) return POT_OK;
    if (v->array || v->type != POT_GGUF_BOOL)
        return pot_gguf_fail(g, key, POT_E_FORMAT, err, "a bool is expected");
    *out = v->data.p[0];
    return POT_OK;
}

pot_status pot_gguf_string(const pot_gguf *g, const char *key, pot_bytes *out, pot_error *err)
{
    const pot_gguf_value *v = pot_gguf_find(g, key);
    if (!v) return POT_OK;
    if (v->array || v->type != POT_GGUF_STRING)
        return pot_gguf_fail(g, key, POT_E_FORMAT, err, "a string is expected");
    pot_bytes rest = v->data;
    *out = pot_gguf_next_string(&rest);
    return POT_OK;
}

pot_status pot_gguf_array(const pot_gguf *g, const char *key, pot_gguf_type type,
                          const pot_gguf_value **out, pot_error *err)
{
    const pot_gguf_value *v = pot_gguf_find(g, key);
    if (v && (!v->array || v->type != type))
        return pot_gguf_fail(g, key, POT_E_FORMAT, err, "an array of %s is expected",
                             value_name[type]);
    *out = v;
    return POT_OK;
}

pot_bytes pot_gguf_next_string(pot_bytes *rest)
{
    const pot_bytes s = {rest->p + 8, (size_t)little(rest->p, 8)};
    *rest = (pot_bytes){s.p + s.n, rest->n - 8 - s.n};
    return s;
}
