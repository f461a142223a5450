/* compare.h - two rows of logits -> how far their distributions are apart (docs/statistics.md). */
#ifndef POT_SCORE_COMPARE_H
#define POT_SCORE_COMPARE_H

#include "base/pool.h"
#include "kernel/kernel.h"

/* Logits of some positions. */
typedef struct {
    const float *logits; /* [n][ld], borrowed */
    size_t ld;
    uint32_t vocab; /* columns that count, at most ld */
} pot_rows;

/* One scored position.  The f32 values are the record: means are taken over them. */
typedef struct {
    float tv;                   /* 1/2 sum |p - q| over all tokens, in [0, 1]            */
    float kl;                   /* sum p ln(p/q) over the tokens of both, in nats, >= 0  */
    float lp_ref, lp_cand;      /* ln of the actual token's probability                  */
    uint32_t top_ref, top_cand; /* the most probable token of each */
    bool same_top;              /* it is the same; of bytes: the most probable class is */
    bool bad_ref, bad_cand;     /* a logit was NaN or infinite: nothing else is set     */
} pot_position;

/* out[n] from n rows of each model; actual[i] is the token that follows position i.  Where
 * one vocabulary is longer, its surplus counts as tokens that the other never says; KL is
 * then between the laws given the common tokens. */
void pot_compare(pot_pool *pool, const pot_kernels *k, pot_position *out, pot_rows ref,
                 pot_rows cand, const uint32_t *actual, size_t n);

/* Natural log of the probability of `actual` in each row; false if a logit is not finite,
 * *bad being its row. */
bool pot_logprobs(pot_pool *pool, const pot_kernels *k, float *out, pot_rows rows,
                  const uint32_t *actual, size_t n, size_t *bad);

#endif
