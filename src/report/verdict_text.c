/* The verdict for a person: what was found, how sure, what it means and what it does not. */
#include "base/buf.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <pot/report.h>

#define MOST_TEXT ((size_t)1 << 20)

static bool by_bytes(const pot_verdict *v)
{
    return v->comparison == POT_BY_BYTES;
}

static void heading(pot_buf *b, const pot_verdict *v)
{
    const pot_rule *r = v->rule;
    const char *how = by_bytes(v) ? ", by the next byte" : "";
    pot_buf_fmt(b, "%s", pot_decision_name(v->decision));
    if (v->by_digest) pot_buf_str(b, "  by equal digests of every file, without a challenge\n");
    else if (v->decision == POT_UNDECIDED)
        pot_buf_fmt(b, "  after %u challenges in %s mode%s\n", v->s.n, r->name, how);
    else
        pot_buf_fmt(b,
                    "  after %u challenges in %s mode%s; wrong with probability at most %g %%%s\n",
                    v->s.n, r->name, how, 100 * r->alpha, v->s.strong ? "; strong" : "");
}

/* Of laws over classes. */
static void classes(pot_buf *b, const pot_verdict *v)
{
    if (!v->saved || v->saved->exact) return;
    pot_buf_fmt(b,
                "\n  compared       classes: REF's %u most probable tokens, all others in %u by a "
                "key;\n                 whole laws are farther apart by a TV of %.4f on average at "
                "most, REF's tail",
                v->saved->top_k, v->saved->tails, v->saved->tail_mean);
}

/* What the reference differs from itself by. */
static void noise_floor(pot_buf *b, const pot_verdict *v)
{
    const pot_floor *f = &v->floor;
    pot_buf_fmt(b,
                "  noise floor    %.4f   bounds [%.4f, %.4f], largest of %u %.4f: REF against %s",
                f->tv_mean, f->lo, f->hi, f->n, f->tv_max, f->copy ? f->copy->name : "itself");
    pot_buf_fmt(b, "\n                 in %s; DIFFERENT needs more than %.4g\n", f->numerics,
                f->tolerance);
}

/* What the bounds are held against, in percent, and where it comes from. */
static void limit_text(char out[80], const pot_verdict *v)
{
    const bool raised = v->floor.n && v->floor.tolerance > v->rule->gamma;
    if (raised)
        snprintf(out, 80, "%.4g %% that REF may differ from itself by", 100 * v->floor.tolerance);
    else snprintf(out, 80, "%g %% that %s mode allows", 100 * v->rule->gamma, v->rule->name);
}

static void figures(pot_buf *b, const pot_verdict *v)
{
    const pot_summary *s = &v->s;
    classes(b, v);
    pot_buf_fmt(b, "\n  mean TV        %.4f   bounds [%.4f, %.4f], limit %.2f\n", s->tv_mean, s->lo,
                s->hi, v->rule->gamma);
    pot_buf_fmt(b, "  mean KL        %.4g nats per %s (variation %.2f)\n", s->kl_mean,
                by_bytes(v) ? "byte" : "token", s->kl_cv);
    pot_buf_fmt(b,
                "  KL, positions  half below %.3g, 90 %% below %.3g, 99 %% below %.3g, largest "
                "%.3g\n",
                v->kl_p50, v->kl_p90, v->kl_p99, v->kl_max);
    pot_buf_fmt(b, "  same top %s %.1f %% of %llu positions\n", by_bytes(v) ? "byte " : "token",
                100 * v->top1, (unsigned long long)v->positions);
    pot_buf_fmt(b, "  perplexity     %.4g for REF, %.4g for CAND\n", v->ref.perplexity,
                v->cand.perplexity);
    pot_buf_fmt(b, "  classic rule   %s (half-width %.4f",
                s->classic_same        ? "same"
                : s->classic_different ? "different"
                                       : "undecided",
                s->h);
    if (isfinite(s->rme)) pot_buf_fmt(b, ", relative to KL %.3g", s->rme);
    pot_buf_str(b, ")\n");
    if (s->routing < 1 && v->floor.n)
        pot_buf_fmt(
            b,
            "  routing        at most %.1f %% of such prompts go to what differs by more than "
            "%.2g\n",
            100 * s->routing, v->floor.noise);
    else if (s->routing < 1)
        pot_buf_fmt(b, "  routing        at most %.1f %% of such prompts go to another model\n",
                    100 * s->routing);
    if (v->floor.n) noise_floor(b, v);
    if (s->failed)
        pot_buf_fmt(b, "  failed         %u challenges could not be scored\n", s->failed);
}

