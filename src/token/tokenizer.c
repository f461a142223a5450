#include <pot/tokenizer.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/utf8.h"
#include "crypto/sha256.h"
#include "model/model.h"
#include "token/added.h"
#include "token/bpe.h"
#include "token/decoder.h"
#include "token/first_byte.h"
#include "token/gguf_tokens.h"
#include "token/normalizer.h"
#include "token/parse.h"
#include "token/postprocessor.h"
#include "token/pretokenizer.h"
#include "token/unigram.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#define MAX_ARENA ((size_t)4 << 30)

struct pot_tokenizer {
    pot_keep keep; /* owned */
    pot_sp sp;     /* owned: zero unless the file is SentencePiece's */
    pot_vocab vocab;
    pot_added added;
    pot_normalizer normalizer;
    pot_pretokenizer pretokenizer;
    pot_bpe *bpe;         /* arena, closed by pot_bpe_close; or NULL and: */
    pot_unigram *unigram; /* owned */
    pot_post post;
    pot_decoder decoder;
    uint8_t sha256[POT_SHA256_SIZE], vocab_sha256[POT_SHA256_SIZE];
    bool whole;     /* spans are not trimmed: see first_byte.h */
    pot_work work;  /* owned: scratch */
    pot_tokens seq; /* owned: scratch */
    pot_tokens all; /* owned: scratch */
};

/* As pot_utf8_valid, but ASCII by eight bytes at a time. */
static size_t valid_bytes(const uint8_t *s, size_t n)
{
    const uint64_t high = 0x8080808080808080u;
    size_t i = 0;
    uint64_t eight;
    uint32_t cp;
    while (i < n) {
        unsigned len = 8;
        if (n - i >= 8) memcpy(&eight, s + i, 8);
        if (n - i < 8 || (eight & high)) len = pot_utf8_get(s + i, n - i, &cp);
        if (!len) break;
        i += len;
    }
    return i;
}

/* Opening. */

/* The few kilobytes beside vocabulary and merges.  A mistake in them is reported from the
 * whole document, so that line and byte are right. */
static pot_status parse_rest(pot_json *root, const pot_split_json *parts, pot_bytes doc,
                             const char *file, pot_error *err)
{
    const pot_bytes rest = {(const uint8_t *)parts->rest.p, parts->rest.n};
    const pot_status s = pot_json_parse(root, rest, file, NULL);
    if (s == POT_E_NOMEM) return pot_fail_mem(err);
    return s == POT_OK ? s : pot_json_parse(root, doc, file, err);
}

static pot_status check_version(const pot_json *root, pot_error *err)
{
    const char *version = "1.0";
    const pot_json at = pot_json_get(root, "version");
    if (!json_is_object(root->v))
        return pot_json_fail(root, POT_E_FORMAT, err, "an object is expected");
    POT_TRY(pot_json_opt_str(root, "version", &version, err));
    if (strcmp(version, "1.0") == 0) return POT_OK;
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "only version \"1.0\" is known");
}

/* Old files do not say the type: BPE has merges, Unigram a list of scores. */
static pot_status read_type(const char **type, const pot_json *model, const pot_split_json *parts,
                            pot_error *err)
{
    pot_json at = *model;
    *type = parts->merges.n                              ? "BPE"
            : parts->vocab.n && parts->vocab.p[0] == '[' ? "Unigram"
                                                         : "WordPiece or WordLevel";
    if (pot_json_has(model, "type")) at = pot_json_get(model, "type");
    POT_TRY(pot_json_opt_str(model, "type", type, err));
    if (strcmp(*type, "BPE") == 0 || strcmp(*type, "Unigram") == 0) return POT_OK;
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err,
                         "the tokenizer model \"%.40s\" is not supported, only BPE and Unigram "
                         "are; docs/format/tokenizer.md lists what pot reads",
                         *type);
}

static pot_status read_unigram(pot_tokenizer *t, const pot_json *model, pot_scan *s, uint32_t more,
                               pot_error *err)
{
    pot_unigram_options how = {.unk = POT_NO_ID, .unk_score = INFINITY};
    double *score;
    POT_TRY(pot_vocab_read_scored(&t->vocab, &score, &t->keep.arena, s, more));
    POT_TRY(pot_json_opt_bool(model, "byte_fallback", &how.byte_fallback, err));
    POT_TRY(pot_json_opt_u32(model, "unk_id", &how.unk, err));
    const pot_json at = pot_json_get(model, "unk_id");
    if (how.unk != POT_NO_ID && how.unk >= t->vocab.n)
        return pot_json_fail(&at, POT_E_FORMAT, err, "one of the %u pieces is expected",
                             t->vocab.n);
    for (uint32_t i = 0; i < t->vocab.n; i++)
        if (score[i] < how.unk_score) how.unk_score = score[i];
    how.unk_score -= POT_UNK_PENALTY;
    return pot_unigram_open(&t->unigram, &t->vocab, score, how, err);
}

