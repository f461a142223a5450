/* config.json -> pot_arch, by the rows of families_table.c.  A value that changes the
 * mathematics and is not understood is refused; a key that nobody knows is reported. */
#include "base/fail.h"
#include "model/family.h"

#include <math.h>
#include <string.h>

#define MOST_LAYERS 10000u
#define MOST_VOCAB  (1u << 24)
#define MOST_WIDTH  (1u << 20) /* of any other dimension; products stay far below 2^63 */

#define OWN_ACT "swiglu_oai" /* our name: no config can ask for it */

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
    {"sigmoid", POT_SIGMOID},
    {"silu", POT_SILU},
    {"swish", POT_SILU},
    {OWN_ACT, POT_SWIGLU_OAI},
};

/* Keys that do not touch the distribution of the next token. */
static const char *const inert[] = {"_attn_implementation",
                                    "_name_or_path",
                                    "architectures",
                                    "attention_dropout",
                                    "attention_softmax_in_fp32",
                                    "attn_pdrop",
                                    "auto_map",
                                    "begin_suppress_tokens",
                                    "bias_dropout_fusion",
                                    "bos_token_id",
                                    "cache_implementation",
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
                                    "embedding_dropout",
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
                                    "masked_softmax_fusion",
                                    "max_length",
                                    "min_length",
                                    "model_type",
                                    "n_ctx",
                                    "no_repeat_ngram_size",
                                    "num_beam_groups",
                                    "num_beams",
                                    "num_return_sequences",
                                    "offset_alibi",
                                    "output_attentions",
                                    "output_hidden_states",
                                    "output_router_logits",
                                    "output_scores",
                                    "pad_token_id",
                                    "prefix",
                                    "pretraining_tp",
                                    "problem_type",
                                    "remove_invalid_values",
                                    "repetition_penalty",
                                    "resid_dropout",
                                    "resid_pdrop",
                                    "residual_dropout",
                                    "return_dict",
                                    "return_dict_in_generate",
                                    "router_aux_loss_coef",
                                    "router_jitter_noise",
                                    "sep_token_id",
                                    "skip_bias_add",
                                    "skip_bias_add_qkv",
                                    "slow_but_exact",
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
                                        "use_bidirectional_attention",
                                        NULL};

static const char *const step_keys[] = {"decoder_sparse_step", "mlp_only_layers", NULL};
static const char *const window_keys[] = {"sliding_window",
                                          "use_sliding_window",
                                          "max_window_layers",
                                          "layer_types",
                                          "sliding_window_pattern",
                                          "_sliding_window_pattern",
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
           same(f->eps_key, key) || same(f->act_key, key) || same(f->act_key_2, key) ||
           same(f->theta_key, key) || same(f->partial_key, key) || same(f->turned_key, key) ||
           same(f->bias_qkv.key, key) || same(f->bias_o.key, key) || same(f->bias_mlp.key, key) ||
           same(f->parallel.key, key) || same(f->has_qk_norm.key, key) ||
           same(f->embed_scale.key, key) || same(f->residual_scale.key, key) ||
           same(f->logit_scale.key, key) || same(f->logit_divisor.key, key) ||
           same(f->score_scale.key, key) || same(f->score_root.key, key) ||
           same(f->score_cap.key, key) || same(f->logit_cap.key, key) ||
           same(f->clip_qkv.key, key) || same(f->moe.experts, key) || same(f->moe.experts_2, key) ||
           same(f->moe.top_k, key) || same(f->moe.ffn, key) || same(f->moe.shared_ffn, key) ||
           same(f->moe.renormalize.key, key) || (f->moe.steps && in_list(step_keys, key)) ||
           (f->slide && in_list(window_keys, key)) ||
           (f->turn == POT_TURN_LOCAL && same("rope_local_base_freq", key)) ||
           in_list(f->more_keys, key) || in_list(f->unused, key) || in_list(inert, key) ||
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
    bool encoder = false, both = false;
    pot_json at = pot_json_get(c, "pruned_heads");
    if (at.v && json_object_size(at.v) > 0)
        return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "pruned heads are not built in");
    POT_TRY(pot_json_opt_bool(c, "use_bidirectional_attention", &both, err));
    at = pot_json_get(c, "use_bidirectional_attention");
    if (both) return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "only decoders can be scored");
    POT_TRY(pot_json_opt_bool(c, "is_encoder_decoder", &encoder, err));
    at = pot_json_get(c, "is_encoder_decoder");
    if (encoder) return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "only decoders can be scored");
    return POT_OK;
}

