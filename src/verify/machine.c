/* What the machine can do: multiply-adds in registers, products of matrices, reading memory. */
#define _GNU_SOURCE /* _SC_LEVEL3_CACHE_SIZE */
#include "base/clock.h"
#include "base/mem.h"
#include "kernel/linear.h"
#include "kernel/peak.h"
#include "verify/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WIDTH     2048u
#define MOST_ROWS 512u
#define PATIENCE  10 /* times the seconds of a figure: a product that takes longer is left out */

/* ---- peak ------------------------------------------------------------------------------- */

struct peak {
    pot_benching *b;
    const pot_peak *loop;
    size_t turns;
};

static void peak_part(void *ctx, unsigned part, unsigned thread)
{
    const struct peak *p = ctx;
    (void)part, (void)thread;
    p->loop->run(p->turns);
}

static double peak_seconds(const struct peak *p)
{
    const double t0 = pot_clock();
    pot_pool_run(p->b->pool, peak_part, (void *)(uintptr_t)p, p->b->out->threads);
    return pot_clock() - t0;
}

/* What all threads reach together, the wait for the last included. */
static pot_status try_peak(void *ctx, double *value, pot_error *err)
{
    const struct peak *p = ctx;
    (void)err;
    *value = p->loop->operations * (double)p->turns * p->b->out->threads / peak_seconds(p);
    return POT_OK;
}

/* ---- products --------------------------------------------------------------------------- */

struct product {
    struct peak *peak;
    pot_figure *limit; /* that of the peak */
    pot_linear w;
    uint8_t *weights;       /* owned */
    float *x, *y, *scratch; /* owned */
    size_t rows, ldx;
};

/* The peak takes turns with the product: both see the same processor. */
static pot_status try_product(void *ctx, double *value, pot_error *err)
{
    struct product *p = ctx;
    pot_benching *b = p->peak->b;
    double peak;
    POT_TRY(try_peak(p->peak, &peak, err));
    if (peak > p->limit->value) p->limit->value = peak;
    const double t0 = pot_clock();
    pot_linear_run(b->pool, &b->k, &p->w, p->y, WIDTH, p->x, p->ldx, p->rows, p->scratch);
    *value = 2.0 * WIDTH * WIDTH * (double)p->rows / (pot_clock() - t0);
    return POT_OK;
}

static bool open_product(struct product *p, const pot_benching *b)
{
    const pot_linear_kernels *l = &b->k.linear;
    p->ldx = pot_linear_cells(l, WIDTH);
    p->weights = pot_mem_raw((size_t)WIDTH * WIDTH, sizeof(uint16_t));
    p->x = pot_mem_raw((size_t)MOST_ROWS * WIDTH, sizeof *p->x);
    p->y = pot_mem_raw((size_t)MOST_ROWS * WIDTH, sizeof *p->y);
    p->scratch = pot_mem_raw(POT_LINEAR_SCRATCH * b->out->threads, sizeof *p->scratch);
    if (!p->weights || !p->x || !p->y || !p->scratch) return false;
    for (size_t i = 0; i < (size_t)WIDTH * WIDTH * 2; i++)
        p->weights[i] = 0x38 | (uint8_t)(i * 2654435761u >> 30 & 3); /* normal in every encoding */
    for (size_t i = 0; i < (size_t)MOST_ROWS * WIDTH; i++)
        p->y[i] = (float)(i % 1000) / 1000.0f;
    for (size_t i = 0; i < MOST_ROWS; i++)
        if (l->fold) l->fold(p->x + i * p->ldx, p->y + i * WIDTH, WIDTH);
        else memcpy(p->x + i * p->ldx, p->y + i * WIDTH, WIDTH * sizeof *p->x);
    return true;
}

static pot_status measure_products(pot_benching *b, struct peak *peak, pot_figure *limit,
                                   pot_error *err)
{
    static const struct {
        const char *name;
        pot_dtype type;
    } types[] = {{"product BF16", POT_BF16}, {"product Q4_K", POT_Q4_K}};
    static const uint32_t rows[] = {MOST_ROWS, 128, 32};
    struct product p = {.peak = peak, .limit = limit};
    const uint64_t room = (uint64_t)WIDTH * WIDTH * 2 + (uint64_t)MOST_ROWS * WIDTH * 8 +
                          POT_LINEAR_SCRATCH * b->out->threads * 4;
    const bool open = open_product(&p, b);
    pot_status s = POT_OK;
    for (size_t i = 0; s == POT_OK && i < 6; i++) {
        pot_figure *f = pot_figure_add(b, types[i / 3].name, "FLOP/s", rows[i % 3]);
        p.rows = f->rows;
        p.w = (pot_linear){.w = p.weights,
                           .type = types[i / 3].type,
                           .out = WIDTH,
                           .in = WIDTH,
                           .group = WIDTH,
                           .stride = WIDTH,
                           .ld = WIDTH};
        if (!pot_figure_room(b, f, room)) continue;
        if (!open) pot_figure_refuse(f, "out of memory");
        else if (2.0 * WIDTH * WIDTH * f->rows / limit->value > PATIENCE * b->seconds)
            pot_figure_refuse(f, "one product takes longer than %g s: give more --seconds",
                              PATIENCE * b->seconds);
        else s = pot_figure_measure(b, f, try_product, &p, err);
    }
    pot_mem_free(p.weights), pot_mem_free(p.x), pot_mem_free(p.y), pot_mem_free(p.scratch);
    return s;
}

