/* utf8.h - one code point at a time, strictly (RFC 3629). */
#ifndef POT_BASE_UTF8_H
#define POT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the code point at s (n > 0 left), stored in *cp; 0 if it is not valid UTF-8:
 * overlong, surrogate, above U+10FFFF, cut short. */
static inline unsigned pot_utf8_get(const uint8_t *s, size_t n, uint32_t *cp)
{
    const uint8_t c = s[0];
    if (c < 0x80) return *cp = c, 1;
    const unsigned len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    if (c < 0xc2 || c > 0xf4 || n < len) return 0;
    uint32_t v = c & (0xffu >> (len + 1));
    for (unsigned i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80) return 0;
        v = v << 6 | (s[i] & 0x3fu);
    }
    if ((len == 3 && v < 0x800) || (len == 4 && (v < 0x10000 || v > 0x10ffff))) return 0;
    if (v >= 0xd800 && v <= 0xdfff) return 0;
    return *cp = v, len;
}

/* Write a valid code point; returns its bytes, 1 to 4. */
static inline unsigned pot_utf8_put(uint8_t *s, uint32_t cp)
{
    if (cp < 0x80) return s[0] = (uint8_t)cp, 1;
    const unsigned len = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (unsigned i = len - 1; i > 0; i--, cp >>= 6)
        s[i] = (uint8_t)(0x80 | (cp & 0x3f));
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    s[0] = (uint8_t)(lead[len] | cp);
    return len;
}

/* Offset of the first byte that is not valid UTF-8; n if all is. */
static inline size_t pot_utf8_valid(const uint8_t *s, size_t n)
{
    size_t i = 0;
    uint32_t cp;
    while (i < n) {
        const unsigned len = pot_utf8_get(s + i, n - i, &cp);
        if (!len) break;
        i += len;
    }
    return i;
}

#endif
