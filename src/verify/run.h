/* run.h - the inside of a verification, and what it tells for each challenge. */
#ifndef POT_VERIFY_RUN_H
#define POT_VERIFY_RUN_H

#include "base/buf.h"
#include "base/pool.h"
#include "engine/engine.h"
#include "score/bytes.h"
#include "score/residual.h"
#include "verify/budget.h"
#include "verify/kinship.h"
#include "verify/reference.h"

#include <pot/tokenizer.h>
#include <pot/verify.h>

#define POT_MOST_IDS 1024 /* of a prompt, special tokens included */

/* Tokens of a text that memory is planned for: some special ones, too. */
#define POT_LONGEST (POT_PROMPT_MAX + 8)

/* One challenge, scored; valid during the call of the sink. */
typedef struct {
    const pot_challenge *challenge;
    size_t prompt; /* bytes of challenge->text that were asked */
    pot_ids ref, cand;
    const pot_position *position; /* [n] */
    size_t n;                     /* scored positions; 0: the challenge could not be scored */
    const uint16_t *offset;       /* [n] byte of the text that comes next; NULL: by tokens */
    pot_residual_sums residual;   /* 0 where they are not known */
    size_t peak;                  /* the first position with the largest TV */
    double tv, kl;                /* means over the positions */
    double lo, hi;                /* bounds of the mean TV after this challenge */
} pot_record;

/* Receives each challenge in order; what it returns other than POT_OK ends the run. */
typedef pot_status pot_record_fn(void *ctx, const pot_record *r, pot_error *err);

/* One pass over weights, for the trace; valid during the call. */
typedef struct {
    const char *what;      /* "hash", "REF", "CAND", "heads" */
    unsigned first, count; /* challenges */
    double seconds;
    const double *layer; /* [layers]: seconds of each */
    size_t layers;
    uint64_t read; /* bytes from the disk; what is mapped is not counted */
} pot_pass_record;

typedef pot_status pot_pass_fn(void *ctx, const pot_pass_record *r, pot_error *err);

/* Stands between the candidate and the comparison: changes its logits [n][vocab] of the rows that
 * begin with `at` of the sweep.  Only pot eval sets one, to know how wrappers are judged. */
typedef pot_status pot_serve_fn(void *ctx, pot_verify *v, float *logits, size_t at, size_t n,
                                pot_error *err);

/* Writes down what has been done, so that another run can go on from here. */
typedef pot_status pot_keep_fn(void *ctx, pot_error *err);

/* One of the two models. */
typedef struct {
    const char *role;             /* "REF" or "CAND": for messages */
    pot_model *model;             /* NULL: what it says is saved */
    pot_reference *saved;         /* NULL: it is a model */
    const pot_model_facts *facts; /* of either */
    pot_tokenizer *tokenizer;     /* NULL: the reference's ids are used */
    pot_byte_table bytes;         /* owned: where laws of the next byte are compared */
    pot_engine *engine;           /* of a saved one its head; NULL: there are laws over classes */
    double log_sum;               /* of the actual tokens' log-probabilities */
} pot_party;

/* One challenge of the sweep in work. */
typedef struct {
    pot_challenge challenge;
    size_t prompt;
    pot_tokens ref, cand;
    uint16_t at[2][POT_MOST_IDS];  /* [n] tokens of ref and of cand: behind each both are scored */
    uint16_t offset[POT_MOST_IDS]; /* [n] by bytes: where in the prompt that is */
    size_t n;
    size_t row; /* of its first position among the rows of the sweep */
    pot_residual_sums residual;
} pot_question;

struct pot_verify {
    pot_verify_options options; /* strings borrowed from the caller */
    uint8_t key[POT_KEY_SIZE];
    pot_corpus *corpus;
    pot_party party[2]; /* reference, candidate */
    pot_comparison comparison;
    size_t longest; /* tokens of a text: no prompt of the run has more */
    pot_pool *pool;
    pot_kernels kernels;
    pot_buf document;
    pot_commitment commitment;
    pot_verify *floor;      /* owned: the reference against itself, which comes first; or NULL */
    pot_verify *calibrates; /* borrowed: the run that this one is the floor of; or NULL */
    pot_kernels other;      /* of its second reading */
    unsigned asks;          /* its challenges */

    pot_budget budget;
    pot_ring *ring; /* owned; NULL: models are resident */

