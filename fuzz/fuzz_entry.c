/* Target: pot_entry_read and pot_baselines_read, with a right digest behind the input and with the
 * input's own. */
#include "fuzz.h"

#include "crypto/sha256.h"
#include "eval/entry.h"

#include <stdlib.h>

static void check(int ok)
{
    if (!ok) abort();
}

static void try(pot_bytes text)
{
    pot_eval_run_result r;
    pot_error err = {0};
    const pot_status s = pot_entry_read(&r, text, NULL, "input", &err);
    check(err.status == s && (s == POT_OK || err.msg[0]));
    if (s == POT_OK)
        check(r.done && r.label < POT_LABELS && r.n <= POT_MOST_CHALLENGES && r.tv >= 0 &&
              r.seconds >= 0);
    pot_baseline_result all[POT_BASELINES];
    err = (pot_error){0};
    const pot_status t = pot_baselines_read(all, text, NULL, "input", &err);
    check(err.status == t && (t == POT_OK || err.msg[0]));
    for (int i = 0; t == POT_OK && i < POT_BASELINES; i++)
        check(!all[i].done || (all[i].seconds >= 0 && !all[i].why[0]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint8_t sum[POT_SHA256_SIZE];
    pot_buf b = POT_BUF(POT_ENTRY_BYTES);
    try((pot_bytes){data, n});
    pot_buf_add(&b, data, n);
    pot_buf_str(&b, "\n");
    if (b.status == POT_OK &&
        pot_sha256(sum, (pot_bytes){(const uint8_t *)b.p, b.n}, NULL) == POT_OK) {
        pot_buf_hex(&b, sum, sizeof sum);
        pot_buf_str(&b, "\n");
        try((pot_bytes){(const uint8_t *)b.p, b.n});
    }
    pot_buf_free(&b);
    return 0;
}
