/* One sweep: both models read the challenges of one or more rounds in one batch, one after the
 * other; then the two output heads run side by side over blocks of rows, so no T x V buffer
 * exists. */
#include "verify/run.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/math64.h"
#include "base/mem.h"

#include <string.h>

#define MOST_BLOCK 384 /* more rows do not make a head in memory faster */

static pot_status grow(void *slot, size_t n, size_t size, pot_error *err)
{
    void **p = slot;
    pot_mem_free(*p);
    *p = pot_mem_raw(n, size);
    return *p ? POT_OK : pot_fail_mem(err);
}

static pot_status reserve(pot_verify *v, size_t rows, pot_error *err)
{
    if (rows <= v->rows_room) return POT_OK;
    v->rows_room = 0;
    for (int i = 0; i < 2; i++)
        POT_TRY(grow(&v->hidden[i], rows * pot_party_width(&v->party[i]), sizeof(float), err));
    POT_TRY(grow(&v->position, rows, sizeof *v->position, err));
    POT_TRY(grow(&v->actual, rows, sizeof *v->actual, err));
    v->rows_room = rows;
    return POT_OK;
}

/* ---- the questions -------------------------------------------------------------------------- */

static pot_status room_for(pot_verify *v, size_t questions, pot_error *err)
{
    if (questions <= v->question_room) return POT_OK;
    pot_question *more = pot_mem_grow(v->question, questions, sizeof *more);
    if (!more) return pot_fail_mem(err);
    v->question = more;
    v->question_room = questions;
    return POT_OK;
}

/* Where each question's rows begin, and what follows each of its positions. */
static void lay_out(pot_verify *v)
{
    v->rows = 0;
    for (size_t i = 0; i < v->questions; i++) {
        pot_question *q = &v->question[i];
        q->row = v->rows;
        q->residual = (pot_residual_sums){0};
        for (size_t k = 0; k < q->n; k++)
            v->actual[q->row + k] = v->comparison == POT_BY_BYTES
                                        ? (uint8_t)q->challenge.text[q->offset[k]]
                                        : q->ref.id[q->at[0][k] + 1];
        v->rows += q->n;
    }
}

/* The questions of so many rounds, or fewer where their tokens would not fit into the budget. */
static pot_status ask(pot_verify *v, size_t rounds, pot_error *err)
{
    size_t tokens = 0;
    v->questions = 0;
    for (size_t r = 0; r < rounds; r++) {
        size_t more = 0;
        POT_TRY(room_for(v, v->questions + POT_FAMILIES, err));
        for (size_t i = 0; i < POT_FAMILIES; i++) {
            pot_question *q = &v->question[v->questions + i];
            POT_TRY(pot_question_make(v, q, v->decider.n + v->questions + i, err));
            more += q->ref.n > q->cand.n ? q->ref.n : q->cand.n;
        }
        if (r && tokens + more > rounds * POT_FAMILIES * v->longest) break;
        v->questions += POT_FAMILIES;
        tokens += more;
    }
    POT_TRY(reserve(v, tokens, err));
    lay_out(v);
    return POT_OK;
}

/* ---- both models ---------------------------------------------------------------------------- */

/* Of the hidden states of a text only those at scored positions stay.  They move towards the
 * beginning, so none is overwritten before it has moved. */
static float *keep_scored(float *to, const float *from, size_t width, const pot_question *q,
                          int side)
{
    for (size_t i = 0; i < q->n; i++, to += width)
        memmove(to, from + q->at[side][i] * width, width * sizeof *to);
    return to;
}

/* Final hidden states of one model at the scored positions. */
static pot_status read_texts(pot_verify *v, int side, pot_error *err)
{
    if (v->party[side].saved) return pot_saved_read(v), POT_OK;
    const size_t width = pot_engine_width(v->party[side].engine);
    pot_ids *text = pot_mem_raw(v->questions, sizeof *text);
    if (!text) return pot_fail_mem(err);
    for (size_t i = 0; i < v->questions; i++) {
        const pot_tokens *t = side ? &v->question[i].cand : &v->question[i].ref;
        text[i] = (pot_ids){.id = t->id, .n = t->n};
    }
    float *h = v->hidden[side];
    pot_pass_begin(v, side ? "CAND" : "REF", v->party[side].facts->layers);
    const pot_status s = pot_engine_forward(v->party[side].engine, h, text, v->questions, err);
    float *from = h, *to = h;
    for (size_t i = 0; s == POT_OK && i < v->questions; from += text[i++].n * width)
        to = keep_scored(to, from, width, &v->question[i], side);
    pot_mem_free(text);
    POT_TRY(s);
    if (v->ring) pot_engine_rest(v->party[side].engine);
    return pot_pass_end(v, err);
}

