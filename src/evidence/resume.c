/* A run that is interrupted leaves its partial directory with a checkpoint; another process goes on
 * from there, after it has made sure that it is the same run: the same program, models, key and
 * rule give the same commitment, and the same lines of the transcript from the recorded scores. */
#include "base/fail.h"
#include "base/fpenv.h"
#include "base/mem.h"
#include "evidence/checkpoint.h"
#include "evidence/rundir.h"
#include "model/model.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MOST_CHECKPOINT ((size_t)16 << 20)
#define MOST_TEXT       ((size_t)1 << 30)

static const char *const hidden_name[2] = {"hidden.ref", "hidden.cand"};

/* ---- writing -------------------------------------------------------------------------------- */

/* The hidden states of models that have read the questions of this sweep. */
static pot_status put_hidden(pot_evidence *e, pot_checkpoint *c, pot_error *err)
{
    const pot_verify *v = e->v;
    for (unsigned i = 0; i < v->swept; i++) {
        const pot_bytes data = pot_sweep_hidden(v, i);
        POT_TRY(pot_sha256(c->hidden_sha256[i], data, err));
        if (memcmp(c->hidden_sha256[i], e->hidden_sha256[i], POT_SHA256_SIZE) == 0) continue;
        POT_TRY(pot_outdir_replace(&e->dir, hidden_name[i], "hidden.new", data, err));
        memcpy(e->hidden_sha256[i], c->hidden_sha256[i], POT_SHA256_SIZE);
    }
    c->swept = v->swept;
    c->rounds = (uint32_t)(v->questions / POT_FAMILIES);
    c->rows = (uint32_t)v->rows;
    return POT_OK;
}

/* An absolute path, or a name that does not depend on where one is. */
static pot_status whole_path(const char **out, pot_arena *arena, const char *name, pot_error *err)
{
    char here[PATH_MAX], path[PATH_MAX];
    const bool found_anywhere = strncmp(name, "hf:", 3) == 0 || strncmp(name, "ollama:", 7) == 0;
    if (!found_anywhere && name[0] != '/') {
        if (!getcwd(here, sizeof here)) return pot_fail_sys(err, NULL, errno, "where is this?");
        POT_TRY(pot_path_join(path, here, name, err));
        name = path;
    }
    *out = pot_arena_str(arena, name, strlen(name));
    return *out ? POT_OK : pot_fail_mem(err);
}

static pot_status note_side(pot_checkpoint_side *s, pot_arena *arena, const pot_model *m,
                            const char *path, pot_error *err)
{
    POT_TRY(whole_path(&s->path, arena, path, err));
    if (!m) return POT_OK; /* a reference from a file, which the commitment binds */
    const pot_model_facts *f = &m->facts;
    pot_checkpoint_file *file = pot_arena_new(arena, f->n_weights, sizeof *file);
    if (!file) return pot_fail_mem(err);
    for (size_t i = 0; i < f->n_weights; i++) {
        file[i] = (pot_checkpoint_file){.name = f->weights[i].name,
                                        .size = f->weights[i].size,
                                        .device = m->map[i].dev,
                                        .inode = m->map[i].ino,
                                        .mtime_ns = m->map[i].mtime_ns,
                                        .ctime_ns = m->map[i].ctime_ns};
        memcpy(file[i].sha256, f->weights[i].sha256, POT_SHA256_SIZE);
    }
    s->file = file;
    s->files = f->hashed ? f->n_weights : 0;
    return POT_OK;
}

