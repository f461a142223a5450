/* The table of relationships: which figures give which label, with which access, and how abstaining
 * is explained. */
#include "stat/relate.h"
#include "t.h"

#include <math.h>
#include <string.h>

static pot_pair_figures f;

static void unknown(void)
{
    for (unsigned i = 0; i < POT_FIGURES; i++)
        f.x[i] = NAN;
    f.x[POT_FIGURE_same_files] = 0;
}

#define SET(name, value) f.x[POT_FIGURE_##name] = value

/* Two models of one family whose weights have these first values in common. */
static void pair(double kin, double own, double residual)
{
    unknown();
    SET(same_tokenizer, 1), SET(same_top, 0.5), SET(same_bits, 0);
    SET(own, own), SET(residual, residual), SET(perplexity, 0.1), SET(kl, 0.5);
    SET(same_family, 1), SET(same_shapes, 1), SET(same_layers, 1), SET(same_types, 1);
    SET(matrices, 36), SET(kin, kin), SET(correlation, kin), SET(difference, 0.1);
    SET(excess, 10), SET(equal, 0.02), SET(untouched, 0), SET(zeros, 0), SET(kept, 0.02);
    SET(distinct, 0.97), SET(rank, 0.5), SET(precision, 1e-2), SET(even, 0.5);
}

static pot_label from(pot_access access)
{
    pot_relationship r;
    pot_relate(&r, &f, access);
    CHECK(r.access == access && r.n_reasons > 0 && r.n_reasons <= POT_MOST_REASONS);
    CHECK(isnan(r.confidence) == (r.label == POT_ABSTAIN));
    for (unsigned i = 0; i < r.n_reasons; i++)
        CHECK(r.reason[i][0] && strlen(r.reason[i]) + 1 < POT_REASON_SIZE);
    return r.label;
}

static void is(pot_label want)
{
    CHECK(from(POT_ACCESS_WEIGHTS) == want);
}

/* Not said, since it was wrong too often: but named. */
static void perhaps(const char *label)
{
    char want[POT_REASON_SIZE];
    pot_relationship r;
    pot_relate(&r, &f, POT_ACCESS_WEIGHTS);
    snprintf(want, sizeof want, "perhaps %s,", label);
    CHECK(r.label == POT_ABSTAIN && strncmp(r.reason[0], want, strlen(want)) == 0 && r.of == 0);
}

static void test_weights(void)
{
    pair(1, 0.97, 0.9), is(POT_FINE_TUNED);
    pair(1, 0.9, 0.7), is(POT_EXTENSIVE_FT);
    pair(1, 0.9, 0.785), is(POT_ABSTAIN); /* between the two */
    pair(1, 1, 0.99), SET(same_types, 0), SET(excess, 0.6), is(POT_QUANTIZED);
    pair(1, 1, 0.99), SET(same_types, 0), SET(excess, 3), is(POT_FINE_TUNED);
    pair(1, 1, 0.99), SET(distinct, 0.3), is(POT_QUANTIZED);
    pair(1, 0.9, 0.9), SET(zeros, 0.2), SET(kept, 1), SET(distinct, 0.5), is(POT_VARIANT);
    pair(1, 0.99, 0.97), SET(even, 0.72), is(POT_VARIANT);
    pair(0.1, 0.9, 0.9), SET(same_layers, 0), SET(same_shapes, 0), is(POT_VARIANT);
    pair(0, 0.75, 0.63), is(POT_ABSTAIN), perhaps("DISTILLED");
    pair(0, 0.69, 0.54), is(POT_SIMILAR);
    pair(0, 0.69, 0.54), SET(same_shapes, 0), is(POT_SCALE);
    pair(0, 0.69, 0.54), SET(same_shapes, 0), SET(same_family, 0), is(POT_DIFFERENT_ARCH);
    pair(0, 0.69, 0.54), SET(same_tokenizer, 0), is(POT_UNRELATED);
    pair(0, 0.75, 0.5), is(POT_ABSTAIN); /* two figures that contradict each other */
    pair(1, 1, 1), SET(equal, 1), SET(same_bits, 1), is(POT_IDENTICAL);
    pair(1, 1, 1), SET(equal, 1), SET(excess, 0), SET(same_types, 0), is(POT_QUANTIZED);
}

