/* Clopper-Pearson intervals: scipy's values, the exact tails of small numbers, and coverage. */
#include "t.h"

#include <pot/rates.h>

#include <math.h>

/* scipy 1.17.1: beta.ppf(.025, k, n - k + 1), beta.ppf(.975, k + 1, n - k). */
static const struct {
    uint32_t k, n;
    double lo, hi;
} scipy[] = {
    {0, 1, 0, 0.97499999999999998},
    {1, 1, 0.025000000000000001, 1},
    {0, 10, 0, 0.30849710781876072},
    {1, 10, 0.0025285785444617848, 0.44501611702819538},
    {5, 10, 0.18708602844739855, 0.81291397155260148},
    {9, 10, 0.55498388297180468, 0.99747142145553824},
    {10, 10, 0.69150289218123917, 1},
    {3, 7, 0.098988278442507863, 0.81594843235991688},
    {0, 100, 0, 0.036216692645176407},
    {1, 100, 0.00025314603297742064, 0.054459385392080645},
    {50, 100, 0.39832112950330095, 0.60167887049669899},
    {99, 100, 0.94554061460791938, 0.99974685396702256},
    {0, 1000, 0, 0.0036820838968656712},
    {2, 1000, 0.00024230111687723185, 0.0072058389114574972},
    {37, 1000, 0.026182708843737339, 0.050641123059924853},
    {500, 1000, 0.46854917297179194, 0.53145082702820801},
    {0, 20000, 0, 0.00018442696396189919},
    {1, 20000, 1.2658895979755804e-06, 0.00027855033217451128},
    {142, 20000, 0.0059834764174208277, 0.0083631891019186472},
    {200, 20000, 0.0086676390134540152, 0.011477547626198551},
    {240, 20000, 0.010537220561074952, 0.013607086715950099},
    {500, 20000, 0.022880525081978138, 0.027259038729895664},
    {19999, 20000, 0.9997214496678255, 0.99999873411040208},
    {20000, 20000, 0.99981557303603807, 1},
    {12345, 20000, 0.61047205125543924, 0.62399384863170404},
    {3, 1000000, 6.1867255019064007e-07, 8.7672477880676769e-06},
    {10000, 1000000, 0.0098059062407458118, 0.01019693981351465},
    {1234567, 100000000, 0.012324036591996494, 0.01236733164507787},
    {1, 4294967295, 5.8947615302423984e-12, 1.2972493165337637e-09},
    {4294967294, 4294967295, 0.99999999870275069, 0.99999999999410527},
};

/* In huge numbers of trials the fraction loses digits: 1 - (a + b) x / (a + 1) is a difference. */
static bool near(double x, double want, uint32_t n)
{
    return fabs(x - want) <= (n <= 1000000 ? 1e-11 : 1e-7) * want;
}

static void test_scipy(void)
{
    for (size_t i = 0; i < sizeof scipy / sizeof *scipy; i++) {
        const pot_rate r = pot_rate_of(scipy[i].k, scipy[i].n);
        CHECK(r.count == scipy[i].k && r.total == scipy[i].n);
        CHECK(near(r.lo, scipy[i].lo, r.total) && near(r.hi, scipy[i].hi, r.total));
    }
}

/* P(X >= k | n, p), term by term. */
static double at_least(uint32_t k, uint32_t n, double p)
{
    double sum = 0;
    for (uint32_t i = k; i <= n; i++)
        sum += exp(lgamma(n + 1.) - lgamma(i + 1.) - lgamma(n - i + 1.) + i * log(p) +
                   (n - i) * log1p(-p));
    return sum;
}

/* Each end is where what was seen has probability 2.5 %; ends grow with the count, and mirror. */
static void test_tails(void)
{
    for (uint32_t n = 1; n <= 60; n++)
        for (uint32_t k = 0; k <= n; k++) {
            const pot_rate r = pot_rate_of(k, n), mirror = pot_rate_of(n - k, n);
            if (k) CHECK(fabs(at_least(k, n, r.lo) - 0.025) < 1e-12);
            if (k < n) CHECK(fabs(1 - at_least(k + 1, n, r.hi) - 0.025) < 1e-12);
            CHECK(r.lo <= (double)k / n && (double)k / n <= r.hi);
            CHECK(fabs(r.lo - (1 - mirror.hi)) < 1e-14 && fabs(r.hi - (1 - mirror.lo)) < 1e-14);
            const pot_rate next = pot_rate_of(k + 1, n);
            CHECK(k == n || (r.lo < next.lo && r.hi < next.hi));
        }
}

/* Whatever the probability, the interval holds it with 95 %: summed exactly over all counts. */
static void test_coverage(void)
{
    for (uint32_t n = 1; n <= 40; n += 3) {
        pot_rate r[41];
        for (uint32_t k = 0; k <= n; k++)
            r[k] = pot_rate_of(k, n);
        for (double p = 0.005; p < 1; p += 0.01) {
            double held = 0;
            for (uint32_t k = 0; k <= n; k++)
                if (r[k].lo <= p && p <= r[k].hi) held += at_least(k, n, p) - at_least(k + 1, n, p);
            CHECK(held >= 0.95);
        }
    }
}

static void test_nothing_known(void)
{
    const pot_rate none = pot_rate_of(0, 0), wrong = pot_rate_of(3, 2);
    CHECK(none.lo == 0 && none.hi == 1 && wrong.lo == 0 && wrong.hi == 1);
}

int main(void)
{
    test_scipy();
    test_tails();
    test_coverage();
    test_nothing_known();
    return 0;
}
