/* A digest of the weights that does not depend on their container: docs/format/weights.md.
 *
 * The engine's view of a model is the same whatever file it came from (pot_linear undoes what
 * converters do), so what is hashed is that view. */
#include "base/clock.h"
#include "base/fail.h"
#include "crypto/sha256.h"
#include "engine/layout.h"

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

static void add_vector(struct list *l, const char *layer, const char *name, const char *end,
                       const float *v, uint32_t n)
{
    if (!v) return;
    struct leaf *f = &l->leaf[l->n++];
    *f = (struct leaf){.v = v, .n = n};
    snprintf(f->name, sizeof f->name, "%s%s%s", layer, name, end);
    l->elements += n;
}

static void add_matrix_as(struct list *l, const char *layer, const char *name, const pot_linear *w,
                          bool widen)
{
    if (w->w) {
        struct leaf *f = &l->leaf[l->n++];
        const bool scaled = w->scaling.kind && w->scaling.kind != POT_SCALED_MXFP4;
        *f = (struct leaf){.w = w,
                           .n = w->out,
                           .widen = widen && w->type <= POT_BF16 && !scaled,
                           .scaled = scaled};
        if (w->columns && pot_dtypes[w->type].block > 1) {
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
        snprintf(f->name, sizeof f->name, "%s%s", layer, name);
        l->elements += (uint64_t)w->out * w->in;
    }
    add_vector(l, layer, name, ".bias", w->bias, w->out);
}

static void add_matrix(struct list *l, const char *layer, const char *name, const pot_linear *w)
{
    add_matrix_as(l, layer, name, w, false);
}

static void add_norm(struct list *l, const char *layer, const char *name, const pot_norm_weights *w,
                     uint32_t n)
{
    add_vector(l, layer, name, "", w->w, n);
    add_vector(l, layer, name, ".bias", w->b, n);
}

/* A head that is the embedding, shared or stored twice, counts once. */
static bool is_tied(const pot_engine *e)
{
    const pot_linear *a = &e->embed, *b = &e->head;
    if (a->w == b->w) return true;
    return !a->scaling.kind && !b->scaling.kind && a->type == b->type && a->out == b->out &&
           a->in == b->in &&
           memcmp(a->w, b->w, pot_dtype_bytes(a->type, (size_t)a->out * a->in)) == 0;
}

/* The most that a layer adds: norms, matrices and the sinks, most of them with a bias. */
static size_t layer_leaves(const pot_arch *a)
{
    return 8 * 2 + 7 * 2 + 1 + 3 * 2 + 2 + 1 + 6 * (size_t)a->moe.experts + 6 + 2;
}

static void add_mlp(struct list *l, const char *at, const pot_mlp *m)
{
    add_matrix(l, at, "gate", &m->gate);
    add_matrix(l, at, "up", &m->up);
    add_matrix(l, at, "down", &m->down);
}

static void add_experts(struct list *l, const char *at, const pot_moe_weights *m, uint32_t n)
{
    char name[48];
    add_matrix_as(l, at, "router", &m->router, true); /* as converters to GGUF do */
    add_vector(l, at, "choice", "", m->choice, n);
    for (uint32_t i = 0; i < n; i++) {
        snprintf(name, sizeof name, "%sexpert.%u.", at, i);
        add_mlp(l, name, &m->expert[i]);
    }
    snprintf(name, sizeof name, "%sshared.", at);
    add_mlp(l, name, &m->shared);
    add_matrix_as(l, at, "shared.mix", &m->mix, true);
}

static void add_layer(struct list *l, const char *at, const pot_layer *y, const pot_arch *a,
                      bool experts)
{
    const uint32_t D = a->hidden, d = a->head_dim;
    const bool each = a->qk_norm == POT_QK_OWN || a->qk_norm == POT_QK_WIDE;
    add_norm(l, at, "norm_1", &y->norm_1, D);
    add_norm(l, at, "norm_2", &y->norm_2, D);
    add_norm(l, at, "out_1", &y->out_1, D);
    add_norm(l, at, "out_2", &y->out_2, D);
    add_norm(l, at, "q_norm", &y->q_norm, each ? a->heads * d : d);
    add_norm(l, at, "k_norm", &y->k_norm, each ? a->kv_heads * d : d);
    add_vector(l, at, "sinks", "", y->sinks, a->heads);
    add_matrix(l, at, "q_a", &y->q_a);
    add_norm(l, at, "q_a_norm", &y->q_a_norm, a->latent.q_rank);
    add_matrix(l, at, "kv_a", &y->kv_a);
    add_matrix(l, at, "k_turned", &y->k_turned);
    add_norm(l, at, "kv_a_norm", &y->kv_a_norm, a->latent.kv_rank);
    add_matrix(l, at, "q", &y->q);
    add_matrix(l, at, "k", &y->k);
    add_matrix(l, at, "v", &y->v);
    add_matrix(l, at, "o", &y->o);
    if (experts) add_experts(l, at, &y->moe, a->moe.experts);
    else add_mlp(l, at, &y->mlp);
}

static void list_all(struct list *l, const pot_engine *e, pot_linear *head)
{
    const uint32_t D = e->arch->hidden;
    *head = e->head;
    if (is_tied(e)) head->w = NULL;
    add_matrix(l, "", "embed", &e->embed);
    add_norm(l, "", "embed_norm", &e->embed_norm, D);
    add_matrix_as(l, "", "positions", &e->positions, true);
    add_matrix(l, "", "proj_in", &e->proj_in);
    add_matrix(l, "", "proj_out", &e->proj_out);
    add_norm(l, "", "final_norm", &e->final_norm, D);
    add_matrix(l, "", "head", head);
    for (uint32_t i = 0; i < e->arch->layers; i++) {
        char at[16];
        snprintf(at, sizeof at, "%u.", i);
        add_layer(l, at, &e->layer[i], e->arch, e->arch->layer[i].experts);
    }
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
    pot_linear head;
    list_all(l, e, &head);
    const uint64_t twice = is_tied(e) && !e->arch->tied ? (uint64_t)e->head.out * e->head.in : 0;
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
    l.leaf = pot_mem_new(m->arch.layers * layer_leaves(&m->arch) + 16, sizeof *l.leaf);
    POT_GO(s, l.leaf ? POT_OK : pot_fail_mem(err));
    POT_GO(s, pot_pool_open(&pool, threads, err));
    POT_GO(s, pot_engine_open(&e, m, pool, &k, err));
    s = digest(m, e, &l, progress, ctx, err);
out:
    pot_engine_close(&e);
    pot_pool_close(&pool);
    pot_mem_free(l.leaf);
    return pot_fail_in(err, s, m->facts.path);
}
