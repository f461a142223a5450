/* Matrices computed in cuts of rows, each copied elsewhere, give the bits of the whole: plain ones,
 * views of fused tensors, pairs, turns, columns, quantized blocks and blocks in two parts. */
#include "t.h"
#include "base/mem.h"
#include "kernel/linear.h"

#include <string.h>

enum { IN = 64, ROWS = 1024, M = 5 };

static uint8_t *tensor, *scales, *copy[POT_LINEAR_PARTS];
static float *x, *bias, *scratch;

static void product(const pot_linear *w, float *y, size_t ldy)
{
    pot_kernels k;
    pot_pool *pool;
    pot_kernels_init(&k, NULL);
    CHECK(pot_pool_open(&pool, 1, NULL) == POT_OK);
    pot_linear_run(pool, &k, w, y, ldy, x, IN, M, scratch);
    pot_pool_close(&pool);
}

/* Views of one tensor, cut together. */
static void check(const pot_linear *view, size_t views)
{
    static float whole[3][M * ROWS], cuts[3][M * ROWS];
    size_t rows = 0, grain = 1;
    memset(whole, 0, sizeof whole);
    memset(cuts, 0, sizeof cuts);
    for (size_t v = 0; v < views; v++) {
        product(&view[v], whole[v], ROWS);
        rows = pot_linear_rows(&view[v]) > rows ? pot_linear_rows(&view[v]) : rows;
        grain = pot_linear_grain(&view[v]) > grain ? pot_linear_grain(&view[v]) : grain;
    }
    for (size_t v = 0; v < views; v++)
        CHECK(grain % pot_linear_grain(&view[v]) == 0);
    for (size_t r0 = 0, r1; r0 < rows; r0 = r1) {
        r1 = r0 + (grain + 63) / grain * grain * (1 + t_u64() % 3);
        r1 = r1 > rows ? rows : r1;
        pot_bytes part[POT_LINEAR_PARTS];
        const size_t parts = pot_linear_parts(part, &view[0], r0, r1);
        for (size_t i = 0; i < parts; i++)
            memcpy(copy[i], part[i].p, part[i].n);
        for (size_t v = 0; v < views; v++) {
            pot_linear cut;
            uint32_t n;
            if (!pot_linear_cut(&cut, &n, &view[v], r0, r1)) continue;
            pot_linear_move(&cut, (const uint8_t *const *)copy);
            CHECK(n + cut.out <= view[v].out);
            product(&cut, cuts[v] + n, ROWS);
        }
        for (size_t i = 0; i < parts; i++)
            memset(copy[i], 0xff, part[i].n); /* NaN: nobody may look again */
    }
    CHECK(memcmp(whole, cuts, sizeof whole) == 0);
}

static pot_linear of(pot_dtype type, uint32_t out, uint32_t first, uint32_t group, uint32_t stride)
{
    return (pot_linear){.w = tensor,
                        .bias = bias,
                        .type = type,
                        .out = out,
                        .in = IN,
                        .first = first,
                        .group = group,
                        .stride = stride,
                        .ld = IN};
}

static void check_all(pot_dtype type)
{
    const pot_linear plain = of(type, 999, 0, 999, 999);
    check(&plain, 1);
    pot_linear concat[3] = {of(type, 480, 0, 480, 480), of(type, 96, 480, 96, 96),
                            of(type, 96, 576, 96, 96)};
    check(concat, 3);
    concat[0].pairs = concat[1].pairs = 48;
    check(concat, 3);
    const pot_linear grouped[3] = {of(type, 7 * 64, 0, 64, 128), of(type, 7 * 32, 64, 32, 128),
                                   of(type, 7 * 32, 96, 32, 128)};
    check(grouped, 3);
    const pot_linear turns[2] = {of(type, 333, 0, 1, 2), of(type, 333, 1, 1, 2)};
    check(turns, 2);
    const pot_linear second = of(type, 300, 300, 300, 300);
    check(&second, 1); /* without the first */
}

