/* Figures of a machine and of a model on it, each beside its limit. */
#define _DEFAULT_SOURCE /* getloadavg */
#include "base/clock.h"
#include "base/fail.h"
#include "base/fpenv.h"
#include "base/mem.h"
#include "base/memory.h"
#include "model/model.h"
#include "verify/budget.h"
#include "verify/figures.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pot/generate.h>
#include <pot/tokenizer.h>

#define SECONDS  0.5  /* for each figure */
#define PROMPT   8    /* tokens before the first that is generated */
#define MOST_NEW 1024 /* tokens of one try */

/* ---- figures ---------------------------------------------------------------------------- */

pot_figure *pot_figure_add(pot_benching *b, const char *name, const char *unit, uint32_t rows)
{
    pot_figure *f = &b->out->figure[b->out->n++];
    *f = (pot_figure){.name = name,
                      .unit = unit,
                      .rows = rows,
                      .value = (double)NAN,
                      .limit = (double)NAN,
                      .limit_is = ""};
    return f;
}

void pot_figure_refuse(pot_figure *f, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    vsnprintf(f->why, sizeof f->why, fmt, va);
    va_end(va);
    pot_printable(f->why);
    f->value = (double)NAN;
}

bool pot_figure_going(pot_benching *b)
{
    const pot_bench *out = b->out;
    const pot_progress p = {.what = out->n ? out->figure[out->n - 1].name : "",
                            .done = (double)out->n,
                            .total = (double)b->expected,
                            .seconds = pot_clock() - b->start};
    return !b->how->progress || b->how->progress(b->how->ctx, &p);
}

pot_status pot_figure_measure(pot_benching *b, pot_figure *f, pot_try *once, void *ctx,
                              pot_error *err)
{
    const bool lowest = strcmp(f->unit, "s") == 0;
    const double t0 = pot_clock();
    pot_error why = {0};
    char text[1024];
    do {
        double x;
        const pot_status s =
            pot_figure_going(b) ? once(ctx, &x, &why) : pot_fail(&why, POT_E_STOPPED, "stopped");
        if (s == POT_E_STOPPED) return pot_fail(err, POT_E_STOPPED, "stopped while measuring");
        if (s != POT_OK) {
            pot_error_text(&why, text, sizeof text);
            pot_figure_refuse(f, "%s", text);
            return POT_OK;
        }
        if (isnan(f->value) || (lowest ? x < f->value : x > f->value)) f->value = x;
    } while (pot_clock() - t0 < b->seconds);
    return POT_OK;
}

bool pot_figure_room(pot_benching *b, pot_figure *f, uint64_t bytes)
{
    const uint64_t most = b->how->compute.max_memory, left = pot_memory_free();
    if (most && bytes + pot_mem_used() + POT_OWN_MEMORY > most)
        pot_figure_refuse(f, "it takes %.0f MB, and --max-memory does not leave so much",
                          (double)bytes / 1e6);
    else if (bytes > left)
        pot_figure_refuse(f, "it takes %.0f MB, and %.0f MB of memory are free",
                          (double)bytes / 1e6, (double)left / 1e6);
    return !f->why[0];
}

/* ---- a model ---------------------------------------------------------------------------- */

/* Multiply-adds in matrices for a token, and bytes of weights that are read for it: of experts
 * those that are used; scales and zero points as far as what they scale. */
static void count_token(pot_bench *out, const pot_model *m)
{
    const pot_arch *a = &m->arch;
    const double used = a->moe.experts ? (double)a->moe.top_k / a->moe.experts : 1;
    double scaled = 0, scaled_read = 0, side = 0;
    for (size_t i = 0; i < (size_t)a->layers * POT_SLOTS; i++) {
        const pot_slot slot = (pot_slot)(i % POT_SLOTS);
        const uint32_t layer = (uint32_t)(i / POT_SLOTS);
        const bool once = slot < POT_LAYER_SLOTS;
        const pot_slot_view *v = pot_model_slot(m, layer, slot);
        const pot_shape s = pot_arch_shape(a, layer, slot);
        const bool is_head = slot == POT_HEAD || (a->tied && slot == POT_EMBED);
        if ((once && layer) || !s.present || !s.weight || !s.cols || slot == POT_POSITIONS ||
            (slot == POT_EMBED && !is_head))
            continue;
        const bool expert = slot >= POT_X_GATE && slot <= POT_X_DOWN;
        const double part = expert ? used : 1;
        out->token_products += part * s.rows * s.cols * (s.count ? s.count : 1);
        for (uint32_t j = 0; j < (v->each ? s.count : 1); j++) {
            const pot_slot_view *own = v->each ? &v->each[j] : v;
            const double bytes = own->w ? (double)own->w->t.data.n : 0;
            out->token_bytes += part * bytes;
            if (!own->scaling.kind) continue;
            scaled += bytes, scaled_read += part * bytes;
        }
    }
    for (size_t i = 0; i < m->n_weights; i++)
        if (m->weight[i].used &&
            (m->weight[i].role == POT_ROLE_POWERS || m->weight[i].role == POT_ROLE_SCALES ||
             m->weight[i].role == POT_ROLE_NOTES))
            side += (double)m->weight[i].t.data.n;
    if (scaled > 0) out->token_bytes += side * scaled_read / scaled;
}

