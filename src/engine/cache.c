#include "base/fail.h"
#include "engine/layout.h"

uint64_t pot_cache_bytes(const pot_engine *e, size_t tokens)
{
    const pot_arch *a = e->arch;
    return (uint64_t)a->layers * a->kv_heads * pot_attend_key_floats(a) * pot_attend_room(tokens) *
           sizeof(float);
}

pot_status pot_cache_open(pot_cache **out, const pot_engine *e, size_t tokens, pot_error *err)
{
    const pot_arch *a = e->arch;
    if (tokens < 1 || tokens > a->context)
        return pot_fail(err, POT_E_ARG, "a cache for 1 to %u tokens is expected", a->context);
    pot_cache *c = pot_mem_new(1, sizeof *c);
    if (!c) return pot_fail_mem(err);
    c->room = pot_attend_room(tokens);
    c->both = c->room * a->kv_heads * pot_attend_key_floats(a);
    c->of_layers = pot_mem_raw(a->layers * c->both, sizeof *c->of_layers);
    if (!c->of_layers) pot_cache_close(&c);
    if (!c)
        return pot_fail(err, POT_E_NOMEM,
                        "no memory for the keys and values of %zu tokens (%.0f MB): give fewer "
                        "tokens",
                        tokens, (double)pot_cache_bytes(e, tokens) / 1e6);
    *out = c;
    return POT_OK;
}

void pot_cache_close(pot_cache **cache)
{
    if (!*cache) return;
    pot_mem_free((*cache)->of_layers);
    pot_mem_free(*cache);
    *cache = NULL;
}

size_t pot_cache_tokens(const pot_cache *c)
{
    return c->n;
}

void pot_cache_empty(pot_cache *c)
{
    c->n = 0;
}

bool pot_engine_same_turn(const pot_engine *e, size_t a, size_t b)
{
    for (uint32_t r = 0; r < POT_ROPES; r++) {
        const pot_rope *rope = &e->arch->rope[r];
        if (rope->dim && pot_rope_class(rope, a) != pot_rope_class(rope, b)) return false;
    }
    return true;
}

bool pot_cache_serves(const pot_engine *e, const pot_cache *c, size_t n)
{
    return !c->n || pot_engine_same_turn(e, c->n, c->n + n);
}
