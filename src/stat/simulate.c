/* Simulated runs.  A job is a rule and a law; its runs are cut into parts for the threads, whose
 * counts are sums of whole numbers: the same for any number of threads. */
#include "stat/simulate.h"

#include "base/clock.h"
#include "base/fail.h"
#include "stat/bernstein.h"
#include "stat/bets.h"

#include <string.h>

/* Audit with the gamma that was published for it, and as many challenges as there can be: here 3
 * and 5 % of routed challenges are more than a SAME allows. */
static const pot_rule published = {"audit, gamma 0.01", .01, .01, .50, 1.0, .10, 30, 1000};

enum { PART = 128 }; /* runs of a part */

typedef struct { /* how runs ended, by one rule */
    uint32_t same, different;
    uint32_t at[POT_MOST_CHALLENGES + 1];
} count;

typedef struct { /* of a thread */
    count ends, each, other[POT_BERNSTEINS];
    uint32_t high, low, high_each, low_each, stopped;
    double x[POT_MOST_CHALLENGES];
    pot_decider decider;
} tally;

typedef struct {
    const pot_simulated_job *what; /* borrowed */
    tally *of;                     /* [threads] */
    double logs[POT_BERNSTEINS][POT_MOST_CHALLENGES + 1];
} job;

static void add(count *c, pot_decision found, unsigned at)
{
    c->same += found == POT_SAME;
    c->different += found == POT_DIFFERENT;
    if (found != POT_UNDECIDED) c->at[at]++;
}

/* The real decider on the scores of a run, as long as it goes on; returns n. */
static unsigned decide(count *c, pot_decider *d, const pot_rule *rule, const double *x)
{
    if (pot_decider_init(d, rule, POT_ROUND) != POT_OK) return 0;
    do {
        for (int i = 0; i < POT_ROUND; i++)
            pot_decider_push(d, x[d->n], 0);
    } while (!pot_decider_done(d));
    add(c, pot_decider_decision(d), d->n);
    return d->n;
}

typedef struct {          /* when a bound first excluded m; n + 1: never */
    unsigned round, each; /* looked at after rounds, and after every challenge */
} excluded;

/* Could the wealth reach 1 / alpha within the scores of a round?  The boldest bet grows most. */
static bool may_win(const pot_wealth *w, pot_bet bet, double m, double alpha, const double *x)
{
    double most = pot_wealth_most(w);
    for (int i = 0; i < POT_ROUND; i++) {
        const double gain = bet == POT_BET_HIGH ? (m - x[i]) / (1 - m) : (x[i] - m) / m;
        if (gain > 0) most *= 1 + gain;
    }
    return most * alpha > 0.99;
}

static excluded exclude(pot_bet bet, double m, double alpha, const double *x, unsigned n)
{
    excluded e = {n + 1, n + 1};
    pot_wealth w;
    pot_wealth_start(&w);
    if (!(m > 0 && m < 1)) return e; /* nothing excludes the end of the range */
    for (unsigned at = 0; at < n && e.round > n; at += POT_ROUND, x += POT_ROUND) {
        const bool each = e.each > n && may_win(&w, bet, m, alpha, x);
        for (unsigned i = 0; each && i < POT_ROUND; i++) {
            pot_wealth_push(&w, bet, m, x + i, 1);
            if (e.each > n && pot_wealth_won(&w, alpha)) e.each = at + i + 1;
        }
        if (!each) pot_wealth_push(&w, bet, m, x, POT_ROUND);
        if (pot_wealth_won(&w, alpha)) e.round = at + POT_ROUND;
    }
    return e;
}

/* With a look after every challenge the bets at gamma decide alone: where they are won, so says the
 * rule, but for bounds that contradict each other. */
static void decide_each(count *c, const pot_rule *rule, unsigned high, unsigned low)
{
    const unsigned same = high > rule->n_min ? high : rule->n_min;
    if (low <= rule->n_max && low <= same) add(c, POT_DIFFERENT, low);
    else if (high <= rule->n_max) add(c, POT_SAME, same);
}

