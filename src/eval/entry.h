/* entry.h - runs that are kept, so that the same call again is instant and one that was broken off
 * goes on (docs/format/eval.md).
 *
 * A file has a line of JSON, with all that the run depends on and its verdict, and a line with the
 * SHA-256 of the first.  It guards against accidents, not against people: who can write into the
 * directory can forge results. */
#ifndef POT_EVAL_ENTRY_H
#define POT_EVAL_ENTRY_H

#include "base/buf.h"
#include "base/rd.h"
#include "eval/cost.h"

#include <pot/eval.h>

#define POT_ENTRY_BYTES ((size_t)1 << 20)

/* Append the file of a run to `out`; `verdict` is verdict.json. */
POT_MUST_USE pot_status pot_entry_write(pot_buf *out, const pot_buf *identity, pot_bytes verdict,
                                        const pot_cost *cost, pot_error *err);

/* What such a file says.  POT_E_FORMAT if it is not as it was written, or of another run than
 * `identity` (NULL: of any). */
POT_MUST_USE pot_status pot_entry_read(pot_eval_run_result *out, pot_bytes text,
                                       const pot_buf *identity, const char *file, pot_error *err);

/* The same for the baselines of a pair, which are kept together. */
POT_MUST_USE pot_status pot_baselines_write(pot_buf *out, const pot_buf *identity,
                                            const pot_baseline_result r[POT_BASELINES],
                                            pot_error *err);
POT_MUST_USE pot_status pot_baselines_read(pot_baseline_result out[POT_BASELINES], pot_bytes text,
                                           const pot_buf *identity, const char *file,
                                           pot_error *err);

/* The file of a run in a cache; path[PATH_MAX]. */
POT_MUST_USE pot_status pot_entry_path(char *path, const char *dir, const pot_buf *identity,
                                       pot_error *err);

#endif
