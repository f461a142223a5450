/* cost.h - what a piece of work took: time, processors, energy. */
#ifndef POT_EVAL_COST_H
#define POT_EVAL_COST_H

typedef struct {
    double seconds;     /* wall clock */
    double cpu_seconds; /* of all threads of this process, user and system */
    double joules;      /* of all processor packages, whoever used them; NaN: not readable */
} pot_cost;

/* Meters as they stand; and what has been added since, NaN where the energy counter began anew. */
pot_cost pot_cost_now(void);
pot_cost pot_cost_since(pot_cost then);

#endif
