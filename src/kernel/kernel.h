/* kernel.h - the arithmetic of the contracts pot-f32-1 and pot-bf16-1: one table, many instruction
 * sets.
 *
 * Every entry gives the same bits on every instruction set; ref.c is the specification, in
 * plain C, and the tests compare with memcmp.  All values are IEEE binary32, round to
 * nearest even, denormals kept.  In the words of the contract:
 *
 *   chain  a = +0; for each k ascending: a = fma(x_k, w_k, a).  One chain per output; the
 *          vector lanes are outputs, so tiles, threads and batches cannot change a bit.
 *   S16    16 lanes from +0; element i goes to lane i mod 16, i ascending, by fma for
 *          products and + for values; then for h = 8, 4, 2, 1: lane_l += lane_{l+h}, l < h.
 *   exp, tanh, erf   the fixed polynomials of coef.h, in the order of ref.c.
 *
 * Sizes are in elements.  Pointers need no alignment except `panel` (64 bytes). */
#ifndef POT_KERNEL_KERNEL_H
#define POT_KERNEL_KERNEL_H

#include "base/numeric.h"

#include <pot/compute.h>
#include <pot/status.h>

#include <stdbool.h>
#include <stdint.h>

#define POT_LANES 16
#define POT_PANEL 64 /* outputs that are packed and computed together */
#define POT_FEW   4  /* rows of x for which no panel is packed */
#define POT_TILE  6  /* rows of x in one call of `tile` */

/* log sum exp of a row of logits, in progress: see `logsum`. */
typedef struct {
    float max;
    uint32_t argmax;     /* the lowest id that has the maximum */
    double z[POT_LANES]; /* sums of exp(l - max) */
} pot_logsum;

/* What two rows of logits have in common: see `divergence`. */
typedef struct {
    double l1, kl; /* sum |p - q|, sum p ((lp - max_p) - (lq - max_q)) */
} pot_divergence;

/* The products of the linear layers, which differ by numeric profile.  pot-f32-1: the chain above.
 * pot-bf16-1: x and w rounded to bfloat16 (nearest, ties to even), in pairs with the odd k first:
 * a = F(x_1, w_1, a); a = F(x_0, w_0, a); an odd number of k ends with a zero; F is fma, but a
 * denormal input is a zero, and a result that is smaller than 2^-126 when rounded to 24 bits, too,
 * signs kept.  That is what VDPBF16PS computes.
 *
 * A panel and folded x consist of cells as large as a float.  What they hold is the level's own
 * affair; the results are not. */
typedef struct {
    const char *profile; /* "pot-f32-1", "pot-bf16-1" */
    const char *name;    /* of the instruction set: recorded with every run */
    unsigned per_cell;   /* k in one cell: 1, or 2 */

    /* out = x in cells, of n numbers: pot_linear_cells(n).  NULL: x is used as it is. */
    void (*fold)(float *out, const float *x, size_t n);

    /* A panel of k x POT_PANEL widened weights becomes one of cells, in place; the panel has a row
     * to spare where k is odd.  NULL with fold. */
    void (*fold_panel)(float *panel, size_t k);

    /* The first POT_LANES columns of panel[cells of k][POT_PANEL]: weight row i becomes column i,
     * widened; columns from n on are zero.  row[i] points to the first of k elements; F32,
     * F16 or BF16. */
    void (*pack)(float *panel, const void *const *row, size_t n, pot_dtype type, size_t k);

    /* c[i][0..POT_PANEL) (rows ldc apart) = the chains over the cells of a[i] (rows lda apart) with
     * the panel, m <= POT_TILE rows; they start from +0 if `first`, else from c. */
    void (*tile)(float *c, size_t ldc, const float *a, size_t lda, size_t m, const float *panel,
                 size_t cells, bool first);

    /* y[i][j] (rows ldy apart) = the chains over k of x[i] (rows ldx apart) with weight row[j], m
     * <= POT_FEW rows of x and n <= POT_PANEL rows of weights, which are read once; they start from
     * +0 if `first`, else from y.  F32, F16 or BF16.  NULL: use panels. */
    void (*few)(float *y, size_t ldy, const float *x, size_t ldx, size_t m, const void *const *row,
                size_t n, pot_dtype type, size_t k, bool first);
} pot_linear_kernels;

