/* clock.h - how long, and when. */
#ifndef POT_BASE_CLOCK_H
#define POT_BASE_CLOCK_H

#include <stddef.h>

double pot_clock(void); /* seconds of a clock that never goes back */

/* Now as RFC 3339 in UTC, "2026-11-20T08:58:00Z": 21 bytes with its NUL. */
void pot_clock_utc(char out[21]);

#endif
