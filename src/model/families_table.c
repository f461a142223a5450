/* The architectures, one row of facts each.  Sources: the configuration and modeling files of
 * transformers 4.57 and 5.23, checked by tools/oracle/arch.py against both. */
#include "model/family.h"

/* A row begins with what it shares with others and then names what differs. */
#pragma GCC diagnostic ignored "-Woverride-init"

#define NEVER                                                                                      \
    {                                                                                              \
        NULL, false                                                                                \
    }
#define ALWAYS                                                                                     \
    {                                                                                              \
        NULL, true                                                                                 \
    }
#define KEY(k, v)                                                                                  \
    {                                                                                              \
        k, v                                                                                       \
    }

/* ---- lists that rows share ---------------------------------------------------------------- */

static const char *const no_buffers[] = {NULL};
static const char *const rope_buffers[] = {"rotary_emb.inv_freq", NULL};
static const char *const mask_buffers[] = {".attn.bias", ".attn.masked_bias", NULL};
static const char *const neo_buffers[] = {".attention.bias", ".attention.masked_bias", NULL};
static const char *const neox_buffers[] = {".attention.bias", ".attention.masked_bias",
                                           "rotary_emb.inv_freq", NULL};
static const char *const sight[] = {"vision_tower.", "multi_modal_projector.",
                                    "model.vision_tower.", "model.multi_modal_projector.", NULL};

static const char *const window_pattern[] = {"sliding_window_pattern", NULL};
static const char *const score_cap[] = {"attn_logit_softcapping", NULL};
static const char *const both_caps[] = {"attn_logit_softcapping", "final_logit_softcapping", NULL};

static const char *const gpt2_keys[] = {"scale_attn_weights", "scale_attn_by_inverse_layer_idx",
                                        "add_cross_attention", "reorder_and_upcast_attn", NULL};
static const char *const neo_keys[] = {"attention_types", "attention_layers", "window_size", NULL};
static const char *const opt_keys[] = {"do_layer_norm_before", "_remove_final_layer_norm",
                                       "word_embed_proj_dim", "layer_norm_elementwise_affine",
                                       NULL};
static const char *const gptj_unused[] = {"rope_theta", "rope_scaling", "rope_parameters", NULL};
static const char *const bloom_unused[] = {"n_inner", NULL};
static const char *const bloom_keys[] = {"apply_residual_connection_post_layernorm", "seq_length",
                                         NULL};
static const char *const falcon_keys[] = {"new_decoder_architecture",
                                          "parallel_attn",
                                          "multi_query",
                                          "alibi",
                                          "num_kv_heads",
                                          "num_ln_in_parallel_attn",
                                          NULL};
static const char *const gpt_oss_keys[] = {"hidden_act", "attention_bias", "swiglu_alpha",
                                           "swiglu_limit", NULL};
#define DEEPSEEK_KEYS                                                                              \
    "kv_lora_rank", "q_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim",           \
        "qk_head_dim", "n_group", "topk_group", "topk_method", "scoring_func", "n_shared_experts", \
        "first_k_dense_replace", "routed_scaling_factor", "moe_layer_freq", "ep_size",             \
        "aux_loss_alpha", "seq_aux"
static const char *const deepseek_v2_keys[] = {DEEPSEEK_KEYS, NULL};
static const char *const deepseek_v3_keys[] = {DEEPSEEK_KEYS, "rope_interleave",
                                               "num_nextn_predict_layers", NULL};
static const char *const deepseek_v2_unused[] = {"norm_topk_prob", "mlp_bias", NULL};
static const char *const deepseek_v3_unused[] = {"mlp_bias", NULL};
static const char *const next_tokens[] = {"model.layers.61.", NULL}; /* behind the 61 of V3 */
static const char *const windowed[] = {"use_sliding_window", NULL};
static const char *const smollm3_keys[] = {"use_sliding_window",
                                           "sliding_window",
                                           "no_rope_layers",
                                           "layer_types",
                                           "no_rope_layer_interval",
                                           "max_window_layers",
                                           NULL};

/* ---- the rows -------------------------------------------------------------------------- */

