/* Every result in the arithmetic texts, worked out again: "a + b = c" with the usual
 * precedence, sums in words, units, tables, bills, sequences. */
#include "challenge/grammar.h"
#include "challenge/tables.h"
#include "t.h"

#include <string.h>

#define TEXTS 3000

static const char *text; /* under test */
static unsigned checked[6];
enum { EQUATION, WORDS, UNIT, TABLE, BILL, SEQUENCE };

static void fail(const char *at, const char *why)
{
    fprintf(stderr, "%s, at \"%.60s\" of:\n%s\n", why, at, text);
    exit(1);
}

/* --- equations ------------------------------------------------------------------------- */

static bool sum(const char **p, int64_t *v);

static void skip(const char **p)
{
    while (**p == ' ')
        ++*p;
}

static bool factor(const char **p, int64_t *v)
{
    skip(p);
    if (**p == '(') {
        ++*p;
        if (!sum(p, v)) return false;
        skip(p);
        return *(*p)++ == ')';
    }
    if (**p < '0' || **p > '9') return false;
    for (*v = 0; **p >= '0' && **p <= '9'; ++*p)
        *v = *v * 10 + (**p - '0');
    return true;
}

static bool product(const char **p, int64_t *v)
{
    if (!factor(p, v)) return false;
    for (skip(p); **p == '*' || **p == '/'; skip(p)) {
        const char op = *(*p)++;
        int64_t w;
        if (!factor(p, &w)) return false;
        if (op == '/' && (w == 0 || *v % w != 0)) fail(*p, "an inexact division");
        *v = op == '*' ? *v * w : *v / w;
    }
    return true;
}

static bool sum(const char **p, int64_t *v)
{
    if (!product(p, v)) return false;
    for (skip(p); **p == '+' || **p == '-'; skip(p)) {
        const char op = *(*p)++;
        int64_t w;
        if (!product(p, &w)) return false;
        *v += op == '+' ? w : -w;
    }
    return true;
}

/* The longest run before the sign that is one whole expression with an operator in it. */
static void check_equation(const char *sign)
{
    char left[80];
    const char *from = sign;
    while (from > text && sign - from < 78 && strchr("0123456789+-*/() ", from[-1]))
        from--;
    for (; from < sign; from++) {
        if (from > text && from[-1] >= '0' && from[-1] <= '9' && *from >= '0' && *from <= '9')
            continue; /* inside a number */
        if (from > text && strchr("0123456789xyz)", from[-1]) && *from == '(') continue;
        snprintf(left, sizeof left, "%.*s", (int)(sign - from), from);
        const char *p = left;
        int64_t v;
        if (!strpbrk(left, "+-*/") || !sum(&p, &v) || *p) continue;
        if (v != strtoll(sign + 1, NULL, 10)) fail(from, "a wrong result");
        checked[EQUATION]++;
        return;
    }
}

/* --- words ------------------------------------------------------------------------------ */

static int64_t word_value(const char *w, size_t n)
{
    static const char *const name[] = {
        "zero",     "one",     "two",     "three",     "four",     "five",     "six",
        "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",   "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
        "thirty",   "forty",   "fifty",   "sixty",     "seventy",  "eighty",   "ninety"};
    for (int i = 0; i < 28; i++)
        if (strlen(name[i]) == n && memcmp(name[i], w, n) == 0) return i <= 20 ? i : (i - 18) * 10;
    return -1;
}

/* "three hundred and forty-two", up to the first word that is not a number */
static int64_t read_words(const char **p)
{
    int64_t v = -1;
    for (;;) {
        skip(p);
        const size_t n = strcspn(*p, " -\n");
        const int64_t w = word_value(*p, n);
        if (w >= 0) v = (v < 0 ? 0 : v) + w;
        else if (n == 7 && memcmp(*p, "hundred", 7) == 0) v *= 100;
        else if (n != 3 || memcmp(*p, "and", 3) != 0) return v;
        *p += n + (*(*p + n) == '-');
    }
}

static void check_words(const char *line)
{
    static const char *const op[] = {"plus ", "minus ", "times ", "divided by "};
    const int64_t a = read_words(&line);
    for (int k = 0; a >= 0 && k < 4; k++) {
        if (strncmp(line, op[k], strlen(op[k])) != 0) continue;
        line += strlen(op[k]);
        const int64_t b = read_words(&line);
        if (b <= 0 || strncmp(line, "is ", 3) != 0) fail(line, "words");
        line += 3;
        const int64_t c = read_words(&line);
        const int64_t want[] = {a + b, a - b, a * b, a / b};
        if (c != want[k] || (k == 3 && a % b)) fail(line, "a wrong result");
        checked[WORDS]++;
    }
}

/* --- units ------------------------------------------------------------------------------- */

