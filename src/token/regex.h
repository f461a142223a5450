/* regex.h - the patterns of a tokenizer: compiled once, searched as the package searches. */
#ifndef POT_TOKEN_REGEX_H
#define POT_TOKEN_REGEX_H

#include "base/json.h"
#include "base/mem.h"

typedef struct pot_regex pot_regex;

/* What one opened tokenizer owns besides its scratch memory. */
typedef struct {
    pot_arena arena;
    pot_regex *regexes; /* owned: a list */
} pot_keep;

void pot_keep_close(pot_keep *k);

/* Compile an Oniguruma pattern, or with `literal` a string to be found as it is.  `at` is
 * where it stands, for messages. */
POT_MUST_USE pot_status pot_regex_open(pot_regex **out, pot_keep *keep, const char *pattern,
                                       bool literal, const pot_json *at, pot_error *err);

/* The same from a member {"String": "..."} or {"Regex": "..."}. */
POT_MUST_USE pot_status pot_pattern_read(pot_regex **out, pot_keep *keep, const pot_json *at,
                                         pot_error *err);

bool pot_regex_may_be_empty(const pot_regex *re);

/* All matches in text[0..n), from left to right, as Oniguruma's iterator gives them: an
 * empty match right behind another match does not count. */
typedef struct {
    const pot_regex *re; /* borrowed */
    const char *text;    /* borrowed */
    size_t n, from;
    bool matched; /* once at least, and the last match ended at: */
    size_t last_end;
    uint32_t start, end; /* the match found */
    bool found;
} pot_matches;

pot_matches pot_matches_in(const pot_regex *re, const char *text, size_t n);

/* The next match, or found = false.  A search that takes more than a million steps from
 * one place fails with POT_E_UNSUPPORTED. */
POT_MUST_USE pot_status pot_matches_next(pot_matches *m, pot_error *err);

#endif
