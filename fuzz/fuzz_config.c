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

static void check_arch(const pot_arch *a)
{
    check(in(a->vocab, 1, 1 << 24) && in(a->context, 1, 1 << 24) && in(a->layers, 1, 10000));
    check(in(a->hidden, 1, 1 << 20) && in(a->embed, 1, 1 << 20) && in(a->heads, 1, 1 << 20));
    check(in(a->kv_heads, 1, a->heads) && a->heads % a->kv_heads == 0);
    check(in(a->head_dim, 1, 1 << 20) && (uint64_t)a->heads * a->head_dim <= 1 << 20);
    check(in(a->ffn, 1, 1 << 22) && a->eps > 0 && a->eps < 1 && a->act <= POT_SILU);
    if (a->position == POT_POS_ROPE)
        check(in(a->rope.dim, 2, a->head_dim) && a->rope.dim % 2 == 0 && a->rope.theta >= 1);
    for (uint32_t i = 0; i < a->layers; i++)
        check(isfinite(a->layer[i].scale) && a->layer[i].scale > 0);
    for (pot_slot s = 0; s < POT_SLOTS; s++) {
        const pot_shape p = pot_arch_shape(a, s);
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
