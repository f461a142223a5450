/* An evaluation as tables and as JSON (docs/format/eval.md). */
#include "base/file.h"
#include "report/give.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <pot/eval.h>

#define RATE 26 /* columns of a rate with its interval */

/* ---- text ------------------------------------------------------------------------------------ */

static void heading(pot_buf *b, const pot_evaluation *r)
{
    const pot_rule *q = r->rule;
    pot_buf_fmt(b, "%s: %zu pairs, each with %u key%s of the seed \"%s\"\n", r->name, r->pairs,
                r->runs, r->runs == 1 ? "" : "s", r->seed);
    if (r->only) pot_buf_fmt(b, "only pairs of the category \"%s\"\n", r->only);
    pot_buf_fmt(b,
                "%s mode: alpha %g, gamma %g, eta %g; classic rule: delta* %g, eps %g; %u to %u "
                "challenges; %s\n\n",
                q->name, q->alpha, q->gamma, q->eta, q->delta, q->eps, q->n_min, q->n_max,
                r->numerics);
}

static void spread_text(pot_buf *b, const pot_spread *s)
{
    char text[32];
    if (s->count) snprintf(text, sizeof text, "%.0f / %.0f", s->median, s->p90);
    else snprintf(text, sizeof text, "-");
    pot_buf_fmt(b, "%12s", text);
}

static unsigned total(const pot_tally *t, pot_decision d)
{
    unsigned n = 0;
    for (unsigned i = 0; i < POT_TRUTHS; i++)
        n += t->found[i][d];
    return n;
}

static void count_line(pot_buf *b, const pot_tally *t)
{
    pot_buf_fmt(b, "  %-18.18s%6u%6u%7u%7u%7u%8u", t->category ? t->category : "all", t->pairs,
                t->runs, total(t, POT_SAME), total(t, POT_DIFFERENT), total(t, POT_UNDECIDED),
                t->failed);
    spread_text(b, &t->to_same);
    spread_text(b, &t->to_different);
    if (t->seconds.count) pot_buf_fmt(b, "%10.2f\n", t->seconds.median);
    else pot_buf_fmt(b, "%10s\n", "-");
}

/* "0 of 24 [0.0, 14.2] %" */
static void rate_text(pot_buf *b, const pot_rate *r, int width)
{
    char text[64];
    if (r->total)
        snprintf(text, sizeof text, "%u of %u [%.1f, %.1f] %%", r->count, r->total, 100 * r->lo,
                 100 * r->hi);
    else snprintf(text, sizeof text, "-");
    pot_buf_fmt(b, "  %-*s", width, text);
}

static void rate_line(pot_buf *b, const pot_tally *t)
{
    pot_buf_fmt(b, "  %-18.18s", t->category ? t->category : "all");
    rate_text(b, &t->false_same, RATE);
    rate_text(b, &t->false_different, RATE);
    rate_text(b, &t->undecided, 0);
    pot_buf_str(b, "\n");
}

static void each_line(pot_buf *b, const pot_evaluation *r,
                      void (*line)(pot_buf *, const pot_tally *))
{
    for (size_t i = 0; i < r->categories; i++)
        line(b, &r->category[i]);
    line(b, &r->all);
}

static void tables(pot_buf *b, const pot_evaluation *r)
{
    pot_buf_fmt(b, "  %-18s%6s%6s%7s%7s%7s%8s%12s%12s%10s\n", "", "", "", "", "", "", "",
                "challenges", "to", "median");
    pot_buf_fmt(b, "  %-18s%6s%6s%7s%7s%7s%8s%12s%12s%10s\n", "category", "pairs", "runs", "SAME",
                "DIFF.", "UNDEC.", "failed", "SAME", "DIFFERENT", "seconds");
    each_line(b, r, count_line);
    pot_buf_str(b, "  Challenges: a half, nine tenths of the runs took no more.\n\n");
    pot_buf_fmt(b, "  %-18s  %-26s  %-26s  %s\n", "category", "false SAME", "false DIFFERENT",
                "undecided");
    each_line(b, r, rate_line);
    pot_buf_str(b, "  Runs of pairs that are known to be different; equal; either of these.  In "
                   "brackets the\n  Clopper-Pearson interval of 95 %, which speaks of these pairs "
                   "under other keys.\n");
    if (r->all.wrong_pairs.total)
        pot_buf_fmt(b, "  Pairs with a wrong run: %u of %u [%.1f, %.1f] %%.\n",
                    r->all.wrong_pairs.count, r->all.wrong_pairs.total, 100 * r->all.wrong_pairs.lo,
                    100 * r->all.wrong_pairs.hi);
}

