/* steps.h - a member of a tokenizer.json that is one step or a Sequence of steps.
 *
 * Sequences may hold Sequences; what they mean is the steps one after the other. */
#ifndef POT_TOKEN_STEPS_H
#define POT_TOKEN_STEPS_H

#include "base/json.h"

#define POT_MAX_STEPS   64
#define POT_MAX_NESTING 8

/* Read one step of the given type. */
typedef pot_status pot_step_reader(void *ctx, const pot_json *at, const char *type, pot_error *err);

/* Call `read` for each step of root.member in order; `list` is where a Sequence of this
 * kind keeps its steps.  An absent member has none. */
POT_MUST_USE pot_status pot_steps_read(const pot_json *root, const char *member, const char *list,
                                       pot_step_reader *read, void *ctx, pot_error *err);

#endif
