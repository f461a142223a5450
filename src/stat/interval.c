/* Clopper-Pearson intervals.  The binomial tail is a regularized incomplete beta function,
 *     P(X >= k | n, p) = I_p(k, n - k + 1),
 * by its continued fraction (DLMF 8.17.22) times the binomial probability of k, which is computed
 * as C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000) does, without a
 * difference of large logarithms.  Right to 11 digits for a million trials, 7 for the most. */
#include <pot/rates.h>

#include "base/math64.h"

#include <math.h>

#define EACH_SIDE  0.025                /* a wrong end: both together 5 % */
#define HALF_2PI   0x1.d67f1c864beb5p-1 /* log(2 pi) / 2 */
#define SERIES     16                   /* from here Stirling's series has all digits */
#define MOST_TERMS 1000000

/* log n! - log(sqrt(2 pi n) (n/e)^n). */
static double stirling_error(double n)
{
    if (n >= SERIES) {
        const double z = 1 / (n * n);
        return (1. / 12 - z * (1. / 360 - z * (1. / 1260 - z * (1. / 1680 - z / 1188)))) / n;
    }
    double sum = 0;
    for (int i = 2; i <= (int)n; i++)
        sum += pot_log(i);
    return n > 0 ? sum - (n + 0.5) * pot_log(n) + n - HALF_2PI : 0;
}

/* x log(x / m) - d, where d = x - m, x > 0 and m > 0: as a series where they are close. */
static double deviance(double x, double m, double d)
{
    const double v = d / (x + m);
    if (!(fabs(v) < 0.1)) return x * pot_log(x / m) - d;
    double sum = d * v, term = 2 * x * v;
    for (int j = 3;; j += 2) {
        term *= v * v;
        const double next = sum + term / j;
        if (next == sum) return sum;
        sum = next;
    }
}

/* P(X = k | n, p), 0 < k <= n, 0 < p < 1. */
static double binomial(double k, double n, double p)
{
    if (k == n) return pot_exp(n * pot_log(p));
    const double e = stirling_error(n) - stirling_error(k) - stirling_error(n - k) -
                     deviance(k, n * p, k - n * p) - deviance(n - k, n * (1 - p), n * p - k);
    return pot_exp(e - HALF_2PI) * sqrt(n / (k * (n - k)));
}

/* 1 / (1 + d_1 / (1 + d_2 / (1 + ...))), Lentz's method; for x < (a + 1) / (a + b + 2). */
static double fraction(double a, double b, double x)
{
    double c = 1, d = 1 / (1 - (a + b) * x / (a + 1)), f = d;
    for (int m = 1; m < MOST_TERMS; m++) {
        const double e = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        const double o = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / (1 + e * d), c = 1 + e / c;
        f *= d * c;
        d = 1 / (1 + o * d), c = 1 + o / c;
        const double last = d * c;
        f *= last;
        if (fabs(last - 1) < 1e-15) break;
    }
    return f;
}

/* P(X >= k | n, p) = I_p(k, n - k + 1), 0 < k <= n, 0 < p < 1. */
static double tail(double k, double n, double p)
{
    const double b = n - k + 1, at = binomial(k, n, p) * (1 - p);
    if (p < (k + 1) / (n + 3)) return at * fraction(k, b, p);
    return 1 - at * k / b * fraction(b, k, 1 - p);
}

/* The largest p at which k or more of n would be seen with probability at most EACH_SIDE: the
 * tail grows with p, and the end that is returned is the one that was refused. */
static double lower(double k, double n)
{
    double refused = 0, kept = 1;
    for (;;) {
        const double p = refused + (kept - refused) / 2;
        if (!(refused < p && p < kept)) return refused;
        if (tail(k, n, p) <= EACH_SIDE) refused = p;
        else kept = p;
    }
}

/* The smallest p at which k or fewer of n would be: less than k + 1. */
static double upper(double k, double n)
{
    double kept = 0, refused = 1;
    for (;;) {
        const double p = kept + (refused - kept) / 2;
        if (!(kept < p && p < refused)) return refused;
        if (1 - tail(k + 1, n, p) <= EACH_SIDE) refused = p;
        else kept = p;
    }
}

pot_rate pot_rate_of(uint32_t count, uint32_t total)
{
    pot_rate r = {.count = count, .total = total, .hi = 1};
    if (!total || count > total) return r;
    if (count) r.lo = lower(count, total);
    if (count < total) r.hi = upper(count, total);
    return r;
}