static pot_status put_checkpoint(pot_evidence *e, pot_arena *arena, pot_buf *text, pot_error *err)
{
    const pot_verify *v = e->v;
    const pot_verify_options *o = &v->options;
    pot_checkpoint c = {.committed_at = e->opened_at,
                        .lines = v->decider.n,
                        .transcript_size = e->transcript.size,
                        .hash_seconds = v->hash_seconds,
                        .score_seconds = v->score_seconds};
    pot_status s;
    memcpy(c.key, v->key, sizeof c.key);
    memcpy(c.run_id, v->commitment.run_id, sizeof c.run_id);
    memcpy(c.tag, v->commitment.tag, sizeof c.tag);
    POT_GO(s, note_side(&c.side[0], arena, v->party[0].model, o->ref, err));
    POT_GO(s, note_side(&c.side[1], arena, v->party[1].model, o->cand, err));
    if (o->corpus) POT_GO(s, whole_path(&c.corpus, arena, o->corpus, err));
    if (o->copy) POT_GO(s, whole_path(&c.copy, arena, o->copy, err));
    if (v->verdict.floor.n) {
        c.calibration_size = e->calibration.size;
        POT_GO(s, pot_sha256_peek(&e->calibration.sha256, c.calibration_sha256, err));
    }
    POT_GO(s, pot_sha256_peek(&e->transcript.sha256, c.transcript_sha256, err));
    POT_GO(s, put_hidden(e, &c, err));
    POT_GO(s, pot_evidence_flush(e, err));
    POT_GO(s, pot_checkpoint_write(text, &c, err));
    const pot_bytes data = {(const uint8_t *)text->p, text->n};
    POT_GO(s, pot_outdir_replace(&e->dir, "checkpoint.json", "checkpoint.new", data, err));
    e->checkpoint = true;
out:
    pot_wipe(&c, sizeof c);
    return s;
}

pot_status pot_evidence_checkpoint(void *evidence, pot_error *err)
{
    pot_arena arena;
    pot_buf text = POT_BUF(MOST_CHECKPOINT);
    pot_arena_init(&arena, MOST_CHECKPOINT);
    const pot_status s = put_checkpoint(evidence, &arena, &text, err);
    if (text.p) pot_wipe(text.p, text.n);
    pot_buf_free(&text);
    pot_arena_close(&arena);
    return s;
}

void pot_evidence_forget(pot_evidence *e)
{
    pot_outdir_wipe(&e->dir, "checkpoint.json");
    pot_outdir_wipe(&e->dir, "checkpoint.new");
}

pot_status pot_evidence_suspend(pot_evidence **evidence, pot_error *err)
{
    pot_evidence *e = *evidence;
    pot_status s = POT_OK;
    if (!e->v->pushing && !e->v->restore) s = pot_evidence_checkpoint(e, err);
    else if (!e->checkpoint)
        s = pot_fail_file(err, POT_E_IO, e->dir.path, "nothing was finished that could be kept");
    if (s == POT_OK || e->checkpoint) {
        e->resumed = true;
        s = POT_OK;
    }
    pot_evidence_abort(evidence);
    return s;
}

/* ---- going on ------------------------------------------------------------------------------- */

/* What is read of a partial directory; all of it is borrowed by the run that goes on. */
struct saved {
    pot_arena arena;
    pot_checkpoint c;
    pot_buf document, calibration, transcript;
    pot_bytes rest; /* of the transcript: lines to come */
    char path[PATH_MAX];
};

static pot_status read_named(const pot_evidence *e, struct saved *s, pot_buf *out, const char *name,
                             pot_error *err)
{
    POT_TRY(pot_path_join(s->path, e->dir.temp, name, err));
    return pot_file_read(out, s->path, err);
}

static pot_status read_checkpoint(pot_evidence *e, struct saved *s, pot_error *err)
{
    pot_buf text = POT_BUF(MOST_CHECKPOINT);
    pot_status st = read_named(e, s, &text, "checkpoint.json", err);
    if (st == POT_OK)
        st = pot_checkpoint_read(&s->c, &s->arena, (pot_bytes){(const uint8_t *)text.p, text.n},
                                 s->path, err);
    if (text.p) pot_wipe(text.p, text.n);
    pot_buf_free(&text);
    if (st == POT_OK && strlen(s->c.committed_at) != sizeof e->opened_at - 1)
        st = pot_fail_file(err, POT_E_FORMAT, s->path, "committed_at is no time");
    if (st == POT_OK) memcpy(e->opened_at, s->c.committed_at, sizeof e->opened_at);
    return st;
}

