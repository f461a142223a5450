/* v16_avx2.h - sixteen f32 lanes in two registers; the vocabulary of vector.h. */
#ifndef POT_KERNEL_V16_AVX2_H
#define POT_KERNEL_V16_AVX2_H

#include <immintrin.h>
#include <stdint.h>

#define TILE_V 1 /* vectors of outputs per pass of the tile: 6 x 2 accumulators, 12 registers */

typedef struct {
    __m256 lo, hi;
} v16;
typedef struct {
    __m256i lo, hi;
} i16; /* sixteen int32 */
typedef struct {
    __m256d q[4];
} d16; /* sixteen f64 */

#define OP static inline __attribute__((always_inline))

/* Lanes below n, for masked loads and stores of one half. */
static inline __m256i first_lanes(size_t n)
{
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), lane);
}

/* clang-format off */
OP v16 v16_load(const float *p) { return (v16){_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
OP v16 v16_load_n(const float *p, size_t n)
{
    return (v16){_mm256_maskload_ps(p, first_lanes(n)),
                 n > 8 ? _mm256_maskload_ps(p + 8, first_lanes(n - 8)) : _mm256_setzero_ps()};
}
OP void v16_store(float *p, v16 a) { _mm256_storeu_ps(p, a.lo), _mm256_storeu_ps(p + 8, a.hi); }
OP void v16_store_n(float *p, v16 a, size_t n)
{
    _mm256_maskstore_ps(p, first_lanes(n), a.lo);
    if (n > 8) _mm256_maskstore_ps(p + 8, first_lanes(n - 8), a.hi);
}
OP v16 v16_set(float x) { return (v16){_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
OP v16 v16_add(v16 a, v16 b) { return (v16){_mm256_add_ps(a.lo, b.lo), _mm256_add_ps(a.hi, b.hi)}; }
OP v16 v16_sub(v16 a, v16 b) { return (v16){_mm256_sub_ps(a.lo, b.lo), _mm256_sub_ps(a.hi, b.hi)}; }
OP v16 v16_mul(v16 a, v16 b) { return (v16){_mm256_mul_ps(a.lo, b.lo), _mm256_mul_ps(a.hi, b.hi)}; }
OP v16 v16_div(v16 a, v16 b) { return (v16){_mm256_div_ps(a.lo, b.lo), _mm256_div_ps(a.hi, b.hi)}; }
OP v16 v16_fma(v16 a, v16 b, v16 c)
{
    return (v16){_mm256_fmadd_ps(a.lo, b.lo, c.lo), _mm256_fmadd_ps(a.hi, b.hi, c.hi)};
}
OP v16 v16_max(v16 a, v16 b) { return (v16){_mm256_max_ps(a.lo, b.lo), _mm256_max_ps(a.hi, b.hi)}; }
OP v16 v16_min(v16 a, v16 b) { return (v16){_mm256_min_ps(a.lo, b.lo), _mm256_min_ps(a.hi, b.hi)}; }
OP v16 v16_neg(v16 a)
{
    const __m256 sign = _mm256_set1_ps(-0.0f);
    return (v16){_mm256_xor_ps(a.lo, sign), _mm256_xor_ps(a.hi, sign)};
}
OP v16 v16_abs(v16 a)
{
    const __m256 sign = _mm256_set1_ps(-0.0f);
    return (v16){_mm256_andnot_ps(sign, a.lo), _mm256_andnot_ps(sign, a.hi)};
}
OP v16 v16_less(v16 a, v16 b, v16 yes, v16 no) /* a < b ? yes : no */
{
    return (v16){_mm256_blendv_ps(no.lo, yes.lo, _mm256_cmp_ps(a.lo, b.lo, _CMP_LT_OQ)),
                 _mm256_blendv_ps(no.hi, yes.hi, _mm256_cmp_ps(a.hi, b.hi, _CMP_LT_OQ))};
}
OP v16 v16_copysign(v16 size, v16 sign)
{
    const __m256 bit = _mm256_set1_ps(-0.0f);
    return (v16){_mm256_or_ps(size.lo, _mm256_and_ps(sign.lo, bit)),
                 _mm256_or_ps(size.hi, _mm256_and_ps(sign.hi, bit))};
}
OP _Bool v16_all_finite(v16 a)
{
    const __m256 most = _mm256_set1_ps(3.402823466e+38f);
    const v16 b = v16_abs(a);
    const __m256 ok = _mm256_and_ps(_mm256_cmp_ps(b.lo, most, _CMP_LE_OQ),
                                    _mm256_cmp_ps(b.hi, most, _CMP_LE_OQ));
    return _mm256_movemask_ps(ok) == 0xff;
}

OP i16 i16_bits(v16 a) { return (i16){_mm256_castps_si256(a.lo), _mm256_castps_si256(a.hi)}; }
OP i16 i16_sub(i16 a, i16 b)
{
    return (i16){_mm256_sub_epi32(a.lo, b.lo), _mm256_sub_epi32(a.hi, b.hi)};
}
OP i16 i16_half(i16 a) { return (i16){_mm256_srai_epi32(a.lo, 1), _mm256_srai_epi32(a.hi, 1)}; }
OP v16 v16_two_to(i16 n) /* 2^n */
{
    const __m256i bias = _mm256_set1_epi32(127);
    return (v16){_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n.lo, bias), 23)),
                 _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n.hi, bias), 23))};
}

