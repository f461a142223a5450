#include "base/fail.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Copy, keeping the end of what does not fit: the end of a path tells more. */
static void keep_end(char *out, size_t size, const char *s)
{
    const size_t n = strlen(s);
    if (n < size) memcpy(out, s, n + 1);
    else snprintf(out, size, "...%s", s + n - (size - 4));
}

POT_PRINTF(4, 0)
static pot_status fill(pot_error *err, pot_status status, const char *place, const char *fmt,
                       va_list va)
{
    if (!err || err->status != POT_OK) return status;
    *err = (pot_error){.status = status, .offset = POT_NO_OFFSET};
    if (place) snprintf(err->place, sizeof err->place, "%s", place);
    vsnprintf(err->msg, sizeof err->msg, fmt, va);
    return status;
}

pot_status pot_fail(pot_error *err, pot_status status, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    fill(err, status, NULL, fmt, va);
    va_end(va);
    return status;
}

pot_status pot_fail_at(pot_error *err, pot_status status, const char *place, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    fill(err, status, place, fmt, va);
    va_end(va);
    return status;
}

pot_status pot_fail_file(pot_error *err, pot_status status, const char *file, const char *fmt, ...)
{
    if (!err || err->status != POT_OK) return status;
    va_list va;
    va_start(va, fmt);
    fill(err, status, NULL, fmt, va);
    va_end(va);
    return pot_fail_in(err, status, file);
}

pot_status pot_fail_sys(pot_error *err, const char *file, int sys, const char *fmt, ...)
{
    if (!err || err->status != POT_OK) return POT_E_IO;
    va_list va;
    va_start(va, fmt);
    fill(err, POT_E_IO, NULL, fmt, va);
    va_end(va);
    err->sys = sys;
    if (file) keep_end(err->file, sizeof err->file, file);
    return POT_E_IO;
}

pot_status pot_fail_mem(pot_error *err)
{
    return pot_fail(err, POT_E_NOMEM, "out of memory; close other programs or use a larger budget");
}

pot_status pot_fail_in(pot_error *err, pot_status status, const char *file)
{
    if (status != POT_OK && err && file && !err->file[0])
        keep_end(err->file, sizeof err->file, file);
    return status;
}

pot_status pot_fail_offset(pot_error *err, pot_status status, uint64_t offset)
{
    if (status != POT_OK && err && err->offset == POT_NO_OFFSET) err->offset = offset;
    return status;
}

const char *pot_decision_name(pot_decision d)
{
    static const char *const name[] = {"UNDECIDED", "SAME", "DIFFERENT"};
    return (unsigned)d < sizeof name / sizeof *name ? name[d] : "UNDECIDED";
}

void pot_printable(char *s)
{
    size_t left = strlen(s);
    char *to = s;
    while (left) {
        uint32_t cp = 0;
        const unsigned got = pot_utf8_get((const uint8_t *)s, left, &cp), n = got ? got : 1;
        const bool bad = !got || cp < 32 || (cp >= 127 && cp < 160);
        if (bad) *to++ = '?';
        else memmove(to, s, n), to += n;
        s += n;
        left -= n;
    }
    *to = '\0';
}

void pot_error_text(const pot_error *err, char *out, size_t size)
{
    char at[40] = "", sys[128] = "";
    if (!size) return;
    if (err->offset != POT_NO_OFFSET && err->file[0])
        snprintf(at, sizeof at, "byte %llu: ", (unsigned long long)err->offset);
    if (err->sys) snprintf(sys, sizeof sys, " (%s)", strerror(err->sys));
    snprintf(out, size, "%s%s%s%s%s%s%s", err->file, err->file[0] ? ": " : "", at, err->place,
             err->place[0] ? ": " : "", err->msg, sys);
    pot_printable(out);
}
