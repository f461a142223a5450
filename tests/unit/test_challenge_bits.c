/* The texts are as many as the tables promise: the bound that is counted from them, and what
 * 200,000 texts of each family show. */
#include "challenge/grammar.h"
#include "challenge/tables.h"
#include "t.h"

#include <string.h>

#define TEXTS 200000

/* No pool is used beyond byte 110: only the beginning is wanted. */
static size_t make(char *out, const pot_rule *rules, const char *start, uint64_t i)
{
    uint8_t seed[32] = {0x5a};
    memcpy(seed + 1, &i, sizeof i);
    pot_stream s;
    pot_stream_init(&s, seed);
    return pot_grammar_write(out, POT_TEXT_ROOM, 110, rules, start, &s);
}

/* [C-9] */
static void test_bound(void)
{
    for (int f = 0; f < POT_FAMILIES; f++) {
        const double bits = pot_family_bits((pot_family)f);
        fprintf(stderr, "%s: %.2f bits\n", pot_family_name((pot_family)f), bits);
        CHECK(bits >= 64 && bits < 400);
    }
}

static uint64_t hash(const char *p, size_t n) /* FNV-1a, then mixed */
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)p[i]) * 0x100000001b3u;
    h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93u;
    return h ^ (h >> 32);
}

static int by_value(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The largest number of equal values; *pairs counts the equal pairs. */
static unsigned most_equal(uint64_t *v, unsigned n, uint64_t *pairs)
{
    unsigned most = 0;
    *pairs = 0;
    qsort(v, n, sizeof *v, by_value);
    for (unsigned i = 0, run = 0; i < n; i++) {
        run = i && v[i] == v[i - 1] ? run + 1 : 1;
        *pairs += run - 1;
        if (run > most) most = run;
    }
    return most;
}

/* No two texts begin alike, and no beginning of 16 or 32 bytes is common. */
static void test_beginnings(void)
{
    static uint64_t at16[TEXTS], at32[TEXTS], at110[TEXTS];
    char text[POT_TEXT_ROOM + 1];
    uint64_t pairs;
    for (int f = 0; f < POT_FAMILIES; f++) {
        for (unsigned i = 0; i < TEXTS; i++) {
            CHECK(make(text, pot_family_rules[f], "genre", i) >= 110);
            at16[i] = hash(text, 16);
            at32[i] = hash(text, 32);
            at110[i] = hash(text, 110);
        }
        CHECK(most_equal(at110, TEXTS, &pairs) == 1 && pairs == 0);
        CHECK(most_equal(at32, TEXTS, &pairs) < TEXTS / 100);
        fprintf(stderr, "%s: %u of %d share 16 bytes\n", pot_family_name((pot_family)f),
                most_equal(at16, TEXTS, &pairs), TEXTS);
        CHECK(most_equal(at16, TEXTS, &pairs) < TEXTS / 20);
    }
}

/* Birthdays: of N draws from n words, N(N-1)/2n pairs are equal, give or take its root. */
static void check_birthdays(const pot_rule *rules, const pot_rule *r)
{
    enum { N = 3000 };
    static uint64_t v[N];
    char text[POT_TEXT_ROOM + 1];
    uint64_t pairs;
    for (unsigned i = 0; i < N; i++)
        v[i] = hash(text, make(text, rules, r->name, (uint64_t)i << 32));
    most_equal(v, N, &pairs);
    const double want = N * (N - 1.0) / 2 / r->n, off = (double)pairs - want;
    if (off * off < 36 * want) return;
    fprintf(stderr, "%s: %llu equal pairs, %.0f expected\n", r->name, (unsigned long long)pairs,
            want);
    exit(1);
}

static void test_words(void)
{
    for (const pot_rule *r = pot_common_rules; r->name; r++)
        if (r->forms) check_birthdays(pot_common_rules, r);
    for (int f = 0; f < POT_FAMILIES; f++)
        for (const pot_rule *r = pot_family_rules[f]; r->name; r++)
            if (r->forms && r->n > 1) check_birthdays(pot_family_rules[f], r);
}

int main(void)
{
    test_bound();
    test_words();
    test_beginnings();
    return 0;
}
