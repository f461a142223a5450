#include "evidence/checkpoint.h"

#include "base/fail.h"
#include "evidence/build.h"

#include <string.h>

#define SCHEMA      "pot-checkpoint-1"
#define MOST_FILES  10000u
#define MOST_SWEEP  200u /* rounds: of the most challenges that there can be */
#define MAC_LINE    (2 * POT_TAG_SIZE + 1)
#define MOST_STRING 4096

/* ---- writing -------------------------------------------------------------------------------- */

static json_t *number(uint64_t x) /* JSON's integers end at 2^63 */
{
    pot_buf b = POT_BUF(32);
    pot_buf_fmt(&b, "%llu", (unsigned long long)x);
    json_t *v = b.status == POT_OK ? json_string(b.p) : NULL;
    pot_buf_free(&b);
    return v;
}

static json_t *side_json(const pot_checkpoint_side *s)
{
    json_t *files = json_array();
    for (size_t i = 0; i < s->files; i++) {
        const pot_checkpoint_file *f = &s->file[i];
        json_t *one = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "name", f->name, "size",
                                number(f->size), "device", number(f->device), "inode",
                                number(f->inode), "mtime_ns", number(f->mtime_ns), "ctime_ns",
                                number(f->ctime_ns), "sha256", pot_json_hex(f->sha256, 32));
        if (json_array_append_new(files, one) != 0) return json_decref(files), NULL;
    }
    return json_pack("{s:s, s:o}", "path", s->path, "files", files);
}

static json_t *hidden_json(const pot_checkpoint *c)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < c->swept; i++)
        if (json_array_append_new(list, pot_json_hex(c->hidden_sha256[i], 32)) != 0)
            return json_decref(list), NULL;
    return list;
}

static json_t *calibration_json(const pot_checkpoint *c)
{
    if (!c->calibration_size) return json_null();
    return json_pack("{s:o, s:o}", "size", number(c->calibration_size), "sha256",
                     pot_json_hex(c->calibration_sha256, 32));
}

pot_status pot_checkpoint_write(pot_buf *out, const pot_checkpoint *c, pot_error *err)
{
    uint8_t mac[POT_TAG_SIZE];
    const size_t from = out->n;
    json_t *doc = json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:s?, s:s?, s:o, s:o, s:o, s:{s:i, s:o, s:o},"
        " s:{s:i, s:i, s:o}, s:f, s:f}",
        "schema", SCHEMA, "committed_at", c->committed_at, "run_id",
        pot_json_hex(c->run_id, POT_RUN_ID_SIZE), "key", pot_json_hex(c->key, POT_KEY_SIZE),
        "commitment", pot_json_hex(c->tag, POT_TAG_SIZE), "corpus", c->corpus, "copy", c->copy,
        "reference", side_json(&c->side[0]), "candidate", side_json(&c->side[1]), "calibration",
        calibration_json(c), "transcript", "lines", (int)c->lines, "size",
        number(c->transcript_size), "sha256", pot_json_hex(c->transcript_sha256, 32), "sweep",
        "rounds", (int)c->rounds, "rows", (int)c->rows, "hidden", hidden_json(c), "hash_seconds",
        c->hash_seconds, "score_seconds", c->score_seconds);
    POT_TRY(pot_json_dump(out, doc, false, err));
    pot_buf_str(out, "\n");
    POT_TRY(pot_buf_status(out, err));
    POT_TRY(pot_commit(mac, c->key, out->p + from, out->n - from, err));
    pot_buf_hex(out, mac, sizeof mac);
    pot_buf_str(out, "\n");
    return pot_buf_status(out, err);
}

/* ---- reading -------------------------------------------------------------------------------- */

static pot_status hex(const pot_json *o, const char *key, void *out, size_t n, pot_error *err)
{
    const char *text;
    POT_TRY(pot_json_str(o, key, &text, err));
    const pot_json at = pot_json_get(o, key);
    if (!strpbrk(text, "ABCDEF") && pot_hex_parse(out, n, text)) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "%zu lower-case hexadecimal digits are expected",
                         2 * n);
}

