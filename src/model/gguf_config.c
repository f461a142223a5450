/* The metadata of a GGUF file as a config.json, by the rows of gguf_table.c: so config.c checks
 * the facts of every container alike. */
#include "base/fail.h"
#include "model/gguf_family.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define KEY 256

/* Keys of every architecture that this file reads or that say nothing about the mathematics. */
static const char *const read_here[] = {"vocab_size",
                                        "rope.dimension_count",
                                        "attention.value_length",
                                        "attention.causal",
                                        "attention.head_count_kv",
                                        "expert_count",
                                        "expert_used_count",
                                        "rope.scaling.type",
                                        "rope.scaling.factor",
                                        "rope.scaling.original_context_length",
                                        "rope.scaling.finetuned",
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

static bool knows(const struct pot_gguf_family *row, const char *key)
{
    for (const char *const *k = read_here; *k; k++)
        if (strcmp(*k, key) == 0) return true;
    return find_in(row->keys, key) || find_in(row->more_keys, key);
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

static pot_status find_row(struct reading *r, const char *arch)
{
    const struct pot_gguf_family *first = NULL;
    for (const struct pot_gguf_family *f = pot_gguf_families; f->arch && !r->row; f++) {
        if (strcmp(f->arch, arch) != 0) continue;
        if (!first) first = f;
        if (!unknown_key(r->g, f)) r->row = f;
    }
    if (!first) return refuse_arch(r->g, arch, r->err);
    r->arch = first->arch;
    if (r->row) return POT_OK;
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
    else put_number(r->out, x);
    return POT_OK;
}

static pot_status put_keys(struct reading *r, const struct pot_gguf_key *list)
{
    char key[KEY];
    for (; list && list->key; list++) {
        const pot_gguf_value *v = pot_gguf_find(r->g, full(key, r->arch, list->key));
        if (v) POT_TRY(put_value(r, v, list->config));
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
    uint32_t experts = 0, k = 0, v = 0, heads = 0, kv_heads = 0;
    bool causal = true;
    POT_TRY(u32(r, "expert_count", &experts));
    if (experts)
        return pot_gguf_fail(r->g, full(key, r->arch, "expert_count"), POT_E_UNSUPPORTED, r->err,
                             "experts in GGUF files are not built in; give the Hugging Face "
                             "directory");
    POT_TRY(pot_gguf_bool(r->g, full(key, r->arch, "attention.causal"), &causal, r->err));
    if (!causal)
        return pot_gguf_fail(r->g, key, POT_E_UNSUPPORTED, r->err, "only decoders can be scored");
    POT_TRY(u32(r, "attention.head_count", &heads));
    kv_heads = heads;
    POT_TRY(u32(r, "attention.head_count_kv", &kv_heads));
    if (kv_heads != heads && !find_in(r->row->more_keys, "attention.head_count_kv"))
        return pot_gguf_fail(r->g, full(key, r->arch, "attention.head_count_kv"), POT_E_UNSUPPORTED,
                             r->err, "shared key heads are not built in for this architecture");
    POT_TRY(u32(r, "attention.key_length", &k));
    POT_TRY(u32(r, "attention.value_length", &v));
    if (v && v != k)
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
    if (!find_in(r->row->more_keys, "attention.head_count_kv") ||
        pot_gguf_find(r->g, full(key, r->arch, "attention.head_count_kv")))
        return POT_OK;
    const pot_gguf_value *v = pot_gguf_find(r->g, full(key, r->arch, "attention.head_count"));
    return v ? put_value(r, v, "num_key_value_heads") : POT_OK;
}

/* rope.dimension_count of a head's dimensions turn; all, where it is not said. */
static pot_status put_partial(struct reading *r)
{
    char key[KEY];
    uint32_t heads = 0, width = 0, head_dim = 0, turn = 0;
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

static pot_status put_scaling(struct reading *r)
{
    static const struct pot_gguf_key key[] = {
        {"rope.scaling.factor", "factor"},
        {"rope.scaling.original_context_length", "original_max_position_embeddings"},
    };
    char name[KEY];
    pot_bytes type = {0};
    POT_TRY(pot_gguf_string(r->g, full(name, r->arch, "rope.scaling.type"), &type, r->err));
    if (!type.n || (type.n == 4 && memcmp(type.p, "none", 4) == 0)) return POT_OK;
    for (size_t i = 0; i < type.n; i++)
        if ((type.p[i] | 32) < 'a' || (type.p[i] | 32) > 'z' || type.n > 20)
            return pot_gguf_fail(r->g, name, POT_E_FORMAT, r->err, "a word is expected");
    pot_buf_fmt(r->out, ",\"rope_scaling\":{\"type\":\"%.*s\"", (int)type.n, (const char *)type.p);
    for (size_t i = 0; i < 2; i++) {
        const pot_gguf_value *v = pot_gguf_find(r->g, full(name, r->arch, key[i].key));
        if (v) POT_TRY(put_value(r, v, key[i].config));
    }
    pot_buf_str(r->out, "}");
    return POT_OK;
}

static pot_status put_all(struct reading *r)
{
    POT_TRY(refuse_foreign(r));
    pot_buf_fmt(r->out, "{\"model_type\":\"%s\",\"tie_word_embeddings\":%s", r->row->type,
                pot_gguf_tensor(r->g, "output.weight") ? "false" : "true");
    POT_TRY(put_vocab(r));
    POT_TRY(put_keys(r, r->row->keys));
    POT_TRY(put_keys(r, r->row->more_keys));
    POT_TRY(put_kv_heads(r));
    POT_TRY(put_partial(r));
    POT_TRY(put_scaling(r));
    for (const struct pot_gguf_key *p = r->row->present; p && p->key; p++) {
        put_name(r->out, p->config);
        pot_buf_str(r->out, pot_gguf_tensor(r->g, p->key) ? "true" : "false");
    }
    pot_buf_str(r->out, "}");
    return pot_buf_status(r->out, r->err);
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