static void test_access(void)
{
    pair(1, 0.97, 0.9);
    SET(even, 0.72); /* weights say merged; distributions cannot see it */
    CHECK(from(POT_ACCESS_WEIGHTS) == POT_VARIANT);
    CHECK(from(POT_ACCESS_DISTRIBUTIONS) == POT_FINE_TUNED);
    CHECK(from(POT_ACCESS_TOPK) == POT_ABSTAIN);
    SET(same_top, 0.9);
    CHECK(from(POT_ACCESS_TOPK) == POT_QUANTIZED);
    pair(0, 0.75, 0.63);
    CHECK(from(POT_ACCESS_DISTRIBUTIONS) == POT_ABSTAIN);
    perhaps("DISTILLED");
    pair(0, 0.69, 0.54);
    CHECK(from(POT_ACCESS_DISTRIBUTIONS) == POT_ABSTAIN);
    SET(same_tokenizer, 0);
    CHECK(from(POT_ACCESS_TOPK) == POT_UNRELATED);
    unknown(); /* equal files need no figures */
    SET(same_files, 1);
    for (pot_access a = POT_ACCESS_TOPK; a < POT_ACCESSES; a++)
        CHECK(from(a) == POT_IDENTICAL);
}

/* Nothing known, or nothing but NaN: never a label. */
static void test_abstains(void)
{
    pot_relationship r;
    unknown();
    for (pot_access a = POT_ACCESS_TOPK; a < POT_ACCESSES; a++) {
        CHECK(from(a) == POT_ABSTAIN);
        pot_relate(&r, &f, a);
        CHECK(r.n_reasons == 1);
    }
    pair(0.1, NAN, NAN);
    is(POT_ABSTAIN);
}

/* Every figure shifted by a little beyond the bounds of a row makes that row fail. */
static void test_conditions(void)
{
    for (unsigned i = 0; i < pot_relate_n_rules; i++) {
        const pot_relate_rule *r = &pot_relate_rules[i];
        CHECK(r->label > POT_ABSTAIN && r->label < POT_LABELS && r->says[0]);
        CHECK(r->access && !(r->access >> POT_ACCESSES) && !(r->access & 1));
        for (unsigned c = 0; c < POT_MOST_CONDITIONS; c++)
            CHECK(r->when[c].figure < POT_FIGURES && r->when[c].least <= r->when[c].most);
    }
}

/* Each label that a row gives with an access was measured with it, and no other. */
static void test_counts(void)
{
    for (pot_access a = POT_ACCESS_TOPK; a < POT_ACCESSES; a++)
        for (pot_label l = POT_ABSTAIN; l < POT_LABELS; l++) {
            const pot_relate_count *c = &pot_relate_counts[a][l];
            bool given = false;
            for (unsigned i = 0; i < pot_relate_n_rules; i++)
                given |= pot_relate_rules[i].label == l && pot_relate_rules[i].access >> a & 1;
            CHECK(given == (c->of > 0) && c->right <= c->of);
        }
    pot_relationship r;
    pair(1, 0.97, 0.9);
    pot_relate(&r, &f, POT_ACCESS_WEIGHTS);
    CHECK(r.label == POT_FINE_TUNED && r.right == 8 && r.of == 10 &&
          fabs(r.confidence - 0.75) < 1e-9);
}

static void test_names(void)
{
    pot_access a;
    CHECK(strcmp(pot_label_name(POT_EXTENSIVE_FT), "EXTENSIVE_FT") == 0);
    CHECK(strcmp(pot_label_name(POT_ABSTAIN), "ABSTAIN") == 0);
    CHECK(strcmp(pot_label_name(POT_UNRELATED), "UNRELATED") == 0);
    CHECK(strcmp(pot_figure_name(POT_FIGURE_own), "own") == 0);
    CHECK(pot_access_find(&a, "topk") && a == POT_ACCESS_TOPK);
    CHECK(pot_access_find(&a, "weights") && a == POT_ACCESS_WEIGHTS);
    CHECK(!pot_access_find(&a, "most") && !pot_access_find(&a, ""));
}

int main(void)
{
    test_weights();
    test_access();
    test_abstains();
    test_conditions();
    test_counts();
    test_names();
    return 0;
}
