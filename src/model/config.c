/* config.json -> pot_arch, by the rows of families_table.c.  A value that changes the
 * mathematics and is not understood is refused; a key that nobody knows is reported. */
#include "base/fail.h"
#include "model/family.h"

#include <math.h>
#include <string.h>

#define MOST_LAYERS 10000u
#define MOST_VOCAB  (1u << 24)
#define MOST_WIDTH  (1u << 20) /* of any other dimension; products stay far below 2^63 */

/* transformers' names of activations. */
static const struct {
    const char *name;
    pot_act act;
} activations[] = {
    {"gelu", POT_GELU_ERF},
    {"gelu_python", POT_GELU_ERF},
    {"gelu_new", POT_GELU_TANH},
    {"gelu_fast", POT_GELU_TANH},
    {"gelu_pytorch_tanh", POT_GELU_TANH},
    {"quick_gelu", POT_QUICK_GELU},
    {"relu", POT_RELU},
    {"silu", POT_SILU},
    {"swish", POT_SILU},
};

/* Keys that do not touch the distribution of the next token. */
static const char *const inert[] = {"_attn_implementation",
                                    "_name_or_path",
                                    "architectures",
                                    "attention_dropout",
                                    "attn_pdrop",
                                    "begin_suppress_tokens",
                                    "bos_token_id",
                                    "chunk_size_feed_forward",
                                    "classifier_dropout",
                                    "decoder_start_token_id",
                                    "diversity_penalty",
                                    "do_sample",
                                    "dropout",
                                    "dtype",
                                    "early_stopping",
                                    "embd_pdrop",
                                    "embed_dropout",
                                    "encoder_no_repeat_ngram_size",
                                    "eos_token_id",
                                    "exponential_decay_length_penalty",
                                    "finetuning_task",
                                    "forced_bos_token_id",
                                    "forced_eos_token_id",
                                    "gradient_checkpointing",
                                    "hidden_dropout",
                                    "id2label",
                                    "init_std",
                                    "initializer_range",
                                    "is_decoder",
                                    "label2id",
                                    "layerdrop",
                                    "length_penalty",
                                    "max_length",
                                    "min_length",
                                    "model_type",
                                    "n_ctx",
                                    "no_repeat_ngram_size",
                                    "num_beam_groups",
                                    "num_beams",
                                    "num_return_sequences",
                                    "output_attentions",
                                    "output_hidden_states",
                                    "output_scores",
                                    "pad_token_id",
                                    "prefix",
                                    "pretraining_tp",
                                    "problem_type",
                                    "remove_invalid_values",
                                    "repetition_penalty",
                                    "resid_dropout",
                                    "resid_pdrop",
                                    "return_dict",
                                    "return_dict_in_generate",
                                    "sep_token_id",
                                    "summary_activation",
                                    "summary_first_dropout",
                                    "summary_proj_to_labels",
                                    "summary_type",
                                    "summary_use_proj",
                                    "suppress_tokens",
                                    "task_specific_params",
                                    "temperature",
                                    "tf_legacy_loss",
                                    "tokenizer_class",
                                    "top_k",
                                    "top_p",
                                    "torch_dtype",
                                    "torchscript",
                                    "transformers_version",
                                    "typical_p",
                                    "unk_token_id",
                                    "use_bfloat16",
                                    "use_cache",
                                    NULL};

/* Keys that this file reads for every family. */
static const char *const read_here[] = {"vocab_size",
                                        "hidden_size",
                                        "num_hidden_layers",
                                        "num_attention_heads",
                                        "max_position_embeddings",
                                        "tie_word_embeddings",
                                        "head_dim",
                                        "rope_theta",
                                        "rope_scaling",
                                        "rope_parameters",
                                        "partial_rotary_factor",
                                        "original_max_position_embeddings",
                                        "is_encoder_decoder",
                                        "quantization_config",
                                        "pruned_heads",
                                        "cross_attention_hidden_size",
                                        "tie_encoder_decoder",
                                        NULL};

static bool in_list(const char *const *list, const char *key)
{
    for (; list && *list; list++)
        if (strcmp(*list, key) == 0) return true;
    return false;
}

