/* sentencepiece.h - a SentencePiece model file: tokenizer.model.  docs/format/sentencepiece.md
 * says what is read and what is refused. */
#ifndef POT_TOKEN_SENTENCEPIECE_H
#define POT_TOKEN_SENTENCEPIECE_H

#include "token/charsmap.h"
#include "token/normalizer.h"
#include "token/trie.h"

typedef enum { POT_SP_UNIGRAM = 1, POT_SP_BPE = 2 } pot_sp_model;

typedef enum {
    POT_SP_NORMAL = 1,
    POT_SP_UNKNOWN,
    POT_SP_CONTROL,
    POT_SP_USER,
    POT_SP_UNUSED,
    POT_SP_BYTE,
} pot_sp_type;

typedef struct {
    pot_sp_model model;
    uint32_t n;
    const pot_str *piece; /* arena: [n], as are: */
    const float *score;
    const uint8_t *type; /* pot_sp_type */
    uint32_t unk;
    bool byte_fallback;
    const char *bos, *eos; /* arena: the names of their pieces */

    bool mark_behind;     /* the mark of a word stands at its end */
    bool add_mark;        /* a text gets one more */
    bool squeeze, escape; /* white space: runs as one, none at the ends; written as U+2581 */
    bool has_map;
    pot_charsmap map;
    pot_trie user; /* owned: the user-defined symbols, which nothing changes or cuts */
} pot_sp;

/* Read a file; `doc` is borrowed until this returns.  What is in the arena lives on. */
POT_MUST_USE pot_status pot_sp_read(pot_sp *sp, pot_arena *a, pot_bytes doc, const char *file,
                                    pot_error *err);
void pot_sp_close(pot_sp *sp); /* a zeroed one is allowed */

/* A pot_stage: the normalizer of the model `how`, a pot_sp. */
pot_status pot_sp_normalize(const void *how, pot_work *w, const pot_piece *p, pot_error *err);

#endif
