#define _GNU_SOURCE /* sched_getaffinity */
#include "base/pool.h"

#include "base/fail.h"
#include "base/fpenv.h"
#include "base/mem.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

typedef struct {
    pot_pool *pool; /* borrowed */
    unsigned id;
    pthread_t thread;
} worker;

struct pot_pool {
    pthread_mutex_t lock;
    pthread_cond_t wake, done;
    uint64_t round; /* counts jobs; a worker sleeps until it changes */
    unsigned busy;  /* workers that have not finished this round */
    bool quit;
    pot_part *fn; /* the job */
    void *ctx;    /* borrowed */
    unsigned parts;
    _Atomic unsigned next; /* the first part that nobody took */
    unsigned threads, started;
    worker *worker; /* owned: [threads - 1] */
};

static void take_parts(pot_pool *p, unsigned id)
{
    const uint64_t env = pot_fp_enter();
    for (unsigned part; (part = atomic_fetch_add(&p->next, 1)) < p->parts;)
        p->fn(p->ctx, part, id);
    pot_fp_leave(env);
}

static void *serve(void *arg)
{
    const worker *w = arg;
    pot_pool *p = w->pool;
    uint64_t seen = 0;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (p->round == seen && !p->quit)
            pthread_cond_wait(&p->wake, &p->lock);
        if (p->quit) break;
        seen = p->round;
        pthread_mutex_unlock(&p->lock);
        take_parts(p, w->id);
        pthread_mutex_lock(&p->lock);
        if (--p->busy == 0) pthread_cond_signal(&p->done);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static unsigned processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return (unsigned)CPU_COUNT(&set);
    const long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (unsigned)n : 1;
}

pot_status pot_pool_open(pot_pool **out, unsigned threads, pot_error *err)
{
    if (threads == 0) threads = processors();
    if (threads > POT_MAX_THREADS) threads = POT_MAX_THREADS;
    pot_pool *p = pot_mem_new(1, sizeof *p);
    if (!p) return pot_fail_mem(err);
    p->worker = pot_mem_new(threads, sizeof *p->worker);
    if (!p->worker) {
        pot_mem_free(p);
        return pot_fail_mem(err);
    }
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    pthread_cond_init(&p->done, NULL);
    p->threads = threads;
    for (unsigned i = 1; i < threads; i++) {
        worker *w = &p->worker[i - 1];
        *w = (worker){.pool = p, .id = i};
        const int sys = pthread_create(&w->thread, NULL, serve, w);
        if (sys) {
            pot_pool_close(&p);
            return pot_fail_sys(err, NULL, sys, "cannot start %u threads; give --threads 1",
                                threads);
        }
        p->started++;
    }
    *out = p;
    return POT_OK;
}

void pot_pool_close(pot_pool **pool)
{
    pot_pool *p = *pool;
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->quit = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->started; i++)
        pthread_join(p->worker[i].thread, NULL);
    pthread_cond_destroy(&p->done);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
    pot_mem_free(p->worker);
    pot_mem_free(p);
    *pool = NULL;
}

unsigned pot_pool_threads(const pot_pool *p)
{
    return p->threads;
}

void pot_pool_run(pot_pool *p, pot_part *fn, void *ctx, unsigned parts)
{
    p->fn = fn;
    p->ctx = ctx;
    p->parts = parts;
    atomic_store(&p->next, 0);
    if (p->started && parts > 1) {
        pthread_mutex_lock(&p->lock);
        p->busy = p->started;
        p->round++;
        pthread_cond_broadcast(&p->wake);
        pthread_mutex_unlock(&p->lock);
    }
    take_parts(p, 0);
    if (p->started && parts > 1) {
        pthread_mutex_lock(&p->lock);
        while (p->busy)
            pthread_cond_wait(&p->done, &p->lock);
        pthread_mutex_unlock(&p->lock);
    }
}
