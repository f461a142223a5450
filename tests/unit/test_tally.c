/* Counting, against counts by hand: each truth, each decision, failed runs, labels, two categories.
 */
#include "base/mem.h"
#include "eval/suite.h"
#include "eval/tally.h"
#include "t.h"

#include <math.h>
#include <string.h>

static const pot_decision SAME = POT_SAME, DIFF = POT_DIFFERENT, OPEN = POT_UNDECIDED;

static pot_eval_run_result run(pot_decision d, unsigned n, const char *label, double seconds)
{
    return (pot_eval_run_result){.done = true,
                                 .decision = d,
                                 .n = n,
                                 .label = pot_label_find(label),
                                 .seconds = seconds,
                                 .cpu_seconds = 2 * seconds,
                                 .cached = n == 40};
}

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-6;
}

static void check_rate(pot_rate r, unsigned count, unsigned total)
{
    const pot_rate want = pot_rate_of(count, total);
    CHECK(r.count == count && r.total == total && r.lo == want.lo && r.hi == want.hi);
}

static void check_spread(pot_spread s, unsigned count, double median, double p90, double sum)
{
    CHECK(s.count == count && near(s.median, median) && near(s.p90, p90) && near(s.sum, sum));
}

int main(void)
{
    const unsigned quantized = pot_label_find("QUANTIZED"), scale = pot_label_find("SCALE");
    pot_eval_run_result a[3] = {run(SAME, 55, "QUANTIZED", 1), run(DIFF, 20, "ABSTAIN", 2),
                                run(OPEN, 400, "SCALE", 3)},
                        b[3] = {run(DIFF, 5, "SCALE", 1), run(SAME, 40, "SCALE", 1), {0}},
                        c[3] = {run(DIFF, 10, "ABSTAIN", 4), run(SAME, 60, "ABSTAIN", 4),
                                run(OPEN, 400, "ABSTAIN", 4)},
                        d[3] = {{0}};
    pot_eval_pair pair[] = {
        {.category = "x", .truth = POT_TRUTH_SAME, .label = quantized, .run = a},
        {.category = "y", .truth = POT_TRUTH_DIFFERENT, .label = scale, .run = b, .failed = 1},
        {.category = "x", .truth = POT_TRUTH_EITHER, .label = POT_LABELS, .run = c},
        {.category = "y", .truth = POT_TRUTH_DIFFERENT, .label = scale, .run = d, .failed = 3},
    };
    pot_tally category[2] = {{.category = "x"}, {.category = "y"}};
    pot_evaluation r = {.runs = 3, .pair = pair, .pairs = 4, .category = category, .categories = 2};
    CHECK(pot_tally_fill(&r, NULL) == POT_OK);

    const pot_tally *t = &r.all;
    CHECK(!t->category && t->pairs == 4 && t->runs == 8 && t->failed == 4);
    CHECK(t->found[POT_TRUTH_SAME][SAME] == 1 && t->found[POT_TRUTH_DIFFERENT][SAME] == 1);
    CHECK(t->found[POT_TRUTH_EITHER][OPEN] == 1 && t->found[POT_TRUTH_EITHER][DIFF] == 1);
    check_rate(t->false_same, 1, 2);
    check_rate(t->false_different, 1, 3);
    check_rate(t->undecided, 1, 5);
    check_rate(t->wrong_pairs, 2, 2); /* of the fourth no run ended */
    check_rate(t->right_label, 3, 4); /* QUANTIZED, SCALE, SCALE; wrong: SCALE of the first */
    check_rate(t->abstained, 1, 5);
    check_spread(t->to_same, 3, 55, 60, 155);
    check_spread(t->to_different, 3, 10, 20, 35);
    check_spread(t->all_queries, 8, 40, 400, 990);
    check_spread(t->seconds, 8, 2, 4, 20);
    check_spread(t->cpu_seconds, 8, 4, 8, 40);
    CHECK(r.cached == 1);
    CHECK(r.confusion[quantized][quantized] == 1 && r.confusion[quantized][scale] == 1);
    CHECK(r.confusion[quantized][POT_ABSTAIN] == 1 && r.confusion[scale][scale] == 2);

    CHECK(pair[0].found[SAME] == 1 && pair[0].found[DIFF] == 1 && pair[0].found[OPEN] == 1);
    CHECK(pair[1].found[SAME] == 1 && pair[1].found[OPEN] == 0);
    check_spread(pair[0].challenges, 3, 55, 400, 475);
    check_spread(pair[3].challenges, 0, 0, 0, 0);

    t = &category[0];
    CHECK(t->pairs == 2 && t->runs == 6 && t->failed == 0);
    check_rate(t->false_same, 0, 0);
    check_rate(t->false_different, 1, 3);
    check_rate(t->wrong_pairs, 1, 1);
    t = &category[1];
    CHECK(strcmp(t->category, "y") == 0 && t->pairs == 2 && t->runs == 2 && t->failed == 4);
    check_rate(t->false_same, 1, 2);
    check_rate(t->undecided, 0, 2);
    check_spread(t->to_same, 1, 40, 40, 40);
    CHECK(pot_mem_used() == 0);
    return 0;
}
