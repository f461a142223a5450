/* Wrappers: rows against values by hand; whole runs against runs without a wrapper. */
#include "base/mem.h"
#include "eval/server.h"
#include "run.h"

#include <math.h>

#define BASE  "zoo/base"
#define OTHER "zoo/distilled"

static bool near(float a, double b)
{
    return fabs((double)a - b) < 1e-5;
}

static void row_of(float out[5], pot_serving s)
{
    static const float logits[5] = {1.0f, 3.0f, -2.0f, 2.26f, 0.0f};
    memcpy(out, logits, sizeof logits);
    pot_serving_row(&s, out, 5, 7, 8);
}

static void test_rows(void)
{
    float l[5];
    row_of(l, (pot_serving){.temperature = 0.5});
    CHECK(near(l[0], 2) && near(l[1], 6) && near(l[2], -4) && near(l[3], 4.52) && near(l[4], 0));
    row_of(l, (pot_serving){.top_k = 2});
    CHECK(near(l[0], -97) && near(l[1], 3) && near(l[2], -97) && near(l[3], 2.26));
    row_of(l, (pot_serving){.top_k = 1});
    CHECK(near(l[0], -97) && near(l[1], 3) && near(l[3], -97) && near(l[4], -97));
    row_of(l, (pot_serving){.top_k = 1000}); /* more than there are */
    CHECK(near(l[0], 1) && near(l[1], 3) && near(l[2], -2) && near(l[3], 2.26) && near(l[4], 0));
    row_of(l, (pot_serving){.round = 0.5});
    CHECK(near(l[0], 1) && near(l[1], 3) && near(l[2], -2) && near(l[3], 2.5) && near(l[4], 0));
    row_of(l, (pot_serving){.temperature = 2, .round = 1}); /* halves go to the even neighbour */
    CHECK(near(l[0], 0) && near(l[1], 2) && near(l[2], -1) && near(l[3], 1));
    row_of(l, (pot_serving){.noise = 0.25});
    CHECK(fabsf(l[0] - 1) <= 0.25f && fabsf(l[1] - 3) <= 0.25f && l[0] != 1 && l[1] != 3);
}

/* A vocabulary of so many tokens of which the share is known; the noise has its width. */
static void test_shares(void)
{
    enum { N = 20000 };
    float *l = pot_mem_new(N, sizeof *l);
    CHECK(l);
    unsigned unsaid = 0;
    const pot_serving words = {.overlap = 0.7}, noise = {.noise = 0.5};
    l[0] = 5;
    pot_serving_row(&words, l, N, 1, 2);
    for (unsigned i = 0; i < N; i++)
        unsaid += l[i] < -90;
    CHECK(unsaid > 0.28 * N && unsaid < 0.32 * N);
    for (unsigned i = 0; i < N; i++)
        l[i] = 0;
    pot_serving_row(&noise, l, N, 1, 2);
    double sum = 0, square = 0;
    for (unsigned i = 0; i < N; i++) {
        sum += (double)l[i];
        square += (double)l[i] * (double)l[i];
    }
    CHECK(fabs(sum / N) < 0.01 && fabs(square / N - 0.25 / 3) < 0.003);
    pot_mem_free(l);
}

static void test_text(void)
{
    pot_buf b = POT_BUF(1000);
    const pot_serving s = {.share = 0.03, .temperature = 0.7, .top_k = 5};
    pot_buf_str(&b, "x: ");
    pot_serving_text(&b, &s, "m");
    CHECK(strcmp(b.p, "x: 0.03 of the challenges to m; temperature 0.7; top 5") == 0);
    pot_buf_clear(&b);
    pot_serving_text(&b, &(pot_serving){0}, "m");
    CHECK(b.n == 0);
    pot_buf_free(&b);
}

typedef struct {
    pot_decision decision;
    unsigned n, routed;
    bool identical;
    double tv, kl;
} outcome;

static outcome run(const char *cand, const pot_serving *s, const char *other, unsigned threads)
{
    pot_error err = {0};
    pot_verify *v = NULL;
    pot_server *server = NULL;
    const pot_verify_options o = {.ref = BASE,
                                  .cand = cand,
                                  .mode = POT_QUICK,
                                  .key = run_key,
                                  .run_id = run_id,
                                  .compute.threads = threads};
    must(pot_verify_open(&v, &o, &err), &err);
    if (s) must(pot_server_open(&server, s, other, v, &err), &err);
    must(pot_verify_run(v, &err), &err);
    const pot_verdict *r = pot_verify_verdict(v);
    const outcome found = {r->decision,  r->s.n,       s ? pot_server_routed(server) : 0,
                           r->identical, r->s.tv_mean, r->s.kl_mean};
    pot_server_close(&server);
    pot_verify_close(&v);
    CHECK(pot_mem_used() == 0);
    return found;
}

static bool equal(outcome a, outcome b)
{
    return a.decision == b.decision && a.n == b.n && a.tv == b.tv && a.kl == b.kl &&
           a.identical == b.identical;
}

static void test_runs(void)
{
    const outcome plain = run(OTHER, NULL, NULL, 2), same = run(BASE, NULL, NULL, 2);
    CHECK(plain.decision == POT_DIFFERENT && same.decision == POT_SAME && same.identical);
    /* All of it routed: to the bit the run with the other model. */
    const outcome all = run(BASE, &(pot_serving){.share = 1}, OTHER, 2);
    CHECK(equal(all, plain) && all.routed >= all.n);
    const outcome back = run(OTHER, &(pot_serving){.share = 1}, BASE, 2);
    CHECK(equal(back, same));
    /* Some of it: so many, of whatever size the sweeps are, and on any number of threads. */
    const pot_serving some = {.share = 0.1, .noise = 0.01};
    const outcome a = run(BASE, &some, OTHER, 1), b = run(BASE, &some, OTHER, 2);
    CHECK(equal(a, b) && a.routed > 0 && a.routed < a.n / 2 && !a.identical);
    CHECK(a.tv > 0 && a.tv < plain.tv / 2);
    /* Other challenges were seen before: nothing is known of these.  These very ones: all is. */
    const outcome old = run(OTHER, &(pot_serving){.replay = 3}, BASE, 2);
    CHECK(equal(old, plain) && old.routed == 0);
    const outcome leaked = run(OTHER, &(pot_serving){.replay = 3, .leaked = true}, BASE, 2);
    CHECK(equal(leaked, same));
}

/* Who has another vocabulary cannot answer instead. */
static void test_refused(void)
{
    pot_error err = {0};
    pot_verify *v = NULL;
    pot_server *server = NULL;
    const pot_verify_options o = {.ref = BASE, .cand = BASE, .key = run_key, .run_id = run_id};
    must(pot_verify_open(&v, &o, &err), &err);
    CHECK(pot_server_open(&server, &(pot_serving){.share = 0.5}, "tests/golden/models/llama-0", v,
                          &err) == POT_E_UNSUPPORTED);
    CHECK(!server && strstr(err.msg, "another vocabulary"));
    pot_verify_close(&v);
    CHECK(pot_mem_used() == 0);
}

int main(void)
{
    test_rows();
    test_shares();
    test_text();
    test_runs();
    test_refused();
    return 0;
}
