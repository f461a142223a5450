/* Whole runs on tiny models: what may be compared, what is refused and how, what ends a run. */
#define _GNU_SOURCE
#include "base/mem.h"
#include "run.h"
#include "tiny.h"

#include <fcntl.h>
#include <math.h>

#include <pot/tokenizer.h>

#define LLAMA3 "tests/golden/tokenizers/llama3.json"
#define SPM    "tests/golden/tokenizers/spm.json"

static unsigned vocab; /* ids of LLAMA3 */
static tiny plain;     /* a model that fits it */

static pot_status verify(pot_decision *found, const pot_verify_options *o, const char *says)
{
    pot_error err = {0};
    char text[1024] = "";
    const pot_status s = run_into(found, o, NULL, &err);
    if (s != POT_OK) pot_error_text(&err, text, sizeof text);
    if (s == POT_OK ? says != NULL : !says || !strstr(text, says)) {
        fprintf(stderr, "want \"%s\", got \"%s\"\n", says ? says : "", text);
        exit(1);
    }
    CHECK(s == POT_OK || *found == POT_UNDECIDED);
    CHECK(pot_mem_used() == 0);
    return s;
}

static void refused(const char *ref, const char *cand, pot_status want, const char *says)
{
    pot_decision found;
    const pot_verify_options o = {.ref = ref, .cand = cand, .mode = POT_QUICK};
    CHECK(verify(&found, &o, says) == want);
}

static pot_decision compared(const char *ref, const char *cand)
{
    pot_decision found;
    const pot_verify_options o = {.ref = ref, .cand = cand, .mode = POT_QUICK};
    CHECK(verify(&found, &o, NULL) == POT_OK);
    return found;
}

static void test_decisions(void)
{
    tiny other = plain;
    other.seed++;
    CHECK(compared(t_path("plain"), t_path("plain")) == POT_SAME);
    CHECK(compared(t_path("plain"), tiny_model("seed", other)) == POT_DIFFERENT);
    tiny none = plain; /* the same weights without a tokenizer */
    none.tokenizer = NULL;
    CHECK(compared(t_path("plain"), tiny_model("none", none)) == POT_SAME);
    tiny longer = plain; /* more rows in the head than the tokenizer has ids */
    longer.vocab += 7;
    CHECK(compared(t_path("plain"), tiny_model("longer", longer)) == POT_DIFFERENT);
}

static void test_refusals(void)
{
    tiny m = plain;
    m.vocab -= 1;
    refused(t_path("plain"), tiny_model("small", m), POT_E_FORMAT, "do not belong together");
    m = plain, m.tokenizer = NULL, m.vocab -= 1;
    refused(t_path("plain"), tiny_model("smaller", m), POT_E_UNSUPPORTED, "is smaller");
    m = plain, m.context = 96;
    refused(t_path("plain"), tiny_model("short", m), POT_E_UNSUPPORTED, "context holds 96 tokens");
    m = plain, m.tokenizer = SPM, m.vocab = 2000;
    refused(t_path("plain"), tiny_model("spm", m), POT_E_UNSUPPORTED, "there is no decoder");
    refused(t_path("none"), t_path("plain"), POT_E_UNSUPPORTED, "no tokenizer");
    refused(t_path("plain"), t_path("nothing"), POT_E_IO, "no such file or directory");
    m = plain, m.head = 3e38; /* finite weights, logits that are not */
    refused(t_path("plain"), tiny_model("loud", m), POT_E_FORMAT, "NaN or infinite logits");
    pot_decision found;
    pot_verify_options o = {.ref = t_path("plain"), .cand = t_path("plain"), .mode = POT_MODES};
    CHECK(verify(&found, &o, "a mode are needed") == POT_E_ARG);
    o.mode = POT_QUICK, o.compute.kernel = "sse9";
    CHECK(verify(&found, &o, "no kernel") == POT_E_ARG);
    o.compute.kernel = NULL, o.corpus = t_path("nothing");
    CHECK(verify(&found, &o, "cannot open") == POT_E_IO);
}

