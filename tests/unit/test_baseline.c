/* Baselines: their rules and figures against values by hand; distances of weights against those
 * that torch gives in float64 (recorded: sqrt of summed squares over all tensors of both files). */
#include "base/mem.h"
#include "eval/baseline.h"
#include "eval/distance.h"
#include "eval/entry.h"
#include "eval/tally.h"
#include "run.h"

#include <math.h>

static pot_decision decide(pot_baseline b, double x, double y)
{
    return pot_baseline_decide(b, (double[2]){x, y});
}

static void test_rules(void)
{
    CHECK(decide(POT_GREEDY_TEXTS, 1, 1) == POT_SAME);
    CHECK(decide(POT_GREEDY_TEXTS, 0.99, 1) == POT_DIFFERENT);
    CHECK(decide(POT_PERPLEXITIES, -0.01, 0) == POT_SAME);
    CHECK(decide(POT_PERPLEXITIES, 0.0101, 0) == POT_DIFFERENT);
    CHECK(decide(POT_PERPLEXITIES, -0.0101, 0) == POT_DIFFERENT);
    CHECK(decide(POT_VALUE_DIGESTS, 1, 0) == POT_SAME);
    CHECK(decide(POT_VALUE_DIGESTS, 0, 0) == POT_DIFFERENT);
    CHECK(decide(POT_WEIGHT_DISTANCE, 0.01, 0) == POT_SAME);
    CHECK(decide(POT_WEIGHT_DISTANCE, 0.011, 0) == POT_DIFFERENT);
    CHECK(decide(POT_WEIGHT_DISTANCE, (double)NAN, 0) == POT_DIFFERENT);
    CHECK(decide(POT_MEAN_KLD, 0.05, 0.01) == POT_SAME);       /* 0.0696 */
    CHECK(decide(POT_MEAN_KLD, 0.05, 0.011) == POT_UNDECIDED); /* 0.0284 .. 0.0716 */
    CHECK(decide(POT_MEAN_KLD, 0.09, 0.01) == POT_DIFFERENT);  /* 0.0704 */
    CHECK(decide(POT_MEAN_KLD, 0.09, 0.011) == POT_UNDECIDED);
    for (int i = 0; i < POT_BASELINES; i++) {
        const pot_baseline_rule *r = pot_baseline_rule_of((pot_baseline)i);
        CHECK(r->name[0] && r->rule[0] && r->source[0] && r->figure[0]);
    }
    CHECK(!pot_baseline_rule_of(POT_BASELINES));
}

static void test_figures(void)
{
    const uint32_t a[] = {1, 2, 3, 4}, b[] = {1, 5, 3};
    CHECK(pot_token_match(a, 4, b, 3) == 0.5 && pot_token_match(b, 3, a, 4) == 0.5);
    CHECK(pot_token_match(a, 4, a, 4) == 1 && pot_token_match(a, 0, b, 0) == 1);
    CHECK(pot_token_match(a, 0, b, 3) == 0);
    double mean, error;
    pot_mean_error((const double[]){1, 2, 3, 6}, 4, &mean, &error);
    CHECK(mean == 3 && fabs(error - sqrt(3.5 / 3)) < 1e-12); /* 50 / 4 - 9 = 3.5 */
    pot_mean_error((const double[]){0.25}, 1, &mean, &error);
    CHECK(mean == 0.25 && isinf(error));
}

static double distance(const char *a, const char *b)
{
    pot_error err = {0};
    pot_model *m[2] = {NULL, NULL};
    double d = -1;
    must(pot_model_open(&m[0], a, &err), &err);
    must(pot_model_open(&m[1], b, &err), &err);
    must(pot_weight_distance(&d, m[0], m[1], &(pot_compute){.threads = 2}, &err), &err);
    pot_model_close(&m[0]);
    pot_model_close(&m[1]);
    return d;
}

static void test_distance(void)
{
    CHECK(distance("zoo/base", "zoo/base-f32") == 0);
    CHECK(fabs(distance("zoo/base", "zoo/finetune-light") - 0.08832128585993743) < 1e-12);
    CHECK(fabs(distance("zoo/base", "zoo/finetune-heavy") - 0.22944480036207707) < 1e-12);
    CHECK(fabs(distance("zoo/base", "zoo/other-seed") - 1.3420393156550259) < 1e-12);
    CHECK(isnan(distance("zoo/base", "zoo/distilled"))); /* has fewer layers */
    CHECK(pot_mem_used() == 0);
}

static void measure(pot_baseline_result out[POT_BASELINES], const char *cand,
                    const pot_serving *serving)
{
    pot_error err = {0};
    const pot_baseline_how how = {.ref = "zoo/base",
                                  .cand = cand,
                                  .serving = serving,
                                  .other = "zoo/distilled",
                                  .key = run_key,
                                  .run_id = run_id,
                                  .prompts = 10};
    must(pot_baselines_measure(out, &how, &err), &err);
    CHECK(pot_mem_used() == 0);
}

