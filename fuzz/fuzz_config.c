/* Bytes as config.json: refused with a reason, or an architecture of which every number is in
 * the range that the engine relies on; warnings are whole lines of UTF-8.
 * Target functions: pot_arch_read, pot_arch_shape. */
#include "fuzz.h"

#include "base/utf8.h"
#include "model/arch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST 65536

static void check(int ok)
{
    if (!ok) abort();
}

static int in(uint64_t x, uint64_t least, uint64_t most)
{
    return x >= least && x <= most;
}

static void check_rope(const pot_rope *r, uint32_t head_dim)
{
    check(in(r->dim, 2, head_dim) && r->dim % 2 == 0 && r->theta >= 1 && r->scale > 0);
    for (uint32_t i = 0; i < r->dim / 2; i++)
        for (size_t length = 1; length < 1 << 24; length = 3 * length + 1) {
            const double f = pot_rope_frequency(r, i, pot_rope_class(r, length));
            check(f >= 0 && f <= 1e6);
        }
}

static void check_arch(const pot_arch *a)
{
    check(in(a->vocab, 1, 1 << 24) && in(a->context, 1, 1 << 24) && in(a->layers, 1, 10000));
    check(in(a->hidden, 1, 1 << 20) && in(a->embed, 1, 1 << 20) && in(a->heads, 1, 1 << 20));
    check(in(a->kv_heads, 1, a->heads) && a->heads % a->kv_heads == 0);
    check(in(a->head_dim, 1, 1 << 20) && (uint64_t)a->heads * a->head_dim <= 1 << 20);
    check(in(a->ffn, 1, 1 << 22) && a->eps > 0 && a->eps < 1 && a->act < POT_ACTS);
    check(a->embed_scale > 0 && a->residual_scale > 0 && a->logit_scale > 0);
    check(a->score_cap >= 0 && a->logit_cap >= 0 && a->clip_qkv >= 0);
    for (uint32_t i = 0; i < a->layers; i++) {
        const pot_layer_arch *l = &a->layer[i];
        check(isfinite(l->scale) && l->scale > 0 && l->rope <= POT_NO_ROPE);
        if (l->rope != POT_NO_ROPE) check(a->rope[l->rope].dim > 0);
    }
    if (a->moe.experts) check(in(a->moe.top_k, 1, a->moe.experts) && a->moe.scale > 0);
    for (int i = 0; i < POT_ROPES; i++)
        if (a->rope[i].dim) check_rope(&a->rope[i], a->head_dim);
    for (uint32_t i = 0; i < POT_SLOTS * (a->layers < 50 ? a->layers : 50); i++) {
        const pot_shape p = pot_arch_shape(a, i / POT_SLOTS, i % POT_SLOTS);
        if (p.present && (p.weight || p.bias)) check(in(p.rows, 1, (1 << 24) + 2));
        check(p.cols <= 1 << 22);
    }
}

static void check_lines(const pot_buf *warn)
{
    if (!warn->n) return;
    check(warn->p[warn->n - 1] == '\n' || warn->status != POT_OK);
    check(pot_utf8_valid((const uint8_t *)warn->p, warn->n) == warn->n);
    for (size_t i = 0; i < warn->n; i++)
        check((uint8_t)warn->p[i] >= 32 || warn->p[i] == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pot_json doc = {0};
    if (size > MOST) return 0;
    if (pot_json_parse(&doc, (pot_bytes){data, size}, "config.json", NULL) != POT_OK) return 0;
    pot_arena arena;
    pot_buf warn = POT_BUF(1 << 20);
    pot_arch arch = {0};
    pot_error err = {0};
    pot_arena_init(&arena, 1 << 20);
    const pot_status s = pot_arch_read(&arch, &arena, &doc, &warn, &err);
    check(s == POT_OK || s == POT_E_FORMAT || s == POT_E_UNSUPPORTED);
    check(err.status == s && (s == POT_OK || (err.msg[0] && err.file[0] && !arch.family)));
    if (s == POT_OK) check_arch(&arch);
    check_lines(&warn);
    pot_buf_free(&warn);
    pot_arena_close(&arena);
    pot_json_close(&doc);
    check(pot_mem_used() == 0);
    return 0;
}
