/* The document of a reference file: tables of members, by which it is written and read. */
#include "verify/reference.h"

#include "base/fail.h"
#include "base/json.h"

#include <math.h>
#include <string.h>

#define SCHEMA        "pot-reference-1"
#define MOST_FILES    10000
#define MOST_STRING   4096
#define MOST_DOCUMENT ((size_t)16 << 20)

/* ---- members -------------------------------------------------------------------------------- */

typedef enum { STRING, DIGEST, RUN_ID, U32, U64, SIZE, BOOL, F64, F32 } member_kind;

typedef struct {
    const char *key; /* NULL ends a table */
    member_kind kind;
    size_t at;
} member;

#define M(type, key, kind, field)                                                                  \
    {                                                                                              \
        key, kind, offsetof(type, field)                                                           \
    }

static const member reference_members[] = {M(pot_reference_facts, "pot", STRING, pot),
                                           M(pot_reference_facts, "run_id", RUN_ID, run_id),
                                           M(pot_reference_facts, "generator", STRING, generator),
                                           M(pot_reference_facts, "numerics", STRING, numerics),
                                           M(pot_reference_facts, "challenges", U32, challenges),
                                           M(pot_reference_facts, "positions", U64, positions),
                                           M(pot_reference_facts, "perplexity", F64, perplexity),
                                           {0}};
static const member rule_members[] = {
    M(pot_rule, "alpha", F64, alpha),  M(pot_rule, "gamma", F64, gamma),
    M(pot_rule, "eta", F64, eta),      M(pot_rule, "delta_star", F64, delta),
    M(pot_rule, "eps_diff", F64, eps), M(pot_rule, "n_min", U32, n_min),
    M(pot_rule, "n_max", U32, n_max),  {0}};
static const member class_members[] = {M(pot_reference_facts, "top_k", U32, top_k),
                                       M(pot_reference_facts, "tails", U32, tails),
                                       M(pot_reference_facts, "tail_mean", F64, tail_mean),
                                       M(pot_reference_facts, "tail_max", F64, tail_max),
                                       {0}};
static const member head_members[] = {M(pot_reference_head, "width", U32, width),
                                      M(pot_reference_head, "bias", BOOL, bias),
                                      M(pot_reference_head, "scale", F32, scale),
                                      M(pot_reference_head, "cap", F32, cap),
                                      {0}};
static const member model_members[] = {M(pot_model_facts, "name", STRING, name),
                                       M(pot_model_facts, "arch", STRING, arch),
                                       M(pot_model_facts, "container", STRING, container),
                                       M(pot_model_facts, "dtype", STRING, dtype),
                                       M(pot_model_facts, "params", U64, params),
                                       M(pot_model_facts, "bytes", U64, bytes),
                                       M(pot_model_facts, "vocab", U32, vocab),
                                       M(pot_model_facts, "hidden", U32, hidden),
                                       M(pot_model_facts, "layers", U32, layers),
                                       M(pot_model_facts, "heads", U32, heads),
                                       M(pot_model_facts, "kv_heads", U32, kv_heads),
                                       M(pot_model_facts, "head_dim", U32, head_dim),
                                       M(pot_model_facts, "ffn", U32, ffn),
                                       M(pot_model_facts, "context", U32, context),
                                       M(pot_model_facts, "positions", STRING, positions),
                                       M(pot_model_facts, "activation", STRING, activation),
                                       M(pot_model_facts, "tied_head", BOOL, tied),
                                       M(pot_model_facts, "chat_template", BOOL, has_chat_template),
                                       M(pot_model_facts, "tensors", SIZE, n_tensors),
                                       M(pot_model_facts, "weights_sha256", DIGEST, weights_sha256),
                                       {0}};
static const member tokenizer_members[] = {
    M(pot_reference_facts, "kind", STRING, tokenizer_kind),
    M(pot_reference_facts, "size", U32, tokenizer_size),
    M(pot_reference_facts, "sha256", DIGEST, tokenizer_sha256),
    M(pot_reference_facts, "vocab_sha256", DIGEST, vocab_sha256),
    {0}};
static const member file_members[] = {M(pot_model_file, "name", STRING, name),
                                      M(pot_model_file, "size", U64, size),
                                      M(pot_model_file, "sha256", DIGEST, sha256),
                                      {0}};
