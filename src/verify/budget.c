#include "verify/budget.h"

#include "base/fail.h"

#define MB           ((uint64_t)1 << 20)
#define UNIT         (2 * MB) /* for each thread, */
#define LEAST_UNIT   (8 * MB) /* at least this and */
#define MOST_UNIT    (64 * MB)
#define UNITS        8        /* of them in the ring */
#define LEAST_RING   (2 * MB) /* POT_HASH_RING */
#define MOST_BATCHES 16
#define LOGITS       (64 * MB) /* of resident models */

static uint64_t min(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t max(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Hidden states of both models, and records of positions. */
static uint64_t kept(const pot_sizes *s, size_t batches)
{
    uint64_t row = 64;
    for (unsigned i = 0; i < s->sides; i++)
        row += s->side[i].hidden_row;
    return row * s->rows * batches;
}

/* Work space of one model, or of both. */
static uint64_t work(const pot_sizes *s, size_t batches, bool both)
{
    uint64_t most = 0, sum = 0;
    for (unsigned i = 0; i < s->sides; i++) {
        const uint64_t one = s->side[i].work + s->side[i].per_row * s->rows * batches;
        most = max(most, one);
        sum += one;
    }
    return both ? sum : most;
}

static uint64_t logits_row(const pot_sizes *s)
{
    uint64_t row = 0;
    for (unsigned i = 0; i < s->sides; i++)
        row += s->side[i].logits_row;
    return row;
}

static uint64_t least_ring(const pot_sizes *s)
{
    uint64_t ring = LEAST_RING;
    for (unsigned i = 0; i < s->sides; i++)
        ring = max(ring, s->side[i].least_ring);
    return ring;
}

static uint64_t streamed(const pot_sizes *s, size_t batches, uint64_t ring)
{
    return s->used + POT_OWN_MEMORY + ring + kept(s, batches) +
           max(work(s, batches, false), logits_row(s));
}

uint64_t pot_budget_least(const pot_sizes *s)
{
    return streamed(s, 1, least_ring(s));
}

static bool fits(const pot_sizes *s)
{
    uint64_t all = s->used + POT_OWN_MEMORY + kept(s, 1) + work(s, 1, true) + LOGITS;
    for (unsigned i = 0; i < s->sides; i++)
        all += s->side[i].files;
    return all <= s->most;
}

pot_status pot_budget_plan(pot_budget *out, const pot_sizes *s, pot_error *err)
{
    pot_budget b = {.resident = fits(s), .batches = 1, .logits = LOGITS};
    if (b.resident) {
        *out = b;
        return POT_OK;
    }
    const uint64_t least = pot_budget_least(s);
    if (s->most < least)
        return pot_fail(err, POT_E_ARG,
                        "%llu MB of memory: these models need at least %llu MB; give more with "
                        "--max-memory, or close other programs",
                        (unsigned long long)(s->most / MB),
                        (unsigned long long)((least + MB - 1) / MB));
    const uint64_t unit = min(max(UNIT * s->threads, LEAST_UNIT), MOST_UNIT);
    b.ring = (size_t)max(least_ring(s), min(unit * UNITS, (s->most - least) / 4));
    b.unit = (size_t)min(unit, b.ring / 4);
    uint64_t spare = s->most - streamed(s, 1, b.ring);
    while (b.batches < s->batches && b.batches < MOST_BATCHES &&
           streamed(s, b.batches + 1, b.ring) - streamed(s, 1, b.ring) <= spare / 2)
        b.batches++;
    spare = s->most - streamed(s, b.batches, b.ring);
    const uint64_t area = max(work(s, b.batches, false), logits_row(s)),
                   once = logits_row(s) * s->rows * b.batches,
                   more = once > area ? min(once - area, spare) : 0;
    b.logits = (size_t)(area + more);
    for (unsigned i = 0; i < s->sides; i++)
        b.pin[i] = (size_t)min((spare - more) / s->sides, s->side[i].files);
    *out = b;
    return POT_OK;
}
