#include "engine/feed.h"

#include "base/fail.h"
#include "engine/layout.h"

#include <string.h>

#define NONE (-1)

/* Some rows of the tensor of a group. */
struct unit {
    size_t r0, r1;
    size_t range, parts; /* where in the list of ranges */
};

/* Products that are computed together: views of one tensor. */
struct group {
    const pot_linear *view[POT_MOST_VIEWS];
    size_t views, unit, units;
    int64_t expert; /* its number in the layer, or NONE */
    bool needed;    /* changes from batch to batch */
};

struct program {
    struct group *group; /* owned */
    struct unit *unit;   /* owned */
    pot_range *all;      /* owned: as if everything had to be read */
    pot_range *list;     /* owned: what is read in this pass */
    size_t groups, units, ranges, group_room, unit_room, range_room;
};

struct pot_feed {
    const pot_engine *e; /* borrowed */
    const pot_model *m;  /* borrowed */
    pot_ring *ring;      /* borrowed */
    pot_source *file;    /* owned: [n_weights] */
    struct program program[POT_PASSES];
    size_t unit, pin;           /* bytes wanted */
    size_t largest, row, bytes; /* of a unit, of a row of the embedding, pinned */
    bool pinned;                /* what is pinned has been read */

    const struct program *now; /* NULL: no pass */
    size_t at;                 /* the next group */
    bool guess;                /* all experts are read, without waiting for the choice */
    pot_status status;
    pot_error err;
};

size_t pot_feed_views(const pot_linear *const *w, size_t n)
{
    size_t views = 1;
    while (views < n && w[views]->w == w[0]->w)
        views++;
    return views;
}

/* ---- the programs ------------------------------------------------------------------------- */

/* Room for one more element behind n. */
static pot_status room(void *slot, size_t *have, size_t n, size_t size, pot_error *err)
{
    void **p = slot;
    if (n < *have) return POT_OK;
    void *more = pot_mem_grow(*p, 2 * n + 16, size);
    if (!more) return pot_fail_mem(err);
    *p = more;
    *have = 2 * n + 16;
    return POT_OK;
}

/* Where in which file these bytes of a mapping are. */
static pot_range locate(const pot_feed *s, pot_bytes b)
{
    size_t i = 0;
    while (i + 1 < s->m->facts.n_weights &&
           (b.p < s->m->map[i].bytes.p || b.p >= s->m->map[i].bytes.p + s->m->map[i].bytes.n))
        i++;
    return (pot_range){.file = &s->file[i], .at = (uint64_t)(b.p - s->m->map[i].bytes.p), .n = b.n};
}

static pot_status add_unit(pot_feed *s, struct program *p, const pot_linear *w, size_t r0,
                           size_t r1, bool pin, pot_error *err)
{
    pot_bytes part[POT_LINEAR_PARTS];
    struct unit u = {r0, r1, p->ranges, pot_linear_parts(part, w, r0, r1)};
    size_t bytes = 0;
    POT_TRY(room(&p->unit, &p->unit_room, p->units, sizeof u, err));
    for (size_t i = 0; i < u.parts; i++) {
        POT_TRY(room(&p->all, &p->range_room, p->ranges, sizeof *p->all, err));
        p->all[p->ranges] = locate(s, part[i]);
        bytes += pot_source_room(p->all[p->ranges].at, p->all[p->ranges].n);
        p->ranges++;
    }
    p->unit[p->units++] = u;
    if (bytes > s->largest) s->largest = bytes;
    for (size_t i = u.range; pin && s->bytes + bytes <= s->pin && i < p->ranges; i++) {
        const size_t n = pot_source_room(p->all[i].at, p->all[i].n) + POT_BLOCK;
        p->all[i].own = pot_mem_raw(n, 1); /* its address is made a multiple of POT_BLOCK later */
        if (!p->all[i].own) return pot_fail_mem(err);
        s->bytes += n;
    }
    return POT_OK;
}

