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
#include "model/quant.h"
#include "model/rope.h"

typedef enum { POT_NORM_LAYER, POT_NORM_RMS } pot_norm;
typedef enum {
    POT_PRE_NORM,     /* x + f(n(x))    */
    POT_POST_NORM,    /* n(x + f(x))    */
    POT_OUT_NORM,     /* x + o(f(x))    */
    POT_PRE_OUT_NORM, /* x + o(f(n(x))) */
} pot_order;
typedef enum {
    POT_SEQUENTIAL,   /* x += attention(n1(x)); x += mlp(n2(x)) */
    POT_PARALLEL_ONE, /* x += attention(n1(x)) + mlp(n1(x))     */
    POT_PARALLEL_TWO, /* x += attention(n1(x)) + mlp(n2(x))     */
} pot_block;
typedef enum {
    POT_POS_LEARNED,
    POT_POS_ROPE,
    POT_POS_ALIBI,      /* scores + slope of the head x position of the key */
    POT_POS_ALIBI_BF16, /* (scores + that, in bfloat16) x scale */
} pot_pos_kind;
typedef enum {
    POT_QK_NONE,
    POT_QK_HEAD, /* each head by itself, one set of weights for all */
    POT_QK_OWN,  /* each head by itself, with its own weights       */
    POT_QK_WIDE, /* all heads as one vector                         */
} pot_qk_norm;
typedef enum {
    POT_QKV_SPLIT,   /* three tensors                       */
    POT_QKV_CONCAT,  /* one tensor: all q, all k, all v     */
    POT_QKV_GROUPED, /* one tensor: for each key head its q heads, k, v */
} pot_qkv;

/* The places for weights; a family names the tensor of each place that it has. */
typedef enum {
    POT_EMBED,      /* [V][E]                                          */
    POT_POSITIONS,  /* [P + pos_offset][D]                             */
    POT_EMBED_NORM, /* [D]                                             */
    POT_PROJ_IN,    /* [D][E], only where E != D                       */
    POT_PROJ_OUT,   /* [E][D]                                          */
    POT_FINAL_NORM, /* [D]                                             */
    POT_HEAD,       /* [V][E]                                          */
    POT_NORM_1,     /* from here on one per layer: [D]                 */
    POT_NORM_2,     /* [D]                                             */
    POT_OUT_1,      /* [D]: of what attention gives                    */
    POT_OUT_2,      /* [D]: of what the MLP gives                      */
    POT_Q,          /* [H d][D]                                        */
    POT_K,          /* [G d][D]                                        */
    POT_V,          /* [G d][D]                                        */
    POT_QKV,        /* [(H + 2 G) d][D]                                */
    POT_O,          /* [D][H d]                                        */
    POT_Q_A,        /* [Rq][D]: latent attention; then POT_Q is [H d][Rq] */
    POT_Q_A_NORM,   /* [Rq]                                            */
    POT_KV_A,       /* [R + turned][D]: latent keys and values, and what turns of all keys */
    POT_KV_A_NORM,  /* [R]                                             */
    POT_KV_B,       /* [H (d - turned + value)][R]: for each head, key and value */
    POT_K_B,        /* or apart: H of [R][d - turned], the keys transposed  */
    POT_V_B,        /* and H of [value][R]                             */
    POT_Q_NORM,     /* [d], [H][d] or [H d]                            */
    POT_K_NORM,     /* [d], [G][d] or [G d]                            */
    POT_SINKS,      /* [H]: one more score that no value belongs to    */
    POT_GATE,       /* [F][D]                                          */
    POT_UP,         /* [F][D]                                          */
    POT_GATE_UP,    /* [2 F][D]: all of the gate, all of up            */
    POT_DOWN,       /* [D][F]                                          */
    POT_ROUTER,     /* [X][D], X experts                               */
    POT_CHOICE,     /* [X]: added to scores that choose, not to weights */
    POT_X_GATE,     /* X of [M][D]                                     */
    POT_X_UP,       /* X of [M][D]                                     */
    POT_X_GATE_UP,  /* X of [2 M][D]: gate and up by turns, or halves  */
    POT_X_DOWN,     /* X of [D][M]                                     */
    POT_S_GATE,     /* [S][D]: the expert for all tokens               */
    POT_S_UP,       /* [S][D]                                          */
    POT_S_DOWN,     /* [D][S]                                          */
    POT_S_MIX,      /* [1][D]: how much of it                          */
    POT_SLOTS,
} pot_slot;

#define POT_LAYER_SLOTS POT_NORM_1 /* the first that exists once per layer */
#define POT_ROPES       2          /* layers of one model turn in so many ways */
#define POT_NO_ROPE     POT_ROPES

#define POT_MOST_TOP    64
#define POT_MOST_GROUPS 256

