/* plan.h - before a run: how many challenges it will take, what they cost, and whether the mode can
 * decide at all; by the decision code on scores of the effect that is expected.
 *
 *     pot_plan p;
 *     s = pot_plan_make(&p, &(pot_plan_options){.effect = {.tv = .05, .cv = 1}}, &err);
 *     printf("%u challenges\n", p.row[POT_AUDIT].ends.median);
 */
#ifndef POT_PLAN_H
#define POT_PLAN_H

#include <pot/simulate.h>

/* What a candidate does to scores: a share `routed` of the challenges has TV 1, the others have a
 * beta law of this mean and coefficient of variation. */
typedef struct {
    double tv, cv, routed;
} pot_effect;

/* What was measured for a relationship ("QUANTIZED"); false if nothing was. */
POT_API bool pot_effect_of(pot_effect *out, const char *relationship);
POT_API const char *pot_effect_name(size_t i); /* their names; NULL after the last */

typedef struct {
    pot_effect effect;
    uint32_t runs;    /* 0: 2000 */
    uint64_t seed;    /* the same seed gives the same plan on any machine */
    unsigned threads; /* 0: one per processor */
} pot_plan_options;

typedef struct {
    const pot_rule *rule;
    pot_decision expected; /* what is true: SAME below gamma, DIFFERENT above, UNDECIDED at it */
    pot_rate power;        /* runs that find it within n_max */
    pot_ends ends;
} pot_planned;

typedef struct {
    pot_effect effect;
    double mean; /* TV, routed challenges included */
    uint32_t runs;
    uint64_t seed;
    pot_planned row[POT_MODES];
} pot_plan;

#define POT_ENOUGH_POWER 0.95

/* POT_E_ARG, with the option's name, for an effect that there is not: tv and routed are shares, and
 * no law between 0 and 1 has cv^2 >= (1 - tv) / tv. */
POT_API POT_MUST_USE pot_status pot_plan_make(pot_plan *out, const pot_plan_options *how,
                                              pot_error *err);

/* Does it find what is true in POT_ENOUGH_POWER of the runs? */
POT_API bool pot_plan_decides(const pot_plan *p, pot_mode mode);

/* Another mode with enough power: of those with the same answer the surest, else the surest of
 * all; POT_MODES if there is none. */
POT_API pot_mode pot_plan_instead(const pot_plan *p, pot_mode mode);

#endif
