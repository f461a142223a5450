#include "eval/entry.h"

#include "base/fail.h"
#include "base/file.h"
#include "base/json.h"
#include "crypto/sha256.h"
#include "eval/baseline.h"
#include "eval/suite.h"
#include "evidence/build.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SCHEMA    "pot-eval-run-1"
#define BASELINES "pot-eval-baselines-1"
#define SUM_LINE  (2 * POT_SHA256_SIZE + 1)

/* ---- writing --------------------------------------------------------------------------------- */

static pot_status add_sum(pot_buf *out, size_t from, pot_error *err)
{
    uint8_t sum[POT_SHA256_SIZE];
    POT_TRY(pot_buf_status(out, err));
    POT_TRY(pot_sha256(sum, (pot_bytes){(const uint8_t *)out->p + from, out->n - from}, err));
    pot_buf_hex(out, sum, sizeof sum);
    pot_buf_str(out, "\n");
    return pot_buf_status(out, err);
}

pot_status pot_entry_write(pot_buf *out, const pot_buf *identity, pot_bytes verdict,
                           const pot_cost *cost, pot_error *err)
{
    pot_json id = {0}, found = {0};
    const size_t from = out->n;
    POT_TRY(pot_json_parse(&id, (pot_bytes){(const uint8_t *)identity->p, identity->n},
                           "the identity of a run", err));
    pot_status s = pot_json_parse(&found, verdict, "verdict.json", err);
    if (s == POT_OK)
        s = pot_json_dump(out,
                          json_pack("{s:s, s:O, s:f, s:f, s:o, s:O}", "schema", SCHEMA, "identity",
                                    id.v, "seconds", cost->seconds, "cpu_seconds",
                                    cost->cpu_seconds, "joules", pot_json_number(cost->joules),
                                    "verdict", found.v),
                          false, err);
    pot_json_close(&id);
    pot_json_close(&found);
    POT_TRY(s);
    pot_buf_str(out, "\n");
    return add_sum(out, from, err);
}

/* ---- reading --------------------------------------------------------------------------------- */

static pot_status at_least_0(const pot_json *o, const char *key, double *out, pot_error *err)
{
    const pot_json at = pot_json_get(o, key);
    POT_TRY(pot_json_f64(o, key, out, err));
    if (isfinite(*out) && *out >= 0) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "a number that is not negative is expected");
}

static pot_status read_decision(const pot_json *verdict, pot_eval_run_result *r, pot_error *err)
{
    static const pot_decision all[] = {POT_UNDECIDED, POT_SAME, POT_DIFFERENT};
    const char *text;
    const pot_json at = pot_json_get(verdict, "decision");
    POT_TRY(pot_json_str(verdict, "decision", &text, err));
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(text, pot_decision_name(all[i])) == 0) return r->decision = all[i], POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "no such decision is known");
}

static pot_status read_label(const pot_json *verdict, pot_eval_run_result *r, pot_error *err)
{
    pot_json o;
    const char *text;
    POT_TRY(pot_json_object(verdict, "relationship", &o, err));
    POT_TRY(pot_json_str(&o, "label", &text, err));
    const pot_json at = pot_json_get(&o, "label");
    r->label = pot_label_find(text);
    if (r->label < POT_LABELS) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "no relationship \"%.40s\" is known", text);
}

static pot_status read_verdict(const pot_json *verdict, pot_eval_run_result *r, pot_error *err)
{
    pot_json tv, kl;
    uint32_t n;
    POT_TRY(read_decision(verdict, r, err));
    POT_TRY(pot_json_u32(verdict, "n", &n, err));
    const pot_json at = pot_json_get(verdict, "n");
    if (n > POT_MOST_CHALLENGES)
        return pot_json_fail(&at, POT_E_FORMAT, err, "at most %d challenges are put",
                             POT_MOST_CHALLENGES);
    r->n = n;
    POT_TRY(pot_json_object(verdict, "tv", &tv, err));
    POT_TRY(at_least_0(&tv, "mean", &r->tv, err));
    POT_TRY(pot_json_object(verdict, "kl", &kl, err));
    POT_TRY(at_least_0(&kl, "mean", &r->kl, err));
    return read_label(verdict, r, err);
}

