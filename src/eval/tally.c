#include "eval/tally.h"

#include "base/fail.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The smallest value that a share q of x[0..n), sorted, does not exceed. */
static double reached(const double *x, size_t n, double q)
{
    const size_t i = (size_t)ceil(q * (double)n);
    return x[i ? i - 1 : 0];
}

static pot_spread spread(double *x, size_t n)
{
    pot_spread s = {.count = (unsigned)n};
    if (!n) return s;
    qsort(x, n, sizeof *x, by_size);
    s.median = reached(x, n, 0.5);
    s.p90 = reached(x, n, 0.9);
    for (size_t i = 0; i < n; i++)
        s.sum += x[i];
    return s;
}

/* Room for one figure of all runs. */
typedef struct {
    double *queries[3], *all, *seconds, *cpu, *joules; /* owned; queries by decision */
    size_t n[3], runs, metered;
} lists;

static void lists_close(lists *l)
{
    for (int i = 0; i < 3; i++)
        pot_mem_free(l->queries[i]);
    pot_mem_free(l->all);
    pot_mem_free(l->seconds);
    pot_mem_free(l->cpu);
    pot_mem_free(l->joules);
}

static pot_status lists_open(lists *l, size_t runs, pot_error *err)
{
    double **const each[] = {&l->queries[0], &l->queries[1], &l->queries[2], &l->all,
                             &l->seconds,    &l->cpu,        &l->joules};
    *l = (lists){0};
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        *each[i] = pot_mem_new(runs, sizeof **each[i]);
        if (!*each[i]) return lists_close(l), pot_fail_mem(err);
    }
    return POT_OK;
}

typedef struct {
    unsigned label_given, label_right, label_known;
    unsigned known_pairs, wrong_pairs;
} counts;

static void add_run(pot_tally *t, lists *l, counts *c, const pot_eval_pair *p,
                    const pot_eval_run_result *r)
{
    const pot_decision d = r->decision;
    t->found[p->truth][d]++;
    l->queries[d][l->n[d]++] = r->n;
    l->all[l->runs] = r->n;
    l->cpu[l->runs] = r->cpu_seconds;
    l->seconds[l->runs++] = r->seconds;
    if (!isnan(r->joules)) l->joules[l->metered++] = r->joules;
    if (p->label == POT_LABELS) return;
    c->label_known++;
    c->label_given += r->label != POT_ABSTAIN;
    c->label_right += r->label == p->label;
}

/* Did some run say the opposite of what is known? */
static bool wrong(const pot_eval_pair *p, const pot_eval_run_result *r)
{
    return r->done && ((p->truth == POT_TRUTH_SAME && r->decision == POT_DIFFERENT) ||
                       (p->truth == POT_TRUTH_DIFFERENT && r->decision == POT_SAME));
}

static void add_pair(pot_tally *t, lists *l, counts *c, const pot_eval_pair *p, unsigned runs)
{
    bool bad = false, done = false;
    t->pairs++;
    t->failed += p->failed;
    for (unsigned i = 0; i < runs; i++) {
        if (!p->run[i].done) continue;
        t->runs++;
        done = true;
        bad |= wrong(p, &p->run[i]);
        add_run(t, l, c, p, &p->run[i]);
    }
    if (!done || p->truth == POT_TRUTH_EITHER) return;
    c->known_pairs++;
    c->wrong_pairs += bad;
}

static void rates(pot_tally *t, const counts *c)
{
    const unsigned *same = t->found[POT_TRUTH_SAME], *different = t->found[POT_TRUTH_DIFFERENT];
    const unsigned n_same = same[POT_SAME] + same[POT_DIFFERENT] + same[POT_UNDECIDED],
                   n_different =
                       different[POT_SAME] + different[POT_DIFFERENT] + different[POT_UNDECIDED];
    t->false_same = pot_rate_of(different[POT_SAME], n_different);
    t->false_different = pot_rate_of(same[POT_DIFFERENT], n_same);
    t->undecided =
        pot_rate_of(same[POT_UNDECIDED] + different[POT_UNDECIDED], n_same + n_different);
    t->wrong_pairs = pot_rate_of(c->wrong_pairs, c->known_pairs);
    t->right_label = pot_rate_of(c->label_right, c->label_given);
    t->abstained = pot_rate_of(c->label_known - c->label_given, c->label_known);
}

