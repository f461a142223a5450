/* bench: what this machine can do, and what pot makes of it. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include <pot/bench.h>
#include <pot/report.h>

static bool show_figure(void *ctx, const pot_progress *p)
{
    progress_line *l = ctx;
    if (l->shown && (!l->what || strcmp(l->what, p->what) != 0 || p->seconds - l->last >= 0.5)) {
        l->last = p->seconds;
        l->what = p->what;
        progress_wipe(l);
        fprintf(stderr, "measuring: %s, %.0f of %.0f", p->what, p->done, p->total);
        fflush(stderr);
        l->on_line = true;
    }
    return !stop_asked;
}

int run_bench(const args *a)
{
    pot_error err = {0};
    pot_text out = {0};
    pot_bench result;
    progress_line l;
    pot_bench_options how = {.progress = show_figure, .ctx = &l};
    if (!arg_compute(a, &how.compute)) return EXIT_TROUBLE;
    if (!arg_real(a, "--seconds", &how.seconds, 0.001, 3600)) return EXIT_TROUBLE;
    progress_init(&l, arg(a, "-q") != NULL);
    pot_status s = pot_bench_run(&result, a->words ? a->word[0] : NULL, &how, &err);
    progress_wipe(&l);
    if (s == POT_OK) s = pot_report_bench(&out, &result, arg(a, "--json") != NULL, &err);
    return s == POT_OK ? print_text(&out, 0) : failed(&err);
}
