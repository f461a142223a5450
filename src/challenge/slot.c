/* Malformed slots are our own mistakes: they stop a run at once, and test_challenge_text
 * expands every alternative of every rule. */
#include "challenge/slot.h"

#include "challenge/tables.h"

#include <assert.h>
#include <string.h>

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

pot_text pot_text_of(const char *s)
{
    return (pot_text){s, strlen(s)};
}

static uint32_t number(const char **p, const char *end)
{
    uint32_t v = 0;
    while (*p < end && is_digit(**p))
        v = v * 10 + (uint32_t)(*(*p)++ - '0');
    return v;
}

static const char *parse_flags(pot_slot *s, const char *p)
{
    for (;; p++) {
        if (*p == '^') s->capital = true;
        else if (*p == '!') s->silent = true;
        else if (p[0] == 'a' && p[1] == ' ') s->article = true, p++;
        else return p;
    }
}

/* Just behind the bracket that closes the one at p. */
static const char *behind(const char *p, const char *end, char open, char close)
{
    int depth = 0;
    do {
        assert(p < end);
        depth += *p == open ? 1 : *p == close ? -1 : 0;
        p++;
    } while (depth > 0);
    return p;
}

/* lo-hi, (expression), rule or variable */
static const char *parse_source(pot_slot *s, const char *p, const char *end)
{
    const char *start = p;
    if (is_digit(*p)) {
        s->kind = POT_SLOT_RANGE;
        s->lo = number(&p, end);
        assert(*p == '-');
        p++;
        s->hi = number(&p, end);
        assert(s->lo < s->hi);
    } else if (*p == '(') {
        s->kind = POT_SLOT_EXPR;
        p = behind(p, end, '(', ')');
    } else {
        while (p < end && (is_letter(*p) || is_digit(*p) || *p == '_'))
            p++;
        s->kind = p - start == 1 ? POT_SLOT_VAR : POT_SLOT_RULE;
    }
    assert(p > start);
    s->source = (pot_text){start, (size_t)(p - start)};
    return p;
}

static pot_slot parse_slot(const char *p, const char *end)
{
    pot_slot s = {.bind = -1, .other = -1};
    p = parse_flags(&s, p);
    if (*p == '|' || *p == '@') {
        s.kind = *p == '|' ? POT_SLOT_CHOICE : POT_SLOT_POOL;
        s.source = (pot_text){p + 1, (size_t)(end - p - 1)};
        return s;
    }
    if (is_letter(p[0]) && p[1] == '=') {
        s.bind = p[0] - 'a';
        p += 2;
    }
    p = parse_source(&s, p, end);
    while (p < end) {
        const char suffix = *p++;
        assert(suffix == '~' || suffix == '.' || suffix == ':');
        if (suffix == '~') s.other = *p++ - 'a';
        else if (suffix == ':') s.format = *p++;
        else s.form = number(&p, end);
    }
    assert(p == end);
    return s;
}

bool pot_piece_next(pot_piece *out, pot_text *template)
{
    const char *p = template->p, *end = p + template->n;
    if (p == end) return false;
    *out = (pot_piece){.text = {p, 1}};
    if ((*p == '{' || *p == '}') && end - p > 1 && p[1] == *p) {
        p += 2;
    } else if (*p == '{') {
        const char *start = p + 1;
        p = behind(p, end, '{', '}');
        out->is_slot = true;
        out->slot = parse_slot(start, p - 1);
    } else {
        assert(*p != '}');
        while (p < end && *p != '{' && *p != '}')
            p++;
        out->text.n = (size_t)(p - template->p);
    }
    *template = (pot_text){p, (size_t)(end - p)};
    return true;
}

/* The next `|` outside inner slots, or the end. */
static const char *bar(const char *p, const char *end)
{
    for (int depth = 0; p < end && (depth > 0 || *p != '|'); p++)
        depth += *p == '{' ? 1 : *p == '}' ? -1 : 0;
    return p;
}

pot_text pot_part(pot_text s, unsigned k)
{
    const char *p = s.p, *end = s.p + s.n;
    for (; k > 0; k--) {
        p = bar(p, end) + 1;
        assert(p <= end);
    }
    return (pot_text){p, (size_t)(bar(p, end) - p)};
}

unsigned pot_part_count(pot_text s)
{
    const char *p = s.p, *end = s.p + s.n;
    unsigned k = 1;
    while ((p = bar(p, end)) < end) {
        k++;
        p++;
    }
    return k;
}

static const pot_rule *find_in(const pot_rule *r, pot_text name)
{
    for (; r->name; r++)
        if (*r->name == *name.p && strncmp(r->name, name.p, name.n) == 0 && !r->name[name.n])
            return r;
    return NULL;
}

const pot_rule *pot_rule_find(const pot_rule *own, pot_text name)
{
    const pot_rule *r = find_in(own, name);
    if (!r) r = find_in(pot_common_rules, name);
    assert(r);
    return r;
}

/* sum = product {(+|-) product}, product = factor {(*|/|%) factor}, factor = number, variable
 * or (sum).  Each function leaves *p behind what it read. */
static int64_t sum(const char **p, const char *end, const int64_t *var);

static int64_t factor(const char **p, const char *end, const int64_t *var)
{
    if (is_letter(**p)) return var[*(*p)++ - 'a'];
    if (**p != '(') return number(p, end);
    ++*p;
    const int64_t v = sum(p, end, var);
    ++*p;
    return v;
}

static int64_t product(const char **p, const char *end, const int64_t *var)
{
    int64_t v = factor(p, end, var);
    while (*p < end && (**p == '*' || **p == '/' || **p == '%')) {
        const char op = *(*p)++;
        const int64_t w = factor(p, end, var);
        assert(op == '*' || w != 0);
        v = op == '*' ? v * w : op == '/' ? v / w : v % w;
    }
    return v;
}

static int64_t sum(const char **p, const char *end, const int64_t *var)
{
    int64_t v = product(p, end, var);
    while (*p < end && (**p == '+' || **p == '-')) {
        const char op = *(*p)++;
        const int64_t w = product(p, end, var);
        v = op == '+' ? v + w : v - w;
    }
    return v;
}

int64_t pot_expr(pot_text expression, const int64_t *var)
{
    const char *p = expression.p;
    return sum(&p, p + expression.n, var);
}
