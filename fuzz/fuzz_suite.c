/* Target: pot_suite_read.  What is accepted names its models, and keeps its caps. */
#include "fuzz.h"

#include "eval/suite.h"

#include <stdlib.h>
#include <string.h>

static void check(int ok)
{
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    pot_suite s;
    pot_arena arena;
    pot_error err = {0};
    if (n > POT_SUITE_BYTES) return 0;
    pot_arena_init(&arena, (size_t)1 << 24);
    const pot_status st = pot_suite_read(&s, &arena, (pot_bytes){data, n}, "dir/input", &err);
    check(err.status == st && (st == POT_OK || err.msg[0]));
    if (st == POT_OK) {
        check(s.models && s.pairs && s.runs && strlen(s.name) <= 100 && strlen(s.seed) <= 100);
        for (size_t i = 0; i < s.pairs; i++)
            check(s.pair[i].ref < s.models && s.pair[i].cand < s.models &&
                  s.pair[i].truth < POT_TRUTHS && s.pair[i].category[0]);
    }
    pot_arena_close(&arena);
    return 0;
}