static const struct pot_family gpt2 = {
    .type = "gpt2",
    .hidden = "n_embd",
    .layers = "n_layer",
    .heads = "n_head",
    .ffn = "n_inner",
    .ffn_default = 4,
    .context = "n_positions",
    .eps_key = "layer_norm_epsilon",
    .eps = 1e-5,
    .act_key = "activation_function",
    .act = "gelu_new",
    .tied = true,
    .bias_qkv = ALWAYS,
    .bias_o = ALWAYS,
    .bias_mlp = ALWAYS,
    .norm = POT_NORM_LAYER,
    .position = POT_POS_LEARNED,
    .qkv = POT_QKV_CONCAT,
    .columns = true,
    .more = pot_more_gpt2,
    .more_keys = gpt2_keys,
    .prefix = {"transformer.", ""},
    .name = {[POT_EMBED] = "@wte",
             [POT_POSITIONS] = "@wpe",
             [POT_FINAL_NORM] = "@ln_f",
             [POT_HEAD] = "lm_head",
             [POT_NORM_1] = "@h.%.ln_1",
             [POT_NORM_2] = "@h.%.ln_2",
             [POT_QKV] = "@h.%.attn.c_attn",
             [POT_O] = "@h.%.attn.c_proj",
             [POT_UP] = "@h.%.mlp.c_fc",
             [POT_DOWN] = "@h.%.mlp.c_proj"},
    .buffers = mask_buffers,
};

static const struct pot_family gpt_neo = {
    .type = "gpt_neo",
    .hidden = "hidden_size",
    .layers = "num_layers",
    .heads = "num_heads",
    .ffn = "intermediate_size",
    .ffn_default = 4,
    .context = "max_position_embeddings",
    .eps_key = "layer_norm_epsilon",
    .eps = 1e-5,
    .act_key = "activation_function",
    .act = "gelu_new",
    .tied = true,
    .bias_qkv = NEVER,
    .bias_o = ALWAYS,
    .bias_mlp = ALWAYS,
    .norm = POT_NORM_LAYER,
    .position = POT_POS_LEARNED,
    .qkv = POT_QKV_SPLIT,
    .more = pot_more_gpt_neo,
    .more_keys = neo_keys,
    .prefix = {"transformer.", ""},
    .name = {[POT_EMBED] = "@wte",
             [POT_POSITIONS] = "@wpe",
             [POT_FINAL_NORM] = "@ln_f",
             [POT_HEAD] = "lm_head",
             [POT_NORM_1] = "@h.%.ln_1",
             [POT_NORM_2] = "@h.%.ln_2",
             [POT_Q] = "@h.%.attn.attention.q_proj",
             [POT_K] = "@h.%.attn.attention.k_proj",
             [POT_V] = "@h.%.attn.attention.v_proj",
             [POT_O] = "@h.%.attn.attention.out_proj",
             [POT_UP] = "@h.%.mlp.c_fc",
             [POT_DOWN] = "@h.%.mlp.c_proj"},
    .buffers = neo_buffers,
};

static const struct pot_family gpt_neox = {
    .type = "gpt_neox",
    .hidden = "hidden_size",
    .layers = "num_hidden_layers",
    .heads = "num_attention_heads",
    .ffn = "intermediate_size",
    .context = "max_position_embeddings",
    .eps_key = "layer_norm_eps",
    .eps = 1e-5,
    .act_key = "hidden_act",
    .act = "gelu",
    .bias_qkv = KEY("attention_bias", true),
    .bias_o = KEY("attention_bias", true),
    .bias_mlp = ALWAYS,
    .norm = POT_NORM_LAYER,
    .position = POT_POS_ROPE,
    .theta_key = "rotary_emb_base",
    .partial_key = "rotary_pct",
    .partial = 0.25,
    .qkv = POT_QKV_GROUPED,
    .block = POT_PARALLEL_TWO,
    .parallel = KEY("use_parallel_residual", true),
    .prefix = {"gpt_neox."},
    .name = {[POT_EMBED] = "@embed_in",
             [POT_FINAL_NORM] = "@final_layer_norm",
             [POT_HEAD] = "embed_out",
             [POT_NORM_1] = "@layers.%.input_layernorm",
             [POT_NORM_2] = "@layers.%.post_attention_layernorm",
             [POT_QKV] = "@layers.%.attention.query_key_value",
             [POT_O] = "@layers.%.attention.dense",
             [POT_UP] = "@layers.%.mlp.dense_h_to_4h",
             [POT_DOWN] = "@layers.%.mlp.dense_4h_to_h"},
    .buffers = neox_buffers,
};

