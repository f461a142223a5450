/* rates.h - how often something happened, and what that says: a count with its interval. */
#ifndef POT_RATES_H
#define POT_RATES_H

#include <pot/status.h>

/* `count` of `total` independent trials, and the Clopper-Pearson interval of the probability
 * behind them: each end is wrong with probability at most 2.5 %, so both hold with 95 %. */
typedef struct {
    uint32_t count, total;
    double lo, hi;
} pot_rate;

/* Without a trial, or with more counts than trials, everything is possible: [0, 1]. */
POT_API pot_rate pot_rate_of(uint32_t count, uint32_t total);

#endif
