/* The run, from two paths to a verdict: read this file first.
 *
 *     open    configs, tokenizers, headers -> may they be compared? -> commitment
 *     run     hash both models -> rounds of challenges -> scores -> decision
 *
 * No weight is read before the commitment is made; everything that could end the run early
 * leaves the verdict UNDECIDED. */
#include "verify/run.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/fpenv.h"
#include "base/mem.h"
#include "crypto/sha256.h"

#include <stdlib.h>
#include <string.h>

#define MOST_DOCUMENT ((size_t)16 << 20)

static pot_status open_party(pot_party *p, const char *role, const char *path, pot_error *err)
{
    *p = (pot_party){.role = role};
    POT_TRY(pot_model_open(&p->model, path, err));
    p->facts = pot_model_info(p->model);
    const char *tokenizer = pot_model_tokenizer_path(p->model);
    return tokenizer ? pot_tokenizer_open(&p->tokenizer, tokenizer, err) : POT_OK;
}

static pot_status take_key(pot_verify *v, pot_error *err)
{
    const pot_verify_options *o = &v->options;
    if (o->key) memcpy(v->key, o->key, POT_KEY_SIZE);
    else POT_TRY(pot_key_new(v->key, err));
    if (!o->run_id) return pot_random(v->commitment.run_id, POT_RUN_ID_SIZE, err);
    memcpy(v->commitment.run_id, o->run_id, POT_RUN_ID_SIZE);
    return POT_OK;
}

static pot_status open_all(pot_verify *v, pot_error *err)
{
    const pot_verify_options *o = &v->options;
    if (!o->ref || !o->cand || !pot_rule_of(o->mode))
        return pot_fail(err, POT_E_ARG, "a reference, a candidate and a mode are needed");
    if (pot_is_reference(o->cand))
        return pot_fail_file(err, POT_E_ARG, o->cand,
                             "is a reference without weights: a candidate must be a model");
    const bool saved = pot_is_reference(o->ref);
    POT_TRY(saved ? pot_saved_open(v, err) : take_key(v, err));
    const pot_rule *rule = saved ? &v->verdict.saved->rule : pot_rule_of(o->mode);
    POT_TRY(pot_kernels_choose(&v->kernels, &o->compute, err));
    if (pot_decider_init(&v->decider, rule, POT_FAMILIES) != POT_OK)
        return pot_fail(err, POT_E_ARG, "the rule is out of its range");
    if (o->corpus) POT_TRY(pot_corpus_open(&v->corpus, o->corpus, err));
    POT_TRY(saved ? pot_saved_check_corpus(v, err) : open_party(&v->party[0], "REF", o->ref, err));
    POT_TRY(open_party(&v->party[1], "CAND", o->cand, err));
    POT_TRY(pot_verify_check_sides(v, err));
    if (o->calibrate) POT_TRY(pot_floor_open(v, err));
    v->verdict.ref.model = v->party[0].facts;
    v->verdict.cand.model = v->party[1].facts;
    return pot_verify_commit(v, err);
}

pot_status pot_verify_open_for(pot_verify **out, const pot_verify_options *o,
                               pot_verify *calibrates, pot_error *err)
{
    pot_verify *v = pot_mem_new(1, sizeof *v);
    if (!v) return pot_fail_mem(err);
    v->options = *o;
    v->calibrates = calibrates;
    v->document = POT_BUF(MOST_DOCUMENT);
    v->warn = POT_BUF((size_t)1 << 16);
    const pot_status s = open_all(v, err);
    v->options.key = v->options.run_id = NULL; /* they are copied; the caller may wipe them */
    if (s == POT_OK) *out = v;
    else pot_verify_close(&v);
    return s;
}

pot_status pot_verify_open(pot_verify **out, const pot_verify_options *o, pot_error *err)
{
    return pot_verify_open_for(out, o, NULL, err);
}

static void close_party(pot_party *p)
{
    pot_byte_table_close(&p->bytes);
    pot_tokenizer_close(&p->tokenizer);
    pot_model_close(&p->model);
    pot_reference_close(&p->saved);
}

static void release(void *slot)
{
    void **p = slot;
    pot_mem_free(*p);
    *p = NULL;
}

void pot_verify_release(pot_verify *v)
{
    for (int i = 0; i < 2; i++) {
        pot_engine_close(&v->party[i].engine);
        release(&v->hidden[i]);
        release(&v->logits[i]);
    }
    for (size_t i = 0; i < v->question_room; i++) {
        pot_tokens_free(&v->question[i].ref);
        pot_tokens_free(&v->question[i].cand);
    }
    pot_ring_close(&v->ring);
    release(&v->question);
    release(&v->pass.layer);
    release(&v->position);
    release(&v->actual);
    release(&v->kl);
    v->question_room = v->rows_room = v->block_rows = v->kl_room = 0;
    v->questions = 0;
}

void pot_verify_close(pot_verify **verify)
{
    pot_verify *v = *verify;
    if (!v) return;
    pot_verify_close(&v->floor);
    pot_verify_release(v);
    for (int i = 0; i < 2; i++)
        close_party(&v->party[i]);
    pot_tokens_free(&v->scratch);
    pot_buf_free(&v->document);
    pot_buf_free(&v->warn);
    pot_corpus_close(&v->corpus);
    pot_pool_close(&v->pool);
    pot_wipe(v, sizeof *v);
    pot_mem_free(v);
    *verify = NULL;
}

const pot_commitment *pot_verify_commitment(const pot_verify *v)
{
    return &v->commitment;
}

