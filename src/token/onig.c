#include "token/onig.h"

#include "base/utf8.h"
#include "token/chars.h"
#include "token/unicode.h"

#include <stdio.h>
#include <string.h>

#define MAX_DEPTH 100
#define NO_ATOM   SIZE_MAX

typedef struct {
    size_t at;         /* where in `out` it begins */
    bool icase;        /* inside (?i: */
    bool look;         /* a look-around */
    bool empty;        /* what this alternative holds so far may match nothing */
    bool empty_before; /* the same without its last item */
    bool any_empty;    /* an alternative before this one may match nothing */
} group;

typedef struct {
    const uint8_t *p, *end;
    pot_buf *out;
    char *why;                   /* [160] */
    size_t atom;                 /* where in `out` the item that a quantifier would repeat begins */
    bool is_group, may_be_empty; /* that item */
    char last;                   /* the ASCII letter just before, in lower case, or 0 */
    unsigned depth;
    group group[MAX_DEPTH + 1];
} rewriter;

static pot_status refuse(rewriter *r, const char *what)
{
    int left = (int)(r->end - r->p < 24 ? r->end - r->p : 24);
    while (left > 0 && r->p + left < r->end && (r->p[left] & 0xc0) == 0x80)
        left--; /* not in the middle of a character */
    snprintf(r->why, 160, "%s, before \"%.*s\"", what, left, (const char *)r->p);
    return POT_E_UNSUPPORTED;
}

static bool icase(const rewriter *r)
{
    return r->group[r->depth].icase;
}

static bool next_is(const rewriter *r, const char *s)
{
    const size_t n = strlen(s);
    return (size_t)(r->end - r->p) >= n && memcmp(r->p, s, n) == 0;
}

static bool letter(uint32_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool one_of(int c, const char *set)
{
    return c && strchr(set, c);
}

/* An item that matches one character begins here in `out`. */
static void begin_item(rewriter *r)
{
    group *g = &r->group[r->depth];
    r->atom = r->out->n;
    r->is_group = r->may_be_empty = false;
    g->empty_before = g->empty;
    g->empty = false;
}

static void put_point(pot_buf *out, uint32_t cp)
{
    if (letter(cp) || (cp >= '0' && cp <= '9')) pot_buf_fmt(out, "%c", (char)cp);
    else pot_buf_fmt(out, "\\x{%x}", (unsigned)cp);
}

void pot_onig_literal(pot_buf *out, const char *s, size_t n)
{
    uint32_t cp;
    for (size_t i = 0; i < n;) {
        i += pot_char_at(s + i, &cp);
        put_point(out, cp);
    }
}

/* The members of a named set, as they stand inside a PCRE2 class. */
static bool put_prop(pot_buf *out, const char *name, size_t n)
{
    for (size_t i = 0; i < pot_props_n; i++) {
        const pot_prop *p = &pot_props[i];
        if (strlen(p->name) != n || memcmp(p->name, name, n) != 0) continue;
        pot_buf_str(out, p->pcre);
        for (size_t j = 0; j < p->extra.n; j++)
            pot_buf_fmt(out, "\\x{%x}-\\x{%x}", (unsigned)p->extra.r[j].lo,
                        (unsigned)p->extra.r[j].hi);
        return true;
    }
    return false;
}

#define SPACE                                                                                      \
    "\\x{9}-\\x{d}\\x{20}\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}"    \
    "\\x{205f}\\x{3000}"
#define NOT_SPACE                                                                                  \
    "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{84}\\x{86}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-"         \
    "\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}"        \
    "\\x{3001}-\\x{d7ff}\\x{e000}-\\x{10ffff}"

/* \p{Name} after the p: its name. */
static pot_status prop_name(rewriter *r, const char **name, size_t *n)
{
    const uint8_t *close = NULL;
    if (r->p < r->end && *r->p == '{') close = memchr(r->p, '}', (size_t)(r->end - r->p));
    if (!close) return refuse(r, "\\p without {name}");
    *name = (const char *)r->p + 1;
    *n = (size_t)(close - r->p) - 1;
    r->p = close + 1;
    return POT_OK;
}

#define SETS "sSdDwWhHpP" /* the letters of escapes that stand for sets */

/* Such an escape after its letter c, in a class or not: members into `out`, and whether they
 * are negated. */
static pot_status set_escape(rewriter *r, char c, bool in_class, pot_buf *out, bool *negated)
{
    const char low = (char)(c | 0x20), *name = low == 'd' ? "Nd" : in_class ? "[w]" : "w";
    size_t n = strlen(name);

    *negated = low != c;
    if (low == 's') return pot_buf_str(out, SPACE), POT_OK;
    if (low == 'h') return pot_buf_str(out, "0-9A-Fa-f"), POT_OK;
    if (low == 'p') POT_TRY(prop_name(r, &name, &n));
    if (icase(r)) return refuse(r, "a property under (?i");
    if (!put_prop(out, name, n)) {
        r->p = (const uint8_t *)name;
        return refuse(r, "an unknown property");
    }
    return POT_OK;
}

/* \x41 or \x{41}, after the x. */
static pot_status hex_escape(rewriter *r, uint32_t *cp)
{
    const bool braced = r->p < r->end && *r->p == '{';
    uint32_t v = 0;
    unsigned n = 0;
    for (r->p += braced; r->p < r->end && n < (braced ? 6u : 2u); r->p++, n++) {
        const uint8_t low = *r->p | 0x20;
        if (*r->p >= '0' && *r->p <= '9') v = v << 4 | (uint32_t)(*r->p - '0');
        else if (low >= 'a' && low <= 'f') v = v << 4 | (uint32_t)(low - 'a' + 10);
        else break;
    }
    if (braced && r->p < r->end && *r->p == '}') r->p++;
    else if (braced || v > 0x7f) n = 0; /* a lone byte above 7f is not a character */
    if (!n || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff)) return refuse(r, "a bad \\x escape");
    *cp = v;
    return POT_OK;
}