/* Mode and options are those that were committed to. */
static pot_status read_rule(struct saved *s, pot_verify_options *o, pot_error *err)
{
    pot_json doc;
    const char *mode, *profile;
    const pot_bytes text = {(const uint8_t *)s->document.p, s->document.n};
    POT_TRY(pot_json_parse(&doc, text, s->path, err));
    pot_status st = pot_json_str(&doc, "mode", &mode, err);
    if (st == POT_OK && !pot_mode_find(&o->mode, mode))
        st = pot_fail_file(err, POT_E_FORMAT, s->path, "names no mode that this program has");
    if (st == POT_OK) st = pot_json_bool(&doc, "by_digest", &o->by_digest, err);
    o->calibrate = pot_json_has(&doc, "calibration");
    if (st == POT_OK) st = pot_json_str(&doc, "numerics", &profile, err);
    if (st == POT_OK) o->compute.profile = pot_arena_str(&s->arena, profile, strlen(profile));
    if (st == POT_OK && !o->compute.profile) st = pot_fail_mem(err);
    pot_json_close(&doc);
    return st;
}

static pot_status open_again(pot_evidence *e, struct saved *s, const pot_verify_options *given,
                             pot_error *err)
{
    pot_verify_options o = *given;
    POT_TRY(read_named(e, s, &s->document, "commitment.json", err));
    POT_TRY(read_rule(s, &o, err));
    o.ref = s->c.side[0].path;
    o.cand = s->c.side[1].path;
    o.corpus = s->c.corpus;
    o.copy = s->c.copy;
    o.key = s->c.key;
    o.run_id = s->c.run_id;
    POT_TRY(pot_verify_open(&e->v, &o, err));
    const pot_commitment *c = pot_verify_commitment(e->v);
    if (c->n == s->document.n && memcmp(c->document, s->document.p, c->n) == 0 &&
        memcmp(c->tag, s->c.tag, POT_TAG_SIZE) == 0)
        return POT_OK;
    return pot_fail_file(err, POT_E_FORMAT, e->dir.temp,
                         "the models, the corpus or this version of pot are not those of the run "
                         "that was interrupted: begin anew with -f");
}

static bool same_file(const pot_checkpoint_file *f, const pot_model *m, size_t i)
{
    const pot_map *map = &m->map[i];
    return strcmp(f->name, m->facts.weights[i].name) == 0 && f->size == map->bytes.n &&
           f->device == map->dev && f->inode == map->ino && f->mtime_ns == map->mtime_ns &&
           f->ctime_ns == map->ctime_ns;
}

/* Files that are as they were need not be hashed again; others must give the same digest. */
static pot_status take_digests(pot_verify *v, unsigned side, const pot_checkpoint_side *s,
                               pot_error *err)
{
    pot_model *m = v->party[side].model;
    if (!s->files) return POT_OK; /* it was interrupted before */
    const size_t n = m ? m->facts.n_weights : 0;
    if (s->files != n)
        return pot_fail_file(err, POT_E_FORMAT, v->party[side].facts->path,
                             "has not the files that it had");
    uint8_t(*sha256)[32] = pot_mem_new(n, sizeof *sha256);
    if (!sha256) return pot_fail_mem(err);
    bool same = true;
    for (size_t i = 0; i < n; i++) {
        memcpy(sha256[i], s->file[i].sha256, sizeof sha256[i]);
        same = same && same_file(&s->file[i], m, i);
    }
    const pot_status st = pot_model_set_digests(m, (const uint8_t(*)[32])sha256, err);
    pot_mem_free(sha256);
    memcpy(v->expect[side], m->facts.weights_sha256, sizeof v->expect[side]);
    v->expected[side] = true;
    if (!same) m->facts.hashed = false;
    return st;
}

/* The hexadecimal bits of n f32 values, which go to `to` and places `step` bytes apart. */
static pot_status bits(const pot_json *line, const char *key, void *to, size_t step, size_t n,
                       pot_error *err)
{
    const char *text;
    POT_TRY(pot_json_str(line, key, &text, err));
    const pot_json where = pot_json_get(line, key);
    bool ok = strlen(text) == 8 * n;
    for (size_t i = 0; ok && i < n; i++) {
        uint8_t four[4];
        char digits[9] = {0};
        memcpy(digits, text + 8 * i, 8);
        ok = pot_hex_parse(four, 4, digits);
        const uint32_t u =
            (uint32_t)four[0] << 24 | (uint32_t)four[1] << 16 | (uint32_t)four[2] << 8 | four[3];
        memcpy((char *)to + i * step, &u, sizeof u);
    }
    return ok ? POT_OK
              : pot_json_fail(&where, POT_E_FORMAT, err, "%zu values of 8 digits are expected", n);
}

