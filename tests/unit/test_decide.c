/* The decision: bets against exact values, error rates under peeking, refusals, monotony. */
#include "stat/bets.h"
#include "t.h"

#include <pot/decision.h>

#include <math.h>

static const double f[] = {.999, .9, .75, .55, .4, .28, .19, .12, .075, .04, .02, .01};
static const double w[] = {.40, .10, .08, .07, .06, .06, .05, .05, .04, .04, .03, .02};

/* The formulas of decision.h, term by term with libm; the best over the ends of rounds. */
static double naive(pot_bet bet, const double *x, size_t n, size_t round, double m)
{
    double best = 0;
    for (size_t end = round; end <= n; end += round) {
        double sum = 0;
        for (int k = 0; k < 12; k++) {
            double p = 1;
            for (size_t i = 0; i < end; i++)
                p *= bet == POT_BET_HIGH ? 1 - f[k] / (1 - m) * (x[i] - m)
                                         : 1 + f[k] / m * (x[i] - m);
            sum += w[k] * p;
        }
        if (log(sum) > best) best = log(sum);
    }
    return best;
}

static void test_bets_are_the_formula(void)
{
    double x[100], total = 0;
    for (int k = 0; k < 12; k++)
        total += w[k];
    CHECK(fabs(total - 1) < 1e-12);
    for (int trial = 0; trial < 400; trial++) {
        const size_t n = t_u64() % 100, round = 1 + t_u64() % 6;
        const double m = 0.01 + 0.98 * t_unit();
        for (size_t i = 0; i < n; i++)
            x[i] = t_u64() % 4 ? t_unit() * 0.3 : t_unit();
        for (pot_bet b = POT_BET_HIGH; b <= POT_BET_LOW; b++)
            CHECK(fabs(pot_bet_best(b, x, n, round, m) - naive(b, x, n, round, m)) < 1e-9);
    }
    x[0] = 0.25, x[1] = (double)NAN, x[2] = 0.5; /* a missing score is the worst case of each */
    const double one[] = {0.25, 1, 0.5}, zero[] = {0.25, 0, 0.5};
    CHECK(pot_bet_best(POT_BET_HIGH, x, 3, 1, 0.4) == pot_bet_best(POT_BET_HIGH, one, 3, 1, 0.4));
    CHECK(pot_bet_best(POT_BET_LOW, x, 3, 1, 0.4) == pot_bet_best(POT_BET_LOW, zero, 3, 1, 0.4));
}

/* Wealth and bounds of an independent program (tools/oracle/bets.py). */
static void test_known_bets(void)
{
    FILE *in = fopen("tests/kat/bets.txt", "r");
    char line[128], word[32];
    unsigned wealths = 0, bounds = 0, n, round;
    pot_decider d = {0};
    double high, low, lo, hi;
    CHECK(in);
    while (fgets(line, sizeof line, in)) {
        double a, b;
        if (sscanf(line, "rule %lf %lf %u", &a, &b, &round) == 3) {
            pot_rule r = *pot_rule_of(POT_AUDIT);
            r.alpha = a, r.gamma = b;
            CHECK(pot_decider_init(&d, &r, round) == POT_OK);
        } else if (sscanf(line, "score %31s", word) == 1) {
            if (word[0] == '-') pot_decider_fail(&d);
            else pot_decider_push(&d, strtod(word, NULL), 0);
        } else if (sscanf(line, "log-wealth %u %lf %lf", &n, &a, &b) == 3) {
            pot_decider_wealth(&d, &high, &low);
            CHECK(n == d.n && fabs(high - a) < 1e-9 && fabs(low - b) < 1e-9);
            wealths++;
        } else if (sscanf(line, "bounds %u %lf %lf", &n, &a, &b) == 3) {
            pot_decider_bounds(&d, &lo, &hi);
            CHECK(n == d.n && lo <= a + 1e-8 && lo > a - 2e-6 && hi >= b - 1e-8 && hi < b + 2e-6);
            bounds++;
        }
    }
    fclose(in);
    CHECK(wealths == 12 && bounds == 12);
}

/* Products far outside of the numbers that a double holds lose nothing: zeros drive the bold bets
 * to 10^-1500, ones bring them back; and the other way round. */
