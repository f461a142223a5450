#include "base/fail.h"
#include "engine/layout.h"

#include <string.h>

/* ---- work space ------------------------------------------------------------------------- */

/* *p becomes a block of n floats, contents unspecified. */
static pot_status resize(float **p, size_t n, pot_error *err)
{
    pot_mem_free(*p);
    *p = pot_mem_raw(n ? n : 1, sizeof **p);
    return *p ? POT_OK : pot_fail_mem(err);
}

static pot_status reserve_texts(pot_engine *e, size_t longest, pot_error *err)
{
    const pot_arch *a = e->arch;
    if (longest <= e->longest) return POT_OK;
    e->longest = 0;
    e->attend_floats = pot_attend_floats(a, longest);
    POT_TRY(resize(&e->attend_scratch, e->attend_floats * pot_pool_threads(e->pool), err));
    if (a->position == POT_POS_ALIBI || a->position == POT_POS_ALIBI_BF16) {
        POT_TRY(resize(&e->alibi, a->heads * longest, err));
        pot_alibi_fill(e, longest);
    }
    e->longest = longest;
    return POT_OK;
}

static size_t max(size_t x, size_t y)
{
    return x > y ? x : y;
}

static pot_status reserve_mlp(pot_engine *e, size_t rows, pot_error *err)
{
    const pot_arch *a = e->arch;
    const size_t ffn = max(max(a->ffn, a->moe.ffn), a->moe.shared_ffn);
    POT_TRY(resize(&e->up, rows * ffn, err));
    POT_TRY(resize(&e->gate, a->glu ? rows * ffn : 0, err));
    if (!a->moe.experts) return POT_OK;
    POT_TRY(resize(&e->route, rows * a->moe.experts, err));
    POT_TRY(resize(&e->choice, rows * a->moe.experts, err));
    POT_TRY(resize(&e->in, rows * a->hidden, err));
    POT_TRY(resize(&e->out, rows * a->hidden, err));
    return resize(&e->mix, rows, err);
}

static pot_status reserve_rows(pot_engine *e, size_t rows, pot_error *err)
{
    const pot_arch *a = e->arch;
    const size_t wide = a->hidden > a->embed ? a->hidden : a->embed;
    if (rows <= e->rows) return POT_OK;
    e->rows = 0;
    POT_TRY(resize(&e->x, rows * wide, err));
    POT_TRY(resize(&e->n1, rows * wide, err));
    POT_TRY(resize(&e->n2, rows * wide, err));
    POT_TRY(resize(&e->t, rows * wide, err));
    POT_TRY(resize(&e->qkv, rows * pot_qkv_width(a), err));
    POT_TRY(resize(&e->att, rows * a->heads * a->value_dim, err));
    POT_TRY(resize(&e->latent, rows * max(a->latent.q_rank, a->latent.kv_rank), err));
    POT_TRY(reserve_mlp(e, rows, err));
    e->rows = rows;
    return POT_OK;
}

/* ---- operations on rows ------------------------------------------------------------------ */

static void add_row(const pot_rows *r, size_t i)
{
    r->e->k->add_scaled(r->y + i * r->width, r->x + i * r->width, r->e->arch->residual_scale,
                        r->width);
}

static void add(const pot_engine *e, float *y, const float *x, size_t n)
{
    pot_rows_run(
        (pot_rows){.e = e, .row = add_row, .n = n, .width = e->arch->hidden, .y = y, .x = x});
}

/* ---- the blocks --------------------------------------------------------------------------- */

static void latent_norm_row(const pot_rows *r, size_t i)
{
    float *y = r->y + i * r->width;
    r->e->k->rms_norm(y, y, r->norm->w, r->width, r->e->arch->latent.eps);
}

/* latent = norm(w x), of n dimensions */
static void to_latent(const pot_engine *e, const pot_linear *w, const pot_norm_weights *norm,
                      size_t n, const float *x, size_t rows)
{
    pot_rows_linear(e, w, e->latent, n, x, e->arch->hidden, rows);
    pot_rows_run((pot_rows){
        .e = e, .row = latent_norm_row, .n = rows, .width = n, .y = e->latent, .norm = norm});
}

