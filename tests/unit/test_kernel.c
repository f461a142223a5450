/* Every kernel of every level against ref.c: the same bits, over random shapes and data. */
#include "kernel/kernel.h"
#include "kernel/linear.h"
#include "t.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

#define MAX 700

static pot_kernels ref, k;

static uint32_t bits_of(float x)
{
    uint32_t u;
    memcpy(&u, &x, 4);
    return u;
}

/* Mostly ordinary numbers; sometimes zeros of both signs, denormals, large ones. */
static float number(void)
{
    const double r = t_unit() * 2 - 1;
    switch (t_u64() % 24) {
    case 0:
        return 0.0f;
    case 1:
        return -0.0f;
    case 2:
        return (float)(r * 1e-41);
    case 3:
        return (float)(r * 1e-38);
    case 4:
        return (float)(r * 1e4);
    default:
        return (float)(r * 3);
    }
}

static void numbers(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = number();
}

static void same(const char *what, const void *want, const void *got, size_t n)
{
    if (memcmp(want, got, n) == 0) return;
    fprintf(stderr, "%s: %s differs from ref\n", k.name, what);
    exit(1);
}

static float a[MAX * 64], b[MAX * 64], c[MAX * 64], want[MAX * 64], got[MAX * 64];

static void test_weights(void)
{
    for (int trial = 0; trial < 300; trial++) {
        const pot_dtype type = (pot_dtype)(t_u64() % 3);
        const size_t depth = 1 + t_u64() % 70, n = t_u64() % (POT_LANES + 1);
        uint16_t raw[POT_PANEL * 80 * 2];
        for (size_t i = 0; i < sizeof raw / 2; i++)
            raw[i] = (uint16_t)t_u64();
        if (type == POT_F32)
            for (size_t i = 0; i < sizeof raw / 4; i++) {
                const float x = number();
                memcpy(raw + 2 * i, &x, 4);
            }
        for (size_t i = 0; type == POT_F16 && i < sizeof raw / 2; i++)
            if ((raw[i] & 0x7c00) == 0x7c00) raw[i] &= 0x3ff; /* finite */
        const void *row[POT_LANES];
        for (size_t i = 0; i < n; i++)
            row[i] = (char *)raw + (t_u64() % 80) * 4 + i * 80;
        memset(want, 0, sizeof want), memset(got, 0, sizeof got);
        ref.linear.pack(want, row, n, type, depth);
        k.linear.pack(got, row, n, type, depth);
        same("pack", want, got, sizeof want);
        ref.widen(want, raw, type, depth);
        k.widen(got, raw, type, depth);
        same("widen", want, got, depth * sizeof(float));
    }
}

static void test_tile(void)
{
    for (int trial = 0; trial < 200; trial++) {
        const size_t depth = 1 + t_u64() % 300, m = 1 + t_u64() % POT_TILE,
                     lda = depth + t_u64() % 9;
        numbers(a, POT_TILE * (lda + 1));
        numbers(b, depth * POT_PANEL);
        numbers(want, POT_TILE * POT_PANEL);
        memcpy(got, want, POT_TILE * POT_PANEL * sizeof *got);
        const bool first = t_u64() % 2;
        ref.linear.tile(want, POT_PANEL, a, lda, m, b, depth, first);
        k.linear.tile(got, POT_PANEL, a, lda, m, b, depth, first);
        same("tile", want, got, POT_TILE * POT_PANEL * sizeof *got);
    }
}

static void test_few(void)
{
    for (int trial = 0; trial < 600; trial++) {
        const pot_dtype type = (pot_dtype)(trial % 3);
        const size_t depth = 1 + t_u64() % 150, m = 1 + t_u64() % POT_FEW,
                     n = 1 + t_u64() % POT_PANEL, ldx = depth + t_u64() % 9, ldy = n + t_u64() % 5;
        const bool first = t_u64() % 2;
        const void *row[POT_PANEL];
        numbers(a, POT_FEW * (ldx + 1));
        for (size_t i = 0; i < MAX * 64; i++) { /* finite in every encoding */
            const uint32_t u = bits_of(number()) & 0xbfffbfff;
            memcpy(&b[i], &u, 4);
        }
        for (size_t i = 0; i < n; i++)
            row[i] = (const char *)b + (t_u64() % 100) * 2 + i * 700;
        numbers(want, POT_FEW * (POT_PANEL + 5));
        memcpy(got, want, POT_FEW * (POT_PANEL + 5) * sizeof *got);
        ref.f32.few(want, ldy, a, ldx, m, row, n, type, depth, first);
        k.f32.few(got, ldy, a, ldx, m, row, n, type, depth, first);
        same("few", want, got, POT_FEW * (POT_PANEL + 5) * sizeof *got);
    }
}

