#include "token/vocab.h"

#include "base/fail.h"

#include <stdio.h>
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

/* Enter the next piece; returns what is wrong with it, or NULL. */
static const char *enter(pot_vocab *v, pot_str text, uint32_t id, uint64_t *probes)
{
    const uint32_t i = find(v, text.s, text.n, probes);
    if (v->slot[i]) return "is there twice";
    if (*probes > pot_patience(v->mask + 1)) return "and others were made to collide";
    v->entry[v->n] = (pot_entry){text, id};
    v->slot[i] = ++v->n;
    return NULL;
}

static pot_status enter_scanned(pot_vocab *v, const pot_scan *s, const char *text, size_t n,
                                uint32_t id, uint64_t *probes)
{
    const char *wrong = enter(v, (pot_str){text, (uint32_t)n}, id, probes);
    return wrong ? pot_scan_fail(s, "\"%.40s\" %s", text, wrong) : POT_OK;
}

/* The pieces and their slots, in one pass; the text of all goes into `room`. */
static pot_status read_entries(pot_vocab *v, pot_scan *s, char *room, uint32_t *top)
{
    uint64_t probes = 0;
    POT_TRY(pot_scan_char(s, '{'));
    if (pot_scan_if(s, '}')) return pot_scan_end(s);
    do {
        size_t n;
        uint32_t id;
        POT_TRY(pot_scan_string(s, room, &n));
        POT_TRY(pot_scan_char(s, ':'));
        POT_TRY(pot_scan_u32(s, &id, POT_MAX_ID));
        POT_TRY(enter_scanned(v, s, room, n, id, &probes));
        if (id > *top) *top = id;
        room += n + 1;
    } while (pot_scan_if(s, ','));
    POT_TRY(pot_scan_char(s, '}'));
    return pot_scan_end(s);
}

/* The same for a list. */
static pot_status read_scored(pot_vocab *v, pot_scan *s, char *room, double *score)
{
    uint64_t probes = 0;
    POT_TRY(pot_scan_char(s, '['));
    if (pot_scan_if(s, ']')) return pot_scan_end(s);
    do {
        size_t n;
        POT_TRY(pot_scan_char(s, '['));
        POT_TRY(pot_scan_string(s, room, &n));
        POT_TRY(pot_scan_char(s, ','));
        POT_TRY(pot_scan_f64(s, &score[v->n]));
        POT_TRY(pot_scan_char(s, ']'));
        if (v->n > POT_MAX_ID) return pot_scan_fail(s, "more than %u pieces", POT_MAX_ID);
        POT_TRY(enter_scanned(v, s, room, n, v->n, &probes));
        room += n + 1;
    } while (pot_scan_if(s, ','));
    POT_TRY(pot_scan_char(s, ']'));
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

/* Room for `most` pieces and `more` ids. */
static pot_status make_tables(pot_vocab *v, pot_arena *a, uint32_t most, uint32_t more,
                              pot_error *err)
{
    const uint32_t slots = pot_slots(most);
    v->entry = pot_arena_new(a, (size_t)most + more, sizeof *v->entry);
    v->slot = pot_arena_new(a, slots, sizeof *v->slot);
    v->mask = slots - 1;
    return v->entry && v->slot ? POT_OK : pot_fail_mem(err);
}

pot_status pot_vocab_read(pot_vocab *v, pot_arena *a, pot_scan *s, uint32_t more)
{
    pot_vocab made = {0};
    const pot_bytes value = {s->p, (size_t)(s->end - s->p)};
    uint32_t top = 0;
    char *room = pot_arena_new(a, value.n + 1, 1);
    if (!room) return pot_fail_mem(s->err);
    POT_TRY(make_tables(&made, a, pot_count_elements(value), more, s->err));
    POT_TRY(read_entries(&made, s, room, &top));
    POT_TRY(index_ids(&made, a, s, top, more));
    *v = made;
    return POT_OK;
}

pot_status pot_vocab_read_scored(pot_vocab *v, double **score, pot_arena *a, pot_scan *s,
                                 uint32_t more)
{
    pot_vocab made = {0};
    const pot_bytes value = {s->p, (size_t)(s->end - s->p)};
    const uint32_t most = pot_count_elements(value);
    char *room = pot_arena_new(a, value.n + 1, 1);
    double *scores = pot_arena_new(a, most, sizeof *scores);
    if (!room || !scores) return pot_fail_mem(s->err);
    POT_TRY(make_tables(&made, a, most, more, s->err));
    POT_TRY(read_scored(&made, s, room, scores));
    POT_TRY(index_ids(&made, a, s, made.n ? made.n - 1 : 0, more));
    *v = made;
    *score = scores;
    return POT_OK;
}

pot_status pot_vocab_make(pot_vocab *v, pot_arena *a, const pot_str *piece, uint32_t n,
                          pot_error *err)
{
    pot_vocab made = {.size = n, .n_named = n};
    uint64_t probes = 0;
    POT_TRY(make_tables(&made, a, n, 0, err));
    made.by_id = pot_arena_new(a, n, sizeof *made.by_id);
    if (!made.by_id) return pot_fail_mem(err);
    for (uint32_t i = 0; i < n; i++) {
        const char *wrong = enter(&made, piece[i], i, &probes);
        if (wrong) return pot_fail(err, POT_E_FORMAT, "the piece \"%.40s\" %s", piece[i].s, wrong);
        made.by_id[i] = i + 1;
    }
    *v = made;
    return POT_OK;
}

void pot_vocab_bytes(const pot_vocab *v, uint32_t id[256])
{
    for (unsigned i = 0; i < 256; i++) {
        char code[8];
        snprintf(code, sizeof code, "<0x%02X>", i);
        id[i] = pot_vocab_id(v, code, 6);
    }
}
