/* ring.h - byte ranges of files in a given order, read ahead through one bounded buffer.
 *
 *     pot_ring *r;
 *     s = pot_ring_open(&r, (size_t)64 << 20, 2, &err);
 *     pot_ring_start(r, list, n);            two threads begin to read
 *     pot_ring_allow(r, n);                  all of the list
 *     for (...) {
 *         s = pot_ring_next(r, &p, &err);    the bytes of the next range
 *         ...
 *         pot_ring_drop(r);                  the oldest: its room is free again
 *     }
 *     pot_ring_stop(r);
 *     pot_ring_close(&r);
 *
 * Where each range lies and what must have been dropped before it is read is a function of the
 * sizes alone (pot_ring_plan): time decides only how far ahead the readers are. */
#ifndef POT_BASE_RING_H
#define POT_BASE_RING_H

#include "base/source.h"

typedef struct {
    pot_source *file; /* borrowed */
    uint64_t at;
    size_t n; /* 0: nothing is read */
    uint8_t
        *own; /* borrowed, NULL: in the ring; else it is read to here, as pot_source_read does */
} pot_range;

/* Where a range lies, and how many ranges must have been dropped before it may be read. */
typedef struct {
    size_t at, after;
} pot_ring_slot;

/* The state of a plan between two calls; zero it at the beginning of a list. */
typedef struct {
    size_t head, after; /* the end of the last range; the ranges before it that were dropped */
} pot_ring_front;

/* Place ranges from..to of sizes bytes[] (whole blocks; 0: no room is needed), all earlier ones
 * being in slot[].  False if one is larger than the ring. */
bool pot_ring_plan(pot_ring_slot *slot, const size_t *bytes, size_t from, size_t to, size_t room,
                   pot_ring_front *front);

typedef struct pot_ring pot_ring;

/* A buffer of `room` bytes and its readers. */
POT_MUST_USE pot_status pot_ring_open(pot_ring **out, size_t room, unsigned readers,
                                      pot_error *err);
void pot_ring_close(pot_ring **r); /* NULL inside is allowed */
size_t pot_ring_room(const pot_ring *r);

/* Begin with a list, borrowed until pot_ring_stop; nothing is read before it is allowed. */
POT_MUST_USE pot_status pot_ring_start(pot_ring *r, const pot_range *list, size_t n,
                                       pot_error *err);

/* Ranges before `to` will not change any more: read them. */
POT_MUST_USE pot_status pot_ring_allow(pot_ring *r, size_t to, pot_error *err);

/* The bytes of the next range, when they are there; valid until it is dropped.  What failed to be
 * read is told in the order of the list, and again for every range behind it. */
POT_MUST_USE pot_status pot_ring_next(pot_ring *r, const uint8_t **p, pot_error *err);
void pot_ring_drop(pot_ring *r);

/* Forget the rest of the list; a stopped ring may be stopped. */
void pot_ring_stop(pot_ring *r);

/* Bytes that were read since it was opened. */
uint64_t pot_ring_bytes(const pot_ring *r);

#endif
