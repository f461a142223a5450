/* Making a reference file and verifying against one while allocations (ours and jansson's) and
 * calls to the file system fail in turn: never a verdict, no leak, nothing left behind. */
#define _GNU_SOURCE
#include "base/mem.h"
#include "run.h"
#include "tdir.h"

#include <errno.h>
#include <jansson.h>

#include <pot/reference.h>

static uint64_t json_countdown; /* 0: off */
static bool exact;

static void *json_alloc(size_t n)
{
    return json_countdown && --json_countdown == 0 ? NULL : malloc(n);
}

static pot_status make(pot_error *err)
{
    const pot_fingerprint_options o = {.model = "zoo/base",
                                       .mode = POT_QUICK,
                                       .key = run_key,
                                       .run_id = run_id,
                                       .challenges = 10,
                                       .exact = exact,
                                       .compute.threads = 1};
    return pot_fingerprint(t_path("f.potref"), false, &o, err);
}

static pot_status verify(pot_error *err)
{
    pot_decision found;
    const pot_verify_options o = {
        .ref = t_path("f.potref"), .cand = "zoo/other-arch", .compute.threads = 1};
    const pot_status s = run_into(&found, &o, t_path("run"), err);
    if (s == POT_OK) CHECK(found == POT_DIFFERENT);
    return s;
}

/* Fail the n-th, n growing, until it succeeds; `left` names are there then, and one less before. */
static unsigned fail_each(pot_status (*work)(pot_error *err), void (*arm)(uint64_t n),
                          pot_status want, size_t left)
{
    unsigned failed = 0;
    for (uint64_t n = 1;; n += 1 + n / 12, failed++) {
        pot_error err = {0};
        arm(n);
        const pot_status s = work(&err);
        arm(0);
        CHECK(pot_mem_used() == 0);
        CHECK(t_count(t_dir) == left - (s != POT_OK));
        if (s == POT_OK) return failed;
        if (s != want) fprintf(stderr, "%d for %d: %s %s\n", s, want, err.file, err.msg);
        CHECK(s == want && err.status == want && err.msg[0]);
    }
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

static void fail_all(pot_status (*work)(pot_error *err), const char *made, size_t left)
{
    fprintf(stderr, "%u without memory\n", fail_each(work, arm_mem, POT_E_NOMEM, left));
    t_clear(made);
    json_set_alloc_funcs(json_alloc, free);
    fprintf(stderr, "%u without memory for JSON\n", fail_each(work, arm_json, POT_E_NOMEM, left));
    json_set_alloc_funcs(malloc, free);
    t_clear(made);
    fprintf(stderr, "%u without the disk\n", fail_each(work, arm_file, POT_E_IO, left));
}

int main(void)
{
    t_dir_open();
    for (int i = 0; i < (t_slow() ? 1 : 2); i++) {
        exact = i;
        t_clear(t_path("f.potref"));
        t_clear(t_path("run"));
        fail_all(make, t_path("f.potref"), 1);
        fail_all(verify, t_path("run"), 2);
    }
    return 0;
}
