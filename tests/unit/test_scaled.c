/* Matrices of several tensors at every instruction set, in any view, against one element at a
 * time by the words of base/numeric.h: the same bits. */
#include "base/mem.h"
#include "kernel/scaled.h"
#include "t.h"

#include <string.h>

enum { OUT = 160, IN = 352, ROWS = 7 }; /* of the file */

static uint8_t weights[OUT * IN * 4], scales[OUT * IN * 4], zeros[OUT * IN];
static uint32_t group[IN];
static float wide[OUT * IN], row[OUT * IN], x[ROWS * IN], want[ROWS * OUT], got[ROWS * OUT];

static uint32_t word_at(const uint8_t *p, size_t i)
{
    uint32_t u;
    memcpy(&u, p + 4 * i, 4);
    return u;
}

/* Number i of those that begin at word `at` and go on every `step` words. */
static uint32_t number(const uint8_t *p, size_t at, size_t step, size_t i, const pot_scaling *s)
{
    uint32_t q = 0;
    for (size_t b = 0; b < s->bits; b++) {
        const size_t bit = i * s->bits + b;
        q |= (word_at(p, at + bit / 32 * step) >> bit % 32 & 1) << b;
    }
    return q;
}

/* The same of eight in the order 0 2 4 6 1 3 5 7. */
static uint32_t by_turns(const uint8_t *p, size_t at, size_t i)
{
    static const unsigned order[8] = {0, 2, 4, 6, 1, 3, 5, 7};
    for (unsigned j = 0; j < 8; j++)
        if (order[j] == i % 8) return word_at(p, at + i / 8) >> 4 * j & 15;
    return 0;
}

static float element(const pot_kernels *k, const pot_scaling *s, pot_dtype type, size_t n, size_t i)
{
    const size_t g = s->group ? s->group[i] : i / s->cols;
    float by, w;
    k->widen(&by,
             scales +
                 (n / s->rows * s->scale_step[0] + g * s->scale_step[1]) * pot_dtype_size(s->type),
             s->type, 1);
    if (s->kind == POT_SCALED_FLOATS) {
        k->widen(&w, weights + pot_dtype_bytes(type, n * IN + i), type, 1);
        return w * by;
    }
    uint32_t q = s->awq ? by_turns(weights, i * s->word_step[1], n)
                        : number(weights, n * s->word_step[0], s->word_step[1], i, s);
    uint32_t z = s->zero_plus;
    if (s->flip) q ^= 0x80;
    if (s->zero && s->awq) z += by_turns(zeros, g * s->zero_step[1], n);
    else if (s->zero) z += number(zeros, g * s->zero_step[1], s->zero_step[0], n, s);
    return (float)((int)q - (int)z) * by;
}

static void check(const pot_kernels *k, pot_pool *pool, float *scratch, pot_linear w)
{
    pot_kernels ref;
    pot_linear plain = w;
    CHECK(pot_kernels_init(&ref, "ref"));
    for (size_t n = 0; n < OUT; n++)
        for (size_t i = 0; i < IN; i++)
            wide[n * IN + i] = element(&ref, &w.scaling, w.type, n, i);
    plain.w = wide;
    plain.type = POT_F32;
    plain.scaling = (pot_scaling){.kind = POT_SCALED_NOT};
    pot_linear_run(pool, &ref, &plain, want, OUT, x, IN, ROWS, scratch);
    pot_linear_run(pool, k, &w, got, OUT, x, IN, ROWS, scratch);
    for (size_t i = 0; i < ROWS; i++)
        CHECK(memcmp(want + i * OUT, got + i * OUT, w.out * sizeof *got) == 0);
    pot_linear_values(k, &w, 3, w.out - 3, row);
    for (uint32_t n = 0; n < w.out; n++) {
        const float *right = wide + pot_linear_place(&w, n) * IN;
        if (n >= 3) CHECK(memcmp(row + (n - 3) * IN, right, IN * sizeof *row) == 0);
    }
    for (uint32_t n = 0; n < w.out; n += 13) {
        pot_linear_row(k, &w, n, row);
        CHECK(memcmp(row, wide + pot_linear_place(&w, n) * IN, IN * sizeof *row) == 0);
    }
}

