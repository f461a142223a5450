#include "base/fail.h"
#include "token/normalizer.h"
#include "token/unicode.h"

#include <utf8proc.h>

/* A character on its way, with what pot_give is told of it. */
typedef struct {
    uint32_t cp;
    uint8_t class;
    int32_t change;
} mark;

void pot_give(pot_writer *o, uint32_t cp, int32_t change)
{
    const pot_text *t = &o->w->text;
    if (change > 0) {
        const pot_span none = {o->p->origin, o->p->origin};
        pot_put_point(o->w, cp, o->at > o->p->from ? t->at[o->at - 1] : none);
        return;
    }
    if (o->at < o->p->to) pot_put_point(o->w, cp, t->at[o->at]);
    for (; change <= 0 && o->at < o->p->to; change++)
        o->at += pot_char_len(t->s[o->at]);
}

static bool is_younger(uint32_t cp)
{
    return cp >= 0x7fd && pot_set_has(&pot_set_younger, cp);
}

static uint8_t class_of(uint32_t cp)
{
    if (cp < 0x300 || is_younger(cp)) return 0;
    return (uint8_t)utf8proc_get_property((utf8proc_int32_t)cp)->combining_class;
}

/* Stable order by class of a run of combining marks. */
static void sort_marks(mark *m, size_t n, mark *spare)
{
    size_t count[257] = {0}, i;
    for (i = 1; i < n && m[i - 1].class <= m[i].class; i++) {
    }
    if (i >= n) return;
    for (i = 0; i < n; i++)
        count[m[i].class + 1]++;
    for (i = 1; i < 257; i++)
        count[i] += count[i - 1];
    for (i = 0; i < n; i++)
        spare[count[m[i].class]++] = m[i];
    for (i = 0; i < n; i++)
        m[i] = spare[i];
}

/* All characters of the piece, decomposed, into the work's scratch memory, followed by as
 * much spare room. */
static pot_status decompose(pot_work *w, const pot_piece *p, bool compat, uint32_t *n,
                            pot_error *err)
{
    const utf8proc_option_t how = UTF8PROC_DECOMPOSE | (compat ? UTF8PROC_COMPAT : 0);
    uint32_t cp, k = 0;
    for (uint32_t i = p->from; i < p->to;) {
        utf8proc_int32_t out[32];
        utf8proc_ssize_t got = 1;
        int unused = 0;
        i += pot_char_at(w->text.s + i, &cp);
        out[0] = (utf8proc_int32_t)cp;
        if (cp >= 0xa0 && !is_younger(cp))
            got = utf8proc_decompose_char(out[0], out, 32, how, &unused);
        if (got < 1 || got > 32) return pot_fail(err, POT_E_UNSUPPORTED, "utf8proc: no such form");
        if (!pot_grow(&w->scratch, &w->scratch_room, 2 * ((uint64_t)k + 32), sizeof(mark)))
            return pot_fail_mem(err);
        mark *m = w->scratch;
        for (utf8proc_ssize_t j = 0; j < got; j++)
            m[k++] = (mark){(uint32_t)out[j], class_of((uint32_t)out[j]), j > 0};
    }
    *n = k;
    return POT_OK;
}

static void order(mark *m, uint32_t n)
{
    for (uint32_t i = 0; i < n;) {
        uint32_t end = i + 1;
        while (end < n && m[end].class)
            end++;
        if (end - i > 1) sort_marks(m + i, end - i, m + n);
        i = end;
    }
}

/* The character that two compose to, or 0. */
static uint32_t compose(uint32_t a, uint32_t b)
{
    utf8proc_int32_t pair[2] = {(utf8proc_int32_t)a, (utf8proc_int32_t)b};
    if (b < 0x300 || is_younger(a) || is_younger(b)) return 0;
    const utf8proc_option_t how = UTF8PROC_COMPOSE | UTF8PROC_STABLE;
    if (utf8proc_normalize_utf32(pair, 2, how) != 1) return 0;
    return is_younger((uint32_t)pair[0]) ? 0 : (uint32_t)pair[0];
}

/* Canonical composition.  `base` is the last starter; marks behind it that did not compose
 * with it wait in m[kept, i). */
static void recompose(pot_writer *o, mark *m, uint32_t n)
{
    bool have = false;
    mark base = {0};
    uint32_t kept = 0; /* m[0, kept) hold the marks that wait: overwritten as they are read */

    for (uint32_t i = 0; i < n; i++) {
        const mark c = m[i];
        if (!have) {
            if (c.class) pot_give(o, c.cp, c.change);
            else base = c, have = true;
            continue;
        }
        const bool blocked = kept && m[kept - 1].class >= c.class;
        const uint32_t made = blocked ? 0 : compose(base.cp, c.cp);
        if (made) {
            base.cp = made;
            base.change += c.change - 1;
            continue;
        }
        if (c.class) {
            m[kept++] = c;
            continue;
        }
        pot_give(o, base.cp, base.change);
        for (uint32_t j = 0; j < kept; j++)
            pot_give(o, m[j].cp, m[j].change);
        base = c;
        kept = 0;
    }
    if (have) pot_give(o, base.cp, base.change);
    for (uint32_t j = 0; j < kept; j++)
        pot_give(o, m[j].cp, m[j].change);
}

/* Text that no form changes, by its first bytes: ASCII, and for NFC all below U+0300. */
static bool unchanged(const pot_work *w, const pot_piece *p, pot_normal_form form)
{
    const uint8_t top = form == POT_NFC ? 0xcb : 0x7f;
    for (uint32_t i = p->from; i < p->to; i++)
        if ((uint8_t)w->text.s[i] > top) return false;
    return true;
}

pot_status pot_put_normal_form(pot_work *w, const pot_piece *p, pot_normal_form form,
                               pot_error *err)
{
    uint32_t n = 0;
    pot_writer o = {w, p, p->from};
    if (unchanged(w, p, form)) return pot_put_as_is(w, p->from, p->to), POT_OK;

    POT_TRY(decompose(w, p, form == POT_NFKC || form == POT_NFKD, &n, err));
    mark *m = w->scratch;
    order(m, n);
    if (form == POT_NFC || form == POT_NFKC) recompose(&o, m, n);
    else
        for (uint32_t i = 0; i < n; i++)
            pot_give(&o, m[i].cp, m[i].change);
    return POT_OK;
}
