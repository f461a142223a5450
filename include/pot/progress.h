/* progress.h - how a long call tells where it is, and how it is told to stop. */
#ifndef POT_PROGRESS_H
#define POT_PROGRESS_H

#include <pot/status.h>

/* One report, valid during the call. */
typedef struct {
    const char *what;       /* "hashing", "scoring" */
    double done, total;     /* in units of the step: bytes, challenges */
    double seconds;         /* since the step began */
    double lo, hi;          /* scoring: the bounds of the mean TV so far; else 0, 0 */
    unsigned layer, layers; /* scoring: of both models, in the sweep that is being made */
    double sweep, left;     /* seconds since it began, and until its end; 0: not known */
    uint64_t read;          /* bytes that it has read from the disk; 0: models stay in memory */
} pot_progress;

/* Called on the caller's thread, some times a second at most when a step is long.  Return
 * false to stop: the long call ends with POT_E_STOPPED and leaves nothing behind. */
typedef bool pot_progress_fn(void *ctx, const pot_progress *p);

#endif