/* A size, 1 to `most`; `absent` is its value where the key is, or 0 where it is required. */
static pot_status size(const pot_json *c, const char *key, uint32_t *out, uint32_t most,
                       uint32_t absent, pot_error *err)
{
    if (absent && !json_object_get(c->v, key)) return *out = absent, POT_OK;
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

/* The key of a size: transformers reads the common name as well as the family's own. */
static const char *either(const pot_json *c, const char *own, const char *common)
{
    return !pot_json_has(c, own) && pot_json_has(c, common) ? common : own;
}

static pot_status read_sizes(pot_arch *a, const pot_json *c, pot_error *err)
{
    const struct pot_family *f = a->family;
    POT_TRY(size(c, "vocab_size", &a->vocab, MOST_VOCAB, f->sizes.vocab, err));
    POT_TRY(
        size(c, either(c, f->hidden, "hidden_size"), &a->hidden, MOST_WIDTH, f->sizes.hidden, err));
    POT_TRY(size(c, either(c, f->layers, "num_hidden_layers"), &a->layers, MOST_LAYERS,
                 f->sizes.layers, err));
    POT_TRY(size(c, either(c, f->heads, "num_attention_heads"), &a->heads, MOST_WIDTH,
                 f->sizes.heads, err));
    POT_TRY(size(c, either(c, f->context, "max_position_embeddings"), &a->context, MOST_VOCAB,
                 f->sizes.context, err));
    a->embed = a->hidden;
    POT_TRY(agree(c, "hidden_size", a->hidden, err)); /* other names of the same */
    POT_TRY(agree(c, "num_hidden_layers", a->layers, err));
    POT_TRY(agree(c, "num_attention_heads", a->heads, err));
    POT_TRY(agree(c, "max_position_embeddings", a->context, err));

    if (f->ffn && (pot_json_has(c, f->ffn) || !f->ffn_default))
        POT_TRY(size(c, f->ffn, &a->ffn, MOST_WIDTH, f->sizes.ffn, err));
    else a->ffn = a->hidden * f->ffn_default;

    const bool absent = f->kv_heads && !json_object_get(c->v, f->kv_heads); /* null: heads */
    a->kv_heads = f->kv_default && absent ? f->kv_default : a->heads;
    if (f->kv_heads && pot_json_has(c, f->kv_heads))
        POT_TRY(size(c, f->kv_heads, &a->kv_heads, a->heads, 0, err));
    const pot_json kv = pot_json_get(c, f->kv_heads ? f->kv_heads : f->heads);
    if (a->heads % a->kv_heads)
        return pot_json_fail(&kv, POT_E_FORMAT, err, "%u heads cannot share %u key heads", a->heads,
                             a->kv_heads);

    if (f->latent) return pot_latent_read(a, c, err);
    const pot_json dim = pot_json_get(c, f->heads), own = pot_json_get(c, "head_dim");
    if ((own.v || f->head_dim_default) && f->head_dim)
        return size(c, "head_dim", &a->head_dim, MOST_WIDTH / a->heads, f->head_dim_default, err);
    a->head_dim = a->hidden / a->heads;
    if (a->hidden % a->heads)
        return pot_json_fail(&dim, POT_E_FORMAT, err, "%u dimensions do not divide into %u heads",
                             a->hidden, a->heads);
    if (own.v && json_integer_value(own.v) != (json_int_t)a->head_dim)
        return pot_json_fail(&own, POT_E_UNSUPPORTED, err,
                             "%s models have hidden size / heads = %u", f->type, a->head_dim);
    return POT_OK;
}

static pot_status find_act(pot_act *out, const struct pot_family *f, const char *name,
                           const pot_json *c, const char *key, pot_error *err)
{
    if (f->gelu_is_tanh && strcmp(name, "gelu") == 0) name = "gelu_pytorch_tanh";
    const bool own = strcmp(name, OWN_ACT) == 0 && strcmp(f->act, OWN_ACT) != 0;
    for (size_t i = 0; !own && i < sizeof activations / sizeof *activations; i++)
        if (strcmp(activations[i].name, name) == 0) return *out = activations[i].act, POT_OK;
    const pot_json at = pot_json_get(c, key);
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "the activation \"%.60s\" is not built in",
                         name);
}

