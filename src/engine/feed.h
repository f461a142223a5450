/* feed.h - the weights of a model from the disk, in the order in which the forward pass asks.
 *
 * The engine's matrices still point into the mapped files, but nobody looks there: a pointer says
 * where in which file the bytes are.  A program is the list of all products of a pass; each is cut
 * into units of whole rows (views of one tensor together, matrices of `columns` whole), and the
 * units are read through a ring while those before them are computed, each byte once.  The first
 * units stay in memory as far as `pin` bytes reach; of experts only those are read that were
 * chosen.
 *
 * Products give no status: the first failure is kept, and everything after it does nothing. */
#ifndef POT_ENGINE_FEED_H
#define POT_ENGINE_FEED_H

#include "base/ring.h"
#include "engine/engine.h"
#include "kernel/linear.h"

typedef struct pot_feed pot_feed;

/* y = W x + b for the rows of a batch. */
typedef struct {
    const pot_linear *w;
    float *y;
    size_t ldy;
    const float *x;
    size_t ldx;
} pot_product;

#define POT_MOST_VIEWS 3

/* How many of the n matrices from the first on are views of one tensor. */
size_t pot_feed_views(const pot_linear *const *w, size_t n);

typedef enum { POT_PASS_LAYERS, POT_PASS_HEAD, POT_PASSES } pot_pass;

/* `unit` bytes are read together where rows allow it; 0: as few as can be. */
POT_MUST_USE pot_status pot_feed_open(pot_feed **out, const pot_engine *e, const pot_model *m,
                                      pot_ring *ring, size_t unit, size_t pin, pot_error *err);
void pot_feed_close(pot_feed **s); /* NULL inside is allowed */

/* Room in the ring for the largest unit and the one that is read meanwhile. */
size_t pot_feed_least_ring(const pot_feed *s);

/* Bytes that stay in memory once they have been read. */
size_t pot_feed_pinned(const pot_feed *s);

/* Begin a pass over a batch of `rows`; and its end, good or bad, with the first failure. */
void pot_feed_start(pot_feed *s, pot_pass pass, size_t rows);
POT_MUST_USE pot_status pot_feed_stop(pot_feed *s, pot_error *err);
bool pot_feed_failed(const pot_feed *s);

/* The next products of the pass: n views of one tensor. */
void pot_feed_products(pot_feed *s, const pot_product *p, size_t n, size_t rows);

/* Of the experts that come next those are needed: need[number of experts]. */
void pot_feed_experts(pot_feed *s, const bool *need);

/* out[i][ld] = row id[i] of a matrix, widened; between passes. */
POT_MUST_USE pot_status pot_feed_rows(pot_feed *s, const pot_linear *w, const uint32_t *id,
                                      size_t n, float *out, size_t ld, pot_error *err);

#endif
