/* Laws over classes against their definitions in long double: TV and KL are those of the summed
 * probabilities, never more than of the laws themselves, and nothing apart is exactly 0; the same
 * bits from every kernel. */
#include "score/classes.h"
#include "t.h"

#include <math.h>
#include <string.h>

#define MOST 500

static pot_pool *pool;
static pot_kernels k;

struct laws {
    uint32_t id[MOST];
    float p[MOST + POT_MOST_TAILS];
    pot_class_law law;
};

static void law_of(struct laws *out, const pot_classes *c, const float *l, uint32_t actual)
{
    static float copy[MOST];
    size_t bad;
    memcpy(copy, l, c->vocab * sizeof *l);
    out->law = (pot_class_law){.id = out->id, .p = out->p};
    CHECK(pot_classes_make(pool, &k, c, &out->law, copy, c->vocab, &actual, 1, &bad));
}

static pot_position compare(const pot_classes *c, const struct laws *ref, const float *l,
                            uint32_t vocab, uint32_t actual)
{
    static float copy[MOST];
    pot_position p;
    memcpy(copy, l, vocab * sizeof *l);
    pot_classes_compare(pool, &k, c, &p, &ref->law, copy, vocab, vocab, &actual, 1);
    return p;
}

static void softmax(long double *p, const float *l, size_t n)
{
    long double max = -INFINITY, z = 0;
    for (size_t i = 0; i < n; i++)
        if (l[i] > max) max = l[i];
    for (size_t i = 0; i < n; i++)
        z += p[i] = expl((long double)l[i] - max);
    for (size_t i = 0; i < n; i++)
        p[i] /= z;
    for (size_t i = n; i < MOST; i++)
        p[i] = 0;
}

/* The top is the top: no other token is more probable, nor equal with a lower id. */
static void check_top(const pot_classes *c, const struct laws *r, const float *l)
{
    bool in[MOST] = {false};
    for (uint32_t i = 0; i < c->top_k; i++) {
        CHECK(r->id[i] < c->vocab && (!i || r->id[i] > r->id[i - 1]));
        in[r->id[i]] = true;
    }
    for (uint32_t v = 0; v < c->vocab; v++) {
        CHECK(!(l[v] > l[r->law.top]) && !(l[v] == l[r->law.top] && v < r->law.top));
        for (uint32_t i = 0; !in[v] && i < c->top_k; i++)
            CHECK(l[v] < l[r->id[i]] || (l[v] == l[r->id[i]] && v > r->id[i]));
    }
    CHECK(in[r->law.top]);
}

static void check_pair(const pot_classes *c, const float *a, const float *b, uint32_t nb)
{
    long double p[MOST], q[MOST], pc[MOST + POT_MOST_TAILS] = {0}, qc[MOST + POT_MOST_TAILS] = {0},
                                            tv = 0, kl = 0, full = 0, common = 0, hidden = 0,
                                            rest = 0;
    struct laws r;
    const uint32_t actual = (uint32_t)(t_u64() % c->vocab);
    law_of(&r, c, a, actual);
    check_top(c, &r, a);
    softmax(p, a, c->vocab), softmax(q, b, nb);
    for (uint32_t v = 0; v < c->vocab; v++) {
        uint32_t class = c->top_k + c->tail[v];
        for (uint32_t i = 0; i < c->top_k; i++)
            if (r.id[i] == v) class = i;
        pc[class] += p[v], qc[class] += q[v], common += q[v];
    }
    for (uint32_t v = 0; v < MOST; v++)
        full += fabsl(p[v] - q[v]) / 2;
    tv = (1 - common) / 2;
    for (uint32_t i = 0; i < c->top_k + c->tails; i++) {
        tv += fabsl(pc[i] - qc[i]) / 2;
        if (pc[i] > 0) kl += pc[i] * logl(pc[i] / (qc[i] / common));
        if (i >= c->top_k) rest += pc[i], hidden += pc[i] < qc[i] ? pc[i] : qc[i];
    }
    const pot_position got = compare(c, &r, b, nb, actual);
    CHECK(!got.bad_ref && !got.bad_cand);
    CHECK(fabsl(got.tv - tv) < 1e-6L);
    CHECK(fabsl(got.kl - kl) < 3e-6L + 1e-5L * kl);
    CHECK(fabsl((long double)pot_classes_tail(c, &r.law) - rest) < 1e-6L);
    CHECK(got.tv <= full + 1e-6L &&
          full <= got.tv + hidden + 1e-6L); /* what docs/format promises */
    CHECK(fabsl(got.lp_ref - logl(p[actual])) < 1e-6L * (1 - logl(p[actual])));
    CHECK(fabsl(got.lp_cand - logl(q[actual])) < 1e-6L * (1 - logl(q[actual])));

    const pot_position same = compare(c, &r, a, c->vocab, actual);
    CHECK(same.tv == 0 && same.kl == 0 && same.same_top);
    CHECK(memcmp(&same.lp_ref, &same.lp_cand, sizeof(float)) == 0);
}

