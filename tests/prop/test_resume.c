/* A run that is stopped anywhere, any number of times, and resumed leaves the bytes of one that was
 * not, resident or streamed; and nothing is resumed from what was changed. */
#define _GNU_SOURCE
#include "base/mem.h"
#include "run.h"
#include "tdir.h"

#include <errno.h>

static const char *dir, *partial, *cand = "zoo/base-f32";
static bool calibrate;

struct stop {
    uint64_t calls, at; /* stop at this call; 0: never */
};

static bool watch(void *ctx, const pot_progress *p)
{
    struct stop *s = ctx;
    (void)p;
    return ++s->calls != s->at;
}

static pot_verify_options options(struct stop *s, uint64_t memory, unsigned threads)
{
    return (pot_verify_options){.ref = "zoo/base",
                                .cand = cand,
                                .mode = POT_QUICK,
                                .calibrate = calibrate,
                                .key = run_key,
                                .run_id = run_id,
                                .compute = {.threads = threads, .max_memory = memory},
                                .progress = watch,
                                .ctx = s};
}

/* From an opened run to its end, or to what can be resumed. */
static pot_status go(pot_verify *v, pot_evidence *e, pot_error *err)
{
    pot_error kept = {0};
    pot_status s = pot_verify_run(v, err);
    if (s == POT_OK) s = pot_evidence_finish(&e, err);
    else if (pot_evidence_suspend(&e, &kept) != POT_OK) CHECK(!pot_dir_exists(partial));
    pot_verify_close(&v);
    return s;
}

static pot_status start(const pot_verify_options *o, pot_error *err)
{
    pot_verify *v;
    pot_evidence *e;
    must(pot_verify_open(&v, o, err), err);
    must(pot_evidence_open(&e, v, dir, true, err), err);
    return go(v, e, err);
}

static pot_status resume(const pot_verify_options *o, pot_error *err)
{
    pot_verify *v = NULL;
    pot_evidence *e = NULL;
    const pot_status s = pot_evidence_resume(&e, &v, dir, o, true, err);
    CHECK((s == POT_OK) == (e && v));
    return s == POT_OK ? go(v, e, err) : s;
}

#define FILES 4
static pot_buf want[FILES];
static const char *const same[FILES] = {"transcript.ndjson", "commitment.json", "reveal.json",
                                        "calibration.ndjson"};

/* Without the lines that hold times. */
static pot_buf verdict(void)
{
    pot_buf all = run_file(dir, "verdict.json"), out = POT_BUF(all.n + 1);
    for (char *line = all.p, *end; (end = strchr(line, '\n')); line = end + 1)
        if (!memmem(line, (size_t)(end - line), "seconds\"", 8) &&
            !memmem(line, (size_t)(end - line), "threads", 7))
            pot_buf_add(&out, line, (size_t)(end - line) + 1);
    pot_buf_free(&all);
    return out;
}

static pot_buf want_verdict;

static void check_same_bytes(void)
{
    for (int i = 0; i < (calibrate ? FILES : FILES - 1); i++) {
        pot_buf got = run_file(dir, same[i]);
        CHECK(got.n == want[i].n && memcmp(got.p, want[i].p, got.n) == 0);
        pot_buf_free(&got);
    }
    pot_buf got = verdict();
    CHECK(got.n == want_verdict.n && memcmp(got.p, want_verdict.p, got.n) == 0);
    pot_buf_free(&got);
    CHECK(t_count(dir) == (calibrate ? 8 : 7) && t_count(t_dir) == 1);
}

static void check_mode(void)
{
    struct stat st;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/checkpoint.json", partial);
    CHECK(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600);
}

/* Stopped at the n-th call; and then again and again, until it ends by itself. */
static void check_stops(uint64_t memory)
{
    for (uint64_t n = 2;; n += 3 + n / 2) {
        struct stop s = {.at = n};
        pot_error err = {0};
        pot_verify_options o = options(&s, memory, 1 + (unsigned)(n % 3));
        pot_status st = start(&o, &err);
        const bool whole = st == POT_OK;
        for (unsigned times = 0; st != POT_OK; times++) {
            CHECK(st == POT_E_STOPPED && !pot_dir_exists(dir));
            check_mode();
            s = (struct stop){.at = times < 3 ? n + 13 : 0};
            o.compute.max_memory = times % 2 ? (uint64_t)60 << 20 : memory;
            err = (pot_error){0};
            st = resume(&o, &err);
            if (st != POT_E_STOPPED) must(st, &err);
        }
        check_same_bytes();
        t_clear(dir);
        if (whole) break;
    }
}

