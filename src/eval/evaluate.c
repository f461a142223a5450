/* An evaluation: hash every model once, then run every pair with the keys of the suite's seed. */
#include "base/clock.h"
#include "base/fail.h"
#include "base/file.h"
#include "crypto/sha256.h"
#include "eval/baseline.h"
#include "eval/entry.h"
#include "eval/server.h"
#include "eval/suite.h"
#include "eval/tally.h"
#include "evidence/build.h"

#include <pot/evidence.h>

#include <stdio.h>
#include <string.h>

#define MOST_ARENA ((size_t)1 << 30)
#define MOST_RUNS  1000000u /* of all pairs together */

/* A model of the suite, once its files have been read. */
typedef struct {
    bool used;
    uint8_t weights_sha256[32];
    char *identity; /* arena: what its runs depend on, as JSON; NULL: why */
    char why[400];
} subject;

struct pot_eval {
    pot_eval_options options; /* strings borrowed from the caller */
    pot_arena arena;
    pot_suite suite;
    subject *subject;              /* arena: [suite.models] */
    const pot_suite_pair **chosen; /* arena: [result.pairs] */
    pot_evaluation result;
    struct {
        char what[256];
        double start, fresh_seconds;
        size_t done, total, fresh;
        bool broken; /* the cache could not be written */
    } at;
};

/* ---- opening --------------------------------------------------------------------------------- */

static pot_status read_suite(pot_eval *e, const char *path, pot_error *err)
{
    pot_buf text = POT_BUF(POT_SUITE_BYTES);
    pot_status s = pot_file_read(&text, path, err);
    const pot_bytes bytes = {(const uint8_t *)text.p, text.n};
    if (s == POT_OK) s = pot_sha256(e->result.suite_sha256, bytes, err);
    if (s == POT_OK) s = pot_suite_read(&e->suite, &e->arena, bytes, path, err);
    pot_buf_free(&text);
    return s;
}

/* The name of the category in the list of those seen so far, which grows. */
static void add_category(pot_evaluation *r, const char *name)
{
    for (size_t i = 0; i < r->categories; i++)
        if (strcmp(r->category[i].category, name) == 0) return;
    r->category[r->categories++].category = name;
}

/* The model that answers where the candidate does not; without one, the reference. */
static uint32_t other_of(const pot_suite_pair *p)
{
    return p->serving.share > 0 ? p->serving.to : p->ref;
}

static pot_status choose_pairs(pot_eval *e, pot_error *err)
{
    pot_evaluation *r = &e->result;
    const pot_suite *s = &e->suite;
    r->pair = pot_arena_new(&e->arena, s->pairs, sizeof *r->pair);
    r->category = pot_arena_new(&e->arena, s->pairs, sizeof *r->category);
    e->chosen = pot_arena_new(&e->arena, s->pairs, sizeof *e->chosen);
    e->subject = pot_arena_new(&e->arena, s->models, sizeof *e->subject);
    if (!r->pair || !r->category || !e->chosen || !e->subject) return pot_fail_mem(err);
    for (size_t i = 0; i < s->pairs; i++) {
        const pot_suite_pair *p = &s->pair[i];
        if (r->only && strcmp(r->only, p->category) != 0) continue;
        e->chosen[r->pairs] = p;
        e->subject[p->ref].used = e->subject[p->cand].used = true;
        e->subject[other_of(p)].used = true;
        add_category(r, p->category);
        r->pair[r->pairs++] = (pot_eval_pair){.ref = s->model[p->ref].name,
                                              .cand = s->model[p->cand].name,
                                              .category = p->category,
                                              .serving = p->served,
                                              .truth = p->truth,
                                              .label = p->label};
    }
    if (!r->pairs)
        return pot_fail_file(err, POT_E_ARG, r->file, "has no pair of category \"%.100s\"",
                             r->only);
    if (r->pairs * r->runs > MOST_RUNS)
        return pot_fail(err, POT_E_ARG, "%zu pairs, %u runs each: at most %u runs are made",
                        r->pairs, r->runs, MOST_RUNS);
    return POT_OK;
}