OP __m256 half_f16(const uint16_t *p)
{
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)p));
}
OP __m256 half_bf16(const uint16_t *p)
{
    const __m128i h = _mm_loadu_si128((const __m128i *)(const void *)p);
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(h), 16));
}
OP v16 v16_load_f16(const uint16_t *p) { return (v16){half_f16(p), half_f16(p + 8)}; }
OP v16 v16_load_bf16(const uint16_t *p) { return (v16){half_bf16(p), half_bf16(p + 8)}; }

/* The low and the high half of each dword. */
OP __m256 low_bf16(__m256 a) { return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(a), 16)); }
OP __m256 high_bf16(__m256 a)
{
    return _mm256_castsi256_ps(_mm256_and_si256(_mm256_castps_si256(a), _mm256_set1_epi32((int)0xffff0000)));
}
OP __m256 words_f16(__m256i a) /* dwords below 2^16 */
{
    const __m256i w = _mm256_permute4x64_epi64(_mm256_packus_epi32(a, a), 0x08);
    return _mm256_cvtph_ps(_mm256_castsi256_si128(w));
}
OP __m256 low_f16(__m256 a) { return words_f16(_mm256_and_si256(_mm256_castps_si256(a), _mm256_set1_epi32(0xffff))); }
OP __m256 high_f16(__m256 a) { return words_f16(_mm256_srli_epi32(_mm256_castps_si256(a), 16)); }
OP v16 v16_low_bf16(v16 a) { return (v16){low_bf16(a.lo), low_bf16(a.hi)}; }
OP v16 v16_high_bf16(v16 a) { return (v16){high_bf16(a.lo), high_bf16(a.hi)}; }
OP v16 v16_low_f16(v16 a) { return (v16){low_f16(a.lo), low_f16(a.hi)}; }
OP v16 v16_high_f16(v16 a) { return (v16){high_f16(a.lo), high_f16(a.hi)}; }

OP __m256 round_bf16_8(__m256 a) /* see fmath.h */
{
    const __m256i u = _mm256_castps_si256(a), high = _mm256_set1_epi32((int)0xffff0000);
    const __m256i even = _mm256_and_si256(_mm256_srli_epi32(u, 16), _mm256_set1_epi32(1));
    const __m256i near = _mm256_add_epi32(_mm256_add_epi32(u, _mm256_set1_epi32(0x7fff)), even);
    const __m256i quiet = _mm256_or_si256(u, _mm256_set1_epi32(0x00400000));
    const __m256 nan = _mm256_cmp_ps(a, a, _CMP_UNORD_Q);
    const __m256 y = _mm256_blendv_ps(_mm256_castsi256_ps(near), _mm256_castsi256_ps(quiet), nan);
    return _mm256_and_ps(y, _mm256_castsi256_ps(high));
}
OP v16 v16_round_bf16(v16 a) { return (v16){round_bf16_8(a.lo), round_bf16_8(a.hi)}; }
OP v16 v16_swap_pairs(v16 a)
{
    return (v16){_mm256_permute_ps(a.lo, 0xb1), _mm256_permute_ps(a.hi, 0xb1)};
}

