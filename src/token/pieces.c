#include "token/pieces.h"

#include "base/fail.h"
#include "base/utf8.h"

#include <string.h>

bool pot_grow(void *block, uint32_t *room, uint64_t n, size_t size)
{
    if (n <= *room) return true;
    uint64_t want = *room ? *room : 256;
    while (want < n)
        want *= 2;
    void *p;
    memcpy(&p, block, sizeof p);
    p = want > UINT32_MAX ? NULL : pot_mem_grow(p, want, size);
    if (!p) return false;
    memcpy(block, &p, sizeof p);
    *room = (uint32_t)want;
    return true;
}

static bool reserve(pot_text *t, uint64_t n)
{
    uint32_t room = t->room; /* the two blocks grow together */
    if (n <= t->room) return true;
    if (!pot_grow(&t->s, &room, n, 1)) return false;
    room = t->room;
    if (!pot_grow(&t->at, &room, n, sizeof *t->at)) return false;
    t->room = room;
    return true;
}

pot_status pot_work_begin(pot_work *w, const char *text, uint32_t n, pot_error *err)
{
    w->text.n = w->next.n = w->pieces.n = w->cut.n = 0;
    w->status = POT_OK;
    if (!n) return POT_OK;
    if (!reserve(&w->text, n) || !pot_grow(&w->pieces.v, &w->pieces.room, 1, sizeof *w->pieces.v))
        return pot_fail_mem(err);
    memcpy(w->text.s, text, n);
    for (uint32_t i = 0; i < n;) {
        const pot_span at = {i, i + pot_char_len(text[i])};
        while (i < at.end)
            w->text.at[i++] = at;
    }
    w->text.n = n;
    w->pieces.v[w->pieces.n++] = (pot_piece){0, n, 0, POT_NO_ID};
    return POT_OK;
}

void pot_work_free(pot_work *w)
{
    pot_mem_free(w->text.s);
    pot_mem_free(w->text.at);
    pot_mem_free(w->next.s);
    pot_mem_free(w->next.at);
    pot_mem_free(w->pieces.v);
    pot_mem_free(w->cut.v);
    pot_mem_free(w->scratch);
    *w = (pot_work){0};
}

/* Room for n more bytes, or NULL and w->status says why. */
static pot_text *room_for(pot_work *w, uint64_t n)
{
    if (w->status == POT_OK && w->next.n + n > POT_MAX_WORK) w->status = POT_E_UNSUPPORTED;
    if (w->status == POT_OK && !reserve(&w->next, w->next.n + n)) w->status = POT_E_NOMEM;
    return w->status == POT_OK ? &w->next : NULL;
}

void pot_put(pot_work *w, const char *s, uint32_t n, pot_span at)
{
    pot_text *t = room_for(w, n);
    if (!t) return;
    for (uint32_t i = 0; i < n; i++) {
        t->s[t->n + i] = s[i];
        t->at[t->n + i] = at;
    }
    t->n += n;
}

void pot_put_point(pot_work *w, uint32_t cp, pot_span at)
{
    char s[4];
    const unsigned n = pot_utf8_put((uint8_t *)s, cp);
    pot_put(w, s, n, at);
}

void pot_put_as_is(pot_work *w, uint32_t from, uint32_t to)
{
    const uint32_t n = to - from;
    pot_text *t = room_for(w, n);
    if (!t || !n) return;
    memcpy(t->s + t->n, w->text.s + from, n);
    memcpy(t->at + t->n, w->text.at + from, n * sizeof *t->at);
    t->n += n;
}

static void add_piece(pot_work *w, pot_piece p)
{
    pot_piece_list *l = &w->cut;
    if (p.from >= p.to || w->status != POT_OK) return;
    if (!pot_grow(&l->v, &l->room, (uint64_t)l->n + 1, sizeof *l->v)) w->status = POT_E_NOMEM;
    else l->v[l->n++] = p;
}

void pot_cut(pot_work *w, uint32_t from, uint32_t to, uint32_t id)
{
    if (from < to) add_piece(w, (pot_piece){from, to, w->text.at[from].start, id});
}

/* The new pieces take the place of the old ones. */
static pot_status swap_pieces(pot_work *w, pot_error *err)
{
    const pot_piece_list old = w->pieces;
    w->pieces = w->cut;
    w->cut = old;
    w->cut.n = 0;
    if (w->status == POT_OK) return POT_OK;
    if (w->status == POT_E_NOMEM) return pot_fail_mem(err);
    return pot_fail(err, w->status, "normalizing makes more than %u bytes of this text",
                    POT_MAX_WORK);
}

pot_status pot_work_rewrite(pot_work *w, pot_stage *stage, const void *how, pot_error *err)
{
    for (uint32_t i = 0; i < w->pieces.n; i++) {
        pot_piece p = w->pieces.v[i];
        const uint32_t from = w->next.n;
        if (p.id != POT_NO_ID) pot_put_as_is(w, p.from, p.to);
        else POT_TRY(stage(how, w, &p, err));
        add_piece(w, (pot_piece){from, w->next.n, p.origin, p.id});
    }
    const pot_text old = w->text;
    w->text = w->next;
    w->next = old;
    w->next.n = 0;
    return swap_pieces(w, err);
}

pot_status pot_work_cut(pot_work *w, pot_stage *stage, const void *how, pot_error *err)
{
    for (uint32_t i = 0; i < w->pieces.n; i++) {
        const pot_piece p = w->pieces.v[i];
        if (p.id != POT_NO_ID) add_piece(w, p);
        else POT_TRY(stage(how, w, &p, err));
    }
    return swap_pieces(w, err);
}

void pot_segment(pot_cutter *c, uint32_t from, uint32_t to, bool match)
{
    const bool before = c->matched;
    bool join = false; /* with the segment that is held */

    c->matched = match;
    switch (c->behavior) {
    case POT_REMOVED:
        if (match) return;
        break;
    case POT_ISOLATED:
        break;
    case POT_MERGED_WITH_PREVIOUS:
        join = match && !before;
        break;
    case POT_MERGED_WITH_NEXT:
        join = !match && before;
        break;
    case POT_CONTIGUOUS:
        join = match == before;
        break;
    }
    if (join && c->held) {
        c->to = to;
        return;
    }
    pot_segments_end(c);
    c->from = from;
    c->to = to;
    c->held = true;
}

void pot_segments_end(pot_cutter *c)
{
    if (c->held) pot_cut(c->w, c->from, c->to, POT_NO_ID);
    c->held = false;
}
