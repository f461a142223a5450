/* layout.h - the inside of an engine: weights as the kernels take them, and work space. */
#ifndef POT_ENGINE_LAYOUT_H
#define POT_ENGINE_LAYOUT_H

#include "engine/engine.h"
#include "engine/feed.h"
#include "kernel/linear.h"

typedef struct {
    const float *w, *b; /* arena; NULL where the norm has none */
} pot_norm_weights;

/* A gated or plain MLP. */
typedef struct {
    pot_linear gate, up, down;
} pot_mlp;

typedef struct {
    pot_linear router;
    pot_mlp *expert; /* arena: [experts] */
    pot_mlp shared;
    pot_linear mix;
    const float *choice; /* [X], or NULL */
} pot_moe_weights;

typedef struct {
    pot_norm_weights norm_1, norm_2, out_1, out_2;
    pot_norm_weights q_norm, k_norm; /* of all heads, where each has its own */
    const float *sinks;              /* [H], or NULL */
    pot_linear q, k, v, o;
    pot_linear q_a, kv_a, k_turned; /* latent attention: before q; k and v; what turns of k */
    pot_norm_weights q_a_norm, kv_a_norm;
    pot_mlp mlp;
    pot_moe_weights moe;
} pot_layer;

/* Cosines and sines of one rope for texts of one class (see model/rope.h),
 * [positions][dim / 2] each. */
typedef struct pot_rope_table {
    struct pot_rope_table *next; /* owned */
    uint32_t rope;
    size_t class, positions;
    float *sin; /* in the same block */
    float cos[];
} pot_rope_table;

/* Of each layer: for each key head the panels of its keys, prepared, and of its values (see
 * attend.c). */
struct pot_cache {
    size_t n, room;   /* tokens; room is a multiple of POT_PANEL */
    size_t both;      /* floats of a layer's keys and values */
    float *of_layers; /* owned: [layers][both] */
};

/* Tokens of a text before those of this part; and with them. */
static inline size_t pot_text_start(pot_ids t)
{
    return t.cache ? t.cache->n : 0;
}

static inline size_t pot_text_length(pot_ids t)
{
    return pot_text_start(t) + t.n;
}

/* Positions that tables should have for it, so that a text that grows needs no new ones. */
static inline size_t pot_text_room(pot_ids t)
{
    return t.cache ? t.cache->room : t.n;
}

struct pot_engine {
    const pot_arch *arch; /* borrowed: model */
    pot_pool *pool;       /* borrowed */
    const pot_kernels *k; /* borrowed */
    pot_arena arena;      /* widened vectors */
    pot_layer *layer;     /* arena: [layers] */
    pot_linear embed, positions, proj_in, proj_out, head;
    pot_norm_weights final_norm, embed_norm;
    pot_feed *feed; /* owned; NULL: weights are read where they are mapped */

    pot_keep_going *ask; /* NULL: nobody is asked */
    void *ask_ctx;

    /* Work space, grown on demand; T rows of tokens. */
    size_t rows, longest;   /* what it is made for: rows of a batch, tokens of a text */
    float *x, *n1, *n2, *t; /* owned: [T][max(D, E)] residual stream, norms, block output */
    float *qkv, *att;       /* owned: [T][pot_qkv_width], [T][H value_dim] */
    float *gate, *up;       /* owned: [T][the widest F] */
    float *latent;          /* owned: [T][the larger of Rq, R] */
    float *route;           /* owned: [T][X]: the weight of a chosen expert, -1 for others */
    float *choice;          /* owned: [T][X]: what they are chosen by */
    bool *chosen;           /* arena: [X]: by some row of the batch */
    float *in, *out;        /* owned: [T][D]: what an expert sees and gives */
    float *mix;             /* owned: [T] */
    float *folded;          /* owned: [folded_rows][cells of the widest x]; none in pot-f32-1 */
    size_t folded_rows;
    float *alibi;          /* owned: [H][longest], what is added to scaled scores */
    pot_rope_table *rope;  /* owned: a list */
    float *linear_scratch; /* owned: per thread */
    float *attend_scratch; /* owned: per thread, attend_floats each */
    size_t attend_floats;
    size_t attend_keys; /* without a cache, of a text */
};

/* Keys that panels for n have room for; floats of one in the panels of a key head, with its value.
 */
static inline size_t pot_attend_room(size_t n)
{
    return (n + POT_PANEL - 1) / POT_PANEL * POT_PANEL;
}

static inline size_t pot_attend_key_floats(const pot_arch *a)
{
    return a->head_dim + pot_attend_room(a->value_dim);
}

/* Rows of qkv: H heads of q, G of k, what turns of k where all heads share it, G of v. */
static inline size_t pot_k_at(const pot_arch *a)
{
    return (size_t)a->heads * a->head_dim;
}

static inline size_t pot_k_turned_at(const pot_arch *a)
{
    return pot_k_at(a) + (size_t)a->kv_heads * (a->head_dim - a->latent.turned);
}

static inline size_t pot_v_at(const pot_arch *a)
{
    return pot_k_turned_at(a) + a->latent.turned;
}

static inline size_t pot_qkv_width(const pot_arch *a)
{
    return pot_v_at(a) + (size_t)a->kv_heads * a->value_dim;
}

/* positions.c: fill e->alibi for `longest` positions; make the rope tables for texts of these
 * lengths; find that of one text. */
void pot_alibi_fill(pot_engine *e, size_t longest);
POT_MUST_USE pot_status pot_rope_reserve(pot_engine *e, const pot_ids *text, size_t n_texts,
                                         pot_error *err);
const pot_rope_table *pot_rope_find(const pot_engine *e, uint32_t rope, size_t length);
void pot_rope_free(pot_engine *e);

/* A batch of texts: their tokens are rows. */
typedef struct {
    const pot_ids *text;
    size_t n_texts, rows;
} pot_batch;

/* One operation on each of n rows, some rows per part. */
typedef struct pot_rows {
    const pot_engine *e;
    void (*row)(const struct pot_rows *r, size_t i);
    size_t n, width, ldx; /* ldx: where rows of x are not as wide as those of y */
    float *y;
    const float *x;
    const pot_norm_weights *norm;
} pot_rows;

/* rows.c */
void pot_rows_run(pot_rows r);
void pot_rows_norm(const pot_engine *e, float *y, const float *x, const pot_norm_weights *w,
                   size_t n);
void pot_rows_linear(const pot_engine *e, const pot_linear *w, float *y, size_t ldy, const float *x,
                     size_t ldx, size_t n);

/* rows.c: `count` products of n rows; views of one tensor (q, k, v) belong into one call. */
/* All of the products are of one x. */
void pot_rows_products(const pot_engine *e, const pot_product *p, size_t count, size_t n);

/* mlp.c: t = mlp(x), n rows; or by the experts of layer l. */
void pot_mlp_run(pot_engine *e, const pot_mlp *w, float *t, const float *x, size_t ffn, size_t n);
void pot_moe_run(pot_engine *e, const pot_moe_weights *w, float *t, const float *x, size_t n);

/* rows.c: y = the norm of a row x of n; y may be x. */
void pot_norm_row(const pot_engine *e, float *y, const float *x, const pot_norm_weights *w,
                  size_t n);

/* attend.c: rope, qk-norm and causal attention of a batch, qkv -> att. */
void pot_attend(pot_engine *e, uint32_t layer, const pot_ids *text, size_t n_texts);

#endif
