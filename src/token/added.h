/* added.h - the member `added_tokens`: strings that are tokens wherever they stand.
 *
 * Those with normalized = false are looked for in the text as given, the others, themselves
 * normalized, in the normalized text; each time the leftmost, of these the longest. */
#ifndef POT_TOKEN_ADDED_H
#define POT_TOKEN_ADDED_H

#include "token/normalizer.h"
#include "token/vocab.h"

typedef struct pot_added_set pot_added_set;

typedef struct {
    pot_added_set *raw, *normalized; /* arena; NULL where there are none */
    const uint32_t *special;         /* arena: [n_special] ids of those that are special, sorted */
    uint32_t n_special;
} pot_added;

/* Read root.added_tokens and name their ids in the vocabulary. */
POT_MUST_USE pot_status pot_added_read(pot_added *out, pot_keep *keep, pot_vocab *v,
                                       const pot_normalizer *nz, const pot_json *root,
                                       pot_error *err);

bool pot_added_is_special(const pot_added *a, uint32_t id);

/* Cut each piece at the tokens of a set; NULL is a set of none. */
POT_MUST_USE pot_status pot_added_cut(const pot_added_set *set, pot_work *w, pot_error *err);

#endif
