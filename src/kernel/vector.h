/* vector.h - the kernels once more, on sixteen lanes: the text of kernels_<isa>.c.
 *
 * Written in the vocabulary of v16_<isa>.h, which the including file names first.  Each
 * function computes what its namesake in ref.c says, bit for bit; tests/unit/test_kernel.c
 * holds them against each other.  Loops over accumulators have constant bounds and are
 * unrolled: otherwise gcc 12 keeps the accumulators in memory. */
#ifndef POT_KERNEL_VECTOR_H
#define POT_KERNEL_VECTOR_H

#include "base/fpenv.h"
#include "kernel/coef.h"
#include "kernel/few.h"
#include "kernel/ints.h"
#include "kernel/kernel.h"
#include "kernel/pack.h"
#include "kernel/unpack.h"

#include <math.h>
#include <string.h>

/* Run `body` for i = 0, 16, ... with w = 16 lanes, or what is left in the last group. */
#define GROUPS(i, w, n)                                                                            \
    for (size_t i = 0, w; i < (n) && (w = (n)-i < POT_LANES ? (n)-i : POT_LANES); i += POT_LANES)

OP v16 load(const float *p, size_t w) /* the lanes from w on are +0 */
{
    return w == POT_LANES ? v16_load(p) : v16_load_n(p, w);
}

OP void store(float *p, v16 a, size_t w)
{
    if (w == POT_LANES) v16_store(p, a);
    else v16_store_n(p, a, w);
}

/* ---- functions of one number ---------------------------------------------------------- */

OP v16 exp16(v16 x)
{
    x = v16_max(v16_set(EXP_MIN), x);
    x = v16_min(v16_set(EXP_MAX), x);
    const v16 t = v16_fma(x, v16_set(EXP_LOG2E), v16_set(EXP_ROUNDER));
    const v16 n = v16_sub(t, v16_set(EXP_ROUNDER));
    v16 r = v16_fma(n, v16_set(-EXP_LN2_HI), x);
    r = v16_fma(n, v16_set(-EXP_LN2_LO), r);
    v16 p = v16_set(EXP_C[7]);
    EACH(i, 7) p = v16_fma(p, r, v16_set(EXP_C[6 - i]));
    const i16 k = i16_sub(i16_bits(t), i16_bits(v16_set(EXP_ROUNDER))), half = i16_half(k);
    return v16_mul(v16_mul(p, v16_two_to(half)), v16_two_to(i16_sub(k, half)));
}

OP v16 tanh16(v16 x)
{
    const v16 a = v16_abs(x), z = v16_mul(a, a), one = v16_set(1.0f);
    v16 p = v16_set(TANH_C[4]);
    EACH(i, 4) p = v16_fma(p, z, v16_set(TANH_C[3 - i]));
    const v16 small = v16_fma(v16_mul(a, z), p, a);
    const v16 e = exp16(v16_add(a, a));
    const v16 large = v16_sub(one, v16_div(v16_set(2.0f), v16_add(e, one)));
    return v16_copysign(v16_less(a, v16_set(TANH_SPLIT), small, large), x);
}

OP v16 erf16(v16 x)
{
    const v16 a = v16_abs(x), z = v16_mul(a, a), one = v16_set(1.0f);
    v16 p = v16_set(ERF_P[6]);
    EACH(i, 6) p = v16_fma(p, z, v16_set(ERF_P[5 - i]));
    const v16 small = v16_fma(a, p, a);
    const v16 t = v16_min(v16_set(ERF_MAX), a);
    v16 q = v16_set(ERF_Q[5]);
    EACH(i, 5) q = v16_fma(q, t, v16_set(ERF_Q[4 - i]));
    const v16 large = v16_sub(one, exp16(v16_neg(v16_fma(t, q, t))));
    return v16_copysign(v16_less(a, v16_set(ERF_SPLIT), small, large), x);
}

