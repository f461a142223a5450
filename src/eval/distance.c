#include "eval/distance.h"

#include "base/fail.h"
#include "base/fpenv.h"
#include "base/mem.h"
#include "engine/leaves.h"

#include <math.h>
#include <string.h>

typedef struct {
    pot_engine *engine; /* owned */
    pot_leaf *leaf;     /* owned: [n] */
    size_t n;
} side;

typedef struct {
    side side[2];
    const pot_kernels *k;
    float *row;  /* owned: per thread two rows, and the bytes of one */
    size_t room; /* floats of a row */
    double *sum; /* owned: [n][2]: squares of A - B, and of A */
} job;

static uint32_t columns(const pot_leaf *f)
{
    return f->w ? f->w->in : f->n;
}

/* Row i as weights; a vector is one row. */
static const float *read_row(const job *j, const pot_leaf *f, uint32_t i, float *out, uint8_t *raw)
{
    if (!f->w) return f->v;
    if (f->w->scaling.kind && f->w->scaling.kind != POT_SCALED_MXFP4) {
        pot_linear_values(j->k, f->w, i, 1, out);
        return out;
    }
    pot_linear_bytes(f->w, i, 1, raw);
    j->k->widen(out, raw, f->w->type, f->w->in);
    return out;
}

static void add_leaf(void *ctx, unsigned part, unsigned thread)
{
    const job *j = ctx;
    const pot_leaf *a = &j->side[0].leaf[part], *b = &j->side[1].leaf[part];
    float *room = j->row + thread * 3 * j->room;
    uint8_t *raw = (uint8_t *)(room + 2 * j->room);
    double apart = 0, size = 0;
    for (uint32_t i = 0; i < (a->w ? a->n : 1); i++) {
        const float *x = read_row(j, a, i, room, raw), *y = read_row(j, b, i, room + j->room, raw);
        for (uint32_t c = 0; c < columns(a); c++) {
            const double p = (double)x[c], d = p - (double)y[c];
            apart += d * d;
            size += p * p;
        }
    }
    j->sum[2 * part] = apart;
    j->sum[2 * part + 1] = size;
}

/* The same weights by name and size? */
static bool comparable(const job *j)
{
    const side *a = &j->side[0], *b = &j->side[1];
    if (a->n != b->n) return false;
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->leaf[i].name, b->leaf[i].name) != 0 || !a->leaf[i].w != !b->leaf[i].w ||
            a->leaf[i].n != b->leaf[i].n || columns(&a->leaf[i]) != columns(&b->leaf[i]))
            return false;
    return true;
}

/* Room for rows; quantized blocks that lie across outputs have none. */
static pot_status plan(job *j, pot_error *err)
{
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < j->side[s].n; i++) {
            const pot_linear *w = j->side[s].leaf[i].w;
            if (w && w->columns && !w->scaling.kind && pot_dtypes[w->type].block > 1)
                return pot_fail_at(err, POT_E_UNSUPPORTED, j->side[s].leaf[i].name,
                                   "its blocks lie across rows: no distance of weights is taken");
            if (columns(&j->side[s].leaf[i]) > j->room) j->room = columns(&j->side[s].leaf[i]);
        }
    return POT_OK;
}

static pot_status add_all(job *j, pot_pool *pool, double *out, pot_error *err)
{
    POT_TRY(plan(j, err));
    j->row = pot_mem_raw(3 * j->room * pot_pool_threads(pool), sizeof *j->row);
    j->sum = pot_mem_new(2 * j->side[0].n, sizeof *j->sum);
    if (!j->row || !j->sum) return pot_fail_mem(err);
    pot_pool_run(pool, add_leaf, j, (unsigned)j->side[0].n);
    double apart = 0, size = 0;
    for (size_t i = 0; i < j->side[0].n; i++) {
        apart += j->sum[2 * i];
        size += j->sum[2 * i + 1];
    }
    *out = size > 0 ? sqrt(apart / size) : apart > 0 ? (double)INFINITY : 0;
    return POT_OK;
}

pot_status pot_weight_distance(double *out, const pot_model *a, const pot_model *b,
                               const pot_compute *how, pot_error *err)
{
    const pot_model *const model[2] = {a, b};
    const uint64_t env = pot_fp_enter();
    pot_kernels k;
    pot_pool *pool = NULL;
    job j = {.k = &k};
    pot_status s;
    POT_GO(s, pot_kernels_choose(&k, how, err));
    POT_GO(s, pot_pool_open(&pool, how->threads, err));
    for (int i = 0; i < 2; i++) {
        POT_GO(s, pot_engine_open(&j.side[i].engine, model[i], pool, &k, err));
        POT_GO(s, pot_leaves_list(&j.side[i].leaf, &j.side[i].n, j.side[i].engine, err));
    }
    *out = (double)NAN;
    if (comparable(&j)) s = add_all(&j, pool, out, err);
out:
    for (int i = 0; i < 2; i++) {
        pot_mem_free(j.side[i].leaf);
        pot_engine_close(&j.side[i].engine);
    }
    pot_mem_free(j.row);
    pot_mem_free(j.sum);
    pot_pool_close(&pool);
    pot_fp_leave(env);
    return s;
}
