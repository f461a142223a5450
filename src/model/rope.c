#include "model/rope.h"

#include "base/fail.h"
#include "base/math64.h"

#include <math.h>
#include <string.h>

#define TWO_PI 6.283185307179586476925

/* The members that each kind may have; null or absent ones count as not there. */
static const struct {
    const char *name;
    bool factor, original, ramp, mscale, lists;
} kinds[POT_ROPE_KINDS] = {
    [POT_ROPE_PLAIN] = {.name = "default"},
    [POT_ROPE_LINEAR] = {.name = "linear", .factor = true},
    [POT_ROPE_DYNAMIC] = {.name = "dynamic", .factor = true},
    [POT_ROPE_LLAMA3] = {.name = "llama3", .factor = true, .original = true, .ramp = true},
    [POT_ROPE_YARN] = {.name = "yarn", .factor = true, .original = true, .mscale = true},
    [POT_ROPE_LONG] = {.name = "longrope", .original = true, .lists = true},
};

const char *pot_rope_name(pot_rope_kind kind)
{
    return kinds[kind].name;
}

/* ---- reading ---------------------------------------------------------------------------- */

/* A required number within bounds. */
static pot_status number(const pot_json *dict, const char *key, double *out, double least,
                         double most, pot_error *err)
{
    POT_TRY(pot_json_f64(dict, key, out, err));
    const pot_json at = pot_json_get(dict, key);
    if (*out >= least && *out <= most) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "a number from %g to %g is expected", least, most);
}

/* The same, optional; transformers takes 0 for absent here. */
static pot_status opt_number(const pot_json *dict, const char *key, double *out, double most,
                             pot_error *err)
{
    double x = 0;
    POT_TRY(pot_json_opt_f64(dict, key, &x, err));
    const pot_json at = pot_json_get(dict, key);
    if (x < 0 || x > most)
        return pot_json_fail(&at, POT_E_FORMAT, err, "a number from 0 to %g is expected", most);
    if (x > 0) *out = x;
    return POT_OK;
}

/* "type" in old files, "rope_type" in newer ones, or both with the same word. */
static pot_status read_kind(pot_rope *r, const pot_json *dict, const pot_rope_where *w,
                            pot_error *err)
{
    const char *name = NULL, *old = NULL;
    POT_TRY(pot_json_opt_str(dict, "rope_type", &name, err));
    POT_TRY(pot_json_opt_str(dict, "type", &old, err));
    if (name && old && strcmp(name, old) != 0)
        return pot_json_fail(dict, POT_E_UNSUPPORTED, err,
                             "rope_type \"%.60s\" contradicts type \"%.60s\"", name, old);
    if (!name) name = old;
    if (!name && !w->parameters)
        return pot_json_fail(dict, POT_E_FORMAT, err,
                             "neither rope_type nor type says which scaling is meant");
    if (!name) name = "default";
    if (w->longrope_only && (strcmp(name, "su") == 0 || strcmp(name, "yarn") == 0))
        name = "longrope";
    for (r->kind = 0; r->kind < POT_ROPE_KINDS; r->kind++)
        if (strcmp(kinds[r->kind].name, name) == 0) break;
    const bool foreign = w->longrope_only && r->kind != POT_ROPE_PLAIN && r->kind != POT_ROPE_LONG;
    if (r->kind < POT_ROPE_KINDS && !foreign) return POT_OK;
    r->kind = POT_ROPE_PLAIN;
    return pot_json_fail(dict, POT_E_UNSUPPORTED, err, "rope scaling \"%.60s\" is not built in%s",
                         name, foreign ? " for this architecture" : "");
}

/* The length of text before scaling stands in the dictionary, beside it, or is the context;
 * which one counts depends on kind and version, so those that are there must agree. */