static const struct pot_family opt = {
    .type = "opt",
    .hidden = "hidden_size",
    .layers = "num_hidden_layers",
    .heads = "num_attention_heads",
    .ffn = "ffn_dim",
    .context = "max_position_embeddings",
    .eps = 1e-5,
    .act_key = "activation_function",
    .act = "relu",
    .tied = true,
    .bias_qkv = KEY("enable_bias", true),
    .bias_o = KEY("enable_bias", true),
    .bias_mlp = KEY("enable_bias", true),
    .norm = POT_NORM_LAYER,
    .position = POT_POS_LEARNED,
    .pos_offset = 2,
    .qkv = POT_QKV_SPLIT,
    .more = pot_more_opt,
    .more_keys = opt_keys,
    .prefix = {"model.decoder.", "decoder."},
    .name = {[POT_EMBED] = "@embed_tokens",
             [POT_POSITIONS] = "@embed_positions",
             [POT_PROJ_IN] = "@project_in",
             [POT_PROJ_OUT] = "@project_out",
             [POT_FINAL_NORM] = "@final_layer_norm",
             [POT_HEAD] = "lm_head",
             [POT_NORM_1] = "@layers.%.self_attn_layer_norm",
             [POT_NORM_2] = "@layers.%.final_layer_norm",
             [POT_Q] = "@layers.%.self_attn.q_proj",
             [POT_K] = "@layers.%.self_attn.k_proj",
             [POT_V] = "@layers.%.self_attn.v_proj",
             [POT_O] = "@layers.%.self_attn.out_proj",
             [POT_UP] = "@layers.%.fc1",
             [POT_DOWN] = "@layers.%.fc2"},
    .buffers = no_buffers,
};

/* The sizes of most architectures since llama, and what else their configs say. */
#define MODERN                                                                                     \
    .hidden = "hidden_size", .layers = "num_hidden_layers", .heads = "num_attention_heads",        \
    .kv_heads = "num_key_value_heads", .ffn = "intermediate_size",                                 \
    .context = "max_position_embeddings", .head_dim = true, .act_key = "hidden_act",               \
    .act = "silu", .position = POT_POS_ROPE, .theta_key = "rope_theta", .partial = 1.0,            \
    .qkv = POT_QKV_SPLIT, .prefix = {"model."}, .buffers = rope_buffers

#define RMS_NORMS .norm = POT_NORM_RMS, .eps_key = "rms_norm_eps", .eps = 1e-6

#define NAMES                                                                                      \
    [POT_EMBED] = "@embed_tokens", [POT_FINAL_NORM] = "@norm", [POT_HEAD] = "lm_head",             \
    [POT_Q] = "@layers.%.self_attn.q_proj", [POT_K] = "@layers.%.self_attn.k_proj",                \
    [POT_V] = "@layers.%.self_attn.v_proj", [POT_O] = "@layers.%.self_attn.o_proj"

#define GLU_NAMES                                                                                  \
    [POT_GATE] = "@layers.%.mlp.gate_proj", [POT_UP] = "@layers.%.mlp.up_proj",                    \
    [POT_DOWN] = "@layers.%.mlp.down_proj"

#define PRE_NORMS                                                                                  \
    [POT_NORM_1] = "@layers.%.input_layernorm", [POT_NORM_2] = "@layers.%.post_attention_"         \
                                                               "layernorm"

#define QK_NORMS                                                                                   \
    [POT_Q_NORM] = "@layers.%.self_attn.q_norm", [POT_K_NORM] = "@layers.%.self_attn.k_norm"

#define OUT_NORMS                                                                                  \
    [POT_OUT_1] = "@layers.%.post_attention_layernorm", [POT_OUT_2] =                              \
                                                            "@layers.%.post_feedforward_layernorm"

#define LLAMA_LIKE MODERN, RMS_NORMS, .glu = true, .name = {NAMES, GLU_NAMES, PRE_NORMS}

static const struct pot_family llama = {
    .type = "llama",
    LLAMA_LIKE,
    .bias_qkv = KEY("attention_bias", false),
    .bias_o = KEY("attention_bias", false),
    .bias_mlp = KEY("mlp_bias", false),
};

static const struct pot_family mistral = {
    .type = "mistral",
    LLAMA_LIKE,
    .kv_default = 8,
    .bias_qkv = NEVER,
    .bias_o = NEVER,
    .bias_mlp = NEVER,
    .slide = POT_SLIDE_ALL,
    .window = 4096,
};

static const struct pot_family qwen2 = {
    .type = "qwen2",
    LLAMA_LIKE,
    .kv_default = 32,
    .bias_qkv = ALWAYS,
    .bias_o = NEVER,
    .bias_mlp = NEVER,
    .slide = POT_SLIDE_FROM,
    .window = 4096,
};

