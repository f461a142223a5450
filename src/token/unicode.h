/* unicode.h - sets of code points exactly as the `tokenizers` package has them.
 *
 * Its parts carry different versions of Unicode, ours two more; what differs was observed
 * and is kept in unicode_table.c (tools/oracle/tokenizers_unicode.py writes it). */
#ifndef POT_TOKEN_UNICODE_H
#define POT_TOKEN_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t lo, hi; /* inclusive */
} pot_range;

typedef struct {
    const pot_range *r; /* ascending */
    size_t n;
} pot_set;

typedef struct {
    uint32_t lo, hi; /* inclusive; each is lowered by adding delta */
    int32_t delta;
} pot_case;

/* A property that a pattern may name: PCRE2's nearest set, and what is missing in it. */
typedef struct {
    const char *name, *pcre;
    pot_set extra;
} pot_prop;

extern const pot_set pot_set_word;    /* \w of Rust's regex crate        */
extern const pot_set pot_set_numeric; /* char::is_numeric                */
extern const pot_set pot_set_punct;   /* Punctuation, ASCII's included   */
extern const pot_set pot_set_mark;    /* what StripAccents removes       */
extern const pot_set pot_set_younger; /* unknown to its normal forms     */
extern const pot_case pot_lower[];    /* where utf8proc_tolower is older */
extern const size_t pot_lower_n;
extern const pot_prop pot_props[];
extern const size_t pot_props_n;

bool pot_set_has(const pot_set *set, uint32_t cp);

/* White_Space: the 25 code points that every part of the package agrees on. */
static inline bool pot_is_space(uint32_t cp)
{
    if (cp < 0x85) return cp == ' ' || (cp >= 0x09 && cp <= 0x0d);
    return cp == 0x85 || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) ||
           cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

/* The lower case of one code point: 1 or 2 of them in `out`; returns how many. */
unsigned pot_lowercase(uint32_t out[2], uint32_t cp);

#endif
