/* Suites: what docs/format/suite.md describes is read, and everything else refused at its place. */
#define _GNU_SOURCE
#include "base/file.h"
#include "eval/suite.h"
#include "tdir.h"

static const char example[] =
    "{'schema':'pot-suite-1','name':'n','seed':'s','mode':'quick','runs':7,'note':'x',"
    "'models':{'a':'../a','b':{'path':'/b','weights_sha256':"
    "'00000000000000000000000000000000000000000000000000000000000000ff','note':'y'},'c':'hf:o/c'},"
    "'pairs':[{'ref':'a','cand':'b','truth':'same','relationship':'QUANTIZED','category':'k'},"
    "{'ref':'b','cand':'a','truth':'either','category':'l','note':'z'},"
    "{'ref':'b','cand':'a','truth':'either','category':'l',"
    "'serving':{'route':{'to':'c','share':0.25},'temperature':0.5,'top_k':9}}]}";

/* Each changes one thing of the example. */
static const struct {
    const char *from, *to, *place, *why;
} rejects[] = {
    {"pot-suite-1", "pot-suite-2", "schema", "this program reads pot-suite-1"},
    {"'schema':'pot-suite-1',", "", "schema", "missing"},
    {"'name':'n',", "", "name", "a string of 1 to 100 bytes"},
    {"'name':'n'", "'name':''", "name", "a string of 1 to 100 bytes"},
    {"'name':'n'", "'name':'a\\nb'", "name", "without control characters"},
    {"'name':'n'", "'name':7", "name", "a string of 1 to 100 bytes"},
    {"'seed':'s'", "'seed':''", "seed", "a string of 1 to 100 bytes"},
    {"'mode':'quick'", "'mode':'fast'", "mode", "quick, audit or extended"},
    {"'mode':'quick'", "'mode':1", "mode", "a string"},
    {"'runs':7", "'runs':0", "runs", "1 to 1000"},
    {"'runs':7", "'runs':1001", "runs", "1 to 1000"},
    {"'runs':7", "'runs':-1", "runs", "an integer"},
    {"'runs':7", "'runs':7,'runz':7", "runz", "no such member"},
    {"'runs':7", "'runs':7,'runs':8", "", "duplicate"},
    {"'note':'x',", "'note':7,", "note", "a string"},
    {"'models':{", "'models':{'':'../a',", "models.", "a string of 1 to 100 bytes"},
    {"'models':{", "'models':{'a':'../d',", "", "duplicate"},
    {"'a':'../a'", "'a':7", "models.a", "an object is expected"},
    {"'a':'../a'", "'a':''", "models.a", "1 to 3000 bytes"},
    {"'path':'/b',", "", "models.b.path", "a string"},
    {"'path':'/b',", "'path':'/b','sha':'',", "models.b.sha", "no such member"},
    {"00ff", "00fg", "models.b.weights_sha256", "64 hexadecimal digits"},
    {"00ff", "00", "models.b.weights_sha256", "64 hexadecimal digits"},
    {"'ref':'a'", "'ref':'d'", "pairs[0].ref", "no model \"d\""},
    {"'ref':'a',", "", "pairs[0].ref", "missing"},
    {"'ref':'a'", "'ref':['a']", "pairs[0].ref", "a string"},
    {"'cand':'b'", "'cand':''", "pairs[0].cand", "no model \"\""},
    {"'truth':'same'", "'truth':'equal'", "pairs[0].truth", "same, different or either"},
    {"'truth':'same',", "", "pairs[0].truth", "missing"},
    {"QUANTIZED", "QUANTISED", "pairs[0].relationship", "is no relationship"},
    {"QUANTIZED", "ABSTAIN", "pairs[0].relationship", "is no relationship"},
    {"'category':'k'", "'categories':'k'", "pairs[0].categories", "no such member"},
    {",'category':'k'", "", "pairs[0].category", "a string"},
    {"'ref':'b','cand':'a'", "'ref':'a','cand':'b'", "pairs[1]", "pairs[0] has the same models"},
    {"'serving':{'route'", "'serving':{'rout'", "pairs[2].serving.rout", "no such member"},
    {"{'to':'c','share':0.25}", "7", "pairs[2].serving.route", "an object"},
    {"'to':'c'", "'to':'d'", "pairs[2].serving.route.to", "no model \"d\""},
    {"'to':'c',", "", "pairs[2].serving.route.to", "missing"},
    {",'share':0.25", "", "pairs[2].serving.route.share", "missing"},
    {"'share':0.25", "'share':0", "pairs[2].serving.route.share", "above 0, up to 1"},
    {"'share':0.25", "'share':1.5", "pairs[2].serving.route.share", "above 0, up to 1"},
    {"'share':0.25", "'share':1,'x':1", "pairs[2].serving.route.x", "no such member"},
    {"'temperature':0.5", "'replay':{'runs':5}", "pairs[2].serving.replay", "one of route and"},
    {"'route':{'to':'c','share':0.25}", "'replay':{'runs':0}", "pairs[2].serving.replay.runs",
     "from 1 to 1000"},
    {"'route':{'to':'c','share':0.25}", "'replay':{'runs':1,'leaked':1}",
     "pairs[2].serving.replay.leaked", "true or false"},
    {"'temperature':0.5", "'temperature':0.01", "pairs[2].serving.temperature", "above 0.01"},
    {"'temperature':0.5", "'temperature':'hot'", "pairs[2].serving.temperature", "a number"},
    {"'temperature':0.5", "'vocab_overlap':1.1", "pairs[2].serving.vocab_overlap", "up to 1 "},
    {"'temperature':0.5", "'round':-1", "pairs[2].serving.round", "above 0"},
    {"'temperature':0.5", "'noise':101", "pairs[2].serving.noise", "up to 100"},
    {"'top_k':9", "'top_k':0", "pairs[2].serving.top_k", "from 1 to 1000"},
    {"'top_k':9", "'top_k':1001", "pairs[2].serving.top_k", "from 1 to 1000"},
    {"'route':{'to':'c','share':0.25},'temperature':0.5,'top_k':9", "", "pairs[2].serving",
     "what stands in between"},
    {"'pairs':[", "'pairs':[7,", "pairs[0]", "an object"},
    {"'pairs':[", "'pairs':{},'x':[", "x", "no such member"},
};

