/* Unigram models, the numbers in them, the character maps of Precompiled and the clusters that
 * these look at.  The package agrees: tools/oracle/tokenizers_random.py. */
#include "base/fail.h"
#include "test_tok.h"
#include "token/charsmap.h"
#include "token/grapheme.h"
#include "token/scan.h"

#define M_ "\xe2\x96\x81"

static void encodes(const char *members, const char *model, const char *text, const char *want)
{
    pot_tokenizer *t = must_open(members, model);
    CHECK_STR(ids_of(t, text, true), want);
    CHECK_STR(ids_of(t, text, true), want);
    pot_tokenizer_close(&t);
}

static void refuses(const char *members, const char *model, pot_status want, const char *place,
                    const char *word)
{
    pot_tokenizer *t = NULL;
    pot_error err = {0};
    const pot_status s = try_open(&t, members, model, &err);
    if (s != want || strcmp(err.place, place) != 0 || !strstr(err.msg, word)) {
        fprintf(stderr, "%s\n%d %s: %s\n", model, (int)s, err.place, err.msg);
        exit(1);
    }
    CHECK(!t);
}

static void test_best_sum(void)
{
    encodes("", "{'type':'Unigram','vocab':[['a',-1],['b',-2.0],['ab',-2.5]]}", "ab", "2:0-2");
    encodes("", "{'type':'Unigram','vocab':[['a',-1],['b',-1.5],['ab',-3]]}", "ab", "0:0-1 1:1-2");
    /* As good is not better: the longer piece was found first. */
    encodes("", "{'vocab':[['a',-1],['b',-2],['ab',-3]]}", "ab", "2:0-2");
    encodes("", "{'vocab':[['a',-1],['b',-1],['c',-1],['ab',-2],['bc',-2]]}", "abc", "0:0-1 4:1-3");
    encodes("", "{'vocab':[['\xc3\xa9',0],['\xc3\xa9\xc3\xa9',1e0]]}", "\xc3\xa9\xc3\xa9\xc3\xa9",
            "0:0-2 1:2-6");
    encodes("", "{'vocab':[]}", "", "");
}

static void test_unknown(void)
{
    /* Neighbours are one; so is the unknown token's own name when it is met. */
    encodes("", "{'unk_id':1,'vocab':[['a',-1],['<u>',0]]}", "xyax", "1:0-2 0:2-3 1:3-4");
    encodes("", "{'unk_id':1,'vocab':[['a',-1],['<u>',0]]}", "a<u>x", "0:0-1 1:1-5");
    /* Together the unknown ones may be a piece that no way led to. */
    encodes("", "{'unk_id':0,'vocab':[['<u>',50],['xy',-99]]}", "xy", "1:0-2");
    encodes("", "{'vocab':[['a',-1]]}", "ax",
            "4 an unknown character, and no unk_id to stand for it");
    encodes("", "{'vocab':[['ax',-1]]}", "ax",
            "4 an unknown character, and no unk_id to stand for it");
    /* Bytes, if each of all the neighbours' bytes has one; each has the span of all. */
    encodes("",
            "{'unk_id':0,'byte_fallback':true,'vocab':[['u',0],['<0xC3>',-1],['<0xA9>',-1],"
            "['a',-1]]}",
            "a\xc3\xa9\xc3\xa9"
            "a\xc3\xa8",
            "3:0-1 1:1-5 2:1-5 1:1-5 2:1-5 3:5-6 0:6-8");
    /* The text of an unknown token is its own: its spaces are trimmed. */
    encodes("'post_processor':{'type':'ByteLevel','add_prefix_space':false,'trim_offsets':true},",
            "{'unk_id':0,'vocab':[['u',0],['a',-1]]}", "a  x ", "1:0-1 0:3-4");
}

