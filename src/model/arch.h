/* arch.h - one architecture as data: every fact that the forward pass depends on.
 *
 * config.c fills it from config.json by the tables of families_table.c; the engine reads
 * nothing else.  Legend of shapes: V vocab, E embed, D hidden, H heads, G kv_heads, d
 * head_dim, F ffn, P context. */
#ifndef POT_MODEL_ARCH_H
#define POT_MODEL_ARCH_H

#include "base/json.h"
#include "base/mem.h"
#include "base/numeric.h"
#include "model/rope.h"

typedef enum { POT_NORM_LAYER, POT_NORM_RMS } pot_norm;
typedef enum { POT_PRE_NORM, POT_POST_NORM } pot_order; /* x + f(n(x)), n(x + f(x)) */
typedef enum {
    POT_SEQUENTIAL,   /* x += attention(n1(x)); x += mlp(n2(x)) */
    POT_PARALLEL_ONE, /* x += attention(n1(x)) + mlp(n1(x))     */
    POT_PARALLEL_TWO, /* x += attention(n1(x)) + mlp(n2(x))     */
} pot_block;
typedef enum { POT_POS_LEARNED, POT_POS_ROPE } pot_pos_kind;
typedef enum {
    POT_QKV_SPLIT,    /* three tensors                       */
    POT_QKV_CONCAT,   /* one tensor: all q, all k, all v     */
    POT_QKV_PER_HEAD, /* one tensor: q, k, v of head 0, ...  */
} pot_qkv;

/* The places for weights; a family names the tensor of each place that it has. */
typedef enum {
    POT_EMBED,      /* [V][E]                                          */
    POT_POSITIONS,  /* [P + pos_offset][D]                             */
    POT_PROJ_IN,    /* [D][E], only where E != D                       */
    POT_PROJ_OUT,   /* [E][D]                                          */
    POT_FINAL_NORM, /* [D]                                             */
    POT_HEAD,       /* [V][E]                                          */
    POT_NORM_1,     /* from here on one per layer: [D]                 */
    POT_NORM_2,     /* [D]                                             */
    POT_Q,          /* [H d][D]                                        */
    POT_K,          /* [G d][D]                                        */
    POT_V,          /* [G d][D]                                        */
    POT_QKV,        /* [(H + 2 G) d][D]                                */
    POT_O,          /* [D][H d]                                        */
    POT_Q_NORM,     /* [d]                                             */
    POT_K_NORM,     /* [d]                                             */
    POT_GATE,       /* [F][D]                                          */
    POT_UP,         /* [F][D]                                          */
    POT_DOWN,       /* [D][F]                                          */
    POT_SLOTS,
} pot_slot;

#define POT_LAYER_SLOTS POT_NORM_1 /* the first that exists once per layer */

typedef struct {
    float scale;     /* of the attention scores, or of q with scale_query */
    uint32_t window; /* a query sees this many keys, itself included; 0: all before it */
} pot_layer_arch;

typedef struct {
    const struct pot_family *family; /* static */
    uint32_t vocab, hidden, embed, layers, heads, kv_heads, head_dim, ffn, context;
    pot_norm norm;
    bool norm_affine; /* norms have weights (and, LayerNorm, biases) */
    float eps;
    pot_order order;
    pot_block block;
    bool final_norm;
    pot_pos_kind position;
    uint32_t pos_offset; /* learned: row of position 0 */
    pot_rope rope;       /* turns i with i + dim/2 */
    pot_qkv qkv;
    bool columns; /* Conv1D: matrices of the layers are [in][out] */
    bool scale_query;
    bool bias_qkv, bias_o, bias_mlp, bias_head;
    bool qk_norm; /* LayerNorm over each head of q and of k, before rope */
    bool glu;     /* down(act(gate x) * up x), else down(act(up x)) */
    pot_act act;
    bool tied;
    const pot_layer_arch *layer; /* arena: [layers] */
} pot_arch;

/* Fill *arch from a parsed config.json.  `arena` owns what it points to; `warn` (may be
 * NULL) receives one line per key that nobody here knows. */
POT_MUST_USE pot_status pot_arch_read(pot_arch *arch, pot_arena *arena, const pot_json *config,
                                      pot_buf *warn, pot_error *err);

/* What belongs into a slot: a weight [rows][cols] (cols 0: a vector), a bias [rows], both or,
 * of what is present without parameters, neither.  Where `columns` is set, the matrices of
 * the layers lie in the file as [cols][rows]. */
typedef struct {
    bool present, weight, bias;
    uint32_t rows, cols;
} pot_shape;

pot_shape pot_arch_shape(const pot_arch *a, pot_slot slot);

const char *pot_act_name(pot_act act);

#endif
