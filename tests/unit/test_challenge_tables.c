/* The prompt tables, rule by rule and along every path that a text can take: names exist,
 * variables are set before they are used, words are clean. */
#include "challenge/tables.h"
#include "t.h"

#include <string.h>
#include <strings.h>

/* What is certain about the variables at some point of a text. */
typedef struct {
    bool set, number;
    const pot_rule *rule; /* of a word; NULL: text, number or not certain */
} known;

typedef struct {
    known var[26];
} state;

static const pot_rule *rules; /* of the family under test */
static pot_text here;         /* the template under test */

#define SEEN_MAX 1024
static const pot_rule *seen[SEEN_MAX];
static unsigned seen_n;

static void mark_seen(const pot_rule *r)
{
    for (unsigned i = 0; i < seen_n; i++)
        if (seen[i] == r) return;
    CHECK(seen_n < SEEN_MAX);
    seen[seen_n++] = r;
}

static bool was_seen(const pot_rule *r)
{
    for (unsigned i = 0; i < seen_n; i++)
        if (seen[i] == r) return true;
    return false;
}

static void fail_slot(const pot_slot *s, const char *why)
{
    fprintf(stderr, "slot {%.*s}: %s, in: %.*s\n", (int)s->source.n, s->source.p, why, (int)here.n,
            here.p);
    exit(1);
}

/* What holds whichever way was taken. */
static void meet(state *into, const state *other)
{
    for (int x = 0; x < 26; x++) {
        known *a = &into->var[x];
        const known *b = &other->var[x];
        a->set &= b->set;
        a->number &= b->number;
        if (a->rule != b->rule) a->rule = NULL;
    }
}

static void walk(state *st, pot_text template);

static void walk_all(state *st, const pot_rule *r)
{
    state all = {0};
    for (unsigned k = 0; k < r->n; k++) {
        state one = *st;
        walk(&one, pot_text_of(r->alt[k]));
        if (k == 0) all = one;
        else meet(&all, &one);
    }
    *st = all;
}

/* A pool may take any alternative after any other. */
static void walk_pool(state *st, const pot_rule *r)
{
    state around = *st;
    for (int round = 0; round < 3; round++)
        for (unsigned k = 0; k < r->n; k++) {
            state one = around;
            walk(&one, pot_text_of(r->alt[k]));
            meet(&around, &one);
        }
    *st = around;
}

/* English wants "a unicorn" and "an hour": no word behind an article may be of that kind. */
static void check_article(const pot_slot *s, const pot_rule *r)
{
    static const char *const odd[] = {"uni",  "us",  "uk",   "ut", "eu", "ew", "one",
                                      "hour", "hon", "heir", "8",  "11", "18"};
    for (unsigned k = 0; r->forms && k < r->n; k++) {
        const pot_text w = pot_part(pot_text_of(r->alt[k]), s->form);
        for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
            if (strncasecmp(w.p, odd[i], strlen(odd[i])) == 0 && strncmp(w.p, "usher", 5) != 0)
                fail_slot(s, r->alt[k]);
    }
}

static bool is_number_word(const pot_rule *r)
{
    if (r->forms < 2) return false;
    const pot_text form = pot_part(pot_text_of(r->alt[0]), 1);
    return *form.p >= '0' && *form.p <= '9';
}

static known walk_rule(state *st, const pot_slot *s)
{
    const pot_rule *r = pot_rule_find(rules, s->source);
    mark_seen(r);
    if (s->form >= (r->forms ? r->forms : 1)) fail_slot(s, "no such form");
    if (s->format) fail_slot(s, "a format on a rule");
    if (s->other >= 0 && (!r->forms || st->var[s->other].rule != r))
        fail_slot(s, "not the same rule as the other");
    if (s->article) check_article(s, r);
    if (r->forms) return (known){true, is_number_word(r), r};
    walk_all(st, r);
    return (known){.set = true};
}

static void walk_var(const state *st, const pot_slot *s)
{
    const known *v = &st->var[*s->source.p - 'a'];
    if (!v->set) fail_slot(s, "not set on every way here");
    if (s->form && (!v->rule || s->form >= v->rule->forms)) fail_slot(s, "no such form");
    if (s->format && !v->number) fail_slot(s, "a format on a word");
    if (s->article && v->rule) check_article(s, v->rule);
}

static void walk_expr(const state *st, const pot_slot *s)
{
    for (size_t i = 0; i < s->source.n; i++) {
        const char c = s->source.p[i];
        if (c >= 'a' && c <= 'z' && !st->var[c - 'a'].number) fail_slot(s, "not a number");
        CHECK(strchr("abcdefghijklmnopqrstuvwxyz0123456789+-*/%()", c));
    }
}

static void walk_choice(state *st, const pot_slot *s)
{
    state all = {0};
    for (unsigned k = 0; k < pot_part_count(s->source); k++) {
        state one = *st;
        walk(&one, pot_part(s->source, k));
        if (k == 0) all = one;
        else meet(&all, &one);
    }
    *st = all;
}

static void walk_slot(state *st, const pot_slot *s)
{
    known got = {.set = true, .number = true};
    switch (s->kind) {
    case POT_SLOT_RULE:
        got = walk_rule(st, s);
        break;
    case POT_SLOT_POOL:
        mark_seen(pot_rule_find(rules, s->source));
        walk_pool(st, pot_rule_find(rules, s->source));
        break;
    case POT_SLOT_RANGE:
        break;
    case POT_SLOT_EXPR:
        walk_expr(st, s);
        break;
    case POT_SLOT_VAR:
        walk_var(st, s);
        got = st->var[*s->source.p - 'a'];
        break;
    case POT_SLOT_CHOICE:
        walk_choice(st, s);
        break;
    }
    if (s->bind >= 0) st->var[s->bind] = got;
}

