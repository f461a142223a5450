/* A digest of the weights that does not depend on their container: docs/format/weights.md.
 *
 * The engine's view of a model is the same whatever file it came from (pot_linear undoes what
 * converters do), so what is hashed is that view. */
#include "base/clock.h"
#include "base/fail.h"
#include "crypto/sha256.h"
#include "engine/leaves.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER ((size_t)1 << 20) /* bytes of rows that are hashed together */
#define CHUNK  32                /* tensors between two questions whether to go on */

/* A matrix, or with v a vector of n. */
struct leaf {
    char name[64];
    const pot_linear *w;
    const float *v;
    uint32_t n;
    bool widen;                    /* the matrix is hashed in F32 */
    pot_linear stored;             /* of columns in blocks: the rows of the file, which w is */
    const pot_model_tensor *known; /* the tensor that it is, byte by byte, and that is hashed */
    bool scaled;                   /* so are weights that several tensors make */
    pot_status status;
    uint8_t sha256[POT_SHA256_SIZE];
};

struct job {
    struct leaf *leaf;
    const pot_kernels *k;
    uint8_t *buffer; /* per thread */
    size_t room;     /* of each */
};

struct list {
    struct leaf *leaf;
    size_t n;
    uint64_t elements;
};

/* What is hashed of a weight. */
static struct leaf take(const pot_leaf *from)
{
    const pot_linear *w = from->w;
    struct leaf f = {.w = w, .v = from->v, .n = from->n};
    memcpy(f.name, from->name, sizeof f.name);
    if (!w) return f;
    f.scaled = w->scaling.kind && w->scaling.kind != POT_SCALED_MXFP4;
    f.widen = from->widen && w->type <= POT_BF16 && !f.scaled;
    return f;
}

/* Of columns in blocks: the rows of the file. */
static void take_stored(struct leaf *f)
{
    const pot_linear *w = f->w;
    if (!w || !w->columns || pot_dtypes[w->type].block == 1) return;
    const uint32_t rows = w->out / w->group * (w->stride / w->ld);
    f->stored = (pot_linear){.w = w->w,
                             .type = w->type,
                             .out = rows,
                             .in = w->ld,
                             .group = rows,
                             .stride = rows,
                             .ld = w->ld};
    f->w = &f->stored;
    f->n = rows;
}

static pot_status list_all(struct list *l, const pot_engine *e, pot_error *err)
{
    pot_leaf *all;
    POT_TRY(pot_leaves_list(&all, &l->n, e, err));
    l->leaf = pot_mem_new(l->n, sizeof *l->leaf);
    for (size_t i = 0; l->leaf && i < l->n; i++) {
        l->leaf[i] = take(&all[i]);
        l->elements += (uint64_t)all[i].n * (all[i].w ? all[i].w->in : 1);
        take_stored(&l->leaf[i]);
    }
    pot_mem_free(all);
    return l->leaf ? POT_OK : pot_fail_mem(err);
}

static void hash_leaf(void *ctx, unsigned part, unsigned thread)
{
    const struct job *j = ctx;
    struct leaf *f = &j->leaf[part];
    pot_sha256_state sha = {0};
    if (f->known) {
        memcpy(f->sha256, f->known->sha256, sizeof f->sha256);
        return;
    }
    if (f->v) {
        f->status =
            pot_sha256(f->sha256, (pot_bytes){(const uint8_t *)f->v, f->n * sizeof *f->v}, NULL);
        return;
    }
    uint8_t *rows = j->buffer + thread * j->room;
    const size_t row = pot_dtype_bytes(f->scaled ? POT_F32 : f->w->type, f->w->in);
    const size_t step = j->room / (row + (f->widen ? f->w->in * sizeof(float) : 0));
    f->status = pot_sha256_begin(&sha, NULL);
    for (size_t n = 0, m; n < f->n && f->status == POT_OK; n += m) {
        m = f->n - n < step ? f->n - n : step;
        if (f->scaled) pot_linear_values(j->k, f->w, n, m, (float *)(void *)rows);
        else pot_linear_bytes(f->w, n, m, rows);
        pot_bytes bytes = {rows, m * row};
        if (f->widen) {
            float *wide = (float *)(void *)(rows + j->room - step * f->w->in * sizeof *wide);
            j->k->widen(wide, rows, f->w->type, m * f->w->in);
            bytes = (pot_bytes){(const uint8_t *)wide, m * f->w->in * sizeof *wide};
        }
        f->status = pot_sha256_add(&sha, bytes, NULL);
    }
    if (f->status == POT_OK) f->status = pot_sha256_end(&sha, f->sha256, NULL);
    else pot_sha256_drop(&sha);
}

