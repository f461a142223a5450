/* bpe.h - the member `model`: byte pair encoding of one word. */
#ifndef POT_TOKEN_BPE_H
#define POT_TOKEN_BPE_H

#include "base/json.h"
#include "token/sentencepiece.h"

typedef struct pot_bpe pot_bpe;

/* Read root.model, without its vocabulary and merges, and then `merges`.  The vocabulary is
 * borrowed; the rest lives in the arena. */
POT_MUST_USE pot_status pot_bpe_open(pot_bpe **out, pot_arena *a, const pot_vocab *v,
                                     const pot_json *model, pot_scan *merges, pot_error *err);

/* The same of a SentencePiece model, which is borrowed: two neighbours merge if together they are a
 * piece; the highest score goes first, of equal ones the leftmost. */
POT_MUST_USE pot_status pot_bpe_open_scored(pot_bpe **out, pot_arena *a, const pot_vocab *v,
                                            const pot_sp *sp, pot_error *err);

/* Frees what is not in the arena. */
void pot_bpe_close(pot_bpe *b);

/* The tokens of a word of n > 0 bytes of UTF-8; valid until the next call.  Characters that
 * have no token are left out, and the bytes of those behind them move up. */
POT_MUST_USE pot_status pot_bpe_word(pot_bpe *b, const pot_part **parts, uint32_t *n_parts,
                                     const char *word, uint32_t n, pot_error *err);

bool pot_bpe_byte_fallback(const pot_bpe *b);

#endif
