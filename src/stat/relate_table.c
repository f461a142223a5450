/* The thresholds that name relationships, frozen on the development half: docs/relationships.md. */
#include "stat/relate.h"

#define IN(f, least, most)                                                                         \
    {                                                                                              \
        POT_FIGURE_##f, least, most                                                                \
    }
#define YES(f)      IN(f, 1, 1)
#define NO(f)       IN(f, 0, 0)
#define LEAST(f, x) IN(f, x, 1e300)
#define MOST(f, x)  IN(f, -1e300, x)

#define T (1u << POT_ACCESS_TOPK)
#define D (1u << POT_ACCESS_DISTRIBUTIONS)
#define W (1u << POT_ACCESS_WEIGHTS)

/* Matrices that were initialized alike correlate.  Of what the logits of two models have in common,
 * strangers keep up to 0.72 when the means of tokens are taken away, a student and its teacher 0.73
 * to 0.79, and a model and what it was trained on to become 0.87 and more.  Training on, lightly,
 * leaves a residual correlation of 0.83 and more, heavily of 0.73 and less. */
#define SOME_KIN     LEAST(kin, 0.02)
#define KIN          LEAST(kin, 0.5)
#define NO_KIN       MOST(kin, 0.02)
#define STRANGERS    MOST(own, 0.722)
#define LITTLE_MOVED LEAST(residual, 0.795)
#define FAR_MOVED    MOST(residual, 0.775)

const pot_relate_rule pot_relate_rules[] = {
    /* facts */
    {T | D | W, POT_IDENTICAL, "all files are the same", {YES(same_files)}},
    {W, POT_IDENTICAL, "the same values, and the same answers", {LEAST(equal, 1), YES(same_bits)}},
    {D, POT_IDENTICAL, "the same answers to the last bit", {YES(same_bits)}},
    {T | D, POT_UNRELATED, "another vocabulary", {NO(same_tokenizer)}},
    {W,
     POT_UNRELATED,
     "another vocabulary, and no weights in common",
     {NO(same_tokenizer), NO_KIN}},

    /* the same first weights */
    {W, POT_VARIANT, "weights of the reference in other layers", {SOME_KIN, NO(same_layers)}},
    {W, POT_QUANTIZED, "the same weights in other numbers", {KIN, NO(same_types), MOST(excess, 1)}},
    {W,
     POT_VARIANT,
     "weights set to zero, the others kept",
     {KIN, LEAST(zeros, 0.02), LEAST(kept, 0.9)}},
    {W,
     POT_QUANTIZED,
     "weights on a coarse grid",
     {KIN, MOST(distinct, 0.7), MOST(difference, 0.25)}},
    {W, POT_VARIANT, "weights rounded like averages of two models", {KIN, LEAST(even, 0.64)}},
    {W, POT_FINE_TUNED, "trained on, not far", {KIN, LITTLE_MOVED}},
    {W, POT_EXTENSIVE_FT, "trained on, far", {KIN, FAR_MOVED}},

    /* other first weights */
    {W,
     POT_DISTILLED,
     "no weights in common, and the reference's own deviations",
     {NO_KIN, LEAST(own, 0.725), LEAST(residual, 0.585)}},
    {W, POT_DIFFERENT_ARCH, "another architecture", {NO_KIN, NO(same_family), STRANGERS}},
    {W,
     POT_SIMILAR,
     "the same shapes from other first weights",
     {NO_KIN, YES(same_shapes), STRANGERS}},
    {W, POT_SCALE, "the same family in another size", {NO_KIN, NO(same_shapes), STRANGERS}},

    /* distributions alone */
    {D, POT_QUANTIZED, "nearly the same deviations", {LEAST(residual, 0.978)}},
    {D,
     POT_FINE_TUNED,
     "deviations like those of training on",
     {IN(residual, 0.795, 0.935), IN(own, 0.955, 0.992)}},
    {D,
     POT_FINE_TUNED,
     "deviations like those of training on, little",
     {IN(residual, 0.935, 0.957), IN(own, 0.955, 0.98)}},
    {D,
     POT_EXTENSIVE_FT,
     "deviations like those of training on, far",
     {FAR_MOVED, IN(own, 0.83, 0.94)}},
    {D,
     POT_DISTILLED,
     "deviations like those of a student",
     {IN(own, 0.725, 0.83), IN(residual, 0.585, 0.66)}},

    /* the most probable token alone */
    {T, POT_IDENTICAL, "always the same token", {LEAST(same_top, 1)}},
    {T, POT_QUANTIZED, "mostly the same token", {LEAST(same_top, 0.75)}},
};

const unsigned pot_relate_n_rules = sizeof pot_relate_rules / sizeof *pot_relate_rules;

/* Pairs of the held-out half, each with the four keys of its suite: those that were given the label
 * with some key, and of these the ones that it is the truth of. */
const pot_relate_count pot_relate_counts[POT_ACCESSES][POT_LABELS] = {
    [POT_ACCESS_TOPK] =
        {[POT_IDENTICAL] = {9, 10}, [POT_QUANTIZED] = {9, 11}, [POT_UNRELATED] = {3, 3}},
    [POT_ACCESS_DISTRIBUTIONS] = {[POT_IDENTICAL] = {9, 9},
                                  [POT_QUANTIZED] = {10, 13},
                                  [POT_FINE_TUNED] = {4, 4},
                                  [POT_EXTENSIVE_FT] = {3, 3},
                                  [POT_DISTILLED] = {0, 3},
                                  [POT_UNRELATED] = {3, 3}},
    [POT_ACCESS_WEIGHTS] = {[POT_IDENTICAL] = {9, 9},
                            [POT_QUANTIZED] = {10, 10},
                            [POT_FINE_TUNED] = {8, 10},
                            [POT_EXTENSIVE_FT] = {3, 3},
                            [POT_VARIANT] = {8, 8},
                            [POT_DISTILLED] = {3, 6},
                            [POT_SCALE] = {4, 4},
                            [POT_SIMILAR] = {3, 3},
                            [POT_DIFFERENT_ARCH] = {3, 3},
                            [POT_UNRELATED] = {3, 3}},
};
