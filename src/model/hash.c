/* One pass over every weight: SHA-256 of the files and, where asked for, of each tensor; and no
 * NaN or infinity in a tensor that the model uses. */
#include "base/clock.h"
#include "base/fail.h"
#include "base/pool.h"
#include "crypto/sha256.h"
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK  ((size_t)32 << 20) /* of a file, hashed and checked while it is in memory */
#define PIECE  ((size_t)1 << 20)  /* checked by one thread */
#define BEFORE ((size_t)256)      /* read before a block, for elements that begin there */

/* A file on its way through SHA-256. */
struct file {
    pot_model *m;
    size_t no;               /* of it in m->map */
    const pot_weight **list; /* owned: [n] its tensors, in order of place */
    size_t n, first;         /* the first that reaches into its block or lies behind it */
    pot_sha256_state sha;
    char *path; /* owned */
    pot_source source;
};

/* Some bytes of a file; the blocks of a step are of different files and are hashed at once. */
struct block {
    struct file *f;
    size_t step;
    uint64_t at;
    size_t size;
    const uint8_t *p;
};

/* One thing to do with bytes of a block: add them to a digest, or check them. */
struct task {
    const struct file *f;
    pot_sha256_state *sha; /* NULL: check */
    const pot_weight *w;   /* whose elements are checked */
    const uint8_t *p;
    size_t n;
    pot_status status;
    bool bad;
};

struct job {
    struct file *file; /* owned: [files] */
    size_t files;
    struct block *block; /* owned: [blocks] */
    size_t blocks, block_room;
    size_t lanes, bytes; /* blocks of a step, at most; of a block */
    struct task *task;   /* owned: [tasks], of the step in work */
    size_t tasks, task_room;
    pot_sha256_state *sha; /* owned: [tensors of the one model]; NULL: of files only */
    pot_pool *pool;        /* borrowed */
    pot_ring *ring;        /* borrowed; NULL: files are read where they are mapped */
    pot_progress_fn *progress;
    void *ctx;
    double start, done, total;
};

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
    if (type == POT_F8_E4M3) return (p[0] & 0x7f) == 0x7f;
    if (type == POT_F8_E5M2) return (p[0] & 0x7c) == 0x7c;
    for (int i = 0; i < 2; i++)
        if (pot_dtypes[type].scale[i] >= 0 && special_half(p + pot_dtypes[type].scale[i]))
            return true;
    return false;
}

/* Bytes that are checked together. */
static size_t unit(const pot_weight *w)
{
    return w->type == POT_MXFP4 && w->role ? 1 : pot_dtype_size(w->type);
}

/* The exponent, in an F32, that no element may have or exceed: of scales much less, because
 * they multiply. */
static uint32_t limit(const pot_weight *w)
{
    return w->role == POT_ROLE_SCALES ? 227u << 23 : 255u << 23;
}

/* Does a run of n bytes of w, whole elements or blocks, hold one with all exponent bits set? */
static bool has_special(const uint8_t *p, size_t n, const pot_weight *w)
{
    const pot_dtype type = w->type;
    const size_t size = pot_dtype_size(type);
    unsigned bad = 0;
    if (w->role == POT_ROLE_NIBBLES || w->role == POT_ROLE_INTS || w->role == POT_ROLE_NOTES)
        return false;
    if (w->role == POT_ROLE_POWERS) {
        for (size_t i = 0; i < n; i++)
            bad |= special_block(p + i, type);
        return bad;
    }
    if (type == POT_F32) {
        for (size_t i = 0; i + 4 <= n; i += 4) {
            uint32_t u;
            memcpy(&u, p + i, 4);
            bad |= (u & 0x7f800000u) >= limit(w);
        }
        return bad;
    }
    if (type > POT_BF16) {
        for (size_t i = 0; i + size <= n; i += size)
            bad |= special_block(p + i, type);
        return bad;
    }
    const uint16_t mask = type == POT_F16 ? 0x7c00 : 0x7f80,
                   most = type == POT_F16 ? mask : (uint16_t)(limit(w) >> 16);
    for (size_t i = 0; i + 2 <= n; i += 2) {
        uint16_t u;
        memcpy(&u, p + i, 2);
        bad |= (u & mask) >= most;
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
                "element %zu is NaN or infinite%s: no score means anything; fetch the file again",
                i / size * pot_dtypes[w->type].block,
                w->role == POT_ROLE_SCALES ? ", or 2^100 or more" : "");
    pot_fail_in(err, POT_E_FORMAT, path);
    return pot_fail_offset(err, POT_E_FORMAT,
                           (uint64_t)(w->t.data.p + i - m->map[w->file].bytes.p));
}

