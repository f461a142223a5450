/* One pass over every weight: SHA-256 of the files and, where asked for, of each tensor; and no
 * NaN or infinity in a tensor that the model uses. */
#include "base/clock.h"
#include "base/fail.h"
#include "base/pool.h"
#include "crypto/sha256.h"
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK      ((size_t)32 << 20) /* hashed and checked together, while it is in memory */
#define PIECE      ((size_t)1 << 20)  /* checked by one thread */
#define MOST_LANES 8                  /* files that are read at once */

static bool special_half(const uint8_t *p)
{
    return (p[1] & 0x7c) == 0x7c;
}

/* Does a block have a scale that is NaN or infinite, or makes the elements so? */
static bool special_block(const uint8_t *p, pot_dtype type)
{
    if (type == POT_IQ1_M) { /* its high byte lies in two top nibbles */
        const uint8_t half[2] = {0, (uint8_t)((p[55] & 0xf0) | p[53] >> 4)};
        return special_half(half);
    }
    if (type == POT_MXFP4) return p[0] > 252;
    for (int i = 0; i < 2; i++)
        if (pot_dtypes[type].scale[i] >= 0 && special_half(p + pot_dtypes[type].scale[i]))
            return true;
    return false;
}

/* Bytes that are checked together. */
static size_t unit(const pot_weight *w)
{
    return w->split ? 1 : pot_dtype_size(w->type);
}

/* Does a run of n bytes of w, whole elements or blocks, hold one with all exponent bits set? */
static bool has_special(const uint8_t *p, size_t n, const pot_weight *w)
{
    const pot_dtype type = w->type;
    const size_t size = pot_dtype_size(type);
    unsigned bad = 0;
    if (w->split) {
        for (size_t i = 0; w->split == POT_SPLIT_SCALES && i < n; i++)
            bad |= special_block(p + i, type);
        return bad;
    }
    if (type == POT_F32) {
        for (size_t i = 0; i + 4 <= n; i += 4) {
            uint32_t u;
            memcpy(&u, p + i, 4);
            bad |= (u & 0x7f800000u) == 0x7f800000u;
        }
        return bad;
    }
    if (type > POT_BF16) {
        for (size_t i = 0; i + size <= n; i += size)
            bad |= special_block(p + i, type);
        return bad;
    }
    const uint16_t mask = type == POT_F16 ? 0x7c00 : 0x7f80;
    for (size_t i = 0; i + 2 <= n; i += 2) {
        uint16_t u;
        memcpy(&u, p + i, 2);
        bad |= (u & mask) == mask;
    }
    return bad;
}

/* Name the first such element. */
static pot_status refuse_special(const pot_model *m, const pot_weight *w, pot_error *err)
{
    const size_t size = unit(w);
    size_t i = 0;
    while (i + size <= w->t.data.n && !has_special(w->t.data.p + i, size, w))
        i += size;
    char path[PATH_MAX];
    POT_TRY(pot_path_join(path, m->dir, m->weights[w->file].name, err));
    pot_fail_at(err, POT_E_FORMAT, w->t.name,
                "element %zu is NaN or infinite: no score means anything; fetch the file again",
                i / size * pot_dtypes[w->type].block);
    pot_fail_in(err, POT_E_FORMAT, path);
    return pot_fail_offset(err, POT_E_FORMAT,
                           (uint64_t)(w->t.data.p + i - m->map[w->file].bytes.p));
}

/* One thing to do with bytes of a block: add them to a digest, or check them. */
struct task {
    pot_sha256_state *sha; /* NULL: check */
    const pot_weight *w;   /* whose elements are checked */
    const uint8_t *p;
    size_t n;
    bool bad;
    pot_status status;
};

static void run_task(void *ctx, unsigned part, unsigned thread)
{
    struct task *t = (struct task *)ctx + part;
    (void)thread;
    if (t->sha) t->status = pot_sha256_add(t->sha, (pot_bytes){t->p, t->n}, NULL);
    else t->bad = has_special(t->p, t->n, t->w);
}

/* A file that is being read; several are at once, where there are several threads. */
struct lane {
    pot_bytes file;
    size_t index, at; /* of the file; bytes that are done */
    pot_sha256_state sha;
    const pot_weight *const *in_file; /* [n] its tensors in order of place */
    size_t n, first;                  /* the first that is not behind us */
};

struct reading {
    pot_model *m;
    const pot_weight **list; /* [n_weights] by file, then by place */
    pot_sha256_state *sha;   /* [n_weights] in the order of m->weight; NULL: of files only */
    struct lane *lane;       /* [lanes] */
    size_t lanes, next;      /* the next file that no lane has taken */
    struct task *task;       /* [room] */
    size_t tasks;
    pot_pool *pool;
    struct report *report;
    pot_error *err;
};

