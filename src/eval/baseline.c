#include "eval/baseline.h"

#include "base/fail.h"
#include "base/mem.h"
#include "eval/distance.h"
#include "eval/server.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <pot/generate.h>

#define TEXT_TOKENS   32   /* that each model writes for a prompt */
#define MOST_RATIO    0.01 /* of perplexities, as a logarithm */
#define MOST_DISTANCE 0.01
#define MOST_KLD      0.07 /* nats */
#define TWO_SIDED_95  1.96
#define NEVER         1e-300 /* an alpha that no bet reaches: all prompts are put */

static const pot_baseline_rule rules[POT_BASELINES] = {
    {"greedy texts",
     "SAME if all texts of 32 tokens, the most probable each time, are equal byte by byte",
     "the usual spot check at temperature 0; no tolerance for it is published",
     {"share of equal texts", "share of equal tokens"}},
    {"perplexity",
     "SAME if |ln(PPL of CAND / PPL of REF)| <= 0.01",
     "between what llama.cpp measured for Q6_K (0.2 to 0.4 %) and Q4_K_M (1.4 to 2.8 %), its pull "
     "request 6936",
     {"ln(PPL of CAND / PPL of REF)", NULL}},
    {"value digests",
     "SAME if the digests of all weights are equal in any container",
     "docs/format/weights.md",
     {"equal", NULL}},
    {"weight distance",
     "SAME if |A - B| <= 0.01 |A| over all weights; other shapes are DIFFERENT",
     "our choice, since none is published: rounding to BF16 is 0.002, to 8 bits about 0.01",
     {"|A - B| / |A|", NULL}},
    {"mean KLD",
     "SAME if mean + 1.96 errors <= 0.07 nats per token, DIFFERENT if mean - 1.96 errors > 0.07",
     "the error that llama-perplexity prints, which takes tokens for independent; 0.07 nats are a "
     "mean TV of 0.10 by the guide of docs/statistics.md",
     {"mean", "error"}},
};

const pot_baseline_rule *pot_baseline_rule_of(pot_baseline b)
{
    return b < POT_BASELINES ? &rules[b] : NULL;
}

pot_decision pot_baseline_decide(pot_baseline b, const double f[2])
{
    bool same = false;
    switch (b) {
    case POT_GREEDY_TEXTS:
        same = f[0] >= 1;
        break;
    case POT_PERPLEXITIES:
        same = fabs(f[0]) <= MOST_RATIO;
        break;
    case POT_VALUE_DIGESTS:
        same = f[0] > 0;
        break;
    case POT_WEIGHT_DISTANCE:
        same = f[0] <= MOST_DISTANCE;
        break;
    case POT_MEAN_KLD:
        if (f[0] + TWO_SIDED_95 * f[1] <= MOST_KLD) return POT_SAME;
        return f[0] - TWO_SIDED_95 * f[1] > MOST_KLD ? POT_DIFFERENT : POT_UNDECIDED;
    case POT_BASELINES:
    default:
        return POT_UNDECIDED;
    }
    return same ? POT_SAME : POT_DIFFERENT;
}

double pot_token_match(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
    const size_t less = n < m ? n : m, more = n < m ? m : n;
    size_t equal = 0;
    for (size_t i = 0; i < less; i++)
        equal += a[i] == b[i];
    return more ? (double)equal / (double)more : 1;
}

void pot_mean_error(const double *x, size_t n, double *mean, double *error)
{
    double sum = 0, square = 0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i];
        square += x[i] * x[i];
    }
    *mean = n ? sum / (double)n : (double)NAN;
    const double variance = n ? square / (double)n - *mean * *mean : 0;
    *error = n > 1 ? sqrt((variance > 0 ? variance : 0) / (double)(n - 1)) : (double)INFINITY;
}

/* One pair at work. */
typedef struct {
    const pot_baseline_how *how;
    pot_verify *v;      /* owned */
    pot_server *server; /* owned; NULL: nothing stands between */
    double *kl;         /* owned: of all positions */
    size_t n, room;
} pair;

static void set(pot_baseline_result *out, pot_baseline b, double x, double y, unsigned queries,
                pot_cost cost)
{
    *out = (pot_baseline_result){.done = true,
                                 .figure = {x, y},
                                 .queries = queries,
                                 .seconds = cost.seconds,
                                 .cpu_seconds = cost.cpu_seconds,
                                 .joules = cost.joules};
    out->decision = pot_baseline_decide(b, out->figure);
}

/* ---- texts ----------------------------------------------------------------------------------- */

typedef struct {
    pot_prompt *prompt; /* [n], ids in `ids` */
    uint32_t *ids;
    pot_completion *out;
    size_t room;
} texts;

static void texts_close(texts t[2], size_t n)
{
    for (int s = 0; s < 2; s++) {
        if (t[s].out) pot_completions_free(t[s].out, n);
        pot_mem_free(t[s].out);
        pot_mem_free(t[s].prompt);
        pot_mem_free(t[s].ids);
    }
}

