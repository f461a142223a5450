/* gguf_spm.h - the merges that the scores of a SentencePiece vocabulary stand for. */
#ifndef POT_TOKEN_GGUF_SPM_H
#define POT_TOKEN_GGUF_SPM_H

#include "base/buf.h"
#include "token/vocab.h"

typedef struct {
    pot_str text; /* borrowed; not NUL-terminated */
    float score;
    bool merges; /* a normal piece: it may be made of others, and be part of them */
} pot_scored_piece;

/* Append ["left","right"] for every way in which one of the n pieces is made of two others, the
 * highest score first, of equal ones the lower id, then the shorter left part.  SentencePiece
 * takes the leftmost of all pairs whose results score the same; where scores differ from
 * piece to piece, that can matter only where two ways to make one piece overlap. */
POT_MUST_USE pot_status pot_spm_merges(pot_buf *out, const pot_scored_piece *piece, uint32_t n,
                                       pot_error *err);

/* Append a JSON string. */
void pot_put_json_string(pot_buf *out, const char *s, size_t n);

#endif
