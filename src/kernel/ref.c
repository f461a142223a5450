/* The specification of every kernel, in plain C: what this file computes are the contracts
 * pot-f32-1 and pot-bf16-1.  fmaf and fma round once on every machine; sqrtf and / are correctly
 * rounded. */
#include "kernel/fmath.h"
#include "kernel/ints.h"
#include "kernel/kernel.h"
#include "kernel/unpack.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---- S16 ------------------------------------------------------------------------------- */

static float tree(float *lane)
{
    for (int h = POT_LANES / 2; h > 0; h /= 2)
        for (int l = 0; l < h; l++)
            lane[l] += lane[l + h];
    return lane[0];
}

static float sum_of_squares(const float *x, size_t n)
{
    float lane[POT_LANES] = {0};
    for (size_t i = 0; i < n; i += POT_LANES)
        for (size_t l = 0; l < POT_LANES; l++) {
            const float v = i + l < n ? x[i + l] : 0.0f;
            lane[l] = fmaf(v, v, lane[l]);
        }
    return tree(lane);
}

static float sum(const float *x, size_t n)
{
    float lane[POT_LANES] = {0};
    for (size_t i = 0; i < n; i += POT_LANES)
        for (size_t l = 0; l < POT_LANES; l++)
            lane[l] += i + l < n ? x[i + l] : 0.0f;
    return tree(lane);
}

/* ---- weights and linear layers --------------------------------------------------------- */

static void widen_ref(float *out, const void *in, pot_dtype type, size_t n)
{
    unpack(out, in, type, n);
}

static void ints_ref(float *out, size_t ld, const uint8_t *w, const pot_scaling *s, size_t n,
                     size_t width, size_t k, size_t depth)
{
    unpack_ints(out, ld, w, s, n, width, k, depth, widen_ref);
}

static float element(const void *in, pot_dtype type, size_t i)
{
    float x;
    unpack(&x, (const char *)in + i * pot_dtype_size(type), type, 1);
    return x;
}

static void pack_ref(float *panel, const void *const *row, size_t n, pot_dtype type, size_t k)
{
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < POT_LANES; i++)
            panel[j * POT_PANEL + i] = i < n ? element(row[i], type, j) : 0.0f;
}

static void tile_ref(float *c, size_t ldc, const float *a, size_t lda, size_t m, const float *panel,
                     size_t k, bool first)
{
    for (size_t i = 0; i < m; i++)
        for (size_t n = 0; n < POT_PANEL; n++) {
            float y = first ? 0.0f : c[i * ldc + n];
            for (size_t j = 0; j < k; j++)
                y = fmaf(a[i * lda + j], panel[j * POT_PANEL + n], y);
            c[i * ldc + n] = y;
        }
}

static void few_ref(float *y, size_t ldy, const float *x, size_t ldx, size_t m,
                    const void *const *row, size_t n, pot_dtype type, size_t k, bool first)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            float a = first ? 0.0f : y[i * ldy + j];
            for (size_t t = 0; t < k; t++)
                a = fmaf(x[i * ldx + t], element(row[j], type, t), a);
            y[i * ldy + j] = a;
        }
}

/* The same in pot-bf16-1.  Cells are single k, the odd one of a pair first: then it is one chain.
 */
static float flush(float x)
{
    return fabsf(x) < FLT_MIN ? copysignf(0.0f, x) : x;
}

static float step_bf16(float x, float w, float a)
{
    x = flush(x), w = flush(w), a = flush(a);
    const float y = fmaf(x, w, a);
    if (!(fabsf(y) <= FLT_MIN)) return y;
    /* exact where it decides: products have 16 bits, a 24.  2^64 y has room for its 24 bits. */
    const double exact = (double)x * (double)w + (double)a;
    return fabsf((float)(exact * 0x1p64)) < FLT_MIN * 0x1p64f ? copysignf(0.0f, y) : y;
}

