/* Source: the converter of llama.cpp (convert_hf_to_gguf.py, gguf-py/gguf/constants.py and
 * tensor_mapping.py of gguf 0.19.0). */
#include "model/gguf_family.h"

const char *const pot_gguf_names[POT_SLOTS] = {
    [POT_EMBED] = "token_embd",
    [POT_POSITIONS] = "position_embd",
    [POT_EMBED_NORM] = "token_embd_norm",
    [POT_FINAL_NORM] = "output_norm",
    [POT_HEAD] = "output",
    [POT_NORM_1] = "blk.%.attn_norm",
    [POT_NORM_2] = "blk.%.ffn_norm",
    [POT_OUT_1] = "blk.%.post_attention_norm",
    [POT_OUT_2] = "blk.%.post_ffw_norm",
    [POT_Q] = "blk.%.attn_q|blk.%.attn_q_b",
    [POT_K] = "blk.%.attn_k",
    [POT_V] = "blk.%.attn_v",
    [POT_QKV] = "blk.%.attn_qkv",
    [POT_O] = "blk.%.attn_output",
    [POT_Q_NORM] = "blk.%.attn_q_norm",
    [POT_K_NORM] = "blk.%.attn_k_norm",
    [POT_Q_A] = "blk.%.attn_q_a",
    [POT_Q_A_NORM] = "blk.%.attn_q_a_norm",
    [POT_KV_A] = "blk.%.attn_kv_a_mqa",
    [POT_KV_A_NORM] = "blk.%.attn_kv_a_norm",
    [POT_KV_B] = "blk.%.attn_kv_b",
    [POT_K_B] = "blk.%.attn_k_b",
    [POT_V_B] = "blk.%.attn_v_b",
    [POT_SINKS] = "blk.%.attn_sinks",
    [POT_GATE] = "blk.%.ffn_gate",
    [POT_UP] = "blk.%.ffn_up",
    [POT_GATE_UP] = "blk.%.ffn_up",
    [POT_DOWN] = "blk.%.ffn_down",
    [POT_ROUTER] = "blk.%.ffn_gate_inp",
    [POT_CHOICE] = "blk.%.exp_probs_b.bias!",
    [POT_X_GATE] = "blk.%.ffn_gate_exps|blk.%.ffn_gate.#",
    [POT_X_UP] = "blk.%.ffn_up_exps|blk.%.ffn_up.#",
    [POT_X_GATE_UP] = "blk.%.ffn_gate_up_exps",
    [POT_X_DOWN] = "blk.%.ffn_down_exps|blk.%.ffn_down.#",
    [POT_S_GATE] = "blk.%.ffn_gate_shexp",
    [POT_S_UP] = "blk.%.ffn_up_shexp",
    [POT_S_DOWN] = "blk.%.ffn_down_shexp",
    [POT_S_MIX] = "blk.%.ffn_gate_inp_shexp",
};

#define END                                                                                        \
    {                                                                                              \
        NULL, NULL                                                                                 \
    }

/* What most configurations call alike. */
static const struct pot_gguf_key usual[] = {
    {"context_length", "max_position_embeddings"},
    {"embedding_length", "hidden_size"},
    {"block_count", "num_hidden_layers"},
    {"feed_forward_length", "intermediate_size"},
    {"attention.head_count", "num_attention_heads"},
    {"attention.layer_norm_rms_epsilon", "rms_norm_eps"},
    {"attention.layer_norm_epsilon", "layer_norm_eps"},
    {"rope.freq_base", "rope_theta"},
    END,
};

static const struct pot_gguf_key grouped[] = {
    {"attention.head_count_kv", "num_key_value_heads"},
    {"attention.key_length", "head_dim"},
    END,
};

static const struct pot_gguf_key windowed[] = {
    {"attention.sliding_window", NULL},
    {"attention.sliding_window_pattern", NULL},
    END,
};

static const struct pot_gguf_key gpt2_keys[] = {
    {"context_length", "n_positions"},
    {"embedding_length", "n_embd"},
    {"block_count", "n_layer"},
    {"feed_forward_length", "n_inner"},
    {"attention.head_count", "n_head"},
    {"attention.layer_norm_epsilon", "layer_norm_epsilon"},
    END,
};

