/* unpack.h - blocks of weights to f32: the text that ref.c and kernels_<isa>.c include.
 *
 * Each function takes one block and follows the formula of its format with one rounding per
 * operation and no fma, which is what the Python package gguf computes; so the compiler may
 * vectorize it as it likes.  b is the block, y its elements; d and m are f16 scales, s and
 * t small integers that scale a part of it. */
#ifndef POT_KERNEL_UNPACK_H
#define POT_KERNEL_UNPACK_H

#include "base/numeric.h"
#include "kernel/fmath.h"
#include "kernel/quant.h"

#include <string.h>

static inline unsigned u16_at(const uint8_t *b)
{
    return b[0] | (unsigned)b[1] << 8;
}

static inline uint32_t u32_at(const uint8_t *b)
{
    return u16_at(b) | (uint32_t)u16_at(b + 2) << 16;
}

static inline float half_float(unsigned h)
{
    const uint32_t sign = (h & 0x8000u) << 16, rest = (h & 0x7fffu) << 13;
    const float finite = bits_float(rest) * 0x1p112f; /* exact, denormals too */
    return bits_float(sign | ((h & 0x7c00) == 0x7c00 ? rest | 0x7f800000u : float_bits(finite)));
}

static inline float half_at(const uint8_t *b)
{
    return half_float(u16_at(b));
}

/* ---- 32 elements, one scale ---------------------------------------------------------------- */

static void unpack_Q4_0(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b);
    for (int i = 0; i < 16; i++) {
        y[i] = d * (float)((b[2 + i] & 15) - 8);
        y[i + 16] = d * (float)((b[2 + i] >> 4) - 8);
    }
}

static void unpack_Q4_1(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b), m = half_at(b + 2);
    for (int i = 0; i < 16; i++) {
        y[i] = d * (float)(b[4 + i] & 15) + m;
        y[i + 16] = d * (float)(b[4 + i] >> 4) + m;
    }
}

static void unpack_Q5_0(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b);
    const uint32_t high = u32_at(b + 2);
    for (int i = 0; i < 16; i++) {
        const uint32_t lo = high >> i << 4 & 16, hi = high >> (i + 16) << 4 & 16;
        y[i] = d * (float)((int)((b[6 + i] & 15u) | lo) - 16);
        y[i + 16] = d * (float)((int)((uint32_t)(b[6 + i] >> 4) | hi) - 16);
    }
}

static void unpack_Q5_1(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b), m = half_at(b + 2);
    const uint32_t high = u32_at(b + 4);
    for (int i = 0; i < 16; i++) {
        const uint32_t lo = high >> i << 4 & 16, hi = high >> (i + 16) << 4 & 16;
        y[i] = d * (float)(int)((b[8 + i] & 15u) | lo) + m;
        y[i + 16] = d * (float)(int)((uint32_t)(b[8 + i] >> 4) | hi) + m;
    }
}

static void unpack_Q8_0(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b);
    for (int i = 0; i < 32; i++)
        y[i] = (float)(int8_t)b[2 + i] * d;
}

static const int8_t iq4_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                      1,    13,   25,  38,  53,  69,  89,  113};

static inline void unpack_nibbles(float *restrict y, const uint8_t *restrict q, float d,
                                  const int8_t *value)
{
    for (int i = 0; i < 16; i++) {
        y[i] = d * (float)value[q[i] & 15];
        y[i + 16] = d * (float)value[q[i] >> 4];
    }
}

static void unpack_IQ4_NL(float *restrict y, const uint8_t *restrict b)
{
    unpack_nibbles(y, b + 2, half_at(b), iq4_values);
}

/* 4-bit floats, doubled, and half a power of two. */
static void unpack_MXFP4(float *restrict y, const uint8_t *restrict b)
{
    static const int8_t value[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
    const uint32_t e = b[0], bits = e < 2 ? 0x00200000u << e : (e - 1) << 23;
    unpack_nibbles(y, b + 1, bits_float(bits), value);
}

/* ---- 256 elements, scales in two steps ------------------------------------------------------ */

static void unpack_Q2_K(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b + 80), m = half_at(b + 82);
    for (int g = 0; g < 16; g++) { /* 16 elements: 2 bits at 2 (g / 2 mod 4) of 16 bytes */
        const uint8_t *q = b + 16 + g / 8 * 32 + g % 2 * 16;
        const float dl = d * (float)(b[g] & 15), ml = m * (float)(b[g] >> 4);
        const int shift = g / 2 % 4 * 2;
        for (int i = 0; i < 16; i++)
            y[16 * g + i] = dl * (float)(q[i] >> shift & 3) - ml;
    }
}

