#include "token/precompiled.h"

#include "base/fail.h"
#include "token/grapheme.h"
#include "token/normalizer.h"

#include <string.h>

#define MOST_CLUSTER 6 /* bytes: a cluster of so many is looked up character by character */

/* Characters go out one late: a loss behind one is booked on it. */
typedef struct {
    pot_writer to;
    uint32_t cp;
    int32_t change; /* as pot_give takes it */
    bool waits;     /* there is such a character */
} writer;

static void flush(writer *o)
{
    if (o->waits) pot_give(&o->to, o->cp, o->change);
    o->waits = false;
}

static void put(writer *o, uint32_t cp, int32_t change)
{
    flush(o);
    o->cp = cp;
    o->change = change;
    o->waits = true;
}

static uint32_t count_chars(const char *s, uint32_t n)
{
    uint32_t chars = 0;
    for (uint32_t i = 0; i < n; i++)
        chars += ((uint8_t)s[i] & 0xc0) != 0x80;
    return chars;
}

/* `old` characters become those of `text`.  That a loss of characters is booked on whatever was
 * given out before, and not at all at the beginning, is the package's way; spans follow. */
static void replace(writer *o, uint32_t old, const char *text)
{
    uint32_t cp, made = 0;
    for (uint32_t i = 0; text[i]; made++) {
        i += pot_char_at(text + i, &cp);
        put(o, cp, made >= old);
    }
    if (made < old) o->change -= (int32_t)(old - made);
}

/* One cluster: looked up as a whole if it is short (of its beginnings the shortest that is
 * mapped stands for all of it), else character by character. */
static void put_cluster(writer *o, const pot_charsmap *m, const char *s, uint32_t n)
{
    const char *text;
    uint32_t cp;
    if (n < MOST_CLUSTER && pot_charsmap_find(m, s, n, false, &text)) {
        replace(o, count_chars(s, n), text);
        return;
    }
    for (uint32_t i = 0, len; i < n; i += len) {
        len = pot_char_at(s + i, &cp);
        if (pot_charsmap_find(m, s + i, len, false, &text)) replace(o, 1, text);
        else put(o, cp, 0);
    }
}

void pot_put_precompiled(pot_work *w, const pot_piece *p, const pot_charsmap *m)
{
    writer o = {.to = {w, p, p->from}};
    for (uint32_t at = p->from, end; at < p->to; at = end) {
        end = pot_grapheme_end(w->text.s, at, p->to);
        put_cluster(&o, m, w->text.s + at, end - at);
    }
    flush(&o);
}

/* Reading. */

static int digit(char c)
{
    static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(all, c) : NULL;
    return at ? (int)(at - all) : -1;
}

/* Strict base64 with padding; false if it is not. */
static bool decode(uint8_t *out, size_t *n, const char *s, size_t len)
{
    size_t to = 0;
    if (len % 4) return false;
    for (size_t i = 0; i < len; i += 4) {
        uint32_t v = 0, pad = 0;
        for (unsigned k = 0; k < 4; k++) {
            int d = digit(s[i + k]);
            if (s[i + k] == '=' && i + 4 == len && k >= 2) pad++, d = 0;
            else if (d < 0 || pad) return false;
            v = v << 6 | (uint32_t)d;
        }
        if (v & ((1u << 8 * pad) - 1)) return false; /* bits that stand for nothing */
        for (unsigned k = 0; k + pad < 3; k++)
            out[to++] = (uint8_t)(v >> (16 - 8 * k));
    }
    *n = to;
    return true;
}

pot_status pot_precompiled_read(pot_charsmap *out, pot_arena *a, const pot_json *at, pot_error *err)
{
    static const char key[] = "precompiled_charsmap";
    const char *s;
    size_t n = 0;
    POT_TRY(pot_json_str(at, key, &s, err));
    const size_t len = strlen(s);
    const pot_json place = pot_json_get(at, key);
    uint8_t *map = pot_mem_raw(len / 4 * 3 + 1, 1);
    if (!map) return pot_fail_mem(err);
    pot_status st = POT_OK;
    pot_error why = {0};
    if (!decode(map, &n, s, len))
        st = pot_json_fail(&place, POT_E_FORMAT, err, "base64 with padding is expected");
    else if ((st = pot_charsmap_read(out, a, (pot_bytes){map, n}, &why)) != POT_OK)
        st = st == POT_E_NOMEM ? pot_fail_mem(err) : pot_json_fail(&place, st, err, "%s", why.msg);
    pot_mem_free(map);
    return st;
}
