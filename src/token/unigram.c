#include "token/unigram.h"

#include "base/fail.h"
#include "token/pieces.h"
#include "token/trie.h"

#include <math.h>
#include <string.h>

#define NONE UINT32_MAX

/* The best way to a place of the word. */
typedef struct {
    double score;
    uint32_t from, id; /* the last token on it; NONE: there is no way yet */
} best;

struct pot_unigram {
    const pot_vocab *v;  /* borrowed */
    pot_trie pieces;     /* owned: values are places of entries */
    const double *score; /* borrowed: of each entry */
    uint32_t bytes[256]; /* the ids of <0x00> ... <0xFF> */
    pot_unigram_options how;
    best *best;      /* owned */
    pot_part *parts; /* owned: written from the end */
    uint32_t best_room, part_room;
};

static double kept(const pot_unigram *u, double score)
{
    return u->how.narrow ? (double)(float)score : score;
}

/* Every piece that begins at `at`, and if none is the one character there, that character as
 * unknown.  A way that is as good as another does not take its place. */
static pot_status step(pot_unigram *u, const char *word, uint32_t at, uint32_t n, pot_error *err)
{
    const double here = u->best[at].score;
    const uint32_t len = pot_char_len(word[at]);
    bool single = false;
    uint32_t node = 0;
    for (uint32_t i = at; i < n && u->pieces.nodes; i++) {
        node = pot_trie_next(&u->pieces, node, word[i]);
        if (!node) break;
        const uint32_t v = u->pieces.value[node], e = (v & ~POT_TRIE_INNER) - 1;
        if (e != NONE) {
            const double score = kept(u, u->score[e] + here);
            best *to = &u->best[i + 1];
            if (to->from == NONE || score > to->score) *to = (best){score, at, u->v->entry[e].id};
            single |= i + 1 - at == len;
        }
        if (!(v & POT_TRIE_INNER)) break;
    }
    best *to = &u->best[at + len];
    const double score = kept(u, u->how.unk_score + here);
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
    const uint32_t id = u->how.narrow ? POT_NO_ID : pot_vocab_id(u->v, word + from, to - from);
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

static pot_status add_piece(pot_unigram *u, uint32_t place, pot_error *err)
{
    const pot_str *s = &u->v->entry[place].text;
    if (s->n > POT_MAX_UNIGRAM_PIECE)
        return pot_fail_at(err, POT_E_UNSUPPORTED, "model.vocab",
                           "\"%.40s...\" has more than %d bytes", s->s, POT_MAX_UNIGRAM_PIECE);
    return s->n && !isnan(u->score[place]) ? pot_trie_add(&u->pieces, s->s, s->n, place, err)
                                           : POT_OK;
}

pot_status pot_unigram_open(pot_unigram **out, const pot_vocab *v, const double *score,
                            pot_unigram_options how, pot_error *err)
{
    pot_unigram *u = pot_mem_new(1, sizeof *u);
    if (!u) return pot_fail_mem(err);
    *u = (pot_unigram){.v = v, .score = score, .how = how};
    pot_status s = POT_OK;
    for (uint32_t i = 0; i < v->n && s == POT_OK; i++)
        s = add_piece(u, i, err);
    pot_vocab_bytes(v, u->bytes);
    if (s == POT_OK) *out = u;
    else pot_unigram_close(u);
    return s;
}

void pot_unigram_close(pot_unigram *u)
{
    if (!u) return;
    pot_trie_free(&u->pieces);
    pot_mem_free(u->best);
    pot_mem_free(u->parts);
    pot_mem_free(u);
}

bool pot_unigram_byte_fallback(const pot_unigram *u)
{
    return u->how.byte_fallback;
}
