/* numeric.h - what the files say and the kernels do, named once for both. */
#ifndef POT_BASE_NUMERIC_H
#define POT_BASE_NUMERIC_H

#include <stddef.h>

/* How a stored weight is encoded. */
typedef enum { POT_F32, POT_F16, POT_BF16, POT_DTYPES } pot_dtype;

static inline size_t pot_dtype_size(pot_dtype t)
{
    return t == POT_F32 ? 4 : 2;
}

/* "F32", "F16", "BF16": as safetensors writes them. */
static inline const char *pot_dtype_name(pot_dtype t)
{
    static const char *const name[POT_DTYPES] = {"F32", "F16", "BF16"};
    return name[t];
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