static void test_long_runs(void)
{
    enum { HALF = 500 };
    for (int kind = 0; kind < 4; kind++) {
        const pot_bet bet = kind & 1 ? POT_BET_HIGH : POT_BET_LOW;
        const double m = bet == POT_BET_LOW ? 0.08 : 0.92;
        pot_wealth mine;
        pot_wealth_start(&mine);
        for (int i = 0; i < 2 * HALF; i++)
            pot_wealth_push(&mine, bet, m, (double[]){(i < HALF) == kind / 2}, 1);
        double sum = 0, top = -INFINITY, log_of[12];
        for (int k = 0; k < 12; k++) {
            const double lost = log1p(-f[k]), won = log1p(f[k] * (1 - 0.08) / 0.08);
            log_of[k] = log(w[k]) + HALF * lost + HALF * won;
            top = log_of[k] > top ? log_of[k] : top;
        }
        for (int k = 0; k < 12; k++)
            sum += exp(log_of[k] - top);
        CHECK(fabs(pot_wealth_log(&mine) - (top + log(sum))) < 1e-8);
    }
}

/* The bounds are where the bets cross, and never on the wrong side. */
static void test_bounds(void)
{
    double x[200];
    const double need = -log(0.01);
    for (int trial = 0; trial < 60; trial++) {
        const size_t n = 1 + t_u64() % 200;
        const double level = t_unit();
        for (size_t i = 0; i < n; i++)
            x[i] = level * t_unit();
        const double hi = pot_bet_bound(POT_BET_HIGH, x, n, 5, 0.01),
                     lo = pot_bet_bound(POT_BET_LOW, x, n, 5, 0.01);
        CHECK(lo >= 0 && lo <= hi && hi <= 1);
        if (hi < 1) CHECK(pot_bet_best(POT_BET_HIGH, x, n, 5, hi) >= need - 1e-12);
        if (hi < 1 && hi > 1e-5) CHECK(pot_bet_best(POT_BET_HIGH, x, n, 5, hi - 2e-6) < need);
        if (lo > 0) CHECK(pot_bet_best(POT_BET_LOW, x, n, 5, lo) >= need - 1e-12);
        if (lo > 0) CHECK(pot_bet_best(POT_BET_LOW, x, n, 5, lo + 2e-6) < need);
    }
}

static void test_bad_rules(void)
{
    pot_decider d = {.n = 7};
    pot_rule r = *pot_rule_of(POT_AUDIT);
    CHECK(pot_decider_init(&d, NULL, 5) == POT_E_ARG);
    CHECK(pot_decider_init(&d, &r, 0) == POT_E_ARG);
    CHECK(pot_decider_init(&d, &r, 7) == POT_E_ARG);
    r.alpha = 0.5;
    CHECK(pot_decider_init(&d, &r, 5) == POT_E_ARG);
    r.alpha = (double)NAN;
    CHECK(pot_decider_init(&d, &r, 5) == POT_E_ARG);
    r = *pot_rule_of(POT_AUDIT), r.n_max = POT_MOST_CHALLENGES + 5;
    CHECK(pot_decider_init(&d, &r, 5) == POT_E_ARG);
    CHECK(d.n == 7);
    CHECK(!pot_rule_of(POT_MODES));
    pot_mode m;
    CHECK(pot_mode_find(&m, "extended") && m == POT_EXTENDED && !pot_mode_find(&m, "fast"));
    const pot_decider zero = {0};
    CHECK(pot_decider_decision(&zero) == POT_UNDECIDED);
}

/* Scores of zero: the information floor, in whole rounds, and not before n_min. */
static void test_equal_models(void)
{
    static const unsigned want[POT_MODES] = {30, 55, 120};
    for (pot_mode m = 0; m < POT_MODES; m++) {
        pot_decider d;
        CHECK(pot_decider_init(&d, pot_rule_of(m), 5) == POT_OK);
        while (!pot_decider_done(&d))
            pot_decider_push(&d, 0, 0);
        fprintf(stderr, "%s: SAME after %u zeros\n", d.rule.name, d.n);
        CHECK(pot_decider_decision(&d) == POT_SAME);
        CHECK(d.n <= want[m] && d.n % 5 == 0 && d.n >= d.rule.n_min);
        pot_summary s;
        pot_decider_summary(&d, &s);
        CHECK(s.strong && s.classic_same && !s.classic_different);
        CHECK(fabs(s.routing - (1 - pow(d.rule.alpha, 1.0 / d.n))) < 1e-9);
    }
}

