/* challenge.h - secret, pre-committed prompts: key -> seeds -> texts.
 *
 * seed_i = HMAC-SHA256(K, run_id || i as 8 bytes big-endian); everything about challenge i
 * is a function of seed_i and of the generator's tables (docs/format/challenge.md), so who
 * holds K and the run id can make every text again, and who does not can foresee none.
 * A commitment is HMAC-SHA256(K, document): it binds K and the document and shows nothing
 * of K until K is revealed.
 *
 *     uint8_t key[POT_KEY_SIZE], id[POT_RUN_ID_SIZE];
 *     pot_challenge c;
 *     s = pot_key_new(key, &err);
 *     s = pot_challenge_make(&c, key, id, i, NULL, &err);
 *     puts(c.text);
 */
#ifndef POT_CHALLENGE_H
#define POT_CHALLENGE_H

#include <pot/status.h>

#define POT_KEY_SIZE    32
#define POT_RUN_ID_SIZE 16
#define POT_SEED_SIZE   32
#define POT_TAG_SIZE    32

#define POT_GENERATOR      "pot-prompts-1" /* changes with any table or rule */
#define POT_PROMPT_MIN     32              /* tokens of the reference's tokenizer */
#define POT_PROMPT_MAX     96
#define POT_CHALLENGE_TEXT 1024 /* bytes of text, NUL included */

typedef enum {
    POT_GENERAL = 0,
    POT_ARITHMETIC,
    POT_CODE,
    POT_SAFETY_VOCAB,
    POT_OOD_NOUNS,
    POT_CORPUS, /* passages of the user's own text, in place of the five */
} pot_family;

#define POT_FAMILIES 5 /* challenge i is of family i mod 5: stratified in rounds */

POT_API const char *pot_family_name(pot_family f); /* "general", "safety-vocab", ... */

typedef struct { /* flat: copy it freely */
    uint64_t index;
    pot_family family;
    uint8_t seed[POT_SEED_SIZE];
    unsigned tokens; /* the prompt is the first `tokens` tokens of the text, see verify.h */
    size_t n;        /* bytes of text */
    char text[POT_CHALLENGE_TEXT]; /* valid UTF-8, NUL-terminated */
} pot_challenge;

/* The user's own text, from which passages are drawn. */
typedef struct pot_corpus pot_corpus;

/* Valid UTF-8 without NUL bytes, of at least 4096 bytes and at most 1 GiB, with at least 256
 * places to start; else POT_E_FORMAT.  The file is mapped and must stay as it is until
 * pot_corpus_close, which frees and NULLs; NULL is allowed.  *out is untouched on failure. */
POT_API POT_MUST_USE pot_status pot_corpus_open(pot_corpus **out, const char *path, pot_error *err);
POT_API void pot_corpus_close(pot_corpus **c);
POT_API const uint8_t *pot_corpus_sha256(const pot_corpus *c); /* of the file as opened */

/* How many passages there are to draw from: log2 of it is all the surprise that a corpus
 * known to the other side can give, so keep it to yourself. */
POT_API uint32_t pot_corpus_starts(const pot_corpus *c);

/* Make challenge i.  `corpus` NULL draws from the five families; else POT_E_IO if its file
 * changed.  *c is untouched on failure. */
POT_API POT_MUST_USE pot_status pot_challenge_make(pot_challenge *c,
                                                   const uint8_t key[POT_KEY_SIZE],
                                                   const uint8_t run_id[POT_RUN_ID_SIZE],
                                                   uint64_t i, const pot_corpus *corpus,
                                                   pot_error *err);

/* b such that no beginning of a text of this family is likelier than 2^-b: so there are at
 * least 2^b.  Counted from the tables, over the first 110 bytes alone, which is taken for
 * what POT_PROMPT_MIN tokens cover (docs/format/challenge.md, section 5).  0 for POT_CORPUS. */
POT_API double pot_family_bits(pot_family f);

/* Keys: from the system's generator; from and to a file of 64 hexadecimal digits and a
 * newline.  Saving makes it readable by its owner only; loading takes a file with any
 * permissions.  The caller wipes keys with pot_key_wipe.  `key` is untouched on failure. */
POT_API POT_MUST_USE pot_status pot_key_new(uint8_t key[POT_KEY_SIZE], pot_error *err);
POT_API POT_MUST_USE pot_status pot_key_load(uint8_t key[POT_KEY_SIZE], const char *path,
                                             pot_error *err);
POT_API POT_MUST_USE pot_status pot_key_save(const uint8_t key[POT_KEY_SIZE], const char *path,
                                             bool force, pot_error *err);
POT_API void pot_key_wipe(uint8_t key[POT_KEY_SIZE]);

/* The run id of the calibration that precedes a run: the beginning of HMAC-SHA256(key,
 * "calibration"
 * || run_id).  Its challenges are others than those of the run. */
POT_API POT_MUST_USE pot_status pot_calibration_id(uint8_t out[POT_RUN_ID_SIZE],
                                                   const uint8_t key[POT_KEY_SIZE],
                                                   const uint8_t run_id[POT_RUN_ID_SIZE],
                                                   pot_error *err);

/* tag = HMAC-SHA256(key, document). */
POT_API POT_MUST_USE pot_status pot_commit(uint8_t tag[POT_TAG_SIZE],
                                           const uint8_t key[POT_KEY_SIZE], const void *document,
                                           size_t n, pot_error *err);

/* *opens = whether key and document give the tag; false on failure. */
POT_API POT_MUST_USE pot_status pot_commit_check(bool *opens, const uint8_t tag[POT_TAG_SIZE],
                                                 const uint8_t key[POT_KEY_SIZE],
                                                 const void *document, size_t n, pot_error *err);

#endif
