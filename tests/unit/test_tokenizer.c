/* The whole tokenizer on small files: the model, added tokens, post-processors, what is
 * refused and how, and the contract of the calls. */
#include "test_tok.h"
#include "token/vocab.h"

#define M_ "\xe2\x96\x81"

/* a b c ab abc space, e-acute; unknown 7. */
#define VOCAB                                                                                      \
    "'vocab':{'a':0,'b':1,'c':2,'ab':3,'abc':4,' ':5,'\xc3\xa9':6,'<unk>':7},"                     \
    "'merges':['a b','ab c']"
#define BPE "{'type':'BPE'," VOCAB "}"

static void encodes(const char *members, const char *model, const char *text, const char *want)
{
    pot_tokenizer *t = must_open(members, model);
    CHECK_STR(ids_of(t, text, true), want);
    CHECK_STR(ids_of(t, text, true), want); /* again, from the cache */
    pot_tokenizer_close(&t);
    CHECK(!t);
}

static void test_model(void)
{
    encodes("", BPE, "", "");
    encodes("", BPE, "abcab", "4:0-3 3:3-5");
    encodes("", "{" VOCAB "}", "abc", "4:0-3"); /* no type: merges say it */
    encodes("", "{'vocab':{'a':0,'b':1,' ':2,'a ':3,'a b':4},'merges':[['a',' '],['a ','b']]}",
            "a b", "4:0-3");
    encodes("", "{'vocab':{'a':0},'merges':['#version: 0.2']}", "a", "0:0-1");
    /* Lower rank first, not leftmost; then leftmost first. */
    encodes("", "{'vocab':{'a':0,'b':1,'c':2,'ab':3,'bc':4},'merges':['b c','a b']}", "abc",
            "0:0-1 4:1-3");
    encodes("", "{'vocab':{'a':0,'aa':1},'merges':['a a']}", "aaa", "1:0-2 0:2-3");
    /* A merge listed twice has its last rank. */
    encodes("", "{'vocab':{'a':0,'b':1,'c':2,'ab':3,'bc':4},'merges':['a b','b c','a b']}", "abc",
            "0:0-1 4:1-3");
    /* A whole word that no merge makes. */
    encodes("", "{'ignore_merges':true,'vocab':{'x':0,'y':1,'xy':2},'merges':[]}", "xy", "2:0-2");
    encodes("", "{'vocab':{'x':0,'y':1,'xy':2},'merges':[]}", "xy", "0:0-1 1:1-2");
}

static void test_escapes(void)
{
    encodes("",
            "{'vocab':{'\\u00e9':0,'\\ud83d\\ude00':1,'\\n\\t':2,'\\n':3,'\\t':4},'merges':"
            "['\\u000a \\u0009']}",
            "\xc3\xa9\xf0\x9f\x98\x80\n\t", "0:0-2 1:2-6 2:6-8");
}

static void test_unknown(void)
{
    /* Nothing for it: it is left out, and those behind take its place in the text. */
    encodes("", BPE, "a?b", "3:0-2");
    encodes("", "{'unk_token':'<unk>'," VOCAB "}", "??a", "7:0-1 7:1-2 0:2-3");
    encodes("", "{'unk_token':'<unk>','fuse_unk':true," VOCAB "}", "??a", "7:0-2 0:2-3");
    encodes("", "{'unk_token':'[no]'," VOCAB "}", "a?",
            "4 an unknown character, but unk_token is not in the vocabulary");
    encodes("", "{'unk_token':'[no]'," VOCAB "}", "a", "0:0-1");
    /* Bytes, if every byte has a token; they come before an unknown one that waits. */
    encodes("",
            "{'unk_token':'u','byte_fallback':true,'vocab':{'u':0,'<0xC3>':1,'<0xA9>':2,'z':3},"
            "'merges':[]}",
            "z\xc3\xa9\xc3\xa8\xc3\xa9", "3:0-1 1:1-3 2:1-3 1:3-5 2:3-5 0:5-7");
}