static pot_status open_all(pot_eval *e, const char *path, pot_error *err)
{
    pot_evaluation *r = &e->result;
    const pot_eval_options *o = &e->options;
    r->file = pot_arena_str(&e->arena, path, strlen(path));
    if (!r->file) return pot_fail_mem(err);
    POT_TRY(read_suite(e, r->file, err));
    r->name = e->suite.name;
    r->seed = o->seed ? o->seed : e->suite.seed;
    r->only = o->category;
    r->rule = pot_rule_of(o->has_mode ? o->mode : e->suite.mode);
    r->runs = o->runs ? o->runs : e->suite.runs;
    r->numerics = o->compute.profile ? o->compute.profile : "pot-f32-1";
    r->access = o->access ? o->access : POT_ACCESS_WEIGHTS;
    r->prompts = (o->prompts + POT_FAMILIES - 1) / POT_FAMILIES * POT_FAMILIES;
    if (r->prompts > POT_MOST_CHALLENGES)
        return pot_fail(err, POT_E_ARG, "baselines take at most %d prompts", POT_MOST_CHALLENGES);
    if (!r->rule) return pot_fail(err, POT_E_ARG, "there is no such mode");
    POT_TRY(choose_pairs(e, err));
    for (int i = 0; i < POT_BASELINES; i++) {
        r->category_baseline[i] =
            pot_arena_new(&e->arena, r->categories, sizeof *r->category_baseline[i]);
        if (!r->category_baseline[i]) return pot_fail_mem(err);
    }
    for (size_t i = 0; i < r->pairs; i++) {
        r->pair[i].run = pot_arena_new(&e->arena, r->runs, sizeof *r->pair[i].run);
        if (!r->pair[i].run) return pot_fail_mem(err);
    }
    return POT_OK;
}

pot_status pot_eval_open(pot_eval **out, const char *suite, const pot_eval_options *o,
                         pot_error *err)
{
    pot_eval *e = pot_mem_new(1, sizeof *e);
    if (!e) return pot_fail_mem(err);
    e->options = *o;
    pot_arena_init(&e->arena, MOST_ARENA);
    const pot_status s = open_all(e, suite, err);
    if (s == POT_OK) *out = e;
    else pot_eval_close(&e);
    return s;
}

void pot_eval_close(pot_eval **eval)
{
    pot_eval *e = *eval;
    if (!e) return;
    pot_arena_close(&e->arena);
    pot_mem_free(e);
    *eval = NULL;
}

const pot_evaluation *pot_eval_result(const pot_eval *e)
{
    return &e->result;
}

/* ---- progress -------------------------------------------------------------------------------- */

/* Asked by whatever is at work, about how far all of it is. */
static bool relay(void *eval, const pot_progress *inner)
{
    const pot_eval *e = eval;
    (void)inner;
    if (!e->options.progress) return true;
    const double each = e->at.fresh ? e->at.fresh_seconds / (double)e->at.fresh : 0;
    const pot_progress p = {.what = e->at.what,
                            .done = (double)e->at.done,
                            .total = (double)e->at.total,
                            .seconds = pot_clock() - e->at.start,
                            .left = each * (double)(e->at.total - e->at.done)};
    return e->options.progress(e->options.ctx, &p);
}

/* ---- models ---------------------------------------------------------------------------------- */

static json_t *identity_json(const pot_model_facts *f)
{
    json_t *files = json_object();
    for (size_t i = 0; i < f->n_other; i++)
        if (json_object_set_new(files, f->other[i].name, pot_json_hex(f->other[i].sha256, 32)) != 0)
            return json_decref(files), NULL;
    return json_pack("{s:o, s:o}", "weights_sha256", pot_json_hex(f->weights_sha256, 32), "files",
                     files);
}

static pot_status identify(pot_eval *e, const pot_suite_model *m, subject *to, pot_model *model,
                           pot_error *err)
{
    const pot_model_facts *f = pot_model_info(model);
    pot_buf b = POT_BUF(POT_ENTRY_BYTES / 4);
    POT_TRY(pot_model_hash(model, e->options.compute.threads, relay, e, err));
    if (m->expected && memcmp(m->weights_sha256, f->weights_sha256, 32) != 0)
        return pot_fail_file(err, POT_E_FORMAT, f->path,
                             "its weights have another digest than the suite says");
    memcpy(to->weights_sha256, f->weights_sha256, 32);
    const pot_status s = pot_json_dump(&b, identity_json(f), false, err);
    char *text = s == POT_OK ? pot_arena_str(&e->arena, b.p, b.n) : NULL;
    pot_buf_free(&b);
    POT_TRY(s);
    if (!text) return pot_fail_mem(err);
    to->identity = text;
    return POT_OK;
}

