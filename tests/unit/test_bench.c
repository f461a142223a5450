/* Figures: each has a value or a reason, what a token costs is what the model's shape says, a stop
 * is heard at any figure, and every allocation can fail. */
#include "base/mem.h"
#include "t.h"

#include <math.h>
#include <string.h>

#include <pot/bench.h>
#include <pot/model.h>
#include <pot/report.h>

#define SMALL "tests/golden/models/llama-0"

static pot_error err;

static void must(pot_status s)
{
    char text[1024];
    if (s == POT_OK) return;
    pot_error_text(&err, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    exit(1);
}

static const pot_figure *find(const pot_bench *b, const char *name)
{
    for (size_t i = 0; i < b->n; i++)
        if (strcmp(b->figure[i].name, name) == 0) return &b->figure[i];
    return NULL;
}

static void check_figures(const pot_bench *b)
{
    CHECK(b->n && b->n <= POT_BENCH_MOST && b->threads && b->kernel && b->profile);
    CHECK(b->seconds > 0);
    for (size_t i = 0; i < b->n; i++) {
        const pot_figure *f = &b->figure[i];
        CHECK(isnan(f->value) ? f->why[0] : !f->why[0] && f->value > 0 && isfinite(f->value));
        CHECK(isnan(f->limit) || f->limit > 0);
        CHECK(f->limit_is[0]);
        for (size_t j = 0; j < i; j++)
            CHECK(strcmp(f->name, b->figure[j].name) != 0 || f->rows != b->figure[j].rows);
    }
}

static void test_machine(void)
{
    pot_bench b;
    const pot_bench_options how = {.seconds = 0.05};
    must(pot_bench_run(&b, NULL, &how, &err));
    check_figures(&b);
    CHECK(b.n == 8 && !b.model[0] && !find(&b, "scoring") && find(&b, "peak")->value > 0);
    for (size_t i = 0; i < b.n; i++)
        if (strncmp(b.figure[i].name, "product ", 8) == 0)
            CHECK(b.figure[i].limit == find(&b, "peak")->value);
}

/* Elements of the matrices that a token is multiplied by, and their bytes. */
static void test_token(void)
{
    static const struct {
        const char *path;
        double products, bytes;
    } model[] = {
        {"zoo/base", 1185152 - 11 * 128, 2 * (1185152 - 11 * 128)}, /* 11 norms, tied, BF16 */
        {"zoo/base-f32", 1185152 - 11 * 128, 4 * (1185152 - 11 * 128)},
    };
    const pot_bench_options how = {.seconds = 0.001,
                                   .compute = {.threads = 2, .max_memory = 60 << 20}};
    for (size_t i = 0; i < sizeof model / sizeof *model; i++) {
        pot_bench b;
        must(pot_bench_run(&b, model[i].path, &how, &err));
        check_figures(&b);
        CHECK(b.token_products == model[i].products && b.token_bytes == model[i].bytes);
        CHECK(find(&b, "peak memory")->limit == 60 << 20);
        CHECK(strstr(find(&b, "generation")->why, "--max-memory"));
        CHECK(strstr(find(&b, "memory read")->why, "--max-memory"));
    }
}

/* Of experts those that are used count. */
static void test_experts(const char *path)
{
    const pot_bench_options how = {.seconds = 0.001,
                                   .compute = {.threads = 2, .max_memory = 60 << 20}};
    pot_bench b;
    must(pot_bench_run(&b, path, &how, &err));
    check_figures(&b);
    CHECK(b.token_products > 0 && b.token_products < (double)b.params);
    CHECK(b.token_bytes > 0 && b.token_bytes < (double)b.bytes);
}

static void test_model(void)
{
    pot_bench b;
    pot_text text = {0};
    must(pot_bench_run(&b, SMALL, &(pot_bench_options){.seconds = 0.001}, &err));
    check_figures(&b);
    CHECK(strcmp(b.model, "llama-0") == 0);
    CHECK(find(&b, "scoring")->value > 0 && find(&b, "generation")->value > 0);
    CHECK(strcmp(find(&b, "open tokenizer")->why, "the model has no tokenizer") == 0);
    for (int json = 0; json < 2; json++) {
        must(pot_report_bench(&text, &b, json, &err));
        CHECK(strstr(text.p, json ? "\"pot-bench-1\"" : "measured") && !strstr(text.p, "nan"));
        pot_text_free(&text);
    }
}

/* Go on until the figure of that number is in work. */
static bool stop_at(void *ctx, const pot_progress *p)
{
    const unsigned *last = ctx;
    CHECK(p->done >= 1 && p->done <= p->total && p->what);
    return p->done < *last;
}

static void test_stop(void)
{
    for (unsigned last = 1; last <= 8; last++) { /* the eighth, the peak, is always measured */
        pot_bench b = {0};
        const pot_bench_options how = {.seconds = 0.001,
                                       .compute = {.threads = 2, .max_memory = 60 << 20},
                                       .progress = stop_at,
                                       .ctx = &last};
        CHECK(pot_bench_run(&b, SMALL, &how, &err) == POT_E_STOPPED && !b.n);
        CHECK(pot_mem_used() == 0);
    }
}

static void test_refused(void)
{
    pot_bench b = {0};
    CHECK(pot_bench_run(&b, "nowhere", &(pot_bench_options){0}, &err) == POT_E_IO);
    CHECK(pot_bench_run(&b, NULL, &(pot_bench_options){.compute = {.kernel = "sse9"}}, &err) ==
          POT_E_ARG);
    CHECK(pot_bench_run(&b, NULL, &(pot_bench_options){.compute = {.profile = "f8"}}, &err) ==
          POT_E_ARG);
    CHECK(!b.n && pot_mem_used() == 0);
}

static void test_memory(void)
{
    const pot_bench_options how = {.seconds = 0.001,
                                   .compute = {.threads = 2, .max_memory = 60 << 20}};
    for (unsigned n = 1; n < 160; n += n < 20 ? 1 : 7) {
        pot_bench b = {0};
        pot_mem_fail_at(n);
        const pot_status s = pot_bench_run(&b, SMALL, &how, &err);
        pot_mem_fail_at(0);
        CHECK(s == POT_OK || s == POT_E_NOMEM);
        if (s == POT_OK) check_figures(&b);
        CHECK(pot_mem_used() == 0);
    }
}

int main(void)
{
    test_machine();
    test_token();
    test_experts("tests/golden/models/mixtral-7");
    test_experts("tests/golden/models/gpt_oss_mxfp4-0");
    test_experts("tests/golden/models/deepseek_v2-14");
    test_experts("tests/golden/quantized/gptq-1");
    test_model();
    test_stop();
    test_refused();
    test_memory();
    CHECK(pot_mem_used() == 0);
    return 0;
}