/* Decimal digits of a 64-bit number, as number() writes them. */
static pot_status u64(const pot_json *o, const char *key, uint64_t *out, pot_error *err)
{
    const char *text;
    uint64_t x = 0;
    POT_TRY(pot_json_str(o, key, &text, err));
    const pot_json at = pot_json_get(o, key);
    bool ok = *text && (*text != '0' || !text[1]);
    for (const char *p = text; ok && *p; p++)
        ok = *p >= '0' && *p <= '9' && !__builtin_mul_overflow(x, (uint64_t)10, &x) &&
             !__builtin_add_overflow(x, (uint64_t)(*p - '0'), &x);
    if (!ok) return pot_json_fail(&at, POT_E_FORMAT, err, "a 64-bit number is expected");
    *out = x;
    return POT_OK;
}

static pot_status string(const pot_json *o, const char *key, const char **out, pot_arena *arena,
                         pot_error *err)
{
    const char *text;
    POT_TRY(pot_json_str(o, key, &text, err));
    const pot_json at = pot_json_get(o, key);
    const size_t n = strlen(text);
    if (!n || n > MOST_STRING)
        return pot_json_fail(&at, POT_E_FORMAT, err, "1 to %d bytes are expected", MOST_STRING);
    *out = pot_arena_str(arena, text, n);
    return *out ? POT_OK : pot_fail_mem(err);
}

static pot_status read_file(const pot_json *o, pot_checkpoint_file *f, pot_arena *arena,
                            pot_error *err)
{
    POT_TRY(string(o, "name", &f->name, arena, err));
    POT_TRY(u64(o, "size", &f->size, err));
    POT_TRY(u64(o, "device", &f->device, err));
    POT_TRY(u64(o, "inode", &f->inode, err));
    POT_TRY(u64(o, "mtime_ns", &f->mtime_ns, err));
    POT_TRY(u64(o, "ctime_ns", &f->ctime_ns, err));
    return hex(o, "sha256", f->sha256, sizeof f->sha256, err);
}

static pot_status read_side(const pot_json *doc, const char *key, pot_checkpoint_side *s,
                            pot_arena *arena, pot_error *err)
{
    pot_json o, list;
    POT_TRY(pot_json_object(doc, key, &o, err));
    POT_TRY(string(&o, "path", &s->path, arena, err));
    POT_TRY(pot_json_array(&o, "files", &list, err));
    s->files = json_array_size(list.v);
    if (s->files > MOST_FILES)
        return pot_json_fail(&list, POT_E_FORMAT, err, "at most %u files are expected", MOST_FILES);
    pot_checkpoint_file *file = pot_arena_new(arena, s->files + 1, sizeof *file);
    if (!file) return pot_fail_mem(err);
    for (size_t i = 0; i < s->files; i++) {
        const pot_json one = pot_json_at(&list, i);
        POT_TRY(read_file(&one, &file[i], arena, err));
    }
    s->file = file;
    return POT_OK;
}

static pot_status read_sweep(const pot_json *doc, pot_checkpoint *c, pot_error *err)
{
    pot_json o, list;
    POT_TRY(pot_json_object(doc, "sweep", &o, err));
    POT_TRY(pot_json_u32(&o, "rounds", &c->rounds, err));
    POT_TRY(pot_json_u32(&o, "rows", &c->rows, err));
    POT_TRY(pot_json_array(&o, "hidden", &list, err));
    c->swept = (uint32_t)json_array_size(list.v);
    if (c->swept > 2 || c->rounds > MOST_SWEEP || (c->swept && (!c->rounds || !c->rows)))
        return pot_json_fail(&o, POT_E_FORMAT, err, "no run interrupts a sweep like this");
    for (uint32_t i = 0; i < c->swept; i++) {
        const pot_json one = pot_json_at(&list, i);
        const char *text = json_string_value(one.v);
        if (!text || !pot_hex_parse(c->hidden_sha256[i], 32, text))
            return pot_json_fail(&one, POT_E_FORMAT, err, "64 hexadecimal digits are expected");
    }
    return POT_OK;
}