static pot_status read_act(pot_arch *a, const pot_json *c, pot_error *err)
{
    const struct pot_family *f = a->family;
    const char *name = f->act, *other = NULL;
    pot_act again;
    if (f->act_key) POT_TRY(pot_json_opt_str(c, f->act_key, &name, err));
    POT_TRY(find_act(&a->act, f, name, c, f->act_key ? f->act_key : "", err));
    if (!f->act_key_2) return POT_OK;
    POT_TRY(pot_json_opt_str(c, f->act_key_2, &other, err));
    if (!other) return POT_OK;
    POT_TRY(find_act(&again, f, other, c, f->act_key_2, err));
    const pot_json at = pot_json_get(c, f->act_key_2);
    if (again == a->act) return POT_OK;
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "contradicts %s", f->act_key);
}

static pot_status read_flag(bool *out, struct pot_flag flag, const pot_json *c, pot_error *err)
{
    *out = flag.value;
    return flag.key ? pot_json_opt_bool(c, flag.key, out, err) : POT_OK;
}

/* Where the facts of one rope are: `own` is the whole config, with theta under its key;
 * dictionaries may repeat theta and the part that turns. */
struct rope_places {
    const pot_json *own;
    const char *theta_key;
    double theta; /* where no key is; < 0: required */
    pot_json old, new;
};

/* The dictionary of old files, of new ones, or both with the same content. */
static pot_status read_scaling(pot_rope *r, pot_arena *arena, const struct rope_places *p,
                               pot_rope_where where, pot_error *err)
{
    pot_rope other = *r;
    where.parameters = p->new.v;
    POT_TRY(pot_rope_read(r, arena, p->new.v ? &p->new : &p->old, &where, err));
    if (!p->new.v || !p->old.v) return POT_OK;
    where.parameters = false;
    POT_TRY(pot_rope_read(&other, arena, &p->old, &where, err));
    const size_t list = r->kind == POT_ROPE_LONG ? r->dim / 2 * sizeof(double) : 0;
    bool equal = r->kind == other.kind && r->factor == other.factor && r->scale == other.scale &&
                 r->low == other.low && r->high == other.high && r->original == other.original;
    for (int i = 0; equal && list && i < 2; i++)
        equal = memcmp(r->list[i], other.list[i], list) == 0;
    if (equal) return POT_OK;
    return pot_json_fail(&p->old, POT_E_UNSUPPORTED, err, "contradicts rope_parameters");
}

static pot_status read_theta(pot_rope *r, const struct rope_places *p, pot_error *err)
{
    const char *const base = "rope_theta";
    r->theta = p->theta ? p->theta : 10000.0;
    POT_TRY(pot_json_opt_f64(p->own, p->theta_key, &r->theta, err));
    if (p->new.v) POT_TRY(pot_json_f64(&p->new, base, &r->theta, err));
    else if (p->theta < 0) POT_TRY(pot_json_f64(p->own, p->theta_key, &r->theta, err));
    POT_TRY(agree(p->own, p->theta_key, r->theta, err));
    if (strcmp(p->theta_key, "rotary_emb_base") == 0) POT_TRY(agree(p->own, base, r->theta, err));
    POT_TRY(agree(&p->old, base, r->theta, err));
    const pot_json in = p->new.v ? p->new : *p->own;
    const pot_json at = pot_json_get(&in, p->new.v ? base : p->theta_key);
    if (r->theta >= 1 && r->theta <= 1e15) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "a rope base from 1 to 1e15 is expected");
}

/* How many dimensions turn, as a number. */
static pot_status read_turned(const pot_arch *a, pot_rope *r, const pot_json *c, pot_error *err)
{
    const struct pot_family *f = a->family;
    const pot_json at = pot_json_get(c, f->turned_key);
    POT_TRY(size(c, f->turned_key, &r->dim, a->head_dim, f->turned, err));
    if (r->dim % 2 == 0 && r->dim <= a->head_dim) return POT_OK;
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err,
                         "%u of %u dimensions rotated; an even number of them is expected", r->dim,
                         a->head_dim);
}