/* What both find most probable where they are furthest apart. */
static pot_status fill_peak(const pot_json *line, pot_position *p, pot_error *err)
{
    pot_json o;
    POT_TRY(pot_json_object(line, "peak", &o, err));
    POT_TRY(pot_json_u32(&o, "ref", &p->top_ref, err));
    return pot_json_u32(&o, "cand", &p->top_cand, err);
}

/* The scores of the next line of the transcript. */
static pot_status fill(void *ctx, pot_position *p, size_t n, pot_residual_sums *r, pot_error *err)
{
    struct saved *s = ctx;
    pot_json line = {0};
    uint32_t top = 0;
    const uint8_t *end = s->rest.n ? memchr(s->rest.p, '\n', s->rest.n) : NULL;
    if (!end) return pot_fail_file(err, POT_E_FORMAT, s->path, "has fewer lines than were kept");
    const size_t size = (size_t)(end - s->rest.p);
    pot_status st;
    POT_GO(st, pot_json_parse(&line, (pot_bytes){s->rest.p, size}, s->path, err));
    POT_GO(st, bits(&line, "tv", &p->tv, sizeof *p, n, err));
    POT_GO(st, bits(&line, "kl", &p->kl, sizeof *p, n, err));
    POT_GO(st, bits(&line, "lp_ref", &p->lp_ref, sizeof *p, n, err));
    POT_GO(st, bits(&line, "lp_cand", &p->lp_cand, sizeof *p, n, err));
    POT_GO(st, bits(&line, "residual", r, sizeof(float), sizeof *r / sizeof(float), err));
    POT_GO(st, pot_json_u32(&line, "top1", &top, err));
    for (size_t i = 0; i < n; i++)
        p[i].same_top = i < top; /* only how many counts */
    if (n) POT_GO(st, fill_peak(&line, &p[pot_peak(p, n)], err));
    s->rest = (pot_bytes){end + 1, s->rest.n - size - 1};
out:
    pot_json_close(&line);
    return st;
}

/* The first `size` bytes of a file of lines, which must be what was kept; what stands behind them
 * is cut off. */
static pot_status read_lines(pot_evidence *e, struct saved *s, pot_buf *text, const char *name,
                             uint64_t size, const uint8_t *want, pot_error *err)
{
    uint8_t sha256[POT_SHA256_SIZE];
    POT_TRY(read_named(e, s, text, name, err));
    if (size <= text->n)
        POT_TRY(pot_sha256(sha256, (pot_bytes){(const uint8_t *)text->p, (size_t)size}, err));
    if (size > text->n || memcmp(sha256, want, sizeof sha256) != 0)
        return pot_fail_file(err, POT_E_FORMAT, s->path,
                             "was changed since it was written: the run cannot be resumed");
    text->n = (size_t)size;
    return pot_outdir_cut(&e->dir, name, size, err);
}

/* Put the recorded scores into n challenges once more: each line must come out as it stands. */
static pot_status replay_lines(pot_evidence *e, struct saved *s, const pot_buf *text, pot_verify *v,
                               uint32_t n, pot_error *err)
{
    s->rest = e->replay = (pot_bytes){(const uint8_t *)text->p, text->n};
    for (uint32_t i = 0; i < n; i++)
        POT_TRY(pot_question_replay(v, fill, s, err));
    return e->replay.n ? pot_fail_file(err, POT_E_FORMAT, s->path, "has more lines than were kept")
                       : POT_OK;
}

static pot_status replay(pot_evidence *e, struct saved *s, pot_error *err)
{
    static const uint8_t nothing[] = ""; /* before the calibration was complete */
    uint8_t empty[POT_SHA256_SIZE];
    const pot_checkpoint *c = &s->c;
    pot_verify *floor = e->v->floor;
    POT_TRY(pot_sha256(empty, (pot_bytes){nothing, 0}, err));
    if (floor)
        POT_TRY(read_lines(e, s, &s->calibration, "calibration.ndjson", c->calibration_size,
                           c->calibration_size ? c->calibration_sha256 : empty, err));
    POT_TRY(read_lines(e, s, &s->transcript, "transcript.ndjson", c->transcript_size,
                       c->transcript_sha256, err));
    POT_TRY(pot_evidence_listen(e, err));
    if (floor && c->calibration_size) {
        POT_TRY(replay_lines(e, s, &s->calibration, floor, floor->asks, err));
        pot_floor_take(e->v);
    }
    return replay_lines(e, s, &s->transcript, e->v, c->lines, err);
}

