/* bernstein.h - how rules of earlier work decide on given scores: for comparison only. */
#ifndef POT_STAT_BERNSTEIN_H
#define POT_STAT_BERNSTEIN_H

#include <pot/simulate.h>

/* SAME when the interval lies in [-gamma, gamma], its half-width h is at most eta gamma and
 * n >= n_min; DIFFERENT when its lower end is above gamma.  With v the variance of the n scores:
 *
 *     POT_BERNSTEIN_PEEK    h = sqrt(2 v L / n) + 7 L / (3 (n - 1)),  L = ln(2 / alpha)
 *     POT_BERNSTEIN_UNION   the same, L = ln(2 n (n + 1) / alpha)
 *     POT_BERNSTEIN_TOKENS  h = sqrt(2 v L / (64 n)) + 3 L / (64 n - 1),  L = ln(3 / alpha), and 0
 *                           while all scores are 0
 *
 * (A. Maurer and M. Pontil 2009; J. Audibert, R. Munos and C. Szepesvari 2009.)  *at is n when it
 * was decided. */
pot_decision pot_bernstein_decide(unsigned *at, pot_bernstein b, const double *l,
                                  const pot_rule *rule, const double *x, unsigned n);

/* L of every n: l[POT_MOST_CHALLENGES + 1]. */
void pot_bernstein_logs(double *l, pot_bernstein b, double alpha);

#endif
