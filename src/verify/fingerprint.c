/* Making a reference file: one model hashed, asked all challenges, and what it said written down
 * as it comes (docs/format/potref.md). */
#include "verify/reference.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/fpenv.h"
#include "base/math64.h"
#include "base/memory.h"
#include "model/model.h"
#include "verify/run.h"

#include <math.h>
#include <string.h>

#define MOST_DOCUMENT ((size_t)16 << 20)
#define MOST_BLOCK    384 /* rows of logits at a time, as in sweep.c */
#define HEAD_ROWS     64  /* of the head that are copied at a time */
#define READERS       2

struct question {
    uint32_t prompt;
    pot_tokens ids; /* owned */
};

struct making {
    const pot_fingerprint_options *o;
    pot_reference_document d;
    pot_reference_facts *f; /* of d */
    uint8_t key[POT_KEY_SIZE];
    pot_corpus *corpus;
    pot_model *model;
    pot_tokenizer *tokenizer;
    pot_tokens scratch;
    struct question *question; /* owned: [challenges] */
    size_t longest;            /* tokens of one */
    pot_kernels k;
    pot_pool *pool;
    pot_engine *engine;
    pot_ring *ring;
    pot_budget budget;

    pot_newfile file;
    pot_sha256_state digest; /* of the section in work */
    pot_classes classes;
    uint8_t *tail;      /* owned: of classes */
    float *hidden;      /* owned: rows of a batch */
    uint32_t *actual;   /* owned: likewise */
    float *logits;      /* owned: a block of rows */
    pot_class_law *law; /* owned: likewise, */
    uint32_t *id;       /* owned: and what they point to */
    float *p;           /* owned */
    uint8_t *record;    /* owned: one of the file; or some rows of the head */
    size_t block, done; /* rows; challenges */
    uint32_t layers_begun;
    double start;
    double tail_sum, log_sum;
};

/* ---- opening -------------------------------------------------------------------------------- */

/* What cannot be wrong with the options later. */
static pot_status read_options(struct making *m, pot_error *err)
{
    const pot_fingerprint_options *o = m->o;
    const pot_rule *rule = pot_rule_of(o->mode);
    pot_reference_facts *f = m->f;
    if (!o->model || !rule) return pot_fail(err, POT_E_ARG, "a model and a mode are needed");
    f->mode = o->mode;
    f->rule = *rule;
    f->challenges = o->challenges ? o->challenges : rule->n_max;
    if (f->challenges % POT_FAMILIES || f->challenges < rule->n_min || f->challenges > rule->n_max)
        return pot_fail(err, POT_E_ARG,
                        "%u challenges: in %s mode %u to %u are needed, in rounds of %d",
                        f->challenges, rule->name, rule->n_min, rule->n_max, POT_FAMILIES);
    f->rule.n_max = f->challenges;
    f->exact = o->exact;
    f->top_k = o->exact ? 0 : o->top_k ? o->top_k : POT_TOP_K;
    f->tails = o->exact ? 0 : o->tails ? o->tails : POT_TAILS;
    if (!o->exact && (f->top_k > POT_MOST_TOP_K || f->tails > POT_MOST_TAILS))
        return pot_fail(err, POT_E_ARG, "at most %d top tokens and %d tail classes are possible",
                        POT_MOST_TOP_K, POT_MOST_TAILS);
    if (o->key) memcpy(m->key, o->key, POT_KEY_SIZE);
    else POT_TRY(pot_key_new(m->key, err));
    if (!o->run_id) return pot_random(f->run_id, POT_RUN_ID_SIZE, err);
    memcpy(f->run_id, o->run_id, POT_RUN_ID_SIZE);
    return POT_OK;
}

