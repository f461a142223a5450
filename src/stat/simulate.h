/* simulate.h - the inside of simulated runs: one law by one rule. */
#ifndef POT_STAT_SIMULATE_H
#define POT_STAT_SIMULATE_H

#include "base/pool.h"
#include "stat/laws.h"

#include <pot/simulate.h>

typedef struct {
    const pot_rule *rule; /* borrowed, as the law */
    const pot_law *law;
    uint32_t runs;
    uint64_t seed;
    bool decisions_only; /* neither bounds, nor looks after every challenge, nor other rules */
} pot_simulated_job;

POT_MUST_USE pot_status pot_simulate_law(pot_simulated *out, pot_pool *pool,
                                         const pot_simulated_job *what, pot_error *err);

#endif
