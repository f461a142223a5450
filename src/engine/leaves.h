/* leaves.h - every weight of an engine by its name (docs/format/weights.md), whatever file it came
 * from: what is listed is the engine's view, where what converters do is undone. */
#ifndef POT_ENGINE_LEAVES_H
#define POT_ENGINE_LEAVES_H

#include "engine/layout.h"

/* A matrix, or with v a vector of n; borrowed from the engine. */
typedef struct {
    char name[64];
    const pot_linear *w;
    const float *v;
    uint32_t n;
    bool widen; /* converters to GGUF write this matrix in F32 */
} pot_leaf;

/* All of them in the order of the digest, a head that is the embedding left out; pot_mem_free. */
POT_MUST_USE pot_status pot_leaves_list(pot_leaf **out, size_t *n, const pot_engine *e,
                                        pot_error *err);

/* Whether the head is the embedding: shared, or stored twice. */
bool pot_leaves_tied(const pot_engine *e);

#endif