#define EACH4(expr)                                                                                \
    d16 r;                                                                                         \
    for (int i = 0; i < 4; i++) r.q[i] = (expr);                                                   \
    return r
OP d16 d16_zero(void) { EACH4(_mm256_setzero_pd()); }
OP d16 d16_set(double x) { EACH4(_mm256_set1_pd(x)); }
OP d16 d16_load(const double *p) { EACH4(_mm256_loadu_pd(p + 4 * i)); }
OP void d16_store(double *p, d16 a) { for (int i = 0; i < 4; i++) _mm256_storeu_pd(p + 4 * i, a.q[i]); }
OP d16 d16_widen(v16 a)
{
    return (d16){{_mm256_cvtps_pd(_mm256_castps256_ps128(a.lo)),
                  _mm256_cvtps_pd(_mm256_extractf128_ps(a.lo, 1)),
                  _mm256_cvtps_pd(_mm256_castps256_ps128(a.hi)),
                  _mm256_cvtps_pd(_mm256_extractf128_ps(a.hi, 1))}};
}
OP d16 d16_add(d16 a, d16 b) { EACH4(_mm256_add_pd(a.q[i], b.q[i])); }
OP d16 d16_sub(d16 a, d16 b) { EACH4(_mm256_sub_pd(a.q[i], b.q[i])); }
OP d16 d16_mul(d16 a, d16 b) { EACH4(_mm256_mul_pd(a.q[i], b.q[i])); }
OP d16 d16_fma(d16 a, d16 b, d16 c) { EACH4(_mm256_fmadd_pd(a.q[i], b.q[i], c.q[i])); }
OP d16 d16_abs(d16 a) { EACH4(_mm256_andnot_pd(_mm256_set1_pd(-0.0), a.q[i])); }
/* clang-format on */

/* Transpose one 8 x 8 block. */
static inline void transpose8(__m256 *r)
{
    __m256 t[8], u[8];
    for (int i = 0; i < 4; i++) {
        t[2 * i] = _mm256_unpacklo_ps(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm256_unpackhi_ps(r[2 * i], r[2 * i + 1]);
    }
    for (int i = 0; i < 2; i++) {
        u[4 * i] = _mm256_shuffle_ps(t[4 * i], t[4 * i + 2], 0x44);
        u[4 * i + 1] = _mm256_shuffle_ps(t[4 * i], t[4 * i + 2], 0xee);
        u[4 * i + 2] = _mm256_shuffle_ps(t[4 * i + 1], t[4 * i + 3], 0x44);
        u[4 * i + 3] = _mm256_shuffle_ps(t[4 * i + 1], t[4 * i + 3], 0xee);
    }
    for (int i = 0; i < 4; i++) {
        r[i] = _mm256_permute2f128_ps(u[i], u[i + 4], 0x20);
        r[i + 4] = _mm256_permute2f128_ps(u[i], u[i + 4], 0x31);
    }
}

/* Transpose 16 x 16: four blocks of 8 x 8, the off-diagonal ones change places. */
static inline void v16_transpose(v16 *v)
{
    __m256 a[8], b[8], c[8], d[8];
    for (int i = 0; i < 8; i++)
        a[i] = v[i].lo, b[i] = v[i].hi, c[i] = v[i + 8].lo, d[i] = v[i + 8].hi;
    transpose8(a), transpose8(b), transpose8(c), transpose8(d);
    for (int i = 0; i < 8; i++) {
        v[i] = (v16){a[i], c[i]};
        v[i + 8] = (v16){b[i], d[i]};
    }
}

#endif
