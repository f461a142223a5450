#include "token/gguf_tokens.h"

#include "base/fail.h"
#include "base/file.h"
#include "base/utf8.h"
#include "token/gguf_spm.h"
#include "token/parse.h"
#include "token/pre.h"
#include "token/vocab.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define KEY(name) "tokenizer.ggml." name

enum { NORMAL = 1, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE };

struct reading {
    const pot_gguf *g;
    pot_buf *out;
    const pot_gguf_value *tokens, *types, *merges;
    pot_error *err;
};

static void put_string(pot_buf *b, pot_bytes s)
{
    pot_put_json_string(b, (const char *)s.p, s.n);
}

static pot_bytes text(const char *s)
{
    return (pot_bytes){(const uint8_t *)s, strlen(s)};
}

static bool valid(pot_bytes s)
{
    uint32_t cp;
    for (unsigned n; s.n; s.p += n, s.n -= n)
        if (!(n = pot_utf8_get(s.p, s.n, &cp))) return false;
    return true;
}

static unsigned type_of(const struct reading *r, uint64_t id)
{
    return r->types ? (unsigned)pot_gguf_number(r->types, id) : NORMAL;
}

/* What converters write for an id that the tokenizer has no piece for. */
static bool is_filler(const struct reading *r, uint64_t id, pot_bytes piece)
{
    char name[40];
    const int n = snprintf(name, sizeof name, "[PAD%llu]", (unsigned long long)id);
    return type_of(r, id) == UNUSED && piece.n == (size_t)n && memcmp(piece.p, name, piece.n) == 0;
}

static pot_status put_vocab(struct reading *r)
{
    pot_bytes rest = r->tokens->data;
    const char *before = "\"vocab\":{";
    for (uint64_t id = 0; id < r->tokens->n; id++) {
        const pot_bytes s = pot_gguf_next_string(&rest);
        if (!valid(s))
            return pot_gguf_fail(r->g, r->tokens->key, POT_E_FORMAT, r->err,
                                 "token %llu is not UTF-8", (unsigned long long)id);
        if (is_filler(r, id, s)) continue;
        pot_buf_str(r->out, before);
        put_string(r->out, s);
        pot_buf_fmt(r->out, ":%llu", (unsigned long long)id);
        before = ",";
    }
    pot_buf_str(r->out, "}");
    return POT_OK;
}

static pot_status put_merges(struct reading *r)
{
    pot_bytes rest = r->merges->data;
    pot_buf_str(r->out, ",\"merges\":[");
    for (uint64_t i = 0; i < r->merges->n; i++) {
        const pot_bytes s = pot_gguf_next_string(&rest);
        if (!valid(s))
            return pot_gguf_fail(r->g, r->merges->key, POT_E_FORMAT, r->err,
                                 "merge %llu is not UTF-8", (unsigned long long)i);
        if (i) pot_buf_str(r->out, ",");
        put_string(r->out, s);
    }
    pot_buf_str(r->out, "]");
    return POT_OK;
}

/* Tokens that stand for themselves wherever they are in a text. */
static void put_added(struct reading *r)
{
    pot_bytes rest = r->tokens->data;
    const char *before = "";
    pot_buf_str(r->out, ",\"added_tokens\":[");
    for (uint64_t id = 0; id < r->tokens->n; id++) {
        const pot_bytes s = pot_gguf_next_string(&rest);
        const unsigned type = type_of(r, id);
        if ((type != CONTROL && type != USER_DEFINED && type != UNKNOWN) || !s.n) continue;
        pot_buf_fmt(r->out, "%s{\"id\":%llu,\"content\":", before, (unsigned long long)id);
        put_string(r->out, s);
        pot_buf_fmt(r->out,
                    ",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,"
                    "\"normalized\":false,\"special\":%s}",
                    type == USER_DEFINED ? "false" : "true");
        before = ",";
    }
    pot_buf_str(r->out, "]");
}

