/* layout.h - the inside of an engine: weights as the kernels take them, and work space. */
#ifndef POT_ENGINE_LAYOUT_H
#define POT_ENGINE_LAYOUT_H

#include "engine/engine.h"
#include "kernel/linear.h"

typedef struct {
    const float *w, *b; /* arena; NULL where the norm has none */
} pot_norm_weights;

typedef struct {
    pot_norm_weights norm_1, norm_2, q_norm, k_norm;
    pot_linear q, k, v, o, gate, up, down;
} pot_layer;

struct pot_engine {
    const pot_arch *arch; /* borrowed: model */
    pot_pool *pool;       /* borrowed */
    const pot_kernels *k; /* borrowed */
    pot_arena arena;      /* widened vectors */
    pot_layer *layer;     /* arena: [layers] */
    pot_linear embed, positions, proj_in, proj_out, head;
    pot_norm_weights final_norm;

    pot_keep_going *ask; /* NULL: nobody is asked */
    void *ask_ctx;

    /* Work space, grown on demand; T rows of tokens. */
    size_t rows, longest;   /* what it is made for: rows of a batch, tokens of a text */
    float *x, *n1, *n2, *t; /* owned: [T][max(D, E)] residual stream, norms, block output */
    float *qkv, *att;       /* owned: [T][(H + 2G) d], [T][H d] */
    float *gate, *up;       /* owned: [T][F] */
    float *cos, *sin;       /* owned: [longest][rot_dim / 2] */
    float *linear_scratch;  /* owned: per thread */
    float *attend_scratch;  /* owned: per thread, attend_floats each */
    size_t attend_floats;
};

/* Rows of qkv: H heads of q, G of k, G of v. */
static inline size_t pot_qkv_width(const pot_arch *a)
{
    return ((size_t)a->heads + 2 * (size_t)a->kv_heads) * a->head_dim;
}

/* attend.c: rope, qk-norm and causal attention of a batch, qkv -> att. */
void pot_attend(pot_engine *e, const pot_layer *w, const pot_layer_arch *la, const pot_ids *text,
                size_t n_texts, size_t rows);

/* Floats of attend_scratch per thread for texts of up to `longest` tokens. */
size_t pot_attend_floats(const pot_arch *a, size_t longest);

#endif
