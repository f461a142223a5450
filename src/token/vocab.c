#include "token/vocab.h"

#include "base/fail.h"

#include <string.h>

uint64_t pot_mix(uint64_t x)
{
    x = (x ^ (x >> 32)) * 0x9e3779b97f4a7c15u;
    return x ^ (x >> 29);
}

uint64_t pot_hash(const char *s, size_t n)
{
    uint64_t h = n, w;
    for (; n >= 8; n -= 8, s += 8) {
        memcpy(&w, s, 8);
        h = pot_mix(h ^ w);
    }
    w = 0;
    for (size_t i = 0; i < n; i++)
        w = w << 8 | (uint8_t)s[i];
    return pot_mix(h ^ w);
}

uint32_t pot_count_elements(pot_bytes value)
{
    uint32_t n = 1;
    for (size_t i = 0; i < value.n; i++)
        n += value.p[i] == ',';
    return n;
}

/* The slot of a piece, or the empty one where it would go; counts the others met. */
static uint32_t find(const pot_vocab *v, const char *s, size_t n, uint64_t *probes)
{
    uint32_t i = (uint32_t)pot_hash(s, n) & v->mask;
    for (; v->slot[i]; i = (i + 1) & v->mask) {
        const pot_str *p = &v->entry[v->slot[i] - 1].text;
        if (p->n == n && memcmp(p->s, s, n) == 0) break;
        ++*probes;
    }
    return i;
}

uint32_t pot_vocab_id(const pot_vocab *v, const char *s, size_t n)
{
    uint64_t probes = 0;
    const uint32_t i = v->slot[find(v, s, n, &probes)];
    return i ? v->entry[i - 1].id : POT_NO_ID;
}

const pot_str *pot_vocab_piece(const pot_vocab *v, uint32_t id)
{
    const uint32_t i = id < v->size ? v->by_id[id] : 0;
    return i ? &v->entry[i - 1].text : NULL;
}

bool pot_vocab_name(pot_vocab *v, uint32_t id, pot_str piece)
{
    const pot_str *p = pot_vocab_piece(v, id);
    if (p) return p->n == piece.n && memcmp(p->s, piece.s, piece.n) == 0;
    v->entry[v->n_named++] = (pot_entry){piece, id};
    v->by_id[id] = v->n_named;
    if (id >= v->size) v->size = id + 1;
    return true;
}

/* The pieces and their slots, in one pass; the text of all goes into `room`. */
static pot_status read_entries(pot_vocab *v, pot_scan *s, char *room, uint32_t *top)
{
    uint64_t probes = 0;
    POT_TRY(pot_scan_char(s, '{'));
    if (pot_scan_if(s, '}')) return pot_scan_end(s);
    do {
        pot_entry *e = &v->entry[v->n];
        size_t n;
        POT_TRY(pot_scan_string(s, room, &n));
        POT_TRY(pot_scan_char(s, ':'));
        POT_TRY(pot_scan_u32(s, &e->id, POT_MAX_ID));
        e->text = (pot_str){room, (uint32_t)n};
        if (e->id > *top) *top = e->id;
        const uint32_t i = find(v, room, n, &probes);
        if (v->slot[i]) return pot_scan_fail(s, "\"%.40s\" is there twice", room);
        if (probes > pot_patience(v->mask + 1))
            return pot_scan_fail(s, "\"%.40s\" and others were made to collide", room);
        v->slot[i] = ++v->n;
        room += n + 1;
    } while (pot_scan_if(s, ','));
    POT_TRY(pot_scan_char(s, '}'));
    return pot_scan_end(s);
}

/* The way back from ids to entries. */
static pot_status index_ids(pot_vocab *v, pot_arena *a, const pot_scan *s, uint32_t top,
                            uint32_t more)
{
    if (top > 4 * (uint64_t)v->n + (1u << 20))
        return pot_scan_fail(s, "%u pieces, but ids up to %u: not a vocabulary", v->n, top);
    const uint32_t ids = (top > v->n ? top : v->n) + more + 1;
    v->by_id = pot_arena_new(a, ids, sizeof *v->by_id);
    if (!v->by_id) return pot_fail_mem(s->err);
    for (uint32_t i = 0; i < v->n; i++) {
        uint32_t *at = &v->by_id[v->entry[i].id];
        if (*at)
            return pot_scan_fail(s, "\"%.40s\" and \"%.40s\" have the same id",
                                 v->entry[*at - 1].text.s, v->entry[i].text.s);
        *at = i + 1;
    }
    v->size = v->n ? top + 1 : 0;
    v->n_named = v->n;
    return POT_OK;
}

pot_status pot_vocab_read(pot_vocab *v, pot_arena *a, pot_scan *s, uint32_t more)
{
    pot_vocab made = {0};
    const pot_bytes value = {s->p, (size_t)(s->end - s->p)};
    const uint32_t most = pot_count_elements(value), slots = pot_slots(most);
    uint32_t top = 0;
    char *room = pot_arena_new(a, value.n + 1, 1);
    made.entry = pot_arena_new(a, (size_t)most + more, sizeof *made.entry);
    made.slot = pot_arena_new(a, slots, sizeof *made.slot);
    made.mask = slots - 1;
    if (!room || !made.entry || !made.slot) return pot_fail_mem(s->err);
    POT_TRY(read_entries(&made, s, room, &top));
    POT_TRY(index_ids(&made, a, s, top, more));
    *v = made;
    return POT_OK;
}
