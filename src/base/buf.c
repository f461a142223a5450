#include "base/buf.h"

#include "base/fail.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Room for n more bytes and a NUL. */
static bool reserve(pot_buf *b, size_t n)
{
    if (b->status != POT_OK) return false;
    if (n > b->cap || b->n > b->cap - n) {
        b->status = POT_E_NOMEM;
        return false;
    }
    if (b->n + n < b->room) return true;
    size_t room = b->room ? b->room : 256;
    while (room <= b->n + n)
        room *= 2;
    char *p = pot_mem_grow(b->p, room, 1);
    if (!p) {
        b->status = POT_E_NOMEM;
        return false;
    }
    b->p = p;
    b->room = room;
    return true;
}

void pot_buf_add(pot_buf *b, const void *p, size_t n)
{
    if (!reserve(b, n)) return;
    if (n) memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void pot_buf_str(pot_buf *b, const char *s)
{
    pot_buf_add(b, s, strlen(s));
}

void pot_buf_fmt(pot_buf *b, const char *fmt, ...)
{
    char small[256];
    va_list va, again;
    va_start(va, fmt);
    va_copy(again, va);
    const int n = vsnprintf(small, sizeof small, fmt, va);
    if (n < 0) b->status = POT_E_ARG;
    else if ((size_t)n < sizeof small) pot_buf_add(b, small, (size_t)n);
    else if (reserve(b, (size_t)n)) {
        vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
    va_end(va);
}

void pot_buf_hex(pot_buf *b, const void *p, size_t n)
{
    static const char digit[] = "0123456789abcdef";
    const uint8_t *s = p;
    if (!reserve(b, 2 * n)) return; /* all or nothing */
    for (size_t i = 0; i < n; i++) {
        const char two[2] = {digit[s[i] >> 4], digit[s[i] & 15]};
        pot_buf_add(b, two, 2);
    }
}

void pot_buf_clear(pot_buf *b)
{
    b->n = 0;
    b->status = POT_OK;
    if (b->p) b->p[0] = '\0';
}

void pot_buf_free(pot_buf *b)
{
    pot_mem_free(b->p);
    *b = POT_BUF(b->cap);
}

pot_status pot_buf_status(const pot_buf *b, pot_error *err)
{
    if (b->status == POT_OK) return POT_OK;
    return pot_fail(err, b->status, "more than %zu bytes of text, or out of memory", b->cap);
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool pot_hex_parse(void *out, size_t n, const char *hex)
{
    if (strlen(hex) != 2 * n) return false;
    for (size_t i = 0; i < 2 * n; i++)
        if (nibble(hex[i]) < 0) return false;
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)out)[i] = (uint8_t)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
    return true;
}