/* ' -> ", and `from` -> `to` at its first place. */
static char *changed(const char *from, const char *to)
{
    const char *at = from ? strstr(example, from) : example;
    CHECK(at);
    const size_t skip = from ? strlen(from) : 0, n = strlen(to);
    char *s = malloc(sizeof example + n);
    CHECK(s);
    sprintf(s, "%.*s%s%s", (int)(at - example), example, to, at + skip);
    for (char *p = s; *p; p++)
        if (*p == '\'') *p = '"';
    return s;
}

static pot_status read_suite(pot_suite *s, pot_arena *arena, const char *text, pot_error *err)
{
    *err = (pot_error){0};
    return pot_suite_read(s, arena, (pot_bytes){(const uint8_t *)text, strlen(text)},
                          "dir/suite.json", err);
}

static void test_reject(void)
{
    for (size_t i = 0; i < sizeof rejects / sizeof *rejects; i++) {
        pot_arena arena;
        pot_suite s;
        pot_error err;
        pot_arena_init(&arena, (size_t)1 << 20);
        char *text = changed(rejects[i].from, rejects[i].to);
        const pot_status got = read_suite(&s, &arena, text, &err);
        if (got == POT_OK || strcmp(err.place, rejects[i].place) != 0 ||
            !strstr(err.msg, rejects[i].why)) {
            fprintf(stderr, "%s -> %s: at \"%s\": %s\n", rejects[i].from, rejects[i].to, err.place,
                    err.msg);
            exit(1);
        }
        free(text);
        pot_arena_close(&arena);
    }
    CHECK(pot_mem_used() == 0);
}

