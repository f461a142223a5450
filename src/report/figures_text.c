/* Figures as text and as JSON (docs/format/bench.md). */
#include "report/give.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BUSY 0.5 /* processors that others take, from which on it is worth a note */

/* How a unit is written for people. */
static const struct shown {
    const char *unit, *as;
    double scale;
    int digits;
} shown[] = {
    {"FLOP/s", "GFLOP/s", 1e-9, 1}, {"B/s", "GB/s", 1e-9, 2},
    {"tokens/s", "tokens/s", 1, 1}, {"s", "ms", 1e3, 2},
    {"B", "MB", 1e-6, 1},
};

static const struct shown *shown_as(const char *unit)
{
    size_t i = 0;
    while (i + 1 < sizeof shown / sizeof *shown && strcmp(shown[i].unit, unit) != 0)
        i++;
    return &shown[i];
}

static void number(pot_buf *b, double x, double scale, int digits)
{
    if (isnan(x)) pot_buf_fmt(b, "%10s", "-");
    else pot_buf_fmt(b, "%10.*f", digits, x * scale);
}

static void figure_text(pot_buf *b, const pot_figure *f)
{
    char name[64];
    const struct shown *u = shown_as(f->unit);
    const char *what =
        strcmp(f->unit, "tokens/s") == 0 || strncmp(f->name, "scoring", 7) == 0 ? "tokens" : "rows";
    if (f->rows) snprintf(name, sizeof name, "%s, %u %s", f->name, f->rows, what);
    else snprintf(name, sizeof name, "%s", f->name);
    pot_buf_fmt(b, "  %-29s", name);
    number(b, f->value, u->scale, u->digits);
    pot_buf_fmt(b, "  %-8s", u->as);
    number(b, f->limit, u->scale, u->digits);
    number(b, 100 * f->value / f->limit, 1, 0);
    pot_buf_fmt(b, " %s  %s\n", isnan(f->value / f->limit) ? " " : "%",
                f->why[0] ? f->why : f->limit_is);
}

static void bench_text(pot_buf *b, const pot_bench *r)
{
    pot_buf_fmt(b, "%s, %u thread%s, kernel %s, %s\n", r->cpu[0] ? r->cpu : "unnamed processor",
                r->threads, r->threads == 1 ? "" : "s", r->kernel, r->profile);
    if (r->model[0])
        pot_buf_fmt(b,
                    "%s: %.4g M parameters, %.4g MB; a token takes %.4g M multiply-adds and "
                    "%.4g MB of weights\n",
                    r->model, (double)r->params / 1e6, (double)r->bytes / 1e6,
                    r->token_products / 1e6, r->token_bytes / 1e6);
    if (r->load >= BUSY)
        pot_buf_fmt(b,
                    "Note: other processes wanted %.1f processors: figures are lower, and "
                    "shares less certain, than on an idle machine\n",
                    r->load);
    pot_buf_fmt(b, "\n  %-29s%10s  %-8s%10s%10s    %s\n", "", "measured", "", "limit", "share",
                "limit is");
    for (size_t i = 0; i < r->n; i++)
        figure_text(b, &r->figure[i]);
}

static json_t *figure_json(const pot_figure *f)
{
    return json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:s, s:o}", "name", f->name, "rows",
                     f->rows ? json_integer(f->rows) : json_null(), "unit", f->unit, "value",
                     pot_json_number(f->value), "limit", pot_json_number(f->limit), "share",
                     pot_json_number(f->value / f->limit), "limit_is", f->limit_is, "why",
                     f->why[0] ? json_string(f->why) : json_null());
}

static json_t *bench_model_json(const pot_bench *r)
{
    if (!r->model[0]) return json_null();
    return json_pack("{s:s, s:I, s:I, s:f, s:f}", "name", r->model, "params", (json_int_t)r->params,
                     "bytes", (json_int_t)r->bytes, "token_products", r->token_products,
                     "token_bytes", r->token_bytes);
}

static json_t *bench_json(const pot_bench *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->n; i++)
        if (json_array_append_new(list, figure_json(&r->figure[i])) != 0)
            return json_decref(list), NULL;
    return json_pack("{s:s, s:o, s:i, s:s, s:s, s:o, s:o, s:o, s:f, s:o}", "schema", "pot-bench-1",
                     "cpu", r->cpu[0] ? json_string(r->cpu) : json_null(), "threads",
                     (int)r->threads, "kernel", r->kernel, "profile", r->profile, "cache_bytes",
                     r->cache ? json_integer((json_int_t)r->cache) : json_null(), "load",
                     pot_json_number(r->load), "model", bench_model_json(r), "seconds", r->seconds,
                     "figures", list);
}

pot_status pot_report_bench(pot_text *out, const pot_bench *r, bool json, pot_error *err)
{
    if (json) return pot_json_text(out, bench_json(r), true, err);
    pot_buf b = POT_BUF(POT_MOST_TEXT);
    bench_text(&b, r);
    return pot_report_give(out, &b, err);
}
