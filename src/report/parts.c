/* Models, tokens, scores and challenges as text and as JSON. */
#include "evidence/build.h"

#include <math.h>
#include <string.h>

#include <pot/report.h>
#include <pot/score.h>

#define MOST_TEXT ((size_t)1 << 30)

/* Hand a buffer over as text, or free it. */
static pot_status give(pot_text *out, pot_buf *b, pot_error *err)
{
    pot_buf_str(b, ""); /* at least a NUL */
    const pot_status s = pot_buf_status(b, err);
    if (s == POT_OK) *out = (pot_text){b->p, b->n};
    else pot_buf_free(b);
    return s;
}

/* ---- a model --------------------------------------------------------------------------- */

static json_t *model_json(const pot_model *m, const pot_tokenizer *t)
{
    const pot_model_facts *f = pot_model_info(m);
    json_t *o = pot_json_model(f);
    json_t *tok = json_null();
    if (t)
        tok = json_pack("{s:s, s:i, s:o, s:o}", "kind", pot_tokenizer_kind(t), "size",
                        (int)pot_tokenizer_size(t), "sha256",
                        pot_json_hex(pot_tokenizer_sha256(t), 32), "vocab_sha256",
                        pot_json_hex(pot_tokenizer_vocab_sha256(t), 32));
    const bool ok =
        o && json_object_set_new(o, "tokenizer", tok) == 0 &&
        json_object_set_new(o, "values_sha256",
                            pot_json_hex(f->digested ? f->values_sha256 : NULL, 32)) == 0 &&
        json_object_set_new(o, "warnings", pot_json_strings(f->warnings, f->n_warnings)) == 0;
    if (!ok) json_decref(o);
    return ok ? o : NULL;
}

static void files_text(pot_buf *b, const pot_model_file *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        pot_buf_fmt(b, "  %14llu  ", (unsigned long long)f[i].size);
        if (f[i].hashed) pot_buf_hex(b, f[i].sha256, sizeof f[i].sha256);
        else pot_buf_fmt(b, "%-64s", "not read");
        pot_buf_fmt(b, "  %s\n", f[i].name);
    }
}

static void model_text(pot_buf *b, const pot_model *m, const pot_tokenizer *t)
{
    const pot_model_facts *f = pot_model_info(m);
    pot_buf_fmt(b, "%s: %s, %llu parameters, %s in %s\n", f->path, f->arch,
                (unsigned long long)f->params, f->dtype, f->container);
    pot_buf_fmt(b, "  layers %u, hidden %u, heads %u (%u for keys, %u wide), ffn %u (%s)\n",
                f->layers, f->hidden, f->heads, f->kv_heads, f->head_dim, f->ffn, f->activation);
    pot_buf_fmt(b, "  vocabulary %u, context %u, positions %s, output head %s\n", f->vocab,
                f->context, f->positions, f->tied ? "tied to the embedding" : "of its own");
    if (t)
        pot_buf_fmt(b, "  tokenizer: %s, %u ids\n", pot_tokenizer_kind(t), pot_tokenizer_size(t));
    else pot_buf_str(b, "  tokenizer: none, ids only\n");
    pot_buf_fmt(b, "  chat template: %s\n", f->has_chat_template ? "yes" : "no");
    pot_buf_fmt(b, "  %zu tensors, %llu bytes", f->n_tensors, (unsigned long long)f->bytes);
    if (f->hashed) {
        pot_buf_str(b, "; weights digest ");
        pot_buf_hex(b, f->weights_sha256, sizeof f->weights_sha256);
    }
    pot_buf_str(b, "\n");
    if (f->digested) {
        pot_buf_str(b, "  values, in any container: digest ");
        pot_buf_hex(b, f->values_sha256, sizeof f->values_sha256);
        pot_buf_str(b, "\n");
    }
    files_text(b, f->weights, f->n_weights);
    files_text(b, f->other, f->n_other);
    for (size_t i = 0; i < f->n_warnings; i++)
        pot_buf_fmt(b, "  Note: %s\n", f->warnings[i]);
}

pot_status pot_report_model(pot_text *out, const pot_model *m, const pot_tokenizer *tokenizer,
                            bool json, pot_error *err)
{
    if (json) return pot_json_text(out, model_json(m, tokenizer), true, err);
    pot_buf b = POT_BUF(MOST_TEXT);
    model_text(&b, m, tokenizer);
    return give(out, &b, err);
}

