#include "token/postprocessor.h"

#include "base/fail.h"
#include "token/unicode.h"

#include <string.h>

pot_status pot_tokens_add(pot_tokens *t, uint32_t id, pot_span at, pot_error *err)
{
    if (t->n == t->room) {
        const size_t room = t->room ? 2 * t->room : 256;
        uint32_t *const old[3] = {t->id, t->start, t->end};
        uint32_t **const field[3] = {&t->id, &t->start, &t->end};
        for (int i = 0; i < 3; i++) {
            uint32_t *p = pot_mem_grow(old[i], room, sizeof *p);
            if (!p) return pot_fail_mem(err);
            *field[i] = p;
        }
        t->room = room;
    }
    t->id[t->n] = id;
    t->start[t->n] = at.start;
    t->end[t->n] = at.end;
    t->n++;
    return POT_OK;
}

void pot_tokens_free(pot_tokens *t)
{
    pot_mem_free(t->id);
    pot_mem_free(t->start);
    pot_mem_free(t->end);
    *t = (pot_tokens){0};
}

/* Spaces of a token are white space and U+0120, which stands for a space byte. */
static bool is_space(uint32_t cp)
{
    return cp == 0x120 || pot_is_space(cp);
}

static uint32_t leading(pot_str v)
{
    uint32_t n = 0, cp;
    for (uint32_t i = 0; i < v.n; n++) {
        i += pot_char_at(v.s + i, &cp);
        if (!is_space(cp)) break;
    }
    return n;
}

static uint32_t trailing(pot_str v)
{
    uint32_t n = 0, cp;
    for (uint32_t end = v.n; end; n++) {
        end = pot_char_before(v.s, end, &cp);
        if (!is_space(cp)) break;
    }
    return n;
}

/* Spans count characters in the package, bytes here: one step is one character. */
static void trim(pot_span *span, bool first, bool prefix_space, pot_str value, const char *text)
{
    uint32_t lead = leading(value), trail = trailing(value), end = span->end;
    if (first && prefix_space && lead == 1) lead = 0; /* a space that was put there */
    for (; lead && span->start < end; lead--)
        span->start += pot_char_len(text[span->start]);
    for (; trail && end; trail--)
        do
            end--;
        while (end && (text[end] & 0xc0) == 0x80);
    if (trail) return; /* more spaces than the text has before the span's end */
    span->end = end > span->start ? end : span->start;
}

void pot_post_trim(const pot_post *post, pot_span *span, size_t index, pot_str value,
                   const char *text)
{
    for (unsigned i = 0; i < post->trims; i++)
        trim(span, index == 0 || span->start == 0, post->prefix_space[i], value, text);
}

static void swap(pot_tokens *a, pot_tokens *b)
{
    const pot_tokens old = *a;
    *a = *b;
    *b = old;
}

pot_status pot_post_surround(const pot_post *post, pot_tokens *out, pot_tokens *seq, bool special,
                             pot_error *err)
{
    if (!post->around) return swap(out, seq), POT_OK;
    out->n = 0;
    for (uint32_t i = 0; i < post->n_around; i++) {
        const uint32_t id = post->around[i];
        if (id != POT_NO_ID) {
            if (special) POT_TRY(pot_tokens_add(out, id, (pot_span){0, 0}, err));
            continue;
        }
        for (size_t j = 0; j < seq->n; j++)
            POT_TRY(pot_tokens_add(out, seq->id[j], (pot_span){seq->start[j], seq->end[j]}, err));
    }
    return POT_OK;
}

/* Reading. */

typedef struct {
    pot_post *post;
    pot_keep *keep;
    const pot_vocab *v;
} reading;

static pot_status check_id(const reading *r, uint32_t id, const pot_json *at, pot_error *err)
{
    if (pot_vocab_piece(r->v, id)) return POT_OK;
    return pot_json_fail(at, POT_E_FORMAT, err, "the id %u is not in the vocabulary", id);
}

static pot_status read_trim(reading *r, const pot_json *at, pot_error *err)
{
    bool prefix, trims;
    POT_TRY(pot_json_bool(at, "add_prefix_space", &prefix, err));
    POT_TRY(pot_json_bool(at, "trim_offsets", &trims, err));
    if (!trims) return POT_OK;
    if (r->post->around)
        return pot_json_fail(at, POT_E_UNSUPPORTED, err, "trimming after tokens were added");
    r->post->prefix_space[r->post->trims++] = prefix;
    return POT_OK;
}

/* Room for n items around the text. */
static pot_status make_around(reading *r, uint32_t **out, size_t n, const pot_json *at,
                              pot_error *err)
{
    if (r->post->around)
        return pot_json_fail(at, POT_E_UNSUPPORTED, err, "a second step that adds tokens");
    *out = pot_arena_new(&r->keep->arena, n, sizeof **out);
    if (!*out) return pot_fail_mem(err);
    return POT_OK;
}