static pot_status read_original(pot_rope *r, const pot_json *dict, const pot_rope_where *w,
                                pot_error *err)
{
    const char *const key = "original_max_position_embeddings";
    uint32_t own = 0;
    POT_TRY(pot_json_opt_u32(dict, key, &own, err));
    const pot_json at = pot_json_get(dict, key);
    const bool own_counts = r->kind != POT_ROPE_LONG || w->parameters;
    r->original = own_counts && own                         ? own
                  : r->kind == POT_ROPE_LONG && w->original ? w->original
                                                            : w->context;
    if (r->kind == POT_ROPE_LLAMA3 && !own)
        return pot_json_fail(dict, POT_E_FORMAT, err, "%s: missing; an integer is expected", key);
    if ((own && own != r->original) || (w->original && w->original != r->original))
        return pot_json_fail(own ? &at : dict, POT_E_UNSUPPORTED, err,
                             "%u positions contradict %u elsewhere in the file, or by default",
                             own ? own : r->original,
                             own && own != r->original ? r->original : w->original);
    if (r->original >= 2) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "at least 2 positions are expected");
}

static pot_status read_list(const double **out, pot_arena *arena, const pot_json *dict,
                            const char *key, uint32_t n, pot_error *err)
{
    pot_json list;
    POT_TRY(pot_json_array(dict, key, &list, err));
    if (json_array_size(list.v) != n)
        return pot_json_fail(&list, POT_E_FORMAT, err, "%zu factors for %u pairs",
                             json_array_size(list.v), n);
    double *x = pot_arena_new(arena, n, sizeof *x);
    if (!x) return pot_fail_mem(err);
    for (uint32_t i = 0; i < n; i++) {
        const pot_json at = pot_json_at(&list, i);
        x[i] = (double)(float)json_number_value(at.v); /* a float32 tensor in transformers */
        if (!json_is_number(at.v) || !(x[i] >= 1e-3 && x[i] <= 1e9))
            return pot_json_fail(&at, POT_E_FORMAT, err, "a factor from 0.001 to 1e9 is expected");
    }
    *out = x;
    return POT_OK;
}

/* yarn's multiplier for a text `factor` times longer. */
static double mscale(double factor, double by)
{
    return factor <= 1 ? 1 : 0.1 * by * pot_log(factor) + 1;
}

/* The pair whose frequency makes `turns` turns in the original length. */
static double yarn_pair(const pot_rope *r, double turns)
{
    return r->dim * pot_log(r->original / (turns * TWO_PI)) / (2 * pot_log(r->theta));
}

static pot_status read_yarn(pot_rope *r, const pot_json *dict, pot_error *err)
{
    double fast = 32, slow = 1, own = 0, all = 0;
    bool truncate = true;
    POT_TRY(opt_number(dict, "beta_fast", &fast, 1e6, err));
    POT_TRY(opt_number(dict, "beta_slow", &slow, 1e6, err));
    POT_TRY(opt_number(dict, "mscale", &own, 1e6, err));
    POT_TRY(opt_number(dict, "mscale_all_dim", &all, 1e6, err));
    POT_TRY(pot_json_opt_bool(dict, "truncate", &truncate, err));
    if (r->theta <= 1)
        return pot_json_fail(dict, POT_E_UNSUPPORTED, err, "yarn needs a rope base above 1");
    r->low = yarn_pair(r, fast);
    r->high = yarn_pair(r, slow);
    if (truncate) r->low = floor(r->low), r->high = ceil(r->high);
    r->low = fmax(r->low, 0);
    r->high = fmin(r->high, (double)r->dim - 1);
    if (r->low == r->high) r->high += 0.001; /* as transformers does, against 0/0 */
    if (all > 0) r->mscale = mscale(r->factor, all);
    r->scale =
        own > 0 && all > 0 ? mscale(r->factor, own) / mscale(r->factor, all) : mscale(r->factor, 1);
    return POT_OK;
}

