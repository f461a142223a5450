/* A text has the same bits alone or in any batch, on any number of threads, on every
 * instruction set: hidden states and logits of all recorded models, by memcmp. */
#include "base/mem.h"
#include "engine/engine.h"
#include "t.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

enum { TEXTS = 7, MOST = 40 };

static pot_error err;
static const char *profile; /* of all runs */

static void must(pot_status s)
{
    char text[1024];
    if (s == POT_OK) return;
    pot_error_text(&err, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    exit(1);
}

struct run {
    float *hidden, *logits;
};

/* Hidden states and logits of some texts as one batch. */
static struct run run(const pot_model *m, const char *kernel, unsigned threads, const pot_ids *text,
                      size_t n)
{
    pot_kernels k;
    pot_pool *pool;
    pot_engine *e;
    size_t rows = 0;
    for (size_t i = 0; i < n; i++)
        rows += text[i].n;
    must(pot_kernels_choose(&k, &(pot_compute){.kernel = kernel, .profile = profile}, &err));
    must(pot_pool_open(&pool, threads, &err));
    must(pot_engine_open(&e, m, pool, &k, &err));
    const size_t width = pot_engine_width(e), vocab = pot_engine_vocab(e);
    struct run r = {pot_mem_new(rows * width, sizeof(float)),
                    pot_mem_new(rows * vocab, sizeof(float))};
    CHECK(r.hidden && r.logits);
    must(pot_engine_forward(e, r.hidden, text, n, &err));
    must(pot_engine_logits(e, r.logits, vocab, r.hidden, rows, &err));
    pot_engine_close(&e);
    pot_pool_close(&pool);
    return r;
}

static void free_run(struct run r)
{
    pot_mem_free(r.hidden);
    pot_mem_free(r.logits);
}

static void check_model(const char *path)
{
    const char *level;
    uint32_t id[TEXTS][MOST];
    pot_ids text[TEXTS];
    pot_model *m;
    must(pot_model_open(&m, path, &err));
    const uint32_t vocab = pot_model_info(m)->vocab;
    size_t rows = 0;
    for (size_t i = 0; i < TEXTS; i++) {
        text[i] = (pot_ids){.id = id[i], .n = 1 + t_u64() % MOST};
        rows += text[i].n;
        for (size_t j = 0; j < text[i].n; j++)
            id[i][j] = (uint32_t)(t_u64() % vocab);
    }
    const struct run all = run(m, "ref", 1, text, TEXTS);
    for (size_t k = 0; (level = pot_kernels_level(k)); k++)
        for (unsigned threads = 1; threads <= 3; threads++) {
            const struct run again = run(m, level, threads, text, TEXTS);
            CHECK(memcmp(all.logits, again.logits, rows * vocab * sizeof(float)) == 0);
            free_run(again);
        }
    for (size_t i = 0, row = 0; i < TEXTS; row += text[i++].n) { /* alone, and with one other */
        const struct run alone = run(m, NULL, 2, &text[i], 1);
        CHECK(memcmp(all.logits + row * vocab, alone.logits, text[i].n * vocab * sizeof(float)) ==
              0);
        free_run(alone);
        const pot_ids pair[2] = {text[(i + 3) % TEXTS], text[i]};
        const struct run two = run(m, NULL, 2, pair, 2);
        CHECK(memcmp(all.logits + row * vocab, two.logits + pair[0].n * vocab,
                     text[i].n * vocab * sizeof(float)) == 0);
        free_run(two);
    }
    const size_t n = text[0].n, fewer = n > 1 ? n - 1 : 1;
    const pot_rope *r = &m->arch.rope[0]; /* what follows cannot reach back, except through these */
    if (pot_rope_class(r, n) == pot_rope_class(r, fewer)) text[0].n = fewer;
    const struct run shorter = run(m, NULL, 2, text, 1);
    CHECK(memcmp(all.logits, shorter.logits, text[0].n * vocab * sizeof(float)) == 0);
    id[0][0] = (id[0][0] + 1) % vocab; /* and the comparison can fail */
    const struct run other = run(m, NULL, 2, text, 1);
    CHECK(memcmp(all.logits, other.logits, text[0].n * vocab * sizeof(float)) != 0);
    free_run(other);
    free_run(shorter);
    free_run(all);
    pot_model_close(&m);
}

int main(void)
{
    static const char dir[] = "tests/golden/models";
    t_seed();
    DIR *d = opendir(dir);
    CHECK(d);
    for (const struct dirent *e; (e = readdir(d));) {
        char path[PATH_MAX];
        if (e->d_name[0] == '.') continue;
        must(pot_path_join(path, dir, e->d_name, &err));
        profile = NULL;
        check_model(path);
        profile = "pot-bf16-1";
        if (t_u64() % 3 == 0) check_model(path);
    }
    closedir(d);
    CHECK(pot_mem_used() == 0);
    return 0;
}
