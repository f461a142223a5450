/* Attention of a batch.  One part is one text and one key head: its keys are transposed once,
 * so that the lanes of `scores` are keys, and serve all queries of the heads that share it. */
#include "engine/layout.h"

#include <string.h>

struct job {
    pot_engine *e;
    uint32_t layer;
    const pot_layer *w;
    const pot_layer_arch *la;
    const pot_ids *text;
};

/* Row of the batch at which text i begins. */
static size_t first_row(const pot_ids *text, size_t i)
{
    size_t row = 0;
    while (i-- > 0)
        row += text[i].n;
    return row;
}

/* Where the keys and values of one text and key head are. */
struct sight {
    float *k;       /* [head_dim][ld_k]: columns are keys */
    const float *v; /* [keys][ld_v] */
    size_t ld_k, ld_v;
};

/* The keys and values of new tokens join those in the cache; without one, keys are transposed into
 * `scratch` and values stay where they are. */
static struct sight look(const struct job *j, pot_ids text, const float *rows, size_t head,
                         float *scratch)
{
    const pot_arch *a = j->e->arch;
    const size_t d = a->head_dim, dv = a->value_dim, ld = pot_qkv_width(a), n = text.n,
                 start = pot_text_start(text), still = d - a->latent.turned;
    const float *k = rows + pot_k_at(a) + head * still, *shared = rows + pot_k_turned_at(a),
                *v = rows + pot_v_at(a) + head * dv;
    struct sight s = {
        .k = scratch, .v = v, .ld_k = (n + POT_LANES - 1) / POT_LANES * POT_LANES, .ld_v = ld};
    if (text.cache) {
        float *keys = text.cache->of_layers + j->layer * text.cache->both,
              *values = keys + text.cache->keys + head * dv;
        s = (struct sight){.k = keys + head * d * text.cache->room,
                           .v = values,
                           .ld_k = text.cache->room,
                           .ld_v = a->kv_heads * dv};
        for (size_t i = 0; i < n; i++)
            memcpy(values + (start + i) * s.ld_v, v + i * ld, dv * sizeof *v);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < d; c++)
            s.k[c * s.ld_k + start + i] = c < still ? k[i * ld + c] : shared[i * ld + c - still];
    return s;
}

static void attend_part(void *ctx, unsigned part, unsigned thread)
{
    const struct job *j = ctx;
    const pot_engine *e = j->e;
    const pot_arch *a = e->arch;
    const size_t d = a->head_dim, ld = pot_qkv_width(a), share = a->heads / a->kv_heads,
                 dv = a->value_dim, head = part % a->kv_heads;
    const pot_ids text = j->text[part / a->kv_heads];
    const size_t row = first_row(j->text, part / a->kv_heads), start = pot_text_start(text);
    const float *q = e->qkv + row * ld;
    float *s = e->attend_scratch + thread * e->attend_floats;
    const struct sight see = look(j, text, q, head, s + (e->attend_floats - d * e->attend_keys));

    for (size_t h = head * share; h < (head + 1) * share; h++)
        for (size_t i = 0; i < text.n; i++) {
            const size_t to = start + i + 1, w = j->la->window, from = w && to > w ? to - w : 0;
            const float scale = a->scale_query ? 1.0f : j->la->scale;
            e->k->scores(s, q + i * ld + h * d, see.k, see.ld_k, from, to, d, scale);
            if (e->alibi) e->k->add(s + from, e->alibi + h * e->longest + from, to - from);
            if (a->score_cap > 0) e->k->cap(s + from, a->score_cap, to - from);
            e->k->softmax(s, from, to, j->w->sinks ? j->w->sinks + h : NULL);
            e->k->values(e->att + (row + i) * a->heads * dv + h * dv, s, see.v, see.ld_v, from, to,
                         dv);
        }
}

/* The norms of q or k of one token, in place. */
static void norm_heads(const pot_engine *e, float *x, const pot_norm_weights *w, size_t heads)
{
    const pot_arch *a = e->arch;
    const size_t d = a->head_dim, step = a->qk_norm == POT_QK_OWN ? d : 0;
    const bool wide = a->qk_norm == POT_QK_WIDE;
    for (size_t h = 0; h < (wide ? 1 : heads); h++) {
        const pot_norm_weights own = {w->w ? w->w + h * step : NULL, w->b ? w->b + h * step : NULL};
        pot_norm_row(e, x + h * d, x + h * d, &own, wide ? heads * d : d);
    }
}

/* What happens to q, k and v of one token before attention: clip, scale, norm, rope. */
static void prepare_row(const struct job *j, float *row, const pot_rope_table *turn,
                        size_t position)
{
    const pot_engine *e = j->e;
    const pot_arch *a = e->arch;
    const size_t d = a->head_dim;
    if (a->clip_qkv > 0) e->k->clip(row, a->clip_qkv, pot_qkv_width(a));
    if (a->scale_query) e->k->multiply(row, j->la->scale, a->heads * d);
    if (a->qk_norm != POT_QK_NONE) {
        norm_heads(e, row, &j->w->q_norm, a->heads);
        norm_heads(e, row + a->heads * d, &j->w->k_norm, a->kv_heads);
    }
    if (!turn) return;
    const size_t half = a->rope[turn->rope].dim / 2;
    void (*rope)(float *, const float *, const float *, size_t) =
        a->rope_pairs ? e->k->rope_pairs : e->k->rope;
    const size_t t = a->latent.turned, skip = t ? d - t : 0;
    if (t)
        rope(row + pot_k_turned_at(a), turn->cos + position * half, turn->sin + position * half,
             half);
    for (size_t h = 0; h < (size_t)a->heads + (t ? 0 : a->kv_heads); h++)
        rope(row + h * d + skip, turn->cos + position * half, turn->sin + position * half, half);
}

static void prepare_part(void *ctx, unsigned part, unsigned thread)
{
    const struct job *j = ctx;
    (void)thread;
    const pot_arch *a = j->e->arch;
    const pot_ids text = j->text[part];
    const size_t ld = pot_qkv_width(a);
    const pot_rope_table *turn = pot_rope_find(j->e, j->la->rope, pot_text_length(text));
    float *row = j->e->qkv + first_row(j->text, part) * ld;
    for (size_t i = 0; i < text.n; i++)
        prepare_row(j, row + i * ld, turn, pot_text_start(text) + i);
}

void pot_attend(pot_engine *e, uint32_t layer, const pot_ids *text, size_t n_texts)
{
    struct job j = {
        .e = e, .layer = layer, .w = &e->layer[layer], .la = &e->arch->layer[layer], .text = text};
    pot_pool_run(e->pool, prepare_part, &j, (unsigned)n_texts);
    pot_pool_run(e->pool, attend_part, &j, (unsigned)(n_texts * e->arch->kv_heads));
}
