/* Tensors to slots: the names and shapes that the architecture asks for, exactly. */
#include "base/fail.h"
#include "model/family.h"
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME 256

/* "@h.%.ln_1" -> "transformer.h.7.ln_1" + ".weight"; '#' is the number within the layer; of
 * several names it is the first. */
static void tensor_name(char out[NAME], const char *stem, const char *prefix, uint32_t layer,
                        uint32_t inner, const char *end)
{
    size_t n = 0;
    out[0] = '\0';
    for (; *stem && *stem != '|' && n < NAME; stem++) {
        if (*stem == '@') n += (size_t)snprintf(out + n, NAME - n, "%s", prefix);
        else if (*stem == '%') n += (size_t)snprintf(out + n, NAME - n, "%u", layer);
        else if (*stem == '#') n += (size_t)snprintf(out + n, NAME - n, "%u", inner);
        else n += (size_t)snprintf(out + n, NAME - n, "%c", *stem);
    }
    if (n > 0 && n < NAME && out[n - 1] == '!') { /* the name itself, and name_bias */
        out[--n] = '\0';
        if (strcmp(end, ".weight") == 0) return;
        out[n++] = '_';
        end++;
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
    for (size_t i = 0; i < sizeof f->prefix / sizeof *f->prefix && f->prefix[i]; i++) {
        tensor_name(name, m->names[POT_EMBED], f->prefix[i], 0, 0, ".weight");
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
    return pot_fail_in(err, status, m->facts.path);
}

/* What says which tensors there must be. */
static const char *facts_from(const pot_model *m)
{
    return m->names == m->arch.family->name ? "config.json" : "the metadata";
}

/* Dimensions of a tensor: [count][rows][cols], of which count and cols may be absent (0); of
 * nibbles [count][rows][cols / 32][16]. */
struct dims {
    size_t n;
    uint64_t size[4];
    bool vector; /* no cols */
    pot_split split;
};

static struct dims dims_of(uint32_t count, uint32_t rows, uint32_t cols)
{
    struct dims d = {.vector = !cols};
    if (count) d.size[d.n++] = count;
    d.size[d.n++] = rows;
    if (cols) d.size[d.n++] = cols;
    return d;
}

static struct dims part_of(pot_shape s, pot_split split)
{
    struct dims d = dims_of(s.count, s.rows, s.cols / 32);
    d.split = split;
    if (split == POT_SPLIT_NIBBLES) d.size[d.n++] = 16;
    return d;
}

static pot_status refuse_shape(const pot_model *m, const pot_weight *w, struct dims d,
                               pot_error *err)
{
    char what[160];
    size_t at = 0;
    if (d.n == 1) {
        snprintf(what, sizeof what, "a vector of %u is expected by %s", (unsigned)d.size[0],
                 facts_from(m));
        return refuse(m, w, w->t.name, POT_E_FORMAT, err, what);
    }
    at = (size_t)snprintf(what, sizeof what, "shape [");
    for (size_t i = 0; i < d.n; i++)
        at += (size_t)snprintf(what + at, sizeof what - at, "%s%u", i ? ", " : "",
                               (unsigned)d.size[i]);
    snprintf(what + at, sizeof what - at, "] is expected by %s", facts_from(m));
    return refuse(m, w, w->t.name, POT_E_FORMAT, err, what);
}

/* Take a tensor that must be there, of this shape, in an encoding that the kernels know. */
static pot_status take(const pot_model *m, const pot_weight **out, const char *name, struct dims d,
                       pot_error *err)
{
    char what[160];
    pot_weight *w = find(m, name);
    if (!w) {
        snprintf(what, sizeof what,
                 "this tensor is missing; the files are incomplete, or %s does not belong to them",
                 facts_from(m));
        return refuse(m, NULL, name, POT_E_FORMAT, err, what);
    }
    bool fits = w->t.dims == d.n;
    for (size_t i = 0; fits && i < d.n; i++)
        fits = w->t.shape[i] == d.size[i];
    if (!fits) return refuse_shape(m, w, d, err);
    w->split = d.split;
    if (d.split && strcmp(w->t.dtype, "U8") != 0)
        return refuse(m, w, name, POT_E_UNSUPPORTED, err, "dtype U8 is expected of MXFP4");
    for (w->type = d.split ? POT_MXFP4 : 0; !d.split && w->type < POT_DTYPES; w->type++)
        if (strcmp(pot_dtype_name(w->type), w->t.dtype) == 0) break;
    if (w->type == POT_DTYPES || (d.vector && w->type > POT_BF16)) {
        snprintf(what, sizeof what, "dtype %s is not built in%s; F32, F16 and BF16 are", w->t.dtype,
                 d.vector ? " for vectors" : "");
        return refuse(m, w, name, POT_E_UNSUPPORTED, err, what);
    }
    w->used = true;
    *out = w;
    return POT_OK;
}

/* Where a slot is looked for. */
struct place {
    const char *prefix, *stem;
    uint32_t layer, inner;
};

/* The first of the names whose weight is in the file; the first of all where none is. */
static const char *choose_name(const pot_model *m, struct place at)
{
    char name[NAME];
    for (const char *stem = at.stem; stem;
         stem = strchr(stem, '|'), stem = stem ? stem + 1 : NULL) {
        tensor_name(name, stem, at.prefix, at.layer, 0, ".weight");
        if (find(m, name)) return stem;
    }
    return at.stem;
}

static pot_status bind_one(pot_model *m, pot_slot_view *v, struct place at, pot_shape want,
                           bool flip, pot_error *err)
{
    char name[NAME];
    if (want.mxfp4) {
        tensor_name(name, at.stem, at.prefix, at.layer, at.inner, ".blocks");
        POT_TRY(take(m, &v->w, name, part_of(want, POT_SPLIT_NIBBLES), err));
        tensor_name(name, at.stem, at.prefix, at.layer, at.inner, ".scales");
        POT_TRY(take(m, &v->scale, name, part_of(want, POT_SPLIT_SCALES), err));
    } else if (want.weight) {
        tensor_name(name, at.stem, at.prefix, at.layer, at.inner, ".weight");
        POT_TRY(take(
            m, &v->w, name,
            dims_of(want.count, flip ? want.cols : want.rows, flip ? want.rows : want.cols), err));
    }
    if (!want.bias) return POT_OK;
    tensor_name(name, at.stem, at.prefix, at.layer, at.inner, ".bias");
    return take(m, &v->b, name, dims_of(want.count, want.rows, 0), err);
}

static pot_status bind_slot(pot_model *m, const char *prefix, uint32_t layer, pot_slot slot,
                            pot_error *err)
{
    pot_shape want = pot_arch_shape(&m->arch, layer, slot);
    struct place at = {.prefix = prefix, .stem = m->names[slot], .layer = layer};
    const bool expert = slot == POT_X_GATE_UP || slot == POT_X_DOWN;
    const bool flip =
        want.cols && (expert ? m->arch.moe.columns : m->arch.columns && slot >= POT_LAYER_SLOTS);
    pot_slot_view *v = &m->slot[(size_t)layer * POT_SLOTS + slot];
    if (!want.present || !at.stem) return POT_OK;
    at.stem = choose_name(m, at);
    const bool numbered = at.stem[strcspn(at.stem, "#|")] == '#'; /* the chosen name */
    if (!want.count || !numbered) return bind_one(m, v, at, want, flip, err);

    pot_slot_view *each = pot_arena_new(&m->arena, want.count, sizeof *each);
    if (!each) return pot_fail_mem(err);
    v->each = each;
    const uint32_t n = want.count;
    want.count = 0;
    for (at.inner = 0; at.inner < n; at.inner++)
        POT_TRY(bind_one(m, &each[at.inner], at, want, flip, err));
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
    for (const char *const *b = f->beside; b && *b; b++) /* and other parts are not used */
        if (strncmp(name, *b, strlen(*b)) == 0) return true;
    return false;
}

/* A tied head that is stored as well must be the embedding (compared in pot_model_hash). */
static bool is_tied_head(pot_model *m, pot_weight *w)
{
    char name[NAME];
    const struct place at = {.prefix = "", .stem = m->names[POT_HEAD]};
    tensor_name(name, choose_name(m, at), "", 0, 0, ".weight");
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
        if (w->used || w->aside || is_buffer(m->arch.family, w->t.name) || is_tied_head(m, w))
            continue;
        char what[160];
        snprintf(what, sizeof what, "this tensor has no place in the architecture that %s names",
                 facts_from(m));
        return refuse(m, w, w->t.name, POT_E_UNSUPPORTED, err, what);
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