static void unpack_Q3_K(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b + 108);
    const uint8_t *scale = b + 96;
    for (int g = 0; g < 16; g++) {
        const uint8_t *q = b + 32 + g / 8 * 32 + g % 2 * 16, *high = b + g % 2 * 16;
        const int low = scale[g % 8] >> g / 8 * 4 & 15, top = scale[8 + g % 4] >> g / 4 * 2 & 3;
        const float dl = d * (float)((low | top << 4) - 32);
        const int shift = g / 2 % 4 * 2, bit = g / 2;
        for (int i = 0; i < 16; i++) {
            const int less = (high[i] >> bit & 1) ? 0 : 4; /* the bit says: not less */
            y[16 * g + i] = dl * (float)((q[i] >> shift & 3) - less);
        }
    }
}

/* The 6-bit scale and minimum of group g of 8, from 12 bytes. */
static inline void scale_min(const uint8_t *s, int g, float d, float m, float *dl, float *ml)
{
    const int sc = g < 4 ? s[g] & 63 : (s[g + 4] & 15) | s[g - 4] >> 6 << 4;
    const int mn = g < 4 ? s[g + 4] & 63 : s[g + 4] >> 4 | s[g] >> 6 << 4;
    *dl = d * (float)sc;
    *ml = m * (float)mn;
}

static void unpack_Q4_K(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b), m = half_at(b + 2);
    for (int g = 0; g < 8; g++) {
        const uint8_t *q = b + 16 + g / 2 * 32;
        const int shift = g % 2 * 4;
        float dl, ml;
        scale_min(b + 4, g, d, m, &dl, &ml);
        for (int i = 0; i < 32; i++)
            y[32 * g + i] = dl * (float)(q[i] >> shift & 15) - ml;
    }
}

static void unpack_Q5_K(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b), m = half_at(b + 2);
    const uint8_t *high = b + 16;
    for (int g = 0; g < 8; g++) {
        const uint8_t *q = b + 48 + g / 2 * 32;
        const int shift = g % 2 * 4;
        float dl, ml;
        scale_min(b + 4, g, d, m, &dl, &ml);
        for (int i = 0; i < 32; i++)
            y[32 * g + i] = dl * (float)((q[i] >> shift & 15) | (high[i] >> g & 1) << 4) - ml;
    }
}

static void unpack_Q6_K(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b + 208);
    for (int g = 0; g < 16; g++) {
        const int part = g / 2 % 4; /* of the 32 elements with this part of the bits */
        const uint8_t *low = b + g / 8 * 64 + part % 2 * 32 + g % 2 * 16,
                      *high = b + 128 + g / 8 * 32 + g % 2 * 16;
        const float dl = d * (float)(int8_t)b[192 + g];
        for (int i = 0; i < 16; i++)
            y[16 * g + i] =
                dl * (float)(((low[i] >> part / 2 * 4 & 15) | (high[i] >> 2 * part & 3) << 4) - 32);
    }
}

static void unpack_IQ4_XS(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b);
    const unsigned high = u16_at(b + 2);
    for (int g = 0; g < 8; g++) {
        const int s = (b[4 + g / 2] >> g % 2 * 4 & 15) | (int)(high >> 2 * g & 3) << 4;
        unpack_nibbles(y + 32 * g, b + 8 + 16 * g, d * (float)(s - 32), iq4_values);
    }
}

/* ---- 256 elements from a codebook ------------------------------------------------------------ */

/* Signs of 8 elements, bit 1: negative; of 7 bits that are given, the eighth makes the number
 * of ones even. */
static inline unsigned even_signs(unsigned seven)
{
    return seven | ((unsigned)__builtin_parity(seven) << 7);
}

/* Eight lanes, which the compiler maps to what the machine has; passed by address, because how
 * they are passed by value depends on the instruction set. */
typedef uint32_t u8x __attribute__((vector_size(32)));
typedef int32_t i8x __attribute__((vector_size(32)));
typedef float f8x __attribute__((vector_size(32)));

#define LANE ((u8x){0, 1, 2, 3, 4, 5, 6, 7})

/* y = d v, negative where the sign bits are 1. */
static inline void put_signed(float *restrict y, const i8x *v, unsigned signs, float d)
{
    const f8x product = d * __builtin_convertvector(*v, f8x);
    u8x bits;
    memcpy(&bits, &product, sizeof bits);
    bits ^= (signs >> LANE & 1) << 31;
    memcpy(y, &bits, sizeof bits);
}

/* IQ2: 0, 1, 2 stand for 8, 25, 43. */
static inline void put_iq2(float *restrict y, unsigned entry, unsigned signs, float d)
{
    const i8x q = (i8x)(entry >> 2 * LANE & 3), v = 8 + 17 * q + (q >> 1);
    put_signed(y, &v, signs, d);
}

