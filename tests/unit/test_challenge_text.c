/* What can be checked of the texts without reading them: size, characters, brackets,
 * punctuation, articles, JSON that parses. */
#include "t.h"
#include "challenge/bits.h"
#include "challenge/grammar.h"
#include "challenge/tables.h"

#include <jansson.h>
#include <string.h>

#define TEXTS 1000

static const char *text; /* under test */
static size_t size;

static void fail(const char *at, const char *why)
{
    fprintf(stderr, "%s, at \"%.40s\" of:\n%s\n", why, at, text);
    exit(1);
}

static void make(char *out, int family, uint64_t i, size_t goal)
{
    uint8_t seed[32] = {(uint8_t)family};
    memcpy(seed + 1, &i, sizeof i);
    pot_stream s;
    pot_stream_init(&s, seed);
    size = pot_grammar_write(out, POT_TEXT_ROOM, goal, pot_family_rules[family], "genre", &s);
    text = out;
    CHECK(pot_stream_status(&s, NULL) == POT_OK);
}

static int count(const char *chars)
{
    int n = 0;
    for (const char *p = text; *p; p++)
        n += strchr(chars, *p) != NULL;
    return n;
}

static void check_shape(void)
{
    if (size < POT_TEXT_GOAL || size > POT_TEXT_ROOM || strlen(text) != size) fail(text, "size");
    if (strchr(" \n", text[0]) || strchr(" \n", text[size - 1]))
        fail(text, "white space at an end");
    for (const char *p = text; *p; p++)
        if ((*p < ' ' || *p > '~') && *p != '\n' && *p != '\t') fail(p, "character");
    if (count("\"") % 2) fail(text, "quotes");
}

/* Prose: no traces of the notation, no slips of punctuation. */
static void check_prose(void)
{
    static const char *const never[] = {"{",  "}",  "~",  "^",     "  ",      " ,", " .",
                                        " ;", " ?", " !", ",,",    ",.",      ".,", ":.",
                                        "?.", "!.", ";.", " a a ", " an an ", "\t"};
    const bool table = strstr(text, "total") != NULL; /* its columns may be set with tabs */
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        const char *p = strstr(text, never[i]);
        if (p && !(table && *p == '\t') && strncmp(p, " ...", 4) != 0) fail(p, "not in prose");
    }
    for (const char *p = text; (p = strstr(p, "..")); p += 3)
        if (p[2] != '.') fail(p, "two stops");
    for (const char *p = text; (p = strstr(p, ". ")); p++)
        if (p[2] >= 'a' && p[2] <= 'z' && p[2] != 'n' && (p == text || p[-1] != '.'))
            fail(p, "small letter after a full stop");
    if (count("(") != count(")") || count("[") != count("]")) fail(text, "brackets");
}

static void check_articles(void)
{
    static const char vowels[] = "aeiouAEIOU";
    for (const char *p = text; (p = strstr(p, " a ")); p++)
        if (strchr(vowels, p[3])) fail(p, "a before a vowel");
    for (const char *p = text; (p = strstr(p, " an ")); p++)
        if (!strchr(vowels, p[4])) fail(p, "an before a consonant");
}

static void test_prose(void)
{
    char buf[POT_TEXT_ROOM + 1];
    for (int f = 0; f < POT_FAMILIES; f++)
        for (uint64_t i = 0; i < TEXTS && f != POT_CODE; i++) {
            make(buf, f, i, POT_TEXT_GOAL);
            check_shape();
            check_prose();
            check_articles();
        }
}

static void test_code(void)
{
    char buf[POT_TEXT_ROOM + 1];
    int json = 0;
    for (uint64_t i = 0; i < TEXTS; i++) {
        make(buf, POT_CODE, i, POT_TEXT_GOAL);
        check_shape();
        if (!strstr(text, "esac") &&
            (count("(") != count(")") || count("[") != count("]") || count("{") != count("}")))
            fail(text, "brackets");
        if (strncmp(text, "[\n  {", 5) != 0) continue;
        json_error_t err;
        json_t *j = json_loadb(text, size, 0, &err);
        if (!j) fail(text + err.position, err.text);
        json_decref(j);
        json++;
    }
    CHECK(json > TEXTS / 20);
}

/* A beginning does not depend on how long the text is to become. */
static void test_beginning(void)
{
    char whole[POT_TEXT_ROOM + 1], part[POT_TEXT_ROOM + 1];
    for (int f = 0; f < POT_FAMILIES; f++)
        for (uint64_t i = 0; i < 100; i++) {
            make(whole, f, i, POT_TEXT_GOAL);
            make(part, f, i, 110);
            CHECK(size >= 110 && memcmp(whole, part, 110) == 0);
        }
}

