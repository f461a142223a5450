/* kernel.h - the arithmetic of the contract pot-f32-1: one table, many instruction sets.
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

#include <stdbool.h>
#include <stdint.h>

#define POT_NUMERICS "pot-f32-1"

#define POT_LANES 16
#define POT_PANEL 64 /* outputs that are packed and computed together */
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

typedef struct {
    const char *name; /* "ref", "avx2", "avx512": recorded with every run */

    /* out[i] = in[i] as f32: exactly, or for whole blocks of a quantized type by its formula
     * (unpack.h); `in` needs no alignment. */
    void (*widen)(float *out, const void *in, pot_dtype type, size_t n);

    /* The first POT_LANES columns of panel[k][POT_PANEL]: weight row i becomes column i,
     * widened; columns from n on are zero.  row[i] points to the first of k elements; F32,
     * F16 or BF16. */
    void (*pack)(float *panel, const void *const *row, size_t n, pot_dtype type, size_t k);

    /* c[i][0..POT_PANEL) (rows ldc apart) = the chains over k of a[i] (rows lda apart) with
     * the panel, m <= POT_TILE rows; they start from +0 if `first`, else from c. */
    void (*tile)(float *c, size_t ldc, const float *a, size_t lda, size_t m, const float *panel,
                 size_t k, bool first);

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

    /* s[j] = (chain over d of q with k[d][j]) * scale, from <= j < to; rows of k are ld apart. */
    void (*scores)(float *s, const float *q, const float *k, size_t ld, size_t from, size_t to,
                   size_t d, float scale);

    /* s[j] = exp(s[j] - max) / Z over from <= j < to; Z = S16 with lane = j mod 16.  A sink
     * (not NULL) takes part in max, and exp(sink - max) is added to Z last. */
    void (*softmax)(float *s, size_t from, size_t to, const float *sink);

    /* o[i] = chain over j, from <= j < to, of p[j] with v[j][i], i < d; rows of v are ld apart. */
    void (*values)(float *o, const float *p, const float *v, size_t ld, size_t from, size_t to,
                   size_t d);

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

    /* p = exp(lp - max_p) * rz_p (exp in f32, widened; rest f64), q the same;
     * l1 = S16 of |p - q|, kl = S16 of fma(p, (lp - max_p) - (lq - max_q), .), n tokens. */
    pot_divergence (*divergence)(const float *lp, float max_p, double rz_p, const float *lq,
                                 float max_q, double rz_q, size_t n);
} pot_kernels;

/* Fill *k with the best that the machine has, at most `max`: "ref", "avx2", "avx512", or NULL
 * for no limit.  False if `max` is not one of them.  A level that the machine lacks falls back
 * to the one below: compare k->name. */
bool pot_kernels_init(pot_kernels *k, const char *max);

/* One per *_<isa>.c file; each fills the whole table. */
void pot_kernels_ref(pot_kernels *k);
void pot_kernels_avx2(pot_kernels *k);
void pot_kernels_avx512(pot_kernels *k);

/* Start a row.  Its log sum exp is s->max + log(pot_logsum_total(s)), the tree over z. */
void pot_logsum_start(pot_logsum *s);
double pot_logsum_total(const pot_logsum *s);

#endif
