/* baseline.h - how the same question is answered elsewhere, so that its errors and costs stand
 * beside ours (docs/format/eval.md). */
#ifndef POT_EVAL_BASELINE_H
#define POT_EVAL_BASELINE_H

#include "base/buf.h"
#include "eval/cost.h"
#include "eval/serving.h"

#include <pot/eval.h>

/* What the rule of a baseline says of its figures. */
pot_decision pot_baseline_decide(pot_baseline b, const double figure[2]);

typedef struct {
    const pot_serving *serving;  /* NULL: nothing stands between */
    const char *other;           /* path of the model that answers where the candidate does not */
    const char *ref, *cand;      /* paths */
    const uint8_t *key, *run_id; /* of the prompts */
    unsigned prompts;            /* a multiple of POT_FAMILIES */
    pot_compute compute;
    pot_progress_fn *progress;
    void *ctx;
} pot_baseline_how;

/* All baselines of a pair.  What one of them cannot do is told in its result; only POT_E_STOPPED is
 * returned. */
POT_MUST_USE pot_status pot_baselines_measure(pot_baseline_result out[POT_BASELINES],
                                              const pot_baseline_how *how, pot_error *err);

/* How many of two texts' tokens are equal, place by place, of those of the longer. */
double pot_token_match(const uint32_t *a, size_t n, const uint32_t *b, size_t m);

/* The mean of n numbers, and the error that llama-perplexity prints beside it, which takes all of
 * them for independent: sqrt((mean of squares - mean^2) / (n - 1)). */
void pot_mean_error(const double *x, size_t n, double *mean, double *error);

#endif
