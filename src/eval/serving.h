/* serving.h - what stands between a candidate and who asks it: wrappers that make a model look
 * different, or another look the same (docs/format/suite.md).  For measuring error rates only. */
#ifndef POT_EVAL_SERVING_H
#define POT_EVAL_SERVING_H

#include "base/buf.h"

#define POT_SERVING_TOP 1000 /* the most that top_k may be */

/* Zeroed: the candidate answers as it is. */
typedef struct {
    double share;    /* of the challenges that another model answers: `to` */
    uint32_t to;     /* a model of the suite */
    uint32_t replay; /* earlier runs for whose challenges the reference's answers are known */
    bool leaked;     /* and for those of this run: its key was known before, or used before */
    double temperature;
    double overlap; /* share of the tokens that it can say; 0: all */
    uint32_t top_k; /* so many tokens keep a probability; 0: all */
    double round;   /* logits are multiples of it; 0: as they are */
    double noise;   /* logits are off by up to it */
} pot_serving;

/* Does another model answer some challenges? */
static inline bool pot_serving_routes(const pot_serving *s)
{
    return s->share > 0 || s->replay > 0;
}

/* Does it change logits? */
static inline bool pot_serving_changes(const pot_serving *s)
{
    return s->temperature > 0 || s->overlap > 0 || s->top_k || s->round > 0 || s->noise > 0;
}

/* One line for people and for keys, "" for a zeroed one: "0.03 of the challenges to NAME; ...". */
void pot_serving_text(pot_buf *out, const pot_serving *s, const char *to);

/* A row of logits as it is served: first temperature, then the vocabulary, top_k, rounding, noise.
 * A token that cannot be said gets 100 below the largest: e^-100 of its probability.  `words`
 * chooses the vocabulary, `row` the noise. */
void pot_serving_row(const pot_serving *s, float *logits, uint32_t vocab, uint64_t words,
                     uint64_t row);

/* A number in [0, 1) that follows from two. */
double pot_serving_unit(uint64_t seed, uint64_t i);

#endif
