/* One round: both models read its questions in one batch; the two output heads run side by
 * side over blocks of rows, so no T x V buffer exists. */
#include "verify/run.h"

#include "base/fail.h"
#include "base/math64.h"
#include "base/mem.h"

#include <string.h>

#define LOGITS_BYTES ((size_t)64 << 20) /* both blocks of logits together */
#define MOST_BLOCK   384                /* more rows do not make the head faster */

static pot_status grow(void *slot, size_t n, size_t size, pot_error *err)
{
    void **p = slot;
    pot_mem_free(*p);
    *p = pot_mem_raw(n, size);
    return *p ? POT_OK : pot_fail_mem(err);
}

static pot_status reserve(pot_verify *v, size_t rows, pot_error *err)
{
    size_t per_row = 0;
    if (rows <= v->rows_room) return POT_OK;
    v->rows_room = 0;
    for (int i = 0; i < 2; i++) {
        POT_TRY(
            grow(&v->hidden[i], rows * pot_engine_width(v->party[i].engine), sizeof(float), err));
        per_row += pot_engine_vocab(v->party[i].engine) * sizeof(float);
    }
    POT_TRY(grow(&v->position, rows, sizeof *v->position, err));
    POT_TRY(grow(&v->actual, rows, sizeof *v->actual, err));
    if (!v->block_rows) {
        const size_t fit = LOGITS_BYTES / per_row;
        v->block_rows = fit < 1 ? 1 : fit > MOST_BLOCK ? MOST_BLOCK : fit;
        for (int i = 0; i < 2; i++) {
            const size_t vocab = pot_engine_vocab(v->party[i].engine);
            POT_TRY(grow(&v->logits[i], v->block_rows * vocab, sizeof(float), err));
        }
    }
    v->rows_room = rows;
    return POT_OK;
}

/* Final hidden states of one model, without the last position of each text: nothing follows
 * it, so nothing is scored there. */
static pot_status read_texts(pot_verify *v, int side, pot_error *err)
{
    pot_ids text[POT_FAMILIES];
    const size_t width = pot_engine_width(v->party[side].engine);
    for (size_t i = 0; i < POT_FAMILIES; i++) {
        const pot_tokens *t = side ? &v->question[i].cand : &v->question[i].ref;
        text[i] = (pot_ids){t->id, t->n};
    }
    float *h = v->hidden[side];
    POT_TRY(pot_engine_forward(v->party[side].engine, h, text, POT_FAMILIES, err));
    for (size_t i = 0, from = 0, to = 0; i < POT_FAMILIES; i++) {
        memmove(h + to * width, h + from * width, (text[i].n - 1) * width * sizeof *h);
        from += text[i].n;
        to += text[i].n - 1;
    }
    return POT_OK;
}

/* v->position[0..rows) from the hidden states of both. */
static pot_status compare_rows(pot_verify *v, size_t rows, pot_error *err)
{
    for (size_t at = 0; at < rows; at += v->block_rows) {
        const size_t n = rows - at < v->block_rows ? rows - at : v->block_rows;
        pot_rows r[2];
        for (int i = 0; i < 2; i++) {
            pot_engine *e = v->party[i].engine;
            const uint32_t vocab = pot_engine_vocab(e);
            const float *h = v->hidden[i] + at * pot_engine_width(e);
            POT_TRY(pot_engine_logits(e, v->logits[i], vocab, h, n, err));
            r[i] = (pot_rows){v->logits[i], vocab, vocab};
        }
        pot_compare(v->pool, &v->kernels, v->position + at, r[0], r[1], v->actual + at, n);
    }
    return POT_OK;
}

static pot_status refuse_bad(const pot_verify *v, const pot_question *q, size_t i, pot_error *err)
{
    const pot_position *p = &v->position[q->row + i];
    if (!p->bad_ref && !p->bad_cand) return POT_OK;
    return pot_fail_file(err, POT_E_FORMAT, p->bad_ref ? v->options.ref : v->options.cand,
                         "gives NaN or infinite logits (challenge %llu, token %zu): no score "
                         "means anything",
                         (unsigned long long)q->challenge.index, i);
}

/* Sums that the verdict shows beside the decision. */
static pot_status gather(pot_verify *v, const pot_question *q, pot_error *err)
{
    const size_t n = q->ref.n - 1, family = v->corpus ? 0 : q->challenge.family;
    if (v->n_kl + n > v->kl_room) {
        float *more = pot_mem_grow(v->kl, (v->n_kl + n) * 2, sizeof *v->kl);
        if (!more) return pot_fail_mem(err);
        v->kl = more;
        v->kl_room = (v->n_kl + n) * 2;
    }
    for (size_t i = 0; i < n; i++) {
        const pot_position *p = &v->position[q->row + i];
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
    return POT_OK;
}

/* The score of one question: means over its positions of the recorded f32 values. */
static pot_status finish(pot_verify *v, const pot_question *q, pot_error *err)
{
    const size_t n = q->ref.n - 1, family = v->corpus ? 0 : q->challenge.family;
    const pot_position *p = v->position + q->row;
    double tv = 0, kl = 0;
    for (size_t i = 0; i < n; i++) {
        POT_TRY(refuse_bad(v, q, i, err));
        tv += (double)p[i].tv;
        kl += (double)p[i].kl;
    }
    pot_record r = {.challenge = &q->challenge,
                    .prompt = q->prompt,
                    .ref = {q->ref.id, q->ref.n},
                    .cand = {q->cand.id, q->cand.n},
                    .position = p,
                    .tv = tv / (double)n,
                    .kl = kl / (double)n};
    POT_TRY(gather(v, q, err));
    pot_decider_push(&v->decider, r.tv, r.kl);
    pot_family_result *f = &v->verdict.family[family];
    f->family = q->challenge.family;
    f->n++;
    f->tv += r.tv;
    f->kl += r.kl;
    if (v->decider.n % v->decider.round == 0) pot_decider_bounds(&v->decider, &v->lo, &v->hi);
    r.lo = v->lo;
    r.hi = v->hi;
    return v->sink ? v->sink(v->sink_ctx, &r, err) : POT_OK;
}

pot_status pot_round_run(pot_verify *v, pot_error *err)
{
    size_t tokens = 0, rows = 0;
    for (size_t i = 0; i < POT_FAMILIES; i++)
        tokens += v->question[i].ref.n;
    POT_TRY(reserve(v, tokens, err));
    for (size_t i = 0; i < POT_FAMILIES; i++) {
        pot_question *q = &v->question[i];
        q->row = rows;
        memcpy(v->actual + rows, q->ref.id + 1, (q->ref.n - 1) * sizeof *v->actual);
        rows += q->ref.n - 1;
    }
    for (int side = 0; side < 2; side++)
        POT_TRY(read_texts(v, side, err));
    POT_TRY(compare_rows(v, rows, err));
    for (size_t i = 0; i < POT_FAMILIES; i++)
        POT_TRY(finish(v, &v->question[i], err));
    return POT_OK;
}
