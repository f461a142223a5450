/* Open: the model's slots become matrices and vectors of the kernels. */
#include "base/fail.h"
#include "engine/layout.h"

#include <string.h>

#define MOST_VECTORS ((size_t)4 << 30) /* all norms and biases, in bytes */

/* A vector, widened; NULL for an empty slot.  Element i of a bias lies where output i of its
 * matrix does (see pot_linear). */
static pot_status vector(pot_engine *e, const float **out, pot_values in, const pot_linear *map,
                         uint32_t n, pot_error *err)
{
    *out = NULL;
    if (!in.p) return POT_OK;
    float *v = pot_arena_new(&e->arena, n, sizeof *v);
    if (!v) return pot_fail_mem(err);
    const size_t size = pot_dtype_size(in.type);
    if (!map) e->k->widen(v, in.p, in.type, n);
    for (uint32_t i = 0; map && i < n; i++)
        e->k->widen(v + i, in.p + pot_linear_place(map, i) * size, in.type, 1);
    *out = v;
    return POT_OK;
}

/* `count` norms of n behind each other, as 1 + weight where the architecture says so. */
static pot_status norms(pot_engine *e, pot_norm_weights *out, const pot_slot_view *s, uint32_t n,
                        uint32_t count, pot_error *err)
{
    const bool w = pot_slot_weight(s, 0, n).p, b = pot_slot_bias(s, 0, n).p;
    float *v = pot_arena_new(&e->arena, 2 * (size_t)n * count, sizeof *v), *bias = v + n * count;
    if (!v) return pot_fail_mem(err);
    for (uint32_t i = 0; i < count; i++) {
        const pot_values weight = pot_slot_weight(s, i, n), extra = pot_slot_bias(s, i, n);
        if (w) e->k->widen(v + i * n, weight.p, weight.type, n);
        if (b) e->k->widen(bias + i * n, extra.p, extra.type, n);
    }
    for (size_t i = 0; e->arch->norm_plus_1 && i < (size_t)n * count; i++)
        v[i] = 1.0f + v[i];
    *out = (pot_norm_weights){.w = w ? v : NULL, .b = b ? bias : NULL};
    return POT_OK;
}

static pot_status norm(pot_engine *e, pot_norm_weights *out, const pot_slot_view *s, uint32_t n,
                       pot_error *err)
{
    return norms(e, out, s, n, 1, err);
}

/* The norms of q or k. */
static pot_status qk_norm(pot_engine *e, pot_norm_weights *out, const pot_slot_view *s,
                          uint32_t heads, pot_error *err)
{
    const pot_arch *a = e->arch;
    if (a->qk_norm == POT_QK_NONE) return POT_OK;
    return norms(e, out, s, a->qk_norm == POT_QK_WIDE ? heads * a->head_dim : a->head_dim,
                 a->qk_norm == POT_QK_OWN ? heads : 1, err);
}

/* The part of a matrix that `map` describes by out, first, group and stride. */
static pot_status part(pot_engine *e, pot_linear *out, const pot_slot_view *s, pot_linear map,
                       uint32_t in, bool columns, pot_error *err)
{
    *out = map;
    if (!s->w) return POT_OK;
    out->w = s->w->t.data.p;
    out->scaling = s->scaling;
    out->type = s->w->type;
    out->columns = s->scaling.kind ? s->scaling.columns : columns;
    out->in = in;
    out->ld = (uint32_t)s->w->t.shape[1];
    return vector(e, &out->bias, pot_slot_bias(s, 0, 0), &map, map.out, err);
}

static pot_status whole(pot_engine *e, pot_linear *out, const pot_slot_view *s, uint32_t rows,
                        uint32_t in, bool columns, pot_error *err)
{
    return part(e, out, s, (pot_linear){.out = rows, .group = rows, .stride = rows}, in, columns,
                err);
}

/* The i-th of the matrices in a slot. */
static pot_status one(pot_engine *e, pot_linear *out, const pot_slot_view *s, uint32_t i,
                      uint32_t rows, uint32_t in, bool columns, pot_error *err)
{
    const pot_values w = pot_slot_weight(s, i, (size_t)rows * in);
    *out = (pot_linear){.w = w.p,
                        .scaling = w.scaling,
                        .type = w.type,
                        .out = rows,
                        .in = in,
                        .group = rows,
                        .stride = rows,
                        .columns = w.scaling.kind ? w.scaling.columns : columns,
                        .ld = columns ? rows : in};
    return vector(e, &out->bias, pot_slot_bias(s, i, rows), NULL, rows, err);
}

/* Keys and values of latent attention that are two tensors: of each head [R][still], and then
 * [value][R]. */
