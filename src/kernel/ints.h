/* ints.h - packed integers to weights: the text that ref.c and kernels_<isa>.c include.
 *
 * s (q - z), the difference exact, the product rounded once (pot_scaling in base/numeric.h).  All
 * layouts are brought into one form first: for each input the words of up to 64 outputs. */
#ifndef POT_KERNEL_INTS_H
#define POT_KERNEL_INTS_H

#include "kernel/kernel.h"
#include "kernel/unpack.h"

static inline void load_words(uint32_t *restrict to, const uint8_t *w, size_t n, size_t step)
{
    if (step == 1) memcpy(to, w, n * 4);
    for (size_t i = 0; step != 1 && i < n; i++)
        memcpy(to + i, w + i * step * 4, 4);
}

/* Places of eight numbers of 4 bits in a word. */
#define IN_ORDER ((u8x){0, 4, 8, 12, 16, 20, 24, 28})
#define BY_TURNS ((u8x){0, 16, 4, 20, 8, 24, 12, 28})

/* Numbers n .. n + width of those that are packed across outputs, words `step` apart. */
static inline void load_across(uint32_t *restrict to, const uint8_t *w, const pot_scaling *s,
                               size_t n, size_t width, size_t step)
{
    const u8x place = s->awq ? BY_TURNS : IN_ORDER;
    if (s->bits == 4 && n % 8 == 0 && width % 8 == 0) {
        for (size_t i = 0; i < width; i += 8) {
            const u8x q = u32_at(w + (n + i) / 8 * step * 4) >> place & 15;
            memcpy(to + i, &q, sizeof q);
        }
        return;
    }
    for (size_t i = 0; i < width; i++) {
        const size_t bit = (n + i) * s->bits, at = bit / 32 * step * 4;
        const unsigned shift = s->awq ? place[(n + i) % 8] : (unsigned)(bit % 32);
        uint32_t q = u32_at(w + at) >> shift;
        if (shift + s->bits > 32) q |= u32_at(w + at + step * 4) << (32 - shift);
        to[i] = q & ((1u << s->bits) - 1);
    }
}

/* The including file's function for a run of F32, F16 or BF16. */
typedef void widen_run(float *out, const void *in, pot_dtype type, size_t n);

/* Scale and zero of outputs n .. n + width in group g. */
static inline void load_group(float *restrict scale, uint32_t *restrict zero, const pot_scaling *s,
                              size_t n, size_t width, size_t g, widen_run *widen)
{
    const size_t step = s->scale_step[0], size = pot_dtype_size(s->type);
    const uint8_t *p = s->scale + (n * step + g * s->scale_step[1]) * size;
    if (step == 1) widen(scale, p, s->type, width);
    for (size_t i = 0; step != 1 && i < width; i++)
        unpack(scale + i, p + i * step * size, s->type, 1);
    if (s->zero)
        load_across(zero, s->zero + g * s->zero_step[1] * 4, s, s->from + n, width,
                    s->zero_step[0]);
    for (size_t i = 0; i < width; i++)
        zero[i] = (s->zero ? zero[i] : 0) + s->zero_plus;
}

/* One input: the numbers lie at `shift` of each word. */
static inline void put_line(float *restrict out, const uint32_t *restrict word,
                            const uint32_t *restrict zero, const float *restrict scale,
                            size_t width, unsigned shift, uint32_t mask)
{
    for (size_t i = 0; i < width; i++)
        out[i] = (float)(int32_t)((word[i] >> shift & mask) - zero[i]) * scale[i];
}

static inline void unpack_ints(float *restrict out, size_t ld, const uint8_t *w,
                               const pot_scaling *s, size_t n, size_t width, size_t k, size_t depth,
                               widen_run *widen)
{
    uint32_t word[POT_PANEL], next[POT_PANEL], zero[POT_PANEL];
    float scale[POT_PANEL];
    size_t group = SIZE_MAX, line = SIZE_MAX;
    const size_t step = s->word_step[0], down = s->word_step[1];
    const uint32_t mask = (1u << s->bits) - 1;
    for (size_t i = 0; i < depth; i++, out += ld) {
        const size_t g = s->group ? s->group[k + i] : (k + i) / s->cols,
                     bit = s->awq ? (k + i) * 32 : (k + i) * s->bits;
        const uint8_t *p = w + (n * step + bit / 32 * down) * 4;
        unsigned shift = bit % 32;
        if (g != group) load_group(scale, zero, s, n, width, g, widen);
        group = g;
        if (s->awq) {
            load_across(word, w + bit / 32 * down * 4, s, n, width, step);
        } else if (bit / 32 != line) {
            load_words(word, p, width, step);
            for (size_t j = 0; s->flip && j < width; j++)
                word[j] ^= s->flip;
        }
        line = bit / 32;
        if (shift + s->bits > 32) { /* the rest is in the next words: of 3 bits only */
            load_words(next, p + down * 4, width, step);
            for (size_t j = 0; j < width; j++)
                word[j] = word[j] >> shift | next[j] << (32 - shift);
            line = SIZE_MAX;
            shift = 0;
        }
        if (width == POT_PANEL) put_line(out, word, zero, scale, POT_PANEL, shift, mask);
        else put_line(out, word, zero, scale, width, shift, mask);
    }
}

#endif
