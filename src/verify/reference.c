/* A reference file: its bytes against its digests, and its numbers against each other.
 *
 *     file      = magic u64(at of document) u64(its size) key tag zeros, sections, document
 *     challenges= { u32 prompt, u32 n, u32 id[n] } for each
 *     classes   = { f32 lp, u32 top, id[top_k] of 2 or 4 bytes, f32 p[top_k + tails] } a position
 *     hidden    = f32 [positions][width];  head = matrix [vocab][width];  bias = f32 [vocab]
 *
 * All little-endian; docs/format/potref.md. */
#include "verify/reference.h"

#include "base/fail.h"
#include "challenge/stream.h"
#include "verify/run.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "matrices of reference files are used where they are mapped: little-endian"
#endif

#define MAGIC      "pot reference 1\n"
#define MAGIC_SIZE 16
#define MOST_ARENA ((size_t)256 << 20)
#define MOST_SUM   1e-4 /* that probabilities of a position may be off one together */

/* ---- records -------------------------------------------------------------------------------- */

static size_t id_size(uint32_t vocab)
{
    return vocab <= 0x10000 ? 2 : 4;
}

size_t pot_reference_record(uint32_t vocab, uint32_t top_k, uint32_t tails)
{
    return 8 + (size_t)top_k * id_size(vocab) + ((size_t)top_k + tails) * sizeof(float);
}

void pot_reference_pack(uint8_t *out, const pot_classes *c, const pot_class_law *law)
{
    const size_t size = id_size(c->vocab);
    memcpy(out, &law->lp, 4);
    memcpy(out + 4, &law->top, 4);
    for (uint32_t i = 0; i < c->top_k; i++)
        memcpy(out + 8 + i * size, &law->id[i], size);
    memcpy(out + 8 + c->top_k * size, law->p, (c->top_k + c->tails) * sizeof *law->p);
}

void pot_reference_unpack(pot_class_law *law, const pot_classes *c, const uint8_t *in)
{
    const size_t size = id_size(c->vocab);
    memcpy(&law->lp, in, 4);
    memcpy(&law->top, in + 4, 4);
    for (uint32_t i = 0; i < c->top_k; i++) {
        law->id[i] = 0;
        memcpy(&law->id[i], in + 8 + i * size, size);
    }
    memcpy(law->p, in + 8 + c->top_k * size, (c->top_k + c->tails) * sizeof *law->p);
}

pot_status pot_reference_tails(uint8_t *tail, uint32_t vocab, uint32_t tails,
                               const uint8_t key[POT_KEY_SIZE],
                               const uint8_t run_id[POT_RUN_ID_SIZE], pot_error *err)
{
    static const char name[11] = "pot-tails-1"; /* no other message has this length */
    uint8_t message[sizeof name + POT_RUN_ID_SIZE], seed[POT_SHA256_SIZE];
    pot_stream stream;
    memcpy(message, name, sizeof name);
    memcpy(message + sizeof name, run_id, POT_RUN_ID_SIZE);
    POT_TRY(pot_hmac_sha256(seed, (pot_bytes){key, POT_KEY_SIZE},
                            (pot_bytes){message, sizeof message}, err));
    pot_stream_init(&stream, seed);
    for (uint32_t v = 0; v < vocab; v++)
        tail[v] = (uint8_t)pot_stream_below(&stream, tails);
    const pot_status s = pot_stream_status(&stream, err);
    pot_wipe(&stream, sizeof stream);
    pot_wipe(seed, sizeof seed);
    return s;
}

/* ---- the frame ------------------------------------------------------------------------------ */

static void put_u64(uint8_t *out, uint64_t x)
{
    for (unsigned i = 0; i < 8; i++)
        out[i] = (uint8_t)(x >> 8 * i);
}

pot_status pot_reference_head_bytes(uint8_t out[POT_POTREF_HEAD], const uint8_t key[POT_KEY_SIZE],
                                    pot_bytes document, uint64_t at, pot_error *err)
{
    memset(out, 0, POT_POTREF_HEAD);
    memcpy(out, MAGIC, MAGIC_SIZE);
    put_u64(out + 16, at);
    put_u64(out + 24, document.n);
    memcpy(out + 32, key, POT_KEY_SIZE);
    return pot_commit(out + 64, key, document.p, document.n, err);
}

static pot_status changed(const pot_reference *r, const char *what, pot_error *err)
{
    return pot_fail_file(err, POT_E_FORMAT, r->d.facts.path,
                         "%s: the file was changed or cut since it was made; fetch it again", what);
}

