/* Log-probabilities of one text under one model. */
#include "base/fail.h"
#include "base/fpenv.h"
#include "base/math64.h"
#include "base/memory.h"
#include "engine/engine.h"
#include "score/compare.h"
#include "verify/budget.h"
#include "verify/figures.h"

#include <math.h>

#include <pot/score.h>

#define READERS 2

struct scoring {
    const pot_model *m;
    pot_pool *pool;
    const pot_kernels *k;
    pot_engine *e;
    pot_ring *ring; /* NULL: the model stays in memory */
    pot_budget budget;
    float *hidden;
    bool (*ask)(void *ctx); /* NULL: nobody is asked */
    void *ask_ctx;
};

/* Logits block by block, never all of them; a head that comes from the disk in as few blocks as
 * memory allows. */
static pot_status score_rows(struct scoring *x, float *logprob, pot_ids ids, pot_error *err)
{
    const size_t vocab = pot_engine_vocab(x->e), width = pot_engine_width(x->e), rows = ids.n - 1;
    size_t block = x->budget.logits / (vocab * sizeof(float)), bad;
    block = block < 1 ? 1 : block > rows ? rows : block;
    float *logits = pot_mem_raw(block * vocab, sizeof *logits);
    if (!logits) return pot_fail_mem(err);
    pot_status s = POT_OK;
    for (size_t at = 0; s == POT_OK && at < rows; at += block) {
        const size_t n = rows - at < block ? rows - at : block;
        const pot_rows r = {logits, vocab, (uint32_t)vocab};
        s = pot_engine_logits(x->e, logits, vocab, x->hidden + at * width, n, err);
        if (s == POT_OK &&
            !pot_logprobs(x->pool, x->k, logprob + 1 + at, r, ids.id + 1 + at, n, &bad))
            s = pot_fail(err, POT_E_FORMAT,
                         "the model gives NaN or infinite logits after token %zu", at + bad);
    }
    pot_mem_free(logits);
    return s;
}

/* Stay in memory, or come from the disk? */
static pot_status place(struct scoring *x, size_t n, uint64_t max_memory, pot_error *err)
{
    const pot_model_facts *f = pot_model_info(x->m);
    const size_t fixed = pot_engine_work(x->e, 0, n);
    pot_sizes s = {.sides = 1, .rows = n, .batches = 1, .threads = pot_pool_threads(x->pool)};
    pot_side_sizes *side = &s.side[0];
    *side = (pot_side_sizes){.work = fixed,
                             .per_row = pot_engine_work(x->e, 1, n) - fixed,
                             .hidden_row = pot_engine_width(x->e) * sizeof(float),
                             .logits_row = pot_engine_vocab(x->e) * sizeof(float)};
    for (size_t i = 0; i < f->n_weights; i++)
        side->files += f->weights[i].size;
    POT_TRY(pot_engine_least_ring(x->e, x->m, &side->least_ring, err));
    s.used = pot_mem_used();
    s.most = max_memory ? max_memory : pot_memory_free() / 10 * 9;
    POT_TRY(pot_budget_plan(&x->budget, &s, err));
    if (x->budget.resident) return POT_OK;
    POT_TRY(pot_ring_open(&x->ring, x->budget.ring, READERS, err));
    pot_model_rest(x->m);
    return pot_engine_stream(x->e, x->m, x->ring, x->budget.unit, 0, err); /* it is read once */
}

static pot_status score_all(struct scoring *x, float *logprob, pot_ids ids, uint64_t max_memory,
                            pot_error *err)
{
    pot_status s;
    POT_GO(s, pot_engine_open(&x->e, x->m, x->pool, x->k, err));
    if (x->ask) pot_engine_watch(x->e, x->ask, x->ask_ctx);
    POT_GO(s, pot_engine_check(x->e, ids, err));
    POT_GO(s, place(x, ids.n, max_memory, err));
    x->hidden = pot_mem_raw(ids.n * pot_engine_width(x->e), sizeof *x->hidden);
    POT_GO(s, x->hidden ? POT_OK : pot_fail_mem(err));
    POT_GO(s, pot_engine_forward(x->e, x->hidden, &ids, 1, err));
    if (x->ring) pot_engine_rest(x->e);
    logprob[0] = (float)NAN;
    if (ids.n > 1) s = score_rows(x, logprob, ids, err);
out:
    pot_mem_free(x->hidden);
    pot_engine_close(&x->e);
    pot_ring_close(&x->ring);
    return pot_fail_in(err, s, pot_model_info(x->m)->path);
}

pot_status pot_score_watched(const pot_model *m, float *logprob, const uint32_t *id, size_t n,
                             const pot_compute *how, bool (*ask)(void *ctx), void *ctx,
                             pot_error *err)
{
    pot_kernels k;
    struct scoring x = {.m = m, .k = &k, .ask = ask, .ask_ctx = ctx};
    POT_TRY(pot_kernels_choose(&k, how, err));
    POT_TRY(pot_pool_open(&x.pool, how->threads, err));
    const uint64_t env = pot_fp_enter();
    const pot_status s = score_all(&x, logprob, (pot_ids){.id = id, .n = n}, how->max_memory, err);
    pot_fp_leave(env);
    pot_pool_close(&x.pool);
    return s;
}

pot_status pot_score_ids(const pot_model *m, float *logprob, const uint32_t *id, size_t n,
                         const pot_compute *how, pot_error *err)
{
    return pot_score_watched(m, logprob, id, n, how, NULL, NULL, err);
}

double pot_perplexity(const float *logprob, size_t n)
{
    double sum = 0;
    for (size_t i = 1; i < n; i++)
        sum += (double)logprob[i];
    return n < 2 ? (double)NAN : pot_exp(-sum / (double)(n - 1));
}