static pot_status read_model(pot_tokenizer *t, const pot_json *root, const pot_split_json *parts,
                             pot_bytes doc, pot_error *err)
{
    const char *type;
    pot_json model;
    POT_TRY(pot_json_object(root, "model", &model, err));
    POT_TRY(read_type(&type, &model, parts, err));
    const bool bpe = strcmp(type, "BPE") == 0;
    if (!parts->vocab.n || bpe != (parts->merges.n != 0))
        return pot_json_fail(&model, POT_E_FORMAT, err,
                             bpe ? "vocab and merges are expected" : "a list vocab is expected");
    const pot_json added = pot_json_get(root, "added_tokens");
    const uint32_t more = (uint32_t)json_array_size(added.v);
    pot_scan s = {
        parts->vocab.p, parts->vocab.p + parts->vocab.n, doc.p, root->file, "model.vocab", err};
    if (!bpe) return read_unigram(t, &model, &s, more, err);
    POT_TRY(pot_vocab_read(&t->vocab, &t->keep.arena, &s, more));
    s.p = parts->merges.p;
    s.end = s.p + parts->merges.n;
    s.place = "model.merges";
    return pot_bpe_open(&t->bpe, &t->keep.arena, &t->vocab, &model, &s, err);
}

static pot_status hash_vocab(pot_tokenizer *t, pot_error *err)
{
    pot_buf b = POT_BUF(MAX_ARENA);
    for (uint32_t id = 0; id < t->vocab.size; id++) {
        const pot_str *p = pot_vocab_piece(&t->vocab, id);
        if (!p) continue;
        uint8_t head[8];
        for (unsigned i = 0; i < 4; i++) {
            head[i] = (uint8_t)(id >> 8 * i);
            head[4 + i] = (uint8_t)(p->n >> 8 * i);
        }
        pot_buf_add(&b, head, 8);
        pot_buf_add(&b, p->s, p->n);
    }
    pot_status s = pot_buf_status(&b, err);
    if (s == POT_OK) s = pot_sha256(t->vocab_sha256, (pot_bytes){(const uint8_t *)b.p, b.n}, err);
    pot_buf_free(&b);
    return s;
}

static pot_status read_all(pot_tokenizer *t, const pot_json *root, const pot_split_json *parts,
                           pot_bytes doc, pot_error *err)
{
    POT_TRY(check_version(root, err));
    POT_TRY(read_model(t, root, parts, doc, err));
    POT_TRY(pot_normalizer_read(&t->normalizer, &t->keep, root, err));
    POT_TRY(pot_pretokenizer_read(&t->pretokenizer, &t->keep, root, err));
    POT_TRY(pot_added_read(&t->added, &t->keep, &t->vocab, &t->normalizer, root, err));
    POT_TRY(pot_post_read(&t->post, &t->keep, &t->vocab, root, err));
    POT_TRY(pot_decoder_read(&t->decoder, &t->keep, root, err));
    POT_TRY(pot_sha256(t->sha256, doc, err));
    return hash_vocab(t, err);
}

pot_status pot_tokenizer_parse(pot_tokenizer **out, pot_bytes doc, const char *file, pot_error *err)
{
    pot_status s = POT_OK;
    pot_json root = {0};
    pot_split_json parts = {0};
    pot_tokenizer *t = NULL;

    const size_t valid = valid_bytes(doc.p, doc.n);
    if (valid < doc.n) {
        pot_fail(err, POT_E_FORMAT, "not UTF-8");
        pot_fail_offset(err, POT_E_FORMAT, valid);
        return pot_fail_in(err, POT_E_FORMAT, file);
    }
    t = pot_mem_new(1, sizeof *t);
    if (!t) return pot_fail_mem(err);
    pot_arena_init(&t->keep.arena, MAX_ARENA);
    POT_GO(s, pot_json_split(&parts, doc, err));
    POT_GO(s, parse_rest(&root, &parts, doc, file, err));
    POT_GO(s, read_all(t, &root, &parts, doc, err));
    *out = t;
    t = NULL;
out:
    pot_tokenizer_close(&t);
    pot_json_close(&root);
    pot_buf_free(&parts.rest);
    return pot_fail_in(err, s, file);
}

