/* Reference files: each rule of docs/format/potref.md refuses its files, at the right place; what
 * is read is what another program wrote; and what pot_fingerprint is asked that cannot be. */
#define _GNU_SOURCE
#include "base/mem.h"
#include "run.h"
#include "tdir.h"
#include "tiny.h"
#include "verify/reference.h"

#include <math.h>

#define GOLDEN "tests/golden/potref/"
#define NONE   POT_NO_OFFSET

/* What each file of reject/ must give. */
static const struct {
    const char *file, *place, *why;
    uint64_t offset;
} rejects[] = {
    {"P-01-empty", "",
     "is no reference file of a version that this program reads: make one with pot fingerprint",
     NONE},
    {"P-01-fifteen-bytes", "",
     "is no reference file of a version that this program reads: make one with pot fingerprint",
     NONE},
    {"P-01-magic", "",
     "is no reference file of a version that this program reads: make one with pot fingerprint",
     NONE},
    {"P-02-cut", "", "it does not end where it says", NONE},
    {"P-02-document-in-the-head", "", "it does not end where it says", NONE},
    {"P-02-head-cut", "", "it does not end where it says", NONE},
    {"P-02-longer", "", "it does not end where it says", NONE},
    {"P-02-offset-all-ones", "", "it does not end where it says", NONE},
    {"P-02-size-all-ones", "", "it does not end where it says", NONE},
    {"P-02-wraps", "", "it does not end where it says", NONE},
    {"P-03-tag", "", "key and document do not give the tag", NONE},
    {"P-03-zeros", "", "key and document do not give the tag", NONE},
    {"P-04-both", "", "its document is not in the form that pot fingerprint writes", NONE},
    {"P-04-compact", "", "its document is not in the form that pot fingerprint writes", NONE},
    {"P-04-control", "model.name", "has a control character", NONE},
    {"P-04-empty-name", "model.name", "1 to 4096 bytes are expected", NONE},
    {"P-04-missing", "numerics", "missing; a string is expected", NONE},
    {"P-04-more", "", "its document is not in the form that pot fingerprint writes", NONE},
    {"P-04-negative", "model.params", "a number of things is expected", NONE},
    {"P-04-no-json", "",
     "not valid JSON: '[' or '{' expected near 'nothing'; fetch or mend the file", 7},
    {"P-04-spelling", "", "its document is not in the form that pot fingerprint writes", NONE},
    {"P-04-upper-case", "", "its document is not in the form that pot fingerprint writes", NONE},
    {"P-05-mode", "", "mode: \"lenient\" is not known here", NONE},
    {"P-05-n-max", "rule",
     "was made with other thresholds than this program has in quick mode: make it again", NONE},
    {"P-05-rule", "rule",
     "was made with other thresholds than this program has in quick mode: make it again", NONE},
    {"P-05-schema", "schema", "\"pot-reference-2\"; this program reads pot-reference-1", NONE},
    {"P-06-challenges-all-ones", "",
     "challenges: rounds of 5, 10 to 120 in quick mode, are expected", NONE},
    {"P-06-challenges-of-12", "", "challenges: rounds of 5, 10 to 120 in quick mode, are expected",
     NONE},
    {"P-06-challenges-of-5", "", "challenges: rounds of 5, 10 to 120 in quick mode, are expected",
     NONE},
    {"P-06-dtype", "head", "dtype: \"F12\" is not known here", NONE},
    {"P-06-half-a-block", "head", "no model has such an output head", NONE},
    {"P-06-positions-most", "", "positions: no challenges have so many", NONE},
    {"P-06-positions", "", "positions: no challenges have so many", NONE},
    {"P-06-tails-0", "classes",
     "top_k from 1 to 4096 (at most the vocabulary) and tails from 1 to 256 are expected", NONE},
    {"P-06-tails-257", "classes",
     "top_k from 1 to 4096 (at most the vocabulary) and tails from 1 to 256 are expected", NONE},
    {"P-06-top-0", "classes",
     "top_k from 1 to 4096 (at most the vocabulary) and tails from 1 to 256 are expected", NONE},
    {"P-06-top-above-vocabulary", "classes",
     "top_k from 1 to 4096 (at most the vocabulary) and tails from 1 to 256 are expected", NONE},
    {"P-06-top-all-ones", "classes",
     "top_k from 1 to 4096 (at most the vocabulary) and tails from 1 to 256 are expected", NONE},
    {"P-06-vocabulary-0", "model", "a vocabulary of 1 to 16777216 and layers are expected", NONE},
    {"P-06-vocabulary", "model", "a vocabulary of 1 to 16777216 and layers are expected", NONE},
    {"P-06-width-0", "head", "no model has such an output head", NONE},
    {"P-06-width", "head", "no model has such an output head", NONE},
    {"P-07-behind-the-last", "", "its sections have another size", NONE},
    {"P-07-exact-without-head", "sections", "are not those that the other members call for", NONE},
    {"P-07-five", "sections", "5 of them; at most 4 are expected", NONE},
    {"P-07-name", "sections", "are not those that the other members call for", NONE},
    {"P-07-no-sections", "sections", "are not those that the other members call for", NONE},
    {"P-07-one-section", "sections", "are not those that the other members call for", NONE},
    {"P-07-order", "sections", "are not those that the other members call for", NONE},
    {"P-07-size-all-ones", "sections", "are not those that the other members call for", NONE},
    {"P-07-size", "sections", "are not those that the other members call for", NONE},
    {"P-07-too-many", "sections", "are not those that the other members call for", NONE},
    {"P-08-between", "", "no zeros between its sections", NONE},
    {"P-08-digest", "", "classes", NONE},
    {"P-09-behind", "", "bytes behind the last challenge", 328},
    {"P-09-id", "", "token 6, and the vocabulary is 6", 144},
    {"P-09-one-token", "", "no challenge has 40 bytes and 1 tokens", 136},
    {"P-09-positions", "", "the challenges have 20 positions, and 21 are announced", 328},
    {"P-09-prompt-0", "", "no challenge has 0 bytes and 3 tokens", 136},
    {"P-09-prompt-1024", "", "no challenge has 1024 bytes and 3 tokens", 136},
    {"P-09-tokens-all-ones", "", "no challenge has 40 bytes and 4294967295 tokens", 136},
    {"P-09-tokens", "", "no challenge has 40 bytes and 1025 tokens", 136},
    {"P-09-too-few", "", "4 bytes expected, 0 left: the file is cut short; fetch it again", 308},
    {"P-10-above-one", "", "position 1: these are no probabilities", 448},
    {"P-10-id-twice", "", "position 1: these are no probabilities", 448},
    {"P-10-id", "", "position 1: these are no probabilities", 448},
    {"P-10-ids-fall", "", "position 1: these are no probabilities", 448},
    {"P-10-infinite", "", "position 1: these are no probabilities", 448},
    {"P-10-logarithm-nan", "", "position 1: these are no probabilities", 448},
    {"P-10-logarithm", "", "position 1: these are no probabilities", 448},
    {"P-10-nan", "", "position 1: these are no probabilities", 448},
    {"P-10-negative", "", "position 1: these are no probabilities", 448},
    {"P-10-nothing", "", "position 1: these are no probabilities", 448},
    {"P-10-sum", "", "position 1: these are no probabilities", 448},
    {"P-10-top", "", "position 1: these are no probabilities", 448},
};

