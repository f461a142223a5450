/* Log-probabilities of one text under one model. */
#include "base/fail.h"
#include "base/fpenv.h"
#include "base/math64.h"
#include "engine/engine.h"
#include "score/compare.h"

#include <math.h>

#include <pot/score.h>

#define BLOCK_BYTES ((size_t)64 << 20)

/* Logits block by block, never all of them. */
static pot_status score_rows(pot_engine *e, pot_pool *pool, const pot_kernels *k, float *logprob,
                             const float *hidden, pot_ids ids, pot_error *err)
{
    const size_t vocab = pot_engine_vocab(e), width = pot_engine_width(e), rows = ids.n - 1;
    size_t block = BLOCK_BYTES / (vocab * sizeof(float)), bad;
    block = block < 1 ? 1 : block > rows ? rows : block;
    float *logits = pot_mem_raw(block * vocab, sizeof *logits);
    if (!logits) return pot_fail_mem(err);
    pot_status s = POT_OK;
    for (size_t at = 0; s == POT_OK && at < rows; at += block) {
        const size_t n = rows - at < block ? rows - at : block;
        const pot_rows r = {logits, vocab, (uint32_t)vocab};
        s = pot_engine_logits(e, logits, vocab, hidden + at * width, n, err);
        if (s == POT_OK && !pot_logprobs(pool, k, logprob + 1 + at, r, ids.id + 1 + at, n, &bad))
            s = pot_fail(err, POT_E_FORMAT,
                         "the model gives NaN or infinite logits after token %zu", at + bad);
    }
    pot_mem_free(logits);
    return s;
}

static pot_status score_all(const pot_model *m, float *logprob, pot_ids ids, pot_pool *pool,
                            const pot_kernels *k, pot_error *err)
{
    pot_engine *e = NULL;
    float *hidden = NULL;
    pot_status s;
    POT_GO(s, pot_engine_open(&e, m, pool, k, err));
    POT_GO(s, pot_engine_check(e, ids, err));
    hidden = pot_mem_raw(ids.n * pot_engine_width(e), sizeof *hidden);
    POT_GO(s, hidden ? POT_OK : pot_fail_mem(err));
    POT_GO(s, pot_engine_forward(e, hidden, &ids, 1, err));
    logprob[0] = (float)NAN;
    if (ids.n > 1) s = score_rows(e, pool, k, logprob, hidden, ids, err);
out:
    pot_mem_free(hidden);
    pot_engine_close(&e);
    return pot_fail_in(err, s, pot_model_info(m)->path);
}

pot_status pot_score_ids(const pot_model *m, float *logprob, const uint32_t *id, size_t n,
                         unsigned threads, const char *kernel, pot_error *err)
{
    pot_kernels k;
    pot_pool *pool = NULL;
    if (!pot_kernels_init(&k, kernel))
        return pot_fail(err, POT_E_ARG, "there is no kernel \"%.20s\"; ref, avx2 and avx512 are",
                        kernel);
    POT_TRY(pot_pool_open(&pool, threads, err));
    const uint64_t env = pot_fp_enter();
    const pot_status s = score_all(m, logprob, (pot_ids){id, n}, pool, &k, err);
    pot_fp_leave(env);
    pot_pool_close(&pool);
    return s;
}

double pot_perplexity(const float *logprob, size_t n)
{
    double sum = 0;
    for (size_t i = 1; i < n; i++)
        sum += (double)logprob[i];
    return n < 2 ? (double)NAN : pot_exp(-sum / (double)(n - 1));
}
