/* What a model is: facts, files, tensors and digests, as text and as JSON (docs/format/inspect.md).
 */
#include "base/fail.h"
#include "report/give.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MOST_KINDS 32 /* dtypes in one model that are told apart */

pot_status pot_report_give(pot_text *out, pot_buf *b, pot_error *err)
{
    pot_buf_str(b, ""); /* at least a NUL */
    const pot_status s = pot_buf_status(b, err);
    if (s == POT_OK) *out = (pot_text){b->p, b->n};
    else pot_buf_free(b);
    return s;
}

/* ---- dtypes ------------------------------------------------------------------------------ */

struct kind {
    const char *dtype;
    uint64_t tensors, bytes;
};

/* The dtypes of the files' tensors, most bytes first; their number. */
static size_t count_kinds(struct kind k[MOST_KINDS], const pot_model *m)
{
    size_t n = 0, tensors;
    const pot_model_tensor *t = pot_model_tensors(m, &tensors);
    for (size_t i = 0, j; i < tensors; i++) {
        for (j = 0; j < n && strcmp(k[j].dtype, t[i].dtype) != 0; j++) {
        }
        if (j == MOST_KINDS) continue;
        if (j == n) k[n++] = (struct kind){.dtype = t[i].dtype};
        k[j].tensors++;
        k[j].bytes += t[i].bytes;
    }
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j > 0 && k[j].bytes > k[j - 1].bytes; j--) {
            const struct kind swap = k[j];
            k[j] = k[j - 1], k[j - 1] = swap;
        }
    return n;
}

/* ---- JSON -------------------------------------------------------------------------------- */

static json_t *kinds_json(const pot_model *m)
{
    struct kind k[MOST_KINDS];
    const size_t n = count_kinds(k, m);
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *one = json_pack("{s:s, s:I, s:I}", "dtype", k[i].dtype, "tensors",
                                (json_int_t)k[i].tensors, "bytes", (json_int_t)k[i].bytes);
        if (json_array_append_new(list, one) != 0) return json_decref(list), NULL;
    }
    return list;
}

static json_t *ropes_json(const pot_model_facts *f)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < f->n_ropes; i++) {
        const pot_model_rope *r = &f->rope[i];
        json_t *one = json_pack("{s:s, s:f, s:f, s:i, s:i}", "scaling", r->scaling, "theta",
                                r->theta, "factor", r->factor, "dims", (int)r->dims,
                                "original_context", (int)r->original);
        if (json_array_append_new(list, one) != 0) return json_decref(list), NULL;
    }
    return list;
}

static json_t *experts_json(const pot_model_facts *f)
{
    if (!f->experts) return json_null();
    return json_pack("{s:i, s:i, s:i, s:i, s:i}", "count", (int)f->experts, "used",
                     (int)f->experts_used, "ffn", (int)f->expert_ffn, "shared_ffn",
                     (int)f->shared_ffn, "layers", (int)f->expert_layers);
}

static json_t *window_json(const pot_model_facts *f)
{
    if (!f->window) return json_null();
    return json_pack("{s:i, s:i}", "keys", (int)f->window, "layers", (int)f->window_layers);
}

static json_t *tensors_json(const pot_model *m)
{
    size_t n;
    const pot_model_tensor *t = pot_model_tensors(m, &n);
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *shape = json_array();
        for (unsigned d = 0; d < t[i].dims; d++)
            if (json_array_append_new(shape, json_integer((json_int_t)t[i].shape[d])) != 0)
                return json_decref(shape), json_decref(list), NULL;
        json_t *one =
            json_pack("{s:s, s:s, s:o, s:I, s:s, s:b, s:o}", "name", t[i].name, "dtype", t[i].dtype,
                      "shape", shape, "bytes", (json_int_t)t[i].bytes, "file", t[i].file, "used",
                      t[i].used, "sha256", pot_json_hex(t[i].hashed ? t[i].sha256 : NULL, 32));
        if (json_array_append_new(list, one) != 0) return json_decref(list), NULL;
    }
    return list;
}

static json_t *values_json(const pot_model *m)
{
    size_t n;
    const pot_model_value *v = pot_model_values(m, &n);
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *shape = v[i].columns ? json_pack("[ii]", (int)v[i].rows, (int)v[i].columns)
                                     : json_pack("[i]", (int)v[i].rows);
        json_t *one = json_pack("{s:s, s:s, s:o, s:o}", "name", v[i].name, "dtype", v[i].dtype,
                                "shape", shape, "sha256", pot_json_hex(v[i].sha256, 32));
        if (json_array_append_new(list, one) != 0) return json_decref(list), NULL;
    }
    return list;
}