static void test_refused(void)
{
    refuses("", "{'type':'Unigram','merges':[],'vocab':[]}", POT_E_FORMAT, "model", "list vocab");
    refuses("", "{'type':'Unigram','vocab':{'a':0}}", POT_E_FORMAT, "model.vocab", "'['");
    refuses("", "{'vocab':[['a',0],['a',0]]}", POT_E_FORMAT, "model.vocab", "there twice");
    refuses("", "{'vocab':[['a']]}", POT_E_FORMAT, "model.vocab", "','");
    refuses("", "{'vocab':[['a',0,0]]}", POT_E_FORMAT, "model.vocab", "']'");
    refuses("", "{'vocab':[['a',NaN]]}", POT_E_FORMAT, "model.vocab", "number");
    refuses("", "{'unk_id':1,'vocab':[['a',0]]}", POT_E_FORMAT, "model.unk_id", "1 pieces");
    refuses("", "{'unk_id':-1,'vocab':[['a',0]]}", POT_E_FORMAT, "model.unk_id", "");
    refuses("", "{'byte_fallback':1,'vocab':[['a',0]]}", POT_E_FORMAT, "model.byte_fallback", "");
    static char model[2000];
    const int n = snprintf(model, sizeof model, "{'vocab':[['");
    memset(model + n, 'x', 1025);
    strcpy(model + n + 1025, "',0]]}");
    refuses("", model, POT_E_UNSUPPORTED, "model.vocab", "1024 bytes");
}