static bool same(const char *a, const char *b)
{
    return a && strcmp(a, b) == 0;
}

static bool known_key(const struct pot_family *f, const char *key)
{
    return same(f->hidden, key) || same(f->layers, key) || same(f->heads, key) ||
           same(f->kv_heads, key) || same(f->ffn, key) || same(f->context, key) ||
           same(f->eps_key, key) || same(f->act_key, key) || same(f->theta_key, key) ||
           same(f->partial_key, key) || same(f->bias_qkv.key, key) || same(f->bias_o.key, key) ||
           same(f->bias_mlp.key, key) || in_list(f->more_keys, key) || in_list(inert, key) ||
           in_list(read_here, key);
}

#define MOST_REPORTED 16

static void report_unknown(pot_buf *warn, const struct pot_family *f, const pot_json *c)
{
    const char *key;
    json_t *v;
    size_t n = 0;
    json_object_foreach(c->v, key, v)
    {
        (void)v;
        if (known_key(f, key) || n++ >= MOST_REPORTED) continue;
        char shown[81]; /* one line, whatever the key holds */
        snprintf(shown, sizeof shown, "%s", key);
        pot_printable(shown);
        pot_buf_fmt(warn, "config.json: the key %s is not known to pot and was not used\n", shown);
    }
    if (n > MOST_REPORTED)
        pot_buf_fmt(warn, "config.json: %zu more keys are not known to pot\n", n - MOST_REPORTED);
}

static pot_status find_family(const struct pot_family **out, const pot_json *c, pot_error *err)
{
    const char *type;
    POT_TRY(pot_json_str(c, "model_type", &type, err));
    for (size_t i = 0; pot_families[i]; i++)
        if (strcmp(pot_families[i]->type, type) == 0) return *out = pot_families[i], POT_OK;
    pot_buf list = POT_BUF(512);
    for (size_t i = 0; pot_families[i]; i++)
        pot_buf_fmt(&list, "%s%s", i ? " " : "", pot_families[i]->type);
    const pot_json at = pot_json_get(c, "model_type");
    pot_json_fail(&at, POT_E_UNSUPPORTED, err,
                  "the architecture \"%.60s\" is not built in; these are: %s", type,
                  list.p ? list.p : "");
    pot_buf_free(&list);
    return POT_E_UNSUPPORTED;
}

/* Things that no family here can have. */
static pot_status refuse_foreign(const pot_json *c, pot_error *err)
{
    bool encoder = false;
    pot_json at = pot_json_get(c, "quantization_config");
    if (at.v)
        return pot_json_fail(&at, POT_E_UNSUPPORTED, err,
                             "quantized checkpoints are not built in; use the original weights");
    at = pot_json_get(c, "pruned_heads");
    if (at.v && json_object_size(at.v) > 0)
        return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "pruned heads are not built in");
    POT_TRY(pot_json_opt_bool(c, "is_encoder_decoder", &encoder, err));
    at = pot_json_get(c, "is_encoder_decoder");
    if (encoder) return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "only decoders can be scored");
    return POT_OK;
}

/* A required size, 1 to `most`. */
static pot_status size(const pot_json *c, const char *key, uint32_t *out, uint32_t most,
                       pot_error *err)
{
    POT_TRY(pot_json_u32(c, key, out, err));
    const pot_json at = pot_json_get(c, key);
    if (*out >= 1 && *out <= most) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "a size from 1 to %u is expected", most);
}

/* A number that may be written in several places, of which transformers prefers one or, from
 * version to version, another: they must agree. */
static pot_status agree(const pot_json *c, const char *key, double with, pot_error *err)
{
    double x = with;
    POT_TRY(pot_json_opt_f64(c, key, &x, err));
    const pot_json at = pot_json_get(c, key);
    if (x == with) return POT_OK;
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err,
                         "%.9g contradicts %.9g elsewhere in the file, or by default", x, with);
}