static pot_status open_model(struct making *m, pot_error *err)
{
    const pot_fingerprint_options *o = m->o;
    pot_reference_facts *f = m->f;
    POT_TRY(pot_kernels_choose(&m->k, &o->compute, err));
    if (o->corpus) POT_TRY(pot_corpus_open(&m->corpus, o->corpus, err));
    POT_TRY(pot_model_open(&m->model, o->model, err));
    const char *path = pot_model_tokenizer_path(m->model);
    if (!path) return pot_side_untold(pot_model_info(m->model)->path, err);
    POT_TRY(pot_tokenizer_open(&m->tokenizer, path, err));
    POT_TRY(pot_side_check(m->model, m->tokenizer, err));
    const uint32_t vocab = pot_model_info(m->model)->vocab;
    if (vocab > POT_MOST_VOCAB)
        return pot_fail_file(err, POT_E_UNSUPPORTED, pot_model_info(m->model)->path,
                             "a vocabulary of %u; at most %u can be in a reference file", vocab,
                             POT_MOST_VOCAB);
    if (f->top_k > vocab) f->top_k = vocab;
    f->pot = POT_VERSION;
    f->generator = POT_GENERATOR;
    f->numerics = m->k.linear.profile;
    f->tokenizer_kind = pot_tokenizer_kind(m->tokenizer);
    f->tokenizer_size = pot_tokenizer_size(m->tokenizer);
    memcpy(f->tokenizer_sha256, pot_tokenizer_sha256(m->tokenizer), 32);
    memcpy(f->vocab_sha256, pot_tokenizer_vocab_sha256(m->tokenizer), 32);
    f->corpus = m->corpus != NULL;
    if (m->corpus) memcpy(f->corpus_sha256, pot_corpus_sha256(m->corpus), 32);
    return POT_OK;
}

static pot_status make_questions(struct making *m, pot_error *err)
{
    pot_reference_facts *f = m->f;
    const pot_prompts p = {m->key, f->run_id, m->corpus, m->tokenizer, &m->scratch, m->o->model};
    m->question = pot_mem_new(f->challenges, sizeof *m->question);
    if (!m->question) return pot_fail_mem(err);
    for (uint32_t i = 0; i < f->challenges; i++) {
        pot_challenge c;
        size_t prompt = 0;
        POT_TRY(pot_prompt_make(&p, i, &c, &prompt, &m->question[i].ids, err));
        const size_t n = m->question[i].ids.n;
        m->question[i].prompt = (uint32_t)prompt;
        m->longest = n > m->longest ? n : m->longest;
        f->positions += n - 1;
    }
    return POT_OK;
}

/* ---- memory --------------------------------------------------------------------------------- */

static pot_status plan(struct making *m, pot_error *err)
{
    const uint64_t most = m->o->compute.max_memory;
    pot_sizes s = {.most = most ? most : pot_memory_free() / 10 * 9,
                   .sides = 1,
                   .rows = POT_FAMILIES * m->longest,
                   .batches = m->f->challenges / POT_FAMILIES,
                   .threads = pot_pool_threads(m->pool)};
    POT_TRY(pot_side_sizes_of(&s.side[0], m->engine, m->model, m->longest, err));
    s.used = pot_mem_used();
    POT_TRY(pot_budget_plan(&m->budget, &s, err));
    if (m->budget.resident) return POT_OK;
    POT_TRY(pot_ring_open(&m->ring, m->budget.ring, READERS, err));
    pot_model_rest(m->model);
    return pot_engine_stream(m->engine, m->model, m->ring, m->budget.unit, m->budget.pin[0], err);
}

/* Room for one round more than a batch plans with, whose texts may be longer. */
static pot_status reserve(struct making *m, size_t rows, pot_error *err)
{
    const pot_classes *c = &m->classes;
    const size_t vocab = pot_engine_vocab(m->engine), width = pot_engine_width(m->engine),
                 fit = m->budget.logits / (vocab * sizeof(float)), all = c->top_k + c->tails;
    m->block = fit < 1 ? 1 : fit > MOST_BLOCK ? MOST_BLOCK : fit;
    m->hidden = pot_mem_raw(rows * width, sizeof *m->hidden);
    m->actual = pot_mem_raw(rows, sizeof *m->actual);
    if (!m->hidden || !m->actual) return pot_fail_mem(err);
    if (m->f->exact) return POT_OK;
    m->logits = pot_mem_raw(m->block * vocab, sizeof *m->logits);
    m->law = pot_mem_new(m->block, sizeof *m->law);
    m->id = pot_mem_new(m->block * c->top_k, sizeof *m->id);
    m->p = pot_mem_new(m->block * all, sizeof *m->p);
    m->record = pot_mem_new(pot_reference_record(c->vocab, c->top_k, c->tails), 1);
    if (!m->logits || !m->law || !m->id || !m->p || !m->record) return pot_fail_mem(err);
    for (size_t i = 0; i < m->block; i++)
        m->law[i] = (pot_class_law){.id = m->id + i * c->top_k, .p = m->p + i * all};
    return POT_OK;
}