    pot_question *question; /* owned: a sweep */
    size_t questions, question_room;
    size_t rows;    /* scored positions of a sweep */
    unsigned swept; /* models that have read its questions */
    pot_tokens scratch;
    float *hidden[2], *logits[2]; /* owned: rows of a sweep, rows of a head block */
    pot_position *position;       /* owned: [rows of a sweep] */
    uint32_t *actual;             /* owned: [rows of a sweep] */
    size_t rows_room, block_rows;

    pot_decider decider;
    double lo, hi;                 /* its bounds after the last complete round */
    double start;                  /* of scoring, pot_clock */
    uint32_t layers, layers_begun; /* of both models, in this sweep */
    struct {
        pot_pass_record record;
        double start, last; /* pot_clock; the last when the layer in work began */
        double *layer;      /* owned: [the most layers of a model] */
        uint64_t read;      /* pot_ring_bytes at its start */
        size_t at;          /* layers that have begun */
    } pass;
    double sweep_start;
    uint64_t sweep_read;
    pot_record_fn *sink; /* NULL: nobody listens */
    void *sink_ctx;
    pot_pass_fn *trace;  /* NULL likewise */
    pot_serve_fn *serve; /* NULL likewise */
    pot_keep_fn *keep;
    void *trace_ctx, *serve_ctx, *keep_ctx;
    bool pushing;         /* some, not all scores of a sweep are in the decider */
    unsigned resumed;     /* rounds of the sweep that an earlier run began, or 0 */
    pot_keep_fn *restore; /* brings back the hidden states of models that have read it */
    bool expected[2];     /* the weights must be those that were hashed in an earlier run: */
    uint8_t expect[2][32];
    double hash_seconds, score_seconds;
    float *kl; /* owned: of all positions so far, for percentiles */
    size_t n_kl, kl_room;
    double dp_sum, dp_sum2;
    uint64_t same_top, family_positions[POT_FAMILIES], family_top[POT_FAMILIES];
    bool differs;               /* some position is not the same to the bit */
    pot_residual residual;      /* of the question whose rows are being compared */
    double residual_sums[2][3]; /* of pot_residual_sums, over the challenges so far */
    pot_kinship kinship;
    bool kinship_known; /* the weights of both were compared */

    pot_buf warn;
    const char *warnings[64]; /* borrowed: warn, models */
    pot_verdict verdict;
};

/* Who is told of each challenge; before pot_verify_run. */
void pot_verify_listen(pot_verify *v, pot_record_fn *sink, void *ctx);

/* What stands between; before pot_verify_run. */
void pot_verify_serve(pot_verify *v, pot_serve_fn *serve, void *ctx);

/* prompt.c: what makes prompts of challenges, all borrowed; a challenge, the bytes of its text that
 * are asked, and their ids. */
typedef struct {
    const uint8_t *key, *run_id;
    const pot_corpus *corpus;
    pot_tokenizer *tokenizer; /* the reference's */
    pot_tokens *scratch;
    const char *path; /* of the reference, for messages */
} pot_prompts;

POT_MUST_USE pot_status pot_prompt_make(const pot_prompts *p, uint64_t index, pot_challenge *c,
                                        size_t *prompt, pot_tokens *ids, pot_error *err);

/* Has a prompt as many ids as can be scored? */
POT_MUST_USE pot_status pot_prompt_check(const pot_tokens *ids, uint64_t index, const char *path,
                                         pot_error *err);

/* A challenge as ids of both models. */
POT_MUST_USE pot_status pot_question_make(pot_verify *v, pot_question *q, uint64_t index,
                                          pot_error *err);

/* prompt.c: the comparison that the prompts of the run call for, should all be put, and the most
 * tokens that either model reads of one. */
POT_MUST_USE pot_status pot_questions_survey(pot_verify *v, pot_error *err);

/* calibrate.c: prepare the run of the reference against itself; is it, or the run itself, through;
 * put its challenges, unless an earlier run did, and take over what follows. */
POT_MUST_USE pot_status pot_floor_open(pot_verify *v, pot_error *err);
bool pot_verify_enough(const pot_verify *v);
POT_MUST_USE pot_status pot_floor_measure(pot_verify *v, pot_error *err);
void pot_floor_take(pot_verify *v);

/* run.c: as pot_verify_open; `calibrates` is the run that this one is the floor of, or NULL. */
POT_MUST_USE pot_status pot_verify_open_for(pot_verify **out, const pot_verify_options *o,
                                            pot_verify *calibrates, pot_error *err);

/* run.c: give back what is needed only while challenges are put. */
void pot_verify_release(pot_verify *v);

/* sweep.c: score the questions of so many rounds, and push them into the decider until it is
 * done. */
POT_MUST_USE pot_status pot_sweep_run(pot_verify *v, size_t rounds, pot_error *err);

