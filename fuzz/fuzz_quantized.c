/* A line of config.json and a safetensors file: refused with a reason, or a model all of whose
 * weights can be unpacked without leaving its bytes.
 * Target functions: pot_quant_read, pot_model_bind, pot_linear_values, pot_linear_parts. */
#include "fuzz.h"

#include "base/fail.h"
#include "engine/layout.h"
#include "model/family.h"

#include <stdlib.h>
#include <string.h>

#define MOST  65536
#define WIDTH 4096u /* of the models that are looked at */

static void check(int ok)
{
    if (!ok) abort();
}

static bool small(const pot_arch *a)
{
    return a->layers <= 2 && a->vocab <= WIDTH && a->context <= WIDTH && a->hidden <= WIDTH &&
           a->ffn <= WIDTH && a->heads * a->head_dim <= WIDTH && a->moe.experts <= 8 &&
           a->moe.ffn <= WIDTH && a->moe.shared_ffn <= WIDTH && a->embed <= WIDTH;
}

static pot_status bind(pot_model *m, pot_bytes config, pot_bytes file, pot_error *err)
{
    pot_json doc = {0};
    pot_tensor *t;
    size_t n;
    pot_status s;
    POT_GO(s, pot_json_parse(&doc, config, "config.json", err));
    POT_GO(s, pot_arch_read(&m->arch, &m->arena, &doc, NULL, err));
    POT_GO(s, small(&m->arch) ? POT_OK : pot_fail(err, POT_E_UNSUPPORTED, "too large for a test"));
    m->names = m->arch.family->name;
    POT_GO(s, pot_safetensors_read(&t, &n, &m->arena, file, "file", err));
    POT_GO(s, pot_model_room(m, 1, err));
    m->map[0].bytes = file;
    m->weights[0] = (pot_model_file){.name = "file", .size = file.n};
    m->facts.n_weights = 1;
    POT_GO(s, pot_model_append(m, 0, t, n, err));
    POT_GO(s, pot_model_sort(m, err));
    s = pot_model_bind(m, err);
out:
    pot_json_close(&doc);
    return s;
}

/* Every weight of a matrix, whole and in the cuts in which it is read from the disk. */
static void unpack(const pot_kernels *k, const pot_linear *w, pot_bytes file, float *out)
{
    if (!w->w) return;
    pot_bytes part[POT_LINEAR_PARTS];
    const size_t rows = pot_linear_rows(w), grain = pot_linear_grain(w);
    for (size_t n = 0; n < w->out && w->scaling.kind; n++)
        pot_linear_values(k, w, n, 1, out);
    for (size_t r = 0, end; r < rows; r = end) {
        end = rows - r < 3 * grain ? rows : r + 3 * grain;
        const size_t parts = pot_linear_parts(part, w, r, end);
        for (size_t i = 0; i < parts; i++)
            check(part[i].p >= file.p && part[i].n <= file.n &&
                  part[i].p - file.p <= (ptrdiff_t)(file.n - part[i].n));
    }
}

static void unpack_all(const pot_engine *e, pot_bytes file)
{
    float *out = pot_mem_new(4 * WIDTH, sizeof *out);
    check(out != NULL);
    unpack(e->k, &e->embed, file, out);
    unpack(e->k, &e->head, file, out);
    for (uint32_t i = 0; i < e->arch->layers; i++) {
        const pot_layer *l = &e->layer[i];
        const pot_linear *const all[] = {&l->q,      &l->k,        &l->v,       &l->o,
                                         &l->mlp.up, &l->mlp.gate, &l->mlp.down};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            unpack(e->k, all[k], file, out);
        for (uint32_t x = 0; e->arch->layer[i].experts && x < e->arch->moe.experts; x++) {
            unpack(e->k, &l->moe.expert[x].gate, file, out);
            unpack(e->k, &l->moe.expert[x].down, file, out);
        }
    }
    pot_mem_free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *line = size && size <= MOST ? memchr(data, '\n', size) : NULL;
    pot_model m = {.dir = "dir"};
    pot_engine *e = NULL;
    pot_kernels k;
    pot_error err = {0};
    if (!line) return 0;
    const pot_bytes config = {data, (size_t)(line - data)}, file = {line + 1, size - config.n - 1};
    m.facts.path = "dir";
    pot_arena_init(&m.arena, 1 << 24);
    pot_kernels_init(&k, NULL);
    const pot_status s = bind(&m, config, file, &err);
    check(err.status == s && (s == POT_OK || *err.msg));
    pot_pool *pool = NULL;
    if (s == POT_OK && pot_pool_open(&pool, 1, NULL) == POT_OK &&
        pot_engine_open(&e, &m, pool, &k, NULL) == POT_OK)
        unpack_all(e, file);
    pot_engine_close(&e);
    pot_pool_close(&pool);
    pot_arena_close(&m.arena);
    check(pot_mem_used() == 0);
    return 0;
}
