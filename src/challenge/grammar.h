/* grammar.h - write one text from the tables. */
#ifndef POT_CHALLENGE_GRAMMAR_H
#define POT_CHALLENGE_GRAMMAR_H

#include "challenge/slot.h"
#include "challenge/stream.h"

/* [C-8] A text grows until it has at least `goal` bytes, and never over `room`. */
#define POT_TEXT_GOAL 800
#define POT_TEXT_ROOM 1023

/* Expand one alternative of the rule `start` into out[room + 1], NUL-terminated; returns its
 * bytes.  A smaller goal gives a beginning of the same text. */
size_t pot_grammar_write(char *out, size_t room, size_t goal, const pot_rule *rules,
                         const char *start, pot_stream *stream);

#endif
