/* pool.h - fork-join over a fixed number of threads.
 *
 * A job is cut into parts that write to separate places, so it does not matter which thread
 * takes which part, in what order: results are the same bits for any number of threads.
 * Parts are taken one by one from a counter, so a core that another process occupies slows
 * the job by its share only.  Waiting threads sleep: nothing spins. */
#ifndef POT_BASE_POOL_H
#define POT_BASE_POOL_H

#include <pot/status.h>

typedef struct pot_pool pot_pool;

#define POT_MAX_THREADS 256

/* `threads` counts the caller too: 1 starts none.  0 means one per processor that this
 * process may use. */
POT_MUST_USE pot_status pot_pool_open(pot_pool **out, unsigned threads, pot_error *err);
void pot_pool_close(pot_pool **p); /* NULL inside is allowed */

unsigned pot_pool_threads(const pot_pool *p);

/* Call fn(ctx, part, thread) for each part < parts and return when all are done.  `thread`
 * < pot_pool_threads() names the scratch memory that the call may use.  Every part runs in
 * the floating-point environment of fpenv.h.  Not reentrant. */
typedef void pot_part(void *ctx, unsigned part, unsigned thread);
void pot_pool_run(pot_pool *p, pot_part *fn, void *ctx, unsigned parts);

#endif