static void run_task(void *ctx, unsigned part, unsigned thread)
{
    struct task *t = (struct task *)ctx + part;
    (void)thread;
    if (t->sha) t->status = pot_sha256_add(t->sha, (pot_bytes){t->p, t->n}, NULL);
    else t->bad = has_special(t->p, t->n, t->w);
}

static int by_place(const void *a, const void *b)
{
    const pot_weight *x = *(const pot_weight *const *)a, *y = *(const pot_weight *const *)b;
    return (x->t.data.p > y->t.data.p) - (x->t.data.p < y->t.data.p);
}

static pot_status tell(const struct job *j, pot_error *err)
{
    const pot_progress p = {
        .what = "hashing", .done = j->done, .total = j->total, .seconds = pot_clock() - j->start};
    if (!j->progress || j->progress(j->ctx, &p)) return POT_OK;
    return pot_fail(err, POT_E_STOPPED, "stopped while hashing the weights");
}

static pot_status add_file(struct job *j, pot_model *m, size_t no, pot_error *err)
{
    struct file *f = &j->file[j->files++];
    char path[PATH_MAX];
    *f = (struct file){.m = m, .no = no};
    POT_TRY(pot_path_join(path, m->dir, m->weights[no].name, err));
    f->list = pot_mem_new(m->n_weights + 1, sizeof *f->list);
    f->path = pot_mem_raw(strlen(path) + 1, 1);
    if (!f->list || !f->path) return pot_fail_mem(err);
    memcpy(f->path, path, strlen(path) + 1);
    for (size_t i = 0; i < m->n_weights; i++)
        if (m->weight[i].file == no) f->list[f->n++] = &m->weight[i];
    if (f->n) qsort(f->list, f->n, sizeof *f->list, by_place);
    j->total += (double)m->map[no].bytes.n;
    return j->ring ? pot_source_open(&f->source, f->path, &m->map[no], err) : POT_OK;
}

static pot_status add_block(struct job *j, struct block x, pot_error *err)
{
    if (j->blocks == j->block_room) {
        const size_t more = 2 * j->block_room + 64;
        struct block *grown = pot_mem_grow(j->block, more, sizeof *grown);
        if (!grown) return pot_fail_mem(err);
        j->block = grown;
        j->block_room = more;
    }
    j->block[j->blocks++] = x;
    return POT_OK;
}

/* Every lane takes a block of its file in each step, and when that ends the next file. */
static pot_status plan(struct job *j, pot_error *err)
{
    struct block *lane = pot_mem_new(j->lanes, sizeof *lane);
    pot_status s = lane ? POT_OK : pot_fail_mem(err);
    size_t next = 0, busy = 1;
    for (size_t step = 0; s == POT_OK && busy; step++) {
        busy = 0;
        for (size_t i = 0; s == POT_OK && i < j->lanes; i++) {
            struct block *x = &lane[i];
            if (!x->f && next < j->files) *x = (struct block){.f = &j->file[next++]};
            if (!x->f) continue;
            const size_t left = x->f->m->map[x->f->no].bytes.n - x->at;
            x->step = step;
            x->size = left < j->bytes ? left : j->bytes;
            s = add_block(j, *x, err);
            x->at += x->size;
            if (x->size == left) x->f = NULL;
            busy++;
        }
    }
    pot_mem_free(lane);
    return s;
}

/* Space for all tasks of a step: each block has a digest, and of each tensor in it a part of a
 * digest, whole pieces and two that are not whole. */
static pot_status reserve_tasks(struct job *j, pot_error *err)
{
    j->task_room = j->lanes * (1 + j->bytes / PIECE);
    for (size_t i = 0; i < j->files; i++)
        j->task_room += 3 * j->file[i].n;
    j->task = pot_mem_new(j->task_room, sizeof *j->task);
    return j->task ? POT_OK : pot_fail_mem(err);
}

static pot_status begin_tensors(struct job *j, const pot_model *m, pot_error *err)
{
    j->sha = pot_mem_new(m->n_weights + 1, sizeof *j->sha);
    if (!j->sha) return pot_fail_mem(err);
    for (size_t i = 0; i < m->n_weights; i++)
        POT_TRY(pot_sha256_begin(&j->sha[i], err));
    return POT_OK;
}

static pot_status open_job(struct job *j, pot_model *const *m, size_t models, pot_error *err)
{
    const unsigned threads = pot_pool_threads(j->pool);
    size_t files = 0;
    for (size_t i = 0; i < models; i++)
        files += m[i]->facts.n_weights;
    j->file = pot_mem_new(files, sizeof *j->file);
    if (!j->file) return pot_fail_mem(err);
    for (size_t i = 0; i < models; i++)
        for (size_t f = 0; f < m[i]->facts.n_weights; f++)
            POT_TRY(add_file(j, m[i], f, err));
    j->lanes = files < threads ? files : threads;
    j->bytes = BLOCK;
    if (j->ring) { /* two steps fit into it */
        const size_t room = pot_ring_room(j->ring) / 2;
        while (j->lanes > 1 && room / j->lanes < PIECE)
            j->lanes--;
        j->bytes = room / j->lanes / POT_BLOCK * POT_BLOCK - 3 * POT_BLOCK;
        if (j->bytes > BLOCK / 4) j->bytes = BLOCK / 4;
    }
    POT_TRY(reserve_tasks(j, err));
    return plan(j, err);
}