static void test_rows(void)
{
    for (int trial = 0; trial < 3000; trial++) {
        const size_t n = 1 + t_u64() % (trial % 50 ? 100 : MAX);
        numbers(a, 2 * n);
        numbers(b, n);
        numbers(c, n);
        const float *w = t_u64() % 3 ? b : NULL, *bias = w && t_u64() % 2 ? c : NULL;
        ref.rms_norm(want, a, b, n, 1e-5f);
        k.rms_norm(got, a, b, n, 1e-5f);
        same("rms_norm", want, got, n * sizeof *got);
        ref.layer_norm(want, a, w, bias, n, 1e-5f);
        k.layer_norm(got, a, w, bias, n, 1e-5f);
        same("layer_norm", want, got, n * sizeof *got);

        memcpy(want, a, 2 * n * sizeof *a);
        memcpy(got, a, 2 * n * sizeof *a);
        ref.rope(want, b, c, n);
        k.rope(got, b, c, n);
        same("rope", want, got, 2 * n * sizeof *got);
        ref.rope_pairs(want, b, c, n);
        k.rope_pairs(got, b, c, n);
        same("rope_pairs", want, got, 2 * n * sizeof *got);
        ref.add_scaled(want, c, 0.37f, n), k.add_scaled(got, c, 0.37f, n);
        same("add_scaled", want, got, n * sizeof *got);
        if (n > 3) want[n / 2] = got[n / 2] = (float)NAN, want[n / 3] = got[n / 3] = -INFINITY;
        ref.clip(want, 2.5f, n), k.clip(got, 2.5f, n);
        CHECK(n <= 3 || isnan(got[n / 2]));
        same("clip", want, got, n * sizeof *got);
        if (n > 3) want[n / 2] = got[n / 2] = 1e30f;
        ref.cap(want, 1.3f, n), k.cap(got, 1.3f, n);
        same("cap", want, got, n * sizeof *got);
        ref.add(want, b, n), k.add(got, b, n);
        ref.multiply(want, 1.7f, n), k.multiply(got, 1.7f, n);
        const pot_act act = (pot_act)(t_u64() % POT_ACTS);
        ref.activate(want, w, n, act), k.activate(got, w, n, act);
        same("add, multiply, activate", want, got, n * sizeof *got);
    }
}

static void test_softmax(void)
{
    for (int trial = 0; trial < 1500; trial++) {
        const size_t keys = 1 + t_u64() % 150, from = t_u64() % 3 ? 0 : t_u64() % keys,
                     to = from + 1 + t_u64() % (keys - from);
        numbers(want, keys);
        memcpy(got, want, keys * sizeof *got);
        const float sink = number(), *own = t_u64() % 2 ? &sink : NULL;
        ref.softmax(want, from, to, own), k.softmax(got, from, to, own);
        same("softmax", want, got, keys * sizeof *got);
    }
}

