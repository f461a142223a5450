/* The reference of a run that comes from a file: its prompts, its hidden states or laws over
 * classes, and candidates compared with these. */
#include "verify/run.h"

#include "base/fail.h"
#include "base/mem.h"

#include <string.h>

/* ---- opening -------------------------------------------------------------------------------- */

/* What was fixed when the file was made cannot be asked for otherwise. */
static pot_status check_options(const pot_reference *r, const pot_verify_options *o, pot_error *err)
{
    const pot_reference_facts *f = &r->d.facts;
    const char *profile = o->compute.profile;
    if ((o->key && memcmp(o->key, r->key, POT_KEY_SIZE) != 0) ||
        (o->run_id && memcmp(o->run_id, f->run_id, POT_RUN_ID_SIZE) != 0))
        return pot_fail_file(err, POT_E_ARG, f->path,
                             "has its own key and run id: no other challenges can be put");
    if (strcmp(f->generator, POT_GENERATOR) != 0)
        return pot_fail_file(err, POT_E_UNSUPPORTED, f->path,
                             "has challenges of %.40s, and this program makes " POT_GENERATOR
                             ": make it again",
                             f->generator);
    if (profile && strcmp(profile, f->numerics) != 0)
        return pot_fail_file(err, POT_E_ARG, f->path, "was computed in %.40s, not in %.40s",
                             f->numerics, profile);
    if (f->corpus && !o->corpus)
        return pot_fail_file(err, POT_E_ARG, f->path,
                             "has challenges drawn from a corpus: give it with --corpus FILE");
    if (!f->corpus && o->corpus)
        return pot_fail_file(err, POT_E_ARG, f->path, "has no challenges drawn from a corpus");
    return POT_OK;
}

pot_status pot_saved_open(pot_verify *v, pot_error *err)
{
    pot_verify_options *o = &v->options;
    pot_party *p = &v->party[0];
    POT_TRY(pot_reference_open(&p->saved, o->ref, err));
    POT_TRY(check_options(p->saved, o, err));
    const pot_reference_facts *f = pot_reference_info(p->saved);
    p->role = "REF";
    p->facts = &f->model;
    o->mode = f->mode;
    o->compute.profile = f->numerics;
    v->comparison = f->exact ? POT_BY_TOKENS : POT_BY_CLASSES;
    memcpy(v->key, p->saved->key, POT_KEY_SIZE);
    memcpy(v->commitment.run_id, f->run_id, POT_RUN_ID_SIZE);
    v->verdict.saved = f;
    return POT_OK;
}

pot_status pot_saved_check_corpus(const pot_verify *v, pot_error *err)
{
    const pot_reference_facts *f = pot_reference_info(v->party[0].saved);
    if (!v->corpus || memcmp(pot_corpus_sha256(v->corpus), f->corpus_sha256, 32) == 0)
        return POT_OK;
    return pot_fail_file(err, POT_E_ARG, v->options.corpus,
                         "is not the corpus from which the challenges of %.120s were drawn",
                         f->path);
}

pot_party_tokens pot_party_tokenizer(const pot_party *p)
{
    const pot_tokenizer *t = p->tokenizer;
    if (p->saved) {
        const pot_reference_facts *f = pot_reference_info(p->saved);
        return (pot_party_tokens){f->tokenizer_kind, f->tokenizer_size, f->tokenizer_sha256,
                                  f->vocab_sha256};
    }
    if (!t) return (pot_party_tokens){0};
    return (pot_party_tokens){pot_tokenizer_kind(t), pot_tokenizer_size(t), pot_tokenizer_sha256(t),
                              pot_tokenizer_vocab_sha256(t)};
}

uint32_t pot_party_width(const pot_party *p)
{
    return p->engine ? pot_engine_width(p->engine) : 0;
}

uint32_t pot_party_vocab(const pot_party *p)
{
    return p->engine ? pot_engine_vocab(p->engine) : 0;
}

pot_status pot_saved_check_pair(pot_verify *v, pot_error *err)
{
    const pot_reference *r = v->party[0].saved;
    const pot_reference_facts *f = pot_reference_info(r);
    const pot_party *cand = &v->party[1];
    const uint32_t vocab = cand->facts->vocab;
    if (cand->tokenizer && memcmp(pot_party_tokenizer(cand).vocab_sha256, f->vocab_sha256, 32) != 0)
        return pot_fail_file(err, POT_E_UNSUPPORTED, cand->facts->path,
                             "its tokenizer has another vocabulary than the reference's: byte by "
                             "byte they can be compared only with the reference's weights");
    if (!f->exact && vocab < f->model.vocab)
        return pot_fail_file(err, POT_E_UNSUPPORTED, cand->facts->path,
                             "its output head has %u rows and the reference's %u: what it never "
                             "says is lost in the classes; make the reference with --exact",
                             vocab, f->model.vocab);
    for (uint32_t i = 0; i < f->challenges; i++)
        v->longest = r->saved[i].ids.n > v->longest ? r->saved[i].ids.n : v->longest;
    if (v->longest <= cand->facts->context) return POT_OK;
    return pot_fail_file(err, POT_E_UNSUPPORTED, cand->facts->path,
                         "its context holds %u tokens, and a challenge has %zu",
                         cand->facts->context, v->longest);
}

