#include "token/pretokenizer.h"

#include "base/fail.h"
#include "base/utf8.h"
#include "token/normalizer.h"
#include "token/steps.h"
#include "token/unicode.h"

#include <string.h>

typedef enum { ALWAYS, FIRST, NEVER } scheme;

struct pot_pre_step {
    struct pot_pre_step *next; /* arena */
    pot_status (*run)(const pot_pre_step *st, pot_work *w, pot_error *err);
    pot_behavior behavior;
    bool invert;
    bool (*is)(uint32_t cp, uint32_t wanted); /* what separates, where it is one character */
    uint32_t wanted;
    const pot_regex *pattern;     /* borrowed: keep */
    bool prefix_space, use_regex; /* ByteLevel */
    scheme prepend;               /* Metaspace */
    bool split;
};

/* Cutting at characters of a kind, and at matches of a pattern. */

static pot_status cut_at_chars(const void *how, pot_work *w, const pot_piece *p, pot_error *err)
{
    const pot_pre_step *st = how;
    pot_cutter c = {.w = w, .behavior = st->behavior};
    uint32_t done = p->from, cp;
    (void)err;
    for (uint32_t i = p->from; i < p->to;) {
        const uint32_t from = i;
        i += pot_char_at(w->text.s + i, &cp);
        if (!st->is(cp, st->wanted)) continue;
        if (done < from) pot_segment(&c, done, from, false);
        pot_segment(&c, from, i, true);
        done = i;
    }
    if (done < p->to) pot_segment(&c, done, p->to, false);
    pot_segments_end(&c);
    return POT_OK;
}

static pot_status cut_at_matches(const void *how, pot_work *w, const pot_piece *p, pot_error *err)
{
    const pot_pre_step *st = how;
    pot_cutter c = {.w = w, .behavior = st->behavior};
    pot_matches m = pot_matches_in(st->pattern, w->text.s + p->from, p->to - p->from);
    uint32_t done = p->from;
    for (;;) {
        POT_TRY(pot_matches_next(&m, err));
        if (!m.found) break;
        if (done != p->from + m.start) pot_segment(&c, done, p->from + m.start, st->invert);
        done = p->from + m.end;
        pot_segment(&c, p->from + m.start, done, !st->invert);
    }
    if (done != p->to) pot_segment(&c, done, p->to, st->invert);
    pot_segments_end(&c);
    return POT_OK;
}

static pot_status run_chars(const pot_pre_step *st, pot_work *w, pot_error *err)
{
    return pot_work_cut(w, cut_at_chars, st, err);
}

static pot_status run_pattern(const pot_pre_step *st, pot_work *w, pot_error *err)
{
    return pot_work_cut(w, cut_at_matches, st, err);
}

static bool is_space(uint32_t cp, uint32_t unused)
{
    (void)unused;
    return pot_is_space(cp);
}

static bool is_numeric(uint32_t cp, uint32_t unused)
{
    (void)unused;
    if (cp < 0x80) return cp >= '0' && cp <= '9';
    return pot_set_has(&pot_set_numeric, cp);
}

static bool is_punct(uint32_t cp, uint32_t unused)
{
    (void)unused;
    return pot_set_has(&pot_set_punct, cp);
}

static bool is_this(uint32_t cp, uint32_t wanted)
{
    return cp == wanted;
}

/* Whitespace: keep the runs of \w and the runs of neither \w nor \s. */
static pot_status cut_words(const void *how, pot_work *w, const pot_piece *p, pot_error *err)
{
    enum { NOTHING, WORD, OTHER } kind = NOTHING, now;
    uint32_t from = p->from, cp;
    (void)how, (void)err;
    for (uint32_t i = p->from; i < p->to;) {
        const uint32_t at = i;
        i += pot_char_at(w->text.s + i, &cp);
        now = pot_is_space(cp) ? NOTHING : pot_set_has(&pot_set_word, cp) ? WORD : OTHER;
        if (now == kind) continue;
        if (kind != NOTHING) pot_cut(w, from, at, POT_NO_ID);
        from = at;
        kind = now;
    }
    if (kind != NOTHING) pot_cut(w, from, p->to, POT_NO_ID);
    return POT_OK;
}

static pot_status run_words(const pot_pre_step *st, pot_work *w, pot_error *err)
{
    return pot_work_cut(w, cut_words, st, err);
}

/* ByteLevel and Metaspace also write the text anew. */

