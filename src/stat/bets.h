/* bets.h - the two gamblers of decision.h: wealth, and bounds as functions of it. */
#ifndef POT_STAT_BETS_H
#define POT_STAT_BETS_H

#include <pot/decision.h>

/* Which claim a gambler bets against. */
typedef enum { POT_BET_HIGH, POT_BET_LOW } pot_bet; /* "mean >= m", "mean <= m" */

void pot_wealth_start(pot_wealth *w);

/* Stake n scores against m, 0 < m < 1.  NaN is a missing score: the worst case of the bet. */
void pot_wealth_push(pot_wealth *w, pot_bet bet, double m, const double *x, size_t n);

/* log of the mixture sum_k w_k W_k. */
double pot_wealth_log(const pot_wealth *w);

/* What the mixture is at most, in no time: at most 1 more than it is, or infinity. */
double pot_wealth_most(const pot_wealth *w);

/* Is the mixture at least 1 / alpha?  As pot_wealth_log says, with fewer logarithms. */
bool pot_wealth_won(const pot_wealth *w, double alpha);

/* The highest log wealth against m at the ends of the complete rounds of x[0..n). */
double pot_bet_best(pot_bet bet, const double *x, size_t n, size_t round, double m);

/* Did it reach 1 / alpha at one of these ends? */
bool pot_bet_won(pot_bet bet, const double *x, size_t n, size_t round, double m, double alpha);

/* The bound that follows: the smallest m refuted by POT_BET_HIGH (1 if none is), the largest
 * refuted by POT_BET_LOW (0 if none is); to 1e-6, and never on the side that was not refuted. */
double pot_bet_bound(pot_bet bet, const double *x, size_t n, size_t round, double alpha);

#endif
