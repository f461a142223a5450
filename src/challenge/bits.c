/* The structure of a text, c, is the choice of every template and of every slot that is not
 * counted here.  Given c, the text is a row of literal runs and counted slots, which are
 * uniform, independent, and decodable from left to right because the alternatives of each,
 * with the byte that follows, are prefix-free.  So P(text | c) <= 2^-bits(c), and
 * P(text) = sum over c of P(c) P(text | c) <= 2^-min bits(c).  Positions are worst cases:
 * every slot is as long as it can be. */
#include "challenge/bits.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define NUMBER_MOST   INT64_C(9999999999) /* grammar.c refuses more */
#define WORDS_LONGEST 31                  /* seven hundred and seventy-seven */

typedef struct {
    const pot_rule *rules;
    unsigned window;      /* bytes that count */
    unsigned longest[26]; /* of each variable so far */
    int64_t most[26];     /* the same of its number; 0: not known */
} measure;

typedef struct {
    double bits;
    unsigned at; /* bytes before and in what was measured, at most */
} span;

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Is a + follow a prefix of b + follow?  The first letters are compared without case, as a
 * slot may capitalize them.  follow 0: unknown, so a alone must not be a prefix. */
static bool starts(pot_text a, pot_text b, char follow)
{
    if (a.n > b.n) return false;
    if (a.n && lower(*a.p) != lower(*b.p)) return false;
    if (a.n && memcmp(a.p + 1, b.p + 1, a.n - 1) != 0) return false;
    return a.n == b.n || follow == 0 || b.p[a.n] == follow;
}

#define LIST_MAX 640

typedef struct { /* the words of a rule in one form, or the parts of a choice */
    unsigned n;
    size_t longest;
    pot_text text[LIST_MAX];
} list;

static void list_add(list *l, pot_text text)
{
    assert(l->n < LIST_MAX);
    if (text.n > l->longest) l->longest = text.n;
    l->text[l->n++] = text;
}

static bool prefix_free(const list *l, char follow)
{
    for (unsigned i = 0; i < l->n; i++)
        for (unsigned j = 0; j < l->n; j++)
            if (i != j && starts(l->text[i], l->text[j], follow)) return false;
    return true;
}

/* A slot of n alternatives, the longest of `len` bytes: counted if `decodable` and if it ends
 * inside the window, the byte after it included. */
static span counted(const measure *m, unsigned at, unsigned len, unsigned n, bool decodable)
{
    at += len;
    return (span){decodable && n > 1 && at + 1 <= m->window ? log2(n) : 0, at};
}

static span list_span(const measure *m, const list *l, char follow, unsigned at)
{
    const unsigned len = (unsigned)l->longest;
    const bool decodable = at + len + 1 <= m->window && prefix_free(l, follow);
    return counted(m, at, len, l->n, decodable);
}

/* With another word left out, the others are one fewer and are still prefix-free. */
static span word_span(const measure *m, const pot_rule *r, const pot_slot *s, char follow,
                      unsigned at)
{
    list l = {.n = 0};
    for (unsigned k = 0; k < r->n; k++)
        list_add(&l, pot_part(pot_text_of(r->alt[k]), s->form));
    span got = list_span(m, &l, follow, at);
    if (got.bits > 0 && s->other >= 0) got.bits = log2(l.n - 1);
    return got;
}