static pot_status read_sizes(pot_arch *a, const pot_json *c, pot_error *err)
{
    const struct pot_family *f = a->family;
    POT_TRY(size(c, "vocab_size", &a->vocab, MOST_VOCAB, err));
    POT_TRY(size(c, f->hidden, &a->hidden, MOST_WIDTH, err));
    POT_TRY(size(c, f->layers, &a->layers, MOST_LAYERS, err));
    POT_TRY(size(c, f->heads, &a->heads, MOST_WIDTH, err));
    POT_TRY(size(c, f->context, &a->context, MOST_VOCAB, err));
    a->embed = a->hidden;
    POT_TRY(agree(c, "hidden_size", a->hidden, err)); /* other names of the same */
    POT_TRY(agree(c, "num_hidden_layers", a->layers, err));
    POT_TRY(agree(c, "num_attention_heads", a->heads, err));
    POT_TRY(agree(c, "max_position_embeddings", a->context, err));

    if (pot_json_has(c, f->ffn) || !f->ffn_default)
        POT_TRY(size(c, f->ffn, &a->ffn, MOST_WIDTH, err));
    else a->ffn = a->hidden * f->ffn_default;

    const bool absent = f->kv_heads && !json_object_get(c->v, f->kv_heads); /* null: heads */
    a->kv_heads = f->kv_default && absent ? f->kv_default : a->heads;
    if (f->kv_heads && pot_json_has(c, f->kv_heads))
        POT_TRY(size(c, f->kv_heads, &a->kv_heads, a->heads, err));
    const pot_json kv = pot_json_get(c, f->kv_heads ? f->kv_heads : f->heads);
    if (a->heads % a->kv_heads)
        return pot_json_fail(&kv, POT_E_FORMAT, err, "%u heads cannot share %u key heads", a->heads,
                             a->kv_heads);

    const pot_json dim = pot_json_get(c, f->heads), own = pot_json_get(c, "head_dim");
    if (own.v && f->head_dim) return size(c, "head_dim", &a->head_dim, MOST_WIDTH / a->heads, err);
    a->head_dim = a->hidden / a->heads;
    if (a->hidden % a->heads)
        return pot_json_fail(&dim, POT_E_FORMAT, err, "%u dimensions do not divide into %u heads",
                             a->hidden, a->heads);
    if (own.v && json_integer_value(own.v) != (json_int_t)a->head_dim)
        return pot_json_fail(&own, POT_E_UNSUPPORTED, err,
                             "%s models have hidden size / heads = %u", f->type, a->head_dim);
    return POT_OK;
}

static pot_status read_act(pot_arch *a, const pot_json *c, pot_error *err)
{
    const char *name = a->family->act;
    POT_TRY(pot_json_opt_str(c, a->family->act_key, &name, err));
    for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
        if (strcmp(activations[i].name, name) == 0) return a->act = activations[i].act, POT_OK;
    const pot_json at = pot_json_get(c, a->family->act_key);
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "the activation \"%.60s\" is not built in",
                         name);
}

static pot_status read_flag(bool *out, struct pot_flag flag, const pot_json *c, pot_error *err)
{
    *out = flag.value;
    return flag.key ? pot_json_opt_bool(c, flag.key, out, err) : POT_OK;
}

/* The dictionary of old files, of new ones, or both with the same content. */
static pot_status read_scaling(pot_rope *r, pot_arena *arena, const pot_json *c,
                               pot_rope_where where, pot_error *err)
{
    const pot_json old = pot_json_get(c, "rope_scaling"), new = pot_json_get(c, "rope_parameters");
    pot_rope other = *r;
    where.parameters = new.v;
    POT_TRY(pot_rope_read(r, arena, new.v ? &new : &old, &where, err));
    if (!new.v || !old.v) return POT_OK;
    where.parameters = false;
    POT_TRY(pot_rope_read(&other, arena, &old, &where, err));
    const size_t list = r->kind == POT_ROPE_LONG ? r->dim / 2 * sizeof(double) : 0;
    bool equal = r->kind == other.kind && r->factor == other.factor && r->scale == other.scale &&
                 r->low == other.low && r->high == other.high && r->original == other.original;
    for (int i = 0; equal && list && i < 2; i++)
        equal = memcmp(r->list[i], other.list[i], list) == 0;
    if (equal) return POT_OK;
    return pot_json_fail(&old, POT_E_UNSUPPORTED, err, "contradicts rope_parameters");
}

