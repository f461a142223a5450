/* vocab.h - the pieces of a vocabulary: string to id and id to string, in flat tables. */
#ifndef POT_TOKEN_VOCAB_H
#define POT_TOKEN_VOCAB_H

#include "base/mem.h"
#include "token/scan.h"

#define POT_NO_ID  UINT32_MAX
#define POT_MAX_ID ((1u << 24) - 1)

typedef struct {
    const char *s; /* arena; NUL-terminated */
    uint32_t n;
} pot_str;

typedef struct {
    pot_str text;
    uint32_t id;
} pot_entry;

typedef struct {
    pot_entry *entry; /* arena: in the order of the file, then those of pot_vocab_name */
    uint32_t n;       /* entries of the file */
    uint32_t n_named; /* all */
    uint32_t *slot;   /* arena: open addressing by text, place of the entry + 1 or 0 */
    uint32_t mask;    /* slots - 1 */
    uint32_t *by_id;  /* arena: [size], place of the entry + 1 or 0 */
    uint32_t size;    /* one more than the largest id */
} pot_vocab;

/* One token of a word. */
typedef struct {
    uint32_t id;
    uint32_t from, to; /* bytes of the word */
    bool as_is;        /* its text is those bytes, not the piece of the id */
} pot_part;

/* Read model.vocab into tables with room for `more` further ids. */
POT_MUST_USE pot_status pot_vocab_read(pot_vocab *v, pot_arena *a, pot_scan *s, uint32_t more);

/* The same of a Unigram model: a list of [piece, score], where ids are places.  *score, in the
 * arena, is [v->n]; numbers are read as serde_json reads them, to the bit. */
POT_MUST_USE pot_status pot_vocab_read_scored(pot_vocab *v, double **score, pot_arena *a,
                                              pot_scan *s, uint32_t more);

/* The same of n pieces, in the arena, whose ids are their places. */
POT_MUST_USE pot_status pot_vocab_make(pot_vocab *v, pot_arena *a, const pot_str *piece, uint32_t n,
                                       pot_error *err);

/* The ids of the pieces <0x00> ... <0xFF>. */
void pot_vocab_bytes(const pot_vocab *v, uint32_t id[256]);

/* The id of a piece of the file, or POT_NO_ID. */
uint32_t pot_vocab_id(const pot_vocab *v, const char *s, size_t n);

/* The piece of an id, or NULL. */
const pot_str *pot_vocab_piece(const pot_vocab *v, uint32_t id);

/* Give an id its piece, for at most `more` ids that had none; it is not found by its string.
 * False if the id has another piece already. */
bool pot_vocab_name(pot_vocab *v, uint32_t id, pot_str piece);

/* Upper bound of the elements of an array or object: its commas and one. */
uint32_t pot_count_elements(pot_bytes value);

/* A hash of bytes, and of one number; for tables that count their probes. */
uint64_t pot_hash(const char *s, size_t n);
uint64_t pot_mix(uint64_t x);

/* Slots for n elements, a power of two; and the probes that filling them may take.  More
 * means that somebody chose what falls into one place: refuse it, lest it take for ever. */
static inline uint32_t pot_slots(uint32_t n)
{
    uint32_t slots = 64;
    while (slots < 2 * (uint64_t)n)
        slots *= 2;
    return slots;
}

static inline uint64_t pot_patience(uint32_t slots)
{
    return 64 * (uint64_t)slots;
}

#endif