static const struct pot_family phi = {
    .type = "phi",
    .hidden = "hidden_size",
    .layers = "num_hidden_layers",
    .heads = "num_attention_heads",
    .kv_heads = "num_key_value_heads",
    .ffn = "intermediate_size",
    .context = "max_position_embeddings",
    .head_dim = true,
    .eps_key = "layer_norm_eps",
    .eps = 1e-5,
    .act_key = "hidden_act",
    .act = "gelu_new",
    .bias_qkv = ALWAYS,
    .bias_o = ALWAYS,
    .bias_mlp = ALWAYS,
    .bias_head = true,
    .norm = POT_NORM_LAYER,
    .block = POT_PARALLEL_ONE,
    .parallel = ALWAYS,
    .position = POT_POS_ROPE,
    .theta_key = "rope_theta",
    .partial_key = "partial_rotary_factor",
    .partial = 0.5,
    .qkv = POT_QKV_SPLIT,
    .qk_norm = POT_QK_HEAD,
    .has_qk_norm = KEY("qk_layernorm", false),
    .qk_norm_bias = true,
    .prefix = {"model."},
    .name = {[POT_EMBED] = "@embed_tokens",
             [POT_FINAL_NORM] = "@final_layernorm",
             [POT_HEAD] = "lm_head",
             [POT_NORM_1] = "@layers.%.input_layernorm",
             [POT_Q] = "@layers.%.self_attn.q_proj",
             [POT_K] = "@layers.%.self_attn.k_proj",
             [POT_V] = "@layers.%.self_attn.v_proj",
             [POT_O] = "@layers.%.self_attn.dense",
             [POT_Q_NORM] = "@layers.%.self_attn.q_layernorm",
             [POT_K_NORM] = "@layers.%.self_attn.k_layernorm",
             [POT_UP] = "@layers.%.mlp.fc1",
             [POT_DOWN] = "@layers.%.mlp.fc2"},
    .buffers = rope_buffers,
};

static const struct pot_family qwen3 = {
    .type = "qwen3",
    MODERN,
    RMS_NORMS,
    .kv_default = 32,
    .head_dim_default = 128,
    .bias_qkv = KEY("attention_bias", false),
    .bias_o = KEY("attention_bias", false),
    .qk_norm = POT_QK_HEAD,
    .has_qk_norm = ALWAYS,
    .slide = POT_SLIDE_FROM,
    .window = 4096,
    .glu = true,
    .name = {NAMES, GLU_NAMES, PRE_NORMS, QK_NORMS},
};

static const struct pot_family gemma = {
    .type = "gemma",
    MODERN,
    RMS_NORMS,
    .kv_default = 16,
    .head_dim_default = 256,
    .act = "gelu_pytorch_tanh",
    .act_key_2 = "hidden_activation",
    .gelu_is_tanh = true,
    .tied = true,
    .bias_qkv = KEY("attention_bias", false),
    .bias_o = KEY("attention_bias", false),
    .norm_plus_1 = true,
    .embed_root = true,
    .glu = true,
    .name = {NAMES, GLU_NAMES, PRE_NORMS},
};

/* What gemma 2 and 3 share. */
#define GEMMA_LIKE                                                                                 \
    MODERN, RMS_NORMS,                                                                             \
        .kv_default = 4, .head_dim_default = 256, .act_key = "hidden_activation",                  \
        .act = "gelu_pytorch_tanh", .act_key_2 = "hidden_act", .tied = true,                       \
        .bias_qkv = KEY("attention_bias", false), .bias_o = KEY("attention_bias", false),          \
        .norm_plus_1 = true, .order = POT_PRE_OUT_NORM, .embed_root = true,                        \
        .score_root = {"query_pre_attn_scalar", 256}, .slide = POT_SLIDE_EVERY, .window = 4096,    \
        .glu = true

#define GEMMA_NAMES                                                                                \
    NAMES, GLU_NAMES, OUT_NORMS, [POT_NORM_1] = "@layers.%.input_layernorm",                       \
                                 [POT_NORM_2] = "@layers.%.pre_feedforward_layernorm"

static const struct pot_family gemma2 = {
    .type = "gemma2",
    GEMMA_LIKE,
    .score_cap = {"attn_logit_softcapping", 50},
    .logit_cap = {"final_logit_softcapping", 30},
    .slide_every = 2,
    .name = {GEMMA_NAMES},
};

#define GEMMA3_LIKE                                                                                \
    GEMMA_LIKE, .qk_norm = POT_QK_HEAD, .has_qk_norm = ALWAYS, .theta = 1e6,                       \
                .turn = POT_TURN_LOCAL, .slide_every = 6

static const struct pot_family gemma3_text = {
    .type = "gemma3_text",
    GEMMA3_LIKE,
    .logit_cap = {"final_logit_softcapping", 0},
    .unused = score_cap,
    .name = {GEMMA_NAMES, QK_NORMS},
};

