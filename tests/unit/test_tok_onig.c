/* Rewriting Oniguruma patterns: what comes out, what it then matches, what is refused. */
#include "test_tok.h"
#include "token/onig.h"
#include "token/regex.h"
#include "token/unicode.h"

static void becomes(const char *pattern, const char *want)
{
    char why[160];
    pot_buf out = POT_BUF(1 << 20);
    const pot_status s = pot_onig_translate(&out, why, pattern, strlen(pattern));
    if (s != POT_OK) fprintf(stderr, "%s: %s\n", pattern, why);
    CHECK(s == POT_OK);
    CHECK_STR(out.p ? out.p : "", want);
    pot_buf_free(&out);
}

static void refused(const char *pattern, const char *word)
{
    char why[160];
    pot_buf out = POT_BUF(1 << 20);
    const pot_status s = pot_onig_translate(&out, why, pattern, strlen(pattern));
    if (s != POT_E_UNSUPPORTED || !strstr(why, word)) fprintf(stderr, "%s: %s\n", pattern, why);
    CHECK(s == POT_E_UNSUPPORTED);
    CHECK(strstr(why, word));
    pot_buf_free(&out);
}

/* The matches of a pattern, joined by |. */
static void matches(const char *pattern, const char *text, const char *want)
{
    static char got[1000];
    pot_keep keep = {0};
    pot_regex *re = NULL;
    pot_error err = {0};
    const pot_json at = {.file = "t.json", .path = "p"};
    size_t n = 0, found = 0;
    if (pot_regex_open(&re, &keep, pattern, false, &at, &err) != POT_OK)
        fprintf(stderr, "%s: %s\n", pattern, err.msg);
    CHECK(re);
    pot_matches m = pot_matches_in(re, text, strlen(text));
    for (got[0] = '\0';;) {
        CHECK(pot_matches_next(&m, NULL) == POT_OK);
        if (!m.found) break;
        n += (size_t)snprintf(got + n, sizeof got - n, "%s%.*s", found++ ? "|" : "",
                              (int)(m.end - m.start), text + m.start);
    }
    CHECK_STR(got, want);
    pot_keep_close(&keep);
}

static void test_rewriting(void)
{
    becomes("ab|c", "ab|c");
    becomes("(a)(?:b)(?=d)(?<!e)", "(?:a)(?:b)(?=d)(?<!e)");
    becomes("(?:a|b)+(?:a?b)*(?:a?)?(?:(?:|a)b)+", "(?:a|b)+(?:a?b)*(?:a?)?(?:(?:|a)b)+");
    becomes("a+b*?c++d{2}e{2,}f{,3}?", "a+b*?c++d{2}e{2,}f{0,3}?");
    becomes("x{1,3}+", "(?:x{1,3})+"); /* not possessive in Oniguruma */
    becomes("(?:ab){2}+c", "(?:(?:ab){2})+c");
    becomes("(?m:.)", "(?s:.)");
    becomes("(?i:'s|'t)|(?im:a.)(?-i:b)", "(?i:\\x{27}s|\\x{27}t)|(?si:a.)(?-i:b)");
    becomes("\\x41\\x{3042}\\n\\v\\/\\.\xe3\x81\x82",
            "A\\x{3042}\\x{a}\\x{b}\\x{2f}\\x{2e}\\x{3042}");
    becomes("[a-c\\-]", "[a-c\\x{2d}]");
    becomes("[-a]", "[\\x{2d}a]");
    becomes("[^(\\h|[.,!])]", "[^\\x{28}0-9A-Fa-f\\x{7c}\\x{2e}\\x{2c}\\x{21}\\x{29}]");
    becomes("[ab&&[^b]]+", "(?:(?![b])[ab])+");
    becomes("^a$\\A\\z", "^a$\\A\\z");
    becomes("[\\p{Nl}]\\P{Nl}", "[\\p{Nl}][^\\p{Nl}]");
    becomes("", "");
}

