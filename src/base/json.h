/* json.h - strict JSON on jansson: duplicate members refused, 64-bit integers exact, depth
 * bounded, every refusal with file and path.
 *
 *     pot_json doc;
 *     POT_TRY(pot_json_parse(&doc, text, "config.json", err));
 *     pot_json at = doc;                               a view of the root
 *     s = pot_json_u32(&at, "hidden_size", &n, err);   "config.json: hidden_size: ..."
 *     pot_json_close(&doc);
 *
 * A member that is null counts as absent. */
#ifndef POT_BASE_JSON_H
#define POT_BASE_JSON_H

#include "base/buf.h"
#include "base/rd.h"

#include <jansson.h>

typedef struct {
    json_t *v;        /* the value; owned by the document, borrowed by views */
    const char *file; /* borrowed: for messages */
    char path[128];   /* where v is in the document, "" for the root */
} pot_json;

POT_MUST_USE pot_status pot_json_parse(pot_json *doc, pot_bytes text, const char *file,
                                       pot_error *err);
void pot_json_close(pot_json *doc); /* a zeroed document is allowed */

/* Views of a member or an element; .v is NULL where there is none. */
pot_json pot_json_get(const pot_json *obj, const char *key);
pot_json pot_json_at(const pot_json *arr, size_t i);

bool pot_json_has(const pot_json *obj, const char *key);

/* A member of a given type.  Absent or of another type: POT_E_FORMAT naming the path. */
POT_MUST_USE pot_status pot_json_object(const pot_json *obj, const char *key, pot_json *out,
                                        pot_error *err);
POT_MUST_USE pot_status pot_json_array(const pot_json *obj, const char *key, pot_json *out,
                                       pot_error *err);
POT_MUST_USE pot_status pot_json_str(const pot_json *obj, const char *key, const char **out,
                                     pot_error *err);
POT_MUST_USE pot_status pot_json_u32(const pot_json *obj, const char *key, uint32_t *out,
                                     pot_error *err);
POT_MUST_USE pot_status pot_json_f64(const pot_json *obj, const char *key, double *out,
                                     pot_error *err);
POT_MUST_USE pot_status pot_json_bool(const pot_json *obj, const char *key, bool *out,
                                      pot_error *err);

/* The same; an absent member leaves *out alone: set it to the default before. */
POT_MUST_USE pot_status pot_json_opt_str(const pot_json *obj, const char *key, const char **out,
                                         pot_error *err);
POT_MUST_USE pot_status pot_json_opt_u32(const pot_json *obj, const char *key, uint32_t *out,
                                         pot_error *err);
POT_MUST_USE pot_status pot_json_opt_f64(const pot_json *obj, const char *key, double *out,
                                         pot_error *err);
POT_MUST_USE pot_status pot_json_opt_bool(const pot_json *obj, const char *key, bool *out,
                                          pot_error *err);

/* Refuse the value at this view. */
pot_status pot_json_fail(const pot_json *at, pot_status status, pot_error *err, const char *fmt,
                         ...) POT_PRINTF(4, 5);

/* Write: append `v` to `out`, members in insertion order, and release it; NULL (a builder
 * that ran out of memory) is POT_E_NOMEM.  Reals have 9 significant digits, enough to bring
 * back any f32; where bits matter they are written as hexadecimal strings. */
POT_MUST_USE pot_status pot_json_dump(pot_buf *out, json_t *v, bool indent, pot_error *err);

#endif
