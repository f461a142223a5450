/* Bytes as a character map: refused with a reason, or every lookup stays inside and gives text.
 * Target functions: pot_charsmap_read, pot_charsmap_find. */
#include "fuzz.h"

#include "token/charsmap.h"

#include <stdlib.h>
#include <string.h>

static void check(int ok)
{
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char text[] =
        "ab\xc3\xa9\xcc\x81\xef\xac\x81 \xe4\xba\xba\xf0\x9f\x98\x80\x01\t\n";
    pot_arena a;
    pot_charsmap m;
    pot_error err = {0};
    pot_arena_init(&a, (size_t)64 << 20);
    const pot_status s = pot_charsmap_read(&m, &a, (pot_bytes){data, size}, &err);
    check(s == err.status && (s == POT_OK || err.msg[0]));
    for (uint32_t i = 0; s == POT_OK && i < sizeof text; i++) {
        for (int longest = 0; longest < 2; longest++) {
            const char *to = NULL;
            const uint32_t n = (uint32_t)(sizeof text - 1 - i);
            const uint32_t used = pot_charsmap_find(&m, text + i, n, longest, &to);
            check(used <= n && (used != 0) == (to != NULL));
            check(!to || to + strlen(to) < m.texts + m.n_texts);
        }
    }
    pot_arena_close(&a);
    check(pot_mem_used() == 0);
    return 0;
}
