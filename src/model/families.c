/* What a row of families_table.c does not say: windows by layer, and the peculiar. */
#include "base/fail.h"
#include "model/family.h"

#include <math.h>
#include <string.h>

/* ---- windows ----------------------------------------------------------------------------- */

/* A window of no keys leaves nothing to attend to. */
static pot_status read_window(const pot_json *c, const char *key, uint32_t *window, pot_error *err)
{
    POT_TRY(pot_json_opt_u32(c, key, window, err));
    const pot_json at = pot_json_get(c, key);
    if (!at.v || *window) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "a window of at least one key is expected");
}

static pot_status layer_types(const pot_arch *a, pot_layer_arch *layer, const pot_json *c,
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

/* sliding_window_pattern is what layer_types was written as before: they must agree. */
static pot_status check_pattern(const pot_arch *a, const pot_layer_arch *layer, uint32_t every,
                                const pot_json *c, pot_error *err)
{
    const pot_json at = pot_json_get(c, "sliding_window_pattern");
    for (uint32_t i = 0; at.v && i < a->layers; i++)
        if ((layer[i].window != 0) != ((i + 1) % every != 0))
            return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "contradicts layer_types");
    return POT_OK;
}

static pot_status slide_every(const pot_arch *a, pot_layer_arch *layer, const pot_json *c,
                              uint32_t window, pot_error *err)
{
    uint32_t every = a->family->slide_every;
    POT_TRY(pot_json_opt_u32(c, "sliding_window_pattern", &every, err));
    const pot_json at = pot_json_get(c, "sliding_window_pattern"),
                   size = pot_json_get(c, "sliding_window");
    if (!every) return pot_json_fail(&at, POT_E_FORMAT, err, "at least 1 is expected");
    if (pot_json_has(c, "layer_types")) {
        POT_TRY(layer_types(a, layer, c, window, err));
        return check_pattern(a, layer, every, c, err);
    }
    if (!window && every > 1)
        return pot_json_fail(size.v ? &size : c, POT_E_FORMAT, err,
                             "sliding attention without sliding_window");
    for (uint32_t i = 0; i < a->layers; i++)
        layer[i].window = (i + 1) % every ? window : 0;
    return POT_OK;
}

static pot_status slide_from(const pot_arch *a, pot_layer_arch *layer, const pot_json *c,
                             uint32_t window, pot_error *err)
{
    uint32_t from = 28;
    POT_TRY(pot_json_opt_u32(c, "max_window_layers", &from, err));
    if (pot_json_has(c, "layer_types")) return layer_types(a, layer, c, window, err);
    for (uint32_t i = from; i < a->layers; i++)
        layer[i].window = window;
    return POT_OK;
}

/* An explicit null is no window; an absent key is the default of transformers. */
pot_status pot_windows_read(const pot_arch *a, pot_layer_arch *layer, const pot_json *c,
                            pot_error *err)
{
    const struct pot_family *f = a->family;
    bool use = f->slide != POT_SLIDE_FROM && f->slide != POT_SLIDE_USED;
    uint32_t window = json_object_get(c->v, "sliding_window") ? 0 : f->window;
    if (f->slide == POT_SLIDE_NEVER) return POT_OK;
    if (!use) POT_TRY(pot_json_opt_bool(c, "use_sliding_window", &use, err));
    if (use) POT_TRY(read_window(c, "sliding_window", &window, err));
    else window = 0;
    if (f->slide == POT_SLIDE_FROM) return slide_from(a, layer, c, window, err);
    if (f->slide == POT_SLIDE_EVERY) return slide_every(a, layer, c, window, err);
    for (uint32_t i = 0; i < a->layers; i++)
        layer[i].window = window;
    return POT_OK;
}

/* ---- experts ----------------------------------------------------------------------------- */

