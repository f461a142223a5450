#include "token/gguf_spm.h"

#include "base/fail.h"
#include "base/mem.h"
#include "token/chars.h"

#include <stdlib.h>
#include <string.h>

void pot_put_json_string(pot_buf *b, const char *s, size_t n)
{
    size_t from = 0;
    pot_buf_str(b, "\"");
    for (size_t i = 0; i < n; i++) {
        const uint8_t c = (uint8_t)s[i];
        if (c >= 32 && c != '"' && c != '\\') continue;
        pot_buf_add(b, s + from, i - from);
        pot_buf_fmt(b, "\\u%04x", c);
        from = i + 1;
    }
    pot_buf_add(b, s + from, n - from);
    pot_buf_str(b, "\"");
}

/* Pieces by their text: open addressing, place + 1 or 0. */
struct index {
    const pot_scored_piece *piece;
    uint32_t *slot; /* owned */
    uint32_t mask;
    uint64_t patience;
};

/* The slot of a text, or the empty one where it would go; counts down the patience. */
static uint32_t find(struct index *x, const char *s, size_t n)
{
    uint32_t i = (uint32_t)pot_hash(s, n) & x->mask;
    for (; x->slot[i]; i = (i + 1) & x->mask) {
        const pot_str *p = &x->piece[x->slot[i] - 1].text;
        if (p->n == n && memcmp(p->s, s, n) == 0) break;
        if (x->patience) x->patience--;
    }
    return i;
}

static bool is_part(struct index *x, const char *s, size_t n)
{
    const uint32_t at = x->slot[find(x, s, n)];
    return at && x->piece[at - 1].merges;
}

static pot_status make_index(struct index *x, const pot_scored_piece *piece, uint32_t n,
                             pot_error *err)
{
    const uint32_t slots = pot_slots(n);
    *x = (struct index){piece, pot_mem_new(slots, sizeof *x->slot), slots - 1, pot_patience(slots)};
    if (!x->slot) return pot_fail_mem(err);
    for (uint32_t id = 0; id < n && x->patience; id++)
        x->slot[find(x, piece[id].text.s, piece[id].text.n)] = id + 1;
    if (x->patience) return POT_OK;
    return pot_fail(err, POT_E_FORMAT, "tokens that were made to collide");
}

struct ranked {
    float score;
    uint32_t id;
};

static int by_rank(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static void put_splits(struct index *x, pot_buf *out, const pot_str *s, const char **before)
{
    uint32_t at = 0;
    while ((at += pot_char_len(s->s[at])) < s->n) {
        if (!is_part(x, s->s, at) || !is_part(x, s->s + at, s->n - at)) continue;
        pot_buf_fmt(out, "%s[", *before);
        pot_put_json_string(out, s->s, at);
        pot_buf_str(out, ",");
        pot_put_json_string(out, s->s + at, s->n - at);
        pot_buf_str(out, "]");
        *before = ",";
    }
}

pot_status pot_spm_merges(pot_buf *out, const pot_scored_piece *piece, uint32_t n, pot_error *err)
{
    struct index x = {0};
    const char *before = "";
    struct ranked *order = pot_mem_new(n, sizeof *order);
    uint32_t ranked = 0;
    pot_status s;
    POT_GO(s, order ? POT_OK : pot_fail_mem(err));
    POT_GO(s, make_index(&x, piece, n, err));
    for (uint32_t id = 0; id < n; id++)
        if (piece[id].merges && piece[id].text.n)
            order[ranked++] = (struct ranked){piece[id].score, id};
    if (ranked) qsort(order, ranked, sizeof *order, by_rank);
    x.patience = UINT64_MAX;
    for (uint32_t i = 0; i < ranked; i++)
        put_splits(&x, out, &piece[order[i].id].text, &before);
    s = pot_buf_status(out, err);
out:
    pot_mem_free(x.slot);
    pot_mem_free(order);
    return s;
}
