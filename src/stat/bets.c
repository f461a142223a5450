#include "stat/bets.h"

#include "base/math64.h"

#include <math.h>

#define BETS 12

/* Shares of the largest admissible stake, and their weights (docs/statistics.md). */
static const double share[BETS] = {.999, .9, .75, .55, .4, .28, .19, .12, .075, .04, .02, .01};
static const double weight[BETS] = {.40, .10, .08, .07, .06, .06, .05, .05, .04, .04, .03, .02};

#define RUN   16   /* factors multiplied before a logarithm: 1e-48 to 1e144, no overflow */
#define EDGE  1e-9 /* m stays this far from 0 and 1 */
#define STEPS 32   /* of bisection: 2^-32 < EDGE */

/* log of prod_i (1 + f (g_i - 1)) for gains g_i = one(x_i). */
static double log_product(const double *x, size_t n, double f, double missing, double at_0,
                          double slope)
{
    double sum = 0, run = 1;
    for (size_t i = 0; i < n; i++) {
        const double v = x[i] == x[i] ? x[i] : missing; /* NaN: not scored */
        run *= 1 + f * (at_0 + slope * v);
        if (i % RUN == RUN - 1) sum += pot_log(run), run = 1;
    }
    return sum + pot_log(run);
}

/* log sum_k w_k exp(l_k) */
static double mixture(const double *l)
{
    double top = -INFINITY, sum = 0;
    for (int k = 0; k < BETS; k++)
        top = l[k] > top ? l[k] : top;
    for (int k = 0; k < BETS; k++)
        sum += weight[k] * pot_exp(l[k] - top);
    return top + pot_log(sum);
}

double pot_bet_high(const double *x, size_t n, double m)
{
    double l[BETS];
    for (int k = 0; k < BETS; k++) /* 1 - f (x - m) / (1 - m) */
        l[k] = log_product(x, n, share[k], 1, m / (1 - m), -1 / (1 - m));
    return mixture(l);
}

double pot_bet_low(const double *x, size_t n, double m)
{
    double l[BETS];
    for (int k = 0; k < BETS; k++) /* 1 + f (x - m) / m */
        l[k] = log_product(x, n, share[k], 0, -1, 1 / m);
    return mixture(l);
}

/* Both are monotone in m, so the set of refuted m is an interval: bisect for its end, and
 * return the side on which the claim was really made. */
double pot_bet_upper(const double *x, size_t n, double alpha, double top)
{
    const double need = -pot_log(alpha);
    double lo = 0, hi = top < 1 - EDGE ? top : 1 - EDGE;
    if (!(pot_bet_high(x, n, hi) >= need)) return top;
    for (int i = 0; i < STEPS; i++) {
        const double m = lo + (hi - lo) / 2;
        if (pot_bet_high(x, n, m) >= need) hi = m;
        else lo = m;
    }
    return hi;
}

double pot_bet_lower(const double *x, size_t n, double alpha, double bottom)
{
    const double need = -pot_log(alpha);
    double lo = bottom > EDGE ? bottom : EDGE, hi = 1;
    if (!(pot_bet_low(x, n, lo) >= need)) return bottom;
    for (int i = 0; i < STEPS; i++) {
        const double m = lo + (hi - lo) / 2;
        if (pot_bet_low(x, n, m) >= need) lo = m;
        else hi = m;
    }
    return lo;
}
