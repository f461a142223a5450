/* safetensors.h - the header of a safetensors file, strictly.
 *
 *     file   = u64le N, N <= 100,000,000; header: N bytes; data: the rest
 *     header = '{' ... '}' spaces: JSON, duplicate members refused
 *              "__metadata__": an object of strings (optional)
 *              NAME: {"dtype": D, "shape": [d ...], "data_offsets": [begin, end]}
 *
 * Each tensor's bytes are end - begin = product of its shape times the size of D, and the
 * tensors together cover the data exactly: no hole, no overlap, nothing behind the last.
 * docs/format/safetensors.md gives each rule an id. */
#ifndef POT_MODEL_SAFETENSORS_H
#define POT_MODEL_SAFETENSORS_H

#include "base/mem.h"
#include "base/rd.h"

#define POT_MOST_DIMS 8

typedef struct {
    const char *name;  /* arena */
    const char *dtype; /* static: "F32", ...; any that the format knows */
    uint64_t shape[POT_MOST_DIMS];
    unsigned dims;
    pot_bytes data; /* borrowed: the file's mapping */
} pot_tensor;

/* Read the header of `file`; *out is [*n] in the arena, ordered by place in the file.  Data
 * bytes are not touched. */
POT_MUST_USE pot_status pot_safetensors_read(pot_tensor **out, size_t *n, pot_arena *arena,
                                             pot_bytes file, const char *path, pot_error *err);

#endif
