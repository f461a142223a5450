/* The commitment: what is fixed before the first weight is read (docs/format/commitment.md). */
#include "verify/run.h"

#include "base/fail.h"
#include "base/json.h"

#include <string.h>

/* A hexadecimal string. */
static json_t *hex(const void *p, size_t n)
{
    pot_buf b = POT_BUF(2 * n);
    pot_buf_hex(&b, p, n);
    json_t *v = b.status == POT_OK ? json_string(b.p) : NULL;
    pot_buf_free(&b);
    return v;
}

static json_t *file_entry(const pot_model_file *f, bool digest)
{
    json_t *o = json_pack("{s:s, s:I}", "name", f->name, "size", (json_int_t)f->size);
    if (digest && json_object_set_new(o, "sha256", hex(f->sha256, sizeof f->sha256)) != 0)
        return json_decref(o), NULL;
    return o;
}

/* A reference from a file: that file, whose tag binds the rest. */
static json_t *saved_side(const pot_party *p)
{
    const pot_reference_facts *f = pot_reference_info(p->saved);
    const char *name = strrchr(f->path, '/');
    return json_pack("{s:s, s:s, s:[{s:s, s:I, s:o}], s:o}", "name", f->model.name, "arch",
                     f->model.arch, "files", "name", name ? name + 1 : f->path, "size",
                     (json_int_t)f->size, "sha256", hex(f->sha256, sizeof f->sha256), "tag",
                     hex(f->tag, sizeof f->tag));
}

/* Digests of the small files; of the weights only names and sizes, for they are not read yet. */
static json_t *side(const pot_party *p)
{
    const pot_model_facts *f = p->facts;
    if (p->saved) return saved_side(p);
    json_t *files = json_array();
    for (size_t i = 0; i < f->n_other; i++)
        if (json_array_append_new(files, file_entry(&f->other[i], true)) != 0) goto fail;
    for (size_t i = 0; i < f->n_weights; i++)
        if (json_array_append_new(files, file_entry(&f->weights[i], false)) != 0) goto fail;
    return json_pack("{s:s, s:s, s:o}", "name", f->name, "arch", f->arch, "files", files);
fail:
    json_decref(files);
    return NULL;
}

static json_t *rule(const pot_rule *r)
{
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:i, s:i}", "alpha", r->alpha, "gamma", r->gamma,
                     "eta", r->eta, "delta_star", r->delta, "eps_diff", r->eps, "n_min",
                     (int)r->n_min, "n_max", (int)r->n_max);
}

/* What comes first, if anything. */
static json_t *calibration(const pot_verify *v)
{
    if (!v->floor) return json_null();
    return json_pack("{s:i, s:s, s:o}", "challenges", (int)v->floor->asks, "numerics",
                     v->floor->other.linear.profile, "copy",
                     v->options.copy ? side(&v->floor->party[1]) : json_null());
}

pot_status pot_verify_commit(pot_verify *v, pot_error *err)
{
    const pot_rule *r = &v->decider.rule;
    json_t *corpus = v->corpus ? hex(pot_corpus_sha256(v->corpus), 32) : json_null();
    json_t *doc = json_pack(
        "{s:s, s:s, s:o, s:s, s:o, s:s, s:o, s:s, s:s, s:o, s:[i,i], s:b, s:o, s:o}", "schema",
        "pot-commitment-1", "pot", POT_VERSION, "run_id",
        hex(v->commitment.run_id, POT_RUN_ID_SIZE), "generator", POT_GENERATOR, "corpus_sha256",
        corpus, "mode", r->name, "rule", rule(r), "numerics", v->kernels.linear.profile,
        "comparison", pot_comparison_name(v->comparison), "calibration", calibration(v),
        "prompt_tokens", POT_PROMPT_MIN, POT_PROMPT_MAX, "by_digest", v->options.by_digest,
        "reference", side(&v->party[0]), "candidate", side(&v->party[1]));
    POT_TRY(pot_json_dump(&v->document, doc, true, err));
    pot_buf_str(&v->document, "\n");
    POT_TRY(pot_buf_status(&v->document, err));
    v->commitment.document = v->document.p;
    v->commitment.n = v->document.n;
    return pot_commit(v->commitment.tag, v->key, v->document.p, v->document.n, err);
}
