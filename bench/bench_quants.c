/* bench_quants.c - what unpacking costs: elements per second of each type, and GFLOP/s of
 * pot_linear_run on it beside BF16, one thread.  The limit of unpacking is the write of f32 to
 * the second cache; that of the product at m rows is BF16's rate. */
#include "base/clock.h"
#include "base/mem.h"
#include "kernel/linear.h"

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
                          const uint8_t *w, pot_dtype type, size_t m, float *scratch)
{
    const pot_linear l = {.w = w,
                          .type = type,
                          .out = WIDTH,
                          .in = WIDTH,
                          .group = WIDTH,
                          .stride = WIDTH,
                          .ld = WIDTH};
    double best = 1e9;
    for (int r = 0; r < 5; r++) {
        const double t0 = pot_clock();
        pot_linear_run(pool, k, &l, y, WIDTH, x, WIDTH, m, scratch);
        const double s = pot_clock() - t0;
        best = s < best ? s : best;
    }
    return 2e-9 * (double)m * WIDTH * WIDTH / best;
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
        for (pot_dtype t = 0; t < POT_DTYPES; t++)
            printf("%-7s %-8s unpack %5.2f G/s, linear m 512 %5.0f, 128 %5.0f, 32 %5.0f GFLOP/s\n",
                   k.name, pot_dtype_name(t), unpack_rate(&k, y, w, t),
                   linear_rate(pool, &k, y, x, w, t, 512, scratch),
                   linear_rate(pool, &k, y, x, w, t, 128, scratch),
                   linear_rate(pool, &k, y, x, w, t, 32, scratch));
    }
    pot_pool_close(&pool);
    pot_mem_free(w), pot_mem_free(x), pot_mem_free(y), pot_mem_free(scratch);
    return 0;
}