/* An escape that stands for one character, after the backslash. */
static pot_status char_escape(rewriter *r, uint32_t *cp)
{
    static const char names[] = "tnrfvae", values[] = "\t\n\r\f\v\a\x1b";
    const uint8_t c = *r->p;
    const char *at = one_of(c, names) ? strchr(names, c) : NULL;
    if (!at && c != 'x' && (c >= 0x80 || letter(c) || (c >= '0' && c <= '9')))
        return refuse(r, "an escape that may mean something else");
    r->p++;
    if (c == 'x') return hex_escape(r, cp);
    *cp = at ? (uint8_t)values[at - names] : c;
    return POT_OK;
}

/* One character, escaped or as it stands. */
static pot_status one_char(rewriter *r, uint32_t *cp)
{
    if (*r->p != '\\') r->p += pot_char_at((const char *)r->p, cp);
    else if (++r->p == r->end) return refuse(r, "a backslash at the end");
    else POT_TRY(char_escape(r, cp));
    return *cp >= 0x80 && icase(r) ? refuse(r, "a character beyond ASCII under (?i") : POT_OK;
}

/* A literal or a range in a class, from its first character. */
static pot_status class_range(rewriter *r, pot_buf *items)
{
    uint32_t lo, hi;
    POT_TRY(one_char(r, &lo));
    put_point(items, lo);
    if (!next_is(r, "-") || r->end - r->p < 2 || r->p[1] == ']') return POT_OK;
    r->p++;
    const bool set = *r->p == '\\' && r->end - r->p > 1 && one_of(r->p[1], SETS);
    if (set || *r->p == '[' || next_is(r, "&&")) return refuse(r, "a range that ends in a class");
    POT_TRY(one_char(r, &hi));
    if (hi < lo) return refuse(r, "a range that runs backwards");
    pot_buf_str(items, "-");
    put_point(items, hi);
    if (next_is(r, "-") && r->end - r->p > 1 && r->p[1] != ']')
        return refuse(r, "a hyphen after a range");
    return POT_OK;
}