static void walk(state *st, pot_text template)
{
    pot_piece piece;
    const pot_text whole = template;
    while (pot_piece_next(&piece, &template)) {
        here = whole;
        if (piece.is_slot) walk_slot(st, &piece.slot);
    }
}

static void test_ways(void)
{
    for (int f = 0; f < POT_FAMILIES; f++) {
        rules = pot_family_rules[f];
        const pot_rule *genre = pot_rule_find(rules, pot_text_of("genre"));
        mark_seen(genre);
        walk_all(&(state){0}, genre);
        for (const pot_rule *r = rules; r->name; r++)
            if (!was_seen(r)) fprintf(stderr, "rule %s is never used\n", r->name), exit(1);
    }
    for (const pot_rule *r = pot_common_rules; r->name; r++)
        if (!was_seen(r)) fprintf(stderr, "rule %s is never used\n", r->name), exit(1);
}

static void check_text(const pot_rule *r, const char *alt)
{
    for (const char *p = alt; *p; p++)
        if ((*p < ' ' || *p > '~') && *p != '\n' && *p != '\t') {
            fprintf(stderr, "%s: not printable ASCII: %s\n", r->name, alt);
            exit(1);
        }
    if (r->forms && (pot_part_count(pot_text_of(alt)) != r->forms || strpbrk(alt, "{}") || !*alt)) {
        fprintf(stderr, "%s: not a word of %u forms: %s\n", r->name, r->forms, alt);
        exit(1);
    }
}

static void check_rules(const pot_rule *table)
{
    for (const pot_rule *r = table; r->name; r++) {
        CHECK(r->n > 0 && strlen(r->name) > 1);
        CHECK(strspn(r->name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(r->name));
        for (const pot_rule *s = table; s < r; s++)
            CHECK(strcmp(r->name, s->name) != 0);
        for (unsigned i = 0; i < r->n; i++) {
            check_text(r, r->alt[i]);
            for (unsigned j = 0; r->forms && j < i; j++)
                if (strcmp(r->alt[i], r->alt[j]) == 0)
                    fprintf(stderr, "%s: twice: %s\n", r->name, r->alt[i]), exit(1);
        }
    }
}

static void test_words(void)
{
    check_rules(pot_common_rules);
    for (int f = 0; f < POT_FAMILIES; f++)
        check_rules(pot_family_rules[f]);
}

static void test_notation(void)
{
    pot_piece p;
    pot_text t = pot_text_of("a{{b}}{^a x=word~y.2}{!n=10-250:4}{(n*(x+2)):w}{|p|q {x} r|}{@more}");
    CHECK(pot_piece_next(&p, &t) && !p.is_slot && p.text.n == 1 && *p.text.p == 'a');
    CHECK(pot_piece_next(&p, &t) && !p.is_slot && p.text.n == 1 && *p.text.p == '{');
    CHECK(pot_piece_next(&p, &t) && !p.is_slot && *p.text.p == 'b');
    CHECK(pot_piece_next(&p, &t) && !p.is_slot && p.text.n == 1 && *p.text.p == '}');
    CHECK(pot_piece_next(&p, &t) && p.is_slot && p.slot.kind == POT_SLOT_RULE);
    CHECK(p.slot.capital && p.slot.article && !p.slot.silent && p.slot.form == 2);
    CHECK(p.slot.bind == 'x' - 'a' && p.slot.other == 'y' - 'a' && p.slot.source.n == 4);
    CHECK(pot_piece_next(&p, &t) && p.slot.kind == POT_SLOT_RANGE && p.slot.silent);
    CHECK(p.slot.lo == 10 && p.slot.hi == 250 && p.slot.format == '4');
    CHECK(pot_piece_next(&p, &t) && p.slot.kind == POT_SLOT_EXPR && p.slot.format == 'w');
    CHECK(pot_piece_next(&p, &t) && p.slot.kind == POT_SLOT_CHOICE);
    CHECK(pot_part_count(p.slot.source) == 3 && pot_part(p.slot.source, 1).n == 7);
    CHECK(pot_part(p.slot.source, 2).n == 0);
    CHECK(pot_piece_next(&p, &t) && p.slot.kind == POT_SLOT_POOL && p.slot.source.n == 4);
    CHECK(!pot_piece_next(&p, &t));
}

static void test_expressions(void)
{
    const int64_t var[26] = {7, 3};
    CHECK(pot_expr(pot_text_of("(a)"), var) == 7);
    CHECK(pot_expr(pot_text_of("(a-b-1)"), var) == 3);
    CHECK(pot_expr(pot_text_of("(a+b*2)"), var) == 13);
    CHECK(pot_expr(pot_text_of("((a+b)*2)"), var) == 20);
    CHECK(pot_expr(pot_text_of("(100/a/b)"), var) == 4);
    CHECK(pot_expr(pot_text_of("(100%a+b)"), var) == 5);
    CHECK(pot_expr(pot_text_of("((a*60+59)/60*10%(b+1))"), var) == 2);
}

int main(void)
{
    test_notation();
    test_expressions();
    test_words();
    test_ways();
    return 0;
}
