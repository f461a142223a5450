/* tally.h - runs -> counts, rates and spreads: the figures of pot_evaluation. */
#ifndef POT_EVAL_TALLY_H
#define POT_EVAL_TALLY_H

#include <pot/eval.h>

/* Fill `all`, `category` (borrowed room: [r->categories], names set), `confusion`, `cached`, and of
 * each pair `found` and `challenges`, from the runs. */
POT_MUST_USE pot_status pot_tally_fill(pot_evaluation *r, pot_error *err);

/* Fill `baseline` and `category_baseline` (borrowed room likewise): of each pair
 * one run, unless it was skipped. */
POT_MUST_USE pot_status pot_tally_baselines(pot_evaluation *r, pot_error *err);

#endif
