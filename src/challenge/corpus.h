/* corpus.h - draw a passage of the user's own text. */
#ifndef POT_CHALLENGE_CORPUS_H
#define POT_CHALLENGE_CORPUS_H

#include "challenge/stream.h"

#include <pot/challenge.h>

#define POT_PASSAGE_MIN 768 /* bytes that follow every start */
#define POT_STARTS_MIN  256 /* a corpus with fewer is refused */

/* Write a passage, NUL-terminated, into out[POT_CHALLENGE_TEXT] and its bytes into *n.
 * POT_E_IO if the file changed since it was opened. */
POT_MUST_USE pot_status pot_corpus_passage(const pot_corpus *c, char *out, size_t *n,
                                           pot_stream *stream, pot_error *err);

#endif
