/* A reference file of which a bit was changed, that was cut, or to which something was added, is
 * refused: every bit and every length of small ones, and each byte of one that was really made. */
#define _GNU_SOURCE
#include "base/mem.h"
#include "run.h"
#include "tdir.h"
#include "verify/reference.h"

static bool accepted(const uint8_t *p, size_t n)
{
    pot_error err = {0};
    pot_reference *r = NULL;
    const pot_status s = pot_reference_over(&r, (pot_bytes){p, n}, "file", &err);
    CHECK(err.status == s && (s == POT_OK) == (r != NULL) && (s == POT_OK || err.msg[0]));
    pot_reference_close(&r);
    return s == POT_OK;
}

static void check_file(const char *path, unsigned bits)
{
    size_t n;
    uint8_t *p = (uint8_t *)t_read(path, &n);
    CHECK(p && accepted(p, n));
    for (size_t i = 0; i < n; i++)
        for (unsigned b = 0; b < bits; b++) {
            const uint8_t flip = (uint8_t)(1 << (bits == 8 ? b : i % 8));
            p[i] ^= flip;
            if (accepted(p, n)) {
                fprintf(stderr, "%s: byte %zu, mask %u went unnoticed\n", path, i, flip);
                exit(1);
            }
            p[i] ^= flip;
        }
    for (size_t k = 0; k < n; k += bits == 8 ? 1 : 1 + n / 100)
        CHECK(!accepted(p, k));
    CHECK(!accepted(p, n + 1)); /* the NUL behind it */
    CHECK(accepted(p, n));
    free(p);
}

int main(void)
{
    pot_error err = {0};
    pot_fingerprint_options o = {.model = "zoo/base",
                                 .mode = POT_QUICK,
                                 .key = run_key,
                                 .run_id = run_id,
                                 .challenges = 10,
                                 .top_k = 1,
                                 .tails = 1};
    t_dir_open();
    check_file("tests/golden/potref/accept/classes.potref", 8);
    check_file("tests/golden/potref/accept/exact.potref", 8);
    must(pot_fingerprint(t_path("made.potref"), false, &o, &err), &err);
    if (t_slow()) printf("skipped: each byte of a file that was really made\n");
    else check_file(t_path("made.potref"), 1);
    CHECK(pot_mem_used() == 0);
    return 0;
}
