#include "token/unicode.h"

#include <utf8proc.h>

bool pot_set_has(const pot_set *set, uint32_t cp)
{
    size_t lo = 0, hi = set->n;
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        if (cp > set->r[mid].hi) lo = mid + 1;
        else hi = mid;
    }
    return lo < set->n && cp >= set->r[lo].lo;
}

unsigned pot_lowercase(uint32_t out[2], uint32_t cp)
{
    if (cp < 0x80) return out[0] = cp >= 'A' && cp <= 'Z' ? cp + 32 : cp, 1;
    if (cp == 0x130) return out[0] = 'i', out[1] = 0x307, 2; /* the only one with two */
    for (size_t i = 0; i < pot_lower_n; i++) {
        const pot_case *c = &pot_lower[i];
        if (cp >= c->lo && cp <= c->hi) return out[0] = (uint32_t)((int32_t)cp + c->delta), 1;
    }
    out[0] = (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp);
    return 1;
}
