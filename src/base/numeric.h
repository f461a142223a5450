/* numeric.h - what the files say and the kernels do, named once for both. */
#ifndef POT_BASE_NUMERIC_H
#define POT_BASE_NUMERIC_H

#include <stddef.h>

/* How stored weights are encoded, the one table of it:
 *     X(name, number in GGUF, elements of a block, bytes of a block, where its scales lie)
 * A row of a matrix is a run of whole blocks.  The scales are f16 at these bytes of the block,
 * -1 for none; kernel/unpack.h says how the elements follow from them. */
#define POT_DTYPE_LIST(X)                                                                          \
    X(F32, 0, 1, 4, -1, -1)                                                                        \
    X(F16, 1, 1, 2, 0, -1)                                                                         \
    X(BF16, 30, 1, 2, -1, -1) /* so far single elements; the rest are quantized */                 \
    X(Q4_0, 2, 32, 18, 0, -1)                                                                      \
    X(Q4_1, 3, 32, 20, 0, 2)                                                                       \
    X(Q5_0, 6, 32, 22, 0, -1)                                                                      \
    X(Q5_1, 7, 32, 24, 0, 2)                                                                       \
    X(Q8_0, 8, 32, 34, 0, -1)                                                                      \
    X(Q2_K, 10, 256, 84, 80, 82)                                                                   \
    X(Q3_K, 11, 256, 110, 108, -1)                                                                 \
    X(Q4_K, 12, 256, 144, 0, 2)                                                                    \
    X(Q5_K, 13, 256, 176, 0, 2)                                                                    \
    X(Q6_K, 14, 256, 210, 208, -1)                                                                 \
    X(IQ2_XXS, 16, 256, 66, 0, -1)                                                                 \
    X(IQ2_XS, 17, 256, 74, 0, -1)                                                                  \
    X(IQ3_XXS, 18, 256, 98, 0, -1)                                                                 \
    X(IQ1_S, 19, 256, 50, 0, -1)                                                                   \
    X(IQ4_NL, 20, 32, 18, 0, -1)                                                                   \
    X(IQ3_S, 21, 256, 110, 0, -1)                                                                  \
    X(IQ2_S, 22, 256, 82, 0, -1)                                                                   \
    X(IQ4_XS, 23, 256, 136, 0, -1)                                                                 \
    X(IQ1_M, 29, 256, 56, -1, -1) /* an f16 in the top nibbles of bytes 49, 51, 53, 55 */          \
    X(TQ1_0, 34, 256, 54, 52, -1)                                                                  \
    X(TQ2_0, 35, 256, 66, 64, -1)                                                                  \
    X(MXFP4, 39, 32, 17, -1, -1) /* a power of two in byte 0 */

#define POT_ENUM_(name, id, block, bytes, d, m) POT_##name,
typedef enum { POT_DTYPE_LIST(POT_ENUM_) POT_DTYPES } pot_dtype;
#undef POT_ENUM_

typedef struct {
    const char *name; /* "F32", "Q4_K": as safetensors and GGUF write them */
    unsigned block;   /* elements that are stored together */
    unsigned bytes;   /* of a block */
    int scale[2];     /* f16 in the block, or -1 */
} pot_dtype_facts;

extern const pot_dtype_facts pot_dtypes[POT_DTYPES];

static inline const char *pot_dtype_name(pot_dtype t)
{
    return pot_dtypes[t].name;
}

/* Bytes of a block: of an element, where blocks are single elements. */
static inline size_t pot_dtype_size(pot_dtype t)
{
    return pot_dtypes[t].bytes;
}

/* Bytes of n elements, whole blocks. */
static inline size_t pot_dtype_bytes(pot_dtype t, size_t n)
{
    return n / pot_dtypes[t].block * pot_dtypes[t].bytes;
}

/* The non-linear functions: x Phi(x), its tanh form, x sigmoid(1.702 x), max(x, 0),
 * x sigmoid(x), sigmoid(x); gated only: m sigmoid(1.702 m) of m = min(x, 7), times 1 + u, u cut
 * to +-7. */
typedef enum {
    POT_GELU_ERF,
    POT_GELU_TANH,
    POT_QUICK_GELU,
    POT_RELU,
    POT_SILU,
    POT_SIGMOID,
    POT_SWIGLU_OAI,
    POT_ACTS,
} pot_act;

#endif