OP v16 act16(v16 x, pot_act act)
{
    const v16 one = v16_set(1.0f);
    switch (act) {
    case POT_GELU_ERF: {
        const v16 e = erf16(v16_mul(x, v16_set(GELU_SQRT_HALF)));
        return v16_mul(v16_mul(v16_set(0.5f), x), v16_add(one, e));
    }
    case POT_GELU_TANH: {
        const v16 cube = v16_mul(v16_mul(x, x), x);
        const v16 u = v16_mul(v16_set(GELU_SQRT_2_PI), v16_fma(v16_set(GELU_CUBE), cube, x));
        return v16_mul(v16_mul(v16_set(0.5f), x), v16_add(one, tanh16(u)));
    }
    case POT_QUICK_GELU:
        return v16_div(x, v16_add(one, exp16(v16_neg(v16_mul(v16_set(QUICK_GELU), x)))));
    case POT_RELU:
        return v16_less(v16_set(0.0f), x, x, v16_set(0.0f));
    case POT_SILU:
        return v16_div(x, v16_add(one, exp16(v16_neg(x))));
    case POT_SIGMOID:
        return v16_div(one, v16_add(one, exp16(v16_neg(x))));
    case POT_SWIGLU_OAI: {
        const v16 m = v16_min(v16_set(SWIGLU_LIMIT), x);
        return v16_div(m, v16_add(one, exp16(v16_neg(v16_mul(v16_set(QUICK_GELU), m)))));
    }
    case POT_ACTS:
    default:
        return v16_set((float)NAN);
    }
}

OP v16 gate16(v16 u, pot_act act)
{
    if (act != POT_SWIGLU_OAI) return u;
    u = v16_max(v16_set(-SWIGLU_LIMIT), u);
    return v16_add(v16_min(v16_set(SWIGLU_LIMIT), u), v16_set(1.0f));
}

/* ---- S16 ------------------------------------------------------------------------------- */

static float tree(v16 a)
{
    float lane[POT_LANES];
    v16_store(lane, a);
    for (int h = POT_LANES / 2; h > 0; h /= 2)
        for (int l = 0; l < h; l++)
            lane[l] += lane[l + h];
    return lane[0];
}

static float sum_of_squares(const float *x, size_t n)
{
    v16 a = v16_set(0.0f);
    GROUPS(i, w, n)
    {
        const v16 v = load(x + i, w);
        a = v16_fma(v, v, a);
    }
    return tree(a);
}

static float sum(const float *x, size_t n)
{
    v16 a = v16_set(0.0f);
    GROUPS(i, w, n) a = v16_add(a, load(x + i, w));
    return tree(a);
}

static double tree64(d16 a)
{
    double lane[POT_LANES];
    d16_store(lane, a);
    for (int h = POT_LANES / 2; h > 0; h /= 2)
        for (int l = 0; l < h; l++)
            lane[l] += lane[l + h];
    return lane[0];
}

/* ---- weights and linear layers --------------------------------------------------------- */

OP v16 load_weights(const void *p, pot_dtype type)
{
    return type == POT_F32 ? v16_load(p) : type == POT_F16 ? v16_load_f16(p) : v16_load_bf16(p);
}

/* The same for fewer than 16: through a copy, so that nothing past the end is touched. */
static v16 load_weights_n(const void *p, pot_dtype type, size_t n)
{
    float copy[POT_LANES] = {0};
    memcpy(copy, p, n * pot_dtype_size(type));
    return load_weights(copy, type);
}

static void widen_v(float *out, const void *in, pot_dtype type, size_t n)
{
    const size_t size = pot_dtype_size(type);
    if (type > POT_BF16) return unpack(out, in, type, n);
    GROUPS(i, w, n)
    {
        const void *p = (const char *)in + i * size;
        if (w == POT_LANES) v16_store(out + i, load_weights(p, type));
        else v16_store_n(out + i, load_weights_n(p, type, w), w);
    }
}

static void ints_v(float *out, size_t ld, const uint8_t *w, const pot_scaling *s, size_t n,
                   size_t width, size_t k, size_t depth)
{
    unpack_ints(out, ld, w, s, n, width, k, depth, widen_v);
}

static void pack_v(float *panel, const void *const *row, size_t n, pot_dtype type, size_t k)
{
    pack_any(panel, POT_PANEL, row, n, type, k);
}

