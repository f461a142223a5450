/* bench_linear.c - GFLOP/s of pot_linear_run per instruction set, beside a chain-free FMA peak. */
#include "base/clock.h"
#include "base/mem.h"
#include "kernel/linear.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct shape {
    size_t m;
    uint32_t out, in;
} shapes[] = {{512, 2048, 2048}, {128, 2048, 2048}, {320, 352, 128}, {64, 2048, 128}};

/* Seconds of the fastest of a few runs. */
static double best_of(pot_pool *pool, const pot_kernels *k, const pot_linear *w, float *y,
                      const float *x, size_t m, float *scratch)
{
    double best = 1e9;
    for (int r = 0; r < 7; r++) {
        const double t0 = pot_clock();
        pot_linear_run(pool, k, w, y, w->out, x, w->in, m, scratch);
        const double s = pot_clock() - t0;
        best = s < best ? s : best;
    }
    return best;
}

int main(void)
{
    static const char *const level[] = {"avx2", "avx512"};
    enum { BIG = 2048 * 2048 };
    uint16_t *weights = pot_mem_new(BIG, 2);
    float *x = pot_mem_new(BIG, 4), *y = pot_mem_new(BIG, 4);
    float *scratch = pot_mem_new(2 * POT_LINEAR_SCRATCH, 4);
    if (!weights || !x || !y || !scratch) return 1;
    for (size_t i = 0; i < BIG; i++) {
        weights[i] = (uint16_t)(0x3c00 + i * 2654435761u % 512);
        x[i] = (float)(i % 1000) / 1000.0f;
    }
    for (unsigned threads = 1; threads <= 2; threads++) {
        pot_pool *pool;
        if (pot_pool_open(&pool, threads, NULL) != POT_OK) return 1;
        for (size_t l = 0; l < 2; l++) {
            pot_kernels k;
            if (!pot_kernels_init(&k, level[l]) || strcmp(k.name, level[l]) != 0) continue;
            for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
                const struct shape *h = &shapes[s];
                const pot_linear w = {.w = weights,
                                      .type = POT_BF16,
                                      .out = h->out,
                                      .in = h->in,
                                      .group = h->out,
                                      .stride = h->out,
                                      .ld = h->in};
                const double t = best_of(pool, &k, &w, y, x, h->m, scratch);
                printf("%-7s %u thread(s) %4zu x %4u x %4u  %7.1f GFLOP/s\n", k.name, threads, h->m,
                       h->out, h->in, 2e-9 * (double)h->m * h->out * h->in / t);
            }
        }
        pot_pool_close(&pool);
    }
    pot_mem_free(weights), pot_mem_free(x), pot_mem_free(y), pot_mem_free(scratch);
    return 0;
}
