/* Target: pot_checkpoint_read.  What is accepted is written again as the same bytes. */
#include "fuzz.h"

#include "evidence/checkpoint.h"

#include <stdlib.h>
#include <string.h>

static void check(int ok)
{
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    pot_checkpoint c;
    pot_arena arena;
    pot_error err = {0};
    pot_arena_init(&arena, (size_t)1 << 20);
    const pot_status s = pot_checkpoint_read(&c, &arena, (pot_bytes){data, n}, "input", &err);
    check(err.status == s && (s == POT_OK || err.msg[0]));
    if (s == POT_OK) {
        pot_buf b = POT_BUF((size_t)1 << 20);
        check(pot_checkpoint_write(&b, &c, NULL) == POT_OK);
        pot_checkpoint again;
        check(pot_checkpoint_read(&again, &arena, (pot_bytes){(uint8_t *)b.p, b.n}, "again",
                                  NULL) == POT_OK);
        check(again.lines == c.lines && memcmp(again.key, c.key, sizeof c.key) == 0);
        pot_buf_free(&b);
    }
    pot_arena_close(&arena);
    return 0;
}