/* The base and the part of a head that turns, each in one of several places. */
static pot_status read_turning(pot_arch *a, pot_rope *r, const pot_json *c, pot_error *err)
{
    const struct pot_family *f = a->family;
    const char *const base = "rope_theta", *const part = "partial_rotary_factor",
                      *const own_part = f->partial_key ? f->partial_key : part;
    const pot_json old = pot_json_get(c, "rope_scaling"), new = pot_json_get(c, "rope_parameters");
    double partial = f->partial;
    r->theta = f->theta ? f->theta : 10000.0;
    POT_TRY(pot_json_opt_f64(c, f->theta_key, &r->theta, err));
    POT_TRY(pot_json_opt_f64(c, own_part, &partial, err));
    if (new.v) {
        POT_TRY(pot_json_f64(&new, base, &r->theta, err));
        POT_TRY(pot_json_opt_f64(&new, part, &partial, err));
    }
    const char *const theta_key[] = {f->theta_key, base}, *const part_key[] = {own_part, part};
    for (size_t i = 0; i < 2; i++) {
        POT_TRY(agree(c, theta_key[i], r->theta, err));
        POT_TRY(agree(c, part_key[i], partial, err));
    }
    POT_TRY(agree(&old, base, r->theta, err));
    POT_TRY(agree(&old, part, partial, err));

    const pot_json in = new.v ? new : *c;
    const pot_json theta = pot_json_get(&in, new.v ? base : f->theta_key),
                   turn = pot_json_get(&in, new.v ? part : own_part);
    if (!(r->theta >= 1 && r->theta <= 1e15))
        return pot_json_fail(&theta, POT_E_FORMAT, err, "a rope base from 1 to 1e15 is expected");
    if (!(partial > 0 && partial <= 1) || (partial != 1.0 && !f->partial_key))
        return pot_json_fail(&turn, POT_E_UNSUPPORTED, err,
                             "%s models with a partial rotary factor of %g are not built in",
                             f->type, partial);
    r->dim = (uint32_t)(a->head_dim * partial);
    if (r->dim < 2 || r->dim % 2)
        return pot_json_fail(&turn, POT_E_UNSUPPORTED, err,
                             "%u rotated dimensions; an even number is expected", r->dim);
    return POT_OK;
}

static pot_status read_rope(pot_arch *a, pot_arena *arena, const pot_json *c, pot_error *err)
{
    pot_rope *r = &a->rope;
    pot_rope_where where = {.context = a->context,
                            .original = a->family->original,
                            .longrope_only = a->family->longrope_only};
    POT_TRY(read_turning(a, r, c, err));
    POT_TRY(pot_json_opt_u32(c, "original_max_position_embeddings", &where.original, err));
    POT_TRY(read_scaling(r, arena, c, where, err));
    if (r->kind == POT_ROPE_DYNAMIC) /* made for longer texts than the model was trained with */
        a->context = (uint32_t)fmin(a->context * r->factor, MOST_VOCAB);
    return POT_OK;
}

static pot_status read_layers(pot_arch *a, pot_arena *arena, const pot_json *c, pot_error *err)
{
    pot_layer_arch *layer = pot_arena_new(arena, a->layers, sizeof *layer);
    if (!layer) return pot_fail_mem(err);
    for (uint32_t i = 0; i < a->layers; i++)
        layer[i].scale = (float)(1.0 / sqrt((double)a->head_dim));
    a->layer = layer;
    return a->family->more ? a->family->more(a, layer, c, err) : POT_OK;
}

static pot_status check_eps(const pot_arch *a, const pot_json *c, pot_error *err)
{
    const pot_json at = pot_json_get(c, a->family->eps_key ? a->family->eps_key : "");
    if (a->eps > 0 && a->eps < 1) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "a small positive number is expected");
}