struct opening {
    const char *path;
    pot_model *model; /* owned: the last that was opened */
};

static pot_status try_open(void *ctx, double *value, pot_error *err)
{
    struct opening *o = ctx;
    pot_model *m;
    const double t0 = pot_clock();
    POT_TRY(pot_model_open(&m, o->path, err));
    *value = pot_clock() - t0;
    pot_model_close(&m);
    return POT_OK;
}

static pot_status try_tokenizer(void *ctx, double *value, pot_error *err)
{
    struct opening *o = ctx;
    pot_tokenizer *t;
    const double t0 = pot_clock();
    POT_TRY(pot_tokenizer_open(&t, o->path, err));
    *value = pot_clock() - t0;
    pot_tokenizer_close(&t);
    return POT_OK;
}

struct text {
    pot_benching *b;
    uint32_t id[512];
    float logprob[512];
    uint32_t n;
    size_t tokens; /* generated in this try */
    double from, first, last;
};

static bool ask(void *ctx)
{
    return pot_figure_going(((struct text *)ctx)->b);
}

static pot_status try_score(void *ctx, double *value, pot_error *err)
{
    struct text *t = ctx;
    const double t0 = pot_clock();
    POT_TRY(
        pot_score_watched(t->b->model, t->logprob, t->id, t->n, &t->b->how->compute, ask, t, err));
    *value = t->n / (pot_clock() - t0);
    return POT_OK;
}

/* The first token waits for the prompt; speed is that of those behind it. */
static pot_token_answer on_token(void *ctx, size_t prompt, uint32_t id, float logprob)
{
    struct text *t = ctx;
    (void)prompt, (void)id, (void)logprob;
    t->last = pot_clock();
    if (!t->tokens++) t->first = t->last;
    if (!ask(t)) return POT_TOKEN_ABORT;
    return t->tokens > 1 && t->last - t->from > t->b->seconds ? POT_TOKEN_STOP : POT_TOKEN_NEXT;
}

static pot_status try_generate(void *ctx, double *value, pot_error *err)
{
    struct text *t = ctx;
    const pot_prompt prompt = {t->id, t->n};
    pot_completion c = {0};
    const pot_generate_options how = {.max_tokens = MOST_NEW,
                                      .top_p = 1,
                                      .compute = t->b->how->compute,
                                      .token = on_token,
                                      .ask = ask,
                                      .ctx = t};
    t->from = pot_clock();
    t->tokens = 0;
    POT_TRY(pot_generate(t->b->model, &c, &prompt, 1, &how, err));
    pot_completions_free(&c, 1);
    *value = (double)(t->tokens - 1) / (t->last - t->first);
    return POT_OK;
}

static pot_status measure_generation(pot_benching *b, struct text *t, pot_error *err)
{
    const pot_model_facts *f = pot_model_info(b->model);
    pot_figure *g = pot_figure_add(b, "generation", "tokens/s", 0);
    t->n = f->context > 2 * PROMPT ? PROMPT : 1;
    if (f->context < 3) pot_figure_refuse(g, "the model's context holds %u tokens", f->context);
    else if (b->how->compute.max_memory)
        pot_figure_refuse(g, "generation does not keep to --max-memory");
    else if (pot_figure_room(b, g, f->bytes)) return pot_figure_measure(b, g, try_generate, t, err);
    return POT_OK;
}

static pot_status measure_opening(pot_benching *b, const char *name, pot_error *err)
{
    struct opening o = {.path = name};
    pot_figure *f = pot_figure_add(b, "open model", "s", 0);
    f->limit_is = "none is known";
    POT_TRY(pot_figure_measure(b, f, try_open, &o, err));
    f = pot_figure_add(b, "open tokenizer", "s", 0);
    f->limit_is = "none is known";
    o.path = pot_model_tokenizer_path(b->model);
    if (o.path) return pot_figure_measure(b, f, try_tokenizer, &o, err);
    pot_figure_refuse(f, "the model has no tokenizer");
    return POT_OK;
}

static pot_status measure_scoring(pot_benching *b, struct text *t, pot_error *err)
{
    const uint32_t context = pot_model_info(b->model)->context;
    static const uint32_t most[2] = {128, 512};
    for (size_t i = 0; i < 2; i++) {
        t->n = context < most[i] ? context : most[i];
        if (i && t->n == b->tokens[0]) break; /* no room for more */
        b->tokens[i] = t->n;
        pot_figure *f = pot_figure_add(b, "scoring", "tokens/s", t->n);
        POT_TRY(pot_figure_measure(b, f, try_score, t, err));
        const double operations = 2 * b->out->token_products * f->value;
        pot_figure *g = pot_figure_add(b, "scoring products", "FLOP/s", t->n);
        g->value = operations;
        memcpy(g->why, f->why, sizeof g->why);
    }
    return POT_OK;
}

