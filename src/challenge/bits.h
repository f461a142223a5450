/* bits.h - how many texts there are at least, counted from the tables. */
#ifndef POT_CHALLENGE_BITS_H
#define POT_CHALLENGE_BITS_H

#include "challenge/slot.h"

/* No first `window` bytes of a text from the rule `start` are likelier than 2^-bits
 * (docs/format/challenge.md, section 5, for the argument). */
double pot_rule_bits(const pot_rule *rules, const char *start, unsigned window);

#endif
