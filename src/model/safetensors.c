#include "model/safetensors.h"

#include "base/fail.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#define MOST_HEADER 100000000u

/* Bits per element of the format's dtypes [ST-11]. */
static const struct dtype {
    const char *name;
    unsigned bits;
} dtypes[] = {
    {"F64", 64},    {"F32", 32}, {"F16", 16}, {"BF16", 16},   {"I64", 64},
    {"I32", 32},    {"I16", 16}, {"I8", 8},   {"U64", 64},    {"U32", 32},
    {"U16", 16},    {"U8", 8},   {"BOOL", 8}, {"F8_E4M3", 8}, {"F8_E5M2", 8},
    {"F8_E8M0", 8}, {"C64", 64}, {"F4", 4},   {"F6_E2M3", 6}, {"F6_E3M2", 6},
};

static pot_status read_dtype(const struct dtype **out, const pot_json *t, pot_error *err)
{
    const char *name;
    POT_TRY(pot_json_str(t, "dtype", &name, err));
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++)
        if (strcmp(dtypes[i].name, name) == 0) return *out = &dtypes[i], POT_OK;
    const pot_json at = pot_json_get(t, "dtype");
    return pot_json_fail(&at, POT_E_FORMAT, err, "\"%.40s\" is not a dtype of the format", name);
}

/* An array of non-negative integers [ST-12] [ST-13]. */
static pot_status read_sizes(const pot_json *t, const char *key, uint64_t *out, unsigned *n,
                             unsigned most, pot_error *err)
{
    pot_json list;
    POT_TRY(pot_json_array(t, key, &list, err));
    const size_t len = json_array_size(list.v);
    if (len > most)
        return pot_json_fail(&list, POT_E_FORMAT, err, "%zu numbers; at most %u are expected", len,
                             most);
    for (size_t i = 0; i < len; i++) {
        const json_t *v = json_array_get(list.v, i);
        if (!json_is_integer(v) || json_integer_value(v) < 0)
            return pot_json_fail(&list, POT_E_FORMAT, err, "non-negative integers are expected");
        out[i] = (uint64_t)json_integer_value(v);
    }
    *n = (unsigned)len;
    return POT_OK;
}

/* Bytes of a shape; false on overflow or if they are not whole [ST-15]. */
static bool shape_bytes(uint64_t *out, const pot_tensor *t, unsigned bits)
{
    uint64_t n = bits;
    for (unsigned i = 0; i < t->dims; i++)
        if (__builtin_mul_overflow(n, t->shape[i], &n)) return false;
    *out = n / 8;
    return n % 8 == 0;
}

/* [ST-10] to [ST-15]. */
static pot_status read_tensor(pot_tensor *out, const pot_json *t, pot_bytes data, pot_error *err)
{
    const struct dtype *d = NULL;
    uint64_t at[2], bytes;
    unsigned two;
    if (!json_is_object(t->v)) return pot_json_fail(t, POT_E_FORMAT, err, "an object is expected");
    POT_TRY(read_dtype(&d, t, err));
    POT_TRY(read_sizes(t, "shape", out->shape, &out->dims, POT_MOST_DIMS, err));
    POT_TRY(read_sizes(t, "data_offsets", at, &two, 2, err));
    if (two != 2 || json_object_size(t->v) != 3)
        return pot_json_fail(t, POT_E_FORMAT, err,
                             "dtype, shape and two data_offsets are expected, and nothing else");
    if (at[0] > at[1] || at[1] > data.n)
        return pot_json_fail(t, POT_E_FORMAT, err,
                             "bytes %llu to %llu of %zu: the file is cut short or broken",
                             (unsigned long long)at[0], (unsigned long long)at[1], data.n);
    if (!shape_bytes(&bytes, out, d->bits) || bytes != at[1] - at[0])
        return pot_json_fail(t, POT_E_FORMAT, err, "its shape and dtype do not give %llu bytes",
                             (unsigned long long)(at[1] - at[0]));
    out->dtype = d->name;
    out->data = (pot_bytes){data.p + at[0], (size_t)(at[1] - at[0])};
    return POT_OK;
}

