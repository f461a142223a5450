/* bench_linear.c - GFLOP/s of pot_linear_run per instruction set and thread count, beside the peak
 * of the same threads: multiply-adds in registers that do not wait for each other. */
#include "base/clock.h"
#include "base/mem.h"
#include "kernel/linear.h"

#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHAINS 12      /* more than latency x units */
#define TURNS  2000000 /* of all chains */

/* Every loop over the accumulators is unrolled, so that they stay in registers; the empty
 * assembly keeps the compiler from folding the turns. */
#define PEAK(name, isa, type, set, fma, lanes)                                                     \
    __attribute__((target(isa))) static double name(void)                                          \
    {                                                                                              \
        type a[CHAINS], x = set(1.0f), y = set(1e-9f);                                             \
        const double t0 = pot_clock();                                                             \
        _Pragma("GCC unroll 12") for (int i = 0; i < CHAINS; i++) a[i] = set((float)i);            \
        for (int t = 0; t < TURNS; t++) {                                                          \
            _Pragma("GCC unroll 12") for (int i = 0; i < CHAINS; i++) a[i] = fma(a[i], x, y);      \
            _Pragma("GCC unroll 12") for (int i = 0; i < CHAINS;                                   \
                                          i++) __asm__ volatile("" : "+x"(a[i]));                  \
        }                                                                                          \
        return 2e-9 * TURNS * CHAINS * lanes / (pot_clock() - t0);                                 \
    }
PEAK(peak_avx2, "avx2,fma", __m256, _mm256_set1_ps, _mm256_fmadd_ps, 8)
PEAK(peak_avx512, "avx512f", __m512, _mm512_set1_ps, _mm512_fmadd_ps, 16)

struct peak {
    double (*measure)(void);
    double rate[2]; /* of each thread */
};

static void peak_part(void *ctx, unsigned part, unsigned thread)
{
    struct peak *p = ctx;
    (void)thread;
    p->rate[part] = p->measure();
}

/* What all threads reach together. */
static double peak_of(pot_pool *pool, unsigned threads, const char *level)
{
    struct peak p = {.measure = strcmp(level, "avx512") == 0 ? peak_avx512 : peak_avx2};
    pot_pool_run(pool, peak_part, &p, threads);
    return p.rate[0] + p.rate[1];
}

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
            const double peak = peak_of(pool, threads, level[l]);
            printf("%-7s %u thread(s) %21s %7.1f GFLOP/s\n", k.name, threads, "peak", peak);
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
                const double rate = 2e-9 * (double)h->m * h->out * h->in / t;
                printf("%-7s %u thread(s) %5zu x %4u x %4u  %7.1f GFLOP/s  %3.0f %% of peak\n",
                       k.name, threads, h->m, h->out, h->in, rate, 100 * rate / peak);
            }
        }
        pot_pool_close(&pool);
    }
    pot_mem_free(weights), pot_mem_free(x), pot_mem_free(y), pot_mem_free(scratch);
    return 0;
}