static pot_status read_both(pot_verify *v, pot_error *err)
{
    for (; v->swept < 2; v->swept++) {
        POT_TRY(read_texts(v, (int)v->swept, err));
        if (v->ring && v->keep) {
            v->swept++;
            const pot_status s = v->keep(v->keep_ctx, err);
            v->swept--;
            POT_TRY(s);
        }
    }
    return POT_OK;
}

/* ---- both heads ------------------------------------------------------------------------------ */

/* Room for the logits of a block of rows. */
static pot_status reserve_logits(pot_verify *v, pot_error *err)
{
    size_t per_row = 0;
    if (v->block_rows) return POT_OK;
    for (int i = 0; i < 2; i++)
        per_row += pot_party_vocab(&v->party[i]) * sizeof(float);
    const size_t fit = v->budget.logits / per_row,
                 most = !v->ring  ? MOST_BLOCK
                        : v->rows ? v->rows
                                  : 1,
                 rows = fit < 1      ? 1
                        : fit > most ? most
                                     : fit;
    for (int i = 0; i < 2; i++)
        POT_TRY(grow(&v->logits[i], rows * pot_party_vocab(&v->party[i]), sizeof(float), err));
    v->block_rows = rows;
    return POT_OK;
}

/* Where models are streamed, the room is needed for other things in between. */
static void release_logits(pot_verify *v)
{
    for (int i = 0; i < 2; i++) {
        pot_mem_free(v->logits[i]);
        v->logits[i] = NULL;
    }
    v->block_rows = 0;
}

static pot_status compare_block(pot_verify *v, size_t at, size_t n, pot_error *err)
{
    pot_rows r[2] = {0};
    for (int i = 0; i < 2; i++) {
        pot_engine *e = v->party[i].engine;
        if (!e) continue; /* a reference of classes */
        const uint32_t vocab = pot_engine_vocab(e);
        const float *h = v->hidden[i] + at * pot_engine_width(e);
        POT_TRY(pot_engine_logits(e, v->logits[i], vocab, h, n, err));
        r[i] = (pot_rows){v->logits[i], vocab, vocab};
    }
    if (v->serve) POT_TRY(v->serve(v->serve_ctx, v, v->logits[1], at, n, err));
    pot_position *out = v->position + at;
    const uint32_t *actual = v->actual + at;
    if (v->comparison == POT_BY_CLASSES) return pot_saved_compare(v, v->logits[1], at, n, err);
    if (v->comparison == POT_BY_BYTES)
        pot_compare_bytes(v->pool, &v->kernels, out, (pot_byte_rows){r[0], &v->party[0].bytes},
                          (pot_byte_rows){r[1], &v->party[1].bytes}, actual, n);
    else {
        pot_compare(v->pool, &v->kernels, out, r[0], r[1], actual, n);
        pot_related_rows(v, r[0], r[1], at, n);
    }
    return POT_OK;
}

/* v->position[0..rows) from the hidden states of both. */
static pot_status compare_rows(pot_verify *v, pot_error *err)
{
    POT_TRY(reserve_logits(v, err));
    pot_pass_begin(v, "heads", 0);
    for (size_t at = 0; at < v->rows; at += v->block_rows) {
        const size_t n = v->rows - at < v->block_rows ? v->rows - at : v->block_rows;
        POT_TRY(compare_block(v, at, n, err));
    }
    if (v->ring) release_logits(v);
    if (v->ring && v->party[0].saved) pot_map_rest(&v->party[0].saved->map);
    return pot_pass_end(v, err);
}

/* ---- scores ---------------------------------------------------------------------------------- */

static pot_status refuse_bad(const pot_verify *v, const pot_question *q, const pot_position *p,
                             size_t i, pot_error *err)
{
    if (!p->bad_ref && !p->bad_cand) return POT_OK;
    return pot_fail_file(err, POT_E_FORMAT, p->bad_ref ? v->options.ref : v->options.cand,
                         "gives NaN or infinite logits (challenge %llu, token %zu): no score "
                         "means anything",
                         (unsigned long long)q->challenge.index, i);
}

