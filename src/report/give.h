/* give.h - what the reports share. */
#ifndef POT_REPORT_GIVE_H
#define POT_REPORT_GIVE_H

#include "evidence/build.h"

#include <pot/report.h>

#define POT_MOST_TEXT ((size_t)1 << 30)

/* Hand a buffer over as text, or free it. */
POT_MUST_USE pot_status pot_report_give(pot_text *out, pot_buf *b, pot_error *err);

#endif
