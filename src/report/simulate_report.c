/* Simulated runs as text and as JSON (docs/format/simulate.md). */
#include "report/give.h"

#include <math.h>
#include <stdio.h>

#include <pot/report.h>

/* ---- text -------------------------------------------------------------------------------- */

/* "0.52 [0.42, 0.63]": per cent; "-" where it would not be wrong. */
static void rate_text(pot_buf *b, const pot_rate *r, bool counts)
{
    char text[64] = "-";
    if (counts && r->total)
        snprintf(text, sizeof text, "%.2f [%.2f, %.2f]", 100.0 * r->count / r->total, 100 * r->lo,
                 100 * r->hi);
    pot_buf_fmt(b, "  %-20s", text);
}

static void share(pot_buf *b, const pot_rate *r)
{
    if (r->total) pot_buf_fmt(b, "%7.2f", 100.0 * r->count / r->total);
    else pot_buf_fmt(b, "%7s", "-");
}

static void number(pot_buf *b, unsigned n)
{
    if (n) pot_buf_fmt(b, "%7u", n);
    else pot_buf_fmt(b, "%7s", "-");
}

static void law(pot_buf *b, const pot_simulated *r)
{
    char mean[32];
    if (r->least < r->most) snprintf(mean, sizeof mean, "%.3f-%.3f", r->least, r->most);
    else snprintf(mean, sizeof mean, "%.3f", r->least);
    pot_buf_fmt(b, "  %s%-20s%12s", r->admitted ? " " : "*", r->law, mean);
}

static void decision_line(pot_buf *b, const pot_simulated *r)
{
    law(b, r);
    share(b, &r->ends.same);
    share(b, &r->ends.different);
    share(b, &r->ends.undecided);
    rate_text(b, &r->ends.same, r->same_wrong);
    rate_text(b, &r->ends.different, r->diff_wrong);
    number(b, r->ends.median);
    number(b, r->ends.p90);
    number(b, r->each.median);
    pot_buf_str(b, "\n");
}

static void bound_line(pot_buf *b, const pot_simulated *r)
{
    law(b, r);
    share(b, &r->stopped);
    share(b, &r->high);
    share(b, &r->low);
    if (r->alike) share(b, &r->high_each), share(b, &r->low_each);
    else pot_buf_fmt(b, "%7s%7s", "-", "-");
    for (int i = 0; i < POT_BERNSTEINS; i++) {
        pot_buf_str(b, "  ");
        share(b, &r->other[i].same);
        share(b, &r->other[i].different);
        number(b, r->other[i].median);
    }
    pot_buf_str(b, "\n");
}

static void rule_text(pot_buf *b, const pot_simulated *row, size_t n)
{
    const pot_rule *r = row->rule;
    pot_buf_fmt(b, "\n%s: alpha %g, gamma %g, %u to %u challenges\n", r->name, r->alpha, r->gamma,
                r->n_min, r->n_max);
    pot_buf_fmt(b, "\n  %-33s%21s  %-20s  %-20s%21s\n", "", "decided, % of runs", "wrong SAME, %",
                "wrong DIFFERENT, %", "challenges");
    pot_buf_fmt(b, "  %-21s%12s%7s%7s%7s  %-20s  %-20s%7s%7s%7s\n", " law", "mean TV", "SAME",
                "DIFF.", "UNDEC.", "[95 % interval]", "[95 % interval]", "median", "90 %", "each");
    for (size_t i = 0; i < n; i++)
        decision_line(b, &row[i]);
    pot_buf_fmt(b, "\n  %-33s%35s", "", "bounds exclude the mean, % of runs");
    for (pot_bernstein i = 0; i < POT_BERNSTEINS; i++)
        pot_buf_fmt(b, "  %21s", pot_bernstein_name(i));
    pot_buf_fmt(b, "\n  %-21s%12s%7s%7s%7s%7s%7s", " law", "mean TV", "end", "upper", "lower",
                "each u", "each l");
    for (int i = 0; i < POT_BERNSTEINS; i++)
        pot_buf_fmt(b, "  %7s%7s%7s", "SAME", "DIFF.", "median");
    pot_buf_str(b, "\n");
    for (size_t i = 0; i < n; i++)
        bound_line(b, &row[i]);
}

/* Rows of the same rule, from `at` on. */
static size_t rule_rows(const pot_simulation *s, size_t at)
{
    size_t end = at;
    while (end < s->n && s->row[end].rule == s->row[at].rule)
        end++;
    return end - at;
}

