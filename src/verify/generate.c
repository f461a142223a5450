/* Texts that a model continues: prompts are read in parts, then each step is one token of each. */
#include "base/fail.h"
#include "base/fpenv.h"
#include "base/mem.h"
#include "base/memory.h"
#include "crypto/sha256.h"
#include "engine/engine.h"
#include "score/compare.h"
#include "score/sample.h"

#include <string.h>

#include <pot/generate.h>

#define PART       512                /* tokens of a prompt that are read together */
#define HEAD_BYTES ((size_t)64 << 20) /* logits at one time */
#define MOST_TEXTS 4096

struct text {
    uint32_t *id;   /* owned: [room] prompt, then what comes after */
    float *logprob; /* owned: [room] */
    size_t prompt, n, room;
    pot_cache *cache; /* owned */
    float *last;      /* [width] in job.last: what the head sees behind token n - 1 */
    uint64_t seed;
    bool ended;
    pot_finish finish;
};

struct job {
    const pot_generate_options *how;
    pot_engine *e;
    pot_pool *pool;
    const pot_kernels *k;
    struct text *text; /* owned: [n] */
    size_t n, width, vocab;
    float *last;   /* owned: [n][width] */
    float *hidden; /* owned: [rows][width] */
    size_t rows;
    float *logits;            /* owned: [block][vocab] */
    pot_candidate *candidate; /* owned: [vocab] */
    size_t block;
    pot_error *err;
};

const char *pot_finish_name(pot_finish f)
{
    static const char *const name[] = {"length", "context", "end", "stop"};
    return (unsigned)f < sizeof name / sizeof *name ? name[f] : "?";
}

/* ---- reading ------------------------------------------------------------------------------ */

static pot_status reserve(struct job *j, size_t rows)
{
    if (rows <= j->rows) return POT_OK;
    pot_mem_free(j->hidden);
    j->rows = 0;
    j->hidden = pot_mem_raw(rows * j->width, sizeof *j->hidden);
    if (!j->hidden) return pot_fail_mem(j->err);
    j->rows = rows;
    return POT_OK;
}

/* Read the next n tokens of a text. */
static pot_status read_part(struct job *j, struct text *t, size_t n)
{
    const pot_ids part = {.id = t->id + pot_cache_tokens(t->cache), .n = n, .cache = t->cache};
    POT_TRY(reserve(j, n));
    POT_TRY(pot_engine_forward(j->e, j->hidden, &part, 1, j->err));
    memcpy(t->last, j->hidden + (n - 1) * j->width, j->width * sizeof *t->last);
    return POT_OK;
}

/* Read what is not in the cache, as scoring these n tokens does: with the frequencies of their
 * length, for which the cache may have to be filled anew. */
static pot_status read_text(struct job *j, struct text *t)
{
    if (!pot_cache_serves(j->e, t->cache, t->n - pot_cache_tokens(t->cache)))
        pot_cache_empty(t->cache);
    for (size_t done; (done = pot_cache_tokens(t->cache)) < t->n;) {
        const size_t left = t->n - done,
                     n = left > PART && pot_engine_same_turn(j->e, done + PART, t->n) ? PART : left;
        POT_TRY(read_part(j, t, n));
    }
    return POT_OK;
}

/* The last token of each text that goes on, as one batch; alone where that is not enough. */
static pot_status read_step(struct job *j)
{
    pot_ids *part = pot_mem_new(j->n, sizeof *part);
    size_t *from = pot_mem_new(j->n, sizeof *from), n = 0;
    pot_status s = part && from ? POT_OK : pot_fail_mem(j->err);
    for (size_t i = 0; s == POT_OK && i < j->n; i++) {
        struct text *t = &j->text[i];
        if (t->ended) continue;
        if (pot_cache_tokens(t->cache) + 1 < t->n || !pot_cache_serves(j->e, t->cache, 1)) {
            s = read_text(j, t);
            continue;
        }
        from[n] = i;
        part[n++] = (pot_ids){.id = t->id + t->n - 1, .n = 1, .cache = t->cache};
    }
    if (s == POT_OK && n) s = reserve(j, n);
    if (s == POT_OK && n) s = pot_engine_forward(j->e, j->hidden, part, n, j->err);
    for (size_t i = 0; s == POT_OK && i < n; i++)
        memcpy(j->text[from[i]].last, j->hidden + i * j->width, j->width * sizeof(float));
    pot_mem_free(part);
    pot_mem_free(from);
    return s;
}

