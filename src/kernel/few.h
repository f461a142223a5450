/* few.h - products of few rows of x: a part of the text of kernels_<isa>.c.
 *
 * For one row of x a packed panel would cost many times the product.  So weights are read once,
 * transposed in registers, and multiplied there: lanes are outputs, and each output is one chain
 * over k ascending, as in `tile`. */
#ifndef POT_KERNEL_FEW_H
#define POT_KERNEL_FEW_H

#include "kernel/pack.h"

/* How a transposed dword is read: as one weight, or as two of 16 bits. */
OP v16 few_low(v16 a, pot_dtype type)
{
    return type == POT_F32 ? a : type == POT_F16 ? v16_low_f16(a) : v16_low_bf16(a);
}

OP v16 few_high(v16 a, pot_dtype type)
{
    return type == POT_F16 ? v16_high_f16(a) : v16_high_bf16(a);
}

/* acc[i] = the chains of x[i] with the columns of a transposed block; rows of x lie ldx apart. */
OP void few_block(v16 *acc, const int m, const v16 *block, pot_dtype type, const float *x,
                  size_t ldx)
{
    const size_t per = type == POT_F32 ? 1 : 2;
    EACH(t, POT_LANES)
    {
        const size_t k = per * (size_t)t;
        const v16 low = few_low(block[t], type);
        EACH(i, m) acc[i] = v16_fma(v16_set(x[(size_t)i * ldx + k]), low, acc[i]);
        if (per == 1) continue;
        const v16 high = few_high(block[t], type);
        EACH(i, m) acc[i] = v16_fma(v16_set(x[(size_t)i * ldx + k + 1]), high, acc[i]);
    }
}

/* The same with the first `depth` columns: the end of k. */
__attribute__((noinline)) static void few_end(v16 *acc, int m, const v16 *block, pot_dtype type,
                                              const float *x, size_t ldx, size_t depth)
{
    const size_t per = type == POT_F32 ? 1 : 2;
    for (size_t k = 0; k < depth; k++) {
        const v16 w = k % per ? few_high(block[k / per], type) : few_low(block[k / per], type);
        for (int i = 0; i < m; i++)
            acc[i] = v16_fma(v16_set(x[(size_t)i * ldx + k]), w, acc[i]);
    }
}

/* m rows of x with up to `groups` x 16 rows of weights; several groups, because each of their
 * chains waits for its own multiplication only. */
OP void few_type(float *y, size_t ldy, const float *x, size_t ldx, const int m, const int groups,
                 const void *const *row, size_t n, pot_dtype type, size_t k, bool first)
{
    const size_t size = type == POT_F32 ? 4 : 2, step = STEP / size;
    v16 acc[4][4], block[POT_LANES];
    EACH(g, groups) EACH(i, m)
    {
        const size_t at = (size_t)g * POT_LANES, w = n > at ? n - at : 0;
        acc[g][i] = first || !w      ? v16_set(0.0f)
                    : w >= POT_LANES ? v16_load(y + (size_t)i * ldy + at)
                                     : v16_load_n(y + (size_t)i * ldy + at, w);
    }
    for (size_t j = 0; j < k; j += step) {
        const size_t depth = k - j < step ? k - j : step;
        EACH(g, groups)
        {
            const size_t at = (size_t)g * POT_LANES;
            if (at >= n) break;
            load_block(block, row + at, n - at, j * size, depth * size);
            v16_transpose(block);
            if (depth == step) few_block(acc[g], m, block, type, x + j, ldx);
            else few_end(acc[g], m, block, type, x + j, ldx, depth);
        }
    }
    EACH(g, groups) EACH(i, m)
    {
        const size_t at = (size_t)g * POT_LANES;
        if (n >= at + POT_LANES) v16_store(y + (size_t)i * ldy + at, acc[g][i]);
        else if (n > at) v16_store_n(y + (size_t)i * ldy + at, acc[g][i], n - at);
    }
}

#define FEW_ROWS(m, groups)                                                                        \
    for (size_t at = 0; at < n; at += (groups)*POT_LANES) {                                        \
        const size_t w = n - at < (groups)*POT_LANES ? n - at : (groups)*POT_LANES;                \
        if (type == POT_F32)                                                                       \
            few_type(y + at, ldy, x, ldx, m, groups, row + at, w, POT_F32, k, first);              \
        else if (type == POT_F16)                                                                  \
            few_type(y + at, ldy, x, ldx, m, groups, row + at, w, POT_F16, k, first);              \
        else few_type(y + at, ldy, x, ldx, m, groups, row + at, w, POT_BF16, k, first);            \
    }

static void few_v(float *y, size_t ldy, const float *x, size_t ldx, size_t m,
                  const void *const *row, size_t n, pot_dtype type, size_t k, bool first)
{
    switch (m) { /* loops with constant bounds: see vector.h; few of them, for they are long */
    case 1:
        FEW_ROWS(1, 2)
        break;
    case 3:
        few_v(y + 2 * ldy, ldy, x + 2 * ldx, ldx, 1, row, n, type, k, first);
        /* fall through */
    case 2:
        FEW_ROWS(2, 2)
        break;
    default:
        FEW_ROWS(4, 2)
        break;
    }
}

#endif
