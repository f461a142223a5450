/* charsmap.h - the character maps of SentencePiece: what stands for a string in a text.
 *
 *     map   = u32 (bytes of trie) trie texts
 *     trie  = u32 ...             a double array, as Darts-clone writes it
 *     texts = { UTF-8 NUL }       what the values of the trie point at
 *
 * All numbers little-endian.  A unit that was reached by the byte c holds c in bits 0 to 7 (bit
 * 31 clear); its children lie at its place ^ offset ^ byte.  With bit 8 set, the unit at its place
 * ^ offset is a value: a place in the texts, in 31 bits.  The offset is bits 10 to 30, times 256
 * with bit 9 set. */
#ifndef POT_TOKEN_CHARSMAP_H
#define POT_TOKEN_CHARSMAP_H

#include "base/mem.h"
#include "base/rd.h"

#define POT_MAX_CHARSMAP ((size_t)16 << 20) /* bytes */
#define POT_MAX_MAPPED   128                /* bytes of a string that is mapped */

typedef struct {
    const uint32_t *unit; /* arena */
    const char *texts;    /* arena: ends with a NUL */
    uint32_t n, n_texts;
} pot_charsmap;

/* Read a map.  Every path from the root is walked: one that leaves the trie, comes back to where
 * it was, is longer than POT_MAX_MAPPED, or ends in a value that is no text, is POT_E_FORMAT. */
POT_MUST_USE pot_status pot_charsmap_read(pot_charsmap *out, pot_arena *a, pot_bytes map,
                                          pot_error *err);

/* The shortest or the longest of the mapped strings that s[0, n) begins with: its bytes, or 0 for
 * none, and what stands for it, closed by a NUL. */
uint32_t pot_charsmap_find(const pot_charsmap *m, const char *s, uint32_t n, bool longest,
                           const char **text);

#endif
