/* plan: how many challenges, at what price, and whether the mode can decide. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include <pot/report.h>

/* Which effect is expected; false, with a message, on trouble. */
static bool read_effect(pot_effect *e, const args *a)
{
    const char *name = arg(a, "--relationship");
    if (name && (arg(a, "--tv") || arg(a, "--cv")))
        return trouble("--relationship gives --tv and --cv: one or the other"), false;
    if (!name && !arg(a, "--tv") && !arg(a, "--routed")) {
        trouble("one of --tv, --relationship and --routed is needed; see pot help plan");
        return false;
    }
    if (name && !pot_effect_of(e, name)) {
        fprintf(stderr, "pot: --relationship %s: nothing was measured for it; one of", name);
        for (size_t i = 0; pot_effect_name(i); i++)
            fprintf(stderr, "%s %s", i ? "," : "", pot_effect_name(i));
        fputs(" is expected, or --tv\n", stderr);
        return false;
    }
    if (arg(a, "--tv")) e->cv = 0.35;
    return arg_real(a, "--tv", &e->tv, 0, 1) && arg_real(a, "--cv", &e->cv, 0, 1000) &&
           arg_real(a, "--routed", &e->routed, 0, 1);
}

/* The price of a challenge. */
static bool read_price(double *price, const args *a)
{
    double token_price = 0;
    unsigned long long tokens = 62;
    if (!arg_real(a, "--price", price, 0, 1e9) ||
        !arg_real(a, "--token-price", &token_price, 0, 1e9) ||
        !arg_number(a, "--tokens", &tokens, 1, 10000000))
        return false;
    *price += token_price * (double)tokens / 1e6;
    return true;
}

int run_plan(const args *a)
{
    pot_error err = {0};
    pot_text text = {0};
    pot_plan plan;
    pot_plan_options o = {0};
    pot_mode mode = POT_AUDIT;
    double price = 0;
    unsigned long long runs = 0, seed = 0, threads = 0;
    if (arg(a, "--mode") && !pot_mode_find(&mode, arg(a, "--mode")))
        return trouble("--mode %s: quick, audit or extended is expected", arg(a, "--mode"));
    if (!read_effect(&o.effect, a) || !read_price(&price, a) ||
        !arg_number(a, "--runs", &runs, 1, 10000000) ||
        !arg_number(a, "--seed", &seed, 0, UINT64_MAX) ||
        !arg_number(a, "--threads", &threads, 1, 256))
        return EXIT_TROUBLE;
    o.runs = (uint32_t)runs, o.seed = seed, o.threads = (unsigned)threads;
    pot_status s = pot_plan_make(&plan, &o, &err);
    if (s == POT_OK) s = pot_report_plan(&text, &plan, mode, price, arg(a, "--json") != NULL, &err);
    if (s != POT_OK) return failed(&err);
    return print_text(&text, pot_plan_decides(&plan, mode) ? 0 : EXIT_UNDECIDED);
}
