/* budget.h - what a run does with the memory that it may take: a function of sizes alone.
 *
 *     resident   both models stay where they are mapped
 *     streamed   one model after the other comes from the disk: a ring that reads ahead, work space
 *                for a batch of challenges, the hidden states of both models; then both heads,
 * whose logits take the place of the work space; what is left keeps the first layers */
#ifndef POT_VERIFY_BUDGET_H
#define POT_VERIFY_BUDGET_H

#include <pot/status.h>

#define POT_OWN_MEMORY ((uint64_t)24 << 20) /* code, libraries, stacks, what they allocate */

/* What is known of one model. */
typedef struct {
    uint64_t files;       /* bytes of its weights */
    size_t least_ring;    /* without which it cannot be streamed */
    size_t work, per_row; /* bytes of work space: for any batch, and for each row of one */
    size_t hidden_row, logits_row;
} pot_side_sizes;

typedef struct {
    uint64_t most; /* bytes that the process may take */
    uint64_t used; /* bytes that it has taken from the heap already */
    pot_side_sizes side[2];
    unsigned sides; /* 1 or 2 */
    size_t rows;    /* of the smallest batch: a round, a text */
    size_t batches; /* of these together at most */
    unsigned threads;
} pot_sizes;

typedef struct {
    bool resident;
    size_t batches; /* so many smallest batches together */
    size_t ring, unit, pin[2];
    size_t logits; /* bytes for the logits of both models */
} pot_budget;

/* POT_E_ARG, naming the minimum, if `most` is less. */
POT_MUST_USE pot_status pot_budget_plan(pot_budget *b, const pot_sizes *s, pot_error *err);

/* Bytes below which nothing can be streamed. */
uint64_t pot_budget_least(const pot_sizes *s);

#endif
