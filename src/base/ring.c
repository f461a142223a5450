#include "base/ring.h"

#include "base/fail.h"
#include "base/mem.h"

#include <pthread.h>
#include <stdatomic.h>

enum { WAITING, READY };

struct pot_ring {
    pthread_mutex_t lock;
    pthread_cond_t work, ready; /* for readers; for the caller and pot_ring_stop */
    uint8_t *block, *buffer;    /* owned; aligned, in the same block */
    size_t room;

    const pot_range *list; /* borrowed; NULL: no list */
    size_t n;
    size_t *bytes;       /* owned: [n] that each needs in the ring */
    pot_ring_slot *slot; /* owned: [n] */
    uint8_t *done;       /* owned: [n] WAITING, READY */
    pot_ring_front front;
    size_t allowed, loading, taken, dropped; /* ranges: they may be read; are begun; ... */
    unsigned busy;                           /* readers in a read */
    size_t failed;                           /* the first range that could not be read, n if none */
    pot_error error;
    _Atomic uint64_t total;

    bool quit;
    unsigned started;
    pthread_t reader[8];
};

static bool meet(const pot_ring_slot *a, size_t n, size_t at, size_t bytes)
{
    return n && a->at < at + bytes && at < a->at + n;
}

bool pot_ring_plan(pot_ring_slot *slot, const size_t *bytes, size_t from, size_t to, size_t room,
                   pot_ring_front *front)
{
    for (size_t i = from; i < to; i++) {
        const size_t n = bytes[i];
        if (n > room) return false;
        const size_t at = front->head + n <= room ? front->head : 0;
        for (size_t j = i; n && j-- > front->after;)
            if (meet(&slot[j], bytes[j], at, n)) {
                front->after = j + 1;
                break;
            }
        slot[i] = (pot_ring_slot){at, n ? front->after : 0};
        if (n) front->head = at + n;
    }
    return true;
}

/* May a reader begin with the next range?  Called with the lock held, as all below it. */
static bool may_load(const pot_ring *r)
{
    return r->list && r->failed == r->n && r->loading < r->allowed &&
           r->slot[r->loading].after <= r->dropped;
}

static void load(pot_ring *r, size_t i)
{
    const pot_range *x = &r->list[i];
    uint8_t *to = x->own ? x->own : r->buffer + r->slot[i].at;
    pot_error err = {0};
    r->busy++;
    pthread_mutex_unlock(&r->lock);
    const pot_status s = x->n ? pot_source_read(x->file, to, x->at, x->n, &err) : POT_OK;
    atomic_fetch_add(&r->total, x->n);
    pthread_mutex_lock(&r->lock);
    r->busy--;
    if (s == POT_OK) r->done[i] = READY;
    else if (i < r->failed) r->failed = i, r->error = err;
    pthread_cond_broadcast(&r->ready);
}

