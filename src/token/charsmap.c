#include "token/charsmap.h"

#include "base/fail.h"
#include "base/utf8.h"

#include <string.h>

#define ON_PATH UINT8_MAX

static uint32_t offset(uint32_t unit)
{
    return unit >> 10 << (unit & 1u << 9 ? 8 : 0);
}

static bool is_child(uint32_t unit, uint32_t byte)
{
    return (unit & 0x800000ff) == byte;
}

static bool has_value(uint32_t unit)
{
    return unit >> 8 & 1;
}

uint32_t pot_charsmap_find(const pot_charsmap *m, const char *s, uint32_t n, bool longest,
                           const char **text)
{
    uint32_t at = offset(m->unit[0]), found = 0;
    for (uint32_t i = 0; i < n && s[i]; i++) {
        const uint32_t byte = (uint8_t)s[i], unit = m->unit[at ^ byte];
        if (!is_child(unit, byte)) break;
        at ^= byte ^ offset(unit);
        if (!has_value(unit)) continue;
        *text = m->texts + (m->unit[at] & INT32_MAX);
        found = i + 1;
        if (!longest) break;
    }
    return found;
}

/* Walking every path once: height[place] is 0 before, ON_PATH during, and then one more than the
 * most bytes that may follow. */
typedef struct {
    uint32_t place, base, byte; /* byte: the next to be tried */
    uint8_t height;
} step;

static pot_status enter(const pot_charsmap *m, uint8_t *height, step *st, uint32_t place,
                        pot_error *err)
{
    const uint32_t unit = m->unit[place], base = place ^ offset(unit);
    if ((base | 0xff) >= m->n)
        return pot_fail(err, POT_E_FORMAT, "the character map leads out of itself at unit %u",
                        place);
    if (has_value(unit)) {
        const uint32_t to = m->unit[base] & INT32_MAX;
        if (to >= m->n_texts || ((uint8_t)m->texts[to] & 0xc0) == 0x80)
            return pot_fail(err, POT_E_FORMAT, "the character map has no text at %u", to);
    }
    *st = (step){place, base, 1, 1};
    height[place] = ON_PATH;
    return POT_OK;
}

static pot_status walk(const pot_charsmap *m, uint8_t *height, pot_error *err)
{
    step path[POT_MAX_MAPPED + 1];
    uint32_t depth = 0;
    POT_TRY(enter(m, height, &path[0], 0, err));
    for (;;) {
        step *st = &path[depth];
        while (st->byte < 256 && !is_child(m->unit[st->base ^ st->byte], st->byte))
            st->byte++;
        if (st->byte == 256) {
            height[st->place] = st->height;
            if (!depth--) return POT_OK;
            continue; /* the child is met again below, as one that is done */
        }
        const uint32_t child = st->base ^ st->byte;
        const uint8_t h = height[child];
        if (h == ON_PATH)
            return pot_fail(err, POT_E_FORMAT, "the character map turns in a circle at unit %u",
                            child);
        if (depth + (h ? h : 1u) > POT_MAX_MAPPED)
            return pot_fail(err, POT_E_UNSUPPORTED,
                            "the character map maps a string of more than %d bytes",
                            POT_MAX_MAPPED);
        if (!h) {
            POT_TRY(enter(m, height, &path[++depth], child, err));
            continue;
        }
        if (h + 1 > st->height) st->height = (uint8_t)(h + 1);
        st->byte++;
    }
}

static pot_status check(const pot_charsmap *m, pot_error *err)
{
    const size_t valid = pot_utf8_valid((const uint8_t *)m->texts, m->n_texts);
    if (valid < m->n_texts || !m->n_texts || m->texts[m->n_texts - 1])
        return pot_fail(err, POT_E_FORMAT,
                        "the texts of the character map are not UTF-8 that ends with a NUL");
    if (!m->n) return pot_fail(err, POT_E_FORMAT, "the character map has an empty trie");
    uint8_t *height = pot_mem_new(m->n, 1);
    if (!height) return pot_fail_mem(err);
    const pot_status s = walk(m, height, err);
    pot_mem_free(height);
    return s;
}

pot_status pot_charsmap_read(pot_charsmap *out, pot_arena *a, pot_bytes map, pot_error *err)
{
    pot_rd r = pot_rd_over(map, NULL, NULL);
    pot_bytes trie = {0};
    uint32_t size = 0;
    if (map.n > POT_MAX_CHARSMAP)
        return pot_fail(err, POT_E_UNSUPPORTED, "the character map is larger than %zu MiB",
                        POT_MAX_CHARSMAP >> 20);
    if (pot_rd_u32le(&r, &size) != POT_OK || size % 4 || pot_rd_take(&r, &trie, size) != POT_OK)
        return pot_fail(err, POT_E_FORMAT, "the character map is cut short");
    pot_charsmap m = {.n = size / 4, .n_texts = (uint32_t)pot_rd_left(&r)};
    uint32_t *unit = pot_arena_new(a, m.n + 1, sizeof *unit);
    m.texts = pot_arena_str(a, (const char *)trie.p + trie.n, m.n_texts);
    if (!unit || !m.texts) return pot_fail_mem(err);
    pot_rd units = pot_rd_over(trie, NULL, err);
    for (uint32_t i = 0; i < m.n; i++)
        POT_TRY(pot_rd_u32le(&units, &unit[i]));
    m.unit = unit;
    POT_TRY(check(&m, err));
    *out = m;
    return POT_OK;
}
