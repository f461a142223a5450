/* The run directory, file by file in the order of writing. */
#include "evidence/build.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/memory.h"
#include "crypto/sha256.h"
#include "evidence/rundir.h"

#include <stdlib.h>
#include <string.h>

#include <pot/evidence.h>

const char *const pot_run_names[] = {"commitment.json",   "commitment.tag", "calibration.ndjson",
                                     "transcript.ndjson", "trace.ndjson",   "verdict.json",
                                     "manifest.json",     "reveal.json",    NULL};
const char *const pot_run_scratch[] = {"checkpoint.json", "checkpoint.new", "hidden.ref",
                                       "hidden.cand",     "hidden.new",     NULL};

#define MOST_TRACE ((size_t)64 << 20)

/* Note a finished file for the manifest. */
static void note(pot_evidence *e, const char *name, uint64_t size, const uint8_t *sha256)
{
    e->file[e->n_files].name = name;
    e->file[e->n_files].size = size;
    memcpy(e->file[e->n_files].sha256, sha256, POT_SHA256_SIZE);
    e->n_files++;
}

static pot_status put(pot_evidence *e, const char *name, const char *text, size_t n, bool write,
                      pot_error *err)
{
    uint8_t sha256[POT_SHA256_SIZE];
    const pot_bytes data = {(const uint8_t *)text, n};
    POT_TRY(pot_sha256(sha256, data, err));
    if (write) POT_TRY(pot_outdir_append(&e->dir, name, data, err));
    note(e, name, n, sha256);
    return POT_OK;
}

/* Write a JSON document (released). */
static pot_status put_json(pot_evidence *e, const char *name, json_t *v, pot_error *err)
{
    pot_text text = {0};
    POT_TRY(pot_json_text(&text, v, true, err));
    const pot_status s = put(e, name, text.p, text.n, true, err);
    pot_wipe(text.p, text.n); /* the reveal holds the key */
    pot_text_free(&text);
    return s;
}

static json_t *ids(pot_ids t)
{
    json_t *list = json_array();
    for (size_t i = 0; i < t.n; i++)
        if (json_array_append_new(list, json_integer(t.id[i])) != 0) return json_decref(list), NULL;
    return list;
}

static json_t *offsets(const pot_record *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->n; i++)
        if (json_array_append_new(list, json_integer(r->offset[i])) != 0)
            return json_decref(list), NULL;
    return list;
}

static json_t *peak(const pot_record *r)
{
    const pot_position *p = &r->position[r->peak];
    return json_pack("{s:I, s:I, s:I}", "position", (json_int_t)r->peak, "ref",
                     (json_int_t)p->top_ref, "cand", (json_int_t)p->top_cand);
}

static json_t *record_json(const pot_record *r)
{
    const pot_challenge *c = r->challenge;
    const pot_position *p = r->position;
    const size_t n = r->n, step = sizeof *p;
    int top = 0;
    for (size_t i = 0; i < n; i++)
        top += p[i].same_top;
    json_t *line = json_pack(
        "{s:I, s:s, s:o, s:s%, s:{s:o, s:o}, s:o, s:o, s:o, s:o, s:o, s:i, s:{s:o, s:o, s:o, s:o}}",
        "index", (json_int_t)c->index, "family", pot_family_name(c->family), "seed",
        pot_json_hex(c->seed, POT_SEED_SIZE), "text", c->text, r->prompt, "ids", "ref", ids(r->ref),
        "cand", ids(r->cand), "tv", pot_json_f32_bits(&p->tv, step, n), "kl",
        pot_json_f32_bits(&p->kl, step, n), "lp_ref", pot_json_f32_bits(&p->lp_ref, step, n),
        "lp_cand", pot_json_f32_bits(&p->lp_cand, step, n), "residual",
        pot_json_f32_bits((const float *)(const void *)&r->residual, sizeof(float), 6), "top1", top,
        "mean", "tv", pot_json_number(r->tv), "kl", pot_json_number(r->kl), "lo",
        pot_json_number(r->lo), "hi", pot_json_number(r->hi));
    if (r->offset && json_object_set_new(line, "offsets", offsets(r)) != 0)
        return json_decref(line), NULL;
    if (n && json_object_set_new(line, "peak", peak(r)) != 0) return json_decref(line), NULL;
    return line;
}

/* A line that was written before the run was interrupted: it must be the same. */
static pot_status match_replay(pot_lines *l, pot_bytes line, pot_error *err)
{
    pot_evidence *e = l->e;
    if (line.n > e->replay.n || memcmp(line.p, e->replay.p, line.n) != 0)
        return pot_fail_file(err, POT_E_FORMAT, e->dir.temp,
                             "%s is not what this key and these models give: the run cannot be "
                             "resumed",
                             l->name);
    e->replay.p += line.n;
    e->replay.n -= line.n;
    return POT_OK;
}

