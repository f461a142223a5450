/* fmath.h - exp, tanh, erf and the activations of pot-f32-1, one number at a time.
 *
 * The definition: ref.c uses them, vector.h repeats them on sixteen lanes. */
#ifndef POT_KERNEL_FMATH_H
#define POT_KERNEL_FMATH_H

#include "base/numeric.h"
#include "kernel/coef.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t float_bits(float x)
{
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

static inline float bits_float(uint32_t u)
{
    float x;
    memcpy(&x, &u, sizeof x);
    return x;
}

/* To the nearest bfloat16, ties to even; NaN becomes quiet. */
static inline float round_bf16(float x)
{
    const uint32_t u = float_bits(x);
    if (x != x) return bits_float((u | 0x00400000u) & 0xffff0000u);
    return bits_float((u + 0x7fffu + (u >> 16 & 1)) & 0xffff0000u);
}

static inline float two_to(int32_t n) /* -126 <= n <= 127 */
{
    return bits_float((uint32_t)(n + 127) << 23);
}

static inline float pot_expf(float x)
{
    x = EXP_MIN > x ? EXP_MIN : x; /* written so that NaN stays NaN */
    x = EXP_MAX < x ? EXP_MAX : x;
    const float t = fmaf(x, EXP_LOG2E, EXP_ROUNDER);
    const float n = t - EXP_ROUNDER;
    float r = fmaf(n, -EXP_LN2_HI, x);
    r = fmaf(n, -EXP_LN2_LO, r);
    float p = EXP_C[7];
    for (int i = 6; i >= 0; i--)
        p = fmaf(p, r, EXP_C[i]);
    const int32_t k = (int32_t)(float_bits(t) - float_bits(EXP_ROUNDER));
    const int32_t half = k < 0 ? -((1 - k) / 2) : k / 2; /* floor */
    return p * two_to(half) * two_to(k - half);          /* two steps, for denormals */
}

static inline float pot_tanhf(float x)
{
    const float a = fabsf(x), z = a * a;
    float p = TANH_C[4];
    for (int i = 3; i >= 0; i--)
        p = fmaf(p, z, TANH_C[i]);
    const float small = fmaf(a * z, p, a);
    const float large = 1.0f - 2.0f / (pot_expf(a + a) + 1.0f);
    return copysignf(a < TANH_SPLIT ? small : large, x);
}

static inline float pot_erff(float x)
{
    const float a = fabsf(x), z = a * a;
    float p = ERF_P[6];
    for (int i = 5; i >= 0; i--)
        p = fmaf(p, z, ERF_P[i]);
    const float small = fmaf(a, p, a);
    const float t = ERF_MAX < a ? ERF_MAX : a;
    float q = ERF_Q[5];
    for (int i = 4; i >= 0; i--)
        q = fmaf(q, t, ERF_Q[i]);
    const float large = 1.0f - pot_expf(-fmaf(t, q, t));
    return copysignf(a < ERF_SPLIT ? small : large, x);
}

static inline float pot_actf(float x, pot_act act)
{
    switch (act) {
    case POT_GELU_ERF:
        return (0.5f * x) * (1.0f + pot_erff(x * GELU_SQRT_HALF));
    case POT_GELU_TANH: {
        const float cube = (x * x) * x;
        return (0.5f * x) * (1.0f + pot_tanhf(GELU_SQRT_2_PI * fmaf(GELU_CUBE, cube, x)));
    }
    case POT_QUICK_GELU:
        return x / (1.0f + pot_expf(-(QUICK_GELU * x)));
    case POT_RELU:
        return x > 0 ? x : 0.0f;
    case POT_SILU:
        return x / (1.0f + pot_expf(-x));
    case POT_SIGMOID:
        return 1.0f / (1.0f + pot_expf(-x));
    case POT_SWIGLU_OAI: {
        const float m = SWIGLU_LIMIT < x ? SWIGLU_LIMIT : x;
        return m / (1.0f + pot_expf(-(QUICK_GELU * m)));
    }
    case POT_ACTS:
    default:
        return (float)NAN;
    }
}

/* What the activated gate is multiplied by. */
static inline float pot_gatef(float u, pot_act act)
{
    if (act != POT_SWIGLU_OAI) return u;
    u = -SWIGLU_LIMIT > u ? -SWIGLU_LIMIT : u;
    u = SWIGLU_LIMIT < u ? SWIGLU_LIMIT : u;
    return u + 1.0f;
}

#endif
