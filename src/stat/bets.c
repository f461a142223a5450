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

/* A product that has left 2^-512 .. 2^512, after many scores of one kind, is brought back by a
 * power of two, which changes no digit.  A factor is between 2^-10 and 2^24: nothing is lost
 * before. */
static void settle(pot_wealth *w)
{
    for (int k = 0; k < POT_BETS; k++) {
        int e;
        w->product[k] = frexp(w->product[k], &e);
        w->exponent[k] += e;
    }
}

/* high: 1 - f (x - m) / (1 - m);  low: 1 + f (x - m) / m.  Both are at least 1 - f > 0. */
void pot_wealth_push(pot_wealth *w, pot_bet bet, double m, double x)
{
    const bool high = bet == POT_BET_HIGH;
    if (x != x) x = high ? 1 : 0;
    const double gain = high ? (m - x) / (1 - m) : (x - m) / m;
    uint64_t bits[POT_BETS], outside = 0;
    for (int k = 0; k < POT_BETS; k++)
        w->product[k] *= 1 + share[k] * gain;
    memcpy(bits, w->product, sizeof bits);
#pragma GCC unroll 12
    for (int k = 0; k < POT_BETS; k++) /* the exponent, less that of 2^-512: below 2^10? */
        outside |= bits[k] - ((uint64_t)(1023 - 512) << 52);
    if (outside >> 62) settle(w);
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

bool pot_wealth_won(const pot_wealth *w, double alpha)
{
    bool plain = true; /* then a sum far from 1 / alpha needs no logarithm */
    double sum = 0;
    for (int k = 0; k < POT_BETS; k++) {
        plain &= w->exponent[k] == 0;
        sum += weight[k] * w->product[k];
    }
    if (plain && sum * alpha < 0.99) return false;
    return pot_wealth_log(w) >= -pot_log(alpha);
}

double pot_bet_best(pot_bet bet, const double *x, size_t n, size_t round, double m)
{
    pot_wealth w;
    double best = 0; /* before the first round the wealth is 1 */
    pot_wealth_start(&w);
    for (size_t i = 0; i < n; i++) {
        pot_wealth_push(&w, bet, m, x[i]);
        if ((i + 1) % round) continue;
        const double now = pot_wealth_log(&w);
        if (now > best) best = now;
    }
    return best;
}

bool pot_bet_won(pot_bet bet, const double *x, size_t n, size_t round, double m, double alpha)
{
    pot_wealth w;
    pot_wealth_start(&w);
    for (size_t i = 0; i < n; i++) {
        pot_wealth_push(&w, bet, m, x[i]);
        if ((i + 1) % round == 0 && pot_wealth_won(&w, alpha)) return true;
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