static void families(pot_buf *b, const pot_verdict *v)
{
    pot_buf_str(b, "\n  family          n       TV        KL   same top\n");
    for (unsigned i = 0; i < v->n_families; i++) {
        const pot_family_result *f = &v->family[i];
        pot_buf_fmt(b, "  %-13s %3u   %.4f   %7.3g   %6.1f %%\n", pot_family_name(f->family), f->n,
                    f->tv, f->kl, 100 * f->top1);
    }
}

/* What kind of same or different, and why. */
static void relationship(pot_buf *b, const pot_verdict *v)
{
    const pot_relationship *r = &v->relationship[v->access];
    pot_buf_fmt(b, "\n  relationship   %s", pot_label_name(r->label));
    if (r->of)
        pot_buf_fmt(b, ", right in %u of %u where the truth was known: confidence %.2f", r->right,
                    r->of, r->confidence);
    pot_buf_fmt(b, " (from %s)\n", pot_access_name(r->access));
    for (unsigned i = 0; i < r->n_reasons; i++)
        pot_buf_fmt(b, "                 %s\n", r->reason[i]);
}

/* 1234567 -> "1.2 M" */
static void count_text(char out[16], uint64_t n)
{
    static const char *const unit[] = {"", " k", " M", " G", " T"};
    double x = (double)n;
    size_t u = 0;
    while (x >= 1000 && u + 1 < sizeof unit / sizeof *unit)
        x /= 1000, u++;
    snprintf(out, 16, u ? "%.3g%s" : "%.0f%s", x, unit[u]);
}

static void side(pot_buf *b, const char *role, const pot_side *s)
{
    char params[16];
    const pot_model_facts *f = s->model;
    count_text(params, f->params);
    pot_buf_fmt(b, "  %-4s %s: %s, %s parameters, %s\n", role, f->path, f->arch, params, f->dtype);
    pot_buf_str(b, "       weights   ");
    pot_buf_hex(b, f->weights_sha256, sizeof f->weights_sha256);
    pot_buf_str(b, "\n       tokenizer ");
    if (s->tokenizer_sha256) pot_buf_hex(b, s->tokenizer_sha256, 32);
    else pot_buf_str(b, "none of its own");
    pot_buf_str(b, "\n");
}

static void meaning(pot_buf *b, const pot_verdict *v)
{
    const double limit = 100 * v->rule->gamma, sure = 100 * (1 - v->rule->alpha);
    char allowed[80];
    limit_text(allowed, v);
    if (v->by_digest) pot_buf_str(b, "  Means: the two directories hold the same bytes.\n");
    else if (v->decision == POT_SAME && v->saved && !v->saved->exact)
        pot_buf_fmt(
            b,
            "  Means: on prompts like these at most %.1f %% of the sampled tokens would be "
            "of another class\n         (%g %% confidence, at any moment of stopping).  "
            "This is about classes of tokens, not\n         about whole laws: within a tail "
            "class differences are not seen.\n"
            "  Does not mean: equal weights, or equal behaviour on other kinds of "
            "prompts,\n         such as a trigger that only its author knows.\n",
            100 * v->s.hi, sure);
    else if (v->decision == POT_SAME)
        pot_buf_fmt(
            b,
            "  Means: on prompts like these at most %.1f %% of the sampled tokens would "
            "differ\n         (%g %% confidence, at any moment of stopping).\n"
            "  Does not mean: equal weights, or equal behaviour on other kinds of prompts,\n"
            "         such as a trigger that only its author knows.\n",
            100 * v->s.hi, sure);
    else if (v->decision == POT_DIFFERENT && by_bytes(v))
        pot_buf_fmt(b,
                    "  Means: on prompts like these at least %.1f %% of the sampled continuations "
                    "would differ,\n         already in their first byte; more than the %s\n"
                    "         (%g %% confidence).\n"
                    "  Does not mean: worse, or made in a certain way.\n",
                    100 * v->s.lo, allowed, sure);
    else if (v->decision == POT_DIFFERENT)
        pot_buf_fmt(b,
                    "  Means: on prompts like these at least %.1f %% of the sampled tokens would "
                    "differ,\n         more than the %s (%g %% confidence).\n"
                    "  Does not mean: worse, or made in a certain way.\n",
                    100 * v->s.lo, allowed, sure);
    else if (by_bytes(v) && v->s.hi <= v->rule->gamma)
        pot_buf_fmt(b,
                    "  Means: in the first byte at most %.1f %% of the sampled continuations would "
                    "differ,\n         which is within the limit of %g %%.  What follows that byte "
                    "was not compared, for\n         the tokenizers differ: nothing is claimed.\n",
                    100 * v->s.hi, limit);
    else if (v->s.lo > v->rule->gamma)
        pot_buf_fmt(b,
                    "  Means: on prompts like these at least %.1f %% of the sampled tokens would "
                    "differ, but not\n         surely more than the %s.\n"
                    "         Nothing is claimed.\n",
                    100 * v->s.lo, allowed);
    else
        pot_buf_fmt(b,
                    "  Means: after the most challenges of %s mode the bounds still hold the limit "
                    "of %g %%.\n         Nothing is claimed.  --mode extended asks more and "
                    "claims more finely.\n",
                    v->rule->name, limit);
}