/* Head and document: the document is what the key has signed. */
static pot_status read_frame(pot_reference *r, pot_error *err)
{
    uint8_t head[POT_POTREF_HEAD];
    pot_bytes magic, key, tag, text;
    uint64_t at = 0, size = 0;
    const char *path = r->d.facts.path;
    pot_rd rd = pot_rd_over(r->file, path, err);
    if (r->file.n < MAGIC_SIZE || memcmp(r->file.p, MAGIC, MAGIC_SIZE) != 0)
        return pot_fail_file(err, POT_E_FORMAT, path,
                             "is no reference file of a version that this program reads: make "
                             "one with pot fingerprint");
    POT_TRY(pot_rd_take(&rd, &magic, MAGIC_SIZE));
    POT_TRY(pot_rd_u64le(&rd, &at));
    POT_TRY(pot_rd_u64le(&rd, &size));
    POT_TRY(pot_rd_take(&rd, &key, POT_KEY_SIZE));
    POT_TRY(pot_rd_take(&rd, &tag, POT_TAG_SIZE));
    if (r->file.n < POT_POTREF_HEAD || at < POT_POTREF_HEAD || at > r->file.n ||
        size != r->file.n - at)
        return changed(r, "it does not end where it says", err);
    memcpy(r->key, key.p, POT_KEY_SIZE);
    text = (pot_bytes){r->file.p + at, (size_t)size};
    POT_TRY(pot_reference_head_bytes(head, r->key, text, at, err));
    if (memcmp(head, r->file.p, sizeof head) != 0)
        return changed(r, "key and document do not give the tag", err);
    const pot_reference_facts outer = r->d.facts;
    POT_TRY(pot_reference_read(&r->d, &r->arena, text, path, err));
    r->d.facts.path = r->d.facts.model.path = outer.path;
    r->d.facts.size = r->file.n;
    memcpy(r->d.facts.sha256, outer.sha256, sizeof outer.sha256);
    memcpy(r->d.facts.tag, tag.p, POT_TAG_SIZE);
    const pot_reference_section *last = &r->d.section[r->d.sections - 1];
    const uint64_t end =
        last->at + (last->size + POT_POTREF_ALIGN - 1) / POT_POTREF_ALIGN * POT_POTREF_ALIGN;
    return end == at ? POT_OK : changed(r, "its sections have another size", err);
}

/* Every section as its digest says, zeros behind it. */
static pot_status check_digests(const pot_reference *r, pot_error *err)
{
    for (size_t i = 0; i < r->d.sections; i++) {
        const pot_reference_section *s = &r->d.section[i];
        uint8_t sha256[POT_SHA256_SIZE];
        POT_TRY(pot_sha256(sha256, (pot_bytes){r->file.p + s->at, (size_t)s->size}, err));
        if (memcmp(sha256, s->sha256, sizeof sha256) != 0) return changed(r, s->name, err);
        for (uint64_t at = s->at + s->size; at % POT_POTREF_ALIGN; at++)
            if (r->file.p[at]) return changed(r, "no zeros between its sections", err);
    }
    return POT_OK;
}

/* A cursor over a section, which counts the bytes of the file. */
static pot_rd over(const pot_reference *r, size_t section, pot_error *err)
{
    const pot_reference_section *s = &r->d.section[section];
    pot_rd rd =
        pot_rd_over((pot_bytes){r->file.p, (size_t)(s->at + s->size)}, r->d.facts.path, err);
    rd.at = (size_t)s->at;
    return rd;
}

pot_bytes pot_reference_part(const pot_reference *r, const char *name)
{
    for (size_t i = 0; i < r->d.sections; i++)
        if (strcmp(r->d.section[i].name, name) == 0)
            return (pot_bytes){r->file.p + r->d.section[i].at, (size_t)r->d.section[i].size};
    return (pot_bytes){0};
}

/* ---- what is in it -------------------------------------------------------------------------- */

static pot_status read_challenge(pot_rd *rd, pot_reference *r, pot_saved *c, uint64_t *row,
                                 pot_error *err)
{
    uint32_t n = 0, *id;
    POT_TRY(pot_rd_u32le(rd, &c->prompt));
    POT_TRY(pot_rd_u32le(rd, &n));
    if (!c->prompt || c->prompt >= POT_CHALLENGE_TEXT || n < 2 || n > POT_MOST_IDS)
        return pot_rd_fail(rd, "no challenge has %u bytes and %u tokens", c->prompt, n);
    id = pot_arena_new(&r->arena, n, sizeof *id);
    if (!id) return pot_fail_mem(err);
    for (uint32_t i = 0; i < n; i++) {
        POT_TRY(pot_rd_u32le(rd, &id[i]));
        if (id[i] >= r->d.facts.model.vocab)
            return pot_rd_fail(rd, "token %u, and the vocabulary is %u", id[i],
                               r->d.facts.model.vocab);
    }
    c->ids = (pot_ids){.id = id, .n = n};
    c->row = *row;
    *row += n - 1;
    return POT_OK;
}

static pot_status read_challenges(pot_reference *r, pot_error *err)
{
    const pot_reference_facts *f = &r->d.facts;
    uint64_t rows = 0;
    pot_rd rd = over(r, 0, err);
    pot_saved *c = pot_arena_new(&r->arena, f->challenges, sizeof *c);
    if (!c) return pot_fail_mem(err);
    for (uint32_t i = 0; i < f->challenges; i++)
        POT_TRY(read_challenge(&rd, r, &c[i], &rows, err));
    r->saved = c;
    if (pot_rd_left(&rd)) return pot_rd_fail(&rd, "bytes behind the last challenge");
    if (rows == f->positions) return POT_OK;
    return pot_rd_fail(&rd, "the challenges have %llu positions, and %llu are announced",
                       (unsigned long long)rows, (unsigned long long)f->positions);
}

