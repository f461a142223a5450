/* text.h - text that the library made for the caller. */
#ifndef POT_TEXT_H
#define POT_TEXT_H

#include <pot/status.h>

/* UTF-8, NUL-terminated.  Zero it before use; free it with pot_text_free. */
typedef struct {
    char *p; /* owned */
    size_t n;
} pot_text;

POT_API void pot_text_free(pot_text *t); /* back to zero; a zeroed one is allowed */

/* Write a file that appears whole or not at all; an existing one is refused without `force`. */
POT_API POT_MUST_USE pot_status pot_text_save(const char *path, const char *p, size_t n, bool force,
                                              pot_error *err);

#endif
