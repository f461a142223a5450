/* Memory that runs out at every place in turn: POT_E_NOMEM, nothing leaks, outputs stay. */
#include "test_tok.h"

#include <jansson.h>

/* jansson allocates behind our back; count its failures with ours. */
static void *take(size_t n)
{
    return pot_mem_raw(n, 1);
}

static const char members[] =
    "'added_tokens':[{'id':8,'content':'X','single_word':true,'lstrip':true,'rstrip':true,"
    "'normalized':true,'special':true}],"
    "'normalizer':{'type':'Sequence','normalizers':[{'type':'NFKC'},{'type':'Lowercase'},"
    "{'type':'Replace','pattern':{'Regex':'[x&&[^y]]'},'content':'a'}]},"
    "'pre_tokenizer':{'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':"
    "'\\\\s{1,2}+|\\\\p{L}'},'behavior':'MergedWithNext','invert':false},{'type':'ByteLevel',"
    "'add_prefix_space':true,'trim_offsets':true}]},"
    "'post_processor':{'type':'RobertaProcessing','sep':['x',1],'cls':['y',2],'trim_offsets':true,"
    "'add_prefix_space':true},";
static const char model[] = "{'unk_token':'u','vocab':{'a':0,'b':1,'c':2,'ab':3,'abc':4,'u':5},"
                            "'merges':['a b','ab c']}";

static pot_bytes document(void)
{
    static char text[4096], room[4096];
    snprintf(text, sizeof text, "{'version':'1.0',%s'model':%s}", members, model);
    for (char *p = text; (p = strstr(p, "'id':8")); p++)
        p[5] = '6';
    return quoted(room, sizeof room, text);
}

static void fail_opening(void)
{
    const pot_bytes doc = document();
    for (uint64_t n = 1;; n++) {
        pot_tokenizer *t = NULL;
        pot_error err = {0};
        pot_mem_fail_at(n);
        const pot_status s = pot_tokenizer_parse(&t, doc, "t.json", &err);
        pot_mem_fail_at(0);
        if (s == POT_OK) {
            CHECK(n > 50);
            pot_tokenizer_close(&t);
            break;
        }
        if (s != POT_E_NOMEM) fprintf(stderr, "%s: %s: %s\n", err.file, err.place, err.msg);
        CHECK(s == POT_E_NOMEM && err.status == POT_E_NOMEM && !t);
        CHECK(pot_mem_used() == 0);
    }
    CHECK(pot_mem_used() == 0);
}

/* A text long enough that every scratch buffer grows. */
static const char *long_text(size_t *n)
{
    static char text[4000];
    static const char part[] = "ab c\xc3\xa9 \xef\xac\x81 Xx  a\xcc\x81\xcc\xa3 1\n";
    *n = 0;
    while (*n + sizeof part < sizeof text) {
        memcpy(text + *n, part, sizeof part - 1);
        *n += sizeof part - 1;
    }
    return text;
}

static void fail_encoding(void)
{
    size_t n;
    const char *text = long_text(&n);
    const pot_bytes doc = document();
    pot_tokens kept = {0};
    for (uint64_t k = 1;; k++) {
        pot_tokenizer *t = NULL;
        pot_tokens ids = {0};
        CHECK(pot_tokenizer_parse(&t, doc, "t.json", NULL) == POT_OK);
        pot_mem_fail_at(k);
        const pot_status s = pot_tokenizer_encode(t, &ids, text, n, true, NULL);
        pot_mem_fail_at(0);
        CHECK(s == POT_OK || (s == POT_E_NOMEM && !ids.id && !ids.n));
        /* The tokenizer is as good as before. */
        CHECK(pot_tokenizer_encode(t, &ids, text, n, true, NULL) == POT_OK);
        CHECK(!kept.n || (kept.n == ids.n && !memcmp(kept.id, ids.id, ids.n * sizeof *ids.id)));
        pot_tokens_free(&kept);
        kept = ids;
        pot_tokenizer_close(&t);
        if (s == POT_OK) {
            CHECK(k > 10);
            break;
        }
    }
    pot_tokens_free(&kept);
}

int main(void)
{
    json_set_alloc_funcs(take, pot_mem_free);
    fail_opening();
    fail_encoding();
    CHECK(pot_mem_used() == 0);
    return 0;
}