/* The same pair with nothing in between; NULL if it is not there. */
static const pot_eval_pair *plain_of(const pot_evaluation *r, const pot_eval_pair *p)
{
    for (size_t i = 0; i < r->pairs; i++)
        if (!r->pair[i].serving[0] && strcmp(r->pair[i].ref, p->ref) == 0 &&
            strcmp(r->pair[i].cand, p->cand) == 0)
            return &r->pair[i];
    return NULL;
}

static void served_line(pot_buf *b, const pot_evaluation *r, const pot_eval_pair *p)
{
    const pot_eval_pair *plain = plain_of(r, p);
    double tv = 0;
    for (unsigned k = 0; k < r->runs; k++)
        tv += p->run[k].done ? p->run[k].tv : 0;
    pot_buf_fmt(b, "  %-10s%6u%7u%7u%12.4f", pot_truth_name(p->truth), p->found[POT_SAME],
                p->found[POT_DIFFERENT], p->found[POT_UNDECIDED],
                p->challenges.count ? tv / p->challenges.count : 0);
    spread_text(b, &p->challenges);
    if (plain && plain->challenges.count && p->challenges.count)
        pot_buf_fmt(b, "%+8.0f", p->challenges.median - plain->challenges.median);
    else pot_buf_fmt(b, "%8s", "-");
    pot_buf_fmt(b, "  %s / %s: %s\n", p->ref, p->cand, p->serving);
}

/* What stands between, pair by pair. */
static void served(pot_buf *b, const pot_evaluation *r)
{
    bool any = false;
    for (size_t i = 0; i < r->pairs; i++) {
        if (!r->pair[i].serving[0]) continue;
        if (!any)
            pot_buf_fmt(b, "\n  %-10s%6s%7s%7s%12s%12s%8s  %s\n", "truth", "SAME", "DIFF.",
                        "UNDEC.", "mean TV", "challenges", "more", "served");
        any = true;
        served_line(b, r, &r->pair[i]);
    }
    if (any)
        pot_buf_str(b, "  More: challenges than the same pair takes with nothing in between.\n");
}

/* Rows and columns of labels that occur only. */
static void confusion(pot_buf *b, const pot_evaluation *r)
{
    bool row[POT_LABELS] = {0}, column[POT_LABELS] = {0}, any = false;
    for (unsigned i = 0; i < POT_LABELS; i++)
        for (unsigned k = 0; k < POT_LABELS; k++)
            if (r->confusion[i][k]) row[i] = column[k] = any = true;
    if (!any) return;
    pot_buf_fmt(b, "\n  %-16s", "is \\ was called");
    for (unsigned k = 0; k < POT_LABELS; k++)
        if (column[k]) pot_buf_fmt(b, "  %s", pot_label_name(k));
    pot_buf_str(b, "\n");
    for (unsigned i = 0; i < POT_LABELS; i++) {
        if (!row[i]) continue;
        pot_buf_fmt(b, "  %-16s", pot_label_name(i));
        for (unsigned k = 0; k < POT_LABELS; k++)
            if (column[k])
                pot_buf_fmt(b, "  %*u", (int)strlen(pot_label_name(k)), r->confusion[i][k]);
        pot_buf_str(b, "\n");
    }
    pot_buf_str(b, "  Right where a label was given:");
    rate_text(b, &r->all.right_label, 0);
    pot_buf_str(b, "\n  Abstained:                    ");
    rate_text(b, &r->all.abstained, 0);
    pot_buf_str(b, "\n");
}

/* ---- baselines as text ----------------------------------------------------------------------- */

static void middle(pot_buf *b, const pot_spread *s, int digits)
{
    if (s->count) pot_buf_fmt(b, "%9.*f", digits, s->median);
    else pot_buf_fmt(b, "%9s", "-");
}

static void method_line(pot_buf *b, const char *name, const pot_tally *t)
{
    pot_buf_fmt(b, "  %-16s%6u%7u%7u%7u", name, total(t, POT_SAME), total(t, POT_DIFFERENT),
                total(t, POT_UNDECIDED), t->failed);
    rate_text(b, &t->false_same, RATE);
    rate_text(b, &t->false_different, RATE);
    middle(b, &t->all_queries, 0);
    middle(b, &t->seconds, 2);
    middle(b, &t->cpu_seconds, 2);
    middle(b, &t->joules, 1);
    pot_buf_str(b, "\n");
}

