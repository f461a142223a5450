/* The architectures, one row of facts each.  Sources: the configuration and modeling files of
 * transformers 4.57 and 5.23, checked by tools/oracle/arch.py against both. */
#include "base/fail.h"
#include "model/family.h"

#include <string.h>

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

/* ---- what needs more than a key -------------------------------------------------------- */

static const char *const no_buffers[] = {NULL};
static const char *const rope_buffers[] = {"rotary_emb.inv_freq", NULL};
static const char *const mask_buffers[] = {".attn.bias", ".attn.masked_bias", NULL};
static const char *const neo_buffers[] = {".attention.bias", ".attention.masked_bias", NULL};
static const char *const neox_buffers[] = {".attention.bias", ".attention.masked_bias",
                                           "rotary_emb.inv_freq", NULL};

static const char *const gpt2_keys[] = {"scale_attn_weights", "scale_attn_by_inverse_layer_idx",
                                        "add_cross_attention", "reorder_and_upcast_attn", NULL};

static pot_status gpt2_more(pot_arch *a, pot_layer_arch *layer, const pot_json *c, pot_error *err)
{
    bool scaled = true, by_layer = false, cross = false;
    POT_TRY(pot_json_opt_bool(c, "scale_attn_weights", &scaled, err));
    POT_TRY(pot_json_opt_bool(c, "scale_attn_by_inverse_layer_idx", &by_layer, err));
    POT_TRY(pot_json_opt_bool(c, "add_cross_attention", &cross, err));
    const pot_json at = pot_json_get(c, "add_cross_attention");
    if (cross) return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "only decoders can be scored");
    for (uint32_t i = 0; i < a->layers; i++) {
        if (!scaled) layer[i].scale = 1.0f;
        if (by_layer) layer[i].scale = layer[i].scale / (float)(i + 1);
    }
    return POT_OK;
}

/* A window of no keys leaves nothing to attend to. */
static pot_status read_window(const pot_json *c, const char *key, uint32_t *window, pot_error *err)
{
    POT_TRY(pot_json_opt_u32(c, key, window, err));
    const pot_json at = pot_json_get(c, key);
    if (!at.v || *window) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "a window of at least one key is expected");
}

static const char *const neo_keys[] = {"attention_types", "attention_layers", "window_size", NULL};

/* attention_layers spells attention_types out, and transformers prefers it: they must agree. */
static pot_status check_spelled_out(const pot_layer_arch *layer, uint32_t n, const pot_json *c,
                                    pot_error *err)
{
    const pot_json at = pot_json_get(c, "attention_layers");
    bool same = !at.v || json_array_size(at.v) == n;
    for (uint32_t i = 0; at.v && same && i < n; i++) {
        const char *name = json_string_value(json_array_get(at.v, i));
        same = name && strcmp(name, layer[i].window ? "local" : "global") == 0;
    }
    if (same) return POT_OK;
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "contradicts attention_types");
}

/* attention_types: a list of [pattern, repeat], a pattern being "global" and "local" names. */
static pot_status neo_more(pot_arch *a, pot_layer_arch *layer, const pot_json *c, pot_error *err)
{
    uint32_t window = 256, n = 0;
    pot_json types;
    POT_TRY(read_window(c, "window_size", &window, err));
    POT_TRY(pot_json_array(c, "attention_types", &types, err));
    for (size_t i = 0; i < json_array_size(types.v); i++) {
        const pot_json item = pot_json_at(&types, i), names = pot_json_at(&item, 0);
        const json_int_t repeat = json_integer_value(json_array_get(item.v, 1));
        const size_t width = json_array_size(names.v);
        if (repeat < 1 || width < 1 || (uint64_t)repeat > (a->layers - n) / width)
            return pot_json_fail(&item, POT_E_FORMAT, err,
                                 "[[\"global\" or \"local\", ...], repeat] that fills %u layers "
                                 "is expected",
                                 a->layers);
        for (size_t k = 0; k < (size_t)repeat * width; k++, n++) {
            const char *name = json_string_value(json_array_get(names.v, k % width));
            const bool local = name && strcmp(name, "local") == 0;
            if (!local && (!name || strcmp(name, "global") != 0))
                return pot_json_fail(&item, POT_E_UNSUPPORTED, err,
                                     "\"global\" or \"local\" is expected");
            layer[n] = (pot_layer_arch){.scale = 1.0f, .window = local ? window : 0};
        }
    }
    if (n == a->layers) return check_spelled_out(layer, n, c, err);
    return pot_json_fail(&types, POT_E_FORMAT, err, "names %u layers of %u", n, a->layers);
}