static const member section_members[] = {M(pot_reference_section, "name", STRING, name),
                                         M(pot_reference_section, "size", U64, size),
                                         M(pot_reference_section, "sha256", DIGEST, sha256),
                                         {0}};

/* ---- writing -------------------------------------------------------------------------------- */

static json_t *hex(const void *p, size_t n)
{
    pot_buf b = POT_BUF(2 * n);
    pot_buf_hex(&b, p, n);
    json_t *v = b.status == POT_OK ? json_string(b.p) : NULL;
    pot_buf_free(&b);
    return v;
}

static json_t *real(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *value(const member *m, const void *object)
{
    const char *p = (const char *)object + m->at;
    switch (m->kind) {
    case STRING:
        return json_string(*(const char *const *)(const void *)p);
    case DIGEST:
        return hex(p, POT_SHA256_SIZE);
    case RUN_ID:
        return hex(p, POT_RUN_ID_SIZE);
    case U32:
        return json_integer(*(const uint32_t *)(const void *)p);
    case U64:
        return json_integer((json_int_t) * (const uint64_t *)(const void *)p);
    case SIZE:
        return json_integer((json_int_t) * (const size_t *)(const void *)p);
    case BOOL:
        return json_boolean(*(const bool *)(const void *)p);
    case F64:
        return real(*(const double *)(const void *)p);
    case F32:
        return real((double)*(const float *)(const void *)p);
    default:
        return NULL;
    }
}

/* Add the members of a table to an object, which may be NULL; NULL when out of memory. */
static json_t *put(json_t *o, const member *table, const void *object)
{
    for (const member *m = table; o && m->key; m++)
        if (json_object_set_new(o, m->key, value(m, object)) != 0) json_decref(o), o = NULL;
    return o;
}

static json_t *put_one(json_t *o, const char *key, json_t *v)
{
    if (!o) json_decref(v);
    else if (json_object_set_new(o, key, v) != 0) json_decref(o), o = NULL;
    return o;
}

static json_t *list(const member *table, const void *first, size_t n, size_t size)
{
    json_t *l = json_array();
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(l, put(json_object(), table, (const char *)first + i * size)) !=
            0)
            return json_decref(l), NULL;
    return l;
}

static json_t *model_json(const pot_model_facts *f)
{
    json_t *o = put(json_object(), model_members, f);
    o = put_one(o, "weights", list(file_members, f->weights, f->n_weights, sizeof *f->weights));
    return put_one(o, "files", list(file_members, f->other, f->n_other, sizeof *f->other));
}

static json_t *head_json(const pot_reference_head *h)
{
    return put_one(put(json_object(), head_members, h), "dtype",
                   json_string(pot_dtype_name(h->type)));
}

pot_status pot_reference_write(pot_buf *out, const pot_reference_document *d, pot_error *err)
{
    const pot_reference_facts *f = &d->facts;
    json_t *o = put_one(json_object(), "schema", json_string(SCHEMA));
    o = put(o, reference_members, f);
    o = put_one(o, "corpus_sha256", f->corpus ? hex(f->corpus_sha256, 32) : json_null());
    o = put_one(o, "mode", json_string(f->rule.name));
    o = put_one(o, "rule", put(json_object(), rule_members, &f->rule));
    o = put_one(o, "prompt_tokens", json_pack("[i,i]", POT_PROMPT_MIN, POT_PROMPT_MAX));
    o = put_one(o, "classes", f->exact ? json_null() : put(json_object(), class_members, f));
    o = put_one(o, "head", f->exact ? head_json(&d->head) : json_null());
    o = put_one(o, "model", model_json(&f->model));
    o = put_one(o, "tokenizer", put(json_object(), tokenizer_members, f));
    o = put_one(o, "sections", list(section_members, d->section, d->sections, sizeof *d->section));
    POT_TRY(pot_json_dump(out, o, true, err));
    pot_buf_str(out, "\n");
    return pot_buf_status(out, err);
}

/* ---- reading -------------------------------------------------------------------------------- */

static pot_status get_string(const pot_json *o, const char *key, const char **out, pot_arena *arena,
                             pot_error *err)
{
    const char *text = NULL;
    POT_TRY(pot_json_str(o, key, &text, err));
    const pot_json at = pot_json_get(o, key);
    const size_t n = strlen(text);
    if (!n || n > MOST_STRING)
        return pot_json_fail(&at, POT_E_FORMAT, err, "1 to %d bytes are expected", MOST_STRING);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 127)
            return pot_json_fail(&at, POT_E_FORMAT, err, "has a control character");
    *out = pot_arena_str(arena, text, n);
    return *out ? POT_OK : pot_fail_mem(err);
}