static void test_rejects(void)
{
    const size_t n = sizeof rejects / sizeof *rejects;
    for (size_t i = 0; i < n; i++) {
        char path[200];
        pot_error err = {0};
        pot_reference *r = NULL;
        snprintf(path, sizeof path, GOLDEN "reject/%s.potref", rejects[i].file);
        const pot_status s = pot_reference_open(&r, path, &err);
        if (s == POT_OK || !strstr(err.msg, rejects[i].why) || err.offset != rejects[i].offset ||
            strcmp(err.place, rejects[i].place) != 0 || strcmp(err.file, path) != 0) {
            char text[1024];
            pot_error_text(&err, text, sizeof text);
            fprintf(stderr, "%s: %d, place \"%s\": %s\n", rejects[i].file, s, err.place, text);
            exit(1);
        }
        CHECK((s == POT_E_FORMAT || s == POT_E_UNSUPPORTED) && !r);
    }
    CHECK(t_count(GOLDEN "reject") == n);
}

static pot_reference *open_good(const char *name)
{
    char path[200];
    pot_error err = {0};
    pot_reference *r = NULL;
    snprintf(path, sizeof path, GOLDEN "accept/%s.potref", name);
    must(pot_reference_open(&r, path, &err), &err);
    return r;
}

static void test_accepts(void)
{
    pot_reference *r = open_good("classes");
    const pot_reference_facts *f = pot_reference_info(r);
    CHECK(f->challenges == 10 && f->positions == 20 && f->rule.n_max == 10 && f->mode == POT_QUICK);
    CHECK(!f->exact && f->top_k == 2 && f->tails == 3 && f->tail_mean == 0.25 && !f->corpus);
    CHECK(f->least_same == 0); /* ten are too few */
    CHECK(strcmp(f->model.name, "small") == 0 && f->model.vocab == 6 && f->model.n_weights == 1);
    CHECK(f->model.hashed && f->model.weights[0].hashed && f->model.weights[0].size == 300);
    CHECK(strcmp(f->model.other[0].name, "config.json") == 0 && f->tokenizer_size == 5);
    CHECK(r->saved[9].ids.n == 3 && r->saved[9].ids.id[1] == 5 && r->saved[9].row == 18);
    CHECK(r->saved[0].prompt == 40 && r->classes.vocab == 6);
    uint32_t id[2];
    float p[5];
    pot_class_law law = {.id = id, .p = p};
    pot_reference_unpack(&law, &r->classes, pot_reference_part(r, "classes").p + 19 * 32);
    CHECK(law.lp == -1.5f && law.top == 3 && id[0] == 1 && id[1] == 3 && p[1] == 0.5f);
    CHECK(p[3] == 0 && p[4] == 0.125f && pot_classes_tail(&r->classes, &law) == 0.25);
    pot_reference_close(&r);

    r = open_good("exact");
    f = pot_reference_info(r);
    CHECK(f->exact && isnan(f->perplexity) && r->d.head.width == 2 && r->d.head.type == POT_BF16);
    CHECK(pot_reference_part(r, "hidden").n == 160 && pot_reference_part(r, "bias").n == 24);
    CHECK(!pot_reference_part(r, "classes").p);
    pot_reference_close(&r);
    static const char *const other[] = {"exact-without-bias", "exact-in-blocks", "corpus",
                                        "ids-of-four-bytes",  "no-small-files",  "quoted"};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        r = open_good(other[i]);
        if (strcmp(other[i], "corpus") == 0) CHECK(pot_reference_info(r)->corpus);
        pot_reference_close(&r);
    }
    CHECK(t_count(GOLDEN "accept") == 2 + sizeof other / sizeof *other);
}