/* ---- prompts -------------------------------------------------------------------------------- */

pot_status pot_tokens_set(pot_tokens *t, const uint32_t *id, size_t n, pot_error *err)
{
    if (t->room < n) {
        pot_tokens_free(t);
        t->id = pot_mem_new(n, sizeof *t->id);
        t->start = pot_mem_new(n, sizeof *t->start);
        t->end = pot_mem_new(n, sizeof *t->end);
        if (!t->id || !t->start || !t->end) return pot_fail_mem(err);
        t->room = n;
    }
    memcpy(t->id, id, n * sizeof *id);
    t->n = n;
    return POT_OK;
}

pot_status pot_saved_prompt(const pot_verify *v, pot_question *q, uint64_t index, pot_error *err)
{
    const pot_reference *r = v->party[0].saved;
    if (index >= r->d.facts.challenges)
        return pot_fail_file(err, POT_E_ARG, r->d.facts.path, "has no challenge %llu",
                             (unsigned long long)index);
    const pot_saved *s = &r->saved[index];
    POT_TRY(pot_challenge_make(&q->challenge, v->key, v->commitment.run_id, index, v->corpus, err));
    if (s->prompt > q->challenge.n)
        return pot_fail_file(err, POT_E_FORMAT, r->d.facts.path,
                             "its challenge %llu is longer than the text that the key makes",
                             (unsigned long long)index);
    q->prompt = s->prompt;
    return pot_tokens_set(&q->ref, s->ids.id, s->ids.n, err);
}

/* ---- answers -------------------------------------------------------------------------------- */

uint64_t pot_saved_head(const pot_reference *r)
{
    return pot_reference_part(r, "head").n + pot_reference_part(r, "bias").n;
}

pot_status pot_saved_engine(pot_verify *v, pot_side_sizes *size, pot_error *err)
{
    pot_party *p = &v->party[0];
    pot_reference *r = p->saved;
    const pot_reference_head *h = &r->d.head;
    const uint32_t vocab = p->facts->vocab;
    *size = (pot_side_sizes){0};
    if (!r->d.facts.exact) return POT_OK;
    const pot_linear head = pot_head_restore(&r->arch, h, vocab, pot_reference_part(r, "head").p,
                                             pot_reference_part(r, "bias").p);
    size->hidden_row = h->width * sizeof(float);
    size->logits_row = vocab * sizeof(float);
    return pot_engine_open_head(&p->engine, &r->arch, &head, v->pool, &v->kernels, err);
}

/* Where the file has what the reference said at position k of a question. */
static uint64_t place(const pot_reference *r, const pot_question *q, size_t k)
{
    return r->saved[q->challenge.index].row + q->at[0][k];
}

void pot_saved_read(pot_verify *v)
{
    const pot_reference *r = v->party[0].saved;
    const size_t width = r->d.head.width * sizeof(float);
    const uint8_t *from = pot_reference_part(r, "hidden").p;
    for (size_t i = 0; from && i < v->questions; i++) {
        const pot_question *q = &v->question[i];
        uint8_t *to = (uint8_t *)v->hidden[0] + q->row * width;
        for (size_t k = 0; k < q->n; k++, to += width)
            memcpy(to, from + place(r, q, k) * width, width);
    }
}

/* The laws of n rows of a sweep from row `at` on. */
static void unpack(const pot_verify *v, pot_class_law *law, size_t at, size_t n)
{
    const pot_reference *r = v->party[0].saved;
    const pot_classes *c = &r->classes;
    const size_t size = pot_reference_record(c->vocab, c->top_k, c->tails);
    const uint8_t *from = pot_reference_part(r, "classes").p;
    for (size_t i = 0; i < v->questions; i++) {
        const pot_question *q = &v->question[i];
        for (size_t k = 0; k < q->n; k++)
            if (q->row + k >= at && q->row + k < at + n)
                pot_reference_unpack(&law[q->row + k - at], c, from + place(r, q, k) * size);
    }
}

pot_status pot_saved_compare(pot_verify *v, float *logits, size_t at, size_t n, pot_error *err)
{
    const pot_classes *c = &v->party[0].saved->classes;
    const size_t all = c->top_k + c->tails;
    const uint32_t vocab = pot_party_vocab(&v->party[1]);
    pot_class_law *law = pot_mem_raw(n, sizeof *law);
    uint32_t *id = pot_mem_raw(n * c->top_k, sizeof *id);
    float *p = pot_mem_raw(n * all, sizeof *p);
    const bool ok = law && id && p;
    for (size_t i = 0; ok && i < n; i++)
        law[i] = (pot_class_law){.id = id + i * c->top_k, .p = p + i * all};
    if (ok) {
        unpack(v, law, at, n);
        pot_classes_compare(v->pool, &v->kernels, c, v->position + at, law, logits, vocab, vocab,
                            v->actual + at, n);
    }
    pot_mem_free(law);
    pot_mem_free(id);
    pot_mem_free(p);
    return ok ? POT_OK : pot_fail_mem(err);
}