/* ---- tokens and scores ------------------------------------------------------------------ */

/* Large lists go straight to text: a JSON tree of a million numbers would be waste. */
static void ids_json(pot_buf *b, const uint32_t *id, size_t n)
{
    pot_buf_str(b, "{\"ids\":[");
    for (size_t i = 0; i < n; i++)
        pot_buf_fmt(b, "%s%u", i ? "," : "", id[i]);
    pot_buf_str(b, "]");
}

/* A piece as a JSON string, through jansson for its escapes. */
static void piece_json(pot_buf *b, const char *piece)
{
    json_t *s = json_string(piece);
    if (!s || pot_json_dump(b, s, false, NULL) != POT_OK) b->status = POT_E_NOMEM;
}

pot_status pot_report_tokens(pot_text *out, const pot_tokenizer *t, const pot_tokens *tokens,
                             bool json, pot_error *err)
{
    pot_buf b = POT_BUF(MOST_TEXT);
    for (size_t i = 0; !json && i < tokens->n; i++)
        pot_buf_fmt(&b, "%u\t%u\t%u\t%s\n", tokens->id[i], tokens->start[i], tokens->end[i],
                    pot_tokenizer_piece(t, tokens->id[i]));
    if (json) {
        ids_json(&b, tokens->id, tokens->n);
        pot_buf_str(&b, ",\"pieces\":[");
        for (size_t i = 0; i < tokens->n; i++) {
            if (i) pot_buf_str(&b, ",");
            piece_json(&b, pot_tokenizer_piece(t, tokens->id[i]));
        }
        pot_buf_str(&b, "],\"spans\":[");
        for (size_t i = 0; i < tokens->n; i++)
            pot_buf_fmt(&b, "%s[%u,%u]", i ? "," : "", tokens->start[i], tokens->end[i]);
        pot_buf_str(&b, "]}\n");
    }
    return give(out, &b, err);
}

pot_status pot_report_scores(pot_text *out, const pot_tokenizer *t, const uint32_t *id,
                             const float *logprob, size_t n, bool json, pot_error *err)
{
    pot_buf b = POT_BUF(MOST_TEXT);
    const double perplexity = pot_perplexity(logprob, n);
    for (size_t i = 0; !json && i < n; i++) {
        const char *piece = t ? pot_tokenizer_piece(t, id[i]) : NULL;
        if (i) pot_buf_fmt(&b, "%u\t%.9g\t%s\n", id[i], (double)logprob[i], piece ? piece : "");
        else pot_buf_fmt(&b, "%u\t\t%s\n", id[i], piece ? piece : "");
    }
    if (!json) {
        if (n > 1) pot_buf_fmt(&b, "perplexity %.9g over %zu tokens\n", perplexity, n - 1);
        return give(out, &b, err);
    }
    ids_json(&b, id, n);
    pot_buf_str(&b, ",\"logprobs\":[");
    for (size_t i = 0; i < n; i++)
        if (i) pot_buf_fmt(&b, ",%.9g", (double)logprob[i]);
        else pot_buf_str(&b, "null");
    if (n > 1) pot_buf_fmt(&b, "],\"perplexity\":%.9g}\n", perplexity);
    else pot_buf_str(&b, "],\"perplexity\":null}\n");
    return give(out, &b, err);
}

/* ---- a challenge ------------------------------------------------------------------------ */

pot_status pot_report_challenge(pot_text *out, const pot_challenge *c, bool json, pot_error *err)
{
    if (json)
        return pot_json_text(out,
                             json_pack("{s:I, s:s, s:o, s:i, s:s%}", "index", (json_int_t)c->index,
                                       "family", pot_family_name(c->family), "seed",
                                       pot_json_hex(c->seed, POT_SEED_SIZE), "tokens",
                                       (int)c->tokens, "text", c->text, c->n),
                             false, err);
    pot_buf b = POT_BUF(MOST_TEXT);
    pot_buf_fmt(&b, "#%llu %s, the first %u tokens of:\n%s\n\n", (unsigned long long)c->index,
                pot_family_name(c->family), c->tokens, c->text);
    return give(out, &b, err);
}
