/* A challenge as ids: cut its text to the tokens that it asks for, and encode the prompt
 * with both tokenizers. */
#include "verify/run.h"

#include "base/fail.h"
#include "base/mem.h"
#include "verify/align.h"

#include <string.h>

/* Bytes of text that the first `tokens` tokens cover; spans end at whole characters. */
static pot_status cut(const pot_prompts *p, size_t *out, const pot_challenge *c, pot_error *err)
{
    pot_tokens *t = p->scratch;
    POT_TRY(pot_tokenizer_encode(p->tokenizer, t, c->text, c->n, false, err));
    if (t->n < POT_PROMPT_MIN)
        return pot_fail(err, POT_E_UNSUPPORTED,
                        "the reference's tokenizer makes %zu tokens of a text of %zu bytes; "
                        "%d are needed",
                        t->n, c->n, POT_PROMPT_MIN);
    const size_t n = t->n < c->tokens ? t->n : c->tokens;
    *out = t->end[n - 1];
    return POT_OK;
}

pot_status pot_prompt_check(const pot_tokens *ids, uint64_t index, const char *path, pot_error *err)
{
    if (ids->n >= 2 && ids->n <= POT_MOST_IDS) return POT_OK;
    return pot_fail_file(err, POT_E_UNSUPPORTED, path,
                         "challenge %llu has %zu tokens; 2 to %d are expected",
                         (unsigned long long)index, ids->n, POT_MOST_IDS);
}

pot_status pot_prompt_make(const pot_prompts *p, uint64_t index, pot_challenge *c, size_t *prompt,
                           pot_tokens *ids, pot_error *err)
{
    POT_TRY(pot_challenge_make(c, p->key, p->run_id, index, p->corpus, err));
    POT_TRY(cut(p, prompt, c, err));
    POT_TRY(pot_tokenizer_encode_whole(p->tokenizer, ids, c->text, *prompt, err));
    return pot_prompt_check(ids, index, p->path, err);
}

static bool same_ids(const pot_question *q)
{
    return q->ref.n == q->cand.n &&
           memcmp(q->ref.id, q->cand.id, q->ref.n * sizeof *q->ref.id) == 0;
}

/* Each side's ids of the prompt. */
static pot_status encode_both(pot_verify *v, pot_question *q, uint64_t index, pot_error *err)
{
    pot_tokenizer *ref = v->party[0].tokenizer, *cand = v->party[1].tokenizer;
    const pot_prompts p = {v->key, v->commitment.run_id, v->corpus,
                           ref,    &v->scratch,          v->options.ref};
    POT_TRY(v->party[0].saved
                ? pot_saved_prompt(v, q, index, err)
                : pot_prompt_make(&p, index, &q->challenge, &q->prompt, &q->ref, err));
    if (!cand) return pot_tokens_set(&q->cand, q->ref.id, q->ref.n, err);
    POT_TRY(pot_tokenizer_encode_whole(cand, &q->cand, q->challenge.text, q->prompt, err));
    return pot_prompt_check(&q->cand, index, v->options.cand, err);
}

/* Token by token both are scored behind each but the last: nothing follows that one. */
static void score_tokens(pot_question *q)
{
    q->n = q->ref.n - 1;
    for (size_t i = 0; i < q->n; i++)
        q->at[0][i] = q->at[1][i] = (uint16_t)i;
}

/* Byte by byte both are scored where both have a boundary. */
static void score_bytes(pot_question *q)
{
    pot_alignment a = {{q->at[0], q->at[1]}, q->offset, POT_MOST_IDS};
    q->n = pot_align(&a, &q->ref, &q->cand, q->prompt);
}

pot_status pot_question_make(pot_verify *v, pot_question *q, uint64_t index, pot_error *err)
{
    POT_TRY(encode_both(v, q, index, err));
    if (v->comparison == POT_BY_BYTES) score_bytes(q);
    else if (same_ids(q)) score_tokens(q);
    else
        return pot_fail_file(err, POT_E_UNSUPPORTED, v->options.cand,
                             "its tokenizer splits challenge %llu differently (%zu and %zu "
                             "tokens): token by token the two cannot be compared",
                             (unsigned long long)index, q->ref.n, q->cand.n);
    return POT_OK;
}

static pot_status survey(pot_verify *v, pot_question *q, pot_error *err)
{
    const bool same_vocabulary = v->comparison == POT_BY_TOKENS;
    for (uint64_t i = 0; i < v->decider.rule.n_max; i++) {
        POT_TRY(encode_both(v, q, i, err));
        if (same_vocabulary && !same_ids(q)) v->comparison = POT_BY_BYTES;
        for (int side = 0; side < 2; side++) {
            const size_t n = side ? q->cand.n : q->ref.n;
            const pot_model_facts *f = v->party[side].facts;
            if (n > f->context)
                return pot_fail_file(err, POT_E_UNSUPPORTED, f->path,
                                     "its context holds %u tokens, and challenge %llu has %zu",
                                     f->context, (unsigned long long)i, n);
            if (n > v->longest) v->longest = n;
        }
    }
    return POT_OK;
}

pot_status pot_questions_survey(pot_verify *v, pot_error *err)
{
    pot_question *q = pot_mem_new(1, sizeof *q);
    if (!q) return pot_fail_mem(err);
    const pot_status s = survey(v, q, err);
    pot_tokens_free(&q->ref);
    pot_tokens_free(&q->cand);
    pot_mem_free(q);
    return s;
}
