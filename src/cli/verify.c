#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pot/report.h>

static void hex(FILE *f, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%02x", p[i]);
}

static void announce_model(const char *role, const pot_model_facts *f, const char *more)
{
    fprintf(stderr, "%s %s: %s, %.3g M parameters, %s%s\n", role, f->path, f->arch,
            (double)f->params / 1e6, f->dtype, more);
}

/* What is compared and what was fixed, before any weight is read. */
static void announce(const pot_verify *v)
{
    const pot_commitment *c = pot_verify_commitment(v);
    const pot_verdict *r = pot_verify_verdict(v);
    announce_model("REF ", r->ref.model,
                   !r->saved         ? ""
                   : r->saved->exact ? "; saved, whole distributions"
                                     : "; saved, as classes of tokens");
    announce_model("CAND", r->cand.model, "");
    fputs("committed to ", stderr);
    hex(stderr, c->tag, sizeof c->tag);
    fputs("\n      run id ", stderr);
    hex(stderr, c->run_id, sizeof c->run_id);
    fputs("\n", stderr);
}

typedef struct {
    pot_verify_options o;
    uint8_t key[POT_KEY_SIZE], run_id[POT_RUN_ID_SIZE];
} settings;

/* What a reference from a file has fixed cannot be given again. */
static bool check_saved(const args *a)
{
    static const char *const fixed[] = {"--mode", "--key", "--run-id", "--profile"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (arg(a, fixed[i])) {
            trouble("%s knows its challenges and its mode: %s has no place", a->word[0], fixed[i]);
            return false;
        }
    return true;
}

/* Options that verify and challenge commit share; false, with a message, on trouble. */
static bool read_settings(settings *s, const args *a)
{
    pot_error err = {0};
    s->o.ref = a->word[0];
    s->o.cand = a->word[1];
    s->o.mode = POT_AUDIT;
    if (s->o.ref && pot_is_reference(s->o.ref) && !check_saved(a)) return false;
    if (arg(a, "--mode") && !pot_mode_find(&s->o.mode, arg(a, "--mode"))) {
        trouble("--mode %s: quick, audit or extended is expected", arg(a, "--mode"));
        return false;
    }
    if (!arg_compute(a, &s->o.compute)) return false;
    if (!arg_access(a, &s->o.access)) return false;
    s->o.corpus = arg(a, "--corpus");
    s->o.by_digest = arg(a, "--by-digest") != NULL;
    s->o.calibrate = arg(a, "--calibrate") != NULL;
    if (s->o.calibrate && *arg(a, "--calibrate")) s->o.copy = arg(a, "--calibrate");
    if (arg(a, "--run-id")) {
        if (!arg_hex(a, "--run-id", s->run_id, sizeof s->run_id)) return false;
        s->o.run_id = s->run_id;
    }
    if (arg(a, "--key")) {
        if (pot_key_load(s->key, arg(a, "--key"), &err) != POT_OK) return failed(&err), false;
        s->o.key = s->key;
    }
    return true;
}

static int exit_of(pot_decision d)
{
    return d == POT_SAME ? EXIT_SAME : d == POT_DIFFERENT ? EXIT_DIFFERENT : EXIT_UNDECIDED;
}

static int show(const pot_verify *v, bool json, bool details)
{
    pot_error err = {0};
    pot_text text = {0};
    const pot_verdict *r = pot_verify_verdict(v);
    const pot_commitment *c = pot_verify_commitment(v);
    const pot_status s =
        json ? pot_verdict_json(&text, r, c, &err) : pot_report_verdict(&text, r, c, &err);
    if (s != POT_OK) return failed(&err);
    const int status = print_text(&text, exit_of(r->decision));
    if (json || !details || r->by_digest || status == EXIT_TROUBLE) return status;
    return pot_report_details(&text, r, &err) == POT_OK ? print_text(&text, status) : failed(&err);
}

/* What is done is kept where that helps: who stops, and whose disk or memory fails, can go on. */
static int interrupted(pot_evidence *e, const char *out, const pot_error *err)
{
    const bool again =
        err->status == POT_E_STOPPED || err->status == POT_E_IO || err->status == POT_E_NOMEM;
    const int status = failed(err);
    if (!e) return status;
    if (!again) pot_evidence_abort(&e);
    else if (pot_evidence_suspend(&e, NULL) == POT_OK)
        fprintf(stderr, "pot: what was done is kept; go on with: pot verify --resume %s\n", out);
    return status;
}

/* From an opened verification to the exit status. */
static int run(pot_verify *v, pot_evidence *e, const char *out, const args *a, progress_line *l)
{
    pot_error err = {0};
    const pot_status s = pot_verify_run(v, &err);
    progress_wipe(l);
    if (s != POT_OK) return interrupted(e, out, &err);
    if (e && pot_evidence_finish(&e, &err) != POT_OK) return failed(&err);
    const pot_reference_facts *saved = pot_verify_verdict(v)->saved;
    const char *spent = saved ? saved->path : arg(a, "--key");
    if (out && spent && !arg(a, "-q"))
        fprintf(stderr, "%s/reveal.json shows the key of %s: %s\n", out, spent,
                saved ? "once that is published, it is spent" : "it is spent, make another");
    return show(v, arg(a, "--json") != NULL, arg(a, "--details") != NULL);
}

/* Everything but these was fixed when the run began. */
static bool check_resume(const args *a)
{
    static const char *const fixed[] = {"--mode", "--key",       "--run-id",  "--corpus",
                                        "--out",  "--by-digest", "--profile", "--calibrate"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (arg(a, fixed[i])) {
            trouble("--resume DIR goes on with what was fixed then: %s has no place", fixed[i]);
            return false;
        }
    if (a->words) trouble("--resume DIR knows its models: name no others");
    return !a->words;
}

int run_verify(const args *a)
{
    settings s = {0};
    pot_error err = {0};
    pot_verify *v = NULL;
    pot_evidence *e = NULL;
    const bool quiet = arg(a, "-q") != NULL, force = arg(a, "-f") != NULL;
    const char *again = arg(a, "--resume"), *out = again ? again : arg(a, "--out");
    progress_line l;
    progress_init(&l, quiet);
    if (!again && a->words < 2) return trouble("usage: pot verify REF CAND; see pot help verify");
    if (again && !check_resume(a)) return EXIT_TROUBLE;
    bool ok = read_settings(&s, a);
    s.o.progress = progress_show;
    s.o.ctx = &l;
    if (ok) {
        const pot_status st = again ? pot_evidence_resume(&e, &v, again, &s.o, force, &err)
                                    : pot_verify_open(&v, &s.o, &err);
        if (st != POT_OK) ok = (failed(&err), false);
    }
    pot_key_wipe(s.key);
    if (!ok) return EXIT_TROUBLE;
    if (!quiet) announce(v);
    if (!again && out && pot_evidence_open(&e, v, out, force, &err) != POT_OK) ok = false;
    const int status = ok ? run(v, e, out, a, &l) : failed(&err);
    pot_verify_close(&v);
    return status;
}

/* The document into a file, if one is named; the tag to stdout. */
static int show_commitment(const pot_commitment *c, const args *a)
{
    const char *out = arg(a, "-o");
    pot_error err = {0};
    if (out && pot_text_save(out, c->document, c->n, arg(a, "-f") != NULL, &err) != POT_OK)
        return failed(&err);
    const bool json = arg(a, "--json") != NULL;
    if (json) fputs("{\"commitment\":\"", stdout);
    hex(stdout, c->tag, sizeof c->tag);
    if (json) {
        fputs("\",\"run_id\":\"", stdout);
        hex(stdout, c->run_id, sizeof c->run_id);
        fputs("\"}", stdout);
    }
    puts("");
    return fflush(stdout) == 0 ? 0 : trouble("cannot write to stdout");
}

int run_challenge_commit(const args *a)
{
    settings s = {0};
    pot_error err = {0};
    pot_verify *v = NULL;
    if (!pot_is_reference(a->word[0]) && (!arg(a, "--key") || !arg(a, "--run-id")))
        return trouble("--key FILE and --run-id HEX are needed, so that verify can repeat them");
    bool ok = read_settings(&s, a);
    if (ok && pot_verify_open(&v, &s.o, &err) != POT_OK) ok = (failed(&err), false);
    pot_key_wipe(s.key);
    if (!ok) return EXIT_TROUBLE;

    const int status = show_commitment(pot_verify_commitment(v), a);
    pot_verify_close(&v);
    return status;
}