/* A pot_keep_fn: the hidden states that were kept, when there is room for them. */
static pot_status restore(void *evidence, pot_error *err)
{
    pot_evidence *e = evidence;
    pot_verify *v = e->v;
    for (unsigned i = 0; i < v->swept; i++) {
        char path[PATH_MAX];
        uint8_t sha256[POT_SHA256_SIZE] = {0};
        const pot_bytes want = pot_sweep_hidden(v, i);
        pot_buf data = POT_BUF(want.n);
        POT_TRY(pot_path_join(path, e->dir.temp, hidden_name[i], err));
        pot_status s = pot_file_read(&data, path, err);
        if (s == POT_OK) s = pot_sha256(sha256, (pot_bytes){(const uint8_t *)data.p, data.n}, err);
        if (s == POT_OK &&
            (data.n != want.n || memcmp(sha256, e->hidden_sha256[i], sizeof sha256) != 0))
            s = pot_fail_file(err, POT_E_FORMAT, path,
                              "was changed since it was written: the run cannot be resumed");
        if (s == POT_OK && data.n) memcpy(v->hidden[i], data.p, data.n);
        pot_buf_free(&data);
        POT_TRY(s);
    }
    return POT_OK;
}

static pot_status resume(pot_evidence *e, struct saved *s, const char *dir,
                         const pot_verify_options *o, bool force, pot_error *err)
{
    e->resumed = true;
    POT_TRY(pot_outdir_resume(&e->dir, dir, force, pot_run_names, pot_run_scratch, err));
    POT_TRY(read_checkpoint(e, s, err));
    e->checkpoint = true;
    POT_TRY(open_again(e, s, o, err));
    pot_verify *v = e->v;
    POT_TRY(pot_evidence_commitment(e, false, err));
    for (unsigned i = 0; i < 2; i++)
        POT_TRY(take_digests(v, i, &s->c.side[i], err));
    v->hash_seconds = s->c.hash_seconds;
    v->score_seconds = s->c.score_seconds;
    const uint64_t env = pot_fp_enter();
    const pot_status st = replay(e, s, err);
    pot_fp_leave(env);
    POT_TRY(st);
    if (!s->c.swept) return POT_OK;
    v->resumed = s->c.rounds;
    v->swept = s->c.swept;
    v->restore = restore;
    memcpy(e->hidden_sha256, s->c.hidden_sha256, sizeof e->hidden_sha256);
    return POT_OK;
}

pot_status pot_evidence_resume(pot_evidence **out, pot_verify **verify, const char *dir,
                               const pot_verify_options *o, bool force, pot_error *err)
{
    pot_evidence *e = pot_mem_new(1, sizeof *e);
    struct saved *s = pot_mem_new(1, sizeof *s);
    pot_status st = e && s ? POT_OK : pot_fail_mem(err);
    if (st == POT_OK) {
        s->document = POT_BUF(MOST_CHECKPOINT);
        s->calibration = POT_BUF(MOST_TEXT);
        s->transcript = POT_BUF(MOST_TEXT);
        pot_arena_init(&s->arena, MOST_CHECKPOINT);
        st = resume(e, s, dir, o, force, err);
        e->replay = (pot_bytes){0};
        pot_wipe(&s->c, sizeof s->c);
        pot_buf_free(&s->document);
        pot_buf_free(&s->calibration);
        pot_buf_free(&s->transcript);
        e->paths = s->arena; /* the options of v point into it */
    }
    if (st == POT_OK) {
        *verify = e->v;
        *out = e;
    } else if (e) {
        pot_verify *v = e->v;
        pot_evidence_abort(&e);
        pot_verify_close(&v);
    }
    pot_mem_free(s);
    return st;
}