static unsigned digits(int64_t v, char format)
{
    unsigned n = 1;
    while (v >= 10) {
        v /= 10;
        n++;
    }
    const unsigned width = format >= '1' && format <= '9' ? (unsigned)(format - '0') : 1;
    if (n < width) n = width;
    return format == ',' ? n + (n - 1) / 3 : n;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static span range_span(const measure *m, const pot_slot *s, char follow, unsigned at)
{
    const unsigned n = s->hi - s->lo + 1;
    if (s->format == 'w') {
        const bool ends = follow && follow != '-' && (follow < 'a' || follow > 'z');
        return counted(m, at, s->hi < 100 ? 13 : WORDS_LONGEST, n, s->hi < 100 && ends);
    }
    const bool same = digits(s->lo, s->format) == digits(s->hi, s->format);
    const bool ends = follow && !is_digit(follow) && !(follow == ',' && s->format == ',');
    return counted(m, at, digits(s->hi, s->format), n, same || ends);
}

/* The most that an expression can be: its value with every variable at its most, if all it
 * does is to add and multiply. */
static int64_t expr_most(const measure *m, pot_text e)
{
    for (size_t i = 0; i < e.n; i++) {
        const char c = e.p[i];
        if (c == '-' || c == '/' || c == '%') return NUMBER_MOST;
        if (c >= 'a' && c <= 'z' && !m->most[c - 'a']) return NUMBER_MOST;
    }
    const int64_t v = pot_expr(e, m->most);
    return v < NUMBER_MOST ? v : NUMBER_MOST;
}

static unsigned number_longest(int64_t most, char format)
{
    return format == 'w' ? WORDS_LONGEST : digits(most, format);
}

static span var_span(const measure *m, const pot_slot *s, unsigned at)
{
    const int x = *s->source.p - 'a';
    const int64_t most = m->most[x] ? m->most[x] : NUMBER_MOST;
    return (span){0, at + (s->format ? number_longest(most, s->format) : m->longest[x])};
}

static span template_span(measure *m, pot_text template, char follow, unsigned at);

static void keep_worst(span *worst, span s)
{
    if (s.bits < worst->bits) worst->bits = s.bits;
    if (s.at > worst->at) worst->at = s.at;
}

/* A choice between plain texts is a list; with slots inside it belongs to the structure. */
static span choice_span(measure *m, const pot_slot *s, char follow, unsigned at)
{
    list l = {.n = 0};
    for (unsigned k = 0; k < pot_part_count(s->source); k++)
        list_add(&l, pot_part(s->source, k));
    if (!memchr(s->source.p, '{', s->source.n)) return list_span(m, &l, follow, at);
    span worst = {HUGE_VAL, at};
    for (unsigned k = 0; k < l.n; k++)
        keep_worst(&worst, template_span(m, l.text[k], follow, at));
    return worst;
}

static span rule_span(measure *m, const pot_rule *r, char follow, unsigned at)
{
    span worst = {HUGE_VAL, at};
    for (unsigned k = 0; k < r->n; k++)
        keep_worst(&worst, template_span(m, pot_text_of(r->alt[k]), follow, at));
    return worst;
}

/* A pool goes on beyond the window: any text that it can begin with, then any other. */
static span pool_span(measure *m, const pot_rule *r, unsigned at)
{
    span all = {0, at};
    while (all.at < m->window) {
        const span next = rule_span(m, r, 0, all.at);
        all = (span){all.bits + next.bits, next.at};
    }
    return all;
}

static span source_span(measure *m, const pot_slot *s, char follow, unsigned at)
{
    const pot_rule *r = NULL;
    switch (s->kind) {
    case POT_SLOT_RANGE:
        return range_span(m, s, follow, at);
    case POT_SLOT_EXPR:
        return (span){0, at + number_longest(expr_most(m, s->source), s->format)};
    case POT_SLOT_VAR:
        return var_span(m, s, at);
    case POT_SLOT_CHOICE:
        return choice_span(m, s, follow, at);
    case POT_SLOT_POOL:
        return pool_span(m, pot_rule_find(m->rules, s->source), at);
    case POT_SLOT_RULE:
        break;
    }
    r = pot_rule_find(m->rules, s->source);
    if (!r->forms) return rule_span(m, r, follow, at);
    return word_span(m, r, s, follow, at);
}

static unsigned longest_form(const pot_rule *r)
{
    unsigned most = 0;
    for (unsigned k = 0; k < r->n; k++)
        for (unsigned f = 0; f < r->forms; f++) {
            const size_t n = pot_part(pot_text_of(r->alt[k]), f).n;
            if (n > most) most = (unsigned)n;
        }
    return most;
}

static void bind(measure *m, const pot_slot *s, unsigned len)
{
    if (s->kind == POT_SLOT_RULE) {
        const pot_rule *r = pot_rule_find(m->rules, s->source);
        if (r->forms) len = longest_form(r);
    }
    if (len > m->longest[s->bind]) m->longest[s->bind] = len;
    int64_t most = s->kind == POT_SLOT_RANGE ? s->hi : 0;
    if (s->kind == POT_SLOT_EXPR) most = expr_most(m, s->source);
    if (most > m->most[s->bind]) m->most[s->bind] = most;
}

static span slot_span(measure *m, const pot_slot *s, char follow, unsigned at)
{
    const span got = source_span(m, s, follow, at + (s->article ? 3 : 0));
    if (s->bind >= 0) bind(m, s, got.at - at);
    return s->silent ? (span){0, at} : got;
}

/* The byte that `rest` prints first; `follow` if it is empty, 0 if a slot prints it. */
static char next_byte(pot_text rest, char follow)
{
    if (rest.n == 0) return follow;
    return *rest.p == '{' && rest.n > 1 && rest.p[1] != '{' ? 0 : *rest.p;
}

static span template_span(measure *m, pot_text template, char follow, unsigned at)
{
    span all = {0, at};
    pot_piece piece;
    while (all.at < m->window && pot_piece_next(&piece, &template)) {
        if (!piece.is_slot) {
            all.at += (unsigned)piece.text.n;
            continue;
        }
        const span got = slot_span(m, &piece.slot, next_byte(template, follow), all.at);
        all = (span){all.bits + got.bits, got.at};
    }
    return all;
}

double pot_rule_bits(const pot_rule *rules, const char *start, unsigned window)
{
    measure m = {.rules = rules, .window = window};
    return rule_span(&m, pot_rule_find(rules, pot_text_of(start)), 0, 0).bits;
}