static bool going(void *making)
{
    struct making *m = making;
    const uint32_t layers = pot_model_info(m->model)->layers;
    const double seconds = pot_clock() - m->start;
    const pot_progress p = {.what = "asking",
                            .done = (double)m->done,
                            .total = m->f->challenges,
                            .seconds = seconds,
                            .layer = m->layers_begun < layers ? m->layers_begun : layers,
                            .layers = layers,
                            .read = m->ring ? pot_ring_bytes(m->ring) : 0};
    m->layers_begun++;
    return !m->o->progress || m->o->progress(m->o->ctx, &p);
}

/* ---- sections ------------------------------------------------------------------------------- */

static pot_status add(struct making *m, const void *p, size_t n, pot_error *err)
{
    const pot_bytes data = {p, n};
    POT_TRY(pot_sha256_add(&m->digest, data, err));
    POT_TRY(pot_newfile_add(&m->file, data, err));
    m->d.section[m->d.sections].size += n;
    return POT_OK;
}

static pot_status begin_section(struct making *m, const char *name, pot_error *err)
{
    m->d.section[m->d.sections] = (pot_reference_section){.name = name, .at = m->file.size};
    return pot_sha256_begin(&m->digest, err);
}

static pot_status end_section(struct making *m, pot_error *err)
{
    static const uint8_t zeros[POT_POTREF_ALIGN];
    const size_t pad = -(size_t)m->file.size % POT_POTREF_ALIGN;
    POT_TRY(pot_sha256_end(&m->digest, m->d.section[m->d.sections].sha256, err));
    m->d.sections++;
    return pot_newfile_add(&m->file, (pot_bytes){zeros, pad}, err);
}

static pot_status put_challenges(struct making *m, pot_error *err)
{
    POT_TRY(begin_section(m, "challenges", err));
    for (uint32_t i = 0; i < m->f->challenges; i++) {
        const struct question *q = &m->question[i];
        const uint32_t head[2] = {q->prompt, (uint32_t)q->ids.n};
        POT_TRY(add(m, head, sizeof head, err));
        POT_TRY(add(m, q->ids.id, q->ids.n * sizeof *q->ids.id, err));
    }
    return end_section(m, err);
}

/* The laws of some rows of the batch. */
static pot_status put_block(struct making *m, size_t at, size_t n, pot_error *err)
{
    const size_t vocab = pot_engine_vocab(m->engine), width = pot_engine_width(m->engine),
                 size = pot_reference_record(m->classes.vocab, m->classes.top_k, m->classes.tails);
    size_t bad = 0;
    POT_TRY(pot_engine_logits(m->engine, m->logits, vocab, m->hidden + at * width, n, err));
    if (!pot_classes_make(m->pool, &m->k, &m->classes, m->law, m->logits, vocab, m->actual + at, n,
                          &bad))
        return pot_fail_file(err, POT_E_FORMAT, m->o->model,
                             "gives NaN or infinite logits (challenges from %zu on): nothing can "
                             "be compared with it",
                             m->done);
    for (size_t i = 0; i < n; i++) {
        const double tail = pot_classes_tail(&m->classes, &m->law[i]);
        pot_reference_pack(m->record, &m->classes, &m->law[i]);
        POT_TRY(add(m, m->record, size, err));
        m->tail_sum += tail;
        m->f->tail_max = tail > m->f->tail_max ? tail : m->f->tail_max;
        m->log_sum += (double)m->law[i].lp;
    }
    return POT_OK;
}

/* Final hidden states of a batch of challenges, without the last position of each, behind which
 * nothing is scored; how many rows. */
