/* Tensors to slots: the names and shapes that the architecture asks for, exactly. */
#include "base/fail.h"
#include "model/family.h"
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME 256

/* "@h.%.ln_1" -> "transformer.h.7.ln_1" + ".weight". */
static void tensor_name(char out[NAME], const char *stem, const char *prefix, uint32_t layer,
                        const char *end)
{
    size_t n = 0;
    out[0] = '\0';
    for (; *stem && n < NAME; stem++) {
        if (*stem == '@') n += (size_t)snprintf(out + n, NAME - n, "%s", prefix);
        else if (*stem == '%') n += (size_t)snprintf(out + n, NAME - n, "%u", layer);
        else n += (size_t)snprintf(out + n, NAME - n, "%c", *stem);
    }
    if (n < NAME) snprintf(out + n, NAME - n, "%s", end);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, ((const pot_weight *)b)->t.name);
}

static pot_weight *find(const pot_model *m, const char *name)
{
    return m->n_weights ? bsearch(name, m->weight, m->n_weights, sizeof *m->weight, by_name) : NULL;
}

/* The prefix with which the embedding is in the file; the first where none is. */
static const char *choose_prefix(const pot_model *m)
{
    const struct pot_family *f = m->arch.family;
    char name[NAME];
    for (size_t i = 0; i < 3 && f->prefix[i]; i++) {
        tensor_name(name, f->name[POT_EMBED], f->prefix[i], 0, ".weight");
        if (find(m, name)) return f->prefix[i];
    }
    return f->prefix[0];
}

static pot_status refuse(const pot_model *m, const pot_weight *w, const char *name,
                         pot_status status, pot_error *err, const char *what)
{
    pot_fail_at(err, status, name, "%s", what);
    char path[PATH_MAX];
    if (w && pot_path_join(path, m->dir, m->weights[w->file].name, NULL) == POT_OK)
        return pot_fail_in(err, status, path);
    return pot_fail_in(err, status, m->dir);
}

/* Take a tensor that must be there, of this shape, in an encoding that the kernels know. */
static pot_status take(const pot_model *m, const pot_weight **out, const char *name, uint32_t rows,
                       uint32_t cols, pot_error *err)
{
    char what[160];
    pot_weight *w = find(m, name);
    if (!w)
        return refuse(m, NULL, name, POT_E_FORMAT, err,
                      "this tensor is missing; the files are incomplete, or config.json does not "
                      "belong to them");
    const bool vector = cols == 0;
    if (w->t.dims != (vector ? 1u : 2u) || w->t.shape[0] != rows ||
        (!vector && w->t.shape[1] != cols)) {
        if (vector) snprintf(what, sizeof what, "a vector of %u is expected by config.json", rows);
        else snprintf(what, sizeof what, "shape [%u, %u] is expected by config.json", rows, cols);
        return refuse(m, w, name, POT_E_FORMAT, err, what);
    }
    for (w->type = 0; w->type < POT_DTYPES; w->type++)
        if (strcmp(pot_dtype_name(w->type), w->t.dtype) == 0) break;
    if (w->type == POT_DTYPES) {
        snprintf(what, sizeof what, "dtype %s is not built in; F32, F16 and BF16 are", w->t.dtype);
        return refuse(m, w, name, POT_E_UNSUPPORTED, err, what);
    }
    w->used = true;
    *out = w;
    return POT_OK;
}

static pot_status bind_slot(pot_model *m, const char *prefix, uint32_t layer, pot_slot slot,
                            pot_error *err)
{
    const pot_shape want = pot_arch_shape(&m->arch, slot);
    const char *stem = m->arch.family->name[slot];
    char name[NAME];
    if (!want.present || !stem) return POT_OK;
    pot_slot_view *v = &m->slot[(size_t)layer * POT_SLOTS + slot];
    if (want.weight) {
        const bool flip = m->arch.columns && slot >= POT_LAYER_SLOTS && want.cols;
        tensor_name(name, stem, prefix, layer, ".weight");
        POT_TRY(
            take(m, &v->w, name, flip ? want.cols : want.rows, flip ? want.rows : want.cols, err));
    }
    if (want.bias) {
        tensor_name(name, stem, prefix, layer, ".bias");
        POT_TRY(take(m, &v->b, name, want.rows, 0, err));
    }
    return POT_OK;
}

static bool ends_with(const char *s, const char *end)
{
    const size_t n = strlen(s), k = strlen(end);
    return n >= k && strcmp(s + n - k, end) == 0;
}

/* Masks and frequency tables that old versions stored hold no weights. */
static bool is_buffer(const struct pot_family *f, const char *name)
{
    for (const char *const *b = f->buffers; *b; b++)
        if (ends_with(name, *b)) return true;
    return false;
}

/* A tied head that is stored as well must be the embedding (compared in pot_model_hash). */
static bool is_tied_head(pot_model *m, pot_weight *w)
{
    char name[NAME];
    tensor_name(name, m->arch.family->name[POT_HEAD], "", 0, ".weight");
    const pot_weight *embed = m->slot[POT_EMBED].w;
    if (!m->arch.tied || strcmp(w->t.name, name) != 0) return false;
    if (strcmp(w->t.dtype, embed->t.dtype) != 0 || w->t.dims != embed->t.dims ||
        memcmp(w->t.shape, embed->t.shape, sizeof w->t.shape) != 0)
        return false;
    m->tied_copy = w;
    return true;
}

static pot_status refuse_surplus(pot_model *m, pot_error *err)
{
    for (size_t i = 0; i < m->n_weights; i++) {
        pot_weight *w = &m->weight[i];
        if (w->used || is_buffer(m->arch.family, w->t.name) || is_tied_head(m, w)) continue;
        return refuse(m, w, w->t.name, POT_E_UNSUPPORTED, err,
                      "this tensor has no place in the architecture that config.json names");
    }
    return POT_OK;
}

pot_status pot_model_bind(pot_model *m, pot_error *err)
{
    const char *prefix = choose_prefix(m);
    m->slot = pot_arena_new(&m->arena, (size_t)m->arch.layers * POT_SLOTS, sizeof *m->slot);
    if (!m->slot) return pot_fail_mem(err);
    for (pot_slot s = 0; s < POT_LAYER_SLOTS; s++)
        POT_TRY(bind_slot(m, prefix, 0, s, err));
    for (uint32_t l = 0; l < m->arch.layers; l++)
        for (pot_slot s = POT_LAYER_SLOTS; s < POT_SLOTS; s++)
            POT_TRY(bind_slot(m, prefix, l, s, err));
    return refuse_surplus(m, err);
}
