/* The metadata of a GGUF file as a config.json, by the rows of gguf_table.c: so config.c checks
 * the facts of every container alike. */
#include "base/fail.h"
#include "base/math64.h"
#include "model/gguf_family.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY         256
#define MOST_PAIRS  1024u /* of dimensions that turn together: the lists fit into the buffer */
#define FEW_EXPERTS 64u
#define LONG        POT_GGUF_LONG
#define SHORT       POT_GGUF_SHORT
#define LISTS       (sizeof((struct pot_gguf_family *)NULL)->keys / sizeof(struct pot_gguf_key *))

/* Keys of every architecture that this file reads or that say nothing about the mathematics. */
static const char *const read_here[] = {"vocab_size",
                                        "attention.value_length",
                                        "attention.causal",
                                        "attention.head_count_kv",
                                        "expert_count",
                                        "expert_used_count",
                                        "rope.dimension_count",
                                        "rope.scaling.type",
                                        "rope.scaling.factor",
                                        "rope.scaling.original_context_length",
                                        "rope.scaling.finetuned",
                                        "rope.scaling.yarn_beta_fast",
                                        "rope.scaling.yarn_beta_slow",
                                        "rope.scaling.yarn_attn_factor",
                                        "rope.scaling.yarn_ext_factor",
                                        "tensor_data_layout",
                                        NULL};

struct reading {
    const pot_gguf *g;
    const char *arch;
    const struct pot_gguf_family *row;
    pot_buf *out;
    pot_error *err;
};

const pot_tensor *pot_gguf_tensor(const pot_gguf *g, const char *name)
{
    for (size_t i = 0; i < g->n_tensors; i++)
        if (strcmp(g->tensor[i].name, name) == 0) return &g->tensor[i];
    return NULL;
}

/* "llama.block_count" */
static const char *full(char out[KEY], const char *arch, const char *key)
{
    snprintf(out, KEY, "%s.%s", arch, key);
    return out;
}

static const struct pot_gguf_key *find_in(const struct pot_gguf_key *list, const char *key)
{
    for (; list && list->key; list++)
        if (strcmp(list->key, key) == 0) return list;
    return NULL;
}

static const struct pot_gguf_key *row_key(const struct pot_gguf_family *row, const char *key)
{
    const struct pot_gguf_key *k = NULL;
    for (size_t i = 0; i < LISTS && row->keys[i] && !k; i++)
        k = find_in(row->keys[i], key);
    return k;
}

static bool knows(const struct pot_gguf_family *row, const char *key)
{
    for (const char *const *k = read_here; *k; k++)
        if (strcmp(*k, key) == 0) return true;
    return row_key(row, key);
}

/* A key of the architecture that the row does not know; or NULL. */
static const char *unknown_key(const pot_gguf *g, const struct pot_gguf_family *row)
{
    const size_t n = strlen(row->arch);
    for (size_t i = 0; i < g->n_values; i++) {
        const char *key = g->value[i].key;
        if (strncmp(key, row->arch, n) == 0 && key[n] == '.' && !knows(row, key + n + 1))
            return key;
    }
    return NULL;
}

static pot_status refuse_arch(const pot_gguf *g, const char *arch, pot_error *err)
{
    pot_buf list = POT_BUF(512);
    for (const struct pot_gguf_family *r = pot_gguf_families; r->arch; r++)
        if (r == pot_gguf_families || strcmp(r[-1].arch, r->arch) != 0)
            pot_buf_fmt(&list, "%s%s", list.n ? " " : "", r->arch);
    pot_gguf_fail(g, "general.architecture", POT_E_UNSUPPORTED, err,
                  "\"%.60s\" is not built in; these are: %s", arch, list.p ? list.p : "");
    pot_buf_free(&list);
    return POT_E_UNSUPPORTED;
}

