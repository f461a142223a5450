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
    bool loose;  /* dimensions of 1 do not count */
    pot_role role;
    const char *dtype; /* the only one, where the tensor is a part */
};

static struct dims dims_of(uint32_t count, uint32_t rows, uint32_t cols)
{
    struct dims d = {.vector = !cols};
    if (count) d.size[d.n++] = count;
    d.size[d.n++] = rows;
    if (cols) d.size[d.n++] = cols;
    return d;
}

static struct dims mxfp4_of(pot_shape s, pot_role role)
{
    struct dims d = dims_of(s.count, s.rows, s.cols / 32);
    d.role = role;
    d.dtype = "U8";
    if (role == POT_ROLE_NIBBLES) d.size[d.n++] = 16;
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

static bool fits(const pot_tensor *t, struct dims d)
{
    size_t i = 0, k = 0;
    for (;; i++, k++) {
        while (d.loose && i < t->dims && t->shape[i] == 1)
            i++;
        while (d.loose && k < d.n && d.size[k] == 1)
            k++;
        if (i == t->dims || k == d.n) return i == t->dims && k == d.n;
        if (t->shape[i] != d.size[k]) return false;
    }
}

/* The encoding of a tensor: one that the kernels know, and the one that its part has. */
static pot_status find_type(const pot_model *m, pot_weight *w, struct dims d, pot_error *err)
{
    char what[160];
    const bool narrow = d.vector || d.role == POT_ROLE_SCALES;
    if (d.dtype) {
        snprintf(what, sizeof what, "dtype %s is expected here, not %s", d.dtype, w->t.dtype);
        if (strcmp(w->t.dtype, d.dtype) != 0)
            return refuse(m, w, w->t.name, POT_E_UNSUPPORTED, err, what);
        const bool mxfp4 = d.role == POT_ROLE_NIBBLES || d.role == POT_ROLE_POWERS;
        w->type = mxfp4 ? POT_MXFP4 : POT_F32;
        return POT_OK;
    }
    for (w->type = 0; w->type < POT_DTYPES; w->type++)
        if (strcmp(pot_dtype_name(w->type), w->t.dtype) == 0) break;
    if (w->type < POT_DTYPES && (!narrow || w->type <= POT_BF16)) return POT_OK;
    snprintf(what, sizeof what, "dtype %s is not built in%s; F32, F16 and BF16 are", w->t.dtype,
             d.vector                    ? " for vectors"
             : d.role == POT_ROLE_SCALES ? " for scales"
                                         : "");
    return refuse(m, w, w->t.name, POT_E_UNSUPPORTED, err, what);
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
    if (!fits(&w->t, d)) return refuse_shape(m, w, d, err);
    POT_TRY(find_type(m, w, d, err));
    w->role = d.role;
    w->used = true;
    *out = w;
    return POT_OK;
}

/* Where a slot is looked for. */
struct place {
    const char *prefix, *stem;
    uint32_t layer, inner;
};

static void name_at(char name[NAME], struct place at, const char *end)
{
    tensor_name(name, at.stem, at.prefix, at.layer, at.inner, end);
}

/* ---- matrices of several tensors ------------------------------------------------------------ */

/* A matrix, and the scheme by which it is looked for. */
struct quantized {
    pot_model *m;
    pot_slot_view *v;
    struct place at;
    const pot_quant_scheme *s;
    uint32_t out, in;
};

/* Does a file have it in this scheme? */
static bool is_quantized(const pot_model *m, struct place at, const pot_quant_scheme *s)
{
    char name[NAME];
    name_at(name, at, s->layout->weight.end[0]);
    const pot_weight *w = find(m, name);
    if (!w || s->layout->dtype) return w && strcmp(w->t.dtype, s->layout->dtype) == 0;
    return strcmp(w->t.dtype, "F8_E4M3") == 0 || strcmp(w->t.dtype, "F8_E5M2") == 0;
}

static uint32_t parts(uint32_t n, uint32_t each)
{
    return each ? (n + each - 1) / each : 1;
}

static uint32_t axis_size(const struct quantized *q, pot_axis axis)
{
    switch (axis) {
    case POT_AXIS_OUT:
        return q->out;
    case POT_AXIS_IN:
        return q->in;
    case POT_AXIS_OUT_WORDS:
        return (uint32_t)((uint64_t)q->out * q->s->bits / 32);
    case POT_AXIS_IN_WORDS:
        return (uint32_t)((uint64_t)q->in * q->s->bits / 32);
    case POT_AXIS_OUT_SCALES:
        return parts(q->out, q->s->rows);
    case POT_AXIS_IN_SCALES:
        return parts(q->in, q->s->cols);
    case POT_AXIS_NONE:
        break;
    }
    return 0;
}

/* Take one of its tensors; `step` says how far apart its neighbours lie. */
static pot_status take_part(const struct quantized *q, const pot_weight **out,
                            const pot_quant_part *p, pot_role role, const char *dtype,
                            uint32_t step[2], pot_error *err)
{
    char name[NAME];
    const bool outputs_first = p->axis[0] == POT_AXIS_OUT || p->axis[0] == POT_AXIS_OUT_WORDS ||
                               p->axis[0] == POT_AXIS_OUT_SCALES;
    const uint32_t rows = axis_size(q, p->axis[0]), cols = axis_size(q, p->axis[1]);
    struct dims d = {.n = 2, .size = {rows, cols}, .role = role, .dtype = dtype};
    d.loose = role == POT_ROLE_SCALES;
    step[0] = outputs_first ? cols : 1;
    step[1] = outputs_first ? 1 : cols;
    for (int i = 1; i >= 0; i--) {
        if (!p->end[i]) continue;
        name_at(name, q->at, p->end[i]);
        if (find(q->m, name)) break;
    }
    return take(q->m, out, name, d, err);
}

static pot_status refuse_part(const struct quantized *q, const char *end, pot_error *err,
                              const char *what)
{
    char name[NAME];
    name_at(name, q->at, end);
    return refuse(q->m, find(q->m, name), name, POT_E_FORMAT, err, what);
}

/* Whole words of 32 bits, along what they pack. */
static pot_status check_words(const struct quantized *q, pot_error *err)
{
    const pot_quant_layout *l = q->s->layout;
    const bool across = l->weight.axis[1] == POT_AXIS_OUT_WORDS || q->s->zeros,
               down = l->weight.axis[1] != POT_AXIS_OUT_WORDS;
    char what[160];
    snprintf(what, sizeof what, "%u x %u numbers of %u bits do not fill whole words of 32 bits",
             q->out, q->in, q->s->bits);
    if ((!across || (uint64_t)q->out * q->s->bits % 32 == 0) &&
        (!down || (uint64_t)q->in * q->s->bits % 32 == 0))
        return POT_OK;
    return refuse_part(q, l->weight.end[0], err, what);
}

static int32_t i32_at(const uint8_t *p)
{
    return (int32_t)(p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);
}

/* The list of groups, checked and copied; none where it is in order. */
static pot_status read_groups(const struct quantized *q, const uint32_t **out, pot_error *err)
{
    const char *end = q->s->layout->group;
    const uint32_t n = q->in, cols = q->s->cols ? q->s->cols : n, groups = parts(n, cols);
    const pot_weight *w;
    char name[NAME], what[160];
    bool ordered = true;
    name_at(name, q->at, end);
    if (!find(q->m, name) && !q->s->any_group) return POT_OK;
    struct dims d = {.n = 1, .size = {n}, .role = POT_ROLE_NOTES, .dtype = "I32"};
    POT_TRY(take(q->m, &w, name, d, err));
    const bool unset = i32_at(w->t.data.p) == -1; /* then all are */
    for (uint32_t i = 0; i < n; i++) {
        const int32_t g = i32_at(w->t.data.p + 4 * (size_t)i);
        ordered = ordered && g == (int32_t)(i / cols);
        if (unset ? g == -1 : g >= 0 && (uint32_t)g < groups) continue;
        snprintf(what, sizeof what, "element %u is %d; groups from 0 to %u are expected", i, (int)g,
                 groups - 1);
        return refuse_part(q, end, err, what);
    }
    if (ordered || unset) return POT_OK;
    if (!q->s->any_group)
        return refuse_part(q, end, err,
                           "this changes the order of groups, which config.json "
                           "(desc_act or actorder) says is not changed");
    uint32_t *list = pot_arena_new(&q->m->arena, n, sizeof *list);
    if (!list) return pot_fail_mem(err);
    for (uint32_t i = 0; i < n; i++)
        list[i] = (uint32_t)i32_at(w->t.data.p + 4 * (size_t)i);
    *out = list;
    return POT_OK;
}

/* The tensor that repeats the shape, as I64 or I32. */
static pot_status check_shape_note(const struct quantized *q, pot_error *err)
{
    const char *end = q->s->layout->shape;
    char name[NAME];
    name_at(name, q->at, end);
    const pot_weight *w = find(q->m, name);
    struct dims d = {.n = 1, .size = {2}, .role = POT_ROLE_NOTES, .dtype = "I64"};
    if (w && strcmp(w->t.dtype, "I32") == 0) d.dtype = "I32";
    POT_TRY(take(q->m, &w, name, d, err));
    const size_t size = strcmp(d.dtype, "I64") == 0 ? 8 : 4;
    const uint8_t *p = w->t.data.p;
    bool same = (uint32_t)i32_at(p) == q->out && (uint32_t)i32_at(p + size) == q->in;
    for (size_t i = 4; i < size; i++)
        same = same && !p[i] && !p[size + i];
    return same ? POT_OK
                : refuse_part(q, end, err, "this is not the shape that config.json implies");
}

/* Some writers give every quantized matrix a bias; where the model has none, it must be 0. */
static pot_status check_no_bias(const struct quantized *q, pot_error *err)
{
    char name[NAME];
    name_at(name, q->at, ".bias");
    pot_weight *w = find(q->m, name);
    bool zero = true;
    if (!w || !q->s->layout->dtype) return POT_OK;
    for (size_t i = 0; i < w->t.data.n; i++)
        zero = zero && (w->t.data.p[i] & (i % 2 ? 0x7f : 0xff)) == 0;
    w->aside = zero;
    return zero ? POT_OK
                : refuse_part(q, ".bias", err, "a bias that is not 0 has no place in this model");
}

static pot_status bind_quantized(const struct quantized *q, bool bias, pot_error *err)
{
    const pot_quant_scheme *s = q->s;
    const pot_quant_layout *l = s->layout;
    const bool ints = l->dtype != NULL;
    const pot_weight *w, *scale, *zero = NULL;
    pot_scaling g = {.kind = ints ? POT_SCALED_INTS : POT_SCALED_FLOATS,
                     .rows = s->rows ? s->rows : q->out,
                     .cols = s->cols ? s->cols : q->in,
                     .bits = s->bits,
                     .zero_plus = s->zero_plus,
                     .flip = ints && strcmp(l->dtype, "I8") == 0 ? 0x80808080u : 0,
                     .columns = l->weight.axis[0] == POT_AXIS_IN_WORDS || l->awq,
                     .awq = l->awq};
    if (ints) POT_TRY(check_words(q, err));
    POT_TRY(take_part(q, &w, &l->weight, ints ? POT_ROLE_INTS : POT_ROLE_WHOLE, l->dtype,
                      g.word_step, err));
    POT_TRY(take_part(q, &scale, &l->scale, POT_ROLE_SCALES, NULL, g.scale_step, err));
    if (s->zeros) POT_TRY(take_part(q, &zero, &l->zero, POT_ROLE_NOTES, "I32", g.zero_step, err));
    if (l->group) POT_TRY(read_groups(q, &g.group, err));
    if (l->shape) POT_TRY(check_shape_note(q, err));
    if (!bias) POT_TRY(check_no_bias(q, err));
    if (g.flip) g.word_step[0] /= 4; /* from bytes */
    if (!s->rows) g.scale_step[0] = 0;
    g.type = scale->type;
    g.scale = scale->t.data.p;
    g.zero = zero ? zero->t.data.p : NULL;
    find(q->m, w->t.name)->scheme = s;
    q->v->w = w;
    q->v->scaling = g;
    return POT_OK;
}

/* By the first of the schemes that fits; by the first of all where none does. */
static pot_status bind_by_schemes(struct quantized q, bool bias, bool *found, pot_error *err)
{
    const pot_quant *a = &q.m->arch.quant;
    const pot_quant_scheme *first = NULL;
    uint32_t n = 0;
    *found = false;
    for (uint32_t i = 0; i < a->n; i++)
        if (is_quantized(q.m, q.at, &a->scheme[i]) && !n++) first = &a->scheme[i];
    for (uint32_t i = 0; n > 1 && i < a->n && !*found; i++) {
        q.s = &a->scheme[i];
        if (!is_quantized(q.m, q.at, q.s)) continue;
        const pot_status s = bind_quantized(&q, bias, NULL);
        if (s == POT_E_NOMEM) return pot_fail_mem(err);
        *found = s == POT_OK;
    }
    if (*found || !first) return POT_OK;
    q.s = first;
    *found = true;
    return bind_quantized(&q, bias, err);
}

/* ---- slots ----------------------------------------------------------------------------------- */

/* Does this name have a weight in the file, in one tensor or in several? */
static bool has_weight(const pot_model *m, struct place at)
{
    char name[NAME];
    name_at(name, at, ".weight");
    bool has = find(m, name) != NULL;
    for (uint32_t i = 0; i < m->arch.quant.n && !has; i++)
        has = is_quantized(m, at, &m->arch.quant.scheme[i]);
    return has;
}

/* The first of the names whose weight is in the file; the first of all where none is. */
static const char *choose_name(const pot_model *m, struct place at)
{
    const char *first = at.stem;
    at.inner = 0;
    for (; at.stem; at.stem = strchr(at.stem, '|'), at.stem = at.stem ? at.stem + 1 : NULL)
        if (has_weight(m, at)) return at.stem;
    return first;
}

static pot_status bind_mxfp4(pot_model *m, pot_slot_view *v, struct place at, pot_shape want,
                             pot_error *err)
{
    char name[NAME];
    const pot_weight *scale;
    name_at(name, at, ".blocks");
    POT_TRY(take(m, &v->w, name, mxfp4_of(want, POT_ROLE_NIBBLES), err));
    name_at(name, at, ".scales");
    POT_TRY(take(m, &scale, name, mxfp4_of(want, POT_ROLE_POWERS), err));
    v->scaling = (pot_scaling){.kind = POT_SCALED_MXFP4, .scale = scale->t.data.p};
    return POT_OK;
}

/* A matrix that only a quantization_config could explain. */
static pot_status refuse_unexplained(const pot_model *m, struct place at, pot_error *err)
{
    static const char *const end[] = {".qweight", ".weight_packed"};
    char name[NAME];
    for (size_t i = 0; !m->arch.quant.n && i < sizeof end / sizeof *end; i++) {
        name_at(name, at, end[i]);
        const pot_weight *w = find(m, name);
        if (w)
            return refuse(m, w, name, POT_E_FORMAT, err,
                          "this matrix is quantized, and config.json has no quantization_config "
                          "that says how; fetch the config.json that belongs to it");
    }
    return POT_OK;
}

static pot_status bind_weight(pot_model *m, pot_slot_view *v, struct place at, pot_shape want,
                              bool flip, pot_error *err)
{
    char name[NAME];
    bool found = false;
    if (want.mxfp4) return bind_mxfp4(m, v, at, want, err);
    const struct quantized q = {.m = m, .v = v, .at = at, .out = want.rows, .in = want.cols};
    if (want.cols && !want.count) POT_TRY(bind_by_schemes(q, want.bias, &found, err));
    if (found && flip && v->scaling.kind == POT_SCALED_FLOATS)
        return refuse(m, v->w, v->w->t.name, POT_E_UNSUPPORTED, err,
                      "scaled matrices that are stored transposed are not built in");
    if (found) return POT_OK;
    name_at(name, at, ".weight");
    if (!find(m, name)) POT_TRY(refuse_unexplained(m, at, err));
    POT_TRY(take(m, &v->w, name,
                 dims_of(want.count, flip ? want.cols : want.rows, flip ? want.rows : want.cols),
                 err));
    if (!m->arch.quant.n || v->w->type < POT_F8_E4M3) return POT_OK;
    return refuse(m, v->w, v->w->t.name, POT_E_UNSUPPORTED, err,
                  "scaled experts in one tensor are not built in; dequantize them");
}

static pot_status bind_one(pot_model *m, pot_slot_view *v, struct place at, pot_shape want,
                           bool flip, pot_error *err)
{
    char name[NAME];
    if (want.weight) POT_TRY(bind_weight(m, v, at, want, flip, err));
    if (!want.bias) return POT_OK;
    name_at(name, at, ".bias");
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

/* Scales of activations and caches, which are not applied; config.c said so. */
static bool is_beside(const pot_model *m, const char *name)
{
    for (const char *const *end = pot_quant_beside; m->arch.quant.n && *end; end++)
        if (ends_with(name, *end)) return true;
    return false;
}

static pot_status refuse_surplus(pot_model *m, pot_error *err)
{
    for (size_t i = 0; i < m->n_weights; i++) {
        pot_weight *w = &m->weight[i];
        if (w->used || w->aside || is_buffer(m->arch.family, w->t.name) || is_tied_head(m, w) ||
            is_beside(m, w->t.name))
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
