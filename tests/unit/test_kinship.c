/* What is done to weights, and the figures that show it: on matrices that the test makes, and on
 * the shipped models with every kernel and number of threads. */
#include "base/mem.h"
#include "run.h"
#include "t.h"
#include "verify/kinship.h"

#include <math.h>
#include <string.h>

enum { ROWS = 200, COLUMNS = 160, ALL = ROWS * COLUMNS };

static pot_kernels kernels;
static float ref[ALL], cand[ALL];

static double gauss(void)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += t_unit();
    return sum;
}

static float bf16(float x)
{
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    u += 0x7fff + (u >> 16 & 1);
    u &= 0xffff0000u;
    memcpy(&x, &u, sizeof u);
    return x;
}

static void fill(float *x)
{
    for (size_t i = 0; i < ALL; i++)
        x[i] = bf16((float)(0.1 * gauss()));
}

static pot_linear matrix(const float *x)
{
    return (pot_linear){.w = x,
                        .type = POT_F32,
                        .out = ROWS,
                        .in = COLUMNS,
                        .group = ROWS,
                        .stride = ROWS,
                        .ld = COLUMNS};
}

/* The figures of ref and cand, of the same bits with every kernel. */
static pot_kin compared(void)
{
    const pot_linear a = matrix(ref), b = matrix(cand);
    const uint8_t seed[32] = "a seed of the test";
    pot_kin kin, other;
    pot_kernels plain;
    CHECK(pot_kernels_init(&plain, "ref"));
    CHECK(pot_kin_compare(&kin, &kernels, &a, &b, seed, NULL) == POT_OK);
    CHECK(pot_kin_compare(&other, &plain, &a, &b, seed, NULL) == POT_OK);
    CHECK(memcmp(&kin, &other, sizeof kin) == 0);
    return kin;
}

static bool near(double x, double want, double by)
{
    return fabs(x - want) <= by;
}

static void test_equal(void)
{
    fill(ref);
    memcpy(cand, ref, sizeof cand);
    const pot_kin k = compared();
    CHECK(k.correlation > 1 - 1e-12 && k.difference == 0 && k.equal == 1 && k.kept == 1);
    CHECK(k.excess == 0 && k.zeros == 0 && k.even == 0 && k.rank == 0);
}

static void test_other_seed(void)
{
    fill(ref);
    fill(cand);
    const pot_kin k = compared();
    CHECK(fabs(k.correlation) < 5 / sqrt(POT_KIN_ROWS * POT_KIN_COLUMNS));
    CHECK(near(k.difference, sqrt(2), 0.1) && k.equal < 0.01);
    CHECK(near(k.rank, 1, 0.15)); /* as much as noise has */
    CHECK(near(k.even, 0.5, 0.05));
}

/* A third of the size of the weights; all of it of rank 2. */
static void test_low_rank(void)
{
    static double tall[ROWS][2], flat[2][COLUMNS];
    fill(ref);
    for (size_t i = 0; i < ROWS; i++)
        tall[i][0] = gauss(), tall[i][1] = gauss();
    for (size_t i = 0; i < COLUMNS; i++)
        flat[0][i] = gauss(), flat[1][i] = gauss();
    for (size_t i = 0; i < ALL; i++)
        cand[i] = ref[i] + (float)(0.02 * (tall[i / COLUMNS][0] * flat[0][i % COLUMNS] +
                                           tall[i / COLUMNS][1] * flat[1][i % COLUMNS]));
    const pot_kin k = compared();
    CHECK(k.correlation > 0.9 && k.difference > 0.2 && k.difference < 0.4);
    CHECK(k.rank < 2.0 * (POT_KIN_ROWS + POT_KIN_COLUMNS) / (POT_KIN_ROWS * POT_KIN_COLUMNS));
    CHECK(k.excess > 1000); /* F32 explains nothing of it */
}

static void test_pruned(void)
{
    fill(ref);
    for (size_t i = 0; i < ALL; i++)
        cand[i] = fabsf(ref[i]) < 0.05f ? 0 : ref[i];
    const pot_kin k = compared();
    CHECK(near(k.zeros, 0.38, 0.03) && k.kept == 1 && near(k.equal, 0.62, 0.03));
    CHECK(k.even == 0); /* zeros are not counted among the changed values */
}

