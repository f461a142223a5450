/* A challenge as ids: cut its text to the tokens that it asks for, and encode the prompt
 * with both tokenizers. */
#include "verify/run.h"

#include "base/fail.h"
#include "base/mem.h"
#include "verify/align.h"

#include <string.h>

/* Bytes of text that the first `tokens` tokens cover; spans end at whole characters. */
static pot_status cut(pot_verify *v, size_t *out, const pot_challenge *c, pot_error *err)
{
    pot_tokens *t = &v->scratch;
    POT_TRY(pot_tokenizer_encode(v->party[0].tokenizer, t, c->text, c->n, false, err));
    if (t->n < POT_PROMPT_MIN)
        return pot_fail(err, POT_E_UNSUPPORTED,
                        "the reference's tokenizer makes %zu tokens of a text of %zu bytes; "
                        "%d are needed",
                        t->n, c->n, POT_PROMPT_MIN);
    const size_t n = t->n < c->tokens ? t->n : c->tokens;
    *out = t->end[n - 1];
    return POT_OK;
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
    POT_TRY(pot_challenge_make(&q->challenge, v->key, v->commitment.run_id, index, v->corpus, err));
    POT_TRY(cut(v, &q->prompt, &q->challenge, err));
    const char *text = q->challenge.text;
    POT_TRY(pot_tokenizer_encode_whole(ref, &q->ref, text, q->prompt, err));
    POT_TRY(pot_tokenizer_encode_whole(cand ? cand : ref, &q->cand, text, q->prompt, err));
    for (int side = 0; side < 2; side++) {
        const size_t n = side ? q->cand.n : q->ref.n;
        if (n < 2 || n > POT_MOST_IDS)
            return pot_fail_file(err, POT_E_UNSUPPORTED, side ? v->options.cand : v->options.ref,
                                 "challenge %llu has %zu tokens; 2 to %d are expected",
                                 (unsigned long long)index, n, POT_MOST_IDS);
    }
    return POT_OK;
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
            const pot_model_facts *f = pot_model_info(v->party[side].model);
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
