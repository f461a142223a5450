/* verdict.json: docs/format/verdict.md. */
#include "evidence/build.h"

#include "base/fail.h"

#include <pot/evidence.h>

static json_t *side(const pot_side *s)
{
    const pot_model_facts *f = s->model;
    if (!f) return json_null();
    return json_pack("{s:s, s:s, s:I, s:o, s:o, s:s, s:s, s:o}", "name", f->name, "arch", f->arch,
                     "params", (json_int_t)f->params, "weights_sha256",
                     pot_json_hex(f->hashed ? f->weights_sha256 : NULL, 32), "tokenizer_sha256",
                     pot_json_hex(s->tokenizer_sha256, 32), "container", f->container, "dtype",
                     f->dtype, "perplexity", pot_json_number(s->perplexity));
}

static json_t *families(const pot_verdict *v)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < v->n_families; i++) {
        const pot_family_result *f = &v->family[i];
        json_t *one =
            json_pack("{s:s, s:i, s:i, s:o, s:o, s:o}", "name", pot_family_name(f->family), "n",
                      (int)f->n, "failed", (int)f->failed, "tv", pot_json_number(f->tv), "kl",
                      pot_json_number(f->kl), "top1", pot_json_number(f->top1));
        if (json_array_append_new(list, one) != 0) return json_decref(list), NULL;
    }
    return list;
}

/* What is known, by its name; null: it is not. */
static json_t *known_figures(const pot_pair_figures *f)
{
    json_t *all = json_object();
    for (pot_figure_id i = 0; i < POT_FIGURES; i++)
        if (json_object_set_new(all, pot_figure_name(i), pot_json_number(f->x[i])) != 0)
            return json_decref(all), NULL;
    return all;
}

static json_t *relationship(const pot_verdict *v)
{
    const pot_relationship *r = &v->relationship[v->access];
    const char *why[POT_MOST_REASONS];
    for (unsigned i = 0; i < r->n_reasons; i++)
        why[i] = r->reason[i];
    json_t *labels = json_object();
    for (pot_access a = POT_ACCESS_TOPK; a < POT_ACCESSES; a++)
        if (json_object_set_new(labels, pot_access_name(a),
                                json_string(pot_label_name(v->relationship[a].label))) != 0)
            return json_decref(labels), NULL;
    return json_pack("{s:s, s:o, s:{s:i, s:i}, s:s, s:o, s:o, s:o}", "label",
                     pot_label_name(r->label), "confidence", pot_json_number(r->confidence),
                     "measured", "right", (int)r->right, "of", (int)r->of, "access",
                     pot_access_name(r->access), "reasons", pot_json_strings(why, r->n_reasons),
                     "labels", labels, "figures", known_figures(&v->figures));
}

/* Of a reference from a file. */
static json_t *saved(const pot_reference_facts *f)
{
    json_t *classes = f->exact
                          ? json_null()
                          : json_pack("{s:i, s:i, s:o, s:o}", "top_k", (int)f->top_k, "tails",
                                      (int)f->tails, "tail_mean", pot_json_number(f->tail_mean),
                                      "tail_max", pot_json_number(f->tail_max));
    return json_pack("{s:o, s:o, s:i, s:o}", "sha256", pot_json_hex(f->sha256, 32), "tag",
                     pot_json_hex(f->tag, POT_TAG_SIZE), "challenges", (int)f->challenges,
                     "classes", classes);
}

/* The noise floor, or null. */
static json_t *floor_json(const pot_floor *f)
{
    if (!f->n) return json_null();
    json_t *copy =
        f->copy ? json_pack("{s:s, s:o}", "name", f->copy->name, "weights_sha256",
                            pot_json_hex(f->copy->hashed ? f->copy->weights_sha256 : NULL, 32))
                : json_null();
    return json_pack("{s:i, s:s, s:o, s:{s:o, s:o, s:o, s:o}, s:o, s:o, s:o}", "n", (int)f->n,
                     "numerics", f->numerics, "copy", copy, "tv", "mean",
                     pot_json_number(f->tv_mean), "lo", pot_json_number(f->lo), "hi",
                     pot_json_number(f->hi), "max", pot_json_number(f->tv_max), "tolerance",
                     pot_json_number(f->tolerance), "noise", pot_json_number(f->noise), "seconds",
                     pot_json_number(f->seconds));
}

static json_t *quarters(const pot_verdict *v)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < POT_QUARTERS; i++) {
        const pot_quarter *q = &v->quarter[i];
        json_t *one = json_pack("{s:I, s:o, s:o}", "n", (json_int_t)q->n, "tv",
                                pot_json_number(q->tv), "kl", pot_json_number(q->kl));
        if (json_array_append_new(list, one) != 0) return json_decref(list), NULL;
    }
    return list;
}

