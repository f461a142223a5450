/* Normalizers, pre-tokenizers and the cutting of pieces, one at a time: what a text becomes
 * and where each part came from.  The package agrees: tools/oracle/tokenizers_random.py. */
#include "test_tok.h"
#include "token/added.h"
#include "token/normalizer.h"
#include "token/pretokenizer.h"

static char shown[1 << 16];

static void show(const pot_work *w, uint32_t from, uint32_t to, size_t *at)
{
    CHECK(*at + (to - from) + 40 < sizeof shown);
    *at += (size_t)snprintf(shown + *at, sizeof shown - *at, "[%.*s]%u-%u", (int)(to - from),
                            w->text.s + from, w->text.at[from].start, w->text.at[to - 1].end);
}

/* "[piece]start-end" for each piece, or for each character. */
static const char *show_all(const pot_work *w, bool chars)
{
    size_t at = 0;
    shown[0] = '\0';
    for (uint32_t i = 0; i < w->pieces.n; i++) {
        const pot_piece *p = &w->pieces.v[i];
        for (uint32_t from = p->from, to; from < p->to; from = to) {
            to = chars ? from + pot_char_len(w->text.s[from]) : p->to;
            show(w, from, to, &at);
        }
    }
    return shown;
}

static pot_json parse(const char *member, const char *value)
{
    static char text[1 << 14], room[1 << 14];
    pot_json root;
    snprintf(text, sizeof text, "{'%s':%s}", member, value);
    CHECK(pot_json_parse(&root, quoted(room, sizeof room, text), "t.json", NULL) == POT_OK);
    return root;
}

static void normalize(const char *json, const char *text, const char *want)
{
    pot_keep keep = {0};
    pot_normalizer nz;
    pot_work w = {0};
    pot_json root = parse("normalizer", json);
    pot_arena_init(&keep.arena, 1 << 20);
    CHECK(pot_normalizer_read(&nz, &keep, &root, NULL) == POT_OK);
    CHECK(pot_work_begin(&w, text, (uint32_t)strlen(text), NULL) == POT_OK);
    CHECK(pot_normalize(&nz, &w, NULL) == POT_OK);
    CHECK_STR(show_all(&w, true), want);
    pot_work_free(&w);
    pot_json_close(&root);
    pot_keep_close(&keep);
}

static void cut(const char *json, const char *text, const char *want)
{
    pot_keep keep = {0};
    pot_pretokenizer pt;
    pot_work w = {0};
    pot_json root = parse("pre_tokenizer", json);
    pot_arena_init(&keep.arena, 1 << 20);
    CHECK(pot_pretokenizer_read(&pt, &keep, &root, NULL) == POT_OK);
    CHECK(pot_work_begin(&w, text, (uint32_t)strlen(text), NULL) == POT_OK);
    CHECK(pot_pretokenize(&pt, &w, NULL) == POT_OK);
    CHECK_STR(show_all(&w, false), want);
    pot_work_free(&w);
    pot_json_close(&root);
    pot_keep_close(&keep);
}

static void test_normal_forms(void)
{
    normalize("null", "a b", "[a]0-1[ ]1-2[b]2-3");
    normalize("{'type':'NFC'}", "e\xcc\x81x", "[\xc3\xa9]0-1[x]3-4");
    normalize("{'type':'NFD'}", "\xc3\xa9x", "[e]0-2[\xcc\x81]0-2[x]2-3");
    normalize("{'type':'NFKC'}", "\xef\xac\x81.", "[f]0-3[i]0-3[.]3-4");
    normalize("{'type':'NFKD'}", "\xc2\xbd", "[1]0-2[\xe2\x81\x84]0-2[2]0-2");
    /* Marks that change places keep the order of origins. */
    normalize("{'type':'NFD'}", "q\xcc\x87\xcc\xa3", "[q]0-1[\xcc\xa3]1-3[\xcc\x87]3-5");
    normalize("{'type':'NFC'}", "\xea\xb0\x80", "[\xea\xb0\x80]0-3");
    normalize("{'type':'NFC'}", "\xe1\x84\x80\xe1\x85\xa1", "[\xea\xb0\x80]0-3");
    /* U+0300 would compose with a, but a mark of its class is in between. */
    normalize("{'type':'NFC'}", "a\xcc\x93\xcc\x80", "[a]0-1[\xcc\x93]1-3[\xcc\x80]3-5");
    /* U+11938 came with Unicode 13: the package leaves it alone. */
    normalize("{'type':'NFD'}", "\xf0\x91\xa4\xb8", "[\xf0\x91\xa4\xb8]0-4");
}

