/* Which challenges drive the result, and where in the prompts it lies: for who got DIFFERENT and
 * asks why. */
#include "verify/run.h"

#include <string.h>

size_t pot_peak(const pot_position *p, size_t n)
{
    size_t at = 0;
    for (size_t i = 1; i < n; i++)
        if (p[i].tv > p[at].tv) at = i;
    return at;
}

static bool inside(char c) /* a character */
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* Whole characters of s[from, to), at most `most` - 1 bytes: the first, or the last. */
static void copy_part(char *out, size_t most, const char *s, size_t from, size_t to, bool last)
{
    if (to - from >= most && last) {
        from = to - (most - 1);
        while (from < to && inside(s[from]))
            from++;
    } else if (to - from >= most) {
        to = from + most - 1;
        while (to > from && inside(s[to]))
            to--;
    }
    memcpy(out, s + from, to - from);
    out[to - from] = '\0';
}

/* The byte of the prompt where position i of a question looks to; false if no spans are known. */
static bool looks_to(const pot_verify *v, const pot_question *q, size_t i, size_t *offset)
{
    if (v->comparison == POT_BY_BYTES) return *offset = q->offset[i], true;
    const int side = v->party[0].tokenizer ? 0 : 1;
    const pot_tokens *t = side ? &q->cand : &q->ref;
    const size_t next = (size_t)q->at[side][i] + 1;
    if (!v->party[side].tokenizer) return false;
    *offset = t->start[next] < t->end[next] ? t->start[next] : q->prompt;
    return true;
}

static void fill(pot_driver *d, const pot_verify *v, const pot_question *q, const pot_record *r)
{
    const pot_position *p = &r->position[r->peak];
    const char *text = q->challenge.text;
    *d = (pot_driver){.index = q->challenge.index,
                      .family = q->challenge.family,
                      .tv = r->tv,
                      .kl = r->kl,
                      .position = r->peak,
                      .positions = r->n,
                      .peak_tv = (double)p->tv,
                      .top = {{.id = p->top_ref}, {.id = p->top_cand}}};
    copy_part(d->text, sizeof d->text, text, 0, q->prompt, false);
    d->placed = looks_to(v, q, r->peak, &d->offset);
    if (d->placed) copy_part(d->before, sizeof d->before, text, 0, d->offset, true);
}

void pot_views_add(pot_verify *v, const pot_question *q, const pot_record *r)
{
    pot_verdict *out = &v->verdict;
    for (size_t i = 0; i < r->n; i++) {
        pot_quarter *part = &out->quarter[4 * i / r->n];
        part->n++;
        part->tv += (double)r->position[i].tv;
        part->kl += (double)r->position[i].kl;
    }
    size_t at = out->n_drivers;
    if (!r->n || !(r->tv > 0)) return;
    while (at && out->driver[at - 1].tv < r->tv)
        at--;
    if (at == POT_DRIVERS) return;
    if (out->n_drivers < POT_DRIVERS) out->n_drivers++;
    memmove(&out->driver[at + 1], &out->driver[at],
            (out->n_drivers - 1 - at) * sizeof *out->driver);
    fill(&out->driver[at], v, q, r);
}

/* The piece of an id; where ids are the same to both, the other side's tokenizer serves too. */
static const char *piece(const pot_verify *v, int side, uint32_t id)
{
    const pot_tokenizer *t = v->party[side].tokenizer;
    if (!t && v->comparison != POT_BY_BYTES) t = v->party[1 - side].tokenizer;
    return t ? pot_tokenizer_piece(t, id) : NULL;
}

void pot_views_end(pot_verify *v)
{
    pot_verdict *out = &v->verdict;
    for (unsigned i = 0; i < POT_QUARTERS; i++) {
        pot_quarter *part = &out->quarter[i];
        if (!part->n) continue;
        part->tv /= (double)part->n;
        part->kl /= (double)part->n;
    }
    for (unsigned i = 0; i < out->n_drivers; i++) {
        pot_driver *d = &out->driver[i];
        d->share = d->tv / v->decider.sum_tv;
        for (int side = 0; side < 2; side++)
            d->top[side].piece = piece(v, side, d->top[side].id);
    }
}
