/* bets.h - the two families of bets of decision.h, as functions of m. */
#ifndef POT_STAT_BETS_H
#define POT_STAT_BETS_H

#include <stdbool.h>
#include <stddef.h>

/* log W of the bet against "mean >= m", 0 <= m < 1, over x[0..n); a NaN counts as 1. */
double pot_bet_high(const double *x, size_t n, double m);

/* log W of the bet against "mean <= m", 0 < m <= 1, over x[0..n); a NaN counts as 0. */
double pot_bet_low(const double *x, size_t n, double m);

/* The smallest m in [0, top] that pot_bet_high refutes at level alpha, to 1e-9 and never too
 * small; top where it refutes none below. */
double pot_bet_upper(const double *x, size_t n, double alpha, double top);

/* The largest m in [bottom, 1] that pot_bet_low refutes, never too large. */
double pot_bet_lower(const double *x, size_t n, double alpha, double bottom);

#endif
