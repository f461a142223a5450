/* Bytes as JSON: refused with a byte of the text, or written again as valid UTF-8 that means the
 * same and is written the same the next time.
 * Target functions: pot_json_parse, pot_json_dump, pot_json_get, pot_json_at. */
#include "fuzz.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define MOST 65536

static void check(int ok)
{
    if (!ok) abort();
}

/* Every view has a path that fits, every getter answers. */
static void walk(const pot_json *at, unsigned depth)
{
    const char *key;
    json_t *v;
    check(strlen(at->path) < sizeof at->path);
    if (depth > 20) return;
    for (size_t i = 0; i < json_array_size(at->v) && i < 20; i++) {
        const pot_json to = pot_json_at(at, i);
        check(to.v == json_array_get(at->v, i) ||
              (!to.v && json_is_null(json_array_get(at->v, i))));
        walk(&to, depth + 1);
    }
    json_object_foreach(at->v, key, v)
    {
        const pot_json to = pot_json_get(at, key);
        uint32_t n = 7;
        double x = 7;
        pot_error err = {0};
        check(pot_json_has(at, key) == !json_is_null(v));
        const pot_status s = pot_json_u32(at, key, &n, &err);
        check(s == POT_OK ? json_integer_value(v) == n : n == 7 && err.place[0] == to.path[0]);
        check((pot_json_f64(at, key, &x, NULL) == POT_OK) == json_is_number(v));
        walk(&to, depth + 1);
    }
}

static void dump(pot_buf *out, json_t *v)
{
    check(pot_json_dump(out, v, false, NULL) == POT_OK);
    check(pot_utf8_valid((const uint8_t *)out->p, out->n) == out->n && !memchr(out->p, 0, out->n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pot_json doc = {0}, again = {0};
    pot_error err = {0};
    if (size > MOST) return 0;
    const pot_status s = pot_json_parse(&doc, (pot_bytes){data, size}, "f", &err);
    check(err.status == s && (s == POT_OK || s == POT_E_FORMAT));
    if (s != POT_OK) {
        check(err.msg[0] && err.file[0] && !doc.v);
        check(err.offset <= size || (!size && err.offset == POT_NO_OFFSET));
        return 0;
    }
    walk(&doc, 0);
    pot_buf one = POT_BUF(16 * MOST), two = POT_BUF(16 * MOST);
    dump(&one, doc.v); /* released */
    check(pot_json_parse(&again, (pot_bytes){(uint8_t *)one.p, one.n}, "f", NULL) == POT_OK);
    dump(&two, again.v);
    check(one.n == two.n && memcmp(one.p, two.p, one.n) == 0);
    pot_buf_free(&one);
    pot_buf_free(&two);
    check(pot_mem_used() == 0);
    return 0;
}