static pot_status open_apart(pot_engine *e, pot_layer *l, const pot_slot_view *s, pot_error *err)
{
    const pot_arch *a = e->arch;
    const uint32_t R = a->latent.kv_rank, H = a->heads, still = a->head_dim - a->latent.turned;
    const pot_linear key = {.out = H * still, .group = still, .stride = R * still};
    POT_TRY(part(e, &l->k, &s[POT_K_B], key, R, true, err));
    POT_TRY(one(e, &l->v, &s[POT_V_B], 0, H * a->value_dim, R, false, err));
    l->k.ld = still;
    return POT_OK;
}

/* Latent attention: kv_a and kv_b are two views each. */
static pot_status open_latent(pot_engine *e, pot_layer *l, const pot_slot_view *s, pot_error *err)
{
    const pot_arch *a = e->arch;
    const pot_latent *m = &a->latent;
    const uint32_t R = m->kv_rank, D = a->hidden, H = a->heads, v = a->value_dim,
                   still = a->head_dim - m->turned;
    const pot_linear kv = {.out = R, .group = R, .stride = R},
                     turned = {.out = m->turned,
                               .first = R,
                               .group = m->turned,
                               .stride = m->turned},
                     key = {.out = H * still, .group = still, .stride = still + v},
                     value = {.out = H * v, .first = still, .group = v, .stride = still + v};
    POT_TRY(whole(e, &l->q, &s[POT_Q], H * a->head_dim, m->q_rank ? m->q_rank : D, false, err));
    POT_TRY(whole(e, &l->q_a, &s[POT_Q_A], m->q_rank, D, false, err));
    POT_TRY(norm(e, &l->q_a_norm, &s[POT_Q_A_NORM], m->q_rank, err));
    POT_TRY(part(e, &l->kv_a, &s[POT_KV_A], kv, D, false, err));
    POT_TRY(part(e, &l->k_turned, &s[POT_KV_A], turned, D, false, err));
    POT_TRY(norm(e, &l->kv_a_norm, &s[POT_KV_A_NORM], R, err));
    if (m->apart) return open_apart(e, l, s, err);
    POT_TRY(part(e, &l->k, &s[POT_KV_B], key, R, false, err));
    return part(e, &l->v, &s[POT_KV_B], value, R, false, err);
}

/* q, k and v: three matrices, or three views of one. */
static pot_status open_qkv(pot_engine *e, pot_layer *l, const pot_slot_view *s, pot_error *err)
{
    const pot_arch *a = e->arch;
    const uint32_t d = a->head_dim, q = a->heads * d, kv = a->kv_heads * d, D = a->hidden;
    const uint32_t pairs = a->qk_pairs ? d : 0;
    if (a->latent.kv_rank) return open_latent(e, l, s, err);
    if (a->qkv == POT_QKV_SPLIT) {
        const pot_linear map[2] = {{.out = q, .group = q, .stride = q, .pairs = pairs},
                                   {.out = kv, .group = kv, .stride = kv, .pairs = pairs}};
        POT_TRY(part(e, &l->q, &s[POT_Q], map[0], D, a->columns, err));
        POT_TRY(part(e, &l->k, &s[POT_K], map[1], D, a->columns, err));
        return whole(e, &l->v, &s[POT_V], kv, D, a->columns, err);
    }
    /* behind each other, or in one group for each key head */
    const bool concat = a->qkv == POT_QKV_CONCAT;
    const uint32_t nq = concat ? q : q / a->kv_heads, nk = concat ? kv : d, all = nq + 2 * nk;
    const pot_linear map[3] = {
        {.out = q, .first = 0, .group = nq, .stride = all, .pairs = pairs},
        {.out = kv, .first = nq, .group = nk, .stride = all, .pairs = pairs},
        {.out = kv, .first = nq + nk, .group = nk, .stride = all},
    };
    POT_TRY(part(e, &l->q, &s[POT_QKV], map[0], D, a->columns, err));
    POT_TRY(part(e, &l->k, &s[POT_QKV], map[1], D, a->columns, err));
    return part(e, &l->v, &s[POT_QKV], map[2], D, a->columns, err);
}

/* gate (0) or up (1) of expert i, whose rows are taken by turns, or halves. */
static pot_status turn(pot_engine *e, pot_linear *out, const pot_slot_view *s, uint32_t i,
                       uint32_t which, pot_error *err)
{
    const uint32_t M = e->arch->moe.ffn, D = e->arch->hidden;
    const bool columns = e->arch->moe.columns, halves = e->arch->moe.halves;
    const pot_values w = pot_slot_weight(s, i, 2 * (size_t)M * D);
    *out = (pot_linear){.w = w.p,
                        .scaling = w.scaling,
                        .type = w.type,
                        .out = M,
                        .in = D,
                        .first = halves ? which * M : which,
                        .group = halves ? M : 1,
                        .stride = halves ? M : 2,
                        .columns = columns,
                        .ld = columns ? 2 * M : D};
    return vector(e, &out->bias, pot_slot_bias(s, i, 2 * (size_t)M), out, M, err);
}