/* Quarters and drivers add up to the figures of the whole. */
static void check_views(const pot_verdict *r)
{
    uint64_t n = 0;
    double tv = 0, share = 0;
    for (unsigned i = 0; i < POT_QUARTERS; i++) {
        n += r->quarter[i].n;
        tv += r->quarter[i].tv * (double)r->quarter[i].n;
        CHECK(r->quarter[i].n && r->quarter[i].kl >= 0);
    }
    CHECK(n == r->positions && fabs(tv / (double)n - r->s.tv_mean) < 0.1);
    CHECK(r->n_drivers == (r->s.n < POT_DRIVERS ? r->s.n : POT_DRIVERS));
    for (unsigned i = 0; i < r->n_drivers; i++) {
        const pot_driver *d = &r->driver[i];
        CHECK(i == 0 || r->driver[i - 1].tv >= d->tv);
        CHECK(d->index < r->s.n && d->position < d->positions && d->peak_tv >= d->tv);
        CHECK(d->text[0] && strlen(d->before) <= d->offset && d->placed);
        CHECK(d->top[0].piece && d->top[1].piece);
        share += d->share;
    }
    CHECK(share <= 1 + 1e-9 && (r->s.n > POT_DRIVERS || share > 1 - 1e-9));
}

/* Its pointers are gone; `warns` is in the only warning that there is, if any. */
static void verdict_of(pot_verdict *out, const char *ref, const char *cand, const char *warns)
{
    pot_error err = {0};
    pot_verify *v;
    const pot_verify_options o = {
        .ref = ref, .cand = cand, .mode = POT_QUICK, .key = run_key, .run_id = run_id};
    must(pot_verify_open(&v, &o, &err), &err);
    const bool said = strstr(pot_verify_commitment(v)->document, "\"comparison\": \"bytes\"");
    must(pot_verify_run(v, &err), &err);
    *out = *pot_verify_verdict(v);
    CHECK(said == (out->comparison == POT_BY_BYTES));
    if (out->decision == POT_DIFFERENT) check_views(out);
    else CHECK(!(out->s.tv_mean > 0) == !out->n_drivers);
    CHECK(out->n_warnings == (warns ? 1 : 0) && (!warns || strstr(out->warnings[0], warns)));
    pot_verify_close(&v);
}

/* Equal vocabularies that split text differently: bytes are compared, and the same weights under
 * another tokenizer are never called the same, however near those are. */
static void test_other_split(void)
{
    size_t n;
    pot_verdict r;
    char path[PATH_MAX], *p = t_read("zoo/base/tokenizer.json", &n);
    CHECK(p);
    tiny m = plain;
    m.vocab = 2048, m.scale = 0, m.head = 0.1, m.tokenizer = "zoo/base/tokenizer.json";
    const char *whole = tiny_model("whole", m), *other = tiny_model("digits", m);
    char *digits = strstr(p, "{1,3}");
    CHECK(digits);
    memcpy(digits, "{1,1}", 5);
    snprintf(path, sizeof path, "%s/tokenizer.json", other);
    t_write(path, p, n);
    free(p);
    verdict_of(&r, whole, whole, NULL);
    CHECK(r.comparison == POT_BY_TOKENS && r.decision == POT_SAME && r.identical);
    verdict_of(&r, whole, other, "share a vocabulary");
    CHECK(r.comparison == POT_BY_BYTES && r.decision == POT_UNDECIDED && !r.identical);
    CHECK(r.s.n == 30 && r.s.tv_mean < 0.01 && r.s.routing >= 1 && !r.s.strong &&
          !r.s.classic_same);
    m.seed++, m.scale = plain.scale, m.head = 3;
    verdict_of(&r, other, tiny_model("apart", m), "share a vocabulary");
    CHECK(r.comparison == POT_BY_BYTES && r.decision == POT_DIFFERENT);
    m.context = 97; /* enough for the tokens of the reference, not for its own */
    m.tokenizer = path;
    refused(whole, tiny_model("narrow", m), POT_E_UNSUPPORTED, "context holds 97");
}

/* A tokenizer that loses the end of every text: no place is common to both, so nothing can be
 * scored, and that is counted as failed and never as agreement. */
static void test_nothing_common(void)
{
    static const char none[] = "\"normalizer\":null",
                      loses[] = "\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":"
                                "\"(?m:.)\\\\z\"},\"content\":\"\"}";
    size_t n;
    pot_verdict r;
    char path[PATH_MAX], *p = t_read("zoo/base/tokenizer.json", &n), *at, *other;
    CHECK(p && (at = memmem(p, n, none, sizeof none - 1)) && (other = malloc(n + sizeof loses)));
    const size_t before = (size_t)(at - p), behind = before + sizeof none - 1;
    memcpy(other, p, before);
    memcpy(other + before, loses, sizeof loses - 1);
    memcpy(other + before + sizeof loses - 1, p + behind, n - behind);
    tiny m = plain;
    m.vocab = 2048, m.scale = 0, m.head = 0.1, m.tokenizer = "zoo/base/tokenizer.json";
    const char *whole = t_path("whole"), *short_of = tiny_model("loses", m);
    snprintf(path, sizeof path, "%s/tokenizer.json", short_of);
    t_write(path, other, n - sizeof none + sizeof loses);
    free(p);
    free(other);
    verdict_of(&r, whole, short_of, "share a vocabulary");
    CHECK(r.comparison == POT_BY_BYTES && r.decision == POT_UNDECIDED && !r.identical);
    CHECK(r.s.n == 120 && r.s.failed == 120 && r.s.scored == 0 && r.positions == 0);
}

