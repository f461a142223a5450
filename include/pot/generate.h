/* generate.h - text that a model writes, token by token.
 *
 *     pot_prompt prompt = {ids.id, ids.n};
 *     pot_generate_options how = {.max_tokens = 64, .top_p = 1};
 *     pot_completion out = {0};
 *     s = pot_generate(m, &out, &prompt, 1, &how, &err);
 *     ... out.id[0 .. out.n), out.logprob ...
 *     pot_completions_free(&out, 1);
 *
 * The numbers are those of pot_score_ids over the same tokens, bit by bit, on any processor, with
 * any number of threads, and for a prompt alone or among others. */
#ifndef POT_GENERATE_H
#define POT_GENERATE_H

#include <pot/compute.h>
#include <pot/model.h>

/* The ids after which a model ends a text: generation_config.json, else config.json or the GGUF
 * metadata.  *n is at most POT_MOST_END_IDS; 0 if the files name none. */
#define POT_MOST_END_IDS 16
POT_API POT_MUST_USE pot_status pot_model_end_ids(const pot_model *m, uint32_t id[POT_MOST_END_IDS],
                                                  size_t *n, pot_error *err);

typedef struct {
    const uint32_t *id; /* borrowed */
    size_t n;           /* at least 1 */
} pot_prompt;

/* Why a text ended. */
typedef enum {
    POT_FINISH_LENGTH,  /* max_tokens */
    POT_FINISH_CONTEXT, /* the model's context is full */
    POT_FINISH_END,     /* an id of `end` */
    POT_FINISH_STOP,    /* the callback said so */
} pot_finish;

POT_API const char *pot_finish_name(pot_finish f); /* "length", "context", "end", "stop" */

/* What comes after a token. */
typedef enum {
    POT_TOKEN_NEXT,  /* the next one */
    POT_TOKEN_STOP,  /* nothing more of this text */
    POT_TOKEN_ABORT, /* the call ends with POT_E_STOPPED */
} pot_token_answer;

/* Called for each token as it comes, on the caller's thread; texts take turns. */
typedef pot_token_answer pot_token_fn(void *ctx, size_t prompt, uint32_t id, float logprob);

typedef struct {
    size_t max_tokens;   /* of each text; at least 1 */
    double temperature;  /* 0: the most probable token each time; up to 100 */
    double top_p;        /* above 0; 1: of all tokens */
    uint32_t top_k;      /* 0: of all tokens */
    uint64_t seed;       /* prompt i draws from seed + i: docs/format/generate.md */
    const uint32_t *end; /* [n_end]: these ids end a text, and belong to it */
    size_t n_end;
    pot_compute compute;    /* max_memory has to be 0: the weights are read where they are mapped */
    pot_token_fn *token;    /* NULL for none */
    bool (*ask)(void *ctx); /* asked while a prompt is read, too: false is POT_TOKEN_ABORT */
    void *ctx;
} pot_generate_options;

typedef struct {
    uint32_t *id;   /* [n], owned */
    float *logprob; /* [n], owned: ln p(id | all before it), by the model, before temperature */
    size_t n;
    pot_finish finish;
} pot_completion;

/* Continue n prompts at once; out[n] is zeroed before.  POT_E_ARG: a prompt that is empty, holds
 * an id outside the vocabulary or fills the context; POT_E_NOMEM: the keys and values of all texts
 * do not fit into memory.  On failure *out stays as it is. */
POT_API POT_MUST_USE pot_status pot_generate(const pot_model *m, pot_completion *out,
                                             const pot_prompt *prompt, size_t n,
                                             const pot_generate_options *how, pot_error *err);
POT_API void pot_completions_free(pot_completion *c, size_t n);

#endif
