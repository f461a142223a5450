/* engine.h - token ids in, distributions out: one forward pass over pot_arch.
 *
 * Many texts run as one batch: their tokens are rows of one matrix, and only attention
 * looks at which text a row belongs to.  The numbers follow kernel.h, so a row has the same
 * bits alone or in any batch, on any number of threads. */
#ifndef POT_ENGINE_ENGINE_H
#define POT_ENGINE_ENGINE_H

#include "base/pool.h"
#include "base/ring.h"
#include "kernel/linear.h"
#include "model/model.h"

typedef struct pot_engine pot_engine;

/* Keys and values of the first tokens of a text, for those that follow. */
typedef struct pot_cache pot_cache;

/* The ids of one text, or of a part of it: those before it are in the cache, and it comes there
 * too.  The rows of a text that is read in parts have the same bits. */
typedef struct {
    const uint32_t *id; /* borrowed */
    size_t n;
    pot_cache *cache; /* borrowed; NULL: the text begins here, and nothing is kept */
} pot_ids;

/* Prepare a model: norms and biases are widened, matrices stay in the file.  Everything is
 * borrowed until pot_engine_close. */
POT_MUST_USE pot_status pot_engine_open(pot_engine **out, const pot_model *m, pot_pool *pool,
                                        const pot_kernels *k, pot_error *err);
void pot_engine_close(pot_engine **e);

/* A cache with room for a text of so many tokens, and the bytes that it takes. */
uint64_t pot_cache_bytes(const pot_engine *e, size_t tokens);
POT_MUST_USE pot_status pot_cache_open(pot_cache **out, const pot_engine *e, size_t tokens,
                                       pot_error *err);
void pot_cache_close(pot_cache **c);
size_t pot_cache_tokens(const pot_cache *c); /* that are in it */
void pot_cache_empty(pot_cache *c);

/* Can n more tokens follow those in the cache?  Not where a longer text turns by other
 * frequencies (dynamic and longrope scaling): empty it, and read the text from its beginning. */
bool pot_cache_serves(const pot_engine *e, const pot_cache *c, size_t n);

/* Do texts of these lengths turn by the same frequencies? */
bool pot_engine_same_turn(const pot_engine *e, size_t a, size_t b);

/* Asked before each layer of a forward pass; false ends it with POT_E_STOPPED. */
typedef bool pot_keep_going(void *ctx);
void pot_engine_watch(pot_engine *e, pot_keep_going *ask, void *ctx);

/* Columns of a hidden state, and of a row of logits. */
uint32_t pot_engine_width(const pot_engine *e);
uint32_t pot_engine_vocab(const pot_engine *e);

/* POT_E_ARG unless there are ids, all in the vocabulary, and with those in the cache no more than
 * `context` and than the cache has room for. */
POT_MUST_USE pot_status pot_engine_check(const pot_engine *e, pot_ids text, pot_error *err);

/* hidden[sum of n][width]: what the output head sees at each position, text after text.  Caches
 * hold the tokens afterwards; on failure they are as before. */
POT_MUST_USE pot_status pot_engine_forward(pot_engine *e, float *hidden, const pot_ids *text,
                                           size_t n_texts, pot_error *err);

/* logits[rows][vocab] (rows `ld` apart) of some hidden states. */
POT_MUST_USE pot_status pot_engine_logits(pot_engine *e, float *logits, size_t ld,
                                          const float *hidden, size_t rows, pot_error *err);

/* The matrix of the output head; and an engine that has nothing else, for hidden states from
 * elsewhere: `arch` (borrowed) says its sizes, and what becomes of logits. */
const pot_linear *pot_engine_head(const pot_engine *e);
POT_MUST_USE pot_status pot_engine_open_head(pot_engine **out, const pot_arch *arch,
                                             const pot_linear *head, pot_pool *pool,
                                             const pot_kernels *k, pot_error *err);

/* Take the matrices from the disk through `ring` (borrowed) while they are used: in pieces of about
 * `unit` bytes, the first `pin` bytes of the layers being kept (feed.h). */
POT_MUST_USE pot_status pot_engine_stream(pot_engine *e, const pot_model *m, pot_ring *ring,
                                          size_t unit, size_t pin, pot_error *err);

/* Bytes of ring without which they cannot be read. */
POT_MUST_USE pot_status pot_engine_least_ring(pot_engine *e, const pot_model *m, size_t *out,
                                              pot_error *err);

/* Bytes of work space for a batch of `rows` tokens, texts having up to `longest`; and give it back
 * until the next batch. */
size_t pot_engine_work(pot_engine *e, size_t rows, size_t longest);
void pot_engine_rest(pot_engine *e);

#endif