/* "2 / 4": wrong of those that were decided or not, and whose truth is known. */
static void wrong_of(pot_buf *b, const pot_tally *t)
{
    char text[32];
    const unsigned n = t->false_same.total + t->false_different.total;
    if (n)
        snprintf(text, sizeof text, "%u of %u", t->false_same.count + t->false_different.count, n);
    else snprintf(text, sizeof text, "-");
    pot_buf_fmt(b, "%17s", text);
}

static void methods(pot_buf *b, const pot_evaluation *r)
{
    pot_buf_fmt(b, "\n  %-16s%6s%7s%7s%7s  %-26s  %-26s%9s%9s%9s%9s\n", "method", "SAME", "DIFF.",
                "UNDEC.", "failed", "false SAME", "false DIFFERENT", "texts", "seconds", "CPU s",
                "joules");
    method_line(b, "pot", &r->all);
    for (unsigned i = 0; i < POT_BASELINES; i++)
        method_line(b, pot_baseline_rule_of((pot_baseline)i)->name, &r->baseline[i]);
    pot_buf_fmt(b, "\n  %-18s%17s", "wrong, by category", "pot");
    for (unsigned i = 0; i < POT_BASELINES; i++)
        pot_buf_fmt(b, "%17s", pot_baseline_rule_of((pot_baseline)i)->name);
    pot_buf_str(b, "\n");
    for (size_t c = 0; c < r->categories; c++) {
        pot_buf_fmt(b, "  %-18.18s", r->category[c].category);
        wrong_of(b, &r->category[c]);
        for (unsigned i = 0; i < POT_BASELINES; i++)
            wrong_of(b, &r->category_baseline[i][c]);
        pot_buf_str(b, "\n");
    }
}

static void baselines(pot_buf *b, const pot_evaluation *r)
{
    if (!r->prompts) return;
    methods(b, r);
    pot_buf_fmt(
        b,
        "  pot: all runs. Others: one of each pair, with %u prompts; where something stands "
        "in between only\n  those that look at distributions. Their rules:\n",
        r->prompts);
    for (unsigned i = 0; i < POT_BASELINES; i++) {
        const pot_baseline_rule *q = pot_baseline_rule_of((pot_baseline)i);
        pot_buf_fmt(b, "  %-16s%s\n  %-16s(%s)\n", q->name, q->rule, "", q->source);
    }
}

static bool wrong(const pot_eval_pair *p, const pot_eval_run_result *r)
{
    return r->done && ((p->truth == POT_TRUTH_SAME && r->decision == POT_DIFFERENT) ||
                       (p->truth == POT_TRUTH_DIFFERENT && r->decision == POT_SAME));
}

static void notes(pot_buf *b, const pot_evaluation *r)
{
    for (size_t i = 0; i < r->pairs; i++) {
        const pot_eval_pair *p = &r->pair[i];
        for (unsigned k = 0; k < r->runs; k++)
            if (wrong(p, &p->run[k]))
                pot_buf_fmt(b, "  Wrong: %s / %s (%s), run %u: %s with mean TV %.4f after %u\n",
                            p->ref, p->cand, p->category, k, pot_decision_name(p->run[k].decision),
                            p->run[k].tv, p->run[k].n);
        for (unsigned k = 0; r->prompts && k < POT_BASELINES; k++)
            if (!p->baseline[k].done && !p->baseline[k].skipped)
                pot_buf_fmt(b, "  Failed: %s of %s / %s: %s\n",
                            pot_baseline_rule_of((pot_baseline)k)->name, p->ref, p->cand,
                            p->baseline[k].why);
        if (p->failed)
            pot_buf_fmt(b, "  Failed: %s / %s (%s), %u of %u runs: %s\n", p->ref, p->cand,
                        p->category, p->failed, r->runs, p->why);
    }
    if (r->damaged)
        pot_buf_fmt(b,
                    "  Note: %u files of the cache were not as they had been written; their "
                    "runs were made again\n",
                    r->damaged);
    if (r->cached) pot_buf_fmt(b, "  Note: %u runs come from the cache\n", r->cached);
}

