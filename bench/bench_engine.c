/* bench_engine.c - tokens per second of a forward pass over 512 and 128 tokens, without the output
 * head and with it, as GFLOP/s beside the peak of the same threads:
 *
 *     bench_engine [MODEL...] [--threads N] [--profile NAME]        zoo/base, 1 and 2 threads */
#include "base/clock.h"
#include "base/fpenv.h"
#include "base/mem.h"
#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS 2

static pot_error err;

static void must(pot_status s)
{
    char text[1024];
    if (s == POT_OK) return;
    pot_error_text(&err, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    exit(2);
}

static void run(const pot_model *m, const pot_compute *how, size_t n)
{
    const pot_model_facts *f = pot_model_info(m);
    pot_kernels k;
    pot_pool *pool;
    pot_engine *e;
    if (n > f->context) return;
    must(pot_kernels_choose(&k, how, &err));
    must(pot_pool_open(&pool, how->threads, &err));
    must(pot_engine_open(&e, m, pool, &k, &err));
    const size_t width = pot_engine_width(e), vocab = pot_engine_vocab(e);
    uint32_t *id = pot_mem_raw(n, sizeof *id);
    float *hidden = pot_mem_raw(n * width, sizeof *hidden),
          *logits = pot_mem_raw(n * vocab, sizeof *logits);
    if (!id || !hidden || !logits) exit(2);
    for (size_t i = 0; i < n; i++)
        id[i] = (uint32_t)(i * 7919 % vocab);
    double layers = 1e9, head = 1e9;
    for (int r = 0; r < RUNS; r++) {
        const double t0 = pot_clock();
        must(pot_engine_forward(e, hidden, &(pot_ids){.id = id, .n = n}, 1, &err));
        const double t1 = pot_clock();
        must(pot_engine_logits(e, logits, vocab, hidden, n, &err));
        const double t2 = pot_clock();
        layers = t1 - t0 < layers ? t1 - t0 : layers;
        head = t2 - t1 < head ? t2 - t1 : head;
    }
    const double tokens = (double)n;
    printf("%-10s %-10s %u thread(s) %4zu tokens: %8.1f tok/s, with the head %8.1f tok/s\n",
           k.linear.profile, k.linear.name, how->threads, n, tokens / layers,
           tokens / (layers + head));
    pot_mem_free(id), pot_mem_free(hidden), pot_mem_free(logits);
    pot_engine_close(&e);
    pot_pool_close(&pool);
}

static void run_model(const char *path, pot_compute how)
{
    pot_model *m;
    must(pot_model_open(&m, path, &err));
    const pot_model_facts *f = pot_model_info(m);
    printf("%s: %s, %.3g M parameters, %s\n", path, f->arch, (double)f->params / 1e6, f->dtype);
    const unsigned first = how.threads ? how.threads : 1, last = how.threads ? how.threads : 2;
    for (how.threads = first; how.threads <= last; how.threads++) {
        run(m, &how, 512);
        if (!getenv("ONE")) run(m, &how, 128);
    }
    pot_model_close(&m);
}

int main(int argc, char **argv)
{
    pot_compute how = {.kernel = getenv("POT_KERNEL")};
    int models = 0;
    const uint64_t env = pot_fp_enter();
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
            how.threads = (unsigned)atoi(argv[++i]);
        else if (strcmp(argv[i], "--profile") == 0 && i + 1 < argc) how.profile = argv[++i];
        else run_model(argv[i], how), models++;
    }
    if (!models) run_model("zoo/base", how);
    pot_fp_leave(env);
    return 0;
}
