/* onig.h - rewrite an Oniguruma pattern so that PCRE2 matches exactly the same.
 *
 * The `tokenizers` package runs Oniguruma 6.9.10 (Unicode 16, its own syntax), we run PCRE2.
 * The two read \s, \w, \p{Han}, [[:punct:]], {n,m}+ and [a&&b] differently, and PCRE2 says
 * nothing.  What is known to differ is rewritten, what is known to agree is passed on, and
 * everything else is refused by name (docs/format/tokenizer.md lists all three). */
#ifndef POT_TOKEN_ONIG_H
#define POT_TOKEN_ONIG_H

#include "base/buf.h"

#define POT_MAX_PATTERN 65536 /* bytes */

/* Append the pattern for PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE to `out`.  A refusal is
 * POT_E_UNSUPPORTED and says in `why` (a string of at most 160 bytes) what it is about. */
POT_MUST_USE pot_status pot_onig_translate(pot_buf *out, char why[160], const char *pattern,
                                           size_t n);

/* The pattern that matches exactly these bytes. */
void pot_onig_literal(pot_buf *out, const char *s, size_t n);

#endif
