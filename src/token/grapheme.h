/* grapheme.h - where a user-perceived character ends (UAX 29, Unicode 16: extended clusters).
 *
 * Regional indicators count as letters of their own: the one caller looks at clusters of less
 * than six bytes only, and one with such an indicator is either longer or just that. */
#ifndef POT_TOKEN_GRAPHEME_H
#define POT_TOKEN_GRAPHEME_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    POT_GB_OTHER,
    POT_GB_CONTROL,
    POT_GB_EXTEND,
    POT_GB_LINKER, /* an Extend that joins Indic consonants */
    POT_GB_ZWNJ,   /* an Extend that does not */
    POT_GB_ZWJ,
    POT_GB_SPACING,
    POT_GB_PREPEND,
    POT_GB_PICT,
    POT_GB_CONSONANT,
    POT_GB_L, /* Hangul */
    POT_GB_V,
    POT_GB_T,
} pot_gb;

typedef struct {
    uint32_t lo, hi; /* inclusive */
    pot_gb kind;
} pot_gb_range;

extern const pot_gb_range pot_gb_ranges[]; /* ascending; beyond ASCII, without Hangul syllables */
extern const size_t pot_gb_ranges_n;

/* The end of the cluster that begins at s[from], from < to; s is valid UTF-8. */
uint32_t pot_grapheme_end(const char *s, uint32_t from, uint32_t to);

#endif