static const pot_rule demo[] = {
    POT_TEXTS("genre", "{x=word} {y=word~x} {a x.1} {^y}."),
    POT_WORDS("word", 2, "ox|animal", "cow|beast"),
    POT_TEXTS("numbers", "{n=1001-1002:,} {(n%1000+120):w} {(n%1000):4} {!m=7-8}{(m*0)}"),
    POT_TEXTS("words", "{0-1:w} {10-11:w} {20-21:w} {100-101:w} {999-1000}"),
    POT_TEXTS("pool", "<{@item}>"),
    POT_TEXTS("item", " aaaa", " bbbb", " cccc"),
    POT_TEXTS("choice", "{|{|p|q}|{{|}}}{{"),
    {NULL, 0, 0, NULL},
};

static bool expand(const char *start, size_t room, size_t goal, uint8_t seed0, const char *want)
{
    uint8_t seed[32] = {seed0};
    char buf[200];
    pot_stream s;
    pot_stream_init(&s, seed);
    memset(buf, 'x', sizeof buf);
    const size_t n = pot_grammar_write(buf, room, goal, demo, start, &s);
    CHECK(n <= room && strlen(buf) == n);
    for (size_t i = n; i <= room; i++)
        CHECK(buf[i] == 0);
    return strcmp(buf, want) == 0;
}

static bool ever(const char *start, const char *want)
{
    for (int i = 0; i < 256; i++)
        if (expand(start, 150, 20, (uint8_t)i, want)) return true;
    return false;
}

static void test_notation(void)
{
    CHECK(ever("genre", "ox cow an animal Cow.") && ever("genre", "cow ox a beast Ox."));
    CHECK(!ever("genre", "ox ox an animal Ox."));
    CHECK(ever("numbers", "1,001 one hundred and twenty-one 0001 0"));
    CHECK(ever("numbers", "1,002 one hundred and twenty-two 0002 0"));
    CHECK(ever("words", "zero ten twenty one hundred 999"));
    CHECK(ever("words", "one eleven twenty-one one hundred and one 1000"));
    CHECK(ever("pool", "< aaaa cccc bbbb aaaa>") && ever("pool", "< bbbb aaaa cccc cccc>"));
    CHECK(!ever("pool", "< aaaa aaaa bbbb cccc>"));
    CHECK(ever("choice", "p{") && ever("choice", "q{"));
    for (int i = 0; i < 20; i++) /* the item that does not fit is taken back */
        CHECK(expand("pool", 13, 20, (uint8_t)i, "< aaaa cccc>") || i == 0 ||
              !expand("pool", 13, 20, (uint8_t)i, "< aaaa cccc "));
}

static const pot_rule odd[] = {
    POT_TEXTS("plain", "{word} and {word}, {100-355}."), /* 1 + 1 + 8 bits */
    POT_TEXTS("window", "0123456789{word} {100-355}."),  /* the number ends too late */
    POT_TEXTS("prefix", "{start} {0-1}."),               /* "b" and "b c" before a space */
    POT_TEXTS("joined", "{start}{0-1}."),                /* nothing says where it ends */
    POT_TEXTS("same", "{twice}."),                       /* two words alike */
    POT_TEXTS("other", "{x=four} {four~x} {x}."),        /* 2 + log2(3) + 0 */
    POT_TEXTS("silent", "{!x=four}{x}."),                /* not printed where it is drawn */
    POT_TEXTS("worst", "{four} {four}.", "{word}."),     /* the worse of both */
    POT_TEXTS("digits", "{1-16}{0-3}."),                 /* 1 1 or 11 ? */
    POT_TEXTS("fixed", "{1-16:2}{0-3}."),
    POT_WORDS("word", 1, "red", "blue"),
    POT_WORDS("four", 1, "a", "e", "i", "o"),
    POT_WORDS("start", 1, "b", "b c"),
    POT_WORDS("twice", 1, "b", "B"),
    {NULL, 0, 0, NULL},
};

static bool near(double a, double b)
{
    return a - b < 1e-9 && b - a < 1e-9;
}

/* The count on small rules where it is known. */
static void test_bits(void)
{
    CHECK(near(pot_rule_bits(odd, "plain", 110), 10));
    CHECK(near(pot_rule_bits(odd, "plain", 19), 10) && near(pot_rule_bits(odd, "plain", 18), 2));
    CHECK(near(pot_rule_bits(odd, "window", 18), 1));
    CHECK(near(pot_rule_bits(odd, "prefix", 110), 1));
    CHECK(near(pot_rule_bits(odd, "joined", 110), 1));
    CHECK(near(pot_rule_bits(odd, "same", 110), 0));
    CHECK(near(pot_rule_bits(odd, "other", 110), 3.584962500721156));
    CHECK(near(pot_rule_bits(odd, "silent", 110), 0));
    CHECK(near(pot_rule_bits(odd, "worst", 110), 1));
    CHECK(near(pot_rule_bits(odd, "digits", 110), 2));
    CHECK(near(pot_rule_bits(odd, "fixed", 110), 6));
}

int main(void)
{
    test_notation();
    test_bits();
    test_beginning();
    test_prose();
    test_code();
    return 0;
}