static pot_status get_hex(const pot_json *o, const char *key, void *out, size_t n, pot_error *err)
{
    const char *text = NULL;
    POT_TRY(pot_json_str(o, key, &text, err));
    const pot_json at = pot_json_get(o, key);
    if (pot_hex_parse(out, n, text)) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "%zu hexadecimal digits are expected", 2 * n);
}

static pot_status get_u64(const pot_json *o, const char *key, uint64_t *out, pot_error *err)
{
    const pot_json at = pot_json_get(o, key);
    if (!json_is_integer(at.v) || json_integer_value(at.v) < 0)
        return pot_json_fail(&at, POT_E_FORMAT, err, "a number of things is expected");
    *out = (uint64_t)json_integer_value(at.v);
    return POT_OK;
}

/* null is NaN */
static pot_status get_real(const pot_json *o, const char *key, double *out, pot_error *err)
{
    *out = (double)NAN;
    return pot_json_has(o, key) ? pot_json_f64(o, key, out, err) : POT_OK;
}

static pot_status get_member(const member *m, const pot_json *o, void *object, pot_arena *arena,
                             pot_error *err)
{
    char *p = (char *)object + m->at;
    uint64_t n = 0;
    double x = 0;
    switch (m->kind) {
    case STRING:
        return get_string(o, m->key, (const char **)(void *)p, arena, err);
    case DIGEST:
        return get_hex(o, m->key, p, POT_SHA256_SIZE, err);
    case RUN_ID:
        return get_hex(o, m->key, p, POT_RUN_ID_SIZE, err);
    case U32:
        return pot_json_u32(o, m->key, (uint32_t *)(void *)p, err);
    case U64:
        return get_u64(o, m->key, (uint64_t *)(void *)p, err);
    case BOOL:
        return pot_json_bool(o, m->key, (bool *)(void *)p, err);
    case F64:
        return get_real(o, m->key, (double *)(void *)p, err);
    case SIZE:
        POT_TRY(get_u64(o, m->key, &n, err));
        memcpy(p, &(size_t){(size_t)n}, sizeof(size_t));
        return POT_OK;
    case F32:
        POT_TRY(get_real(o, m->key, &x, err));
        memcpy(p, &(float){(float)x}, sizeof(float));
        return POT_OK;
    default:
        return pot_fail(err, POT_E_ARG, "no such kind");
    }
}

static pot_status get(const member *table, const pot_json *o, void *object, pot_arena *arena,
                      pot_error *err)
{
    for (const member *m = table; m->key; m++)
        POT_TRY(get_member(m, o, object, arena, err));
    return POT_OK;
}

/* A list of `least` to `most` objects, each of `size` bytes, into the arena. */
static pot_status get_list(const member *table, const pot_json *o, const char *key, void **out,
                           size_t *n, size_t size, size_t most, pot_arena *arena, pot_error *err)
{
    pot_json l;
    POT_TRY(pot_json_array(o, key, &l, err));
    const size_t count = json_array_size(l.v);
    if (count > most)
        return pot_json_fail(&l, POT_E_FORMAT, err, "%zu of them; at most %zu are expected", count,
                             most);
    char *p = pot_arena_new(arena, count + 1, size);
    if (!p) return pot_fail_mem(err);
    for (size_t i = 0; i < count; i++) {
        const pot_json one = pot_json_at(&l, i);
        POT_TRY(get(table, &one, p + i * size, arena, err));
    }
    *out = p;
    *n = count;
    return POT_OK;
}

static pot_status get_model(const pot_json *doc, pot_model_facts *f, pot_arena *arena,
                            pot_error *err)
{
    pot_json o;
    void *weights = NULL, *other = NULL;
    POT_TRY(pot_json_object(doc, "model", &o, err));
    POT_TRY(get(model_members, &o, f, arena, err));
    POT_TRY(get_list(file_members, &o, "weights", &weights, &f->n_weights, sizeof(pot_model_file),
                     MOST_FILES, arena, err));
    POT_TRY(get_list(file_members, &o, "files", &other, &f->n_other, sizeof(pot_model_file),
                     MOST_FILES, arena, err));
    pot_model_file *file[2] = {weights, other};
    for (size_t i = 0; i < f->n_weights; i++)
        file[0][i].hashed = true;
    for (size_t i = 0; i < f->n_other; i++)
        file[1][i].hashed = true;
    f->weights = file[0];
    f->other = file[1];
    f->hashed = true;
    f->has_tokenizer = true;
    if (f->vocab >= 1 && f->vocab <= POT_MOST_VOCAB && f->layers) return POT_OK;
    return pot_json_fail(&o, POT_E_FORMAT, err, "a vocabulary of 1 to %u and layers are expected",
                         POT_MOST_VOCAB);
}