static void test_digest(void)
{
    pot_decision found;
    pot_verify_options o = {.ref = t_path("plain"),
                            .cand = t_path("plain"),
                            .mode = POT_AUDIT,
                            .by_digest = true,
                            .key = run_key,
                            .run_id = run_id};
    CHECK(verify(&found, &o, NULL) == POT_OK && found == POT_SAME);
    pot_error err = {0};
    pot_verify *v;
    must(pot_verify_open(&v, &o, &err), &err);
    must(pot_verify_run(v, &err), &err);
    const pot_verdict *r = pot_verify_verdict(v);
    CHECK(r->by_digest && r->s.n == 0 && r->decision == POT_SAME);
    CHECK(pot_verify_run(v, &err) == POT_E_ARG); /* once */
    pot_verify_close(&v);
    o.cand = t_path("none"); /* equal weights, but not equal files: challenges decide */
    must(pot_verify_open(&v, &o, &(pot_error){0}), &err);
    must(pot_verify_run(v, &(pot_error){0}), &err);
    r = pot_verify_verdict(v);
    CHECK(!r->by_digest && r->s.n == 55 && r->decision == POT_SAME && r->identical);
    CHECK(r->n_warnings == 1 && strstr(r->warnings[0], "no tokenizer"));
    pot_verify_close(&v);
}

/* The reference against itself first: what that says is in the verdict and in the commitment, and
 * raises what DIFFERENT needs; a copy that is none is refused. */
static void test_calibration(void)
{
    const pot_verify_options o = {.ref = t_path("plain"),
                                  .cand = t_path("seed"),
                                  .mode = POT_QUICK,
                                  .key = run_key,
                                  .run_id = run_id,
                                  .calibrate = true};
    pot_verify_options with[3] = {o, o, o};
    with[1].cand = t_path("plain"), with[1].copy = t_path("none");
    with[2].cand = t_path("plain"), with[2].compute.profile = "pot-bf16-1";
    for (int i = 0; i < 3; i++) {
        pot_error err = {0};
        pot_verify *v;
        must(pot_verify_open(&v, &with[i], &err), &err);
        CHECK(strstr(pot_verify_commitment(v)->document, "\"calibration\": {"));
        CHECK(pot_verify_verdict(v)->floor.n == 0);
        must(pot_verify_run(v, &err), &err);
        const pot_verdict *r = pot_verify_verdict(v);
        const pot_floor *f = &r->floor;
        CHECK(f->n == 30 && f->tv_mean > 0 && f->tv_mean <= f->tv_max && f->tv_max < 0.1);
        CHECK(f->lo <= f->tv_mean && f->tv_mean <= f->hi && f->tolerance >= r->rule->gamma);
        CHECK(fabs(f->noise - 2 * f->tv_max) < 1e-12);
        CHECK(strcmp(f->numerics, i == 2 ? "pot-f32-1" : "pot-bf16-1") == 0);
        CHECK(!f->copy == (i != 1) && (!f->copy || f->copy->hashed));
        CHECK(r->decision == (i ? POT_SAME : POT_DIFFERENT));
        CHECK(i == 0 || r->s.routing < 1);
        pot_verify_close(&v);
        CHECK(pot_mem_used() == 0);
    }
    pot_decision found;
    with[0].copy = t_path("seed");
    CHECK(verify(&found, &with[0], "is no copy of the reference") == POT_E_ARG);
    with[0].copy = "tests/golden/bytes";
    CHECK(verify(&found, &with[0], "has not the reference's tokenizer") == POT_E_UNSUPPORTED);
    with[0].copy = NULL, with[0].ref = "zoo/base", with[0].cand = "tests/golden/bytes";
    CHECK(verify(&found, &with[0], NULL) == POT_OK && found == POT_DIFFERENT); /* by bytes */
}

