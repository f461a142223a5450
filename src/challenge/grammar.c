/* The interpreter of the tables: docs/format/challenge.md, section 4, is its specification. */
#include "challenge/grammar.h"

#include "base/mem.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define VALUE_MAX  64
#define POOL_MAX   64
#define NUMBER_MAX INT64_C(9999999999)

typedef struct { /* what a variable remembers */
    enum { NOTHING, WORD, NUMBER, TEXT } kind;
    const char *word; /* borrowed from the table: all forms */
    unsigned index;   /* of the word in its rule */
    char text[VALUE_MAX];
} value;

typedef struct {
    char *out;
    size_t n, room, goal;
    bool full; /* something did not fit */
    const pot_rule *rules;
    pot_stream *stream;
    value var[26];
    int64_t number[26]; /* beside var[], as pot_expr wants them */
} prompt;

static void put(prompt *t, const char *s, size_t n)
{
    if (n > t->room - t->n) t->full = true;
    if (t->full) return;
    memcpy(t->out + t->n, s, n);
    t->n += n;
}

static void put_str(prompt *t, const char *s)
{
    put(t, s, strlen(s));
}

static void put_form(prompt *t, const char *word, unsigned k)
{
    const pot_text form = pot_part(pot_text_of(word), k);
    put(t, form.p, form.n);
}

