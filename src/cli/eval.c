/* eval: error rates over pairs of models whose truth is known. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include <pot/eval.h>
#include <pot/report.h>

static bool show_runs(void *ctx, const pot_progress *p)
{
    progress_line *l = ctx;
    if (l->shown && p->seconds - l->last >= 0.1) {
        l->last = p->seconds;
        progress_wipe(l);
        if (p->done < 1 && p->left <= 0) fprintf(stderr, "reading %.100s", p->what);
        else fprintf(stderr, "run %.0f of %.0f: %.100s", p->done + 1, p->total, p->what);
        if (p->left > 0) fprintf(stderr, ", %.0f s left", p->left);
        fflush(stderr);
        l->on_line = true;
    }
    return !stop_asked;
}

static bool read_options(pot_eval_options *o, const args *a)
{
    unsigned long long runs = 0, prompts = 100;
    if (arg(a, "--mode") && !pot_mode_find(&o->mode, arg(a, "--mode"))) {
        trouble("--mode %s: quick, audit or extended is expected", arg(a, "--mode"));
        return false;
    }
    if (arg(a, "--prompts") && !arg(a, "--baselines")) {
        trouble("--prompts is for --baselines");
        return false;
    }
    if (!arg_number(a, "--prompts", &prompts, 5, 1000)) return false;
    if (!arg_number(a, "--runs", &runs, 1, 100000) || !arg_compute(a, &o->compute)) return false;
    if (!arg_access(a, &o->access)) return false;
    o->has_mode = arg(a, "--mode") != NULL;
    o->runs = (unsigned)runs;
    o->prompts = arg(a, "--baselines") ? (unsigned)prompts : 0;
    o->seed = arg(a, "--seed");
    o->category = arg(a, "--category");
    o->cache = arg(a, "--cache");
    return true;
}

/* The tables come first: what hours have made is not lost to a directory that exists. */
static int show(const pot_evaluation *r, const args *a)
{
    pot_error err = {0};
    pot_text text = {0};
    const char *dir = arg(a, "--out");
    int status = r->all.failed ? EXIT_TROUBLE : r->all.wrong_pairs.count ? 1 : 0;
    if (pot_report_eval(&text, r, arg(a, "--json") != NULL, &err) != POT_OK) return failed(&err);
    status = print_text(&text, status);
    if (dir && pot_report_eval_save(r, dir, arg(a, "-f") != NULL, &err) != POT_OK)
        return failed(&err);
    return status;
}

int run_eval(const args *a)
{
    pot_error err = {0};
    pot_eval *e = NULL;
    progress_line l;
    pot_eval_options o = {.progress = show_runs, .ctx = &l};
    if (arg(a, "--simulate")) return run_simulate(a);
    if (!a->words) return trouble("usage: pot eval SUITE, or --simulate; see pot help eval");
    if (!read_options(&o, a)) return EXIT_TROUBLE;
    progress_init(&l, arg(a, "-q") != NULL);
    pot_status s = pot_eval_open(&e, a->word[0], &o, &err);
    if (s == POT_OK) s = pot_eval_run(e, &err);
    progress_wipe(&l);
    const int status = s == POT_OK ? show(pot_eval_result(e), a) : failed(&err);
    pot_eval_close(&e);
    return status;
}