__attribute__((noinline)) static void tile_v(float *c, size_t ldc, const float *a, size_t lda,
                                             size_t m, const float *panel, size_t k, bool first)
{
    const float *row[POT_TILE];
    EACH(i, POT_TILE) row[i] = a + ((size_t)i < m ? (size_t)i : 0) * lda;
    for (size_t n = 0; n < POT_PANEL; n += TILE_V * POT_LANES) {
        v16 acc[POT_TILE][TILE_V];
        EACH(i, POT_TILE) EACH(j, TILE_V)
        {
            const float *p = c + (size_t)i * ldc + n + (size_t)j * POT_LANES;
            acc[i][j] = first || (size_t)i >= m ? v16_set(0.0f) : v16_load(p);
        }
        for (size_t t = 0; t < k; t++) {
            v16 b[TILE_V];
            EACH(j, TILE_V)
            __builtin_prefetch(panel + (t + 8) * POT_PANEL + n + (size_t)j * POT_LANES);
            EACH(j, TILE_V) b[j] = v16_load(panel + t * POT_PANEL + n + (size_t)j * POT_LANES);
            EACH(i, POT_TILE)
            {
                const v16 x = v16_set(row[i][t]);
                EACH(j, TILE_V) acc[i][j] = v16_fma(x, b[j], acc[i][j]);
            }
        }
        EACH(i, POT_TILE)
        if ((size_t)i < m) EACH(j, TILE_V)
        v16_store(c + (size_t)i * ldc + n + (size_t)j * POT_LANES, acc[i][j]);
    }
}

/* ---- the same in pot-bf16-1: chains of f32 whose numbers were rounded and put in its order -- */

OP void put_pair(float *to, v16 even, v16 odd)
{
    v16_store(to, v16_round_bf16(odd));
    v16_store(to + POT_PANEL, v16_round_bf16(even));
}

static void pack_bf16_v(float *panel, const void *const *row, size_t n, pot_dtype type, size_t k)
{
    pack_pairs(panel, row, n, type, k, 1, put_pair);
}

static void fold_panel_v(float *panel, size_t k)
{
    fold_pairs(panel, k, 1, put_pair);
}

static void fold_v(float *out, const float *x, size_t n)
{
    GROUPS(i, w, n)
    store(out + i, v16_swap_pairs(v16_round_bf16(load(x + i, w))), w + w % 2);
}

/* tile_v is not inlined: nothing of it may move out from between the two. */
static void tile_bf16_v(float *c, size_t ldc, const float *a, size_t lda, size_t m,
                        const float *panel, size_t cells, bool first)
{
    const uint64_t env = pot_fp_flush();
    tile_v(c, ldc, a, lda, m, panel, cells, first);
    pot_fp_leave(env);
}

/* ---- norms, positions, attention -------------------------------------------------------- */

static void rms_norm_v(float *y, const float *x, const float *w, size_t n, float eps)
{
    const v16 r = v16_set(1.0f / sqrtf(sum_of_squares(x, n) / (float)n + eps));
    GROUPS(i, width, n)
    store(y + i, v16_mul(v16_mul(load(x + i, width), r), load(w + i, width)), width);
}

static void layer_norm_v(float *y, const float *x, const float *w, const float *b, size_t n,
                         float eps)
{
    const v16 mean = v16_set(sum(x, n) / (float)n);
    GROUPS(i, width, n) store(y + i, v16_sub(load(x + i, width), mean), width);
    const v16 r = v16_set(1.0f / sqrtf(sum_of_squares(y, n) / (float)n + eps));
    GROUPS(i, width, n)
    {
        v16 d = v16_mul(load(y + i, width), r);
        if (w && b) d = v16_fma(d, load(w + i, width), load(b + i, width));
        else if (w) d = v16_mul(d, load(w + i, width));
        store(y + i, d, width);
    }
}

static void rope_v(float *x, const float *cos, const float *sin, size_t half)
{
    GROUPS(i, w, half)
    {
        const v16 a = load(x + i, w), b = load(x + half + i, w);
        const v16 c = load(cos + i, w), s = load(sin + i, w);
        store(x + i, v16_fma(a, c, v16_neg(v16_mul(b, s))), w);
        store(x + half + i, v16_fma(b, c, v16_mul(a, s)), w);
    }
}

/* One fused instruction per fmaf; the pairs lie too close together for the lanes. */
static void rope_pairs_v(float *x, const float *cos, const float *sin, size_t half)
{
    for (size_t i = 0; i < half; i++) {
        const float a = x[2 * i], b = x[2 * i + 1];
        x[2 * i] = fmaf(a, cos[i], -(b * sin[i]));
        x[2 * i + 1] = fmaf(b, cos[i], a * sin[i]);
    }
}

