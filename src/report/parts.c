/* Tokens, scores and challenges as text and as JSON. */
#include "report/give.h"

#include <math.h>
#include <string.h>

#include <pot/report.h>
#include <pot/score.h>

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
    pot_buf b = POT_BUF(POT_MOST_TEXT);
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
    return pot_report_give(out, &b, err);
}

pot_status pot_report_scores(pot_text *out, const pot_tokenizer *t, const uint32_t *id,
                             const float *logprob, size_t n, bool json, pot_error *err)
{
    pot_buf b = POT_BUF(POT_MOST_TEXT);
    const double perplexity = pot_perplexity(logprob, n);
    for (size_t i = 0; !json && i < n; i++) {
        const char *piece = t ? pot_tokenizer_piece(t, id[i]) : NULL;
        if (i) pot_buf_fmt(&b, "%u\t%.9g\t%s\n", id[i], (double)logprob[i], piece ? piece : "");
        else pot_buf_fmt(&b, "%u\t\t%s\n", id[i], piece ? piece : "");
    }
    if (!json) {
        if (n > 1) pot_buf_fmt(&b, "perplexity %.9g over %zu tokens\n", perplexity, n - 1);
        return pot_report_give(out, &b, err);
    }
    ids_json(&b, id, n);
    pot_buf_str(&b, ",\"logprobs\":[");
    for (size_t i = 0; i < n; i++)
        if (i) pot_buf_fmt(&b, ",%.9g", (double)logprob[i]);
        else pot_buf_str(&b, "null");
    if (n > 1) pot_buf_fmt(&b, "],\"perplexity\":%.9g}\n", perplexity);
    else pot_buf_str(&b, "],\"perplexity\":null}\n");
    return pot_report_give(out, &b, err);
}

static void completion_json(pot_buf *b, const pot_tokenizer *t, const pot_prompt *prompt,
                            const pot_completion *c)
{
    pot_buf_str(b, "\"prompt_ids\":[");
    for (size_t i = 0; i < prompt->n; i++)
        pot_buf_fmt(b, "%s%u", i ? "," : "", prompt->id[i]);
    pot_buf_str(b, "],\"ids\":[");
    for (size_t i = 0; i < c->n; i++)
        pot_buf_fmt(b, "%s%u", i ? "," : "", c->id[i]);
    pot_buf_str(b, "],\"tokens\":[");
    for (size_t i = 0; i < c->n; i++) {
        const char *piece = t ? pot_tokenizer_piece(t, c->id[i]) : NULL;
        if (i) pot_buf_str(b, ",");
        if (piece) piece_json(b, piece);
        else pot_buf_str(b, "null");
    }
    pot_buf_str(b, "],\"logprobs\":[");
    for (size_t i = 0; i < c->n; i++)
        pot_buf_fmt(b, "%s%.9g", i ? "," : "", (double)c->logprob[i]);
    pot_buf_str(b, "],\"text\":");
}

pot_status pot_report_completion(pot_text *out, const pot_tokenizer *t, size_t number,
                                 const pot_prompt *prompt, const pot_completion *c,
                                 const char *text, size_t n, bool json, pot_error *err)
{
    pot_buf b = POT_BUF(POT_MOST_TEXT);
    if (!json) {
        pot_buf_fmt(&b, "#%zu, %zu tokens, finish: %s\n", number, c->n, pot_finish_name(c->finish));
        if (text) pot_buf_add(&b, text, n);
        for (size_t i = 0; !text && i < c->n; i++)
            pot_buf_fmt(&b, "%s%u", i ? "," : "", c->id[i]);
        pot_buf_str(&b, "\n\n");
        return pot_report_give(out, &b, err);
    }
    pot_buf_fmt(&b, "{\"prompt\":%zu,", number);
    completion_json(&b, t, prompt, c);
    json_t *s = text ? json_stringn(text, n) : json_null();
    if (!s || pot_json_dump(&b, s, false, NULL) != POT_OK) b.status = POT_E_NOMEM;
    pot_buf_fmt(&b, ",\"finish\":\"%s\"}\n", pot_finish_name(c->finish));
    return pot_report_give(out, &b, err);
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
    pot_buf b = POT_BUF(POT_MOST_TEXT);
    pot_buf_fmt(&b, "#%llu %s, the first %u tokens of:\n%s\n\n", (unsigned long long)c->index,
                pot_family_name(c->family), c->tokens, c->text);
    return pot_report_give(out, &b, err);
}