static json_t *tokenizer_json(const pot_tokenizer *t)
{
    if (!t) return json_null();
    return json_pack("{s:s, s:i, s:o, s:o}", "kind", pot_tokenizer_kind(t), "size",
                     (int)pot_tokenizer_size(t), "sha256",
                     pot_json_hex(pot_tokenizer_sha256(t), 32), "vocab_sha256",
                     pot_json_hex(pot_tokenizer_vocab_sha256(t), 32));
}

static json_t *model_json(const pot_model *m, const pot_tokenizer *t)
{
    const pot_model_facts *f = pot_model_info(m);
    json_t *o = pot_json_model(f);
    const struct {
        const char *name;
        json_t *value;
    } more[] = {
        {"tokenizer", tokenizer_json(t)},
        {"dtypes", kinds_json(m)},
        {"ropes", ropes_json(f)},
        {"window", window_json(f)},
        {"experts", experts_json(f)},
        {"values_sha256", pot_json_hex(f->digested ? f->values_sha256 : NULL, 32)},
        {"warnings", pot_json_strings(f->warnings, f->n_warnings)},
        {"tensor_list", tensors_json(m)},
        {"value_list", values_json(m)},
    };
    bool ok = o;
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        ok = json_object_set_new(o, more[i].name, more[i].value) == 0 && ok;
    if (!ok) json_decref(o);
    return ok ? o : NULL;
}

/* ---- text -------------------------------------------------------------------------------- */