/* Marked words are cut only where no merge reaches over the mark. */
static void test_marks(void)
{
    encodes("", "{'vocab':{'" M_ "':0,'a':1,'" M_ "a':2},'merges':['" M_ " a']}",
            "a" M_ "a" M_ M_ "a", "1:0-1 2:1-5 0:5-8 2:8-12");
    encodes("", "{'vocab':{'" M_ "':0,'a':1,'a" M_ "':2},'merges':['a " M_ "']}", "a" M_ "a",
            "2:0-4 1:4-5");
}

#define TOKEN(id, text, flags) "{'id':" id ",'content':'" text "'," flags "}"
#define FLAGS(word, l, r, norm)                                                                    \
    "'single_word':" word ",'lstrip':" l ",'rstrip':" r ",'normalized':" norm ",'special':false"
#define RAW        FLAGS("false", "false", "false", "false")
#define NORMALIZED FLAGS("false", "false", "false", "true")
#define WORD       FLAGS("true", "false", "false", "false")
#define LEFT       FLAGS("false", "true", "false", "false")
#define RIGHT      FLAGS("false", "false", "true", "false")
#define LOWER      "'normalizer':{'type':'Lowercase'},"

static void test_added(void)
{
    encodes("'added_tokens':[" TOKEN("8", "<s>", RAW) "],", BPE, "a<s>b", "0:0-1 8:1-4 1:4-5");
    encodes("'added_tokens':[" TOKEN("3", "ab", RAW) "],", BPE, "abc", "3:0-2 2:2-3");
    encodes("'added_tokens':[" TOKEN("0", "", RAW) "],", BPE, "ab", "3:0-2"); /* ignored */
    /* The longest; and a match that is thrown away is not tried again shorter. */
    encodes("'added_tokens':[" TOKEN("8", "xx", RAW) "," TOKEN("9", "xxx", RAW) "],", BPE, "xxxxx",
            "9:0-3 8:3-5");
    encodes("'added_tokens':[" TOKEN("8", "x", WORD) "," TOKEN("9", "xx", WORD) "],", BPE, "xxa x",
            "0:0-1 5:1-2 8:4-5");
    encodes("'added_tokens':[" TOKEN("8", "x", WORD) "],", BPE, "\xc3\xa9x xa x",
            "6:0-2 5:2-3 0:3-4 5:4-5 8:7-8");
    encodes("'added_tokens':[" TOKEN("8", "x", LEFT) "],", BPE, "a \xe3\x80\x80x a",
            "0:0-1 8:1-6 5:6-7 0:7-8");
    encodes("'added_tokens':[" TOKEN("8", "x", RIGHT) "],", BPE, "a x \n", "0:0-1 5:1-2 8:2-5");
    /* Two tokens take the same spaces: both spans have them. */
    encodes("'added_tokens':[" TOKEN("8", "x", RIGHT) "," TOKEN("9", "  ", RAW) "],", BPE, "x  a",
            "8:0-3 9:1-3 0:3-4");
    encodes("'added_tokens':[" TOKEN("8", "x", RIGHT) "," TOKEN("9", "y", LEFT) "],", BPE, "x y",
            "8:0-2 9:2-3");
    encodes("'added_tokens':[" TOKEN("8", "x", RIGHT) "," TOKEN("9", "  ", LEFT) "],", BPE, "x   a",
            "5 the added token \"  \" follows on one that took its spaces; the tokenizers package "
            "fails here too");
}

static void test_added_normalized(void)
{
    encodes(LOWER "'added_tokens':[" TOKEN("8", "XY", NORMALIZED) "],", BPE, "aXyxy",
            "0:0-1 8:1-3 8:3-5");
    encodes(LOWER "'added_tokens':[" TOKEN("8", "XY", RAW) "],", BPE, "aXyXY", "0:0-1 8:3-5");
    /* Of two that normalize alike the special one counts. */
    encodes(LOWER "'added_tokens':[" TOKEN(
                "8", "x",
                NORMALIZED) ",{'id':9,'content':'X',"
                            "'single_word':false,'lstrip':false,'rstrip':false,'normalized':true,"
                            "'special':true}],",
            BPE, "x", "9:0-1");
}

