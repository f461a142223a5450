/* unigram.h - the member `model` of type Unigram: the pieces whose scores have the largest sum. */
#ifndef POT_TOKEN_UNIGRAM_H
#define POT_TOKEN_UNIGRAM_H

#include "token/vocab.h"

#define POT_MAX_UNIGRAM_PIECE 1024 /* bytes: bounds the work at one place of a text */

typedef struct pot_unigram pot_unigram;

typedef struct {
    uint32_t unk;     /* POT_NO_ID: unknown characters are an error */
    double unk_score; /* of a character that is no piece */
    bool byte_fallback;
    bool narrow; /* as SentencePiece: sums are kept in 32 bits, unknown ones are never a piece */
} pot_unigram_options;

/* How much less than the worst piece an unknown character scores. */
#define POT_UNK_PENALTY 10

/* Make ready for encoding with the pieces of `v` and their scores, [v->n] in the order of the
 * entries; both are borrowed.  A piece with the score NaN does not take part. */
POT_MUST_USE pot_status pot_unigram_open(pot_unigram **out, const pot_vocab *v, const double *score,
                                         pot_unigram_options how, pot_error *err);

void pot_unigram_close(pot_unigram *u); /* NULL is allowed */

/* The tokens of a word of n > 0 bytes of UTF-8; valid until the next call. */
POT_MUST_USE pot_status pot_unigram_word(pot_unigram *u, const pot_part **parts, uint32_t *n_parts,
                                         const char *word, uint32_t n, pot_error *err);

bool pot_unigram_byte_fallback(const pot_unigram *u);

#endif