/* ---- writing ------------------------------------------------------------------------------ */

/* The number in [0, 1) that draws token `step` of a text. */
static pot_status uniform(double *u, uint64_t seed, uint64_t step, pot_error *err)
{
    uint8_t in[14 + 16] = "pot-generate-1", out[POT_SHA256_SIZE];
    uint64_t x = 0;
    for (int i = 0; i < 8; i++) {
        in[14 + i] = (uint8_t)(seed >> (56 - 8 * i));
        in[22 + i] = (uint8_t)(step >> (56 - 8 * i));
    }
    POT_TRY(pot_sha256(out, (pot_bytes){in, sizeof in}, err));
    for (int i = 0; i < 8; i++)
        x = x << 8 | out[i];
    *u = (double)(x >> 11) * 0x1p-53;
    return POT_OK;
}

/* Append a token, and see whether it is the last. */
static pot_status append(struct job *j, size_t i, uint32_t id, float logprob)
{
    const pot_generate_options *how = j->how;
    struct text *t = &j->text[i];
    t->id[t->n] = id;
    t->logprob[t->n++] = logprob;
    const pot_token_answer answer =
        how->token ? how->token(how->ctx, i, id, logprob) : POT_TOKEN_NEXT;
    if (answer == POT_TOKEN_ABORT) return pot_fail(j->err, POT_E_STOPPED, "stopped while writing");
    const bool full = t->n == t->room, enough = t->n - t->prompt == how->max_tokens;
    bool end = false;
    for (size_t k = 0; k < how->n_end; k++)
        end = end || how->end[k] == id;
    t->ended = end || answer == POT_TOKEN_STOP || enough || full;
    t->finish = end                        ? POT_FINISH_END
                : answer == POT_TOKEN_STOP ? POT_FINISH_STOP
                : enough                   ? POT_FINISH_LENGTH
                                           : POT_FINISH_CONTEXT;
    return POT_OK;
}

/* The next token of `n` texts whose numbers are `which`. */
static pot_status write_block(struct job *j, const size_t *which, size_t n)
{
    uint32_t *id = pot_mem_new(n, sizeof *id);
    float *logprob = pot_mem_new(n, sizeof *logprob);
    const pot_rows rows = {j->logits, j->vocab, (uint32_t)j->vocab};
    const pot_sampling how = {j->how->temperature, j->how->top_p, j->how->top_k};
    size_t bad;
    pot_status s;
    POT_GO(s, id && logprob ? POT_OK : pot_fail_mem(j->err));
    POT_GO(s, reserve(j, n));
    for (size_t i = 0; i < n; i++)
        memcpy(j->hidden + i * j->width, j->text[which[i]].last, j->width * sizeof(float));
    POT_GO(s, pot_engine_logits(j->e, j->logits, j->vocab, j->hidden, n, j->err));
    for (size_t i = 0; i < n; i++) {
        const struct text *t = &j->text[which[i]];
        double u = 0;
        if (how.temperature > 0) POT_GO(s, uniform(&u, t->seed, t->n - t->prompt, j->err));
        id[i] = pot_sample(j->logits + i * j->vocab, rows.vocab, &how, u, j->candidate);
    }
    if (!pot_logprobs(j->pool, j->k, logprob, rows, id, n, &bad)) {
        s = pot_fail(j->err, POT_E_FORMAT,
                     "the model gives NaN or infinite logits after token %zu of prompt %zu",
                     j->text[which[bad]].n - 1, which[bad]);
        goto out;
    }
    for (size_t i = 0; i < n; i++)
        POT_GO(s, append(j, which[i], id[i], logprob[i]));
out:
    pot_mem_free(id);
    pot_mem_free(logprob);
    return s;
}