/* Experts: of the scores of a token the top_k highest count, ties to the lower number.  Their
 * weights are the softmax over all scores, then divided by their sum (`renormalize`), or the
 * softmax over these scores only (`top_softmax`); then scaled.  With `sigmoid` they are
 * sigmoid(score), and those that are highest with POT_CHOICE added are chosen.  With `groups`
 * only experts of the `top_groups` best groups can be: those with the highest score, or
 * (`sigmoid`) with the highest sum of two. */
typedef struct {
    uint32_t experts, top_k, ffn; /* X, at most POT_MOST_TOP, M; experts 0: none */
    uint32_t shared_ffn;          /* S; 0: no expert for all tokens */
    uint32_t groups, top_groups;  /* 0: no groups; else of X / groups neighbours */
    bool renormalize, top_softmax, sigmoid;
    bool bias;       /* router and experts have biases */
    bool fused_up;   /* gate and up are one tensor, by turns */
    bool halves;     /* or all of the gate before all of up */
    bool columns;    /* the experts' matrices are [in][out] */
    bool mxfp4;      /* or MXFP4 in two tensors each, [out][in] */
    bool shared_mix; /* what that expert gives is multiplied by sigmoid(POT_S_MIX x) */
    float scale;
} pot_moe;

/* Latent attention: q, and keys with values, go through a normed vector of few dimensions.  Of a
 * head of q the last `turned` dimensions turn; those of the keys are shared by all heads. */
typedef struct {
    uint32_t q_rank, kv_rank, turned; /* Rq, 0: q is direct; R, 0: no latent attention */
    float eps;                        /* of its norms */
    bool apart;                       /* POT_K_B and POT_V_B, for POT_KV_B */
} pot_latent;

typedef struct {
    float scale;     /* of the attention scores, or of q with scale_query */
    uint32_t window; /* a query sees this many keys, itself included; 0: all before it */
    uint32_t rope;   /* index of its rope, or POT_NO_ROPE */
    bool experts;    /* it has them in place of the MLP */
} pot_layer_arch;

typedef struct {
    const struct pot_family *family; /* static */
    uint32_t vocab, hidden, embed, layers, heads, kv_heads, head_dim, ffn, context;
    pot_norm norm;
    bool norm_affine; /* norms have weights */
    bool norm_bias;   /* and biases */
    bool norm_plus_1; /* they are multiplied by 1 + weight */
    float eps;
    pot_order order;
    pot_block block;
    bool final_norm, embed_norm;
    bool add_to_norm; /* what a block gives is added to n(x) in place of x */
    pot_pos_kind position;
    uint32_t pos_offset; /* learned: row of position 0 */
    pot_rope rope[POT_ROPES];
    bool rope_pairs; /* 2i turns with 2i + 1; else i with i + dim/2 */
    pot_qkv qkv;
    pot_latent latent;
    uint32_t value_dim; /* of a head of v; head_dim where there is no latent attention */
    bool columns;       /* Conv1D: matrices of the layers are [in][out] */
    bool qk_pairs;      /* rows of q and k that turn together lie side by side (GGUF of llama) */
    bool scale_query;
    bool bias_qkv, bias_o, bias_mlp, bias_head;
    pot_qk_norm qk_norm; /* of q and of k, before rope; of the kind `norm` */
    bool qk_norm_bias;
    float clip_qkv;             /* q, k and v are cut to -this ... this; 0: no limit */
    float score_cap, logit_cap; /* x = c tanh(x / c); 0: no cap */
    float embed_scale, residual_scale, logit_scale;
    bool glu;      /* down(act(gate x) * up x), else down(act(up x)) */
    bool fused_up; /* gate and up are one tensor */
    pot_act act;
    bool sinks;
    pot_moe moe;
    bool tied;
    pot_quant quant;
    const pot_layer_arch *layer; /* arena: [layers] */
} pot_arch;

/* Fill *arch from a parsed config.json.  `arena` owns what it points to; `warn` (may be
 * NULL) receives one line per key that nobody here knows. */
POT_MUST_USE pot_status pot_arch_read(pot_arch *arch, pot_arena *arena, const pot_json *config,
                                      pot_buf *warn, pot_error *err);

/* What belongs into a slot of a layer (0 for what exists once): a weight [rows][cols] (cols 0: a
 * vector), a bias [rows], both or, of what is present without parameters, neither.  Where `columns`
 * is set, the matrices of the layers lie in the file as [cols][rows]. */
typedef struct {
    bool present, weight, bias;
    uint32_t rows, cols;
    uint32_t count; /* so many of these: one tensor with one more dimension, or one each */
    bool mxfp4;     /* the weight is two tensors, nibbles and scales, of blocks of 32 columns */
} pot_shape;

pot_shape pot_arch_shape(const pot_arch *a, uint32_t layer, pot_slot slot);

const char *pot_act_name(pot_act act);

#endif
