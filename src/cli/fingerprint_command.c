/* fingerprint: a reference that travels without its weights; and what inspect says of one. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include <pot/report.h>

static bool read_settings(pot_fingerprint_options *o, const args *a)
{
    static uint8_t key[POT_KEY_SIZE], run_id[POT_RUN_ID_SIZE];
    unsigned long long challenges = 0, top_k = 0, tails = 0;
    pot_error err = {0};
    *o = (pot_fingerprint_options){
        .model = a->word[0], .mode = POT_AUDIT, .corpus = arg(a, "--corpus")};
    if (arg(a, "--mode") && !pot_mode_find(&o->mode, arg(a, "--mode")))
        return trouble("--mode %s: quick, audit or extended is expected", arg(a, "--mode")), false;
    if (!arg_number(a, "--challenges", &challenges, 1, POT_MOST_CHALLENGES)) return false;
    if (!arg_number(a, "--top-k", &top_k, 1, 4096)) return false;
    if (!arg_number(a, "--tails", &tails, 1, 256)) return false;
    if (!arg_compute(a, &o->compute)) return false;
    o->exact = arg(a, "--exact") != NULL;
    if (o->exact && (top_k || tails))
        return trouble("--exact keeps whole distributions: --top-k and --tails have no place"),
               false;
    o->challenges = (unsigned)challenges;
    o->top_k = (unsigned)top_k;
    o->tails = (unsigned)tails;
    if (arg(a, "--run-id")) {
        if (!arg_hex(a, "--run-id", run_id, sizeof run_id)) return false;
        o->run_id = run_id;
    }
    if (!arg(a, "--key")) return true;
    if (pot_key_load(key, arg(a, "--key"), &err) != POT_OK) return failed(&err), false;
    o->key = key;
    return true;
}

int show_reference(const args *a, const char *path)
{
    pot_error err = {0};
    pot_reference *r = NULL;
    pot_text text = {0};
    pot_status s = pot_reference_open(&r, path, &err);
    if (s == POT_OK)
        s = pot_report_reference(&text, pot_reference_info(r), arg(a, "--json") != NULL, &err);
    pot_reference_close(&r);
    return s == POT_OK ? print_text(&text, 0) : failed(&err);
}

int run_fingerprint(const args *a)
{
    pot_fingerprint_options o;
    pot_error err = {0};
    progress_line l;
    const char *out = arg(a, "-o");
    if (!out) return trouble("-o FILE is needed: say where the reference goes");
    if (pot_is_reference(a->word[0]))
        return trouble("%s: is a reference file already; a model is expected", a->word[0]);
    if (!read_settings(&o, a)) return EXIT_TROUBLE;
    progress_init(&l, arg(a, "-q") != NULL);
    o.progress = progress_show;
    o.ctx = &l;
    const pot_status s = pot_fingerprint(out, arg(a, "-f") != NULL, &o, &err);
    progress_wipe(&l);
    if (o.key) pot_key_wipe((uint8_t *)(uintptr_t)o.key);
    return s == POT_OK ? show_reference(a, out) : failed(&err);
}
