/* bench_few.c - products of one and of few rows, as when a text is written: bytes of weights per
 * second on one thread, beside what a thread reads from memory. */
#include "base/clock.h"
#include "base/mem.h"
#include "kernel/linear.h"

#include <stdio.h>
#include <string.h>

#define OUT   8192u
#define IN    2048u
#define BYTES ((size_t)OUT * IN * 4)
#define TURNS 8

/* GB/s of adding up all of it. */
static double read_rate(const float *w)
{
    double best = 0;
    for (int turn = 0; turn < TURNS; turn++) {
        uint64_t sum[8] = {0}, x[8];
        const double t0 = pot_clock();
        for (size_t i = 0; i < BYTES; i += sizeof x) {
            memcpy(x, (const char *)w + i, sizeof x);
            for (int k = 0; k < 8; k++)
                sum[k] += x[k];
        }
        const double rate = 1e-9 * (double)BYTES / (pot_clock() - t0);
        if (sum[0] != 1 && rate > best) best = rate; /* the sum is used */
    }
    return best;
}

int main(void)
{
    static const char *const level[] = {"avx2", "avx512"};
    pot_pool *pool;
    if (pot_pool_open(&pool, 1, NULL) != POT_OK) return 1;
    float *w = pot_mem_new(BYTES, 1), *x = pot_mem_new((size_t)POT_FEW * IN, sizeof *x),
          *y = pot_mem_new((size_t)POT_FEW * OUT, sizeof *y),
          *scratch = pot_mem_new(POT_LINEAR_SCRATCH, sizeof *scratch);
    if (!w || !x || !y || !scratch) return 1;
    memset(w, 0x3c, BYTES);
    printf("one thread reads %.1f GB/s\n", read_rate(w));
    for (int l = 0; l < 2; l++)
        for (pot_dtype type = POT_F32; type <= POT_BF16; type++)
            for (size_t m = 1; m <= POT_FEW; m *= 2) {
                pot_kernels k;
                pot_kernels_init(&k, level[l]);
                const pot_linear a = {.w = w,
                                      .type = type,
                                      .out = OUT,
                                      .in = IN,
                                      .group = OUT,
                                      .stride = OUT,
                                      .ld = IN};
                double best = 1e9;
                for (int turn = 0; turn < TURNS; turn++) {
                    const double t0 = pot_clock();
                    pot_linear_run(pool, &k, &a, y, OUT, x, IN, m, scratch);
                    const double t = pot_clock() - t0;
                    best = t < best ? t : best;
                }
                printf("%-7s %-5s %zu row%s %6.1f GB/s of weights\n", k.name, pot_dtype_name(type),
                       m, m == 1 ? " " : "s",
                       1e-9 * (double)pot_dtype_bytes(type, (size_t)OUT * IN) / best);
            }
    pot_mem_free(w), pot_mem_free(x), pot_mem_free(y), pot_mem_free(scratch);
    pot_pool_close(&pool);
    return 0;
}