/* A required number of this kind, 1 to `most`. */
static pot_status count(const pot_json *c, const char *key, uint32_t *out, uint32_t most,
                        pot_error *err)
{
    POT_TRY(pot_json_u32(c, key, out, err));
    const pot_json at = pot_json_get(c, key);
    if (*out >= 1 && *out <= most) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "a number from 1 to %u is expected", most);
}

/* Every decoder_sparse_step-th layer has experts, except mlp_only_layers. */
static pot_status read_steps(const pot_arch *a, pot_layer_arch *layer, const pot_json *c,
                             pot_error *err)
{
    uint32_t step = 1;
    pot_json only = pot_json_get(c, "mlp_only_layers");
    const pot_json at = pot_json_get(c, "decoder_sparse_step");
    POT_TRY(pot_json_opt_u32(c, "decoder_sparse_step", &step, err));
    if (!step) return pot_json_fail(&at, POT_E_FORMAT, err, "at least 1 is expected");
    for (uint32_t i = 0; i < a->layers; i++)
        layer[i].experts = (i + 1) % step == 0;
    if (only.v) POT_TRY(pot_json_array(c, "mlp_only_layers", &only, err));
    for (size_t k = 0; only.v && k < json_array_size(only.v); k++) {
        const pot_json item = pot_json_at(&only, k);
        const json_int_t i = json_integer_value(item.v);
        if (!json_is_integer(item.v) || i < 0 || i >= (json_int_t)a->layers)
            return pot_json_fail(&item, POT_E_FORMAT, err, "the number of a layer is expected");
        layer[i].experts = false;
    }
    return POT_OK;
}

/* A pattern that cannot fit the experts: no other sign than '.' and '*', and the part that it
 * ends with is never quantized. */
