/* References from files: the same bytes of file however they are computed; an exact one gives the
 * transcript that the model gives, byte for byte, and classes never more TV; every path through
 * memory, and a run that is interrupted, give the same; what cannot be compared is refused. */
#define _GNU_SOURCE
#include "base/json.h"
#include "base/mem.h"
#include "run.h"
#include "tdir.h"
#include "tiny.h"

#include <pot/reference.h>

static pot_error err;

static pot_fingerprint_options made_with(unsigned challenges)
{
    return (pot_fingerprint_options){.model = "zoo/base",
                                     .mode = POT_QUICK,
                                     .key = run_key,
                                     .run_id = run_id,
                                     .challenges = challenges,
                                     .compute.threads = 2};
}

static const char *fingerprint(const char *name, pot_fingerprint_options o)
{
    must(pot_fingerprint(t_path(name), true, &o, &err), &err);
    return t_path(name);
}

static void check_same_file(const char *a, const char *b)
{
    size_t n, m;
    char *p = t_read(a, &n), *q = t_read(b, &m);
    CHECK(p && q && n == m && memcmp(p, q, n) == 0);
    free(p), free(q);
}

/* Kernels, threads, and memory. */
static void test_same_bytes(void)
{
    struct stat st;
    for (int exact = 0; exact < 2; exact++) {
        pot_fingerprint_options o = made_with(20);
        o.exact = exact;
        o.top_k = exact ? 0 : 20;
        const char *first = fingerprint("first.potref", o);
        CHECK(stat(first, &st) == 0 && (st.st_mode & 07777) == 0600);
        static const pot_compute other[] = {{.threads = 1, .kernel = "ref"},
                                            {.threads = 3},
                                            {.threads = 2, .kernel = "avx2"},
                                            {.threads = 2, .max_memory = (uint64_t)44 << 20}};
        for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
            o.compute = other[i];
            check_same_file(first, fingerprint("again.potref", o));
        }
    }
}

static pot_decision verify(const char *ref, const char *cand, const char *dir, pot_compute how)
{
    pot_decision found;
    const pot_verify_options o = {.ref = ref, .cand = cand, .mode = POT_QUICK, .compute = how};
    err = (pot_error){0};
    must(run_into(&found, &o, dir, &err), &err);
    return found;
}

static void check_same_transcript(const char *a, const char *b)
{
    pot_buf x = run_file(a, "transcript.ndjson"), y = run_file(b, "transcript.ndjson");
    CHECK(x.n == y.n && memcmp(x.p, y.p, x.n) == 0);
    pot_buf_free(&x);
    pot_buf_free(&y);
}

/* The transcript of an exact reference is that of the model. */
static void test_exact(void)
{
    static const char *const cand[] = {"zoo/finetune-light", "zoo/other-arch", "zoo/base-f32"};
    pot_fingerprint_options o = made_with(0);
    o.exact = true;
    const char *ref = fingerprint("exact.potref", o);
    for (size_t i = 0; i < (t_slow() ? 1 : 3); i++) {
        const pot_decision live = verify("zoo/base", cand[i], t_path("live"), (pot_compute){0});
        CHECK(verify(ref, cand[i], t_path("run"), (pot_compute){0}) == live);
        check_same_transcript(t_path("live"), t_path("run"));
    }
    CHECK(verify(ref, cand[0], t_path("streamed"), (pot_compute){.max_memory = 45 << 20}) ==
          POT_DIFFERENT);
    CHECK(verify(ref, cand[0], t_path("run"), (pot_compute){0}) == POT_DIFFERENT);
    check_same_transcript(t_path("streamed"), t_path("run"));
}

/* In the other profile, too. */
static void test_exact_bf16(void)
{
    pot_fingerprint_options o = made_with(10);
    o.exact = true;
    o.compute.profile = "pot-bf16-1";
    const char *ref = fingerprint("bf16.potref", o);
    verify(ref, "zoo/finetune-light", t_path("run"), (pot_compute){0});
    verify("zoo/base", "zoo/finetune-light", t_path("live"),
           (pot_compute){.profile = "pot-bf16-1"});
    check_same_transcript(t_path("live"), t_path("run"));
}

