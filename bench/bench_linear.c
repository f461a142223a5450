/* bench_linear.c - GFLOP/s of pot_linear_run per instruction set and thread count, beside the peak
 * of the same threads: multiply-adds in registers that do not wait for each other.  The two take
 * turns, and the best of each counts: what other processes take is not measured. */
#include "base/clock.h"
#include "base/mem.h"
#include "kernel/linear.h"

#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHAINS 12     /* more than latency x units */
#define TURNS  100000 /* of all chains */
#define RUNS   25

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
} shapes[] = {{512, 2048, 2048}, {512, 8192, 2048}, {512, 2048, 8192}, {128, 2048, 2048},
              {32, 2048, 2048},  {320, 352, 128},   {64, 2048, 128}};

struct bench {
    pot_pool *pool;
    unsigned threads;
    pot_kernels k;
    uint16_t *weights;
    float *x, *y, *scratch;
};

static void run_shape(const struct bench *b, const struct shape *h)
{
    const pot_linear w = {.w = b->weights,
                          .type = POT_BF16,
                          .out = h->out,
                          .in = h->in,
                          .group = h->out,
                          .stride = h->out,
                          .ld = h->in};
    double peak = 0, rate = 0;
    for (int r = 0; r < RUNS; r++) {
        const double p = peak_of(b->pool, b->threads, b->k.name), t0 = pot_clock();
        pot_linear_run(b->pool, &b->k, &w, b->y, w.out, b->x, w.in, h->m, b->scratch);
        const double one = 2e-9 * (double)h->m * h->out * h->in / (pot_clock() - t0);
        rate = one > rate ? one : rate;
        peak = p > peak ? p : peak;
    }
    printf("%-7s %u thread(s) %5zu x %4u x %4u  %7.1f GFLOP/s of %7.1f: %3.0f %%\n", b->k.name,
           b->threads, h->m, h->out, h->in, rate, peak, 100 * rate / peak);
}

int main(void)
{
    static const char *const level[] = {"avx2", "avx512"};
    enum { BIG = 2048 * 8192 };
    struct bench b = {.weights = pot_mem_new(BIG, 2),
                      .x = pot_mem_new(BIG, 4),
                      .y = pot_mem_new(BIG, 4),
                      .scratch = pot_mem_new(2 * POT_LINEAR_SCRATCH, 4)};
    if (!b.weights || !b.x || !b.y || !b.scratch) return 1;
    for (size_t i = 0; i < BIG; i++) {
        b.weights[i] = (uint16_t)(0x3c00 + i * 2654435761u % 512);
        b.x[i] = (float)(i % 1000) / 1000.0f;
    }
    for (b.threads = 1; b.threads <= 2; b.threads++) {
        if (pot_pool_open(&b.pool, b.threads, NULL) != POT_OK) return 1;
        for (size_t l = 0; l < sizeof level / sizeof *level; l++) {
            if (!pot_kernels_init(&b.k, level[l]) || strcmp(b.k.name, level[l]) != 0) continue;
            for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
                run_shape(&b, &shapes[s]);
        }
        pot_pool_close(&b.pool);
    }
    pot_mem_free(b.weights), pot_mem_free(b.x), pot_mem_free(b.y), pot_mem_free(b.scratch);
    return 0;
}
