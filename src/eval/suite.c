/* Suites.  Grammar, every other member being refused:
 *
 *     suite  {"schema": "pot-suite-1", "name", "seed"?, "mode"?, "runs"?, "note"?, "models",
 * "pairs"} models {NAME: PATH or {"path", "weights_sha256"?, "note"?}, ...} pairs  [{"ref": NAME,
 * "cand": NAME, "truth", "relationship"?, "category", "note"?}, ...] */
#include "eval/suite.h"

#include "base/fail.h"
#include "base/file.h"

#include <string.h>

#define SCHEMA      "pot-suite-1"
#define MOST_MODELS 1000u
#define MOST_PAIRS  10000u
#define MOST_RUNS   1000u
#define MOST_NAME   100u
#define MOST_PATH   3000u
#define MOST_NOTE   4000u
#define MOST_REPLAY 1000u

static const char *const truths[POT_TRUTHS] = {"either", "same", "different"};

const char *pot_truth_name(pot_truth t)
{
    return t < POT_TRUTHS ? truths[t] : "?";
}

typedef struct {
    pot_arena *arena;
    const char *file;
    pot_error *err;
} reader;

/* Only these members, each at most once. */
static pot_status only(reader *r, const pot_json *o, const char *const *names)
{
    const char *key;
    json_t *v;
    if (!json_is_object(o->v))
        return pot_json_fail(o, POT_E_FORMAT, r->err, "an object is expected");
    json_object_foreach(o->v, key, v)
    {
        size_t i = 0;
        while (names[i] && strcmp(names[i], key) != 0)
            i++;
        const pot_json at = pot_json_get(o, key);
        if (!names[i]) return pot_json_fail(&at, POT_E_FORMAT, r->err, "no such member is known");
    }
    return POT_OK;
}

/* A string of 1 to `most` bytes without control characters, copied. */
static pot_status keep(reader *r, const pot_json *at, const char **out, size_t most)
{
    const char *s = json_string_value(at->v);
    const size_t n = s ? strlen(s) : 0;
    bool ok = s && n && n <= most && n == json_string_length(at->v);
    for (size_t i = 0; ok && i < n; i++)
        ok = (unsigned char)s[i] >= ' ' && s[i] != 127;
    if (!ok)
        return pot_json_fail(at, POT_E_FORMAT, r->err,
                             "a string of 1 to %zu bytes without control characters is expected",
                             most);
    *out = pot_arena_str(r->arena, s, n);
    return *out ? POT_OK : pot_fail_mem(r->err);
}

static pot_status string(reader *r, const pot_json *o, const char *key, const char **out,
                         size_t most)
{
    const pot_json at = pot_json_get(o, key);
    return keep(r, &at, out, most);
}

static pot_status optional(reader *r, const pot_json *o, const char *key, const char **out,
                           size_t most)
{
    return pot_json_has(o, key) ? string(r, o, key, out, most) : POT_OK;
}

/* ---- models ---------------------------------------------------------------------------------- */

/* From the directory of the suite, unless it is absolute or a name like hf:owner/name. */
static pot_status place(reader *r, const pot_json *at, const char **path)
{
    const char *slash = strrchr(r->file, '/'), *p = *path;
    if (!slash || p[0] == '/' || strncmp(p, "hf:", 3) == 0 || strncmp(p, "ollama:", 7) == 0)
        return POT_OK;
    const size_t n = (size_t)(slash - r->file) + 1, m = strlen(p);
    if (n + m >= PATH_MAX)
        return pot_json_fail(at, POT_E_FORMAT, r->err, "the path is longer than %d bytes",
                             PATH_MAX - 1);
    char *whole = pot_arena_new(r->arena, n + m + 1, 1);
    if (!whole) return pot_fail_mem(r->err);
    memcpy(whole, r->file, n);
    memcpy(whole + n, p, m);
    *path = whole;
    return POT_OK;
}