static void text(pot_buf *b, const pot_evaluation *r)
{
    heading(b, r);
    tables(b, r);
    served(b, r);
    confusion(b, r);
    baselines(b, r);
    const size_t before = b->n;
    pot_buf_str(b, "\n");
    notes(b, r);
    if (b->n == before + 1) b->p[b->n = before] = '\0';
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *rate_json(const pot_rate *r)
{
    return json_pack("{s:i, s:i, s:f, s:f}", "count", (int)r->count, "total", (int)r->total, "lo",
                     r->lo, "hi", r->hi);
}

static json_t *spread_json(const pot_spread *s)
{
    const double none = (double)NAN;
    return json_pack("{s:i, s:o, s:o, s:f}", "count", (int)s->count, "median",
                     pot_json_number(s->count ? s->median : none), "p90",
                     pot_json_number(s->count ? s->p90 : none), "sum", s->sum);
}

static json_t *decisions_json(const unsigned found[3])
{
    return json_pack("{s:i, s:i, s:i}", "SAME", (int)found[POT_SAME], "DIFFERENT",
                     (int)found[POT_DIFFERENT], "UNDECIDED", (int)found[POT_UNDECIDED]);
}

static json_t *found_json(const pot_tally *t)
{
    json_t *o = json_object();
    for (unsigned i = 0; i < POT_TRUTHS; i++) {
        json_t *one = decisions_json(t->found[i]);
        if (json_object_set_new(o, pot_truth_name((pot_truth)i), one) != 0)
            return json_decref(o), NULL;
    }
    return o;
}

static json_t *tally_json(const pot_tally *t)
{
    return json_pack(
        "{s:s?, s:i, s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:o, s:o, s:o}, s:o, s:o, "
        "s:o}",
        "category", t->category, "pairs", (int)t->pairs, "runs", (int)t->runs, "failed",
        (int)t->failed, "found", found_json(t), "false_same", rate_json(&t->false_same),
        "false_different", rate_json(&t->false_different), "undecided", rate_json(&t->undecided),
        "wrong_pairs", rate_json(&t->wrong_pairs), "right_label", rate_json(&t->right_label),
        "abstained", rate_json(&t->abstained), "challenges", "to_same", spread_json(&t->to_same),
        "to_different", spread_json(&t->to_different), "all", spread_json(&t->all_queries),
        "seconds", spread_json(&t->seconds), "cpu_seconds", spread_json(&t->cpu_seconds), "joules",
        spread_json(&t->joules));
}

static json_t *run_json(const pot_eval_run_result *r)
{
    if (!r->done) return json_null();
    return json_pack("{s:s, s:i, s:f, s:f, s:s, s:f, s:f, s:o, s:b}", "decision",
                     pot_decision_name(r->decision), "n", (int)r->n, "tv", r->tv, "kl", r->kl,
                     "label", pot_label_name(r->label), "seconds", r->seconds, "cpu_seconds",
                     r->cpu_seconds, "joules", pot_json_number(r->joules), "cached", r->cached);
}

static json_t *baseline_json(pot_baseline b, const pot_baseline_result *r)
{
    const pot_baseline_rule *q = pot_baseline_rule_of(b);
    if (!r->done)
        return json_pack("{s:s, s:s}", "name", q->name, "why",
                         r->skipped ? "it says nothing of what stands in between" : r->why);
    json_t *figures = json_object();
    for (int i = 0; i < 2 && q->figure[i]; i++)
        if (json_object_set_new(figures, q->figure[i], pot_json_number(r->figure[i])) != 0)
            return json_decref(figures), NULL;
    return json_pack("{s:s, s:s, s:o, s:i, s:f, s:f, s:o}", "name", q->name, "decision",
                     pot_decision_name(r->decision), "figures", figures, "queries", (int)r->queries,
                     "seconds", r->seconds, "cpu_seconds", r->cpu_seconds, "joules",
                     pot_json_number(r->joules));
}

/* Of a pair: what each baseline found. */
static json_t *baselines_json(const pot_eval_pair *p)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < POT_BASELINES; i++)
        if (json_array_append_new(list, baseline_json((pot_baseline)i, &p->baseline[i])) != 0)
            return json_decref(list), NULL;
    return list;
}

static json_t *pair_json(const pot_eval_pair *p, unsigned runs, bool baselines_too)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < runs; i++)
        if (json_array_append_new(list, run_json(&p->run[i])) != 0) return json_decref(list), NULL;
    return json_pack("{s:s, s:s, s:s, s:s?, s:s, s:s?, s:o, s:o, s:i, s:s?, s:o, s:o}", "ref",
                     p->ref, "cand", p->cand, "category", p->category, "serving",
                     p->serving[0] ? p->serving : NULL, "truth", pot_truth_name(p->truth),
                     "relationship", p->label < POT_LABELS ? pot_label_name(p->label) : NULL,
                     "found", decisions_json(p->found), "challenges", spread_json(&p->challenges),
                     "failed", (int)p->failed, "why", p->why[0] ? p->why : NULL, "runs", list,
                     "baselines", baselines_too ? baselines_json(p) : json_null());
}