static int by_place(const void *a, const void *b)
{
    const pot_weight *x = *(const pot_weight *const *)a, *y = *(const pot_weight *const *)b;
    if (x->file != y->file) return x->file < y->file ? -1 : 1;
    return (x->t.data.p > y->t.data.p) - (x->t.data.p < y->t.data.p);
}

struct report {
    pot_progress_fn *progress;
    void *ctx;
    double start, done, total;
};

static pot_status tell(struct report *r, pot_error *err)
{
    const pot_progress p = {
        .what = "hashing", .done = r->done, .total = r->total, .seconds = pot_clock() - r->start};
    if (!r->progress || r->progress(r->ctx, &p)) return POT_OK;
    return pot_fail(err, POT_E_STOPPED, "stopped while hashing the weights");
}

/* What is to be done with the part of a tensor that lies in a block: whole elements are checked,
 * so some at the edge of a block are twice. */
static void plan_tensor(struct reading *r, const pot_weight *w, pot_bytes block)
{
    const size_t size = unit(w);
    const uint8_t *a = w->t.data.p, *b = a + w->t.data.n, *end = block.p + block.n;
    const uint8_t *from = a < block.p ? block.p : a, *to = b > end ? end : b;
    if (r->sha && to > from)
        r->task[r->tasks++] =
            (struct task){.sha = &r->sha[w - r->m->weight], .p = from, .n = (size_t)(to - from)};
    if (!w->used) return;
    from -= (size_t)(from - a) % size;
    for (size_t n; from < to; from += n) {
        n = (size_t)(to - from) < PIECE ? (size_t)(to - from) : PIECE / size * size;
        r->task[r->tasks++] = (struct task){.w = w, .p = from, .n = n};
    }
}

/* The next block of a lane; its size. */
static size_t plan_block(struct reading *r, struct lane *l, size_t most)
{
    const size_t left = l->file.n - l->at;
    const pot_bytes block = {l->file.p + l->at, left < most ? left : most};
    if (!block.n) return 0;
    r->task[r->tasks++] = (struct task){.sha = &l->sha, .p = block.p, .n = block.n};
    while (l->first < l->n &&
           l->in_file[l->first]->t.data.p + l->in_file[l->first]->t.data.n <= block.p)
        l->first++;
    for (size_t i = l->first; i < l->n && l->in_file[i]->t.data.p < block.p + block.n; i++)
        plan_tensor(r, l->in_file[i], block);
    l->at += block.n;
    return block.n;
}

static pot_status begin_file(struct reading *r, struct lane *l)
{
    const pot_weight **at = r->list, **end = at + r->m->n_weights;
    l->index = r->next++;
    l->file = r->m->map[l->index].bytes;
    while (at < end && (*at)->file < l->index)
        at++;
    l->in_file = at;
    while (at < end && (*at)->file == l->index)
        at++;
    l->n = (size_t)(at - l->in_file);
    l->at = l->first = 0;
    return pot_sha256_begin(&l->sha, r->err);
}

/* A lane whose file is read takes the next one. */
static pot_status turn_lane(struct reading *r, struct lane *l)
{
    if (l->sha.ctx) {
        pot_model_file *f = &r->m->weights[l->index];
        POT_TRY(pot_sha256_end(&l->sha, f->sha256, r->err));
        f->hashed = true;
    }
    return r->next < r->m->facts.n_weights ? begin_file(r, l) : POT_OK;
}

/* One block of each lane, at most BLOCK in all; *n is what was read. */
static pot_status run_round(struct reading *r, size_t *n)
{
    *n = r->tasks = 0;
    for (size_t i = 0; i < r->lanes; i++) {
        struct lane *l = &r->lane[i];
        if (l->at == l->file.n) POT_TRY(turn_lane(r, l));
        *n += plan_block(r, l, BLOCK / r->lanes);
    }
    pot_pool_run(r->pool, run_task, r->task, (unsigned)r->tasks);
    for (size_t i = 0; i < r->tasks; i++) {
        if (r->task[i].bad) return refuse_special(r->m, r->task[i].w, r->err);
        if (r->task[i].status != POT_OK)
            return pot_fail(r->err, r->task[i].status, "SHA-256 failed; run again");
    }
    r->report->done += (double)*n;
    return *n ? tell(r->report, r->err) : POT_OK;
}