static void test_accept(void)
{
    pot_arena arena;
    pot_suite s;
    pot_error err;
    pot_arena_init(&arena, (size_t)1 << 20);
    char *text = changed(NULL, "");
    CHECK(read_suite(&s, &arena, text, &err) == POT_OK);
    free(text); /* nothing is borrowed from it */
    CHECK(strcmp(s.name, "n") == 0 && strcmp(s.seed, "s") == 0);
    CHECK(s.mode == POT_QUICK && s.runs == 7 && s.models == 3 && s.pairs == 3);
    CHECK(strcmp(s.model[0].name, "a") == 0 && strcmp(s.model[0].path, "dir/../a") == 0);
    CHECK(!s.model[0].expected && s.model[1].expected && s.model[1].weights_sha256[31] == 0xff);
    CHECK(strcmp(s.model[1].path, "/b") == 0 && strcmp(s.model[2].path, "hf:o/c") == 0);
    CHECK(s.pair[0].ref == 0 && s.pair[0].cand == 1 && s.pair[0].truth == POT_TRUTH_SAME);
    CHECK(strcmp(pot_label_name(s.pair[0].label), "QUANTIZED") == 0);
    CHECK(strcmp(s.pair[0].category, "k") == 0);
    CHECK(s.pair[1].truth == POT_TRUTH_EITHER && s.pair[1].label == POT_LABELS);
    const pot_serving *v = &s.pair[2].serving;
    CHECK(v->share == 0.25 && v->to == 2 && v->temperature == 0.5 && v->top_k == 9 && !v->replay);
    CHECK(!s.pair[1].served[0] && !pot_serving_routes(&s.pair[1].serving));
    CHECK(strcmp(s.pair[2].served, "0.25 of the challenges to c; temperature 0.5; top 9") == 0);
    text = changed("'seed':'s','mode':'quick','runs':7,'note':'x',", "");
    CHECK(read_suite(&s, &arena, text, &err) == POT_OK);
    CHECK(strcmp(s.seed, "n") == 0 && s.mode == POT_AUDIT && s.runs == 1);
    free(text);
    pot_arena_close(&arena);
    CHECK(pot_mem_used() == 0);
}

/* Each allocation failing in turn: told, and nothing is left behind. */
static void test_memory(void)
{
    char *text = changed(NULL, "");
    pot_status got = POT_E_NOMEM;
    for (uint64_t n = 1; got != POT_OK; n++) {
        pot_arena arena;
        pot_suite s;
        pot_error err;
        pot_arena_init(&arena, (size_t)1 << 20);
        pot_mem_fail_at(n);
        got = read_suite(&s, &arena, text, &err);
        pot_mem_fail_at(0);
        CHECK(got == POT_OK || got == POT_E_NOMEM);
        CHECK(n < 1000);
        pot_arena_close(&arena);
        CHECK(pot_mem_used() == 0);
    }
    free(text);
}

/* Lists have an end. */
static void test_caps(void)
{
    pot_arena arena;
    pot_suite s;
    pot_error err;
    pot_buf b = POT_BUF((size_t)1 << 20);
    pot_arena_init(&arena, (size_t)1 << 24);
    pot_buf_str(&b, "{\"schema\":\"pot-suite-1\",\"name\":\"n\",\"models\":{");
    for (int i = 0; i < 1001; i++)
        pot_buf_fmt(&b, "%s\"m%d\":\"p\"", i ? "," : "", i);
    pot_buf_str(&b, "},\"pairs\":[]}");
    CHECK(read_suite(&s, &arena, b.p, &err) == POT_E_FORMAT && strstr(err.msg, "1 to 1000 models"));
    pot_buf_clear(&b);
    pot_buf_str(&b, "{\"schema\":\"pot-suite-1\",\"name\":\"n\",\"models\":{\"m\":\"p\"},"
                    "\"pairs\":[]}");
    CHECK(read_suite(&s, &arena, b.p, &err) == POT_E_FORMAT && strstr(err.msg, "1 to 10000 pairs"));
    pot_buf_free(&b);
    pot_arena_close(&arena);
}

/* The suites that are shipped. */
static void test_shipped(void)
{
    static const char *const files[] = {"zoo/suites/shipped.json", "zoo/suites/robustness.json"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        pot_arena arena;
        pot_suite s;
        pot_error err = {0};
        pot_buf b = POT_BUF(POT_SUITE_BYTES);
        pot_arena_init(&arena, (size_t)1 << 24);
        CHECK(pot_file_read(&b, files[i], &err) == POT_OK);
        CHECK(pot_suite_read(&s, &arena, (pot_bytes){(const uint8_t *)b.p, b.n}, files[i], &err) ==
              POT_OK);
        CHECK(pot_dir_exists(s.model[0].path));
        pot_buf_free(&b);
        pot_arena_close(&arena);
    }
}

int main(void)
{
    test_accept();
    test_reject();
    test_memory();
    test_caps();
    test_shipped();
    return 0;
}