const pot_verdict *pot_verify_verdict(const pot_verify *v)
{
    return &v->verdict;
}

void pot_verify_listen(pot_verify *v, pot_record_fn *sink, void *ctx)
{
    v->sink = sink;
    v->sink_ctx = ctx;
}

void pot_verify_serve(pot_verify *v, pot_serve_fn *serve, void *ctx)
{
    v->serve = serve;
    v->serve_ctx = ctx;
}

static pot_status hash_models(pot_verify *v, pot_error *err)
{
    pot_model *there[2];
    size_t n = 0;
    for (int i = 0; i < 2; i++)
        if (v->party[i].model) there[n++] = v->party[i].model;
    if (v->party[0].facts->hashed && v->party[1].facts->hashed) return POT_OK; /* earlier */
    pot_pass_begin(v, "hash", 0);
    POT_TRY(pot_models_hash(there, n, v->pool, v->ring, v->options.progress, v->options.ctx, err));
    v->hash_seconds += pot_clock() - v->pass.start;
    for (int i = 0; i < 2; i++)
        if (v->expected[i] &&
            memcmp(v->expect[i], v->party[i].facts->weights_sha256, sizeof v->expect[i]) != 0)
            return pot_fail_file(err, POT_E_FORMAT, v->party[i].facts->path,
                                 "its weights are not those of the run that was interrupted");
    return pot_pass_end(v, err);
}

/* The same files to the byte: configuration, tokenizer, weights. */
static bool same_files(const pot_verify *v)
{
    const pot_model_facts *a = v->party[0].facts, *b = v->party[1].facts;
    if (a->n_other != b->n_other) return false;
    for (size_t i = 0; i < a->n_other; i++)
        if (strcmp(a->other[i].name, b->other[i].name) != 0 ||
            memcmp(a->other[i].sha256, b->other[i].sha256, sizeof a->other[i].sha256) != 0)
            return false;
    return memcmp(a->weights_sha256, b->weights_sha256, sizeof a->weights_sha256) == 0;
}

/* Rounds after which the rule would be satisfied if all further scores were as those so far: what
 * is computed beyond the decision is less than this. */
static size_t rounds_wanted(const pot_verify *v, size_t most)
{
    pot_decider d = v->decider;
    pot_summary s;
    pot_decider_summary(&d, &s);
    for (size_t n = 1; d.n && n < most; n++) {
        for (unsigned i = 0; i < POT_FAMILIES; i++)
            pot_decider_push(&d, s.tv_mean, s.kl_mean);
        if (pot_decider_done(&d)) return n;
    }
    return d.n ? most : 1;
}

static pot_status put_all(pot_verify *v, pot_error *err)
{
    if (!v->decider.n) v->hi = 1;
    while (!pot_decider_done(&v->decider)) {
        size_t rounds = rounds_wanted(v, v->budget.batches);
        if (v->resumed) rounds = v->resumed;
        v->resumed = 0;
        POT_TRY(pot_sweep_run(v, rounds, err));
        v->layers_begun = 0;
        if (!pot_verify_going(v))
            return pot_fail(err, POT_E_STOPPED, "stopped after %u challenges; nothing was decided",
                            v->decider.n);
    }
    return POT_OK;
}

static pot_status put_challenges(pot_verify *v, pot_error *err)
{
    POT_TRY(pot_related_begin(v, err));
    v->start = pot_clock();
    const pot_status s = put_all(v, err);
    v->score_seconds += pot_clock() - v->start;
    return s;
}

/* Which weights they share, at positions that follow from the key. */
static pot_status compare_weights(pot_verify *v, pot_error *err)
{
    const pot_model *const model[2] = {v->party[0].model, v->party[1].model};
    const pot_engine *const engine[2] = {v->party[0].engine, v->party[1].engine};
    if (v->party[0].saved) return POT_OK; /* there are none */
    POT_TRY(pot_kinship_measure(&v->kinship, engine, v->ring ? model : NULL,
                                (pot_bytes){v->key, POT_KEY_SIZE}, err));
    v->kinship_known = true;
    return POT_OK;
}

static pot_status run_all(pot_verify *v, pot_error *err)
{
    POT_TRY(pot_pool_open(&v->pool, v->options.compute.threads, err));
    if (v->floor) POT_TRY(pot_floor_measure(v, err));
    POT_TRY(pot_verify_engines(v, err));
    POT_TRY(hash_models(v, err));
    v->verdict.by_digest = v->options.by_digest && same_files(v);
    if (!v->verdict.by_digest) {
        POT_TRY(compare_weights(v, err));
        POT_TRY(put_challenges(v, err));
    }
    for (int i = 0; i < 2; i++) {
        const pot_party *p = &v->party[i];
        POT_TRY(p->saved ? pot_map_unchanged(&p->saved->map, p->facts->path, err)
                         : pot_model_unchanged(p->model, err));
    }
    return pot_verify_conclude(v, err);
}

pot_status pot_verify_run(pot_verify *v, pot_error *err)
{
    if (v->pool) return pot_fail(err, POT_E_ARG, "a verification runs once: open another");
    const uint64_t env = pot_fp_enter();
    const pot_status s = run_all(v, err);
    pot_fp_leave(env);
    if (s != POT_OK)
        v->verdict = (pot_verdict){.decision = POT_UNDECIDED,
                                   .saved = v->verdict.saved,
                                   .ref.model = v->verdict.ref.model,
                                   .cand.model = v->verdict.cand.model};
    return s;
}