static void check_unit(const char *line)
{
    static const struct {
        const char *big, *small;
        int64_t factor;
    } unit[] = {
        {"feet", "inches", 12},         {"yards", "feet", 3},
        {"fathoms", "feet", 6},         {"miles", "yards", 1760},
        {"furlongs", "yards", 220},     {"chains", "yards", 22},
        {"metres", "centimetres", 100}, {"centimetres", "millimetres", 10},
        {"kilometres", "metres", 1000}, {"leagues", "miles", 3},
        {"hands", "inches", 4},         {"hours", "minutes", 60},
        {"days", "hours", 24},          {"weeks", "days", 7},
        {"minutes", "seconds", 60},     {"years", "months", 12},
        {"decades", "years", 10},       {"fortnights", "days", 14},
        {"pounds", "ounces", 16},       {"stone", "pounds", 14},
        {"kilograms", "grams", 1000},   {"tonnes", "kilograms", 1000},
        {"grams", "milligrams", 1000},  {"gallons", "pints", 8},
        {"quarts", "pints", 2},         {"litres", "millilitres", 1000},
        {"pints", "cups", 2},           {"barrels", "gallons", 36},
    };
    char big[32], small[32];
    long long a, b;
    int end = 0;
    if (sscanf(line, "%lld %31[a-z] = %lld %31[a-z]%n", &a, big, &b, small, &end) != 4) return;
    for (size_t i = 0; i < sizeof unit / sizeof *unit; i++)
        if (strcmp(unit[i].big, big) == 0 && strcmp(unit[i].small, small) == 0) {
            if (a * unit[i].factor != b) fail(line, "a wrong conversion");
            checked[UNIT]++;
            return;
        }
    fail(line, "an unknown unit");
}

/* --- tables and bills ----------------------------------------------------------------------- */

static unsigned numbers(int64_t *v, unsigned most, const char *line)
{
    unsigned n = 0;
    while (*line && *line != '\n' && n < most) {
        if (*line < '0' || *line > '9') {
            line++;
            continue;
        }
        char *end;
        v[n++] = strtoll(line, &end, 10);
        line = end;
    }
    return n;
}

static void check_table(const char *line, int64_t *total)
{
    int64_t v[4];
    const unsigned n = numbers(v, 4, line);
    if (strncmp(line, "total", 5) == 0) {
        if (n != 1 || v[0] != *total) fail(line, "a wrong total");
        checked[TABLE]++;
    } else if (n == 3) {
        if (v[0] * v[1] != v[2]) fail(line, "a wrong product");
        *total += v[2];
    }
}

/* "...: 12.30. Sum so far: 45.60", with "2 ... at 6.15 each" before it */
static void check_bill(const char *line, int64_t *total)
{
    const char *end = strstr(line, ". Sum so far: "), *colon = strrchr(line, ':');
    if (!end || !colon || (strchr(line, '\n') && end > strchr(line, '\n'))) return;
    int64_t v[8];
    const unsigned n = numbers(v, 8, line);
    CHECK(n >= 4);
    const int64_t amount = v[n - 4] * 100 + v[n - 3];
    if (n == 7 && v[0] * (v[1] * 100 + v[2]) != amount) fail(line, "a wrong amount");
    *total += amount;
    if (v[n - 2] * 100 + v[n - 1] != *total) fail(line, "a wrong sum");
    checked[BILL]++;
}

static void check_sequence(const char *line)
{
    int64_t v[8];
    const unsigned n = numbers(v, 8, line);
    if (strncmp(line, "From ", 5) == 0 && strstr(line, "in steps of") && n == 8) {
        for (unsigned i = 2; i < n; i++)
            if (v[i] != v[0] + (int64_t)(i - 2) * v[1]) fail(line, "a wrong term");
        checked[SEQUENCE]++;
    }
    if (strncmp(line, "Each is the sum", 15) == 0) {
        for (unsigned i = 2; i < n; i++)
            if (v[i] != v[i - 1] + v[i - 2]) fail(line, "a wrong term");
        checked[SEQUENCE]++;
    }
}

static void check_lines(void)
{
    const bool table = strstr(text, "\ntotal") != NULL;
    bool inside = false;
    int64_t total = 0, bill = 0;
    for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        check_words(line);
        check_unit(line);
        check_bill(line, &bill);
        check_sequence(line);
        if (inside) check_table(line, &total);
        const char *head = strstr(line, "total"), *sums = strstr(line, "sum");
        const size_t n = strcspn(line, "\n");
        if (table && ((head && head < line + n) || (sums && sums < line + n))) inside = true;
    }
}

int main(void)
{
    char buf[POT_TEXT_ROOM + 1];
    for (uint64_t i = 0; i < TEXTS; i++) {
        uint8_t seed[32] = {0};
        memcpy(seed, &i, sizeof i);
        pot_stream s;
        pot_stream_init(&s, seed);
        pot_grammar_write(buf, POT_TEXT_ROOM, POT_TEXT_GOAL, pot_arithmetic_rules, "genre", &s);
        text = buf;
        for (const char *p = text; (p = strchr(p, '=')); p++)
            check_equation(p);
        check_lines();
    }
    for (int k = 0; k < 6; k++)
        fprintf(stderr, "%u ", checked[k]);
    CHECK(checked[EQUATION] > 5 * TEXTS && checked[WORDS] > TEXTS / 4 && checked[UNIT] > TEXTS / 4);
    CHECK(checked[TABLE] > TEXTS / 20 && checked[BILL] > TEXTS / 2 &&
          checked[SEQUENCE] > TEXTS / 20);
    return 0;
}