/* Only a wish to stop ends everything: other failures are those of this model's pairs. */
static pot_status read_models(pot_eval *e, pot_error *err)
{
    for (size_t i = 0; i < e->suite.models; i++) {
        const pot_suite_model *m = &e->suite.model[i];
        pot_error own = {0};
        pot_model *model = NULL;
        if (!e->subject[i].used) continue;
        snprintf(e->at.what, sizeof e->at.what, "%s", m->name);
        pot_status s = pot_model_open(&model, m->path, &own);
        if (s == POT_OK) s = identify(e, m, &e->subject[i], model, &own);
        pot_model_close(&model);
        if (s == POT_E_STOPPED) {
            if (err) *err = own;
            return s;
        }
        if (s != POT_OK) pot_error_text(&own, e->subject[i].why, sizeof e->subject[i].why);
    }
    return POT_OK;
}

/* ---- a run ----------------------------------------------------------------------------------- */

/* 32 bytes that follow from the seed, a purpose, the pair and the number of the run. */
static pot_status derive(const pot_eval *e, const char *purpose, const pot_eval_pair *p, unsigned i,
                         uint8_t out[32], pot_error *err)
{
    pot_buf b = POT_BUF(4096);
    const char *seed = e->result.seed;
    pot_buf_fmt(&b, "pot-eval-1\n%s\n%s\n%s\n%s\n%u", purpose, p->ref, p->cand, p->serving, i);
    pot_status s = pot_buf_status(&b, err);
    if (s == POT_OK)
        s = pot_hmac_sha256(out, (pot_bytes){(const uint8_t *)seed, strlen(seed)},
                            (pot_bytes){(const uint8_t *)b.p, b.n}, err);
    pot_buf_free(&b);
    return s;
}

/* One run of a pair: what it is, and all that it depends on. */
typedef struct {
    const pot_suite_pair *pair;
    const subject *ref, *cand, *other;
    uint8_t key[POT_KEY_SIZE], id[32]; /* of the latter the first POT_RUN_ID_SIZE bytes */
    pot_buf identity;                  /* owned */
} task;

/* `prompts`: of baselines, else 0. */
static pot_status describe(const pot_eval *e, task *t, unsigned prompts, pot_error *err)
{
    json_error_t bad;
    const pot_evaluation *r = &e->result;
    json_t *v = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:s, s:o}", "pot", POT_VERSION,
        "generator", POT_GENERATOR, "relationships", POT_RELATIONSHIPS, "access",
        pot_access_name(r->access), "mode", r->rule->name, "numerics", r->numerics, "key",
        pot_json_hex(t->key, sizeof t->key), "run_id", pot_json_hex(t->id, POT_RUN_ID_SIZE),
        "reference", json_loads(t->ref->identity, 0, &bad), "candidate",
        json_loads(t->cand->identity, 0, &bad), "serving", t->pair->served, "other",
        json_loads(t->other->identity, 0, &bad));
    if (prompts && json_object_set_new(v, "prompts", json_integer(prompts)) != 0) {
        json_decref(v);
        v = NULL;
    }
    return pot_json_dump(&t->identity, v, false, err);
}

static pot_status check_weights(const pot_side *s, const subject *was, pot_error *err)
{
    if (memcmp(s->model->weights_sha256, was->weights_sha256, 32) == 0) return POT_OK;
    return pot_fail_file(err, POT_E_IO, s->model->path,
                         "its weights changed during the evaluation; run again");
}

/* The run itself, and the file that would be kept of it. */
static pot_status verify(pot_eval *e, const task *t, pot_buf *entry, pot_error *err)
{
    const pot_verify_options o = {.ref = e->suite.model[t->pair->ref].path,
                                  .cand = e->suite.model[t->pair->cand].path,
                                  .mode = e->options.has_mode ? e->options.mode : e->suite.mode,
                                  .key = t->key,
                                  .run_id = t->id,
                                  .access = e->options.access,
                                  .compute = e->options.compute,
                                  .progress = relay,
                                  .ctx = e};
    pot_verify *v = NULL;
    pot_server *server = NULL;
    pot_text text = {0};
    const pot_cost before = pot_cost_now();
    pot_status s = pot_verify_open(&v, &o, err);
    if (s == POT_OK && t->pair->served[0])
        s = pot_server_open(&server, &t->pair->serving, e->suite.model[other_of(t->pair)].path, v,
                            err);
    if (s == POT_OK) s = pot_verify_run(v, err);
    const pot_cost cost = pot_cost_since(before);
    if (s == POT_OK) {
        const pot_verdict *r = pot_verify_verdict(v);
        s = check_weights(&r->ref, t->ref, err);
        if (s == POT_OK) s = check_weights(&r->cand, t->cand, err);
        if (s == POT_OK) s = pot_verdict_json(&text, r, pot_verify_commitment(v), err);
    }
    const pot_bytes verdict = {(const uint8_t *)text.p, text.n};
    if (s == POT_OK) s = pot_entry_write(entry, &t->identity, verdict, &cost, err);
    e->at.fresh++;
    e->at.fresh_seconds += cost.seconds;
    pot_text_free(&text);
    pot_server_close(&server);
    pot_verify_close(&v);
    return s;
}

