#include "base/fail.h"
#include "crypto/sha256.h"
#include "model/family.h"
#include "model/model.h"

#include <stdio.h>
#include <string.h>

#define MOST_ARENA  ((size_t)1 << 30)
#define MOST_CONFIG ((size_t)4 << 20)
#define MOST_SMALL  ((size_t)256 << 20) /* the tokenizer */
#define MOST_OTHER  8

pot_status pot_model_note_file(pot_model *m, const char *name, pot_bytes data, pot_error *err)
{
    pot_model_file f = {.name = name, .size = data.n, .hashed = true};
    if (m->facts.n_other == MOST_OTHER) return pot_fail(err, POT_E_ARG, "too many small files");
    POT_TRY(pot_sha256(f.sha256, data, err));
    m->other[m->facts.n_other++] = f;
    return POT_OK;
}

/* Read a small file of the directory and note its digest; *found says whether it is there. */
static pot_status read_small(pot_model *m, pot_buf *text, const char *name, bool *found,
                             pot_error *err)
{
    char path[PATH_MAX];
    POT_TRY(pot_path_join(path, m->dir, name, err));
    *found = pot_file_exists(path);
    if (!*found) return POT_OK;
    pot_buf_clear(text);
    POT_TRY(pot_file_read(text, path, err));
    return pot_model_note_file(m, name, (pot_bytes){(const uint8_t *)text->p, text->n}, err);
}

static pot_status check_path(const char *path, pot_error *err)
{
    const bool dir = pot_dir_exists(path), file = !dir && pot_file_exists(path);
    const size_t n = strlen(path);
    if (dir || (file && pot_is_gguf(path))) return POT_OK;
    if (file && n > 7 && strcmp(path + n - 7, ".potref") == 0)
        return pot_fail_file(err, POT_E_ARG, path,
                             "is a reference without weights: it goes into the first place of pot "
                             "verify, and into pot inspect");
    return pot_fail_file(err, POT_E_IO, path,
                         file ? "this is a file; a model is a directory with config.json, or a "
                                "GGUF file"
                              : "there is no such file or directory");
}

static pot_status read_config(pot_model *m, pot_error *err)
{
    pot_buf text = POT_BUF(MOST_CONFIG);
    pot_json doc = {0};
    char path[PATH_MAX];
    bool found;
    pot_status s;
    POT_GO(s, read_small(m, &text, "config.json", &found, err));
    POT_GO(s, pot_path_join(path, m->dir, "config.json", err));
    POT_GO(s, pot_json_parse(&doc, (pot_bytes){(const uint8_t *)text.p, text.n}, path, err));
    s = pot_arch_read(&m->arch, &m->arena, &doc, &m->warn, err);
out:
    pot_json_close(&doc);
    pot_buf_free(&text);
    return s;
}

/* The tokenizer and its companions: digests now, parsing by token/. */
static pot_status note_tokenizer(pot_model *m, pot_error *err)
{
    static const char *const names[] = {"tokenizer.json", "tokenizer.model"};
    pot_buf text = POT_BUF(MOST_SMALL);
    char path[PATH_MAX];
    bool found = false, config;
    pot_status s;
    for (size_t i = 0; i < sizeof names / sizeof *names && !found; i++) {
        POT_GO(s, read_small(m, &text, names[i], &found, err));
        if (!found) continue;
        POT_GO(s, pot_path_join(path, m->dir, names[i], err));
        m->tokenizer_path = pot_arena_str(&m->arena, path, strlen(path));
        POT_GO(s, m->tokenizer_path ? POT_OK : pot_fail_mem(err));
    }
    POT_GO(s, read_small(m, &text, "tokenizer_config.json", &config, err));
    m->facts.has_tokenizer = found;
    m->facts.has_chat_template = config && text.p && strstr(text.p, "\"chat_template\"");
    POT_GO(s, pot_path_join(path, m->dir, "chat_template.jinja", err));
    if (pot_file_exists(path)) m->facts.has_chat_template = true;
out:
    pot_buf_free(&text);
    return s;
}

#define MOST_NAMED (POT_DTYPES + 2 * POT_MOST_SCHEMES)

/* "BF16", "GPTQ 4-bit group 128+F16": what there is, most bytes first. */
static pot_status name_dtypes(pot_model *m, pot_error *err)
{
    struct {
        char name[48];
        uint64_t bytes;
    } kind[MOST_NAMED] = {0};
    size_t n = 0, at = 0;
    char text[256] = "";
    for (size_t i = 0, k; i < m->n_weights; i++) {
        const pot_weight *w = &m->weight[i];
        char name[sizeof kind->name];
        if (!w->used || w->role > POT_ROLE_INTS || w->role == POT_ROLE_POWERS) continue;
        if (w->scheme) pot_quant_name(name, sizeof name, w->scheme, pot_dtype_name(w->type));
        else snprintf(name, sizeof name, "%s", pot_dtype_name(w->type));
        for (k = 0; k < n && strcmp(kind[k].name, name) != 0; k++) {
        }
        if (k == MOST_NAMED) continue;
        if (k == n) memcpy(kind[n++].name, name, sizeof name);
        kind[k].bytes += w->t.data.n;
    }
    for (size_t top = 0; at < sizeof text; kind[top].bytes = 0) {
        for (size_t k = top = 0; k < n; k++)
            if (kind[k].bytes > kind[top].bytes) top = k;
        if (!kind[top].bytes) break;
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", at ? "+" : "", kind[top].name);
    }
    m->facts.dtype = pot_arena_str(&m->arena, text, strlen(text));
    return m->facts.dtype ? POT_OK : pot_fail_mem(err);
}