static void test_head(void)
{
    for (int trial = 0; trial < 800; trial++) {
        const size_t n = 1 + t_u64() % (trial % 20 ? 200 : MAX),
                     split = n / POT_PANEL / 2 * POT_PANEL;
        for (size_t i = 0; i < n; i++)
            a[i] = number() * 3, b[i] = number() * 3;
        a[n / 2] = a[n / 3]; /* ties */
        pot_logsum s[2][2];
        for (int r = 0; r < 2; r++)
            for (int m = 0; m < 2; m++) {
                const pot_kernels *use = r ? &k : &ref;
                const float *l = m ? b : a;
                pot_logsum_start(&s[r][m]);
                CHECK(use->logsum(&s[r][m], l, split, 0));
                CHECK(use->logsum(&s[r][m], l + split, n - split, (uint32_t)split));
            }
        CHECK(s[0][0].max == s[1][0].max && s[0][0].argmax == s[1][0].argmax);
        same("logsum", s[0][0].z, s[1][0].z, sizeof s[0][0].z);
        const double zp = 1 / pot_logsum_total(&s[0][0]), zq = 1 / pot_logsum_total(&s[0][1]);
        const pot_divergence x = ref.divergence(a, s[0][0].max, zp, b, s[0][1].max, zq, n);
        const pot_divergence y = k.divergence(a, s[0][0].max, zp, b, s[0][1].max, zq, n);
        same("divergence", &x, &y, sizeof x);
        const pot_divergence self = k.divergence(a, s[0][0].max, zp, a, s[0][0].max, zp, n);
        CHECK(self.l1 == 0 && self.kl == 0); /* equal laws are exactly equal */

        ref.exps(want, a, s[0][0].max, n), k.exps(got, a, s[0][0].max, n);
        same("exps", want, got, n * sizeof *got);

        pot_logsum bad;
        pot_logsum_start(&bad);
        a[t_u64() % n] = t_u64() % 2 ? (float)NAN : t_u64() % 2 ? INFINITY : -INFINITY;
        CHECK(!k.logsum(&bad, a, n, 0));
    }
}

/* What the products of a matrix take: x, or its cells. */
static const float *folded(const pot_kernels *with, float *room, const float *x, size_t in,
                           size_t m)
{
    const pot_linear_kernels *l = &with->linear;
    for (size_t i = 0; l->fold && i < m; i++)
        l->fold(room + i * pot_linear_cells(l, in), x + i * in, in);
    return l->fold ? room : x;
}

static void run_linear(pot_pool *pool, const pot_kernels *with, const pot_linear *w, float *y,
                       const float *x, size_t m, float *scratch)
{
    float *room = pot_mem_raw(m * (w->in + 1), sizeof *room);
    CHECK(room);
    pot_linear_run(pool, with, w, y, w->out, folded(with, room, x, w->in, m),
                   pot_linear_cells(&with->linear, w->in), m, scratch);
    pot_mem_free(room);
}

static void use_profile(const char *name)
{
    CHECK(pot_kernels_profile(&ref, name) && pot_kernels_profile(&k, name));
}

/* Any number of threads, rows alone or together, plain, grouped or transposed: one chain. */
static void test_linear(const char *profile)
{
    pot_pool *pool[3];
    for (unsigned i = 0; i < 3; i++)
        CHECK(pot_pool_open(&pool[i], i + 1, NULL) == POT_OK);
    float *scratch = pot_mem_new(3 * POT_LINEAR_SCRATCH, sizeof *scratch);
    CHECK(scratch);
    use_profile(profile);
    for (int trial = 0; trial < 60; trial++) {
        const uint32_t group = 1 + (uint32_t)(t_u64() % 40), heads = 1 + (uint32_t)(t_u64() % 4);
        const uint32_t most = MAX * 64 / (4 * 45); /* the matrix fits into b */
        pot_linear w = {.w = b,
                        .bias = trial % 2 ? c : NULL,
                        .type = (pot_dtype)(trial % 3),
                        .columns = trial % 5 == 0,
                        .out = group * heads,
                        .in = 1 + (uint32_t)(t_u64() % (trial % 7 ? 60 : most)),
                        .group = group,
                        .stride = group + (uint32_t)(t_u64() % 3),
                        .first = (uint32_t)(t_u64() % 3)};
        w.ld = w.columns ? w.first + heads * w.stride : w.in;
        const size_t wide = w.in > w.out ? w.in : w.out, room = MAX * 64 / wide;
        const size_t m = 1 + t_u64() % (room < 500 ? room : 500);
        numbers(a, m * w.in);
        for (size_t i = 0; i < MAX * 64; i++) { /* finite in every encoding */
            const uint32_t u = bits_of(number()) & 0xbfffbfff;
            memcpy(&b[i], &u, 4);
        }
        numbers(c, w.out);
        run_linear(pool[0], &ref, &w, want, a, m, scratch);
        for (unsigned i = 0; i < 3; i++) {
            memset(got, 0xff, m * w.out * sizeof *got);
            run_linear(pool[i], &k, &w, got, a, m, scratch);
            same("linear", want, got, m * w.out * sizeof *got);
        }
        run_linear(pool[0], &k, &w, got, a + (m - 1) * w.in, 1, scratch);
        same("linear, one row", want + (m - 1) * w.out, got, w.out * sizeof *got);
    }
    pot_mem_free(scratch);
    for (unsigned i = 0; i < 3; i++)
        pot_pool_close(&pool[i]);
    use_profile(NULL);
}