/* What an earlier call has kept: a run, or where that is NULL, the baselines of a pair.  False:
 * nothing that can be used. */
static bool recall(pot_eval *e, const task *t, const char *path, pot_eval_run_result *run,
                   pot_baseline_result *baseline)
{
    if (!e->options.cache || !pot_file_exists(path)) return false;
    pot_buf b = POT_BUF(POT_ENTRY_BYTES);
    pot_status s = pot_file_read(&b, path, NULL);
    const pot_bytes text = {(const uint8_t *)b.p, b.n};
    if (s == POT_OK)
        s = run ? pot_entry_read(run, text, &t->identity, path, NULL)
                : pot_baselines_read(baseline, text, &t->identity, path, NULL);
    pot_buf_free(&b);
    e->result.damaged += s != POT_OK;
    if (run) run->cached = s == POT_OK;
    return s == POT_OK;
}

static pot_status keep(pot_eval *e, const char *path, const pot_buf *entry, pot_error *err)
{
    const pot_status s =
        pot_file_write(path, (pot_bytes){(const uint8_t *)entry->p, entry->n}, 0644, true, err);
    e->at.broken = s != POT_OK;
    return s;
}

static pot_status run_task(pot_eval *e, task *t, pot_eval_run_result *out, pot_error *err)
{
    char path[PATH_MAX] = "";
    POT_TRY(describe(e, t, 0, err));
    if (e->options.cache) POT_TRY(pot_entry_path(path, e->options.cache, &t->identity, err));
    if (recall(e, t, path, out, NULL)) return POT_OK;
    pot_buf entry = POT_BUF(POT_ENTRY_BYTES);
    pot_status s = verify(e, t, &entry, err);
    const pot_bytes bytes = {(const uint8_t *)entry.p, entry.n};
    if (s == POT_OK) s = pot_entry_read(out, bytes, &t->identity, "the run", err);
    if (s == POT_OK && e->options.cache) s = keep(e, path, &entry, err);
    pot_buf_free(&entry);
    return s;
}

/* The task of run i; false, with the reason, where a model is missing. */
static bool assign(const pot_eval *e, size_t pair, unsigned i, task *t, char why[400])
{
    const pot_suite_pair *of = e->chosen[pair];
    const pot_eval_pair *p = &e->result.pair[pair];
    pot_error own = {0};
    *t = (task){.pair = of,
                .ref = &e->subject[of->ref],
                .cand = &e->subject[of->cand],
                .other = &e->subject[other_of(of)],
                .identity = POT_BUF(POT_ENTRY_BYTES)};
    const subject *missing = !t->ref->identity     ? t->ref
                             : !t->cand->identity  ? t->cand
                             : !t->other->identity ? t->other
                                                   : NULL;
    if (missing) {
        snprintf(why, 400, "%s", missing->why);
        return false;
    }
    pot_status s = derive(e, "key", p, i, t->key, &own);
    if (s == POT_OK) s = derive(e, "run id", p, i, t->id, &own);
    if (s != POT_OK) pot_error_text(&own, why, 400);
    return s == POT_OK;
}

