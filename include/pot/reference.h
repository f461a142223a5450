/* reference.h - a reference that travels without its weights: what it says to a set of secret
 * challenges, in one file (docs/format/potref.md).
 *
 *     s = pot_fingerprint("ref.potref", false, &(pot_fingerprint_options){.model = "models/base",
 *                         .mode = POT_AUDIT}, &err);
 *     ...                                                       elsewhere, without the model:
 *     s = pot_verify_open(&v, &(pot_verify_options){.ref = "ref.potref", .cand = "b"}, &err);
 *
 * Whoever has read the file knows the challenges: it is a secret until the candidate has answered.
 */
#ifndef POT_REFERENCE_H
#define POT_REFERENCE_H

#include <pot/challenge.h>
#include <pot/compute.h>
#include <pot/decision.h>
#include <pot/model.h>
#include <pot/progress.h>

#define POT_TOP_K 64 /* where nothing else is said */
#define POT_TAILS 16

typedef struct { /* zeroed: a new key and run id, as many challenges as the mode puts at most */
    const char *model;
    pot_mode mode;
    const uint8_t *key;    /* [POT_KEY_SIZE]; NULL: from the system's generator */
    const uint8_t *run_id; /* [POT_RUN_ID_SIZE]; NULL: from the system's generator */
    const char *corpus;    /* path of the user's own text; NULL: the five families */
    unsigned challenges;   /* a multiple of POT_FAMILIES, n_min to n_max of the mode; 0: n_max */
    bool exact;            /* whole distributions: what the output head sees, and the head */
    unsigned top_k, tails; /* else so many tokens and tail classes; 0: as above */
    pot_compute compute;
    pot_progress_fn *progress;
    void *ctx; /* of progress */
} pot_fingerprint_options;

/* Hash the model, put all challenges, write the file, readable by its owner only: it appears whole
 * or not at all, and an existing one is replaced only with `force`. */
POT_API POT_MUST_USE pot_status pot_fingerprint(const char *path, bool force,
                                                const pot_fingerprint_options *o, pot_error *err);

typedef struct pot_reference pot_reference;

typedef struct {
    const char *path;
    uint64_t size; /* of the file, */
    uint8_t sha256[32];
    uint8_t tag[POT_TAG_SIZE]; /* HMAC-SHA256(key, document), which binds every byte of it */
    uint8_t run_id[POT_RUN_ID_SIZE];
    const char *pot, *generator, *numerics; /* version of the program, ... */
    pot_rule rule;                          /* n_max: the challenges that are in it */
    pot_mode mode;
    uint32_t challenges;
    uint64_t positions;
    unsigned
        least_same; /* challenges without which nothing can be called SAME; 0: all are too few */
    bool corpus;
    uint8_t corpus_sha256[32];
    bool exact;
    uint32_t top_k, tails;      /* 0, 0 where exact */
    double tail_mean, tail_max; /* over positions: probability of the tail classes together */
    double perplexity;          /* of the actual tokens; NAN where exact */
    pot_model_facts model;      /* of its warnings, tensors, ropes and experts nothing */
    uint32_t tokenizer_size;    /* one more than its largest id */
    const char *tokenizer_kind;
    uint8_t tokenizer_sha256[32], vocab_sha256[32];
} pot_reference_facts;

/* Map the file and check all of it: POT_E_FORMAT for any changed byte. */
POT_API POT_MUST_USE pot_status pot_reference_open(pot_reference **out, const char *path,
                                                   pot_error *err);
POT_API void pot_reference_close(pot_reference **r); /* NULL inside is allowed */
POT_API const pot_reference_facts *pot_reference_info(const pot_reference *r); /* borrowed */

/* Is it such a file, by its name (.potref) or its first bytes? */
POT_API bool pot_is_reference(const char *path);

#endif