static pot_status measure_model(pot_benching *b, const char *name, pot_error *err)
{
    const pot_model_facts *f = pot_model_info(b->model);
    struct text *t = pot_mem_new(1, sizeof *t);
    if (!t) return pot_fail_mem(err);
    t->b = b;
    for (uint32_t i = 0; i < 512; i++)
        t->id[i] = (uint32_t)((uint64_t)i * 7919 % f->vocab);
    snprintf(b->out->model, sizeof b->out->model, "%s", f->name);
    pot_printable(b->out->model);
    b->out->params = f->params, b->out->bytes = f->bytes;
    count_token(b->out, b->model);
    pot_status s;
    POT_GO(s, measure_opening(b, name, err));
    POT_GO(s, measure_scoring(b, t, err));
    POT_GO(s, measure_generation(b, t, err));
    pot_figure *peak = pot_figure_add(b, "peak memory", "B", 0);
    peak->value = (double)pot_memory_used().peak;
    peak->limit_is = "none was given";
    if (b->how->compute.max_memory) {
        peak->limit = (double)b->how->compute.max_memory;
        peak->limit_is = "--max-memory";
    }
    s = pot_bench_disk(b, err);
out:
    pot_mem_free(t);
    return s;
}

/* ---- limits ----------------------------------------------------------------------------- */

/* The value of a figure for this many rows or, if there is none, for fewer; NaN. */
static double value_of(const pot_bench *out, const char *name, uint32_t rows)
{
    const pot_figure *best = NULL;
    for (size_t i = 0; i < out->n; i++) {
        const pot_figure *f = &out->figure[i];
        if (strcmp(f->name, name) != 0 || f->rows > rows) continue;
        if (!best || f->rows > best->rows) best = f;
    }
    return best ? best->value : (double)NAN;
}

static void limit_generation(pot_bench *out, pot_figure *f)
{
    f->limit_is = "memory read / the bytes of a token's weights";
    if ((uint64_t)out->token_bytes <= out->cache)
        f->limit_is = "none: the weights fit into the cache";
    else f->limit = value_of(out, "memory read", 0) / out->token_bytes;
}

static void set_limits(pot_bench *out)
{
    for (size_t i = 0; i < out->n; i++) {
        pot_figure *f = &out->figure[i];
        const uint32_t rows = f->rows < 32 ? 32 : f->rows;
        if (strncmp(f->name, "product ", 8) == 0) {
            f->limit = value_of(out, "peak", 0);
            f->limit_is = "peak";
        } else if (strcmp(f->name, "scoring products") == 0) {
            f->limit = value_of(out, "product BF16", rows);
            f->limit_is = "product BF16";
        } else if (strcmp(f->name, "scoring") == 0) {
            f->limit = value_of(out, "product BF16", rows) / (2 * out->token_products);
            f->limit_is = "product BF16 / the operations of a token";
        } else if (strcmp(f->name, "generation") == 0) {
            limit_generation(out, f);
        }
    }
}

/* ---- all -------------------------------------------------------------------------------- */

static pot_status run(pot_benching *b, const char *name, pot_error *err)
{
    const uint64_t env = pot_fp_enter();
    pot_status s = b->model ? measure_model(b, name, err) : POT_OK;
    if (s == POT_OK)
        s = pot_bench_machine(b, err); /* last: its buffers are no part of peak memory */
    pot_fp_leave(env);
    set_limits(b->out);
    b->out->seconds = pot_clock() - b->start;
    return s;
}

pot_status pot_bench_run(pot_bench *out, const char *name, const pot_bench_options *how,
                         pot_error *err)
{
    pot_bench result = {0};
    pot_model *m = NULL;
    pot_benching b = {.how = how,
                      .out = &result,
                      .seconds = how->seconds > 0 ? how->seconds : SECONDS,
                      .start = pot_clock(),
                      .expected = name ? 17 : 8};
    pot_status s;
    POT_TRY(pot_kernels_choose(&b.k, &how->compute, err));
    POT_GO(s, pot_pool_open(&b.pool, how->compute.threads, err));
    if (name) POT_GO(s, pot_model_open(&m, name, err));
    b.model = m;
    if (getloadavg(&result.load, 1) != 1) result.load = (double)NAN;
    result.threads = pot_pool_threads(b.pool);
    result.kernel = b.k.linear.name;
    result.profile = b.k.linear.profile;
    POT_GO(s, run(&b, name, err));
    *out = result;
out:
    pot_model_close(&m);
    pot_pool_close(&b.pool);
    return s;
}