/* A group of views; whole rows in units. */
static pot_status add_views(pot_feed *s, struct program *p, const pot_linear *const *w, size_t n,
                            int64_t expert, pot_error *err)
{
    struct group g = {.views = n, .unit = p->units, .expert = expert};
    size_t rows = 0, grain = 1, bytes = 0;
    pot_bytes part[POT_LINEAR_PARTS];
    POT_TRY(room(&p->group, &p->group_room, p->groups, sizeof g, err));
    for (size_t i = 0; i < n; i++) {
        const size_t r = pot_linear_rows(w[i]), k = pot_linear_grain(w[i]);
        g.view[i] = w[i];
        rows = r > rows ? r : rows;
        grain = k > grain ? k : grain;
    }
    for (size_t i = pot_linear_parts(part, w[0], 0, grain); i-- > 0;)
        bytes += part[i].n;
    size_t step = (POT_PANEL + grain - 1) / grain;
    if (step * bytes < s->unit) step = s->unit / bytes;
    for (size_t r = 0; r < rows; r += step * grain)
        POT_TRY(add_unit(s, p, w[0], r, rows - r < step * grain ? rows : r + step * grain,
                         p == &s->program[POT_PASS_LAYERS] && expert == NONE, err));
    g.units = p->units - g.unit;
    p->group[p->groups++] = g;
    return POT_OK;
}

static pot_status add(pot_feed *s, pot_pass pass, const pot_linear *const *w, size_t n,
                      int64_t expert, pot_error *err)
{
    for (size_t i = 0, views; i < n; i += views) {
        views = pot_feed_views(w + i, n - i);
        if (w[i]->w) POT_TRY(add_views(s, &s->program[pass], w + i, views, expert, err));
    }
    return POT_OK;
}

static pot_status add_mlp(pot_feed *s, const pot_mlp *m, int64_t expert, pot_error *err)
{
    const pot_linear *const in[] = {&m->gate, &m->up}, *const out[] = {&m->down};
    POT_TRY(add(s, POT_PASS_LAYERS, in, 2, expert, err));
    return add(s, POT_PASS_LAYERS, out, 1, expert, err);
}

static pot_status add_layer(pot_feed *s, const pot_layer *l, bool experts, pot_error *err)
{
    const pot_arch *a = s->e->arch;
    const pot_linear *const direct[] = {&l->q, &l->k, &l->v, &l->o},
                            *const latent[] = {&l->q_a, &l->q, &l->kv_a, &l->k_turned,
                                               &l->k,   &l->v, &l->o},
                            *const router[] = {&l->moe.router}, *const mix[] = {&l->moe.mix};
    if (a->latent.kv_rank) POT_TRY(add(s, POT_PASS_LAYERS, latent, 7, NONE, err));
    else POT_TRY(add(s, POT_PASS_LAYERS, direct, 4, NONE, err));
    if (!experts) return add_mlp(s, &l->mlp, NONE, err);
    POT_TRY(add(s, POT_PASS_LAYERS, router, 1, NONE, err));
    for (uint32_t i = 0; i < a->moe.experts; i++)
        POT_TRY(add_mlp(s, &l->moe.expert[i], i, err));
    POT_TRY(add_mlp(s, &l->moe.shared, NONE, err));
    return add(s, POT_PASS_LAYERS, mix, 1, NONE, err);
}

static pot_status add_all(pot_feed *s, pot_error *err)
{
    const pot_engine *e = s->e;
    const pot_linear *const in[] = {&e->proj_in}, *const out[] = {&e->proj_out},
                            *const head[] = {&e->head};
    POT_TRY(add(s, POT_PASS_LAYERS, in, 1, NONE, err));
    for (uint32_t i = 0; i < e->arch->layers; i++)
        POT_TRY(add_layer(s, &e->layer[i], e->arch->layer[i].experts, err));
    POT_TRY(add(s, POT_PASS_LAYERS, out, 1, NONE, err));
    return add(s, POT_PASS_HEAD, head, 1, NONE, err);
}

static pot_status open_files(pot_feed *s, pot_error *err)
{
    const pot_model *m = s->m;
    char path[PATH_MAX];
    s->file = pot_mem_new(m->facts.n_weights, sizeof *s->file);
    if (!s->file) return pot_fail_mem(err);
    for (size_t i = 0; i < m->facts.n_weights; i++) {
        POT_TRY(pot_path_join(path, m->dir, m->facts.weights[i].name, err));
        char *copy = pot_mem_raw(strlen(path) + 1, 1);
        if (!copy) return pot_fail_mem(err);
        memcpy(copy, path, strlen(path) + 1);
        s->file[i].path = copy;
        POT_TRY(pot_source_open(&s->file[i], copy, &m->map[i], err));
    }
    return POT_OK;
}