static pot_status read_model(reader *r, const pot_json *at, const char *name, pot_suite_model *m)
{
    static const char *const members[] = {"path", "weights_sha256", "note", NULL};
    const char *digest = NULL, *note;
    json_t *text = json_string(name); /* so that names are checked as other strings are */
    pot_json key = *at;
    key.v = text;
    const pot_status s = text ? keep(r, &key, &m->name, MOST_NAME) : pot_fail_mem(r->err);
    json_decref(text);
    POT_TRY(s);
    if (json_is_string(at->v)) {
        POT_TRY(keep(r, at, &m->path, MOST_PATH));
        return place(r, at, &m->path);
    }
    POT_TRY(only(r, at, members));
    POT_TRY(string(r, at, "path", &m->path, MOST_PATH));
    POT_TRY(optional(r, at, "weights_sha256", &digest, 64));
    POT_TRY(optional(r, at, "note", &note, MOST_NOTE));
    m->expected = digest != NULL;
    const pot_json here = pot_json_get(at, "weights_sha256");
    if (digest && !pot_hex_parse(m->weights_sha256, 32, digest))
        return pot_json_fail(&here, POT_E_FORMAT, r->err, "64 hexadecimal digits are expected");
    return place(r, at, &m->path);
}

static pot_status read_models(reader *r, const pot_json *doc, pot_suite *s)
{
    pot_json list;
    const char *name;
    json_t *v;
    size_t i = 0;
    POT_TRY(pot_json_object(doc, "models", &list, r->err));
    s->models = json_object_size(list.v);
    if (!s->models || s->models > MOST_MODELS)
        return pot_json_fail(&list, POT_E_FORMAT, r->err, "1 to %u models are expected",
                             MOST_MODELS);
    s->model = pot_arena_new(r->arena, s->models, sizeof *s->model);
    if (!s->model) return pot_fail_mem(r->err);
    json_object_foreach(list.v, name, v)
    {
        const pot_json at = pot_json_get(&list, name);
        POT_TRY(read_model(r, &at, name, &s->model[i++]));
    }
    return POT_OK;
}

/* ---- pairs ----------------------------------------------------------------------------------- */

static pot_status find_model(reader *r, const pot_json *o, const char *key, const pot_suite *s,
                             uint32_t *out)
{
    const char *name;
    const pot_json at = pot_json_get(o, key);
    POT_TRY(pot_json_str(o, key, &name, r->err));
    for (uint32_t i = 0; i < s->models; i++)
        if (strcmp(s->model[i].name, name) == 0) return *out = i, POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, r->err, "there is no model \"%.100s\" in this suite",
                         name);
}

static pot_status read_truth(reader *r, const pot_json *o, pot_suite_pair *p)
{
    const char *text;
    const pot_json at = pot_json_get(o, "truth");
    POT_TRY(pot_json_str(o, "truth", &text, r->err));
    for (unsigned i = 0; i < POT_TRUTHS; i++)
        if (strcmp(truths[i], text) == 0) return p->truth = (pot_truth)i, POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, r->err, "same, different or either is expected");
}

static pot_status read_label(reader *r, const pot_json *o, pot_suite_pair *p)
{
    const char *text = NULL;
    const pot_json at = pot_json_get(o, "relationship");
    p->label = POT_LABELS;
    POT_TRY(pot_json_opt_str(o, "relationship", &text, r->err));
    if (!text) return POT_OK;
    p->label = pot_label_find(text);
    if (p->label < POT_LABELS && p->label != POT_ABSTAIN) return POT_OK; /* that is no truth */
    return pot_json_fail(&at, POT_E_FORMAT, r->err,
                         "\"%.40s\" is no relationship; leave the member out where none is known",
                         text);
}

/* ---- servings -------------------------------------------------------------------------------- */

/* A number above `least`, up to `most`; absent: 0. */
static pot_status above(reader *r, const pot_json *o, const char *key, double *out, double least,
                        double most)
{
    const pot_json at = pot_json_get(o, key);
    if (!at.v) return POT_OK;
    POT_TRY(pot_json_f64(o, key, out, r->err));
    if (*out > least && *out <= most) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, r->err, "a number above %g, up to %g is expected",
                         least, most);
}

