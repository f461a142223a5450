/* A plan as text and as JSON (docs/format/plan.md). */
#include "report/give.h"

#include <stdio.h>

#include <pot/report.h>

/* ---- text -------------------------------------------------------------------------------- */

static void number(pot_buf *b, unsigned n)
{
    if (n) pot_buf_fmt(b, "%8u", n);
    else pot_buf_fmt(b, "%8s", "-");
}

static void money(pot_buf *b, unsigned n, double price)
{
    if (price <= 0) return;
    if (n) pot_buf_fmt(b, "%10.4g", n * price);
    else pot_buf_fmt(b, "%10s", "-");
}

static void row_text(pot_buf *b, const pot_plan *p, pot_mode m, pot_mode chosen, double price)
{
    const pot_planned *r = &p->row[m];
    char power[64] = "-";
    if (r->expected)
        snprintf(power, sizeof power, "%.1f [%.1f, %.1f]", 100.0 * r->power.count / r->power.total,
                 100 * r->power.lo, 100 * r->power.hi);
    pot_buf_fmt(b, "%c %-9s%7g%7g%7u  %-10s %-22s", m == chosen ? '>' : ' ', r->rule->name,
                r->rule->alpha, r->rule->gamma, r->rule->n_max,
                r->expected ? pot_decision_name(r->expected) : "either", power);
    number(b, r->ends.median);
    number(b, r->ends.p90);
    money(b, r->ends.median, price);
    money(b, r->ends.p90, price);
    money(b, r->rule->n_max, price);
    pot_buf_str(b, "\n");
}

static void advice(pot_buf *b, const pot_plan *p, pot_mode mode)
{
    const pot_planned *r = &p->row[mode];
    const double power = r->power.total ? (double)r->power.count / r->power.total : 0;
    if (r->expected && power >= POT_ENOUGH_POWER) {
        pot_buf_fmt(b, "\n%s mode will say %s, half of the time by challenge %u.\n", r->rule->name,
                    pot_decision_name(r->expected), r->ends.median);
        return;
    }
    if (!r->expected)
        pot_buf_fmt(b,
                    "\nWarning: mean TV %g is the gamma of %s mode: it decides neither way but in "
                    "error.\n",
                    p->mean, r->rule->name);
    else
        pot_buf_fmt(b,
                    "\nWarning: %s mode decides in %.1f %% of runs only within its %u challenges: "
                    "mean TV %.3g is too near gamma %g for how scores vary.\n",
                    r->rule->name, 100 * power, r->rule->n_max, p->mean, r->rule->gamma);
    const pot_mode other = pot_plan_instead(p, mode);
    if (other == POT_MODES) pot_buf_str(b, "No other mode decides in 95 % of runs either.\n");
    else
        pot_buf_fmt(b,
                    "--mode %s would say %s: %s than gamma %g, half of the time by challenge %u.\n",
                    p->row[other].rule->name, pot_decision_name(p->row[other].expected),
                    p->row[other].expected == POT_SAME ? "less" : "more", p->row[other].rule->gamma,
                    p->row[other].ends.median);
}

static void plan_text(pot_buf *b, const pot_plan *p, pot_mode mode, double price)
{
    const pot_effect *e = &p->effect;
    pot_buf_fmt(b, "mean TV %.4g", p->mean);
    if (e->routed > 0)
        pot_buf_fmt(b, ": %g %% of the challenges with TV 1, the others with %g", 100 * e->routed,
                    e->tv);
    if (e->tv > 0 && e->cv > 0) pot_buf_fmt(b, ", cv %g", e->cv);
    pot_buf_fmt(b, "; %u runs of the decision code, seed %llu\n\n", p->runs,
                (unsigned long long)p->seed);
    pot_buf_fmt(b, "  %-30s  %-10s %-22s%16s%s\n", "", "", "says so, %", "challenges",
                price > 0 ? "                          cost" : "");
    pot_buf_fmt(b, "  %-9s%7s%7s%7s  %-10s %-22s%8s%8s%s\n", "mode", "alpha", "gamma", "n max",
                "true is", "[95 % interval]", "median", "90 %",
                price > 0 ? "    median      90 %     n max" : "");
    for (pot_mode m = 0; m < POT_MODES; m++)
        row_text(b, p, m, mode, price);
    advice(b, p, mode);
}

/* ---- JSON -------------------------------------------------------------------------------- */

static json_t *whole(unsigned n)
{
    return n ? json_integer(n) : json_null();
}

static json_t *cost(unsigned n, double price)
{
    return n && price > 0 ? json_real(n * price) : json_null();
}

static json_t *row_json(const pot_planned *r, double price)
{
    const pot_rate *p = &r->power;
    return json_pack(
        "{s:s, s:f, s:f, s:i, s:o, s:{s:I, s:I, s:f, s:f}, s:f, s:f, s:f, s:o, s:o, s:o, s:o, s:f}",
        "mode", r->rule->name, "alpha", r->rule->alpha, "gamma", r->rule->gamma, "n_max",
        (int)r->rule->n_max, "expected",
        r->expected ? json_string(pot_decision_name(r->expected)) : json_null(), "power", "count",
        (json_int_t)p->count, "total", (json_int_t)p->total, "lo", p->lo, "hi", p->hi, "same",
        (double)r->ends.same.count / p->total, "different",
        (double)r->ends.different.count / p->total, "undecided",
        (double)r->ends.undecided.count / p->total, "median", whole(r->ends.median), "p90",
        whole(r->ends.p90), "cost_median", cost(r->ends.median, price), "cost_p90",
        cost(r->ends.p90, price), "cost_most", r->rule->n_max * price);
}

static json_t *plan_json(const pot_plan *p, pot_mode mode, double price)
{
    json_t *rows = json_array();
    const pot_mode other = pot_plan_instead(p, mode);
    for (pot_mode m = 0; m < POT_MODES; m++)
        if (json_array_append_new(rows, row_json(&p->row[m], price)) != 0)
            return json_decref(rows), NULL;
    return json_pack(
        "{s:s, s:{s:f, s:f, s:f}, s:f, s:I, s:I, s:f, s:s, s:b, s:o, s:o}", "schema", "pot-plan-1",
        "effect", "tv", p->effect.tv, "cv", p->effect.cv, "routed", p->effect.routed, "mean",
        p->mean, "runs", (json_int_t)p->runs, "seed", (json_int_t)p->seed, "price", price, "mode",
        p->row[mode].rule->name, "decides", (int)pot_plan_decides(p, mode), "instead",
        other < POT_MODES ? json_string(p->row[other].rule->name) : json_null(), "modes", rows);
}

pot_status pot_report_plan(pot_text *out, const pot_plan *p, pot_mode mode, double price, bool json,
                           pot_error *err)
{
    if (json) return pot_json_text(out, plan_json(p, mode, price), true, err);
    pot_buf b = POT_BUF(POT_MOST_TEXT);
    plan_text(&b, p, mode, price);
    return pot_report_give(out, &b, err);
}
