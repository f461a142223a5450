/* One pass over every weight: SHA-256 of the files, and no NaN or infinity in a tensor that
 * the model uses. */
#include "base/clock.h"
#include "base/fail.h"
#include "base/pool.h"
#include "crypto/sha256.h"
#include "model/model.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)32 << 20) /* hashed and checked together, while it is in memory */
#define PIECE ((size_t)1 << 20)  /* one part of the check */

struct job {
    pot_sha256_state *sha; /* of the file */
    pot_bytes block;
    const pot_weight *const *in_block; /* [n] tensors that reach into the block */
    size_t n;
    pot_status status;
    pot_error *err;
    _Atomic size_t bad; /* lowest tensor with a bad element, n if none */
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

/* Part 0 hashes the block; the others check PIECE bytes each. */
static void run_part(void *ctx, unsigned part, unsigned thread)
{
    struct job *j = ctx;
    (void)thread;
    if (part == 0) {
        j->status = pot_sha256_add(j->sha, j->block, j->err);
        return;
    }
    const uint8_t *from = j->block.p + (part - 1) * PIECE, *to = j->block.p + j->block.n;
    if ((size_t)(to - from) > PIECE) to = from + PIECE;
    for (size_t i = 0; i < j->n; i++) {
        const pot_weight *w = j->in_block[i];
        const size_t size = unit(w);
        const uint8_t *a = w->t.data.p, *b = a + w->t.data.n;
        if (b <= from || a >= to) continue;
        if (a < from) a = from - (size_t)(from - a) % size; /* whole elements; some twice */
        if (b > to) b = to;
        if (has_special(a, (size_t)(b - a), w))
            for (size_t old = j->bad; i < old && !atomic_compare_exchange_weak(&j->bad, &old, i);) {
            }
    }
}

static int by_place(const void *a, const void *b)
{
    const pot_weight *x = *(const pot_weight *const *)a, *y = *(const pot_weight *const *)b;
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

/* Hash file f and check the tensors list[0..n) of it, which are in order of place. */
static pot_status hash_file(pot_model *m, size_t f, const pot_weight *const *list, size_t n,
                            pot_pool *pool, struct report *r, pot_error *err)
{
    const pot_bytes file = m->map[f].bytes;
    pot_sha256_state sha = {0};
    size_t first = 0;
    pot_status s;
    POT_GO(s, pot_sha256_begin(&sha, err));
    for (size_t at = 0; at < file.n; at += BLOCK) {
        const pot_bytes block = {file.p + at, file.n - at < BLOCK ? file.n - at : BLOCK};
        while (first < n && list[first]->t.data.p + list[first]->t.data.n <= block.p)
            first++;
        struct job j = {.sha = &sha,
                        .block = block,
                        .in_block = list + first,
                        .n = n - first,
                        .err = err,
                        .bad = n - first};
        pot_pool_run(pool, run_part, &j, 1 + (unsigned)((block.n + PIECE - 1) / PIECE));
        POT_GO(s, j.status);
        if (j.bad < j.n) POT_GO(s, refuse_special(m, list[first + j.bad], err));
        r->done += (double)block.n;
        POT_GO(s, tell(r, err));
    }
    s = pot_sha256_end(&sha, m->weights[f].sha256, err);
    m->weights[f].hashed = s == POT_OK;
    return s;
out:
    pot_sha256_drop(&sha);
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

static pot_status check_tied_copy(const pot_model *m, pot_error *err)
{
    const pot_weight *w = m->tied_copy;
    if (!w || memcmp(w->t.data.p, m->slot[POT_EMBED].w->t.data.p, w->t.data.n) == 0) return POT_OK;
    pot_fail_at(err, POT_E_FORMAT, w->t.name,
                "differs from the embedding, and tie_word_embeddings says that they are one");
    return pot_fail_in(err, POT_E_FORMAT, m->dir);
}

static pot_status hash_all(pot_model *m, const pot_weight **list, pot_pool *pool, struct report *r,
                           pot_error *err)
{
    for (size_t f = 0; f < m->facts.n_weights; f++) {
        size_t n = 0;
        for (size_t i = 0; i < m->n_weights; i++)
            if (m->weight[i].used && m->weight[i].file == f) list[n++] = &m->weight[i];
        if (n) qsort(list, n, sizeof *list, by_place);
        POT_TRY(hash_file(m, f, list, n, pool, r, err));
    }
    POT_TRY(check_tied_copy(m, err));
    return hash_digests(m, err);
}

pot_status pot_model_hash(pot_model *m, unsigned threads, pot_progress_fn *progress, void *ctx,
                          pot_error *err)
{
    struct report r = {.progress = progress, .ctx = ctx, .start = pot_clock()};
    pot_pool *pool = NULL;
    const pot_weight **list = pot_mem_new(m->n_weights + 1, sizeof *list);
    pot_status s = list ? POT_OK : pot_fail_mem(err);
    for (size_t i = 0; i < m->facts.n_weights; i++)
        r.total += (double)m->weights[i].size;
    if (s == POT_OK) s = pot_pool_open(&pool, threads, err);
    if (s == POT_OK) s = hash_all(m, list, pool, &r, err);
    m->facts.hashed = s == POT_OK;
    pot_pool_close(&pool);
    pot_mem_free(list);
    return s;
}