/* The mean TV and KL of each challenge. */
static size_t read_means(const char *dir, double *tv, double *kl, size_t most)
{
    pot_buf b = run_file(dir, "transcript.ndjson");
    size_t n = 0;
    for (char *at = b.p, *end; n < most && (end = strchr(at, '\n')); at = end + 1, n++) {
        pot_json doc, mean;
        must(pot_json_parse(&doc, (pot_bytes){(uint8_t *)at, (size_t)(end - at)}, "line", &err),
             &err);
        must(pot_json_object(&doc, "mean", &mean, &err), &err);
        must(pot_json_f64(&mean, "tv", &tv[n], &err), &err);
        must(pot_json_f64(&mean, "kl", &kl[n], &err), &err);
        pot_json_close(&doc);
    }
    pot_buf_free(&b);
    return n;
}

/* Classes: no more TV and KL than there is, and with all tokens in the top just that. */
static void test_classes(void)
{
    enum { MOST = 200 };
    double tv[2][MOST], kl[2][MOST];
    verify("zoo/base", "zoo/finetune-light", t_path("live"), (pot_compute){0});
    const size_t n = read_means(t_path("live"), tv[0], kl[0], MOST);
    for (unsigned top_k = 1; top_k <= 2048; top_k += 2047) {
        pot_fingerprint_options o = made_with(10);
        o.top_k = top_k;
        o.tails = 4;
        const char *ref = fingerprint("classes.potref", o);
        CHECK(verify(ref, "zoo/finetune-light", t_path("run"), (pot_compute){0}) != POT_SAME);
        const size_t m = read_means(t_path("run"), tv[1], kl[1], MOST);
        for (size_t i = 0; i < n && i < m; i++) {
            CHECK(tv[1][i] <= tv[0][i] + 1e-6 && kl[1][i] <= kl[0][i] + 1e-6);
            if (top_k == 2048) CHECK(tv[1][i] > tv[0][i] - 1e-5 && kl[1][i] > kl[0][i] - 1e-5);
        }
        verify(ref, "zoo/finetune-light", t_path("streamed"),
               (pot_compute){.max_memory = 45 << 20, .threads = 1});
        check_same_transcript(t_path("streamed"), t_path("run"));
        verify(ref, "zoo/finetune-light", t_path("streamed"), (pot_compute){.kernel = "ref"});
        check_same_transcript(t_path("streamed"), t_path("run"));
    }
}

/* ---- interrupted ---------------------------------------------------------------------------- */

static bool stop_later(void *ctx, const pot_progress *p)
{
    (void)ctx;
    return strcmp(p->what, "scoring") != 0 || p->done < 20;
}

static void test_resume(void)
{
    for (int exact = 0; exact < 2; exact++) {
        pot_fingerprint_options o = made_with(0);
        o.exact = exact;
        const char *ref = fingerprint("resume.potref", o), *dir = t_path("stopped");
        pot_verify *v = NULL;
        pot_evidence *e = NULL;
        pot_verify_options with = {.ref = ref, .cand = "zoo/base-f32", .progress = stop_later};
        err = (pot_error){0};
        must(pot_verify_open(&v, &with, &err), &err);
        must(pot_evidence_open(&e, v, dir, true, &err), &err);
        CHECK(pot_verify_run(v, &err) == POT_E_STOPPED);
        err = (pot_error){0};
        must(pot_evidence_suspend(&e, &err), &err);
        pot_verify_close(&v);
        with.progress = NULL;
        must(pot_evidence_resume(&e, &v, dir, &with, true, &err), &err);
        must(pot_verify_run(v, &err), &err);
        CHECK(pot_verify_verdict(v)->decision == POT_SAME);
        CHECK(pot_verify_verdict(v)->identical == exact);
        must(pot_evidence_finish(&e, &err), &err);
        pot_verify_close(&v);
        CHECK(verify(ref, "zoo/base-f32", t_path("run"), (pot_compute){0}) == POT_SAME);
        check_same_transcript(dir, t_path("run"));
    }
}