/* With pictures: the text model is a part, and its config leaves out what is a default. */
static const struct pot_family gemma3 = {
    .type = "gemma3",
    GEMMA3_LIKE,
    .inside = "text_config",
    .sizes =
        {.vocab = 262208, .hidden = 2304, .layers = 26, .heads = 8, .ffn = 9216, .context = 131072},
    .unused = both_caps,
    .prefix = {"model.language_model.", "language_model.model."},
    .name = {GEMMA_NAMES, QK_NORMS, [POT_HEAD] = "lm_head|language_model.lm_head"},
    .beside = sight,
};

static const struct pot_family olmo = {
    .type = "olmo",
    MODERN,
    .eps = 1e-5,
    .bias_qkv = KEY("attention_bias", false),
    .bias_o = KEY("attention_bias", false),
    .norm = POT_NORM_LAYER,
    .no_norm_weights = true,
    .clip_qkv = {"clip_qkv", 0},
    .glu = true,
    .name = {NAMES, GLU_NAMES},
};

static const struct pot_family olmo2 = {
    .type = "olmo2",
    MODERN,
    RMS_NORMS,
    .eps = 1e-5,
    .bias_qkv = KEY("attention_bias", false),
    .bias_o = KEY("attention_bias", false),
    .order = POT_OUT_NORM,
    .qk_norm = POT_QK_WIDE,
    .has_qk_norm = ALWAYS,
    .glu = true,
    .name = {NAMES, GLU_NAMES, OUT_NORMS, QK_NORMS},
};

/* Layers with a window turn without scaling. */
static const struct pot_family olmo3 = {
    .type = "olmo3",
    MODERN,
    RMS_NORMS,
    .eps = 1e-5,
    .theta = -1,
    .bias_qkv = KEY("attention_bias", false),
    .bias_o = KEY("attention_bias", false),
    .order = POT_OUT_NORM,
    .qk_norm = POT_QK_WIDE,
    .has_qk_norm = ALWAYS,
    .turn = POT_TURN_FULL,
    .slide = POT_SLIDE_EVERY,
    .window = 4096,
    .slide_every = 4,
    .glu = true,
    .more = pot_more_olmo3,
    .unused = window_pattern,
    .name = {NAMES, GLU_NAMES, OUT_NORMS, QK_NORMS},
};

static const struct pot_family phi3 = {
    .type = "phi3",
    MODERN,
    RMS_NORMS,
    .eps = 1e-5,
    .partial_key = "partial_rotary_factor",
    .original = 4096,
    .longrope_only = true,
    .slide = POT_SLIDE_ALL,
    .qkv = POT_QKV_CONCAT,
    .glu = true,
    .fused_up = true,
    .name = {NAMES, PRE_NORMS, [POT_QKV] = "@layers.%.self_attn.qkv_proj",
             [POT_GATE_UP] = "@layers.%.mlp.gate_up_proj", [POT_DOWN] = "@layers.%.mlp.down_proj"},
};

static const struct pot_family starcoder2 = {
    .type = "starcoder2",
    MODERN,
    .kv_default = 2,
    .eps_key = "norm_epsilon",
    .eps = 1e-5,
    .act = "gelu_pytorch_tanh",
    .tied = true,
    .bias_qkv = KEY("use_bias", true),
    .bias_o = KEY("use_bias", true),
    .bias_mlp = KEY("use_bias", true),
    .norm = POT_NORM_LAYER,
    .slide = POT_SLIDE_ALL,
    .name = {NAMES,
             PRE_NORMS, [POT_UP] = "@layers.%.mlp.c_fc", [POT_DOWN] = "@layers.%.mlp.c_proj"},
};

static const struct pot_family stablelm = {
    .type = "stablelm",
    MODERN,
    .head_dim = false,
    .kv_default = 32,
    .eps_key = "layer_norm_eps",
    .eps = 1e-5,
    .bias_qkv = KEY("use_qkv_bias", false),
    .norm = POT_NORM_LAYER,
    .block = POT_PARALLEL_ONE,
    .parallel = KEY("use_parallel_residual", false),
    .qk_norm = POT_QK_OWN,
    .has_qk_norm = KEY("qk_layernorm", false),
    .partial_key = "partial_rotary_factor",
    .partial = 0.25,
    .glu = true,
    .name = {NAMES, GLU_NAMES, PRE_NORMS, [POT_Q_NORM] = "@layers.%.self_attn.q_layernorm.norms.#",
             [POT_K_NORM] = "@layers.%.self_attn.k_layernorm.norms.#"},
};

static const struct pot_family granite = {
    .type = "granite",
    LLAMA_LIKE,
    .bias_qkv = KEY("attention_bias", false),
    .bias_o = KEY("attention_bias", false),
    .bias_mlp = KEY("mlp_bias", false),
    .embed_scale = {"embedding_multiplier", 1},
    .residual_scale = {"residual_multiplier", 1},
    .logit_divisor = {"logits_scaling", 1},
    .score_scale = {"attention_multiplier", 1},
};

