#include <pot/plan.h>

#include "base/fail.h"
#include "stat/simulate.h"

#include <math.h>
#include <string.h>

enum { RUNS = 2000 };

/* Measured: quantized models as docs/statistics.md guides, the others on the shipped zoo, 20
 * challenges to each of its pairs. */
static const struct {
    const char *name;
    pot_effect effect;
} measured[] = {
    {"IDENTICAL", {0, 0, 0}},
    {"QUANTIZED", {0.044, 0.5, 0}},
    {"FINE_TUNED", {0.385, 0.12, 0}},
    {"EXTENSIVE_FT", {0.566, 0.07, 0}},
    {"DISTILLED", {0.411, 0.07, 0}},
    {"SIMILAR", {0.445, 0.09, 0}},
    {"DIFFERENT_ARCH", {0.477, 0.07, 0}},
};

const char *pot_effect_name(size_t i)
{
    return i < sizeof measured / sizeof *measured ? measured[i].name : NULL;
}

bool pot_effect_of(pot_effect *out, const char *relationship)
{
    for (size_t i = 0; pot_effect_name(i); i++)
        if (strcmp(measured[i].name, relationship) == 0) return *out = measured[i].effect, true;
    return false;
}

static pot_status check(const pot_effect *e, pot_error *err)
{
    if (!(e->tv >= 0 && e->tv <= 1))
        return pot_fail_at(err, POT_E_ARG, "tv", "a mean TV from 0 to 1 is expected");
    if (!(e->routed >= 0 && e->routed <= 1))
        return pot_fail_at(err, POT_E_ARG, "routed", "a share from 0 to 1 is expected");
    /* just below the most, two atoms are left of a beta law: not a law to plan with */
    if (!(e->cv >= 0) || (e->tv > 0 && e->cv > 0 && e->cv * e->cv > 0.9 * (1 - e->tv) / e->tv))
        return pot_fail_at(err, POT_E_ARG, "cv",
                           "scores between 0 and 1 of mean %g have a coefficient of variation "
                           "below %.3g; all or nothing is --routed",
                           e->tv, sqrt(0.9 * (1 - e->tv) / e->tv));
    return POT_OK;
}

/* Which claim is true of this mean? */
static pot_decision truth(double mean, double gamma)
{
    if (fabs(mean - gamma) < 1e-12) return POT_UNDECIDED;
    return mean < gamma ? POT_SAME : POT_DIFFERENT;
}

static pot_status plan_mode(pot_planned *out, pot_pool *pool, const pot_plan *p, pot_mode mode,
                            const pot_law *law, pot_error *err)
{
    const pot_rule *rule = pot_rule_of(mode);
    pot_simulated found;
    const pot_simulated_job job = {.rule = rule,
                                   .law = law,
                                   .runs = p->runs,
                                   .seed = pot_seed_of(p->seed, mode, 0, 0),
                                   .decisions_only = true};
    POT_TRY(pot_simulate_law(&found, pool, &job, err));
    const pot_decision expected = truth(p->mean, rule->gamma);
    *out = (pot_planned){.rule = rule,
                         .expected = expected,
                         .power = expected == POT_SAME        ? found.ends.same
                                  : expected == POT_DIFFERENT ? found.ends.different
                                                              : pot_rate_of(0, p->runs),
                         .ends = found.ends};
    return POT_OK;
}

pot_status pot_plan_make(pot_plan *out, const pot_plan_options *how, pot_error *err)
{
    const pot_effect *e = &how->effect;
    pot_plan p = {.effect = *e, .runs = how->runs ? how->runs : RUNS, .seed = how->seed};
    pot_pool *pool = NULL;
    pot_laws laws = {0};
    pot_status s = POT_OK;
    POT_TRY(check(e, err));
    p.mean = e->routed + (1 - e->routed) * e->tv;
    const pot_shape shape = e->cv > 0 && e->tv > 0 ? POT_SHAPE_BETA : POT_SHAPE_CONSTANT;
    POT_GO(s, pot_laws_one(&laws, "plan", shape, e->tv, e->cv, e->routed, err));
    POT_GO(s, pot_pool_open(&pool, how->threads, err));
    for (pot_mode m = 0; m < POT_MODES; m++)
        POT_GO(s, plan_mode(&p.row[m], pool, &p, m, &laws.law[0], err));
    *out = p;
out:
    pot_pool_close(&pool);
    pot_laws_close(&laws);
    return s;
}

bool pot_plan_decides(const pot_plan *p, pot_mode mode)
{
    const pot_rate *r = &p->row[mode].power;
    return r->count >= POT_ENOUGH_POWER * r->total;
}

pot_mode pot_plan_instead(const pot_plan *p, pot_mode mode)
{
    pot_mode best = POT_MODES;
    for (pot_mode m = 0; m < POT_MODES; m++) {
        if (m == mode || !pot_plan_decides(p, m)) continue;
        const bool alike = p->row[m].expected == p->row[mode].expected;
        if (best == POT_MODES || alike || p->row[best].expected != p->row[mode].expected) best = m;
    }
    return best;
}
