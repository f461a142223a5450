/* bench_quants.c - what unpacking costs: elements per second of each type, and GFLOP/s of
 * pot_linear_run on it beside BF16, one thread.  The limit of unpacking is the write of f32 to
 * the second cache; that of the product at m rows is BF16's rate. */
#include "base/clock.h"
#include "base/mem.h"
#include "kernel/scaled.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 2048u

static double unpack_rate(const pot_kernels *k, float *y, const uint8_t *w, pot_dtype type)
{
    double best = 1e9;
    for (int r = 0; r < 7; r++) {
        const double t0 = pot_clock();
        for (size_t row = 0; row < WIDTH; row++)
            k->widen(y, w + pot_dtype_bytes(type, row * WIDTH), type, WIDTH);
        const double s = pot_clock() - t0;
        best = s < best ? s : best;
    }
    return 1e-9 * WIDTH * WIDTH / best;
}

static double linear_rate(pot_pool *pool, const pot_kernels *k, float *y, const float *x,
                          pot_linear l, size_t m, float *scratch)
{
    double best = 1e9;
    for (int r = 0; r < 5; r++) {
        const double t0 = pot_clock();
        pot_linear_run(pool, k, &l, y, WIDTH, x, WIDTH, m, scratch);
        const double s = pot_clock() - t0;
        best = s < best ? s : best;
    }
    return 2e-9 * (double)m * WIDTH * WIDTH / best;
}

/* The same for matrices of several tensors: all of it, in panels. */
static double scaled_rate(const pot_kernels *k, float *y, const pot_linear *l)
{
    double best = 1e9;
    for (int r = 0; r < 7; r++) {
        const double t0 = pot_clock();
        for (size_t n = 0; n < WIDTH; n += POT_PANEL)
            for (size_t at = 0; at < WIDTH; at += 256)
                if (l->scaling.kind == POT_SCALED_INTS)
                    k->ints(y, POT_PANEL, l->w, &l->scaling, n, POT_PANEL, at, 256);
                else
                    for (size_t i = 0; i < POT_PANEL; i++)
                        pot_scaled_row(k, l, n + i, at, 256, y + i * 256);
        const double s = pot_clock() - t0;
        best = s < best ? s : best;
    }
    return 1e-9 * WIDTH * WIDTH / best;
}

#define G     128u
#define WORDS (WIDTH / 8)

/* Ways in which other tensors take part, for matrices of WIDTH x WIDTH. */
static const struct {
    const char *name;
    pot_dtype type;
    bool mixed; /* the groups of the inputs are in no order */
    pot_scaling s;
} scaled[] = {
    {"FP8 128x128",
     POT_F8_E4M3,
     false,
     {.kind = POT_SCALED_FLOATS, .rows = G, .cols = G, .scale_step = {WIDTH / G, 1}}},
    {"GPTQ 4-bit",
     POT_F32,
     false,
     {.kind = POT_SCALED_INTS,
      .rows = 1,
      .cols = G,
      .bits = 4,
      .scale_step = {1, WIDTH},
      .zero_step = {1, WORDS},
      .word_step = {1, WIDTH},
      .zero_plus = 1}},
    {"GPTQ act",
     POT_F32,
     true,
     {.kind = POT_SCALED_INTS,
      .rows = 1,
      .cols = G,
      .bits = 4,
      .scale_step = {1, WIDTH},
      .zero_step = {1, WORDS},
      .word_step = {1, WIDTH},
      .zero_plus = 1}},
    {"AWQ",
     POT_F32,
     false,
     {.kind = POT_SCALED_INTS,
      .rows = 1,
      .cols = G,
      .bits = 4,
      .scale_step = {1, WIDTH},
      .zero_step = {1, WORDS},
      .word_step = {1, WORDS},
      .awq = true}},
    {"packed 4-bit",
     POT_F32,
     false,
     {.kind = POT_SCALED_INTS,
      .rows = 1,
      .cols = G,
      .bits = 4,
      .scale_step = {WIDTH / G, 1},
      .word_step = {WORDS, 1},
      .zero_plus = 8}},
};

static void run_scaled(pot_pool *pool, const pot_kernels *k, const uint8_t *w, const float *x,
                       float *y, float *scratch)
{
    static uint32_t group[WIDTH];
    for (uint32_t i = 0; i < WIDTH; i++)
        group[i] = i * 7919 % (WIDTH / G);
    for (size_t i = 0; i < sizeof scaled / sizeof *scaled; i++) {
        pot_linear l = {.w = w,
                        .type = scaled[i].type,
                        .out = WIDTH,
                        .in = WIDTH,
                        .group = WIDTH,
                        .stride = WIDTH,
                        .ld = WIDTH,
                        .scaling = scaled[i].s};
        l.scaling.type = POT_F16;
        l.scaling.scale = l.scaling.zero = w;
        if (!l.scaling.zero_step[1]) l.scaling.zero = NULL;
        if (scaled[i].mixed) l.scaling.group = group;
        printf("%-7s %-12s unpack %5.2f G/s, linear m 512 %5.0f, 128 %5.0f, 32 %5.0f GFLOP/s\n",
               k->name, scaled[i].name, scaled_rate(k, y, &l),
               linear_rate(pool, k, y, x, l, 512, scratch),
               linear_rate(pool, k, y, x, l, 128, scratch),
               linear_rate(pool, k, y, x, l, 32, scratch));
    }
}

int main(void)
{
    static const char *const level[] = {"avx2", "avx512"};
    uint8_t *w = pot_mem_new(WIDTH * WIDTH, 4);
    float *x = pot_mem_new(512 * WIDTH, 4), *y = pot_mem_new(512 * WIDTH, 4);
    float *scratch = pot_mem_new(POT_LINEAR_SCRATCH, 4);
    pot_pool *pool;
    if (!w || !x || !y || !scratch || pot_pool_open(&pool, 1, NULL) != POT_OK) return 1;
    for (size_t i = 0; i < (size_t)WIDTH * WIDTH * 4; i++)
        w[i] = 0x38 | (uint8_t)(i * 2654435761u >> 30 & 3); /* normal in every encoding */
    for (size_t i = 0; i < 512 * WIDTH; i++)
        x[i] = (float)(i % 1000) / 1000.0f;
    for (size_t l = 0; l < 2; l++) {
        pot_kernels k;
        if (!pot_kernels_init(&k, level[l]) || strcmp(k.name, level[l]) != 0) continue;
        for (pot_dtype t = 0; t < POT_DTYPES; t++) {
            const pot_linear whole = {.w = w,
                                      .type = t,
                                      .out = WIDTH,
                                      .in = WIDTH,
                                      .group = WIDTH,
                                      .stride = WIDTH,
                                      .ld = WIDTH};
            printf("%-7s %-12s unpack %5.2f G/s, linear m 512 %5.0f, 128 %5.0f, 32 %5.0f GFLOP/s\n",
                   k.name, pot_dtype_name(t), unpack_rate(&k, y, w, t),
                   linear_rate(pool, &k, y, x, whole, 512, scratch),
                   linear_rate(pool, &k, y, x, whole, 128, scratch),
                   linear_rate(pool, &k, y, x, whole, 32, scratch));
        }
        run_scaled(pool, &k, w, x, y, scratch);
    }
    pot_pool_close(&pool);
    pot_mem_free(w), pot_mem_free(x), pot_mem_free(y), pot_mem_free(scratch);
    return 0;
}