/* What serde_json 1.0 makes of these, observed through the package. */
static void test_numbers(void)
{
    static const struct {
        const char *text;
        double want;
    } good[] = {
        {"0", 0},
        {"-0", -0.0},
        {"12", 12},
        {"-2.0122928619384766", -20122928619384766.0 / 1e16}, /* may not be the nearest */
        {"1e3", 1e3},
        {"1E-2", 1e-2},
        {"1.5e+2", 150},
        {"18446744073709551616", 1844674407370955161.0 * 10},
        {"0.000000000000000000000001", 1 / 1e24},
        {"123456789012345678901234567890.5", 12345678901234567890.0 * 1e10},
        {"1e-400", 1 / 1e308 / 1e92},
        {"0e999999", 0},
    };
    static const char *const bad[] = {"",        "-",  "01",  "1.",    ".5",     "1e",
                                      "+1",      "1e", "1e+", "1e309", "-1e400", "1e99999999999",
                                      "Infinity"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        const uint8_t *p = (const uint8_t *)good[i].text;
        pot_scan s = {p, p + strlen(good[i].text), p, "f", "x", NULL};
        double v = 7;
        CHECK(pot_scan_f64(&s, &v) == POT_OK && s.p == s.end);
        CHECK(memcmp(&v, &good[i].want, sizeof v) == 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const uint8_t *p = (const uint8_t *)bad[i];
        pot_scan s = {p, p + strlen(bad[i]), p, "f", "x", NULL};
        double v = 7;
        CHECK(pot_scan_f64(&s, &v) == POT_E_FORMAT || s.p != s.end);
    }
}

/* A map: a -> X, ab -> YZ, c -> nothing. */
enum { UNITS = 0x400 };
static uint32_t map[1 + UNITS + 2];
static const char texts[8] = "X\0YZ\0\0\0";

static void unit(uint32_t place, uint32_t label, uint32_t base, bool leaf)
{
    map[1 + place] = label | (uint32_t)leaf << 8 | (base ^ place) << 10;
}

static pot_bytes good_map(void)
{
    memset(map, 0, sizeof map);
    map[0] = 4 * UNITS;
    unit(0, 0, 0x100, false);
    unit(0x161, 'a', 0x200, true);
    unit(0x163, 'c', 0x301, true);
    unit(0x262, 'b', 0x300, true);
    map[1 + 0x200] = 0x80000000;
    map[1 + 0x300] = 0x80000002;
    map[1 + 0x301] = 0x80000005;
    memcpy(map + 1 + UNITS, texts, sizeof texts);
    return (pot_bytes){(const uint8_t *)map, sizeof map - sizeof texts + 6};
}

static void find(const pot_charsmap *m, const char *s, bool longest, uint32_t used,
                 const char *want)
{
    const char *text = "-";
    CHECK(pot_charsmap_find(m, s, (uint32_t)strlen(s), longest, &text) == used);
    CHECK_STR(text, want);
}

static void test_map(void)
{
    pot_arena a;
    pot_charsmap m;
    pot_arena_init(&a, 1 << 20);
    CHECK(pot_charsmap_read(&m, &a, good_map(), NULL) == POT_OK);
    find(&m, "abc", false, 1, "X");
    find(&m, "abc", true, 2, "YZ");
    find(&m, "ac", true, 1, "X");
    find(&m, "c", true, 1, "");
    find(&m, "b", true, 0, "-");
    find(&m, "", true, 0, "-");
    pot_arena_close(&a);
}

static void reject_map(pot_bytes b, const char *word)
{
    pot_arena a;
    pot_charsmap m;
    pot_error err = {0};
    pot_arena_init(&a, 1 << 24);
    CHECK(pot_charsmap_read(&m, &a, b, &err) == err.status && err.status != POT_OK);
    if (!strstr(err.msg, word)) fprintf(stderr, "%s\n", err.msg);
    CHECK(strstr(err.msg, word));
    pot_arena_close(&a);
}

static void test_hostile_maps(void)
{
    pot_bytes b = good_map();
    for (size_t n = 0; n < 4 + 4 * UNITS; n += 7)
        reject_map((pot_bytes){b.p, n}, "cut short");
    reject_map((pot_bytes){b.p, 4 + 4 * UNITS}, "NUL");     /* no texts */
    reject_map((pot_bytes){b.p, 4 + 4 * UNITS + 1}, "NUL"); /* one that is not closed */
    map[0] = 4 * UNITS + 2;
    reject_map(b, "cut short");
    map[0] = 0;
    reject_map((pot_bytes){b.p, 4}, "NUL");
    b = good_map();
    unit(0x262, 'b', 0x400, false); /* just behind the trie */
    reject_map(b, "out of itself at unit 610");
    b = good_map();
    map[1] = 0x1ffc00 << 10 | 1 << 9;
    reject_map(b, "out of itself at unit 0");
    b = good_map();
    unit(0x262, 'b', 0x100, false); /* back at the root's children */
    reject_map(b, "circle");
    b = good_map();
    map[1 + 0x300] = 0x80000006;
    reject_map(b, "no text at 6");
    b = good_map();
    memcpy(map + 1 + UNITS, "\xff", 1);
    reject_map(b, "UTF-8");
    b = good_map();
    memcpy(map + 1 + UNITS, "\xc3\xa9", 2);
    map[1 + 0x200] = 0x80000001; /* into the middle of a character */
    reject_map(b, "no text at 1");
}

static void test_long_path(void)
{
    static uint32_t deep[1 + 0x10000 + 1];
    deep[0] = 4 * 0x10000;
    for (uint32_t i = 0; i < 129; i++) { /* a chain of 'a', one for each block of 256 */
        const uint32_t at = i ? i << 8 | 'a' : 0, base = (i + 1) << 8;
        deep[1 + at] = (i ? 'a' : 0) | (base ^ at) << 10;
    }
    deep[1 + (129 << 8 | 'a')] = 'a';
    const pot_bytes b = {(const uint8_t *)deep, sizeof deep};
    reject_map(b, "more than 128 bytes");
    deep[1 + (129 << 8 | 'a')] = 0;
    pot_arena a;
    pot_charsmap m;
    pot_arena_init(&a, 1 << 20);
    CHECK(pot_charsmap_read(&m, &a, b, NULL) == POT_OK);
    pot_arena_close(&a);
}

static void test_base64(void)
{
    static const char head[] = "'normalizer':{'type':'Precompiled','precompiled_charsmap':'";
    static const char *const bad[] = {
        "A", "AAA", "AA=A", "A===", "AA==AAAA", "AB==", "A-AA", "AAB="};
    char members[200];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(members, sizeof members, "%s%s'},", head, bad[i]);
        refuses(members, "{'vocab':[]}", POT_E_FORMAT, "normalizer.precompiled_charsmap",
                "base64 with padding");
    }
    snprintf(members, sizeof members, "%s%s'},", head, "AAAA");
    refuses(members, "{'vocab':[]}", POT_E_FORMAT, "normalizer.precompiled_charsmap", "cut short");
    refuses("'normalizer':{'type':'Precompiled','precompiled_charsmap':null},", "{'vocab':[]}",
            POT_E_FORMAT, "normalizer.precompiled_charsmap", "string");
}

