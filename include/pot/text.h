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

#endif