static bool same(const member *table, const void *a, const void *b)
{
    for (const member *m = table; m->key; m++)
        if (memcmp((const char *)a + m->at, (const char *)b + m->at,
                   m->kind == F64 ? sizeof(double) : sizeof(uint32_t)) != 0)
            return false;
    return true;
}

/* The thresholds are this program's, or its verdicts would not mean what was meant. */
static pot_status get_rule(const pot_json *doc, pot_reference_facts *f, pot_arena *arena,
                           pot_error *err)
{
    const char *mode = NULL;
    pot_json o;
    pot_rule found = {0};
    POT_TRY(pot_json_str(doc, "mode", &mode, err));
    POT_TRY(pot_json_object(doc, "rule", &o, err));
    if (!pot_mode_find(&f->mode, mode))
        return pot_json_fail(doc, POT_E_UNSUPPORTED, err, "mode: \"%.40s\" is not known here",
                             mode);
    f->rule = *pot_rule_of(f->mode);
    POT_TRY(get(rule_members, &o, &found, arena, err));
    if (f->challenges % POT_FAMILIES || f->challenges < f->rule.n_min ||
        f->challenges > f->rule.n_max)
        return pot_json_fail(doc, POT_E_FORMAT, err,
                             "challenges: rounds of %d, %u to %u in %s mode, are expected",
                             POT_FAMILIES, f->rule.n_min, f->rule.n_max, f->rule.name);
    f->rule.n_max = f->challenges;
    if (same(rule_members, &found, &f->rule)) return POT_OK;
    return pot_json_fail(&o, POT_E_UNSUPPORTED, err,
                         "was made with other thresholds than this program has in %s mode: make "
                         "it again",
                         f->rule.name);
}

static pot_status get_head(const pot_json *doc, pot_reference_head *h, pot_arena *arena,
                           pot_error *err)
{
    pot_json o;
    const char *type = NULL;
    POT_TRY(pot_json_object(doc, "head", &o, err));
    POT_TRY(get(head_members, &o, h, arena, err));
    POT_TRY(pot_json_str(&o, "dtype", &type, err));
    for (h->type = 0; h->type < POT_DTYPES && strcmp(pot_dtype_name(h->type), type) != 0;)
        h->type++;
    if (h->type == POT_DTYPES)
        return pot_json_fail(&o, POT_E_UNSUPPORTED, err, "dtype: \"%.40s\" is not known here",
                             type);
    if (h->width >= 1 && h->width <= POT_MOST_WIDTH && h->width % pot_dtypes[h->type].block == 0 &&
        isfinite(h->scale) && isfinite(h->cap))
        return POT_OK;
    return pot_json_fail(&o, POT_E_FORMAT, err, "no model has such an output head");
}

static pot_status get_classes(const pot_json *doc, pot_reference_facts *f, pot_arena *arena,
                              pot_error *err)
{
    pot_json o;
    POT_TRY(pot_json_object(doc, "classes", &o, err));
    POT_TRY(get(class_members, &o, f, arena, err));
    if (f->top_k >= 1 && f->top_k <= POT_MOST_TOP_K && f->top_k <= f->model.vocab &&
        f->tails >= 1 && f->tails <= POT_MOST_TAILS)
        return POT_OK;
    return pot_json_fail(&o, POT_E_FORMAT, err,
                         "top_k from 1 to %d (at most the vocabulary) and tails from 1 to %d are "
                         "expected",
                         POT_MOST_TOP_K, POT_MOST_TAILS);
}

