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

static size_t max(size_t x, size_t y)
{
    return x > y ? x : y;
}

/* Of one thread: an edge and rows of scores for a block of queries, and the panels of one key
 * head for keys that are in no cache. */
static size_t attend_floats(const pot_arch *a, size_t longest, size_t keys)
{
    return POT_TILE * (POT_PANEL + pot_attend_room(longest)) +
           pot_attend_key_floats(a) * pot_attend_room(keys);
}

/* For texts of up to `longest` tokens, and keys of up to `keys` that are not in a cache. */
static pot_status reserve_texts(pot_engine *e, size_t longest, size_t keys, pot_error *err)
{
    const pot_arch *a = e->arch;
    if (longest <= e->longest && keys <= e->attend_keys) return POT_OK;
    longest = max(longest, e->longest);
    e->longest = 0;
    e->attend_keys = max(e->attend_keys, keys);
    e->attend_floats = attend_floats(a, longest, e->attend_keys);
    POT_TRY(resize(&e->attend_scratch, e->attend_floats * pot_pool_threads(e->pool), err));
    if (a->position == POT_POS_ALIBI || a->position == POT_POS_ALIBI_BF16) {
        POT_TRY(resize(&e->alibi, a->heads * longest, err));
        pot_alibi_fill(e, longest);
    }
    e->longest = longest;
    return POT_OK;
}

/* A buffer of so many floats for each row. */
struct area {
    float **p;
    size_t floats;
};

#define AREAS 15

/* Cells of a row of the widest x. */
static size_t folded_floats(const pot_engine *e)
{
    const pot_arch *a = e->arch;
    const size_t ffn = max(max(a->ffn, a->moe.ffn), a->moe.shared_ffn),
                 latent = max(a->latent.q_rank, a->latent.kv_rank),
                 in = max(max(a->hidden, a->embed), (size_t)a->heads * a->value_dim);
    if (!e->k->linear.fold) return 0;
    return pot_linear_cells(&e->k->linear, max(in, max(ffn, latent)));
}

/* All that grow with the rows of a batch. */
static void list_areas(pot_engine *e, struct area list[AREAS])
{
    const pot_arch *a = e->arch;
    const size_t wide = max(a->hidden, a->embed), X = a->moe.experts, D = X ? a->hidden : 0,
                 ffn = max(max(a->ffn, a->moe.ffn), a->moe.shared_ffn);
    const struct area all[AREAS] = {
        {&e->x, wide},
        {&e->n1, wide},
        {&e->n2, wide},
        {&e->t, wide},
        {&e->qkv, pot_qkv_width(a)},
        {&e->att, (size_t)a->heads * a->value_dim},
        {&e->latent, max(a->latent.q_rank, a->latent.kv_rank)},
        {&e->folded, folded_floats(e)},
        {&e->up, ffn},
        {&e->gate, a->glu ? ffn : 0},
        {&e->route, X},
        {&e->choice, X},
        {&e->in, D},
        {&e->out, D},
        {&e->mix, X ? 1 : 0},
    };
    memcpy(list, all, sizeof all);
}

static pot_status reserve_rows(pot_engine *e, size_t rows, pot_error *err)
{
    struct area list[AREAS];
    if (rows <= e->rows) return POT_OK;
    e->rows = 0;
    list_areas(e, list);
    for (size_t i = 0; i < AREAS; i++)
        POT_TRY(resize(list[i].p, rows * list[i].floats, err));
    e->rows = e->folded_rows = rows;
    return POT_OK;
}

size_t pot_engine_work(pot_engine *e, size_t rows, size_t longest)
{
    const pot_arch *a = e->arch;
    struct area list[AREAS];
    size_t floats =
        attend_floats(a, longest, longest) * pot_pool_threads(e->pool) + a->heads * longest;
    for (uint32_t r = 0; r < POT_ROPES; r++)
        floats += (size_t)a->rope[r].dim * longest;
    list_areas(e, list);
    for (size_t i = 0; i < AREAS; i++)
        floats += rows * list[i].floats + 3 * POT_ALIGN;
    return floats * sizeof(float);
}

