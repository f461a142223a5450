/* gguf.h - the header of a GGUF file, strictly.
 *
 *     file   = "GGUF"; u32 version: 2 or 3; u64 tensors; u64 pairs; pair...; tensor...; data
 *     pair   = string key; u32 type; value
 *     value  = by type: 0 u8, 1 i8, 2 u16, 3 i16, 4 u32, 5 i32, 6 f32, 7 bool (one byte, 0 or
 *              1), 8 string, 9 array (u32 type; u64 n; n values, no arrays), 10 u64, 11 i64,
 *              12 f64
 *     string = u64 n; n bytes
 *     tensor = string name; u32 dims: 1 to 4; u64 size of each, the fastest first; u32 type;
 *              u64 offset
 *     data   = zeros to a multiple of A; each tensor, zeros to a multiple of A
 *
 * All little-endian; A is the u32 "general.alignment", 32 without it.  The tensors lie in the
 * order in which they are listed, each where the one before it ends.
 * docs/format/gguf.md gives each rule an id. */
#ifndef POT_MODEL_GGUF_H
#define POT_MODEL_GGUF_H

#include "model/safetensors.h"

typedef enum {
    POT_GGUF_U8,
    POT_GGUF_I8,
    POT_GGUF_U16,
    POT_GGUF_I16,
    POT_GGUF_U32,
    POT_GGUF_I32,
    POT_GGUF_F32,
    POT_GGUF_BOOL,
    POT_GGUF_STRING,
    POT_GGUF_ARRAY,
    POT_GGUF_U64,
    POT_GGUF_I64,
    POT_GGUF_F64,
    POT_GGUF_TYPES,
} pot_gguf_type;

/* One pair, its value as it lies in the file and checked. */
typedef struct {
    const char *key;    /* arena */
    pot_gguf_type type; /* of the value, or of each element of an array */
    bool array;
    uint64_t n;     /* elements; 1 if it is no array */
    pot_bytes data; /* borrowed: the file's mapping */
} pot_gguf_value;

typedef struct {
    const char *path; /* borrowed: for messages */
    uint32_t version;
    pot_gguf_value *value; /* arena: sorted by key */
    pot_tensor *tensor;    /* arena: ordered by place; shapes slowest first, as in safetensors */
    size_t n_values, n_tensors;
} pot_gguf;

/* Read the header of `file`.  The tensors' bytes are not touched. */
POT_MUST_USE pot_status pot_gguf_read(pot_gguf *out, pot_arena *arena, pot_bytes file,
                                      const char *path, pot_error *err);

/* NULL if the file does not say. */
const pot_gguf_value *pot_gguf_find(const pot_gguf *g, const char *key);

/* The value of a key, if it is there; else *out stays as it is.  POT_E_FORMAT if it is of
 * another kind: integers of any width serve as each other where the value fits, f64 takes all
 * numbers. */
POT_MUST_USE pot_status pot_gguf_u32(const pot_gguf *g, const char *key, uint32_t *out,
                                     pot_error *err);
POT_MUST_USE pot_status pot_gguf_f64(const pot_gguf *g, const char *key, double *out,
                                     pot_error *err);
POT_MUST_USE pot_status pot_gguf_bool(const pot_gguf *g, const char *key, bool *out,
                                      pot_error *err);
POT_MUST_USE pot_status pot_gguf_string(const pot_gguf *g, const char *key, pot_bytes *out,
                                        pot_error *err);

/* The array of this element type; *out NULL if there is none. */
POT_MUST_USE pot_status pot_gguf_array(const pot_gguf *g, const char *key, pot_gguf_type type,
                                       const pot_gguf_value **out, pot_error *err);

/* Element i of an array of numbers, or the single number of no array. */
double pot_gguf_number(const pot_gguf_value *v, uint64_t i);

/* The next of a value's strings, `rest` being its data at first. */
pot_bytes pot_gguf_next_string(pot_bytes *rest);

/* POT_E_FORMAT or POT_E_UNSUPPORTED about a key. */
pot_status pot_gguf_fail(const pot_gguf *g, const char *key, pot_status status, pot_error *err,
                         const char *fmt, ...) POT_PRINTF(5, 6);

#endif