pot_status pot_feed_open(pot_feed **out, const pot_engine *e, const pot_model *m, pot_ring *ring,
                         size_t unit, size_t pin, pot_error *err)
{
    pot_feed *s = pot_mem_new(1, sizeof *s);
    if (!s) return pot_fail_mem(err);
    *s = (pot_feed){.e = e, .m = m, .ring = ring, .unit = unit, .pin = pin};
    pot_status st;
    POT_GO(st, open_files(s, err));
    POT_GO(st, add_all(s, err));
    const size_t row = pot_dtype_bytes(e->embed.type, e->embed.in);
    s->row = pot_source_room(POT_BLOCK - 1, row);
    for (pot_pass i = 0; i < POT_PASSES; i++) {
        struct program *p = &s->program[i];
        p->list = pot_mem_new(p->ranges, sizeof *p->list);
        POT_GO(st, p->list ? POT_OK : pot_fail_mem(err));
    }
    *out = s;
    return POT_OK;
out:
    pot_feed_close(&s);
    return st;
}

void pot_feed_close(pot_feed **feed)
{
    pot_feed *s = *feed;
    if (!s) return;
    if (s->ring) pot_ring_stop(s->ring);
    for (size_t i = 0; s->file && i < s->m->facts.n_weights; i++) {
        pot_source_close(&s->file[i]);
        pot_mem_free((void *)(uintptr_t)s->file[i].path);
    }
    pot_mem_free(s->file);
    for (pot_pass i = 0; i < POT_PASSES; i++) {
        struct program *p = &s->program[i];
        for (size_t k = 0; k < p->ranges; k++)
            pot_mem_free(p->all[k].own);
        pot_mem_free(p->group);
        pot_mem_free(p->unit);
        pot_mem_free(p->all);
        pot_mem_free(p->list);
    }
    pot_mem_free(s);
    *feed = NULL;
}

size_t pot_feed_least_ring(const pot_feed *s)
{
    return 2 * (s->largest > s->row ? s->largest : s->row);
}

size_t pot_feed_pinned(const pot_feed *s)
{
    return s->bytes;
}

/* ---- a pass -------------------------------------------------------------------------------- */

static void keep(pot_feed *s, pot_status status)
{
    if (s->status == POT_OK) s->status = status;
}

/* What may be read: up to the next experts, which must be chosen first. */
static void allow_from(pot_feed *s, size_t group)
{
    const struct program *p = s->now;
    while (group < p->groups && (p->group[group].expert == NONE || s->guess))
        group++;
    const size_t to = group < p->groups ? p->unit[p->group[group].unit].range : p->ranges;
    keep(s, pot_ring_allow(s->ring, to, &s->err));
}

void pot_feed_start(pot_feed *s, pot_pass pass, size_t rows)
{
    struct program *p = &s->program[pass];
    const pot_moe *m = &s->e->arch->moe;
    s->status = POT_OK;
    s->err = (pot_error){0};
    s->now = p;
    s->at = 0;
    s->guess = rows * m->top_k >= 4 * (size_t)m->experts; /* then one in 55 is left out */
    for (size_t i = 0; i < p->ranges; i++) {
        p->list[i] = p->all[i];
        if (!p->all[i].own) continue;
        p->list[i].own += (POT_BLOCK - (uintptr_t)p->list[i].own % POT_BLOCK) % POT_BLOCK;
        if (s->pinned) p->list[i].n = 0;
    }
    for (size_t i = 0; i < p->groups; i++)
        p->group[i].needed = true;
    keep(s, pot_ring_start(s->ring, p->list, p->ranges, &s->err));
    if (s->status == POT_OK) allow_from(s, 0);
}

pot_status pot_feed_stop(pot_feed *s, pot_error *err)
{
    if (!s->now) return POT_OK;
    const bool whole = s->status == POT_OK && s->at == s->now->groups;
    if (whole && s->now == &s->program[POT_PASS_LAYERS]) s->pinned = true;
    pot_ring_stop(s->ring);
    s->now = NULL;
    if (s->status != POT_OK && err && err->status == POT_OK) *err = s->err;
    return s->status;
}

bool pot_feed_failed(const pot_feed *s)
{
    return s->status != POT_OK;
}

/* The bytes of a unit; false after a failure. */
static bool take(pot_feed *s, const struct unit *u, const uint8_t *part[POT_LINEAR_PARTS])
{
    for (size_t i = 0; i < u->parts && s->status == POT_OK; i++)
        keep(s, pot_ring_next(s->ring, &part[i], &s->err));
    return s->status == POT_OK;
}