/* What makes experts' scores a choice; softmax, where no key says it. */
static pot_status gates_alike(struct reading *r, const struct pot_gguf_family *f, bool *alike)
{
    char key[KEY];
    uint32_t gating = 1;
    POT_TRY(pot_gguf_u32(r->g, full(key, f->arch, "expert_gating_func"), &gating, r->err));
    *alike = !f->gating || f->gating == gating;
    return POT_OK;
}

/* The row that knows all keys, of those with experts or of those without. */
static pot_status find_row(struct reading *r, const char *arch)
{
    const struct pot_gguf_family *any = NULL, *first = NULL;
    char key[KEY];
    uint32_t experts = 0;
    POT_TRY(pot_gguf_u32(r->g, full(key, arch, "expert_count"), &experts, r->err));
    for (const struct pot_gguf_family *f = pot_gguf_families; f->arch && !r->row; f++) {
        if (strcmp(f->arch, arch) != 0) continue;
        any = f;
        bool alike;
        POT_TRY(gates_alike(r, f, &alike));
        if (f->experts != (experts > 0) || !alike) continue;
        if (!first) first = f;
        if (!unknown_key(r->g, f)) r->row = f;
    }
    if (!any) return refuse_arch(r->g, arch, r->err);
    r->arch = any->arch;
    if (r->row) return POT_OK;
    if (!first && any->gating && experts)
        return pot_gguf_fail(r->g, full(key, arch, "expert_gating_func"), POT_E_UNSUPPORTED, r->err,
                             "only softmax (1) and sigmoid (2) are built in");
    if (!first)
        return pot_gguf_fail(r->g, key, POT_E_UNSUPPORTED, r->err,
                             "experts are %s this architecture",
                             experts ? "not built in for" : "expected of");
    return pot_gguf_fail(r->g, unknown_key(r->g, first), POT_E_UNSUPPORTED, r->err,
                         "this key is not known to pot, and may change the mathematics");
}

/* ---- members ------------------------------------------------------------------------------- */

static void put_name(pot_buf *b, const char *name)
{
    pot_buf_fmt(b, ",\"%s\":", name);
}

static void put_number(pot_buf *b, double x)
{
    if (x == floor(x) && fabs(x) < 0x1p53) pot_buf_fmt(b, "%.0f", x);
    else pot_buf_fmt(b, "%.17g", x); /* all bits */
}

/* The shortest decimal that, times `by`, is this in F32: most likely what a converter was given. */
static double decimal(double x, double by)
{
    char text[32];
    double out = x / by;
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x / by);
        out = strtod(text, NULL);
        if ((float)(out * by) == (float)x) break;
    }
    return out;
}

/* A number, a bool, or an array that says the same for every layer. */
static pot_status put_value(struct reading *r, const pot_gguf_value *v, const char *config)
{
    if (v->type == POT_GGUF_STRING || !v->n)
        return pot_gguf_fail(r->g, v->key, POT_E_FORMAT, r->err, "a number is expected");
    const double x = pot_gguf_number(v, 0);
    for (uint64_t i = 1; i < v->n; i++)
        if (pot_gguf_number(v, i) != x)
            return pot_gguf_fail(r->g, v->key, POT_E_UNSUPPORTED, r->err,
                                 "layers that differ in this are not built in");
    if (!isfinite(x))
        return pot_gguf_fail(r->g, v->key, POT_E_FORMAT, r->err, "a finite number is expected");
    put_name(r->out, config);
    if (v->type == POT_GGUF_BOOL) pot_buf_str(r->out, x != 0 ? "true" : "false");
    else put_number(r->out, v->type == POT_GGUF_F32 ? decimal(x, 1) : x);
    return POT_OK;
}

static pot_status put_keys(struct reading *r, const struct pot_gguf_key *list)
{
    char key[KEY];
    for (; list && list->key; list++) {
        const pot_gguf_value *v = pot_gguf_find(r->g, full(key, r->arch, list->key));
        if (v && list->config) POT_TRY(put_value(r, v, list->config));
    }
    return POT_OK;
}

