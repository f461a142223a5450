/* trie.h - strings found by their beginnings: one step for each byte of a text. */
#ifndef POT_TOKEN_TRIE_H
#define POT_TOKEN_TRIE_H

#include "token/vocab.h"

/* An edge is found by its parent and its byte.  child 0: an empty slot, for 0 is the root. */
typedef struct {
    uint32_t key; /* parent << 8 | byte */
    uint32_t child;
} pot_edge;

typedef struct {
    pot_edge *edge;       /* owned: open addressing */
    uint32_t mask, nodes; /* slots - 1; nodes in use, the root included */
    uint32_t *value; /* owned: for each node, what its string was given + 1, or 0; and a flag */
    uint32_t room;
    uint64_t probes; /* that adding took */
} pot_trie;

#define POT_TRIE_INNER 0x80000000u /* the node has children */

/* Give a string of n > 0 bytes a value; the last one given counts.  A zeroed trie is empty.
 * Strings that were made to collide are POT_E_FORMAT, more than POT_MAX_ID nodes POT_E_UNSUPPORTED.
 */
POT_MUST_USE pot_status pot_trie_add(pot_trie *t, const char *s, uint32_t n, uint32_t value,
                                     pot_error *err);
void pot_trie_free(pot_trie *t);

/* The node behind `parent` (0: the root) by one byte, or 0.  The trie is not empty. */
static inline uint32_t pot_trie_next(const pot_trie *t, uint32_t parent, char byte)
{
    const uint32_t key = parent << 8 | (uint8_t)byte;
    for (uint32_t i = (uint32_t)pot_mix(key) & t->mask;; i = (i + 1) & t->mask) {
        const pot_edge *e = &t->edge[i];
        if (e->key == key || !e->child) return e->child;
    }
}

/* The longest string that s[0, n) begins with: its bytes and value; 0 for none. */
uint32_t pot_trie_longest(const pot_trie *t, const char *s, uint32_t n, uint32_t *value);

#endif