static const struct pot_gguf_key gptj_keys[] = {
    {"context_length", "n_positions"},
    {"embedding_length", "n_embd"},
    {"block_count", "n_layer"},
    {"feed_forward_length", "n_inner"},
    {"attention.head_count", "n_head"},
    {"attention.layer_norm_epsilon", "layer_norm_epsilon"},
    {"rope.dimension_count", "rotary_dim"},
    END,
};

/* The widths of a head, and how many groups of experts there are, are put together from several
 * keys: gguf_config.c. */
static const struct pot_gguf_key deepseek_keys[] = {
    {"attention.head_count_kv", NULL},
    {"attention.key_length", NULL},
    {"attention.key_length_mla", NULL},
    {"attention.value_length_mla", NULL},
    {"attention.q_lora_rank", NULL},
    {"attention.kv_lora_rank", NULL},
    {"rope.dimension_count", "qk_rope_head_dim"},
    {"rope.scaling.yarn_log_multiplier", NULL},
    {"leading_dense_block_count", NULL},
    {"expert_count", "n_routed_experts"},
    {"expert_used_count", "num_experts_per_tok"},
    {"expert_feed_forward_length", "moe_intermediate_size"},
    {"expert_shared_count", "n_shared_experts"},
    {"expert_weights_norm", NULL},
    {"expert_weights_scale", NULL},
    {"expert_gating_func", NULL},
    {"expert_group_count", NULL},
    {"expert_group_used_count", NULL},
    END,
};

static const struct pot_gguf_key neox_keys[] = {
    {"context_length", "max_position_embeddings"},
    {"embedding_length", "hidden_size"},
    {"block_count", "num_hidden_layers"},
    {"feed_forward_length", "intermediate_size"},
    {"attention.head_count", "num_attention_heads"},
    {"attention.layer_norm_epsilon", "layer_norm_eps"},
    {"rope.freq_base", "rotary_emb_base"},
    {"use_parallel_residual", "use_parallel_residual"},
    END,
};

static const struct pot_gguf_key gemma_keys[] = {
    {"attn_logit_softcapping", "attn_logit_softcapping"},
    {"final_logit_softcapping", "final_logit_softcapping"},
    {"rope.freq_base_swa", "rope_local_base_freq"},
    END,
};

/* The original context stands beside the scaling, which is a pair of tensors. */
static const struct pot_gguf_key phi3_keys[] = {
    {"rope.scaling.attn_factor", NULL},
    {"attention.sliding_window", NULL},
    END,
};

static const struct pot_gguf_key mixtral_keys[] = {
    {"expert_count", "num_local_experts"},
    {"expert_used_count", "num_experts_per_tok"},
    END,
};

static const struct pot_gguf_key qwen_moe_keys[] = {
    {"expert_count", "num_experts"},
    {"expert_used_count", "num_experts_per_tok"},
    {"expert_feed_forward_length", "moe_intermediate_size"},
    {"expert_shared_feed_forward_length", "shared_expert_intermediate_size"},
    END,
};

static const struct pot_gguf_key gpt_oss_keys[] = {
    {"expert_count", "num_local_experts"},      {"expert_used_count", "num_experts_per_tok"},
    {"expert_feed_forward_length", NULL},       {"attention.sliding_window", NULL},
    {"attention.sliding_window_pattern", NULL}, END,
};

static const struct pot_gguf_key olmo_keys[] = {
    {"context_length", "max_position_embeddings"},
    {"embedding_length", "hidden_size"},
    {"block_count", "num_hidden_layers"},
    {"feed_forward_length", "intermediate_size"},
    {"attention.head_count", "num_attention_heads"},
    {"attention.layer_norm_epsilon", NULL},
    {"attention.clamp_kqv", "clip_qkv"},
    {"rope.freq_base", "rope_theta"},
    END,
};

static const struct pot_gguf_key granite_keys[] = {
    {"attention.scale", "attention_multiplier"},
    {"embedding_scale", "embedding_multiplier"},
    {"residual_scale", "residual_multiplier"},
    {"logit_scale", "logits_scaling"},
    END,
};