/* Each baseline with its rule and its tallies. */
static json_t *rules_json(const pot_evaluation *r)
{
    if (!r->prompts) return json_null();
    json_t *list = json_array();
    for (unsigned i = 0; i < POT_BASELINES; i++) {
        const pot_baseline_rule *q = pot_baseline_rule_of((pot_baseline)i);
        json_t *categories = json_array();
        for (size_t c = 0; c < r->categories; c++)
            if (json_array_append_new(categories, tally_json(&r->category_baseline[i][c])) != 0)
                return json_decref(categories), json_decref(list), NULL;
        json_t *one = json_pack("{s:s, s:s, s:s, s:i, s:o, s:o}", "name", q->name, "rule", q->rule,
                                "source", q->source, "prompts", (int)r->prompts, "all",
                                tally_json(&r->baseline[i]), "categories", categories);
        if (json_array_append_new(list, one) != 0) return json_decref(list), NULL;
    }
    return list;
}

static json_t *confusion_json(const pot_evaluation *r)
{
    json_t *names = json_array(), *rows = json_array();
    for (unsigned i = 0; i < POT_LABELS; i++) {
        json_t *row = json_array();
        for (unsigned k = 0; k < POT_LABELS; k++)
            json_array_append_new(row, json_integer(r->confusion[i][k]));
        if (json_array_append_new(names, json_string(pot_label_name(i))) != 0 ||
            json_array_append_new(rows, row) != 0 || json_array_size(row) != POT_LABELS)
            return json_decref(names), json_decref(rows), NULL;
    }
    return json_pack("{s:s, s:o, s:o}", "access", pot_access_name(r->access), "labels", names,
                     "matrix", rows);
}

static json_t *rule_json(const pot_rule *r)
{
    return json_pack("{s:s, s:f, s:f, s:f, s:f, s:f, s:i, s:i}", "mode", r->name, "alpha", r->alpha,
                     "gamma", r->gamma, "eta", r->eta, "delta_star", r->delta, "eps_diff", r->eps,
                     "n_min", (int)r->n_min, "n_max", (int)r->n_max);
}

static json_t *build(const pot_evaluation *r)
{
    json_t *categories = json_array(), *pairs = json_array();
    bool ok = categories && pairs;
    for (size_t i = 0; ok && i < r->categories; i++)
        ok = json_array_append_new(categories, tally_json(&r->category[i])) == 0;
    for (size_t i = 0; ok && i < r->pairs; i++)
        ok = json_array_append_new(pairs, pair_json(&r->pair[i], r->runs, r->prompts > 0)) == 0;
    if (!ok) return json_decref(categories), json_decref(pairs), NULL;
    return json_pack(
        "{s:s, s:s, s:s, s:{s:s, s:s, s:o}, s:s, s:s?, s:i, s:o, s:s, s:o, s:o, s:o, s:o, s:o, "
        "s:i, s:i}",
        "schema", "pot-eval-1", "pot", POT_VERSION, "generator", POT_GENERATOR, "suite", "name",
        r->name, "file", r->file, "sha256", pot_json_hex(r->suite_sha256, 32), "seed", r->seed,
        "only", r->only, "runs", (int)r->runs, "rule", rule_json(r->rule), "numerics", r->numerics,
        "all", tally_json(&r->all), "categories", categories, "relationships", confusion_json(r),
        "baselines", rules_json(r), "pairs", pairs, "cached", (int)r->cached, "damaged",
        (int)r->damaged);
}

pot_status pot_report_eval(pot_text *out, const pot_evaluation *r, bool json, pot_error *err)
{
    if (json) return pot_json_text(out, build(r), true, err);
    pot_buf b = POT_BUF(POT_MOST_TEXT);
    text(&b, r);
    return pot_report_give(out, &b, err);
}

pot_status pot_report_eval_save(const pot_evaluation *r, const char *dir, bool force,
                                pot_error *err)
{
    static const char *const names[] = {"eval.json", "eval.txt", NULL};
    pot_outdir d = {0};
    pot_status s = pot_outdir_begin(&d, dir, force, names, NULL, err);
    for (int i = 0; s == POT_OK && i < 2; i++) {
        pot_text t = {0};
        s = pot_report_eval(&t, r, i == 0, err);
        if (s == POT_OK)
            s = pot_outdir_append(&d, names[i], (pot_bytes){(const uint8_t *)t.p, t.n}, err);
        pot_text_free(&t);
    }
    if (s == POT_OK) s = pot_outdir_commit(&d, err);
    pot_outdir_abort(&d);
    return s;
}