/* A size; of an array, that of the first layer (put_value sees to it that all are alike). */
static pot_status u32(struct reading *r, const char *key, uint32_t *out)
{
    char name[KEY];
    const pot_gguf_value *v = pot_gguf_find(r->g, full(name, r->arch, key));
    if (!v || !v->array || v->type == POT_GGUF_STRING || !v->n)
        return pot_gguf_u32(r->g, name, out, r->err);
    const double x = pot_gguf_number(v, 0);
    if (!(x >= 0 && x <= UINT32_MAX && x == floor(x)))
        return pot_gguf_fail(r->g, name, POT_E_FORMAT, r->err, "a size is expected");
    *out = (uint32_t)x;
    return POT_OK;
}

/* Things that only one value is built in for. */
static pot_status refuse_foreign(struct reading *r)
{
    char key[KEY];
    uint32_t k = 0, v = 0, heads = 0, kv_heads = 0;
    double eps = r->row->eps;
    bool causal = true;
    POT_TRY(pot_gguf_f64(r->g, full(key, r->arch, "attention.layer_norm_epsilon"), &eps, r->err));
    if (r->row->eps && (float)eps != (float)r->row->eps)
        return pot_gguf_fail(r->g, key, POT_E_UNSUPPORTED, r->err,
                             "only %g is built in for this architecture", r->row->eps);
    POT_TRY(pot_gguf_bool(r->g, full(key, r->arch, "attention.causal"), &causal, r->err));
    if (!causal)
        return pot_gguf_fail(r->g, key, POT_E_UNSUPPORTED, r->err, "only decoders can be scored");
    POT_TRY(u32(r, "attention.head_count", &heads));
    kv_heads = heads;
    POT_TRY(u32(r, "attention.head_count_kv", &kv_heads));
    if (kv_heads != heads && !row_key(r->row, "attention.head_count_kv"))
        return pot_gguf_fail(r->g, full(key, r->arch, "attention.head_count_kv"), POT_E_UNSUPPORTED,
                             r->err, "shared key heads are not built in for this architecture");
    POT_TRY(u32(r, "attention.key_length", &k));
    POT_TRY(u32(r, "attention.value_length", &v));
    if (v && v != k && !r->row->latent)
        return pot_gguf_fail(r->g, full(key, r->arch, "attention.value_length"), POT_E_UNSUPPORTED,
                             r->err,
                             "heads whose values are not as wide as their keys are not "
                             "built in");
    return POT_OK;
}

/* The embedding has a row for each token; whether there is a head says whether it is tied. */
static pot_status put_vocab(struct reading *r)
{
    char key[KEY];
    const pot_tensor *t = pot_gguf_tensor(r->g, "token_embd.weight");
    if (!t || t->dims != 2)
        return pot_gguf_fail(
            r->g, "token_embd.weight", POT_E_FORMAT, r->err,
            "a matrix of this name is expected: the file holds no model's weights");
    uint32_t said = (uint32_t)t->shape[0];
    POT_TRY(u32(r, "vocab_size", &said));
    if (t->shape[0] > UINT32_MAX || said != t->shape[0])
        return pot_gguf_fail(r->g, full(key, r->arch, "vocab_size"), POT_E_UNSUPPORTED, r->err,
                             "%u, and the embedding has %llu rows", said,
                             (unsigned long long)t->shape[0]);
    put_name(r->out, "vocab_size");
    put_number(r->out, said);
    return POT_OK;
}

/* Without a number of key heads there are as many as heads, whatever config.json implies. */
static pot_status put_kv_heads(struct reading *r)
{
    char key[KEY];
    const struct pot_gguf_key *kv = row_key(r->row, "attention.head_count_kv");
    if (!kv || !kv->config || pot_gguf_find(r->g, full(key, r->arch, kv->key))) return POT_OK;
    const pot_gguf_value *v = pot_gguf_find(r->g, full(key, r->arch, "attention.head_count"));
    return v ? put_value(r, v, kv->config) : POT_OK;
}

