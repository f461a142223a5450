/* From figures to a label: the first row of the table that holds, or none. */
#include "stat/relate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const labels[POT_LABELS] = {
    "ABSTAIN",   "IDENTICAL", "QUANTIZED", "FINE_TUNED",     "EXTENSIVE_FT", "VARIANT",
    "DISTILLED", "SCALE",     "SIMILAR",   "DIFFERENT_ARCH", "UNRELATED",
};
static const char *const accesses[POT_ACCESSES] = {"most", "topk", "distributions", "weights"};

static const struct {
    const char *name;
    pot_access access;
    const char *text;
    double scale;
    int digits; /* -1: a fact */
} figures_of[POT_FIGURES] = {
#define ROW_(name, access, text, scale, digits) {#name, POT_ACCESS_##access, text, scale, digits},
    POT_FIGURE_LIST(ROW_)
#undef ROW_
};

const char *pot_label_name(pot_label l)
{
    return (unsigned)l < POT_LABELS ? labels[l] : "?";
}

pot_label pot_label_find(const char *name)
{
    pot_label l = POT_ABSTAIN;
    while (l < POT_LABELS && strcmp(labels[l], name) != 0)
        l++;
    return l;
}

const char *pot_access_name(pot_access a)
{
    return (unsigned)a < POT_ACCESSES ? accesses[a] : "?";
}

const char *pot_figure_name(pot_figure_id f)
{
    return (unsigned)f < POT_FIGURES ? figures_of[f].name : "?";
}

bool pot_access_find(pot_access *out, const char *name)
{
    for (pot_access a = POT_ACCESS_TOPK; a < POT_ACCESSES; a++)
        if (strcmp(accesses[a], name) == 0) return *out = a, true;
    return false;
}

/* False for NaN, and for what this access does not show. */
static bool holds(const pot_condition *c, const pot_pair_figures *f, pot_access access)
{
    const double x = f->x[c->figure];
    return figures_of[c->figure].access <= access && c->least <= x && x <= c->most;
}

/* same_files, figure 0, is never asked to be 0. */
static bool is_condition(const pot_condition *c)
{
    return c->figure || c->most > 0;
}

static bool all_hold(const pot_relate_rule *r, const pot_pair_figures *f, pot_access access)
{
    if (!(r->access >> access & 1)) return false;
    for (unsigned i = 0; i < POT_MOST_CONDITIONS; i++)
        if (is_condition(&r->when[i]) && !holds(&r->when[i], f, access)) return false;
    return true;
}

static void say(pot_relationship *out, pot_figure_id figure, double x)
{
    if (out->n_reasons == POT_MOST_REASONS) return;
    char *to = out->reason[out->n_reasons++];
    const char *text = figures_of[figure].text;
    const int digits = figures_of[figure].digits;
    if (digits < 0) snprintf(to, POT_REASON_SIZE, "%s: %s", text, x > 0 ? "yes" : "no");
    else snprintf(to, POT_REASON_SIZE, "%s: %.*f", text, digits, x * figures_of[figure].scale);
}

/* Why nothing is said: the figures that come nearest to saying something. */
static void say_figures(pot_relationship *out, const pot_pair_figures *f, pot_access access)
{
    static const pot_figure_id main_figures[] = {POT_FIGURE_correlation, POT_FIGURE_difference,
                                                 POT_FIGURE_kl, POT_FIGURE_residual,
                                                 POT_FIGURE_same_top};
    snprintf(out->reason[out->n_reasons++], POT_REASON_SIZE,
             "no rule holds for figures like these");
    for (size_t i = 0; i < sizeof main_figures / sizeof *main_figures; i++) {
        const pot_figure_id id = main_figures[i];
        if (figures_of[id].access <= access && !isnan(f->x[id])) say(out, id, f->x[id]);
    }
}

/* The label of a row with its confidence.  One that was not right more often than wrong where the
 * truth was known would be a guess: it becomes a reason to abstain. */
static void name(pot_relationship *out, const pot_relate_rule *r)
{
    const pot_relate_count *count = &pot_relate_counts[out->access][r->label];
    const double confidence = (count->right + 1.0) / (count->of + 2.0);
    if (!(confidence > POT_GUESS)) {
        snprintf(out->reason[out->n_reasons++], POT_REASON_SIZE,
                 "perhaps %s, which was right in only %u of %u where the truth was known",
                 labels[r->label], count->right, count->of);
    } else {
        out->label = r->label;
        out->right = count->right;
        out->of = count->of;
        out->confidence = confidence;
    }
    snprintf(out->reason[out->n_reasons++], POT_REASON_SIZE, "%s", r->says);
}

void pot_relate(pot_relationship *out, const pot_pair_figures *f, pot_access access)
{
    *out = (pot_relationship){.access = access, .confidence = (double)NAN};
    const pot_relate_rule *r = pot_relate_rules, *end = r + pot_relate_n_rules;
    while (r < end && !all_hold(r, f, access))
        r++;
    if (r == end) {
        say_figures(out, f, access);
        return;
    }
    name(out, r);
    for (unsigned i = 0; i < POT_MOST_CONDITIONS; i++)
        if (is_condition(&r->when[i])) say(out, r->when[i].figure, f->x[r->when[i].figure]);
}
