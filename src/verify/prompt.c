/* A challenge as ids: cut its text to the tokens that it asks for, and encode the prompt
 * with both tokenizers. */
#include "verify/run.h"

#include "base/fail.h"

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

/* Two vocabularies may be equal and still split text differently. */
static pot_status check_same_ids(const pot_verify *v, const pot_question *q, pot_error *err)
{
    if (q->ref.n == q->cand.n && memcmp(q->ref.id, q->cand.id, q->ref.n * sizeof *q->ref.id) == 0)
        return POT_OK;
    return pot_fail_file(err, POT_E_UNSUPPORTED, v->options.cand,
                         "its tokenizer splits challenge %llu differently (%zu and %zu tokens): "
                         "token by token the two cannot be compared",
                         (unsigned long long)q->challenge.index, q->ref.n, q->cand.n);
}

/* Token by token both are scored behind each but the last: nothing follows that one. */
static void score_tokens(pot_question *q)
{
    q->n = q->ref.n - 1;
    for (size_t i = 0; i < q->n; i++)
        q->at[0][i] = q->at[1][i] = (uint16_t)i;
}

pot_status pot_question_make(pot_verify *v, pot_question *q, uint64_t index, pot_error *err)
{
    pot_tokenizer *ref = v->party[0].tokenizer, *cand = v->party[1].tokenizer;
    POT_TRY(pot_challenge_make(&q->challenge, v->key, v->commitment.run_id, index, v->corpus, err));
    POT_TRY(cut(v, &q->prompt, &q->challenge, err));
    const char *text = q->challenge.text;
    POT_TRY(pot_tokenizer_encode(ref, &q->ref, text, q->prompt, true, err));
    POT_TRY(pot_tokenizer_encode(cand ? cand : ref, &q->cand, text, q->prompt, true, err));
    POT_TRY(check_same_ids(v, q, err));
    if (q->ref.n < 2 || q->ref.n > POT_MOST_IDS)
        return pot_fail(err, POT_E_UNSUPPORTED,
                        "challenge %llu has %zu tokens; 2 to %d are expected",
                        (unsigned long long)index, q->ref.n, POT_MOST_IDS);
    score_tokens(q);
    return POT_OK;
}