static void fold_ref(float *out, const float *x, size_t n)
{
    if (n % 2) out[n - 1] = 0.0f;
    for (size_t i = 0; i < n; i++)
        out[i ^ 1] = round_bf16(x[i]);
}

static void fold_panel_ref(float *panel, size_t k)
{
    for (size_t i = 0; i < POT_PANEL; i++)
        for (size_t j = 0; j < k; j += 2) {
            float *p = panel + j * POT_PANEL + i;
            const float even = round_bf16(p[0]), odd = j + 1 < k ? round_bf16(p[POT_PANEL]) : 0.0f;
            p[0] = odd, p[POT_PANEL] = even;
        }
}

static void pack_bf16_ref(float *panel, const void *const *row, size_t n, pot_dtype type, size_t k)
{
    for (size_t i = 0; i < POT_LANES; i++) {
        if (k % 2) panel[(k - 1) * POT_PANEL + i] = 0.0f;
        for (size_t j = 0; j < k; j++)
            panel[(j ^ 1) * POT_PANEL + i] = i < n ? round_bf16(element(row[i], type, j)) : 0.0f;
    }
}

static void tile_bf16_ref(float *c, size_t ldc, const float *a, size_t lda, size_t m,
                          const float *panel, size_t cells, bool first)
{
    for (size_t i = 0; i < m; i++)
        for (size_t n = 0; n < POT_PANEL; n++) {
            float y = first ? 0.0f : c[i * ldc + n];
            for (size_t j = 0; j < cells; j++)
                y = step_bf16(a[i * lda + j], panel[j * POT_PANEL + n], y);
            c[i * ldc + n] = y;
        }
}

/* ---- norms, positions, attention -------------------------------------------------------- */

static void rms_norm_ref(float *y, const float *x, const float *w, size_t n, float eps)
{
    const float r = 1.0f / sqrtf(sum_of_squares(x, n) / (float)n + eps);
    for (size_t i = 0; i < n; i++)
        y[i] = (x[i] * r) * w[i];
}

static void layer_norm_ref(float *y, const float *x, const float *w, const float *b, size_t n,
                           float eps)
{
    const float mean = sum(x, n) / (float)n;
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] - mean;
    const float r = 1.0f / sqrtf(sum_of_squares(y, n) / (float)n + eps);
    for (size_t i = 0; i < n; i++) {
        const float d = y[i] * r;
        y[i] = !w ? d : !b ? d * w[i] : fmaf(d, w[i], b[i]);
    }
}

static void rope_ref(float *x, const float *cos, const float *sin, size_t half)
{
    for (size_t i = 0; i < half; i++) {
        const float a = x[i], b = x[i + half];
        x[i] = fmaf(a, cos[i], -(b * sin[i]));
        x[i + half] = fmaf(b, cos[i], a * sin[i]);
    }
}

static void rope_pairs_ref(float *x, const float *cos, const float *sin, size_t half)
{
    for (size_t i = 0; i < half; i++) {
        const float a = x[2 * i], b = x[2 * i + 1];
        x[2 * i] = fmaf(a, cos[i], -(b * sin[i]));
        x[2 * i + 1] = fmaf(b, cos[i], a * sin[i]);
    }
}

static void softmax_ref(float *s, size_t from, size_t to, const float *sink)
{
    float max = sink ? *sink : -INFINITY, lane[POT_LANES] = {0};
    for (size_t j = from; j < to; j++)
        max = s[j] > max ? s[j] : max;
    for (size_t j = from; j < to; j++) {
        s[j] = pot_expf(s[j] - max);
        lane[j % POT_LANES] += s[j];
    }
    float z = tree(lane);
    if (sink) z += pot_expf(*sink - max);
    for (size_t j = from; j < to; j++)
        s[j] = s[j] / z;
}

static void activate_ref(float *x, const float *u, size_t n, pot_act act)
{
    for (size_t i = 0; i < n; i++) {
        const float y = pot_actf(x[i], act);
        x[i] = u ? y * pot_gatef(u[i], act) : y;
    }
}

static void add_ref(float *x, const float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = x[i] + y[i];
}

