/* score.h - log-probabilities of given token ids, to compare with other engines. */
#ifndef POT_SCORE_H
#define POT_SCORE_H

#include <pot/compute.h>
#include <pot/model.h>

/* logprob[i] = ln p(id[i] | id[0..i)) for i >= 1; logprob[0] is NaN.  POT_E_ARG for
 * an empty text, an id outside the vocabulary, or more ids than the context holds; POT_E_FORMAT
 * when the model gives NaN or infinity. */
POT_API POT_MUST_USE pot_status pot_score_ids(const pot_model *m, float *logprob,
                                              const uint32_t *id, size_t n, const pot_compute *how,
                                              pot_error *err);

/* exp(- mean of logprob[1..n)); NaN for n < 2. */
POT_API double pot_perplexity(const float *logprob, size_t n);

#endif
