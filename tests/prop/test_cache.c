/* A text that is read in parts, its keys and values being kept, has the same bits as one that is
 * read at once: hidden states of all recorded models, beside other texts, by memcmp. */
#include "base/mem.h"
#include "engine/engine.h"
#include "t.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

enum { TEXTS = 3, MOST = 44 };

static pot_error err;

static void must(pot_status s)
{
    char text[1024];
    if (s == POT_OK) return;
    pot_error_text(&err, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    exit(1);
}

struct text {
    uint32_t id[MOST];
    size_t n, done;
    pot_cache *cache;
    float *whole; /* [n][width], read at once */
};

/* Of the first n tokens, read at once: the last `rows` must be these. */
static void check_prefix(pot_engine *e, const struct text *t, size_t n, const float *rows,
                         size_t n_rows)
{
    const size_t width = pot_engine_width(e);
    float *all = pot_mem_new(n * width, sizeof *all);
    const pot_ids ids = {.id = t->id, .n = n};
    CHECK(all);
    must(pot_engine_forward(e, all, &ids, 1, &err));
    CHECK(memcmp(all + (n - n_rows) * width, rows, n_rows * width * sizeof *all) == 0);
    pot_mem_free(all);
}

/* One step of all texts that have not ended, as one batch. */
static bool step(pot_engine *e, struct text *t, bool same_class)
{
    static float hidden[TEXTS * MOST * 200];
    pot_ids part[TEXTS];
    size_t at[TEXTS], n = 0, row = 0;
    const size_t width = pot_engine_width(e);
    CHECK(width <= 200);
    for (size_t i = 0; i < TEXTS; i++) {
        size_t more = t_u64() % 3 ? 1 : 1 + t_u64() % 12;
        if (t[i].done == t[i].n) continue;
        if (more > t[i].n - t[i].done) more = t[i].n - t[i].done;
        CHECK(pot_cache_tokens(t[i].cache) == t[i].done);
        if (!pot_cache_serves(e, t[i].cache, more)) {
            const pot_ids bad = {.id = t[i].id, .n = more, .cache = t[i].cache};
            CHECK(pot_engine_forward(e, hidden, &bad, 1, NULL) == POT_E_ARG);
            CHECK(!same_class && pot_cache_tokens(t[i].cache) == t[i].done);
            pot_cache_empty(t[i].cache);
            more += t[i].done;
            t[i].done = 0;
        }
        at[n] = i;
        part[n++] = (pot_ids){.id = t[i].id + t[i].done, .n = more, .cache = t[i].cache};
    }
    if (!n) return false;
    must(pot_engine_forward(e, hidden, part, n, &err));
    for (size_t k = 0; k < n; k++) {
        struct text *x = &t[at[k]];
        x->done += part[k].n;
        if (same_class)
            CHECK(memcmp(x->whole + (x->done - part[k].n) * width, hidden + row * width,
                         part[k].n * width * sizeof *hidden) == 0);
        else check_prefix(e, x, x->done, hidden + row * width, part[k].n);
        row += part[k].n;
    }
    return true;
}

/* Do the frequencies depend on lengths that the texts have? */
static bool one_class(const pot_arch *a)
{
    for (int r = 0; r < POT_ROPES; r++)
        if (a->rope[r].dim && pot_rope_class(&a->rope[r], 1) != pot_rope_class(&a->rope[r], MOST))
            return false;
    return true;
}

static void check_engine(const pot_model *m, const char *kernel, unsigned threads, struct text *t)
{
    pot_kernels k;
    pot_pool *pool;
    pot_engine *e;
    const bool same = one_class(&m->arch);
    CHECK(pot_kernels_init(&k, kernel));
    must(pot_pool_open(&pool, threads, &err));
    must(pot_engine_open(&e, m, pool, &k, &err));
    for (size_t i = 0; i < TEXTS; i++) {
        const pot_ids ids = {.id = t[i].id, .n = t[i].n};
        t[i].done = 0;
        if (!t[i].whole) {
            t[i].whole = pot_mem_new(t[i].n * pot_engine_width(e), sizeof(float));
            CHECK(t[i].whole);
            must(pot_engine_forward(e, t[i].whole, &ids, 1, &err));
        }
        must(pot_cache_open(&t[i].cache, e, t[i].n, &err));
        CHECK(pot_cache_bytes(e, t[i].n) >= t[i].n * sizeof(float));
    }
    while (step(e, t, same)) {
    }
    const pot_ids more = {.id = t[0].id, .n = MOST, .cache = t[0].cache}; /* it is full */
    CHECK(pot_engine_check(e, more, &err) == POT_E_ARG);
    for (size_t i = 0; i < TEXTS; i++)
        pot_cache_close(&t[i].cache);
    pot_engine_close(&e);
    pot_pool_close(&pool);
}

static void check_model(const char *path)
{
    const char *level;
    struct text t[TEXTS] = {0};
    pot_model *m;
    must(pot_model_open(&m, path, &err));
    for (size_t i = 0; i < TEXTS; i++) {
        t[i].n = MOST / 2 + t_u64() % (MOST / 2);
        for (size_t j = 0; j < t[i].n; j++)
            t[i].id[j] = (uint32_t)(t_u64() % pot_model_info(m)->vocab);
    }
    for (size_t k = 0; (level = pot_kernels_level(k)); k++)
        for (unsigned threads = 1; threads <= 3; threads++)
            check_engine(m, level, threads, t);
    for (size_t i = 0; i < TEXTS; i++)
        pot_mem_free(t[i].whole);
    pot_model_close(&m);
}

int main(void)
{
    static const char dir[] = "tests/golden/models";
    t_seed();
    DIR *d = opendir(dir);
    CHECK(d);
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        char path[512];
        if (e->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        check_model(path);
    }
    closedir(d);
    CHECK(pot_mem_used() == 0);
    return 0;
}