static void test_other_normalizers(void)
{
    normalize("{'type':'Lowercase'}", "A\xc4\xb0", "[a]0-1[i]1-3[\xcc\x87]1-3");
    normalize("{'type':'Strip','strip_left':true,'strip_right':false}", " \n a ", "[a]3-4[ ]4-5");
    normalize("{'type':'Strip','strip_left':false,'strip_right':true}", " a\xe3\x80\x80",
              "[ ]0-1[a]1-2");
    normalize("{'type':'Strip','strip_left':true,'strip_right':true}", " \t", "");
    normalize("{'type':'StripAccents'}", "e\xcc\x81x", "[e]0-1[x]3-4");
    normalize("{'type':'Prepend','prepend':'ab'}", "xy", "[a]0-1[b]0-1[x]0-1[y]1-2");
    normalize("{'type':'Replace','pattern':{'String':'.'},'content':'_'}", "a.b", /* not a dot */
              "[a]0-1[_]1-2[b]2-3");
    normalize("{'type':'Replace','pattern':{'Regex':' {2,}'},'content':'-+'}", "a   b c",
              "[a]0-1[-]3-4[+]3-4[b]4-5[ ]5-6[c]6-7");
    normalize("{'type':'ByteLevel'}", " \xc3\xa9", "[\xc4\xa0]0-1[\xc3\x83]1-3[\xc2\xa9]1-3");
    normalize("{'type':'Sequence','normalizers':[{'type':'Sequence','normalizers':"
              "[{'type':'Lowercase'}]},{'type':'Prepend','prepend':'_'}]}",
              "A", "[_]0-1[a]0-1");
}

static void test_behaviors(void)
{
    static const struct {
        const char *behavior, *want;
    } cases[] = {
        {"Removed", "[the]0-3[final]4-9[countdown]11-20"},
        {"Isolated", "[the]0-3[-]3-4[final]4-9[-]9-10[-]10-11[countdown]11-20"},
        {"MergedWithPrevious", "[the-]0-4[final-]4-10[-]10-11[countdown]11-20"},
        {"MergedWithNext", "[the]0-3[-final]3-9[-]9-10[-countdown]10-20"},
        {"Contiguous", "[the]0-3[-]3-4[final]4-9[--]9-11[countdown]11-20"},
    };
    char json[200];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(json, sizeof json,
                 "{'type':'Split','pattern':{'String':'-'},'behavior':'%s','invert':false}",
                 cases[i].behavior);
        cut(json, "the-final--countdown", cases[i].want);
        snprintf(json, sizeof json, "{'type':'Punctuation','behavior':'%s'}", cases[i].behavior);
        cut(json, "the-final--countdown", cases[i].want);
    }
    cut("{'type':'Split','pattern':{'Regex':'\\\\d+'},'behavior':'Removed','invert':true}", "a12b3",
        "[12]1-3[3]4-5");
    cut("{'type':'Split','pattern':{'String':'ab'},'behavior':'Contiguous','invert':true}", "ababx",
        "[abab]0-4[x]4-5");
    cut("{'type':'Split','pattern':{'Regex':'(?=b)'},'behavior':'Isolated','invert':false}", "abb",
        "[a]0-1[b]1-2[b]2-3"); /* matches of nothing cut as well */
    cut("{'type':'Split','pattern':{'Regex':'x*'},'behavior':'MergedWithNext','invert':false}",
        "axxb", "[a]0-1[xxb]1-4");
    cut("{'type':'Punctuation'}", "a.$b", "[a]0-1[.]1-2[$]2-3[b]3-4");
}

