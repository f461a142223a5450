/* A run of the shipped models leaves the same transcript and commitment, byte for byte, when it
 * is repeated with other thread counts and instruction sets; verdicts are as the zoo promises. */
#define _GNU_SOURCE
#include "base/mem.h"
#include "run.h"
#include "tdir.h"

static const char *dir;

static pot_decision run(const char *cand, const char *kernel, unsigned threads, pot_mode mode)
{
    pot_error err = {0};
    pot_decision found;
    const pot_verify_options o = {.ref = "zoo/base",
                                  .cand = cand,
                                  .mode = mode,
                                  .compute = {.threads = threads, .kernel = kernel}};
    must(run_into(&found, &o, dir, &err), &err);
    return found;
}

static void check_same_bytes(const char *cand, pot_decision want, pot_mode mode)
{
    static const struct {
        const char *kernel;
        unsigned threads;
    } other[] = {{"ref", 2}, {NULL, 2}, {NULL, 3}, {"avx2", 1}, {"avx2", 2}};
    const size_t others = t_slow() ? 2 : sizeof other / sizeof *other;
    CHECK(run(cand, NULL, 1, mode) == want);
    pot_buf transcript = run_file(dir, "transcript.ndjson"), doc = run_file(dir, "commitment.json");
    CHECK(transcript.n > 1000 && doc.n > 100);
    for (size_t i = 0; i < others; i++) {
        CHECK(run(cand, other[i].kernel, other[i].threads, mode) == want);
        pot_buf t = run_file(dir, "transcript.ndjson"), d = run_file(dir, "commitment.json");
        CHECK(t.n == transcript.n && memcmp(t.p, transcript.p, t.n) == 0);
        CHECK(d.n == doc.n && memcmp(d.p, doc.p, d.n) == 0);
        pot_buf_free(&t);
        pot_buf_free(&d);
    }
    pot_buf_free(&transcript);
    pot_buf_free(&doc);
}

/* Audit mode, every member. */
static void check_zoo(void)
{
    static const char *const other[] = {"zoo/finetune-light", "zoo/finetune-heavy", "zoo/distilled",
                                        "zoo/other-seed", "zoo/other-arch"};
    pot_challenges_found f;
    pot_error err = {0};
    if (!t_slow()) CHECK(run("zoo/base-f32", NULL, 0, POT_AUDIT) == POT_SAME);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        CHECK(run(other[i], NULL, 0, POT_AUDIT) == POT_DIFFERENT);
        must(pot_challenges_check(&f, dir, NULL, &err), &err);
        CHECK(f.opens && f.texts_match && f.n >= 5);
    }
}

int main(void)
{
    t_dir_open();
    dir = t_path("run");
    if (t_slow()) printf("skipped: runs of equal models, which are long (verify.test has one)\n");
    else check_same_bytes("zoo/base-f32", POT_SAME, POT_QUICK);
    check_same_bytes("zoo/finetune-heavy", POT_DIFFERENT, POT_AUDIT);
    check_same_bytes("tests/golden/bytes", POT_DIFFERENT, POT_AUDIT); /* byte by byte */
    check_zoo();
    CHECK(t_count(t_dir) == 1 && t_count(dir) == 7); /* nothing else was left */
    CHECK(pot_mem_used() == 0);
    return 0;
}