static const struct pot_family smollm3 = {
    .type = "smollm3",
    LLAMA_LIKE,
    .kv_default = 4,
    .tied = true,
    .bias_qkv = KEY("attention_bias", false),
    .bias_o = KEY("attention_bias", false),
    .bias_mlp = KEY("mlp_bias", false),
    .theta = 2e6,
    .more = pot_more_smollm3,
    .more_keys = smollm3_keys,
};

/* What both coheres share.  The versions of transformers differ in the default of theta. */
#define COHERE_LIKE                                                                                \
    MODERN, .eps_key = "layer_norm_eps", .eps = 1e-5, .tied = true,                                \
            .bias_qkv = KEY("attention_bias", false), .bias_o = KEY("attention_bias", false),      \
            .norm = POT_NORM_LAYER, .no_norm_bias = true, .block = POT_PARALLEL_ONE,               \
            .parallel = ALWAYS, .logit_scale = {"logit_scale", 0.0625}, .rope_pairs = true,        \
            .theta = -1, .glu = true,                                                              \
            .name = {NAMES, GLU_NAMES, [POT_NORM_1] = "@layers.%.input_layernorm", QK_NORMS}

static const struct pot_family cohere = {
    .type = "cohere",
    COHERE_LIKE,
    .qk_norm = POT_QK_OWN,
    .has_qk_norm = KEY("use_qk_norm", false),
};

static const struct pot_family cohere2 = {
    .type = "cohere2",
    COHERE_LIKE,
    .head_dim = false,
    .turn = POT_TURN_WINDOWS,
    .slide = POT_SLIDE_EVERY,
    .window = 4096,
    .slide_every = 4,
};

static const struct pot_family gptj = {
    .type = "gptj",
    .hidden = "n_embd",
    .layers = "n_layer",
    .heads = "n_head",
    .ffn = "n_inner",
    .ffn_default = 4,
    .context = "n_positions",
    .eps_key = "layer_norm_epsilon",
    .eps = 1e-5,
    .act_key = "activation_function",
    .act = "gelu_new",
    .bias_mlp = ALWAYS,
    .bias_head = true,
    .norm = POT_NORM_LAYER,
    .block = POT_PARALLEL_ONE,
    .parallel = ALWAYS,
    .position = POT_POS_ROPE,
    .theta_key = "rope_theta",
    .partial = 1.0,
    .turned_key = "rotary_dim",
    .turned = 64,
    .rope_pairs = true,
    .qkv = POT_QKV_SPLIT,
    .unused = gptj_unused,
    .prefix = {"transformer.", ""},
    .name = {[POT_EMBED] = "@wte",
             [POT_FINAL_NORM] = "@ln_f",
             [POT_HEAD] = "lm_head",
             [POT_NORM_1] = "@h.%.ln_1",
             [POT_Q] = "@h.%.attn.q_proj",
             [POT_K] = "@h.%.attn.k_proj",
             [POT_V] = "@h.%.attn.v_proj",
             [POT_O] = "@h.%.attn.out_proj",
             [POT_UP] = "@h.%.mlp.fc_in",
             [POT_DOWN] = "@h.%.mlp.fc_out"},
    .buffers = mask_buffers,
};

/* What bloom and falcon share. */
#define MEGATRON                                                                                   \
    .hidden = "n_embed", .ffn_default = 4, .eps_key = "layer_norm_epsilon", .eps = 1e-5,           \
    .tied = true, .norm = POT_NORM_LAYER, .qkv = POT_QKV_GROUPED, .sizes = {.context = 2048},      \
    .prefix = {"transformer.", ""}, .buffers = rope_buffers

#define MEGATRON_NAMES                                                                             \
    [POT_EMBED] = "@word_embeddings", [POT_FINAL_NORM] = "@ln_f", [POT_HEAD] = "lm_head",          \
    [POT_QKV] = "@h.%.self_attention.query_key_value", [POT_O] = "@h.%.self_attention.dense",      \
    [POT_UP] = "@h.%.mlp.dense_h_to_4h", [POT_DOWN] = "@h.%.mlp.dense_4h_to_h"

/* It has no limit of positions; seq_length is what it was trained with. */
static const struct pot_family bloom = {
    .type = "bloom",
    MEGATRON,
    .layers = "n_layer",
    .heads = "n_head",
    .context = "seq_length",
    .act = "gelu_new",
    .bias_qkv = ALWAYS,
    .bias_o = ALWAYS,
    .bias_mlp = ALWAYS,
    .embed_norm = true,
    .position = POT_POS_ALIBI,
    .more = pot_more_bloom,
    .more_keys = bloom_keys,
    .unused = bloom_unused,
    .name = {MEGATRON_NAMES, [POT_EMBED_NORM] = "@word_embeddings_layernorm",
             [POT_NORM_1] = "@h.%.input_layernorm", [POT_NORM_2] = "@h.%.post_attention_layernorm"},
};