static inline float iq2_scale(float d, unsigned s)
{
    return d * (0.5f + (float)s) * 0.25f;
}

static void unpack_IQ2_XXS(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b);
    for (int g = 0; g < 8; g++, y += 32) {
        const uint8_t *q = b + 2 + 8 * g;
        const uint32_t rest = u32_at(q + 4);
        const float db = iq2_scale(d, rest >> 28);
        for (int j = 0; j < 4; j++)
            put_iq2(y + 8 * j, pot_iq2_xxs_grid[q[j]], even_signs(rest >> 7 * j & 127), db);
    }
}

static void unpack_IQ2_XS(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b);
    for (int j = 0; j < 32; j++) {
        const unsigned q = u16_at(b + 2 + 2 * j), s = b[66 + j / 4] >> j / 2 % 2 * 4 & 15;
        put_iq2(y + 8 * j, pot_iq2_xs_grid[q & 511], even_signs(q >> 9), iq2_scale(d, s));
    }
}

static void unpack_IQ2_S(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b);
    for (int j = 0; j < 32; j++) {
        const unsigned high = b[66 + j / 4] >> j % 4 * 2 & 3,
                       s = b[74 + j / 4] >> j / 2 % 2 * 4 & 15;
        put_iq2(y + 8 * j, pot_iq2_s_grid[b[2 + j] | high << 8], b[34 + j], iq2_scale(d, s));
    }
}

/* IQ3: two entries, that is eight numbers of 4 bits. */
#define IQ3_NUMBERS(a, b) ((i8x)((a | (uint32_t)b << 16) >> 4 * LANE & 7))

/* 0 to 7 stand for 4, 12, 20, ..., 52, 62. */
static void unpack_IQ3_XXS(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b);
    for (int j = 0; j < 32; j++) {
        const uint8_t *e = b + 2 + 2 * j;
        const uint32_t rest = u32_at(b + 66 + j / 4 * 4);
        const i8x q = IQ3_NUMBERS(pot_iq3_xxs_grid[e[0]], pot_iq3_xxs_grid[e[1]]);
        const i8x v = 4 + 8 * q + ((q + 1) >> 3) * 2;
        put_signed(y + 8 * j, &v, even_signs(rest >> j % 4 * 7 & 127),
                   d * (0.5f + (float)(rest >> 28)) * 0.5f);
    }
}

/* 0 to 7 stand for 1, 3, ..., 15. */
static void unpack_IQ3_S(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b);
    for (int j = 0; j < 32; j++) {
        const uint8_t *e = b + 2 + 2 * j;
        const unsigned high = b[66 + j / 4] >> j % 4 * 2 & 3,
                       s = b[106 + j / 8] >> j / 4 % 2 * 4 & 15;
        const i8x q = IQ3_NUMBERS(pot_iq3_s_grid[e[0] | (high & 1) << 8],
                                  pot_iq3_s_grid[e[1] | (high & 2) << 7]);
        const i8x v = 1 + 2 * q;
        put_signed(y + 8 * j, &v, b[74 + j], d * (float)(1 + 2 * s));
    }
}

/* IQ1: 0, 1, 2 stand for -1, 0, 1; all of them shifted by an eighth. */
static inline void put_iq1(float *restrict y, unsigned entry, bool down, float d)
{
    const i8x q = (i8x)(entry >> 2 * LANE & 3);
    const f8x v = d * (__builtin_convertvector(q - 1, f8x) + (down ? -0.125f : 0.125f));
    memcpy(y, &v, sizeof v);
}

static void unpack_IQ1_S(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b);
    for (int j = 0; j < 32; j++) {
        const unsigned high = u16_at(b + 34 + j / 4 * 2), s = 2 * (high >> 12 & 7) + 1;
        const unsigned entry = pot_iq1_grid[b[2 + j] | (high >> j % 4 * 3 & 7) << 8];
        put_iq1(y + 8 * j, entry, high & 0x8000, d * (float)s);
    }
}

/* The scale lies in the top nibbles of the four words that hold the small scales. */
static void unpack_IQ1_M(float *restrict y, const uint8_t *restrict b)
{
    unsigned word[4];
    for (int i = 0; i < 4; i++)
        word[i] = u16_at(b + 48 + 2 * i);
    const float d = half_float(word[0] >> 12 | (word[1] >> 12) << 4 | (word[2] >> 12) << 8 |
                               (word[3] >> 12) << 12);
    for (int j = 0; j < 32; j++) {
        const unsigned high = (unsigned)b[32 + j / 2] >> j % 2 * 4,
                       s = word[j / 8] >> j / 2 % 4 * 3 & 7;
        const unsigned entry = pot_iq1_grid[b[j] | (high & 7) << 8];
        put_iq1(y + 8 * j, entry, high & 8, d * (float)(2 * s + 1));
    }
}