/* The piece of the token that a key names; *id is the default. */
static pot_status named(struct reading *r, const char *key, uint32_t *id, pot_bytes *piece)
{
    pot_bytes rest = r->tokens->data;
    POT_TRY(pot_gguf_u32(r->g, key, id, r->err));
    if (*id >= r->tokens->n)
        return pot_gguf_fail(r->g, key, POT_E_FORMAT, r->err,
                             "the id of one of the %llu tokens is expected",
                             (unsigned long long)r->tokens->n);
    for (uint32_t i = 0; i <= *id; i++)
        *piece = pot_gguf_next_string(&rest);
    return POT_OK;
}

static void put_item(struct reading *r, pot_bytes piece)
{
    pot_buf_str(r->out, "{\"SpecialToken\":{\"id\":");
    put_string(r->out, piece);
    pot_buf_str(r->out, ",\"type_id\":0}}");
}

static void put_special(struct reading *r, uint32_t id, pot_bytes piece)
{
    put_string(r->out, piece);
    pot_buf_str(r->out, ":{\"id\":");
    put_string(r->out, piece);
    pot_buf_fmt(r->out, ",\"ids\":[%u],\"tokens\":[", id);
    put_string(r->out, piece);
    pot_buf_str(r->out, "]}");
}

/* Beginning and end of a text; the defaults are those of llama.cpp. */
static pot_status put_template(struct reading *r, bool bos, uint32_t first, bool eos, uint32_t last)
{
    pot_bytes begin = {0}, end = {0};
    POT_TRY(pot_gguf_bool(r->g, KEY("add_bos_token"), &bos, r->err));
    POT_TRY(pot_gguf_bool(r->g, KEY("add_eos_token"), &eos, r->err));
    if (bos) POT_TRY(named(r, KEY("bos_token_id"), &first, &begin));
    if (eos) POT_TRY(named(r, KEY("eos_token_id"), &last, &end));
    if (!bos && !eos) return POT_OK;
    pot_buf_str(r->out, ",\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[");
    if (bos) put_item(r, begin);
    pot_buf_fmt(r->out, "%s{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}%s", bos ? "," : "",
                eos ? "," : "");
    if (eos) put_item(r, end);
    pot_buf_str(r->out, "],\"pair\":[],\"special_tokens\":{");
    if (bos) put_special(r, first, begin);
    if (eos && (!bos || first != last)) {
        if (bos) pot_buf_str(r->out, ",");
        put_special(r, last, end);
    }
    pot_buf_str(r->out, "}}");
    return POT_OK;
}

static pot_status find_pre(struct reading *r, const struct pot_pre **out)
{
    pot_bytes name = text("default"); /* files before the key was thought of */
    POT_TRY(pot_gguf_string(r->g, KEY("pre"), &name, r->err));
    for (*out = pot_pres; (*out)->name; ++*out)
        if (strlen((*out)->name) == name.n && memcmp((*out)->name, name.p, name.n) == 0)
            return POT_OK;
    return pot_gguf_fail(r->g, KEY("pre"), POT_E_UNSUPPORTED, r->err,
                         "the pre-tokenizer \"%.*s\" is not built in; copy tokenizer.json from the "
                         "original model and give its directory",
                         (int)(name.n < 40 ? name.n : 40), (const char *)name.p);
}

static void put_patterns(struct reading *r, const struct pot_pre *pre)
{
    pot_buf_str(r->out, ",\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[");
    for (const char *const *p = pre->pattern; *p; p++) {
        pot_buf_str(r->out, "{\"type\":\"Split\",\"pattern\":{\"Regex\":");
        put_string(r->out, text(*p));
        pot_buf_str(r->out, "},\"behavior\":\"Isolated\",\"invert\":false},");
    }
    pot_buf_str(r->out, "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":false,"
                        "\"use_regex\":false}]}");
    if (pre->nfc) pot_buf_str(r->out, ",\"normalizer\":{\"type\":\"NFC\"}");
}

