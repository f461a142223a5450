/* The plan for memory keeps to its budget, whatever the sizes; more memory never means less of
 * anything; and below the minimum it says what the minimum is. */
#include "t.h"
#include "verify/budget.h"

#include <string.h>

#define MB ((uint64_t)1 << 20)

static uint64_t max(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static pot_sizes random_sizes(void)
{
    pot_sizes s = {.used = t_u64() % (40 * MB),
                   .sides = 1 + (unsigned)(t_u64() % 2),
                   .rows = 1 + t_u64() % 3000,
                   .batches = 1 + t_u64() % 80,
                   .threads = 1 + (unsigned)(t_u64() % 64)};
    for (unsigned i = 0; i < s.sides; i++)
        s.side[i] = (pot_side_sizes){.files = t_u64() % (200000 * MB),
                                     .least_ring = t_u64() % (100 * MB),
                                     .work = t_u64() % (10 * MB),
                                     .per_row = t_u64() % 2000000,
                                     .hidden_row = t_u64() % 65536,
                                     .logits_row = t_u64() % 1200000};
    return s;
}

/* What the run will take at its two peaks. */
static uint64_t peak(const pot_sizes *s, const pot_budget *b)
{
    uint64_t always = s->used + POT_OWN_MEMORY + b->ring, work = 0;
    for (unsigned i = 0; i < s->sides; i++) {
        always += b->pin[i] + s->side[i].hidden_row * s->rows * b->batches;
        work = max(work, s->side[i].work + s->side[i].per_row * s->rows * b->batches);
    }
    return always + max(work, b->logits);
}

static void check(pot_sizes s)
{
    pot_budget b = {0}, more;
    pot_error err = {0};
    const uint64_t least = pot_budget_least(&s);
    s.most = least - 1;
    CHECK(pot_budget_plan(&b, &s, &err) == POT_E_ARG || b.resident);
    if (!b.resident) {
        char say[40];
        snprintf(say, sizeof say, "at least %llu MB", (unsigned long long)((least + MB - 1) / MB));
        CHECK(strstr(err.msg, say));
    }
    for (uint64_t extra = 0; extra < 300000 * MB; extra += 1 + extra / 2 + t_u64() % MB) {
        s.most = least + extra;
        CHECK(pot_budget_plan(&b, &s, NULL) == POT_OK);
        if (b.resident) {
            uint64_t files = 0;
            for (unsigned i = 0; i < s.sides; i++)
                files += s.side[i].files;
            CHECK(files < s.most);
            continue;
        }
        CHECK(peak(&s, &b) <= s.most);
        CHECK(b.batches >= 1 && b.batches <= s.batches && b.ring >= 2 * MB && b.unit <= b.ring / 4);
        for (unsigned i = 0; i < s.sides; i++)
            CHECK(b.ring >= s.side[i].least_ring && b.pin[i] <= s.side[i].files);
        s.most += s.most;
        CHECK(pot_budget_plan(&more, &s, NULL) == POT_OK);
        CHECK(more.resident || (more.batches >= b.batches && more.ring >= b.ring));
    }
}

int main(void)
{
    t_seed();
    for (int i = 0; i < 500; i++)
        check(random_sizes());
    return 0;
}