static void multiply_ref(float *x, float s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = x[i] * s;
}

static void add_scaled_ref(float *x, const float *y, float s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = fmaf(y[i], s, x[i]);
}

static void cap_ref(float *x, float c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = pot_tanhf(x[i] / c) * c;
}

static void clip_ref(float *x, float c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = -c > x[i] ? -c : x[i]; /* written so that NaN stays NaN */
        x[i] = c < x[i] ? c : x[i];
    }
}

/* ---- the output distribution ------------------------------------------------------------ */

static bool logsum_ref(pot_logsum *s, const float *l, size_t n, uint32_t first)
{
    for (size_t at = 0; at < n; at += POT_PANEL) {
        const size_t end = n - at < POT_PANEL ? n : at + POT_PANEL;
        const float old = s->max;
        for (size_t i = at; i < end; i++) {
            if (!(fabsf(l[i]) <= FLT_MAX)) return false;
            if (l[i] > s->max) s->max = l[i], s->argmax = first + (uint32_t)i;
        }
        if (s->max > old) {
            const double shrink = (double)pot_expf(old - s->max);
            for (int j = 0; j < POT_LANES; j++)
                s->z[j] *= shrink;
        }
        for (size_t i = at; i < end; i++)
            s->z[i % POT_LANES] += (double)pot_expf(l[i] - s->max);
    }
    return true;
}

static double tree64(const double *z)
{
    double lane[POT_LANES];
    memcpy(lane, z, sizeof lane);
    for (int h = POT_LANES / 2; h > 0; h /= 2)
        for (int l = 0; l < h; l++)
            lane[l] += lane[l + h];
    return lane[0];
}

static void exps_ref(float *out, const float *l, float max, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = pot_expf(l[i] - max);
}

static pot_divergence divergence_ref(const float *lp, float max_p, double rz_p, const float *lq,
                                     float max_q, double rz_q, size_t n)
{
    double l1[POT_LANES] = {0}, kl[POT_LANES] = {0};
    for (size_t i = 0; i < n; i++) {
        const double p = (double)pot_expf(lp[i] - max_p) * rz_p;
        const double q = (double)pot_expf(lq[i] - max_q) * rz_q;
        l1[i % POT_LANES] += fabs(p - q);
        const double a = (double)lp[i] - (double)max_p, b = (double)lq[i] - (double)max_q;
        kl[i % POT_LANES] = fma(p, a - b, kl[i % POT_LANES]);
    }
    return (pot_divergence){.l1 = tree64(l1), .kl = tree64(kl)};
}

void pot_logsum_start(pot_logsum *s)
{
    *s = (pot_logsum){.max = -INFINITY};
}

double pot_logsum_total(const pot_logsum *s)
{
    return tree64(s->z);
}

void pot_kernels_ref(pot_kernels *k)
{
    *k = (pot_kernels){.name = "ref",
                       .widen = widen_ref,
                       .ints = ints_ref,
                       .f32 = {.profile = "pot-f32-1",
                               .name = "ref",
                               .per_cell = 1,
                               .pack = pack_ref,
                               .tile = tile_ref,
                               .few = few_ref},
                       .bf16 = {.profile = "pot-bf16-1",
                                .name = "ref",
                                .per_cell = 1,
                                .fold = fold_ref,
                                .fold_panel = fold_panel_ref,
                                .pack = pack_bf16_ref,
                                .tile = tile_bf16_ref},
                       .rms_norm = rms_norm_ref,
                       .layer_norm = layer_norm_ref,
                       .rope = rope_ref,
                       .rope_pairs = rope_pairs_ref,
                       .softmax = softmax_ref,
                       .activate = activate_ref,
                       .add = add_ref,
                       .add_scaled = add_scaled_ref,
                       .multiply = multiply_ref,
                       .cap = cap_ref,
                       .clip = clip_ref,
                       .logsum = logsum_ref,
                       .exps = exps_ref,
                       .divergence = divergence_ref};
}