static void run_once(const job *j, tally *t, uint32_t run)
{
    const pot_rule *rule = j->what->rule;
    const pot_law *law = j->what->law;
    const double gamma = rule->gamma, alpha = rule->alpha, *x = t->x;
    const double least = law->least, most = law->most;
    const unsigned n = rule->n_max;
    pot_stream stream;
    unsigned at = 0;
    pot_stream_start(&stream, law, n, pot_seed_of(j->what->seed, run, 0, 0));
    for (unsigned i = 0; i < n; i += POT_ROUND)
        pot_stream_round(&stream, t->x + i);
    if (j->what->decisions_only) {
        decide(&t->ends, &t->decider, rule, x);
        return;
    }
    const excluded low = exclude(POT_BET_LOW, gamma, alpha, x, n),
                   high = exclude(POT_BET_HIGH, gamma, alpha, x, n),
                   real_low = most == gamma ? low : exclude(POT_BET_LOW, most, alpha, x, n),
                   real_high = least == gamma ? high : exclude(POT_BET_HIGH, least, alpha, x, n);
    /* Where neither bet is won at the end of a round, nothing can have been decided. */
    const bool undecided = low.round > n && high.round > n;
    const unsigned end = undecided ? n : decide(&t->ends, &t->decider, rule, x);
    if (law->alike) decide_each(&t->each, rule, high.each, low.each);
    t->high += real_high.round <= n;
    t->low += real_low.round <= n;
    t->high_each += real_high.each <= n;
    t->low_each += real_low.each <= n;
    t->stopped += real_high.round <= end || real_low.round <= end;
    for (pot_bernstein b = 0; b < POT_BERNSTEINS; b++) {
        const pot_decision found = pot_bernstein_decide(&at, b, j->logs[b], rule, x, n);
        add(&t->other[b], found, at);
    }
}

static void run_part(void *ctx, unsigned part, unsigned thread)
{
    const job *j = ctx;
    const uint32_t from = part * PART, runs = j->what->runs,
                   to = runs - from > PART ? from + PART : runs;
    for (uint32_t run = from; run < to; run++)
        run_once(j, &j->of[thread], run);
}

/* The n by which the share q of all runs had decided; 0: they never had. */
static unsigned quantile(const count *c, uint32_t runs, double q)
{
    double sum = 0;
    for (unsigned n = 0; n <= POT_MOST_CHALLENGES; n++)
        if ((sum += c->at[n]) >= q * runs) return n;
    return 0;
}

static pot_ends ends_of(const count *c, uint32_t runs)
{
    return (pot_ends){.same = pot_rate_of(c->same, runs),
                      .different = pot_rate_of(c->different, runs),
                      .undecided = pot_rate_of(runs - c->same - c->different, runs),
                      .median = quantile(c, runs, 0.5),
                      .p90 = quantile(c, runs, 0.9)};
}

static void sum_count(count *to, const count *from)
{
    to->same += from->same;
    to->different += from->different;
    for (unsigned n = 0; n <= POT_MOST_CHALLENGES; n++)
        to->at[n] += from->at[n];
}

static void sum_up(pot_simulated *out, const job *j, unsigned threads)
{
    tally *all = &j->of[0];
    const pot_law *law = j->what->law;
    const pot_rule *rule = j->what->rule;
    const uint32_t n = j->what->runs;
    for (unsigned i = 1; i < threads; i++) {
        const tally *t = &j->of[i];
        sum_count(&all->ends, &t->ends);
        sum_count(&all->each, &t->each);
        for (int b = 0; b < POT_BERNSTEINS; b++)
            sum_count(&all->other[b], &t->other[b]);
        all->high += t->high, all->low += t->low, all->stopped += t->stopped;
        all->high_each += t->high_each, all->low_each += t->low_each;
    }
    *out = (pot_simulated){.rule = rule,
                           .law = law->name,
                           .what = law->what,
                           .least = law->least,
                           .most = law->most,
                           .same_wrong = law->least >= rule->gamma,
                           .diff_wrong = law->most <= rule->gamma,
                           .admitted = law->admitted,
                           .alike = law->alike,
                           .ends = ends_of(&all->ends, n),
                           .each = ends_of(&all->each, law->alike ? n : 0),
                           .high = pot_rate_of(all->high, n),
                           .low = pot_rate_of(all->low, n),
                           .high_each = pot_rate_of(all->high_each, n),
                           .low_each = pot_rate_of(all->low_each, n),
                           .stopped = pot_rate_of(all->stopped, n)};
    for (int b = 0; b < POT_BERNSTEINS; b++)
        out->other[b] = ends_of(&all->other[b], n);
}

