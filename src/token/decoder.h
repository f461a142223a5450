/* decoder.h - the member `decoder`: what the pieces of ids mean as text.
 *
 * Each step takes a list of strings and gives another; in the end they are joined.  A kind that is
 * not built in is no reason not to encode: it is refused when somebody decodes. */
#ifndef POT_TOKEN_DECODER_H
#define POT_TOKEN_DECODER_H

#include "base/buf.h"
#include "token/regex.h"
#include "token/vocab.h"

typedef struct pot_decode_step pot_decode_step;

typedef struct {
    pot_decode_step *first; /* arena: a list, NULL for none */
    bool given;             /* without a decoder the pieces are joined with spaces */
    const char *refused;    /* arena: a kind that is not built in; or NULL */
} pot_decoder;

/* Read root.decoder; absent is fine. */
POT_MUST_USE pot_status pot_decoder_read(pot_decoder *out, pot_keep *keep, const pot_json *root,
                                         pot_error *err);

/* The same for a SentencePiece model. */
POT_MUST_USE pot_status pot_decoder_for_sp(pot_decoder *out, pot_arena *a, pot_error *err);

/* Strings behind each other: string i ends at end[i]. */
typedef struct {
    pot_buf text;
    uint32_t *end; /* owned: [n] */
    uint32_t n, room;
} pot_strings;

void pot_strings_add(pot_strings *l, const char *s, size_t n);
void pot_strings_free(pot_strings *l);

/* *text += what the pieces mean. */
POT_MUST_USE pot_status pot_decode(const pot_decoder *d, pot_buf *text, pot_strings *pieces,
                                   pot_error *err);

/* What one piece adds to a text that has begun and goes on: *s, in bytes, which are no UTF-8 where
 * the piece is a part of a character.  POT_E_UNSUPPORTED where that depends on the pieces around
 * it. */
POT_MUST_USE pot_status pot_decode_inside(const pot_decoder *d, pot_buf *s, pot_error *err);

#endif