static pot_status texts_open(texts t[2], size_t n, pot_error *err)
{
    for (int s = 0; s < 2; s++) {
        t[s].prompt = pot_mem_new(n, sizeof *t[s].prompt);
        t[s].ids = pot_mem_raw(n * POT_MOST_IDS, sizeof *t[s].ids);
        t[s].out = pot_mem_new(n, sizeof *t[s].out);
        if (!t[s].prompt || !t[s].ids || !t[s].out) return pot_fail_mem(err);
    }
    return POT_OK;
}

/* The ids of all prompts, as each model reads them. */
static pot_status make_prompts(const pair *p, texts t[2], pot_error *err)
{
    pot_question *q = pot_mem_new(1, sizeof *q);
    pot_status st = q ? POT_OK : pot_fail_mem(err);
    for (size_t i = 0; st == POT_OK && i < p->how->prompts; i++) {
        st = pot_question_make(p->v, q, i, err);
        for (int s = 0; st == POT_OK && s < 2; s++) {
            const pot_tokens *ids = s ? &q->cand : &q->ref;
            uint32_t *to = t[s].ids + i * POT_MOST_IDS;
            memcpy(to, ids->id, ids->n * sizeof *to);
            t[s].prompt[i] = (pot_prompt){to, ids->n};
        }
    }
    if (q) {
        pot_tokens_free(&q->ref);
        pot_tokens_free(&q->cand);
    }
    pot_mem_free(q);
    return st;
}

static bool going(void *ctx)
{
    const pot_baseline_how *how = ctx;
    const pot_progress p = {.what = "baselines"};
    return !how->progress || how->progress(how->ctx, &p);
}

static pot_status write_texts(const pair *p, int side, texts *t, pot_error *err)
{
    const pot_model *m = p->v->party[side].model;
    uint32_t end[POT_MOST_END_IDS];
    pot_generate_options how = {.max_tokens = TEXT_TOKENS,
                                .top_p = 1,
                                .end = end,
                                .compute = p->how->compute,
                                .ask = going,
                                .ctx = (void *)(uintptr_t)p->how};
    how.compute.max_memory = 0;
    POT_TRY(pot_model_end_ids(m, end, &how.n_end, err));
    return pot_generate(m, t->out, t->prompt, p->how->prompts, &how, err);
}

/* Byte by byte, as each model's own tokenizer spells them. */
static pot_status count_equal(const pair *p, const texts t[2], double *equal, double *tokens,
                              pot_error *err)
{
    const pot_tokenizer *own[2] = {p->v->party[0].tokenizer, p->v->party[1].tokenizer};
    pot_decoded text[2] = {{0}};
    pot_status st = POT_OK;
    *equal = *tokens = 0;
    for (size_t i = 0; st == POT_OK && i < p->how->prompts; i++) {
        const pot_completion *a = &t[0].out[i], *b = &t[1].out[i];
        st = pot_tokenizer_decode(own[0], &text[0], a->id, a->n, true, err);
        if (st == POT_OK)
            st = pot_tokenizer_decode(own[1] ? own[1] : own[0], &text[1], b->id, b->n, true, err);
        *equal += text[0].n == text[1].n && memcmp(text[0].p, text[1].p, text[0].n) == 0;
        *tokens += pot_token_match(a->id, a->n, b->id, b->n);
    }
    pot_decoded_free(&text[0]);
    pot_decoded_free(&text[1]);
    *equal /= p->how->prompts;
    *tokens = p->v->comparison == POT_BY_TOKENS ? *tokens / p->how->prompts : (double)NAN;
    return st;
}

static pot_status measure_texts(pair *p, pot_baseline_result *out, pot_error *err)
{
    texts t[2] = {{0}};
    double equal = 0, tokens = 0;
    const pot_cost before = pot_cost_now();
    pot_status s;
    POT_GO(s, texts_open(t, p->how->prompts, err));
    POT_GO(s, make_prompts(p, t, err));
    POT_GO(s, write_texts(p, 0, &t[0], err));
    POT_GO(s, write_texts(p, 1, &t[1], err));
    POT_GO(s, count_equal(p, t, &equal, &tokens, err));
    set(&out[POT_GREEDY_TEXTS], POT_GREEDY_TEXTS, equal, tokens, p->how->prompts,
        pot_cost_since(before));
out:
    texts_close(t, p->how->prompts);
    return s;
}

/* ---- weights --------------------------------------------------------------------------------- */

static pot_status measure_digests(pair *p, pot_baseline_result *out, pot_error *err)
{
    const pot_cost before = pot_cost_now();
    for (int i = 0; i < 2; i++)
        POT_TRY(pot_model_digest(p->v->party[i].model, p->how->compute.threads, p->how->progress,
                                 p->how->ctx, err));
    const bool same = memcmp(pot_model_info(p->v->party[0].model)->values_sha256,
                             pot_model_info(p->v->party[1].model)->values_sha256, 32) == 0;
    set(&out[POT_VALUE_DIGESTS], POT_VALUE_DIGESTS, same, (double)NAN, 0, pot_cost_since(before));
    return POT_OK;
}