static const char *const neox_keys[] = {"use_parallel_residual", NULL};

static pot_status neox_more(pot_arch *a, pot_layer_arch *layer, const pot_json *c, pot_error *err)
{
    bool parallel = true;
    (void)layer;
    POT_TRY(pot_json_opt_bool(c, "use_parallel_residual", &parallel, err));
    a->block = parallel ? POT_PARALLEL_TWO : POT_SEQUENTIAL;
    return POT_OK;
}

static const char *const opt_keys[] = {"do_layer_norm_before", "_remove_final_layer_norm",
                                       "word_embed_proj_dim", "layer_norm_elementwise_affine",
                                       NULL};

static pot_status opt_more(pot_arch *a, pot_layer_arch *layer, const pot_json *c, pot_error *err)
{
    bool before = true, no_final = false;
    (void)layer;
    POT_TRY(pot_json_opt_bool(c, "do_layer_norm_before", &before, err));
    POT_TRY(pot_json_opt_bool(c, "_remove_final_layer_norm", &no_final, err));
    POT_TRY(pot_json_opt_bool(c, "layer_norm_elementwise_affine", &a->norm_affine, err));
    POT_TRY(pot_json_opt_u32(c, "word_embed_proj_dim", &a->embed, err));
    a->order = before ? POT_PRE_NORM : POT_POST_NORM;
    a->final_norm = before && !no_final;
    a->scale_query = true;
    const pot_json at = pot_json_get(c, "word_embed_proj_dim");
    if (a->embed >= 1 && a->embed <= 1u << 20) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "a size from 1 to %u is expected", 1u << 20);
}

static const char *const window_keys[] = {"sliding_window", NULL};

/* An explicit null is no window; an absent key is the default of transformers. */
static pot_status mistral_more(pot_arch *a, pot_layer_arch *layer, const pot_json *c,
                               pot_error *err)
{
    uint32_t window = json_object_get(c->v, "sliding_window") ? 0 : 4096;
    POT_TRY(read_window(c, "sliding_window", &window, err));
    for (uint32_t i = 0; i < a->layers; i++)
        layer[i].window = window;
    return POT_OK;
}

static const char *const qwen2_keys[] = {"use_sliding_window", "sliding_window",
                                         "max_window_layers", "layer_types", NULL};

static pot_status layer_types(pot_arch *a, pot_layer_arch *layer, const pot_json *c,
                              uint32_t window, pot_error *err)
{
    pot_json types;
    POT_TRY(pot_json_array(c, "layer_types", &types, err));
    if (json_array_size(types.v) != a->layers)
        return pot_json_fail(&types, POT_E_FORMAT, err, "%zu entries for %u layers",
                             json_array_size(types.v), a->layers);
    for (uint32_t i = 0; i < a->layers; i++) {
        const pot_json at = pot_json_at(&types, i);
        const char *name = json_string_value(at.v);
        const bool sliding = name && strcmp(name, "sliding_attention") == 0;
        if (!sliding && (!name || strcmp(name, "full_attention") != 0))
            return pot_json_fail(&at, POT_E_UNSUPPORTED, err,
                                 "\"full_attention\" or \"sliding_attention\" is expected");
        if (sliding && !window)
            return pot_json_fail(&at, POT_E_FORMAT, err,
                                 "sliding attention without sliding_window");
        layer[i].window = sliding ? window : 0;
    }
    return POT_OK;
}

