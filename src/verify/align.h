/* align.h - where two tokenizations of one text have a common boundary. */
#ifndef POT_VERIFY_ALIGN_H
#define POT_VERIFY_ALIGN_H

#include <pot/tokenizer.h>

typedef struct {
    uint16_t *at[2];  /* [n]: the token of each side that ends there; caller's */
    uint16_t *offset; /* [n]: the byte of the text, ascending; caller's */
    size_t room;
} pot_alignment;

/* Fill a->at and a->offset; returns n.  A place counts where on both sides one token ends and the
 * next begins: no place inside a character whose bytes are tokens, none beside text that a
 * tokenizer drops.  The ends of the text do not count: before the first token a space may be
 * dropped, behind the last nothing follows.  The spans are those of pot_tokenizer_encode_whole; if
 * they do not ascend to the end of the text (some tokenizers leave out what they do not know, and
 * count on), there is no place.  At most `room` are taken. */
size_t pot_align(pot_alignment *a, const pot_tokens *x, const pot_tokens *y, size_t text);

#endif