static bool spares_experts(const char *pattern)
{
    static const char *const part[] = {".self_attn", ".mlp.router", "embed_tokens", "lm_head",
                                       "norm"};
    const size_t n = pattern ? strlen(pattern) : 0;
    for (size_t i = 0; i < n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_.*", pattern[i])) return false;
    for (size_t i = 0; n && i < sizeof part / sizeof *part; i++) {
        const size_t k = strlen(part[i]);
        if (n >= k && strcmp(pattern + n - k, part[i]) == 0) return true;
    }
    return false;
}

/* quantization_config: {"quant_method": "mxfp4", "modules_to_not_convert": what never is} */
static pot_status read_mxfp4(const pot_arch *a, pot_moe *m, const pot_json *c, pot_error *err)
{
    const char *method, *key;
    bool dequantize; /* when it is loaded: the same values */
    json_t *v;
    pot_json q = pot_json_get(c, "quantization_config"), spared;
    if (!q.v) return POT_OK;
    POT_TRY(pot_json_object(c, "quantization_config", &q, err));
    POT_TRY(pot_json_str(&q, "quant_method", &method, err));
    const pot_json at = pot_json_get(&q, "quant_method");
    if (strcmp(method, "mxfp4") != 0)
        return pot_json_fail(&at, POT_E_UNSUPPORTED, err,
                             "only mxfp4 is built in; use the original weights");
    json_object_foreach(q.v, key, v)
    {
        const pot_json item = pot_json_get(&q, key);
        if (strcmp(key, "quant_method") != 0 && strcmp(key, "modules_to_not_convert") != 0 &&
            strcmp(key, "dequantize") != 0)
            return pot_json_fail(&item, POT_E_UNSUPPORTED, err,
                                 "is not known here, and could change the weights");
    }
    POT_TRY(pot_json_opt_bool(&q, "dequantize", &dequantize, err));
    spared = pot_json_get(&q, "modules_to_not_convert");
    if (spared.v) POT_TRY(pot_json_array(&q, "modules_to_not_convert", &spared, err));
    for (size_t i = 0; spared.v && i < json_array_size(spared.v); i++) {
        const pot_json item = pot_json_at(&spared, i);
        if (!spares_experts(json_string_value(item.v)))
            return pot_json_fail(&item, POT_E_UNSUPPORTED, err,
                                 "this may name experts; all of them or none are MXFP4 here");
    }
    if (a->hidden % 32 || m->ffn % 32)
        return pot_json_fail(&q, POT_E_FORMAT, err,
                             "%u and %u columns of experts are not whole blocks of 32", a->hidden,
                             m->ffn);
    m->mxfp4 = true;
    m->columns = false;
    return POT_OK;
}

pot_status pot_moe_read(pot_arch *a, pot_layer_arch *layer, const pot_json *c, pot_error *err)
{
    const struct pot_family *f = a->family;
    const uint32_t widest = 1u << 20, most = 1u << 16;
    pot_moe *m = &a->moe;
    if (!f->moe.experts) return POT_OK;
    const bool other = !pot_json_has(c, f->moe.experts) && pot_json_has(c, f->moe.experts_2);
    POT_TRY(count(c, other ? f->moe.experts_2 : f->moe.experts, &m->experts, most, err));
    uint32_t again = m->experts;
    POT_TRY(pot_json_opt_u32(c, f->moe.experts_2, &again, err));
    const pot_json at = pot_json_get(c, f->moe.experts_2);
    if (again != m->experts)
        return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "%u contradicts %u in %s", again,
                             m->experts, f->moe.experts);
    POT_TRY(count(c, f->moe.top_k, &m->top_k, m->experts < POT_MOST_TOP ? m->experts : POT_MOST_TOP,
                  err));
    POT_TRY(count(c, f->moe.ffn, &m->ffn, widest, err));
    if (f->moe.shared_ffn) POT_TRY(count(c, f->moe.shared_ffn, &m->shared_ffn, widest, err));
    m->renormalize = f->moe.renormalize.value;
    m->shared_mix = f->moe.shared_mix;
    m->top_softmax = f->moe.top_softmax;
    m->sigmoid = f->moe.sigmoid;
    m->bias = f->moe.bias;
    m->fused_up = f->moe.fused_up;
    m->columns = f->moe.columns;
    m->scale = 1;
    if (f->moe.mxfp4) POT_TRY(read_mxfp4(a, m, c, err));
    if (f->moe.renormalize.key)
        POT_TRY(pot_json_opt_bool(c, f->moe.renormalize.key, &m->renormalize, err));
    if (f->moe.steps) return read_steps(a, layer, c, err);
    for (uint32_t i = 0; i < a->layers; i++)
        layer[i].experts = true;
    return POT_OK;
}

/* ---- the peculiar ------------------------------------------------------------------------ */

pot_status pot_more_gpt2(pot_arch *a, pot_layer_arch *layer, const pot_json *c, pot_error *err)
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
pot_status pot_more_gpt_neo(pot_arch *a, pot_layer_arch *layer, const pot_json *c, pot_error *err)
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
            layer[n].scale = 1.0f, layer[n].window = local ? window : 0;
        }
    }
    if (n == a->layers) return check_spelled_out(layer, n, c, err);
    return pot_json_fail(&types, POT_E_FORMAT, err, "names %u layers of %u", n, a->layers);
}

pot_status pot_more_opt(pot_arch *a, pot_layer_arch *layer, const pot_json *c, pot_error *err)
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