void pot_engine_rest(pot_engine *e)
{
    struct area list[AREAS];
    list_areas(e, list);
    for (size_t i = 0; i < AREAS; i++) {
        pot_mem_free(*list[i].p);
        *list[i].p = NULL;
    }
    pot_mem_free(e->alibi);
    pot_mem_free(e->attend_scratch);
    e->alibi = e->attend_scratch = NULL;
    e->rows = e->longest = e->folded_rows = 0;
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

/* latent = norm(latent), of n dimensions */
static void latent_norm(const pot_engine *e, const pot_norm_weights *norm, size_t n, size_t rows)
{
    pot_rows_run((pot_rows){
        .e = e, .row = latent_norm_row, .n = rows, .width = n, .y = e->latent, .norm = norm});
}

static void latent_qkv(const pot_engine *e, const pot_layer *w, const float *x, size_t rows)
{
    const pot_arch *a = e->arch;
    const size_t ld = pot_qkv_width(a), rq = a->latent.q_rank, r = a->latent.kv_rank;
    const pot_product down[] = {{&w->kv_a, e->latent, r, x, a->hidden},
                                {&w->k_turned, e->qkv + pot_k_turned_at(a), ld, x, a->hidden}};
    const pot_product up[] = {{&w->k, e->qkv + pot_k_at(a), ld, e->latent, r},
                              {&w->v, e->qkv + pot_v_at(a), ld, e->latent, r}};
    if (rq) {
        pot_rows_linear(e, &w->q_a, e->latent, rq, x, a->hidden, rows);
        latent_norm(e, &w->q_a_norm, rq, rows);
    }
    pot_rows_linear(e, &w->q, e->qkv, ld, rq ? e->latent : x, rq ? rq : a->hidden, rows);
    pot_rows_products(e, down, 2, rows);
    latent_norm(e, &w->kv_a_norm, r, rows);
    pot_rows_products(e, up, 2, rows);
}

/* t = attention(x) */
static void attention(pot_engine *e, uint32_t l, const float *x, const pot_batch *b)
{
    const pot_arch *a = e->arch;
    const pot_layer *w = &e->layer[l];
    const size_t ld = pot_qkv_width(a), att = (size_t)a->heads * a->value_dim;
    const pot_product qkv[] = {{&w->q, e->qkv, ld, x, a->hidden},
                               {&w->k, e->qkv + pot_k_at(a), ld, x, a->hidden},
                               {&w->v, e->qkv + pot_v_at(a), ld, x, a->hidden}};
    if (a->latent.kv_rank) latent_qkv(e, w, x, b->rows);
    else pot_rows_products(e, qkv, 3, b->rows);
    pot_attend(e, l, b->text, b->n_texts);
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

/* Rows id[n] of a matrix, widened, into out[n][width of a row]. */
static pot_status look_up(pot_engine *e, const pot_linear *w, const uint32_t *id, size_t n,
                          float *out, pot_error *err)
{
    if (e->feed) return pot_feed_rows(e->feed, w, id, n, out, w->in, err);
    for (size_t i = 0; i < n; i++)
        pot_linear_row(e->k, w, id[i], out + i * w->in);
    return POT_OK;
}

/* Embeddings, and learned positions, of a batch: into t if they are projected, else x, and n1. */
static pot_status look_up_all(pot_engine *e, const pot_batch *b, pot_error *err)
{
    const pot_arch *a = e->arch;
    uint32_t *id = pot_mem_raw(b->rows, sizeof *id);
    if (!id) return pot_fail_mem(err);
    for (size_t i = 0, row = 0; i < b->n_texts; row += b->text[i++].n)
        memcpy(id + row, b->text[i].id, b->text[i].n * sizeof *id);
    pot_status s = look_up(e, &e->embed, id, b->rows, a->embed != a->hidden ? e->t : e->x, err);
    if (s == POT_OK && a->position == POT_POS_LEARNED) {
        for (size_t i = 0, row = 0; i < b->n_texts; i++)
            for (size_t t = 0; t < b->text[i].n; t++)
                id[row++] = (uint32_t)(pot_text_start(b->text[i]) + t) + a->pos_offset;
        s = look_up(e, &e->positions, id, b->rows, e->n1, err);
    }
    pot_mem_free(id);
    return s;
}

/* x = embedding (scaled, projected to D if it is narrower or wider, normed) + learned position. */
static void embed(pot_engine *e, const pot_batch *b)
{
    const pot_arch *a = e->arch;
    const bool projected = a->embed != a->hidden;
    e->k->multiply(projected ? e->t : e->x, a->embed_scale, b->rows * a->embed);
    if (projected) pot_rows_linear(e, &e->proj_in, e->x, a->hidden, e->t, a->embed, b->rows);
    if (a->embed_norm) pot_rows_norm(e, e->x, e->x, &e->embed_norm, b->rows);
    if (a->position == POT_POS_LEARNED) e->k->add(e->x, e->n1, b->rows * a->hidden);
}

pot_status pot_engine_check(const pot_engine *e, pot_ids text, pot_error *err)
{
    const pot_arch *a = e->arch;
    if (!text.n) return pot_fail(err, POT_E_ARG, "the text is empty: it has no token to score");
    const size_t n = pot_text_length(text);
    if (n > a->context || (text.cache && n > text.cache->room))
        return pot_fail(err, POT_E_ARG, "%zu tokens; the %s holds %zu: cut the text", n,
                        n > a->context ? "model's context" : "cache",
                        n > a->context ? a->context : text.cache->room);
    for (size_t i = 0; i < text.n; i++)
        if (text.id[i] >= a->vocab)
            return pot_fail(err, POT_E_ARG, "token id %u; the model's vocabulary ends at %u",
                            text.id[i], a->vocab - 1);
    return POT_OK;
}

static pot_status reserve(pot_engine *e, const pot_batch *b, pot_error *err)
{
    size_t longest = 0, keys = 0;
    for (size_t i = 0; i < b->n_texts; i++) {
        longest = max(longest, pot_text_room(b->text[i]));
        if (!b->text[i].cache) keys = max(keys, b->text[i].n);
    }
    POT_TRY(reserve_rows(e, b->rows, err));
    POT_TRY(reserve_texts(e, longest, keys, err));
    if (e->arch->position != POT_POS_ROPE) return POT_OK;
    return pot_rope_reserve(e, b->text, b->n_texts, err);
}

/* From embeddings to what the head sees. */
static pot_status run_layers(pot_engine *e, float *hidden, const pot_batch *b, pot_error *err)
{
    const pot_arch *a = e->arch;
    embed(e, b);
    for (uint32_t l = 0; l < a->layers; l++) {
        if (e->feed && pot_feed_failed(e->feed)) return POT_OK; /* told at its end */
        if (e->ask && !e->ask(e->ask_ctx))
            return pot_fail(err, POT_E_STOPPED, "stopped in layer %u of %u", l, a->layers);
        run_layer(e, l, b);
    }
    const bool projected = a->embed != a->hidden;
    float *last = projected ? e->n1 : hidden;
    if (a->final_norm) pot_rows_norm(e, last, e->x, &e->final_norm, b->rows);
    else memcpy(last, e->x, b->rows * a->hidden * sizeof *last);
    if (projected) pot_rows_linear(e, &e->proj_out, hidden, a->embed, last, a->hidden, b->rows);
    return POT_OK;
}

/* Begin and end a pass over the weights, where they come from the disk. */
static void begin(pot_engine *e, pot_pass pass, size_t rows)
{
    if (e->feed) pot_feed_start(e->feed, pass, rows);
}

static pot_status end(pot_engine *e, pot_status s, pot_error *err)
{
    const pot_status read = e->feed ? pot_feed_stop(e->feed, s == POT_OK ? err : NULL) : s;
    return s == POT_OK ? read : s;
}

pot_status pot_engine_forward(pot_engine *e, float *hidden, const pot_ids *text, size_t n_texts,
                              pot_error *err)
{
    pot_batch b = {.text = text, .n_texts = n_texts};
    for (size_t i = 0; i < n_texts; i++) {
        POT_TRY(pot_engine_check(e, text[i], err));
        if (text[i].cache && !pot_cache_serves(e, text[i].cache, text[i].n))
            return pot_fail(err, POT_E_ARG, "the cache holds keys of other frequencies: empty it");
        b.rows += text[i].n;
    }
    POT_TRY(reserve(e, &b, err));
    POT_TRY(look_up_all(e, &b, err));
    begin(e, POT_PASS_LAYERS, b.rows);
    POT_TRY(end(e, run_layers(e, hidden, &b, err), err));
    for (size_t i = 0; i < n_texts; i++)
        if (text[i].cache) text[i].cache->n += text[i].n;
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

pot_status pot_engine_logits(pot_engine *e, float *logits, size_t ld, const float *hidden,
                             size_t rows, pot_error *err)
{
    if (rows > e->folded_rows) { /* of more texts than one batch had */
        e->folded_rows = 0;
        POT_TRY(resize(&e->folded, rows * folded_floats(e), err));
        e->folded_rows = rows;
    }
    begin(e, POT_PASS_HEAD, rows);
    pot_rows_linear(e, &e->head, logits, ld, hidden, e->arch->embed, rows);
    POT_TRY(end(e, POT_OK, err));
    pot_rows_run((pot_rows){.e = e, .row = logits_row, .n = rows, .width = ld, .y = logits});
    return POT_OK;
}
