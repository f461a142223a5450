/* chars.h - walking through text that is known to be valid UTF-8. */
#ifndef POT_TOKEN_CHARS_H
#define POT_TOKEN_CHARS_H

#include <stdint.h>

/* Bytes of the character that begins with `lead`. */
static inline uint32_t pot_char_len(char lead)
{
    const uint8_t c = (uint8_t)lead;
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* The character at s; returns its bytes. */
static inline uint32_t pot_char_at(const char *s, uint32_t *cp)
{
    const uint32_t n = pot_char_len(s[0]);
    uint32_t v = n == 1 ? (uint8_t)s[0] : (uint8_t)s[0] & (0x7fu >> n);
    for (uint32_t i = 1; i < n; i++)
        v = v << 6 | ((uint8_t)s[i] & 0x3fu);
    *cp = v;
    return n;
}

/* The character that ends before s[end], end > 0; returns where it begins. */
static inline uint32_t pot_char_before(const char *s, uint32_t end, uint32_t *cp)
{
    do
        end--;
    while (((uint8_t)s[end] & 0xc0) == 0x80);
    pot_char_at(s + end, cp);
    return end;
}

#endif
