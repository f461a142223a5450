/* log, exp, pow, sin and cos: within 2 or 3 ulp of long double, and right at every edge. */
#include "base/math64.h"
#include "t.h"

#include <math.h>
#include <string.h>

#define TRIALS 100000

/* How many units in the last place `got` is from `want`. */
static double ulps(double got, long double want)
{
    const double near = (double)want;
    if (got == near) return (double)(fabsl((long double)got - want) == 0 ? 0 : 0.5);
    const double next = nextafter(near, got > near ? HUGE_VAL : -HUGE_VAL);
    const long double unit = fabsl((long double)next - (long double)near);
    return (double)(fabsl((long double)got - want) / unit);
}

static void note(double *worst, double got, long double want)
{
    const double u = ulps(got, want);
    CHECK(u == u);
    if (u > *worst) *worst = u;
}

static void finish(const char *what, double worst, double most)
{
    fprintf(stderr, "%s: %.3f ulp at worst\n", what, worst);
    CHECK(worst < most);
}

/* Any positive number, every exponent as likely as any other; denormals too. */
static double any_positive(void)
{
    const uint64_t u = t_u64() >> 1;
    double x;
    memcpy(&x, &u, sizeof x);
    return isfinite(x) && x > 0 ? x : any_positive();
}

static void test_log(void)
{
    double worst = 0;
    for (int i = 0; i < TRIALS; i++) {
        double x = any_positive();
        note(&worst, pot_log(x), logl((long double)x));
        x = 1 + (t_unit() - 0.5) * pow(2, -(double)(t_u64() % 52)); /* around 1 it is hardest */
        note(&worst, pot_log(x), logl((long double)x));
        x = t_unit() * 1e6;
        if (x > 0) note(&worst, pot_log(x), logl((long double)x));
    }
    static const double edge[] = {0x1p-1074,
                                  0x1.8p-1073,
                                  0x1p-1023,
                                  0x1.fffffffffffffp-1023,
                                  0x1p-1022,
                                  0x1.fffffffffffffp1023,
                                  0x1.fffffffffffffp-1,
                                  0x1.0000000000001p0,
                                  0x1.6a09e667f3bccp-1,
                                  0x1.6a09e667f3bcdp-1,
                                  0x1.6a09e667f3bccp0,
                                  0x1.6a09e667f3bcdp0,
                                  2,
                                  10,
                                  0.5};
    for (size_t i = 0; i < sizeof edge / sizeof *edge; i++)
        note(&worst, pot_log(edge[i]), logl((long double)edge[i]));
    finish("log", worst, 2);
    CHECK(pot_log(1) == 0 && !signbit(pot_log(1)));
    CHECK(pot_log(0) == -HUGE_VAL && pot_log(-0.0) == -HUGE_VAL && pot_log(HUGE_VAL) == HUGE_VAL);
    CHECK(isnan(pot_log(-0x1p-1074)) && isnan(pot_log(-HUGE_VAL)) && isnan(pot_log((double)NAN)));
}

static void test_exp(void)
{
    double worst = 0, tiny = 0;
    for (int i = 0; i < TRIALS; i++) {
        double x = (t_unit() - 0.5) * 1400;
        note(&worst, pot_exp(x), expl((long double)x));
        x = (t_unit() - 0.5) * pow(2, -(double)(t_u64() % 60));
        note(&worst, pot_exp(x), expl((long double)x));
        x = -708 - 38 * t_unit(); /* into the denormals: one rounding more */
        note(&tiny, pot_exp(x), expl((long double)x));
    }
    finish("exp", worst, 2);
    finish("exp, denormal", tiny, 2);
    CHECK(pot_exp(0) == 1 && pot_exp(-0.0) == 1 && isnan(pot_exp((double)NAN)));
    CHECK(pot_exp(HUGE_VAL) == HUGE_VAL && pot_exp(-HUGE_VAL) == 0 && pot_exp(1e300) == HUGE_VAL);
    CHECK(isfinite(pot_exp(0x1.62e42fefa39efp+9)) && pot_exp(0x1.62e42fefa39fp+9) == HUGE_VAL);
    CHECK(pot_exp(-745.13) == 0x1p-1074 && pot_exp(-745.14) == 0 && pot_exp(-1e300) == 0);
}

static void test_pow(void)
{
    double worst = 0;
    for (int i = 0; i < TRIALS; i++) {
        const double x = t_unit() * 1e6 + 0x1p-40, y = (t_unit() - 0.5) * 2;
        const double u = ulps(pot_pow(x, y), powl((long double)x, (long double)y)) /
                         (2 + 2.5 * fabs(y * log(x)));
        if (u > worst) worst = u;
    }
    finish("pow, of what is allowed", worst, 1);
    CHECK(pot_pow(10000, 0) == 1 && pot_pow(1, 1e300) == 1);
    CHECK(ulps(pot_pow(10000, 0.5), 100) < 12 && pot_pow(2, 5000) == HUGE_VAL);
    CHECK(pot_pow(2, -5000) == 0 && isnan(pot_pow(-1, 2)));
}

static void test_sincos(void)
{
    double worst = 0;
    for (int i = 0; i < 3 * TRIALS; i++) {
        double x = t_unit() * 1.6e6, s, c;
        if (i % 3 == 1) x = (double)(t_u64() % 1000000) * 1.57079632679489661923; /* at a zero */
        if (i % 3 == 2) x = t_unit() * pow(2, -(double)(t_u64() % 60));
        if (i % 9 == 0) x = (double)(t_u64() % 1600000);
        if (x > 1.6e6) continue;
        pot_sincos(x, &s, &c);
        note(&worst, s, sinl((long double)x));
        note(&worst, c, cosl((long double)x));
    }
    finish("sin, cos", worst, 3);
    static const double good[] = {0, -0.0, 0x1p-1074, 1.6e6},
                        bad[] = {-0x1p-1074, -1, 1600000.0000001, 1e300, HUGE_VAL, (double)NAN};
    double s, c;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        pot_sincos(good[i], &s, &c);
        CHECK(ulps(s, sinl((long double)good[i])) < 2 && ulps(c, cosl((long double)good[i])) < 2);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        s = c = 7;
        pot_sincos(bad[i], &s, &c);
        CHECK(isnan(s) && isnan(c));
    }
}

/* The same bits for ever: a digest over many values, so that no compiler changes them. */
static void test_bits(void)
{
    uint64_t sum = 0xcbf29ce484222325u, u;
    for (int i = 1; i < 20000; i++) {
        double v[5];
        const double x = i * 0.37;
        v[0] = pot_log(x), v[1] = pot_exp(x / 11 - 340), v[2] = pot_pow(x, 0.7);
        pot_sincos(x * 200, &v[3], &v[4]);
        for (int k = 0; k < 5; k++) {
            memcpy(&u, &v[k], sizeof u);
            sum = (sum ^ u) * 0x100000001b3u;
        }
    }
    fprintf(stderr, "bits: 0x%016llx\n", (unsigned long long)sum);
    CHECK(sum == 0x8479219b51e76805u);
}

int main(void)
{
    t_seed();
    test_log();
    test_exp();
    test_pow();
    test_sincos();
    test_bits();
    return 0;
}
