#include "base/rd.h"

#include "base/fail.h"

#include <stdarg.h>
#include <stdio.h>

pot_rd pot_rd_over(pot_bytes in, const char *file, pot_error *err)
{
    return (pot_rd){.in = in, .file = file, .err = err};
}

size_t pot_rd_left(const pot_rd *r)
{
    return r->in.n - r->at;
}

pot_status pot_rd_fail(pot_rd *r, const char *fmt, ...)
{
    char msg[256];
    va_list va;
    va_start(va, fmt);
    vsnprintf(msg, sizeof msg, fmt, va);
    va_end(va);
    pot_fail(r->err, POT_E_FORMAT, "%s", msg);
    pot_fail_in(r->err, POT_E_FORMAT, r->file);
    return pot_fail_offset(r->err, POT_E_FORMAT, r->at);
}

pot_status pot_rd_take(pot_rd *r, pot_bytes *out, uint64_t n)
{
    if (n > pot_rd_left(r))
        return pot_rd_fail(r,
                           "%llu bytes expected, %zu left: the file is cut short; fetch it again",
                           (unsigned long long)n, pot_rd_left(r));
    *out = (pot_bytes){r->in.p + r->at, (size_t)n};
    r->at += (size_t)n;
    return POT_OK;
}

static pot_status uint_le(pot_rd *r, uint64_t *out, unsigned width)
{
    pot_bytes b = {0};
    POT_TRY(pot_rd_take(r, &b, width));
    uint64_t v = 0;
    for (unsigned i = width; i-- > 0;)
        v = v << 8 | b.p[i];
    *out = v;
    return POT_OK;
}

pot_status pot_rd_u32le(pot_rd *r, uint32_t *out)
{
    uint64_t v;
    POT_TRY(uint_le(r, &v, 4));
    *out = (uint32_t)v;
    return POT_OK;
}

pot_status pot_rd_u64le(pot_rd *r, uint64_t *out)
{
    return uint_le(r, out, 8);
}