static void *serve(void *arg)
{
    pot_ring *r = arg;
    pthread_mutex_lock(&r->lock);
    for (;;) {
        while (!r->quit && !may_load(r))
            pthread_cond_wait(&r->work, &r->lock);
        if (r->quit) break;
        load(r, r->loading++);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

pot_status pot_ring_open(pot_ring **out, size_t room, unsigned readers, pot_error *err)
{
    pot_ring *r = pot_mem_new(1, sizeof *r);
    if (!r) return pot_fail_mem(err);
    r->room = room - room % POT_BLOCK;
    r->block = pot_mem_raw(r->room + POT_BLOCK, 1);
    if (!r->block) {
        pot_mem_free(r);
        return pot_fail_mem(err);
    }
    r->buffer = r->block + (POT_BLOCK - (uintptr_t)r->block % POT_BLOCK) % POT_BLOCK;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->work, NULL);
    pthread_cond_init(&r->ready, NULL);
    if (readers > sizeof r->reader / sizeof *r->reader)
        readers = sizeof r->reader / sizeof *r->reader;
    for (; r->started < readers; r->started++) {
        const int sys = pthread_create(&r->reader[r->started], NULL, serve, r);
        if (!sys) continue;
        pot_ring_close(&r);
        return pot_fail_sys(err, NULL, sys, "cannot start a thread that reads");
    }
    *out = r;
    return POT_OK;
}

void pot_ring_close(pot_ring **ring)
{
    pot_ring *r = *ring;
    if (!r) return;
    pot_ring_stop(r);
    pthread_mutex_lock(&r->lock);
    r->quit = true;
    pthread_cond_broadcast(&r->work);
    pthread_mutex_unlock(&r->lock);
    for (unsigned i = 0; i < r->started; i++)
        pthread_join(r->reader[i], NULL);
    pthread_cond_destroy(&r->work);
    pthread_cond_destroy(&r->ready);
    pthread_mutex_destroy(&r->lock);
    pot_mem_free(r->block);
    pot_mem_free(r);
    *ring = NULL;
}

size_t pot_ring_room(const pot_ring *r)
{
    return r->room;
}

uint64_t pot_ring_bytes(const pot_ring *r)
{
    return r->total;
}

static void forget(pot_ring *r)
{
    pot_mem_free(r->bytes);
    pot_mem_free(r->slot);
    pot_mem_free(r->done);
    r->bytes = NULL;
    r->slot = NULL;
    r->done = NULL;
    r->list = NULL;
}

pot_status pot_ring_start(pot_ring *r, const pot_range *list, size_t n, pot_error *err)
{
    pot_ring_stop(r);
    size_t *bytes = pot_mem_new(n, sizeof *bytes);
    pot_ring_slot *slot = pot_mem_new(n, sizeof *slot);
    uint8_t *done = pot_mem_new(n, sizeof *done);
    pthread_mutex_lock(&r->lock);
    r->bytes = bytes;
    r->slot = slot;
    r->done = done;
    if (!bytes || !slot || !done) {
        forget(r);
        pthread_mutex_unlock(&r->lock);
        return pot_fail_mem(err);
    }
    r->list = list;
    r->n = r->failed = n;
    r->allowed = r->loading = r->taken = r->dropped = 0;
    r->front = (pot_ring_front){0};
    r->error = (pot_error){0};
    pthread_mutex_unlock(&r->lock);
    return POT_OK;
}

pot_status pot_ring_allow(pot_ring *r, size_t to, pot_error *err)
{
    pthread_mutex_lock(&r->lock);
    for (size_t i = r->allowed; i < to; i++) {
        const pot_range *x = &r->list[i];
        r->bytes[i] = x->n && !x->own ? pot_source_room(x->at, x->n) : 0;
    }
    const bool fits =
        to <= r->allowed || pot_ring_plan(r->slot, r->bytes, r->allowed, to, r->room, &r->front);
    if (fits && to > r->allowed) r->allowed = to;
    pthread_cond_broadcast(&r->work);
    pthread_mutex_unlock(&r->lock);
    return fits ? POT_OK : pot_fail(err, POT_E_ARG, "a range is larger than the ring");
}

pot_status pot_ring_next(pot_ring *r, const uint8_t **p, pot_error *err)
{
    pthread_mutex_lock(&r->lock);
    const size_t i = r->taken;
    while (r->done[i] != READY && r->failed > i)
        pthread_cond_wait(&r->ready, &r->lock);
    const bool ready = r->done[i] == READY;
    if (ready) r->taken++;
    else if (err && err->status == POT_OK) *err = r->error;
    const pot_range *x = &r->list[i];
    const uint8_t *room = x->own ? x->own : r->buffer + r->slot[i].at;
    pthread_mutex_unlock(&r->lock);
    if (!ready) return r->error.status;
    *p = room + x->at % POT_BLOCK;
    return POT_OK;
}

void pot_ring_drop(pot_ring *r)
{
    pthread_mutex_lock(&r->lock);
    r->dropped++;
    pthread_cond_broadcast(&r->work);
    pthread_mutex_unlock(&r->lock);
}

void pot_ring_stop(pot_ring *r)
{
    pthread_mutex_lock(&r->lock);
    r->allowed = 0; /* nobody begins another */
    while (r->busy)
        pthread_cond_wait(&r->ready, &r->lock);
    forget(r);
    pthread_mutex_unlock(&r->lock);
}