/* SentencePiece's Unigram: 32-bit scores; user-defined symbols score as good as always best. */
static pot_status open_sp_unigram(pot_tokenizer *t, pot_error *err)
{
    const pot_sp *sp = &t->sp;
    float least = FLT_MAX, most = FLT_MIN;
    double *score = pot_arena_new(&t->keep.arena, sp->n, sizeof *score);
    if (!score) return pot_fail_mem(err);
    for (uint32_t i = 0; i < sp->n; i++) {
        if (sp->type[i] != POT_SP_NORMAL) continue;
        least = sp->score[i] < least ? sp->score[i] : least;
        most = sp->score[i] > most ? sp->score[i] : most;
    }
    for (uint32_t i = 0; i < sp->n; i++)
        score[i] = sp->type[i] == POT_SP_NORMAL ? (double)sp->score[i]
                   : sp->type[i] == POT_SP_USER ? (double)((float)sp->piece[i].n * most) - 0.1
                                                : (double)NAN;
    const pot_unigram_options how = {sp->unk, (double)(least - POT_UNK_PENALTY), sp->byte_fallback,
                                     true};
    return pot_unigram_open(&t->unigram, &t->vocab, score, how, err);
}

static pot_status read_sp(pot_tokenizer *t, pot_bytes doc, pot_bytes config, const char *file,
                          pot_error *err)
{
    pot_arena *a = &t->keep.arena;
    POT_TRY(pot_sp_read(&t->sp, a, doc, file, err));
    POT_TRY(pot_vocab_make(&t->vocab, a, t->sp.piece, t->sp.n, err));
    if (t->sp.model == POT_SP_UNIGRAM) POT_TRY(open_sp_unigram(t, err));
    else POT_TRY(pot_bpe_open_scored(&t->bpe, a, &t->vocab, &t->sp, err));
    POT_TRY(pot_post_read_config(&t->post, a, &t->vocab, &t->sp, config, err));
    POT_TRY(pot_decoder_for_sp(&t->decoder, a, err));
    POT_TRY(pot_sha256(t->sha256, doc, err));
    return hash_vocab(t, err);
}

pot_status pot_tokenizer_parse_sp(pot_tokenizer **out, pot_bytes doc, pot_bytes config,
                                  const char *file, pot_error *err)
{
    pot_tokenizer *t = pot_mem_new(1, sizeof *t);
    if (!t) return pot_fail_mem(err);
    pot_arena_init(&t->keep.arena, MAX_ARENA);
    const pot_status s = read_sp(t, doc, config, file, err);
    if (s == POT_OK) *out = t;
    else pot_tokenizer_close(&t);
    return pot_fail_in(err, s, file);
}

static pot_bytes bytes_of(const pot_buf *b)
{
    return (pot_bytes){(const uint8_t *)(b->p ? b->p : ""), b->n};
}

/* tokenizer.model says nothing of special tokens: tokenizer_config.json beside it does. */
static pot_status open_sp(pot_tokenizer **out, pot_bytes doc, const char *path, pot_error *err)
{
    char config[PATH_MAX], dir[PATH_MAX] = ".";
    pot_buf text = POT_BUF(POT_MAX_TOKENIZER_FILE);
    const char *slash = strrchr(path, '/');
    if (slash) snprintf(dir, sizeof dir, "%.*s", (int)(slash - path), path);
    POT_TRY(pot_path_join(config, slash == path ? "/" : dir, "tokenizer_config.json", err));
    pot_status s = pot_file_exists(config) ? pot_file_read(&text, config, err) : POT_OK;
    if (s == POT_OK) s = pot_tokenizer_parse_sp(out, doc, bytes_of(&text), path, err);
    pot_buf_free(&text);
    return s;
}

pot_status pot_tokenizer_open(pot_tokenizer **out, const char *path, pot_error *err)
{
    if (pot_is_gguf(path)) return pot_gguf_tokenizer_open(out, path, err);
    pot_buf file = POT_BUF(POT_MAX_TOKENIZER_FILE);
    const char *slash = strrchr(path, '/');
    pot_status s = pot_file_read(&file, path, err);
    if (s == POT_OK && strstr(slash ? slash : path, ".model"))
        s = open_sp(out, bytes_of(&file), path, err);
    else if (s == POT_OK) s = pot_tokenizer_parse(out, bytes_of(&file), path, err);
    pot_buf_free(&file);
    return s;
}

