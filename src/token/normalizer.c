#include "token/normalizer.h"

#include "base/fail.h"
#include "token/precompiled.h"
#include "token/steps.h"
#include "token/unicode.h"

#include <string.h>

struct pot_norm_step {
    struct pot_norm_step *next; /* arena */
    pot_stage *run;
    pot_normal_form form;
    bool left, right;
    const char *text; /* arena: what to prepend or to put in place */
    uint32_t n;
    const pot_regex *pattern; /* borrowed: keep */
    pot_charsmap map;
};

static pot_status run_form(const void *how, pot_work *w, const pot_piece *p, pot_error *err)
{
    const pot_norm_step *st = how;
    return pot_put_normal_form(w, p, st->form, err);
}

static pot_status run_lowercase(const void *how, pot_work *w, const pot_piece *p, pot_error *err)
{
    uint32_t cp, low[2];
    (void)how, (void)err;
    for (uint32_t i = p->from; i < p->to;) {
        const pot_span at = w->text.at[i];
        i += pot_char_at(w->text.s + i, &cp);
        const unsigned n = pot_lowercase(low, cp);
        for (unsigned j = 0; j < n; j++)
            pot_put_point(w, low[j], at);
    }
    return POT_OK;
}

static pot_status run_strip(const void *how, pot_work *w, const pot_piece *p, pot_error *err)
{
    const pot_norm_step *st = how;
    const char *s = w->text.s;
    uint32_t from = p->from, to = p->to, cp;
    (void)err;
    while (st->left && from < to) {
        const uint32_t n = pot_char_at(s + from, &cp);
        if (!pot_is_space(cp)) break;
        from += n;
    }
    while (st->right && from < to) {
        const uint32_t last = pot_char_before(s, to, &cp);
        if (!pot_is_space(cp)) break;
        to = last;
    }
    pot_put_as_is(w, from, to);
    return POT_OK;
}

static pot_status run_strip_accents(const void *how, pot_work *w, const pot_piece *p,
                                    pot_error *err)
{
    uint32_t cp;
    (void)how, (void)err;
    for (uint32_t i = p->from; i < p->to;) {
        const uint32_t from = i;
        i += pot_char_at(w->text.s + i, &cp);
        if (cp < 0x80 || !pot_set_has(&pot_set_mark, cp)) pot_put_as_is(w, from, i);
    }
    return POT_OK;
}

/* What is put in place of a match comes from the last character of the match. */
static pot_status run_replace(const void *how, pot_work *w, const pot_piece *p, pot_error *err)
{
    const pot_norm_step *st = how;
    uint32_t done = p->from;
    pot_matches m = pot_matches_in(st->pattern, w->text.s + p->from, p->to - p->from);
    for (;;) {
        POT_TRY(pot_matches_next(&m, err));
        if (!m.found) break;
        pot_put_as_is(w, done, p->from + m.start);
        done = p->from + m.end;
        pot_put(w, st->text, st->n, w->text.at[done - 1]);
    }
    pot_put_as_is(w, done, p->to);
    return POT_OK;
}

void pot_put_before(pot_work *w, const pot_piece *p, const char *s, uint32_t n)
{
    pot_put(w, s, n, w->text.at[p->from]);
}

static pot_status run_prepend(const void *how, pot_work *w, const pot_piece *p, pot_error *err)
{
    const pot_norm_step *st = how;
    (void)err;
    pot_put_before(w, p, st->text, st->n);
    pot_put_as_is(w, p->from, p->to);
    return POT_OK;
}

static pot_status run_precompiled(const void *how, pot_work *w, const pot_piece *p, pot_error *err)
{
    const pot_norm_step *st = how;
    (void)err;
    pot_put_precompiled(w, p, &st->map);
    return POT_OK;
}

pot_status pot_put_bytes(const void *unused, pot_work *w, const pot_piece *p, pot_error *err)
{
    (void)unused, (void)err;
    for (uint32_t i = p->from; i < p->to; i++) {
        const uint8_t b = (uint8_t)w->text.s[i];
        uint32_t cp = b; /* printable Latin-1 stands for itself, the other 68 come after it */
        if (b <= 0x20) cp = 0x100 + b;
        else if (b >= 0x7f && b <= 0xa0) cp = 0x121 + (b - 0x7fu);
        else if (b == 0xad) cp = 0x143;
        pot_put_point(w, cp, w->text.at[i]);
    }
    return POT_OK;
}

