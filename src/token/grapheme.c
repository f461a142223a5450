#include "token/grapheme.h"

#include "token/chars.h"

#include <stdbool.h>

#define LV  (POT_GB_T + 1) /* Hangul syllables, by arithmetic */
#define LVT (POT_GB_T + 2)

static unsigned kind_of(uint32_t cp)
{
    if (cp < 0x80) return cp < 0x20 || cp == 0x7f ? POT_GB_CONTROL : POT_GB_OTHER;
    if (cp >= 0xac00 && cp <= 0xd7a3) return (cp - 0xac00) % 28 ? LVT : LV;
    size_t lo = 0, hi = pot_gb_ranges_n;
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        if (cp > pot_gb_ranges[mid].hi) lo = mid + 1;
        else hi = mid;
    }
    if (lo == pot_gb_ranges_n || cp < pot_gb_ranges[lo].lo) return POT_GB_OTHER;
    return pot_gb_ranges[lo].kind;
}

static bool extends(unsigned kind)
{
    return kind >= POT_GB_EXTEND && kind <= POT_GB_ZWNJ;
}

/* What the rules need to know of the characters before. */
typedef struct {
    unsigned last;
    bool pict;      /* \p{Extended_Pictographic} Extend* */
    bool joined;    /* ... and a ZWJ behind it */
    bool consonant; /* an Indic consonant, then only Extend, Linker and ZWJ */
    bool linked;    /* ... of which one was a Linker */
} state;

static void take(state *s, unsigned kind)
{
    s->joined = s->pict && kind == POT_GB_ZWJ;
    s->pict = kind == POT_GB_PICT || (s->pict && extends(kind));
    if (kind == POT_GB_CONSONANT) s->consonant = true, s->linked = false;
    else if (kind == POT_GB_LINKER) s->linked = s->consonant;
    else if (kind != POT_GB_EXTEND && kind != POT_GB_ZWJ) s->consonant = s->linked = false;
    s->last = kind;
}

/* Rules GB4 to GB11, and GB9c; GB3 is the caller's. */
static bool together(const state *s, unsigned next)
{
    const unsigned last = s->last;
    if (last == POT_GB_CONTROL || next == POT_GB_CONTROL) return false;
    if (extends(next) || next == POT_GB_ZWJ || next == POT_GB_SPACING) return true;
    if (last == POT_GB_PREPEND) return true;
    if (last == POT_GB_L) return next == POT_GB_L || next == POT_GB_V || next == LV || next == LVT;
    if (last == LV || last == POT_GB_V) return next == POT_GB_V || next == POT_GB_T;
    if (last == LVT || last == POT_GB_T) return next == POT_GB_T;
    return (next == POT_GB_PICT && s->joined) || (next == POT_GB_CONSONANT && s->linked);
}

uint32_t pot_grapheme_end(const char *s, uint32_t from, uint32_t to)
{
    uint32_t cp, at = from + pot_char_at(s + from, &cp);
    if (at == to) return at;
    if (cp == '\r') return s[at] == '\n' ? at + 1 : at; /* GB3 */
    if (((uint8_t)s[at] | cp) < 0x80) return at;
    state st = {0};
    for (take(&st, kind_of(cp)); at < to;) {
        const uint32_t n = pot_char_at(s + at, &cp);
        const unsigned kind = kind_of(cp);
        if (!together(&st, kind)) break;
        take(&st, kind);
        at += n;
    }
    return at;
}
