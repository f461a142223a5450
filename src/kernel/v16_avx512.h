/* v16_avx512.h - sixteen f32 lanes in one register; the vocabulary of vector.h. */
#ifndef POT_KERNEL_V16_AVX512_H
#define POT_KERNEL_V16_AVX512_H

#include <immintrin.h>
#include <stdint.h>

#define TILE_V 4 /* vectors of outputs per pass of the tile: 6 x 4 accumulators, 24 registers */

typedef __m512 v16;
typedef __m512i i16; /* sixteen int32 */
typedef struct {
    __m512d lo, hi;
} d16; /* sixteen f64 */

#define OP static inline __attribute__((always_inline))

static inline __mmask16 first_lanes(size_t n)
{
    return (__mmask16)((1u << n) - 1u);
}

/* clang-format off */
OP v16 v16_load(const float *p) { return _mm512_loadu_ps(p); }
OP v16 v16_load_n(const float *p, size_t n) { return _mm512_maskz_loadu_ps(first_lanes(n), p); }
OP void v16_store(float *p, v16 a) { _mm512_storeu_ps(p, a); }
OP void v16_store_n(float *p, v16 a, size_t n) { _mm512_mask_storeu_ps(p, first_lanes(n), a); }
OP v16 v16_set(float x) { return _mm512_set1_ps(x); }
OP v16 v16_add(v16 a, v16 b) { return _mm512_add_ps(a, b); }
OP v16 v16_sub(v16 a, v16 b) { return _mm512_sub_ps(a, b); }
OP v16 v16_mul(v16 a, v16 b) { return _mm512_mul_ps(a, b); }
OP v16 v16_div(v16 a, v16 b) { return _mm512_div_ps(a, b); }
OP v16 v16_fma(v16 a, v16 b, v16 c) { return _mm512_fmadd_ps(a, b, c); }
OP v16 v16_max(v16 a, v16 b) { return _mm512_max_ps(a, b); } /* a > b ? a : b */
OP v16 v16_min(v16 a, v16 b) { return _mm512_min_ps(a, b); } /* a < b ? a : b */
OP v16 v16_abs(v16 a) { return _mm512_abs_ps(a); }
OP v16 v16_less(v16 a, v16 b, v16 yes, v16 no) /* a < b ? yes : no */
{
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), no, yes);
}
OP v16 v16_copysign(v16 size, v16 sign)
{
    return _mm512_or_ps(size, _mm512_and_ps(sign, _mm512_set1_ps(-0.0f)));
}
OP v16 v16_neg(v16 a) { return _mm512_xor_ps(a, _mm512_set1_ps(-0.0f)); }
OP _Bool v16_all_finite(v16 a)
{
    const __m512 most = _mm512_set1_ps(3.402823466e+38f);
    return _mm512_cmp_ps_mask(_mm512_abs_ps(a), most, _CMP_LE_OQ) == 0xffff;
}

OP i16 i16_bits(v16 a) { return _mm512_castps_si512(a); }
OP i16 i16_sub(i16 a, i16 b) { return _mm512_sub_epi32(a, b); }
OP i16 i16_half(i16 a) { return _mm512_srai_epi32(a, 1); }
OP v16 v16_two_to(i16 n) /* 2^n */
{
    return _mm512_castsi512_ps(
        _mm512_slli_epi32(_mm512_add_epi32(n, _mm512_set1_epi32(127)), 23));
}

OP v16 v16_load_f16(const uint16_t *p)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(const void *)p));
}
OP v16 v16_load_bf16(const uint16_t *p)
{
    const __m256i h = _mm256_loadu_si256((const __m256i *)(const void *)p);
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(h), 16));
}