/* Without a width of heads, that of the embedding is divided; and what the scores are scaled by. */
static pot_status put_heads(struct reading *r)
{
    char key[KEY];
    uint32_t heads = 0, width = 0, layers = 0, head_dim = 0;
    const struct pot_gguf_key *d = row_key(r->row, "attention.key_length");
    POT_TRY(put_kv_heads(r));
    POT_TRY(u32(r, "attention.head_count", &heads));
    POT_TRY(u32(r, "embedding_length", &width));
    POT_TRY(u32(r, "block_count", &layers));
    POT_TRY(u32(r, "attention.key_length", &head_dim));
    if (!heads || !d || !d->config) return POT_OK;
    if (!pot_gguf_find(r->g, full(key, r->arch, d->key)) && width % heads == 0) {
        head_dim = width / heads;
        put_name(r->out, d->config);
        put_number(r->out, head_dim);
    }
    if (!r->row->root_layers) return POT_OK;
    put_name(r->out, "query_pre_attn_scalar");
    put_number(r->out, layers == r->row->root_layers ? (double)width / heads : head_dim);
    return POT_OK;
}

/* A window of 0 is none, and none has to be said where config.json implies one.  Which layers have
 * it is a list for all, a period, or implied by the architecture. */
static pot_status put_window(struct reading *r)
{
    char key[KEY];
    uint32_t window = 0, every = 0;
    if (!row_key(r->row, "attention.sliding_window")) return POT_OK;
    POT_TRY(u32(r, "attention.sliding_window", &window));
    put_name(r->out, "sliding_window");
    if (window) put_number(r->out, window);
    else pot_buf_str(r->out, "null");
    full(key, r->arch, "attention.sliding_window_pattern");
    const pot_gguf_value *v = pot_gguf_find(r->g, key);
    if (!v || !v->array) {
        POT_TRY(pot_gguf_u32(r->g, key, &every, r->err));
        if (v) put_name(r->out, "sliding_window_pattern");
        if (v) put_number(r->out, every);
        return POT_OK;
    }
    if (v->type == POT_GGUF_STRING)
        return pot_gguf_fail(r->g, key, POT_E_FORMAT, r->err, "a flag per layer is expected");
    put_name(r->out, "layer_types");
    for (uint64_t i = 0; i < v->n && pot_buf_status(r->out, NULL) == POT_OK; i++)
        pot_buf_fmt(r->out, "%s\"%s_attention\"", i ? "," : "[",
                    pot_gguf_number(v, i) != 0 ? "sliding" : "full");
    pot_buf_str(r->out, v->n ? "]" : "[]");
    return POT_OK;
}

/* rope.dimension_count of a head's dimensions turn; all, where it is not said. */
static pot_status put_partial(struct reading *r)
{
    char key[KEY];
    uint32_t heads = 0, width = 0, head_dim = 0, turn = 0;
    if (row_key(r->row, "rope.dimension_count")) return POT_OK; /* as a number */
    POT_TRY(u32(r, "embedding_length", &width));
    POT_TRY(u32(r, "attention.key_length", &head_dim));
    if (!head_dim) POT_TRY(u32(r, "attention.head_count", &heads));
    if (!head_dim && heads) head_dim = width / heads;
    turn = head_dim;
    POT_TRY(u32(r, "rope.dimension_count", &turn));
    if (!r->row->partial && turn == head_dim) return POT_OK;
    if (!r->row->partial || turn > head_dim || !head_dim)
        return pot_gguf_fail(r->g, full(key, r->arch, "rope.dimension_count"), POT_E_UNSUPPORTED,
                             r->err, "%u of %u dimensions is not built in for this architecture",
                             turn, head_dim);
    put_name(r->out, r->row->partial); /* the product is cut to an integer: stay above it */
    put_number(r->out, turn == head_dim ? 1.0 : (turn + 0.25) / head_dim);
    return POT_OK;
}