/* 0 .. 999 in words: "three hundred and forty-two". */
static void put_words(prompt *t, unsigned v)
{
    static const char *const low[] = {"zero",    "one",     "two",       "three",    "four",
                                      "five",    "six",     "seven",     "eight",    "nine",
                                      "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                      "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
    static const char *const ten[] = {"",      "",      "twenty",  "thirty", "forty",
                                      "fifty", "sixty", "seventy", "eighty", "ninety"};
    assert(v < 1000);
    if (v >= 100) {
        put_str(t, low[v / 100]);
        put_str(t, v % 100 ? " hundred and " : " hundred");
        v %= 100;
        if (!v) return;
    }
    if (v >= 20) {
        put_str(t, ten[v / 10]);
        if (v % 10) put_str(t, "-");
        v %= 10;
        if (!v) return;
    }
    put_str(t, low[v]);
}

static void put_number(prompt *t, int64_t v, char format)
{
    char s[24];
    assert(v >= 0 && v <= NUMBER_MAX);
    if (format == 'w') {
        put_words(t, (unsigned)v);
        return;
    }
    const int width = format >= '1' && format <= '9' ? format - '0' : 1;
    const int n = snprintf(s, sizeof s, "%0*lld", width, (long long)v);
    for (int i = 0; i < n; i++) {
        if (format == ',' && i > 0 && (n - i) % 3 == 0) put_str(t, ",");
        put(t, s + i, 1);
    }
}

static void run(prompt *t, pot_text template);

/* A word may stand for a number: its second form, if it starts with a digit. */
static int64_t number_of(const char *word)
{
    const char *p = strchr(word, '|');
    int64_t v = 0;
    if (p)
        for (p++; *p >= '0' && *p <= '9'; p++)
            v = v * 10 + (*p - '0');
    return v;
}

static void do_rule(prompt *t, const pot_slot *s, value *v, int64_t *number)
{
    const pot_rule *r = pot_rule_find(t->rules, s->source);
    unsigned k;
    if (s->other < 0) {
        k = pot_stream_below(t->stream, r->n);
    } else {
        k = pot_stream_below(t->stream, r->n - 1);
        k += k >= t->var[s->other].index;
    }
    v->index = k;
    if (r->forms) {
        v->kind = WORD;
        v->word = r->alt[k];
        *number = r->forms > 1 ? number_of(v->word) : 0;
        put_form(t, v->word, s->form);
        return;
    }
    const size_t start = t->n;
    run(t, pot_text_of(r->alt[k]));
    v->kind = TEXT;
    *number = 0;
    if (s->bind < 0) return;
    assert(t->n - start < VALUE_MAX);
    memcpy(v->text, t->out + start, t->n - start);
    v->text[t->n - start] = '\0';
}

/* [C-7] */
static void do_pool(prompt *t, const pot_slot *s)
{
    const pot_rule *r = pot_rule_find(t->rules, s->source);
    unsigned left = 0, order[POOL_MAX];
    assert(r->n <= POOL_MAX);
    while (t->n < t->goal && !t->full) {
        if (left == 0)
            while (left < r->n) {
                order[left] = left;
                left++;
            }
        const unsigned k = pot_stream_below(t->stream, left);
        const size_t before = t->n;
        run(t, pot_text_of(r->alt[order[k]]));
        if (t->full) t->n = before;
        order[k] = order[--left];
    }
    t->full = false;
}

static void do_var(prompt *t, const pot_slot *s)
{
    const int x = *s->source.p - 'a';
    const value *v = &t->var[x];
    assert(v->kind != NOTHING);
    if (v->kind == NUMBER) put_number(t, t->number[x], s->format);
    else if (v->kind == TEXT) put_str(t, v->text);
    else put_form(t, v->word, s->form);
}

/* Print the source of a slot as it is; what it gave is left in *v and *number. */
static void do_source(prompt *t, const pot_slot *s, value *v, int64_t *number)
{
    switch (s->kind) {
    case POT_SLOT_RULE:
        do_rule(t, s, v, number);
        break;
    case POT_SLOT_POOL:
        do_pool(t, s);
        break;
    case POT_SLOT_RANGE:
        v->kind = NUMBER;
        *number = s->lo + pot_stream_below(t->stream, s->hi - s->lo + 1);
        put_number(t, *number, s->format);
        break;
    case POT_SLOT_EXPR:
        v->kind = NUMBER;
        *number = pot_expr(s->source, t->number);
        put_number(t, *number, s->format);
        break;
    case POT_SLOT_VAR:
        do_var(t, s);
        break;
    case POT_SLOT_CHOICE:
        run(t, pot_part(s->source, pot_stream_below(t->stream, pot_part_count(s->source))));
        break;
    }
}

static void add_article(prompt *t, size_t start)
{
    const char c = t->out[start];
    const size_t n = c && strchr("aeiouAEIOU", c) ? 3 : 2;
    if (n > t->room - t->n) t->full = true;
    if (t->full) return;
    memmove(t->out + start + n, t->out + start, t->n - start);
    memcpy(t->out + start, n == 3 ? "an " : "a ", n);
    t->n += n;
}

static void do_slot(prompt *t, const pot_slot *s)
{
    const size_t start = t->n;
    value unbound;
    int64_t uncounted;
    do_source(t, s, s->bind < 0 ? &unbound : &t->var[s->bind],
              s->bind < 0 ? &uncounted : &t->number[s->bind]);
    if (s->silent) t->n = start;
    if (t->n == start) return;
    if (s->article) add_article(t, start);
    char *c = t->out + start;
    if (s->capital && *c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
}

static void run(prompt *t, pot_text template)
{
    pot_piece piece;
    while (!t->full && pot_piece_next(&piece, &template)) {
        if (piece.is_slot) do_slot(t, &piece.slot);
        else put(t, piece.text.p, piece.text.n);
    }
}

size_t pot_grammar_write(char *out, size_t room, size_t goal, const pot_rule *rules,
                         const char *start, pot_stream *stream)
{
    prompt t = {.out = out, .room = room, .goal = goal, .rules = rules, .stream = stream};
    const pot_rule *r = pot_rule_find(rules, pot_text_of(start));
    run(&t, pot_text_of(r->alt[pot_stream_below(stream, r->n)]));
    memset(out + t.n, 0, room + 1 - t.n); /* also what was printed and taken back */
    const size_t n = t.n;
    pot_wipe(&t, sizeof t);
    return n;
}
