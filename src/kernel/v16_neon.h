/* v16_neon.h - sixteen f32 lanes in four registers; the vocabulary of vector.h.
 *
 * Only what every AArch64 has.  fmax and fmin of this instruction set treat NaN and zeros in
 * their own way, so the larger and the smaller are a comparison and a choice. */
#ifndef POT_KERNEL_V16_NEON_H
#define POT_KERNEL_V16_NEON_H

#include <arm_neon.h>
#include <stdint.h>
#include <string.h>

#define TILE_V 1 /* vectors of outputs per pass of the tile: 6 x 4 accumulators, 24 registers */

typedef struct {
    float32x4_t q[4];
} v16;
typedef struct {
    int32x4_t q[4];
} i16; /* sixteen int32 */
typedef struct {
    float64x2_t q[8];
} d16; /* sixteen f64 */

#define OP static inline __attribute__((always_inline))

/* Register i of the result is `expr`. */
#define FILL(type, expr)                                                                           \
    type r;                                                                                        \
    _Pragma("GCC unroll 8") for (int i = 0; i < (int)(sizeof r / 16); i++) r.q[i] = (expr);        \
    return r

/* clang-format off */
OP v16 v16_load(const float *p) { FILL(v16, vld1q_f32(p + 4 * i)); }
OP v16 v16_load_n(const float *p, size_t n)
{
    float copy[16] = {0};
    memcpy(copy, p, n * sizeof *p);
    return v16_load(copy);
}
OP void v16_store(float *p, v16 a)
{
    _Pragma("GCC unroll 4") for (int i = 0; i < 4; i++) vst1q_f32(p + 4 * i, a.q[i]);
}
OP void v16_store_n(float *p, v16 a, size_t n)
{
    float copy[16];
    v16_store(copy, a);
    memcpy(p, copy, n * sizeof *p);
}
OP v16 v16_set(float x) { FILL(v16, vdupq_n_f32(x)); }
OP v16 v16_add(v16 a, v16 b) { FILL(v16, vaddq_f32(a.q[i], b.q[i])); }
OP v16 v16_sub(v16 a, v16 b) { FILL(v16, vsubq_f32(a.q[i], b.q[i])); }
OP v16 v16_mul(v16 a, v16 b) { FILL(v16, vmulq_f32(a.q[i], b.q[i])); }
OP v16 v16_div(v16 a, v16 b) { FILL(v16, vdivq_f32(a.q[i], b.q[i])); }
OP v16 v16_fma(v16 a, v16 b, v16 c) { FILL(v16, vfmaq_f32(c.q[i], a.q[i], b.q[i])); }
OP v16 v16_less(v16 a, v16 b, v16 yes, v16 no) /* a < b ? yes : no */
{
    FILL(v16, vbslq_f32(vcltq_f32(a.q[i], b.q[i]), yes.q[i], no.q[i]));
}
OP v16 v16_max(v16 a, v16 b) { return v16_less(b, a, a, b); } /* a > b ? a : b */
OP v16 v16_min(v16 a, v16 b) { return v16_less(a, b, a, b); } /* a < b ? a : b */
OP v16 v16_neg(v16 a) { FILL(v16, vnegq_f32(a.q[i])); }
OP v16 v16_abs(v16 a) { FILL(v16, vabsq_f32(a.q[i])); }
OP v16 v16_copysign(v16 size, v16 sign)
{
    FILL(v16, vbslq_f32(vdupq_n_u32(0x80000000u), sign.q[i], size.q[i]));
}
OP _Bool v16_all_finite(v16 a)
{
    const float32x4_t most = vdupq_n_f32(3.402823466e+38f);
    uint32x4_t ok = vcaleq_f32(a.q[0], most);
    for (int i = 1; i < 4; i++) ok = vandq_u32(ok, vcaleq_f32(a.q[i], most));
    return vminvq_u32(ok) != 0;
}

OP i16 i16_bits(v16 a) { FILL(i16, vreinterpretq_s32_f32(a.q[i])); }
OP i16 i16_sub(i16 a, i16 b) { FILL(i16, vsubq_s32(a.q[i], b.q[i])); }
OP i16 i16_half(i16 a) { FILL(i16, vshrq_n_s32(a.q[i], 1)); }
OP v16 v16_two_to(i16 n) /* 2^n */
{
    FILL(v16, vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(n.q[i], vdupq_n_s32(127)), 23)));
}