static int by_place(const void *a, const void *b)
{
    const pot_weight *x = *(const pot_weight *const *)a, *y = *(const pot_weight *const *)b;
    return (x->t.data.p > y->t.data.p) - (x->t.data.p < y->t.data.p);
}

/* Is every row where it would be if the tensor were only this? */
static bool is_plain(const pot_linear *w)
{
    return !w->columns && !w->pairs && !w->scaling.kind && !w->first && w->ld == w->in &&
           (w->group == w->out || w->stride == w->group);
}

/* Find the tensors that are hashed already: most are used as they are stored. */
static pot_status find_known(const pot_model *m, struct list *l, pot_error *err)
{
    const pot_weight **at = pot_mem_new(m->n_weights + 1, sizeof *at);
    if (!at) return pot_fail_mem(err);
    for (size_t i = 0; i < m->n_weights; i++)
        at[i] = &m->weight[i];
    qsort(at, m->n_weights, sizeof *at, by_place);
    for (size_t i = 0; i < l->n; i++) {
        struct leaf *f = &l->leaf[i];
        if (!f->w || f->widen || f->scaled || !is_plain(f->w)) continue;
        const pot_weight key = {.t.data.p = f->w->w}, *want = &key;
        const pot_weight **w = bsearch(&want, at, m->n_weights, sizeof *at, by_place);
        const size_t n = pot_dtype_bytes(f->w->type, (size_t)f->n * f->w->in);
        if (w && (*w)->t.data.n == n && m->tensor[*w - m->weight].hashed)
            f->known = &m->tensor[*w - m->weight];
    }
    pot_mem_free(at);
    return POT_OK;
}

/* That have to be read. */
static double leaf_bytes(const struct leaf *f)
{
    if (f->known) return 0;
    return f->v ? 4.0 * f->n : (double)pot_dtype_bytes(f->w->type, (size_t)f->n * f->w->in);
}

static pot_status hash_all(const pot_engine *e, struct list *l, pot_progress_fn *progress,
                           void *ctx, pot_error *err)
{
    struct job j = {.room = BUFFER, .k = e->k};
    const double start = pot_clock();
    double done = 0, total = 0;
    pot_status s = POT_OK;
    for (size_t i = 0; i < l->n; i++) {
        total += leaf_bytes(&l->leaf[i]);
        const pot_linear *w = l->leaf[i].w;
        const size_t row = w ? pot_dtype_bytes(w->type, w->in) + w->in * sizeof(float) : 0;
        j.room = row > j.room ? row + -row % sizeof(float) : j.room;
    }
    j.buffer = pot_mem_raw(j.room * pot_pool_threads(e->pool), 1);
    if (!j.buffer) return pot_fail_mem(err);
    for (size_t at = 0; at < l->n && s == POT_OK; at += CHUNK) {
        const size_t n = l->n - at < CHUNK ? l->n - at : CHUNK;
        const pot_progress p = {
            .what = "hashing values", .done = done, .total = total, .seconds = pot_clock() - start};
        if (progress && !progress(ctx, &p)) {
            s = pot_fail(err, POT_E_STOPPED, "stopped while hashing the weights");
            break;
        }
        j.leaf = l->leaf + at;
        pot_pool_run(e->pool, hash_leaf, &j, (unsigned)n);
        for (size_t i = 0; i < n && s == POT_OK; i++) {
            done += leaf_bytes(&j.leaf[i]);
            if ((s = j.leaf[i].status) != POT_OK)
                pot_fail_at(err, s, j.leaf[i].name, "its digest could not be computed; run again");
        }
    }
    pot_mem_free(j.buffer);
    return s;
}

