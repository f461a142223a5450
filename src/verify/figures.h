/* figures.h - the inside of pot_bench_run: how a figure is measured. */
#ifndef POT_VERIFY_FIGURES_H
#define POT_VERIFY_FIGURES_H

#include "base/pool.h"
#include "kernel/kernel.h"

#include <pot/bench.h>
#include <pot/model.h>

typedef struct {
    const pot_bench_options *how; /* borrowed */
    pot_bench *out;               /* borrowed */
    pot_pool *pool;               /* owned */
    pot_kernels k;
    double seconds, start;  /* for each figure; pot_clock when it all began */
    size_t expected;        /* figures */
    const pot_model *model; /* borrowed; NULL: none */
    uint32_t tokens[2];     /* of the texts that are scored; 0: none */
} pot_benching;

/* One try: its value. */
typedef pot_status pot_try(void *ctx, double *value, pot_error *err);

/* Append a figure that has neither a value nor a limit yet. */
pot_figure *pot_figure_add(pot_benching *b, const char *name, const char *unit, uint32_t rows);

/* Why it has no value. */
void pot_figure_refuse(pot_figure *f, const char *fmt, ...) POT_PRINTF(2, 3);

/* Tell of the figure in work; false: stop. */
bool pot_figure_going(pot_benching *b);

/* Try as long as there is time, once at least; the best try counts: the highest value, of seconds
 * the lowest.  Only POT_E_STOPPED is returned: other failures are told in the figure. */
POT_MUST_USE pot_status pot_figure_measure(pot_benching *b, pot_figure *f, pot_try *once, void *ctx,
                                           pot_error *err);

/* Is there so much memory?  If not, the figure says so. */
bool pot_figure_room(pot_benching *b, pot_figure *f, uint64_t bytes);

/* machine.c: peak, products, memory. */
POT_MUST_USE pot_status pot_bench_machine(pot_benching *b, pot_error *err);

/* disk.c: reading the model's weights. */
POT_MUST_USE pot_status pot_bench_disk(pot_benching *b, pot_error *err);

/* logprobs.c: pot_score_ids that asks before each layer whether to go on. */
POT_MUST_USE pot_status pot_score_watched(const pot_model *m, float *logprob, const uint32_t *id,
                                          size_t n, const pot_compute *how, bool (*ask)(void *ctx),
                                          void *ctx, pot_error *err);

#endif