static pot_status read_document(const pot_json *doc, pot_checkpoint *c, pot_arena *arena,
                                pot_error *err)
{
    const char *schema;
    pot_json o;
    POT_TRY(pot_json_str(doc, "schema", &schema, err));
    o = pot_json_get(doc, "schema");
    if (strcmp(schema, SCHEMA) != 0)
        return pot_json_fail(&o, POT_E_UNSUPPORTED, err, "\"%.40s\"; this program reads " SCHEMA,
                             schema);
    POT_TRY(string(doc, "committed_at", &c->committed_at, arena, err));
    POT_TRY(hex(doc, "run_id", c->run_id, sizeof c->run_id, err));
    POT_TRY(hex(doc, "key", c->key, sizeof c->key, err));
    POT_TRY(hex(doc, "commitment", c->tag, sizeof c->tag, err));
    if (pot_json_has(doc, "corpus")) POT_TRY(string(doc, "corpus", &c->corpus, arena, err));
    if (pot_json_has(doc, "copy")) POT_TRY(string(doc, "copy", &c->copy, arena, err));
    if (pot_json_has(doc, "calibration")) {
        POT_TRY(pot_json_object(doc, "calibration", &o, err));
        POT_TRY(u64(&o, "size", &c->calibration_size, err));
        if (!c->calibration_size)
            return pot_json_fail(&o, POT_E_FORMAT, err, "some bytes are expected");
        POT_TRY(hex(&o, "sha256", c->calibration_sha256, sizeof c->calibration_sha256, err));
    }
    POT_TRY(read_side(doc, "reference", &c->side[0], arena, err));
    POT_TRY(read_side(doc, "candidate", &c->side[1], arena, err));
    POT_TRY(pot_json_object(doc, "transcript", &o, err));
    POT_TRY(pot_json_u32(&o, "lines", &c->lines, err));
    POT_TRY(u64(&o, "size", &c->transcript_size, err));
    POT_TRY(hex(&o, "sha256", c->transcript_sha256, sizeof c->transcript_sha256, err));
    if (c->lines > 5 * MOST_SWEEP || c->lines % POT_FAMILIES)
        return pot_json_fail(&o, POT_E_FORMAT, err, "whole rounds are expected");
    POT_TRY(read_sweep(doc, c, err));
    POT_TRY(pot_json_f64(doc, "hash_seconds", &c->hash_seconds, err));
    return pot_json_f64(doc, "score_seconds", &c->score_seconds, err);
}

/* The last line must be the HMAC of what stands before it under the key inside. */
static pot_status check_mac(const pot_checkpoint *c, pot_bytes body, const char *line,
                            const char *file, pot_error *err)
{
    char text[MAC_LINE];
    uint8_t mac[POT_TAG_SIZE];
    bool same = false;
    memcpy(text, line, MAC_LINE);
    text[MAC_LINE - 1] = '\0';
    if (line[MAC_LINE - 1] == '\n' && !strpbrk(text, "ABCDEF") &&
        pot_hex_parse(mac, sizeof mac, text))
        POT_TRY(pot_commit_check(&same, mac, c->key, body.p, body.n, err));
    if (same) return POT_OK;
    return pot_fail_file(err, POT_E_FORMAT, file,
                         "was changed since it was written: the run cannot be resumed from it");
}

pot_status pot_checkpoint_read(pot_checkpoint *out, pot_arena *arena, pot_bytes text,
                               const char *file, pot_error *err)
{
    pot_checkpoint c = {0};
    pot_json doc = {0};
    *out = c;
    if (text.n <= MAC_LINE || text.p[text.n - MAC_LINE - 1] != '\n')
        return pot_fail_file(err, POT_E_FORMAT, file, "is no checkpoint: it ends too early");
    const pot_bytes body = {text.p, text.n - MAC_LINE};
    pot_status s = pot_json_parse(&doc, body, file, err);
    if (s == POT_OK) s = read_document(&doc, &c, arena, err);
    if (s == POT_OK) s = check_mac(&c, body, (const char *)text.p + body.n, file, err);
    pot_json_close(&doc);
    if (s == POT_OK) *out = c;
    pot_wipe(&c, sizeof c);
    return s;
}