/* Which sections there are follows from the rest, and of all but the first their sizes. */
static pot_status check_sections(pot_reference_document *d, const pot_json *doc, pot_error *err)
{
    const pot_reference_facts *f = &d->facts;
    const uint64_t vocab = f->model.vocab, n = f->positions;
    const struct {
        const char *name;
        uint64_t size;
        bool there;
    } want[] = {
        {"challenges", d->sections ? d->section[0].size : 0, true},
        {"classes", n * pot_reference_record(f->model.vocab, f->top_k, f->tails), !f->exact},
        {"hidden", n * d->head.width * sizeof(float), f->exact},
        {"head", pot_dtype_bytes(d->head.type, vocab * d->head.width), f->exact},
        {"bias", vocab * sizeof(float), f->exact && d->head.bias},
    };
    size_t k = 0;
    uint64_t at = POT_POTREF_HEAD;
    bool ok = true;
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        if (!want[i].there) continue;
        pot_reference_section *s = &d->section[k++];
        ok = ok && k <= d->sections && strcmp(s->name, want[i].name) == 0 &&
             s->size == want[i].size && s->size < (uint64_t)1 << 60;
        if (!ok) break;
        s->name = want[i].name;
        s->at = at;
        at += (s->size + POT_POTREF_ALIGN - 1) / POT_POTREF_ALIGN * POT_POTREF_ALIGN;
    }
    if (ok && k == d->sections) return POT_OK;
    const pot_json l = pot_json_get(doc, "sections");
    return pot_json_fail(&l, POT_E_FORMAT, err, "are not those that the other members call for");
}

static pot_status get_document(pot_reference_document *d, const pot_json *doc, pot_arena *arena,
                               pot_error *err)
{
    pot_reference_facts *f = &d->facts;
    const char *schema = NULL;
    void *sections = NULL;
    pot_json o;
    POT_TRY(pot_json_str(doc, "schema", &schema, err));
    o = pot_json_get(doc, "schema");
    if (strcmp(schema, SCHEMA) != 0)
        return pot_json_fail(&o, POT_E_UNSUPPORTED, err, "\"%.40s\"; this program reads " SCHEMA,
                             schema);
    POT_TRY(get(reference_members, doc, f, arena, err));
    if (f->positions > (uint64_t)POT_MOST_CHALLENGES << 10)
        return pot_json_fail(doc, POT_E_FORMAT, err, "positions: no challenges have so many");
    f->corpus = pot_json_has(doc, "corpus_sha256");
    if (f->corpus) POT_TRY(get_hex(doc, "corpus_sha256", f->corpus_sha256, 32, err));
    POT_TRY(get_rule(doc, f, arena, err));
    POT_TRY(get_model(doc, &f->model, arena, err));
    POT_TRY(pot_json_object(doc, "tokenizer", &o, err));
    POT_TRY(get(tokenizer_members, &o, f, arena, err));
    f->exact = !pot_json_has(doc, "classes");
    POT_TRY(f->exact ? get_head(doc, &d->head, arena, err) : get_classes(doc, f, arena, err));
    POT_TRY(get_list(section_members, doc, "sections", &sections, &d->sections, sizeof *d->section,
                     POT_MOST_SECTIONS, arena, err));
    memcpy(d->section, sections, d->sections * sizeof *d->section);
    return check_sections(d, doc, err);
}

/* Whatever was read must come out as it stands there: so no member is more, twice, or written in
 * another way. */
static pot_status check_form(const pot_reference_document *d, pot_bytes text, const char *file,
                             pot_error *err)
{
    pot_buf again = POT_BUF(MOST_DOCUMENT);
    pot_status s = pot_reference_write(&again, d, err);
    if (s == POT_OK && (again.n != text.n || memcmp(again.p, text.p, text.n) != 0))
        s = pot_fail_file(err, POT_E_FORMAT, file,
                          "its document is not in the form that pot fingerprint writes");
    pot_buf_free(&again);
    return s;
}

pot_status pot_reference_read(pot_reference_document *out, pot_arena *arena, pot_bytes text,
                              const char *file, pot_error *err)
{
    pot_json doc = {0};
    pot_reference_document d = {0};
    if (text.n > MOST_DOCUMENT)
        return pot_fail_file(err, POT_E_FORMAT, file,
                             "its document has %zu bytes; at most %zu are "
                             "expected",
                             text.n, MOST_DOCUMENT);
    POT_TRY(pot_json_parse(&doc, text, file, err));
    pot_status s = get_document(&d, &doc, arena, err);
    pot_json_close(&doc);
    if (s == POT_OK) s = check_form(&d, text, file, err);
    if (s == POT_OK) *out = d;
    return s;
}
