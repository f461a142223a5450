/* tables.h - the rules of the families (*_table.c); each has a rule `genre`, where texts start. */
#ifndef POT_CHALLENGE_TABLES_H
#define POT_CHALLENGE_TABLES_H

#include "challenge/slot.h"

#include <pot/challenge.h>

extern const pot_rule pot_common_rules[];
extern const pot_rule pot_general_rules[];
extern const pot_rule pot_arithmetic_rules[];
extern const pot_rule pot_code_rules[];
extern const pot_rule pot_safety_rules[];
extern const pot_rule pot_nouns_rules[];

extern const pot_rule *const pot_family_rules[POT_FAMILIES];

#endif
