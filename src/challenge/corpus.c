/* A start is a code point that is not white space and follows white space or begins the
 * text, or that belongs to a script written without spaces; and at least POT_PASSAGE_MIN
 * bytes of text lie from it to the end.  Passages begin at starts, each start being equally
 * likely: number k is drawn, then found with the help of a count per block.
 * docs/format/challenge.md, section 6. */
#include "challenge/corpus.h"

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "challenge/grammar.h"

#include <string.h>

#define CORPUS_MIN ((size_t)4096)
#define CORPUS_MAX ((size_t)1 << 30)
#define BLOCK      ((size_t)1 << 16) /* bytes of text per count */

struct pot_corpus {
    pot_map map;     /* owned */
    char *path;      /* owned */
    pot_bytes text;  /* borrowed: map, without a byte order mark */
    uint32_t *count; /* owned: starts in each block of the text */
    size_t blocks;
    uint32_t starts;
    uint8_t sha256[POT_SHA256_SIZE];
};

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Kana, CJK ideographs and their extensions: any of their code points may begin a passage. */
static bool spaceless(uint32_t cp)
{
    return (cp >= 0x3041 && cp <= 0x9fff) || (cp >= 0x20000 && cp <= 0x3ffff);
}

/* [C-11] */
static bool is_start(pot_bytes t, size_t i)
{
    uint32_t cp;
    if ((t.p[i] & 0xc0) == 0x80 || is_space(t.p[i])) return false;
    if (i == 0 || is_space(t.p[i - 1])) return true;
    return t.p[i] >= 0xe3 && pot_utf8_get(t.p + i, t.n - i, &cp) && spaceless(cp);
}

/* One more than the last offset at which a passage may start. */
static size_t start_end(pot_bytes t)
{
    return t.n < POT_PASSAGE_MIN ? 0 : t.n - POT_PASSAGE_MIN + 1;
}

static void count_starts(pot_corpus *c)
{
    const size_t end = start_end(c->text);
    for (size_t i = 0; i < end; i++)
        if (is_start(c->text, i)) {
            c->count[i / BLOCK]++;
            c->starts++;
        }
}

static pot_status refuse(pot_error *err, uint64_t at, const char *what)
{
    pot_fail(err, POT_E_FORMAT, "%s; a corpus is plain text in UTF-8", what);
    return pot_fail_offset(err, POT_E_FORMAT, at);
}

/* [C-10] */
static pot_status check_text(const pot_corpus *c, pot_error *err)
{
    const pot_bytes all = c->map.bytes;
    if (all.n < CORPUS_MIN || all.n > CORPUS_MAX)
        return pot_fail(err, POT_E_FORMAT, "%zu bytes; a corpus has %zu to %zu", all.n, CORPUS_MIN,
                        CORPUS_MAX);
    const size_t valid = pot_utf8_valid(all.p, all.n);
    if (valid < all.n) return refuse(err, valid, "not valid UTF-8 here");
    const uint8_t *nul = memchr(all.p, 0, all.n);
    if (nul) return refuse(err, (uint64_t)(nul - all.p), "a NUL byte");
    return POT_OK;
}

static pot_status prepare(pot_corpus *c, const char *path, pot_error *err)
{
    POT_TRY(check_text(c, err));
    const pot_bytes all = c->map.bytes;
    const size_t bom = memcmp(all.p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    c->text = (pot_bytes){all.p + bom, all.n - bom};
    c->blocks = start_end(c->text) / BLOCK + 1;
    c->count = pot_mem_new(c->blocks, sizeof *c->count);
    c->path = pot_mem_new(strlen(path) + 1, 1);
    if (!c->count || !c->path) return pot_fail_mem(err);
    memcpy(c->path, path, strlen(path));
    count_starts(c);
    if (c->starts < POT_STARTS_MIN)
        return pot_fail(err, POT_E_FORMAT,
                        "%u of the %d places needed where a passage can start: after white "
                        "space, %d bytes before the end; use a longer text",
                        (unsigned)c->starts, POT_STARTS_MIN, POT_PASSAGE_MIN);
    return pot_sha256(c->sha256, all, err);
}

pot_status pot_corpus_open(pot_corpus **out, const char *path, pot_error *err)
{
    pot_corpus *c = pot_mem_new(1, sizeof *c);
    if (!c) return pot_fail_mem(err);
    pot_status s;
    POT_GO(s, pot_map_open(&c->map, path, err));
    POT_GO(s, prepare(c, path, err));
    *out = c;
    c = NULL;
out:
    if (c) pot_corpus_close(&c);
    return pot_fail_in(err, s, path);
}

void pot_corpus_close(pot_corpus **c)
{
    if (!*c) return;
    pot_map_close(&(*c)->map);
    pot_mem_free((*c)->count);
    pot_mem_free((*c)->path);
    pot_mem_free(*c);
    *c = NULL;
}

const uint8_t *pot_corpus_sha256(const pot_corpus *c)
{
    return c->sha256;
}

uint32_t pot_corpus_starts(const pot_corpus *c)
{
    return c->starts;
}

/* The offset of start number k; start_end() if the text changed and has no such start. */
static size_t find_start(const pot_corpus *c, uint32_t k)
{
    const size_t end = start_end(c->text);
    size_t block = 0;
    while (k >= c->count[block])
        k -= c->count[block++];
    for (size_t i = block * BLOCK; i < end; i++)
        if (is_start(c->text, i) && k-- == 0) return i;
    return end;
}

/* [C-12] That the file is still the same is asked last, when nothing is read any more. */
pot_status pot_corpus_passage(const pot_corpus *c, char *out, size_t *n, pot_stream *stream,
                              pot_error *err)
{
    const uint32_t k = pot_stream_below(stream, c->starts);
    POT_TRY(pot_stream_status(stream, err));
    const size_t at = find_start(c, k);
    size_t len = c->text.n - at;
    if (len > POT_TEXT_ROOM) {
        len = POT_TEXT_ROOM;
        while (len > 0 && (c->text.p[at + len] & 0xc0) == 0x80)
            len--;
    }
    memcpy(out, c->text.p + at, len);
    out[len] = '\0';
    *n = len;
    return pot_map_unchanged(&c->map, c->path, err);
}
