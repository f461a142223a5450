/* build.h - pieces of JSON that several documents share.  Each returns NULL when out of memory,
 * and jansson then makes the whole document NULL: one check at the end is enough. */
#ifndef POT_EVIDENCE_BUILD_H
#define POT_EVIDENCE_BUILD_H

#include "base/json.h"

#include <pot/text.h>
#include <pot/verify.h>

json_t *pot_json_hex(const void *p, size_t n); /* a lower-case string; null for p = NULL */
json_t *pot_json_number(double x);             /* null for what JSON cannot hold */
json_t *pot_json_f32_bits(const float *x, size_t stride, size_t n); /* 8 digits for each */
json_t *pot_json_model(const pot_model_facts *f); /* facts, and files with digests */
json_t *pot_json_strings(const char *const *s, size_t n);

/* Dump `v` (released) into *out. */
POT_MUST_USE pot_status pot_json_text(pot_text *out, json_t *v, bool indent, pot_error *err);

#endif