typedef struct {
    const char *name; /* "ref", "neon", "avx2", "avx512" */

    pot_linear_kernels linear; /* of the profile in use: one of these */
    pot_linear_kernels f32, bf16;

    /* out[i] = in[i] as f32: exactly, or for whole blocks of a quantized type by its formula
     * (unpack.h); `in` needs no alignment. */
    void (*widen)(float *out, const void *in, pot_dtype type, size_t n);

    /* out[i][j] (rows ld apart) = the weight of output n + j, j < width <= POT_PANEL, and input
     * k + i, i < depth, of packed integers w (ints.h). */
    void (*ints)(float *out, size_t ld, const uint8_t *w, const pot_scaling *s, size_t n,
                 size_t width, size_t k, size_t depth);

    /* y = (x r) w,  r = 1 / sqrt(S16(x x)/n + eps).  y may be x. */
    void (*rms_norm)(float *y, const float *x, const float *w, size_t n, float eps);

    /* d = x - S16(x)/n, r = 1 / sqrt(S16(d d)/n + eps);  y = fma(d r, w, b); without b
     * (d r) w; without w, d r.  y may be x. */
    void (*layer_norm)(float *y, const float *x, const float *w, const float *b, size_t n,
                       float eps);

    /* Pairs (x[i], x[i + half]) turned: (a, b) -> (fma(a, c, -(b s)), fma(b, c, a s)). */
    void (*rope)(float *x, const float *cos, const float *sin, size_t half);

    /* The same for the pairs (x[2i], x[2i + 1]). */
    void (*rope_pairs)(float *x, const float *cos, const float *sin, size_t half);

    /* s[j] = exp(s[j] - max) / Z over from <= j < to; Z = S16 with lane = j mod 16.  A sink
     * (not NULL) takes part in max, and exp(sink - max) is added to Z last. */
    void (*softmax)(float *s, size_t from, size_t to, const float *sink);

    /* x = act(x); with u (not NULL) x = act(x) * u. */
    void (*activate)(float *x, const float *u, size_t n, pot_act act);

    /* x = x + y;  x = fma(y, s, x);  x = x * s. */
    void (*add)(float *x, const float *y, size_t n);
    void (*add_scaled)(float *x, const float *y, float s, size_t n);
    void (*multiply)(float *x, float s, size_t n);

    /* x = tanh(x / c) * c;  x = min(max(x, -c), c), NaN kept. */
    void (*cap)(float *x, float c, size_t n);
    void (*clip)(float *x, float c, size_t n);

    /* Take n more logits of a row (n a multiple of 64 except in the last call; `first` is the
     * id of l[0]), in panels of 64: if the panel's maximum is larger than `max`, z *= exp(max
     * - new) and max = new; then z[i mod 16] += exp(l[i] - max), exp in f32, widened.
     * False: a logit is not finite. */
    bool (*logsum)(pot_logsum *s, const float *l, size_t n, uint32_t first);

    /* out[i] = exp(l[i] - max). */
    void (*exps)(float *out, const float *l, float max, size_t n);

    /* p = exp(lp - max_p) * rz_p (exp in f32, widened; rest f64), q the same;
     * l1 = S16 of |p - q|, kl = S16 of fma(p, (lp - max_p) - (lq - max_q), .), n tokens. */
    pot_divergence (*divergence)(const float *lp, float max_p, double rz_p, const float *lq,
                                 float max_q, double rz_q, size_t n);
} pot_kernels;

/* Fill *k with the best that the machine has, at most `max`: a level's name, or NULL for no limit;
 * with the profile pot-f32-1.  False if there is no such level.  One that the machine lacks falls
 * back to the best below it: compare k->linear.name. */
bool pot_kernels_init(pot_kernels *k, const char *max);

/* The i-th level of this kind of processor, from slow to fast, be it here or not; or NULL. */
const char *pot_kernels_level(size_t i);

/* Use the products of "pot-f32-1" (also NULL) or "pot-bf16-1"; false for another name. */
bool pot_kernels_profile(pot_kernels *k, const char *profile);

/* Both, as `how` says; POT_E_ARG for a name that does not exist. */
POT_MUST_USE pot_status pot_kernels_choose(pot_kernels *k, const pot_compute *how, pot_error *err);

/* One per *_<isa>.c file; each fills the whole table, the last only its products in pot-bf16-1. */
void pot_kernels_ref(pot_kernels *k);
void pot_kernels_neon(pot_kernels *k);
void pot_kernels_avx2(pot_kernels *k);
void pot_kernels_avx512(pot_kernels *k);
void pot_kernels_avx512bf16(pot_kernels *k);

/* Start a row.  Its log sum exp is s->max + log(pot_logsum_total(s)), the tree over z. */
void pot_logsum_start(pot_logsum *s);
double pot_logsum_total(const pot_logsum *s);

#endif
