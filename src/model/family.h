/* family.h - the row of facts that describes one model_type: see families_table.c. */
#ifndef POT_MODEL_FAMILY_H
#define POT_MODEL_FAMILY_H

#include "model/arch.h"

/* A yes-or-no fact: the member `key` of config.json, else `value`; no key: always `value`. */
struct pot_flag {
    const char *key;
    bool value;
};

/* A number: the member `key` of config.json, else `value`; no key and 0: not there. */
struct pot_number {
    const char *key;
    double value;
};

/* Which layers see a window only. */
typedef enum {
    POT_SLIDE_NEVER,
    POT_SLIDE_ALL,   /* all, where sliding_window is set */
    POT_SLIDE_FROM,  /* those from max_window_layers, with use_sliding_window; or layer_types */
    POT_SLIDE_USED,  /* all, with use_sliding_window */
    POT_SLIDE_EVERY, /* all but each sliding_window_pattern-th; or layer_types */
} pot_slide;

/* Which layers turn. */
typedef enum {
    POT_TURN_ALL,
    POT_TURN_WINDOWS, /* those with a window */
    POT_TURN_LOCAL,   /* those with a window by a rope of their own, rope_local_base_freq */
    POT_TURN_FULL,    /* the same with rope_theta: scaling is for the others */
} pot_turn;

/* What a family needs beyond its row. */
typedef pot_status pot_family_more(pot_arch *a, pot_layer_arch *layer, const pot_json *config,
                                   pot_error *err);

struct pot_family {
    const char *type;   /* model_type */
    const char *inside; /* the member that holds the config of the text model; or NULL */

    /* Keys of config.json for the sizes.  A NULL key means that the fact has no key. */
    const char *hidden, *layers, *heads, *kv_heads, *ffn, *context, *eps_key, *act_key;
    uint32_t kv_default;  /* where kv_heads is absent; 0: as many as heads */
    uint32_t ffn_default; /* where ffn is absent or null: this many times hidden; 0: required */
    bool head_dim;        /* the key head_dim is obeyed; else hidden / heads */
    uint32_t head_dim_default; /* where head_dim is absent; 0: hidden / heads */
    struct {
        uint32_t vocab, hidden, layers, heads, ffn, context;
    } sizes;    /* where their keys are absent; 0: required */
    double eps; /* where the key is absent */
    const char *act;
    const char *act_key_2; /* must agree, where it is there */
    bool gelu_is_tanh;     /* "gelu" was written where the tanh form is meant */
    bool tied;
    struct pot_flag bias_qkv, bias_o, bias_mlp;
    bool bias_head;

    pot_norm norm;
    bool no_norm_weights, no_norm_bias, norm_plus_1, embed_norm;
    pot_order order;
    pot_block block; /* where it is parallel */
    struct pot_flag parallel;
    pot_qk_norm qk_norm;
    struct pot_flag has_qk_norm;
    bool qk_norm_bias;

    bool embed_root; /* embeddings are multiplied by the root of hidden */
    struct pot_number embed_scale, residual_scale, logit_scale; /* 1 where absent */
    struct pot_number logit_divisor;                  /* or the reciprocal of logit_scale */
    struct pot_number score_scale;                    /* where absent, 1 / sqrt(head_dim) */
    struct pot_number score_root;                     /* or the reciprocal of its square */
    struct pot_number score_cap, logit_cap, clip_qkv; /* none where 0 or null */

    pot_pos_kind position;
    uint32_t pos_offset;
    const char *theta_key, *partial_key; /* rope; rope_parameters is read too */
    double partial, theta;  /* where their keys are absent; theta 0: 10000, < 0: required */
    uint32_t original;      /* original_max_position_embeddings where it is absent; 0: none */
    const char *turned_key; /* or the dimensions that turn, as a number */
    uint32_t turned;        /* where that is absent */
    bool rope_pairs;
    pot_turn turn;
    pot_slide slide;
    uint32_t window, slide_every; /* where sliding_window and its pattern are absent; 0: none */
    bool longrope_only;           /* see pot_rope_where */
    pot_qkv qkv;
    bool columns, glu, fused_up, sinks;

    struct {
        const char *experts, *top_k, *ffn, *shared_ffn; /* keys; experts NULL: none */
        const char *experts_2;                          /* another name of the first */
        struct pot_flag renormalize;
        bool shared_mix, top_softmax, bias, fused_up, columns;
        bool mxfp4; /* quantization_config may say that they are */
        bool sigmoid;
        bool steps; /* decoder_sparse_step and mlp_only_layers say which layers have them */
    } moe;

    pot_family_more *more;        /* NULL for none */
    bool latent;                  /* latent attention: see pot_latent_read */
    const char *const *more_keys; /* that it reads, NULL-terminated */
    const char *const *unused;    /* keys that are ignored here; refused unless null or false */

    /* Tensor names without ".weight" and ".bias": '@' is the first prefix that fits the
     * file, '%' the number of the layer, '#' the number within the layer, '|' between names
     * of which one is in the file; with '!' at the end it is the whole name. */
    const char *prefix[4];
    const char *name[POT_SLOTS];
    const char *const *buffers; /* ends of names that hold no weights, NULL-terminated */
    const char *const *beside;  /* beginnings of names of other parts; NULL for none */
};

extern const struct pot_family *const pot_families[]; /* NULL-terminated */

/* families.c */
POT_MUST_USE pot_status pot_moe_read(pot_arch *a, pot_layer_arch *layer, const pot_json *c,
                                     pot_error *err);
extern pot_family_more pot_more_gpt2, pot_more_gpt_neo, pot_more_opt, pot_more_smollm3,
    pot_more_bloom, pot_more_olmo3, pot_more_falcon, pot_more_gpt_oss, pot_more_deepseek_v2,
    pot_more_deepseek_v3;
POT_MUST_USE pot_status pot_latent_read(pot_arch *a, const pot_json *c, pot_error *err);
POT_MUST_USE pot_status pot_windows_read(const pot_arch *a, pot_layer_arch *layer,
                                         const pot_json *c, pot_error *err);

#endif