/* A whole number from 1 to `most`; absent: 0. */
static pot_status whole(reader *r, const pot_json *o, const char *key, uint32_t *out, uint32_t most)
{
    const pot_json at = pot_json_get(o, key);
    if (!at.v) return POT_OK;
    POT_TRY(pot_json_u32(o, key, out, r->err));
    if (*out && *out <= most) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, r->err, "a whole number from 1 to %u is expected",
                         most);
}

/* Who answers in the candidate's place, and when. */
static pot_status read_other(reader *r, const pot_json *o, const pot_suite *s, pot_serving *v)
{
    static const char *const route[] = {"to", "share", NULL}, *const replay[] = {"runs", "leaked",
                                                                                 NULL};
    pot_json at;
    if (pot_json_has(o, "route")) {
        POT_TRY(pot_json_object(o, "route", &at, r->err));
        POT_TRY(only(r, &at, route));
        POT_TRY(find_model(r, &at, "to", s, &v->to));
        POT_TRY(pot_json_f64(&at, "share", &v->share, r->err));
        POT_TRY(above(r, &at, "share", &v->share, 0, 1));
    }
    if (!pot_json_has(o, "replay")) return POT_OK;
    POT_TRY(pot_json_object(o, "replay", &at, r->err));
    POT_TRY(only(r, &at, replay));
    if (pot_json_has(o, "route"))
        return pot_json_fail(&at, POT_E_FORMAT, r->err, "one of route and replay is expected");
    POT_TRY(pot_json_u32(&at, "runs", &v->replay, r->err));
    POT_TRY(pot_json_opt_bool(&at, "leaked", &v->leaked, r->err));
    return whole(r, &at, "runs", &v->replay, MOST_REPLAY);
}

static pot_status read_serving(reader *r, const pot_json *pair, const pot_suite *s,
                               pot_suite_pair *p)
{
    static const char *const members[] = {"route", "replay", "temperature", "vocab_overlap",
                                          "top_k", "round",  "noise",       NULL};
    pot_json o;
    pot_serving *v = &p->serving;
    p->served = "";
    if (!pot_json_has(pair, "serving")) return POT_OK;
    POT_TRY(pot_json_object(pair, "serving", &o, r->err));
    POT_TRY(only(r, &o, members));
    POT_TRY(read_other(r, &o, s, v));
    POT_TRY(above(r, &o, "temperature", &v->temperature, 0.01, 100));
    POT_TRY(above(r, &o, "vocab_overlap", &v->overlap, 0.01, 1));
    POT_TRY(whole(r, &o, "top_k", &v->top_k, POT_SERVING_TOP));
    POT_TRY(above(r, &o, "round", &v->round, 0, 100));
    POT_TRY(above(r, &o, "noise", &v->noise, 0, 100));
    if (!pot_serving_routes(v) && !pot_serving_changes(v))
        return pot_json_fail(&o, POT_E_FORMAT, r->err,
                             "what stands in between is expected; leave the member out otherwise");
    pot_buf b = POT_BUF(1000);
    pot_serving_text(&b, v, s->model[v->to].name);
    const pot_status st = pot_buf_status(&b, r->err);
    p->served = st == POT_OK ? pot_arena_str(r->arena, b.p, b.n) : NULL;
    pot_buf_free(&b);
    return st != POT_OK || p->served ? st : pot_fail_mem(r->err);
}

static pot_status read_pair(reader *r, const pot_json *o, const pot_suite *s, pot_suite_pair *p)
{
    static const char *const members[] = {"ref",      "cand",    "truth", "relationship",
                                          "category", "serving", "note",  NULL};
    const char *note;
    POT_TRY(only(r, o, members));
    POT_TRY(find_model(r, o, "ref", s, &p->ref));
    POT_TRY(find_model(r, o, "cand", s, &p->cand));
    POT_TRY(read_truth(r, o, p));
    POT_TRY(read_label(r, o, p));
    POT_TRY(read_serving(r, o, s, p));
    POT_TRY(optional(r, o, "note", &note, MOST_NOTE));
    return string(r, o, "category", &p->category, MOST_NAME);
}

