#include "stat/bernstein.h"

#include "base/math64.h"

#include <math.h>

#define POSITIONS 64 /* of a challenge, as the published audit counted them */

static const char *const names[POT_BERNSTEINS] = {"EB, union over n", "EB, peeked at",
                                                  "EB, by position"};

const char *pot_bernstein_name(pot_bernstein b)
{
    return (unsigned)b < POT_BERNSTEINS ? names[b] : "";
}

void pot_bernstein_logs(double *l, pot_bernstein b, double alpha)
{
    for (unsigned n = 0; n <= POT_MOST_CHALLENGES; n++)
        l[n] = b == POT_BERNSTEIN_TOKENS ? pot_log(3 / alpha)
               : b == POT_BERNSTEIN_PEEK ? pot_log(2 / alpha)
                                         : pot_log(2.0 * (n ? n : 1) * (n + 1) / alpha);
}

/* The part of the half-width that does not depend on the scores. */
static double fixed(pot_bernstein b, double l, double n)
{
    return b == POT_BERNSTEIN_TOKENS ? 3 * l / (n * POSITIONS - 1) : 7 * l / (3 * (n - 1));
}

pot_decision pot_bernstein_decide(unsigned *at, pot_bernstein b, const double *l,
                                  const pot_rule *rule, const double *x, unsigned n)
{
    const double gamma = rule->gamma, widest = rule->eta * gamma;
    const unsigned each = b == POT_BERNSTEIN_TOKENS ? POSITIONS : 1;
    double mean = 0, squares = 0; /* Welford's sum of squared differences */
    for (unsigned i = 0; i < n; i++) {
        const double d = x[i] - mean;
        mean += d / (i + 1);
        squares += d * (x[i] - mean);
        if (i < 1 || (mean <= gamma && i + 1 < rule->n_min)) continue;
        const bool proof = each > 1 && mean <= 0;
        const double least = proof ? 0 : fixed(b, l[i + 1], i + 1);
        if (mean <= gamma && least > widest) continue;
        const double h = proof ? 0 : least + sqrt(2 * (squares / i) * l[i + 1] / (each * (i + 1)));
        const bool same = mean + h <= gamma && mean - h >= -gamma && h <= widest;
        if (!(same && i + 1 >= rule->n_min) && !(mean - h > gamma)) continue;
        *at = i + 1;
        return mean - h > gamma ? POT_DIFFERENT : POT_SAME;
    }
    return POT_UNDECIDED;
}