static const struct pot_family falcon = {
    .type = "falcon",
    MEGATRON,
    .layers = "num_hidden_layers",
    .heads = "num_attention_heads",
    .ffn = "ffn_hidden_size",
    .context = "max_position_embeddings",
    .act_key = "activation",
    .act = "gelu",
    .bias_qkv = KEY("bias", false),
    .bias_o = KEY("bias", false),
    .bias_mlp = KEY("bias", false),
    .position = POT_POS_ROPE,
    .theta_key = "rope_theta",
    .partial = 1.0,
    .more = pot_more_falcon,
    .more_keys = falcon_keys,
    .name = {MEGATRON_NAMES, [POT_NORM_1] = "@h.%.input_layernorm|@h.%.ln_attn",
             [POT_NORM_2] = "@h.%.post_attention_layernorm|@h.%.ln_mlp"},
};

static const struct pot_family mixtral = {
    .type = "mixtral",
    MODERN,
    RMS_NORMS,
    .eps = 1e-5,
    .kv_default = 8,
    .theta = 1e6,
    .slide = POT_SLIDE_ALL,
    .glu = true,
    .moe = {.experts = "num_local_experts",
            .experts_2 = "num_experts",
            .top_k = "num_experts_per_tok",
            .ffn = "intermediate_size",
            .renormalize = ALWAYS},
    .name = {NAMES, PRE_NORMS, [POT_ROUTER] = "@layers.%.block_sparse_moe.gate",
             [POT_X_GATE] = "@layers.%.block_sparse_moe.experts.#.w1",
             [POT_X_UP] = "@layers.%.block_sparse_moe.experts.#.w3",
             [POT_X_DOWN] = "@layers.%.block_sparse_moe.experts.#.w2"},
};

#define EXPERT_NAMES                                                                               \
    [POT_ROUTER] = "@layers.%.mlp.gate", [POT_X_GATE] = "@layers.%.mlp.experts.#.gate_proj",       \
    [POT_X_UP] = "@layers.%.mlp.experts.#.up_proj",                                                \
    [POT_X_DOWN] = "@layers.%.mlp.experts.#.down_proj"

/* Versions of transformers differ in which layers have a window. */
static const struct pot_family qwen2_moe = {
    .type = "qwen2_moe",
    MODERN,
    RMS_NORMS,
    .head_dim = false,
    .kv_default = 16,
    .bias_qkv = KEY("qkv_bias", true),
    .slide = POT_SLIDE_FROM,
    .unused = windowed,
    .glu = true,
    .moe = {.experts = "num_experts",
            .experts_2 = "num_local_experts",
            .top_k = "num_experts_per_tok",
            .ffn = "moe_intermediate_size",
            .shared_ffn = "shared_expert_intermediate_size",
            .renormalize = KEY("norm_topk_prob", false),
            .shared_mix = true,
            .steps = true},
    .name = {NAMES, GLU_NAMES, PRE_NORMS,
             EXPERT_NAMES, [POT_S_GATE] = "@layers.%.mlp.shared_expert.gate_proj",
             [POT_S_UP] = "@layers.%.mlp.shared_expert.up_proj",
             [POT_S_DOWN] = "@layers.%.mlp.shared_expert.down_proj",
             [POT_S_MIX] = "@layers.%.mlp.shared_expert_gate"},
};

static const struct pot_family qwen3_moe = {
    .type = "qwen3_moe",
    MODERN,
    RMS_NORMS,
    .kv_default = 4,
    .bias_qkv = KEY("attention_bias", false),
    .bias_o = KEY("attention_bias", false),
    .qk_norm = POT_QK_HEAD,
    .has_qk_norm = ALWAYS,
    .slide = POT_SLIDE_USED,
    .window = 4096,
    .glu = true,
    .moe = {.experts = "num_experts",
            .experts_2 = "num_local_experts",
            .top_k = "num_experts_per_tok",
            .ffn = "moe_intermediate_size",
            .renormalize = KEY("norm_topk_prob", false),
            .steps = true},
    .name = {NAMES, GLU_NAMES, PRE_NORMS, QK_NORMS, EXPERT_NAMES},
};