/* One member of a class that begins with a backslash. */
static pot_status class_escape(rewriter *r, pot_buf *items)
{
    bool negated = false;
    const char c = (char)(r->end - r->p > 1 ? r->p[1] : 0);
    if (!one_of(c, SETS)) return class_range(r, items);
    r->p += 2;
    if (c == 'S') return pot_buf_str(items, NOT_SPACE), POT_OK;
    POT_TRY(set_escape(r, c, true, items, &negated));
    return negated ? refuse(r, "a negated set in a class") : POT_OK;
}

/* "[...]" at r->p: its members into `items`.  Classes in it that are not negated are
 * joined to it; "&&[^...]" at its end goes to `except`. */
static pot_status class_items(rewriter *r, pot_buf *items, pot_buf *except, bool *negated,
                              unsigned depth)
{
    r->p++;
    *negated = next_is(r, "^");
    r->p += *negated;
    if (next_is(r, "]")) return refuse(r, "a class that begins with ]");
    while (r->p < r->end && *r->p != ']') {
        bool inner_negated = false;
        if (next_is(r, "[:punct:]")) {
            put_prop(items, "P", 1);
            put_prop(items, "S", 1);
            r->p += 9;
        } else if (next_is(r, "[:")) {
            return refuse(r, "a POSIX class");
        } else if (*r->p == '[') {
            if (depth == 8) return refuse(r, "classes nested too deep");
            POT_TRY(class_items(r, items, NULL, &inner_negated, depth + 1));
            if (inner_negated) return refuse(r, "a negated class in a class");
        } else if (next_is(r, "&&")) {
            if (!except || *negated || !next_is(r, "&&[^")) return refuse(r, "an intersection");
            r->p += 2;
            POT_TRY(class_items(r, except, NULL, &inner_negated, depth + 1));
            if (!next_is(r, "]")) return refuse(r, "more after an intersection");
        } else if (*r->p == '\\') {
            POT_TRY(class_escape(r, items));
        } else {
            POT_TRY(class_range(r, items));
        }
    }
    if (r->p == r->end) return refuse(r, "a class that is not closed");
    r->p++;
    return POT_OK;
}

static pot_status put_class(rewriter *r)
{
    pot_buf items = POT_BUF(1 << 20), except = POT_BUF(1 << 20);
    bool negated;
    pot_status s = class_items(r, &items, &except, &negated, 0);
    if (s == POT_OK) s = items.status != POT_OK ? items.status : except.status;
    if (s == POT_OK && !items.n) s = refuse(r, "an empty class");
    if (s == POT_OK) {
        begin_item(r);
        if (except.n) pot_buf_fmt(r->out, "(?:(?![%s])", except.p);
        pot_buf_str(r->out, negated ? "[^" : "[");
        pot_buf_add(r->out, items.p, items.n);
        pot_buf_str(r->out, except.n ? "])" : "]");
        r->last = 0;
    }
    pot_buf_free(&items);
    pot_buf_free(&except);
    return s;
}

/* One literal character.  Under (?i: Oniguruma also folds some pairs of letters into one
 * character (ss = U+00DF, fi = U+FB01): patterns that hold such a pair are refused. */
static pot_status put_literal(rewriter *r, uint32_t cp)
{
    const char low = letter(cp) ? (char)(cp | 0x20) : 0;
    if (icase(r) && low && r->last) {
        static const char *const pairs[] = {"ss", "ff", "fi", "fl", "st"};
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
            if (pairs[i][0] == r->last && pairs[i][1] == low)
                return refuse(r, "ss, ff, fi, fl or st under (?i");
    }
    r->last = low;
    begin_item(r);
    put_point(r->out, cp);
    return POT_OK;
}

/* \s, \p{...} and the like, outside a class: after its letter. */
static pot_status put_set(rewriter *r, char c)
{
    pot_buf items = POT_BUF(1 << 20);
    bool negated = false;
    pot_status s = set_escape(r, c, false, &items, &negated);
    if (s == POT_OK) s = items.status;
    begin_item(r);
    r->last = 0;
    if (s == POT_OK) pot_buf_fmt(r->out, "[%s%s]", negated ? "^" : "", items.p);
    pot_buf_free(&items);
    return s;
}