void pot_tokenizer_close(pot_tokenizer **t)
{
    if (!*t) return;
    pot_bpe_close((*t)->bpe);
    pot_unigram_close((*t)->unigram);
    pot_sp_close(&(*t)->sp);
    pot_keep_close(&(*t)->keep);
    pot_work_free(&(*t)->work);
    pot_tokens_free(&(*t)->seq);
    pot_tokens_free(&(*t)->all);
    pot_mem_free(*t);
    *t = NULL;
}

/* Encoding. */

static pot_status emit(pot_tokenizer *t, uint32_t id, uint32_t from, uint32_t to, pot_str value,
                       const char *text, pot_error *err)
{
    pot_span at = {t->work.text.at[from].start, t->work.text.at[to - 1].end};
    if (t->post.trims && !t->whole) pot_post_trim(&t->post, &at, t->seq.n, value, text);
    return pot_tokens_add(&t->seq, id, at, err);
}

static pot_status emit_word(pot_tokenizer *t, const pot_piece *p, const char *text, pot_error *err)
{
    const pot_part *part;
    const char *word = t->work.text.s + p->from;
    uint32_t n;
    if (t->bpe) POT_TRY(pot_bpe_word(t->bpe, &part, &n, word, p->to - p->from, err));
    else POT_TRY(pot_unigram_word(t->unigram, &part, &n, word, p->to - p->from, err));
    for (uint32_t i = 0; i < n; i++) {
        pot_str value = {word + part[i].from, part[i].to - part[i].from};
        if (!part[i].as_is) value = *pot_vocab_piece(&t->vocab, part[i].id);
        POT_TRY(
            emit(t, part[i].id, p->from + part[i].from, p->from + part[i].to, value, text, err));
    }
    return POT_OK;
}

static pot_status emit_all(pot_tokenizer *t, const char *text, pot_error *err)
{
    const pot_work *w = &t->work;
    t->seq.n = 0;
    for (uint32_t i = 0; i < w->pieces.n; i++) {
        const pot_piece *p = &w->pieces.v[i];
        const pot_str value = {w->text.s + p->from, p->to - p->from};
        if (p->id == POT_NO_ID) POT_TRY(emit_word(t, p, text, err));
        else POT_TRY(emit(t, p->id, p->from, p->to, value, text, err));
    }
    return POT_OK;
}

pot_status pot_tokenizer_encode(pot_tokenizer *t, pot_tokens *out, const char *text, size_t n,
                                bool special, pot_error *err)
{
    pot_work *w = &t->work;
    if (n > POT_MAX_TEXT)
        return pot_fail(err, POT_E_ARG, "a text of at most %u bytes is expected: cut it up",
                        POT_MAX_TEXT);
    const size_t valid = valid_bytes((const uint8_t *)text, n);
    if (valid < n) {
        pot_fail(err, POT_E_FORMAT, "the text is not valid UTF-8");
        return pot_fail_offset(err, POT_E_FORMAT, valid);
    }
    POT_TRY(pot_work_begin(w, text, (uint32_t)n, err));
    if (t->sp.n) POT_TRY(pot_work_rewrite(w, pot_sp_normalize, &t->sp, err));
    POT_TRY(pot_added_cut(t->added.raw, w, err));
    POT_TRY(pot_normalize(&t->normalizer, w, err));
    POT_TRY(pot_added_cut(t->added.normalized, w, err));
    POT_TRY(pot_pretokenize(&t->pretokenizer, w, err));
    POT_TRY(emit_all(t, text, err));
    POT_TRY(pot_post_surround(&t->post, &t->all, &t->seq, special, err));
    const pot_tokens done = t->all; /* the caller's old memory serves the next call */
    t->all = *out;
    *out = done;
    return POT_OK;
}

pot_status pot_tokenizer_encode_whole(pot_tokenizer *t, pot_tokens *out, const char *text, size_t n,
                                      pot_error *err)
{
    t->whole = true;
    const pot_status s = pot_tokenizer_encode(t, out, text, n, true, err);
    t->whole = false;
    return s;
}

/* Decoding. */

#define MAX_DECODED ((size_t)1 << 30)

/* A piece of SentencePiece; the mark in front of a text, which `begins`, is taken from it again. */
static void add_sp_piece(const pot_sp *sp, pot_strings *l, pot_str p, uint8_t type, bool *begins)
{
    static const char mark[] = "\xe2\x96\x81", unknown[] = " \xe2\x81\x87 ";
    const bool marked = p.n >= 3 && memcmp(p.s, mark, 3) == 0;
    if (type == POT_SP_CONTROL) p.n = 0; /* it ends a run of bytes */
    else if (type == POT_SP_UNKNOWN) p = (pot_str){unknown, sizeof unknown - 1};
    else if (*begins && !l->text.n && marked && (sp->add_mark || sp->squeeze)) {
        p.s += 3, p.n -= 3;
        *begins = sp->squeeze;
    }
    pot_strings_add(l, p.s, p.n);
}