static pot_status open_experts(pot_engine *e, pot_moe_weights *w, const pot_slot_view *s,
                               pot_error *err)
{
    const pot_moe *m = &e->arch->moe;
    const uint32_t D = e->arch->hidden, M = m->ffn, S = m->shared_ffn;
    w->expert = pot_arena_new(&e->arena, m->experts, sizeof *w->expert);
    e->chosen = pot_arena_new(&e->arena, m->experts, sizeof *e->chosen);
    if (!w->expert || !e->chosen) return pot_fail_mem(err);
    POT_TRY(one(e, &w->router, &s[POT_ROUTER], 0, m->experts, D, false, err));
    w->router.exact = true;
    POT_TRY(vector(e, &w->choice, pot_slot_weight(&s[POT_CHOICE], 0, m->experts), NULL, m->experts,
                   err));
    for (uint32_t i = 0; m->fused_up && i < m->experts; i++) {
        POT_TRY(turn(e, &w->expert[i].gate, &s[POT_X_GATE_UP], i, 0, err));
        POT_TRY(turn(e, &w->expert[i].up, &s[POT_X_GATE_UP], i, 1, err));
        POT_TRY(one(e, &w->expert[i].down, &s[POT_X_DOWN], i, D, M, m->columns, err));
    }
    for (uint32_t i = 0; !m->fused_up && i < m->experts; i++) {
        POT_TRY(one(e, &w->expert[i].gate, &s[POT_X_GATE], i, M, D, m->columns, err));
        POT_TRY(one(e, &w->expert[i].up, &s[POT_X_UP], i, M, D, m->columns, err));
        POT_TRY(one(e, &w->expert[i].down, &s[POT_X_DOWN], i, D, M, m->columns, err));
    }
    if (!S) return POT_OK;
    POT_TRY(one(e, &w->shared.gate, &s[POT_S_GATE], 0, S, D, false, err));
    POT_TRY(one(e, &w->shared.up, &s[POT_S_UP], 0, S, D, false, err));
    POT_TRY(one(e, &w->shared.down, &s[POT_S_DOWN], 0, D, S, false, err));
    return one(e, &w->mix, &s[POT_S_MIX], 0, 1, D, false, err);
}

/* gate and up: two matrices, or two halves of one; and down. */
static pot_status open_mlp(pot_engine *e, pot_mlp *w, const pot_slot_view *s, pot_error *err)
{
    const pot_arch *a = e->arch;
    const uint32_t F = a->ffn, D = a->hidden;
    if (a->fused_up) {
        const pot_linear gate = {.out = F, .group = F, .stride = F},
                         up = {.out = F, .first = F, .group = F, .stride = F};
        POT_TRY(part(e, &w->gate, &s[POT_GATE_UP], gate, D, a->columns, err));
        POT_TRY(part(e, &w->up, &s[POT_GATE_UP], up, D, a->columns, err));
    } else {
        POT_TRY(whole(e, &w->gate, &s[POT_GATE], F, D, a->columns, err));
        POT_TRY(whole(e, &w->up, &s[POT_UP], F, D, a->columns, err));
    }
    return whole(e, &w->down, &s[POT_DOWN], D, F, a->columns, err);
}

static pot_status open_layer(pot_engine *e, pot_layer *l, const pot_slot_view *s, bool experts,
                             pot_error *err)
{
    const pot_arch *a = e->arch;
    const uint32_t D = a->hidden;
    POT_TRY(norm(e, &l->norm_1, &s[POT_NORM_1], D, err));
    POT_TRY(norm(e, &l->norm_2, &s[POT_NORM_2], D, err));
    POT_TRY(norm(e, &l->out_1, &s[POT_OUT_1], D, err));
    POT_TRY(norm(e, &l->out_2, &s[POT_OUT_2], D, err));
    POT_TRY(qk_norm(e, &l->q_norm, &s[POT_Q_NORM], a->heads, err));
    POT_TRY(qk_norm(e, &l->k_norm, &s[POT_K_NORM], a->kv_heads, err));
    POT_TRY(vector(e, &l->sinks, pot_slot_weight(&s[POT_SINKS], 0, a->heads), NULL, a->heads, err));
    POT_TRY(open_qkv(e, l, s, err));
    POT_TRY(whole(e, &l->o, &s[POT_O], D, a->heads * a->value_dim, a->columns, err));
    return experts ? open_experts(e, &l->moe, s, err) : open_mlp(e, &l->mlp, s, err);
}