/* Or as a part. */
static pot_status read_part(const pot_arch *a, pot_rope *r, const struct rope_places *p,
                            pot_error *err)
{
    const struct pot_family *f = a->family;
    const char *const part = "partial_rotary_factor", *const own =
                                                          f->partial_key ? f->partial_key : part;
    double partial = f->partial;
    POT_TRY(pot_json_opt_f64(p->own, own, &partial, err));
    if (p->new.v) POT_TRY(pot_json_opt_f64(&p->new, part, &partial, err));
    POT_TRY(agree(p->own, own, partial, err));
    POT_TRY(agree(p->own, part, partial, err));
    POT_TRY(agree(&p->old, part, partial, err));
    const pot_json in = p->new.v ? p->new : *p->own;
    const pot_json at = pot_json_get(&in, p->new.v ? part : own);
    if (!(partial > 0 && partial <= 1) || (partial != 1.0 && !f->partial_key))
        return pot_json_fail(&at, POT_E_UNSUPPORTED, err,
                             "%s models with a partial rotary factor of %g are not built in",
                             f->type, partial);
    r->dim = (uint32_t)(a->head_dim * partial);
    if (r->dim >= 2 && r->dim % 2 == 0) return POT_OK;
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err,
                         "%u rotated dimensions; an even number is expected", r->dim);
}

static pot_status read_one_rope(pot_arch *a, pot_rope *r, pot_arena *arena,
                                const struct rope_places *p, pot_error *err)
{
    pot_rope_where where = {.context = a->context,
                            .original = a->family->original,
                            .longrope_only = a->family->longrope_only};
    POT_TRY(read_theta(r, p, err));
    if (a->family->turned_key) POT_TRY(read_turned(a, r, p->own, err));
    else POT_TRY(read_part(a, r, p, err));
    POT_TRY(pot_json_opt_u32(p->own, "original_max_position_embeddings", &where.original, err));
    return read_scaling(r, arena, p, where, err);
}

/* transformers 5 does not see `truncate` where there is one dictionary per type of layer. */
static pot_status refuse_truncate(const struct rope_places *p, pot_error *err)
{
    const pot_json *dict = p->new.v ? &p->new : &p->old;
    bool truncate = true;
    if (!json_is_object(dict->v)) return POT_OK;
    POT_TRY(pot_json_opt_bool(dict, "truncate", &truncate, err));
    const pot_json at = pot_json_get(dict, "truncate");
    return truncate ? POT_OK
                    : pot_json_fail(&at, POT_E_UNSUPPORTED, err,
                                    "versions of transformers differ in whether false counts here");
}

static pot_status read_rope(pot_arch *a, pot_arena *arena, const pot_json *c, pot_error *err)
{
    const struct pot_family *f = a->family;
    struct rope_places p = {.own = c,
                            .theta_key = f->theta_key,
                            .theta = f->theta,
                            .old = pot_json_get(c, "rope_scaling"),
                            .new = pot_json_get(c, "rope_parameters")};
    if (f->turn >= POT_TURN_LOCAL) { /* one dictionary per type of layer */
        struct rope_places local = {.own = c, .theta_key = "rope_local_base_freq", .theta = 10000};
        if (f->turn == POT_TURN_FULL) local.theta_key = p.theta_key, local.theta = p.theta;
        if (p.new.v) {
            const pot_json both = p.new;
            POT_TRY(pot_json_object(&both, "sliding_attention", &local.new, err));
            POT_TRY(pot_json_object(&both, "full_attention", &p.new, err));
        }
        POT_TRY(refuse_truncate(&p, err));
        POT_TRY(read_one_rope(a, &a->rope[1], arena, &local, err));
    }
    pot_rope *r = &a->rope[0];
    POT_TRY(read_one_rope(a, r, arena, &p, err));
    if (r->kind == POT_ROPE_DYNAMIC) /* made for longer texts than the model was trained with */
        a->context = (uint32_t)fmin(a->context * r->factor, MOST_VOCAB);
    return POT_OK;
}

/* A multiplier; transformers has 1 where there is none. */
static pot_status read_scale(float *out, struct pot_number n, const pot_json *c, pot_error *err)
{
    double x = n.key ? n.value : 1;
    if (n.key) POT_TRY(pot_json_opt_f64(c, n.key, &x, err));
    const pot_json at = pot_json_get(c, n.key ? n.key : "");
    if (!(x >= 1e-20 && x <= 1e20))
        return pot_json_fail(&at, POT_E_FORMAT, err, "a number from 1e-20 to 1e20 is expected");
    *out = (float)x;
    return POT_OK;
}