static pot_status space_before(const void *how, pot_work *w, const pot_piece *p, pot_error *err)
{
    (void)how, (void)err;
    if (w->text.s[p->from] != ' ') pot_put_before(w, p, " ", 1);
    pot_put_as_is(w, p->from, p->to);
    return POT_OK;
}

static pot_status run_byte_level(const pot_pre_step *st, pot_work *w, pot_error *err)
{
    if (st->prefix_space) POT_TRY(pot_work_rewrite(w, space_before, st, err));
    if (st->use_regex) POT_TRY(pot_work_cut(w, cut_at_matches, st, err));
    return pot_work_rewrite(w, pot_put_bytes, NULL, err);
}

static pot_status put_metaspace(const void *how, pot_work *w, const pot_piece *p, pot_error *err)
{
    const pot_pre_step *st = how;
    const char *s = w->text.s;
    char mark[4];
    const uint32_t n = pot_utf8_put((uint8_t *)mark, st->wanted);
    const bool marked =
        s[p->from] == ' ' || (p->to - p->from >= n && memcmp(s + p->from, mark, n) == 0);
    uint32_t done = p->from;
    (void)err;

    if (!marked && (st->prepend == ALWAYS || (st->prepend == FIRST && p->origin == 0)))
        pot_put_before(w, p, mark, n);
    for (uint32_t i = p->from; i < p->to; i++) {
        if (s[i] != ' ') continue;
        pot_put_as_is(w, done, i);
        pot_put(w, mark, n, w->text.at[i]);
        done = i + 1;
    }
    pot_put_as_is(w, done, p->to);
    return POT_OK;
}

static pot_status run_metaspace(const pot_pre_step *st, pot_work *w, pot_error *err)
{
    POT_TRY(pot_work_rewrite(w, put_metaspace, st, err));
    return st->split ? pot_work_cut(w, cut_at_chars, st, err) : POT_OK;
}

/* Reading: one function per kind fills a step from its members. */
typedef struct {
    pot_keep *keep;
    const pot_json *at;
    pot_pre_step *step;
} reading;

/* A member that is one word of a list: its place in the list. */
static pot_status read_word(reading *r, const char *key, const char *const *words, unsigned *out,
                            pot_error *err)
{
    const char *s;
    POT_TRY(pot_json_str(r->at, key, &s, err));
    for (unsigned i = 0; words[i]; i++)
        if (strcmp(words[i], s) == 0) return *out = i, POT_OK;
    const pot_json at = pot_json_get(r->at, key);
    return pot_json_fail(&at, POT_E_FORMAT, err, "\"%.40s\" is not known here", s);
}

static pot_status read_behavior(reading *r, pot_error *err)
{
    static const char *const words[] = {"Removed",        "Isolated",   "MergedWithPrevious",
                                        "MergedWithNext", "Contiguous", NULL};
    unsigned i = POT_ISOLATED;
    POT_TRY(read_word(r, "behavior", words, &i, err));
    r->step->behavior = (pot_behavior)i;
    return POT_OK;
}

/* A member that is exactly one character. */
static pot_status read_char(reading *r, const char *key, pot_error *err)
{
    const char *s;
    POT_TRY(pot_json_str(r->at, key, &s, err));
    const size_t n = strlen(s);
    if (n && pot_utf8_get((const uint8_t *)s, n, &r->step->wanted) == n) return POT_OK;
    const pot_json at = pot_json_get(r->at, key);
    return pot_json_fail(&at, POT_E_FORMAT, err, "one character is expected");
}

static pot_status read_byte_level(reading *r, pot_error *err)
{
    static const char gpt2[] =
        "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
    bool trim;
    pot_regex *re;
    r->step->use_regex = true;
    r->step->behavior = POT_ISOLATED;
    POT_TRY(pot_json_bool(r->at, "add_prefix_space", &r->step->prefix_space, err));
    POT_TRY(pot_json_bool(r->at, "trim_offsets", &trim, err));
    POT_TRY(pot_json_opt_bool(r->at, "use_regex", &r->step->use_regex, err));
    if (!r->step->use_regex) return POT_OK;
    POT_TRY(pot_regex_open(&re, r->keep, gpt2, false, r->at, err));
    r->step->pattern = re;
    return POT_OK;
}

