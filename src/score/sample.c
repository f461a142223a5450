#include "score/sample.h"

#include "base/math64.h"

static uint32_t most_probable(const float *l, uint32_t n)
{
    uint32_t at = 0;
    for (uint32_t i = 1; i < n; i++)
        if (l[i] > l[at]) at = i;
    return at;
}

/* Does a come before b: the higher logit, of equal ones the lower id? */
static int before(const pot_candidate *a, const pot_candidate *b)
{
    return a->logit > b->logit || (!(a->logit < b->logit) && a->id < b->id);
}

/* Let c[i] sink to its place in the heap c[0..n), whose first is before all others. */
static void sink(pot_candidate *c, uint32_t n, uint32_t i)
{
    for (uint32_t next; (next = 2 * i + 1) < n; i = next) {
        if (next + 1 < n && before(&c[next + 1], &c[next])) next++;
        if (!before(&c[next], &c[i])) return;
        const pot_candidate swap = c[i];
        c[i] = c[next], c[next] = swap;
    }
}

/* Move the first candidates, in order, to the end of c[0..n): at most `most`, and no more than are
 * needed for their weights to sum up to `share`.  Returns how many: the k-th is c[n - 1 - k]. */
static uint32_t take(pot_candidate *c, uint32_t n, uint32_t most, double share)
{
    uint32_t taken = 0;
    double sum = 0;
    for (uint32_t i = n / 2; i-- > 0;)
        sink(c, n, i);
    while (taken < most && (!taken || sum < share)) {
        const uint32_t last = n - 1 - taken++;
        const pot_candidate first = c[0];
        c[0] = c[last], c[last] = first;
        sink(c, last, 0);
        sum += first.weight;
    }
    return taken;
}

/* The first whose weight, added to those before it, exceeds u times the sum of all. */
static uint32_t draw(const pot_candidate *c, uint32_t n, double u, int backwards)
{
    double sum = 0, part = 0;
    uint32_t at = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += c[backwards ? n - 1 - i : i].weight;
    for (uint32_t i = 0; i < n; i++) {
        const pot_candidate *x = &c[backwards ? n - 1 - i : i];
        if (x->weight > 0) at = x->id;
        part += x->weight;
        if (part > u * sum) break;
    }
    return at;
}

uint32_t pot_sample(const float *l, uint32_t n, const pot_sampling *how, double u, pot_candidate *c)
{
    const uint32_t top = most_probable(l, n);
    if (how->temperature <= 0) return top;
    const uint32_t most = how->top_k && how->top_k < n ? how->top_k : n;
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        const double x = ((double)l[i] - (double)l[top]) / how->temperature;
        c[i] = (pot_candidate){.logit = l[i], .id = i, .weight = pot_exp(x)};
        sum += c[i].weight;
    }
    if (most == n && how->top_p >= 1) return draw(c, n, u, 0);
    if (most == n) {
        const uint32_t k = take(c, n, n, how->top_p * sum);
        return draw(c + (n - k), k, u, 1);
    }
    take(c, n, most, sum * 2); /* all of them: their own sum counts */
    double kept = 0, part = 0;
    uint32_t k = 0;
    for (uint32_t i = 0; i < most; i++)
        kept += c[n - 1 - i].weight;
    while (k < most && (!k || part < how->top_p * kept))
        part += c[n - 1 - k++].weight;
    return draw(c + (n - k), k, u, 1);
}