/* More panels than parts, and several blocks of k. */
static void test_linear_large(const char *profile, bool columns)
{
    enum { OUT = 1100, IN = 1031, M = 7 };
    pot_pool *pool;
    CHECK(pot_pool_open(&pool, 2, NULL) == POT_OK);
    float *scratch = pot_mem_new(2 * POT_LINEAR_SCRATCH, sizeof *scratch),
          *x = pot_mem_new(M * IN, sizeof *x), *y = pot_mem_new(2 * M * OUT, sizeof *y);
    float *weights = pot_mem_new(OUT * IN, sizeof *weights);
    CHECK(scratch && x && y && weights);
    for (size_t i = 0; i < M * IN; i++) /* no denormals: processors take long over them */
        x[i] = (float)t_unit() - 0.5f;
    for (size_t i = 0; i < OUT * IN; i++)
        weights[i] = (float)t_unit() - 0.5f;
    const pot_linear w = {.w = weights,
                          .type = POT_F32,
                          .columns = columns,
                          .out = OUT,
                          .in = IN,
                          .group = OUT,
                          .stride = OUT,
                          .ld = columns ? OUT : IN};
    use_profile(profile);
    run_linear(pool, &ref, &w, y, x, M, scratch);
    run_linear(pool, &k, &w, y + M * OUT, x, M, scratch);
    same("large linear", y, y + M * OUT, M * OUT * sizeof *y);
    use_profile(NULL);
    pot_mem_free(scratch), pot_mem_free(x), pot_mem_free(y), pot_mem_free(weights);
    pot_pool_close(&pool);
}

/* Steps of pot-bf16-1 at the edge of the normal numbers, where operands and results are flushed:
 * the processor's own rule against that of ref.c. */
static void test_bf16_edge(void)
{
    use_profile("pot-bf16-1");
    for (int trial = 0; trial < 3000; trial++) {
        enum { K = 8 };
        const bool fine = t_u64() % 2; /* what is added is about the last bit, or less */
        const size_t cells = pot_linear_cells(&k.linear, K);
        float x[K], cell[K], panel[K * POT_PANEL], room[K * POT_PANEL];
        for (size_t i = 0; i < K; i++)
            x[i] = ldexpf(number(), fine ? -70 : -(int)(t_u64() % 70));
        for (size_t i = 0; i < K * POT_PANEL; i++)
            panel[i] = ldexpf(number(), (fine ? -78 : -56) - (int)(t_u64() % (fine ? 8 : 30)));
        for (size_t i = 0; i < POT_PANEL; i++)
            got[i] = want[i] = ldexpf(1.0f + (float)(t_u64() % (fine ? 2 : 64)) * 0x1p-23f, -126);
        for (int r = 0; r < 2; r++) {
            const pot_linear_kernels *l = r ? &k.linear : &ref.linear;
            memcpy(room, panel, sizeof room);
            l->fold(cell, x, K), l->fold_panel(room, K);
            l->tile(r ? got : want, POT_PANEL, cell, K, 1, room, r ? cells : K, false);
        }
        same("bf16 at the edge", want, got, POT_PANEL * sizeof *got);
    }
    use_profile(NULL);
}

/* Random blocks whose scales are finite. */
static void fill_blocks(uint8_t *p, pot_dtype type, size_t n)
{
    const pot_dtype_facts *f = &pot_dtypes[type];
    for (size_t i = 0; i < pot_dtype_bytes(type, n); i++)
        p[i] = (uint8_t)t_u64();
    for (size_t i = 0; i < n / f->block; i++, p += f->bytes) {
        for (int s = 0; s < 2; s++)
            if (f->scale[s] >= 0) p[f->scale[s] + 1] &= 0xbf;
        if (type == POT_IQ1_M) p[55] &= 0xbf;
        if (type == POT_MXFP4) p[0] &= 0x7f;
    }
}

