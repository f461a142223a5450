/* pretokenizer.h - the member `pre_tokenizer`: a list of steps that cut a text into words. */
#ifndef POT_TOKEN_PRETOKENIZER_H
#define POT_TOKEN_PRETOKENIZER_H

#include "token/pieces.h"

typedef struct pot_pre_step pot_pre_step;

typedef struct {
    pot_pre_step *first; /* arena: a list, NULL for none */
    bool byte_level;     /* one of them maps bytes to characters */
} pot_pretokenizer;

/* Read root.pre_tokenizer; absent is fine. */
POT_MUST_USE pot_status pot_pretokenizer_read(pot_pretokenizer *out, pot_keep *keep,
                                              const pot_json *root, pot_error *err);

POT_MUST_USE pot_status pot_pretokenize(const pot_pretokenizer *pt, pot_work *w, pot_error *err);

#endif
