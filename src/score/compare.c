#include "score/compare.h"

#include "base/math64.h"

#include <math.h>
#include <stdatomic.h>

/* A row of logits as a law: p_v = exp(l_v - max) rz. */
typedef struct {
    float max;       /* of the common tokens */
    double rz;       /* 1 / sum over all tokens, relative to max */
    double log_z;    /* ln of the sum over all tokens, relative to max */
    double common;   /* probability of the common tokens; exactly 1 where there are no others */
    double log_zc;   /* ln of the sum over the common tokens, relative to max */
    uint32_t argmax; /* over all tokens */
} law;

/* False if a logit is not finite. */
static bool read_law(law *out, const pot_kernels *k, const float *l, size_t common, size_t all)
{
    pot_logsum c, rest;
    pot_logsum_start(&c);
    pot_logsum_start(&rest);
    if (!k->logsum(&c, l, common, 0)) return false;
    if (!k->logsum(&rest, l + common, all - common, (uint32_t)common)) return false;
    const double zc = pot_logsum_total(&c);
    *out = (law){.max = c.max, .common = 1, .log_zc = pot_log(zc), .argmax = c.argmax};
    double z = zc;
    if (all > common) {
        z += pot_logsum_total(&rest) * pot_exp((double)rest.max - (double)c.max);
        out->common = zc / z;
        if (rest.max > c.max) out->argmax = rest.argmax;
    }
    out->rz = 1 / z;
    out->log_z = all > common ? pot_log(z) : out->log_zc;
    return true;
}

/* log p = (l - max) - log z in f64, rounded once. */
static float log_prob(const law *p, float l)
{
    return (float)(((double)l - (double)p->max) - p->log_z);
}

static pot_position compare_row(const pot_kernels *k, const float *lp, size_t np, const float *lq,
                                size_t nq, uint32_t actual)
{
    const size_t common = np < nq ? np : nq;
    law p, q;
    if (!read_law(&p, k, lp, common, np)) return (pot_position){.bad_ref = true};
    if (!read_law(&q, k, lq, common, nq)) return (pot_position){.bad_cand = true};

    const pot_divergence d = k->divergence(lp, p.max, p.rz, lq, q.max, q.rz, common);
    const double tv = 0.5 * (d.l1 + (1 - p.common) + (1 - q.common));
    /* ln(p/q) = (lp - max_p - ln zc_p) - (lq - max_q - ln zc_q), averaged over p given common */
    const double kl = d.kl / p.common + (q.log_zc - p.log_zc);
    return (pot_position){
        .tv = (float)(tv < 0   ? 0
                      : tv > 1 ? 1
                               : tv),
        .kl = (float)(kl > 0 ? kl : 0), /* rounding may leave -1e-12 */
        .lp_ref = log_prob(&p, lp[actual]),
        .lp_cand = log_prob(&q, lq[actual]),
        .top_ref = p.argmax,
        .top_cand = q.argmax,
        .same_top = p.argmax == q.argmax,
    };
}

struct compare_job {
    const pot_kernels *k;
    pot_position *out;
    pot_rows ref, cand;
    const uint32_t *actual;
};

static void compare_part(void *ctx, unsigned i, unsigned thread)
{
    const struct compare_job *j = ctx;
    (void)thread;
    j->out[i] = compare_row(j->k, j->ref.logits + i * j->ref.ld, j->ref.vocab,
                            j->cand.logits + i * j->cand.ld, j->cand.vocab, j->actual[i]);
}

void pot_compare(pot_pool *pool, const pot_kernels *k, pot_position *out, pot_rows ref,
                 pot_rows cand, const uint32_t *actual, size_t n)
{
    struct compare_job j = {.k = k, .out = out, .ref = ref, .cand = cand, .actual = actual};
    pot_pool_run(pool, compare_part, &j, (unsigned)n);
}

struct logprob_job {
    const pot_kernels *k;
    float *out;
    pot_rows rows;
    const uint32_t *actual;
    _Atomic size_t bad; /* lowest row with a logit that is not finite */
};

static void logprob_part(void *ctx, unsigned i, unsigned thread)
{
    struct logprob_job *j = ctx;
    const float *l = j->rows.logits + i * j->rows.ld;
    law p;
    (void)thread;
    if (read_law(&p, j->k, l, j->rows.vocab, j->rows.vocab)) {
        j->out[i] = log_prob(&p, l[j->actual[i]]);
        return;
    }
    for (size_t old = atomic_load(&j->bad); i < old;)
        if (atomic_compare_exchange_weak(&j->bad, &old, i)) break;
}

bool pot_logprobs(pot_pool *pool, const pot_kernels *k, float *out, pot_rows rows,
                  const uint32_t *actual, size_t n, size_t *bad)
{
    struct logprob_job j = {.k = k, .out = out, .rows = rows, .actual = actual, .bad = n};
    pot_pool_run(pool, logprob_part, &j, (unsigned)n);
    *bad = j.bad;
    return j.bad == n;
}
