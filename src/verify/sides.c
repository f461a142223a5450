/* May these two be compared position by position, and what should the reader know? */
#include "verify/run.h"

#include "base/fail.h"
#include "base/file.h"

#include <string.h>

/* Every id of the tokenizer must have a row in the embedding; the file must be the one that
 * the commitment names. */
static pot_status check_tokenizer(const pot_model *m, const pot_tokenizer *t, pot_error *err)
{
    const pot_model_facts *f = pot_model_info(m);
    if (!t) return POT_OK;
    const char *path = pot_model_tokenizer_path(m);
    if (pot_tokenizer_size(t) > f->vocab)
        return pot_fail_file(err, POT_E_FORMAT, path,
                             "has ids up to %u, and the model's vocabulary is %u: these files "
                             "do not belong together",
                             pot_tokenizer_size(t) - 1, f->vocab);
    const char *file = strrchr(path, '/') + 1;
    for (size_t i = 0; i < f->n_other; i++)
        if (strcmp(f->other[i].name, file) == 0 &&
            memcmp(f->other[i].sha256, pot_tokenizer_sha256(t), 32) != 0)
            return pot_fail_file(err, POT_E_IO, path, "changed while it was being read; run again");
    return POT_OK;
}

static pot_status check_context(const pot_model_facts *f, pot_error *err)
{
    if (f->context > POT_PROMPT_MAX) return POT_OK;
    return pot_fail_file(err, POT_E_UNSUPPORTED, f->path,
                         "its context holds %u tokens, and prompts have up to %u besides special "
                         "ones",
                         f->context, POT_PROMPT_MAX);
}

/* Beside a tokenizer.model another file says which special tokens it adds. */
static bool same_file(const pot_tokenizer *a, const pot_tokenizer *b)
{
    return memcmp(pot_tokenizer_sha256(a), pot_tokenizer_sha256(b), 32) == 0 &&
           strncmp(pot_tokenizer_kind(a), "SentencePiece", 13) != 0;
}

/* Token by token where both mean the same by every id, and make the same ids of every prompt that
 * the run may put; else byte by byte. */
static pot_status choose_comparison(pot_verify *v, pot_error *err)
{
    const pot_tokenizer *a = v->party[0].tokenizer, *b = v->party[1].tokenizer;
    const bool other =
        memcmp(pot_tokenizer_vocab_sha256(a), pot_tokenizer_vocab_sha256(b), 32) != 0;
    const bool wanted = v->calibrates && v->calibrates->comparison == POT_BY_BYTES;
    if (same_file(a, b) && !wanted) return POT_OK;
    if (other || wanted) v->comparison = POT_BY_BYTES;
    POT_TRY(pot_questions_survey(v, err));
    if (v->comparison == POT_BY_TOKENS) return POT_OK;
    if (v->calibrates && !wanted)
        return pot_fail_file(err, POT_E_UNSUPPORTED, v->options.cand,
                             "has not the reference's tokenizer: it is no copy to calibrate with");
    for (int i = 0; i < 2; i++) {
        pot_party *p = &v->party[i];
        const pot_status s =
            pot_byte_table_open(&p->bytes, p->tokenizer, pot_model_info(p->model)->vocab, err);
        if (s != POT_OK) return pot_fail_in(err, s, pot_model_tokenizer_path(p->model));
    }
    pot_buf_fmt(&v->warn,
                "the tokenizers %s: the laws of the next byte were compared, where both have a "
                "boundary; they are a lower bound, so SAME is never claimed\n",
                other ? "differ" : "share a vocabulary, but split texts differently");
    return POT_OK;
}

pot_status pot_side_untold(const char *path, pot_error *err)
{
    return pot_fail_file(err, POT_E_UNSUPPORTED, path,
                         "no tokenizer: the reference turns the prompts into ids; copy the one of "
                         "the original model into it");
}

pot_status pot_side_check(const pot_model *m, const pot_tokenizer *t, pot_error *err)
{
    POT_TRY(check_tokenizer(m, t, err));
    return check_context(pot_model_info(m), err);
}

static pot_status check_pair(pot_verify *v, pot_error *err)
{
    const pot_party *ref = &v->party[0], *cand = &v->party[1];
    const pot_model_facts *a = ref->facts, *b = cand->facts;
    if (!pot_party_tokenizer(ref).kind) return pot_side_untold(a->path, err);
    if (ref->saved) POT_TRY(pot_saved_check_pair(v, err));
    if (!cand->tokenizer) {
        pot_buf_fmt(&v->warn, "the candidate has no tokenizer: the reference's ids were used, so "
                              "only the weights are compared\n");
        if (pot_party_tokenizer(ref).size <= b->vocab) return POT_OK;
        return pot_fail_file(err, POT_E_UNSUPPORTED, b->path,
                             "no tokenizer, and its vocabulary of %u is smaller than the "
                             "reference's",
                             b->vocab);
    }
    if (!ref->saved) POT_TRY(choose_comparison(v, err));
    if (v->comparison != POT_BY_BYTES && a->vocab != b->vocab)
        pot_buf_fmt(&v->warn,
                    "the output heads have %u and %u rows: the surplus counts as tokens "
                    "that the other never says\n",
                    a->vocab, b->vocab);
    return POT_OK;
}

/* The models' own warnings, then those of the pair, as one list. */
static pot_status list_warnings(pot_verify *v, pot_error *err)
{
    const size_t most = sizeof v->warnings / sizeof *v->warnings;
    size_t n = 0;
    POT_TRY(pot_buf_status(&v->warn, err));
    for (char *line = v->warn.p, *end; line && (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        if (n < most) v->warnings[n++] = line;
    }
    for (int i = 0; i < 2; i++) {
        const pot_model_facts *f = v->party[i].facts;
        for (size_t k = 0; k < f->n_warnings && n < most; k++)
            v->warnings[n++] = f->warnings[k];
    }
    v->verdict.warnings = v->warnings;
    v->verdict.n_warnings = n;
    return POT_OK;
}

pot_status pot_verify_check_sides(pot_verify *v, pot_error *err)
{
    v->longest = POT_LONGEST;
    for (int i = 0; i < 2; i++)
        if (v->party[i].model)
            POT_TRY(pot_side_check(v->party[i].model, v->party[i].tokenizer, err));
    POT_TRY(check_pair(v, err));
    return list_warnings(v, err);
}