/* ---- refused -------------------------------------------------------------------------------- */

static void refused(pot_verify_options o, const char *say)
{
    pot_verify *v = NULL;
    err = (pot_error){0};
    pot_status s = pot_verify_open(&v, &o, &err);
    if (s == POT_OK) s = pot_verify_run(v, &err);
    pot_verify_close(&v);
    if (s == POT_OK || !strstr(err.msg, say)) fprintf(stderr, "%s: %d %s\n", say, s, err.msg);
    CHECK(s != POT_OK && strstr(err.msg, say));
}

static void test_refused(void)
{
    const uint8_t key[POT_KEY_SIZE] = "another";
    const char *ref = fingerprint("r.potref", made_with(10));
    refused((pot_verify_options){.ref = "zoo/base", .cand = ref}, "a candidate must be a model");
    refused((pot_verify_options){.ref = ref, .cand = ref}, "a candidate must be a model");
    refused((pot_verify_options){.ref = ref, .cand = "zoo/base", .key = key}, "its own key");
    refused((pot_verify_options){.ref = ref, .cand = "zoo/base", .run_id = key}, "its own key");
    refused((pot_verify_options){.ref = ref, .cand = "zoo/base", .corpus = "README.md"},
            "no challenges drawn from a corpus");
    refused((pot_verify_options){.ref = ref, .cand = "zoo/base", .compute.profile = "pot-bf16-1"},
            "was computed in pot-f32-1");
    const char *few = tiny_model(
        "few",
        (tiny){
            .vocab = 2047, .context = 200, .seed = 1, .scale = 0.1, .head = 1, .tokenizer = NULL});
    refused((pot_verify_options){.ref = ref, .cand = few}, "make the reference with --exact");
    t_text(t_path("empty.potref"), "");
    refused((pot_verify_options){.ref = t_path("empty.potref"), .cand = "zoo/base"},
            "is no reference file");
}

/* A corpus must be the same again. */
static void test_corpus(void)
{
    char text[40000];
    size_t n = 0;
    for (unsigned i = 0; n < sizeof text - 100; i++)
        n += (size_t)snprintf(text + n, 100, "word%u of a text with %u turns ", i * 7919 % 1009, i);
    t_text(t_path("corpus.txt"), text);
    pot_fingerprint_options o = made_with(10);
    o.corpus = t_path("corpus.txt");
    const char *ref = fingerprint("corpus.potref", o);
    refused((pot_verify_options){.ref = ref, .cand = "zoo/base"}, "give it with --corpus");
    text[0] = 'W';
    t_text(t_path("other.txt"), text);
    refused((pot_verify_options){.ref = ref, .cand = "zoo/base", .corpus = t_path("other.txt")},
            "is not the corpus");
    pot_verify_options with = {.ref = ref, .cand = "zoo/other-seed", .corpus = o.corpus};
    pot_decision found;
    err = (pot_error){0};
    must(run_into(&found, &with, t_path("run"), &err), &err);
    CHECK(found == POT_DIFFERENT);
}

/* A candidate with more tokens, and one without a tokenizer. */
static void test_surplus(void)
{
    const char *ref = fingerprint("s.potref", made_with(10));
    const char *more = tiny_model(
        "more",
        (tiny){
            .vocab = 2500, .context = 200, .seed = 2, .scale = 0.1, .head = 1, .tokenizer = NULL});
    CHECK(verify(ref, more, t_path("run"), (pot_compute){0}) == POT_DIFFERENT);
}

int main(void)
{
    t_dir_open();
    test_same_bytes();
    test_exact();
    test_exact_bf16();
    test_classes();
    test_resume();
    test_refused();
    test_corpus();
    test_surplus();
    CHECK(pot_mem_used() == 0);
    return 0;
}