static void check_columns(void)
{
    pot_linear w[2] = {of(POT_F32, 100, 0, 100, 100), of(POT_F32, 30, 100, 10, 20)};
    w[0].columns = w[1].columns = true;
    w[0].ld = w[1].ld = 160;
    CHECK(pot_linear_rows(w) == IN && pot_linear_grain(w) == IN);
    check(w, 2);
}

/* [in][out] matrices behind each other, one per group, against the same as rows in F32. */
static void check_groups_of_columns(pot_dtype type, uint32_t group)
{
    enum { GROUPS = 3 };
    static float a[M * ROWS], b[M * ROWS];
    const uint32_t out = GROUPS * group;
    pot_linear w = of(type, out, 0, group, IN * group), plain = of(POT_F32, out, 0, out, out);
    w.columns = true;
    w.ld = group;
    CHECK(pot_linear_rows(&w) == (size_t)GROUPS * IN);
    check(&w, 1);
    pot_kernels k;
    pot_kernels_init(&k, NULL);
    float *wide = pot_mem_new((size_t)IN * out, 4), *rows = pot_mem_new((size_t)IN * out, 4);
    CHECK(wide && rows);
    k.widen(wide, tensor, type, (size_t)IN * out);
    for (size_t g = 0; g < GROUPS; g++)
        for (size_t i = 0; i < IN; i++)
            for (size_t c = 0; c < group; c++)
                rows[(g * group + c) * IN + i] = wide[(g * IN + i) * group + c];
    plain.w = rows;
    product(&w, a, ROWS);
    product(&plain, b, ROWS);
    for (size_t i = 0; i < M; i++)
        CHECK(memcmp(a + i * ROWS, b + i * ROWS, out * sizeof *a) == 0);
    pot_mem_free(wide), pot_mem_free(rows);
}

int main(void)
{
    t_seed();
    tensor = pot_mem_new(ROWS * IN, 4);
    scales = pot_mem_new(ROWS * IN, 1);
    bias = pot_mem_new(ROWS, 4);
    x = pot_mem_new(M * IN, 4);
    scratch = pot_mem_new(POT_LINEAR_SCRATCH, 4);
    for (size_t i = 0; i < POT_LINEAR_PARTS; i++)
        CHECK((copy[i] = pot_mem_new(ROWS * IN, 4)));
    for (size_t i = 0; i < M * IN; i++)
        x[i] = (float)(t_unit() - 0.5);
    for (size_t i = 0; i < ROWS; i++)
        bias[i] = (float)t_unit();
    for (size_t i = 0; i < ROWS * IN; i++) {
        const float f = (float)(t_unit() - 0.5);
        memcpy(tensor + 4 * i, &f, 4);
    }
    check_all(POT_F32);
    check_columns();
    check_groups_of_columns(POT_F32, 50);
    for (size_t i = 0; i < ROWS * IN; i++) { /* small f16 scales whatever the place */
        const uint8_t half[2] = {(uint8_t)t_u64(), 0x24};
        memcpy(tensor + 2 * i, half, 2);
        scales[i] = (uint8_t)(120 + t_u64() % 8);
    }
    check_all(POT_F16);
    check_all(POT_Q8_0);
    check_all(POT_Q4_0);
    check_groups_of_columns(POT_F16, 7);
    check_groups_of_columns(POT_Q8_0, 32);
    check_groups_of_columns(POT_Q8_0, 160);
    check_groups_of_columns(POT_Q4_0, 96);
    check_groups_of_columns(POT_Q6_K, 256);
    pot_linear two = of(POT_MXFP4, 1000, 0, 1000, 1000);
    two.scaling = (pot_scaling){.kind = POT_SCALED_MXFP4, .scale = scales};
    check(&two, 1);
    pot_linear turns[2] = {of(POT_MXFP4, 500, 0, 1, 2), of(POT_MXFP4, 500, 1, 1, 2)};
    turns[0].scaling = turns[1].scaling = two.scaling;
    check(turns, 2);
    pot_mem_free(tensor), pot_mem_free(scales), pot_mem_free(bias);
    pot_mem_free(x), pot_mem_free(scratch);
    for (size_t i = 0; i < POT_LINEAR_PARTS; i++)
        pot_mem_free(copy[i]);
    CHECK(pot_mem_used() == 0);
    return 0;
}