static void drop(pot_feed *s, const struct unit *u)
{
    for (size_t i = 0; i < u->parts; i++)
        pot_ring_drop(s->ring);
}

/* Pass over experts that nobody chose. */
static void skip(pot_feed *s)
{
    const struct program *p = s->now;
    const uint8_t *part[POT_LINEAR_PARTS];
    for (; s->at < p->groups && !p->group[s->at].needed; s->at++) {
        const struct group *g = &p->group[s->at];
        for (size_t i = 0; i < g->units; i++)
            if (take(s, &p->unit[g->unit + i], part)) drop(s, &p->unit[g->unit + i]);
    }
}

void pot_feed_products(pot_feed *s, const pot_product *p, size_t n, size_t rows)
{
    const pot_engine *e = s->e;
    const uint8_t *part[POT_LINEAR_PARTS] = {0};
    if (s->status != POT_OK) return;
    skip(s);
    const struct group *g = s->at < s->now->groups ? &s->now->group[s->at] : NULL;
    if (!g || g->views != n || g->view[0] != p->w)
        keep(s, pot_fail(&s->err, POT_E_ARG, "the program of the pass is out of step"));
    s->at++;
    for (size_t i = 0; s->status == POT_OK && i < g->units; i++) {
        const struct unit *u = &s->now->unit[g->unit + i];
        if (!take(s, u, part)) return;
        for (size_t v = 0; v < n; v++) {
            pot_linear cut;
            uint32_t at;
            if (!pot_linear_cut(&cut, &at, p[v].w, u->r0, u->r1)) continue;
            pot_linear_move(&cut, part);
            pot_linear_run(e->pool, e->k, &cut, p[v].y + at, p[v].ldy, p[v].x, p[v].ldx, rows,
                           e->linear_scratch);
        }
        drop(s, u);
    }
    if (s->status == POT_OK) skip(s); /* perhaps they are the last */
}

void pot_feed_experts(pot_feed *s, const bool *need)
{
    struct program *p = &s->program[POT_PASS_LAYERS];
    size_t at = s->at;
    if (s->status != POT_OK) return;
    for (; at < p->groups && p->group[at].expert != NONE; at++) {
        struct group *g = &p->group[at];
        g->needed = need[g->expert];
        for (size_t i = 0; i < g->units && !s->guess && !g->needed; i++)
            for (size_t k = 0; k < p->unit[g->unit + i].parts; k++)
                p->list[p->unit[g->unit + i].range + k].n = 0;
    }
    allow_from(s, at);
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* Where the bytes of one row are; returns their number. */
static size_t row_ranges(const pot_feed *s, pot_range *list, const pot_linear *w, uint32_t id)
{
    pot_bytes part[POT_LINEAR_PARTS];
    const size_t parts = pot_linear_parts(part, w, id, (size_t)id + 1);
    for (size_t i = 0; i < parts; i++)
        list[i] = locate(s, part[i]);
    return parts;
}

static pot_status read_row(pot_feed *s, const pot_linear *w, uint32_t id, size_t parts, float *out,
                           pot_error *err)
{
    const uint8_t *part[POT_LINEAR_PARTS] = {0};
    pot_linear row;
    uint32_t first;
    for (size_t i = 0; i < parts; i++)
        POT_TRY(pot_ring_next(s->ring, &part[i], err));
    if (pot_linear_cut(&row, &first, w, id, (size_t)id + 1)) {
        pot_linear_move(&row, part);
        pot_linear_row(s->e->k, &row, 0, out);
    }
    for (size_t i = 0; i < parts; i++)
        pot_ring_drop(s->ring);
    return POT_OK;
}

pot_status pot_feed_rows(pot_feed *s, const pot_linear *w, const uint32_t *id, size_t n, float *out,
                         size_t ld, pot_error *err)
{
    pot_range *list = pot_mem_raw(n * POT_LINEAR_PARTS, sizeof *list);
    size_t ranges = 0, parts = 0;
    if (!list) return pot_fail_mem(err);
    for (size_t i = 0; i < n; i++)
        ranges += parts = row_ranges(s, list + ranges, w, id[i]);
    pot_status st = pot_ring_start(s->ring, list, ranges, err);
    if (st == POT_OK) st = pot_ring_allow(s->ring, ranges, err);
    for (size_t i = 0; i < n && st == POT_OK; i++)
        st = read_row(s, w, id[i], parts, out + i * ld, err);
    pot_ring_stop(s->ring);
    pot_mem_free(list);
    return st;
}