pot_status pot_simulate_law(pot_simulated *out, pot_pool *pool, const pot_simulated_job *what,
                            pot_error *err)
{
    const unsigned threads = pot_pool_threads(pool);
    job *j = pot_mem_new(1, sizeof *j);
    tally *of = pot_mem_new(threads, sizeof *of);
    if (j && of) {
        j->what = what, j->of = of;
        for (pot_bernstein b = 0; b < POT_BERNSTEINS; b++)
            pot_bernstein_logs(j->logs[b], b, what->rule->alpha);
        pot_pool_run(pool, run_part, j, (what->runs + PART - 1) / PART);
        sum_up(out, j, threads);
    }
    const pot_status s = j && of ? POT_OK : pot_fail_mem(err);
    pot_mem_free(of);
    pot_mem_free(j);
    return s;
}

static pot_status run_rule(pot_simulation *out, pot_pool *pool, const pot_rule *rule,
                           const pot_simulate_options *how, double start, pot_error *err)
{
    pot_laws laws;
    POT_TRY(pot_laws_make(&laws, rule->gamma, rule == &published, err));
    pot_status s = POT_OK;
    pot_simulated *row = pot_mem_grow(out->row, out->n + laws.n, sizeof *row);
    if (row) out->row = row;
    else s = pot_fail_mem(err);
    for (size_t i = 0; i < laws.n && s == POT_OK; i++) {
        if (how->law && strcmp(how->law, laws.law[i].name) != 0) continue;
        const pot_simulated_job j = {.rule = rule,
                                     .law = &laws.law[i],
                                     .runs = how->runs,
                                     .seed = pot_seed_of(how->seed, rule->n_max, i, 0)};
        const pot_progress p = {.what = rule->name,
                                .done = (double)i,
                                .total = (double)laws.n,
                                .seconds = pot_clock() - start};
        if (how->progress && !how->progress(how->ctx, &p))
            s = pot_fail(err, POT_E_STOPPED, "stopped while simulating");
        else s = pot_simulate_law(&out->row[out->n++], pool, &j, err);
    }
    pot_laws_close(&laws);
    return s;
}

pot_status pot_simulate(pot_simulation *out, const pot_simulate_options *how, pot_error *err)
{
    const pot_rule *rules[] = {how->rule ? how->rule : pot_rule_of(POT_QUICK),
                               pot_rule_of(POT_AUDIT), pot_rule_of(POT_EXTENDED), &published};
    const size_t n = how->rule ? 1 : sizeof rules / sizeof *rules;
    pot_simulation s = {.runs = how->runs, .seed = how->seed};
    pot_pool *pool;
    pot_decider probe;
    for (size_t i = 0; i < n; i++)
        if (!how->runs || pot_decider_init(&probe, rules[i], POT_ROUND) != POT_OK)
            return pot_fail(err, POT_E_ARG, "one run at least, of a rule in its range, is needed");
    const double start = pot_clock();
    POT_TRY(pot_pool_open(&pool, how->threads, err));
    s.threads = pot_pool_threads(pool);
    pot_status st = POT_OK;
    for (size_t i = 0; i < n && st == POT_OK; i++)
        st = run_rule(&s, pool, rules[i], how, start, err);
    if (st == POT_OK && !s.n)
        st = pot_fail(err, POT_E_ARG,
                      "there is no law \"%.40s\"; docs/format/simulate.md names them",
                      how->law ? how->law : "");
    pot_pool_close(&pool);
    s.seconds = pot_clock() - start;
    if (st == POT_OK) *out = s;
    else pot_simulation_free(&s);
    return st;
}

static void claim(pot_claims *c, const pot_simulated *row, const pot_rate *r)
{
    const double alpha = row->rule->alpha, worst = r->hi / alpha;
    c->claimed++;
    c->shown += worst <= 1.2;
    c->refuted += r->lo > alpha;
    if (worst > c->worst) c->worst = worst, c->row = row;
}

void pot_simulation_claims(const pot_simulation *s, pot_claims *out)
{
    *out = (pot_claims){0};
    for (size_t i = 0; i < s->n; i++) {
        const pot_simulated *r = &s->row[i];
        const pot_ends *ends[] = {&r->ends, &r->each};
        const pot_rate *bounds[] = {&r->high, &r->low, &r->high_each, &r->low_each};
        for (int k = 0; k < (r->alike ? 2 : 1) && r->admitted; k++) {
            if (r->same_wrong) claim(out, r, &ends[k]->same);
            if (r->diff_wrong) claim(out, r, &ends[k]->different);
            claim(out, r, bounds[2 * k]);
            claim(out, r, bounds[2 * k + 1]);
        }
    }
}

void pot_simulation_free(pot_simulation *s)
{
    pot_mem_free(s->row);
    *s = (pot_simulation){0};
}