/* The lines of m->warn as an array of strings. */
static pot_status list_warnings(pot_model *m, pot_error *err)
{
    POT_TRY(pot_buf_status(&m->warn, err));
    size_t n = 0;
    for (size_t i = 0; i < m->warn.n; i++)
        n += m->warn.p[i] == '\n';
    const char **list = pot_arena_new(&m->arena, n + 1, sizeof *list);
    if (!list) return pot_fail_mem(err);
    char *line = m->warn.p;
    for (size_t i = 0; i < n; i++) {
        char *end = strchr(line, '\n');
        list[i] = pot_arena_str(&m->arena, line, (size_t)(end - line));
        if (!list[i]) return pot_fail_mem(err);
        line = end + 1;
    }
    m->facts.warnings = list;
    m->facts.n_warnings = n;
    return POT_OK;
}

/* Versions of transformers differ in the experts that they choose where what is added to scores
 * that choose is below 0: docs/decisions/009. */
static void warn_choice(pot_model *m)
{
    const pot_moe *moe = &m->arch.moe;
    for (uint32_t i = 0; moe->groups && i < m->arch.layers; i++) {
        const pot_values v = pot_slot_weight(pot_model_slot(m, i, POT_CHOICE), 0, moe->experts);
        const size_t size = pot_dtype_size(v.type);
        for (size_t k = 0; v.p && k < moe->experts; k++)
            if (v.p[k * size + size - 1] & 0x80) { /* the sign, little-endian */
                pot_buf_fmt(&m->warn,
                            "layer %u has a correction bias below 0 (expert %zu): transformers 4 "
                            "may choose other experts there; this follows the authors' program "
                            "and transformers 5\n",
                            i, k);
                return;
            }
    }
}

static pot_status list_tensors(pot_model *m, pot_error *err)
{
    m->tensor = pot_arena_new(&m->arena, m->n_weights + 1, sizeof *m->tensor);
    if (!m->tensor) return pot_fail_mem(err);
    for (size_t i = 0; i < m->n_weights; i++) {
        const pot_weight *w = &m->weight[i];
        m->tensor[i] = (pot_model_tensor){.name = w->t.name,
                                          .dtype = w->t.dtype,
                                          .file = m->weights[w->file].name,
                                          .shape = w->t.shape,
                                          .dims = w->t.dims,
                                          .used = w->used || w->aside,
                                          .bytes = w->t.data.n};
    }
    return POT_OK;
}

static void fill_layers(pot_model_facts *f, const pot_arch *a)
{
    for (uint32_t i = 0; i < a->layers; i++) {
        f->expert_layers += a->layer[i].experts;
        f->window_layers += a->layer[i].window != 0;
        if (a->layer[i].window) f->window = a->layer[i].window;
    }
    if (f->expert_layers) {
        f->experts = a->moe.experts, f->experts_used = a->moe.top_k;
        f->expert_ffn = a->moe.ffn, f->shared_ffn = a->moe.shared_ffn;
    }
    for (uint32_t i = 0; i < POT_ROPES && a->rope[i].dim; i++) {
        const pot_rope *r = &a->rope[i];
        f->rope[f->n_ropes++] = (pot_model_rope){.scaling = pot_rope_name(r->kind),
                                                 .theta = r->theta,
                                                 .factor = r->factor,
                                                 .dims = r->dim,
                                                 .original = r->original};
    }
}

static pot_status fill_facts(pot_model *m, pot_error *err)
{
    pot_model_facts *f = &m->facts;
    const pot_arch *a = &m->arch;
    for (size_t i = 0; i < m->n_weights; i++) {
        const pot_weight *w = &m->weight[i];
        if (!w->used) continue;
        f->n_tensors++;
        f->bytes += w->t.data.n;
        if (w->role == POT_ROLE_NIBBLES) f->params += 2 * w->t.data.n;
        if (w->role == POT_ROLE_INTS) f->params += 8 * w->t.data.n / w->scheme->bits;
        if (w->role) continue; /* scales are no parameters */
        f->params += w->t.data.n / pot_dtype_size(w->type) * pot_dtypes[w->type].block;
    }
    f->arch = a->family->type;
    f->vocab = a->vocab;
    f->hidden = a->hidden;
    f->layers = a->layers;
    f->heads = a->heads;
    f->kv_heads = a->kv_heads;
    f->head_dim = a->head_dim;
    f->ffn = a->ffn;
    f->context = a->context;
    f->positions = a->position == POT_POS_ROPE      ? "rope"
                   : a->position == POT_POS_LEARNED ? "learned"
                                                    : "alibi";
    f->activation = pot_act_name(a->act);
    f->tied = a->tied;
    f->other = m->other;
    fill_layers(f, a);
    POT_TRY(list_tensors(m, err));
    POT_TRY(name_dtypes(m, err));
    return list_warnings(m, err);
}

