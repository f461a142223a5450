/* rd.h - the checked cursor: the only way to read bytes that somebody else wrote.
 *
 * A parser built on it reads like its format table, one pot_rd_* per field; running past
 * the end, or a field that a check refuses, records the byte offset and the file. */
#ifndef POT_BASE_RD_H
#define POT_BASE_RD_H

#include <pot/status.h>

typedef struct { /* a view: borrowed from whoever owns the memory */
    const uint8_t *p;
    size_t n;
} pot_bytes;

typedef struct {
    pot_bytes in;
    size_t at;
    const char *file; /* borrowed: for messages */
    pot_error *err;   /* borrowed, NULL allowed */
} pot_rd;

pot_rd pot_rd_over(pot_bytes in, const char *file, pot_error *err);

size_t pot_rd_left(const pot_rd *r);

/* The next n bytes as a view; POT_E_FORMAT if there are fewer. */
POT_MUST_USE pot_status pot_rd_take(pot_rd *r, pot_bytes *out, uint64_t n);
POT_MUST_USE pot_status pot_rd_u32le(pot_rd *r, uint32_t *out);
POT_MUST_USE pot_status pot_rd_u64le(pot_rd *r, uint64_t *out);

/* Refuse what was read: POT_E_FORMAT at the current offset. */
pot_status pot_rd_fail(pot_rd *r, const char *fmt, ...) POT_PRINTF(2, 3);

#endif