/* No prefix of failures or nonsense is ever agreement. */
static void test_failures_are_not_agreement(void)
{
    static const double bad[] = {NAN, -0.1, 1.1, INFINITY};
    for (int kind = 0; kind < 5; kind++) {
        pot_decider d;
        CHECK(pot_decider_init(&d, pot_rule_of(POT_QUICK), 5) == POT_OK);
        while (!pot_decider_done(&d))
            if (kind == 4) pot_decider_push(&d, 0, (double)NAN);
            else pot_decider_push(&d, bad[kind], 0);
        CHECK(pot_decider_decision(&d) == POT_UNDECIDED);
        CHECK(d.failed == d.n && d.n == d.rule.n_max);
        pot_decider_push(&d, 0, 0);
        CHECK(d.n == d.rule.n_max);
    }
    pot_decider d; /* one in eight fails: never SAME, although all others are zero */
    CHECK(pot_decider_init(&d, pot_rule_of(POT_AUDIT), 5) == POT_OK);
    for (int i = 0; !pot_decider_done(&d); i++)
        if (i % 8) pot_decider_push(&d, 0, 0);
        else pot_decider_fail(&d);
    CHECK(pot_decider_decision(&d) == POT_UNDECIDED);
}

/* Bounds do not move inside a round, and never get worse. */
static void test_rounds(void)
{
    pot_decider d;
    CHECK(pot_decider_init(&d, pot_rule_of(POT_AUDIT), 5) == POT_OK);
    double lo = 0, hi = 1, now_lo, now_hi;
    for (int i = 0; i < 100; i++) {
        pot_decider_push(&d, t_unit(), t_unit());
        pot_decider_bounds(&d, &now_lo, &now_hi);
        if (d.n % 5) CHECK(now_lo == lo && now_hi == hi);
        CHECK(now_lo >= lo && now_hi <= hi);
        lo = now_lo, hi = now_hi;
    }
    pot_decider e; /* DIFFERENT not before the first round is complete */
    CHECK(pot_decider_init(&e, pot_rule_of(POT_AUDIT), 5) == POT_OK);
    for (int i = 0; i < 5; i++) {
        CHECK(pot_decider_decision(&e) == POT_UNDECIDED);
        pot_decider_push(&e, 1, 9);
    }
    CHECK(pot_decider_decision(&e) == POT_DIFFERENT);
}

/* SAME is found without a search for the bounds where it is plain: the rule itself, with it. */
static void test_same_is_the_rule(void)
{
    unsigned same = 0;
    for (int trial = 0; trial < 300; trial++) {
        pot_decider d;
        const double level = t_unit() * 0.25, late = trial % 3 ? level : 1;
        CHECK(pot_decider_init(&d, pot_rule_of((pot_mode)(trial % 3)), 5) == POT_OK);
        for (unsigned i = 0; i < 120; i++) {
            const unsigned kind = (unsigned)(t_u64() % 400);
            if (!kind) pot_decider_fail(&d);
            else pot_decider_push(&d, (i < 60 ? level : late) * t_unit(), 0);
            double lo, hi;
            pot_decider_bounds(&d, &lo, &hi);
            const bool rule = d.refuted_high && !d.refuted_low && d.n >= d.rule.n_min && lo <= hi &&
                              hi <= d.rule.gamma && (hi - lo) / 2 <= d.rule.eta * d.rule.gamma;
            CHECK((pot_decider_decision(&d) == POT_SAME) == rule);
            same += rule;
        }
    }
    CHECK(same > 500);
}

/* Scores that fall to nothing: in the end the bounds contradict each other, and the rule, which is
 * asked again and again here, does not hold any more. */
