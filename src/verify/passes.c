/* Passes over the weights: what stays in memory, and how far a pass is. */
#include "verify/run.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/memory.h"

#define READERS 2

pot_status pot_side_sizes_of(pot_side_sizes *out, pot_engine *e, const pot_model *m, size_t longest,
                             pot_error *err)
{
    const pot_model_facts *f = pot_model_info(m);
    const size_t fixed = pot_engine_work(e, 0, longest);
    *out = (pot_side_sizes){.work = fixed,
                            .per_row = pot_engine_work(e, 1, longest) - fixed,
                            .hidden_row = pot_engine_width(e) * sizeof(float),
                            .logits_row = pot_engine_vocab(e) * sizeof(float)};
    for (size_t i = 0; i < f->n_weights; i++)
        out->files += f->weights[i].size;
    return pot_engine_least_ring(e, m, &out->least_ring, err);
}

/* Bytes that the process may take: what was asked for, or nine tenths of what is free. */
static uint64_t most_memory(const pot_verify *v)
{
    if (v->options.compute.max_memory) return v->options.compute.max_memory;
    const uint64_t left = pot_memory_free();
    return left / 10 * 9;
}

static pot_status open_engine(pot_verify *v, pot_party *p, pot_side_sizes *size, pot_error *err)
{
    const bool again = v->calibrates && p == &v->party[1];
    if (p->saved) return pot_saved_engine(v, size, err);
    POT_TRY(pot_engine_open(&p->engine, p->model, v->pool, again ? &v->other : &v->kernels, err));
    pot_engine_watch(p->engine, pot_verify_going, v);
    return pot_side_sizes_of(size, p->engine, p->model, v->longest, err);
}

pot_status pot_verify_engines(pot_verify *v, pot_error *err)
{
    pot_sizes s = {.most = most_memory(v),
                   .sides = 2,
                   .rows = POT_FAMILIES * v->longest,
                   .batches = v->decider.rule.n_max / POT_FAMILIES,
                   .threads = pot_pool_threads(v->pool)};
    uint32_t layers = 0;
    uint64_t saved = 0; /* bytes that stay where they are mapped */
    for (int i = 0; i < 2; i++) {
        pot_party *p = &v->party[i];
        const uint32_t n = p->saved ? 0 : p->facts->layers;
        POT_TRY(open_engine(v, p, &s.side[i], err));
        v->layers += n;
        layers = n > layers ? n : layers;
        if (p->saved) saved += pot_saved_head(p->saved);
    }
    v->pass.layer = pot_mem_new(layers, sizeof *v->pass.layer);
    if (!v->pass.layer) return pot_fail_mem(err);
    s.used = pot_mem_used() + saved;
    POT_TRY(pot_budget_plan(&v->budget, &s, err));
    if (v->budget.resident) return POT_OK;
    POT_TRY(pot_ring_open(&v->ring, v->budget.ring, READERS, err));
    for (int i = 0; i < 2; i++) {
        pot_party *p = &v->party[i];
        if (p->saved) continue;
        POT_TRY(
            pot_engine_stream(p->engine, p->model, v->ring, v->budget.unit, v->budget.pin[i], err));
        pot_model_rest(p->model);
    }
    return POT_OK;
}

/* ---- progress and trace ---------------------------------------------------------------------- */

static uint64_t bytes_read(const pot_verify *v)
{
    return v->ring ? pot_ring_bytes(v->ring) : 0;
}

void pot_pass_begin(pot_verify *v, const char *what, size_t layers)
{
    const unsigned count = (unsigned)v->questions;
    v->pass.record = (pot_pass_record){.what = what, .first = v->decider.n, .count = count};
    v->pass.record.layers = layers;
    v->pass.record.layer = v->pass.layer;
    v->pass.start = v->pass.last = pot_clock();
    v->pass.read = bytes_read(v);
    v->pass.at = 0;
}

/* A layer begins, or with it the end of the pass. */
static void count_layer(pot_verify *v)
{
    const double now = pot_clock();
    if (v->pass.at && v->pass.at <= v->pass.record.layers)
        v->pass.layer[v->pass.at - 1] = now - v->pass.last;
    v->pass.last = now;
    v->pass.at++;
}

pot_status pot_pass_end(pot_verify *v, pot_error *err)
{
    pot_pass_record *r = &v->pass.record;
    if (r->layers) count_layer(v);
    r->seconds = pot_clock() - v->pass.start;
    r->read = bytes_read(v) - v->pass.read;
    return v->trace ? v->trace(v->trace_ctx, r, err) : POT_OK;
}

/* Asked before each layer, so that a sweep over large models is seen to move. */
bool pot_verify_going(void *verify)
{
    pot_verify *v = verify;
    count_layer(v);
    const double now = pot_clock(), part = (double)v->layers_begun / v->layers,
                 spent = now - v->sweep_start;
    const pot_progress p = {
        .what = v->calibrates ? "calibrating" : "scoring",
        .done = v->decider.n + (double)v->questions * (part < 1 ? part : 1),
        .total = v->calibrates ? v->asks : v->decider.rule.n_max,
        .seconds = now - v->start,
        .lo = v->lo,
        .hi = v->hi,
        .layer = v->layers_begun,
        .layers = v->layers,
        .read = bytes_read(v) - v->sweep_read,
        .left = part > 0 ? spent / part - spent : 0,
        .sweep = spent,
    };
    v->layers_begun++;
    return !v->options.progress || v->options.progress(v->options.ctx, &p);
}