static const char *leaf_dtype(const struct leaf *f)
{
    return pot_dtype_name(f->v || f->widen || f->scaled ? POT_F32 : f->w->type);
}

/* "NAME DTYPE ROWS[xCOLUMNS] DIGEST\n" for each. */
static pot_status combine(const struct list *l, uint8_t out[POT_SHA256_SIZE], pot_error *err)
{
    pot_buf b = POT_BUF(l->n * 256 + 256);
    for (size_t i = 0; i < l->n; i++) {
        const struct leaf *f = &l->leaf[i];
        pot_buf_fmt(&b, "%s %s %u", f->name, leaf_dtype(f), f->n);
        if (f->w) pot_buf_fmt(&b, "x%u", f->w->in);
        pot_buf_str(&b, " ");
        pot_buf_hex(&b, f->sha256, sizeof f->sha256);
        pot_buf_str(&b, "\n");
    }
    pot_status s = pot_buf_status(&b, err);
    if (s == POT_OK) s = pot_sha256(out, (pot_bytes){(const uint8_t *)b.p, b.n}, err);
    pot_buf_free(&b);
    return s;
}

/* What others see of the list. */
static pot_status keep(pot_model *m, const struct list *l, pot_error *err)
{
    pot_model_value *v = pot_arena_new(&m->arena, l->n, sizeof *v);
    if (!v) return pot_fail_mem(err);
    for (size_t i = 0; i < l->n; i++) {
        const struct leaf *f = &l->leaf[i];
        v[i].dtype = leaf_dtype(f);
        v[i].rows = f->n;
        v[i].columns = f->w ? f->w->in : 0;
        memcpy(v[i].name, f->name, sizeof v[i].name);
        memcpy(v[i].sha256, f->sha256, sizeof v[i].sha256);
    }
    m->value = v;
    m->n_values = l->n;
    return POT_OK;
}

static pot_status digest(pot_model *m, const pot_engine *e, struct list *l,
                         pot_progress_fn *progress, void *ctx, pot_error *err)
{
    POT_TRY(list_all(l, e, err));
    const uint64_t twice =
        pot_leaves_tied(e) && !e->arch->tied ? (uint64_t)e->head.out * e->head.in : 0;
    if (l->elements + twice != m->facts.params)
        return pot_fail(
            err, POT_E_UNSUPPORTED, "%llu of %llu parameters have a place in the digest",
            (unsigned long long)(l->elements + twice), (unsigned long long)m->facts.params);
    POT_TRY(find_known(m, l, err));
    POT_TRY(hash_all(e, l, progress, ctx, err));
    POT_TRY(combine(l, m->facts.values_sha256, err));
    POT_TRY(keep(m, l, err));
    m->facts.digested = true;
    return POT_OK;
}

pot_status pot_model_digest(pot_model *m, unsigned threads, pot_progress_fn *progress, void *ctx,
                            pot_error *err)
{
    pot_kernels k;
    pot_pool *pool = NULL;
    pot_engine *e = NULL;
    struct list l = {0};
    pot_status s;
    pot_kernels_init(&k, NULL);
    POT_GO(s, pot_pool_open(&pool, threads, err));
    POT_GO(s, pot_engine_open(&e, m, pool, &k, err));
    s = digest(m, e, &l, progress, ctx, err);
out:
    pot_engine_close(&e);
    pot_pool_close(&pool);
    pot_mem_free(l.leaf);
    return pot_fail_in(err, s, m->facts.path);
}
