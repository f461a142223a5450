/* The cursor: every value at every end, and the byte of each refusal. */
#include "base/rd.h"
#include "t.h"

#include <string.h>

static const uint8_t data[] = {0x01, 0x02, 0x03, 0x84, 0xff, 0xfe,
                               0xfd, 0xfc, 0x7f, 0x80, 0x81, 0x82};

static uint64_t little(const uint8_t *p, unsigned n)
{
    uint64_t v = 0;
    while (n-- > 0)
        v = v * 256 + p[n];
    return v;
}

/* From each start with each length behind it: read if it fits, else refuse and stay. */
static void test_ends(void)
{
    for (size_t n = 0; n <= sizeof data; n++)
        for (size_t at = 0; at <= n; at++) {
            pot_error err = {0};
            pot_rd r = pot_rd_over((pot_bytes){data, n}, "some.file", &err);
            pot_bytes b = {NULL, 77};
            uint32_t v32 = 77;
            uint64_t v64 = 77;
            CHECK(pot_rd_left(&r) == n && pot_rd_take(&r, &b, at) == POT_OK);
            CHECK(b.p == data && b.n == at && pot_rd_left(&r) == n - at);
            const pot_rd start = r;
            CHECK((pot_rd_u32le(&r, &v32) == POT_OK) == (n - at >= 4));
            CHECK(v32 == (n - at >= 4 ? little(data + at, 4) : 77));
            CHECK(r.at == at + (n - at >= 4 ? 4 : 0));
            r = start;
            CHECK((pot_rd_u64le(&r, &v64) == POT_OK) == (n - at >= 8));
            CHECK(v64 == (n - at >= 8 ? little(data + at, 8) : 77));
            r = start;
            for (size_t k = 0; k <= n + 2; k++, r = start)
                CHECK((pot_rd_take(&r, &b, k) == POT_OK) == (k <= n - at));
            if (n - at >= 8) continue;
            CHECK(err.status == POT_E_FORMAT && err.offset == at);
            CHECK(strcmp(err.file, "some.file") == 0 && strstr(err.msg, "cut short"));
        }
}

static void test_huge(void)
{
    pot_error err = {0};
    pot_rd r = pot_rd_over((pot_bytes){data, 5}, NULL, &err);
    pot_bytes b = {data, 1};
    CHECK(pot_rd_take(&r, &b, 5) == POT_OK && pot_rd_left(&r) == 0);
    CHECK(pot_rd_take(&r, &b, 0) == POT_OK && b.n == 0);
    CHECK(pot_rd_take(&r, &b, 1) == POT_E_FORMAT);
    CHECK(pot_rd_take(&r, &b, UINT64_MAX) == POT_E_FORMAT);
    CHECK(pot_rd_take(&r, &b, UINT64_MAX - 4) == POT_E_FORMAT); /* at + n would wrap to 0 */
    CHECK(r.at == 5 && b.n == 0 && err.offset == 5 && !*err.file);
    r = pot_rd_over((pot_bytes){NULL, 0}, "empty", NULL);
    CHECK(pot_rd_left(&r) == 0 && pot_rd_take(&r, &b, 0) == POT_OK);
    CHECK(pot_rd_take(&r, &b, 1) == POT_E_FORMAT); /* no pot_error: the status alone */
}

static void test_fail(void)
{
    pot_error err = {0};
    pot_rd r = pot_rd_over((pot_bytes){data, sizeof data}, "x", &err);
    r.at = 3;
    CHECK(pot_rd_fail(&r, "a version of %u", 9u) == POT_E_FORMAT);
    CHECK(err.offset == 3 && strcmp(err.msg, "a version of 9") == 0);
    r.at = 5;
    CHECK(pot_rd_fail(&r, "later") == POT_E_FORMAT && err.offset == 3);
}

int main(void)
{
    test_ends();
    test_huge();
    test_fail();
    return 0;
}