/* The low and the high half of each dword. */
OP v16 v16_low_bf16(v16 a) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(a), 16)); }
OP v16 v16_high_bf16(v16 a)
{
    return _mm512_castsi512_ps(_mm512_and_si512(_mm512_castps_si512(a), _mm512_set1_epi32((int)0xffff0000)));
}
OP v16 v16_low_f16(v16 a) { return _mm512_cvtph_ps(_mm512_cvtepi32_epi16(_mm512_castps_si512(a))); }
OP v16 v16_high_f16(v16 a)
{
    return _mm512_cvtph_ps(_mm512_cvtepi32_epi16(_mm512_srli_epi32(_mm512_castps_si512(a), 16)));
}

OP v16 v16_round_bf16(v16 a) /* see fmath.h */
{
    const __m512i u = _mm512_castps_si512(a), high = _mm512_set1_epi32((int)0xffff0000);
    const __m512i even = _mm512_and_si512(_mm512_srli_epi32(u, 16), _mm512_set1_epi32(1));
    const __m512i near = _mm512_add_epi32(_mm512_add_epi32(u, _mm512_set1_epi32(0x7fff)), even);
    const __m512i quiet = _mm512_or_si512(u, _mm512_set1_epi32(0x00400000));
    const __mmask16 nan = _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q);
    return _mm512_castsi512_ps(_mm512_and_si512(_mm512_mask_mov_epi32(near, nan, quiet), high));
}
OP v16 v16_swap_pairs(v16 a) { return _mm512_permute_ps(a, 0xb1); }

OP d16 d16_zero(void) { return (d16){_mm512_setzero_pd(), _mm512_setzero_pd()}; }
OP d16 d16_set(double x) { return (d16){_mm512_set1_pd(x), _mm512_set1_pd(x)}; }
OP d16 d16_load(const double *p) { return (d16){_mm512_loadu_pd(p), _mm512_loadu_pd(p + 8)}; }
OP void d16_store(double *p, d16 a) { _mm512_storeu_pd(p, a.lo), _mm512_storeu_pd(p + 8, a.hi); }
OP d16 d16_widen(v16 a)
{
    return (d16){_mm512_cvtps_pd(_mm512_castps512_ps256(a)),
                 _mm512_cvtps_pd(_mm512_extractf32x8_ps(a, 1))};
}
OP d16 d16_add(d16 a, d16 b) { return (d16){_mm512_add_pd(a.lo, b.lo), _mm512_add_pd(a.hi, b.hi)}; }
OP d16 d16_sub(d16 a, d16 b) { return (d16){_mm512_sub_pd(a.lo, b.lo), _mm512_sub_pd(a.hi, b.hi)}; }
OP d16 d16_mul(d16 a, d16 b) { return (d16){_mm512_mul_pd(a.lo, b.lo), _mm512_mul_pd(a.hi, b.hi)}; }
OP d16 d16_fma(d16 a, d16 b, d16 c)
{
    return (d16){_mm512_fmadd_pd(a.lo, b.lo, c.lo), _mm512_fmadd_pd(a.hi, b.hi, c.hi)};
}
OP d16 d16_abs(d16 a) { return (d16){_mm512_abs_pd(a.lo), _mm512_abs_pd(a.hi)}; }
/* clang-format on */

/* Transpose 16 x 16: pairs, quads, then 128-bit blocks twice. */
static inline void v16_transpose(v16 *v)
{
    __m512i r[16], t[16];
    for (int i = 0; i < 16; i++)
        r[i] = _mm512_castps_si512(v[i]);
    for (int i = 0; i < 8; i++) {
        t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
    }
    for (int i = 0; i < 4; i++) {
        r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
        r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
        r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
        r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
    }
    for (int i = 0; i < 4; i++) {
        t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
        t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
        t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
        t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
    }
    for (int i = 0; i < 4; i++) {
        v[i] = _mm512_castsi512_ps(_mm512_shuffle_i32x4(t[i], t[i + 8], 0x88));
        v[i + 8] = _mm512_castsi512_ps(_mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd));
        v[i + 4] = _mm512_castsi512_ps(_mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88));
        v[i + 12] = _mm512_castsi512_ps(_mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd));
    }
}

#endif