/* The disk fails, or memory, anywhere: what can be resumed ends in the same bytes. */
static void check_faults(uint64_t memory)
{
    unsigned kept = 0;
    for (uint64_t n = 40; n < 4000; n += n / 2 + 1) {
        struct stop s = {0};
        pot_error err = {0};
        const pot_verify_options o = options(&s, memory, 2);
        pot_verify *v;
        pot_evidence *e;
        must(pot_verify_open(&v, &o, &err), &err);
        must(pot_evidence_open(&e, v, dir, true, &err), &err);
        if (n & 1) pot_file_fail_at(n, EIO);
        else pot_mem_fail_at(n);
        pot_status st = pot_verify_run(v, &err);
        pot_file_fail_at(0, 0);
        pot_mem_fail_at(0);
        if (st == POT_OK) must(pot_evidence_finish(&e, &err), &err);
        else if (pot_evidence_suspend(&e, NULL) == POT_OK) {
            CHECK(st == (n & 1 ? POT_E_IO : POT_E_NOMEM));
            kept++;
        }
        pot_verify_close(&v);
        err = (pot_error){0};
        if (st != POT_OK && !pot_dir_exists(partial)) continue; /* in the middle of a line */
        if (st != POT_OK) must(resume(&o, &err), &err);
        check_same_bytes();
        t_clear(dir);
    }
    CHECK(kept > 0);
}

/* ---- what was changed ----------------------------------------------------------------------- */

static void put(const char *name, const void *p, size_t n)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", partial, name);
    t_write(path, p, n);
}

static void refused(const char *say)
{
    struct stop s = {0};
    pot_error err = {0};
    const pot_verify_options o = options(&s, 0, 1);
    const size_t files = t_count(partial);
    const pot_status st = resume(&o, &err);
    if (!(st == POT_E_FORMAT || st == POT_E_UNSUPPORTED) || !strstr(err.msg, say))
        fprintf(stderr, "want \"%s\", got %d \"%s\"\n", say, st, err.msg);
    CHECK((st == POT_E_FORMAT || st == POT_E_UNSUPPORTED) && strstr(err.msg, say));
    CHECK(t_count(partial) == files && !pot_dir_exists(dir));
}

/* Each byte of a sample changed in turn. */
static void check_flips(const char *name, const char *say)
{
    pot_buf b = run_file(partial, name);
    for (size_t i = 0; i < b.n; i += 1 + b.n / 20) {
        b.p[i] ^= 1;
        put(name, b.p, b.n);
        b.p[i] ^= 1;
        refused(say);
    }
    put(name, b.p, b.n / 2);
    refused("");
    put(name, b.p, b.n);
    pot_buf_free(&b);
}

static void check_tampered(void)
{
    struct stop s = {.at = 22};
    pot_error err = {0};
    pot_verify_options o = options(&s, (uint64_t)60 << 20, 1);
    CHECK(start(&o, &err) == POT_E_STOPPED);
    CHECK(t_count(partial) >= 6); /* with hidden states */
    check_flips("checkpoint.json", "");
    check_flips("transcript.ndjson", "changed since it was written");
    pot_buf mine = run_file(partial, "checkpoint.json"), doc = run_file(partial, "commitment.json"),
            hidden = run_file(partial, "hidden.ref");
    hidden.p[hidden.n / 2] ^= 1;
    put("hidden.ref", hidden.p, hidden.n);
    refused("changed since it was written");
    hidden.p[hidden.n / 2] ^= 1;
    put("hidden.ref", hidden.p, hidden.n);
    char *mode = memmem(doc.p, doc.n, "0.025", 5);
    CHECK(mode);
    mode[4] = '6';
    put("commitment.json", doc.p, doc.n);
    refused("not those of the run");
    mode[4] = '5';
    put("commitment.json", doc.p, doc.n);

    /* the checkpoint of another run, with another key */
    struct stop other = {.at = 22};
    const uint8_t key[POT_KEY_SIZE] = "another key";
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s.mine", partial);
    CHECK(rename(partial, path) == 0);
    o = options(&other, (uint64_t)60 << 20, 1);
    o.key = key;
    err = (pot_error){0};
    CHECK(start(&o, &err) == POT_E_STOPPED);
    put("checkpoint.json", mine.p, mine.n);
    refused("");
    t_clear(partial);
    CHECK(rename(path, partial) == 0);

    s = (struct stop){0};
    o = options(&s, 0, 2);
    err = (pot_error){0};
    must(resume(&o, &err), &err); /* and as it was, it goes on */
    check_same_bytes();
    pot_buf_free(&mine);
    pot_buf_free(&doc);
    pot_buf_free(&hidden);
    t_clear(dir);
}

/* What a run leaves that is not interrupted. */
static void run_through(void)
{
    struct stop never = {0};
    pot_error err = {0};
    const pot_verify_options o = options(&never, 0, 2);
    must(start(&o, &err), &err);
    for (int i = 0; i < (calibrate ? FILES : FILES - 1); i++)
        want[i] = run_file(dir, same[i]);
    want_verdict = verdict();
    t_clear(dir);
}

static void forget(void)
{
    for (int i = 0; i < FILES; i++)
        pot_buf_free(&want[i]);
    pot_buf_free(&want_verdict);
}

int main(void)
{
    t_dir_open();
    dir = t_path("run");
    partial = t_path("run.partial");
    run_through();
    check_stops(0);
    check_stops((uint64_t)60 << 20);
    check_faults(0);
    check_faults((uint64_t)60 << 20);
    check_tampered();
    forget();
    cand = "tests/golden/bytes"; /* with another tokenizer: compared byte by byte */
    calibrate = true;
    run_through();
    check_stops(0);
    check_stops((uint64_t)60 << 20);
    forget();
    CHECK(pot_mem_used() == 0);
    return 0;
}
