/* The verdict: the decision, and the figures that explain it. */
#include "verify/run.h"

#include "base/math64.h"

#include <math.h>
#include <stdlib.h>

static int by_size(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The value that a share q of the sorted x[0..n) does not exceed. */
static double percentile(const float *x, size_t n, double q)
{
    if (!n) return 0;
    size_t i = (size_t)ceil(q * (double)n);
    return (double)x[i ? i - 1 : 0];
}

static void effects(pot_verify *v)
{
    pot_verdict *r = &v->verdict;
    const double n = (double)v->n_kl;
    if (!v->n_kl) return;
    qsort(v->kl, v->n_kl, sizeof *v->kl, by_size);
    r->positions = v->n_kl;
    r->kl_p50 = percentile(v->kl, v->n_kl, 0.5);
    r->kl_p90 = percentile(v->kl, v->n_kl, 0.9);
    r->kl_p99 = percentile(v->kl, v->n_kl, 0.99);
    r->kl_max = (double)v->kl[v->n_kl - 1];
    r->top1 = (double)v->same_top / n;
    r->dp_mean = v->dp_sum / n;
    r->dp_rms = sqrt(v->dp_sum2 / n);
    r->identical = !v->differs && v->comparison == POT_BY_TOKENS;
}

static void families(pot_verify *v)
{
    pot_verdict *r = &v->verdict;
    r->n_families = v->corpus ? 1 : POT_FAMILIES;
    for (unsigned i = 0; i < r->n_families; i++) {
        pot_family_result *f = &r->family[i];
        const unsigned scored = f->n - f->failed;
        if (!scored) continue;
        f->tv /= scored;
        f->kl /= scored;
        f->top1 = (double)v->family_top[i] / (double)v->family_positions[i];
    }
}

static pot_side side(const pot_party *p, size_t positions)
{
    const pot_party_tokens t = pot_party_tokenizer(p);
    return (pot_side){
        .model = p->facts,
        .tokenizer_sha256 = t.sha256,
        .tokenizer_kind = t.kind,
        .perplexity = positions ? pot_exp(-p->log_sum / (double)positions) : (double)NAN,
    };
}

const char *pot_comparison_name(pot_comparison c)
{
    static const char *const name[] = {"tokens", "bytes", "classes"};
    return c <= POT_BY_CLASSES ? name[c] : NULL;
}

/* Laws of bytes that are near each other say nothing of those of whole tokens. */
static void claim_no_sameness(pot_verdict *r)
{
    if (r->decision == POT_SAME) r->decision = POT_UNDECIDED, r->s.strong = false;
    r->identical = false;
    r->s.classic_same = false;
    r->s.routing = 1;
}

pot_status pot_verify_conclude(pot_verify *v, pot_error *err)
{
    pot_verdict *r = &v->verdict;
    (void)err;
    effects(v);
    families(v);
    pot_views_end(v);
    r->rule = &v->decider.rule;
    pot_decider_summary(&v->decider, &r->s);
    r->decision = r->by_digest ? POT_SAME : pot_decider_decision(&v->decider);
    r->comparison = v->comparison;
    if (v->comparison == POT_BY_BYTES) claim_no_sameness(r);
    r->ref = side(&v->party[0], v->n_kl);
    r->cand = side(&v->party[1], v->n_kl);
    r->hash_seconds = v->hash_seconds;
    r->score_seconds = v->score_seconds;
    r->numerics = v->kernels.linear.profile;
    r->kernel = v->kernels.linear.name;
    r->generator = POT_GENERATOR;
    r->threads = pot_pool_threads(v->pool);
    pot_verify_relate(v);
    return POT_OK;
}