/* Reading: one function per kind fills a step from its members. */
typedef struct {
    pot_keep *keep;
    const pot_json *at;
    pot_norm_step *step;
} reading;

static pot_status keep_text(reading *r, const char *key, pot_error *err)
{
    const char *s;
    POT_TRY(pot_json_str(r->at, key, &s, err));
    const size_t n = strlen(s);
    r->step->text = pot_arena_str(&r->keep->arena, s, n);
    r->step->n = (uint32_t)n;
    return r->step->text ? POT_OK : pot_fail_mem(err);
}

static pot_status read_nothing(reading *r, pot_error *err)
{
    (void)r, (void)err;
    return POT_OK;
}

static pot_status read_strip(reading *r, pot_error *err)
{
    POT_TRY(pot_json_bool(r->at, "strip_left", &r->step->left, err));
    return pot_json_bool(r->at, "strip_right", &r->step->right, err);
}

static pot_status read_prepend(reading *r, pot_error *err)
{
    POT_TRY(keep_text(r, "prepend", err));
    if (r->step->n) return POT_OK;
    return pot_json_fail(r->at, POT_E_UNSUPPORTED, err,
                         "prepending \"\" only makes the package lose spans: remove the step");
}

static pot_status read_replace(reading *r, pot_error *err)
{
    pot_json pattern;
    pot_regex *re;
    POT_TRY(keep_text(r, "content", err));
    POT_TRY(pot_json_object(r->at, "pattern", &pattern, err));
    POT_TRY(pot_pattern_read(&re, r->keep, &pattern, err));
    if (pot_regex_may_be_empty(re))
        return pot_json_fail(&pattern, POT_E_UNSUPPORTED, err,
                             "a pattern that matches nothing at all is not supported here");
    r->step->pattern = re;
    return POT_OK;
}

static pot_status read_precompiled(reading *r, pot_error *err)
{
    return pot_precompiled_read(&r->step->map, &r->keep->arena, r->at, err);
}

static const struct {
    const char *type;
    pot_status (*read)(reading *r, pot_error *err);
    pot_stage *run;
    pot_normal_form form;
} kinds[] = {
    {"NFC", read_nothing, run_form, POT_NFC},
    {"NFD", read_nothing, run_form, POT_NFD},
    {"NFKC", read_nothing, run_form, POT_NFKC},
    {"NFKD", read_nothing, run_form, POT_NFKD},
    {"Lowercase", read_nothing, run_lowercase, 0},
    {"Strip", read_strip, run_strip, 0},
    {"StripAccents", read_nothing, run_strip_accents, 0},
    {"Replace", read_replace, run_replace, 0},
    {"Precompiled", read_precompiled, run_precompiled, 0},
    {"Prepend", read_prepend, run_prepend, 0},
    {"ByteLevel", read_nothing, pot_put_bytes, 0},
};

/* The list that is being made, and where its next step goes. */
typedef struct {
    pot_keep *keep;
    pot_norm_step **tail;
} making;

static pot_status read_step(void *ctx, const pot_json *at, const char *type, pot_error *err)
{
    making *m = ctx;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].type, type) != 0) continue;
        pot_norm_step *st = pot_arena_new(&m->keep->arena, 1, sizeof *st);
        if (!st) return pot_fail_mem(err);
        *st = (pot_norm_step){.run = kinds[i].run, .form = kinds[i].form};
        POT_TRY(kinds[i].read(&(reading){m->keep, at, st}, err));
        *m->tail = st;
        m->tail = &st->next;
        return POT_OK;
    }
    return pot_json_fail(
        at, POT_E_UNSUPPORTED, err,
        "the normalizer \"%.40s\" is not supported; docs/format/tokenizer.md lists what is", type);
}

pot_status pot_normalizer_read(pot_normalizer *out, pot_keep *keep, const pot_json *root,
                               pot_error *err)
{
    pot_normalizer nz = {0};
    making m = {keep, &nz.first};
    POT_TRY(pot_steps_read(root, "normalizer", "normalizers", read_step, &m, err));
    for (const pot_norm_step *st = nz.first; st; st = st->next)
        nz.byte_level |= st->run == pot_put_bytes;
    *out = nz;
    return POT_OK;
}

pot_status pot_normalize(const pot_normalizer *nz, pot_work *w, pot_error *err)
{
    for (const pot_norm_step *st = nz->first; st; st = st->next)
        POT_TRY(pot_work_rewrite(w, st->run, st, err));
    return POT_OK;
}