/* Without the slashes at its end. */
static char *keep_path(pot_model *m, const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    return pot_arena_str(&m->arena, path, n);
}

static pot_status set_names(pot_model *m, const char *path, const char *given, pot_error *err)
{
    m->dir = keep_path(m, path);
    m->other = pot_arena_new(&m->arena, MOST_OTHER, sizeof *m->other);
    char *name = keep_path(m, given), *slash = name ? strrchr(name, '/') : NULL;
    if (!m->dir || !m->other || !name) return pot_fail_mem(err);
    if (slash && slash[1]) name = slash + 1;
    pot_printable(name); /* it goes into the evidence */
    m->facts.path = m->dir;
    m->facts.name = name;
    return POT_OK;
}

static pot_status read_hugging_face(pot_model *m, pot_error *err)
{
    m->facts.container = "safetensors";
    POT_TRY(read_config(m, err));
    m->names = m->arch.family->name;
    POT_TRY(pot_model_read_files(m, err));
    return note_tokenizer(m, err);
}

/* A directory with config.json, a GGUF file, or a directory that holds one. */
static pot_status read_any(pot_model *m, pot_error *err)
{
    char config[PATH_MAX], found[POT_FILE_NAME];
    if (!pot_dir_exists(m->dir)) {
        const char *slash = strrchr(m->dir, '/'), *file = slash ? slash + 1 : m->dir;
        m->dir = !slash            ? "."
                 : slash == m->dir ? "/"
                                   : pot_arena_str(&m->arena, m->dir, (size_t)(slash - m->dir));
        return m->dir ? pot_model_read_gguf(m, file, err) : pot_fail_mem(err);
    }
    POT_TRY(pot_path_join(config, m->dir, "config.json", err));
    if (pot_file_exists(config)) return read_hugging_face(m, err);
    POT_TRY(pot_gguf_in_dir(found, m->dir, err));
    const char *file = found[0] ? pot_arena_str(&m->arena, found, strlen(found)) : NULL;
    if (found[0]) return file ? pot_model_read_gguf(m, file, err) : pot_fail_mem(err);
    return pot_fail_file(err, POT_E_IO, m->dir,
                         "no config.json and no GGUF file in it: this is not a model");
}

pot_status pot_model_open(pot_model **out, const char *name, pot_error *err)
{
    char path[PATH_MAX];
    POT_TRY(pot_model_resolve(path, sizeof path, name, err));
    POT_TRY(check_path(path, err));
    pot_model *m = pot_mem_new(1, sizeof *m);
    if (!m) return pot_fail_mem(err);
    pot_arena_init(&m->arena, MOST_ARENA);
    m->warn = POT_BUF((size_t)1 << 16);
    pot_status s;
    POT_GO(s, set_names(m, path, name, err));
    POT_GO(s, read_any(m, err));
    POT_GO(s, pot_model_bind(m, err));
    warn_choice(m);
    POT_GO(s, fill_facts(m, err));
    *out = m;
    return POT_OK;
out:
    pot_model_close(&m);
    return s;
}

void pot_model_close(pot_model **model)
{
    pot_model *m = *model;
    if (!m) return;
    for (size_t i = 0; i < m->facts.n_weights; i++)
        pot_map_close(&m->map[i]);
    pot_buf_free(&m->warn);
    pot_arena_close(&m->arena);
    pot_mem_free(m);
    *model = NULL;
}

void pot_model_rest(const pot_model *m)
{
    for (size_t i = 0; i < m->facts.n_weights; i++)
        pot_map_rest(&m->map[i]);
}

const pot_model_facts *pot_model_info(const pot_model *m)
{
    return &m->facts;
}

const pot_model_tensor *pot_model_tensors(const pot_model *m, size_t *n)
{
    *n = m->n_weights;
    return m->tensor;
}

const pot_model_value *pot_model_values(const pot_model *m, size_t *n)
{
    *n = m->n_values;
    return m->value;
}

const char *pot_model_tokenizer_path(const pot_model *m)
{
    return m->tokenizer_path;
}

pot_status pot_model_unchanged(const pot_model *m, pot_error *err)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < m->facts.n_weights; i++) {
        POT_TRY(pot_path_join(path, m->dir, m->weights[i].name, err));
        POT_TRY(pot_map_unchanged(&m->map[i], path, err));
    }
    return POT_OK;
}