static const struct pot_family gpt_oss = {
    .type = "gpt_oss",
    MODERN,
    RMS_NORMS,
    .eps = 1e-5,
    .kv_default = 8,
    .head_dim_default = 64,
    .act_key = NULL,
    .act = "swiglu_oai",
    .bias_qkv = ALWAYS,
    .bias_o = ALWAYS,
    .theta = 150000,
    .slide = POT_SLIDE_EVERY,
    .window = 128,
    .slide_every = 2,
    .glu = true,
    .sinks = true,
    .moe = {.experts = "num_local_experts",
            .experts_2 = "num_experts",
            .top_k = "num_experts_per_tok",
            .ffn = "intermediate_size",
            .top_softmax = true,
            .bias = true,
            .fused_up = true,
            .columns = true,
            .mxfp4 = true},
    .more = pot_more_gpt_oss,
    .more_keys = gpt_oss_keys,
    .name = {NAMES, PRE_NORMS, [POT_SINKS] = "@layers.%.self_attn.sinks!",
             [POT_ROUTER] = "@layers.%.mlp.router",
             [POT_X_GATE_UP] = "@layers.%.mlp.experts.gate_up_proj!",
             [POT_X_DOWN] = "@layers.%.mlp.experts.down_proj!"},
};

#define LATENT_NAMES                                                                               \
    [POT_EMBED] = "@embed_tokens", [POT_FINAL_NORM] = "@norm", [POT_HEAD] = "lm_head",             \
    [POT_Q] = "@layers.%.self_attn.q_proj|@layers.%.self_attn.q_b_proj",                           \
    [POT_Q_A] = "@layers.%.self_attn.q_a_proj",                                                    \
    [POT_Q_A_NORM] = "@layers.%.self_attn.q_a_layernorm",                                          \
    [POT_KV_A] = "@layers.%.self_attn.kv_a_proj_with_mqa",                                         \
    [POT_KV_A_NORM] = "@layers.%.self_attn.kv_a_layernorm",                                        \
    [POT_KV_B] = "@layers.%.self_attn.kv_b_proj", [POT_O] = "@layers.%.self_attn.o_proj"

#define SHARED_NAMES                                                                               \
    [POT_S_GATE] = "@layers.%.mlp.shared_experts.gate_proj",                                       \
    [POT_S_UP] = "@layers.%.mlp.shared_experts.up_proj",                                           \
    [POT_S_DOWN] = "@layers.%.mlp.shared_experts.down_proj"

#define DEEPSEEK                                                                                   \
    .latent = true, .turned_key = "qk_rope_head_dim", .bias_qkv = KEY("attention_bias", false),    \
    .bias_o = KEY("attention_bias", false), .rope_pairs = true, .glu = true

#define DEEPSEEK_EXPERTS                                                                           \
    .experts = "n_routed_experts", .top_k = "num_experts_per_tok", .ffn = "moe_intermediate_size"

static const struct pot_family deepseek_v2 = {
    .type = "deepseek_v2",
    MODERN,
    RMS_NORMS,
    DEEPSEEK,
    .moe = {DEEPSEEK_EXPERTS, .experts_2 = "num_experts"},
    .more = pot_more_deepseek_v2,
    .more_keys = deepseek_v2_keys,
    .unused = deepseek_v2_unused,
    .name = {LATENT_NAMES, GLU_NAMES, PRE_NORMS, EXPERT_NAMES, SHARED_NAMES},
};

static const struct pot_family deepseek_v3 = {
    .type = "deepseek_v3",
    MODERN,
    RMS_NORMS,
    DEEPSEEK,
    .moe = {DEEPSEEK_EXPERTS, .experts_2 = "num_local_experts", .sigmoid = true,
            .renormalize = KEY("norm_topk_prob", true)},
    .more = pot_more_deepseek_v3,
    .more_keys = deepseek_v3_keys,
    .unused = deepseek_v3_unused,
    .beside = next_tokens,
    .name = {LATENT_NAMES, GLU_NAMES, PRE_NORMS, EXPERT_NAMES,
             SHARED_NAMES, [POT_CHOICE] = "@layers.%.mlp.gate.e_score_correction_bias!"},
};

const struct pot_family *const pot_families[] = {
    &gpt2,      &gpt_neo, &gpt_neox,    &opt,         &llama,    &mistral,     &qwen2,
    &phi,       &qwen3,   &gemma,       &gemma2,      &gemma3,   &gemma3_text, &olmo,
    &olmo2,     &olmo3,   &phi3,        &starcoder2,  &stablelm, &granite,     &smollm3,
    &cohere,    &cohere2, &gptj,        &bloom,       &falcon,   &mixtral,     &qwen2_moe,
    &qwen3_moe, &gpt_oss, &deepseek_v2, &deepseek_v3, NULL};
