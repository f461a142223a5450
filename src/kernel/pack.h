/* pack.h - rows of weights become columns of a panel: a part of the text of kernels_<isa>.c, in the
 * vocabulary of v16_<isa>.h. */
#ifndef POT_KERNEL_PACK_H
#define POT_KERNEL_PACK_H

#include "kernel/kernel.h"

#include <string.h>

#define EACH(i, n) _Pragma("GCC unroll 16") for (int i = 0; i < (n); i++)

#define STEP (POT_LANES * sizeof(float)) /* bytes of a weight row that are transposed at once */

/* Fewer rows, or fewer bytes: through copies, so that nothing past the end is touched. */
__attribute__((noinline)) static void load_edge(v16 *block, const void *const *row, size_t rows,
                                                size_t from, size_t bytes)
{
    for (size_t i = 0; i < POT_LANES; i++) {
        float copy[POT_LANES] = {0};
        if (i < rows) memcpy(copy, (const char *)row[i] + from, bytes);
        block[i] = v16_load(copy);
    }
}

/* 16 rows of STEP bytes from `from` on; what is not there is zero. */
OP void load_block(v16 *block, const void *const *row, size_t rows, size_t from, size_t bytes)
{
    if (rows < POT_LANES || bytes < STEP) {
        load_edge(block, row, rows, from, bytes);
        return;
    }
    EACH(i, POT_LANES)
    {
        const char *p = (const char *)row[i] + from;
        __builtin_prefetch(p + 4 * STEP);
        block[i] = v16_load((const float *)(const void *)p);
    }
}

/* panel[k][16] with rows `ld` apart = the weights of up to 16 rows, transposed and widened.  One
 * transposed dword holds one weight, or two of 16 bits. */
OP void pack_type(float *panel, size_t ld, const void *const *row, size_t rows, pot_dtype type,
                  size_t k)
{
    const size_t size = type == POT_F32 ? 4 : 2, step = STEP / size;
    for (size_t j = 0; j < k; j += step) {
        const size_t depth = k - j < step ? k - j : step;
        v16 block[POT_LANES];
        load_block(block, row, rows, j * size, depth * size);
        v16_transpose(block);
        float *to = panel + j * ld;
        if (type == POT_F32) {
            EACH(i, POT_LANES)
            if ((size_t)i < depth) v16_store(to + (size_t)i * ld, block[i]);
            continue;
        }
        EACH(i, POT_LANES)
        {
            const bool f16 = type == POT_F16;
            if ((size_t)(2 * i) < depth)
                v16_store(to + (size_t)(2 * i) * ld,
                          f16 ? v16_low_f16(block[i]) : v16_low_bf16(block[i]));
            if ((size_t)(2 * i + 1) < depth)
                v16_store(to + (size_t)(2 * i + 1) * ld,
                          f16 ? v16_high_f16(block[i]) : v16_high_bf16(block[i]));
        }
    }
}

static void pack_any(float *panel, size_t ld, const void *const *row, size_t rows, pot_dtype type,
                     size_t k)
{
    if (type == POT_F32) pack_type(panel, ld, row, rows, POT_F32, k); /* three loops, each fixed */
    else if (type == POT_F16) pack_type(panel, ld, row, rows, POT_F16, k);
    else pack_type(panel, ld, row, rows, POT_BF16, k);
}

#define CHUNK 32 /* k that are paired at once */

/* The same in pairs, which `put` stores at `to`: of up to CHUNK k at once. */
OP void pack_pairs(float *panel, const void *const *row, size_t rows, pot_dtype type, size_t k,
                   unsigned per_cell, void (*put)(float *to, v16 even, v16 odd))
{
    float wide[CHUNK * POT_LANES];
    const void *at[POT_LANES];
    for (size_t j = 0; j < k; j += CHUNK) {
        const size_t depth = k - j < CHUNK ? k - j : CHUNK;
        for (size_t i = 0; i < rows; i++)
            at[i] = (const char *)row[i] + j * pot_dtype_size(type);
        pack_any(wide, POT_LANES, at, rows, type, depth);
        if (depth % 2) memset(wide + depth * POT_LANES, 0, POT_LANES * sizeof *wide);
        for (size_t p = 0; p < depth; p += 2)
            put(panel + (j + p) / per_cell * POT_PANEL, v16_load(wide + p * POT_LANES),
                v16_load(wide + (p + 1) * POT_LANES));
    }
}

/* A widened panel in place: no pair is stored behind what is still to be read. */
OP void fold_pairs(float *panel, size_t k, unsigned per_cell,
                   void (*put)(float *to, v16 even, v16 odd))
{
    for (size_t j = 0; j < k; j += 2)
        for (size_t i = 0; i < POT_PANEL; i += POT_LANES) {
            const float *p = panel + j * POT_PANEL + i;
            const v16 even = v16_load(p), odd = j + 1 < k ? v16_load(p + POT_PANEL) : v16_set(0.0f);
            put(panel + j / per_cell * POT_PANEL + i, even, odd);
        }
}

#endif
