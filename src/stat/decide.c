#include <pot/decision.h>

#include "base/math64.h"
#include "stat/bets.h"

#include <math.h>
#include <string.h>

static const pot_rule rules[POT_MODES] = {
    {"quick", .025, .15, .50, 0.8, .15, 10, 120},
    {"audit", .01, .10, .50, 1.0, .10, 30, 400},
    {"extended", .001, .08, .40, 1.1, .08, 50, 800},
};

const pot_rule *pot_rule_of(pot_mode mode)
{
    return (unsigned)mode < POT_MODES ? &rules[mode] : NULL;
}

bool pot_mode_find(pot_mode *out, const char *name)
{
    for (pot_mode m = 0; m < POT_MODES; m++)
        if (strcmp(rules[m].name, name) == 0) return *out = m, true;
    return false;
}

static bool between(double x, double lo, double hi)
{
    return lo < x && x < hi; /* false for NaN */
}

pot_status pot_decider_init(pot_decider *d, const pot_rule *rule, unsigned round)
{
    if (!rule || !between(rule->alpha, 0, 0.5) || !between(rule->gamma, 0, 1)) return POT_E_ARG;
    if (!(rule->eta > 0) || !(rule->delta > 0) || !(rule->eps > 0)) return POT_E_ARG;
    if (!round || !rule->n_max || rule->n_max % round) return POT_E_ARG;
    if (rule->n_max > POT_MOST_CHALLENGES || rule->n_min > rule->n_max) return POT_E_ARG;
    *d = (pot_decider){
        .rule = *rule, .round = round, .tolerance = rule->gamma, .noise = POT_NOISE_FLOOR};
    pot_wealth_start(&d->high);
    pot_wealth_start(&d->low);
    return POT_OK;
}

void pot_decider_floor(pot_decider *d, double tolerance, double noise)
{
    const double most = 1 - 0x1p-20; /* of a mean that a bet can be against */
    if (tolerance > d->rule.gamma) d->tolerance = tolerance < most ? tolerance : most;
    d->noise = noise;
}

static void take(pot_decider *d, double tv)
{
    d->tv[d->n++] = tv;
    pot_wealth_push(&d->high, POT_BET_HIGH, d->rule.gamma, &tv, 1);
    pot_wealth_push(&d->low, POT_BET_LOW, d->tolerance, &tv, 1);
    if (d->n % d->round) return;
    d->refuted_high = d->refuted_high || pot_wealth_won(&d->high, d->rule.alpha);
    d->refuted_low = d->refuted_low || pot_wealth_won(&d->low, d->rule.alpha);
}

void pot_decider_push(pot_decider *d, double tv, double kl)
{
    if (!(tv >= 0 && tv <= 1 && kl >= 0 && kl < (double)INFINITY)) {
        pot_decider_fail(d);
        return;
    }
    if (d->n >= d->rule.n_max) return;
    d->sum_tv += tv;
    d->sum_kl += kl;
    d->sum_kl2 += kl * kl;
    take(d, tv);
}

void pot_decider_fail(pot_decider *d)
{
    if (d->n >= d->rule.n_max) return;
    d->failed++;
    take(d, (double)NAN);
}

void pot_decider_wealth(const pot_decider *d, double *high, double *low)
{
    *high = d->round ? pot_wealth_log(&d->high) : 0;
    *low = d->round ? pot_wealth_log(&d->low) : 0;
}

/* The tests at gamma and the tolerance are the bets of the rule: where one was won, the bound is
 * held to it, so that rounding in the search for the bound cannot contradict the decision. */
void pot_decider_bounds(const pot_decider *d, double *lo, double *hi)
{
    const double gamma = d->rule.gamma;
    *lo = 0, *hi = 1;
    if (!d->round) return;
    *hi = pot_bet_bound(POT_BET_HIGH, d->tv, d->n, d->round, d->rule.alpha);
    *lo = pot_bet_bound(POT_BET_LOW, d->tv, d->n, d->round, d->rule.alpha);
    if (d->refuted_high && *hi > gamma) *hi = gamma;
    if (d->refuted_low && *lo < d->tolerance) *lo = d->tolerance;
}

/* Is it plain, without a search for the bounds, that they say SAME?  "mean >= gamma" is refuted,
 * so 0 <= lo and hi <= gamma; eta >= 1/2 asks for no more than that h is at most gamma / 2; and an
 * m that neither bet refutes lies between them, so that they do not contradict each other. */
static bool plainly_same(const pot_decider *d)
{
    const double m = d->sum_tv / d->n, alpha = d->rule.alpha;
    return d->rule.eta >= 0.5 && !d->failed && m > 0 && m < d->rule.gamma &&
           !pot_bet_won(POT_BET_HIGH, d->tv, d->n, d->round, m, alpha) &&
           !pot_bet_won(POT_BET_LOW, d->tv, d->n, d->round, m, alpha);
}

pot_decision pot_decider_decision(const pot_decider *d)
{
    double lo, hi;
    if (d->refuted_low) return POT_DIFFERENT;
    if (!d->refuted_high || d->n < d->rule.n_min) return POT_UNDECIDED;
    if (plainly_same(d)) return POT_SAME;
    pot_decider_bounds(d, &lo, &hi);
    if (!(lo <= hi) || !(hi <= d->rule.gamma)) return POT_UNDECIDED;
    return (hi - lo) / 2 <= d->rule.eta * d->rule.gamma ? POT_SAME : POT_UNDECIDED;
}

bool pot_decider_done(const pot_decider *d)
{
    return d->n >= d->rule.n_max || pot_decider_decision(d) != POT_UNDECIDED;
}

/* 1 - alpha^(1/n): what a mixture could hide behind n scores that show nothing. */
static double routing_bound(const pot_decider *d)
{
    for (unsigned i = 0; i < d->n; i++)
        if (!(d->tv[i] <= d->noise)) return 1;
    return d->n ? 1 - pot_exp(pot_log(d->rule.alpha) / d->n) : 1;
}

void pot_decider_summary(const pot_decider *d, pot_summary *out)
{
    const unsigned scored = d->n - d->failed;
    pot_summary s = {.n = d->n, .scored = scored, .failed = d->failed};
    pot_decider_bounds(d, &s.lo, &s.hi);
    s.h = (s.hi - s.lo) / 2;
    s.rme = (double)INFINITY;
    s.routing = routing_bound(d);
    if (scored) {
        s.tv_mean = d->sum_tv / scored;
        s.kl_mean = d->sum_kl / scored;
    }
    if (scored > 1) {
        const double var = (d->sum_kl2 - scored * s.kl_mean * s.kl_mean) / (scored - 1);
        s.kl_var = var > 0 ? var : 0;
    }
    if (s.kl_mean > 0) {
        s.kl_cv = sqrt(s.kl_var) / s.kl_mean;
        s.rme = s.h / s.kl_mean;
    }
    const bool enough = d->n >= d->rule.n_min && s.lo <= s.hi;
    s.classic_same = enough && s.hi <= d->rule.gamma && s.h <= d->rule.eta * d->rule.gamma;
    s.classic_different = enough && s.kl_mean >= d->rule.delta && s.rme <= d->rule.eps;
    const pot_decision found = pot_decider_decision(d);
    s.strong = (found == POT_SAME && s.classic_same) ||
               (found == POT_DIFFERENT && s.kl_mean >= d->rule.delta && s.rme <= d->rule.eps);
    *out = s;
}