static pot_status read_texts(struct making *m, size_t count, size_t *rows, pot_error *err)
{
    const size_t width = pot_engine_width(m->engine);
    pot_ids *text = pot_mem_raw(count, sizeof *text);
    if (!text) return pot_fail_mem(err);
    for (size_t i = 0; i < count; i++)
        text[i] =
            (pot_ids){.id = m->question[m->done + i].ids.id, .n = m->question[m->done + i].ids.n};
    m->layers_begun = 0;
    const pot_status s = pot_engine_forward(m->engine, m->hidden, text, count, err);
    size_t from = 0, to = 0;
    for (size_t i = 0; s == POT_OK && i < count; i++) {
        const size_t n = text[i].n - 1;
        memmove(m->hidden + to * width, m->hidden + from * width, n * width * sizeof(float));
        memcpy(m->actual + to, text[i].id + 1, n * sizeof *m->actual);
        from += n + 1;
        to += n;
    }
    pot_mem_free(text);
    if (s == POT_OK && m->ring) pot_engine_rest(m->engine);
    *rows = to;
    return s;
}

/* Challenges from `done` on that fit into a batch: whole rounds. */
static size_t batch(const struct making *m, size_t room)
{
    size_t count = 0, rows = 0;
    while (m->done + count < m->f->challenges && count < m->budget.batches * POT_FAMILIES) {
        size_t more = 0;
        for (size_t i = 0; i < POT_FAMILIES; i++)
            more += m->question[m->done + count + i].ids.n;
        if (count && rows + more > room) break;
        count += POT_FAMILIES;
        rows += more;
    }
    return count;
}

/* Rows of the largest batch: what was planned, or a round of many special tokens. */
static size_t most_rows(const struct making *m)
{
    size_t most = m->budget.batches * POT_FAMILIES * m->longest;
    for (size_t i = 0; i < m->f->challenges; i += POT_FAMILIES) {
        size_t rows = 0;
        for (size_t k = 0; k < POT_FAMILIES; k++)
            rows += m->question[i + k].ids.n;
        most = rows > most ? rows : most;
    }
    return most;
}

static pot_status put_answers(struct making *m, pot_error *err)
{
    const size_t room = most_rows(m), width = pot_engine_width(m->engine);
    POT_TRY(reserve(m, room, err));
    POT_TRY(begin_section(m, m->f->exact ? "hidden" : "classes", err));
    m->start = pot_clock();
    while (m->done < m->f->challenges) {
        const size_t count = batch(m, room);
        size_t rows = 0;
        POT_TRY(read_texts(m, count, &rows, err));
        if (m->f->exact) POT_TRY(add(m, m->hidden, rows * width * sizeof(float), err));
        for (size_t at = 0; !m->f->exact && at < rows; at += m->block)
            POT_TRY(put_block(m, at, rows - at < m->block ? rows - at : m->block, err));
        m->done += count;
        if (!going(m))
            return pot_fail(err, POT_E_STOPPED,
                            "stopped after %zu of %u challenges; nothing is left", m->done,
                            m->f->challenges);
    }
    return end_section(m, err);
}

static pot_status put_head(struct making *m, pot_error *err)
{
    const pot_linear *w = pot_engine_head(m->engine);
    m->d.head = pot_head_describe(w, &m->model->arch);
    const size_t row = pot_dtype_bytes(m->d.head.type, w->in);
    m->record = pot_mem_new(HEAD_ROWS, row);
    if (!m->record) return pot_fail_mem(err);
    POT_TRY(begin_section(m, "head", err));
    for (size_t at = 0; at < w->out; at += HEAD_ROWS) {
        const size_t n = w->out - at < HEAD_ROWS ? w->out - at : HEAD_ROWS;
        pot_head_rows(&m->k, w, at, n, m->record);
        POT_TRY(add(m, m->record, n * row, err));
    }
    POT_TRY(end_section(m, err));
    if (!w->bias) return POT_OK;
    POT_TRY(begin_section(m, "bias", err));
    POT_TRY(add(m, w->bias, w->out * sizeof *w->bias, err));
    return end_section(m, err);
}

/* ---- all together --------------------------------------------------------------------------- */

/* The document behind the sections, and the head that signs it.  That it can be read again is
 * tried here: later it would be too late. */
