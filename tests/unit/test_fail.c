/* Errors: filled once, by the first who fails; every text fits and is fit for a terminal. */
#include "base/fail.h"
#include "base/utf8.h"
#include "t.h"

#include <errno.h>
#include <string.h>

static void test_fields(void)
{
    pot_error e = {0};
    CHECK(pot_fail(&e, POT_E_ARG, "n is %d", 7) == POT_E_ARG);
    CHECK(e.status == POT_E_ARG && e.sys == 0 && e.offset == POT_NO_OFFSET && !*e.file &&
          !*e.place);
    CHECK(strcmp(e.msg, "n is 7") == 0);

    e = (pot_error){0};
    CHECK(pot_fail_at(&e, POT_E_FORMAT, "a.b", "x") == POT_E_FORMAT && strcmp(e.place, "a.b") == 0);
    e = (pot_error){0};
    CHECK(pot_fail_at(&e, POT_E_FORMAT, NULL, "x") == POT_E_FORMAT && !*e.place);
    e = (pot_error){0};
    CHECK(pot_fail_file(&e, POT_E_UNSUPPORTED, "f", "x") == POT_E_UNSUPPORTED);
    CHECK(strcmp(e.file, "f") == 0 && e.sys == 0);
    e = (pot_error){0};
    CHECK(pot_fail_sys(&e, "f", ENOENT, "x %s", "y") == POT_E_IO && e.sys == ENOENT);
    CHECK(strcmp(e.file, "f") == 0 && strcmp(e.msg, "x y") == 0);
    e = (pot_error){0};
    CHECK(pot_fail_sys(&e, NULL, ENOENT, "x") == POT_E_IO && !*e.file);
    e = (pot_error){0};
    CHECK(pot_fail_mem(&e) == POT_E_NOMEM && e.status == POT_E_NOMEM && *e.msg);

    CHECK(pot_fail_in(&e, POT_OK, "f") == POT_OK && !*e.file);
    CHECK(pot_fail_in(&e, POT_E_IO, NULL) == POT_E_IO && !*e.file);
    CHECK(pot_fail_in(&e, POT_E_IO, "f") == POT_E_IO && strcmp(e.file, "f") == 0);
    CHECK(pot_fail_in(&e, POT_E_IO, "g") == POT_E_IO && strcmp(e.file, "f") == 0);
    CHECK(pot_fail_offset(&e, POT_OK, 1) == POT_OK && e.offset == POT_NO_OFFSET);
    CHECK(pot_fail_offset(&e, POT_E_IO, 0) == POT_E_IO && e.offset == 0);
    CHECK(pot_fail_offset(&e, POT_E_IO, 5) == POT_E_IO && e.offset == 0);
}

static void test_first_wins(void)
{
    pot_error e = {0};
    pot_fail(&e, POT_E_ARG, "first");
    const pot_error first = e;
    CHECK(pot_fail(&e, POT_E_IO, "second") == POT_E_IO);
    CHECK(pot_fail_at(&e, POT_E_IO, "p", "second") == POT_E_IO);
    CHECK(pot_fail_file(&e, POT_E_FORMAT, "f", "second") == POT_E_FORMAT);
    CHECK(pot_fail_sys(&e, "f", EIO, "second") == POT_E_IO);
    CHECK(pot_fail_mem(&e) == POT_E_NOMEM);
    CHECK(memcmp(&e, &first, sizeof e) == 0);
}

static void test_null(void)
{
    CHECK(pot_fail(NULL, POT_E_ARG, "x") == POT_E_ARG);
    CHECK(pot_fail_at(NULL, POT_E_ARG, "p", "x") == POT_E_ARG);
    CHECK(pot_fail_file(NULL, POT_E_ARG, "f", "x") == POT_E_ARG);
    CHECK(pot_fail_sys(NULL, "f", EIO, "x") == POT_E_IO);
    CHECK(pot_fail_mem(NULL) == POT_E_NOMEM);
    CHECK(pot_fail_in(NULL, POT_E_ARG, "f") == POT_E_ARG);
    CHECK(pot_fail_offset(NULL, POT_E_ARG, 1) == POT_E_ARG);
}