/* The group of 16 keys that begins at the multiple of 16 `g`, with `other` outside from..to. */
OP v16 keys(const float *s, size_t g, size_t from, size_t to, float other)
{
    if (g >= from && g + POT_LANES <= to) return v16_load(s + g);
    float copy[POT_LANES];
    for (size_t l = 0; l < POT_LANES; l++)
        copy[l] = g + l >= from && g + l < to ? s[g + l] : other;
    return v16_load(copy);
}

OP void put_keys(float *s, size_t g, size_t from, size_t to, v16 a)
{
    if (g >= from && g + POT_LANES <= to) {
        v16_store(s + g, a);
        return;
    }
    float copy[POT_LANES];
    v16_store(copy, a);
    for (size_t l = 0; l < POT_LANES; l++)
        if (g + l >= from && g + l < to) s[g + l] = copy[l];
}

/* f32 exp of one number, as the lanes do it. */
static float exp1(float x)
{
    float lane[POT_LANES];
    v16_store(lane, exp16(v16_set(x)));
    return lane[0];
}

static void softmax_v(float *s, size_t from, size_t to, const float *sink)
{
    const size_t start = from / POT_LANES * POT_LANES;
    v16 top = v16_set(-INFINITY), z = v16_set(0.0f);
    for (size_t g = start; g < to; g += POT_LANES)
        top = v16_max(keys(s, g, from, to, -INFINITY), top);
    float lane[POT_LANES], max = sink ? *sink : -INFINITY;
    v16_store(lane, top);
    for (int l = 0; l < POT_LANES; l++)
        max = lane[l] > max ? lane[l] : max;

    /* exp(-inf) is +0, which adds nothing to the lanes outside from..to */
    for (size_t g = start; g < to; g += POT_LANES) {
        const v16 e = exp16(v16_sub(keys(s, g, from, to, -INFINITY), v16_set(max)));
        put_keys(s, g, from, to, e);
        z = v16_add(z, e);
    }
    const v16 total = v16_set(tree(z) + (sink ? exp1(*sink - max) : 0.0f));
    for (size_t g = start; g < to; g += POT_LANES)
        put_keys(s, g, from, to, v16_div(keys(s, g, from, to, 0.0f), total));
}

OP void activate_with(float *x, const float *u, size_t n, pot_act act)
{
    GROUPS(i, w, n)
    {
        const v16 y = act16(load(x + i, w), act);
        store(x + i, u ? v16_mul(y, gate16(load(u + i, w), act)) : y, w);
    }
}

static void activate_v(float *x, const float *u, size_t n, pot_act act)
{
    switch (act) { /* one loop each, so that the choice is made once */
    case POT_GELU_ERF:
        activate_with(x, u, n, POT_GELU_ERF);
        break;
    case POT_GELU_TANH:
        activate_with(x, u, n, POT_GELU_TANH);
        break;
    case POT_QUICK_GELU:
        activate_with(x, u, n, POT_QUICK_GELU);
        break;
    case POT_RELU:
        activate_with(x, u, n, POT_RELU);
        break;
    case POT_SILU:
        activate_with(x, u, n, POT_SILU);
        break;
    case POT_SIGMOID:
        activate_with(x, u, n, POT_SIGMOID);
        break;
    case POT_SWIGLU_OAI:
        activate_with(x, u, n, POT_SWIGLU_OAI);
        break;
    case POT_ACTS:
    default:
        break;
    }
}

static void add_v(float *x, const float *y, size_t n)
{
    GROUPS(i, w, n) store(x + i, v16_add(load(x + i, w), load(y + i, w)), w);
}

static void multiply_v(float *x, float s, size_t n)
{
    GROUPS(i, w, n) store(x + i, v16_mul(load(x + i, w), v16_set(s)), w);
}

static void add_scaled_v(float *x, const float *y, float s, size_t n)
{
    const v16 by = v16_set(s);
    GROUPS(i, w, n) store(x + i, v16_fma(load(y + i, w), by, load(x + i, w)), w);
}

static void cap_v(float *x, float c, size_t n)
{
    const v16 by = v16_set(c);
    GROUPS(i, w, n) store(x + i, v16_mul(tanh16(v16_div(load(x + i, w), by)), by), w);
}

static void clip_v(float *x, float c, size_t n)
{
    const v16 low = v16_set(-c), high = v16_set(c);
    GROUPS(i, w, n) store(x + i, v16_min(high, v16_max(low, load(x + i, w))), w);
}