static pot_status put_escape(rewriter *r)
{
    uint32_t cp;
    const char c = (char)(r->end - r->p > 1 ? r->p[1] : 0);
    if (c == 'A' || c == 'z') {
        pot_buf_fmt(r->out, "\\%c", c);
        r->p += 2;
        r->atom = NO_ATOM;
        return POT_OK;
    }
    if (one_of(c, SETS)) return r->p += 2, put_set(r, c);
    POT_TRY(one_char(r, &cp));
    return put_literal(r, cp);
}

/* "(" with what follows it, up to the first character inside. */
static pot_status put_open(rewriter *r)
{
    static const struct {
        const char *theirs, *ours;
        bool look;
        signed char icase; /* 1 on, -1 off, 0 as before */
    } kinds[] = {
        {"(?:", "(?:", false, 0},   {"(?i:", "(?i:", false, 1},   {"(?-i:", "(?-i:", false, -1},
        {"(?m:", "(?s:", false, 0}, {"(?mi:", "(?si:", false, 1}, {"(?im:", "(?si:", false, 1},
        {"(?=", "(?=", true, 0},    {"(?!", "(?!", true, 0},      {"(?<=", "(?<=", true, 0},
        {"(?<!", "(?<!", true, 0},  {"(?", NULL, false, 0},       {"(*", NULL, false, 0},
        {"(", "(?:", false, 0}, /* what it captures is of no interest */
    };
    size_t i = 0;
    while (!next_is(r, kinds[i].theirs))
        i++;
    if (!kinds[i].ours) return refuse(r, "a kind of group");
    if (r->depth == MAX_DEPTH) return refuse(r, "groups nested too deep");
    const bool ic = kinds[i].icase ? kinds[i].icase > 0 : icase(r);
    r->group[++r->depth] =
        (group){.at = r->out->n, .icase = ic, .look = kinds[i].look, .empty = true};
    pot_buf_str(r->out, kinds[i].ours);
    r->p += strlen(kinds[i].theirs);
    r->atom = NO_ATOM;
    return POT_OK;
}

static pot_status put_close(rewriter *r)
{
    if (!r->depth) return refuse(r, "a ) without (");
    const group done = r->group[r->depth--];
    group *g = &r->group[r->depth];
    pot_buf_str(r->out, ")");
    r->p++;
    r->atom = done.look ? NO_ATOM : done.at;
    r->is_group = true;
    r->may_be_empty = done.empty || done.any_empty;
    g->empty_before = g->empty;
    if (!done.look && !r->may_be_empty) g->empty = false;
    return POT_OK;
}

typedef struct {
    char text[32]; /* as PCRE2 writes it */
    unsigned min, max;
    bool braces, fixed; /* fixed: {n} */
} quantifier;

#define MAX_REPEAT 10000

/* "*", "+", "?", "{2}", "{2,}", "{,3}" or "{2,3}" at r->p. */
static pot_status read_quantifier(rewriter *r, quantifier *q)
{
    unsigned bound[2] = {0, 0}, digits[2] = {0, 0};
    bool comma = false;
    const char c = (char)*r->p;
    *q = (quantifier){.text = {c}, .min = c == '+', .max = c == '?' ? 1 : UINT32_MAX};
    r->p++;
    if (c != '{') return POT_OK;
    for (; r->p < r->end && *r->p != '}'; r->p++) {
        if (*r->p == ',' && !comma) comma = true;
        else if (*r->p >= '0' && *r->p <= '9' && ++digits[comma] <= 5)
            bound[comma] = bound[comma] * 10 + (unsigned)(*r->p - '0');
        else break;
    }
    const bool open = comma && !digits[1];
    const unsigned min = bound[0], max = open ? UINT32_MAX : bound[comma];
    if (!next_is(r, "}") || (!digits[0] && !digits[1]) || min > MAX_REPEAT || max < min ||
        (!open && max > MAX_REPEAT))
        return refuse(r, "a { that is not an interval of at most 10000");
    r->p++;
    *q = (quantifier){.min = min, .max = max, .braces = true, .fixed = !comma};
    if (!comma) snprintf(q->text, sizeof q->text, "{%u}", min);
    else if (open) snprintf(q->text, sizeof q->text, "{%u,}", min);
    else snprintf(q->text, sizeof q->text, "{%u,%u}", min, max);
    return POT_OK;
}

