/* buf.h - a growing run of bytes with a stated maximum. */
#ifndef POT_BASE_BUF_H
#define POT_BASE_BUF_H

#include <pot/status.h>

/* A failed add leaves the buffer as it was and is remembered: a long run of adds may be
 * checked once at the end with pot_buf_status. */
typedef struct {
    char *p; /* owned; always NUL-terminated once anything was added */
    size_t n, room, cap;
    pot_status status;
} pot_buf;

#define POT_BUF(most) ((pot_buf){.cap = (most)})

void pot_buf_add(pot_buf *b, const void *p, size_t n);
void pot_buf_str(pot_buf *b, const char *s);
void pot_buf_fmt(pot_buf *b, const char *fmt, ...) POT_PRINTF(2, 3);
void pot_buf_hex(pot_buf *b, const void *p, size_t n); /* lower-case */
void pot_buf_clear(pot_buf *b);                        /* n = 0, status OK, memory kept */
void pot_buf_free(pot_buf *b);                         /* back to empty */

/* POT_OK, or POT_E_NOMEM with `err` filled: out of memory or over the cap. */
pot_status pot_buf_status(const pot_buf *b, pot_error *err);

/* Parse exactly n bytes from 2n hexadecimal digits followed by NUL; false if it is not that. */
bool pot_hex_parse(void *out, size_t n, const char *hex);

#endif
