#include "token/scan.h"

#include "base/fail.h"
#include "base/utf8.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t *skip_space(const uint8_t *p, const uint8_t *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    return p;
}

/* Past the string that begins at the quote p; end if it is not closed. */
static const uint8_t *skip_string(const uint8_t *p, const uint8_t *end)
{
    for (p++; p < end; p++) {
        if (*p == '\\') p++;
        else if (*p == '"') return p + 1;
    }
    return end;
}

/* Past the object or array that begins at p. */
static const uint8_t *skip_nested(const uint8_t *p, const uint8_t *end)
{
    size_t depth = 0;
    while (p < end) {
        if (*p == '"') {
            p = skip_string(p, end);
            continue;
        }
        if (*p == '{' || *p == '[') depth++;
        if ((*p == '}' || *p == ']') && --depth == 0) return p + 1;
        p++;
    }
    return end;
}

static bool is(const uint8_t *key, const uint8_t *end, const char *name)
{
    const size_t n = strlen(name);
    return (size_t)(end - key) == n + 2 && memcmp(key + 1, name, n) == 0;
}

/* Keep what was read so far, put 0 in place of the value at p, and go on behind it. */
static const uint8_t *cut(pot_split_json *out, pot_bytes *value, const uint8_t *from,
                          const uint8_t *p, const uint8_t *end)
{
    const uint8_t *after = skip_nested(p, end);
    *value = (pot_bytes){p, (size_t)(after - p)};
    pot_buf_add(&out->rest, from, (size_t)(p - from));
    pot_buf_str(&out->rest, "0");
    return after;
}

pot_status pot_json_split(pot_split_json *out, pot_bytes doc, pot_error *err)
{
    const uint8_t *p = doc.p, *end = p + doc.n, *kept = p;
    pot_split_json got = {.rest = POT_BUF(doc.n + 16)};
    size_t depth = 0;
    bool model = false;

    while (p < end) {
        const uint8_t *at = p++;
        if (*at == '{' || *at == '[') depth++;
        if (*at == '}' || *at == ']') depth--;
        if (*at != '"') continue;
        const uint8_t *key_end = skip_string(at, end);
        p = skip_space(key_end, end);
        if (p == end || *p != ':') continue; /* a value, not a key */
        p = skip_space(p + 1, end);
        if (depth == 1) model = is(at, key_end, "model");
        if (depth != 2 || !model || p == end) continue;
        pot_bytes *value = is(at, key_end, "vocab")    ? &got.vocab
                           : is(at, key_end, "merges") ? &got.merges
                                                       : NULL;
        if (value && !value->n && (*p == '{' || *p == '['))
            p = kept = cut(&got, value, kept, p, end);
    }
    pot_buf_add(&got.rest, kept, (size_t)(end - kept));
    if (pot_buf_status(&got.rest, err) != POT_OK) {
        pot_buf_free(&got.rest);
        return POT_E_NOMEM;
    }
    *out = got;
    return POT_OK;
}

pot_status pot_scan_fail(const pot_scan *s, const char *fmt, ...)
{
    char msg[200];
    va_list va;
    va_start(va, fmt);
    vsnprintf(msg, sizeof msg, fmt, va);
    va_end(va);
    pot_fail_at(s->err, POT_E_FORMAT, s->place, "%s; fetch or mend the file", msg);
    pot_fail_in(s->err, POT_E_FORMAT, s->file);
    return pot_fail_offset(s->err, POT_E_FORMAT, (uint64_t)(s->p - s->doc));
}

bool pot_scan_if(pot_scan *s, char c)
{
    s->p = skip_space(s->p, s->end);
    if (s->p == s->end || *s->p != (uint8_t)c) return false;
    s->p++;
    return true;
}

pot_status pot_scan_char(pot_scan *s, char c)
{
    return pot_scan_if(s, c) ? POT_OK : pot_scan_fail(s, "'%c' is expected", c);
}

/* The four hexadecimal digits of \uXXXX. */
static bool hex4(pot_scan *s, uint32_t *out)
{
    if (s->end - s->p < 4) return false;
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        const uint8_t c = *s->p++, low = c | 0x20;
        if (c >= '0' && c <= '9') v = v << 4 | (uint32_t)(c - '0');
        else if (low >= 'a' && low <= 'f') v = v << 4 | (uint32_t)(low - 'a' + 10);
        else return false;
    }
    *out = v;
    return true;
}

