#define _DEFAULT_SOURCE /* explicit_bzero */
#include "base/mem.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)

/* One alignment unit in front of each block holds its size. */
typedef struct {
    size_t n;
} head;

static _Atomic size_t used, peak;
static _Atomic uint64_t countdown; /* 0: off; counts down to the failing allocation */

static bool told_to_fail(void)
{
    uint64_t n = atomic_load(&countdown);
    while (n && !atomic_compare_exchange_weak(&countdown, &n, n - 1)) {
    }
    return n == 1;
}

void pot_mem_fail_at(uint64_t n)
{
    atomic_store(&countdown, n);
}

static void count(size_t n)
{
    const size_t now = atomic_fetch_add(&used, n) + n;
    size_t top = atomic_load(&peak);
    while (now > top && !atomic_compare_exchange_weak(&peak, &top, now)) {
    }
}

static head *head_of(void *p)
{
    return (head *)(void *)((char *)p - POT_ALIGN);
}

/* Large blocks begin at a huge page and ask for such: the matrices of a forward pass otherwise
 * need more pages than a processor keeps translations of, which costs the kernels 4 %. */
static void *blocks_of(size_t room)
{
    if (room < HUGE_PAGE) return aligned_alloc(POT_ALIGN, room & ~(size_t)(POT_ALIGN - 1));
    const size_t whole = (room + HUGE_PAGE - 1) & ~(size_t)(HUGE_PAGE - 1);
    void *p = whole < room ? NULL : aligned_alloc(HUGE_PAGE, whole);
    if (p) (void)madvise(p, whole, MADV_HUGEPAGE); /* advice: a kernel without them says no */
    return p;
}

void *pot_mem_raw(size_t n, size_t size)
{
    size_t bytes, room;
    if (__builtin_mul_overflow(n, size, &bytes)) return NULL;
    if (__builtin_add_overflow(bytes, (size_t)(2 * POT_ALIGN - 1), &room)) return NULL;
    if (told_to_fail()) return NULL;

    char *p = blocks_of(room);
    if (!p) return NULL;
    ((head *)(void *)p)->n = bytes;
    count(bytes);
    return p + POT_ALIGN;
}

void *pot_mem_new(size_t n, size_t size)
{
    void *p = pot_mem_raw(n, size);
    if (p) memset(p, 0, n * size);
    return p;
}

void *pot_mem_grow(void *p, size_t n, size_t size)
{
    char *q = pot_mem_raw(n, size);
    if (!q) return NULL;
    const size_t old = p ? head_of(p)->n : 0, now = n * size;
    const size_t keep = old < now ? old : now;
    if (keep) memcpy(q, p, keep);
    memset(q + keep, 0, now - keep);
    pot_mem_free(p);
    return q;
}

void pot_mem_free(void *p)
{
    if (!p) return;
    atomic_fetch_sub(&used, head_of(p)->n);
    free(head_of(p));
}

void pot_wipe(void *p, size_t n)
{
    explicit_bzero(p, n);
}

size_t pot_mem_used(void)
{
    return atomic_load(&used);
}

size_t pot_mem_peak(void)
{
    return atomic_load(&peak);
}