static pot_status open_weights(pot_engine *e, const pot_model *m, pot_error *err)
{
    const pot_arch *a = e->arch;
    const pot_slot_view *s = pot_model_slot(m, 0, 0);
    pot_slot_view head = s[POT_HEAD];
    if (a->tied) head.w = s[POT_EMBED].w;
    POT_TRY(whole(e, &e->embed, &s[POT_EMBED], a->vocab, a->embed, false, err));
    POT_TRY(whole(e, &e->positions, &s[POT_POSITIONS], a->context + a->pos_offset, a->hidden, false,
                  err));
    POT_TRY(whole(e, &e->proj_in, &s[POT_PROJ_IN], a->hidden, a->embed, false, err));
    POT_TRY(whole(e, &e->proj_out, &s[POT_PROJ_OUT], a->embed, a->hidden, false, err));
    POT_TRY(whole(e, &e->head, &head, a->vocab, a->embed, false, err));
    POT_TRY(norm(e, &e->final_norm, &s[POT_FINAL_NORM], a->hidden, err));
    POT_TRY(norm(e, &e->embed_norm, &s[POT_EMBED_NORM], a->hidden, err));

    e->layer = pot_arena_new(&e->arena, a->layers, sizeof *e->layer);
    if (!e->layer) return pot_fail_mem(err);
    for (uint32_t i = 0; i < a->layers; i++)
        POT_TRY(open_layer(e, &e->layer[i], pot_model_slot(m, i, 0), a->layer[i].experts, err));
    return POT_OK;
}

pot_status pot_engine_open(pot_engine **out, const pot_model *m, pot_pool *pool,
                           const pot_kernels *k, pot_error *err)
{
    pot_engine *e = pot_mem_new(1, sizeof *e);
    if (!e) return pot_fail_mem(err);
    *e = (pot_engine){.arch = &m->arch, .pool = pool, .k = k};
    pot_arena_init(&e->arena, MOST_VECTORS);
    pot_status s;
    POT_GO(s, open_weights(e, m, err));
    e->linear_scratch = pot_mem_raw(POT_LINEAR_SCRATCH * pot_pool_threads(pool), sizeof(float));
    POT_GO(s, e->linear_scratch ? POT_OK : pot_fail_mem(err));
    *out = e;
    return POT_OK;
out:
    pot_engine_close(&e);
    return s;
}

const pot_linear *pot_engine_head(const pot_engine *e)
{
    return &e->head;
}

pot_status pot_engine_open_head(pot_engine **out, const pot_arch *arch, const pot_linear *head,
                                pot_pool *pool, const pot_kernels *k, pot_error *err)
{
    pot_engine *e = pot_mem_new(1, sizeof *e);
    if (!e) return pot_fail_mem(err);
    *e = (pot_engine){.arch = arch, .pool = pool, .k = k, .head = *head};
    pot_arena_init(&e->arena, 0);
    e->linear_scratch = pot_mem_raw(POT_LINEAR_SCRATCH * pot_pool_threads(pool), sizeof(float));
    if (e->linear_scratch) return *out = e, POT_OK;
    pot_engine_close(&e);
    return pot_fail_mem(err);
}

void pot_engine_close(pot_engine **engine)
{
    pot_engine *e = *engine;
    if (!e) return;
    pot_feed_close(&e->feed);
    pot_engine_rest(e);
    pot_mem_free(e->linear_scratch);
    pot_rope_free(e);
    pot_arena_close(&e->arena);
    pot_mem_free(e);
    *engine = NULL;
}

pot_status pot_engine_stream(pot_engine *e, const pot_model *m, pot_ring *ring, size_t unit,
                             size_t pin, pot_error *err)
{
    pot_feed_close(&e->feed);
    return pot_feed_open(&e->feed, e, m, ring, unit, pin, err);
}

pot_status pot_engine_least_ring(pot_engine *e, const pot_model *m, size_t *out, pot_error *err)
{
    pot_feed *s = NULL;
    POT_TRY(pot_feed_open(&s, e, m, NULL, 0, 0, err));
    *out = pot_feed_least_ring(s);
    pot_feed_close(&s);
    return POT_OK;
}

void pot_engine_watch(pot_engine *e, pot_keep_going *ask, void *ctx)
{
    e->ask = ask;
    e->ask_ctx = ctx;
}

uint32_t pot_engine_width(const pot_engine *e)
{
    return e->arch->embed;
}

uint32_t pot_engine_vocab(const pot_engine *e)
{
    return e->arch->vocab;
}