static const struct pot_gguf_key cohere_keys[] = {
    {"logit_scale", "logit_scale"},
    END,
};

static const struct pot_gguf_key starcoder2_keys[] = {
    {"context_length", "max_position_embeddings"},
    {"embedding_length", "hidden_size"},
    {"block_count", "num_hidden_layers"},
    {"feed_forward_length", "intermediate_size"},
    {"attention.head_count", "num_attention_heads"},
    {"attention.layer_norm_epsilon", "norm_epsilon"},
    {"rope.freq_base", "rope_theta"},
    END,
};

/* Converters write true where config.json does not say: the norms tell. */
static const struct pot_gguf_key stablelm_keys[] = {
    {"use_parallel_residual", NULL},
    END,
};

static const struct pot_gguf_key falcon_keys[] = {
    {"context_length", "max_position_embeddings"},
    {"embedding_length", "hidden_size"},
    {"block_count", "num_hidden_layers"},
    {"feed_forward_length", "ffn_hidden_size"},
    {"attention.head_count", "num_attention_heads"},
    {"attention.head_count_kv", "num_kv_heads"},
    {"attention.layer_norm_epsilon", "layer_norm_epsilon"},
    {"rope.freq_base", "rope_theta"},
    END,
};

static const struct pot_gguf_key bloom_keys[] = {
    {"context_length", "seq_length"},
    {"embedding_length", "hidden_size"},
    {"block_count", "n_layer"},
    {"feed_forward_length", NULL},
    {"attention.head_count", "n_head"},
    {"attention.layer_norm_epsilon", "layer_norm_epsilon"},
    END,
};

#define FLAG(tensor, config)                                                                       \
    {                                                                                              \
        tensor, config, "true", "false"                                                            \
    }
#define NO_MORE                                                                                    \
    {                                                                                              \
        NULL, NULL, NULL, NULL                                                                     \
    }

static const struct pot_gguf_present llama_present[] = {
    FLAG("blk.0.attn_q.bias|blk.0.attn_qkv.bias", "attention_bias"),
    FLAG("blk.0.ffn_up.bias", "mlp_bias"),
    NO_MORE,
};

static const struct pot_gguf_present neox_present[] = {
    FLAG("blk.0.attn_qkv.bias", "attention_bias"),
    NO_MORE,
};

static const struct pot_gguf_present biased[] = {
    FLAG("blk.0.attn_q.bias|blk.0.attn_qkv.bias", "attention_bias"),
    NO_MORE,
};

static const struct pot_gguf_present qwen2_moe_present[] = {
    FLAG("blk.0.attn_q.bias|blk.0.attn_qkv.bias", "qkv_bias"),
    NO_MORE,
};

static const struct pot_gguf_present starcoder2_present[] = {
    FLAG("blk.0.attn_q.bias|blk.0.attn_qkv.bias", "use_bias"),
    NO_MORE,
};

static const struct pot_gguf_present cohere_present[] = {
    FLAG("blk.0.attn_q.bias|blk.0.attn_qkv.bias", "attention_bias"),
    FLAG("blk.0.attn_q_norm.weight", "use_qk_norm"),
    NO_MORE,
};

static const struct pot_gguf_present stablelm_present[] = {
    FLAG("blk.0.attn_q.bias|blk.0.attn_qkv.bias", "use_qkv_bias"),
    FLAG("blk.0.attn_q_norm.weight", "qk_layernorm"),
    {"blk.0.ffn_norm.weight", "use_parallel_residual", "false", "true"},
    NO_MORE,
};

static const struct pot_gguf_present falcon_present[] = {
    FLAG("blk.0.attn_qkv.bias", "bias"),
    {"blk.0.attn_norm_2.weight", "num_ln_in_parallel_attn", "2", "1"},
    NO_MORE,
};

