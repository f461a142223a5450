/* postprocessor.h - the member `post_processor`: which spaces belong to a token's span, and
 * which tokens stand around a text. */
#ifndef POT_TOKEN_POSTPROCESSOR_H
#define POT_TOKEN_POSTPROCESSOR_H

#include <pot/tokenizer.h>

#include "token/sentencepiece.h"
#include "token/steps.h"
#include "token/vocab.h"

typedef struct {
    bool prefix_space[POT_MAX_STEPS]; /* of each step that trims spans */
    unsigned trims;
    const uint32_t *around; /* arena: ids, POT_NO_ID for the text itself; NULL: only that */
    uint32_t n_around;
} pot_post;

/* Read root.post_processor; absent is fine. */
POT_MUST_USE pot_status pot_post_read(pot_post *out, pot_keep *keep, const pot_vocab *v,
                                      const pot_json *root, pot_error *err);

/* The same for a SentencePiece model: from the bytes of tokenizer_config.json, none if there is no
 * such file.  Absent members are as LlamaTokenizer has them. */
POT_MUST_USE pot_status pot_post_read_config(pot_post *out, pot_arena *a, const pot_vocab *v,
                                             const pot_sp *sp, pot_bytes config, pot_error *err);

/* Take from a span the spaces that its token `value` begins and ends with.  `index` is the
 * token's number; `text` is the whole original. */
void pot_post_trim(const pot_post *post, pot_span *span, size_t index, pot_str value,
                   const char *text);

/* *out = the tokens of the text, with what stands around them if `special`.  May swap the
 * memory of the two. */
POT_MUST_USE pot_status pot_post_surround(const pot_post *post, pot_tokens *out, pot_tokens *seq,
                                          bool special, pot_error *err);

/* Append one token. */
POT_MUST_USE pot_status pot_tokens_add(pot_tokens *t, uint32_t id, pot_span at, pot_error *err);

#endif
