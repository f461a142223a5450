#include "token/trie.h"

#include "base/fail.h"
#include "token/pieces.h"

/* The slot of an edge, or the empty one where it would go. */
static pot_edge *find(pot_trie *t, uint32_t key)
{
    uint32_t i = (uint32_t)pot_mix(key) & t->mask;
    for (; t->edge[i].child && t->edge[i].key != key; i = (i + 1) & t->mask)
        t->probes++;
    return &t->edge[i];
}

/* More slots, at most a quarter of them taken. */
static bool grow(pot_trie *t)
{
    const pot_trie old = *t;
    const uint32_t slots = pot_slots(2 * t->nodes);
    pot_edge *edge = pot_mem_new(slots, sizeof *edge);
    if (!edge) return false;
    t->edge = edge;
    t->mask = slots - 1;
    for (uint32_t i = 0; old.edge && i <= old.mask; i++)
        if (old.edge[i].child) *find(t, old.edge[i].key) = old.edge[i];
    pot_mem_free(old.edge);
    return true;
}

/* The child of a node, made if it is not there; 0 without memory. */
static uint32_t child(pot_trie *t, uint32_t parent, char byte)
{
    const uint32_t key = parent << 8 | (uint8_t)byte;
    if (!t->nodes) t->nodes = 1;
    if (2 * (uint64_t)t->nodes > t->mask && !grow(t)) return 0;
    pot_edge *e = find(t, key);
    if (e->child) return e->child;
    if (!pot_grow(&t->value, &t->room, (uint64_t)t->nodes + 1, sizeof *t->value)) return 0;
    *e = (pot_edge){key, t->nodes++};
    t->value[parent] |= POT_TRIE_INNER;
    return e->child;
}

pot_status pot_trie_add(pot_trie *t, const char *s, uint32_t n, uint32_t value, pot_error *err)
{
    uint32_t node = 0;
    if (t->nodes + (uint64_t)n > POT_MAX_ID)
        return pot_fail(err, POT_E_UNSUPPORTED, "the pieces have more than %u different beginnings",
                        POT_MAX_ID);
    for (uint32_t i = 0; i < n; i++) {
        node = child(t, node, s[i]);
        if (!node) return pot_fail_mem(err);
    }
    if (t->probes > pot_patience(t->mask + 1))
        return pot_fail(err, POT_E_FORMAT, "\"%.40s\" and others were made to collide", s);
    t->value[node] = (t->value[node] & POT_TRIE_INNER) | (value + 1);
    return POT_OK;
}

void pot_trie_free(pot_trie *t)
{
    pot_mem_free(t->edge);
    pot_mem_free(t->value);
    *t = (pot_trie){0};
}

uint32_t pot_trie_longest(const pot_trie *t, const char *s, uint32_t n, uint32_t *value)
{
    uint32_t node = 0, found = 0;
    for (uint32_t i = 0; t->nodes && i < n && (node = pot_trie_next(t, node, s[i])); i++) {
        const uint32_t v = t->value[node] & ~POT_TRIE_INNER;
        if (v) *value = v - 1, found = i + 1;
        if (v == t->value[node]) break;
    }
    return found;
}