static pot_status measure_distance(pair *p, pot_baseline_result *out, pot_error *err)
{
    double distance;
    const pot_cost before = pot_cost_now();
    POT_TRY(pot_weight_distance(&distance, p->v->party[0].model, p->v->party[1].model,
                                &p->how->compute, err));
    set(&out[POT_WEIGHT_DISTANCE], POT_WEIGHT_DISTANCE, distance, (double)NAN, 0,
        pot_cost_since(before));
    return POT_OK;
}

/* ---- scores ---------------------------------------------------------------------------------- */

static pot_status note_scores(void *ctx, const pot_record *r, pot_error *err)
{
    pair *p = ctx;
    if (p->n + r->n > p->room) {
        double *more = pot_mem_grow(p->kl, 2 * (p->n + r->n), sizeof *more);
        if (!more) return pot_fail_mem(err);
        p->kl = more;
        p->room = 2 * (p->n + r->n);
    }
    for (size_t i = 0; i < r->n; i++)
        p->kl[p->n++] = (double)r->position[i].kl;
    return POT_OK;
}

/* Both from one pass over all prompts, which each of them would take alone. */
static pot_status measure_scores(pair *p, pot_baseline_result *out, pot_error *err)
{
    pot_rule rule = p->v->decider.rule;
    double mean, error;
    const pot_cost before = pot_cost_now();
    rule.alpha = NEVER;
    rule.n_min = rule.n_max = p->how->prompts;
    POT_TRY(pot_decider_init(&p->v->decider, &rule, POT_FAMILIES));
    pot_verify_listen(p->v, note_scores, p);
    if (p->how->serving)
        POT_TRY(pot_server_open(&p->server, p->how->serving, p->how->other, p->v, err));
    POT_TRY(pot_verify_run(p->v, err));
    const pot_verdict *r = pot_verify_verdict(p->v);
    const pot_cost cost = pot_cost_since(before);
    set(&out[POT_PERPLEXITIES], POT_PERPLEXITIES, log(r->cand.perplexity / r->ref.perplexity),
        (double)NAN, p->how->prompts, cost);
    if (p->v->comparison != POT_BY_TOKENS) {
        snprintf(out[POT_MEAN_KLD].why, sizeof out[POT_MEAN_KLD].why,
                 "the tokenizers differ: there is no KL between laws of other tokens");
        return POT_OK;
    }
    pot_mean_error(p->kl, p->n, &mean, &error);
    set(&out[POT_MEAN_KLD], POT_MEAN_KLD, mean, error, p->how->prompts, cost);
    return POT_OK;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static const struct {
    pot_status (*measure)(pair *p, pot_baseline_result *out, pot_error *err);
    pot_baseline fills[2];
    bool served; /* it sees what a serving does */
} steps[] = {
    {measure_digests, {POT_VALUE_DIGESTS, POT_VALUE_DIGESTS}, false},
    {measure_distance, {POT_WEIGHT_DISTANCE, POT_WEIGHT_DISTANCE}, false},
    {measure_texts, {POT_GREEDY_TEXTS, POT_GREEDY_TEXTS}, false},
    {measure_scores, {POT_PERPLEXITIES, POT_MEAN_KLD}, true},
};

static void refuse(pot_baseline_result *r, const pot_error *why)
{
    char text[1024];
    pot_error_text(why, text, sizeof text);
    *r = (pot_baseline_result){0};
    snprintf(r->why, sizeof r->why, "%.390s", text);
}

pot_status pot_baselines_measure(pot_baseline_result out[POT_BASELINES],
                                 const pot_baseline_how *how, pot_error *err)
{
    pair p = {.how = how};
    const pot_verify_options o = {.ref = how->ref,
                                  .cand = how->cand,
                                  .mode = POT_AUDIT,
                                  .key = how->key,
                                  .run_id = how->run_id,
                                  .compute = how->compute,
                                  .progress = how->progress,
                                  .ctx = how->ctx};
    pot_error own = {0};
    const pot_status opened = pot_verify_open(&p.v, &o, &own);
    pot_status s = opened;
    memset(out, 0, POT_BASELINES * sizeof *out);
    for (size_t i = 0; s != POT_E_STOPPED && i < sizeof steps / sizeof *steps; i++) {
        if (how->serving && !steps[i].served) {
            out[steps[i].fills[0]].skipped = true;
            continue;
        }
        if (opened == POT_OK) {
            own = (pot_error){0};
            s = steps[i].measure(&p, out, &own);
        }
        for (int k = 0; s != POT_OK && k < 2; k++)
            refuse(&out[steps[i].fills[k]], &own);
    }
    pot_server_close(&p.server);
    pot_verify_close(&p.v);
    pot_mem_free(p.kl);
    if (s != POT_E_STOPPED) return POT_OK;
    if (err) *err = own;
    return s;
}
