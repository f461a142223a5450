#include <pot/challenge.h>

#include "base/mem.h"
#include "challenge/bits.h"
#include "challenge/corpus.h"
#include "challenge/grammar.h"
#include "challenge/tables.h"

#include <string.h>

#define OPENING 110 /* bytes that the first POT_PROMPT_MIN tokens are taken to cover */

_Static_assert(POT_CHALLENGE_TEXT == POT_TEXT_ROOM + 1, "a text and its NUL fill the array");

const pot_rule *const pot_family_rules[POT_FAMILIES] = {
    [POT_GENERAL] = pot_general_rules, [POT_ARITHMETIC] = pot_arithmetic_rules,
    [POT_CODE] = pot_code_rules,       [POT_SAFETY_VOCAB] = pot_safety_rules,
    [POT_OOD_NOUNS] = pot_nouns_rules,
};

const char *pot_family_name(pot_family f)
{
    static const char *const name[] = {
        [POT_GENERAL] = "general",     [POT_ARITHMETIC] = "arithmetic",
        [POT_CODE] = "code",           [POT_SAFETY_VOCAB] = "safety-vocab",
        [POT_OOD_NOUNS] = "ood-nouns", [POT_CORPUS] = "corpus",
    };
    return (unsigned)f < sizeof name / sizeof *name ? name[f] : "unknown";
}

double pot_family_bits(pot_family f)
{
    return (unsigned)f < POT_FAMILIES ? pot_rule_bits(pot_family_rules[f], "genre", OPENING) : 0;
}

/* [C-2] HMAC-SHA256(key, run_id || i as 8 bytes big-endian) */
static pot_status make_seed(uint8_t seed[POT_SEED_SIZE], const uint8_t key[POT_KEY_SIZE],
                            const uint8_t run_id[POT_RUN_ID_SIZE], uint64_t i, pot_error *err)
{
    uint8_t input[POT_RUN_ID_SIZE + 8];
    memcpy(input, run_id, POT_RUN_ID_SIZE);
    for (unsigned k = 0; k < 8; k++)
        input[POT_RUN_ID_SIZE + k] = (uint8_t)(i >> (56 - 8 * k));
    return pot_hmac_sha256(seed, (pot_bytes){key, POT_KEY_SIZE}, (pot_bytes){input, sizeof input},
                           err);
}

/* [C-6] The number of tokens first, then the text. */
static pot_status make_text(pot_challenge *c, const pot_corpus *corpus, pot_stream *stream,
                            pot_error *err)
{
    c->tokens = POT_PROMPT_MIN + pot_stream_below(stream, POT_PROMPT_MAX - POT_PROMPT_MIN + 1);
    if (corpus) return pot_corpus_passage(corpus, c->text, &c->n, stream, err);
    c->n = pot_grammar_write(c->text, POT_TEXT_ROOM, POT_TEXT_GOAL, pot_family_rules[c->family],
                             "genre", stream);
    return pot_stream_status(stream, err);
}

pot_status pot_challenge_make(pot_challenge *c, const uint8_t key[POT_KEY_SIZE],
                              const uint8_t run_id[POT_RUN_ID_SIZE], uint64_t i,
                              const pot_corpus *corpus, pot_error *err)
{
    pot_challenge it = {.index = i};
    pot_stream stream = {0};
    pot_status s;
    it.family = corpus ? POT_CORPUS : (pot_family)(i % POT_FAMILIES); /* [C-3] */
    POT_GO(s, make_seed(it.seed, key, run_id, i, err));
    pot_stream_init(&stream, it.seed);
    POT_GO(s, make_text(&it, corpus, &stream, err));
    *c = it;
out:
    pot_wipe(&stream, sizeof stream);
    pot_wipe(&it, sizeof it);
    return s;
}