OP float32x4_t wide_f16(uint16x4_t h) { return vcvt_f32_f16(vreinterpret_f16_u16(h)); }
OP float32x4_t wide_bf16(uint16x4_t h) { return vreinterpretq_f32_u32(vshll_n_u16(h, 16)); }
OP v16 v16_load_f16(const uint16_t *p) { FILL(v16, wide_f16(vld1_u16(p + 4 * i))); }
OP v16 v16_load_bf16(const uint16_t *p) { FILL(v16, wide_bf16(vld1_u16(p + 4 * i))); }

/* The low and the high half of each dword. */
OP uint16x4_t low_half(float32x4_t a) { return vmovn_u32(vreinterpretq_u32_f32(a)); }
OP uint16x4_t high_half(float32x4_t a) { return vshrn_n_u32(vreinterpretq_u32_f32(a), 16); }
OP v16 v16_low_bf16(v16 a) { FILL(v16, wide_bf16(low_half(a.q[i]))); }
OP v16 v16_high_bf16(v16 a) { FILL(v16, wide_bf16(high_half(a.q[i]))); }
OP v16 v16_low_f16(v16 a) { FILL(v16, wide_f16(low_half(a.q[i]))); }
OP v16 v16_high_f16(v16 a) { FILL(v16, wide_f16(high_half(a.q[i]))); }

OP float32x4_t round_bf16_4(float32x4_t a) /* see fmath.h */
{
    const uint32x4_t u = vreinterpretq_u32_f32(a), even = vandq_u32(vshrq_n_u32(u, 16), vdupq_n_u32(1));
    const uint32x4_t near = vaddq_u32(vaddq_u32(u, vdupq_n_u32(0x7fff)), even);
    const uint32x4_t quiet = vorrq_u32(u, vdupq_n_u32(0x00400000));
    const uint32x4_t y = vbslq_u32(vceqq_f32(a, a), near, quiet);
    return vreinterpretq_f32_u32(vandq_u32(y, vdupq_n_u32(0xffff0000)));
}
OP v16 v16_round_bf16(v16 a) { FILL(v16, round_bf16_4(a.q[i])); }
OP v16 v16_swap_pairs(v16 a) { FILL(v16, vrev64q_f32(a.q[i])); }

OP d16 d16_zero(void) { FILL(d16, vdupq_n_f64(0)); }
OP d16 d16_set(double x) { FILL(d16, vdupq_n_f64(x)); }
OP d16 d16_load(const double *p) { FILL(d16, vld1q_f64(p + 2 * i)); }
OP void d16_store(double *p, d16 a)
{
    _Pragma("GCC unroll 8") for (int i = 0; i < 8; i++) vst1q_f64(p + 2 * i, a.q[i]);
}
OP d16 d16_widen(v16 a)
{
    FILL(d16, i % 2 ? vcvt_high_f64_f32(a.q[i / 2]) : vcvt_f64_f32(vget_low_f32(a.q[i / 2])));
}
OP d16 d16_add(d16 a, d16 b) { FILL(d16, vaddq_f64(a.q[i], b.q[i])); }
OP d16 d16_sub(d16 a, d16 b) { FILL(d16, vsubq_f64(a.q[i], b.q[i])); }
OP d16 d16_mul(d16 a, d16 b) { FILL(d16, vmulq_f64(a.q[i], b.q[i])); }
OP d16 d16_fma(d16 a, d16 b, d16 c) { FILL(d16, vfmaq_f64(c.q[i], a.q[i], b.q[i])); }
OP d16 d16_abs(d16 a) { FILL(d16, vabsq_f64(a.q[i])); }
/* clang-format on */

/* Transpose 16 x 16: blocks of 4 x 4, each to the place across the diagonal. */
static inline void v16_transpose(v16 *v)
{
    v16 t[16];
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            const float32x4_t a = v[4 * i].q[j], b = v[4 * i + 1].q[j];
            const float32x4_t c = v[4 * i + 2].q[j], d = v[4 * i + 3].q[j];
            const float64x2_t e = vreinterpretq_f64_f32(vtrn1q_f32(a, b)),
                              f = vreinterpretq_f64_f32(vtrn2q_f32(a, b)),
                              g = vreinterpretq_f64_f32(vtrn1q_f32(c, d)),
                              h = vreinterpretq_f64_f32(vtrn2q_f32(c, d));
            t[4 * j].q[i] = vreinterpretq_f32_f64(vtrn1q_f64(e, g));
            t[4 * j + 1].q[i] = vreinterpretq_f32_f64(vtrn1q_f64(f, h));
            t[4 * j + 2].q[i] = vreinterpretq_f32_f64(vtrn2q_f64(e, g));
            t[4 * j + 3].q[i] = vreinterpretq_f32_f64(vtrn2q_f64(f, h));
        }
    memcpy(v, t, sizeof t);
}

#endif