static pot_status put_gpt2(struct reading *r)
{
    const struct pot_pre *pre = NULL;
    POT_TRY(find_pre(r, &pre));
    POT_TRY(pot_gguf_array(r->g, KEY("merges"), POT_GGUF_STRING, &r->merges, r->err));
    if (!r->merges)
        return pot_gguf_fail(r->g, KEY("merges"), POT_E_FORMAT, r->err,
                             "missing; the tokenizer is "
                             "not whole");
    pot_buf_fmt(r->out, "{\"version\":\"1.0\",\"model\":{\"type\":\"BPE\",\"ignore_merges\":%s,",
                pre->whole ? "true" : "false");
    POT_TRY(put_vocab(r));
    POT_TRY(put_merges(r));
    pot_buf_str(r->out, "}");
    put_patterns(r, pre);
    put_added(r);
    POT_TRY(put_template(r, pre->bos, POT_NO_ID, false, POT_NO_ID));
    pot_buf_str(r->out, ",\"decoder\":{\"type\":\"ByteLevel\"}}");
    return POT_OK;
}

/* ---- SentencePiece's BPE ------------------------------------------------------------------- */

static pot_status put_scored_merges(struct reading *r)
{
    const pot_gguf_value *scores = NULL;
    const uint32_t n = (uint32_t)r->tokens->n;
    pot_bytes rest = r->tokens->data;
    POT_TRY(pot_gguf_array(r->g, KEY("scores"), POT_GGUF_F32, &scores, r->err));
    if (!scores)
        return pot_gguf_fail(r->g, KEY("scores"), POT_E_FORMAT, r->err,
                             "missing; the tokenizer is not whole");
    pot_scored_piece *list = pot_mem_new(n, sizeof *list);
    if (!list) return pot_fail_mem(r->err);
    for (uint32_t id = 0; id < n; id++) {
        const pot_bytes s = pot_gguf_next_string(&rest);
        const float score = (float)pot_gguf_number(scores, id);
        list[id] = (pot_scored_piece){.text = {(const char *)s.p, (uint32_t)s.n},
                                      .score = score,
                                      .merges = type_of(r, id) == NORMAL && score == score};
    }
    pot_buf_str(r->out, ",\"merges\":[");
    const pot_status s = pot_spm_merges(r->out, list, n, r->err);
    pot_buf_str(r->out, "]");
    pot_mem_free(list);
    return s;
}

/* A space in front of the text, and each as U+2581. */
static pot_status put_spaces(struct reading *r, bool *prefix)
{
    bool extra = false;
    POT_TRY(pot_gguf_bool(r->g, KEY("add_space_prefix"), prefix, r->err));
    POT_TRY(pot_gguf_bool(r->g, KEY("remove_extra_whitespaces"), &extra, r->err));
    if (extra)
        return pot_gguf_fail(r->g, KEY("remove_extra_whitespaces"), POT_E_UNSUPPORTED, r->err,
                             "only false is built in");
    const pot_gguf_value *map = pot_gguf_find(r->g, KEY("precompiled_charsmap"));
    if (map && map->n)
        return pot_gguf_fail(r->g, KEY("precompiled_charsmap"), POT_E_UNSUPPORTED, r->err,
                             "character maps in GGUF files are not built in");
    pot_buf_fmt(r->out,
                ",\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[%s"
                "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},"
                "\"content\":\"\xe2\x96\x81\"}]}",
                *prefix ? "{\"type\":\"Prepend\",\"prepend\":\"\xe2\x96\x81\"}," : "");
    return POT_OK;
}

static pot_status put_llama(struct reading *r)
{
    uint32_t unk = 0;
    bool prefix = true;
    pot_bytes piece = {0};
    POT_TRY(named(r, KEY("unknown_token_id"), &unk, &piece));
    pot_buf_str(r->out, "{\"version\":\"1.0\",\"model\":{\"type\":\"BPE\",\"byte_fallback\":true,"
                        "\"fuse_unk\":true,\"unk_token\":");
    put_string(r->out, piece);
    pot_buf_str(r->out, ",");
    POT_TRY(put_vocab(r));
    POT_TRY(put_scored_merges(r));
    pot_buf_str(r->out, "}");
    POT_TRY(put_spaces(r, &prefix));
    put_added(r);
    POT_TRY(put_template(r, true, 1, false, 2));
    pot_buf_fmt(
        r->out,
        ",\"decoder\":{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{"
        "\"String\":\"\xe2\x96\x81\"},\"content\":\" \"},{\"type\":\"ByteFallback\"},{\"type\":"
        "\"Fuse\"}%s]}}",
        prefix ? ",{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}" : "");
    return POT_OK;
}

