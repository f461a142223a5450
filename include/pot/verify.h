/* verify.h - the main job: is CAND the same model as REF?
 *
 *     pot_verify *v;
 *     s = pot_verify_open(&v, &(pot_verify_options){.ref = "a", .cand = "b", .mode = POT_AUDIT},
 *                         &err);                        configs and tokenizers; no weight is read
 *     publish(pot_verify_commitment(v));                binds key, rule and models beforehand
 *     s = pot_verify_run(v, &err);                      hash, score, decide
 *     printf("%s\n", pot_decision_name(pot_verify_verdict(v)->decision));
 *     pot_verify_close(&v);
 *
 * The prompt of challenge i is the beginning of its text that the reference's tokenizer
 * encodes into the challenge's number of tokens (at least POT_PROMPT_MIN), each model then
 * reads it as its own tokenizer encodes it, special tokens of its template included.  Where both
 * make the same ids of every prompt, every position but the last is scored, on the law of the next
 * token; else the places where both tokenizations have a boundary, on the law of the next byte. */
#ifndef POT_VERIFY_H
#define POT_VERIFY_H

#include <pot/challenge.h>
#include <pot/compute.h>
#include <pot/decision.h>
#include <pot/model.h>
#include <pot/progress.h>
#include <pot/reference.h>
#include <pot/relationship.h>

typedef struct pot_verify pot_verify;

/* What laws are compared.  Those of the next byte are a lower bound: they can show that models are
 * DIFFERENT, never that they are the SAME (docs/statistics.md).  So are those over classes of
 * tokens that a reference from a file has: SAME is then said of the classes
 * (docs/format/potref.md). */
typedef enum { POT_BY_TOKENS, POT_BY_BYTES, POT_BY_CLASSES } pot_comparison;

POT_API const char *pot_comparison_name(pot_comparison c); /* "tokens", "bytes", "classes" */

typedef struct {            /* zeroed means: a new key and run id, all processors */
    const char *ref, *cand; /* models; ref may be a file of pot_fingerprint, */
    pot_mode mode;          /* which fixes mode, key, run id and profile */
    const uint8_t *key;     /* [POT_KEY_SIZE]; NULL: from the system's generator */
    const uint8_t *run_id;  /* [POT_RUN_ID_SIZE]; NULL: from the system's generator */
    const char *corpus;     /* path of the user's own text; NULL: the five families */
    pot_compute compute;
    bool by_digest;    /* equal digests of all files decide SAME without a challenge */
    pot_access access; /* the relationship is named from no more than this; not committed to */
    bool calibrate;    /* first put the reference against itself, in the other numeric profile: */
    const char *copy;  /* through this copy of it, another container; NULL: through itself */
    pot_progress_fn *progress;
    void *ctx; /* of progress */
} pot_verify_options;

POT_API POT_MUST_USE pot_status pot_verify_open(pot_verify **out, const pot_verify_options *o,
                                                pot_error *err);
POT_API void pot_verify_close(pot_verify **v); /* wipes the key; NULL is allowed */

/* What is fixed before the first weight is read: tag = HMAC-SHA256(key, document). */
typedef struct {
    const char *document; /* JSON, docs/format/commitment.md; borrowed */
    size_t n;
    uint8_t tag[POT_TAG_SIZE], run_id[POT_RUN_ID_SIZE];
} pot_commitment;

POT_API const pot_commitment *pot_verify_commitment(const pot_verify *v);

/* Hash both models, put the challenges, stop when the rule says so.  Any failure, also
 * POT_E_STOPPED, leaves the verdict UNDECIDED. */
POT_API POT_MUST_USE pot_status pot_verify_run(pot_verify *v, pot_error *err);

typedef struct {
    pot_family family;
    unsigned n, failed;
    double tv, kl; /* means over the scored challenges */
    double top1;   /* share of positions at which the most probable token is the same */
} pot_family_result;

typedef struct {
    const pot_model_facts *model;    /* borrowed */
    const uint8_t *tokenizer_sha256; /* NULL: it has none and the reference's ids were used */
    const char *tokenizer_kind;      /* NULL likewise */
    double perplexity;               /* of the actual tokens */
} pot_side;

/* What the reference against itself came to, through the same path on challenges of its own, before
 * a weight of the candidate was read. */
typedef struct {
    unsigned n;                  /* challenges; 0: there was no calibration */
    const char *numerics;        /* of the second reading */
    const pot_model_facts *copy; /* borrowed; NULL: the reference's own files */
    double tv_mean, lo, hi;      /* bounds at the confidence of the rule */
    double tv_max;               /* the largest score */
    double tolerance, noise;     /* what follows: see pot_decider_floor */
    double seconds;
} pot_floor;

#define POT_QUARTERS 4
#define POT_DRIVERS  5

/* A quarter of the scored positions of each prompt, from its beginning. */
typedef struct {
    uint64_t n;
    double tv, kl; /* means over them */
} pot_quarter;

/* A challenge with a large share of the effect. */
typedef struct {
    uint64_t index;
    pot_family family;
    double tv, kl, share;       /* share of the sum of all TV */
    char text[72];              /* the beginning of the prompt */
    size_t position, positions; /* where its TV is largest; of how many */
    double peak_tv;
    bool placed;     /* that is known as a place of the prompt: */
    size_t offset;   /* the byte that comes next */
    char before[48]; /* the prompt up to there, its end */
    struct {
        uint32_t id;
        const char *piece; /* borrowed; NULL if it has none */
    } top[2];              /* what reference and candidate find most probable there */
} pot_driver;

typedef struct {
    pot_decision decision;
    pot_floor floor;
    pot_comparison comparison;
    bool by_digest;       /* decided by equal digests, without a challenge */
    bool identical;       /* every scored position has the same distribution to the bit */
    const pot_rule *rule; /* of a reference from a file: n_max is what that has */
    const pot_reference_facts *saved; /* that file; NULL: the reference is a model */
    pot_summary s;
    double top1;            /* as in the families, over all positions */
    double dp_mean, dp_rms; /* candidate - reference, probability of the actual token */
    double kl_p50, kl_p90, kl_p99, kl_max; /* over positions */
    uint64_t positions;
    pot_pair_figures figures;                    /* what the relationship is named from, */
    pot_relationship relationship[POT_ACCESSES]; /* with each access; */
    pot_access access;                           /* and the one that was asked for */
    unsigned n_families;
    pot_family_result family[POT_FAMILIES];
    pot_quarter quarter[POT_QUARTERS];
    unsigned n_drivers;
    pot_driver driver[POT_DRIVERS]; /* the largest first */
    pot_side ref, cand;
    const char *numerics, *kernel, *generator;
    unsigned threads;
    double hash_seconds, score_seconds;
    const char *const *warnings; /* borrowed */
    size_t n_warnings;
} pot_verdict;

/* Borrowed from v.  UNDECIDED with n = 0 until a run ended well; ref.model and cand.model are
 * there from the beginning. */
POT_API const pot_verdict *pot_verify_verdict(const pot_verify *v);

#endif