/* The classes of tokens depend on all of the key and of the run id, and are near equal in size. */
static void test_tails(void)
{
    enum { V = 60000 };
    static uint8_t a[V], b[V];
    uint8_t key[32], id[16];
    unsigned count[7] = {0}, same = 0;
    memcpy(key, run_key, 32), memcpy(id, run_id, 16);
    CHECK(pot_reference_tails(a, V, 7, key, id, NULL) == POT_OK);
    for (size_t v = 0; v < V; v++) {
        CHECK(a[v] < 7);
        count[a[v]]++;
    }
    for (size_t i = 0; i < 7; i++)
        CHECK(abs((int)count[i] - V / 7) < 5 * 93); /* five standard deviations */
    id[15] ^= 1;
    CHECK(pot_reference_tails(b, V, 7, key, id, NULL) == POT_OK);
    for (size_t v = 0; v < V; v++)
        same += a[v] == b[v];
    CHECK(abs((int)same - V / 7) < 5 * 93);
    id[15] ^= 1, key[0] ^= 1;
    CHECK(pot_reference_tails(b, V, 7, key, id, NULL) == POT_OK && memcmp(a, b, V) != 0);
    CHECK(pot_reference_tails(b, V, 1, key, id, NULL) == POT_OK && !b[0] && !b[V - 1]);
}

static void test_is_reference(void)
{
    CHECK(pot_is_reference("no/such.potref") && pot_is_reference("A.POTREF"));
    CHECK(!pot_is_reference("zoo/base") && !pot_is_reference("no-such") && !pot_is_reference(""));
    size_t n;
    char *p = t_read(GOLDEN "accept/classes.potref", &n);
    t_write(t_path("named-otherwise"), p, n);
    CHECK(pot_is_reference(t_path("named-otherwise")));
    t_write(t_path("short"), p, 15);
    CHECK(!pot_is_reference(t_path("short")));
    free(p);
}

static void refused(pot_fingerprint_options o, pot_status want, const char *say)
{
    pot_error err = {0};
    const size_t before = t_count(t_dir);
    if (!o.model) o.model = "zoo/base";
    const pot_status s = pot_fingerprint(t_path("out.potref"), false, &o, &err);
    if (s != want || !strstr(err.msg, say)) fprintf(stderr, "%d %s: %s\n", s, say, err.msg);
    CHECK(s == want && strstr(err.msg, say) && t_count(t_dir) == before);
}

static bool stop(void *ctx, const pot_progress *p)
{
    (void)ctx;
    return strcmp(p->what, "asking") != 0 || p->done < 5;
}

static void test_options(void)
{
    refused((pot_fingerprint_options){.challenges = 5}, POT_E_ARG, "10 to 120 are needed");
    refused((pot_fingerprint_options){.challenges = 12}, POT_E_ARG, "in rounds of 5");
    refused((pot_fingerprint_options){.challenges = 125}, POT_E_ARG, "10 to 120 are needed");
    refused((pot_fingerprint_options){.mode = POT_MODES}, POT_E_ARG, "a mode");
    refused((pot_fingerprint_options){.top_k = 4097}, POT_E_ARG, "at most 4096");
    refused((pot_fingerprint_options){.tails = 257}, POT_E_ARG, "256 tail classes");
    refused((pot_fingerprint_options){.model = "zoo"}, POT_E_IO, "");
    refused((pot_fingerprint_options){.progress = stop}, POT_E_STOPPED, "");
    refused((pot_fingerprint_options){.compute.max_memory = 1 << 20}, POT_E_ARG, "at least");
    const char *bare = tiny_model(
        "bare", (tiny){.vocab = 300, .context = 200, .seed = 1, .scale = 0.1, .head = 1});
    refused((pot_fingerprint_options){.model = bare}, POT_E_UNSUPPORTED, "no tokenizer");
}

int main(void)
{
    t_seed();
    t_dir_open();
    test_rejects();
    test_accepts();
    test_tails();
    test_is_reference();
    test_options();
    CHECK(pot_mem_used() == 0);
    return 0;
}
