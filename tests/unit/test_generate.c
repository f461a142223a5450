/* Generated texts: the numbers are those of scoring, bit by bit; draws follow the procedure of
 * docs/format/generate.md; and every allocation can fail. */
#define _GNU_SOURCE
#include "base/math64.h"
#include "base/mem.h"
#include "kernel/kernel.h"
#include "score/sample.h"
#include "tdir.h"

#include <math.h>
#include <string.h>

#include <pot/generate.h>
#include <pot/score.h>

static pot_error err;

static void must(pot_status s)
{
    char text[1024];
    if (s == POT_OK) return;
    pot_error_text(&err, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    exit(1);
}

/* ---- draws ------------------------------------------------------------------------------ */

static const float *sorted_by;

static int by_logit(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (sorted_by[x] != sorted_by[y]) return sorted_by[x] > sorted_by[y] ? -1 : 1;
    return (x > y) - (x < y);
}

/* The procedure as the document has it: sort, cut, draw. */
static uint32_t plainly(const float *l, uint32_t n, const pot_sampling *how, double u)
{
    uint32_t order[300];
    double w[300], all = 0, kept = 0, part = 0;
    uint32_t most = how->top_k && how->top_k < n ? how->top_k : n, k = 0;
    const bool cut = most < n || how->top_p < 1;
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    sorted_by = l;
    float top = l[0];
    for (uint32_t i = 1; i < n; i++)
        top = l[i] > top ? l[i] : top;
    if (cut) qsort(order, n, sizeof *order, by_logit);
    for (uint32_t i = 0; i < n; i++)
        w[i] = pot_exp(((double)l[i] - (double)top) / how->temperature);
    if (most < n)
        for (uint32_t i = 0; i < most; i++)
            all += w[order[i]];
    else
        for (uint32_t i = 0; i < n; i++)
            all += w[i];
    if (!cut) k = n;
    else if (how->top_p >= 1) k = most;
    else
        for (; k < most && (!k || part < how->top_p * all); k++)
            part += w[order[k]];
    for (uint32_t i = 0; i < k; i++)
        kept += w[order[i]];
    part = 0;
    for (uint32_t i = 0; i < k; i++)
        if ((part += w[order[i]]) > u * kept) return order[i];
    return UINT32_MAX;
}

static void test_draws(void)
{
    pot_candidate scratch[300];
    float l[300];
    for (int round = 0; round < 20000; round++) {
        const uint32_t n = 1 + (uint32_t)(t_u64() % 300);
        const int levels = t_u64() % 2 ? 5 : 1 << 20; /* many equal, or hardly any */
        for (uint32_t i = 0; i < n; i++)
            l[i] = (float)(t_u64() % (uint64_t)levels) / (float)levels * 8 - 4;
        const pot_sampling how = {.temperature = 0.1 + (double)(t_u64() % 20) / 10,
                                  .top_p = t_u64() % 2 ? 1 : (double)(1 + t_u64() % 99) / 100,
                                  .top_k = t_u64() % 2 ? 0 : (uint32_t)(t_u64() % 40)};
        const double u = (double)(t_u64() >> 11) * 0x1p-53;
        const uint32_t got = pot_sample(l, n, &how, u, scratch), want = plainly(l, n, &how, u);
        CHECK(got == want);
        const pot_sampling greedy = {.temperature = 0, .top_p = 1}, one = {2.0, 1, 1},
                           little = {2.0, 1e-9, 0};
        const uint32_t top = pot_sample(l, n, &greedy, u, scratch);
        CHECK(top == pot_sample(l, n, &one, u, scratch)); /* ties to the lower id */
        CHECK(top == pot_sample(l, n, &little, u, scratch));
    }
}

/* Draws have the probabilities of the softmax. */
static void test_frequencies(void)
{
    const float l[4] = {0, (float)log(2.0), (float)log(5.0), -100};
    const pot_sampling how = {.temperature = 1, .top_p = 1};
    pot_candidate scratch[4];
    double count[4] = {0};
    enum { DRAWS = 40000 };
    for (int i = 0; i < DRAWS; i++)
        count[pot_sample(l, 4, &how, (double)(t_u64() >> 11) * 0x1p-53, scratch)]++;
    for (int i = 0; i < 3; i++) {
        const double p = exp((double)l[i]) / 8;
        CHECK(fabs(count[i] / DRAWS - p) < 5 * sqrt(p * (1 - p) / DRAWS));
    }
    CHECK(count[3] == 0);
}

/* ---- texts ------------------------------------------------------------------------------ */

enum { PROMPTS = 3, TOKENS = 14 };

static const uint32_t ids[PROMPTS][9] = {{1, 5, 3, 9, 2, 8, 8, 1, 4}, {2, 7}, {3, 3, 3, 4, 5}};
static const pot_prompt prompts[PROMPTS] = {{ids[0], 9}, {ids[1], 2}, {ids[2], 5}};

static const pot_generate_options greedy = {.max_tokens = TOKENS, .top_p = 1};

/* What scoring says of the tokens that were generated: their log-probabilities, bit by bit. */
static void check_scores(const pot_model *m, const pot_prompt *p, const pot_completion *c,
                         bool one_class)
{
    uint32_t id[64];
    float lp[64];
    memcpy(id, p->id, p->n * sizeof *id);
    memcpy(id + p->n, c->id, c->n * sizeof *id);
    must(pot_score_ids(m, lp, id, p->n + c->n, &(pot_compute){.threads = 2}, &err));
    CHECK(!one_class || memcmp(lp + p->n, c->logprob, c->n * sizeof *lp) == 0);
}

static void check_model(const char *path, bool one_class)
{
    const char *level;
    pot_model *m;
    pot_completion all[PROMPTS];
    must(pot_model_open(&m, path, &err));
    for (int sampled = 0; sampled < 2; sampled++) {
        pot_generate_options how = greedy;
        if (sampled) how.temperature = 1.5, how.seed = 7, how.top_p = 0.95;
        must(pot_generate(m, all, prompts, PROMPTS, &how, &err));
        for (size_t i = 0; i < PROMPTS; i++) {
            CHECK(all[i].n == TOKENS && all[i].finish == POT_FINISH_LENGTH);
            check_scores(m, &prompts[i], &all[i], one_class);
        }
        for (size_t k = 0; (level = pot_kernels_level(k)); k++)
            for (unsigned threads = 1; threads <= 3; threads++)
                for (size_t i = 0; i < PROMPTS; i++) { /* alone, on any kernel and threads */
                    pot_completion one;
                    how.compute.kernel = level, how.compute.threads = threads, how.seed = 7 + i;
                    must(pot_generate(m, &one, &prompts[i], 1, &how, &err));
                    CHECK(one.n == TOKENS);
                    CHECK(memcmp(one.id, all[i].id, TOKENS * sizeof *one.id) == 0);
                    CHECK(memcmp(one.logprob, all[i].logprob, TOKENS * sizeof *one.logprob) == 0);
                    pot_completions_free(&one, 1);
                }
        pot_completions_free(all, PROMPTS);
    }
    pot_model_close(&m);
}

/* Where frequencies depend on the length, each token is that of the text before it. */
static void check_lengths(const char *path)
{
    pot_model *m;
    pot_completion c;
    uint32_t id[64];
    float lp[64];
    must(pot_model_open(&m, path, &err));
    pot_generate_options how = greedy;
    how.max_tokens = 40;
    must(pot_generate(m, &c, prompts, 1, &how, &err));
    memcpy(id, ids[0], sizeof ids[0]);
    unsigned same = 0;
    for (size_t i = 0; i < c.n; i++) {
        id[9 + i] = c.id[i];
        /* one token longer: see numerics.md */
        must(pot_score_ids(m, lp, id, 10 + i, &(pot_compute){.threads = 1}, &err));
        same += memcmp(&lp[9 + i], &c.logprob[i], sizeof *lp) == 0;
    }
    fprintf(stderr, "%s: %u of %zu as scored\n", path, same, c.n);
    CHECK(c.n == 40 && same >= 10 && same < 40);
    pot_completions_free(&c, 1);
    pot_model_close(&m);
}

/* ---- ends --------------------------------------------------------------------------------- */

struct seen {
    size_t n, stop_at[PROMPTS], told[PROMPTS];
    bool abort;
    uint32_t id[PROMPTS * TOKENS];
};

static pot_token_answer see(void *ctx, size_t prompt, uint32_t id, float logprob)
{
    struct seen *s = ctx;
    CHECK(prompt < PROMPTS && logprob <= 0);
    s->id[s->n++] = id;
    if (++s->told[prompt] == s->stop_at[prompt]) return s->abort ? POT_TOKEN_ABORT : POT_TOKEN_STOP;
    return POT_TOKEN_NEXT;
}

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

static void test_ends(void)
{
    pot_model *m;
    pot_completion full, c[PROMPTS];
    must(pot_model_open(&m, "zoo/base", &err));
    must(pot_generate(m, &full, prompts, 1, &greedy, &err));
    pot_generate_options how = greedy; /* an id ends the text, and belongs to it */
    how.end = full.id + 4, how.n_end = 1;
    must(pot_generate(m, c, prompts, 1, &how, &err));
    size_t first = 0;
    while (full.id[first] != full.id[4])
        first++;
    CHECK(c[0].n == first + 1 && c[0].finish == POT_FINISH_END);
    pot_completions_free(c, 1);

    struct seen s = {.stop_at = {3, 0, 5}};
    how = greedy, how.token = see, how.ctx = &s;
    must(pot_generate(m, c, prompts, PROMPTS, &how, &err));
    CHECK(c[0].n == 3 && c[1].n == TOKENS && c[2].n == 5 && s.n == 8 + TOKENS);
    CHECK(c[0].finish == POT_FINISH_STOP && c[1].finish == POT_FINISH_LENGTH);
    CHECK(memcmp(c[0].id, full.id, 3 * sizeof *full.id) == 0 && s.id[0] == full.id[0]);
    pot_completions_free(c, PROMPTS);
    s = (struct seen){.stop_at = {3}, .abort = true};
    CHECK(pot_generate(m, c, prompts, PROMPTS, &how, NULL) == POT_E_STOPPED);
    how.ask = never;
    CHECK(pot_generate(m, c, prompts, PROMPTS, &how, NULL) == POT_E_STOPPED);

    uint32_t *many = pot_mem_new(512, sizeof *many);
    const pot_prompt most = {many, 510}, all = {many, 512}, over = {many, 513}, none = {many, 0};
    must(pot_generate(m, c, &most, 1, &greedy, &err));
    CHECK(c[0].n == 2 && c[0].finish == POT_FINISH_CONTEXT);
    pot_completions_free(c, 1);
    err = (pot_error){0};
    CHECK(pot_generate(m, c, &all, 1, &greedy, &err) == POT_E_ARG);
    CHECK(strstr(err.msg, "fills the model's context"));
    CHECK(pot_generate(m, c, &over, 1, &greedy, NULL) == POT_E_ARG);
    CHECK(pot_generate(m, c, &none, 1, &greedy, NULL) == POT_E_ARG);
    many[7] = 2048;
    CHECK(pot_generate(m, c, &most, 1, &greedy, NULL) == POT_E_ARG);
    pot_mem_free(many);
    pot_completions_free(&full, 1);
    pot_model_close(&m);
}

static void test_options(void)
{
    pot_model *m;
    pot_completion c;
    must(pot_model_open(&m, "zoo/base", &err));
    const pot_generate_options bad[] = {
        {.max_tokens = 0, .top_p = 1},
        {.max_tokens = 1, .top_p = 0},
        {.max_tokens = 1, .top_p = 1.01},
        {.max_tokens = 1, .top_p = 1, .temperature = -1},
        {.max_tokens = 1, .top_p = 1, .temperature = 101},
        {.max_tokens = 1, .top_p = 1, .temperature = (double)NAN},
        {.max_tokens = 1, .top_p = (double)NAN},
        {.max_tokens = 1, .top_p = 1, .temperature = 1e-9},
        {.max_tokens = 1, .top_p = 1, .compute.kernel = "sse"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(pot_generate(m, &c, prompts, 1, &bad[i], NULL) == POT_E_ARG);
    CHECK(pot_generate(m, &c, prompts, 0, &greedy, NULL) == POT_E_ARG);
    pot_model_close(&m);
}

static void test_end_ids(void)
{
    static const struct {
        const char *generation, *config;
        size_t n;
        uint32_t id[3];
    } cases[] = {
        {NULL, "\"eos_token_id\":5", 1, {5}},
        {NULL, "\"eos_token_id\":null", 0, {0}},
        {NULL, "\"x\":0", 0, {0}},
        {NULL, "\"eos_token_id\":[5,7,5,2048]", 2, {5, 7}},
        {"{\"eos_token_id\":[1,2]}", "\"eos_token_id\":5", 2, {1, 2}},
        {"{\"eos_token_id\":null}", "\"eos_token_id\":5", 1, {5}},
        {"{\"eos_token_id\":\"a\"}", "\"x\":0", SIZE_MAX, {0}},
        {"{\"eos_token_id\":[-1]}", "\"x\":0", SIZE_MAX, {0}},
        {"{\"eos_token_id\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}",
         "\"x\":0",
         SIZE_MAX,
         {0}},
        {"[", "\"x\":0", SIZE_MAX, {0}},
    };
    char command[700], text[200];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pot_model *m;
        uint32_t id[POT_MOST_END_IDS];
        size_t n = 99;
        const char *dir = t_path("ends");
        snprintf(command, sizeof command,
                 "rm -rf %s && cp -r zoo/base %s && sed -i 's/\"eos_token_id\": 1/%s/' "
                 "%s/config.json",
                 dir, dir, cases[i].config, dir);
        CHECK(system(command) == 0);
        snprintf(text, sizeof text, "%s/generation_config.json", dir);
        remove(text);
        if (cases[i].generation) t_text(text, cases[i].generation);
        must(pot_model_open(&m, dir, &err));
        const pot_status s = pot_model_end_ids(m, id, &n, NULL);
        if (cases[i].n == SIZE_MAX) CHECK(s != POT_OK && n == 99);
        else CHECK(s == POT_OK && n == cases[i].n && !memcmp(id, cases[i].id, n * sizeof *id));
        pot_model_close(&m);
    }
}

static void test_faults(void)
{
    pot_model *m;
    pot_completion c[PROMPTS];
    pot_generate_options how = greedy;
    how.max_tokens = 3, how.compute.threads = 1, how.temperature = 1;
    must(pot_model_open(&m, "tests/golden/models/llama-38", &err));
    const size_t before = pot_mem_used();
    for (uint64_t n = 1;; n++) {
        pot_mem_fail_at(n);
        const pot_status s = pot_generate(m, c, prompts, PROMPTS, &how, NULL);
        pot_mem_fail_at(0);
        if (s == POT_OK) break;
        CHECK(s == POT_E_NOMEM && pot_mem_used() == before);
    }
    pot_completions_free(c, PROMPTS);
    CHECK(pot_mem_used() == before);
    pot_model_close(&m);
}

int main(void)
{
    t_seed();
    t_dir_open();
    test_draws();
    test_frequencies();
    check_model("zoo/base", true);
    check_model("tests/golden/models/gemma2-5", true);
    check_model("tests/golden/models/gpt2-1", true);
    check_model("tests/golden/models/deepseek_v3-17", true);
    check_model("tests/golden/models/gpt_oss-8", true);
    check_lengths("tests/golden/models/llama-38");
    check_lengths("tests/golden/models/llama-32");
    test_ends();
    test_options();
    test_end_ids();
    test_faults();
    CHECK(pot_mem_used() == 0);
    return 0;
}