/* ---- 256 elements of -1, 0, 1 ------------------------------------------------------------------
 */

/* n bytes hold `digits` elements each: byte x 3^k mod 256, in the base-3 fraction byte/256. */
static inline float *put_thirds(float *restrict y, const uint8_t *restrict q, int n, int digits,
                                float d)
{
    static const uint8_t power[5] = {1, 3, 9, 27, 81};
    for (int k = 0; k < digits; k++, y += n)
        for (int i = 0; i < n; i++) {
            const int digit = (uint8_t)(q[i] * power[k]) * 3 >> 8;
            y[i] = d * (float)(digit - 1);
        }
    return y;
}

static void unpack_TQ1_0(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b + 52);
    y = put_thirds(y, b, 32, 5, d);
    y = put_thirds(y, b + 32, 16, 5, d);
    put_thirds(y, b + 48, 4, 4, d);
}

static void unpack_TQ2_0(float *restrict y, const uint8_t *restrict b)
{
    const float d = half_at(b + 64);
    for (int g = 0; g < 8; g++)
        for (int i = 0; i < 32; i++)
            y[32 * g + i] = d * (float)((b[g / 4 * 32 + i] >> g % 4 * 2 & 3) - 1);
}

/* ---- single elements ------------------------------------------------------------------------- */

static void unpack_F32(float *restrict y, const uint8_t *restrict b)
{
    memcpy(y, b, 4);
}

static void unpack_F16(float *restrict y, const uint8_t *restrict b)
{
    *y = half_at(b);
}

static void unpack_BF16(float *restrict y, const uint8_t *restrict b)
{
    *y = bits_float((uint32_t)u16_at(b) << 16);
}

/* Eight 8-bit floats whose fields, moved by `shift`, lie as in an F32.  Those without an exponent
 * are made with one, which is taken off again (multiplying denormals would be slow).  `special`
 * bits, all set, are NaN or, of E5M2, infinity. */
static inline void put_f8(float *restrict y, const uint8_t *restrict b, int shift, uint32_t bias,
                          uint32_t special, uint32_t instead)
{
    uint32_t in[8];
    u8x u, bits;
    f8x small;
    for (int i = 0; i < 8; i++)
        in[i] = b[i];
    memcpy(&u, in, sizeof u);
    const u8x rest = (u & 127) << shift, raised = rest + ((bias + 1) << 23);
    memcpy(&small, &raised, sizeof small);
    small -= bits_float((bias + 1) << 23); /* exact */
    memcpy(&bits, &small, sizeof bits);
    const u8x no_exponent = (u8x)(rest < 1u << 23), is_special = (u8x)((u & special) == special);
    bits = (bits & no_exponent) | ((rest + (bias << 23)) & ~no_exponent);
    bits = (bits & ~is_special) | ((rest | instead) & is_special) | (u & 128) << 24;
    memcpy(y, &bits, sizeof bits);
}

static inline void put_e4m3(float *restrict y, const uint8_t *restrict b)
{
    put_f8(y, b, 20, 120, 0x7f, 0x7fc00000);
}

static inline void put_e5m2(float *restrict y, const uint8_t *restrict b)
{
    put_f8(y, b, 21, 112, 0x7c, 0x7f800000);
}

static void unpack_F8_E4M3(float *restrict y, const uint8_t *restrict b)
{
    const uint8_t in[8] = {*b};
    float out[8];
    put_e4m3(out, in);
    *y = *out;
}

static void unpack_F8_E5M2(float *restrict y, const uint8_t *restrict b)
{
    *y = half_float((unsigned)b[0] << 8);
}

/* n elements, whole blocks, of any type. */
static inline void unpack(float *out, const void *in, pot_dtype type, size_t n)
{
#define ROW(name, id, block, bytes, d, m) unpack_##name,
    static void (*const one[])(float *restrict, const uint8_t *restrict) = {POT_DTYPE_LIST(ROW)};
#undef ROW
    const unsigned block = pot_dtypes[type].block, bytes = pot_dtypes[type].bytes;
    const uint8_t *b = in;
    size_t i = 0;
    for (; type == POT_F8_E4M3 && i + 8 <= n; i += 8, b += 8)
        put_e4m3(out + i, b);
    for (; type == POT_F8_E5M2 && i + 8 <= n; i += 8, b += 8)
        put_e5m2(out + i, b);
    for (; i < n; i += block, b += bytes)
        one[type](out + i, b);
}

#endif