static void close_job(struct job *j)
{
    for (size_t i = 0; i < j->files; i++) {
        pot_mem_free(j->file[i].list);
        pot_mem_free(j->file[i].path);
        pot_sha256_drop(&j->file[i].sha);
        pot_source_close(&j->file[i].source);
    }
    for (size_t i = 0; j->sha && i < j->file[0].m->n_weights; i++)
        pot_sha256_drop(&j->sha[i]);
    pot_mem_free(j->file);
    pot_mem_free(j->block);
    pot_mem_free(j->task);
    pot_mem_free(j->sha);
}

/* Bytes that are read with a block: some before it, for elements that begin there. */
static pot_range range_of(struct block *x)
{
    const size_t before = x->at < BEFORE ? (size_t)x->at : BEFORE;
    return (pot_range){.file = &x->f->source, .at = x->at - before, .n = x->size + before};
}

/* Where the block lies by now; its file begins with it, perhaps. */
static pot_status fetch(struct job *j, struct block *x, pot_error *err)
{
    struct file *f = x->f;
    const pot_bytes file = f->m->map[f->no].bytes;
    if (x->at == 0) POT_TRY(pot_sha256_begin(&f->sha, err));
    while (f->first < f->n &&
           (uint64_t)(f->list[f->first]->t.data.p - file.p) + f->list[f->first]->t.data.n <= x->at)
        f->first++;
    if (!j->ring) x->p = file.p + x->at;
    else {
        POT_TRY(pot_ring_next(j->ring, &x->p, err));
        x->p += x->at < BEFORE ? (size_t)x->at : BEFORE;
    }
    return POT_OK;
}

/* What is to be done with the part of a tensor that lies in a block: whole elements are checked,
 * so some at the edge of a block are twice. */
static void plan_tensor(struct job *j, const struct block *x, const pot_weight *w)
{
    const struct file *f = x->f;
    const pot_model *m = f->m;
    const size_t size = unit(w);
    const uint64_t a = (uint64_t)(w->t.data.p - m->map[f->no].bytes.p), end = x->at + x->size;
    uint64_t from = a < x->at ? x->at : a, to = a + w->t.data.n < end ? a + w->t.data.n : end;
    if (j->sha && to > from)
        j->task[j->tasks++] = (struct task){.f = f,
                                            .sha = &j->sha[w - m->weight],
                                            .p = x->p + (from - x->at),
                                            .n = (size_t)(to - from)};
    if (!w->used) return;
    from -= (from - a) % size;
    for (size_t n; from < to; from += n) {
        n = to - from < PIECE ? (size_t)(to - from) : PIECE / size * size;
        const uint8_t *p = from < x->at ? x->p - (x->at - from) : x->p + (from - x->at);
        j->task[j->tasks++] = (struct task){.f = f, .w = w, .p = p, .n = n};
    }
}

static void plan_block(struct job *j, const struct block *x)
{
    struct file *f = x->f;
    const uint8_t *end = f->m->map[f->no].bytes.p + x->at + x->size;
    j->task[j->tasks++] = (struct task){.f = f, .sha = &f->sha, .p = x->p, .n = x->size};
    for (size_t i = f->first; i < f->n && f->list[i]->t.data.p < end; i++)
        plan_tensor(j, x, f->list[i]);
}

/* A block is done; the digest of its file, if it is the last. */
static pot_status finish(struct job *j, struct block *x, pot_error *err)
{
    struct file *f = x->f;
    pot_model_file *out = &f->m->weights[f->no];
    if (j->ring) pot_ring_drop(j->ring);
    j->done += (double)x->size;
    if (x->at + x->size < f->m->map[f->no].bytes.n) return POT_OK;
    POT_TRY(pot_sha256_end(&f->sha, out->sha256, err));
    out->hashed = true;
    return POT_OK;
}

/* The blocks of the step that begins with block i; *count of them. */
static pot_status run_step(struct job *j, size_t i, size_t *count, pot_error *err)
{
    struct block *now = &j->block[i];
    *count = j->tasks = 0;
    while (i + *count < j->blocks && now[*count].step == now->step) {
        POT_TRY(fetch(j, &now[*count], err));
        plan_block(j, &now[(*count)++]);
    }
    pot_pool_run(j->pool, run_task, j->task, (unsigned)j->tasks);
    for (size_t k = 0; k < j->tasks; k++) {
        if (j->task[k].bad) return refuse_special(j->task[k].f->m, j->task[k].w, err);
        if (j->task[k].status != POT_OK) return pot_fail_mem(err);
    }
    for (size_t k = 0; k < *count; k++)
        POT_TRY(finish(j, &now[k], err));
    return POT_OK;
}

