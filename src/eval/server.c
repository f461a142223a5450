#include "eval/server.h"

#include "base/fail.h"
#include "base/mem.h"
#include "crypto/sha256.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEN_BYTES 110 /* of a text, by which a challenge is recognized: of the shortest prompt */

struct pot_server {
    const pot_serving *serving; /* borrowed, as v and `other` */
    pot_verify *v;
    uint64_t routes, words, rows; /* seeds */
    uint64_t *seen;               /* owned: [n_seen], sorted */
    size_t n_seen;
    pot_party other;
    float *hidden;    /* owned: states of the other model, of the questions that it answers */
    size_t *from;     /* owned: [questions] its first row there; SIZE_MAX: the candidate's */
    unsigned n_other; /* challenges so far */
};

/* ---- what follows from the key --------------------------------------------------------------- */

static pot_status derive(const pot_verify *v, const char *purpose, uint8_t out[32], pot_error *err)
{
    return pot_hmac_sha256(out, (pot_bytes){v->key, sizeof v->key},
                           (pot_bytes){(const uint8_t *)purpose, strlen(purpose)}, err);
}

static pot_status seed(const pot_verify *v, const char *purpose, uint64_t *out, pot_error *err)
{
    uint8_t b[32];
    POT_TRY(derive(v, purpose, b, err));
    *out = 0;
    for (int i = 0; i < 8; i++)
        *out = *out << 8 | b[i];
    return POT_OK;
}

static pot_status fingerprint(const pot_challenge *c, uint64_t *out, pot_error *err)
{
    uint8_t b[32];
    const size_t n = c->n < SEEN_BYTES ? c->n : SEEN_BYTES;
    POT_TRY(pot_sha256(b, (pot_bytes){(const uint8_t *)c->text, n}, err));
    memcpy(out, b, sizeof *out);
    return POT_OK;
}