static void test_refusals(void)
{
    static const struct {
        const char *pattern, *word;
    } cases[] = {
        {"\\bx", "may mean something else"},
        {"\\G", "may mean something else"},
        {"\\1", "may mean something else"},
        {"\\R", "may mean something else"},
        {"\\xff", "bad \\x"},
        {"\\x{d800}", "bad \\x"},
        {"\\x{110000}", "bad \\x"},
        {"\\pL", "without {name}"},
        {"\\p{Nope}", "unknown property"},
        {"\\p{^L}", "unknown property"},
        {"\\p{Mn}", "unknown property"}, /* Unicode 16 took one away from Unicode 14's */
        {"a\\", "backslash at the end"},
        {"[a", "not closed"},
        {"[]a]", "begins with ]"},
        {"[\\", "backslash at the end"},
        {"[[:alpha:]]", "POSIX"},
        {"[a&&b]", "intersection"},
        {"[^a&&[^b]]", "intersection"},
        {"[a&&[^b]c]", "more after an intersection"},
        {"[&&[^b]]", "empty class"},
        {"[a[^b]]", "negated class in a class"},
        {"[\\D]", "negated set in a class"},
        {"[\\P{L}]", "negated set in a class"},
        {"[a-\\d]", "range that ends in a class"},
        {"[z-a]", "backwards"},
        {"[a-c-e]", "hyphen after a range"},
        {"[[[[[[[[[[a]]]]]]]]]]", "nested too deep"},
        {"(?i)a", "kind of group"},
        {"(?x:a)", "kind of group"},
        {"(?<n>a)", "kind of group"},
        {"(?~a)", "kind of group"},
        {"(?>a|b)", "kind of group"},
        {"(?:a|b)++", "possessive group"},
        {"(?:a?)*", "may match nothing"},
        {"(?:a|b*)+", "may match nothing"},
        {"(?:(?=a)|a){2}", "may match nothing"},
        {"(?:(?:a?)(?:b{0,2}))+", "may match nothing"},
        {"a{0,2}+", "{0,n}+"},
        {"a(+", "nothing to repeat"},
        {"(*FAIL)", "kind of group"},
        {"(a", "( without )"},
        {"a)", ") without ("},
        {"+a", "nothing to repeat"},
        {"(?=a)+", "nothing to repeat"},
        {"^*", "nothing to repeat"},
        {"a**", "quantifier on a quantifier"},
        {"a{2}?", "{n}?"},
        {"a{", "not an interval"},
        {"a{3,2}", "not an interval"},
        {"a{,}", "not an interval"},
        {"a{99999}", "not an interval"},
        {"(?i:ss)", "ss, ff"},
        {"(?i:offi)", "ss, ff"},
        {"(?i:s(?:t))", "ss, ff"},
        {"(?i:s+)", "repeated under"},
        {"(?i:\xc3\xa9)", "beyond ASCII"},
        {"(?i:\\x{e9})", "beyond ASCII"},
        {"(?i:[a-\\x{e9}])", "beyond ASCII"},
        {"(?i:\\p{L})", "property under"},
        {"\xff", "not UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refused(cases[i].pattern, cases[i].word);

    char deep[300];
    memset(deep, '(', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    refused(deep, "nested too deep");
    char why[160];
    pot_buf out = POT_BUF(10);
    CHECK(pot_onig_translate(&out, why, deep, POT_MAX_PATTERN + 1) == POT_E_UNSUPPORTED);
    CHECK(pot_onig_translate(&out, why, "abcdefghijkl", 12) == POT_E_NOMEM); /* its cap */
    pot_buf_free(&out);
}

/* Where the two libraries disagree about the same words. */
static void test_meaning(void)
{
    matches("\\s", "a\xe1\xa0\x8e \xc2\x85", " |\xc2\x85"); /* U+180E is no space */
    matches("[^\\S ]", "a \n", "\n");                       /* a double negation */
    matches("\\p{Han}", "\xe4\xba\xba\xe3\x80\x86",
            "\xe4\xba\xba");                 /* U+3006 is only used in Han */
    matches("\\p{Latin}", "a\xcd\xa3", "a"); /* U+0363 is Inherited, used in Latin */
    matches("\\w", "\xc2\xb2.", "\xc2\xb2");
    matches("[\\w]", "\xc2\xb2.", ""); /* in a class the same escape has six fewer */
    matches("[[:punct:]]", "a$.", "$|.");
    matches("\\p{L}+", "a\xf0\xb1\x8d\x90.", "a\xf0\xb1\x8d\x90"); /* U+31350 came with 15 */
    matches("(?i:k)", "kK\xe2\x84\xaa", "k|K|\xe2\x84\xaa");
    matches("^.$", "a\nb\n", "a|b");
    matches("\\d{1,2}+", "12345", "12345");
    matches("x*", "axb", "|x|");
    matches("(?<=a)b", "abb", "b");
}

static void test_sets(void)
{
    CHECK(pot_set_has(&pot_set_word, 'a') && pot_set_has(&pot_set_word, 0x200d));
    CHECK(!pot_set_has(&pot_set_word, 0xb2) && !pot_set_has(&pot_set_word, 0x110000));
    CHECK(pot_set_has(&pot_set_punct, '$') && pot_set_has(&pot_set_punct, 0x3001));
    CHECK(pot_set_has(&pot_set_numeric, 0xbd) && !pot_set_has(&pot_set_numeric, 'a'));
    uint32_t low[2];
    CHECK(pot_lowercase(low, 'A') == 1 && low[0] == 'a');
    CHECK(pot_lowercase(low, 0x130) == 2 && low[0] == 'i' && low[1] == 0x307);
    CHECK(pot_lowercase(low, 0x10d50) == 1 && low[0] == 0x10d70);
    CHECK(pot_lowercase(low, 0x3a3) == 1 && low[0] == 0x3c3);
    unsigned spaces = 0;
    for (uint32_t cp = 0; cp < 0x110000; cp++)
        spaces += pot_is_space(cp);
    CHECK(spaces == 25);
}

int main(void)
{
    test_rewriting();
    test_refusals();
    test_meaning();
    test_sets();
    CHECK(pot_mem_used() == 0);
    return 0;
}