/* The next token of each text that goes on; *more says whether any does after it. */
static pot_status write_step(struct job *j, bool *more)
{
    size_t *which = pot_mem_new(j->n, sizeof *which), n = 0;
    if (!which) return pot_fail_mem(j->err);
    pot_status s = POT_OK;
    for (size_t i = 0; i < j->n; i++)
        if (!j->text[i].ended) which[n++] = i;
    for (size_t at = 0; s == POT_OK && at < n; at += j->block)
        s = write_block(j, which + at, n - at < j->block ? n - at : j->block);
    *more = false;
    for (size_t i = 0; i < j->n; i++)
        *more = *more || !j->text[i].ended;
    pot_mem_free(which);
    return s;
}

/* ---- beginning and end ---------------------------------------------------------------------- */

static pot_status check_options(const pot_generate_options *how, size_t n, pot_error *err)
{
    if (n < 1 || n > MOST_TEXTS)
        return pot_fail(err, POT_E_ARG, "1 to %d prompts are expected", MOST_TEXTS);
    if (how->compute.max_memory)
        return pot_fail(err, POT_E_ARG, "a limit of memory is not kept while texts are continued");
    if (!how->max_tokens) return pot_fail(err, POT_E_ARG, "at least one token is expected");
    if (!(how->temperature >= 0 && how->temperature <= 100))
        return pot_fail(err, POT_E_ARG, "a temperature from 0 to 100 is expected");
    if (how->temperature > 0 && how->temperature < 1e-6)
        return pot_fail(err, POT_E_ARG, "a temperature below 1e-6: 0 is the most probable token");
    if (how->top_p > 0 && how->top_p <= 1) return POT_OK;
    return pot_fail(err, POT_E_ARG, "a top_p above 0, to 1, is expected");
}

static pot_status check_memory(const struct job *j, pot_error *err)
{
    const uint64_t free_bytes = pot_memory_free();
    uint64_t bytes = 0;
    for (size_t i = 0; i < j->n; i++)
        bytes += pot_cache_bytes(j->e, j->text[i].room);
    if (bytes < free_bytes) return POT_OK;
    return pot_fail(err, POT_E_NOMEM,
                    "the keys and values of %zu text%s take %.1f GB, and %.1f GB of memory are "
                    "available: give fewer prompts at once, or fewer tokens",
                    j->n, j->n == 1 ? "" : "s", (double)bytes / 1e9, (double)free_bytes / 1e9);
}

static pot_status open_text(struct job *j, struct text *t, const pot_prompt *p, size_t i,
                            uint32_t context)
{
    const pot_ids ids = {.id = p->id, .n = p->n};
    POT_TRY(pot_engine_check(j->e, ids, j->err));
    if (p->n == context)
        return pot_fail(j->err, POT_E_ARG,
                        "prompt %zu has %zu tokens and fills the model's context: cut it", i, p->n);
    t->room = j->how->max_tokens < context - p->n ? p->n + j->how->max_tokens : context;
    t->prompt = t->n = p->n;
    t->seed = j->how->seed + i;
    t->last = j->last + i * j->width;
    t->id = pot_mem_new(t->room, sizeof *t->id);
    t->logprob = pot_mem_new(t->room, sizeof *t->logprob);
    if (!t->id || !t->logprob) return pot_fail_mem(j->err);
    memcpy(t->id, p->id, p->n * sizeof *t->id);
    return POT_OK;
}

