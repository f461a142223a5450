/* mem.h - the only door to the heap: counted, able to fail on demand.
 *
 * Every block is 64-byte aligned and remembers its size.  A block is counted from its
 * allocation to its release; pot_mem_used() is 0 again when everything was closed, and
 * the tests check it.  Nothing here is public. */
#ifndef POT_BASE_MEM_H
#define POT_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

#define POT_ALIGN 64

/* n * size bytes, zeroed; NULL if the product overflows or the system has none.
 * n * size = 0 gives a valid block.  Free with pot_mem_free. */
void *pot_mem_new(size_t n, size_t size);

/* The same with unspecified contents, for large buffers that are written before read. */
void *pot_mem_raw(size_t n, size_t size);

/* Enlarge a block to n * size, old bytes kept and new ones zeroed.  On failure NULL, and
 * `p` stays valid.  p = NULL allocates. */
void *pot_mem_grow(void *p, size_t n, size_t size);

void pot_mem_free(void *p); /* NULL allowed */

/* Overwrite secrets so that the compiler cannot drop it. */
void pot_wipe(void *p, size_t n);

/* Bytes in use, and their highest value so far. */
size_t pot_mem_used(void);
size_t pot_mem_peak(void);

/* For tests: the n-th allocation from now fails (1 = the next); 0 switches it off. */
void pot_mem_fail_at(uint64_t n);

/* One arena per parsed object: everything is freed together. */
typedef struct pot_arena {
    struct pot_chunk *chunk; /* owned: a list, newest first */
    size_t used, cap;        /* bytes handed out; the most that will be */
} pot_arena;

void pot_arena_init(pot_arena *a, size_t cap);
void *pot_arena_new(pot_arena *a, size_t n, size_t size); /* zeroed, 16-byte aligned; NULL at cap */
char *pot_arena_str(pot_arena *a, const char *s, size_t n); /* a copy, NUL added */
void pot_arena_close(pot_arena *a);

#endif