/* A bound: none where it is null. */
static pot_status read_cap(float *out, struct pot_number n, const pot_json *c, pot_error *err)
{
    *out = 0;
    if (!n.key) return POT_OK;
    json_t *v = json_object_get(c->v, n.key);
    double x = n.value;
    if (v ? json_is_null(v) : x == 0) return POT_OK;
    POT_TRY(pot_json_opt_f64(c, n.key, &x, err));
    const pot_json at = pot_json_get(c, n.key);
    if (!(x >= 1e-6 && x <= 1e20))
        return pot_json_fail(&at, POT_E_FORMAT, err, "a number from 1e-6 to 1e20 is expected");
    *out = (float)x;
    return POT_OK;
}

/* The multiplier of the scores, in f64 until here. */
static pot_status read_score_scale(float *out, const pot_arch *a, const pot_json *c, pot_error *err)
{
    const struct pot_family *f = a->family;
    double x = a->head_dim;
    if (f->score_scale.key) return read_scale(out, f->score_scale, c, err);
    if (f->score_root.key) {
        x = f->score_root.value;
        POT_TRY(pot_json_opt_f64(c, f->score_root.key, &x, err));
    }
    const pot_json at = pot_json_get(c, f->score_root.key ? f->score_root.key : "");
    if (!(x >= 1e-6 && x <= 1e12))
        return pot_json_fail(&at, POT_E_FORMAT, err, "a number from 1e-6 to 1e12 is expected");
    *out = (float)(1.0 / sqrt(x));
    return POT_OK;
}

static pot_status read_numbers(pot_arch *a, const pot_json *c, pot_error *err)
{
    const struct pot_family *f = a->family;
    float divisor;
    POT_TRY(read_scale(&a->embed_scale, f->embed_scale, c, err));
    if (f->embed_root) a->embed_scale = (float)sqrt((double)a->hidden);
    POT_TRY(read_scale(&a->residual_scale, f->residual_scale, c, err));
    POT_TRY(read_scale(&a->logit_scale, f->logit_scale, c, err));
    POT_TRY(read_scale(&divisor, f->logit_divisor, c, err));
    if (f->logit_divisor.key) a->logit_scale = 1.0f / divisor;
    POT_TRY(read_cap(&a->score_cap, f->score_cap, c, err));
    POT_TRY(read_cap(&a->logit_cap, f->logit_cap, c, err));
    return read_cap(&a->clip_qkv, f->clip_qkv, c, err);
}

static pot_status read_layers(pot_arch *a, pot_arena *arena, const pot_json *c, pot_error *err)
{
    const struct pot_family *f = a->family;
    pot_layer_arch *layer = pot_arena_new(arena, a->layers, sizeof *layer);
    float scale;
    if (!layer) return pot_fail_mem(err);
    POT_TRY(read_score_scale(&scale, a, c, err));
    POT_TRY(pot_windows_read(a, layer, c, err));
    for (uint32_t i = 0; i < a->layers; i++) {
        const bool window = layer[i].window;
        layer[i].scale = scale;
        layer[i].rope = a->position != POT_POS_ROPE              ? POT_NO_ROPE
                        : f->turn == POT_TURN_WINDOWS && !window ? POT_NO_ROPE
                        : f->turn >= POT_TURN_LOCAL && window    ? 1
                                                                 : 0;
    }
    POT_TRY(pot_moe_read(a, layer, c, err));
    a->layer = layer;
    return f->more ? f->more(a, layer, c, err) : POT_OK;
}

/* Keys that would change the mathematics, and that transformers ignores in this family. */
static pot_status refuse_unused(const struct pot_family *f, const pot_json *c, pot_error *err)
{
    for (const char *const *key = f->unused; key && *key; key++) {
        const pot_json at = pot_json_get(c, *key);
        if (at.v && !json_is_false(at.v))
            return pot_json_fail(&at, POT_E_UNSUPPORTED, err,
                                 "versions of transformers ignore this in %s models; null or "
                                 "false is expected",
                                 f->type);
    }
    return POT_OK;
}