static pot_status open_job(struct job *j, const pot_prompt *prompt, uint32_t context)
{
    const size_t most = HEAD_BYTES / (j->vocab * sizeof(float));
    j->block = most < 1 ? 1 : most < j->n ? most : j->n;
    j->text = pot_mem_new(j->n, sizeof *j->text);
    j->last = pot_mem_new(j->n * j->width, sizeof *j->last);
    j->logits = pot_mem_raw(j->block * j->vocab, sizeof *j->logits);
    j->candidate = pot_mem_raw(j->vocab, sizeof *j->candidate);
    if (!j->text || !j->last || !j->logits || !j->candidate) return pot_fail_mem(j->err);
    for (size_t i = 0; i < j->n; i++)
        POT_TRY(open_text(j, &j->text[i], &prompt[i], i, context));
    POT_TRY(check_memory(j, j->err));
    for (size_t i = 0; i < j->n; i++)
        POT_TRY(pot_cache_open(&j->text[i].cache, j->e, j->text[i].room, j->err));
    return POT_OK;
}

static void close_job(struct job *j)
{
    for (size_t i = 0; j->text && i < j->n; i++) {
        pot_mem_free(j->text[i].id);
        pot_mem_free(j->text[i].logprob);
        pot_cache_close(&j->text[i].cache);
    }
    pot_mem_free(j->text);
    pot_mem_free(j->last);
    pot_mem_free(j->hidden);
    pot_mem_free(j->logits);
    pot_mem_free(j->candidate);
    pot_engine_close(&j->e);
}

/* The caller's own copies. */
static pot_status hand_over(const struct job *j, pot_completion *out)
{
    pot_completion *c = pot_mem_new(j->n, sizeof *c);
    bool ok = c;
    for (size_t i = 0; ok && i < j->n; i++) {
        const struct text *t = &j->text[i];
        c[i] = (pot_completion){.n = t->n - t->prompt, .finish = t->finish};
        c[i].id = pot_mem_new(c[i].n, sizeof *c[i].id);
        c[i].logprob = pot_mem_new(c[i].n, sizeof *c[i].logprob);
        ok = c[i].id && c[i].logprob;
        if (!ok) break;
        memcpy(c[i].id, t->id + t->prompt, c[i].n * sizeof *c[i].id);
        memcpy(c[i].logprob, t->logprob + t->prompt, c[i].n * sizeof *c[i].logprob);
    }
    if (ok) memcpy(out, c, j->n * sizeof *c);
    else if (c) pot_completions_free(c, j->n);
    pot_mem_free(c);
    return ok ? POT_OK : pot_fail_mem(j->err);
}

static pot_status run(struct job *j, const pot_model *m, pot_completion *out,
                      const pot_prompt *prompt)
{
    bool more = true;
    POT_TRY(pot_engine_open(&j->e, m, j->pool, j->k, j->err));
    if (j->how->ask) pot_engine_watch(j->e, j->how->ask, j->how->ctx);
    j->width = pot_engine_width(j->e);
    j->vocab = pot_engine_vocab(j->e);
    POT_TRY(open_job(j, prompt, pot_model_info(m)->context));
    for (size_t i = 0; i < j->n; i++)
        POT_TRY(read_text(j, &j->text[i]));
    for (;;) {
        POT_TRY(write_step(j, &more));
        if (!more) return hand_over(j, out);
        POT_TRY(read_step(j));
    }
}

pot_status pot_generate(const pot_model *m, pot_completion *out, const pot_prompt *prompt, size_t n,
                        const pot_generate_options *how, pot_error *err)
{
    pot_kernels k;
    struct job j = {.how = how, .k = &k, .n = n, .err = err};
    POT_TRY(check_options(how, n, err));
    POT_TRY(pot_kernels_choose(&k, &how->compute, err));
    POT_TRY(pot_pool_open(&j.pool, how->compute.threads, err));
    const uint64_t env = pot_fp_enter();
    const pot_status s = run(&j, m, out, prompt);
    pot_fp_leave(env);
    close_job(&j);
    pot_pool_close(&j.pool);
    return pot_fail_in(err, s, pot_model_info(m)->path);
}

void pot_completions_free(pot_completion *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        pot_mem_free(c[i].id);
        pot_mem_free(c[i].logprob);
        c[i] = (pot_completion){0};
    }
}