/* "x{1,3}+" is possessive in PCRE2; Oniguruma repeats the repetition: "(?:x{1,3})+". */
static pot_status repeat_again(rewriter *r, const quantifier *q)
{
    pot_buf item = POT_BUF(1 << 20);
    if (r->out->status != POT_OK) return r->out->status;
    pot_buf_add(&item, r->out->p + r->atom, r->out->n - r->atom);
    const pot_status s = item.status;
    r->out->n = r->atom;
    if (s == POT_OK) pot_buf_fmt(r->out, "(?:%s%s)+", item.p, q->text);
    pot_buf_free(&item);
    r->p++;
    return s;
}

static pot_status put_quantifier(rewriter *r)
{
    quantifier q;
    if (r->atom == NO_ATOM) return refuse(r, "nothing to repeat");
    if (icase(r) && (r->last == 's' || r->last == 'f'))
        return refuse(r, "s or f repeated under (?i");
    POT_TRY(read_quantifier(r, &q));
    /* The two libraries leave a loop that matches nothing at different times. */
    if (r->may_be_empty && q.max > 1) return refuse(r, "a repeated group that may match nothing");
    if (q.braces && next_is(r, "+")) {
        if (r->may_be_empty || !q.min) return refuse(r, "{0,n}+");
        POT_TRY(repeat_again(r, &q));
    } else {
        if (q.fixed && next_is(r, "?")) return refuse(r, "{n}?");
        /* PCRE2 10.42 compiles atomic groups with alternatives wrongly. */
        if (r->is_group && next_is(r, "+")) return refuse(r, "a possessive group");
        pot_buf_str(r->out, q.text);
        if (next_is(r, "+") || next_is(r, "?")) pot_buf_fmt(r->out, "%c", *r->p++);
    }
    if (r->p < r->end && one_of(*r->p, "*+?{")) return refuse(r, "a quantifier on a quantifier");
    if (!q.min) r->group[r->depth].empty = r->group[r->depth].empty_before;
    r->atom = NO_ATOM;
    r->last = 0;
    return POT_OK;
}

static pot_status put_sign(rewriter *r)
{
    group *g = &r->group[r->depth];
    const char c = (char)*r->p++;
    r->last = 0;
    r->atom = NO_ATOM;
    if (c == '.') begin_item(r);
    if (c == '|') {
        g->any_empty |= g->empty;
        g->empty = true;
    }
    pot_buf_add(r->out, &c, 1);
    return POT_OK;
}

static pot_status put_item(rewriter *r)
{
    uint32_t cp;
    if (*r->p == '\\') return put_escape(r);
    if (*r->p == '[') return put_class(r);
    if (*r->p == '(') return put_open(r);
    if (*r->p == ')') return put_close(r);
    if (one_of(*r->p, "*+?{")) return put_quantifier(r);
    if (one_of(*r->p, "|^$.")) return put_sign(r);
    POT_TRY(one_char(r, &cp));
    return put_literal(r, cp);
}

pot_status pot_onig_translate(pot_buf *out, char why[160], const char *pattern, size_t n)
{
    rewriter r = {.p = (const uint8_t *)pattern, .out = out, .why = why, .atom = NO_ATOM};
    r.end = r.p + n;
    r.group[0].empty = true;
    why[0] = '\0';
    if (n > POT_MAX_PATTERN) return refuse(&r, "a pattern longer than 64 KiB");
    if (pot_utf8_valid(r.p, n) < n) return refuse(&r, "bytes that are not UTF-8");
    while (r.p < r.end)
        POT_TRY(put_item(&r));
    if (r.depth) return refuse(&r, "a ( without )");
    return out->status;
}
