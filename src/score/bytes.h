/* bytes.h - two rows of logits over different vocabularies -> how far the laws of the next byte are
 * apart (docs/statistics.md).
 *
 * The law of the next byte is that of the next token, its probabilities summed by the first byte
 * that each token writes; what writes nothing (special tokens, the end of the text) is one class
 * more.  It is a function of the token, so the laws of whole tokens are at least as far apart. */
#ifndef POT_SCORE_BYTES_H
#define POT_SCORE_BYTES_H

#include "score/compare.h"
#include "token/first_byte.h"

#define POT_BYTE_CLASSES 257 /* the bytes, and POT_NO_BYTE */

/* Of one model. */
typedef struct {
    uint16_t *class;             /* owned: [vocab], that of each column of logits */
    bool some[POT_BYTE_CLASSES]; /* classes that have tokens */
} pot_byte_table;

/* Ids that the tokenizer does not have write nothing.  `vocab` is at least pot_tokenizer_size. */
POT_MUST_USE pot_status pot_byte_table_open(pot_byte_table *out, const pot_tokenizer *t,
                                            uint32_t vocab, pot_error *err);
void pot_byte_table_close(pot_byte_table *t); /* a zeroed one is allowed */

/* Logits of some positions, and the table of their columns. */
typedef struct {
    pot_rows rows;
    const pot_byte_table *table; /* borrowed */
} pot_byte_rows;

/* As pot_compare, over classes instead of tokens: tv; kl between the laws given the classes that
 * both have; lp_* of the class actual[i], of the byte that follows position i; same_top of the most
 * probable class, of several the lowest.  Where a logarithm is taken a probability counts as at
 * least 2^-149. */
void pot_compare_bytes(pot_pool *pool, const pot_kernels *k, pot_position *out, pot_byte_rows ref,
                       pot_byte_rows cand, const uint32_t *actual, size_t n);

#endif