static bool stop_at(void *ctx, const pot_progress *p)
{
    return strncmp(p->what, ctx, strlen(ctx)) != 0;
}

static void test_stop(void)
{
    static char hashing[] = "hashing", scoring[] = "scoring";
    char *const at[] = {hashing, scoring};
    for (int i = 0; i < 2; i++) {
        pot_decision found;
        const pot_verify_options o = {
            .ref = t_path("plain"), .cand = t_path("plain"), .progress = stop_at, .ctx = at[i]};
        CHECK(verify(&found, &o, "stopped") == POT_E_STOPPED);
    }
}

static bool touch(void *ctx, const pot_progress *p)
{
    static const struct timespec when[2] = {{1, 0}, {1, 0}};
    if (strcmp(p->what, "scoring") == 0) CHECK(utimensat(AT_FDCWD, ctx, when, 0) == 0);
    return true;
}

/* Weights that were touched while they were read may not be the ones that were hashed. */
static void test_changed_file(void)
{
    static char path[PATH_MAX];
    pot_decision found;
    snprintf(path, sizeof path, "%s/model.safetensors", t_path("seed"));
    const pot_verify_options o = {
        .ref = t_path("plain"), .cand = t_path("seed"), .progress = touch, .ctx = path};
    CHECK(verify(&found, &o, "changed while it was being read") == POT_E_IO);
}

/* One's own text: one family, another commitment, the same verdict. */
static void test_corpus(void)
{
    pot_verify_options o = {.ref = t_path("plain"),
                            .cand = t_path("seed"),
                            .mode = POT_QUICK,
                            .key = run_key,
                            .run_id = run_id};
    pot_error err = {0};
    pot_verify *v;
    must(pot_verify_open(&v, &o, &err), &err);
    uint8_t tag[POT_TAG_SIZE];
    memcpy(tag, pot_verify_commitment(v)->tag, sizeof tag);
    pot_verify_close(&v);
    o.corpus = "tests/kat/challenge_corpus.txt";
    must(pot_verify_open(&v, &o, &err), &err);
    CHECK(memcmp(tag, pot_verify_commitment(v)->tag, sizeof tag) != 0);
    must(pot_verify_run(v, &err), &err);
    const pot_verdict *r = pot_verify_verdict(v);
    CHECK(r->decision == POT_DIFFERENT && r->n_families == 1);
    CHECK(r->family[0].family == POT_CORPUS && r->family[0].n == r->s.n);
    check_views(r);
    pot_verify_close(&v);
}

/* The commitment is fixed by key, run id, rule and models: each change shows, repeats do not. */
static void test_commitment(void)
{
    static const uint8_t other[POT_KEY_SIZE] = {1};
    const pot_verify_options base = {.ref = t_path("plain"),
                                     .cand = t_path("seed"),
                                     .key = run_key,
                                     .run_id = run_id,
                                     .mode = POT_QUICK};
    pot_verify_options o[6] = {base, base, base, base, base, base};
    o[1].key = other, o[2].run_id = other, o[3].mode = POT_AUDIT;
    o[4].cand = t_path("plain"), o[5].compute.threads = 1; /* threads change nothing */
    uint8_t tag[6][POT_TAG_SIZE];
    for (int i = 0; i < 6; i++) {
        pot_error err = {0};
        pot_verify *v;
        must(pot_verify_open(&v, &o[i], &err), &err);
        memcpy(tag[i], pot_verify_commitment(v)->tag, POT_TAG_SIZE);
        CHECK(pot_verify_verdict(v)->decision == POT_UNDECIDED);
        pot_verify_close(&v);
        if (i) CHECK((memcmp(tag[0], tag[i], POT_TAG_SIZE) == 0) == (i == 5));
    }
}

int main(void)
{
    pot_error err = {0};
    pot_tokenizer *t;
    t_seed();
    t_dir_open();
    must(pot_tokenizer_open(&t, LLAMA3, &err), &err);
    vocab = pot_tokenizer_size(t);
    pot_tokenizer_close(&t);
    plain = (tiny){
        .vocab = vocab, .context = 128, .seed = 7, .scale = 0.8, .head = 0.8, .tokenizer = LLAMA3};
    tiny_model("plain", plain);
    test_decisions();
    test_refusals();
    test_other_split();
    test_nothing_common();
    test_digest();
    test_calibration();
    test_stop();
    test_changed_file();
    test_corpus();
    test_commitment();
    return 0;
}