/* `category` NULL: all pairs. */
static pot_status fill(pot_tally *t, const pot_evaluation *r, const char *category, pot_error *err)
{
    lists l;
    counts c = {0};
    *t = (pot_tally){.category = category};
    POT_TRY(lists_open(&l, r->pairs * r->runs, err));
    for (size_t i = 0; i < r->pairs; i++)
        if (!category || strcmp(r->pair[i].category, category) == 0)
            add_pair(t, &l, &c, &r->pair[i], r->runs);
    rates(t, &c);
    t->to_same = spread(l.queries[POT_SAME], l.n[POT_SAME]);
    t->to_different = spread(l.queries[POT_DIFFERENT], l.n[POT_DIFFERENT]);
    t->all_queries = spread(l.all, l.runs);
    t->seconds = spread(l.seconds, l.runs);
    t->cpu_seconds = spread(l.cpu, l.runs);
    t->joules = spread(l.joules, l.metered);
    lists_close(&l);
    return POT_OK;
}

static pot_status pairs(pot_evaluation *r, pot_error *err)
{
    double *n = pot_mem_new(r->runs, sizeof *n);
    if (!n) return pot_fail_mem(err);
    for (size_t i = 0; i < r->pairs; i++) {
        pot_eval_pair *p = &r->pair[i];
        size_t done = 0;
        memset(p->found, 0, sizeof p->found);
        for (unsigned k = 0; k < r->runs; k++) {
            if (!p->run[k].done) continue;
            p->found[p->run[k].decision]++;
            n[done++] = p->run[k].n;
        }
        p->challenges = spread(n, done);
    }
    pot_mem_free(n);
    return POT_OK;
}

static void labels(pot_evaluation *r)
{
    memset(r->confusion, 0, sizeof r->confusion);
    r->cached = 0;
    for (size_t i = 0; i < r->pairs; i++)
        for (unsigned k = 0; k < r->runs; k++) {
            const pot_eval_pair *p = &r->pair[i];
            if (!p->run[k].done) continue;
            r->cached += p->run[k].cached;
            if (p->label < POT_LABELS) r->confusion[p->label][p->run[k].label]++;
        }
}

pot_status pot_tally_fill(pot_evaluation *r, pot_error *err)
{
    POT_TRY(fill(&r->all, r, NULL, err));
    for (size_t i = 0; i < r->categories; i++)
        POT_TRY(fill(&r->category[i], r, r->category[i].category, err));
    labels(r);
    return pairs(r, err);
}

/* The runs of a baseline as those of an evaluation, which are counted in the same way. */
static pot_status tally_baseline(pot_evaluation *r, pot_baseline b, pot_eval_pair *pair,
                                 pot_eval_run_result *run, pot_error *err)
{
    pot_evaluation like = {.runs = 1, .pair = pair};
    for (size_t i = 0; i < r->pairs; i++) {
        const pot_baseline_result *from = &r->pair[i].baseline[b];
        if (from->skipped) continue;
        run[i] = (pot_eval_run_result){.done = from->done,
                                       .decision = from->decision,
                                       .n = from->queries,
                                       .seconds = from->seconds,
                                       .cpu_seconds = from->cpu_seconds,
                                       .joules = from->joules};
        pair[like.pairs++] = (pot_eval_pair){.category = r->pair[i].category,
                                             .truth = r->pair[i].truth,
                                             .label = POT_LABELS,
                                             .run = &run[i],
                                             .failed = !from->done};
    }
    POT_TRY(fill(&r->baseline[b], &like, NULL, err));
    for (size_t i = 0; i < r->categories; i++)
        POT_TRY(fill(&r->category_baseline[b][i], &like, r->category[i].category, err));
    return POT_OK;
}

pot_status pot_tally_baselines(pot_evaluation *r, pot_error *err)
{
    pot_eval_pair *pair = pot_mem_new(r->pairs, sizeof *pair);
    pot_eval_run_result *run = pot_mem_new(r->pairs, sizeof *run);
    pot_status s = pair && run ? POT_OK : pot_fail_mem(err);
    for (int b = 0; s == POT_OK && b < POT_BASELINES; b++)
        s = tally_baseline(r, (pot_baseline)b, pair, run, err);
    pot_mem_free(pair);
    pot_mem_free(run);
    return s;
}
