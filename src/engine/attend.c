/* Attention of a batch.  One part is one text and one key head: its keys and values become panels
 * once, and serve all queries of the heads that share it, some at a time.  Both products are
 * chains of the tile kernel: of scores over the head's dimensions, of values over the keys. */
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

/* Keys and values of one text and key head, as the panels that the tile kernel takes: 64 keys are
 * the columns of head_dim rows; 64 dimensions of values those of a row for each key. */
struct sight {
    float *k; /* [room / 64][head_dim][64] */
    float *v; /* [value_dim / 64, rounded up][room][64] */
    size_t room;
};

/* Columns of panels: the keys of rows i .. i + n, which are the tokens from `at` on. */
static void put_keys(const struct job *j, const struct sight *s, const float *rows, size_t head,
                     size_t i, size_t n, size_t at)
{
    const pot_arch *a = j->e->arch;
    const size_t d = a->head_dim, ld = pot_qkv_width(a), still = d - a->latent.turned;
    const float *own = rows + i * ld + pot_k_at(a) + head * still,
                *shared = rows + i * ld + pot_k_turned_at(a);
    float *to = s->k + at / POT_PANEL * POT_PANEL * d + at % POT_PANEL;
    const void *row[2][POT_LANES];
    for (size_t l = 0; l < n; l++)
        row[0][l] = own + l * ld, row[1][l] = shared + l * ld;
    if (at % POT_LANES == 0) { /* the columns of keys that are still to come become zero */
        j->e->k->f32.pack(to, row[0], n, POT_F32, still);
        if (still < d) j->e->k->f32.pack(to + still * POT_PANEL, row[1], n, POT_F32, d - still);
        return;
    }
    for (size_t c = 0; c < d; c++)
        for (size_t l = 0; l < n; l++)
            to[c * POT_PANEL + l] = c < still ? own[l * ld + c] : shared[l * ld + c - still];
}

static void put_values(const struct job *j, const struct sight *s, const float *rows, size_t head,
                       size_t n, size_t at)
{
    const pot_arch *a = j->e->arch;
    const size_t dv = a->value_dim, ld = pot_qkv_width(a);
    const float *v = rows + pot_v_at(a) + head * dv;
    for (size_t c = 0; c < dv; c += POT_PANEL)
        for (size_t i = 0; i < n; i++)
            memcpy(s->v + (c * s->room + (at + i) * POT_PANEL), v + i * ld + c,
                   (dv - c < POT_PANEL ? dv - c : POT_PANEL) * sizeof *v);
}

/* The keys and values of new tokens join those in the cache; without one, all are in `scratch`. */
static struct sight look(const struct job *j, pot_ids text, const float *rows, size_t head,
                         float *scratch)
{
    const pot_arch *a = j->e->arch;
    const size_t room = text.cache ? text.cache->room : pot_attend_room(text.n),
                 keys = room * a->head_dim, start = pot_text_start(text);
    float *at = text.cache ? text.cache->of_layers + j->layer * text.cache->both +
                                 head * pot_attend_key_floats(a) * room
                           : scratch;
    const struct sight s = {.k = at, .v = at + keys, .room = room};
    for (size_t i = 0, n; i < text.n; i += n) {
        n = POT_LANES - (start + i) % POT_LANES;
        if (n > text.n - i) n = text.n - i;
        put_keys(j, &s, rows, head, i, n, start + i);
    }
    put_values(j, &s, rows, head, text.n, start);
    return s;
}

/* Some queries of one head that follow each other: m, the first of which sees keys up to `to`. */
struct block {
    const struct job *j;
    struct sight see;
    size_t head, m, to;
    const float *q;      /* [m], rows of qkv */
    float *s, *o, *edge; /* scores [m][room]; output [m], rows of att; [m][64] */
};

/* The first key that query i of the block sees. */
static size_t first_key(const struct block *b, size_t i)
{
    const size_t w = b->j->la->window;
    return w && b->to + i > w ? b->to + i - w : 0;
}

static void score(const struct block *b)
{
    const pot_engine *e = b->j->e;
    const pot_arch *a = e->arch;
    const size_t d = a->head_dim, last = b->to + b->m - 1;
    for (size_t k = first_key(b, 0) / POT_PANEL * POT_PANEL; k < last; k += POT_PANEL)
        e->k->f32.tile(b->s + k, b->see.room, b->q, pot_qkv_width(a), b->m, b->see.k + k * d, d,
                       true);
    for (size_t i = 0; i < b->m; i++) {
        const size_t from = first_key(b, i), n = b->to + i - from;
        float *s = b->s + i * b->see.room + from;
        if (!a->scale_query) e->k->multiply(s, b->j->la->scale, n);
        if (e->alibi) e->k->add(s, e->alibi + b->head * e->longest + from, n);
        if (a->score_cap > 0) e->k->cap(s, a->score_cap, n);
        e->k->softmax(s - from, from, from + n, b->j->w->sinks ? b->j->w->sinks + b->head : NULL);
    }
}

/* Go on with the sums of rows i .. i + m over keys from .. to, in 64 dimensions. */
static void add_values(const struct block *b, float *out, size_t ld, const float *panel, size_t i,
                       size_t m, size_t from, size_t to)
{
    if (from < to)
        b->j->e->k->f32.tile(out + i * ld, ld, b->s + i * b->see.room + from, b->see.room, m,
                             panel + from * POT_PANEL, to - from, false);
}

/* Each sum goes through its keys in order: those that it sees alone, those that all rows see, and
 * alone again. */
static void mix(const struct block *b)
{
    const pot_arch *a = b->j->e->arch;
    const size_t dv = a->value_dim, stride = (size_t)a->heads * dv;
    const size_t latest = first_key(b, b->m - 1), all = latest < b->to ? b->to : latest;
    for (size_t c = 0; c < dv; c += POT_PANEL) {
        const size_t width = dv - c < POT_PANEL ? dv - c : POT_PANEL;
        const float *panel = b->see.v + c * b->see.room;
        float *out = width == POT_PANEL ? b->o + c : b->edge;
        const size_t ld = width == POT_PANEL ? stride : POT_PANEL;
        for (size_t i = 0; i < b->m; i++) {
            const size_t end = b->to + i < latest ? b->to + i : latest;
            memset(out + i * ld, 0, POT_PANEL * sizeof *out);
            add_values(b, out, ld, panel, i, 1, first_key(b, i), end);
        }
        add_values(b, out, ld, panel, 0, b->m, latest, all);
        for (size_t i = 0; i < b->m; i++)
            add_values(b, out, ld, panel, i, 1, all, b->to + i);
        for (size_t i = 0; out == b->edge && i < b->m; i++)
            memcpy(b->o + i * stride + c, out + i * ld, width * sizeof *out);
    }
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
    float *edge = e->attend_scratch + thread * e->attend_floats, *s = edge + POT_TILE * POT_PANEL;
    struct block b = {.j = j, .edge = edge, .s = s};
    b.see = look(j, text, q, head, s + POT_TILE * pot_attend_room(e->longest));

    for (b.head = head * share; b.head < (head + 1) * share; b.head++)
        for (size_t i = 0; i < text.n; i += b.m) {
            b.m = text.n - i < POT_TILE ? text.n - i : POT_TILE;
            b.to = start + i + 1;
            b.q = q + i * ld + b.head * d;
            b.o = e->att + (row + i) * a->heads * dv + b.head * dv;
            score(&b);
            mix(&b);
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