static void latent_qkv(const pot_engine *e, const pot_layer *w, const float *x, size_t rows)
{
    const pot_arch *a = e->arch;
    const size_t ld = pot_qkv_width(a), rq = a->latent.q_rank, r = a->latent.kv_rank;
    if (rq) to_latent(e, &w->q_a, &w->q_a_norm, rq, x, rows);
    pot_rows_linear(e, &w->q, e->qkv, ld, rq ? e->latent : x, rq ? rq : a->hidden, rows);
    to_latent(e, &w->kv_a, &w->kv_a_norm, r, x, rows);
    pot_rows_linear(e, &w->k, e->qkv + pot_k_at(a), ld, e->latent, r, rows);
    pot_rows_linear(e, &w->v, e->qkv + pot_v_at(a), ld, e->latent, r, rows);
    pot_rows_linear(e, &w->k_turned, e->qkv + pot_k_turned_at(a), ld, x, a->hidden, rows);
}

/* t = attention(x) */
static void attention(pot_engine *e, uint32_t l, const float *x, const pot_batch *b)
{
    const pot_arch *a = e->arch;
    const pot_layer *w = &e->layer[l];
    const size_t ld = pot_qkv_width(a), att = (size_t)a->heads * a->value_dim;
    if (a->latent.kv_rank) latent_qkv(e, w, x, b->rows);
    else {
        pot_rows_linear(e, &w->q, e->qkv, ld, x, a->hidden, b->rows);
        pot_rows_linear(e, &w->k, e->qkv + pot_k_at(a), ld, x, a->hidden, b->rows);
        pot_rows_linear(e, &w->v, e->qkv + pot_v_at(a), ld, x, a->hidden, b->rows);
    }
    pot_attend(e, w, &a->layer[l], b->text, b->n_texts, b->rows);
    pot_rows_linear(e, &w->o, e->t, a->hidden, e->att, att, b->rows);
}

/* t = mlp(x) */
static void mlp(pot_engine *e, uint32_t l, const float *x, const pot_batch *b)
{
    const pot_layer *w = &e->layer[l];
    if (e->arch->layer[l].experts) pot_moe_run(e, &w->moe, e->t, x, b->rows);
    else pot_mlp_run(e, &w->mlp, e->t, x, e->arch->ffn, b->rows);
}

/* x += the residual multiplier times what a block gave, through the norms of its order. */
static void join(pot_engine *e, const pot_norm_weights *own, const pot_norm_weights *out,
                 const pot_batch *b)
{
    const pot_order order = e->arch->order;
    if (order == POT_OUT_NORM || order == POT_PRE_OUT_NORM)
        pot_rows_norm(e, e->t, e->t, out, b->rows);
    add(e, e->x, e->t, b->rows);
    if (order == POT_POST_NORM) pot_rows_norm(e, e->x, e->x, own, b->rows);
}

/* n = the norm of x before a block, which in some models takes the place of x. */
static void norm_before(pot_engine *e, float *n, const pot_norm_weights *w, const pot_batch *b)
{
    pot_rows_norm(e, n, e->x, w, b->rows);
    if (e->arch->add_to_norm) memcpy(e->x, n, b->rows * e->arch->hidden * sizeof *n);
}

/* Residual blocks, in the shapes of arch.h; attention is added first. */
static void run_layer(pot_engine *e, uint32_t l, const pot_batch *b)
{
    const pot_arch *a = e->arch;
    const pot_layer *w = &e->layer[l];
    const bool before = a->order == POT_PRE_NORM || a->order == POT_PRE_OUT_NORM;
    const float *to_mlp = a->block == POT_PARALLEL_ONE ? e->n1 : e->n2;

    if (before) norm_before(e, e->n1, &w->norm_1, b);
    if (a->block == POT_PARALLEL_TWO) pot_rows_norm(e, e->n2, e->x, &w->norm_2, b->rows);
    attention(e, l, before ? e->n1 : e->x, b);
    join(e, &w->norm_1, &w->out_1, b);
    if (before && a->block == POT_SEQUENTIAL) norm_before(e, e->n2, &w->norm_2, b);
    mlp(e, l, before ? to_mlp : e->x, b);
    join(e, &w->norm_2, &w->out_2, b);
}