static int by_size(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* All challenges that a run with this key may put. */
static pot_status remember_run(pot_server *s, const uint8_t key[POT_KEY_SIZE], pot_error *err)
{
    const pot_verify *v = s->v;
    for (unsigned i = 0; i < v->decider.rule.n_max; i++) {
        pot_challenge c;
        POT_TRY(pot_challenge_make(&c, key, v->commitment.run_id, i, v->corpus, err));
        POT_TRY(fingerprint(&c, &s->seen[s->n_seen++], err));
    }
    return POT_OK;
}

/* The challenges of earlier runs, under keys of their own. */
static pot_status remember(pot_server *s, pot_error *err)
{
    const pot_verify *v = s->v;
    const size_t runs = (size_t)s->serving->replay + s->serving->leaked;
    s->seen = pot_mem_new(runs * v->decider.rule.n_max, sizeof *s->seen);
    if (!s->seen) return pot_fail_mem(err);
    for (uint32_t run = 0; run < s->serving->replay; run++) {
        char purpose[64];
        uint8_t key[32];
        snprintf(purpose, sizeof purpose, "pot-serving-1 earlier %u", run);
        POT_TRY(derive(v, purpose, key, err));
        POT_TRY(remember_run(s, key, err));
    }
    if (s->serving->leaked) POT_TRY(remember_run(s, v->key, err));
    qsort(s->seen, s->n_seen, sizeof *s->seen, by_size);
    return POT_OK;
}

/* Does the other model answer this question? */
static pot_status routed(const pot_server *s, const pot_question *q, bool *out, pot_error *err)
{
    *out = pot_serving_unit(s->routes, q->challenge.index) < s->serving->share;
    if (s->n_seen) {
        uint64_t f;
        POT_TRY(fingerprint(&q->challenge, &f, err));
        *out = bsearch(&f, s->seen, s->n_seen, sizeof f, by_size) != NULL;
    }
    return POT_OK;
}

/* ---- the other model ------------------------------------------------------------------------- */

static pot_status open_other(pot_server *s, const char *path, pot_error *err)
{
    const pot_party *cand = &s->v->party[1];
    POT_TRY(pot_model_open(&s->other.model, path, err));
    const char *tokenizer = pot_model_tokenizer_path(s->other.model);
    if (tokenizer) POT_TRY(pot_tokenizer_open(&s->other.tokenizer, tokenizer, err));
    const bool same = pot_model_info(s->other.model)->vocab == pot_model_info(cand->model)->vocab &&
                      (!cand->tokenizer || !s->other.tokenizer ||
                       memcmp(pot_tokenizer_vocab_sha256(s->other.tokenizer),
                              pot_tokenizer_vocab_sha256(cand->tokenizer), 32) == 0);
    if (same) return POT_OK;
    return pot_fail_file(
        err, POT_E_UNSUPPORTED, path,
        "has another vocabulary than the candidate: it cannot answer in its place");
}

/* Which questions of the sweep it answers, as texts. */
static pot_status choose(pot_server *s, pot_ids *text, size_t *n, size_t *tokens, pot_error *err)
{
    const pot_verify *v = s->v;
    *n = *tokens = 0;
    for (size_t i = 0; i < v->questions; i++) {
        const pot_question *q = &v->question[i];
        bool is;
        POT_TRY(routed(s, q, &is, err));
        s->from[i] = is ? *tokens : SIZE_MAX;
        if (!is) continue;
        text[(*n)++] = (pot_ids){.id = q->cand.id, .n = q->cand.n};
        *tokens += q->cand.n;
    }
    return POT_OK;
}

/* Of the states of all tokens keep those of scored positions, side by side. */
static void keep_scored(pot_server *s)
{
    const size_t width = pot_engine_width(s->other.engine);
    size_t to = 0;
    for (size_t i = 0; i < s->v->questions; i++) {
        const pot_question *q = &s->v->question[i];
        const size_t first = s->from[i];
        if (first == SIZE_MAX) continue;
        s->from[i] = to;
        for (size_t k = 0; k < q->n; k++)
            memmove(s->hidden + to++ * width, s->hidden + (first + q->at[1][k]) * width,
                    width * sizeof *s->hidden);
    }
}

/* Its hidden states of these questions. */
static pot_status read_sweep(pot_server *s, pot_error *err)
{
    pot_verify *v = s->v;
    size_t n = 0, tokens = 0;
    if (!s->other.engine)
        POT_TRY(pot_engine_open(&s->other.engine, s->other.model, v->pool, &v->kernels, err));
    pot_mem_free(s->from);
    pot_mem_free(s->hidden);
    s->hidden = NULL;
    s->from = pot_mem_new(v->questions, sizeof *s->from);
    pot_ids *text = pot_mem_new(v->questions, sizeof *text);
    pot_status st = s->from && text ? choose(s, text, &n, &tokens, err) : pot_fail_mem(err);
    if (st == POT_OK && n) {
        s->hidden = pot_mem_raw(tokens * pot_engine_width(s->other.engine), sizeof *s->hidden);
        st = s->hidden ? pot_engine_forward(s->other.engine, s->hidden, text, n, err)
                       : pot_fail_mem(err);
    }
    if (st == POT_OK && n) keep_scored(s);
    s->n_other += (unsigned)n;
    pot_mem_free(text);
    return st;
}

/* Its logits in those of the rows at .. at + n that belong to its questions. */
static pot_status answer(pot_server *s, float *logits, size_t at, size_t n, pot_error *err)
{
    pot_engine *e = s->other.engine;
    const size_t vocab = pot_engine_vocab(e), width = pot_engine_width(e);
    for (size_t i = 0; i < s->v->questions; i++) {
        const pot_question *q = &s->v->question[i];
        const size_t from = q->row > at ? q->row : at,
                     to = q->row + q->n < at + n ? q->row + q->n : at + n;
        if (s->from[i] == SIZE_MAX || from >= to) continue;
        POT_TRY(pot_engine_logits(e, logits + (from - at) * vocab, vocab,
                                  s->hidden + (s->from[i] + from - q->row) * width, to - from,
                                  err));
    }
    return POT_OK;
}

/* ---- changed logits -------------------------------------------------------------------------- */

typedef struct {
    const pot_server *s;
    float *logits;
    size_t at;
    uint32_t vocab;
} job;

/* The number of a position that no batch changes. */
static uint64_t position_of(const pot_verify *v, size_t row)
{
    size_t i = 0;
    while (i + 1 < v->questions && v->question[i + 1].row <= row)
        i++;
    return v->question[i].challenge.index * POT_MOST_IDS + (row - v->question[i].row);
}

static void change_part(void *ctx, unsigned part, unsigned thread)
{
    const job *j = ctx;
    (void)thread;
    pot_serving_row(j->s->serving, j->logits + (size_t)part * j->vocab, j->vocab, j->s->words,
                    j->s->rows + position_of(j->s->v, j->at + part) * 0xd1342543de82ef95u);
}

static pot_status serve(void *ctx, pot_verify *v, float *logits, size_t at, size_t n,
                        pot_error *err)
{
    pot_server *s = ctx;
    if (pot_serving_routes(s->serving)) {
        if (at == 0) POT_TRY(read_sweep(s, err));
        POT_TRY(answer(s, logits, at, n, err));
    }
    job j = {s, logits, at, pot_engine_vocab(v->party[1].engine)};
    if (pot_serving_changes(s->serving)) pot_pool_run(v->pool, change_part, &j, (unsigned)n);
    return POT_OK;
}

/* ---- open and close -------------------------------------------------------------------------- */

static pot_status prepare(pot_server *s, const char *other, pot_error *err)
{
    POT_TRY(seed(s->v, "pot-serving-1 route", &s->routes, err));
    POT_TRY(seed(s->v, "pot-serving-1 words", &s->words, err));
    POT_TRY(seed(s->v, "pot-serving-1 noise", &s->rows, err));
    if (s->serving->replay) POT_TRY(remember(s, err));
    return pot_serving_routes(s->serving) ? open_other(s, other, err) : POT_OK;
}

pot_status pot_server_open(pot_server **out, const pot_serving *serving, const char *other,
                           pot_verify *v, pot_error *err)
{
    pot_server *s = pot_mem_new(1, sizeof *s);
    if (!s) return pot_fail_mem(err);
    *s = (pot_server){.serving = serving, .v = v};
    const pot_status st = prepare(s, other, err);
    if (st != POT_OK) {
        pot_server_close(&s);
        return st;
    }
    pot_verify_serve(v, serve, s);
    *out = s;
    return POT_OK;
}

void pot_server_close(pot_server **server)
{
    pot_server *s = *server;
    if (!s) return;
    pot_engine_close(&s->other.engine);
    pot_tokenizer_close(&s->other.tokenizer);
    pot_model_close(&s->other.model);
    pot_mem_free(s->seen);
    pot_mem_free(s->hidden);
    pot_mem_free(s->from);
    pot_mem_free(s);
    *server = NULL;
}

unsigned pot_server_routed(const pot_server *s)
{
    return s->n_other;
}
