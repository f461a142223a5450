#include "score/classes.h"

#include "base/math64.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

#define LEAST 0x1p-126 /* KL takes a smaller probability of the candidate for this one */

/* What a row of logits says before it is spoilt. */
typedef struct {
    float lp;
    uint32_t top;
} row_facts;

/* As compare.c has it. */
static bool look(row_facts *out, const pot_kernels *k, const float *l, size_t n, uint32_t actual)
{
    pot_logsum s;
    pot_logsum_start(&s);
    if (!k->logsum(&s, l, n, 0)) return false;
    const double log_z = pot_log(pot_logsum_total(&s));
    *out = (row_facts){(float)(((double)l[actual] - (double)s.max) - log_z), s.argmax};
    return true;
}

/* p[top_k + tails] = the probabilities of the classes; returns that of the surplus.  `l`, n logits,
 * becomes their exponentials, the top's being zeros then. */
static double classify(float *p, const pot_kernels *k, const pot_classes *c, const uint32_t *id,
                       float *l, size_t n)
{
    double sum[POT_MOST_TAILS] = {0}, top = 0, surplus = 0, all;
    k->softmax(l, 0, n, NULL);
    for (uint32_t i = 0; i < c->top_k; i++) {
        p[i] = l[id[i]];
        top += (double)p[i];
        l[id[i]] = 0;
    }
    for (uint32_t v = 0; v < c->vocab; v++)
        sum[c->tail[v]] += (double)l[v];
    for (size_t v = c->vocab; v < n; v++)
        surplus += (double)l[v];
    all = top + surplus;
    for (uint32_t i = 0; i < c->tails; i++)
        all += sum[i];
    for (uint32_t i = 0; i < c->top_k; i++)
        p[i] = (float)((double)p[i] / all); /* a softmax of f32 sums is one but for its rounding */
    for (uint32_t i = 0; i < c->tails; i++)
        p[c->top_k + i] = (float)(sum[i] / all);
    return surplus / all;
}

/* ---- the reference -------------------------------------------------------------------------- */

/* Is token a less worthy of the top than b? */
static bool below(const float *l, uint32_t a, uint32_t b)
{
    return l[a] < l[b] || (l[a] == l[b] && a > b);
}

/* Let heap[i] sink in a heap of n whose root is the least worthy. */
static void sink(uint32_t *heap, size_t n, size_t i, const float *l)
{
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && below(l, heap[child + 1], heap[child])) child++;
        if (!below(l, heap[child], heap[i])) return;
        const uint32_t keep = heap[i];
        heap[i] = heap[child];
        heap[child] = keep;
    }
}

static int by_id(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The k most worthy of n tokens, by their ids. */
static void choose(uint32_t *id, uint32_t k, const float *l, uint32_t n)
{
    for (uint32_t v = 0; v < k; v++)
        id[v] = v;
    for (size_t i = k; i-- > 0;)
        sink(id, k, i, l);
    for (uint32_t v = k; v < n; v++)
        if (l[v] > l[id[0]]) { /* an equal one has a higher id */
            id[0] = v;
            sink(id, k, 0, l);
        }
    qsort(id, k, sizeof *id, by_id);
}

struct classes_job {
    const pot_kernels *k;
    const pot_classes *c;
    pot_class_law *law; /* made */
    const pot_class_law *ref;
    pot_position *out;
    float *logits;
    size_t ld;
    uint32_t vocab;
    const uint32_t *actual;
    _Atomic size_t bad; /* lowest row with a logit that is not finite */
};

static void make_part(void *ctx, unsigned i, unsigned thread)
{
    struct classes_job *j = ctx;
    float *l = j->logits + i * j->ld;
    pot_class_law *law = &j->law[i];
    row_facts f;
    (void)thread;
    if (!look(&f, j->k, l, j->c->vocab, j->actual[i])) {
        for (size_t old = atomic_load(&j->bad); i < old;)
            if (atomic_compare_exchange_weak(&j->bad, &old, i)) break;
        return;
    }
    law->lp = f.lp;
    law->top = f.top;
    choose(law->id, j->c->top_k, l, j->c->vocab);
    (void)classify(law->p, j->k, j->c, law->id, l, j->c->vocab);
}

bool pot_classes_make(pot_pool *pool, const pot_kernels *k, const pot_classes *c,
                      pot_class_law *out, float *logits, size_t ld, const uint32_t *actual,
                      size_t n, size_t *bad)
{
    struct classes_job j = {
        .k = k, .c = c, .law = out, .logits = logits, .ld = ld, .actual = actual, .bad = n};
    pot_pool_run(pool, make_part, &j, (unsigned)n);
    *bad = j.bad;
    return j.bad == n;
}

double pot_classes_tail(const pot_classes *c, const pot_class_law *law)
{
    double sum = 0;
    for (uint32_t i = 0; i < c->tails; i++)
        sum += (double)law->p[c->top_k + i];
    return sum;
}

/* ---- the candidate -------------------------------------------------------------------------- */

static pot_position compare_law(const pot_kernels *k, const pot_classes *c,
                                const pot_class_law *ref, float *l, uint32_t vocab, uint32_t actual)
{
    float q[POT_MOST_TOP_K + POT_MOST_TAILS];
    double l1 = 0, kl = 0, mass = 0;
    row_facts f;
    if (!look(&f, k, l, vocab, actual)) return (pot_position){.bad_cand = true};
    const double surplus = classify(q, k, c, ref->id, l, vocab);
    for (uint32_t i = 0; i < c->top_k + c->tails; i++) {
        const double p = (double)ref->p[i], other = (double)q[i];
        l1 += fabs(p - other);
        mass += p;
        if (p > 0 && p != other) kl += p * (pot_log(p) - pot_log(other > LEAST ? other : LEAST));
    }
    const double tv = 0.5 * (l1 + surplus);
    if (surplus > 0) kl += mass * pot_log(1 - surplus > LEAST ? 1 - surplus : LEAST);
    return (pot_position){
        .tv = (float)(tv > 1 ? 1 : tv),
        .kl = (float)(kl > 0 ? kl : 0), /* probabilities are rounded to f32: may be -1e-7 */
        .lp_ref = ref->lp,
        .lp_cand = f.lp,
        .top_ref = ref->top,
        .top_cand = f.top,
        .same_top = f.top == ref->top,
    };
}

static void compare_part(void *ctx, unsigned i, unsigned thread)
{
    const struct classes_job *j = ctx;
    (void)thread;
    j->out[i] = compare_law(j->k, j->c, &j->ref[i], j->logits + i * j->ld, j->vocab, j->actual[i]);
}

void pot_classes_compare(pot_pool *pool, const pot_kernels *k, const pot_classes *c,
                         pot_position *out, const pot_class_law *ref, float *logits, size_t ld,
                         uint32_t vocab, const uint32_t *actual, size_t n)
{
    struct classes_job j = {.k = k,
                            .c = c,
                            .out = out,
                            .ref = ref,
                            .logits = logits,
                            .ld = ld,
                            .vocab = vocab,
                            .actual = actual,
                            .bad = n};
    pot_pool_run(pool, compare_part, &j, (unsigned)n);
}