/* Fifteen levels for each run of 32, as Q4_0 has. */
static void test_quantized(void)
{
    fill(ref);
    for (size_t at = 0; at < ALL; at += 32) {
        float most = 0;
        for (size_t i = at; i < at + 32; i++)
            most = fmaxf(most, fabsf(ref[i]));
        for (size_t i = at; i < at + 32; i++)
            cand[i] = roundf(ref[i] / most * 7) * most / 7;
    }
    const pot_kin k = compared();
    CHECK(k.correlation > 0.98 && k.difference > 0.05 && k.difference < 0.125);
    CHECK(k.distinct[0] > 0.9 && k.distinct[1] < 0.3);
}

/* Averages of two BF16 matrices, stored as BF16: half of the ties of the half go to even. */
static void test_averaged(void)
{
    fill(ref);
    for (size_t i = 0; i < ALL; i++)
        cand[i] = bf16((ref[i] + bf16(ref[i] + (float)(0.01 * gauss()))) / 2);
    const pot_kin k = compared();
    CHECK(k.even > 0.64 && k.even < 0.8);
    for (size_t i = 0; i < ALL; i++)
        cand[i] = bf16(ref[i] + (float)(0.01 * gauss()));
    CHECK(near(compared().even, 0.5, 0.05));
}

static void test_small(void)
{
    const float x[6] = {1, 2, 3, 4, 5, 6}, y[6] = {1, 2, 3, 4, 5, 7};
    pot_linear a = matrix(x), b = matrix(y);
    const uint8_t seed[32] = "s";
    pot_kin k;
    a.out = b.out = a.group = b.group = a.stride = b.stride = 2;
    a.in = b.in = a.ld = b.ld = 3;
    CHECK(pot_kin_compare(&k, &kernels, &a, &b, seed, NULL) == POT_OK); /* all six are seen */
    CHECK(near(k.equal, 5.0 / 6, 1e-12) && near(k.difference, sqrt(1.0 / 91), 1e-12));
}

/* ---- models --------------------------------------------------------------------------------- */

static pot_kinship kinship(const char *ref_path, const char *cand_path, const char *kernel,
                           unsigned threads)
{
    pot_error err = {0};
    const char *path[2] = {ref_path, cand_path};
    pot_model *m[2];
    pot_engine *e[2];
    pot_pool *pool;
    pot_kernels k;
    pot_kinship out;
    CHECK(pot_kernels_init(&k, kernel));
    must(pot_pool_open(&pool, threads, &err), &err);
    for (int i = 0; i < 2; i++) {
        must(pot_model_open(&m[i], path[i], &err), &err);
        must(pot_engine_open(&e[i], m[i], pool, &k, &err), &err);
    }
    const pot_engine *const engine[2] = {e[0], e[1]};
    const pot_model *const rest[2] = {m[0], m[1]};
    must(pot_kinship_measure(&out, engine, threads % 2 ? rest : NULL,
                             (pot_bytes){run_key, sizeof run_key}, &err),
         &err);
    for (int i = 0; i < 2; i++) {
        pot_engine_close(&e[i]);
        pot_model_close(&m[i]);
    }
    pot_pool_close(&pool);
    CHECK(pot_mem_used() == 0);
    return out;
}

static void test_models(void)
{
    pot_kinship k = kinship("zoo/base", "zoo/base-f32", NULL, 2);
    CHECK(k.same_shapes && !k.same_types && k.matrices == 36 && k.equal == 1 && k.untouched == 1);
    k = kinship("zoo/base", "zoo/finetune-heavy", NULL, 2);
    CHECK(k.same_shapes && k.same_types && k.kin == 1 && k.median.correlation > 0.9);
    CHECK(k.equal < 0.1 && k.excess > 10);
    k = kinship("zoo/base", "zoo/other-seed", NULL, 2);
    CHECK(k.same_shapes && k.kin == 0 && fabs(k.median.correlation) < 0.05);
    k = kinship("zoo/base", "zoo/distilled", NULL, 2);
    CHECK(!k.same_shapes && k.kin == 0 && k.matrices == 29);
    k = kinship("zoo/base", "zoo/other-arch", NULL, 2);
    CHECK(!k.same_shapes && k.kin == 0 && k.matrices < 29);
}

static void test_same_bits(void)
{
    const pot_kinship want = kinship("zoo/base", "zoo/finetune-light", "ref", 1);
    for (unsigned threads = 1; threads < 5; threads++) {
        const pot_kinship got = kinship("zoo/base", "zoo/finetune-light", NULL, threads);
        CHECK(memcmp(&got, &want, sizeof got) == 0);
    }
}

int main(void)
{
    t_seed();
    CHECK(pot_kernels_init(&kernels, NULL));
    test_equal();
    test_other_seed();
    test_low_rank();
    test_pruned();
    test_quantized();
    test_averaged();
    test_small();
    test_models();
    test_same_bits();
    return 0;
}