static pot_status end_tensors(struct reading *r)
{
    for (size_t i = 0; r->sha && i < r->m->n_weights; i++) {
        POT_TRY(pot_sha256_end(&r->sha[i], r->m->tensor[i].sha256, r->err));
        r->m->tensor[i].hashed = true;
    }
    return POT_OK;
}

static pot_status read_all(struct reading *r)
{
    const pot_model *m = r->m;
    size_t done;
    for (size_t i = 0; i < m->n_weights; i++) {
        r->list[i] = &m->weight[i];
        if (r->sha) POT_TRY(pot_sha256_begin(&r->sha[i], r->err));
    }
    qsort(r->list, m->n_weights, sizeof *r->list, by_place);
    do {
        POT_TRY(run_round(r, &done));
    } while (done);
    return end_tensors(r);
}

/* Digest of the model: over the raw digests of its files, which are sorted by name. */
static pot_status hash_digests(pot_model *m, pot_error *err)
{
    pot_buf all = POT_BUF(m->facts.n_weights * POT_SHA256_SIZE);
    for (size_t i = 0; i < m->facts.n_weights; i++)
        pot_buf_add(&all, m->weights[i].sha256, POT_SHA256_SIZE);
    pot_status s = pot_buf_status(&all, err);
    if (s == POT_OK)
        s = pot_sha256(m->facts.weights_sha256, (pot_bytes){(uint8_t *)all.p, all.n}, err);
    pot_buf_free(&all);
    return s;
}

static pot_status check_tied_copy(const pot_model *m, pot_error *err)
{
    const pot_weight *w = m->tied_copy;
    if (!w || memcmp(w->t.data.p, m->slot[POT_EMBED].w->t.data.p, w->t.data.n) == 0) return POT_OK;
    pot_fail_at(err, POT_E_FORMAT, w->t.name,
                "differs from the embedding, and tie_word_embeddings says that they are one");
    return pot_fail_in(err, POT_E_FORMAT, m->dir);
}

/* Space for all that a round can do: each lane has a file, each tensor a digest and at most two
 * pieces that are not whole, and whole pieces fill the block. */
static pot_status reserve(struct reading *r, bool tensors)
{
    const size_t n = r->m->n_weights, threads = pot_pool_threads(r->pool),
                 files = r->m->facts.n_weights;
    r->lanes = files < threads ? files : threads;
    if (r->lanes > MOST_LANES) r->lanes = MOST_LANES;
    r->lane = pot_mem_new(r->lanes, sizeof *r->lane);
    r->list = pot_mem_new(n + 1, sizeof *r->list);
    r->task = pot_mem_new(2 * r->lanes + 3 * n + 2 * BLOCK / PIECE, sizeof *r->task);
    if (tensors) r->sha = pot_mem_new(n + 1, sizeof *r->sha);
    return r->lane && r->list && r->task && (r->sha || !tensors) ? POT_OK : pot_fail_mem(r->err);
}

static void release(struct reading *r)
{
    for (size_t i = 0; r->lane && i < r->lanes; i++)
        pot_sha256_drop(&r->lane[i].sha);
    for (size_t i = 0; r->sha && i < r->m->n_weights; i++)
        pot_sha256_drop(&r->sha[i]);
    pot_mem_free(r->lane);
    pot_mem_free(r->list);
    pot_mem_free(r->task);
    pot_mem_free(r->sha);
}

static pot_status hash(pot_model *m, bool tensors, unsigned threads, pot_progress_fn *progress,
                       void *ctx, pot_error *err)
{
    struct report report = {.progress = progress, .ctx = ctx, .start = pot_clock()};
    struct reading r = {.m = m, .report = &report, .err = err};
    for (size_t i = 0; i < m->facts.n_weights; i++)
        report.total += (double)m->weights[i].size;
    pot_status s = pot_pool_open(&r.pool, threads, err);
    if (s == POT_OK) s = reserve(&r, tensors);
    if (s == POT_OK) s = read_all(&r);
    if (s == POT_OK) s = check_tied_copy(m, err);
    if (s == POT_OK) s = hash_digests(m, err);
    m->facts.hashed = s == POT_OK;
    release(&r);
    pot_pool_close(&r.pool);
    return s;
}

pot_status pot_model_hash(pot_model *m, unsigned threads, pot_progress_fn *progress, void *ctx,
                          pot_error *err)
{
    return hash(m, false, threads, progress, ctx, err);
}

pot_status pot_model_hash_tensors(pot_model *m, unsigned threads, pot_progress_fn *progress,
                                  void *ctx, pot_error *err)
{
    return hash(m, true, threads, progress, ctx, err);
}