/* A line of the transcript, or of the calibration. */
static pot_status add_record(void *ctx, const pot_record *r, pot_error *err)
{
    pot_lines *l = ctx;
    pot_evidence *e = l->e;
    pot_text line = {0};
    POT_TRY(pot_json_text(&line, record_json(r), false, err));
    const pot_bytes data = {(const uint8_t *)line.p, line.n};
    pot_status s =
        e->replay.n ? match_replay(l, data, err) : pot_outdir_append(&e->dir, l->name, data, err);
    if (s == POT_OK) s = pot_sha256_add(&l->sha256, data, err);
    l->size += line.n;
    pot_text_free(&line);
    return s;
}

static json_t *seconds(const double *x, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) /* to the millisecond: enough, and short */
        if (json_array_append_new(list, json_real((double)(long)(x[i] * 1e3 + 0.5) / 1e3)) != 0)
            return json_decref(list), NULL;
    return list;
}

/* A line of the trace: docs/format/trace.md. */
static pot_status add_pass(void *ctx, const pot_pass_record *r, pot_error *err)
{
    pot_evidence *e = ctx;
    const pot_memory_usage m = pot_memory_used();
    json_t *v =
        json_pack("{s:s, s:[i,i], s:f, s:I, s:I, s:I, s:I, s:I, s:o}", "pass", r->what,
                  "challenges", (int)r->first, (int)(r->first + r->count), "seconds", r->seconds,
                  "read", (json_int_t)r->read, "rss", (json_int_t)m.resident, "peak_rss",
                  (json_int_t)m.peak, "minor_faults", (json_int_t)m.minor, "major_faults",
                  (json_int_t)m.major, "layers", seconds(r->layer, r->layers));
    POT_TRY(pot_json_dump(&e->trace, v, false, err));
    pot_buf_str(&e->trace, "\n");
    return pot_buf_status(&e->trace, err);
}

pot_status pot_evidence_flush(pot_evidence *e, pot_error *err)
{
    const pot_bytes data = {(const uint8_t *)e->trace.p, e->trace.n};
    POT_TRY(pot_outdir_append(&e->dir, "trace.ndjson", data, err));
    pot_buf_clear(&e->trace);
    return POT_OK;
}

pot_status pot_evidence_commitment(pot_evidence *e, bool write, pot_error *err)
{
    const pot_commitment *c = pot_verify_commitment(e->v);
    pot_buf tag = POT_BUF(128);
    pot_buf_hex(&tag, c->tag, POT_TAG_SIZE);
    pot_buf_str(&tag, "\n");
    pot_status s = pot_buf_status(&tag, err);
    if (s == POT_OK) s = put(e, "commitment.json", c->document, c->n, write, err);
    if (s == POT_OK) s = put(e, "commitment.tag", tag.p, tag.n, write, err);
    pot_buf_free(&tag);
    return s;
}

static pot_status begin_lines(pot_evidence *e, pot_lines *l, const char *name, pot_verify *v,
                              pot_error *err)
{
    l->e = e;
    l->name = name;
    POT_TRY(pot_sha256_begin(&l->sha256, err));
    POT_TRY(pot_outdir_append(&e->dir, name, (pot_bytes){0}, err));
    pot_verify_listen(v, add_record, l);
    return POT_OK;
}

pot_status pot_evidence_listen(pot_evidence *e, pot_error *err)
{
    pot_verify *v = e->v;
    e->trace = POT_BUF(MOST_TRACE);
    POT_TRY(begin_lines(e, &e->transcript, "transcript.ndjson", v, err));
    if (v->floor) POT_TRY(begin_lines(e, &e->calibration, "calibration.ndjson", v->floor, err));
    v->trace = add_pass;
    v->keep = pot_evidence_checkpoint;
    v->trace_ctx = v->keep_ctx = e;
    return POT_OK;
}

pot_status pot_evidence_open(pot_evidence **out, pot_verify *v, const char *dir, bool force,
                             pot_error *err)
{
    pot_evidence *e = pot_mem_new(1, sizeof *e);
    if (!e) return pot_fail_mem(err);
    e->v = v;
    pot_clock_utc(e->opened_at);
    pot_status s;
    POT_GO(s, pot_outdir_begin(&e->dir, dir, force, pot_run_names, pot_run_scratch, err));
    POT_GO(s, pot_evidence_commitment(e, true, err));
    POT_GO(s, pot_evidence_listen(e, err));
    *out = e;
    return POT_OK;
out:
    pot_evidence_abort(&e);
    return s;
}