static pot_status qwen2_more(pot_arch *a, pot_layer_arch *layer, const pot_json *c, pot_error *err)
{
    bool use = false;
    uint32_t window = json_object_get(c->v, "sliding_window") ? 0 : 4096, from = 28;
    POT_TRY(pot_json_opt_bool(c, "use_sliding_window", &use, err));
    if (use) POT_TRY(read_window(c, "sliding_window", &window, err));
    POT_TRY(pot_json_opt_u32(c, "max_window_layers", &from, err));
    if (!use) window = 0;
    if (pot_json_has(c, "layer_types")) return layer_types(a, layer, c, window, err);
    for (uint32_t i = from; i < a->layers; i++)
        layer[i].window = window;
    return POT_OK;
}

static const char *const phi_keys[] = {"qk_layernorm", NULL};

static pot_status phi_more(pot_arch *a, pot_layer_arch *layer, const pot_json *c, pot_error *err)
{
    (void)layer;
    return pot_json_opt_bool(c, "qk_layernorm", &a->qk_norm, err);
}

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
    .more = gpt2_more,
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
    .more = neo_more,
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
    .qkv = POT_QKV_PER_HEAD,
    .more = neox_more,
    .more_keys = neox_keys,
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
    .more = opt_more,
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

/* What llama, mistral and qwen2 share. */
#define LLAMA_LIKE                                                                                 \
    .hidden = "hidden_size", .layers = "num_hidden_layers", .heads = "num_attention_heads",        \
    .kv_heads = "num_key_value_heads", .ffn = "intermediate_size",                                 \
    .context = "max_position_embeddings", .head_dim = true, .eps_key = "rms_norm_eps",             \
    .eps = 1e-6, .act_key = "hidden_act", .act = "silu", .norm = POT_NORM_RMS,                     \
    .position = POT_POS_ROPE, .theta_key = "rope_theta", .partial = 1.0, .qkv = POT_QKV_SPLIT,     \
    .glu = true, .prefix = {"model."},                                                             \
    .name = {[POT_EMBED] = "@embed_tokens",                                                        \
             [POT_FINAL_NORM] = "@norm",                                                           \
             [POT_HEAD] = "lm_head",                                                               \
             [POT_NORM_1] = "@layers.%.input_layernorm",                                           \
             [POT_NORM_2] = "@layers.%.post_attention_layernorm",                                  \
             [POT_Q] = "@layers.%.self_attn.q_proj",                                               \
             [POT_K] = "@layers.%.self_attn.k_proj",                                               \
             [POT_V] = "@layers.%.self_attn.v_proj",                                               \
             [POT_O] = "@layers.%.self_attn.o_proj",                                               \
             [POT_GATE] = "@layers.%.mlp.gate_proj",                                               \
             [POT_UP] = "@layers.%.mlp.up_proj",                                                   \
             [POT_DOWN] = "@layers.%.mlp.down_proj"},                                              \
    .buffers = rope_buffers

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
    .more = mistral_more,
    .more_keys = window_keys,
};

static const struct pot_family qwen2 = {
    .type = "qwen2",
    LLAMA_LIKE,
    .kv_default = 32,
    .bias_qkv = ALWAYS,
    .bias_o = NEVER,
    .bias_mlp = NEVER,
    .more = qwen2_more,
    .more_keys = qwen2_keys,
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
    .position = POT_POS_ROPE,
    .theta_key = "rope_theta",
    .partial_key = "partial_rotary_factor",
    .partial = 0.5,
    .qkv = POT_QKV_SPLIT,
    .more = phi_more,
    .more_keys = phi_keys,
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

const struct pot_family *const pot_families[] = {&gpt2,    &gpt_neo, &gpt_neox, &opt, &llama,
                                                 &mistral, &qwen2,   &phi,      NULL};