/* ["</s>", 2]: the id. */
static pot_status read_named_id(reading *r, const pot_json *at, const char *key, uint32_t *id,
                                pot_error *err)
{
    pot_json pair;
    POT_TRY(pot_json_array(at, key, &pair, err));
    const json_t *v = json_array_get(pair.v, 1);
    if (json_array_size(pair.v) != 2 || !json_is_string(json_array_get(pair.v, 0)) ||
        !json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > POT_MAX_ID)
        return pot_json_fail(&pair, POT_E_FORMAT, err, "[\"token\", id] is expected");
    *id = (uint32_t)json_integer_value(v);
    return check_id(r, *id, &pair, err);
}

static pot_status read_bert(reading *r, const pot_json *at, pot_error *err)
{
    uint32_t *ids;
    POT_TRY(make_around(r, &ids, 3, at, err));
    POT_TRY(read_named_id(r, at, "cls", &ids[0], err));
    POT_TRY(read_named_id(r, at, "sep", &ids[2], err));
    ids[1] = POT_NO_ID;
    r->post->around = ids;
    r->post->n_around = 3;
    return POT_OK;
}

static pot_status read_roberta(reading *r, const pot_json *at, pot_error *err)
{
    POT_TRY(read_trim(r, at, err));
    return read_bert(r, at, err);
}

/* The ids of a special token of the template: with `out` NULL only their number. */
static pot_status special_ids(reading *r, const pot_json *at, const char *name, uint32_t *out,
                              size_t *n, pot_error *err)
{
    pot_json specials, token, ids, tokens;
    POT_TRY(pot_json_object(at, "special_tokens", &specials, err));
    POT_TRY(pot_json_object(&specials, name, &token, err));
    POT_TRY(pot_json_array(&token, "ids", &ids, err));
    POT_TRY(pot_json_array(&token, "tokens", &tokens, err));
    *n = json_array_size(ids.v);
    if (*n != json_array_size(tokens.v))
        return pot_json_fail(&token, POT_E_FORMAT, err, "as many ids as tokens are expected");
    for (size_t i = 0; i < *n; i++) {
        const pot_json id = pot_json_at(&ids, i);
        const json_int_t value = json_is_integer(id.v) ? json_integer_value(id.v) : -1;
        if (value < 0 || value > POT_MAX_ID)
            return pot_json_fail(&id, POT_E_FORMAT, err, "a token id is expected");
        POT_TRY(check_id(r, (uint32_t)value, &id, err));
        if (out) out[i] = (uint32_t)value;
    }
    return POT_OK;
}

/* Item i of the template: its ids, or POT_NO_ID for the text. */
static pot_status template_item(reading *r, const pot_json *at, const pot_json *item, uint32_t *out,
                                size_t *n, pot_error *err)
{
    const char *id;
    pot_json inner;
    if (pot_json_has(item, "SpecialToken")) {
        POT_TRY(pot_json_object(item, "SpecialToken", &inner, err));
        POT_TRY(pot_json_str(&inner, "id", &id, err));
        return special_ids(r, at, id, out, n, err);
    }
    POT_TRY(pot_json_object(item, "Sequence", &inner, err));
    POT_TRY(pot_json_str(&inner, "id", &id, err));
    if (strcmp(id, "A") != 0)
        return pot_json_fail(&inner, POT_E_UNSUPPORTED, err, "only the sequence A is supported");
    *n = 1;
    if (out) *out = POT_NO_ID;
    return POT_OK;
}

static pot_status read_template(reading *r, const pot_json *at, pot_error *err)
{
    pot_json single;
    uint32_t *ids = NULL;
    size_t total = 0, n = 0;
    POT_TRY(pot_json_array(at, "single", &single, err));
    for (int pass = 0; pass < 2; pass++) { /* count, then fill */
        if (pass) POT_TRY(make_around(r, &ids, total, at, err));
        total = 0;
        for (size_t i = 0; i < json_array_size(single.v); i++, total += n) {
            const pot_json item = pot_json_at(&single, i);
            POT_TRY(template_item(r, at, &item, ids ? ids + total : NULL, &n, err));
            if (total + n > 4096)
                return pot_json_fail(at, POT_E_UNSUPPORTED, err, "more than 4096 tokens");
        }
    }
    r->post->around = ids;
    r->post->n_around = (uint32_t)total;
    return POT_OK;
}

static const struct {
    const char *type;
    pot_status (*read)(reading *r, const pot_json *at, pot_error *err);
} kinds[] = {
    {"ByteLevel", read_trim},
    {"RobertaProcessing", read_roberta},
    {"BertProcessing", read_bert},
    {"TemplateProcessing", read_template},
};

static pot_status read_step(void *ctx, const pot_json *at, const char *type, pot_error *err)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].type, type) == 0) return kinds[i].read(ctx, at, err);
    return pot_json_fail(
        at, POT_E_UNSUPPORTED, err,
        "the post-processor \"%.40s\" is not supported; docs/format/tokenizer.md lists what is",
        type);
}

pot_status pot_post_read(pot_post *out, pot_keep *keep, const pot_vocab *v, const pot_json *root,
                         pot_error *err)
{
    pot_post post = {0};
    reading r = {&post, keep, v};
    POT_TRY(pot_steps_read(root, "post_processor", "processors", read_step, &r, err));
    *out = post;
    return POT_OK;
}