#define TEMPLATE(single)                                                                           \
    "{'type':'TemplateProcessing','single':[" single "],'pair':[],'special_tokens':{'s':{'id':"    \
    "'s','ids':[7,6],'tokens':['<unk>','\xc3\xa9']}}}"
#define TEXT_   "{'Sequence':{'id':'A','type_id':0}}"
#define SPECIAL "{'SpecialToken':{'id':'s','type_id':0}}"
#define SPACY                                                                                      \
    "{'vocab':{'\xc4\xa0':0,'a':1,'\xc4\xa0\xc4\xa0':2,'\xc4\xa0"                                  \
    "a':3},'merges':['\xc4\xa0 \xc4\xa0','\xc4\xa0 a']}"
#define BYTES(prefix)                                                                              \
    "'pre_tokenizer':{'type':'ByteLevel','add_prefix_space':" prefix                               \
    ",'trim_offsets':true,'use_regex':false},"
#define TRIM(prefix) "{'type':'ByteLevel','add_prefix_space':" prefix ",'trim_offsets':true}"

static void test_post(void)
{
    pot_tokenizer *t =
        must_open("'post_processor':" TEMPLATE(SPECIAL "," TEXT_ "," SPECIAL) ",", BPE);
    CHECK_STR(ids_of(t, "ab", true), "7:0-0 6:0-0 3:0-2 7:0-0 6:0-0");
    CHECK_STR(ids_of(t, "ab", false), "3:0-2");
    CHECK_STR(ids_of(t, "", true), "7:0-0 6:0-0 7:0-0 6:0-0");
    pot_tokenizer_close(&t);
    encodes("'post_processor':" TEMPLATE(TEXT_ "," TEXT_) ",", BPE, "c", "2:0-1 2:0-1");
    encodes("'post_processor':" TEMPLATE("") ",", BPE, "c", "");
    encodes("'post_processor':{'type':'BertProcessing','sep':['x',1],'cls':['y',2]},", BPE, "a",
            "2:0-0 0:0-1 1:0-0");
}

static void test_trimming(void)
{
    encodes(BYTES("false"), SPACY, "a  a", "1:0-1 2:1-3 1:3-4");
    encodes(BYTES("false") "'post_processor':" TRIM("false") ",", SPACY, " a  a",
            "3:1-2 2:4-4 1:4-5");
    /* The space put before the first word is not in the text, so its span stays. */
    encodes(BYTES("true") "'post_processor':" TRIM("true") ",", SPACY, "a a", "3:0-1 3:2-3");
    encodes(BYTES("true") "'post_processor':" TRIM("true") ",", SPACY, " a", "3:0-2");
    encodes(BYTES("true") "'post_processor':" TRIM("false") ",", SPACY, " a", "3:1-2");
    encodes(BYTES("false") "'post_processor':{'type':'Sequence','processors':[" TRIM(
                "false") "," TEMPLATE(TEXT_) "]},",
            "{'vocab':{'\xc4\xa0':0,'a':1,'\xc4\xa0"
            "a':3,'<unk>':7,'\xc3\xa9':6},'merges':['\xc4\xa0 a']}",
            " a", "3:1-2");
    /* More spaces than the text has before the token's end: its span stays. */
    encodes("'normalizer':{'type':'Replace','pattern':{'String':'x'},'content':'a  '}," BYTES(
                "false") "'post_processor':" TRIM("false") ",",
            "{'vocab':{'\xc4\xa0':0,'a':1,'\xc4\xa0\xc4\xa0':2,'a\xc4\xa0\xc4\xa0':3},'merges':["
            "'\xc4\xa0 \xc4\xa0','a \xc4\xa0\xc4\xa0']}",
            "x", "3:0-1");
    encodes("'post_processor':{'type':'RobertaProcessing','sep':['x',1],'cls':['y',2],"
            "'trim_offsets':true,'add_prefix_space':false},'added_tokens':[" TOKEN("8", "x",
                                                                                   RIGHT) "],",
            BPE, "x\xe3\x80\x80 a", "2:0-0 8:0-1 0:5-6 1:0-0");
}

