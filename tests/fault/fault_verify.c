/* A whole run with evidence while allocations (ours and jansson's) and calls to the file system
 * fail in turn: never a verdict, no leak, no directory left behind, the old one as it was. */
#define _GNU_SOURCE
#include "base/mem.h"
#include "run.h"
#include "tdir.h"

#include <errno.h>
#include <jansson.h>

static const char *dir, *cand;
static bool calibrate;
static uint64_t json_countdown; /* 0: off */

static void *json_alloc(size_t n)
{
    return json_countdown && --json_countdown == 0 ? NULL : malloc(n);
}

static pot_status run(pot_decision *found, pot_error *err)
{
    const pot_verify_options o = {.ref = "zoo/base",
                                  .cand = cand,
                                  .mode = calibrate ? POT_QUICK : POT_AUDIT,
                                  .calibrate = calibrate,
                                  .compute.threads = 1};
    *err = (pot_error){0};
    return run_into(found, &o, dir, err);
}

/* Fail the n-th, n growing, until a run succeeds; returns how many runs failed. */
static unsigned fail_each(void (*arm)(uint64_t n), pot_status want)
{
    unsigned failed = 0;
    for (uint64_t n = 1;; n += 1 + n / 6) {
        pot_decision found;
        pot_error err;
        arm(n);
        const pot_status s = run(&found, &err);
        arm(0);
        CHECK(pot_mem_used() == 0);
        if (s == POT_OK) {
            CHECK(found == POT_DIFFERENT && t_count(t_dir) == 1);
            break;
        }
        CHECK(s == want && err.status == want && err.msg[0]);
        CHECK(t_count(t_dir) == 0);
        failed++;
    }
    t_clear(dir);
    return failed;
}

static void arm_mem(uint64_t n)
{
    pot_mem_fail_at(n);
}

static void arm_json(uint64_t n)
{
    json_countdown = n;
}

static void arm_file(uint64_t n)
{
    pot_file_fail_at(n, ENOSPC);
}

/* A run that fails leaves the run before it as it was. */
static void test_old_run_stays(void)
{
    pot_decision found;
    pot_error err;
    must(run(&found, &err), &err);
    pot_buf before = run_file(dir, "verdict.json");
    for (uint64_t n = 1; n < 60; n += 2) {
        pot_file_fail_at(n, EIO);
        const pot_status s = run(&found, &err);
        pot_file_fail_at(0, 0);
        if (s == POT_OK) break;
        pot_buf after = run_file(dir, "verdict.json");
        CHECK(before.n == after.n && memcmp(before.p, after.p, before.n) == 0);
        CHECK(t_count(t_dir) == 1);
        pot_buf_free(&after);
    }
    pot_buf_free(&before);
    t_clear(dir);
}

static void test_each(const char *of)
{
    cand = of;
    fprintf(stderr, "%u runs without memory\n", fail_each(arm_mem, POT_E_NOMEM));
    json_set_alloc_funcs(json_alloc, free);
    fprintf(stderr, "%u runs without memory for JSON\n", fail_each(arm_json, POT_E_NOMEM));
    json_set_alloc_funcs(malloc, free);
    fprintf(stderr, "%u runs without the disk\n", fail_each(arm_file, POT_E_IO));
}

int main(void)
{
    t_dir_open();
    dir = t_path("run");
    calibrate = true;
    test_each("tests/golden/bytes"); /* byte by byte */
    calibrate = false;
    test_each("zoo/other-arch");
    test_old_run_stays();
    return 0;
}
