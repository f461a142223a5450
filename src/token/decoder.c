#include "token/decoder.h"

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "token/chars.h"
#include "token/pieces.h"
#include "token/steps.h"

#include <string.h>

#define MARK        "\xe2\x96\x81"
#define REPLACEMENT "\xef\xbf\xbd"

/* What a step does to string i of the list. */
typedef pot_status run_step(const pot_decode_step *st, pot_strings *out, const pot_strings *in,
                            pot_error *err);

struct pot_decode_step {
    pot_decode_step *next; /* arena */
    run_step *run;
    const char *text; /* arena: a character, a suffix, or what is put in place of a match */
    uint32_t n;
    uint32_t start, stop; /* how many characters are stripped at most */
    bool drop_first;
    bool each; /* bytes that are no UTF-8 are U+FFFD one by one, and not their whole run */
    const pot_regex *pattern; /* borrowed: keep */
};

/* ---- lists ------------------------------------------------------------------------------- */

static void end_string(pot_strings *l)
{
    if (!pot_grow(&l->end, &l->room, (uint64_t)l->n + 1, sizeof *l->end)) {
        l->text.status = POT_E_NOMEM;
        return;
    }
    l->end[l->n++] = (uint32_t)l->text.n;
}

void pot_strings_add(pot_strings *l, const char *s, size_t n)
{
    pot_buf_add(&l->text, s, n);
    end_string(l);
}

void pot_strings_free(pot_strings *l)
{
    pot_buf_free(&l->text);
    pot_mem_free(l->end);
    *l = (pot_strings){0};
}

static pot_str string(const pot_strings *l, uint32_t i)
{
    const uint32_t from = i ? l->end[i - 1] : 0;
    return (pot_str){l->text.p ? l->text.p + from : "", l->end[i] - from};
}

/* ---- steps ------------------------------------------------------------------------------- */

/* Bytes that begin s and are no character, where it is known that they are none: as many as could
 * have begun one. */
static size_t bad_bytes(const uint8_t *s, size_t n)
{
    const uint8_t low = s[0] == 0xe0   ? 0xa0
                        : s[0] == 0xf0 ? 0x90
                                       : 0x80,
                  high = s[0] == 0xed   ? 0x9f
                         : s[0] == 0xf4 ? 0x8f
                                        : 0xbf;
    const size_t len = s[0] < 0xc2 || s[0] > 0xf4 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (n < 2 || len < 2 || s[1] < low || s[1] > high) return 1;
    size_t k = 2;
    while (k < len && k < n && (s[k] & 0xc0) == 0x80)
        k++;
    return k;
}

/* Bytes as text: what is no UTF-8 is U+FFFD. */
static void put_lossy(pot_buf *b, const uint8_t *s, size_t n)
{
    while (n) {
        const size_t good = pot_utf8_valid(s, n);
        pot_buf_add(b, s, good);
        s += good, n -= good;
        if (!n) return;
        const size_t bad = bad_bytes(s, n);
        pot_buf_str(b, REPLACEMENT);
        s += bad, n -= bad;
    }
}

/* The byte that a character of a byte-level vocabulary stands for, or -1: the inverse of
 * pot_put_bytes. */
static int byte_of(uint32_t cp)
{
    if ((cp >= 0x21 && cp <= 0x7e) || (cp >= 0xa1 && cp <= 0xff && cp != 0xad)) return (int)cp;
    if (cp >= 0x100 && cp <= 0x120) return (int)(cp - 0x100);
    if (cp >= 0x121 && cp <= 0x142) return (int)(cp - 0x121 + 0x7f);
    return cp == 0x143 ? 0xad : -1;
}

/* A string of which one character is no byte stays as it is. */
static void put_level(pot_buf *bytes, pot_str s)
{
    const size_t before = bytes->n;
    uint32_t cp;
    for (uint32_t at = 0; at < s.n;) {
        at += pot_char_at(s.s + at, &cp);
        const int byte = byte_of(cp);
        const char c = (char)byte;
        if (byte >= 0) pot_buf_add(bytes, &c, 1);
        if (byte >= 0) continue;
        bytes->n = before;
        pot_buf_add(bytes, s.s, s.n);
        return;
    }
}

