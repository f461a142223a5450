#include "stat/bets.h"

#include "base/math64.h"

#include <math.h>
#include <string.h>

/* Shares of the largest admissible stake, and their weights: docs/statistics.md. */
static const double share[POT_BETS] = {.999, .9, .75, .55, .4, .28, .19, .12, .075, .04, .02, .01};
static const double weight[POT_BETS] = {.40, .10, .08, .07, .06, .06, .05, .05, .04, .04, .03, .02};

#define EDGE  1e-7 /* bounds are looked for between EDGE and 1 - EDGE */
#define STEPS 20   /* of bisection: 2^-20 < 1e-6 */

void pot_wealth_start(pot_wealth *w)
{
    for (int k = 0; k < POT_BETS; k++)
        w->product[k] = 1, w->exponent[k] = 0;
}

/* A product that has left 2^-512 .. 2^512, after many scores of one kind, is brought back by
 * 2^512, which changes no digit.  A factor is between 2^-10 and 2^24, and so many are multiplied
 * before one looks: nothing is lost. */
enum { SHIFT = 512 };

static void settle(pot_wealth *w)
{
    for (int k = 0; k < POT_BETS; k++) {
        const double p = w->product[k];
        const int e = p < 0x1p-512 ? SHIFT : p > 0x1p512 ? -SHIFT : 0;
        w->product[k] = ldexp(p, e);
        w->exponent[k] -= e;
    }
}

/* Two bets at a time, in the compiler's vectors: the same digits, in half the time. */
typedef double f64x2 __attribute__((vector_size(16)));
typedef uint64_t u64x2 __attribute__((vector_size(16)));

enum { BLOCK = 8 };

/* high: 1 - f (x - m) / (1 - m);  low: 1 + f (x - m) / m.  Both are at least 1 - f > 0. */
void pot_wealth_push(pot_wealth *w, pot_bet bet, double m, const double *x, size_t n)
{
    const bool high = bet == POT_BET_HIGH;
    double gain[BLOCK];
    for (size_t at = 0, some; at < n; at += some) {
        u64x2 outside = {0};
        some = n - at < BLOCK ? n - at : BLOCK;
        for (size_t i = 0; i < some; i++) {
            const double score = x[at + i] == x[at + i] ? x[at + i] : high ? 1 : 0;
            gain[i] = high ? (m - score) / (1 - m) : (score - m) / m;
        }
        for (int k = 0; k < POT_BETS; k += 2) {
            f64x2 p = {w->product[k], w->product[k + 1]};
            const f64x2 f = {share[k], share[k + 1]};
            for (size_t i = 0; i < some; i++)
                p *= 1 + f * gain[i];
            w->product[k] = p[0], w->product[k + 1] = p[1];
            outside |= (u64x2)p - ((uint64_t)(1023 - SHIFT) << 52); /* the exponent: below 2^10? */
        }
        if ((outside[0] | outside[1]) >> 62) settle(w);
    }
}

double pot_wealth_log(const pot_wealth *w)
{
    int top = w->exponent[0];
    double sum = 0;
    for (int k = 1; k < POT_BETS; k++)
        top = w->exponent[k] > top ? w->exponent[k] : top;
    for (int k = 0; k < POT_BETS; k++)
        sum += weight[k] * ldexp(w->product[k], w->exponent[k] - top);
    return pot_log(sum) + top * 0x1.62e42fefa39efp-1; /* ln 2 */
}

/* Where no exponent is positive, those with a negative one have won at most 1 together. */
double pot_wealth_most(const pot_wealth *w)
{
    double sum = 1;
    for (int k = 0; k < POT_BETS; k++) {
        if (w->exponent[k] > 0) return (double)INFINITY;
        sum += w->exponent[k] ? 0 : weight[k] * w->product[k];
    }
    return sum;
}

bool pot_wealth_won(const pot_wealth *w, double alpha)
{
    return pot_wealth_most(w) * alpha > 0.99 && pot_wealth_log(w) >= -pot_log(alpha);
}

double pot_bet_best(pot_bet bet, const double *x, size_t n, size_t round, double m)
{
    pot_wealth w;
    double best = 0; /* before the first round the wealth is 1 */
    pot_wealth_start(&w);
    for (size_t i = 0; i + round <= n; i += round) {
        pot_wealth_push(&w, bet, m, x + i, round);
        const double now = pot_wealth_log(&w);
        if (now > best) best = now;
    }
    return best;
}

bool pot_bet_won(pot_bet bet, const double *x, size_t n, size_t round, double m, double alpha)
{
    pot_wealth w;
    pot_wealth_start(&w);
    for (size_t i = 0; i + round <= n; i += round) {
        pot_wealth_push(&w, bet, m, x + i, round);
        if (pot_wealth_won(&w, alpha)) return true;
    }
    return false;
}

/* The wealth is monotone in m, so the refuted m are an interval: bisect for its end. */
double pot_bet_bound(pot_bet bet, const double *x, size_t n, size_t round, double alpha)
{
    const bool high = bet == POT_BET_HIGH;
    double refuted = high ? 1 - EDGE : EDGE, kept = high ? EDGE : 1 - EDGE;
    if (!pot_bet_won(bet, x, n, round, refuted, alpha)) return high ? 1 : 0;
    for (int i = 0; i < STEPS; i++) {
        const double m = kept + (refuted - kept) / 2;
        if (pot_bet_won(bet, x, n, round, m, alpha)) refuted = m;
        else kept = m;
    }
    return refuted;
}
