/* The heap door and the arena: overflow, alignment, counting, failing on demand, the cap. */
#include "base/mem.h"
#include "base/pool.h"
#include "t.h"

#include <stdatomic.h>
#include <string.h>

/* A request that no system grants is NULL under the sanitizers too. */
#define MAY_RETURN_NULL(name)                                                                      \
    POT_API const char *name(void);                                                                \
    const char *name(void)                                                                         \
    {                                                                                              \
        return "allocator_may_return_null=1";                                                      \
    }
MAY_RETURN_NULL(__asan_default_options)
MAY_RETURN_NULL(__tsan_default_options)
MAY_RETURN_NULL(__msan_default_options)

static bool is_zero(const void *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (((const char *)p)[i]) return false;
    return true;
}

static void test_sizes(void)
{
    static const size_t size[] = {0, 1, 15, 16, 63, 64, 65, 4095, 1 << 20};
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        char *p = pot_mem_new(size[i], 1), *q = pot_mem_raw(1, size[i]);
        CHECK(p && q && p != q);
        CHECK((uintptr_t)p % POT_ALIGN == 0 && (uintptr_t)q % POT_ALIGN == 0);
        CHECK(is_zero(p, size[i]));
        CHECK(pot_mem_used() == 2 * size[i]);
        memset(p, 1, size[i]);
        memset(q, 2, size[i]);
        pot_mem_free(p);
        CHECK(pot_mem_used() == size[i]);
        pot_mem_free(q);
    }
    CHECK(pot_mem_used() == 0 && pot_mem_peak() == 2u << 20);
    pot_mem_free(NULL);
}

static void test_refusals(void)
{
    static const size_t bad[][2] = {{SIZE_MAX, 2},         {2, SIZE_MAX},    {SIZE_MAX / 2 + 1, 2},
                                    {SIZE_MAX / 16, 17},   {1, SIZE_MAX},    {SIZE_MAX - 64, 1},
                                    {SIZE_MAX / 2 - 1, 1}, {1, SIZE_MAX / 2}};
    char *p = pot_mem_new(3, 1);
    CHECK(p);
    memcpy(p, "abc", 3);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(!pot_mem_new(bad[i][0], bad[i][1]));
        CHECK(!pot_mem_raw(bad[i][0], bad[i][1]));
        CHECK(!pot_mem_grow(p, bad[i][0], bad[i][1]));
        CHECK(pot_mem_used() == 3 && memcmp(p, "abc", 3) == 0);
    }
    pot_mem_free(p);
}

static void test_grow(void)
{
    char *p = pot_mem_grow(NULL, 10, 1);
    CHECK(p && is_zero(p, 10) && pot_mem_used() == 10);
    for (int i = 0; i < 10; i++)
        p[i] = (char)i;
    pot_mem_fail_at(1);
    CHECK(!pot_mem_grow(p, 20, 1) && p[9] == 9 && pot_mem_used() == 10);
    p = pot_mem_grow(p, 50, 20);
    CHECK(p && pot_mem_used() == 1000);
    for (int i = 0; i < 10; i++)
        CHECK(p[i] == i);
    CHECK(is_zero(p + 10, 990));
    p = pot_mem_grow(p, 4, 1);
    CHECK(p && p[3] == 3 && pot_mem_used() == 4);
    p = pot_mem_grow(p, 8, 1);
    CHECK(p && p[3] == 3 && is_zero(p + 4, 4)); /* what was cut off does not come back */
    pot_wipe(p, 3);
    CHECK(is_zero(p, 3) && p[3] == 3);
    pot_mem_free(p);
}

static void test_failing(void)
{
    for (uint64_t n = 0; n < 5; n++) {
        void *p[6];
        pot_mem_fail_at(n);
        for (uint64_t i = 1; i <= 5; i++) {
            p[i] = pot_mem_new(i, 1);
            CHECK((p[i] == NULL) == (i == n));
        }
        for (uint64_t i = 1; i <= 5; i++)
            pot_mem_free(p[i]);
        CHECK(pot_mem_used() == 0);
    }
}

static _Atomic unsigned failures;

static void allocate(void *ctx, unsigned part, unsigned thread)
{
    (void)ctx, (void)thread;
    char *p = pot_mem_new(part + 1, 3);
    if (p) p[0] = 1;
    else atomic_fetch_add(&failures, 1);
    pot_mem_free(p);
}

/* Counts and the one failure stay exact when threads race for them. */
static void test_threads(void)
{
    pot_pool *pool;
    CHECK(pot_pool_open(&pool, 4, NULL) == POT_OK);
    const size_t before = pot_mem_used();
    for (int job = 0; job < 100; job++) {
        failures = 0;
        pot_mem_fail_at(1 + (uint64_t)job % 50);
        pot_pool_run(pool, allocate, NULL, 50);
        CHECK(failures == 1 && pot_mem_used() == before);
    }
    pot_pool_close(&pool);
}

static void test_arena(void)
{
    pot_arena a;
    char *block[200];
    size_t size[200];
    pot_arena_init(&a, 1 << 21);
    for (size_t i = 0; i < 200; i++) {
        size[i] = t_u64() % (i % 20 ? 100 : 80000);
        block[i] = pot_arena_new(&a, size[i], 1);
        CHECK(block[i] && (uintptr_t)block[i] % 16 == 0 && is_zero(block[i], size[i]));
        memset(block[i], (int)i, size[i]);
    }
    for (size_t i = 0; i < 200; i++) /* nobody wrote into another's block */
        for (size_t k = 0; k < size[i]; k++)
            CHECK((uint8_t)block[i][k] == i);
    pot_arena_close(&a);
    CHECK(pot_mem_used() == 0 && a.used == 0);
    char *s = pot_arena_str(&a, "word and more", 4); /* closed is as new */
    CHECK(s && strcmp(s, "word") == 0);
    s = pot_arena_str(&a, NULL, 0);
    CHECK(s && *s == '\0');
    pot_arena_close(&a);
    pot_arena_close(&a);
}

static void test_arena_cap(void)
{
    pot_arena a;
    pot_arena_init(&a, 64);
    CHECK(!pot_arena_new(&a, SIZE_MAX, 2) && !pot_arena_new(&a, 65, 1));
    CHECK(!pot_arena_str(&a, "x", SIZE_MAX) && !pot_arena_new(&a, SIZE_MAX - 3, 1));
    CHECK(a.used == 0);
    pot_mem_fail_at(1);
    CHECK(!pot_arena_new(&a, 1, 1) && a.used == 0);
    char *p = pot_arena_new(&a, 17, 1);
    CHECK(p && a.used == 32);
    memset(p, 7, 17);
    CHECK(!pot_arena_new(&a, 33, 1) && a.used == 32 && p[16] == 7);
    CHECK(pot_arena_new(&a, 2, 16) && a.used == 64);
    CHECK(!pot_arena_new(&a, 1, 1));
    CHECK(pot_arena_new(&a, 0, 8)); /* no bytes always fit */
    pot_arena_close(&a);
    pot_arena_init(&a, 0);
    CHECK(!pot_arena_new(&a, 1, 1) && !pot_arena_str(&a, "", 0));
    pot_arena_close(&a);
}

int main(void)
{
    t_seed();
    test_sizes();
    test_refusals();
    test_grow();
    test_failing();
    test_threads();
    test_arena();
    test_arena_cap();
    CHECK(pot_mem_used() == 0);
    return 0;
}
