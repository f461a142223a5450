/* pieces.h - a text on its way to tokens: what it reads now, where each byte came from, and
 * how it is cut.
 *
 * Every stage (normalizer, pre-tokenizer, added tokens) does one of two things to each piece
 * that is not a token yet: it writes it anew, or it cuts it.  Both are done into a second
 * set of buffers, which then takes the place of the first. */
#ifndef POT_TOKEN_PIECES_H
#define POT_TOKEN_PIECES_H

#include "base/rd.h"
#include "token/chars.h"
#include "token/regex.h"
#include "token/vocab.h"

#define POT_MAX_TEXT ((uint32_t)1 << 24) /* bytes of a text to be encoded */
#define POT_MAX_WORK ((uint32_t)1 << 26) /* bytes that normalizing may make of it */

typedef struct {
    uint32_t start, end; /* bytes of the original text */
} pot_span;

typedef struct {
    uint32_t from, to; /* bytes of the current text, never empty */
    uint32_t origin;   /* where in the original it began when it was last cut */
    uint32_t id;       /* the added token that it is, or POT_NO_ID */
} pot_piece;

typedef struct {
    char *s;      /* owned */
    pot_span *at; /* owned: for each byte, where its character came from */
    uint32_t n, room;
} pot_text;

typedef struct {
    pot_piece *v; /* owned */
    uint32_t n, room;
} pot_piece_list;

typedef struct {
    pot_text text, next;
    pot_piece_list pieces, cut;
    void *scratch; /* owned: for one stage at a time; of scratch_room elements of its own kind */
    uint32_t scratch_room;
    pot_status status; /* of the writes since the last swap */
} pot_work;

/* One piece, the whole of n bytes of valid UTF-8. */
POT_MUST_USE pot_status pot_work_begin(pot_work *w, const char *text, uint32_t n, pot_error *err);
void pot_work_free(pot_work *w);

/* What a stage does to one piece. */
typedef pot_status pot_stage(const void *how, pot_work *w, const pot_piece *p, pot_error *err);

/* `stage` writes each piece anew with the pot_put functions. */
POT_MUST_USE pot_status pot_work_rewrite(pot_work *w, pot_stage *stage, const void *how,
                                         pot_error *err);

/* `stage` cuts each piece with pot_cut. */
POT_MUST_USE pot_status pot_work_cut(pot_work *w, pot_stage *stage, const void *how,
                                     pot_error *err);

/* Append to the text being written: bytes that came from `at`; a character; a part of the
 * current text with its origins.  A failure is remembered in w->status. */
void pot_put(pot_work *w, const char *s, uint32_t n, pot_span at);
void pot_put_point(pot_work *w, uint32_t cp, pot_span at);
void pot_put_as_is(pot_work *w, uint32_t from, uint32_t to);

/* Append the piece [from, to) of the current text to those being cut; empty ones vanish. */
void pot_cut(pot_work *w, uint32_t from, uint32_t to, uint32_t id);

/* Make room for n elements in all; doubles.  False if there is no memory. */
bool pot_grow(void *block, uint32_t *room, uint64_t n, size_t size);

/* How a text falls into matches and what is between them. */
typedef enum {
    POT_REMOVED,
    POT_ISOLATED,
    POT_MERGED_WITH_PREVIOUS,
    POT_MERGED_WITH_NEXT,
    POT_CONTIGUOUS,
} pot_behavior;

/* Takes the segments of one piece in order and cuts as the behaviour says. */
typedef struct {
    pot_work *w; /* borrowed */
    pot_behavior behavior;
    bool matched; /* the segment before was a match */
    bool held;    /* [from, to) waits for what follows */
    uint32_t from, to;
} pot_cutter;

void pot_segment(pot_cutter *c, uint32_t from, uint32_t to, bool match);
void pot_segments_end(pot_cutter *c);

#endif