/* no_rope_layers holds a 1 for each layer that turns; those that do not may have a window. */
pot_status pot_more_smollm3(pot_arch *a, pot_layer_arch *layer, const pot_json *c, pot_error *err)
{
    bool use = false;
    uint32_t window = 0, every = 4;
    pot_json turns = pot_json_get(c, "no_rope_layers");
    const pot_json at = pot_json_get(c, "no_rope_layer_interval");
    POT_TRY(pot_json_opt_u32(c, "no_rope_layer_interval", &every, err));
    POT_TRY(pot_json_opt_bool(c, "use_sliding_window", &use, err));
    if (use) POT_TRY(read_window(c, "sliding_window", &window, err));
    if (!every) return pot_json_fail(&at, POT_E_FORMAT, err, "at least 1 is expected");
    if (turns.v) POT_TRY(pot_json_array(c, "no_rope_layers", &turns, err));
    if (turns.v && json_array_size(turns.v) != a->layers)
        return pot_json_fail(&turns, POT_E_FORMAT, err, "%zu entries for %u layers",
                             json_array_size(turns.v), a->layers);
    for (uint32_t i = 0; i < a->layers; i++) {
        const pot_json item = pot_json_at(&turns, i);
        const json_int_t turn = turns.v ? json_integer_value(item.v) : (i + 1) % every != 0;
        if (turns.v && (!json_is_integer(item.v) || turn < 0 || turn > 1))
            return pot_json_fail(&item, POT_E_FORMAT, err, "0 or 1 is expected");
        layer[i].rope = turn ? 0 : POT_NO_ROPE;
        layer[i].window = turn ? 0 : window;
    }
    if (!pot_json_has(c, "layer_types")) return POT_OK;
    return layer_types(a, layer, c, window, err);
}

pot_status pot_more_bloom(pot_arch *a, pot_layer_arch *layer, const pot_json *c, pot_error *err)
{
    (void)layer;
    return pot_json_opt_bool(c, "apply_residual_connection_post_layernorm", &a->add_to_norm, err);
}

/* In the older form transformers 5 takes 500000 for the layers with a window, whatever rope_theta
 * says: what is published has just that. */
pot_status pot_more_olmo3(pot_arch *a, pot_layer_arch *layer, const pot_json *c, pot_error *err)
{
    const pot_json at = pot_json_get(c, "rope_theta");
    (void)layer;
    if (pot_json_has(c, "rope_parameters") || a->rope[0].theta == 500000) return POT_OK;
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err,
                         "versions of transformers differ in what %.9g means here; 500000, or "
                         "rope_parameters, is expected",
                         a->rope[0].theta);
}

/* Number of norms before the two branches of a parallel block. */
static pot_status falcon_norms(uint32_t *out, bool newer, bool parallel, const pot_json *c,
                               pot_error *err)
{
    const pot_json at = pot_json_get(c, "num_ln_in_parallel_attn");
    *out = newer ? 2 : 1;
    POT_TRY(pot_json_opt_u32(c, "num_ln_in_parallel_attn", out, err));
    if (*out == 1 || (*out == 2 && newer)) return POT_OK;
    if (!parallel && !newer) return POT_OK; /* not used */
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "%u norms are not built in", *out);
}

/* The layouts of 7b, 40b, rw and 11b. */
pot_status pot_more_falcon(pot_arch *a, pot_layer_arch *layer, const pot_json *c, pot_error *err)
{
    bool newer = false, parallel = true, one = true, alibi = false;
    uint32_t norms, kv = a->heads;
    const pot_json kv_at = pot_json_get(c, "num_kv_heads"),
                   parallel_at = pot_json_get(c, "parallel_attn");
    POT_TRY(pot_json_opt_bool(c, "new_decoder_architecture", &newer, err));
    POT_TRY(pot_json_opt_bool(c, "parallel_attn", &parallel, err));
    POT_TRY(pot_json_opt_bool(c, "multi_query", &one, err));
    POT_TRY(pot_json_opt_bool(c, "alibi", &alibi, err));
    POT_TRY(pot_json_opt_u32(c, "num_kv_heads", &kv, err));
    POT_TRY(falcon_norms(&norms, newer, parallel, c, err));
    if (newer && !parallel)
        return pot_json_fail(&parallel_at, POT_E_UNSUPPORTED, err,
                             "false contradicts new_decoder_architecture");
    a->kv_heads = newer ? kv : one ? 1 : a->heads;
    if (!a->kv_heads || a->heads % a->kv_heads || (!newer && !one && kv != a->heads))
        return pot_json_fail(&kv_at, POT_E_FORMAT, err, "%u heads cannot share %u key heads",
                             a->heads, kv);
    a->block = !parallel ? POT_SEQUENTIAL : norms == 2 ? POT_PARALLEL_TWO : POT_PARALLEL_ONE;
    if (!alibi) return POT_OK;
    a->position = POT_POS_ALIBI_BF16;
    a->rope[0] = (pot_rope){0};
    for (uint32_t i = 0; i < a->layers; i++)
        layer[i].rope = POT_NO_ROPE;
    return POT_OK;
}