/* [ST-9] */
static pot_status check_metadata(const pot_json *meta, pot_error *err)
{
    const char *key;
    json_t *v;
    if (!json_is_object(meta->v))
        return pot_json_fail(meta, POT_E_FORMAT, err, "an object is expected");
    json_object_foreach(meta->v, key, v)
    {
        const pot_json at = pot_json_get(meta, key);
        if (!json_is_string(v))
            return pot_json_fail(&at, POT_E_FORMAT, err, "a string is expected");
    }
    return POT_OK;
}

static int by_place(const void *a, const void *b)
{
    const pot_tensor *x = a, *y = b;
    if (x->data.p != y->data.p) return x->data.p < y->data.p ? -1 : 1;
    return (x->data.n > y->data.n) - (x->data.n < y->data.n); /* empty ones first */
}

/* The tensors, ordered, must tile the data [ST-16] [ST-17]. */
static pot_status check_cover(const pot_tensor *t, size_t n, pot_bytes data, pot_error *err)
{
    const uint8_t *at = data.p;
    for (size_t i = 0; i < n; i++) {
        if (t[i].data.p != at)
            return pot_fail_at(err, POT_E_FORMAT, t[i].name,
                               "%s before the bytes of this tensor; fetch the file again",
                               t[i].data.p < at ? "an overlap" : "a hole");
        at += t[i].data.n;
    }
    const size_t rest = (size_t)(data.p + data.n - at);
    if (rest)
        return pot_fail(err, POT_E_FORMAT, "%zu bytes behind the last tensor; fetch the file again",
                        rest);
    return POT_OK;
}

static pot_status read_all(pot_tensor **out, size_t *count, pot_arena *arena, const pot_json *doc,
                           pot_bytes data, pot_error *err)
{
    if (!json_is_object(doc->v))
        return pot_json_fail(doc, POT_E_FORMAT, err, "an object is expected");
    const size_t most = json_object_size(doc->v);
    pot_tensor *list = pot_arena_new(arena, most ? most : 1, sizeof *list);
    if (!list) return pot_fail_mem(err);
    size_t n = 0;
    const char *key;
    json_t *v;
    json_object_foreach(doc->v, key, v)
    {
        const pot_json t = pot_json_get(doc, key);
        if (strcmp(key, "__metadata__") == 0) {
            POT_TRY(check_metadata(&t, err));
            continue;
        }
        list[n].name = pot_arena_str(arena, key, strlen(key));
        if (!list[n].name) return pot_fail_mem(err);
        POT_TRY(read_tensor(&list[n++], &t, data, err));
    }
    if (n) qsort(list, n, sizeof *list, by_place);
    POT_TRY(check_cover(list, n, data, err));
    *out = list;
    *count = n;
    return POT_OK;
}

pot_status pot_safetensors_read(pot_tensor **out, size_t *n, pot_arena *arena, pot_bytes file,
                                const char *path, pot_error *err)
{
    pot_rd r = pot_rd_over(file, path, err);
    uint64_t len;
    pot_bytes header = {0};
    POT_TRY(pot_rd_u64le(&r, &len)); /* [ST-1] */
    if (len > MOST_HEADER)           /* [ST-2] */
        return pot_rd_fail(&r, "a header of %llu bytes; at most %u are allowed",
                           (unsigned long long)len, MOST_HEADER);
    POT_TRY(pot_rd_take(&r, &header, len)); /* [ST-3] */
    r.at = 8;
    if (!header.n || header.p[0] != '{') /* [ST-4] */
        return pot_rd_fail(&r, "a header that begins with { is expected");

    size_t text = header.n; /* only spaces may follow the last brace [ST-5] */
    while (header.p[text - 1] == ' ')
        text--;
    if (header.p[text - 1] != '}') return pot_rd_fail(&r, "a header that ends with } is expected");
    const pot_bytes data = {header.p + header.n, file.n - 8 - header.n};

    pot_json doc; /* [ST-6] to [ST-8] */
    const bool first = err && err->status == POT_OK;
    pot_status s = pot_json_parse(&doc, header, path, err);
    if (s != POT_OK && first && err->offset != POT_NO_OFFSET) err->offset += 8; /* in the file */
    if (s != POT_OK) return s;
    s = read_all(out, n, arena, &doc, data, err);
    pot_json_close(&doc);
    return pot_fail_in(err, s, path);
}