pot_status pot_arch_read(pot_arch *arch, pot_arena *arena, const pot_json *c, pot_buf *warn,
                         pot_error *err)
{
    pot_arch a = {0};
    if (!json_is_object(c->v)) return pot_json_fail(c, POT_E_FORMAT, err, "an object is expected");
    POT_TRY(find_family(&a.family, c, err));
    const struct pot_family *f = a.family;
    POT_TRY(refuse_foreign(c, err));
    POT_TRY(read_sizes(&a, c, err));
    POT_TRY(read_act(&a, c, err));

    double eps = f->eps;
    if (f->eps_key) POT_TRY(pot_json_opt_f64(c, f->eps_key, &eps, err));
    a.eps = (float)eps;
    POT_TRY(check_eps(&a, c, err));
    POT_TRY(read_flag(&a.tied, (struct pot_flag){"tie_word_embeddings", f->tied}, c, err));
    POT_TRY(read_flag(&a.bias_qkv, f->bias_qkv, c, err));
    POT_TRY(read_flag(&a.bias_o, f->bias_o, c, err));
    POT_TRY(read_flag(&a.bias_mlp, f->bias_mlp, c, err));
    a.bias_head = f->bias_head;
    a.norm = f->norm;
    a.norm_affine = a.final_norm = true;
    a.block = f->block;
    a.position = f->position;
    a.pos_offset = f->pos_offset;
    a.qkv = f->qkv;
    a.columns = f->columns;
    a.glu = f->glu;
    if (f->position == POT_POS_ROPE) POT_TRY(read_rope(&a, arena, c, err));
    POT_TRY(read_layers(&a, arena, c, err));
    if (warn) report_unknown(warn, f, c);
    *arch = a;
    return POT_OK;
}

pot_shape pot_arch_shape(const pot_arch *a, pot_slot slot)
{
    const uint32_t D = a->hidden, q = a->heads * a->head_dim, kv = a->kv_heads * a->head_dim;
    const bool ln = a->norm == POT_NORM_LAYER && a->norm_affine, split = a->qkv == POT_QKV_SPLIT;
    const bool proj = a->embed != D;
    const pot_shape norm = {true, a->norm_affine, ln, D, 0};
    pot_shape s = {0};
    switch (slot) {
    case POT_EMBED:
        return (pot_shape){true, true, false, a->vocab, a->embed};
    case POT_POSITIONS:
        return (pot_shape){a->position == POT_POS_LEARNED, true, false, a->context + a->pos_offset,
                           D};
    case POT_PROJ_IN:
        return (pot_shape){proj, true, false, D, a->embed};
    case POT_PROJ_OUT:
        return (pot_shape){proj, true, false, a->embed, D};
    case POT_FINAL_NORM:
        s = norm;
        s.present = a->final_norm;
        return s;
    case POT_HEAD:
        return (pot_shape){true, !a->tied, a->bias_head, a->vocab, a->embed};
    case POT_NORM_1:
        return norm;
    case POT_NORM_2:
        s = norm;
        s.present = a->block != POT_PARALLEL_ONE;
        return s;
    case POT_Q:
        s = (pot_shape){split, true, a->bias_qkv, q, D};
        break;
    case POT_K:
    case POT_V:
        s = (pot_shape){split, true, a->bias_qkv, kv, D};
        break;
    case POT_QKV:
        s = (pot_shape){!split, true, a->bias_qkv, q + 2 * kv, D};
        break;
    case POT_O:
        s = (pot_shape){true, true, a->bias_o, D, q};
        break;
    case POT_Q_NORM:
    case POT_K_NORM:
        return (pot_shape){a->qk_norm, true, true, a->head_dim, 0};
    case POT_GATE:
        s = (pot_shape){a->glu, true, a->bias_mlp, a->ffn, D};
        break;
    case POT_UP:
        s = (pot_shape){true, true, a->bias_mlp, a->ffn, D};
        break;
    case POT_DOWN:
        s = (pot_shape){true, true, a->bias_mlp, D, a->ffn};
        break;
    case POT_SLOTS:
        break;
    default:
        break;
    }
    return s;
}

const char *pot_act_name(pot_act act)
{
    for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
        if (activations[i].act == act) return activations[i].name;
    return "?";
}
