/* The pool: every part exactly once, on any number of threads, in the same arithmetic. */
#define _GNU_SOURCE
#include "base/clock.h"
#include "base/fpenv.h"
#include "base/mem.h"
#include "base/pool.h"
#include "t.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define MOST 3000

static _Atomic unsigned taken[MOST], by_thread[POT_MAX_THREADS];
static unsigned threads;

static void take(void *ctx, unsigned part, unsigned thread)
{
    CHECK(ctx == &threads && part < MOST && thread < threads);
    atomic_fetch_add(&taken[part], 1);
    atomic_fetch_add(&by_thread[thread], 1);
}

static void test_parts(void)
{
    static const unsigned parts[] = {0, 1, 2, 3, 7, 8, 9, 100, MOST};
    for (threads = 1; threads <= 8; threads++) {
        pot_pool *p = NULL;
        CHECK(pot_pool_open(&p, threads, NULL) == POT_OK && pot_pool_threads(p) == threads);
        for (unsigned job = 0; job < 400; job++) {
            const unsigned n = parts[job % 9];
            memset(taken, 0, sizeof taken);
            pot_pool_run(p, take, &threads, n);
            for (unsigned i = 0; i < MOST; i++)
                CHECK(taken[i] == (i < n ? 1 : 0));
        }
        pot_pool_close(&p);
        CHECK(!p);
        pot_pool_close(&p);
    }
}

static _Atomic unsigned waiting;

static void meet(void *ctx, unsigned part, unsigned thread)
{
    (void)ctx, (void)part;
    atomic_fetch_add(&by_thread[thread], 1);
    atomic_fetch_add(&waiting, 1);
    while (waiting < threads)
        sched_yield();
}

/* Parts that wait for each other end only if each has a thread of its own. */
static void test_at_once(void)
{
    for (threads = 2; threads <= 8; threads += 3) {
        pot_pool *p = NULL;
        CHECK(pot_pool_open(&p, threads, NULL) == POT_OK);
        for (int job = 0; job < 20; job++) {
            memset(by_thread, 0, sizeof by_thread);
            waiting = 0;
            pot_pool_run(p, meet, NULL, threads);
            for (unsigned i = 0; i < threads; i++)
                CHECK(by_thread[i] == 1);
        }
        pot_pool_close(&p);
    }
}

static void test_open(void)
{
    pot_pool *p = NULL;
    cpu_set_t set;
    CHECK(sched_getaffinity(0, sizeof set, &set) == 0);
    CHECK(pot_pool_open(&p, 0, NULL) == POT_OK);
    CHECK(pot_pool_threads(p) == (unsigned)CPU_COUNT(&set));
    pot_pool_close(&p);
    CHECK(pot_pool_open(&p, 100000, NULL) == POT_OK && pot_pool_threads(p) == POT_MAX_THREADS);
    pot_pool_close(&p);
    for (uint64_t n = 1; n < 3; n++) {
        pot_error err = {0};
        pot_mem_fail_at(n);
        CHECK(pot_pool_open(&p, 4, &err) == POT_E_NOMEM && err.status == POT_E_NOMEM && !p);
        CHECK(pot_mem_used() == 0);
    }
    pot_mem_fail_at(0);
}

/* Threads for which there is no room: those that did start are ended again. */
static void test_no_room(void)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    CHECK(f && fscanf(f, "%lu", &pages) == 1 && fclose(f) == 0);
    struct rlimit old, low;
    CHECK(getrlimit(RLIMIT_AS, &old) == 0);
    low = (struct rlimit){.rlim_cur = (pages << 12) + (100u << 20), .rlim_max = old.rlim_max};
    CHECK(setrlimit(RLIMIT_AS, &low) == 0);
    pot_pool *p = NULL;
    pot_error err = {0};
    const pot_status s = pot_pool_open(&p, POT_MAX_THREADS, &err);
    CHECK(setrlimit(RLIMIT_AS, &old) == 0);
    if (s == POT_OK) printf("skipped: no limit stops 256 threads here\n");
    else CHECK(s == POT_E_IO && err.sys == EAGAIN && strstr(err.msg, "256 threads") && !p);
    pot_pool_close(&p);
    CHECK(pot_mem_used() == 0);
#endif
}

static volatile double tiny = 0x1p-1060, small = 0x1p-40, one = 1, third = 3;

struct arithmetic {
    double product, quotient; /* a denormal, a rounding */
};

static struct arithmetic compute(void)
{
    return (struct arithmetic){tiny * small * one + tiny, one / third};
}

static void part_compute(void *ctx, unsigned part, unsigned thread)
{
    (void)thread;
    ((struct arithmetic *)ctx)[part] = compute();
}

#if defined(__x86_64__)
#define HOSTILE (0x1f80 | 0x8040 | 0x6000) /* FTZ, DAZ, round toward zero */

static void set_hostile(void)
{
    __builtin_ia32_ldmxcsr(HOSTILE);
}

static bool still_hostile(void)
{
    const bool is = (__builtin_ia32_stmxcsr() & 0xffc0) == (HOSTILE & 0xffc0);
    __builtin_ia32_ldmxcsr(0x1f80);
    return is;
}
#else
#define HOSTILE ((uint64_t)7 << 22) /* FPCR: the same */

static void set_hostile(void)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(HOSTILE) : "memory");
}

static bool still_hostile(void)
{
    uint64_t now;
    __asm__ volatile("mrs %0, fpcr\n\tmsr fpcr, xzr" : "=r"(now) : : "memory");
    return now == HOSTILE;
}
#endif

/* A host that flushes denormals and truncates gets the same bits, and keeps its own ways. */
static void test_arithmetic(void)
{
    enum { PARTS = 200 };
    static struct arithmetic got[PARTS];
    const struct arithmetic want = compute();
    CHECK(want.product > 0);
    for (threads = 1; threads <= 4; threads++) {
        pot_pool *p = NULL;
        set_hostile();
        const struct arithmetic other = compute();
        CHECK(pot_pool_open(&p, threads, NULL) == POT_OK); /* its threads inherit it */
        for (unsigned parts = 1; parts <= PARTS; parts += PARTS - 1) {
            memset(got, 0, sizeof got);
            pot_pool_run(p, part_compute, got, parts);
            for (unsigned i = 0; i < parts; i++)
                CHECK(memcmp(&got[i], &want, sizeof want) == 0);
        }
        CHECK(still_hostile());
        CHECK(memcmp(&other, &want, sizeof want) != 0); /* or nothing was shown */
        pot_pool_close(&p);
    }
}

static void test_clock(void)
{
    char at[21];
    const time_t before = time(NULL);
    const double start = pot_clock();
    pot_clock_utc(at);
    for (double last = start; last < start + 0.01;) {
        const double now = pot_clock();
        CHECK(now >= last);
        last = now;
    }
    struct tm tm = {0};
    const char *end = strptime(at, "%Y-%m-%dT%H:%M:%SZ", &tm);
    CHECK(end == at + 20 && *end == '\0');
    CHECK(timegm(&tm) >= before && timegm(&tm) <= time(NULL));
}

int main(void)
{
    test_parts();
    test_at_once();
    test_open();
    test_no_room();
    test_arithmetic();
    test_clock();
    CHECK(pot_mem_used() == 0);
    return 0;
}
