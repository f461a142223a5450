/* linear.h - y = W x + b over packed panels: one chain per output, see kernel.h.
 *
 * The weights stay as they are in the file; a panel of 64 outputs is widened to f32 and
 * transposed once per block of k and then used for all rows of x; for up to POT_FEW rows it is not
 * stored, but multiplied where it is transposed, with the same bits.  Quantized weights are rows
 * of whole blocks; or what `scaling` says: integers with no use for `type` and `ld`, or MXFP4 in
 * two parts, not `columns`. */
#ifndef POT_KERNEL_LINEAR_H
#define POT_KERNEL_LINEAR_H

#include "base/pool.h"
#include "base/rd.h"
#include "kernel/kernel.h"

/* A matrix in a file, borrowed.  Output n is row (or, with `columns`, column)
 *     first + n / group * stride + n % group
 * of a row-major matrix whose rows are `ld` elements apart: a plain matrix has group = out.
 * So q, k and v of a fused and interleaved projection are three views of one tensor.  With
 * `pairs` outputs i and i + pairs/2 of each run of `pairs` lie side by side in the file: output
 * h pairs + j pairs/2 + i takes the place of h pairs + 2 i + j (j = 0, 1). */
typedef struct {
    const void *w;     /* borrowed: the weights' file */
    const float *bias; /* [out], borrowed; NULL for none */
    pot_dtype type;
    bool columns; /* the file has [in][out] (Conv1D of gpt2), or such matrices behind each other,
                     one per group */
    bool exact;   /* pot-f32-1 in every profile: a router, whose choice a rounding would turn */
    uint32_t out, in;
    uint32_t first, group, stride, ld;
    uint32_t pairs;      /* 0: outputs lie in their order */
    pot_scaling scaling; /* what other tensors there are */
} pot_linear;

/* Scratch of pot_linear_run, in floats per thread; 64-byte aligned. */
#define POT_LINEAR_SCRATCH ((size_t)1024 * (2 * POT_PANEL + POT_LANES) + POT_PANEL * POT_TILE)

/* The products that a matrix takes: of the profile in use, or exact ones. */
const pot_linear_kernels *pot_linear_with(const pot_kernels *k, const pot_linear *w);

/* Floats that n numbers of x take for these products: n, or as many as `fold` writes. */
size_t pot_linear_cells(const pot_linear_kernels *l, size_t n);

/* y[m][out] (rows ldy apart) from x[m][in], folded where the products say so (rows ldx apart).
 * `scratch` holds POT_LINEAR_SCRATCH floats for each thread of the pool. */
void pot_linear_run(pot_pool *pool, const pot_kernels *k, const pot_linear *w, float *y, size_t ldy,
                    const float *x, size_t ldx, size_t m, float *scratch);

/* Where in the file's matrix output n lies: its row or, with `columns`, its column. */
size_t pot_linear_place(const pot_linear *w, size_t n);

/* A matrix may be computed in cuts, each from rows of the file's matrix that are taken from it:
 * cuts between multiples of pot_linear_grain rows, up to pot_linear_rows.  Views of one tensor (q,
 * k and v) are cut together, by the largest of their grains.  A matrix of `columns` is one cut. */
size_t pot_linear_rows(const pot_linear *w);
size_t pot_linear_grain(const pot_linear *w);

/* The part of a matrix whose outputs lie in rows r0 .. r1: outputs *n, ... of it; false where there
 * are none. */
bool pot_linear_cut(pot_linear *cut, uint32_t *n, const pot_linear *w, size_t r0, size_t r1);

/* The runs of bytes that rows r0 .. r1 of the file's matrix are; and a cut from these rows moved to
 * where they have been copied. */
#define POT_LINEAR_PARTS 3 /* weights, scales, zero points */
size_t pot_linear_parts(pot_bytes part[POT_LINEAR_PARTS], const pot_linear *w, size_t r0,
                        size_t r1);
void pot_linear_move(pot_linear *cut, const uint8_t *const part[POT_LINEAR_PARTS]);

/* One row of the file's matrix, widened: row n of an embedding. */
void pot_linear_row(const pot_kernels *k, const pot_linear *w, uint32_t n, float *out);

/* The weights of outputs n .. n + count of a matrix of several tensors, one whole row after the
 * other. */
void pot_linear_values(const pot_kernels *k, const pot_linear *w, size_t n, size_t count,
                       float *out);

/* The stored bytes; MXFP4 in two parts as whole blocks, and no other scaled ones. */
void pot_linear_bytes(const pot_linear *w, size_t n, size_t count, void *out);

#endif