/* The same pair again would be the same runs again: counted twice, they would pretend to be more.
 */
static pot_status check_new(reader *r, const pot_json *at, const pot_suite_pair *all, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (all[k].ref == all[i].ref && all[k].cand == all[i].cand &&
            strcmp(all[k].served, all[i].served) == 0)
            return pot_json_fail(at, POT_E_FORMAT, r->err,
                                 "pairs[%zu] has the same models: raise \"runs\" instead", k);
    return POT_OK;
}

static pot_status read_pairs(reader *r, const pot_json *doc, pot_suite *s)
{
    pot_json list;
    POT_TRY(pot_json_array(doc, "pairs", &list, r->err));
    s->pairs = json_array_size(list.v);
    if (!s->pairs || s->pairs > MOST_PAIRS)
        return pot_json_fail(&list, POT_E_FORMAT, r->err, "1 to %u pairs are expected", MOST_PAIRS);
    s->pair = pot_arena_new(r->arena, s->pairs, sizeof *s->pair);
    if (!s->pair) return pot_fail_mem(r->err);
    for (size_t i = 0; i < s->pairs; i++) {
        const pot_json one = pot_json_at(&list, i);
        POT_TRY(read_pair(r, &one, s, &s->pair[i]));
        POT_TRY(check_new(r, &one, s->pair, i));
    }
    return POT_OK;
}

/* ---- the document ---------------------------------------------------------------------------- */

static pot_status read_rule(reader *r, const pot_json *doc, pot_suite *s)
{
    const char *mode = "audit";
    pot_json at = pot_json_get(doc, "mode");
    s->runs = 1;
    POT_TRY(pot_json_opt_str(doc, "mode", &mode, r->err));
    if (!pot_mode_find(&s->mode, mode))
        return pot_json_fail(&at, POT_E_FORMAT, r->err, "quick, audit or extended is expected");
    POT_TRY(pot_json_opt_u32(doc, "runs", &s->runs, r->err));
    at = pot_json_get(doc, "runs");
    if (s->runs && s->runs <= MOST_RUNS) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, r->err, "1 to %u runs are expected", MOST_RUNS);
}

static pot_status read_document(reader *r, const pot_json *doc, pot_suite *s)
{
    static const char *const members[] = {"schema", "name",   "seed",  "mode", "runs",
                                          "note",   "models", "pairs", NULL};
    const char *schema, *note;
    POT_TRY(only(r, doc, members));
    POT_TRY(pot_json_str(doc, "schema", &schema, r->err));
    const pot_json at = pot_json_get(doc, "schema");
    if (strcmp(schema, SCHEMA) != 0)
        return pot_json_fail(&at, POT_E_UNSUPPORTED, r->err,
                             "\"%.40s\"; this program reads " SCHEMA, schema);
    POT_TRY(string(r, doc, "name", &s->name, MOST_NAME));
    s->seed = s->name;
    POT_TRY(optional(r, doc, "seed", &s->seed, MOST_NAME));
    POT_TRY(optional(r, doc, "note", &note, MOST_NOTE));
    POT_TRY(read_rule(r, doc, s));
    POT_TRY(read_models(r, doc, s));
    return read_pairs(r, doc, s);
}

pot_status pot_suite_read(pot_suite *out, pot_arena *arena, pot_bytes text, const char *file,
                          pot_error *err)
{
    pot_json doc = {0};
    pot_suite suite = {0};
    reader r = {.arena = arena, .file = file, .err = err};
    POT_TRY(pot_json_parse(&doc, text, file, err));
    const pot_status s = read_document(&r, &doc, &suite);
    pot_json_close(&doc);
    if (s == POT_OK) *out = suite;
    return s;
}