static void test_simple_cutters(void)
{
    cut("null", "a b", "[a b]0-3");
    cut("null", "", "");
    cut("{'type':'Digits','individual_digits':true}", "a12\xc2\xbd",
        "[a]0-1[1]1-2[2]2-3[\xc2\xbd]3-5");
    cut("{'type':'Digits','individual_digits':false}", "a12\xc2\xbd", "[a]0-1[12\xc2\xbd]1-5");
    cut("{'type':'Whitespace'}", "Hi, you\xe2\x80\x8dme !", /* a joiner belongs to the word */
        "[Hi]0-2[,]2-3[you\xe2\x80\x8dme]4-12[!]13-14");
    cut("{'type':'WhitespaceSplit'}",
        " a\xc2\xa0"
        "b, ",
        "[a]1-2[b,]4-6");
    cut("{'type':'CharDelimiterSplit','delimiter':'\xe2\x80\xa6'}",
        "a\xe2\x80\xa6\xe2\x80\xa6"
        "b",
        "[a]0-1[b]7-8");
    cut("{'type':'Sequence','pretokenizers':[{'type':'WhitespaceSplit'},"
        "{'type':'Digits','individual_digits':true}]}",
        "a1 2", "[a]0-1[1]1-2[2]3-4");
}

static void test_byte_level(void)
{
    cut("{'type':'ByteLevel','add_prefix_space':false,'trim_offsets':true}", "It's  \xc3\xa9",
        "[It]0-2['s]2-4[\xc4\xa0]4-5[\xc4\xa0\xc3\x83\xc2\xa9]5-8");
    cut("{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true,'use_regex':true}", "a b",
        "[\xc4\xa0"
        "a]0-1[\xc4\xa0"
        "b]1-3");
    cut("{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true,'use_regex':false}",
        " a b",
        "[\xc4\xa0"
        "a\xc4\xa0"
        "b]0-4");
    /* Every byte has a character of its own. */
    cut("{'type':'ByteLevel','add_prefix_space':false,'trim_offsets':true,'use_regex':false}",
        "\x01\x7f\xc2\x80\xc2\xad", "[\xc4\x81\xc4\xa1\xc3\x82\xc4\xa2\xc3\x82\xc5\x83]0-6");
}

#define M_ "\xe2\x96\x81"

static void test_metaspace(void)
{
    static const char always[] =
        "{'type':'Metaspace','replacement':'" M_ "','str_rep':'" M_ "','add_prefix_space':true}";
    cut(always, "a  b", "[" M_ "a]0-1[" M_ "]1-2[" M_ "b]2-4");
    cut(always, " a", "[" M_ "a]0-2");
    cut("{'type':'Metaspace','replacement':'_','prepend_scheme':'never','split':true}", "a b",
        "[a]0-1[_b]1-3");
    cut("{'type':'Metaspace','replacement':'_','prepend_scheme':'never','split':false,"
        "'add_prefix_space':false}",
        "a b", "[a_b]0-3");
    cut("{'type':'Sequence','pretokenizers':[{'type':'WhitespaceSplit'},"
        "{'type':'Metaspace','replacement':'_','prepend_scheme':'first','split':false}]}",
        "a b", "[_a]0-1[b]2-3");
    cut("{'type':'Sequence','pretokenizers':[{'type':'WhitespaceSplit'},"
        "{'type':'Metaspace','replacement':'_','prepend_scheme':'first','split':false}]}",
        " a b", "[a]1-2[b]3-4"); /* the first word is not at the beginning */
}

int main(void)
{
    test_normal_forms();
    test_other_normalizers();
    test_behaviors();
    test_simple_cutters();
    test_byte_level();
    test_metaspace();
    CHECK(pot_mem_used() == 0);
    return 0;
}