static pot_status run_byte_level(const pot_decode_step *st, pot_strings *out, const pot_strings *in,
                                 pot_error *err)
{
    pot_buf bytes = POT_BUF(in->text.n + 1);
    (void)st;
    for (uint32_t i = 0; i < in->n; i++)
        put_level(&bytes, string(in, i));
    pot_status s = pot_buf_status(&bytes, err);
    if (s == POT_OK && bytes.n) put_lossy(&out->text, (const uint8_t *)bytes.p, bytes.n);
    if (s == POT_OK) end_string(out);
    pot_buf_free(&bytes);
    return s;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The byte of "<0x0A>", or -1; a plus sign counts as the package's parser has it. */
static int fallback_byte(pot_str s)
{
    if (s.n != 6 || memcmp(s.s, "<0x", 3) != 0 || s.s[5] != '>') return -1;
    const int high = s.s[3] == '+' ? 0 : hex_digit(s.s[3]), low = hex_digit(s.s[4]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* A run of bytes is a string if it is UTF-8, else as many U+FFFD. */
static void end_bytes(const pot_decode_step *st, pot_strings *out, pot_buf *bytes)
{
    const uint8_t *p = (const uint8_t *)bytes->p;
    for (size_t i = 0, good; i < bytes->n; i += good ? good : 1) {
        good = pot_utf8_valid(p + i, bytes->n - i);
        if (!st->each && good < bytes->n) good = 0;
        if (good) pot_strings_add(out, bytes->p + i, good);
        else pot_strings_add(out, REPLACEMENT, 3);
    }
    pot_buf_clear(bytes);
}

static pot_status run_byte_fallback(const pot_decode_step *st, pot_strings *out,
                                    const pot_strings *in, pot_error *err)
{
    pot_buf bytes = POT_BUF(in->text.n + 1);
    for (uint32_t i = 0; i < in->n && bytes.status == POT_OK; i++) {
        const pot_str s = string(in, i);
        const int byte = fallback_byte(s);
        const char c = (char)byte;
        if (byte >= 0) {
            pot_buf_add(&bytes, &c, 1);
            continue;
        }
        end_bytes(st, out, &bytes);
        pot_strings_add(out, s.s, s.n);
    }
    const pot_status s = pot_buf_status(&bytes, err);
    if (s == POT_OK) end_bytes(st, out, &bytes);
    pot_buf_free(&bytes);
    return s;
}

static pot_status run_fuse(const pot_decode_step *st, pot_strings *out, const pot_strings *in,
                           pot_error *err)
{
    (void)st, (void)err;
    pot_strings_add(out, in->text.p ? in->text.p : "", in->text.n);
    return POT_OK;
}

static bool is_char(const pot_decode_step *st, const char *s, uint32_t n)
{
    return n >= st->n && memcmp(s, st->text, st->n) == 0;
}

static pot_status run_strip(const pot_decode_step *st, pot_strings *out, const pot_strings *in,
                            pot_error *err)
{
    (void)err;
    for (uint32_t i = 0; i < in->n; i++) {
        pot_str s = string(in, i);
        for (uint32_t k = 0; k < st->start && is_char(st, s.s, s.n); k++)
            s.s += st->n, s.n -= st->n;
        for (uint32_t k = 0; k < st->stop && s.n >= st->n; k++) {
            if (!is_char(st, s.s + s.n - st->n, st->n)) break;
            s.n -= st->n;
        }
        pot_strings_add(out, s.s, s.n);
    }
    return POT_OK;
}

/* In the first string the mark vanishes, where a text gets one in front. */
static pot_status run_metaspace(const pot_decode_step *st, pot_strings *out, const pot_strings *in,
                                pot_error *err)
{
    (void)err;
    for (uint32_t i = 0; i < in->n; i++) {
        const pot_str s = string(in, i);
        for (uint32_t at = 0, len; at < s.n; at += len) {
            len = pot_char_len(s.s[at]);
            if (!is_char(st, s.s + at, s.n - at)) pot_buf_add(&out->text, s.s + at, len);
            else if (i || !st->drop_first) pot_buf_str(&out->text, " ");
        }
        end_string(out);
    }
    return POT_OK;
}

static pot_status run_replace(const pot_decode_step *st, pot_strings *out, const pot_strings *in,
                              pot_error *err)
{
    for (uint32_t i = 0; i < in->n; i++) {
        const pot_str s = string(in, i);
        uint32_t done = 0;
        pot_matches m = pot_matches_in(st->pattern, s.s, s.n);
        for (;;) {
            POT_TRY(pot_matches_next(&m, err));
            if (!m.found) break;
            pot_buf_add(&out->text, s.s + done, m.start - done);
            pot_buf_add(&out->text, st->text, st->n);
            done = m.end;
        }
        pot_buf_add(&out->text, s.s + done, s.n - done);
        end_string(out);
    }
    return POT_OK;
}

/* A suffix ends a word: a space, but at the end of the text nothing. */
static pot_status run_suffix(const pot_decode_step *st, pot_strings *out, const pot_strings *in,
                             pot_error *err)
{
    (void)err;
    for (uint32_t i = 0; i < in->n; i++) {
        const pot_str s = string(in, i);
        for (uint32_t at = 0; at < s.n;) {
            const bool here = is_char(st, s.s + at, s.n - at);
            if (!here) pot_buf_add(&out->text, s.s + at, 1);
            else if (i + 1 < in->n) pot_buf_str(&out->text, " ");
            at += here ? st->n : 1;
        }
        end_string(out);
    }
    return POT_OK;
}

/* ---- one piece inside a text ------------------------------------------------------------- */

/* What the steps so far have made of it. */
struct inside {
    pot_buf *s;
    bool
        joined; /* the pieces have become one string: a later step sees the ends of the text only */
    bool part;  /* it is a part of a character, which no later step knows */
};

static pot_status around(const pot_decode_step *st, pot_error *err);

static pot_status replace_by(pot_buf *s, const pot_buf *with, pot_error *err)
{
    pot_buf_clear(s);
    if (with->n) pot_buf_add(s, with->p, with->n);
    return pot_buf_status(s, err);
}

/* A step that treats each string by itself, but may treat the first otherwise. */
static pot_status inside_alone(const pot_decode_step *st, struct inside *x, pot_error *err)
{
    if (x->part) return POT_OK;
    if (x->joined) return around(st, err);
    pot_strings in = {.text = POT_BUF(x->s->cap)}, out = {.text = POT_BUF(x->s->cap)};
    pot_strings_add(&in, "", 0);
    pot_strings_add(&in, x->s->p, x->s->n);
    pot_status s = pot_buf_status(&in.text, err);
    if (s == POT_OK) s = st->run(st, &out, &in, err);
    if (s == POT_OK) s = replace_by(x->s, &out.text, err); /* the first is empty */
    pot_strings_free(&in);
    pot_strings_free(&out);
    return s;
}

static pot_status inside_level(const pot_decode_step *st, struct inside *x, pot_error *err)
{
    pot_buf bytes = POT_BUF(x->s->n + 1);
    if (x->joined || x->part) return around(st, err);
    put_level(&bytes, (pot_str){x->s->p, (uint32_t)x->s->n});
    pot_status s = pot_buf_status(&bytes, err);
    if (s == POT_OK) s = replace_by(x->s, &bytes, err);
    pot_buf_free(&bytes);
    x->joined = true;
    return s;
}

static pot_status inside_fallback(const pot_decode_step *st, struct inside *x, pot_error *err)
{
    if (x->joined) return around(st, err);
    const int byte = fallback_byte((pot_str){x->s->p, (uint32_t)x->s->n});
    const char c = (char)byte;
    if (byte < 0) return POT_OK;
    x->part = byte >= 0x80;
    return replace_by(x->s, &(pot_buf){.p = (char[]){c, 0}, .n = 1}, err);
}

static pot_status inside_fuse(const pot_decode_step *st, struct inside *x, pot_error *err)
{
    (void)st, (void)err;
    x->joined = true;
    return POT_OK;
}

static pot_status inside_strip(const pot_decode_step *st, struct inside *x, pot_error *err)
{
    return x->joined ? POT_OK : inside_alone(st, x, err);
}

static pot_status inside_refused(const pot_decode_step *st, struct inside *x, pot_error *err)
{
    (void)x;
    return around(st, err);
}

/* ---- reading ----------------------------------------------------------------------------- */

typedef struct {
    pot_keep *keep;
    pot_decoder *decoder;
    pot_decode_step **tail; /* where the next step goes */
} making;

static pot_status keep_text(pot_decode_step *st, pot_arena *a, const char *s, pot_error *err)
{
    st->n = (uint32_t)strlen(s);
    st->text = pot_arena_str(a, s, st->n);
    return st->text ? POT_OK : pot_fail_mem(err);
}

/* A member that is one character. */
static pot_status read_char(pot_decode_step *st, making *m, const pot_json *at, const char *key,
                            pot_error *err)
{
    const char *s;
    POT_TRY(pot_json_str(at, key, &s, err));
    if (!*s || pot_char_len(*s) != strlen(s))
        return pot_json_fail(at, POT_E_FORMAT, err, "%s: one character is expected", key);
    return keep_text(st, &m->keep->arena, s, err);
}

static pot_status read_nothing(pot_decode_step *st, making *m, const pot_json *at, pot_error *err)
{
    (void)st, (void)m, (void)at, (void)err;
    return POT_OK;
}

static pot_status read_strip(pot_decode_step *st, making *m, const pot_json *at, pot_error *err)
{
    POT_TRY(read_char(st, m, at, "content", err));
    POT_TRY(pot_json_u32(at, "start", &st->start, err));
    return pot_json_u32(at, "stop", &st->stop, err);
}

/* Old files say add_prefix_space in place of prepend_scheme. */
static pot_status read_metaspace(pot_decode_step *st, making *m, const pot_json *at, pot_error *err)
{
    const char *scheme = "always";
    bool prefix = true;
    POT_TRY(read_char(st, m, at, "replacement", err));
    POT_TRY(pot_json_opt_bool(at, "add_prefix_space", &prefix, err));
    if (!prefix) scheme = "never";
    POT_TRY(pot_json_opt_str(at, "prepend_scheme", &scheme, err));
    st->drop_first = strcmp(scheme, "never") != 0;
    return POT_OK;
}

static pot_status read_replace(pot_decode_step *st, making *m, const pot_json *at, pot_error *err)
{
    const char *s;
    pot_json pattern;
    pot_regex *re;
    POT_TRY(pot_json_str(at, "content", &s, err));
    POT_TRY(keep_text(st, &m->keep->arena, s, err));
    POT_TRY(pot_json_object(at, "pattern", &pattern, err));
    POT_TRY(pot_pattern_read(&re, m->keep, &pattern, err));
    st->pattern = re;
    return POT_OK;
}

static pot_status read_suffix(pot_decode_step *st, making *m, const pot_json *at, pot_error *err)
{
    const char *s = "</w>";
    POT_TRY(pot_json_opt_str(at, "suffix", &s, err));
    if (!*s) return pot_json_fail(at, POT_E_UNSUPPORTED, err, "a suffix of no bytes");
    return keep_text(st, &m->keep->arena, s, err);
}

static const struct {
    const char *type;
    pot_status (*read)(pot_decode_step *st, making *m, const pot_json *at, pot_error *err);
    run_step *run;
    pot_status (*inside)(const pot_decode_step *st, struct inside *x, pot_error *err);
} kinds[] = {
    {"ByteLevel", read_nothing, run_byte_level, inside_level},
    {"ByteFallback", read_nothing, run_byte_fallback, inside_fallback},
    {"Fuse", read_nothing, run_fuse, inside_fuse},
    {"Strip", read_strip, run_strip, inside_strip},
    {"Metaspace", read_metaspace, run_metaspace, inside_alone},
    {"Replace", read_replace, run_replace, inside_alone},
    {"BPEDecoder", read_suffix, run_suffix, inside_refused},
};

static size_t kind_of(const pot_decode_step *st)
{
    size_t i = 0;
    while (kinds[i].run != st->run)
        i++;
    return i;
}

static pot_status around(const pot_decode_step *st, pot_error *err)
{
    return pot_fail(err, POT_E_UNSUPPORTED,
                    "what a token writes depends on those around it (the decoder's \"%s\"), so "
                    "there is no law of the next byte",
                    kinds[kind_of(st)].type);
}

static pot_decode_step *new_step(pot_arena *a, pot_decode_step ***tail, run_step *run)
{
    pot_decode_step *st = pot_arena_new(a, 1, sizeof *st);
    if (!st) return NULL;
    st->run = run;
    **tail = st;
    *tail = &st->next;
    return st;
}

static pot_status read_step(void *ctx, const pot_json *at, const char *type, pot_error *err)
{
    making *m = ctx;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].type, type) != 0) continue;
        pot_decode_step *st = new_step(&m->keep->arena, &m->tail, kinds[i].run);
        return st ? kinds[i].read(st, m, at, err) : pot_fail_mem(err);
    }
    m->decoder->refused = pot_arena_str(&m->keep->arena, type, strlen(type));
    return m->decoder->refused ? POT_OK : pot_fail_mem(err);
}