pot_status pot_tokenizer_decode(const pot_tokenizer *t, pot_decoded *out, const uint32_t *id,
                                size_t n, bool skip_special, pot_error *err)
{
    bool begins = true;
    pot_strings pieces = {.text = POT_BUF(MAX_DECODED)};
    pot_buf text = {.p = out->p, .room = out->room, .cap = MAX_DECODED};
    pot_buf_clear(&text);
    pot_buf_str(&text, "");          /* at least a NUL */
    for (size_t i = 0; i < n; i++) { /* ids without a piece are left out, as in the packages */
        const pot_str *p = pot_vocab_piece(&t->vocab, id[i]);
        if (!p || (skip_special && pot_added_is_special(&t->added, id[i]))) continue;
        if (t->sp.n) add_sp_piece(&t->sp, &pieces, *p, t->sp.type[id[i]], &begins);
        else pot_strings_add(&pieces, p->s, p->n);
    }
    const pot_status s = pot_decode(&t->decoder, &text, &pieces, err);
    *out = (pot_decoded){.p = text.p, .n = s == POT_OK ? text.n : 0, .room = text.room};
    pot_strings_free(&pieces);
    return s;
}

/* SentencePiece writes U+2047 for the unknown piece; it stands for no text, so it counts as none.
 */
static bool is_silent(const pot_tokenizer *t, uint32_t id)
{
    if (pot_added_is_special(&t->added, id)) return true;
    return t->sp.n && (t->sp.type[id] == POT_SP_CONTROL || t->sp.type[id] == POT_SP_UNKNOWN);
}

pot_status pot_tokenizer_first_bytes(const pot_tokenizer *t, uint16_t *class, pot_error *err)
{
    pot_buf text = POT_BUF(MAX_DECODED);
    pot_status s = POT_OK;
    for (uint32_t id = 0; s == POT_OK && id < t->vocab.size; id++) {
        const pot_str *p = pot_vocab_piece(&t->vocab, id);
        class[id] = POT_NO_BYTE;
        if (!p || !p->n || is_silent(t, id)) continue;
        pot_buf_clear(&text);
        pot_buf_add(&text, p->s, p->n);
        s = pot_buf_status(&text, err);
        if (s == POT_OK) s = pot_decode_inside(&t->decoder, &text, err);
        if (s == POT_OK && text.n) class[id] = (uint8_t)text.p[0];
    }
    pot_buf_free(&text);
    return s;
}

void pot_decoded_free(pot_decoded *d)
{
    pot_mem_free(d->p);
    *d = (pot_decoded){0};
}

/* Looking. */

uint32_t pot_tokenizer_size(const pot_tokenizer *t)
{
    return t->vocab.size;
}

const char *pot_tokenizer_piece(const pot_tokenizer *t, uint32_t id)
{
    const pot_str *p = pot_vocab_piece(&t->vocab, id);
    return p ? p->s : NULL;
}

const char *pot_tokenizer_kind(const pot_tokenizer *t)
{
    if (t->sp.n && t->bpe) return "SentencePiece BPE";
    if (t->sp.n) return "SentencePiece Unigram";
    if (t->unigram)
        return pot_unigram_byte_fallback(t->unigram) ? "Unigram with byte fallback" : "Unigram";
    if (t->normalizer.byte_level || t->pretokenizer.byte_level) return "byte-level BPE";
    return pot_bpe_byte_fallback(t->bpe) ? "BPE with byte fallback" : "BPE";
}

const uint8_t *pot_tokenizer_sha256(const pot_tokenizer *t)
{
    return t->sha256;
}

const uint8_t *pot_tokenizer_vocab_sha256(const pot_tokenizer *t)
{
    return t->vocab_sha256;
}

static char tables[200];

static void describe_tables(void)
{
    char version[64], unicode[64];
    pcre2_config(PCRE2_CONFIG_VERSION, version);
    pcre2_config(PCRE2_CONFIG_UNICODE_VERSION, unicode);
    snprintf(tables, sizeof tables,
             "pcre2 %.40s, Unicode %.20s; utf8proc %.20s, Unicode %.20s; sets of tokenizers 0.22.2",
             version, unicode, utf8proc_version(), utf8proc_unicode_version());
}

const char *pot_tokenizer_tables(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, describe_tables);
    return tables;
}