static pot_status read_metaspace(reading *r, pot_error *err)
{
    static const char *const schemes[] = {[ALWAYS] = "always", "first", "never", NULL};
    unsigned i = ALWAYS;
    bool prefix = true;
    r->step->split = true;
    r->step->is = is_this;
    r->step->behavior = POT_MERGED_WITH_NEXT;
    POT_TRY(read_char(r, "replacement", err));
    if (pot_json_has(r->at, "prepend_scheme"))
        POT_TRY(read_word(r, "prepend_scheme", schemes, &i, err));
    POT_TRY(pot_json_opt_bool(r->at, "add_prefix_space", &prefix, err));
    POT_TRY(pot_json_opt_bool(r->at, "split", &r->step->split, err));
    r->step->prepend = (scheme)i;
    if (!prefix && r->step->prepend != NEVER)
        return pot_json_fail(r->at, POT_E_FORMAT, err,
                             "add_prefix_space false contradicts the prepend_scheme");
    return POT_OK;
}

static pot_status read_split(reading *r, pot_error *err)
{
    pot_json pattern;
    pot_regex *re;
    POT_TRY(read_behavior(r, err));
    POT_TRY(pot_json_bool(r->at, "invert", &r->step->invert, err));
    POT_TRY(pot_json_object(r->at, "pattern", &pattern, err));
    POT_TRY(pot_pattern_read(&re, r->keep, &pattern, err));
    r->step->pattern = re;
    return POT_OK;
}

static pot_status read_digits(reading *r, pot_error *err)
{
    bool individual;
    POT_TRY(pot_json_bool(r->at, "individual_digits", &individual, err));
    r->step->is = is_numeric;
    r->step->behavior = individual ? POT_ISOLATED : POT_CONTIGUOUS;
    return POT_OK;
}

static pot_status read_punctuation(reading *r, pot_error *err)
{
    r->step->is = is_punct;
    r->step->behavior = POT_ISOLATED;
    return pot_json_has(r->at, "behavior") ? read_behavior(r, err) : POT_OK;
}

static pot_status read_delimiter(reading *r, pot_error *err)
{
    r->step->is = is_this;
    r->step->behavior = POT_REMOVED;
    return read_char(r, "delimiter", err);
}

static pot_status read_spaces(reading *r, pot_error *err)
{
    (void)err;
    r->step->is = is_space;
    r->step->behavior = POT_REMOVED;
    return POT_OK;
}

static pot_status read_nothing(reading *r, pot_error *err)
{
    (void)r, (void)err;
    return POT_OK;
}

static const struct {
    const char *type;
    pot_status (*read)(reading *r, pot_error *err);
    pot_status (*run)(const pot_pre_step *st, pot_work *w, pot_error *err);
} kinds[] = {
    {"ByteLevel", read_byte_level, run_byte_level},
    {"Metaspace", read_metaspace, run_metaspace},
    {"Split", read_split, run_pattern},
    {"Digits", read_digits, run_chars},
    {"Punctuation", read_punctuation, run_chars},
    {"CharDelimiterSplit", read_delimiter, run_chars},
    {"WhitespaceSplit", read_spaces, run_chars},
    {"Whitespace", read_nothing, run_words},
};

/* The list that is being made, and where its next step goes. */
typedef struct {
    pot_keep *keep;
    pot_pre_step **tail;
} making;

static pot_status read_step(void *ctx, const pot_json *at, const char *type, pot_error *err)
{
    making *m = ctx;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].type, type) != 0) continue;
        pot_pre_step *st = pot_arena_new(&m->keep->arena, 1, sizeof *st);
        if (!st) return pot_fail_mem(err);
        st->run = kinds[i].run;
        POT_TRY(kinds[i].read(&(reading){m->keep, at, st}, err));
        *m->tail = st;
        m->tail = &st->next;
        return POT_OK;
    }
    return pot_json_fail(
        at, POT_E_UNSUPPORTED, err,
        "the pre-tokenizer \"%.40s\" is not supported; docs/format/tokenizer.md lists what is",
        type);
}

pot_status pot_pretokenizer_read(pot_pretokenizer *out, pot_keep *keep, const pot_json *root,
                                 pot_error *err)
{
    pot_pretokenizer pt = {0};
    making m = {keep, &pt.first};
    POT_TRY(pot_steps_read(root, "pre_tokenizer", "pretokenizers", read_step, &m, err));
    for (const pot_pre_step *st = pt.first; st; st = st->next)
        pt.byte_level |= st->run == run_byte_level;
    *out = pt;
    return POT_OK;
}

pot_status pot_pretokenize(const pot_pretokenizer *pt, pot_work *w, pot_error *err)
{
    for (const pot_pre_step *st = pt->first; st; st = st->next)
        POT_TRY(st->run(st, w, err));
    return POT_OK;
}
