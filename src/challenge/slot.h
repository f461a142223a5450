/* slot.h - the notation of the prompt tables: rules, templates, slots.
 *
 * A rule is a list of alternatives, drawn uniformly.  The alternatives of a rule of words
 * are plain text in one or more forms, "child|children".  The others are templates: text in
 * which {{ and }} stand for braces and { } holds a slot:
 *
 *     {noun}        an alternative of the rule `noun`, form 0
 *     {noun.1}      its form 1
 *     {x=noun}      the same, remembered in the variable x (one letter)
 *     {y=noun~x}    another one than x, which was drawn from the same rule
 *     {x} {x.1}     what was remembered, in form 0 or 1
 *     {|red|blue}   one of these texts, which may hold slots again
 *     {3-99}        a number from 3 to 99
 *     {(2*n+1)}     a number computed from variables: + - * / % ( )
 *     {@more}       alternatives of `more`, none twice before all were used, until the text
 *                   is long enough
 *
 * Before the source may stand ^ (capital first letter), ! (print nothing, only remember),
 * "a " (with the article a or an); after a number :w (in words), :, (1,234), :1 ... :9 (that
 * many digits, zeros in front). */
#ifndef POT_CHALLENGE_SLOT_H
#define POT_CHALLENGE_SLOT_H

#include <pot/status.h>

typedef struct {
    const char *name;       /* two or more of a-z 0-9 _; NULL ends a table */
    unsigned forms;         /* 0: templates */
    unsigned n;             /* alternatives */
    const char *const *alt; /* [n] */
} pot_rule;

#define POT_ALTERNATIVES(...)                                                                      \
    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), (const char *const[])             \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define POT_TEXTS(name, ...)                                                                       \
    {                                                                                              \
        name, 0, POT_ALTERNATIVES(__VA_ARGS__)                                                     \
    }
#define POT_WORDS(name, forms, ...)                                                                \
    {                                                                                              \
        name, forms, POT_ALTERNATIVES(__VA_ARGS__)                                                 \
    }

typedef struct { /* borrowed from a table */
    const char *p;
    size_t n;
} pot_text;

pot_text pot_text_of(const char *s);

typedef enum {
    POT_SLOT_RULE,
    POT_SLOT_POOL,
    POT_SLOT_RANGE,
    POT_SLOT_EXPR,
    POT_SLOT_VAR,
    POT_SLOT_CHOICE,
} pot_slot_kind;

typedef struct {
    pot_slot_kind kind;
    bool capital, article, silent;
    int bind, other; /* variables 0 .. 25; -1: none */
    unsigned form;
    char format;     /* 0, 'w', ',' or '1' .. '9' */
    uint32_t lo, hi; /* of a range */
    pot_text source; /* name, expression, alternatives or variable */
} pot_slot;

/* Take the next literal run or slot off the front of a template; false at its end. */
typedef struct {
    bool is_slot;
    pot_text text; /* if literal */
    pot_slot slot;
} pot_piece;

bool pot_piece_next(pot_piece *out, pot_text *template);

/* The k-th of the parts that `|` separates (outside inner slots), and how many there are. */
pot_text pot_part(pot_text s, unsigned k);
unsigned pot_part_count(pot_text s);

/* The rule of that name in `own`, or else in pot_common_rules (tables.h). */
const pot_rule *pot_rule_find(const pot_rule *own, pot_text name);

/* The value of an expression over 26 variables. */
int64_t pot_expr(pot_text expression, const int64_t *var);

#endif