/* Sums that the verdict shows beside the decision. */
static pot_status gather(pot_verify *v, const pot_question *q, const pot_position *all,
                         pot_error *err)
{
    const size_t n = q->n, family = v->corpus ? 0 : q->challenge.family;
    if (v->n_kl + n > v->kl_room) {
        float *more = pot_mem_grow(v->kl, (v->n_kl + n) * 2, sizeof *v->kl);
        if (!more) return pot_fail_mem(err);
        v->kl = more;
        v->kl_room = (v->n_kl + n) * 2;
    }
    for (size_t i = 0; i < n; i++) {
        const pot_position *p = &all[i];
        const double dp = pot_exp((double)p->lp_cand) - pot_exp((double)p->lp_ref);
        v->kl[v->n_kl++] = p->kl;
        v->dp_sum += dp;
        v->dp_sum2 += dp * dp;
        v->party[0].log_sum += (double)p->lp_ref;
        v->party[1].log_sum += (double)p->lp_cand;
        v->same_top += p->same_top;
        v->family_top[family] += p->same_top;
        v->differs |= p->tv > 0 || p->kl > 0 || p->lp_ref != p->lp_cand;
    }
    v->family_positions[family] += n;
    pot_related_count(v, &q->residual);
    return POT_OK;
}

/* The score of one question: means over its positions of the recorded f32 values; no number, and
 * so no score, where there are none. */
static pot_status finish(pot_verify *v, const pot_question *q, const pot_position *p,
                         pot_error *err)
{
    const size_t n = q->n, family = v->corpus ? 0 : q->challenge.family;
    double tv = 0, kl = 0;
    for (size_t i = 0; i < n; i++) {
        POT_TRY(refuse_bad(v, q, &p[i], i, err));
        tv += (double)p[i].tv;
        kl += (double)p[i].kl;
    }
    pot_record r = {.challenge = &q->challenge,
                    .prompt = q->prompt,
                    .ref = {q->ref.id, q->ref.n},
                    .cand = {q->cand.id, q->cand.n},
                    .position = p,
                    .n = n,
                    .offset = v->comparison == POT_BY_BYTES ? q->offset : NULL,
                    .residual = q->residual,
                    .peak = pot_peak(p, n),
                    .tv = tv / (double)n,
                    .kl = kl / (double)n};
    POT_TRY(gather(v, q, p, err));
    pot_views_add(v, q, &r);
    pot_decider_push(&v->decider, r.tv, r.kl);
    pot_family_result *f = &v->verdict.family[family];
    f->family = q->challenge.family;
    f->n++;
    f->failed += !n;
    f->tv += n ? r.tv : 0;
    f->kl += n ? r.kl : 0;
    if (v->decider.n % v->decider.round == 0) pot_decider_bounds(&v->decider, &v->lo, &v->hi);
    r.lo = v->lo;
    r.hi = v->hi;
    return v->sink ? v->sink(v->sink_ctx, &r, err) : POT_OK;
}

static pot_status finish_all(pot_verify *v, pot_error *err)
{
    v->swept = 0;
    v->pushing = true;
    for (size_t i = 0; i < v->questions; i++) {
        if (i % POT_FAMILIES == 0 && pot_verify_enough(v)) break; /* the rest is surplus */
        POT_TRY(finish(v, &v->question[i], v->position + v->question[i].row, err));
    }
    v->pushing = false;
    return v->ring && v->keep ? v->keep(v->keep_ctx, err) : POT_OK;
}

pot_status pot_sweep_run(pot_verify *v, size_t rounds, pot_error *err)
{
    v->sweep_start = pot_clock();
    v->sweep_read = v->ring ? pot_ring_bytes(v->ring) : 0;
    v->layers_begun = 0;
    POT_TRY(ask(v, rounds, err));
    if (v->restore) POT_TRY(v->restore(v->keep_ctx, err));
    v->restore = NULL;
    POT_TRY(read_both(v, err));
    POT_TRY(compare_rows(v, err));
    return finish_all(v, err);
}

pot_bytes pot_sweep_hidden(const pot_verify *v, unsigned side)
{
    const size_t row = pot_party_width(&v->party[side]) * sizeof(float);
    return (pot_bytes){(const uint8_t *)v->hidden[side], v->rows * row};
}

pot_status pot_question_replay(pot_verify *v, pot_replay_fn *fill, void *ctx, pot_error *err)
{
    POT_TRY(room_for(v, POT_FAMILIES, err));
    pot_question *q = v->question;
    if (!v->decider.n) v->hi = 1;
    POT_TRY(pot_question_make(v, q, v->decider.n, err));
    pot_position *p = pot_mem_new(q->n + 1, sizeof *p);
    if (!p) return pot_fail_mem(err);
    pot_status s = fill(ctx, p, q->n, &q->residual, err);
    if (s == POT_OK) s = finish(v, q, p, err);
    pot_mem_free(p);
    return s;
}
