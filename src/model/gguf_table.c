/* Source: the converter of llama.cpp (convert_hf_to_gguf.py, gguf-py/gguf/constants.py and
 * tensor_mapping.py of gguf 0.19.0). */
#include "model/gguf_family.h"

const char *const pot_gguf_names[POT_SLOTS] = {
    [POT_EMBED] = "token_embd",         [POT_POSITIONS] = "position_embd",
    [POT_FINAL_NORM] = "output_norm",   [POT_HEAD] = "output",
    [POT_NORM_1] = "blk.%.attn_norm",   [POT_NORM_2] = "blk.%.ffn_norm",
    [POT_Q] = "blk.%.attn_q",           [POT_K] = "blk.%.attn_k",
    [POT_V] = "blk.%.attn_v",           [POT_QKV] = "blk.%.attn_qkv",
    [POT_O] = "blk.%.attn_output",      [POT_Q_NORM] = "blk.%.attn_q_norm",
    [POT_K_NORM] = "blk.%.attn_k_norm", [POT_GATE] = "blk.%.ffn_gate",
    [POT_UP] = "blk.%.ffn_up",          [POT_DOWN] = "blk.%.ffn_down",
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
    {"attention.head_count_kv", "num_key_value_heads"},
    {"attention.key_length", "head_dim"},
    {"attention.sliding_window", "sliding_window"},
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

static const struct pot_gguf_key llama_present[] = {
    {"blk.0.attn_q.bias", "attention_bias"},
    {"blk.0.ffn_up.bias", "mlp_bias"},
    END,
};

static const struct pot_gguf_key neox_present[] = {
    {"blk.0.attn_qkv.bias", "attention_bias"},
    END,
};

const struct pot_gguf_family pot_gguf_families[] = {
    {.arch = "llama",
     .type = "llama",
     .keys = usual,
     .more_keys = grouped,
     .present = llama_present,
     .pairs = true},
    {.arch = "llama", .type = "mistral", .keys = usual, .more_keys = windowed, .pairs = true},
    {.arch = "gpt2", .type = "gpt2", .keys = gpt2_keys},
    {.arch = "gptneox",
     .type = "gpt_neox",
     .keys = neox_keys,
     .partial = "rotary_pct",
     .present = neox_present},
    {.arch = "qwen2", .type = "qwen2", .keys = usual, .more_keys = grouped},
    {.arch = "phi2",
     .type = "phi",
     .keys = usual,
     .more_keys = grouped,
     .partial = "partial_rotary_factor"},
    {.arch = NULL},
};