static pot_status run_steps(struct job *j, pot_error *err)
{
    for (size_t i = 0, count; i < j->blocks; i += count) {
        POT_TRY(tell(j, err));
        POT_TRY(run_step(j, i, &count, err));
    }
    return tell(j, err);
}

/* The steps, with the blocks from the files or through the ring. */
static pot_status read_all(struct job *j, pot_error *err)
{
    if (!j->ring) return run_steps(j, err);
    pot_range *list = pot_mem_raw(j->blocks, sizeof *list);
    if (!list) return pot_fail_mem(err);
    for (size_t i = 0; i < j->blocks; i++)
        list[i] = range_of(&j->block[i]);
    pot_status s = pot_ring_start(j->ring, list, j->blocks, err);
    if (s == POT_OK) s = pot_ring_allow(j->ring, j->blocks, err);
    if (s == POT_OK) s = run_steps(j, err);
    pot_ring_stop(j->ring);
    pot_mem_free(list);
    return s;
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

pot_status pot_model_set_digests(pot_model *m, const uint8_t (*sha256)[32], pot_error *err)
{
    for (size_t i = 0; i < m->facts.n_weights; i++) {
        memcpy(m->weights[i].sha256, sha256[i], POT_SHA256_SIZE);
        m->weights[i].hashed = true;
    }
    POT_TRY(hash_digests(m, err));
    m->facts.hashed = true;
    return POT_OK;
}

static pot_status check_tied_copy(const pot_model *m, pot_error *err)
{
    const pot_weight *w = m->tied_copy, *embed = m->slot[POT_EMBED].w;
    for (size_t at = 0, n; w && at < w->t.data.n; at += n) {
        n = w->t.data.n - at < BLOCK ? w->t.data.n - at : BLOCK;
        const bool same = memcmp(w->t.data.p + at, embed->t.data.p + at, n) == 0;
        pot_map_rest(&m->map[w->file]);
        pot_map_rest(&m->map[embed->file]);
        if (same) continue;
        pot_fail_at(err, POT_E_FORMAT, w->t.name,
                    "differs from the embedding, and tie_word_embeddings says that they are one");
        return pot_fail_in(err, POT_E_FORMAT, m->dir);
    }
    return POT_OK;
}

static pot_status end_tensors(const struct job *j, pot_model *m, pot_error *err)
{
    for (size_t i = 0; j->sha && i < m->n_weights; i++) {
        POT_TRY(pot_sha256_end(&j->sha[i], m->tensor[i].sha256, err));
        m->tensor[i].hashed = true;
    }
    return POT_OK;
}

static pot_status run(struct job *j, pot_model *const *m, size_t n, bool tensors, pot_error *err)
{
    j->start = pot_clock();
    for (size_t i = 0; i < n; i++)
        m[i]->facts.hashed = false;
    pot_status s = open_job(j, m, n, err);
    if (s == POT_OK && tensors) s = begin_tensors(j, m[0], err);
    if (s == POT_OK) s = read_all(j, err);
    if (s == POT_OK && tensors) s = end_tensors(j, m[0], err);
    close_job(j);
    for (size_t i = 0; s == POT_OK && i < n; i++) {
        s = check_tied_copy(m[i], err);
        if (s == POT_OK) s = hash_digests(m[i], err);
        m[i]->facts.hashed = s == POT_OK;
    }
    return s;
}

pot_status pot_models_hash(pot_model *const *m, size_t n, pot_pool *pool, pot_ring *ring,
                           pot_progress_fn *progress, void *ctx, pot_error *err)
{
    struct job j = {.pool = pool, .ring = ring, .progress = progress, .ctx = ctx};
    return run(&j, m, n, false, err);
}

static pot_status hash_one(pot_model *m, bool tensors, unsigned threads, pot_progress_fn *progress,
                           void *ctx, pot_error *err)
{
    struct job j = {.progress = progress, .ctx = ctx};
    POT_TRY(pot_pool_open(&j.pool, threads, err));
    const pot_status s = run(&j, &m, 1, tensors, err);
    pot_pool_close(&j.pool);
    return s;
}

pot_status pot_model_hash(pot_model *m, unsigned threads, pot_progress_fn *progress, void *ctx,
                          pot_error *err)
{
    return hash_one(m, false, threads, progress, ctx, err);
}

pot_status pot_model_hash_tensors(pot_model *m, unsigned threads, pot_progress_fn *progress,
                                  void *ctx, pot_error *err)
{
    return hash_one(m, true, threads, progress, ctx, err);
}
