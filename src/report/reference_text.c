/* A reference file for a person, and as JSON (docs/format/potref.md): what is in it, what can be
 * claimed with it. */
#include "report/give.h"

#include <math.h>
#include <stdio.h>

#include <pot/report.h>

static void compares(pot_buf *b, const pot_reference_facts *f)
{
    if (f->exact) {
        pot_buf_str(b,
                    "  compares    whole distributions: what the output head sees, and the head\n");
        return;
    }
    pot_buf_fmt(b,
                "  compares    classes: the %u most probable tokens one by one, all others in %u "
                "classes\n              that a key draws\n",
                f->top_k, f->tails);
    pot_buf_fmt(b,
                "  tail        %.2f %% of the probability on average, %.2f %% at a position at "
                "most: by no more\n              than this is the TV of whole distributions larger "
                "than that of classes\n",
                100 * f->tail_mean, 100 * f->tail_max);
}

static void claims(pot_buf *b, const pot_reference_facts *f)
{
    pot_buf_str(b, "\n  Claims: DIFFERENT holds for whole distributions.  ");
    if (f->exact) pot_buf_str(b, "So does SAME");
    else pot_buf_str(b, "SAME is said of classes only");
    if (f->least_same)
        pot_buf_fmt(b, "; it takes %u\n          challenges at least.\n", f->least_same);
    else
        pot_buf_str(
            b,
            ", and takes more\n          challenges than are in it: it can only say DIFFERENT.\n");
    pot_buf_str(b, "  Secret: who has read it knows the challenges; keep it until candidates have "
                   "answered.\n");
}

static void hex_line(pot_buf *b, const char *name, const uint8_t *p, size_t n)
{
    pot_buf_fmt(b, "  %-11s ", name);
    pot_buf_hex(b, p, n);
    pot_buf_str(b, "\n");
}

static void reference_text(pot_buf *b, const pot_reference_facts *f)
{
    const pot_model_facts *m = &f->model;
    pot_buf_fmt(b, "%s: a reference without weights, of %s: %s, %.3g M parameters, %s\n", f->path,
                m->name, m->arch, (double)m->params / 1e6, m->dtype);
    pot_buf_fmt(b, "  size        %.4g MB\n", (double)f->size / 1e6);
    pot_buf_fmt(b, "  challenges  %u, %llu positions; %s mode: alpha %g, gamma %g%s\n",
                f->challenges, (unsigned long long)f->positions, f->rule.name, f->rule.alpha,
                f->rule.gamma, f->corpus ? "; drawn from a corpus" : "");
    compares(b, f);
    if (isfinite(f->perplexity)) pot_buf_fmt(b, "  perplexity  %.4g\n", f->perplexity);
    pot_buf_fmt(b, "  numerics    %s; %s; made by pot %s\n", f->numerics, f->generator, f->pot);
    hex_line(b, "weights", m->weights_sha256, sizeof m->weights_sha256);
    hex_line(b, "tokenizer", f->tokenizer_sha256, sizeof f->tokenizer_sha256);
    hex_line(b, "run id", f->run_id, sizeof f->run_id);
    hex_line(b, "tag", f->tag, sizeof f->tag);
    hex_line(b, "sha256", f->sha256, sizeof f->sha256);
    claims(b, f);
}

static json_t *reference_json(const pot_reference_facts *f)
{
    json_t *classes = f->exact
                          ? json_null()
                          : json_pack("{s:i, s:i, s:o, s:o}", "top_k", (int)f->top_k, "tails",
                                      (int)f->tails, "tail_mean", pot_json_number(f->tail_mean),
                                      "tail_max", pot_json_number(f->tail_max));
    return json_pack(
        "{s:s, s:I, s:o, s:o, s:o, s:s, s:s, s:s, s:s, s:f, s:f, s:i, s:i, s:o, s:I, s:s, s:o, s:o,"
        " s:o, s:{s:s, s:i, s:o, s:o}, s:o}",
        "schema", "pot-reference-facts-1", "size", (json_int_t)f->size, "sha256",
        pot_json_hex(f->sha256, 32), "tag", pot_json_hex(f->tag, POT_TAG_SIZE), "run_id",
        pot_json_hex(f->run_id, POT_RUN_ID_SIZE), "pot", f->pot, "generator", f->generator,
        "numerics", f->numerics, "mode", f->rule.name, "alpha", f->rule.alpha, "gamma",
        f->rule.gamma, "n_min", (int)f->rule.n_min, "challenges", (int)f->challenges, "least_same",
        f->least_same ? json_integer(f->least_same) : json_null(), "positions",
        (json_int_t)f->positions, "comparison", f->exact ? "full" : "classes", "classes", classes,
        "corpus_sha256", pot_json_hex(f->corpus ? f->corpus_sha256 : NULL, 32), "perplexity",
        pot_json_number(f->perplexity), "tokenizer", "kind", f->tokenizer_kind, "size",
        (int)f->tokenizer_size, "sha256", pot_json_hex(f->tokenizer_sha256, 32), "vocab_sha256",
        pot_json_hex(f->vocab_sha256, 32), "model", pot_json_model(&f->model));
}

pot_status pot_report_reference(pot_text *out, const pot_reference_facts *f, bool json,
                                pot_error *err)
{
    if (json) return pot_json_text(out, reference_json(f), true, err);
    pot_buf b = POT_BUF(POT_MOST_TEXT);
    reference_text(&b, f);
    return pot_report_give(out, &b, err);
}