static void test_normalized_spans(void)
{
    encodes("'normalizer':{'type':'NFC'},", BPE,
            "ae\xcc\x81"
            "b",
            "0:0-1 6:1-2 1:4-5");
    encodes("'normalizer':{'type':'Sequence','normalizers':[{'type':'Prepend','prepend':' '},"
            "{'type':'Lowercase'}]},",
            BPE, "ABC", "5:0-1 4:0-3");
}

/* Refusals: the status, and words that the message must have. */
static void refuses(const char *members, const char *model, pot_status want, const char *place,
                    const char *word)
{
    pot_error err = {0};
    pot_tokenizer *t = NULL;
    const pot_status got = try_open(&t, members, model, &err);
    if (got != want || strcmp(err.place, place) != 0 || !strstr(err.msg, word) ||
        strcmp(err.file, "t.json") != 0) {
        fprintf(stderr, "%s\n%s\ngot %d, %s: %s: %s\nwant %d, %s, ...%s...\n", members, model,
                (int)got, err.file, err.place, err.msg, (int)want, place, word);
        exit(1);
    }
    CHECK(!t);
    CHECK(pot_mem_used() == 0);
}

static void test_unsupported(void)
{
    static const struct {
        const char *members, *model, *place, *word;
    } cases[] = {
        {"", "{'type':'WordPiece','vocab':{}}", "model.type", "WordPiece"},
        {"", "{'type':'WordLevel','vocab':{}}", "model.type", "WordLevel"},
        {"", "{'vocab':{}}", "model", "WordPiece or WordLevel"},
        {"", "{'dropout':0.1," VOCAB "}", "model.dropout", "null or 0"},
        {"", "{'continuing_subword_prefix':'##'," VOCAB "}", "model.continuing_subword_prefix",
         "\"\""},
        {"", "{'end_of_word_suffix':'</w>'," VOCAB "}", "model.end_of_word_suffix", "\"\""},
        {"'normalizer':{'type':'Nmt'},", BPE, "normalizer", "Nmt"},
        {"'normalizer':{'type':'BertNormalizer'},", BPE, "normalizer", "BertNormalizer"},
        {"'normalizer':{'type':'Sequence','normalizers':[{'type':'NFC'},{'type':'Nmt'}]},", BPE,
         "normalizer.normalizers[1]", "Nmt"},
        {"'normalizer':{'type':'Prepend','prepend':''},", BPE, "normalizer", "prepending"},
        {"'normalizer':{'type':'Replace','pattern':{'Regex':'x*'},'content':''},", BPE,
         "normalizer.pattern", "matches nothing"},
        {"'normalizer':{'type':'Replace','pattern':{'Regex':'\\\\bx'},'content':''},", BPE,
         "normalizer.pattern.Regex", "may mean something else"},
        {"'pre_tokenizer':{'type':'BertPreTokenizer'},", BPE, "pre_tokenizer", "BertPreTokenizer"},
        {"'pre_tokenizer':{'type':'UnicodeScripts'},", BPE, "pre_tokenizer", "UnicodeScripts"},
        {"'pre_tokenizer':{'type':'FixedLength','length':5},", BPE, "pre_tokenizer", "FixedLength"},
        {"'pre_tokenizer':{'type':'Split','pattern':{'Regex':'(?<=a+)b'},'behavior':'Isolated',"
         "'invert':false},",
         BPE, "pre_tokenizer.pattern.Regex", "PCRE2 does not take"},
        {"'post_processor':{'type':'Other'},", BPE, "post_processor", "Other"},
        {"'post_processor':" TEMPLATE("{'Sequence':{'id':'B','type_id':0}}") ",", BPE,
         "post_processor.single[0].Sequence", "sequence A"},
        {"'post_processor':{'type':'Sequence','processors':[" TEMPLATE(TEXT_) "," TEMPLATE(
             TEXT_) "]},",
         BPE, "post_processor.processors[1]", "second"},
        {"'post_processor':{'type':'Sequence','processors':[" TEMPLATE(TEXT_) "," TRIM(
             "true") "]},",
         BPE, "post_processor.processors[1]", "after tokens"},
        {"'normalizer':{'type':'StripAccents'},'added_tokens':[" TOKEN("8", "\xcc\x81",
                                                                       NORMALIZED) "],",
         BPE, "added_tokens[0]", "0 bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuses(cases[i].members, cases[i].model, POT_E_UNSUPPORTED, cases[i].place, cases[i].word);
}

static void test_malformed(void)
{
    static const struct {
        const char *members, *model, *place, *word;
    } cases[] = {
        {"", "{'type':'BPE','vocab':{}}", "model", "vocab and merges"},
        {"", "{'vocab':{'a':0,'a':1},'merges':[]}", "model.vocab", "twice"},
        {"", "{'vocab':{'a':0,'b':0},'merges':[]}", "model.vocab", "same id"},
        {"", "{'vocab':{'a':16777216},'merges':[]}", "model.vocab", "16777215"},
        {"", "{'vocab':{'a':16777215},'merges':[]}", "model.vocab", "not a vocabulary"},
        {"", "{'vocab':{'a':-1},'merges':[]}", "model.vocab", "integer"},
        {"", "{'vocab':{'a':1.5},'merges':[]}", "model.vocab", "expected"},
        {"", "{'vocab':{'a':01},'merges':[]}", "model.vocab", "integer"},
        {"", "{'vocab':{'\\u0000':1},'merges':[]}", "model.vocab", "U+0000"},
        {"", "{'vocab':{'\\ud800':1},'merges':[]}", "model.vocab", "escape"},
        {"", "{'vocab':{'\\q':1},'merges':[]}", "model.vocab", "escape"},
        {"", "{'vocab':{'\\u12x4':1},'merges':[]}", "model.vocab", "escape"},
        {"", "{'vocab':{'\\u12", "", "escape"},
        {"", "{'vocab':{'\\ud83d\\u0041':1},'merges':[]}", "model.vocab", "escape"},
        {"", "{'vocab':{'a\n':1},'merges':[]}", "model.vocab", "not closed"},
        {"", "{'vocab':{'a':0,},'merges':[]}", "model.vocab", "expected"},
        {"", "{'vocab':['a'],'merges':[]}", "model.vocab", "'{'"},
        {"", "{'vocab':{'a':0},'merges':['a b']}", "model.merges", "not in the vocabulary"},
        {"", "{'vocab':{'a':0,'b':1},'merges':['a b']}", "model.merges", "not in the vocabulary"},
        {"", "{'vocab':{'a':0},'merges':['a']}", "model.merges", "two pieces"},
        {"", "{'vocab':{'a':0},'merges':['a b c']}", "model.merges", "two pieces"},
        {"", "{'vocab':{'a':0,'':1},'merges':[['','a']]}", "model.merges", "not in the vocabulary"},
        {"", "{'vocab':{'a':0,'aa':1},'merges':['a a',['a','a']]}", "model.merges", "expected"},
        {"", "{'vocab':{'a':0},'merges':{}}", "model.merges", "'['"},
        {"", "{'fuse_unk':1," VOCAB "}", "model.fuse_unk", "true or false"},
        {"'added_tokens':[" TOKEN("9", "x", RAW) "],", BPE, "added_tokens[0]", "id 8 is expected"},
        {"'added_tokens':[" TOKEN("8", "a", RAW) "],", BPE, "added_tokens[0]", "id 0 is expected"},
        {"'added_tokens':[" TOKEN("8", "x", RAW) "," TOKEN("9", "x", WORD) "],", BPE,
         "added_tokens", "twice"},
        {"'added_tokens':[" TOKEN("2", "x", RAW) "],", "{'vocab':{'a':0,'b':2},'merges':[]}",
         "added_tokens[0]", "of another piece"},
        {"'added_tokens':[{'id':8,'content':'x'}],", BPE, "added_tokens[0].single_word", "missing"},
        {"'added_tokens':{},", BPE, "added_tokens", "array"},
        {"'normalizer':'NFC',", BPE, "normalizer.type", "missing"},
        {"'normalizer':{'type':'Strip','strip_left':true},", BPE, "normalizer.strip_right",
         "missing"},
        {"'normalizer':{'type':'Replace','pattern':{},'content':''},", BPE, "normalizer.pattern",
         "either"},
        {"'pre_tokenizer':{'type':'ByteLevel','add_prefix_space':true},", BPE,
         "pre_tokenizer.trim_offsets", "missing"},
        {"'pre_tokenizer':{'type':'Punctuation','behavior':'Other'},", BPE,
         "pre_tokenizer.behavior", "Other"},
        {"'pre_tokenizer':{'type':'CharDelimiterSplit','delimiter':'ab'},", BPE,
         "pre_tokenizer.delimiter", "one character"},
        {"'pre_tokenizer':{'type':'Metaspace','replacement':'_','add_prefix_space':false},", BPE,
         "pre_tokenizer", "contradicts"},
        {"'post_processor':" TEMPLATE("{'SpecialToken':{'id':'t','type_id':0}}") ",", BPE,
         "post_processor.special_tokens.t", "missing"},
        {"'post_processor':{'type':'TemplateProcessing','single':[" SPECIAL "],'special_tokens':"
         "{'s':{'ids':[1],'tokens':[]}}},",
         BPE, "post_processor.special_tokens.s", "as many ids"},
        {"'post_processor':{'type':'TemplateProcessing','single':[" SPECIAL "],'special_tokens':"
         "{'s':{'ids':['x'],'tokens':['x']}}},",
         BPE, "post_processor.special_tokens.s.ids[0]", "token id"},
        {"'post_processor':{'type':'BertProcessing','sep':['x',99],'cls':['y',2]},", BPE,
         "post_processor.sep", "not in the vocabulary"},
        {"'post_processor':{'type':'BertProcessing','sep':['x'],'cls':['y',2]},", BPE,
         "post_processor.sep", "expected"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuses(cases[i].members, cases[i].model, POT_E_FORMAT, cases[i].place, cases[i].word);
}

static void test_not_json(void)
{
    static const char *const docs[] = {"",
                                       "[]",
                                       "1",
                                       "{",
                                       "{'model':{'vocab':{",
                                       "{'version':'2.0'}",
                                       "{'model':{'vocab':{'a':0},'merges':[]},'x':}",
                                       "\xff"};
    for (size_t i = 0; i < sizeof docs / sizeof *docs; i++) {
        char room[200];
        pot_error err = {0};
        pot_tokenizer *t = NULL;
        const pot_status s =
            pot_tokenizer_parse(&t, quoted(room, sizeof room, docs[i]), "t.json", &err);
        CHECK(s == POT_E_FORMAT || s == POT_E_UNSUPPORTED);
        CHECK(!t && err.status == s && err.msg[0]);
    }
    pot_error err = {0};
    pot_tokenizer *t = NULL;
    CHECK(pot_tokenizer_open(&t, "tests/no-such-file", &err) == POT_E_IO && !t);
    CHECK(strstr(err.file, "no-such-file"));
}

/* A mistake in the large members has its byte; one beside them has it too. */
static void test_offsets(void)
{
    pot_error err = {0};
    pot_tokenizer *t = NULL;
    CHECK(try_open(&t, "", "{'vocab':{'a':x},'merges':[]}", &err) == POT_E_FORMAT);
    CHECK(err.offset == strlen("{'version':'1.0','model':{'vocab':{'a':"));
    err = (pot_error){0};
    CHECK(try_open(&t, "", "{'vocab':{'a':0},'merges':[],'x':y}", &err) == POT_E_FORMAT);
    CHECK(err.offset >= strlen("{'version':'1.0','model':{'vocab':{'a':0},'merges':[],'x':"));
}

static void test_looking(void)
{
    pot_tokenizer *t = must_open("'added_tokens':[" TOKEN("8", "<s>", RAW) "],", BPE);
    CHECK(pot_tokenizer_size(t) == 9);
    CHECK_STR(pot_tokenizer_piece(t, 4), "abc");
    CHECK_STR(pot_tokenizer_piece(t, 8), "<s>");
    CHECK(!pot_tokenizer_piece(t, 9));
    CHECK(!pot_tokenizer_piece(t, UINT32_MAX));
    CHECK_STR(pot_tokenizer_kind(t), "BPE");
    CHECK(strstr(pot_tokenizer_tables(), "pcre2 10") && strstr(pot_tokenizer_tables(), "utf8proc"));

    /* The same ids, whatever else the files say. */
    pot_tokenizer *u = must_open("'added_tokens':[" TOKEN("8", "<s>", WORD) "]," LOWER,
                                 "{'byte_fallback':true," VOCAB "}");
    CHECK(memcmp(pot_tokenizer_vocab_sha256(t), pot_tokenizer_vocab_sha256(u), 32) == 0);
    CHECK(memcmp(pot_tokenizer_sha256(t), pot_tokenizer_sha256(u), 32) != 0);
    CHECK_STR(pot_tokenizer_kind(u), "BPE with byte fallback");
    pot_tokenizer_close(&t);
    pot_tokenizer_close(&u);

    t = must_open(BYTES("true"), SPACY);
    CHECK_STR(pot_tokenizer_kind(t), "byte-level BPE");
    pot_tokenizer_close(&t);
    pot_tokenizer_close(&t); /* NULL is allowed */

    t = must_open("", "{'vocab':{'a':3},'merges':[]}"); /* ids may have holes */
    CHECK(pot_tokenizer_size(t) == 4 && !pot_tokenizer_piece(t, 0));
    pot_tokenizer_close(&t);
}

static void test_contract(void)
{
    pot_tokenizer *t = must_open("", BPE);
    pot_tokens ids = {0};
    pot_error err = {0};
    CHECK(pot_tokenizer_encode(t, &ids, "abc", 3, false, &err) == POT_OK && ids.n == 1);
    const uint32_t *before = ids.id;
    CHECK(pot_tokenizer_encode(t, &ids, "a\xff", 2, false, &err) == POT_E_FORMAT);
    CHECK(err.offset == 1);
    CHECK(ids.n == 1 && ids.id == before && ids.id[0] == 4); /* untouched */
    CHECK(pot_tokenizer_encode(t, &ids, "a\xe2\x82", 3, false, NULL) == POT_E_FORMAT);
    CHECK(pot_tokenizer_encode(t, &ids, "", (size_t)1 << 25, false, NULL) == POT_E_ARG);
    CHECK(pot_tokenizer_encode(t, &ids, "a\0b", 3, false, NULL) == POT_OK && ids.n == 1);
    pot_tokens_free(&ids);
    pot_tokens_free(&ids);
    pot_tokenizer_close(&t);
}

/* A pattern that backtracks without end is given up, and the tokenizer lives on. */
static void test_runaway(void)
{
    pot_tokenizer *t = must_open(
        "'pre_tokenizer':{'type':'Split','pattern':{'Regex':'(?:a|aa)+(?:a|aa)+(?:a|aa)+$'},"
        "'behavior':'Isolated','invert':false},",
        BPE);
    char text[200];
    memset(text, 'a', sizeof text);
    text[198] = 'b';
    text[199] = '\0';
    CHECK(strstr(ids_of(t, text, false), "more than 1000000 steps"));
    CHECK_STR(ids_of(t, "b", false), "1:0-1");
    pot_tokenizer_close(&t);
}

/* Compiled code runs out of stack here; the interpreter goes on. */
static void test_deep_pattern(void)
{
    enum { N = 60000 };
    static char text[N + 1];
    pot_tokens ids = {0};
    pot_tokenizer *t =
        must_open("'pre_tokenizer':{'type':'Split','pattern':{'Regex':'(?:ab|a|b)*c'},"
                  "'behavior':'Isolated','invert':false},",
                  BPE);
    for (size_t i = 0; i < N; i++)
        text[i] = "ab"[i & 1];
    text[N] = 'c';
    CHECK(pot_tokenizer_encode(t, &ids, text, N + 1, false, NULL) == POT_OK);
    CHECK(ids.n == N / 2 && ids.id[N / 2 - 1] == 4); /* ... abc: in one piece */
    pot_tokens_free(&ids);
    pot_tokenizer_close(&t);
}

/* A normalizer that makes too much of a text. */
static void test_too_much(void)
{
    static char json[1 << 15], text[3000];
    const int n = snprintf(json, sizeof json,
                           "'normalizer':{'type':'Replace','pattern':"
                           "{'String':'a'},'content':'");
    memset(json + n, 'b', 30000);
    strcpy(json + n + 30000, "'},");
    memset(text, 'a', sizeof text - 1);
    pot_tokenizer *t = must_open(json, BPE);
    CHECK(strstr(ids_of(t, text, false), "normalizing makes more than"));
    CHECK_STR(ids_of(t, "c", false), "2:0-1");
    pot_tokenizer_close(&t);
}

/* head, `times` times part, tail. */
static const char *repeat(const char *head, const char *part, int times, const char *tail)
{
    static char out[1 << 15];
    size_t at = (size_t)snprintf(out, sizeof out, "%s", head);
    for (int i = 0; i < times; i++)
        at += (size_t)snprintf(out + at, sizeof out - at, "%s", part);
    snprintf(out + at, sizeof out - at, "%s", tail);
    return out;
}

static void test_limits(void)
{
    refuses(repeat("'added_tokens':[{'id':8,'content':'", "x", 1025, "'," RAW "}],"), BPE,
            POT_E_UNSUPPORTED, "added_tokens[0]", "1024 bytes");
    refuses(repeat("'normalizer':{'type':'Sequence','normalizers':[{'type':'NFC'}",
                   ",{'type':'NFC'}", 64, "]},"),
            BPE, POT_E_UNSUPPORTED, "normalizer.normalizers[64]", "64 steps");
    static char specials[1 << 16];
    int n = snprintf(specials, sizeof specials,
                     "'post_processor':{'type':'TemplateProcessing',"
                     "'single':[" SPECIAL "],'special_tokens':{'s':{");
    for (int list = 0; list < 2; list++) {
        n += snprintf(specials + n, 20, list ? "],'tokens':[" : "'ids':[");
        for (int i = 0; i < 4097; i++)
            n += snprintf(specials + n, 20, i ? ",%s" : "%s", list ? "'a'" : "0");
    }
    snprintf(specials + n, 20, "]}}},");
    refuses(specials, BPE, POT_E_UNSUPPORTED, "post_processor", "4096 tokens");
}

/* 1100 pieces that fall into one slot of the table: refused, not searched for ever. */
static void test_collisions(void)
{
    enum { N = 1100, SLOTS = 4096 };
    static char model[N * 20 + 100];
    size_t at = (size_t)snprintf(model, sizeof model, "{'vocab':{");
    uint64_t k = 0;
    for (int n = 0; n < N; k++) {
        char key[8];
        for (int i = 0; i < 7; i++)
            key[i] = (char)('a' + (k >> 4 * i & 15));
        if (pot_hash(key, 7) & (SLOTS - 1)) continue;
        at += (size_t)snprintf(model + at, sizeof model - at, "'%.7s':%d,", key, n++);
    }
    snprintf(model + at - 1, sizeof model - at, "},'merges':[]}");
    refuses("", model, POT_E_FORMAT, "model.vocab", "made to collide");
}

/* Long words take no longer than they should: no square of the length. */
static void test_long_word(void)
{
    enum { N = 300000 };
    static char text[N];
    pot_tokens ids = {0};
    pot_tokenizer *t = must_open("", "{'vocab':{'a':0,'aa':1,'aaaa':2},'merges':['a a','aa aa']}");
    memset(text, 'a', N);
    CHECK(pot_tokenizer_encode(t, &ids, text, N, false, NULL) == POT_OK);
    CHECK(ids.n == N / 4);
    for (size_t i = 0; i < ids.n; i++)
        CHECK(ids.id[i] == 2 && ids.start[i] == 4 * i && ids.end[i] == 4 * i + 4);
    pot_tokens_free(&ids);
    pot_tokenizer_close(&t);
}

int main(void)
{
    test_model();
    test_unknown();
    test_escapes();
    test_marks();
    test_added();
    test_added_normalized();
    test_post();
    test_trimming();
    test_normalized_spans();
    test_unsupported();
    test_malformed();
    test_not_json();
    test_offsets();
    test_looking();
    test_contract();
    test_runaway();
    test_deep_pattern();
    test_too_much();
    test_limits();
    test_collisions();
    test_long_word();
    CHECK(pot_mem_used() == 0);
    return 0;
}