/* Is it a law over the classes? */
static bool is_law(const pot_classes *c, const pot_class_law *law)
{
    double sum = 0;
    bool top = false;
    for (uint32_t i = 0; i < c->top_k; i++) {
        if (law->id[i] >= c->vocab || (i && law->id[i] <= law->id[i - 1])) return false;
        top |= law->id[i] == law->top;
    }
    for (uint32_t i = 0; i < c->top_k + c->tails; i++) {
        if (!(law->p[i] >= 0 && law->p[i] <= 1)) return false;
        sum += (double)law->p[i];
    }
    return top && fabs(sum - 1) <= MOST_SUM && law->lp <= 0;
}

static pot_status read_classes(pot_reference *r, pot_error *err)
{
    const pot_reference_facts *f = &r->d.facts;
    const size_t size = pot_reference_record(f->model.vocab, f->top_k, f->tails);
    uint8_t *tail = pot_arena_new(&r->arena, f->model.vocab, 1);
    uint32_t *id = pot_arena_new(&r->arena, f->top_k, sizeof *id);
    float *p = pot_arena_new(&r->arena, (size_t)f->top_k + f->tails, sizeof *p);
    if (!tail || !id || !p) return pot_fail_mem(err);
    POT_TRY(pot_reference_tails(tail, f->model.vocab, f->tails, r->key, f->run_id, err));
    r->classes = (pot_classes){f->model.vocab, f->top_k, f->tails, tail};
    pot_rd rd = over(r, 1, err);
    pot_class_law law = {.id = id, .p = p};
    for (uint64_t i = 0; i < f->positions; i++) {
        pot_bytes record = {0};
        POT_TRY(pot_rd_take(&rd, &record, size));
        pot_reference_unpack(&law, &r->classes, record.p);
        if (!is_law(&r->classes, &law))
            return pot_rd_fail(&rd, "position %llu: these are no probabilities",
                               (unsigned long long)i);
    }
    return POT_OK;
}

/* Challenges without which nothing can be called SAME, even where all scores are 0. */
static unsigned least_same(const pot_rule *rule)
{
    pot_decider d;
    if (pot_decider_init(&d, rule, POT_FAMILIES) != POT_OK) return 0;
    while (!pot_decider_done(&d))
        pot_decider_push(&d, 0, 0);
    return pot_decider_decision(&d) == POT_SAME ? d.n : 0;
}

static pot_status read_all(pot_reference *r, pot_error *err)
{
    POT_TRY(pot_sha256(r->d.facts.sha256, r->file, err));
    POT_TRY(read_frame(r, err));
    POT_TRY(check_digests(r, err));
    POT_TRY(read_challenges(r, err));
    if (!r->d.facts.exact) POT_TRY(read_classes(r, err));
    r->d.facts.least_same = least_same(&r->d.facts.rule);
    return POT_OK;
}

static pot_status begin(pot_reference **out, const char *path, pot_error *err)
{
    pot_reference *r = pot_mem_new(1, sizeof *r);
    if (!r) return pot_fail_mem(err);
    pot_arena_init(&r->arena, MOST_ARENA);
    r->d.facts.path = pot_arena_str(&r->arena, path, strlen(path));
    *out = r;
    return r->d.facts.path ? POT_OK : pot_fail_mem(err);
}

pot_status pot_reference_over(pot_reference **out, pot_bytes file, const char *path, pot_error *err)
{
    pot_reference *r = NULL;
    pot_status s = begin(&r, path, err);
    if (s == POT_OK) {
        r->file = file;
        s = read_all(r, err);
    }
    if (s == POT_OK) *out = r;
    else pot_reference_close(&r);
    return s;
}

pot_status pot_reference_open(pot_reference **out, const char *path, pot_error *err)
{
    pot_reference *r = NULL;
    pot_status s = begin(&r, path, err);
    if (s == POT_OK) s = pot_map_open(&r->map, path, err);
    if (s == POT_OK) {
        r->file = r->map.bytes;
        s = read_all(r, err);
        pot_map_rest(&r->map);
    }
    if (s == POT_OK) *out = r;
    else pot_reference_close(&r);
    return s;
}

void pot_reference_close(pot_reference **reference)
{
    pot_reference *r = *reference;
    if (!r) return;
    pot_map_close(&r->map);
    pot_arena_close(&r->arena);
    pot_wipe(r->key, sizeof r->key);
    pot_mem_free(r);
    *reference = NULL;
}

const pot_reference_facts *pot_reference_info(const pot_reference *r)
{
    return &r->d.facts;
}

bool pot_is_reference(const char *path)
{
    const size_t n = strlen(path);
    pot_map m = {0};
    if (n > 7 && strcasecmp(path + n - 7, ".potref") == 0) return true;
    if (!pot_file_exists(path) || pot_map_open(&m, path, NULL) != POT_OK) return false;
    const bool found = m.bytes.n >= MAGIC_SIZE && memcmp(m.bytes.p, MAGIC, MAGIC_SIZE) == 0;
    pot_map_close(&m);
    return found;
}
