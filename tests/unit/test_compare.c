/* Divergences against their definitions in long double, also where vocabularies differ. */
#include "score/compare.h"
#include "t.h"

#include <math.h>
#include <string.h>

#define MOST 300

static pot_pool *pool;
static pot_kernels k;

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

static void check_pair(const float *a, size_t na, const float *b, size_t nb)
{
    long double p[MOST], q[MOST], tv = 0, kl = 0, pc = 0, qc = 0;
    const size_t common = na < nb ? na : nb;
    const uint32_t actual = (uint32_t)(t_u64() % common);
    softmax(p, a, na), softmax(q, b, nb);
    for (size_t i = 0; i < MOST; i++)
        tv += fabsl(p[i] - q[i]) / 2;
    for (size_t i = 0; i < common; i++)
        pc += p[i], qc += q[i];
    for (size_t i = 0; i < common; i++)
        kl += p[i] / pc * logl(p[i] / pc / (q[i] / qc));

    pot_position got;
    pot_compare(pool, &k, &got, (pot_rows){a, na, (uint32_t)na}, (pot_rows){b, nb, (uint32_t)nb},
                &actual, 1);
    CHECK(!got.bad_ref && !got.bad_cand);
    CHECK(fabsl(got.tv - tv) < 1e-6L + 1e-6L * tv);
    CHECK(fabsl(got.kl - kl) < 2e-6L + 1e-5L * kl);
    CHECK(fabsl(got.lp_ref - logl(p[actual])) < 1e-6L * (1 - logl(p[actual])));
    CHECK(fabsl(got.lp_cand - logl(q[actual])) < 1e-6L * (1 - logl(q[actual])));
}

static void test_definitions(void)
{
    static float a[MOST], b[MOST];
    for (int trial = 0; trial < 2000; trial++) {
        const size_t na = 1 + t_u64() % MOST, nb = trial % 3 ? na : 1 + t_u64() % MOST;
        const float near = trial % 2 ? 0.05f : 4.0f;
        for (size_t i = 0; i < MOST; i++) {
            a[i] = (float)(t_unit() * 20 - 10);
            b[i] = a[i] + (float)(t_unit() - 0.5) * near;
        }
        check_pair(a, na, b, nb);
    }
}

/* The same logits, also shifted by a constant that rounds to nothing: exactly nothing apart. */
static void test_equal_is_zero(void)
{
    static float a[MOST];
    for (size_t i = 0; i < MOST; i++)
        a[i] = (float)((double)(t_u64() % 4096) / 256 - 8);
    static float b[MOST];
    for (size_t i = 0; i < MOST; i++)
        b[i] = a[i] + 4.0f;
    const uint32_t actual = 7;
    pot_position got[2];
    const pot_rows ra = {a, MOST, MOST}, rb = {b, MOST, MOST};
    pot_compare(pool, &k, &got[0], ra, ra, &actual, 1);
    pot_compare(pool, &k, &got[1], ra, rb, &actual, 1);
    for (int i = 0; i < 2; i++) {
        CHECK(got[i].tv == 0 && got[i].kl == 0 && got[i].same_top);
        CHECK(memcmp(&got[i].lp_ref, &got[i].lp_cand, sizeof(float)) == 0);
    }
}

static void test_bad_logits(void)
{
    static float a[4 * MOST], b[4 * MOST];
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    const uint32_t actual[4] = {0};
    for (size_t i = 0; i < 3; i++) {
        memset(a, 0, sizeof a), memset(b, 0, sizeof b);
        a[1 * MOST + 299] = bad[i];
        b[2 * MOST + 3] = bad[i];
        pot_position got[4];
        const pot_rows ra = {a, MOST, MOST}, rb = {b, MOST, MOST};
        pot_compare(pool, &k, got, ra, rb, actual, 4);
        CHECK(!got[0].bad_ref && got[1].bad_ref && got[2].bad_cand && !got[3].bad_cand);
        float lp[4];
        size_t row;
        CHECK(!pot_logprobs(pool, &k, lp, ra, actual, 4, &row) && row == 1);
        CHECK(pot_logprobs(pool, &k, lp, ra, actual, 1, &row));
        CHECK(fabs((double)lp[0] + log(MOST)) < 1e-6);
    }
}

int main(void)
{
    t_seed();
    CHECK(pot_pool_open(&pool, 2, NULL) == POT_OK);
    for (int level = 0; level < 2; level++) {
        CHECK(pot_kernels_init(&k, level ? NULL : "ref"));
        test_definitions();
        test_equal_is_zero();
        test_bad_logits();
    }
    pot_pool_close(&pool);
    return 0;
}
