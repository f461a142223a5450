/* sample.h - one token from a row of logits: docs/format/generate.md gives the procedure. */
#ifndef POT_SCORE_SAMPLE_H
#define POT_SCORE_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    double temperature; /* 0: the most probable token, of several the lowest id */
    double top_p;       /* 1: all */
    uint32_t top_k;     /* 0: all */
} pot_sampling;

/* Scratch for one row. */
typedef struct {
    float logit;
    uint32_t id;
    double weight;
} pot_candidate;

/* The token that u, 0 <= u < 1, draws from n >= 1 finite logits; scratch is [n]. */
uint32_t pot_sample(const float *logits, uint32_t n, const pot_sampling *how, double u,
                    pot_candidate *scratch);

#endif
