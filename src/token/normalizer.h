/* normalizer.h - the member `normalizer`: a list of steps that write a text anew. */
#ifndef POT_TOKEN_NORMALIZER_H
#define POT_TOKEN_NORMALIZER_H

#include "token/pieces.h"

typedef struct pot_norm_step pot_norm_step;

typedef struct {
    pot_norm_step *first; /* arena: a list, NULL for no normalizer */
    bool byte_level;      /* one of them maps bytes to characters */
} pot_normalizer;

/* Read root.normalizer; absent is fine. */
POT_MUST_USE pot_status pot_normalizer_read(pot_normalizer *out, pot_keep *keep,
                                            const pot_json *root, pot_error *err);

POT_MUST_USE pot_status pot_normalize(const pot_normalizer *nz, pot_work *w, pot_error *err);

/* Unicode normal forms as Unicode 9 has them, which is what the package has. */
typedef enum { POT_NFC, POT_NFD, POT_NFKC, POT_NFKD } pot_normal_form;
POT_MUST_USE pot_status pot_put_normal_form(pot_work *w, const pot_piece *p, pot_normal_form form,
                                            pot_error *err);

/* The package keeps track of where characters come from by a number for each character that a
 * step gives out: 1, it is one more than came in; 0, it takes the place of the next one; -k, of
 * the next 1 + k.  Spans follow from these numbers, odd as they are where characters changed
 * places, so they are computed in the same way. */
typedef struct {
    pot_work *w;
    const pot_piece *p;
    uint32_t at; /* the next byte of the current text that is not used up */
} pot_writer;
void pot_give(pot_writer *o, uint32_t cp, int32_t change);

/* Each byte as the character that stands for it in byte-level vocabularies. */
pot_status pot_put_bytes(const void *unused, pot_work *w, const pot_piece *p, pot_error *err);

/* Put `s` before the piece, as if it came from its first character. */
void pot_put_before(pot_work *w, const pot_piece *p, const char *s, uint32_t n);

#endif