const struct pot_gguf_family pot_gguf_families[] = {
    {.arch = "llama",
     .type = "llama",
     .keys = {usual, grouped},
     .present = llama_present,
     .pairs = true},
    {.arch = "llama", .type = "mistral", .keys = {usual, grouped, windowed}, .pairs = true},
    {.arch = "llama",
     .type = "mixtral",
     .experts = true,
     .keys = {usual, grouped, windowed, mixtral_keys},
     .pairs = true},
    {.arch = "gpt2", .type = "gpt2", .keys = {gpt2_keys}},
    {.arch = "gptneox",
     .type = "gpt_neox",
     .keys = {neox_keys},
     .partial = "rotary_pct",
     .present = neox_present},
    {.arch = "qwen2", .type = "qwen2", .keys = {usual, grouped}},
    {.arch = "qwen2moe",
     .type = "qwen2_moe",
     .experts = true,
     .keys = {usual, grouped, qwen_moe_keys},
     .present = qwen2_moe_present},
    {.arch = "qwen3", .type = "qwen3", .keys = {usual, grouped}, .present = biased},
    {.arch = "qwen3moe",
     .type = "qwen3_moe",
     .experts = true,
     .keys = {usual, grouped, qwen_moe_keys},
     .present = biased,
     .say = "\"norm_topk_prob\":true"},
    {.arch = "gemma", .type = "gemma", .keys = {usual, grouped}, .present = biased},
    {.arch = "gemma2",
     .type = "gemma2",
     .keys = {usual, grouped, windowed, gemma_keys},
     .present = biased,
     .root_layers = 46},
    {.arch = "gemma3",
     .type = "gemma3_text",
     .keys = {usual, grouped, windowed, gemma_keys},
     .present = biased,
     .root_layers = 62},
    {.arch = "phi2", .type = "phi", .keys = {usual, grouped}, .partial = "partial_rotary_factor"},
    {.arch = "phi3",
     .type = "phi3",
     .keys = {usual, grouped, phi3_keys},
     .partial = "partial_rotary_factor"},
    {.arch = "gpt-oss",
     .type = "gpt_oss",
     .experts = true,
     .keys = {usual, grouped, gpt_oss_keys},
     .say_scaling = "\"truncate\":false",
     .name = {[POT_NORM_2] = "blk.%.post_attention_norm"}},
    {.arch = "olmo", .type = "olmo", .keys = {olmo_keys, grouped}, .eps = 1e-5, .pairs = true},
    {.arch = "olmo2", .type = "olmo2", .keys = {usual, grouped}, .present = biased},
    {.arch = "olmo2", .type = "olmo3", .keys = {usual, grouped, windowed}, .present = biased},
    {.arch = "granite",
     .type = "granite",
     .keys = {usual, grouped, granite_keys},
     .present = llama_present,
     .pairs = true},
    {.arch = "command-r",
     .type = "cohere",
     .keys = {usual, grouped, cohere_keys},
     .present = cohere_present},
    {.arch = "cohere2",
     .type = "cohere2",
     .keys = {usual, grouped, windowed, cohere_keys},
     .present = biased},
    {.arch = "starcoder2",
     .type = "starcoder2",
     .keys = {starcoder2_keys, grouped, windowed},
     .present = starcoder2_present},
    {.arch = "stablelm",
     .type = "stablelm",
     .keys = {usual, grouped, stablelm_keys},
     .partial = "partial_rotary_factor",
     .present = stablelm_present},
    {.arch = "falcon",
     .type = "falcon",
     .keys = {falcon_keys},
     .present = falcon_present,
     .say = "\"new_decoder_architecture\":true",
     .name =
         {[POT_NORM_1] = "blk.%.attn_norm_2|blk.%.attn_norm", [POT_NORM_2] = "blk.%.attn_norm"}},
    {.arch = "bloom", .type = "bloom", .keys = {bloom_keys}},
    {.arch = "gptj", .type = "gptj", .keys = {gptj_keys}},
    {.arch = "deepseek2",
     .type = "deepseek_v2",
     .experts = true,
     .gating = 1,
     .latent = true,
     .keys = {usual, deepseek_keys}},
    {.arch = "deepseek2",
     .type = "deepseek_v3",
     .experts = true,
     .gating = 2,
     .latent = true,
     .keys = {usual, deepseek_keys}},
    {.arch = "smollm3",
     .type = "smollm3",
     .keys = {usual, grouped},
     .present = llama_present,
     .pairs = true},
    {.arch = NULL},
};