static json_t *driver_json(const pot_driver *d)
{
    json_t *peak = json_pack(
        "{s:I, s:I, s:o, s:o, s:s, s:{s:I, s:s?}, s:{s:I, s:s?}}", "position",
        (json_int_t)d->position, "of", (json_int_t)d->positions, "tv", pot_json_number(d->peak_tv),
        "offset", d->placed ? json_integer((json_int_t)d->offset) : json_null(), "before",
        d->before, "ref", "id", (json_int_t)d->top[0].id, "piece", d->top[0].piece, "cand", "id",
        (json_int_t)d->top[1].id, "piece", d->top[1].piece);
    return json_pack("{s:I, s:s, s:o, s:o, s:o, s:s, s:o}", "index", (json_int_t)d->index, "family",
                     pot_family_name(d->family), "tv", pot_json_number(d->tv), "kl",
                     pot_json_number(d->kl), "share", pot_json_number(d->share), "text", d->text,
                     "peak", peak);
}

static json_t *drivers(const pot_verdict *v)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < v->n_drivers; i++)
        if (json_array_append_new(list, driver_json(&v->driver[i])) != 0)
            return json_decref(list), NULL;
    return list;
}

static json_t *build(const pot_verdict *v, const pot_commitment *c)
{
    const pot_summary *s = &v->s;
    const pot_rule *r = v->rule;
    json_t *top =
        json_pack("{s:s, s:s, s:s, s:s, s:f, s:f, s:i, s:i, s:i, s:i, s:b, s:b}", "schema",
                  "pot-verdict-1", "decision", pot_decision_name(v->decision), "comparison",
                  pot_comparison_name(v->comparison), "mode", r->name, "alpha", r->alpha, "gamma",
                  r->gamma, "n", (int)s->n, "n_min", (int)r->n_min, "n_max", (int)r->n_max,
                  "failed", (int)s->failed, "strong", s->strong, "by_digest", v->by_digest);
    json_t *figures = json_pack(
        "{s:{s:o, s:o, s:o}, s:{s:o, s:o, s:o, s:o, s:o, s:o, s:o}, s:{s:o}, s:{s:o, s:o}, s:o,"
        " s:{s:b, s:b, s:o, s:o}}",
        "tv", "mean", pot_json_number(s->tv_mean), "lo", pot_json_number(s->lo), "hi",
        pot_json_number(s->hi), "kl", "mean", pot_json_number(s->kl_mean), "var",
        pot_json_number(s->kl_var), "cv", pot_json_number(s->kl_cv), "p50",
        pot_json_number(v->kl_p50), "p90", pot_json_number(v->kl_p90), "p99",
        pot_json_number(v->kl_p99), "max", pot_json_number(v->kl_max), "agree", "top1",
        pot_json_number(v->top1), "dp", "mean", pot_json_number(v->dp_mean), "rms",
        pot_json_number(v->dp_rms), "routing", pot_json_number(s->routing), "classic", "same",
        s->classic_same, "different", s->classic_different, "h", pot_json_number(s->h), "rme",
        pot_json_number(s->rme));
    json_t *rest = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:{s:o, s:o}, s:{s:o, s:o, s:s}, s:s, s:s, s:{s:o, s:o, s:I, "
        "s:i}, s:o}",
        "calibration", floor_json(&v->floor), "relationship", relationship(v), "families",
        families(v), "quarters", quarters(v), "drivers", drivers(v), "models", "ref", side(&v->ref),
        "cand", side(&v->cand), "challenge", "commitment", pot_json_hex(c->tag, POT_TAG_SIZE),
        "run_id", pot_json_hex(c->run_id, POT_RUN_ID_SIZE), "generator", v->generator, "numerics",
        v->numerics, "kernel", v->kernel, "timing", "hash_seconds",
        pot_json_number(v->hash_seconds), "score_seconds", pot_json_number(v->score_seconds),
        "positions", (json_int_t)v->positions, "threads", (int)v->threads, "warnings",
        pot_json_strings(v->warnings, v->n_warnings));
    if (v->saved && rest && json_object_set_new(rest, "saved", saved(v->saved)) != 0)
        json_decref(rest), rest = NULL;
    const bool ok = top && figures && rest && json_object_update_missing(top, figures) == 0 &&
                    json_object_update_missing(top, rest) == 0;
    json_decref(figures);
    json_decref(rest);
    if (!ok) json_decref(top);
    return ok ? top : NULL;
}

pot_status pot_verdict_json(pot_text *out, const pot_verdict *v, const pot_commitment *c,
                            pot_error *err)
{
    if (!v->rule) return pot_fail(err, POT_E_ARG, "the run has not ended: there is no verdict");
    return pot_json_text(out, build(v, c), true, err);
}
