/* Simulated runs: laws have the mean that they say, counts do not depend on threads, every count is
 * that of the real decider, error rates hold, and other rules are their formulas. */
#include "stat/bernstein.h"
#include "stat/laws.h"
#include "t.h"

#include <math.h>
#include <string.h>

#include <pot/report.h>
#include <pot/simulate.h>

static pot_error err;

static void must(pot_status s)
{
    if (s != POT_OK) fprintf(stderr, "%s\n", err.msg), exit(1);
}

static double mean_of(const pot_score_law *p)
{
    double sum = 0;
    for (int i = 0; i < POT_ATOMS; i++) {
        CHECK(p->atom[i] >= 0 && p->atom[i] <= 1 && (!i || p->atom[i] >= p->atom[i - 1]));
        sum += p->atom[i];
    }
    return p->ones + (1 - p->ones) * sum / POT_ATOMS;
}

static void test_means(void)
{
    static const double gammas[] = {.15, .10, .08, .01};
    for (int g = 0; g < 4; g++) {
        pot_laws l;
        must(pot_laws_make(&l, gammas[g], false, &err));
        CHECK(l.n > 20);
        for (size_t i = 0; i < l.n; i++) {
            const pot_law *law = &l.law[i];
            double mean[2] = {0, 0};
            for (int h = 0; h < 2; h++)
                for (int f = 0; f < POT_ROUND; f++)
                    mean[h] += mean_of(&law->half[h][f]) / POT_ROUND;
            CHECK(fabs(fmin(mean[0], mean[1]) - law->least) < 1e-12);
            CHECK(fabs(fmax(mean[0], mean[1]) - law->most) < 1e-12);
        }
        pot_laws_close(&l);
    }
}

/* Streams are of their laws: the mean of many, within five standard errors of the widest law. */
static void test_streams(void)
{
    enum { STREAMS = 400, N = 400 };
    pot_laws l;
    must(pot_laws_make(&l, 0.1, false, &err));
    for (size_t i = 0; i < l.n; i++) {
        double sum = 0, x[POT_ROUND];
        for (uint64_t run = 0; run < STREAMS; run++) {
            pot_stream s;
            pot_stream_start(&s, &l.law[i], N, pot_seed_of(7, i, run, 0));
            for (int r = 0; r < N / POT_ROUND; r++) {
                pot_stream_round(&s, x);
                for (int k = 0; k < POT_ROUND; k++)
                    sum += x[k];
            }
        }
        const double want = (l.law[i].least + l.law[i].most) / 2;
        const double apart = l.law[i].depends >= POT_WHOLE ? 5 : 1; /* fewer draws */
        CHECK(fabs(sum / STREAMS / N - want) < 5 * apart * 0.4 / sqrt(STREAMS * N));
    }
    pot_laws_close(&l);
}

static bool stop_at_three(void *ctx, const pot_progress *p)
{
    (void)ctx;
    return p->done < 3;
}

/* The counts of a simulation, as text. */
static pot_text counts_of(unsigned threads, uint64_t seed)
{
    pot_simulation s = {0};
    pot_text text = {0};
    must(pot_simulate(
        &s,
        &(pot_simulate_options){
            .rule = pot_rule_of(POT_QUICK), .runs = 300, .threads = threads, .seed = seed},
        &err));
    must(pot_report_simulation(&text, &s, false, &err));
    pot_simulation_free(&s);
    return text;
}

static void test_threads_and_stop(void)
{
    pot_text a = counts_of(1, 0), b = counts_of(3, 0), c = counts_of(1, 1);
    CHECK(strcmp(a.p, b.p) == 0 && strcmp(strstr(a.p, "quick"), strstr(c.p, "quick")) != 0);
    pot_text_free(&a), pot_text_free(&b), pot_text_free(&c);
    pot_simulation s = {0};
    pot_simulate_options o = {.runs = 300, .progress = stop_at_three};
    CHECK(pot_simulate(&s, &o, &err) == POT_E_STOPPED && !s.row);
    o.runs = 0;
    CHECK(pot_simulate(&s, &o, &err) == POT_E_ARG);
}

/* The shortcuts of the simulation change no count: the real decider on the same streams, looked at
 * after every challenge, and bounds as they are printed. */