pot_status pot_decoder_read(pot_decoder *out, pot_keep *keep, const pot_json *root, pot_error *err)
{
    pot_decoder d = {.given = pot_json_has(root, "decoder")};
    making m = {keep, &d, &d.first};
    POT_TRY(pot_steps_read(root, "decoder", "decoders", read_step, &m, err));
    *out = d;
    return POT_OK;
}

pot_status pot_decoder_for_sp(pot_decoder *out, pot_arena *a, pot_error *err)
{
    pot_decoder d = {.given = true};
    pot_decode_step **tail = &d.first, *mark = new_step(a, &tail, run_metaspace),
                    *byte = new_step(a, &tail, run_byte_fallback);
    if (!mark || !byte) return pot_fail_mem(err);
    POT_TRY(keep_text(mark, a, MARK, err));
    byte->each = true;
    *out = d;
    return POT_OK;
}

/* ---- decoding ---------------------------------------------------------------------------- */

static pot_status check_kinds(const pot_decoder *d, pot_error *err)
{
    if (!d->refused) return POT_OK;
    return pot_fail(err, POT_E_UNSUPPORTED,
                    "the decoder \"%.40s\" is not supported; docs/format/tokenizer.md lists "
                    "what is",
                    d->refused);
}

pot_status pot_decode_inside(const pot_decoder *d, pot_buf *s, pot_error *err)
{
    struct inside x = {.s = s};
    POT_TRY(check_kinds(d, err));
    if (!d->given)
        return pot_fail(err, POT_E_UNSUPPORTED,
                        "there is no decoder: its tokens are words, and there is no law of the "
                        "next byte");
    for (const pot_decode_step *st = d->first; st; st = st->next)
        POT_TRY(kinds[kind_of(st)].inside(st, &x, err));
    return POT_OK;
}

pot_status pot_decode(const pot_decoder *d, pot_buf *text, pot_strings *in, pot_error *err)
{
    POT_TRY(check_kinds(d, err));
    pot_status s = pot_buf_status(&in->text, err);
    for (const pot_decode_step *st = d->first; s == POT_OK && st; st = st->next) {
        pot_strings out = {.text = POT_BUF(in->text.cap)};
        s = st->run(st, &out, in, err);
        if (s == POT_OK) s = pot_buf_status(&out.text, err);
        pot_strings_free(in);
        *in = out;
    }
    for (uint32_t i = 0; s == POT_OK && i < in->n; i++) {
        const pot_str one = string(in, i);
        if (i && !d->given) pot_buf_str(text, " ");
        pot_buf_add(text, one.s, one.n);
    }
    return s == POT_OK ? pot_buf_status(text, err) : s;
}