/* ---- Unigram ------------------------------------------------------------------------------- */

/* [[piece, score], ...] of the first n tokens: what is no normal piece has the score 0, as in a
 * tokenizer.json. */
static pot_status put_scored(struct reading *r, uint64_t n)
{
    const pot_gguf_value *scores = NULL;
    pot_bytes rest = r->tokens->data;
    POT_TRY(pot_gguf_array(r->g, KEY("scores"), POT_GGUF_F32, &scores, r->err));
    if (!scores)
        return pot_gguf_fail(r->g, KEY("scores"), POT_E_FORMAT, r->err,
                             "missing; the tokenizer is not whole");
    pot_buf_str(r->out, "\"vocab\":[");
    for (uint64_t id = 0; id < n; id++) {
        const pot_bytes s = pot_gguf_next_string(&rest);
        const double score = type_of(r, id) == NORMAL ? pot_gguf_number(scores, id) : 0;
        if (!valid(s) || !isfinite(score))
            return pot_gguf_fail(r->g, r->tokens->key, POT_E_FORMAT, r->err,
                                 "token %llu is not UTF-8, or has no finite score",
                                 (unsigned long long)id);
        if (type_of(r, id) == UNUSED || type_of(r, id) == BYTE)
            return pot_gguf_fail(r->g, r->tokens->key, POT_E_UNSUPPORTED, r->err,
                                 "token %llu is unused or a byte, which is not built in for "
                                 "Unigram",
                                 (unsigned long long)id);
        pot_buf_str(r->out, id ? ",[" : "[");
        put_string(r->out, s);
        pot_buf_fmt(r->out, ",%.17g]", score);
    }
    pot_buf_str(r->out, "]");
    return POT_OK;
}