static void test_clusters(void)
{
    static const struct {
        const char *text;
        uint32_t end;
    } cases[] = {
        {"ab", 1},
        {"\r\n", 2},
        {"\n\r", 1},
        {"\r", 1},
        {"a\xcc\x81\xcc\x81"
         "b",
         5},               /* Extend */
        {"\n\xcc\x81", 1}, /* nothing joins a control */
        {"\xe0\xb8\x81\xe0\xb8\xb3"
         "a",
         6}, /* SpacingMark */
        {"\xd8\x80"
         "ab",
         3}, /* Prepend */
        {"\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8"
         "a",
         9},                                 /* L V T */
        {"\xea\xb0\x80\xe1\x86\xa8", 6},     /* LV T */
        {"\xea\xb0\x81\xe1\x85\xa1", 3},     /* LVT V: no */
        {"\xc2\xa9\xe2\x80\x8d\xc2\xa9", 7}, /* pictures joined by ZWJ */
        {"\xc2\xa9\xcc\x81\xe2\x80\x8d\xc2\xa9", 9},
        {"a\xe2\x80\x8d\xc2\xa9", 4},
        {"\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\x95", 9},             /* consonant linker consonant */
        {"\xe0\xa4\x95\xe0\xa5\x8d\xe2\x80\x8c\xe0\xa4\x95", 9}, /* not across ZWNJ */
        {"\xe0\xa4\x95\xe0\xa4\x95", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const uint32_t n = (uint32_t)strlen(cases[i].text);
        if (pot_grapheme_end(cases[i].text, 0, n) != cases[i].end) fprintf(stderr, "case %zu\n", i);
        CHECK(pot_grapheme_end(cases[i].text, 0, n) == cases[i].end);
        CHECK(pot_grapheme_end(cases[i].text, 0, 1 + (cases[i].text[0] < 0)) >= 1);
    }
    for (size_t i = 0; i < pot_gb_ranges_n; i++) {
        const pot_gb_range *r = &pot_gb_ranges[i];
        CHECK(r->lo <= r->hi && r->lo >= 0x80 && (!i || r[-1].hi < r->lo));
    }
}

/* Memory that runs out at every place in turn. */
static void test_faults(void)
{
    static const char model[] = "{'unk_id':0,'vocab':[['u',0],['a',-1],['ab',-1]]}";
    for (uint64_t n = 1;; n++) {
        pot_tokenizer *t = NULL;
        pot_tokens ids = {0};
        pot_mem_fail_at(n);
        pot_status s = try_open(&t, "", model, NULL);
        if (s == POT_OK) s = pot_tokenizer_encode(t, &ids, "abxa", 4, true, NULL);
        pot_mem_fail_at(0);
        pot_tokens_free(&ids);
        pot_tokenizer_close(&t);
        CHECK(pot_mem_used() == 0);
        if (s == POT_OK) {
            CHECK(n > 10);
            break;
        }
        CHECK(s == POT_E_NOMEM);
    }
}

int main(void)
{
    test_best_sum();
    test_unknown();
    test_refused();
    test_numbers();
    test_map();
    test_hostile_maps();
    test_long_path();
    test_base64();
    test_clusters();
    test_faults();
    CHECK(pot_mem_used() == 0);
    return 0;
}