/* Facts that have keys and yet are fixed in one version of transformers or in both. */
pot_status pot_more_gpt_oss(pot_arch *a, pot_layer_arch *layer, const pot_json *c, pot_error *err)
{
    const char *act = "silu";
    bool bias = true;
    double alpha = 1.702, limit = 7;
    (void)a, (void)layer;
    POT_TRY(pot_json_opt_str(c, "hidden_act", &act, err));
    POT_TRY(pot_json_opt_bool(c, "attention_bias", &bias, err));
    POT_TRY(pot_json_opt_f64(c, "swiglu_alpha", &alpha, err));
    POT_TRY(pot_json_opt_f64(c, "swiglu_limit", &limit, err));
    const char *const wrong = strcmp(act, "silu") != 0 ? "hidden_act"
                              : !bias                  ? "attention_bias"
                              : alpha != 1.702         ? "swiglu_alpha"
                              : limit != 7             ? "swiglu_limit"
                                                       : NULL;
    const pot_json at = pot_json_get(c, wrong ? wrong : "rope_scaling");
    if (wrong)
        return pot_json_fail(&at, POT_E_UNSUPPORTED, err,
                             "only silu, true, 1.702 and 7 are built in for hidden_act, "
                             "attention_bias, swiglu_alpha and swiglu_limit");
    if (pot_json_has(c, "rope_scaling") || pot_json_has(c, "rope_parameters")) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err,
                         "missing; versions of transformers differ in what that means");
}

/* ---- latent attention -------------------------------------------------------------------- */

/* A number that, where it is there, can only be this. */
static pot_status only(const pot_json *c, const char *key, uint32_t want, pot_error *err)
{
    uint32_t x = want;
    POT_TRY(pot_json_opt_u32(c, key, &x, err));
    const pot_json at = pot_json_get(c, key);
    return x == want ? POT_OK
                     : pot_json_fail(&at, POT_E_UNSUPPORTED, err, "only %u is built in here", want);
}

pot_status pot_latent_read(pot_arch *a, const pot_json *c, pot_error *err)
{
    const uint32_t widest = (1u << 20) / a->heads;
    uint32_t still;
    pot_latent *m = &a->latent;
    m->eps = 1e-6f; /* whatever rms_norm_eps says */
    POT_TRY(count(c, "kv_lora_rank", &m->kv_rank, 1u << 20, err));
    const pot_json rank = pot_json_get(c, "q_lora_rank");
    if (!json_object_get(c->v, "q_lora_rank"))
        return pot_json_fail(&rank, POT_E_FORMAT, err, "missing; a number or null is expected");
    if (pot_json_has(c, "q_lora_rank")) POT_TRY(count(c, "q_lora_rank", &m->q_rank, 1u << 20, err));
    POT_TRY(count(c, "qk_nope_head_dim", &still, widest / 2, err));
    POT_TRY(count(c, "qk_rope_head_dim", &m->turned, widest / 2, err));
    POT_TRY(count(c, "v_head_dim", &a->value_dim, widest, err));
    a->head_dim = still + m->turned;
    POT_TRY(only(c, "num_key_value_heads", a->heads, err));
    POT_TRY(only(c, "head_dim", m->turned, err));
    return only(c, "qk_head_dim", a->head_dim, err);
}

/* A word that, where it is there, can only be this. */
static pot_status only_word(const pot_json *c, const char *key, const char *want, pot_error *err)
{
    const char *word = want;
    POT_TRY(pot_json_opt_str(c, key, &word, err));
    const pot_json at = pot_json_get(c, key);
    if (strcmp(word, want) == 0) return POT_OK;
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "only %s is built in here", want);
}

