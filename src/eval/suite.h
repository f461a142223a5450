/* suite.h - a suite: models, and pairs of them with what is known (docs/format/suite.md). */
#ifndef POT_EVAL_SUITE_H
#define POT_EVAL_SUITE_H

#include "base/json.h"
#include "base/mem.h"
#include "eval/serving.h"

#include <pot/eval.h>

#define POT_SUITE_BYTES ((size_t)4 << 20) /* of the file */

typedef struct {
    const char *name, *path; /* arena */
    bool expected;           /* its weights must have this digest */
    uint8_t weights_sha256[32];
} pot_suite_model;

typedef struct {
    uint32_t ref, cand; /* models */
    pot_truth truth;
    unsigned label; /* POT_LABELS: none */
    const char *category;
    pot_serving serving;
    const char *served; /* the same for people and keys; "" for a candidate as it is */
} pot_suite_pair;

typedef struct { /* strings and lists in the arena */
    const char *name, *seed;
    pot_mode mode;
    uint32_t runs;
    pot_suite_model *model;
    pot_suite_pair *pair;
    size_t models, pairs;
} pot_suite;

/* Paths of models are taken from the directory of `file`.  POT_E_FORMAT with the place of the
 * first thing that is not as described; *out is untouched then. */
POT_MUST_USE pot_status pot_suite_read(pot_suite *out, pot_arena *arena, pot_bytes text,
                                       const char *file, pot_error *err);

#endif
