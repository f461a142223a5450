/* UTF-8: every code point there and back, every wrong form refused (exhaustive to 3 bytes). */
#include "base/utf8.h"
#include "t.h"

#include <string.h>

/* RFC 3629, section 4, written as ranges: the length of the sequence at s, 0 if none. */
static unsigned by_grammar(const uint8_t *s, size_t n)
{
    static const struct {
        uint8_t first, last, lo, hi, len;
    } row[] = {
        {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        if (s[0] < row[i].first || s[0] > row[i].last) continue;
        if (n < row[i].len) return 0;
        if (row[i].len > 1 && (s[1] < row[i].lo || s[1] > row[i].hi)) return 0;
        for (unsigned k = 2; k < row[i].len; k++)
            if (s[k] < 0x80 || s[k] > 0xbf) return 0;
        return row[i].len;
    }
    return 0;
}

static void test_round_trip(void)
{
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        uint8_t s[5] = {0, 0, 0, 0, 0xee};
        uint32_t back = 0xffffffff;
        if (cp >= 0xd800 && cp <= 0xdfff) continue;
        const unsigned n = pot_utf8_put(s, cp);
        CHECK(n == (cp < 0x80 ? 1u : cp < 0x800 ? 2u : cp < 0x10000 ? 3u : 4u) && s[4] == 0xee);
        CHECK(pot_utf8_get(s, n, &back) == n && back == cp);
        CHECK(pot_utf8_get(s, 5, &back) == n && by_grammar(s, n) == n);
        CHECK(pot_utf8_valid(s, n) == n);
        for (unsigned cut = 1; cut < n; cut++)
            CHECK(!pot_utf8_get(s, cut, &back) && pot_utf8_valid(s, cut) == 0);
    }
}

/* All sequences of one, two and three bytes; four with every lead and every second byte. */
static void test_every_form(void)
{
    static const uint8_t edge[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
    uint32_t cp;
    for (uint32_t x = 0; x < 1u << 24; x++) {
        const uint8_t s[3] = {(uint8_t)(x >> 16), (uint8_t)(x >> 8), (uint8_t)x};
        CHECK(pot_utf8_get(s, 3, &cp) == by_grammar(s, 3));
        if (s[2]) continue;
        CHECK(pot_utf8_get(s, 2, &cp) == by_grammar(s, 2));
        CHECK(pot_utf8_get(s, 1, &cp) == by_grammar(s, 1));
    }
    for (uint32_t x = 0; x < 1u << 16; x++)
        for (unsigned i = 0; i < 100; i++) {
            const uint8_t s[4] = {(uint8_t)(x >> 8), (uint8_t)x, edge[i / 10], edge[i % 10]};
            cp = 77;
            const unsigned n = pot_utf8_get(s, 4, &cp);
            CHECK(n == by_grammar(s, 4) && (n || cp == 77));
        }
}

static void test_valid(void)
{
    uint8_t s[64];
    for (int trial = 0; trial < 100000; trial++) {
        size_t n = 0, want = 0;
        while (n < 40) {
            uint32_t cp = (uint32_t)(t_u64() % (t_u64() % 2 ? 0x110000 : 0x900));
            if (cp < 0xd800 || cp > 0xdfff) n += pot_utf8_put(s + n, cp);
        }
        if (trial % 2) s[t_u64() % n] = (uint8_t)t_u64();
        for (unsigned len; want < n && (len = by_grammar(s + want, n - want));)
            want += len;
        CHECK(pot_utf8_valid(s, n) == want);
    }
    CHECK(pot_utf8_valid(NULL, 0) == 0);
}

int main(void)
{
    t_seed();
    test_round_trip();
    test_every_form();
    test_valid();
    return 0;
}