static void test_same_is_not_contradicted(void)
{
    pot_decider d;
    unsigned same = 0, against = 0;
    CHECK(pot_decider_init(&d, pot_rule_of(POT_AUDIT), 5) == POT_OK);
    for (unsigned i = 0; i < 400; i++) {
        double lo, hi;
        pot_decider_push(&d, i < 150 ? 0.099 : 0, 0);
        pot_decider_bounds(&d, &lo, &hi);
        const bool says = pot_decider_decision(&d) == POT_SAME;
        if (lo > hi) CHECK(!says);
        same += says;
        against += d.refuted_high && lo > hi;
    }
    CHECK(same > 0 && against > 0);
}

/* Wrong claims at the boundary with a look after every round: independent scores, and scores
 * whose families differ so much that looking inside a round would be wrong. */
static unsigned wrong_claims(pot_mode mode, int law, pot_decision wrong, unsigned runs)
{
    unsigned count = 0;
    for (unsigned r = 0; r < runs; r++) {
        pot_decider d;
        CHECK(pot_decider_init(&d, pot_rule_of(mode), 5) == POT_OK);
        const double g = d.rule.gamma;
        while (!pot_decider_done(&d)) {
            double x = 0;
            if (law == 0) x = t_unit() < g;     /* all or nothing */
            if (law == 1) x = 2 * g * t_unit(); /* uniform */
            if (law == 2) x = d.n % 5 == 4 ? 5 * g * (0.8 + 0.4 * t_unit()) : 0; /* one family */
            if (law == 3) x = d.n % 5 == 0 ? 5 * g * (0.8 + 0.4 * t_unit()) : 0;
            pot_decider_push(&d, x < 1 ? x : 1, x);
        }
        count += pot_decider_decision(&d) == wrong;
    }
    return count;
}

static void test_error_rates(void)
{
    enum { RUNS = 5000 };
    for (int law = 0; law < 4; law++) {
        const unsigned same = wrong_claims(POT_QUICK, law, POT_SAME, RUNS);
        const unsigned different = wrong_claims(POT_QUICK, law, POT_DIFFERENT, RUNS);
        fprintf(stderr, "law %d at the boundary: false SAME %.4f, false DIFFERENT %.4f of .025\n",
                law, (double)same / RUNS, (double)different / RUNS);
        CHECK(same <= 0.025 * RUNS && different <= 0.025 * RUNS);
    }
}

/* A floor raises what DIFFERENT needs, and what counts as noise; SAME keeps gamma. */
static void test_floor(void)
{
    static const double tolerance[] = {0, 0.1, 0.3, 1};
    for (int i = 0; i < 4; i++)
        for (int trial = 0; trial < 40; trial++) {
            pot_decider d, plain;
            pot_summary s;
            const double x = trial * 0.02, most = tolerance[i] > 0.1 ? tolerance[i] : 0.1;
            CHECK(pot_decider_init(&d, pot_rule_of(POT_AUDIT), 5) == POT_OK);
            plain = d;
            pot_decider_floor(&d, tolerance[i], 0.01);
            CHECK(d.tolerance < 1 && d.tolerance >= 0.1);
            while (!pot_decider_done(&d))
                pot_decider_push(&d, x, 0);
            while (!pot_decider_done(&plain))
                pot_decider_push(&plain, x, 0);
            const pot_decision a = pot_decider_decision(&d), b = pot_decider_decision(&plain);
            CHECK((a == POT_SAME) == (b == POT_SAME));
            CHECK(a != POT_DIFFERENT || (b == POT_DIFFERENT && x > most));
            CHECK(most > 0.1 || a == b);
            pot_decider_summary(&d, &s);
            CHECK(s.lo <= x + 1e-9 && x <= s.hi + 1e-9);
            CHECK((s.routing < 1) == (x <= 0.01));
        }
}

int main(void)
{
    t_seed();
    test_bets_are_the_formula();
    test_known_bets();
    test_long_runs();
    test_bounds();
    test_bad_rules();
    test_equal_models();
    test_failures_are_not_agreement();
    test_rounds();
    test_same_is_the_rule();
    test_same_is_not_contradicted();
    test_error_rates();
    test_floor();
    return 0;
}