/* Is this the run that was asked for?  Compared as text: the order of members counts, too. */
static pot_status check_identity(const pot_json *o, const pot_buf *identity, pot_error *err)
{
    pot_buf b = POT_BUF(POT_ENTRY_BYTES);
    pot_status s = pot_json_dump(&b, json_incref(o->v), false, err);
    if (s == POT_OK && identity &&
        (b.n != identity->n || memcmp(b.p, identity->p, identity->n) != 0))
        s = pot_json_fail(o, POT_E_FORMAT, err, "this is another run");
    pot_buf_free(&b);
    return s;
}

static pot_status read_head(const pot_json *doc, const char *want, const pot_buf *identity,
                            pot_error *err)
{
    const char *schema;
    pot_json o;
    POT_TRY(pot_json_str(doc, "schema", &schema, err));
    o = pot_json_get(doc, "schema");
    if (strcmp(schema, want) != 0)
        return pot_json_fail(&o, POT_E_FORMAT, err, "%s is expected", want);
    POT_TRY(pot_json_object(doc, "identity", &o, err));
    return check_identity(&o, identity, err);
}

static pot_status read_document(const pot_json *doc, pot_eval_run_result *r, pot_error *err)
{
    pot_json o;
    POT_TRY(at_least_0(doc, "seconds", &r->seconds, err));
    POT_TRY(at_least_0(doc, "cpu_seconds", &r->cpu_seconds, err));
    r->joules = (double)NAN;
    if (pot_json_has(doc, "joules")) POT_TRY(at_least_0(doc, "joules", &r->joules, err));
    POT_TRY(pot_json_object(doc, "verdict", &o, err));
    return read_verdict(&o, r, err);
}

static pot_status check_sum(pot_bytes text, const char *file, pot_error *err)
{
    char line[SUM_LINE];
    uint8_t want[POT_SHA256_SIZE], sum[POT_SHA256_SIZE];
    bool ok =
        text.n > SUM_LINE && text.p[text.n - 1] == '\n' && text.p[text.n - SUM_LINE - 1] == '\n';
    if (ok) {
        memcpy(line, text.p + text.n - SUM_LINE, SUM_LINE);
        line[SUM_LINE - 1] = '\0';
        ok = !strpbrk(line, "ABCDEF") && pot_hex_parse(want, sizeof want, line);
    }
    if (ok) {
        POT_TRY(pot_sha256(sum, (pot_bytes){text.p, text.n - SUM_LINE}, err));
        ok = memcmp(sum, want, sizeof sum) == 0;
    }
    if (ok) return POT_OK;
    return pot_fail_file(err, POT_E_FORMAT, file, "was changed since it was written");
}

/* The document of a file with a right digest and the right head; pot_json_close it. */
static pot_status open_file(pot_json *doc, pot_bytes text, const char *schema,
                            const pot_buf *identity, const char *file, pot_error *err)
{
    pot_json it = {0};
    POT_TRY(check_sum(text, file, err));
    POT_TRY(pot_json_parse(&it, (pot_bytes){text.p, text.n - SUM_LINE}, file, err));
    const pot_status s = read_head(&it, schema, identity, err);
    if (s == POT_OK) *doc = it;
    else pot_json_close(&it);
    return s;
}

pot_status pot_entry_read(pot_eval_run_result *out, pot_bytes text, const pot_buf *identity,
                          const char *file, pot_error *err)
{
    pot_json doc;
    pot_eval_run_result r = {.done = true};
    POT_TRY(open_file(&doc, text, SCHEMA, identity, file, err));
    const pot_status s = read_document(&doc, &r, err);
    pot_json_close(&doc);
    if (s == POT_OK) *out = r;
    return s;
}

/* ---- baselines ------------------------------------------------------------------------------- */

static json_t *baseline_json(const pot_baseline_result *r)
{
    if (!r->done) return json_pack("{s:b, s:s}", "skipped", r->skipped, "why", r->why);
    return json_pack("{s:[o, o], s:i, s:f, s:f, s:o}", "figures", pot_json_number(r->figure[0]),
                     pot_json_number(r->figure[1]), "queries", (int)r->queries, "seconds",
                     r->seconds, "cpu_seconds", r->cpu_seconds, "joules",
                     pot_json_number(r->joules));
}