/* The hidden states that a model has left for the sweep, as bytes; borrowed. */
pot_bytes pot_sweep_hidden(const pot_verify *v, unsigned side);

/* A challenge that an earlier run scored; `fill` brings back the n positions. */
typedef pot_status pot_replay_fn(void *ctx, pot_position *p, size_t n, pot_residual_sums *r,
                                 pot_error *err);
POT_MUST_USE pot_status pot_question_replay(pot_verify *v, pot_replay_fn *fill, void *ctx,
                                            pot_error *err);

/* passes.c: what is known of a model before its budget. */
POT_MUST_USE pot_status pot_side_sizes_of(pot_side_sizes *out, pot_engine *e, const pot_model *m,
                                          size_t longest, pot_error *err);

/* Open both engines and decide what stays in memory; tell of passes, and of layers. */
POT_MUST_USE pot_status pot_verify_engines(pot_verify *v, pot_error *err);
void pot_pass_begin(pot_verify *v, const char *what, size_t layers);
POT_MUST_USE pot_status pot_pass_end(pot_verify *v, pot_error *err);
bool pot_verify_going(void *verify);

/* saved.c: a reference that comes from a file.  Open it, which sets options, key and run id; check
 * the corpus and the candidate against it; and of a question prompt and ids. */
POT_MUST_USE pot_status pot_saved_open(pot_verify *v, pot_error *err);
POT_MUST_USE pot_status pot_saved_check_corpus(const pot_verify *v, pot_error *err);
POT_MUST_USE pot_status pot_saved_check_pair(pot_verify *v, pot_error *err);
POT_MUST_USE pot_status pot_saved_prompt(const pot_verify *v, pot_question *q, uint64_t index,
                                         pot_error *err);

/* Bytes of it that are needed all the time. */
uint64_t pot_saved_head(const pot_reference *r);

/* The head of an exact one; hidden states of the sweep; or scores of n rows from `at` on, from the
 * candidate's logits, which are spoilt. */
POT_MUST_USE pot_status pot_saved_engine(pot_verify *v, pot_side_sizes *size, pot_error *err);
void pot_saved_read(pot_verify *v);
POT_MUST_USE pot_status pot_saved_compare(pot_verify *v, float *logits, size_t at, size_t n,
                                          pot_error *err);

/* Ids alone, from elsewhere. */
POT_MUST_USE pot_status pot_tokens_set(pot_tokens *t, const uint32_t *id, size_t n, pot_error *err);

/* The tokenizer of a side, be it there or not; kind is NULL where there is none. */
typedef struct {
    const char *kind;
    uint32_t size;
    const uint8_t *sha256, *vocab_sha256;
} pot_party_tokens;
pot_party_tokens pot_party_tokenizer(const pot_party *p);

/* Columns of its hidden states and logits; 0 where only classes are known. */
uint32_t pot_party_width(const pot_party *p);
uint32_t pot_party_vocab(const pot_party *p);

/* drivers.c: the first position with the largest TV; what a challenge adds to the views of the
 * verdict, and their end. */
size_t pot_peak(const pot_position *p, size_t n);
void pot_views_add(pot_verify *v, const pot_question *q, const pot_record *r);
void pot_views_end(pot_verify *v);

/* document.c: the commitment. */
POT_MUST_USE pot_status pot_verify_commit(pot_verify *v, pot_error *err);

/* verdict.c: fill v->verdict from what the run has gathered. */
POT_MUST_USE pot_status pot_verify_conclude(pot_verify *v, pot_error *err);

/* related.c: which columns of the vocabulary are looked at; the rows at .. at + n of the sweep; the
 * sums of a challenge that counts; name the relationship from everything so far. */
POT_MUST_USE pot_status pot_related_begin(pot_verify *v, pot_error *err);
void pot_related_rows(pot_verify *v, pot_rows ref, pot_rows cand, size_t at, size_t n);
void pot_related_count(pot_verify *v, const pot_residual_sums *s);
void pot_verify_relate(pot_verify *v);

/* sides.c: do a model and its tokenizer (or NULL) belong together, and does it hold the prompts?  A
 * reference without a tokenizer is refused. */
POT_MUST_USE pot_status pot_side_check(const pot_model *m, const pot_tokenizer *t, pot_error *err);
pot_status pot_side_untold(const char *path, pot_error *err);

/* May these two be compared?  Tokenizers, vocabularies, contexts. */
POT_MUST_USE pot_status pot_verify_check_sides(pot_verify *v, pot_error *err);

#endif