static void test_definitions(void)
{
    static float a[MOST], b[MOST];
    static uint8_t tail[MOST];
    for (int trial = 0; trial < 3000; trial++) {
        const uint32_t n = 1 + (uint32_t)(t_u64() % (MOST - 20)),
                       surplus = trial % 4 ? 0 : (uint32_t)(t_u64() % 20);
        const pot_classes c = {.vocab = n,
                               .top_k = 1 + (uint32_t)(t_u64() % (n < 64 ? n : 64)),
                               .tails = 1 + (uint32_t)(t_u64() % 20),
                               .tail = tail};
        const float near = trial % 2 ? 0.05f : 4.0f;
        for (size_t i = 0; i < MOST; i++) {
            a[i] = (float)((double)(t_u64() % 4096) / 256 - 8); /* with ties */
            b[i] = a[i] + (float)(t_unit() - 0.5) * near;
            tail[i] = (uint8_t)(t_u64() % c.tails);
        }
        check_pair(&c, a, b, n + surplus);
    }
}

/* Tokens that one model all but excludes: KL stays a number. */
static void test_extremes(void)
{
    static float a[MOST], b[MOST];
    static uint8_t tail[MOST];
    const pot_classes c = {.vocab = MOST, .top_k = 3, .tails = 2, .tail = tail};
    struct laws r;
    for (size_t i = 0; i < MOST; i++)
        tail[i] = i % 2, a[i] = 0, b[i] = i < 250 ? 1000.0f : -1000.0f;
    law_of(&r, &c, a, 499);
    CHECK(r.law.top == 0 && r.id[2] == 2);
    pot_position p = compare(&c, &r, b, MOST, 499);
    CHECK(isfinite(p.kl) && p.kl > 0 && p.tv > 0 && p.tv <= 1);
    law_of(&r, &c, b, 499);
    for (size_t i = 0; i < MOST; i++)
        b[i] = -b[i];
    p = compare(&c, &r, b, MOST, 499);
    CHECK(isfinite(p.kl) && p.kl > 0 && p.tv > 0 && p.tv <= 1 && isfinite(p.lp_cand));
    b[7] = NAN;
    CHECK(compare(&c, &r, b, MOST, 499).bad_cand);
    size_t bad;
    static float two[2 * MOST];
    struct laws x, y;
    pot_class_law law[2] = {{.id = x.id, .p = x.p}, {.id = y.id, .p = y.p}};
    const uint32_t actual[2] = {0};
    two[MOST + 3] = INFINITY;
    CHECK(!pot_classes_make(pool, &k, &c, law, two, MOST, actual, 2, &bad) && bad == 1);
}

/* Every level gives the bits of the reference in C. */
static void test_kernels(void)
{
    static float l[MOST], m[MOST];
    static uint8_t tail[MOST];
    const pot_classes c = {.vocab = 480, .top_k = 33, .tails = 16, .tail = tail};
    for (int trial = 0; trial < 50; trial++) {
        struct laws first = {0}, other;
        pot_position p = {0}, q;
        for (size_t i = 0; i < MOST; i++) {
            l[i] = (float)(t_unit() * 40 - 20), m[i] = l[i] + (float)t_unit();
            tail[i] = (uint8_t)(t_u64() % 16);
        }
        for (size_t i = 0; pot_kernels_level(i); i++) {
            CHECK(pot_kernels_init(&k, pot_kernels_level(i)));
            other = (struct laws){0};
            law_of(&other, &c, l, 5);
            q = compare(&c, &other, m, MOST, 5);
            if (!i) first = other, p = q;
            CHECK(memcmp(first.id, other.id, sizeof first.id) == 0);
            CHECK(memcmp(first.p, other.p, sizeof first.p) == 0);
            CHECK(memcmp(&p.tv, &q.tv, 4 * sizeof(float)) == 0 && p.same_top == q.same_top);
        }
    }
}

int main(void)
{
    t_seed();
    CHECK(pot_pool_open(&pool, 2, NULL) == POT_OK);
    for (int level = 0; level < 2; level++) {
        CHECK(pot_kernels_init(&k, level ? NULL : "ref"));
        test_definitions();
        test_extremes();
    }
    test_kernels();
    pot_pool_close(&pool);
    return 0;
}