static void put_base64(pot_buf *b, pot_bytes in)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < in.n; i += 3) {
        const size_t n = in.n - i < 3 ? in.n - i : 3;
        uint32_t u = 0;
        for (size_t k = 0; k < 3; k++)
            u = u << 8 | (k < n ? in.p[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            pot_buf_add(b, k <= n ? &digit[u >> (18 - 6 * k) & 63] : "=", 1);
    }
}

/* White space as the tokenizer.json of t5 has it; or, where words are not all to begin with the
 * mark, as SentencePiece's normalizer does; *begin: they do. */
static pot_status put_words(struct reading *r, bool *begin)
{
    bool prefix = true, extra = true;
    const pot_gguf_value *map = pot_gguf_find(r->g, KEY("precompiled_charsmap"));
    POT_TRY(pot_gguf_bool(r->g, KEY("add_space_prefix"), &prefix, r->err));
    POT_TRY(pot_gguf_bool(r->g, KEY("remove_extra_whitespaces"), &extra, r->err));
    if (map && (!map->array || (map->type != POT_GGUF_U8 && map->type != POT_GGUF_I8)))
        return pot_gguf_fail(r->g, map->key, POT_E_FORMAT, r->err, "an array of bytes is expected");
    const bool squeeze = extra && !prefix;
    pot_buf_str(r->out, ",\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[");
    if (map && map->n) {
        pot_buf_str(r->out, "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"");
        put_base64(r->out, map->data);
        pot_buf_str(r->out, squeeze ? "\"}," : "\"}");
    }
    if (squeeze)
        pot_buf_str(r->out, "{\"type\":\"Strip\",\"strip_left\":true,\"strip_right\":true},"
                            "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\" {2,}\"},"
                            "\"content\":\" \"}");
    pot_buf_fmt(r->out,
                "]},\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[%s{\"type\":"
                "\"Metaspace\",\"replacement\":\"\xe2\x96\x81\",\"prepend_scheme\":\"%s\","
                "\"split\":true}]}",
                extra && prefix ? "{\"type\":\"WhitespaceSplit\"}," : "",
                prefix ? "always" : "never");
    *begin = prefix;
    return POT_OK;
}

/* Converters fill the list up to the rows of the embedding. */
static uint64_t without_fillers(const struct reading *r)
{
    uint64_t n = 0;
    pot_bytes rest = r->tokens->data;
    for (uint64_t id = 0; id < r->tokens->n; id++)
        if (!is_filler(r, id, pot_gguf_next_string(&rest))) n = id + 1;
    return n;
}

static pot_status put_t5(struct reading *r)
{
    uint32_t unk = 2;
    bool prefix = true;
    pot_bytes piece = {0};
    POT_TRY(named(r, KEY("unknown_token_id"), &unk, &piece));
    pot_buf_fmt(r->out, "{\"version\":\"1.0\",\"model\":{\"type\":\"Unigram\",\"unk_id\":%u,", unk);
    POT_TRY(put_scored(r, without_fillers(r)));
    pot_buf_str(r->out, "}");
    POT_TRY(put_words(r, &prefix));
    put_added(r);
    POT_TRY(put_template(r, false, POT_NO_ID, true, 1));
    pot_buf_fmt(r->out,
                ",\"decoder\":{\"type\":\"Metaspace\",\"replacement\":\"\xe2\x96\x81\","
                "\"prepend_scheme\":\"%s\",\"split\":true}}",
                prefix ? "always" : "never");
    return POT_OK;
}

static const struct {
    const char *model;
    pot_status (*put)(struct reading *r);
} kinds[] = {
    {"gpt2", put_gpt2},
    {"llama", put_llama},
    {"t5", put_t5},
};

static pot_status find_lists(struct reading *r)
{
    POT_TRY(pot_gguf_array(r->g, KEY("tokens"), POT_GGUF_STRING, &r->tokens, r->err));
    POT_TRY(pot_gguf_array(r->g, KEY("token_type"), POT_GGUF_I32, &r->types, r->err));
    for (uint64_t i = 0; r->types && i < r->types->n; i++) {
        const double type = pot_gguf_number(r->types, i);
        if (!(type >= 0 && type <= BYTE))
            return pot_gguf_fail(r->g, r->types->key, POT_E_FORMAT, r->err,
                                 "token %llu has type %.0f; 0 to %d are expected",
                                 (unsigned long long)i, type, BYTE);
    }
    if (r->tokens && r->tokens->n && r->tokens->n <= POT_MAX_ID) return POT_OK;
    return pot_gguf_fail(r->g, KEY("tokens"), POT_E_FORMAT, r->err,
                         "1 to %u tokens are expected; give a file that holds a tokenizer",
                         POT_MAX_ID);
}

pot_status pot_gguf_tokens(pot_buf *out, const pot_gguf *g, pot_error *err)
{
    struct reading r = {.g = g, .out = out, .err = err};
    pot_bytes model = {0};
    POT_TRY(pot_gguf_string(g, KEY("model"), &model, err));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strlen(kinds[i].model) != model.n || memcmp(kinds[i].model, model.p, model.n) != 0)
            continue;
        POT_TRY(find_lists(&r));
        POT_TRY(kinds[i].put(&r));
        return pot_buf_status(out, err);
    }
    return pot_gguf_fail(g, KEY("model"), POT_E_UNSUPPORTED, err,
                         "the tokenizer \"%.*s\" is not built in, only gpt2, llama and t5 are",
                         (int)(model.n < 40 ? model.n : 40), (const char *)model.p);
}

pot_status pot_gguf_tokenizer_open(pot_tokenizer **out, const char *path, pot_error *err)
{
    pot_map map = {0};
    pot_arena arena;
    pot_gguf g = {0};
    pot_buf json = POT_BUF(POT_MAX_TOKENIZER_FILE);
    pot_status s;
    pot_arena_init(&arena, (size_t)1 << 30);
    POT_GO(s, pot_map_open(&map, path, err));
    POT_GO(s, pot_gguf_read(&g, &arena, map.bytes, path, err));
    POT_GO(s, pot_gguf_tokens(&json, &g, err));
    s = pot_tokenizer_parse(out, (pot_bytes){(const uint8_t *)json.p, json.n}, path, err);
out:
    pot_buf_free(&json);
    pot_arena_close(&arena);
    pot_map_close(&map);
    return pot_fail_in(err, s, path);
}
