#include "token/unigram.h"

#include "base/fail.h"
#include "token/pieces.h"

#include <math.h>
#include <string.h>

#define PENALTY 10.0 /* an unknown character scores so much less than the worst piece */
#define NONE    UINT32_MAX

/* The pieces as a trie: an edge is found by its parent and its byte.  child 0: an empty slot. */
typedef struct {
    uint32_t key; /* parent << 8 | byte */
    uint32_t child;
} edge;

/* The best way to a place of the word. */
typedef struct {
    double score;
    uint32_t from, id; /* the last token on it; NONE: there is no way yet */
} best;

struct pot_unigram {
    const pot_vocab *v;   /* borrowed */
    edge *edges;          /* owned */
    uint32_t mask, nodes; /* slots - 1; nodes in use, the root included */
    uint32_t *entry;      /* owned: for each node, the piece that ends there + 1, or 0 */
    uint32_t entry_room;
    const double *score; /* borrowed: of each entry */
    double unk_score;
    uint32_t bytes[256]; /* the ids of <0x00> ... <0xFF> */
    pot_unigram_options how;
    best *best;      /* owned */
    pot_part *parts; /* owned: written from the end */
    uint32_t best_room, part_room;
};

/* The slot of an edge, or the empty one where it would go. */
static edge *find(const pot_unigram *u, uint32_t parent, uint8_t byte, uint64_t *probes)
{
    const uint32_t key = parent << 8 | byte;
    uint32_t i = (uint32_t)pot_mix(key) & u->mask;
    for (; u->edges[i].child; i = (i + 1) & u->mask) {
        if (u->edges[i].key == key) break;
        ++*probes;
    }
    return &u->edges[i];
}

/* Every piece that begins at `at`, and if none is the one character there, that character as
 * unknown.  A way that is as good as another does not take its place. */
static pot_status step(pot_unigram *u, const char *word, uint32_t at, uint32_t n, pot_error *err)
{
    const double here = u->best[at].score;
    const uint32_t len = pot_char_len(word[at]);
    bool single = false;
    uint64_t probes = 0;
    uint32_t node = 0;
    for (uint32_t i = at; i < n; i++) {
        node = find(u, node, (uint8_t)word[i], &probes)->child;
        if (!node) break;
        if (!u->entry[node]) continue;
        const uint32_t e = u->entry[node] - 1;
        const double score = u->score[e] + here;
        best *to = &u->best[i + 1];
        if (to->from == NONE || score > to->score) *to = (best){score, at, u->v->entry[e].id};
        single |= i + 1 - at == len;
    }
    best *to = &u->best[at + len];
    const double score = u->unk_score + here;
    if (single || (to->from != NONE && score <= to->score)) return POT_OK;
    if (u->how.unk == POT_NO_ID)
        return pot_fail_at(err, POT_E_FORMAT, "model.unk_id",
                           "an unknown character, and no unk_id to stand for it");
    *to = (best){score, at, u->how.unk};
    return POT_OK;
}

/* Neighbouring unknown characters are one string; that may be a piece after all, or bytes. */
static pot_part *put_unknown(pot_unigram *u, pot_part *p, const char *word, uint32_t from,
                             uint32_t to)
{
    const uint32_t id = pot_vocab_id(u->v, word + from, to - from);
    bool bytes = u->how.byte_fallback && id == POT_NO_ID;
    for (uint32_t i = from; bytes && i < to; i++)
        bytes = u->bytes[(uint8_t)word[i]] != POT_NO_ID;
    for (uint32_t i = to; bytes && i-- > from;)
        *--p = (pot_part){u->bytes[(uint8_t)word[i]], from, to, false};
    if (!bytes) *--p = (pot_part){id == POT_NO_ID ? u->how.unk : id, from, to, true};
    return p;
}