static void simulation_text(pot_buf *b, const pot_simulation *s)
{
    pot_claims c;
    pot_simulation_claims(s, &c);
    pot_buf_fmt(b, "%u runs of the decision code for each law of scores; seed %llu\n", s->runs,
                (unsigned long long)s->seed);
    for (size_t at = 0, n; at < s->n; at += n) {
        n = rule_rows(s, at);
        rule_text(b, &s->row[at], n);
    }
    pot_buf_fmt(
        b,
        "\nClaimed: %u rates of at most alpha. The 95 %% interval ends at or below 1.2 alpha "
        "for %u of them,\n         and lies above alpha for %u.",
        c.claimed, c.shown, c.refuted);
    if (c.row)
        pot_buf_fmt(b, " The highest end is %.2f alpha (%s, %s).", c.worst, c.row->rule->name,
                    c.row->law);
    pot_buf_str(b,
                "\n       * Routing by time is outside what any bet on challenges can promise: "
                "docs/statistics.md.\n"
                "each     had one looked after every challenge, where scores are of one law. EB: "
                "the empirical-\n         Bernstein rules of earlier work on the same scores "
                "(docs/format/simulate.md).\n");
}

/* ---- JSON -------------------------------------------------------------------------------- */

static json_t *rate_json(const pot_rate *r)
{
    return json_pack("{s:I, s:I, s:f, s:f}", "count", (json_int_t)r->count, "total",
                     (json_int_t)r->total, "lo", r->lo, "hi", r->hi);
}

static json_t *whole(unsigned n)
{
    return n ? json_integer(n) : json_null();
}

static json_t *ends_json(const pot_ends *e)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "same", rate_json(&e->same), "different",
                     rate_json(&e->different), "undecided", rate_json(&e->undecided), "median",
                     whole(e->median), "p90", whole(e->p90));
}

static json_t *bounds_json(const pot_simulated *r)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "end", rate_json(&r->stopped), "upper",
                     rate_json(&r->high), "lower", rate_json(&r->low), "upper_each",
                     r->alike ? rate_json(&r->high_each) : json_null(), "lower_each",
                     r->alike ? rate_json(&r->low_each) : json_null());
}

static json_t *law_json(const pot_simulated *r)
{
    json_t *others = json_object();
    for (pot_bernstein i = 0; i < POT_BERNSTEINS; i++)
        if (json_object_set_new(others, pot_bernstein_name(i), ends_json(&r->other[i])) != 0)
            return json_decref(others), NULL;
    return json_pack("{s:s, s:s, s:[f,f], s:b, s:b, s:b, s:b, s:o, s:o, s:o, s:o}", "law", r->law,
                     "what", r->what, "mean", r->least, r->most, "same_wrong", (int)r->same_wrong,
                     "different_wrong", (int)r->diff_wrong, "admitted", (int)r->admitted, "alike",
                     (int)r->alike, "rounds", ends_json(&r->ends), "each",
                     r->alike ? ends_json(&r->each) : json_null(), "bounds", bounds_json(r),
                     "others", others);
}

static json_t *rule_json(const pot_simulated *row, size_t n)
{
    const pot_rule *r = row->rule;
    json_t *laws = json_array();
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(laws, law_json(&row[i])) != 0) return json_decref(laws), NULL;
    return json_pack("{s:s, s:f, s:f, s:f, s:i, s:i, s:o}", "rule", r->name, "alpha", r->alpha,
                     "gamma", r->gamma, "eta", r->eta, "n_min", (int)r->n_min, "n_max",
                     (int)r->n_max, "laws", laws);
}

static json_t *simulation_json(const pot_simulation *s)
{
    pot_claims c;
    json_t *rules = json_array();
    pot_simulation_claims(s, &c);
    for (size_t at = 0, n; at < s->n; at += n) {
        n = rule_rows(s, at);
        if (json_array_append_new(rules, rule_json(&s->row[at], n)) != 0)
            return json_decref(rules), NULL;
    }
    return json_pack("{s:s, s:I, s:I, s:i, s:f, s:{s:i, s:i, s:i, s:f}, s:o}", "schema",
                     "pot-simulate-1", "runs", (json_int_t)s->runs, "seed", (json_int_t)s->seed,
                     "threads", (int)s->threads, "seconds", s->seconds, "claims", "claimed",
                     (int)c.claimed, "shown", (int)c.shown, "refuted", (int)c.refuted, "worst",
                     c.worst, "rules", rules);
}

pot_status pot_report_simulation(pot_text *out, const pot_simulation *s, bool json, pot_error *err)
{
    if (json) return pot_json_text(out, simulation_json(s), true, err);
    pot_buf b = POT_BUF(POT_MOST_TEXT);
    simulation_text(&b, s);
    return pot_report_give(out, &b, err);
}