/* A head of latent attention.  In newer files its widths are those of keys and values before they
 * are widened, which all heads share; and the others are said as "_mla". */
static pot_status put_latent(struct reading *r)
{
    char key[KEY];
    uint32_t k = 0, v = 0, turned = 0, rank = 0, q_rank = 0, heads = 0, shared_k = 0, shared_v = 0;
    POT_TRY(u32(r, "attention.head_count", &heads));
    uint32_t kv_heads = heads;
    POT_TRY(u32(r, "attention.head_count_kv", &kv_heads));
    POT_TRY(u32(r, "attention.kv_lora_rank", &rank));
    POT_TRY(u32(r, "attention.q_lora_rank", &q_rank));
    POT_TRY(u32(r, "rope.dimension_count", &turned));
    POT_TRY(u32(r, "attention.key_length", &k));
    POT_TRY(u32(r, "attention.value_length", &v));
    shared_k = k, shared_v = v;
    POT_TRY(u32(r, "attention.key_length_mla", &k));
    POT_TRY(u32(r, "attention.value_length_mla", &v));
    const bool newer = pot_gguf_find(r->g, full(key, r->arch, "attention.key_length_mla"));
    const bool fits =
        newer ? kv_heads == 1 && shared_k == rank + turned && shared_v == rank : kv_heads == heads;
    if (k <= turned || !fits)
        return pot_gguf_fail(r->g, full(key, r->arch, "attention.key_length"), POT_E_UNSUPPORTED,
                             r->err,
                             "widths of %u and %u in %u heads are not built in beside ranks of %u "
                             "for %u, of which %u turn",
                             shared_k, shared_v, kv_heads, rank, k, turned);
    pot_buf_fmt(r->out,
                ",\"kv_lora_rank\":%u,\"qk_nope_head_dim\":%u,\"v_head_dim\":%u,\"q_lora_rank\":",
                rank, k - turned, v);
    if (q_rank) put_number(r->out, q_rank);
    else pot_buf_str(r->out, "null");
    return POT_OK;
}

/* How deepseek's experts are chosen and weighed.  The first files do not say the groups, of which
 * models with few experts have one. */
static pot_status put_routing(struct reading *r)
{
    char key[KEY];
    uint32_t experts = 0, groups = 1, top = 1, first = 0;
    bool renormalize = false;
    double scale = 0;
    POT_TRY(u32(r, "expert_count", &experts));
    POT_TRY(u32(r, "expert_group_count", &groups));
    POT_TRY(u32(r, "expert_group_used_count", &top));
    POT_TRY(u32(r, "leading_dense_block_count", &first));
    POT_TRY(pot_gguf_bool(r->g, full(key, r->arch, "expert_weights_norm"), &renormalize, r->err));
    POT_TRY(pot_gguf_f64(r->g, full(key, r->arch, "expert_weights_scale"), &scale, r->err));
    if (experts > FEW_EXPERTS && !pot_gguf_find(r->g, full(key, r->arch, "expert_group_count")))
        return pot_gguf_fail(r->g, key, POT_E_UNSUPPORTED, r->err,
                             "missing, and %u experts may be chosen by groups; take a file of a "
                             "newer converter",
                             experts);
    put_name(r->out, "routed_scaling_factor");
    put_number(r->out, scale == 0 ? 1 : decimal(scale, 1)); /* 0: so written for none */
    pot_buf_fmt(r->out,
                ",\"first_k_dense_replace\":%u,\"norm_topk_prob\":%s,\"n_group\":%u,"
                "\"topk_group\":%u",
                first, renormalize ? "true" : "false", groups, top);
    if (r->row->gating == 1 && groups > 1)
        pot_buf_str(r->out, ",\"topk_method\":\"group_limited_greedy\"");
    return POT_OK;
}

