/* scan.h - a strict reader for the two members that make a tokenizer.json large.
 *
 * model.vocab and model.merges hold some hundred thousand strings.  Reading them straight
 * from the bytes takes a tenth of the time and of the memory of a general JSON tree; the
 * few kilobytes that are left go to base/json.h, with a 0 in place of each of the two.
 *
 *     vocab  = "{" [ string ":" integer { "," string ":" integer } ] "}"
 *            | "[" [ scored { "," scored } ] "]"
 *     scored = "[" string "," number "]"
 *     merges = "[" [ merge { "," merge } ] "]"
 *     merge  = string | "[" string "," string "]"
 */
#ifndef POT_TOKEN_SCAN_H
#define POT_TOKEN_SCAN_H

#include "base/buf.h"
#include "base/rd.h"

/* Where the two values are; n = 0 where there is none. */
typedef struct {
    pot_bytes vocab, merges;
    pot_buf rest; /* owned: the document without them */
} pot_split_json;

/* Never refuses: what is not JSON will be found by who parses `rest` and the two values.
 * POT_E_NOMEM only. */
POT_MUST_USE pot_status pot_json_split(pot_split_json *out, pot_bytes doc, pot_error *err);

/* A cursor over one of the values.  Failures name the file, the member and the byte. */
typedef struct {
    const uint8_t *p, *end, *doc; /* borrowed; doc is where byte 0 of the file is */
    const char *file, *place;     /* borrowed: for messages */
    pot_error *err;
} pot_scan;

pot_status pot_scan_fail(const pot_scan *s, const char *fmt, ...) POT_PRINTF(2, 3);

/* Whitespace, then this character. */
POT_MUST_USE pot_status pot_scan_char(pot_scan *s, char c);

/* True, and past it, if this character comes next. */
bool pot_scan_if(pot_scan *s, char c);

/* A string, decoded into out[0..*n) and NUL-terminated; it takes no more room than its
 * source.  U+0000 is refused. */
POT_MUST_USE pot_status pot_scan_string(pot_scan *s, char *out, size_t *n);

/* An integer from 0 to `most`. */
POT_MUST_USE pot_status pot_scan_u32(pot_scan *s, uint32_t *out, uint32_t most);

/* A number as serde_json reads it: not always the nearest double.  One that is too large is
 * refused. */
POT_MUST_USE pot_status pot_scan_f64(pot_scan *s, double *out);

/* Nothing but whitespace is left. */
POT_MUST_USE pot_status pot_scan_end(pot_scan *s);

#endif
