#include "verify/align.h"

static bool empty(const pot_tokens *t, size_t i)
{
    return t->start[i] == t->end[i];
}

/* Do the tokens, but for those around the text, ascend to its end? */
static bool covers(const pot_tokens *t, size_t text)
{
    uint32_t start = 0, end = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (empty(t, i)) continue;
        if (t->start[i] < start || t->end[i] < end) return false;
        start = t->start[i], end = t->end[i];
    }
    return end == text;
}

/* The first token from i on behind which another begins; t->n if there is none. */
static size_t boundary(const pot_tokens *t, size_t i)
{
    for (; i + 1 < t->n; i++)
        if (!empty(t, i) && !empty(t, i + 1) && t->start[i + 1] == t->end[i]) return i;
    return t->n;
}

size_t pot_align(pot_alignment *a, const pot_tokens *x, const pot_tokens *y, size_t text)
{
    size_t n = 0;
    if (!covers(x, text) || !covers(y, text)) return 0;
    size_t i = boundary(x, 0), k = boundary(y, 0);
    while (i < x->n && k < y->n && n < a->room) {
        const uint32_t p = x->end[i], q = y->end[k];
        if (p == q) {
            a->at[0][n] = (uint16_t)i;
            a->at[1][n] = (uint16_t)k;
            a->offset[n++] = (uint16_t)p;
        }
        if (p <= q) i = boundary(x, i + 1);
        if (q <= p) k = boundary(y, k + 1);
    }
    return n;
}