static void test_counts_are_the_deciders(void)
{
    enum { RUNS = 60 };
    const pot_rule *rule = pot_rule_of(POT_QUICK);
    pot_simulation s = {0};
    pot_laws l;
    must(pot_laws_make(&l, rule->gamma, false, &err));
    must(pot_simulate(&s, &(pot_simulate_options){.rule = rule, .runs = RUNS, .seed = 3}, &err));
    for (size_t i = 0; i < l.n; i++) {
        unsigned same = 0, different = 0, missed = 0;
        for (uint32_t run = 0; run < RUNS; run++) {
            pot_decider d;
            pot_stream stream;
            double x[POT_ROUND], lo, hi;
            CHECK(pot_decider_init(&d, rule, POT_ROUND) == POT_OK);
            pot_stream_start(&stream, &l.law[i], rule->n_max,
                             pot_seed_of(pot_seed_of(3, rule->n_max, i, 0), run, 0, 0));
            while (!pot_decider_done(&d)) {
                if (d.n % POT_ROUND == 0) pot_stream_round(&stream, x);
                pot_decider_push(&d, x[d.n % POT_ROUND], 0);
            }
            same += pot_decider_decision(&d) == POT_SAME;
            different += pot_decider_decision(&d) == POT_DIFFERENT;
            pot_decider_bounds(&d, &lo, &hi);
            missed += hi < l.law[i].least - 2e-6 || lo > l.law[i].most + 2e-6;
        }
        CHECK(s.row[i].ends.same.count == same && s.row[i].ends.different.count == different);
        CHECK(missed <= s.row[i].stopped.count && s.row[i].stopped.count <= missed + 1);
    }
    pot_laws_close(&l);
    pot_simulation_free(&s);
}

/* What is claimed holds, as far as 2000 runs can tell. */
static void test_claims(void)
{
    pot_simulation s = {0};
    pot_claims c;
    const uint32_t runs = t_slow() ? 200 : 2000;
    must(pot_simulate(&s, &(pot_simulate_options){.rule = pot_rule_of(POT_QUICK), .runs = runs},
                      &err));
    pot_simulation_claims(&s, &c);
    fprintf(stderr, "%u rates claimed, %u shown, %u refuted; the highest end is %.2f alpha\n",
            c.claimed, c.shown, c.refuted, c.worst);
    CHECK(c.claimed > 100 && c.refuted == 0 && c.worst < (t_slow() ? 3 : 1.2));
    unsigned outside = 0;
    for (size_t i = 0; i < s.n; i++)
        outside += !s.row[i].admitted && s.row[i].ends.same.lo > s.row[i].rule->alpha;
    CHECK(outside == 2); /* and what is outside really is */
    pot_simulation_free(&s);
}

/* The rules of earlier work, from their formulas. */
static void test_bernstein(void)
{
    const pot_rule *rule = pot_rule_of(POT_AUDIT);
    double x[400], l[POT_MOST_CHALLENGES + 1];
    for (int trial = 0; trial < 600; trial++) {
        const pot_bernstein b = (pot_bernstein)(trial % POT_BERNSTEINS);
        const double level = trial % 7 == 0 ? 0 : t_unit() * (trial % 2 ? 0.2 : 1);
        for (int i = 0; i < 400; i++)
            x[i] = level * t_unit();
        pot_decision want = POT_UNDECIDED;
        unsigned at = 0, want_at = 0;
        for (unsigned n = 2; n <= 400 && !want; n++) {
            double mean = 0, v = 0;
            for (unsigned i = 0; i < n; i++)
                mean += x[i] / n;
            for (unsigned i = 0; i < n; i++)
                v += (x[i] - mean) * (x[i] - mean) / (n - 1);
            double h = sqrt(2 * v * log(3 / .01) / (64 * n)) + 3 * log(3 / .01) / (64 * n - 1);
            if (b == POT_BERNSTEIN_TOKENS && mean <= 0) h = 0;
            const double log2a = log(2 / .01 * (b == POT_BERNSTEIN_UNION ? n * (n + 1.) : 1));
            if (b != POT_BERNSTEIN_TOKENS) h = sqrt(2 * v * log2a / n) + 7 * log2a / (3 * (n - 1.));
            want_at = n;
            if (mean - h > .10) want = POT_DIFFERENT;
            else if (mean + h <= .10 && mean - h >= -.10 && h <= .05 && n >= 30) want = POT_SAME;
        }
        pot_bernstein_logs(l, b, rule->alpha);
        CHECK(pot_bernstein_decide(&at, b, l, rule, x, 400) == want);
        CHECK(!want || at == want_at);
    }
}

static void test_report_and_memory(void)
{
    pot_simulation s = {0};
    pot_text text = {0};
    const pot_simulate_options o = {.rule = pot_rule_of(POT_QUICK), .runs = 3, .threads = 2};
    must(pot_simulate(&s, &o, &err));
    for (int json = 0; json < 2; json++) {
        must(pot_report_simulation(&text, &s, json, &err));
        CHECK(strstr(text.p, json ? "\"pot-simulate-1\"" : "3 runs") && !strstr(text.p, "nan"));
        pot_text_free(&text);
    }
    pot_simulation_free(&s);
    for (uint64_t n = 1; n < 100; n += n < 5 ? 1 : 12) {
        pot_mem_fail_at(n);
        const pot_status st = pot_simulate(&s, &o, &err);
        pot_mem_fail_at(0);
        CHECK(st == POT_OK || st == POT_E_NOMEM);
        pot_simulation_free(&s);
        CHECK(pot_mem_used() == 0);
    }
}

int main(void)
{
    t_seed();
    test_means();
    test_streams();
    test_threads_and_stop();
    test_counts_are_the_deciders();
    test_claims();
    test_bernstein();
    test_report_and_memory();
    CHECK(pot_mem_used() == 0);
    return 0;
}