/* ---- memory ----------------------------------------------------------------------------- */

#define PIECE      ((size_t)1 << 20)
#define MOST_BYTES ((uint64_t)1 << 30)

typedef uint64_t line __attribute__((vector_size(64)));

struct memory {
    pot_benching *b;
    line *p; /* owned */
    size_t pieces;
    uint64_t sum[POT_MAX_THREADS]; /* so that the reading is for something */
};

static void fill_part(void *ctx, unsigned part, unsigned thread)
{
    struct memory *m = ctx;
    (void)thread;
    memset((uint8_t *)m->p + part * PIECE, 1, PIECE);
}

static void read_part(void *ctx, unsigned part, unsigned thread)
{
    struct memory *m = ctx;
    const line *p = m->p + part * (PIECE / sizeof *p);
    line a = {0}, b = {0}, c = {0}, d = {0};
    for (size_t i = 0; i < PIECE / sizeof *p; i += 4)
        a ^= p[i], b ^= p[i + 1], c ^= p[i + 2], d ^= p[i + 3];
    a ^= b ^ c ^ d;
    for (int i = 0; i < 8; i++)
        m->sum[thread] += a[i];
}

static pot_status try_memory(void *ctx, double *value, pot_error *err)
{
    struct memory *m = ctx;
    (void)err;
    const double t0 = pot_clock();
    pot_pool_run(m->b->pool, read_part, m, (unsigned)m->pieces);
    *value = (double)(m->pieces * PIECE) / (pot_clock() - t0);
    return POT_OK;
}

static pot_status measure_memory(pot_benching *b, pot_error *err)
{
    struct memory m = {.b = b};
    pot_figure *f = pot_figure_add(b, "memory read", "B/s", 0);
    uint64_t bytes = 4 * b->out->cache;
    bytes = bytes < MOST_BYTES / 4 ? MOST_BYTES / 4 : bytes > MOST_BYTES ? MOST_BYTES : bytes;
    f->limit_is = "itself a limit: of generation";
    if (!pot_figure_room(b, f, bytes)) return POT_OK;
    m.pieces = (size_t)(bytes / PIECE);
    m.p = pot_mem_raw(m.pieces, PIECE);
    if (!m.p) return pot_figure_refuse(f, "out of memory"), POT_OK;
    pot_pool_run(b->pool, fill_part, &m, (unsigned)m.pieces);
    const pot_status s = pot_figure_measure(b, f, try_memory, &m, err);
    pot_mem_free(m.p);
    return s;
}

/* ---- both ------------------------------------------------------------------------------- */

static void describe(pot_bench *out)
{
    char text[256];
    FILE *f = fopen("/proc/cpuinfo", "re");
    while (f && !out->cpu[0] && fgets(text, sizeof text, f)) {
        const char *colon = strchr(text, ':');
        if (strncmp(text, "model name", 10) != 0 || !colon) continue;
        text[strcspn(text, "\n")] = '\0';
        snprintf(out->cpu, sizeof out->cpu, "%s", colon + 1 + strspn(colon + 1, " "));
    }
    if (f) fclose(f);
    long bytes = 0;
#ifdef _SC_LEVEL3_CACHE_SIZE
    bytes = sysconf(_SC_LEVEL3_CACHE_SIZE);
    if (bytes <= 0) bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
    out->cache = bytes > 0 ? (uint64_t)bytes : 0;
}

pot_status pot_bench_machine(pot_benching *b, pot_error *err)
{
    struct peak p = {.b = b, .loop = pot_peak_of(&b->k.linear), .turns = 1000};
    describe(b->out);
    pot_figure *f = pot_figure_add(b, "peak", "FLOP/s", 0);
    f->limit_is = "itself a limit: of products";
    while (peak_seconds(&p) < 0.004)
        p.turns *= 2;
    POT_TRY(pot_figure_measure(b, f, try_peak, &p, err));
    POT_TRY(measure_products(b, &p, f, err));
    return measure_memory(b, err);
}