pot_status pot_baselines_write(pot_buf *out, const pot_buf *identity,
                               const pot_baseline_result r[POT_BASELINES], pot_error *err)
{
    pot_json id = {0};
    const size_t from = out->n;
    json_t *list = json_array();
    for (int i = 0; i < POT_BASELINES; i++)
        json_array_append_new(list, baseline_json(&r[i]));
    if (json_array_size(list) != POT_BASELINES) return json_decref(list), pot_fail_mem(err);
    pot_status s = pot_json_parse(&id, (pot_bytes){(const uint8_t *)identity->p, identity->n},
                                  "the identity of a run", err);
    if (s == POT_OK)
        s = pot_json_dump(
            out,
            json_pack("{s:s, s:O, s:O}", "schema", BASELINES, "identity", id.v, "baselines", list),
            false, err);
    json_decref(list);
    pot_json_close(&id);
    POT_TRY(s);
    pot_buf_str(out, "\n");
    return add_sum(out, from, err);
}

static pot_status read_figure(const pot_json *list, size_t i, double *out, pot_error *err)
{
    const pot_json at = pot_json_at(list, i);
    *out = (double)NAN;
    if (!at.v) return POT_OK;
    *out = json_number_value(at.v);
    if (json_is_number(at.v)) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "a number or null is expected");
}

static pot_status read_baseline(const pot_json *o, pot_baseline b, pot_baseline_result *r,
                                pot_error *err)
{
    pot_json list;
    const char *why = NULL;
    uint32_t queries;
    POT_TRY(pot_json_opt_str(o, "why", &why, err));
    if (why) {
        snprintf(r->why, sizeof r->why, "%s", why);
        pot_printable(r->why);
        return pot_json_bool(o, "skipped", &r->skipped, err);
    }
    POT_TRY(pot_json_array(o, "figures", &list, err));
    for (size_t i = 0; i < 2; i++)
        POT_TRY(read_figure(&list, i, &r->figure[i], err));
    POT_TRY(pot_json_u32(o, "queries", &queries, err));
    POT_TRY(at_least_0(o, "seconds", &r->seconds, err));
    POT_TRY(at_least_0(o, "cpu_seconds", &r->cpu_seconds, err));
    r->joules = (double)NAN;
    if (pot_json_has(o, "joules")) POT_TRY(at_least_0(o, "joules", &r->joules, err));
    r->queries = queries;
    r->done = true;
    r->decision = pot_baseline_decide(b, r->figure);
    return POT_OK;
}

pot_status pot_baselines_read(pot_baseline_result out[POT_BASELINES], pot_bytes text,
                              const pot_buf *identity, const char *file, pot_error *err)
{
    pot_json doc, list;
    pot_baseline_result r[POT_BASELINES] = {{0}};
    POT_TRY(open_file(&doc, text, BASELINES, identity, file, err));
    pot_status s = pot_json_array(&doc, "baselines", &list, err);
    if (s == POT_OK && json_array_size(list.v) != POT_BASELINES)
        s = pot_json_fail(&list, POT_E_FORMAT, err, "%d results are expected", POT_BASELINES);
    for (size_t i = 0; s == POT_OK && i < POT_BASELINES; i++) {
        const pot_json one = pot_json_at(&list, i);
        s = read_baseline(&one, (pot_baseline)i, &r[i], err);
    }
    pot_json_close(&doc);
    if (s == POT_OK) memcpy(out, r, sizeof r);
    return s;
}

/* ---- names ----------------------------------------------------------------------------------- */

pot_status pot_entry_path(char *path, const char *dir, const pot_buf *identity, pot_error *err)
{
    uint8_t sum[POT_SHA256_SIZE];
    pot_buf name = POT_BUF(100);
    POT_TRY(pot_sha256(sum, (pot_bytes){(const uint8_t *)identity->p, identity->n}, err));
    pot_buf_hex(&name, sum, sizeof sum);
    pot_buf_str(&name, ".run");
    pot_status s = pot_buf_status(&name, err);
    if (s == POT_OK) s = pot_path_join(path, dir, name.p, err);
    pot_buf_free(&name);
    return s;
}
