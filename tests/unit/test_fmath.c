/* exp, tanh and erf against long double, and every activation of every instruction set against
 * the scalar definition, over a grid of all f32 bit patterns.  T_ALL=1 visits all 2^32. */
#include "kernel/fmath.h"
#include "kernel/kernel.h"
#include "t.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 1024 };

static uint64_t stride = 4099; /* prime: all exponents, varied fractions */

static float from_bits(uint64_t u)
{
    const uint32_t b = (uint32_t)u;
    float x;
    memcpy(&x, &b, 4);
    return x;
}

/* Error in units of the last place of the correctly rounded result. */
static double ulps(float got, long double want)
{
    const float near = (float)want;
    if (isinf(near) || isnan(near)) return got == near || (isnan(got) && isnan(near)) ? 0 : 1e9;
    const float next = nextafterf(fabsf(near), INFINITY);
    return (double)(fabsl((long double)got - want) /
                    ((long double)next - (long double)fabsf(near)));
}

static void test_errors(void)
{
    double e = 0, t = 0, f = 0;
    for (uint64_t u = 0; u < UINT64_C(1) << 32; u += stride) {
        const float x = from_bits(u);
        if (isnan(x)) {
            CHECK(isnan(pot_expf(x)) && isnan(pot_tanhf(x)) && isnan(pot_erff(x)));
            continue;
        }
        e = fmax(e, ulps(pot_expf(x), expl((long double)x)));
        t = fmax(t, ulps(pot_tanhf(x), tanhl((long double)x)));
        f = fmax(f, ulps(pot_erff(x), erfl((long double)x)));
        CHECK(pot_tanhf(-x) == -pot_tanhf(x) && pot_erff(-x) == -pot_erff(x));
    }
    fprintf(stderr, "largest error in ulp: exp %.3f, tanh %.3f, erf %.3f\n", e, t, f);
    CHECK(e < 1 && t < 1.5 && f < 1);
}

enum { LEVELS = 8 };

/* A block of inputs through every kernel table, beside the definition. */
static void check_block(const pot_kernels *k, size_t levels, pot_act act, const float *x, size_t n)
{
    float y[BLOCK], want[2][BLOCK]; /* without and with a second operand */
    for (size_t i = 0; i < n; i++) {
        want[0][i] = pot_actf(x[i], act);
        want[1][i] = want[0][i] * pot_gatef(x[i], act);
    }
    for (size_t l = 0; l < levels; l++)
        for (int u = 0; u < 2; u++) {
            memcpy(y, x, n * sizeof *x);
            k[l].activate(y, u ? x : NULL, n, act);
            if (memcmp(y, want[u], n * sizeof *y) == 0) continue;
            for (size_t i = 0; i < n; i++)
                CHECK(memcmp(&y[i], &want[u][i], 4) == 0 || (isnan(y[i]) && isnan(want[u][i])));
        }
}

static void test_levels(void)
{
    const char *level;
    pot_kernels k[LEVELS];
    size_t levels = 0;
    for (size_t l = 0; (level = pot_kernels_level(l)); l++) {
        CHECK(levels < LEVELS && pot_kernels_init(&k[levels], level));
        levels += strcmp(k[levels].name, level) == 0;
    }
    for (pot_act act = 0; act < POT_ACTS; act++) {
        float x[BLOCK];
        size_t n = 0;
        for (uint64_t u = act; u < UINT64_C(1) << 32; u += stride) {
            x[n++] = from_bits(u);
            if (n < BLOCK && u + stride < UINT64_C(1) << 32) continue;
            check_block(k, levels, act, x, n);
            n = 0;
        }
        fprintf(stderr, "activation %d: the same bits on all of %zu levels\n", (int)act, levels);
    }
}

int main(void)
{
    if (getenv("T_ALL")) stride = 1;
    test_errors();
    test_levels();
    return 0;
}
