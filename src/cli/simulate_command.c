/* eval --simulate: error rates of the decision code on scores of known laws. */
#include "cli.h"

#include <stdio.h>

#include <pot/report.h>
#include <pot/simulate.h>

static bool show_laws(void *ctx, const pot_progress *p)
{
    progress_line *l = ctx;
    if (l->shown) {
        progress_wipe(l);
        fprintf(stderr, "%s: law %.0f of %.0f, %.0f s", p->what, p->done + 1, p->total, p->seconds);
        fflush(stderr);
        l->on_line = true;
    }
    return !stop_asked;
}

/* Options of eval that are about models. */
static const char *of_models(const args *a)
{
    static const char *const names[] = {"--cache",   "--out",        "-f",          "--kernel",
                                        "--profile", "--max-memory", "--baselines", "--prompts"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (arg(a, names[i])) return names[i];
    return NULL;
}

int run_simulate(const args *a)
{
    pot_error err = {0};
    pot_text text = {0};
    pot_simulation s = {0};
    pot_claims claims;
    pot_mode mode;
    progress_line l;
    unsigned long long runs = 20000, seed = 0, threads = 0;
    pot_simulate_options o = {.progress = show_laws, .ctx = &l};
    if (a->words || of_models(a))
        return trouble("eval --simulate takes no %s", a->words ? "SUITE" : of_models(a));
    if (arg(a, "--mode") && !pot_mode_find(&mode, arg(a, "--mode")))
        return trouble("--mode %s: quick, audit or extended is expected", arg(a, "--mode"));
    if (!arg_number(a, "--runs", &runs, 1, 10000000) ||
        !arg_number(a, "--seed", &seed, 0, UINT64_MAX) ||
        !arg_number(a, "--threads", &threads, 1, 256))
        return EXIT_TROUBLE;
    if (arg(a, "--mode")) o.rule = pot_rule_of(mode);
    o.law = arg(a, "--category");
    o.runs = (uint32_t)runs, o.seed = seed, o.threads = (unsigned)threads;
    progress_init(&l, arg(a, "-q") != NULL);
    pot_status st = pot_simulate(&s, &o, &err);
    progress_wipe(&l);
    if (st == POT_OK) st = pot_report_simulation(&text, &s, arg(a, "--json") != NULL, &err);
    pot_simulation_claims(&s, &claims);
    pot_simulation_free(&s);
    return st == POT_OK ? print_text(&text, claims.refuted ? 1 : 0) : failed(&err);
}
