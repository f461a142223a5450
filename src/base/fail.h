/* fail.h - fill a pot_error: first failure wins, no allocation, NULL allowed. */
#ifndef POT_BASE_FAIL_H
#define POT_BASE_FAIL_H

#include <pot/status.h>

/* Each returns its status, so that a check reads `if (bad) return pot_fail(...)`. */
pot_status pot_fail(pot_error *err, pot_status status, const char *fmt, ...) POT_PRINTF(3, 4);

/* `place` is a JSON path, a tensor name or an option; NULL for none. */
pot_status pot_fail_at(pot_error *err, pot_status status, const char *place, const char *fmt, ...)
    POT_PRINTF(4, 5);

/* `file` itself is what is wrong. */
pot_status pot_fail_file(pot_error *err, pot_status status, const char *file, const char *fmt, ...)
    POT_PRINTF(4, 5);

/* A system call on `file` failed with errno `sys`. */
pot_status pot_fail_sys(pot_error *err, const char *file, int sys, const char *fmt, ...)
    POT_PRINTF(4, 5);

/* POT_E_NOMEM with one standard sentence. */
pot_status pot_fail_mem(pot_error *err);

/* Name the file (or the byte) of a failure that does not have one yet; returns `status`. */
pot_status pot_fail_in(pot_error *err, pot_status status, const char *file);
pot_status pot_fail_offset(pot_error *err, pot_status status, uint64_t offset);

/* Make a foreign text fit for a terminal and for JSON, in place: each byte that is not valid
 * UTF-8, and each control character, becomes '?'. */
void pot_printable(char *s);

#endif