void pot_evidence_abort(pot_evidence **evidence)
{
    pot_evidence *e = *evidence;
    if (!e) return;
    if (e->v) {
        pot_verify_listen(e->v, NULL, NULL);
        if (e->v->floor) pot_verify_listen(e->v->floor, NULL, NULL);
        e->v->trace = NULL;
        e->v->keep = NULL;
    }
    if (e->resumed) pot_outdir_keep(&e->dir);
    if (e->dir.open) pot_evidence_forget(e);
    pot_outdir_abort(&e->dir);
    pot_buf_free(&e->trace);
    pot_arena_close(&e->paths);
    pot_sha256_drop(&e->transcript.sha256);
    pot_sha256_drop(&e->calibration.sha256);
    pot_mem_free(e);
    *evidence = NULL;
}

static json_t *file_list(const pot_evidence *e)
{
    json_t *list = json_array();
    for (size_t i = 0; i < e->n_files; i++) {
        json_t *one = json_pack("{s:s, s:I, s:o}", "name", e->file[i].name, "size",
                                (json_int_t)e->file[i].size, "sha256",
                                pot_json_hex(e->file[i].sha256, POT_SHA256_SIZE));
        if (json_array_append_new(list, one) != 0) return json_decref(list), NULL;
    }
    return list;
}

static json_t *manifest(const pot_evidence *e)
{
    const pot_verdict *v = pot_verify_verdict(e->v);
    const pot_commitment *c = pot_verify_commitment(e->v);
    char now[21];
    pot_clock_utc(now);
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:{s:o, s:o}, s:{s:o, s:o}, s:o}", "schema",
        "pot-manifest-1", "pot", POT_VERSION, "committed_at", e->opened_at, "finished_at", now,
        "numerics", v->numerics, "kernel", v->kernel, "threads", (int)v->threads,
        "tokenizer_tables", pot_tokenizer_tables(), "generator", v->generator, "challenge",
        "commitment", pot_json_hex(c->tag, POT_TAG_SIZE), "run_id",
        pot_json_hex(c->run_id, POT_RUN_ID_SIZE), "models", "ref", pot_json_model(v->ref.model),
        "cand", pot_json_model(v->cand.model), "files", file_list(e));
}

static json_t *reveal(const pot_evidence *e)
{
    const pot_commitment *c = pot_verify_commitment(e->v);
    return json_pack("{s:s, s:o, s:o, s:o}", "schema", "pot-reveal-1", "run_id",
                     pot_json_hex(c->run_id, POT_RUN_ID_SIZE), "key",
                     pot_json_hex(e->v->key, POT_KEY_SIZE), "commitment",
                     pot_json_hex(c->tag, POT_TAG_SIZE));
}

/* The trace may have begun in an earlier run: its digest is that of the file. */
static pot_status note_trace(pot_evidence *e, pot_error *err)
{
    char path[PATH_MAX];
    uint8_t sha256[POT_SHA256_SIZE];
    pot_buf text = POT_BUF(2 * MOST_TRACE);
    POT_TRY(pot_evidence_flush(e, err));
    POT_TRY(pot_path_join(path, e->dir.temp, "trace.ndjson", err));
    pot_status s = pot_file_read(&text, path, err);
    if (s == POT_OK) s = pot_sha256(sha256, (pot_bytes){(const uint8_t *)text.p, text.n}, err);
    if (s == POT_OK) note(e, "trace.ndjson", text.n, sha256);
    pot_buf_free(&text);
    return s;
}

static pot_status note_lines(pot_evidence *e, pot_lines *l, pot_error *err)
{
    uint8_t sha256[POT_SHA256_SIZE];
    POT_TRY(pot_sha256_end(&l->sha256, sha256, err));
    note(e, l->name, l->size, sha256);
    return POT_OK;
}

static pot_status finish(pot_evidence *e, pot_error *err)
{
    pot_text text = {0};
    if (e->calibration.name) POT_TRY(note_lines(e, &e->calibration, err));
    POT_TRY(note_lines(e, &e->transcript, err));
    POT_TRY(note_trace(e, err));
    POT_TRY(pot_verdict_json(&text, pot_verify_verdict(e->v), pot_verify_commitment(e->v), err));
    pot_status s = put(e, "verdict.json", text.p, text.n, true, err);
    pot_text_free(&text);
    if (s == POT_OK) s = put_json(e, "reveal.json", reveal(e), err);
    if (s == POT_OK) s = put_json(e, "manifest.json", manifest(e), err);
    if (s == POT_OK) pot_evidence_forget(e);
    return s == POT_OK ? pot_outdir_commit(&e->dir, err) : s;
}

pot_status pot_evidence_finish(pot_evidence **e, pot_error *err)
{
    const pot_status s = finish(*e, err);
    pot_evidence_abort(e); /* after a commit it only frees */
    return s;
}