/* Whatever does not fit is cut: the front of a path, the end of the rest. */
static void test_long(void)
{
    char text[2000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i % 26);
    for (size_t n = 250; n < 260; n++) {
        const char *s = text + sizeof text - 1 - n;
        text[sizeof text - 1] = '\0';
        pot_error e = {0};
        pot_fail_file(&e, POT_E_IO, s, "%s", text);
        const size_t m = strlen(e.file);
        if (n < sizeof e.file) CHECK(strcmp(e.file, s) == 0);
        else CHECK(m == sizeof e.file - 1 && memcmp(e.file, "...", 3) == 0);
        CHECK(strcmp(e.file + (n == m ? 0 : 3), s + (n == m ? 0 : n - m + 3)) == 0);
        CHECK(strlen(e.msg) == sizeof e.msg - 1 && memcmp(e.msg, text, sizeof e.msg - 1) == 0);
        e = (pot_error){0};
        pot_fail_at(&e, POT_E_IO, text, "x");
        CHECK(strlen(e.place) == sizeof e.place - 1);
    }
}

static void test_text(void)
{
    char out[1000];
    pot_error e = {0};
    pot_fail_at(&e, POT_E_FORMAT, "a.b", "wrong");
    pot_error_text(&e, out, sizeof out);
    CHECK(strcmp(out, "a.b: wrong") == 0);
    pot_fail_offset(&e, POT_E_FORMAT, 12); /* a byte without a file says nothing */
    pot_error_text(&e, out, sizeof out);
    CHECK(strcmp(out, "a.b: wrong") == 0);
    pot_fail_in(&e, POT_E_FORMAT, "f");
    pot_error_text(&e, out, sizeof out);
    CHECK(strcmp(out, "f: byte 12: a.b: wrong") == 0);
    e.sys = ENOENT;
    pot_error_text(&e, out, sizeof out);
    CHECK(strcmp(out, "f: byte 12: a.b: wrong (No such file or directory)") == 0);
    for (size_t n = 1; n < 60; n++) {
        memset(out, 'z', sizeof out);
        pot_error_text(&e, out, n);
        CHECK(strlen(out) < n && out[n] == 'z');
    }
    out[0] = 'z';
    pot_error_text(&e, out, 0);
    CHECK(out[0] == 'z');
    e = (pot_error){
        .status = POT_E_ARG, .offset = POT_NO_OFFSET, .msg = "a\033[2Jb\nc\x7f\xc2\x9b"};
    pot_error_text(&e, out, sizeof out);
    CHECK(strcmp(out, "a?[2Jb?c?\?") == 0);
}

static void test_printable(void)
{
    char s[64] = "plain, \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80";
    char copy[64];
    strcpy(copy, s);
    pot_printable(s);
    CHECK(strcmp(s, copy) == 0);
    strcpy(s, "\xff\xc3(\xe2\x82");
    pot_printable(s);
    CHECK(strcmp(s, "?\?(?\?") == 0);
    for (int trial = 0; trial < 20000; trial++) {
        const size_t n = t_u64() % (sizeof s - 1);
        for (size_t i = 0; i < n; i++)
            s[i] = (char)(1 + t_u64() % 255);
        s[n] = '\0';
        pot_printable(s);
        CHECK(strlen(s) <= n && pot_utf8_valid((uint8_t *)s, strlen(s)) == strlen(s));
        for (const char *c = s; *c; c++)
            CHECK((uint8_t)*c >= 32 && *c != 127);
        CHECK(!strstr(s, "\xc2\x9b"));
    }
}

int main(void)
{
    t_seed();
    test_fields();
    test_first_wins();
    test_null();
    test_long();
    test_text();
    test_printable();
    CHECK(strcmp(pot_decision_name(POT_SAME), "SAME") == 0);
    CHECK(strcmp(pot_decision_name(POT_DIFFERENT), "DIFFERENT") == 0);
    CHECK(strcmp(pot_decision_name(POT_UNDECIDED), "UNDECIDED") == 0);
    CHECK(strcmp(pot_decision_name((pot_decision)17), "UNDECIDED") == 0);
    return 0;
}
