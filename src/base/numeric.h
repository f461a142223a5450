/* numeric.h - what the files say and the kernels do, named once for both. */
#ifndef POT_BASE_NUMERIC_H
#define POT_BASE_NUMERIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How stored weights are encoded, the one table of it:
 *     X(name, number in GGUF, elements of a block, bytes of a block, where its scales lie)
 * A row of a matrix is a run of whole blocks.  The scales are f16 at these bytes of the block,
 * -1 for none; kernel/unpack.h says how the elements follow from them. */
#define POT_GGUF_DTYPE_LIST(X)                                                                     \
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

/* And those that GGUF does not have. */
#define POT_DTYPE_LIST(X)                                                                          \
    POT_GGUF_DTYPE_LIST(X)                                                                         \
    X(F8_E4M3, 0, 1, 1, -1, -1) /* no infinities, and NaN where all other bits are 1 */            \
    X(F8_E5M2, 0, 1, 1, -1, -1) /* the first byte of an F16 */

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

/* How the numbers of a matrix become weights where other tensors take part.  Of output n and
 * input k, in group g = group[k], or k / cols where there is no list:
 *     s = scale element  n / rows scale_step[0] + g scale_step[1]
 *     z = zero_plus + what `zero` holds, packed along the outputs, in words zero_step[] apart
 * Integers lie in little-endian words of 32 bits, the first lowest, `bits` each; words are
 * word_step[] apart: [0] from output to output (or to the next outputs that share one), [1] from
 * one to the next along the inputs (or from group to group).  With `awq` a word of q and of
 * zeros has eight outputs, in the order 0 2 4 6 1 3 5 7. */
typedef enum {
    POT_SCALED_NOT,
    POT_SCALED_MXFP4,  /* `w` has the 16 bytes of nibbles of each block of GGUF, element 2i low and
                        * 2i + 1 high in byte i; `scale` its byte 0 */
    POT_SCALED_FLOATS, /* s w */
    POT_SCALED_INTS,   /* s (q - z) */
} pot_scaled;

typedef struct {
    pot_scaled kind;
    pot_dtype type;        /* of the scales: F32, F16 or BF16 */
    const uint8_t *scale;  /* borrowed: the file */
    const uint8_t *zero;   /* borrowed: the file; NULL: z is zero_plus */
    const uint32_t *group; /* borrowed: the group of each input, checked; or NULL */
    uint32_t rows, cols;   /* neighbouring outputs, and inputs, with the same scale */
    uint32_t scale_step[2], zero_step[2], word_step[2];
    uint32_t
        from; /* of a cut: rows before its first with the same floats' scale, or word of zeros */
    uint32_t bits, zero_plus;
    uint32_t flip; /* bits of each word that are stored inverted */
    bool columns;  /* q lies [in][out] */
    bool awq;
} pot_scaling;

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