static pot_status read_longrope(pot_rope *r, pot_arena *arena, const pot_json *dict,
                                const pot_rope_where *w, pot_error *err)
{
    const double ratio = (double)w->context / r->original;
    r->factor = ratio;
    POT_TRY(opt_number(dict, "factor", &r->factor, 1e6, err));
    const pot_json at = pot_json_get(dict, "factor");
    if (w->original && r->factor != ratio)
        return pot_json_fail(&at, POT_E_UNSUPPORTED, err,
                             "%.9g contradicts the ratio of max_position_embeddings to "
                             "original_max_position_embeddings, %.9g",
                             r->factor, ratio);
    if (r->factor > 1) r->scale = sqrt(1 + pot_log(r->factor) / pot_log(r->original));
    POT_TRY(read_list(&r->list[0], arena, dict, "short_factor", r->dim / 2, err));
    return read_list(&r->list[1], arena, dict, "long_factor", r->dim / 2, err);
}

pot_status pot_rope_read(pot_rope *r, pot_arena *arena, const pot_json *dict,
                         const pot_rope_where *w, pot_error *err)
{
    r->kind = POT_ROPE_PLAIN;
    r->original = w->context;
    r->factor = r->scale = r->mscale = 1;
    if (!dict->v) return POT_OK;
    POT_TRY(read_kind(r, dict, w, err));
    if (kinds[r->kind].original) POT_TRY(read_original(r, dict, w, err));
    if (kinds[r->kind].factor) POT_TRY(number(dict, "factor", &r->factor, 1e-3, 1e6, err));
    if (kinds[r->kind].ramp) {
        POT_TRY(number(dict, "low_freq_factor", &r->low, 1e-6, 1e6, err));
        POT_TRY(number(dict, "high_freq_factor", &r->high, 1e-6, 1e6, err));
        if (r->low >= r->high)
            return pot_json_fail(dict, POT_E_FORMAT, err,
                                 "low_freq_factor below high_freq_factor is expected");
    }
    if (r->kind == POT_ROPE_DYNAMIC && (r->dim < 4 || r->factor < 1))
        return pot_json_fail(dict, POT_E_UNSUPPORTED, err,
                             "dynamic scaling needs a factor from 1 and more than one pair");
    if (kinds[r->kind].mscale) POT_TRY(read_yarn(r, dict, err));
    if (kinds[r->kind].lists) POT_TRY(read_longrope(r, arena, dict, w, err));
    if (!kinds[r->kind].mscale && !kinds[r->kind].lists) return POT_OK;
    POT_TRY(pot_json_opt_f64(dict, "attention_factor", &r->scale, err));
    const pot_json at = pot_json_get(dict, "attention_factor");
    if (r->scale > 0 && r->scale <= 1e6) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "a number above 0, to 1e6, is expected");
}

/* ---- frequencies ------------------------------------------------------------------------ */

size_t pot_rope_class(const pot_rope *r, size_t length)
{
    const bool beyond = length > r->original;
    return r->kind == POT_ROPE_LONG ? beyond : r->kind == POT_ROPE_DYNAMIC && beyond ? length : 0;
}

static double plain(const pot_rope *r, double theta, uint32_t i)
{
    return pot_pow(theta, -2.0 * (double)i / r->dim);
}

static double llama3(const pot_rope *r, double f)
{
    const double turns = r->original * f / TWO_PI; /* in the original length */
    if (turns < r->low) return f / r->factor;
    if (turns > r->high) return f;
    const double s = (turns - r->low) / (r->high - r->low);
    return (1 - s) * f / r->factor + s * f;
}

double pot_rope_frequency(const pot_rope *r, uint32_t i, size_t class)
{
    const double f = plain(r, r->theta, i);
    switch (r->kind) {
    case POT_ROPE_LINEAR:
        return f / r->factor;
    case POT_ROPE_DYNAMIC: {
        if (!class) return f;
        const double longer = r->factor * (double)class / r->original - (r->factor - 1);
        return plain(r, r->theta * pot_pow(longer, r->dim / ((double)r->dim - 2)), i);
    }
    case POT_ROPE_LLAMA3:
        return llama3(r, f);
    case POT_ROPE_YARN: {
        const double ramp = fmin(fmax((i - r->low) / (r->high - r->low), 0), 1);
        return f / r->factor * ramp + f * (1 - ramp);
    }
    case POT_ROPE_LONG:
        return f / r->list[class][i];
    case POT_ROPE_PLAIN:
    case POT_ROPE_KINDS:
        break;
    }
    return f;
}