pot_status pot_unigram_word(pot_unigram *u, const pot_part **parts, uint32_t *n_parts,
                            const char *word, uint32_t n, pot_error *err)
{
    if (!pot_grow(&u->best, &u->best_room, (uint64_t)n + 1, sizeof *u->best) ||
        !pot_grow(&u->parts, &u->part_room, n, sizeof *u->parts))
        return pot_fail_mem(err);
    u->best[0] = (best){0, 0, POT_NO_ID};
    for (uint32_t i = 1; i <= n; i++)
        u->best[i].from = NONE;
    for (uint32_t at = 0; at < n; at += pot_char_len(word[at]))
        POT_TRY(step(u, word, at, n, err));

    pot_part *const end = u->parts + n, *p = end;
    for (uint32_t to = n, from; to; to = from) {
        from = u->best[to].from;
        if (u->best[to].id != u->how.unk) {
            *--p = (pot_part){u->best[to].id, from, to, false};
            continue;
        }
        while (from && u->best[from].id == u->how.unk)
            from = u->best[from].from;
        p = put_unknown(u, p, word, from, to);
    }
    *parts = p;
    *n_parts = (uint32_t)(end - p);
    return POT_OK;
}

/* Reading. */

/* Twice the slots, at most half of them taken. */
static bool grow_edges(pot_unigram *u)
{
    const pot_unigram old = *u;
    const uint32_t slots = pot_slots(2 * u->nodes);
    edge *edges = pot_mem_new(slots, sizeof *edges);
    if (!edges) return false;
    u->edges = edges;
    u->mask = slots - 1;
    uint64_t probes = 0;
    for (uint32_t i = 0; old.edges && i <= old.mask; i++) {
        const edge *e = &old.edges[i];
        if (e->child) *find(u, e->key >> 8, (uint8_t)e->key, &probes) = *e;
    }
    pot_mem_free(old.edges);
    return true;
}

/* The child of a node, made if it is not there; NULL without memory. */
static edge *child(pot_unigram *u, uint32_t parent, uint8_t byte, uint64_t *probes)
{
    if (2 * u->nodes > u->mask && !grow_edges(u)) return NULL;
    edge *e = find(u, parent, byte, probes);
    if (e->child) return e;
    if (!pot_grow(&u->entry, &u->entry_room, (uint64_t)u->nodes + 1, sizeof *u->entry)) return NULL;
    *e = (edge){parent << 8 | byte, u->nodes++};
    return e;
}

static pot_status add_piece(pot_unigram *u, uint32_t place, uint64_t *probes, pot_error *err)
{
    const pot_str *s = &u->v->entry[place].text;
    uint32_t node = 0;
    if (s->n > POT_MAX_UNIGRAM_PIECE || u->nodes + s->n > POT_MAX_ID)
        return pot_fail_at(err, POT_E_UNSUPPORTED, "model.vocab",
                           "\"%.40s\" has more than %d bytes, or all pieces have more than %u",
                           s->s, POT_MAX_UNIGRAM_PIECE, POT_MAX_ID);
    for (uint32_t i = 0; i < s->n; i++) {
        const edge *e = child(u, node, (uint8_t)s->s[i], probes);
        if (!e) return pot_fail_mem(err);
        node = e->child;
    }
    if (*probes > pot_patience(u->mask + 1))
        return pot_fail_at(err, POT_E_FORMAT, "model.vocab",
                           "\"%.40s\" and others were made to collide", s->s);
    if (s->n) u->entry[node] = place + 1;
    return POT_OK;
}

pot_status pot_unigram_open(pot_unigram **out, const pot_vocab *v, const double *score,
                            pot_unigram_options how, pot_error *err)
{
    uint64_t probes = 0;
    pot_unigram *u = pot_mem_new(1, sizeof *u);
    if (!u) return pot_fail_mem(err);
    *u = (pot_unigram){.v = v, .score = score, .how = how, .nodes = 1, .unk_score = INFINITY};
    pot_status s = grow_edges(u) && pot_grow(&u->entry, &u->entry_room, 1, sizeof *u->entry)
                       ? POT_OK
                       : pot_fail_mem(err);
    for (uint32_t i = 0; i < v->n && s == POT_OK; i++) {
        s = add_piece(u, i, &probes, err);
        if (score[i] < u->unk_score) u->unk_score = score[i];
    }
    u->unk_score -= PENALTY;
    pot_vocab_bytes(v, u->bytes);
    if (s == POT_OK) *out = u;
    else pot_unigram_close(u);
    return s;
}

void pot_unigram_close(pot_unigram *u)
{
    if (!u) return;
    pot_mem_free(u->edges);
    pot_mem_free(u->entry);
    pot_mem_free(u->best);
    pot_mem_free(u->parts);
    pot_mem_free(u);
}

bool pot_unigram_byte_fallback(const pot_unigram *u)
{
    return u->how.byte_fallback;
}