/* x = embedding (scaled, projected to D if it is narrower or wider, normed) + learned position. */
static void embed(pot_engine *e, const pot_batch *b)
{
    const pot_arch *a = e->arch;
    const bool projected = a->embed != a->hidden;
    float *rows = projected ? e->t : e->x;
    size_t row = 0;
    for (size_t i = 0; i < b->n_texts; i++)
        for (size_t t = 0; t < b->text[i].n; t++, row++) {
            pot_linear_row(e->k, &e->embed, b->text[i].id[t], rows + row * a->embed);
            e->k->multiply(rows + row * a->embed, a->embed_scale, a->embed);
        }
    if (projected) pot_rows_linear(e, &e->proj_in, e->x, a->hidden, e->t, a->embed, b->rows);
    if (a->embed_norm) pot_rows_norm(e, e->x, e->x, &e->embed_norm, b->rows);
    if (a->position != POT_POS_LEARNED) return;
    row = 0;
    for (size_t i = 0; i < b->n_texts; i++)
        for (size_t t = 0; t < b->text[i].n; t++, row++) {
            pot_linear_row(e->k, &e->positions, (uint32_t)t + a->pos_offset, e->n1);
            e->k->add(e->x + row * a->hidden, e->n1, a->hidden);
        }
}

pot_status pot_engine_check(const pot_engine *e, pot_ids text, pot_error *err)
{
    const pot_arch *a = e->arch;
    if (!text.n) return pot_fail(err, POT_E_ARG, "the text is empty: it has no token to score");
    if (text.n > a->context)
        return pot_fail(err, POT_E_ARG, "%zu tokens; the model's context holds %u: cut the text",
                        text.n, a->context);
    for (size_t i = 0; i < text.n; i++)
        if (text.id[i] >= a->vocab)
            return pot_fail(err, POT_E_ARG, "token id %u; the model's vocabulary ends at %u",
                            text.id[i], a->vocab - 1);
    return POT_OK;
}

pot_status pot_engine_forward(pot_engine *e, float *hidden, const pot_ids *text, size_t n_texts,
                              pot_error *err)
{
    const pot_arch *a = e->arch;
    pot_batch b = {.text = text, .n_texts = n_texts};
    size_t longest = 0;
    for (size_t i = 0; i < n_texts; i++) {
        POT_TRY(pot_engine_check(e, text[i], err));
        b.rows += text[i].n;
        longest = text[i].n > longest ? text[i].n : longest;
    }
    POT_TRY(reserve_rows(e, b.rows, err));
    POT_TRY(reserve_texts(e, longest, err));
    if (a->position == POT_POS_ROPE) POT_TRY(pot_rope_reserve(e, text, n_texts, err));
    embed(e, &b);
    for (uint32_t l = 0; l < a->layers; l++) {
        if (e->ask && !e->ask(e->ask_ctx))
            return pot_fail(err, POT_E_STOPPED, "stopped in layer %u of %u", l, a->layers);
        run_layer(e, l, &b);
    }
    const bool projected = a->embed != a->hidden;
    float *last = projected ? e->n1 : hidden;
    if (a->final_norm) pot_rows_norm(e, last, e->x, &e->final_norm, b.rows);
    else memcpy(last, e->x, b.rows * a->hidden * sizeof *last);
    if (projected) pot_rows_linear(e, &e->proj_out, hidden, a->embed, last, a->hidden, b.rows);
    return POT_OK;
}

/* One row of logits: scaled, then capped. */
static void logits_row(const pot_rows *r, size_t i)
{
    const pot_arch *a = r->e->arch;
    float *y = r->y + i * r->width;
    if (a->logit_scale != 1.0f) r->e->k->multiply(y, a->logit_scale, a->vocab);
    if (a->logit_cap > 0) r->e->k->cap(y, a->logit_cap, a->vocab);
}

void pot_engine_logits(pot_engine *e, float *logits, size_t ld, const float *hidden, size_t rows)
{
    pot_rows_linear(e, &e->head, logits, ld, hidden, e->arch->embed, rows);
    pot_rows_run((pot_rows){.e = e, .row = logits_row, .n = rows, .width = ld, .y = logits});
}