/* Random numbers; F16, BF16 and F32 scales are finite. */
static void fill(uint8_t *p, size_t n, unsigned keep)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(t_u64() & (i % 2 ? keep : 255));
}

static uint32_t up(uint32_t n, uint32_t each)
{
    return (n + each - 1) / each;
}

/* One of the layouts of model/quant.c, with sizes at random. */
static pot_scaling layout(int kind, pot_dtype *type)
{
    static const uint32_t sizes[] = {16, 24, 32, 128, IN}, wide_bits[] = {2, 3, 4, 4, 8};
    static const pot_dtype types[] = {POT_F32, POT_F16, POT_BF16};
    pot_scaling s = {.kind = POT_SCALED_INTS,
                     .type = types[t_u64() % 3],
                     .scale = scales,
                     .rows = 1,
                     .cols = sizes[t_u64() % 5],
                     .bits = wide_bits[t_u64() % 5]};
    if (kind == 0) { /* F8 by block */
        s.kind = POT_SCALED_FLOATS;
        s.rows = 1 + (uint32_t)(t_u64() % 40);
        s.scale_step[0] = up(IN, s.cols);
        s.scale_step[1] = 1;
        *type = t_u64() % 2 ? POT_F8_E4M3 : POT_F8_E5M2;
        return s;
    }
    if (kind == 1 || kind == 2) { /* along inputs, row by row; bytes with signs */
        if (s.bits == 3) s.bits = 4;
        if (kind == 2) s.bits = 8, s.flip = 0x80808080u;
        s.word_step[0] = IN * s.bits / 32;
        s.word_step[1] = s.scale_step[1] = s.zero_step[1] = 1;
        s.scale_step[0] = s.zero_step[0] = up(IN, s.cols);
        s.zero_plus = 1u << (s.bits - 1);
        if (kind == 1 && t_u64() % 2) s.zero = zeros, s.zero_plus = 0;
    } else { /* GPTQ, AWQ */
        s.awq = kind == 4;
        if (s.awq) s.bits = 4;
        s.word_step[0] = s.scale_step[0] = s.zero_step[0] = 1;
        s.word_step[1] = s.awq ? OUT / 8 : OUT;
        s.scale_step[1] = OUT;
        s.zero_step[1] = OUT * s.bits / 32;
        s.zero = zeros;
        s.zero_plus = t_u64() % 2;
    }
    for (size_t i = 0; i < IN; i++)
        group[i] = (uint32_t)(t_u64() % up(IN, s.cols));
    if (t_u64() % 3 == 0) s.group = group;
    return s;
}

int main(void)
{
    static const char *const level[] = {"ref", "avx2", "avx512"};
    pot_pool *pool;
    CHECK(pot_pool_open(&pool, 2, NULL) == POT_OK);
    float *scratch = pot_mem_raw(2 * POT_LINEAR_SCRATCH, sizeof *scratch);
    CHECK(scratch);
    for (size_t i = 0; i < ROWS * IN; i++)
        x[i] = (float)(t_unit() - 0.5);
    for (int round = 0; round < 60; round++) {
        pot_linear w = {.w = weights, .type = POT_F32, .in = IN, .ld = IN};
        fill(weights, sizeof weights, 255);
        fill(scales, sizeof scales, 0xb7); /* no exponent has all bits */
        fill(zeros, sizeof zeros, 255);
        w.scaling = layout(round % 5, &w.type);
        for (size_t i = 0; w.type >= POT_F8_E4M3 && i < sizeof weights; i++)
            if ((weights[i] & 0x7c) == 0x7c) weights[i] &= 0xbf; /* no NaN, no infinity */
        for (int view = 0; view < 3; view++) { /* whole, a part, every other group */
            w.group = view == 0 ? OUT : view == 1 ? 57 : 20;
            w.first = view == 0 ? 0 : view == 1 ? 31 : 20;
            w.stride = view == 2 ? 40 : w.group;
            w.out = view == 2 ? OUT / 2 : w.group;
            pot_kernels k;
            CHECK(pot_kernels_init(&k, level[t_u64() % 3]));
            check(&k, pool, scratch, w);
        }
    }
    pot_mem_free(scratch);
    pot_pool_close(&pool);
    return 0;
}