/* A list of factors, one for each pair. */
static pot_status put_factors(struct reading *r, const char *name, const char *config)
{
    const pot_tensor *t = pot_gguf_tensor(r->g, name);
    if (!t || strcmp(t->dtype, "F32") != 0 || t->dims != 1 || t->shape[0] > MOST_PAIRS)
        return pot_gguf_fail(r->g, name, POT_E_FORMAT, r->err,
                             "a vector of at most %u numbers in F32 is expected", MOST_PAIRS);
    put_name(r->out, config);
    for (size_t i = 0; i < t->shape[0]; i++) {
        float x;
        memcpy(&x, t->data.p + i * sizeof x, sizeof x);
        if (!isfinite(x))
            return pot_gguf_fail(r->g, name, POT_E_FORMAT, r->err, "finite numbers are expected");
        pot_buf_str(r->out, i ? "," : "[");
        put_number(r->out, (double)x);
    }
    pot_buf_str(r->out, "]");
    return POT_OK;
}

/* Two lists, for short texts and for long ones.  What cosines are multiplied by follows from the
 * lengths, and is said again as f32: where that is the same number, the exact one counts. */
static pot_status put_longrope(struct reading *r)
{
    char key[KEY];
    uint32_t original = 0, context = 0;
    double said = 0;
    POT_TRY(u32(r, "context_length", &context));
    POT_TRY(u32(r, "rope.scaling.original_context_length", &original));
    POT_TRY(pot_gguf_f64(r->g, full(key, r->arch, "rope.scaling.attn_factor"), &said, r->err));
    if (original < 2)
        return pot_gguf_fail(r->g, full(key, r->arch, "rope.scaling.original_context_length"),
                             POT_E_FORMAT, r->err, "at least 2 positions are expected");
    const double ratio = (double)context / original;
    const double scale = ratio > 1 ? sqrt(1 + pot_log(ratio) / pot_log(original)) : 1;
    put_name(r->out, "original_max_position_embeddings");
    put_number(r->out, original);
    pot_buf_str(r->out, ",\"rope_scaling\":{\"type\":\"longrope\"");
    POT_TRY(put_factors(r, LONG, "long_factor"));
    POT_TRY(put_factors(r, SHORT, "short_factor"));
    if (said != 0 && fabs(said - scale) > 1e-6 * scale) {
        put_name(r->out, "attention_factor");
        put_number(r->out, said);
    }
    pot_buf_str(r->out, "}");
    return POT_OK;
}

/* deepseek's yarn: a tenth of mscale_all_dim, to which mscale is equal. */
static pot_status put_mscale(struct reading *r)
{
    char key[KEY];
    double tenth = 0;
    POT_TRY(
        pot_gguf_f64(r->g, full(key, r->arch, "rope.scaling.yarn_log_multiplier"), &tenth, r->err));
    if (tenth == 0) return POT_OK;
    put_name(r->out, "mscale");
    put_number(r->out, decimal(tenth, 0.1));
    put_name(r->out, "mscale_all_dim");
    put_number(r->out, decimal(tenth, 0.1));
    return POT_OK;
}