/* n_group groups of at least `least` experts, of which topk_group have room for top_k. */
static pot_status read_groups(pot_moe *m, const pot_json *c, uint32_t least, pot_error *err)
{
    POT_TRY(count(c, "n_group", &m->groups,
                  m->experts < POT_MOST_GROUPS ? m->experts : POT_MOST_GROUPS, err));
    POT_TRY(count(c, "topk_group", &m->top_groups, m->groups, err));
    const pot_json at = pot_json_get(c, "n_group");
    if (m->experts % m->groups == 0 && m->experts / m->groups >= least &&
        m->experts / m->groups * m->top_groups >= m->top_k)
        return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err,
                         "%u experts do not divide into %u groups of at least %u of which %u have "
                         "%u experts",
                         m->experts, m->groups, least, m->top_groups, m->top_k);
}

/* What both have: experts from some layer on, of which some are for all tokens. */
static pot_status deepseek(pot_arch *a, pot_layer_arch *layer, const pot_json *c, pot_error *err)
{
    uint32_t first, shared;
    double scale;
    pot_moe *m = &a->moe;
    POT_TRY(pot_json_u32(c, "first_k_dense_replace", &first, err));
    POT_TRY(count(c, "n_shared_experts", &shared, (1u << 20) / m->ffn, err));
    POT_TRY(pot_json_f64(c, "routed_scaling_factor", &scale, err));
    POT_TRY(only(c, "moe_layer_freq", 1, err));
    POT_TRY(only(c, "ep_size", 1, err));
    const pot_json at = pot_json_get(c, "routed_scaling_factor"),
                   scaling = pot_json_get(c, "rope_scaling"),
                   parameters = pot_json_get(c, "rope_parameters");
    if (!(scale >= 1e-6 && scale <= 1e6))
        return pot_json_fail(&at, POT_E_FORMAT, err, "a number from 1e-6 to 1e6 is expected");
    m->scale = (float)scale;
    m->shared_ffn = shared * m->ffn;
    const double by = a->rope[0].mscale;
    for (uint32_t i = 0; i < a->layers; i++) {
        layer[i].experts = i >= first;
        layer[i].scale = (float)(1.0 / sqrt((double)a->head_dim) * by * by);
    }
    const pot_json *dict[] = {&scaling, &parameters};
    for (int i = 0; i < 2; i++)
        if (dict[i]->v && a->rope[0].kind != POT_ROPE_YARN &&
            pot_json_has(dict[i], "mscale_all_dim"))
            return pot_json_fail(dict[i], POT_E_UNSUPPORTED, err,
                                 "mscale_all_dim is built in for yarn only");
    return POT_OK;
}

pot_status pot_more_deepseek_v2(pot_arch *a, pot_layer_arch *layer, const pot_json *c,
                                pot_error *err)
{
    const char *method = "greedy";
    POT_TRY(deepseek(a, layer, c, err));
    POT_TRY(only_word(c, "scoring_func", "softmax", err));
    POT_TRY(pot_json_opt_str(c, "topk_method", &method, err));
    const pot_json at = pot_json_get(c, "topk_method");
    if (strcmp(method, "greedy") == 0) return POT_OK;
    if (strcmp(method, "group_limited_greedy") == 0) return read_groups(&a->moe, c, 1, err);
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "greedy or group_limited_greedy is expected");
}

pot_status pot_more_deepseek_v3(pot_arch *a, pot_layer_arch *layer, const pot_json *c,
                                pot_error *err)
{
    POT_TRY(deepseek(a, layer, c, err));
    POT_TRY(only_word(c, "scoring_func", "sigmoid", err));
    POT_TRY(only_word(c, "topk_method", "noaux_tc", err));
    POT_TRY(pot_json_opt_bool(c, "rope_interleave", &a->rope_pairs, err));
    return read_groups(&a->moe, c, 2, err);
}