/* The part of config.json that describes the text model. */
static pot_status enter(pot_json *c, const struct pot_family *f, pot_error *err)
{
    const pot_json whole = *c;
    if (!f->inside) return POT_OK;
    POT_TRY(pot_json_object(&whole, f->inside, c, err));
    return refuse_foreign(c, err);
}

static pot_status check_eps(const pot_arch *a, const pot_json *c, pot_error *err)
{
    const pot_json at = pot_json_get(c, a->family->eps_key ? a->family->eps_key : "");
    if (a->eps > 0 && a->eps < 1) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "a small positive number is expected");
}

/* The facts that are one flag or no question at all. */
static pot_status read_flags(pot_arch *a, const pot_json *c, pot_error *err)
{
    const struct pot_family *f = a->family;
    bool parallel, qk_norm;
    POT_TRY(read_flag(&a->tied, (struct pot_flag){"tie_word_embeddings", f->tied}, c, err));
    POT_TRY(read_flag(&a->bias_qkv, f->bias_qkv, c, err));
    POT_TRY(read_flag(&a->bias_o, f->bias_o, c, err));
    POT_TRY(read_flag(&a->bias_mlp, f->bias_mlp, c, err));
    POT_TRY(read_flag(&parallel, f->parallel, c, err));
    POT_TRY(read_flag(&qk_norm, f->has_qk_norm, c, err));
    a->bias_head = f->bias_head;
    a->norm = f->norm;
    a->norm_affine = !f->no_norm_weights;
    a->norm_bias = f->norm == POT_NORM_LAYER && !f->no_norm_bias;
    a->norm_plus_1 = f->norm_plus_1;
    a->final_norm = true;
    a->embed_norm = f->embed_norm;
    a->order = f->order;
    a->block = parallel ? f->block : POT_SEQUENTIAL;
    a->qk_norm = qk_norm ? f->qk_norm : POT_QK_NONE;
    a->qk_norm_bias = f->qk_norm_bias;
    a->position = f->position;
    a->pos_offset = f->pos_offset;
    a->rope_pairs = f->rope_pairs;
    a->qkv = f->qkv;
    a->columns = f->columns;
    a->glu = f->glu;
    a->fused_up = f->fused_up;
    a->sinks = f->sinks;
    return POT_OK;
}

pot_status pot_arch_read(pot_arch *arch, pot_arena *arena, const pot_json *whole, pot_buf *warn,
                         pot_error *err)
{
    pot_arch a = {0};
    pot_json config = *whole, *c = &config;
    if (!json_is_object(c->v)) return pot_json_fail(c, POT_E_FORMAT, err, "an object is expected");
    POT_TRY(find_family(&a.family, c, err));
    const struct pot_family *f = a.family;
    POT_TRY(refuse_foreign(c, err));
    if (!f->moe.mxfp4) POT_TRY(pot_quant_read(&a.quant, c, warn, err));
    POT_TRY(enter(c, f, err));
    POT_TRY(refuse_unused(f, c, err));
    POT_TRY(read_sizes(&a, c, err));
    if (!f->latent) a.value_dim = a.head_dim;
    POT_TRY(read_act(&a, c, err));

    double eps = f->eps;
    if (f->eps_key) POT_TRY(pot_json_opt_f64(c, f->eps_key, &eps, err));
    a.eps = (float)eps;
    POT_TRY(check_eps(&a, c, err));
    POT_TRY(read_flags(&a, c, err));
    bool tied = a.tied; /* versions differ in which of the two counts */
    POT_TRY(pot_json_opt_bool(whole, "tie_word_embeddings", &tied, err));
    const pot_json tie = pot_json_get(whole, "tie_word_embeddings");
    if (tied != a.tied)
        return pot_json_fail(&tie, POT_E_UNSUPPORTED, err, "contradicts %s", f->inside);
    POT_TRY(read_numbers(&a, c, err));
    if (f->position == POT_POS_ROPE) POT_TRY(read_rope(&a, arena, c, err));
    POT_TRY(read_layers(&a, arena, c, err));
    if (warn) report_unknown(warn, f, c);
    *arch = a;
    return POT_OK;
}

const char *pot_act_name(pot_act act)
{
    for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
        if (activations[i].act == act) return activations[i].name;
    return "?";
}
