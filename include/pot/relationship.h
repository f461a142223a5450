/* relationship.h - what kind of same, or of different: a label with its reasons, or none.
 *
 *     pot_relationship r;
 *     pot_relate(&r, &figures, POT_ACCESS_DISTRIBUTIONS);
 *     puts(pot_label_name(r.label));                    "ABSTAIN" where the figures do not tell
 *
 * Three levels of access see more and more figures: answers of the most probable tokens or texts,
 * whole distributions, weights of both.  The thresholds are rows of a table (relate_table.c) that
 * was frozen on one half of the models with known truth; how often each label was right on the
 * other half is its confidence (docs/relationships.md). */
#ifndef POT_RELATIONSHIP_H
#define POT_RELATIONSHIP_H

#include <pot/status.h>

#define POT_RELATIONSHIPS "pot-relate-2" /* the table; another one is another name */

typedef enum {
    POT_ACCESS_MOST, /* the most that there is: as an option only */
    POT_ACCESS_TOPK,
    POT_ACCESS_DISTRIBUTIONS,
    POT_ACCESS_WEIGHTS,
    POT_ACCESSES,
} pot_access;

typedef enum {
    POT_ABSTAIN,
    POT_IDENTICAL,      /* the same values: another container, a wider dtype */
    POT_QUANTIZED,      /* the same network in coarser numbers */
    POT_FINE_TUNED,     /* trained on from the same weights, lightly */
    POT_EXTENSIVE_FT,   /* trained on from the same weights, far */
    POT_VARIANT,        /* edited from the same weights: pruned, merged */
    POT_DISTILLED,      /* other first weights, trained on the reference's distributions */
    POT_SCALE,          /* the same family and tokenizer in another size */
    POT_SIMILAR,        /* the same architecture, size and tokenizer; other first weights */
    POT_DIFFERENT_ARCH, /* another architecture with the same tokenizer */
    POT_UNRELATED,      /* another tokenizer as well */
    POT_LABELS,
} pot_label;

/* What is known of a pair, the one list of it:
 *     X(name, the access that shows it, how a sentence says it, scale, digits)
 * Shares are 0 .. 1; a fact is 0 or 1; NaN where it is not known. */
#define POT_FIGURE_LIST(X)                                                                         \
    X(same_files, TOPK, "every file equal by its digest", 1, -1)                                   \
    X(same_tokenizer, TOPK, "the same tokenizer", 1, -1)                                           \
    X(same_top, TOPK, "same most probable token (%)", 100, 1)                                      \
    X(same_bits, DISTRIBUTIONS, "every scored distribution the same to the last bit", 1, -1)       \
    X(tv, DISTRIBUTIONS, "mean TV", 1, 4)                                                          \
    X(kl, DISTRIBUTIONS, "mean KL (nats)", 1, 4)                                                   \
    X(kl_cv, DISTRIBUTIONS, "variation of KL over challenges", 1, 2)                               \
    X(kl_median, DISTRIBUTIONS, "median over mean of KL", 1, 2)                                    \
    X(perplexity, DISTRIBUTIONS, "log of the ratio of perplexities", 1, 3)                         \
    X(gain, DISTRIBUTIONS, "log of the ratio of perplexities over mean KL", 1, 2)                  \
    X(alike, DISTRIBUTIONS, "correlation of the logits", 1, 3)                                     \
    X(residual, DISTRIBUTIONS, "correlation of the logits beyond each token's mean", 1, 3)         \
    X(own, DISTRIBUTIONS, "share of the logits' correlation that is the model's own", 1, 3)        \
    X(family_spread, DISTRIBUTIONS, "largest over smallest KL of a family", 1, 2)                  \
    X(same_family, WEIGHTS, "the same architecture", 1, -1)                                        \
    X(same_shapes, WEIGHTS, "all weights in the same shapes", 1, -1)                               \
    X(same_layers, WEIGHTS, "the same number of layers", 1, -1)                                    \
    X(matrices, WEIGHTS, "matrices of the same shape", 1, 0)                                       \
    X(kin, WEIGHTS, "matrices with correlated weights (%)", 100, 1)                                \
    X(correlation, WEIGHTS, "correlation of the weights", 1, 5)                                    \
    X(difference, WEIGHTS, "relative difference of the weights", 1, 5)                             \
    X(excess, WEIGHTS, "difference over what the stored precision explains", 1, 2)                 \
    X(equal, WEIGHTS, "equal values (%)", 100, 2)                                                  \
    X(untouched, WEIGHTS, "untouched matrices (%)", 100, 1)                                        \
    X(zeros, WEIGHTS, "weights set to zero (%)", 100, 2)                                           \
    X(kept, WEIGHTS, "equal values where neither is zero (%)", 100, 2)                             \
    X(distinct, WEIGHTS, "distinct values among neighbours", 1, 2)                                 \
    X(rank, WEIGHTS, "effective rank of the difference, of noise 1", 1, 2)                         \
    X(same_types, WEIGHTS, "stored in the same types", 1, -1)                                      \
    X(precision, WEIGHTS, "what their precision explains", 1, 5)                                   \
    X(even, WEIGHTS, "changed values with an even last bit", 1, 3)

#define POT_FIGURE_ENUM_(name, access, text, scale, digits) POT_FIGURE_##name,
typedef enum { POT_FIGURE_LIST(POT_FIGURE_ENUM_) POT_FIGURES } pot_figure_id;
#undef POT_FIGURE_ENUM_

typedef struct {
    double x[POT_FIGURES];
} pot_pair_figures;

#define POT_MOST_REASONS 6
#define POT_GUESS        0.5 /* a label with no more confidence is not given */
#define POT_REASON_SIZE  120

typedef struct {
    pot_label label;
    pot_access access;  /* what it was told from */
    unsigned right, of; /* answers with this label that were right where it was measured */
    double confidence;  /* (right + 1) / (of + 2); NaN for ABSTAIN */
    unsigned n_reasons;
    char reason[POT_MOST_REASONS][POT_REASON_SIZE];
} pot_relationship;

/* The first row of the table that holds for figures which this access shows. */
POT_API void pot_relate(pot_relationship *out, const pot_pair_figures *figures, pot_access access);

POT_API const char *pot_label_name(pot_label l);    /* "ABSTAIN", "IDENTICAL", ... */
POT_API pot_label pot_label_find(const char *name); /* POT_LABELS if there is no such label */
POT_API const char *pot_access_name(pot_access a);  /* "weights", "distributions", "topk" */
POT_API bool pot_access_find(pot_access *out, const char *name);
POT_API const char *pot_figure_name(pot_figure_id f);

#endif