static pot_status put_scaling(struct reading *r)
{
    static const struct pot_gguf_key key[] = {
        {"rope.scaling.factor", "factor"},
        {"rope.scaling.original_context_length", "original_max_position_embeddings"},
        {"rope.scaling.yarn_beta_fast", "beta_fast"},
        {"rope.scaling.yarn_beta_slow", "beta_slow"},
        {"rope.scaling.yarn_attn_factor", "attention_factor"},
    };
    char name[KEY];
    pot_bytes type = {0};
    double by = 1;
    if (pot_gguf_tensor(r->g, LONG) && row_key(r->row, "rope.scaling.attn_factor"))
        return put_longrope(r);
    POT_TRY(pot_gguf_f64(r->g, full(name, r->arch, "rope.scaling.attn_factor"), &by, r->err));
    if (by != 1)
        return pot_gguf_fail(r->g, name, POT_E_UNSUPPORTED, r->err, "only built in beside " LONG);
    POT_TRY(pot_gguf_f64(r->g, full(name, r->arch, "rope.scaling.yarn_ext_factor"), &by, r->err));
    if (by != 1) return pot_gguf_fail(r->g, name, POT_E_UNSUPPORTED, r->err, "only 1 is built in");
    POT_TRY(pot_gguf_string(r->g, full(name, r->arch, "rope.scaling.type"), &type, r->err));
    if (!type.n || (type.n == 4 && memcmp(type.p, "none", 4) == 0)) {
        if (r->row->say_scaling) pot_buf_str(r->out, ",\"rope_scaling\":{\"type\":\"default\"}");
        return POT_OK;
    }
    for (size_t i = 0; i < type.n; i++)
        if ((type.p[i] | 32) < 'a' || (type.p[i] | 32) > 'z' || type.n > 20)
            return pot_gguf_fail(r->g, name, POT_E_FORMAT, r->err, "a word is expected");
    pot_buf_fmt(r->out, ",\"rope_scaling\":{\"type\":\"%.*s\"", (int)type.n, (const char *)type.p);
    for (size_t i = 0; i < sizeof key / sizeof *key; i++) {
        const pot_gguf_value *v = pot_gguf_find(r->g, full(name, r->arch, key[i].key));
        if (v) POT_TRY(put_value(r, v, key[i].config));
    }
    if (r->row->say_scaling) pot_buf_fmt(r->out, ",%s", r->row->say_scaling);
    POT_TRY(put_mscale(r));
    pot_buf_str(r->out, "}");
    return POT_OK;
}

/* Is one of the names, with '|' between them, in the file? */
static bool any_tensor(const pot_gguf *g, const char *names)
{
    char name[KEY];
    bool any = false;
    for (const char *end; *names && !any; names = *end ? end + 1 : end) {
        end = names + strcspn(names, "|");
        snprintf(name, sizeof name, "%.*s", (int)(end - names), names);
        any = pot_gguf_tensor(g, name);
    }
    return any;
}

static pot_status put_all(struct reading *r)
{
    POT_TRY(refuse_foreign(r));
    pot_buf_fmt(r->out, "{\"model_type\":\"%s\",\"tie_word_embeddings\":%s", r->row->type,
                pot_gguf_tensor(r->g, "output.weight") ? "false" : "true");
    POT_TRY(put_vocab(r));
    for (size_t i = 0; i < LISTS && r->row->keys[i]; i++)
        POT_TRY(put_keys(r, r->row->keys[i]));
    POT_TRY(put_heads(r));
    POT_TRY(put_window(r));
    POT_TRY(put_partial(r));
    if (r->row->latent) POT_TRY(put_latent(r));
    if (r->row->gating) POT_TRY(put_routing(r));
    POT_TRY(put_scaling(r));
    for (const struct pot_gguf_present *p = r->row->present; p && p->tensor; p++) {
        put_name(r->out, p->config);
        pot_buf_str(r->out, any_tensor(r->g, p->tensor) ? p->yes : p->no);
    }
    if (r->row->say) pot_buf_fmt(r->out, ",%s", r->row->say);
    pot_buf_str(r->out, "}");
    return pot_fail_in(r->err, pot_buf_status(r->out, r->err), r->g->path);
}

pot_status pot_gguf_config(const pot_gguf *g, const struct pot_gguf_family **row, pot_buf *out,
                           pot_error *err)
{
    static const char *const key = "general.architecture";
    struct reading r = {.g = g, .out = out, .err = err};
    pot_bytes arch = {0};
    char name[64];
    POT_TRY(pot_gguf_string(g, key, &arch, err));
    if (!arch.n || arch.n >= sizeof name || memchr(arch.p, 0, arch.n))
        return pot_gguf_fail(g, key, POT_E_FORMAT, err, "the name of an architecture is expected");
    snprintf(name, sizeof name, "%.*s", (int)arch.n, (const char *)arch.p);
    POT_TRY(find_row(&r, name));
    POT_TRY(put_all(&r));
    *row = r.row;
    return POT_OK;
}