static bool unicode_escape(pot_scan *s, uint32_t *cp)
{
    uint32_t low;
    if (!hex4(s, cp)) return false;
    if (*cp < 0xd800 || *cp > 0xdfff) return *cp != 0;
    if (*cp > 0xdbff || s->end - s->p < 6 || s->p[0] != '\\' || s->p[1] != 'u') return false;
    s->p += 2;
    if (!hex4(s, &low) || low < 0xdc00 || low > 0xdfff) return false;
    *cp = 0x10000 + ((*cp - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

/* What follows a backslash; returns the bytes written, 0 if it is not an escape. */
static unsigned escape(pot_scan *s, char *out)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (s->p == s->end) return 0;
    const char c = (char)*s->p++;
    if (c == 'u') {
        uint32_t cp;
        return unicode_escape(s, &cp) ? pot_utf8_put((uint8_t *)out, cp) : 0;
    }
    const char *at = c ? strchr(names, c) : NULL;
    if (!at) return 0;
    *out = values[at - names];
    return 1;
}

pot_status pot_scan_string(pot_scan *s, char *out, size_t *n)
{
    POT_TRY(pot_scan_char(s, '"'));
    char *to = out;
    for (;;) {
        const uint8_t *p = s->p;
        while (p < s->end && *p != '"' && *p != '\\' && *p >= 0x20)
            *to++ = (char)*p++;
        s->p = p;
        if (p == s->end || *p < 0x20) return pot_scan_fail(s, "a string that is not closed");
        s->p++;
        if (*p == '"') break;
        const unsigned got = escape(s, to);
        if (!got) return pot_scan_fail(s, "an escape that is not allowed in JSON, or is U+0000");
        to += got;
    }
    *to = '\0';
    *n = (size_t)(to - out);
    return POT_OK;
}

pot_status pot_scan_u32(pot_scan *s, uint32_t *out, uint32_t most)
{
    s->p = skip_space(s->p, s->end);
    const uint8_t *from = s->p;
    uint64_t v = 0;
    while (s->p < s->end && *s->p >= '0' && *s->p <= '9' && v <= most)
        v = v * 10 + (uint64_t)(*s->p++ - '0');
    if (s->p == from || v > most || (*from == '0' && s->p - from > 1))
        return pot_scan_fail(s, "an integer from 0 to %u is expected", most);
    *out = (uint32_t)v;
    return POT_OK;
}

static bool next_digit(pot_scan *s, unsigned *d)
{
    if (s->p == s->end || *s->p < '0' || *s->p > '9') return false;
    *d = *s->p++ - '0';
    return true;
}

/* Digits into *v as long as 64 bits hold them; returns how many came, and how many went in. */
static int64_t digits(pot_scan *s, uint64_t *v, int64_t *taken)
{
    unsigned d;
    int64_t n = 0;
    for (*taken = 0; next_digit(s, &d); n++)
        if (*taken == n && *v <= (UINT64_MAX - d) / 10) *v = *v * 10 + d, ++*taken;
    return n;
}

static double power_of_ten(unsigned n)
{
    static const double small[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    char text[16];
    if (n < sizeof small / sizeof *small) return small[n];
    snprintf(text, sizeof text, "1e%u", n);
    return strtod(text, NULL);
}

/* v * 10^exponent by the steps of serde_json; false if that is infinite. */
static bool scale(double *out, uint64_t v, int64_t exponent)
{
    double f = (double)v;
    for (; exponent < -308 && f != 0; exponent += 308)
        f /= 1e308;
    if (f == 0) return *out = 0, true;
    if (exponent > 308) return false;
    const double p = power_of_ten((unsigned)(exponent < 0 ? -exponent : exponent));
    *out = exponent < 0 ? f / p : f * p;
    return isfinite(*out);
}

/* True, and past it, if this byte comes next. */
static bool eat(pot_scan *s, char c)
{
    if (s->p == s->end || *s->p != (uint8_t)c) return false;
    s->p++;
    return true;
}

/* -123.45e-6: the digits as one integer, and a power of ten. */
static bool number(pot_scan *s, double *out)
{
    uint64_t v = 0, e = 0;
    int64_t taken, n;
    const bool minus = eat(s, '-'), zero = s->p < s->end && *s->p == '0';
    n = digits(s, &v, &taken);
    if (!n || (zero && n > 1)) return false;
    int64_t exponent = n - taken;
    if (eat(s, '.')) {
        if (!digits(s, &v, &taken)) return false;
        exponent -= taken;
    }
    if (eat(s, 'e') || eat(s, 'E')) {
        const bool down = eat(s, '-');
        if (!down) (void)eat(s, '+');
        n = digits(s, &e, &taken);
        if (!n || n != taken || e > INT32_MAX) return false;
        exponent += down ? -(int64_t)e : (int64_t)e;
    }
    if (!scale(out, v, exponent)) return false;
    if (minus) *out = -*out;
    return true;
}

pot_status pot_scan_f64(pot_scan *s, double *out)
{
    s->p = skip_space(s->p, s->end);
    return number(s, out) ? POT_OK : pot_scan_fail(s, "a number is expected");
}

pot_status pot_scan_end(pot_scan *s)
{
    s->p = skip_space(s->p, s->end);
    return s->p == s->end ? POT_OK : pot_scan_fail(s, "',' or the end is expected");
}