static void test_pairs(void)
{
    pot_baseline_result r[POT_BASELINES];
    measure(r, "zoo/base-f32", NULL);
    for (int i = 0; i < POT_BASELINES; i++) {
        CHECK(r[i].done && !r[i].skipped);
        CHECK(r[i].decision == (i == POT_VALUE_DIGESTS ? POT_DIFFERENT : POT_SAME));
        CHECK(r[i].queries == (i == POT_VALUE_DIGESTS || i == POT_WEIGHT_DISTANCE ? 0 : 10));
    }
    CHECK(r[POT_GREEDY_TEXTS].figure[1] == 1 && r[POT_MEAN_KLD].figure[0] == 0);
    measure(r, "zoo/distilled", NULL);
    for (int i = 0; i < POT_BASELINES; i++)
        CHECK(r[i].done && r[i].decision == POT_DIFFERENT);
    const double all = r[POT_MEAN_KLD].figure[0];
    /* All of it routed is the other model; weights and texts are not looked at. */
    measure(r, "zoo/base-f32", &(pot_serving){.share = 1});
    CHECK(r[POT_MEAN_KLD].done && r[POT_MEAN_KLD].figure[0] == all);
    CHECK(r[POT_GREEDY_TEXTS].skipped && r[POT_VALUE_DIGESTS].skipped);
    CHECK(r[POT_WEIGHT_DISTANCE].skipped && !r[POT_WEIGHT_DISTANCE].done);
    measure(r, "zoo/nowhere", NULL);
    for (int i = 0; i < POT_BASELINES; i++)
        CHECK(!r[i].done && !r[i].skipped && strstr(r[i].why, "no such file"));
}

/* What is kept of them is read again, and nothing that was changed. */
static void test_kept(void)
{
    pot_baseline_result r[POT_BASELINES] = {{0}}, again[POT_BASELINES];
    pot_buf id = POT_BUF(1000), b = POT_BUF(100000);
    pot_buf_str(&id, "{\"key\":\"00\"}");
    r[0] = (pot_baseline_result){.done = true,
                                 .figure = {1, 0.5},
                                 .queries = 100,
                                 .seconds = 2,
                                 .cpu_seconds = 3,
                                 .joules = (double)NAN};
    r[1].skipped = true;
    r[3] = (pot_baseline_result){.done = true, .figure = {(double)NAN, (double)NAN}, .joules = 7};
    snprintf(r[4].why, sizeof r[4].why, "because");
    CHECK(pot_baselines_write(&b, &id, r, NULL) == POT_OK);
    const pot_bytes text = {(const uint8_t *)b.p, b.n};
    CHECK(pot_baselines_read(again, text, &id, "file", NULL) == POT_OK);
    CHECK(again[0].done && again[0].decision == POT_SAME && again[0].figure[1] == 0.5);
    CHECK(again[0].queries == 100 && again[0].cpu_seconds == 3 && isnan(again[0].joules));
    CHECK(again[1].skipped && !again[1].done && !again[2].skipped && !again[2].done);
    CHECK(isnan(again[3].figure[0]) && again[3].decision == POT_DIFFERENT && again[3].joules == 7);
    CHECK(strcmp(again[4].why, "because") == 0);
    for (size_t i = 0; i < b.n; i++) {
        b.p[i] ^= 1;
        CHECK(pot_baselines_read(again, text, &id, "file", NULL) == POT_E_FORMAT);
        b.p[i] ^= 1;
    }
    pot_eval_run_result run;
    CHECK(pot_entry_read(&run, text, &id, "file", NULL) == POT_E_FORMAT); /* it is no run */
    pot_buf_free(&id);
    pot_buf_free(&b);
}

/* Counted as runs are: one of each pair, without those that were skipped. */
static void test_tally(void)
{
    pot_eval_pair pair[3] = {
        {.category = "x", .serving = "", .truth = POT_TRUTH_SAME, .label = POT_LABELS},
        {.category = "x", .serving = "", .truth = POT_TRUTH_DIFFERENT, .label = POT_LABELS},
        {.category = "y", .serving = "z", .truth = POT_TRUTH_SAME, .label = POT_LABELS}};
    pot_tally category[2] = {{.category = "x"}, {.category = "y"}}, by[POT_BASELINES][2];
    pot_evaluation r = {.pair = pair, .pairs = 3, .category = category, .categories = 2};
    for (int i = 0; i < POT_BASELINES; i++)
        r.category_baseline[i] = by[i];
    pair[0].baseline[0] = (pot_baseline_result){
        .done = true, .decision = POT_DIFFERENT, .queries = 100, .joules = (double)NAN};
    pair[1].baseline[0] =
        (pot_baseline_result){.done = true, .decision = POT_SAME, .queries = 100, .joules = 5};
    pair[2].baseline[0].skipped = true;
    CHECK(pot_tally_baselines(&r, NULL) == POT_OK);
    const pot_tally *t = &r.baseline[0];
    CHECK(t->pairs == 2 && t->runs == 2 && t->failed == 0);
    CHECK(t->false_same.count == 1 && t->false_same.total == 1);
    CHECK(t->false_different.count == 1 && t->false_different.total == 1);
    CHECK(t->all_queries.median == 100 && t->joules.count == 1 && t->joules.sum == 5);
    CHECK(by[0][0].pairs == 2 && by[0][1].pairs == 0);
    CHECK(r.baseline[1].failed == 3); /* neither done nor skipped */
    CHECK(pot_mem_used() == 0);
}

int main(void)
{
    test_rules();
    test_figures();
    test_distance();
    test_pairs();
    test_kept();
    test_tally();
    return 0;
}
