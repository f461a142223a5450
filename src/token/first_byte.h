/* first_byte.h - what a tokenizer must tell so that laws over its tokens can be compared with laws
 * over those of another: the first byte that each token writes, and where tokens begin and end. */
#ifndef POT_TOKEN_FIRST_BYTE_H
#define POT_TOKEN_FIRST_BYTE_H

#include <pot/tokenizer.h>

#define POT_NO_BYTE 256 /* the class of tokens that write nothing, special ones among them */

/* class[pot_tokenizer_size] = the first byte that each id adds to a text that has begun and goes
 * on, or POT_NO_BYTE.  A space that is dropped at the beginning of a text is written here; a token
 * that is a part of a character writes its bytes.  POT_E_UNSUPPORTED where that depends on the
 * tokens around it. */
POT_MUST_USE pot_status pot_tokenizer_first_bytes(const pot_tokenizer *t, uint16_t *class,
                                                  pot_error *err);

/* As pot_tokenizer_encode with special tokens, but spans keep the spaces that some tokenizers trim:
 * what a token begins with is its own. */
POT_MUST_USE pot_status pot_tokenizer_encode_whole(pot_tokenizer *t, pot_tokens *out,
                                                   const char *text, size_t n, pot_error *err);

#endif