/* "662 B", "2.38 MB": three digits of a number of bytes, in powers of 1000. */
static const char *size_text(char text[16], uint64_t n)
{
    static const char *const unit[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double x = (double)n;
    size_t u = 0;
    for (; x >= 999.5; u++)
        x /= 1000;
    snprintf(text, 16, u && x < 99.95 ? x < 9.995 ? "%.2f %s" : "%.1f %s" : "%.0f %s", x, unit[u]);
    return text;
}

/* "1.19 M": of parameters, which are counted in billions. */
static const char *count_text(char text[16], uint64_t n)
{
    static const char *const unit[] = {"", " k", " M", " B", " T"};
    double x = (double)n;
    size_t u = 0;
    for (; x >= 999.5 && u < 4; u++)
        x /= 1000;
    snprintf(text, 16, "%.3g%s", x, unit[u]);
    return text;
}

static void label(pot_buf *b, const char *name)
{
    pot_buf_fmt(b, "  %-15s", name);
}

static void digest_line(pot_buf *b, const char *name, const uint8_t *sha256, const char *what)
{
    label(b, name);
    pot_buf_hex(b, sha256, 32);
    pot_buf_fmt(b, "  %s\n", what);
}

static void weights_text(pot_buf *b, const pot_model *m)
{
    const pot_model_facts *f = pot_model_info(m);
    struct kind k[MOST_KINDS];
    char text[16];
    uint64_t all = 0;
    size_t tensors;
    const size_t n = count_kinds(k, m);
    for (size_t i = 0; i < n; i++)
        all += k[i].bytes;
    pot_model_tensors(m, &tensors);
    label(b, "architecture");
    pot_buf_fmt(b, "%s\n", f->arch);
    label(b, "parameters");
    pot_buf_fmt(b, "%s (%" PRIu64 ") in %s\n", count_text(text, f->params), f->params, f->dtype);
    label(b, "dtypes");
    for (size_t i = 0; i < n; i++)
        pot_buf_fmt(b, "%s%s %.*f %%", i ? ", " : "", k[i].dtype, all == k[i].bytes ? 0 : 1,
                    all ? 100.0 * (double)k[i].bytes / (double)all : 0);
    pot_buf_fmt(b, " of %s\n", size_text(text, all));
    label(b, "container");
    pot_buf_fmt(b, "%s, %zu tensors in %zu file%s\n", f->container, tensors, f->n_weights,
                f->n_weights == 1 ? "" : "s");
}

static void ropes_text(pot_buf *b, const pot_model_facts *f)
{
    for (uint32_t i = 0; i < f->n_ropes; i++) {
        const pot_model_rope *r = &f->rope[i];
        pot_buf_fmt(b, "%s theta %.9g, %u dimensions of a head",
                    i ? "; layers with a window:" : ",", r->theta, r->dims);
        if (strcmp(r->scaling, "default") == 0) continue;
        pot_buf_fmt(b, ", %s scaling by %.6g from %u", r->scaling, r->factor, r->original);
    }
}

static void layers_text(pot_buf *b, const pot_model_facts *f)
{
    label(b, "layers");
    pot_buf_fmt(b, "%u, hidden size %u, feed-forward %u (%s)\n", f->layers, f->hidden, f->ffn,
                f->activation);
    label(b, "attention");
    pot_buf_fmt(b, "%u head%s of %u, %u for keys and values", f->heads, f->heads == 1 ? "" : "s",
                f->head_dim, f->kv_heads);
    if (f->window)
        pot_buf_fmt(b, "; a window of %u in %u of %u layers", f->window, f->window_layers,
                    f->layers);
    pot_buf_str(b, "\n");
    if (f->experts) {
        label(b, "experts");
        pot_buf_fmt(b, "%u of %u, feed-forward %u, in %u of %u layers", f->experts_used, f->experts,
                    f->expert_ffn, f->expert_layers, f->layers);
        if (f->shared_ffn) pot_buf_fmt(b, "; one for all tokens, %u", f->shared_ffn);
        pot_buf_str(b, "\n");
    }
    label(b, "context");
    pot_buf_fmt(b, "%u tokens\n", f->context);
    label(b, "positions");
    pot_buf_str(b, f->positions);
    ropes_text(b, f);
    pot_buf_str(b, "\n");
    label(b, "vocabulary");
    pot_buf_fmt(b, "%u, output head %s\n", f->vocab,
                f->tied ? "tied to the embedding" : "of its own");
}

static void files_text(pot_buf *b, const pot_model_file *f, size_t n)
{
    char text[16];
    for (size_t i = 0; i < n; i++) {
        pot_buf_fmt(b, "  %10s  ", size_text(text, f[i].size));
        if (f[i].hashed) pot_buf_hex(b, f[i].sha256, sizeof f[i].sha256);
        else pot_buf_fmt(b, "%-64s", "not read");
        pot_buf_fmt(b, "  %s\n", f[i].name);
    }
}

/* "[2048][128]" */
static void shape_text(char *text, size_t size, const pot_model_tensor *t)
{
    size_t at = 0;
    text[0] = '\0';
    for (unsigned d = 0; d < t->dims && at < size; d++)
        at += (size_t)snprintf(text + at, size - at, "[%" PRIu64 "]", t->shape[d]);
}

static void tensors_text(pot_buf *b, const pot_model *m)
{
    size_t n, widest[3] = {0};
    char text[16], shape[256], name[1024];
    const pot_model_tensor *t = pot_model_tensors(m, &n);
    for (size_t i = 0; i < n; i++) {
        shape_text(shape, sizeof shape, &t[i]);
        const size_t w[3] = {strlen(t[i].name), strlen(t[i].dtype), strlen(shape)};
        for (int c = 0; c < 3; c++)
            if (w[c] > widest[c] && w[c] < sizeof name) widest[c] = w[c];
    }
    pot_buf_fmt(b, "\n  %10s  %-64s  %-*s  %-*s  %s\n", "bytes", "SHA-256", (int)widest[1], "dtype",
                (int)widest[2], "shape", "tensor");
    for (size_t i = 0; i < n; i++) {
        shape_text(shape, sizeof shape, &t[i]);
        snprintf(name, sizeof name, "%s", t[i].name);
        pot_printable(name);
        pot_buf_fmt(b, "  %10s  ", size_text(text, t[i].bytes));
        if (t[i].hashed) pot_buf_hex(b, t[i].sha256, sizeof t[i].sha256);
        else pot_buf_fmt(b, "%-64s", "not read");
        pot_buf_fmt(b, "  %-*s  %-*s  %s%s\n", (int)widest[1], t[i].dtype, (int)widest[2], shape,
                    name, t[i].used ? "" : "  (not used)");
    }
}

static void model_text(pot_buf *b, const pot_model *m, const pot_tokenizer *t, bool tensors)
{
    const pot_model_facts *f = pot_model_info(m);
    pot_buf_fmt(b, "%s\n\n", f->path);
    weights_text(b, m);
    layers_text(b, f);
    label(b, "tokenizer");
    if (t) pot_buf_fmt(b, "%s, %u ids\n", pot_tokenizer_kind(t), pot_tokenizer_size(t));
    else pot_buf_str(b, "none, ids only\n");
    label(b, "chat template");
    pot_buf_fmt(b, "%s\n", f->has_chat_template ? "yes" : "no");
    if (f->hashed) digest_line(b, "files digest", f->weights_sha256, "of the weights' files");
    if (f->digested) digest_line(b, "values digest", f->values_sha256, "the same in any container");
    for (size_t i = 0; i < f->n_warnings; i++)
        pot_buf_fmt(b, "%s  Note: %s\n", i ? "" : "\n", f->warnings[i]);
    pot_buf_fmt(b, "\n  %10s  %-64s  %s\n", "bytes", "SHA-256", "file");
    files_text(b, f->weights, f->n_weights);
    files_text(b, f->other, f->n_other);
    if (tensors) tensors_text(b, m);
}

pot_status pot_report_model(pot_text *out, const pot_model *m, const pot_tokenizer *tokenizer,
                            bool tensors, bool json, pot_error *err)
{
    if (json) return pot_json_text(out, model_json(m, tokenizer), true, err);
    pot_buf b = POT_BUF(POT_MOST_TEXT);
    model_text(&b, m, tokenizer, tensors);
    return pot_report_give(out, &b, err);
}
