/* How the two models are related: the figures for the table of stat/relate.h, from the weights of
 * both and from what the run has gathered. */
#include "verify/run.h"

#include "challenge/stream.h"

#include <math.h>
#include <string.h>

#define LABEL "pot-residual-1"

/* Columns are drawn from as many stretches of the vocabulary that both have; by the key, so that
 * nobody can prepare them. */
pot_status pot_related_begin(pot_verify *v, pot_error *err)
{
    const uint32_t va = v->party[0].facts->vocab, vb = v->party[1].facts->vocab;
    uint8_t seed[POT_SHA256_SIZE];
    pot_stream stream;
    POT_TRY(pot_hmac_sha256(seed, (pot_bytes){v->key, POT_KEY_SIZE},
                            (pot_bytes){(const uint8_t *)LABEL, sizeof LABEL - 1}, err));
    pot_stream_init(&stream, seed);
    v->residual.n =
        pot_stream_pick(&stream, v->residual.column, POT_RESIDUAL_COLUMNS, va < vb ? va : vb);
    pot_wipe(seed, sizeof seed);
    const pot_status s = pot_stream_status(&stream, err);
    pot_wipe(&stream, sizeof stream);
    return s;
}

/* Rows come in order, those of a question in one block or in several. */
void pot_related_rows(pot_verify *v, pot_rows ref, pot_rows cand, size_t at, size_t n)
{
    pot_question *q = v->question;
    for (size_t i = 0; i < n; i++) {
        while (q->row + q->n <= at + i)
            q++;
        if (q->row == at + i) pot_residual_start(&v->residual);
        if (!v->position[at + i].bad_ref && !v->position[at + i].bad_cand)
            pot_residual_add(&v->residual, ref.logits + i * ref.ld, cand.logits + i * cand.ld);
        if (q->row + q->n - 1 == at + i) q->residual = pot_residual_end(&v->residual);
    }
}

void pot_related_count(pot_verify *v, const pot_residual_sums *s)
{
    for (int i = 0; i < 3; i++) {
        v->residual_sums[0][i] += (double)s->row[i];
        v->residual_sums[1][i] += (double)s->both[i];
    }
}

static double family_spread(const pot_verdict *r)
{
    double least = (double)INFINITY, most = 0;
    for (unsigned i = 0; i < r->n_families; i++) {
        least = r->family[i].kl < least ? r->family[i].kl : least;
        most = r->family[i].kl > most ? r->family[i].kl : most;
    }
    return least > 0 ? most / least : (double)NAN;
}

static void distribution_figures(const pot_verify *v, double x[POT_FIGURES])
{
    const pot_verdict *r = &v->verdict;
    if (!v->n_kl) return;
    x[POT_FIGURE_same_top] = r->top1;
    x[POT_FIGURE_same_bits] = r->identical;
    x[POT_FIGURE_tv] = r->s.tv_mean;
    x[POT_FIGURE_kl] = r->s.kl_mean;
    x[POT_FIGURE_alike] = pot_residual_correlation(v->residual_sums[0]);
    x[POT_FIGURE_residual] = pot_residual_correlation(v->residual_sums[1]);
    x[POT_FIGURE_own] = x[POT_FIGURE_residual] / x[POT_FIGURE_alike];
    x[POT_FIGURE_perplexity] = (v->party[0].log_sum - v->party[1].log_sum) / (double)v->n_kl;
    if (!(r->s.kl_mean > 0)) return;
    x[POT_FIGURE_kl_cv] = r->s.kl_cv;
    x[POT_FIGURE_kl_median] = r->kl_p50 / r->s.kl_mean;
    x[POT_FIGURE_gain] = x[POT_FIGURE_perplexity] / r->s.kl_mean;
    x[POT_FIGURE_family_spread] = family_spread(r);
}

static void fact_figures(const pot_verify *v, double x[POT_FIGURES])
{
    const pot_model_facts *a = v->party[0].facts, *b = v->party[1].facts;
    const uint8_t *t = pot_party_tokenizer(&v->party[0]).vocab_sha256,
                  *u = pot_party_tokenizer(&v->party[1]).vocab_sha256;
    x[POT_FIGURE_same_files] = v->verdict.by_digest;
    x[POT_FIGURE_same_tokenizer] = !u || (t && memcmp(t, u, 32) == 0);
    x[POT_FIGURE_same_family] = strcmp(a->arch, b->arch) == 0;
    x[POT_FIGURE_same_layers] = a->layers == b->layers;
}

static void weight_figures(const pot_verify *v, double x[POT_FIGURES])
{
    const pot_kinship *k = &v->kinship;
    const pot_kin *m = &k->median;
    x[POT_FIGURE_same_shapes] = k->same_shapes;
    x[POT_FIGURE_matrices] = (double)k->matrices;
    x[POT_FIGURE_kin] = k->kin;
    if (!k->matrices) return;
    x[POT_FIGURE_correlation] = m->correlation;
    x[POT_FIGURE_difference] = m->difference;
    x[POT_FIGURE_equal] = k->equal;
    x[POT_FIGURE_untouched] = k->untouched;
    x[POT_FIGURE_zeros] = k->zeros;
    x[POT_FIGURE_kept] = m->kept;
    x[POT_FIGURE_distinct] = fmin(m->distinct[0], m->distinct[1]);
    x[POT_FIGURE_rank] = m->rank;
    x[POT_FIGURE_same_types] = k->same_types;
    x[POT_FIGURE_precision] = m->precision;
    x[POT_FIGURE_excess] = k->excess;
    x[POT_FIGURE_even] = k->even;
}

/* Of a reference from a file there are no weights, and of classes no logits. */
static pot_access most_access(const pot_verify *v)
{
    const pot_reference_facts *f = v->verdict.saved;
    if (!f) return POT_ACCESS_WEIGHTS;
    return f->exact ? POT_ACCESS_DISTRIBUTIONS : POT_ACCESS_TOPK;
}

void pot_verify_relate(pot_verify *v)
{
    pot_verdict *r = &v->verdict;
    for (unsigned i = 0; i < POT_FIGURES; i++)
        r->figures.x[i] = (double)NAN;
    fact_figures(v, r->figures.x);
    distribution_figures(v, r->figures.x);
    if (v->kinship_known) weight_figures(v, r->figures.x);
    r->access = most_access(v);
    if (v->options.access && v->options.access < r->access) r->access = v->options.access;
    for (pot_access a = POT_ACCESS_TOPK; a < POT_ACCESSES; a++)
        pot_relate(&r->relationship[a], &r->figures, a);
}