/* Run i of a pair.  Its failure is noted there; returned is only what ends everything. */
static pot_status run_one(pot_eval *e, size_t pair, unsigned i, pot_error *err)
{
    pot_eval_pair *p = &e->result.pair[pair];
    pot_error own = {0};
    char why[400];
    task t;
    pot_status s = assign(e, pair, i, &t, why) ? POT_OK : POT_E_FORMAT;
    const bool assigned = s == POT_OK;
    if (assigned) s = run_task(e, &t, &p->run[i], &own);
    pot_buf_free(&t.identity);
    if (s == POT_E_STOPPED || e->at.broken) {
        if (err) *err = own;
        return s;
    }
    if (s == POT_OK) return POT_OK;
    p->run[i] = (pot_eval_run_result){0};
    p->failed++;
    if (assigned) pot_error_text(&own, why, sizeof why);
    if (!p->why[0]) memcpy(p->why, why, sizeof p->why);
    return POT_OK;
}

/* ---- baselines ------------------------------------------------------------------------------- */

static pot_status measure(pot_eval *e, task *t, pot_baseline_result *out, pot_error *err)
{
    char path[PATH_MAX] = "";
    const pot_baseline_how how = {.serving = t->pair->served[0] ? &t->pair->serving : NULL,
                                  .other = e->suite.model[other_of(t->pair)].path,
                                  .ref = e->suite.model[t->pair->ref].path,
                                  .cand = e->suite.model[t->pair->cand].path,
                                  .key = t->key,
                                  .run_id = t->id,
                                  .prompts = e->result.prompts,
                                  .compute = e->options.compute,
                                  .progress = relay,
                                  .ctx = e};
    POT_TRY(describe(e, t, e->result.prompts, err));
    if (e->options.cache) POT_TRY(pot_entry_path(path, e->options.cache, &t->identity, err));
    if (recall(e, t, path, NULL, out)) return POT_OK;
    POT_TRY(pot_baselines_measure(out, &how, err));
    if (!e->options.cache) return POT_OK;
    pot_buf entry = POT_BUF(POT_ENTRY_BYTES);
    pot_status s = pot_baselines_write(&entry, &t->identity, out, err);
    if (s == POT_OK) s = keep(e, path, &entry, err);
    pot_buf_free(&entry);
    return s;
}

/* What others would say of a pair, with the prompts of its first run. */
static pot_status run_baselines(pot_eval *e, size_t pair, pot_error *err)
{
    pot_baseline_result *out = e->result.pair[pair].baseline;
    pot_error own = {0};
    char why[400];
    task t;
    pot_status s = assign(e, pair, 0, &t, why) ? POT_OK : POT_E_FORMAT;
    const bool assigned = s == POT_OK;
    if (assigned) s = measure(e, &t, out, &own);
    pot_buf_free(&t.identity);
    if (s == POT_E_STOPPED || e->at.broken) {
        if (err) *err = own;
        return s;
    }
    if (assigned && s != POT_OK) pot_error_text(&own, why, sizeof why);
    for (int i = 0; s != POT_OK && i < POT_BASELINES; i++) {
        out[i] = (pot_baseline_result){0};
        memcpy(out[i].why, why, sizeof out[i].why);
    }
    return POT_OK;
}

/* ---- all pairs ------------------------------------------------------------------------------- */

static pot_status count_done(pot_eval *e, pot_error *err)
{
    e->at.done++;
    if (relay(e, NULL)) return POT_OK;
    return pot_fail(err, POT_E_STOPPED, "stopped after %zu of %zu runs", e->at.done, e->at.total);
}

static pot_status run_pairs(pot_eval *e, pot_error *err)
{
    const pot_evaluation *r = &e->result;
    for (size_t i = 0; i < r->pairs; i++) {
        snprintf(e->at.what, sizeof e->at.what, "%s / %s", r->pair[i].ref, r->pair[i].cand);
        for (unsigned k = 0; k < r->runs; k++) {
            POT_TRY(run_one(e, i, k, err));
            POT_TRY(count_done(e, err));
        }
        if (!r->prompts) continue;
        POT_TRY(run_baselines(e, i, err));
        POT_TRY(count_done(e, err));
    }
    return POT_OK;
}

pot_status pot_eval_run(pot_eval *e, pot_error *err)
{
    if (e->at.total) return pot_fail(err, POT_E_ARG, "an evaluation runs once: open another");
    e->at.total = e->result.pairs * (e->result.runs + (e->result.prompts > 0));
    e->at.start = pot_clock();
    if (e->options.cache) POT_TRY(pot_dir_make(e->options.cache, err));
    POT_TRY(read_models(e, err));
    POT_TRY(run_pairs(e, err));
    POT_TRY(pot_tally_fill(&e->result, err));
    return e->result.prompts ? pot_tally_baselines(&e->result, err) : POT_OK;
}