static pot_status put_document(struct making *m, pot_error *err)
{
    pot_reference_facts *f = m->f;
    pot_reference_document again;
    uint8_t head[POT_POTREF_HEAD];
    pot_buf text = POT_BUF(MOST_DOCUMENT);
    pot_arena arena;
    pot_status s;
    f->model = *pot_model_info(m->model);
    f->tail_mean = m->tail_sum / (double)f->positions;
    f->perplexity = f->exact ? (double)NAN : pot_exp(-m->log_sum / (double)f->positions);
    pot_arena_init(&arena, 4 * MOST_DOCUMENT);
    POT_GO(s, pot_reference_write(&text, &m->d, err));
    const pot_bytes data = {(const uint8_t *)text.p, text.n};
    POT_GO(s, pot_reference_read(&again, &arena, data, m->file.path, err));
    POT_GO(s, pot_reference_head_bytes(head, m->key, data, m->file.size, err));
    POT_GO(s, pot_newfile_add(&m->file, data, err));
    s = pot_newfile_head(&m->file, (pot_bytes){head, sizeof head}, err);
out:
    pot_wipe(head, sizeof head);
    pot_buf_free(&text);
    pot_arena_close(&arena);
    return s;
}

static pot_status choose_classes(struct making *m, pot_error *err)
{
    const uint32_t vocab = pot_model_info(m->model)->vocab;
    if (m->f->exact) return POT_OK;
    m->tail = pot_mem_new(vocab, 1);
    if (!m->tail) return pot_fail_mem(err);
    m->classes = (pot_classes){vocab, m->f->top_k, m->f->tails, m->tail};
    return pot_reference_tails(m->tail, vocab, m->f->tails, m->key, m->f->run_id, err);
}

static pot_status make(struct making *m, pot_error *err)
{
    static const uint8_t zeros[POT_POTREF_HEAD];
    POT_TRY(make_questions(m, err));
    POT_TRY(choose_classes(m, err));
    POT_TRY(pot_pool_open(&m->pool, m->o->compute.threads, err));
    POT_TRY(pot_engine_open(&m->engine, m->model, m->pool, &m->k, err));
    pot_engine_watch(m->engine, going, m);
    POT_TRY(plan(m, err));
    POT_TRY(pot_models_hash(&m->model, 1, m->pool, m->ring, m->o->progress, m->o->ctx, err));
    POT_TRY(pot_newfile_add(&m->file, (pot_bytes){zeros, sizeof zeros}, err));
    POT_TRY(put_challenges(m, err));
    POT_TRY(put_answers(m, err));
    if (m->f->exact) POT_TRY(put_head(m, err));
    POT_TRY(pot_model_unchanged(m->model, err));
    return put_document(m, err);
}

static void close_all(struct making *m)
{
    pot_newfile_abort(&m->file);
    pot_sha256_drop(&m->digest);
    pot_engine_close(&m->engine);
    pot_ring_close(&m->ring);
    pot_pool_close(&m->pool);
    for (uint32_t i = 0; m->question && i < m->f->challenges; i++)
        pot_tokens_free(&m->question[i].ids);
    pot_tokens_free(&m->scratch);
    void *const owned[] = {m->question, m->tail, m->hidden, m->actual, m->logits,
                           m->law,      m->id,   m->p,      m->record};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        pot_mem_free(owned[i]);
    pot_tokenizer_close(&m->tokenizer);
    pot_model_close(&m->model);
    pot_corpus_close(&m->corpus);
}

pot_status pot_fingerprint(const char *path, bool force, const pot_fingerprint_options *o,
                           pot_error *err)
{
    struct making m = {.o = o};
    m.f = &m.d.facts;
    pot_status s = read_options(&m, err);
    if (s == POT_OK) s = open_model(&m, err);
    if (s == POT_OK) s = pot_newfile_begin(&m.file, path, 0600, force, err);
    if (s == POT_OK) {
        const uint64_t env = pot_fp_enter();
        s = make(&m, err);
        pot_fp_leave(env);
    }
    if (s == POT_OK) s = pot_newfile_commit(&m.file, err);
    close_all(&m);
    pot_wipe(&m, sizeof m);
    return s;
}
