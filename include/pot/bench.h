/* bench.h - what this machine can do, and what is made of it: figures with their limits.
 *
 *     pot_bench b;
 *     s = pot_bench_run(&b, "models/base", &(pot_bench_options){0}, &err);
 *     for (size_t i = 0; i < b.n; i++)
 *         printf("%s %g %s\n", b.figure[i].name, b.figure[i].value, b.figure[i].unit);
 *
 * A figure is the best of as many tries as its time allows, so that what other processes take is
 * not measured.  What could not be measured has no value, and says why.  docs/format/bench.md names
 * every figure, and how it is measured. */
#ifndef POT_BENCH_H
#define POT_BENCH_H

#include <pot/compute.h>
#include <pot/progress.h>

#define POT_BENCH_MOST 24

typedef struct {
    const char *name;     /* "peak", "product BF16", "score", ... */
    const char *unit;     /* "FLOP/s", "B/s", "tokens/s", "s", "B" */
    uint32_t rows;        /* of a product, tokens of a text; 0: none */
    double value;         /* NaN: not measured */
    char why[160];        /* then: why; else "" */
    double limit;         /* what the machine allows, in the same unit; NaN: none */
    const char *limit_is; /* what it is, or why there is none */
} pot_figure;

typedef struct {
    char cpu[128]; /* the processor's name; "" if the system does not say */
    unsigned threads;
    const char *kernel, *profile; /* level and numeric profile of the products */
    uint64_t cache;               /* bytes of the largest; 0: the system does not say */
    double load;            /* processors that others wanted in the minute before; NaN: not known */
    char model[256];        /* last part of its name; "" without one */
    uint64_t params, bytes; /* of the model; 0 without one */
    double token_products;  /* multiply-adds in matrices for each token, output head included */
    double token_bytes;     /* of weights that are read for it when it is alone */
    double seconds;         /* that all of this took */
    pot_figure figure[POT_BENCH_MOST];
    size_t n;
} pot_bench;

typedef struct {
    pot_compute compute;       /* max_memory: what needs more is not measured */
    double seconds;            /* for each figure; 0: half a second.  One try is always made */
    pot_progress_fn *progress; /* NULL for none; done and total count figures */
    void *ctx;
} pot_bench_options;

/* Measure the machine and, unless `name` is NULL, a model.  POT_E_STOPPED when progress says so;
 * errors of pot_model_open and of scoring. */
POT_API POT_MUST_USE pot_status pot_bench_run(pot_bench *out, const char *name,
                                              const pot_bench_options *how, pot_error *err);

#endif
