/* classes.h - a law of which only the top is known token by token, and how far another is from it.
 *
 * A position's tokens fall into classes: each of the `top_k` tokens that the reference finds most
 * probable is a class of its own, and all others are in one of `tails` classes, which token in
 * which being drawn by a key (docs/format/potref.md).  Laws over classes are never farther apart
 * than the laws themselves: TV and KL are lower bounds of those of compare.h, and the TV of the
 * laws is larger than that of the classes by no more than the reference's tail. */
#ifndef POT_SCORE_CLASSES_H
#define POT_SCORE_CLASSES_H

#include "score/compare.h"

#define POT_MOST_TOP_K 4096
#define POT_MOST_TAILS 256

typedef struct {
    uint32_t vocab;        /* of the reference */
    uint32_t top_k, tails; /* 1 <= top_k <= vocab, 1 <= tails <= POT_MOST_TAILS */
    const uint8_t *tail;   /* [vocab], borrowed: the class of a token that is not of the top */
} pot_classes;

/* The reference at one position. */
typedef struct {
    float lp;     /* ln of the actual token's probability */
    uint32_t top; /* the most probable token, of several the lowest: one of id */
    uint32_t *id; /* [top_k], borrowed: ascending */
    float *p;     /* [top_k + tails], borrowed: probabilities of these, then of the tail classes */
} pot_class_law;

/* The laws of n rows of logits, which are spoilt; false if a logit is not finite, *bad being the
 * first such row. */
bool pot_classes_make(pot_pool *pool, const pot_kernels *k, const pot_classes *c,
                      pot_class_law *out, float *logits, size_t ld, const uint32_t *actual,
                      size_t n, size_t *bad);

/* out[n] from n laws and n rows of the candidate's logits (`vocab` >= c->vocab of them, rows ld
 * apart), which are spoilt.  The surplus of its vocabulary is one more class, which the reference
 * never says; KL is then between the laws given the common tokens. */
void pot_classes_compare(pot_pool *pool, const pot_kernels *k, const pot_classes *c,
                         pot_position *out, const pot_class_law *ref, float *logits, size_t ld,
                         uint32_t vocab, const uint32_t *actual, size_t n);

/* Probability of the tail classes together. */
double pot_classes_tail(const pot_classes *c, const pot_class_law *law);

#endif
