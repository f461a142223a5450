/* eval.h - error rates, measured: pairs of models whose truth is known, each verified several
 * times with fresh keys.
 *
 *     pot_eval *e;
 *     s = pot_eval_open(&e, "suite.json", &(pot_eval_options){0}, &err);    docs/format/suite.md
 *     s = pot_eval_run(e, &err);
 *     const pot_evaluation *r = pot_eval_result(e);
 *     printf("%u of %u wrong\n", r->all.false_same.count, r->all.false_same.total);
 *     pot_eval_close(&e);
 *
 * Run i of a pair has a key that follows from the suite's seed, the pair and i, so a call can be
 * repeated to the bit; and so these keys are no secret, and no evidence for anybody else.  A run
 * that fails is counted as failed, never as a decision. */
#ifndef POT_EVAL_H
#define POT_EVAL_H

#include <pot/rates.h>
#include <pot/verify.h>

/* What is known of a pair.  EITHER is near the boundary by construction: its decisions are shown,
 * and are neither right nor wrong. */
typedef enum { POT_TRUTH_EITHER, POT_TRUTH_SAME, POT_TRUTH_DIFFERENT, POT_TRUTHS } pot_truth;

POT_API const char *pot_truth_name(pot_truth t); /* "either", "same", "different" */

typedef struct {
    bool done;   /* false: it failed, or was not reached */
    bool cached; /* an earlier call has made it */
    pot_decision decision;
    unsigned n;                  /* challenges that were put */
    double tv, kl;               /* their means */
    pot_label label;             /* with the access that the run had */
    double seconds, cpu_seconds; /* wall clock, and of all threads */
    double joules;               /* of the processor, all programs together; NaN: not readable */
} pot_eval_run_result;

/* How others answer the same question: rules in pot_baseline_rule. */
typedef enum {
    POT_GREEDY_TEXTS,
    POT_PERPLEXITIES,
    POT_VALUE_DIGESTS,
    POT_WEIGHT_DISTANCE,
    POT_MEAN_KLD,
    POT_BASELINES,
} pot_baseline;

typedef struct {
    const char *name, *rule, *source; /* what it decides by, and why by this */
    const char *figure[2];            /* what its figures are; NULL: there is none */
} pot_baseline_rule;

POT_API const pot_baseline_rule *pot_baseline_rule_of(pot_baseline b);

typedef struct {
    bool done;    /* false: `why` */
    bool skipped; /* it says nothing of candidates behind a serving */
    pot_decision decision;
    double figure[2]; /* NaN: there is none */
    unsigned queries; /* texts that each model was given */
    double seconds, cpu_seconds, joules;
    char why[400];
} pot_baseline_result;

typedef struct { /* of some numbers: how many, and the values that a half, nine tenths do not exceed
                  */
    unsigned count;
    double median, p90, sum;
} pot_spread;

typedef struct {
    const char *ref, *cand; /* names in the suite */
    const char *category;
    const char *serving; /* what stands between, for people; "": nothing */
    pot_truth truth;
    pot_label label;          /* POT_LABELS: the suite names none */
    pot_eval_run_result *run; /* [runs of the evaluation] */
    unsigned found[3];        /* runs by decision */
    pot_spread challenges;    /* of its runs */
    unsigned failed;
    char why[400]; /* the first failure; "" if there is none */
    pot_baseline_result baseline[POT_BASELINES];
} pot_eval_pair;

/* Pairs of a category, or all.  Intervals take runs for independent: keys are, pairs may not be, so
 * they speak of these pairs under other keys. */
typedef struct {
    const char *category; /* NULL: all */
    unsigned pairs, runs, failed;
    unsigned found[POT_TRUTHS][3];                 /* runs by truth and decision */
    pot_rate false_same, false_different;          /* of runs of different, of equal pairs */
    pot_rate undecided;                            /* of both together */
    pot_rate wrong_pairs;                          /* pairs with a wrong run, of those known */
    pot_rate right_label, abstained;               /* of labels given; of labels known */
    pot_spread to_same, to_different, all_queries; /* challenges, by decision */
    pot_spread seconds, cpu_seconds, joules;
} pot_tally;

typedef struct {
    const char *name, *seed, *file; /* of the suite */
    uint8_t suite_sha256[32];
    const char *only; /* the category that was asked for; NULL: all */
    const pot_rule *rule;
    const char *numerics;
    pot_access access;
    unsigned runs; /* of each pair */
    pot_eval_pair *pair;
    size_t pairs;
    pot_tally all, *category;
    size_t categories;
    unsigned confusion[POT_LABELS][POT_LABELS]; /* runs by the suite's label and ours */
    unsigned damaged; /* cache files that were not as they had been written: made again */
    unsigned cached;
    unsigned prompts; /* of baselines; 0: none were asked for */
    /* Of baselines: one run of each pair. */
    pot_tally baseline[POT_BASELINES], *category_baseline[POT_BASELINES];
} pot_evaluation;

typedef struct { /* zeroed: as the suite says, no cache */
    bool has_mode;
    pot_mode mode;
    unsigned runs;        /* of each pair; 0: as the suite says */
    const char *seed;     /* NULL: as the suite says */
    const char *category; /* only pairs of it; NULL: all */
    const char *cache;    /* a directory, made if need be: runs are kept there; NULL: none */
    pot_access access;    /* what relationships are named from; as in pot_verify_options */
    unsigned prompts;     /* of baselines, rounded up to whole rounds, at most 1000; 0: none */
    pot_compute compute;
    pot_progress_fn *progress; /* what: the pair; done and total count runs */
    void *ctx;
} pot_eval_options;

typedef struct pot_eval pot_eval;

/* Read the suite; strings of *o are borrowed.  POT_E_FORMAT for what docs/format/suite.md does not
 * describe, POT_E_ARG for a category that it does not have. */
POT_API POT_MUST_USE pot_status pot_eval_open(pot_eval **out, const char *suite,
                                              const pot_eval_options *o, pot_error *err);
POT_API void pot_eval_close(pot_eval **e); /* NULL is allowed */

/* Run all pairs.  Failures of single runs are in the result; only POT_E_STOPPED and a cache that
 * cannot be written end the call.  With a cache, another call goes on from there. */
POT_API POT_MUST_USE pot_status pot_eval_run(pot_eval *e, pot_error *err);

/* Borrowed from e; before the run its counts are zero. */
POT_API const pot_evaluation *pot_eval_result(const pot_eval *e);

#endif