/* ---- the output distribution ------------------------------------------------------------ */

/* A new maximum of the panel l[0..n), if it is one. */
static void raise_max(pot_logsum *s, d16 *z, const float *l, size_t n, uint32_t first)
{
    const float old = s->max;
    for (size_t i = 0; i < n; i++)
        if (l[i] > s->max) s->max = l[i], s->argmax = first + (uint32_t)i;
    *z = d16_mul(*z, d16_set((double)exp1(old - s->max)));
}

static bool logsum_v(pot_logsum *s, const float *l, size_t n, uint32_t first)
{
    d16 z = d16_load(s->z);
    for (size_t at = 0; at < n; at += POT_PANEL) {
        const size_t width = n - at < POT_PANEL ? n - at : POT_PANEL;
        v16 top = v16_set(s->max);
        GROUPS(i, w, width)
        {
            if (!v16_all_finite(load(l + at + i, w))) return false;
            top = v16_max(keys(l + at, i, 0, width, -INFINITY), top);
        }
        float lane[POT_LANES];
        v16_store(lane, top);
        bool higher = false;
        for (int j = 0; j < POT_LANES; j++)
            higher |= lane[j] > s->max;
        if (higher) raise_max(s, &z, l + at, width, first + (uint32_t)at);
        GROUPS(i, w, width)
        {
            const v16 e = exp16(v16_sub(keys(l + at, i, 0, width, -INFINITY), v16_set(s->max)));
            z = d16_add(z, d16_widen(e));
        }
    }
    d16_store(s->z, z);
    return true;
}

static void exps_v(float *out, const float *l, float max, size_t n)
{
    GROUPS(i, w, n) store(out + i, exp16(v16_sub(load(l + i, w), v16_set(max))), w);
}

static pot_divergence divergence_v(const float *lp, float max_p, double rz_p, const float *lq,
                                   float max_q, double rz_q, size_t n)
{
    d16 l1 = d16_zero(), kl = d16_zero();
    GROUPS(i, w, n)
    {
        const v16 a = load(lp + i, w), b = load(lq + i, w);
        v16 ea = exp16(v16_sub(a, v16_set(max_p))), eb = exp16(v16_sub(b, v16_set(max_q)));
        if (w < POT_LANES) { /* the lanes past the end hold no token */
            float none[POT_LANES] = {0};
            store(none, ea, w), ea = v16_load(none);
            store(none, eb, w), eb = v16_load(none);
        }
        const d16 p = d16_mul(d16_widen(ea), d16_set(rz_p));
        const d16 q = d16_mul(d16_widen(eb), d16_set(rz_q));
        l1 = d16_add(l1, d16_abs(d16_sub(p, q)));
        const d16 da = d16_sub(d16_widen(a), d16_set((double)max_p));
        const d16 db = d16_sub(d16_widen(b), d16_set((double)max_q));
        kl = d16_fma(p, d16_sub(da, db), kl);
    }
    return (pot_divergence){.l1 = tree64(l1), .kl = tree64(kl)};
}

#define VECTOR_KERNELS(level)                                                                      \
    {                                                                                              \
        .name = level, .widen = widen_v, .ints = ints_v,                                           \
        .f32 = {.profile = "pot-f32-1",                                                            \
                .name = level,                                                                     \
                .per_cell = 1,                                                                     \
                .pack = pack_v,                                                                    \
                .tile = tile_v,                                                                    \
                .few = few_v},                                                                     \
        .bf16 = {.profile = "pot-bf16-1",                                                          \
                 .name = level,                                                                    \
                 .per_cell = 1,                                                                    \
                 .fold = fold_v,                                                                   \
                 .fold_panel = fold_panel_v,                                                       \
                 .pack = pack_bf16_v,                                                              \
                 .tile = tile_bf16_v},                                                             \
        .rms_norm = rms_norm_v, .layer_norm = layer_norm_v, .rope = rope_v,                        \
        .rope_pairs = rope_pairs_v, .softmax = softmax_v, .activate = activate_v, .add = add_v,    \
        .add_scaled = add_scaled_v, .multiply = multiply_v, .cap = cap_v, .clip = clip_v,          \
        .logsum = logsum_v, .exps = exps_v, .divergence = divergence_v                             \
    }

#endif
