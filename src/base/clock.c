#define _POSIX_C_SOURCE 200809L /* clock_gettime, gmtime_r */
#include "base/clock.h"

#include <time.h>

double pot_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void pot_clock_utc(char out[21])
{
    const time_t now = time(NULL);
    struct tm tm;
    gmtime_r(&now, &tm);
    strftime(out, 21, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