pot_status pot_report_verdict(pot_text *out, const pot_verdict *v, const pot_commitment *c,
                              pot_error *err)
{
    pot_buf b = POT_BUF(MOST_TEXT);
    heading(&b, v);
    if (!v->by_digest) {
        figures(&b, v);
        families(&b, v);
    }
    relationship(&b, v);
    pot_buf_str(&b, "\n");
    side(&b, "REF", &v->ref);
    side(&b, "CAND", &v->cand);
    pot_buf_str(&b, "  committed to ");
    pot_buf_hex(&b, c->tag, POT_TAG_SIZE);
    pot_buf_fmt(&b, "\n  %s, kernel %s, %u threads: %.2f s hashing, %.2f s scoring\n\n",
                v->numerics, v->kernel, v->threads, v->hash_seconds, v->score_seconds);
    meaning(&b, v);
    for (size_t i = 0; i < v->n_warnings; i++)
        pot_buf_fmt(&b, "  Note: %s\n", v->warnings[i]);
    const pot_status s = pot_buf_status(&b, err);
    if (s == POT_OK) *out = (pot_text){b.p, b.n};
    else pot_buf_free(&b);
    return s;
}

/* A text of the user's or of a tokenizer, in quotes; what does not print as its escape. */
static void quoted(pot_buf *b, const char *s)
{
    pot_buf_str(b, "\"");
    for (; *s; s++)
        if (*s == '\n') pot_buf_str(b, "\\n");
        else if (*s == '"' || *s == '\\') pot_buf_fmt(b, "\\%c", *s);
        else if ((unsigned char)*s < 0x20 || *s == 0x7f) pot_buf_fmt(b, "\\x%02x", *s);
        else pot_buf_add(b, s, 1);
    pot_buf_str(b, "\"");
}

static void preferred(pot_buf *b, const pot_driver *d, int side)
{
    pot_buf_fmt(b, " %s %u ", side ? "CAND" : "REF", d->top[side].id);
    if (d->top[side].piece) quoted(b, d->top[side].piece);
    else pot_buf_str(b, "(no piece)");
}

static void driver(pot_buf *b, const pot_driver *d)
{
    pot_buf_fmt(b, "\n  #%llu %s: TV %.4f, %.1f %% of the effect\n    ",
                (unsigned long long)d->index, pot_family_name(d->family), d->tv, 100 * d->share);
    quoted(b, d->text);
    pot_buf_fmt(b, "\n    farthest apart (TV %.4f) at position %zu of %zu", d->peak_tv,
                d->position + 1, d->positions);
    if (d->placed && d->offset) pot_buf_str(b, ", behind "), quoted(b, d->before);
    else if (d->placed) pot_buf_str(b, ", at the beginning");
    pot_buf_str(b, "\n    most probable there:");
    preferred(b, d, 0);
    pot_buf_str(b, ",");
    preferred(b, d, 1);
    pot_buf_str(b, "\n");
}

pot_status pot_report_details(pot_text *out, const pot_verdict *v, pot_error *err)
{
    static const char *const name[POT_QUARTERS] = {"first", "second", "third", "last"};
    pot_buf b = POT_BUF(MOST_TEXT);
    pot_buf_str(&b, "\n  quarter of prompts    n       TV        KL\n");
    for (unsigned i = 0; i < POT_QUARTERS; i++)
        pot_buf_fmt(&b, "  %-15s %7llu   %.4f   %7.3g\n", name[i],
                    (unsigned long long)v->quarter[i].n, v->quarter[i].tv, v->quarter[i].kl);
    for (unsigned i = 0; i < v->n_drivers; i++)
        driver(&b, &v->driver[i]);
    const pot_status s = pot_buf_status(&b, err);
    if (s == POT_OK) *out = (pot_text){b.p, b.n};
    else pot_buf_free(&b);
    return s;
}