/* Quantized matrices, also with interleaved rows, are their widened values. */
static void test_linear_blocks(void)
{
    enum { IN = 768, HEAD = 6, M = 7 };
    pot_pool *pool;
    CHECK(pot_pool_open(&pool, 3, NULL) == POT_OK);
    float *scratch = pot_mem_new(3 * POT_LINEAR_SCRATCH, sizeof *scratch);
    const uint32_t out = 138; /* two panels and an edge; a multiple of HEAD */
    float *wide = pot_mem_new(out * IN, sizeof *wide), *row = pot_mem_new(IN, sizeof *row);
    uint8_t *blocks = pot_mem_new(out * IN, 4);
    CHECK(scratch && wide && row && blocks);
    numbers(a, M * IN);
    for (pot_dtype type = 0; type < POT_DTYPES; type++)
        for (uint32_t pairs = 0; pairs <= HEAD; pairs += HEAD) {
            const uint32_t in = pot_dtypes[type].block == 256 ? IN : IN - 96;
            pot_linear w = {.w = blocks,
                            .type = type,
                            .out = out,
                            .in = in,
                            .group = out,
                            .stride = out,
                            .ld = in,
                            .pairs = pairs};
            fill_blocks(blocks, type, out * in);
            for (uint32_t n = 0; n < out; n++) {
                const uint32_t i = n % HEAD,
                               from = pairs ? n - i + 2 * (i % (HEAD / 2)) + i / (HEAD / 2) : n;
                ref.widen(wide + n * in, blocks + pot_dtype_bytes(type, from * in), type, in);
                pot_linear_row(&k, &w, n, row);
                same("row of blocks", wide + n * in, row, in * sizeof *row);
            }
            const pot_linear plain = {.w = wide,
                                      .type = POT_F32,
                                      .out = out,
                                      .in = in,
                                      .group = out,
                                      .stride = out,
                                      .ld = in};
            pot_linear_run(pool, &ref, &plain, want, out, a, in, M, scratch);
            pot_linear_run(pool, &k, &w, got, out, a, in, M, scratch);
            same("linear on blocks", want, got, M * out * sizeof *got);
        }
    pot_mem_free(scratch), pot_mem_free(wide), pot_mem_free(row), pot_mem_free(blocks);
    pot_pool_close(&pool);
}

/* The comparison can fail: odd and even k exchanged change the bits. */
static void test_order_matters(void)
{
    numbers(a, 256);
    numbers(b, 256 * POT_PANEL);
    for (size_t i = 0; i < 256; i++)
        a[i] = (float)t_unit();
    for (size_t i = 0; i < 256 * POT_PANEL; i++)
        b[i] = (float)t_unit();
    k.f32.tile(want, POT_PANEL, a, 256, 1, b, 256, true);
    for (size_t i = 0; i < 256; i += 2) {
        const float x = a[i];
        a[i] = a[i + 1], a[i + 1] = x;
        for (size_t n = 0; n < POT_PANEL; n++) {
            const float y = b[i * POT_PANEL + n];
            b[i * POT_PANEL + n] = b[(i + 1) * POT_PANEL + n], b[(i + 1) * POT_PANEL + n] = y;
        }
    }
    k.f32.tile(got, POT_PANEL, a, 256, 1, b, 256, true);
    CHECK(memcmp(want, got, POT_PANEL * sizeof *got) != 0);
}

int main(void)
{
    static const char *const profile[] = {"pot-f32-1", "pot-bf16-1"};
    t_seed();
    CHECK(!pot_kernels_init(&k, "sse9"));
    CHECK(pot_kernels_init(&ref, "ref"));
    CHECK(!pot_kernels_profile(&ref, "pot-f64-1"));
    const char *level;
    for (size_t i = 0; (level = pot_kernels_level(i)); i++) {
        CHECK(pot_kernels_init(&k, level));
        if (strcmp(k.name, level) != 0 && strcmp(k.bf16.name, level) != 0) {
            printf("skipped: no %s on this machine\n", level);
            continue;
        }
        test_weights();
        test_tile();
        test_few();
        test_rows();
        test_softmax();
        test_head();
        for (int p = 0; p < 2; p++) {
            test_linear(profile[p]);
            test_linear_large(profile[p], p == 1);
        }
        test_bf16_edge();
        test_linear_blocks();
        test_order_matters();
        fprintf(stderr, "%s: same bits as ref\n", level);
    }
    CHECK(pot_mem_used() == 0);
    return 0;
}
