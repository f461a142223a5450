/* Buffers: the cap, failures that are remembered, formatting of any length, hexadecimal. */
#include "base/buf.h"
#include "base/mem.h"
#include "t.h"

#include <string.h>

static bool holds(const pot_buf *b, const char *text)
{
    return b->n == strlen(text) && strcmp(b->p ? b->p : "", text) == 0;
}

static void test_cap(void)
{
    pot_buf b = POT_BUF(5);
    pot_error err = {0};
    pot_buf_add(&b, NULL, 0);
    CHECK(b.status == POT_OK && b.n == 0);
    pot_buf_str(&b, "abc");
    pot_buf_str(&b, "de");
    CHECK(holds(&b, "abcde") && pot_buf_status(&b, &err) == POT_OK && err.status == POT_OK);
    pot_buf_str(&b, "f");
    CHECK(holds(&b, "abcde") && b.status == POT_E_NOMEM);
    pot_buf_add(&b, NULL, 0); /* remembered: nothing is added any more */
    CHECK(pot_buf_status(&b, NULL) == POT_E_NOMEM);
    CHECK(pot_buf_status(&b, &err) == POT_E_NOMEM && err.status == POT_E_NOMEM);
    CHECK(strstr(err.msg, "5 bytes"));

    pot_buf_clear(&b);
    CHECK(b.status == POT_OK && b.n == 0 && holds(&b, ""));
    pot_buf_fmt(&b, "%d", 123456); /* too long at once */
    CHECK(b.status == POT_E_NOMEM && holds(&b, ""));
    pot_buf_clear(&b);
    pot_buf_hex(&b, "\x01\x02", 2);
    CHECK(holds(&b, "0102"));
    pot_buf_clear(&b);
    pot_buf_hex(&b, "\x01\x02\x03", 3); /* six digits: none, not four */
    CHECK(holds(&b, "") && b.status == POT_E_NOMEM);
    pot_buf_free(&b);
    CHECK(!b.p && b.cap == 5 && b.status == POT_OK && pot_mem_used() == 0);

    pot_buf none = POT_BUF(0);
    pot_buf_str(&none, "");
    CHECK(none.status == POT_OK);
    pot_buf_str(&none, "x");
    CHECK(none.status == POT_E_NOMEM && none.n == 0);
    pot_buf_free(&none);
    pot_buf zero = {0};
    pot_buf_clear(&zero);
    pot_buf_free(&zero);
}

static void test_out_of_memory(void)
{
    char big[1000];
    memset(big, 'x', sizeof big);
    pot_buf b = POT_BUF(1 << 20);
    pot_mem_fail_at(1);
    pot_buf_str(&b, "a");
    CHECK(b.status == POT_E_NOMEM && b.n == 0);
    pot_buf_clear(&b);
    pot_buf_str(&b, "start");
    pot_mem_fail_at(1);
    pot_buf_add(&b, big, sizeof big);
    CHECK(b.status == POT_E_NOMEM && holds(&b, "start"));
    pot_mem_fail_at(0);
    pot_buf_str(&b, "lost");
    CHECK(holds(&b, "start"));
    pot_buf_clear(&b);
    pot_mem_fail_at(1);
    pot_buf_fmt(&b, "%1000d", 1);
    CHECK(b.status == POT_E_NOMEM && holds(&b, ""));
    pot_buf_free(&b);
}

/* Around the 256 bytes where formatting changes its way, and far beyond. */
static void test_fmt(void)
{
    static const int width[] = {0, 1, 254, 255, 256, 257, 511, 512, 5000};
    static char want[6000];
    pot_buf b = POT_BUF(1 << 20);
    for (size_t i = 0; i < sizeof width / sizeof *width; i++) {
        pot_buf_clear(&b);
        pot_buf_str(&b, "<");
        pot_buf_fmt(&b, "%*d|%s", width[i], (int)i, "end");
        snprintf(want, sizeof want, "<%*d|%s", width[i], (int)i, "end");
        CHECK(holds(&b, want) && b.status == POT_OK);
    }
    pot_buf_free(&b);
}

/* Any sequence of adds is the same as one array. */
static void test_random(void)
{
    static char want[100000];
    pot_buf b = POT_BUF(sizeof want);
    size_t n = 0;
    for (int i = 0; i < 500; i++) {
        char piece[600];
        const size_t m = t_u64() % (i % 10 ? 30 : sizeof piece);
        for (size_t k = 0; k < m; k++)
            piece[k] = (char)t_u64(); /* NUL too */
        pot_buf_add(&b, piece, m);
        memcpy(want + n, piece, m);
        n += m;
        CHECK(b.n == n && (!b.p || (b.p[n] == '\0' && memcmp(b.p, want, n) == 0)));
    }
    pot_buf_free(&b);
}

static void test_hex(void)
{
    uint8_t all[256], back[256];
    for (int i = 0; i < 256; i++)
        all[i] = (uint8_t)i;
    pot_buf b = POT_BUF(512);
    pot_buf_hex(&b, all, 256);
    CHECK(b.n == 512 && memcmp(b.p, "000102", 6) == 0 && strcmp(b.p + 506, "fdfeff") == 0);
    CHECK(pot_hex_parse(back, 256, b.p) && memcmp(all, back, 256) == 0);
    pot_buf_free(&b);

    static const char *const bad[] = {"",     "0",    "012",  "01234", "0g12", "01-2",
                                      " 012", "012 ", "0x12", "01\n2", "/012", ":012",
                                      "@012", "G012", "`012", "012g"};
    memset(back, 9, sizeof back);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(!pot_hex_parse(back, 2, bad[i]) && back[0] == 9 && back[1] == 9);
    CHECK(pot_hex_parse(back, 2, "aBfF") && back[0] == 0xab && back[1] == 0xff);
    CHECK(pot_hex_parse(NULL, 0, "") && !pot_hex_parse(back, 0, "00"));
}

int main(void)
{
    t_seed();
    test_cap();
    test_out_of_memory();
    test_fmt();
    test_random();
    test_hex();
    CHECK(pot_mem_used() == 0);
    return 0;
}
