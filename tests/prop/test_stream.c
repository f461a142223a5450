/* Weights from the disk through a ring give the bits of mapped weights: hidden states and logits of
 * all recorded models, in both containers, by memcmp; with the least ring and with more, with units
 * of every size, with nothing, something and everything pinned, batch after batch; and a read that
 * fails ends the pass with an error, after which the next one is right again. */
#define _GNU_SOURCE
#include "base/file.h"
#include "base/mem.h"
#include "engine/engine.h"
#include "tdir.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { TEXTS = 3, MOST = 12 };

static pot_error err;
static pot_pool *pool[4];

static void must(pot_status s)
{
    char text[1024];
    if (s == POT_OK) return;
    pot_error_text(&err, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    exit(1);
}

struct batch {
    pot_ids text[TEXTS];
    size_t n, rows;
};

struct state {
    float *hidden, *logits;
};

static struct state room(pot_engine *e, const struct batch *b)
{
    const struct state s = {pot_mem_new(b->rows * pot_engine_width(e), sizeof(float)),
                            pot_mem_new(b->rows * pot_engine_vocab(e), sizeof(float))};
    CHECK(s.hidden && s.logits);
    return s;
}

static void release(struct state s)
{
    pot_mem_free(s.hidden);
    pot_mem_free(s.logits);
}

static pot_status run(pot_engine *e, struct state s, const struct batch *b)
{
    pot_status st = pot_engine_forward(e, s.hidden, b->text, b->n, &err);
    if (t_u64() & 1) pot_engine_rest(e); /* as between the layers of large models and their heads */
    if (st == POT_OK)
        st = pot_engine_logits(e, s.logits, pot_engine_vocab(e), s.hidden, b->rows, &err);
    return st;
}

static void check_equal(pot_engine *e, struct state want, const struct batch *b)
{
    const size_t n = b->rows * sizeof(float);
    const struct state got = room(e, b);
    must(run(e, got, b));
    CHECK(memcmp(want.hidden, got.hidden, n * pot_engine_width(e)) == 0);
    CHECK(memcmp(want.logits, got.logits, n * pot_engine_vocab(e)) == 0);
    release(got);
}

/* Every read of a pass fails in turn; the next pass is right. */
static void check_faults(pot_engine *e, struct state want, const struct batch *b)
{
    const struct state got = room(e, b);
    for (uint64_t n = 1;; n += 1 + n / 4) {
        pot_file_fail_at(n, n % 2 ? EIO : 0); /* or it is short, which is no failure */
        const pot_status s = run(e, got, b);
        const bool happened = s != POT_OK;
        pot_file_fail_at(0, 0);
        CHECK(s == POT_OK || (s == POT_E_IO && n % 2 && err.sys == EIO && *err.file));
        err = (pot_error){0};
        if (n % 2) check_equal(e, want, b);
        if (n % 2 && !happened) break;
    }
    for (uint64_t n = 1;; n++) {
        pot_mem_fail_at(n);
        const pot_status s = run(e, got, b);
        pot_mem_fail_at(0);
        CHECK(s == POT_OK || s == POT_E_NOMEM);
        err = (pot_error){0};
        if (s == POT_OK) break;
    }
    check_equal(e, want, b);
    release(got);
}

static void protect(const pot_model *m, int how)
{
    for (size_t i = 0; i < m->facts.n_weights; i++)
        CHECK(mprotect((void *)(uintptr_t)m->map[i].bytes.p, m->map[i].bytes.n, how) == 0);
}

static const char *profile; /* of a model, while it is checked */

struct setting {
    const char *kernel;
    unsigned threads;
    size_t unit, pin, more; /* bytes; `more` is added to the least ring */
};

static void check_setting(const pot_model *m, struct setting x, const struct state *want,
                          const struct batch *b, size_t n, bool faults)
{
    pot_kernels k;
    pot_engine *e;
    pot_ring *ring;
    size_t least;
    must(pot_kernels_choose(&k, &(pot_compute){.kernel = x.kernel, .profile = profile}, &err));
    must(pot_engine_open(&e, m, pool[x.threads], &k, &err));
    must(pot_engine_least_ring(e, m, &least, &err));
    must(pot_ring_open(&ring, least + 2 * x.unit + x.more, 2, &err));
    must(pot_engine_stream(e, m, ring, x.unit, x.pin, &err));
    protect(m, PROT_NONE); /* nobody looks at the mapping */
    for (size_t i = 0; i < n; i++)
        check_equal(e, want[i], &b[i]);
    pot_engine_rest(e);
    check_equal(e, want[0], &b[0]); /* with what is pinned by now */
    if (faults) check_faults(e, want[0], &b[0]);
    protect(m, PROT_READ);
    pot_engine_close(&e);
    pot_ring_close(&ring);
}

static void check_model(const char *path)
{
    static const struct setting settings[] = {
        {"ref", 1, 0, 0, 0},         {NULL, 2, 0, (size_t)1 << 30, 0}, {"avx2", 3, 5000, 20000, 0},
        {NULL, 1, 20000, 0, 100000}, {NULL, 3, 1 << 20, 50000, 0},
    };
    uint32_t id[3][TEXTS][MOST];
    struct batch b[3] = {0};
    struct state want[3];
    pot_kernels k;
    pot_engine *e;
    pot_model *m;
    must(pot_model_open(&m, path, &err));
    profile = t_u64() % 3 ? NULL : "pot-bf16-1";
    must(pot_kernels_choose(&k, &(pot_compute){.profile = profile}, &err));
    must(pot_engine_open(&e, m, pool[2], &k, &err));
    for (size_t i = 0; i < 3; i++) { /* the last is one token: few experts */
        b[i].n = i == 2 ? 1 : TEXTS;
        for (size_t t = 0; t < b[i].n; t++) {
            b[i].text[t] = (pot_ids){.id = id[i][t], .n = i == 2 ? 1 : 1 + t_u64() % MOST};
            b[i].rows += b[i].text[t].n;
            for (size_t j = 0; j < MOST; j++)
                id[i][t][j] = (uint32_t)(t_u64() % pot_engine_vocab(e));
        }
        want[i] = room(e, &b[i]);
        must(run(e, want[i], &b[i]));
    }
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        check_setting(m, settings[i], want, b, 3, i == 1 && t_u64() % 4 == 0);
    for (size_t i = 0; i < 3; i++)
        release(want[i]);
    pot_engine_close(&e);
    pot_model_close(&m);
}

static void check_all(const char *dir, const char *file)
{
    DIR *d = opendir(dir);
    CHECK(d);
    for (const struct dirent *f; (f = readdir(d));) {
        char path[PATH_MAX], inside[PATH_MAX];
        if (f->d_name[0] == '.') continue;
        must(pot_path_join(path, dir, f->d_name, &err));
        must(pot_path_join(inside, path, file, &err));
        check_model(*file ? inside : path);
    }
    closedir(d);
}

/* ---- shards ---------------------------------------------------------------------------------- */

/* Every second tensor of a model, beginning with `first`, as a file of its own. */
static void write_shard(const pot_model *m, size_t first, const char *path, FILE *index)
{
    static char header[1 << 20];
    size_t len = 1, at = 0;
    header[0] = '{';
    for (size_t i = first; i < m->n_weights; i += 2) {
        const pot_tensor *t = &m->weight[i].t;
        len += (size_t)snprintf(header + len, sizeof header - len,
                                "%s\"%s\":{\"dtype\":\"%s\",\"shape\":[", at ? "," : "", t->name,
                                t->dtype);
        for (unsigned d = 0; d < t->dims; d++)
            len += (size_t)snprintf(header + len, sizeof header - len, "%s%llu", d ? "," : "",
                                    (unsigned long long)t->shape[d]);
        len += (size_t)snprintf(header + len, sizeof header - len, "],\"data_offsets\":[%zu,%zu]}",
                                at, at + t->data.n);
        fprintf(index, "%s\"%s\":\"%zu.safetensors\"", i > first ? "," : "", t->name, first);
        at += t->data.n;
    }
    header[len++] = '}';
    FILE *f = fopen(path, "wb");
    CHECK(f);
    for (int i = 0; i < 8; i++)
        fputc((int)(len >> 8 * i & 255), f);
    CHECK(fwrite(header, 1, len, f) == len);
    for (size_t i = first; i < m->n_weights; i += 2)
        CHECK(fwrite(m->weight[i].t.data.p, 1, m->weight[i].t.data.n, f) == m->weight[i].t.data.n);
    CHECK(fclose(f) == 0);
}

/* The same model in two files, neighbours in different ones. */
static void check_sharded(const char *golden)
{
    char path[PATH_MAX];
    const char *dir = t_path("sharded");
    size_t n = 0;
    pot_model *m;
    CHECK(mkdir(dir, 0700) == 0);
    must(pot_path_join(path, golden, "config.json", &err));
    char *config = t_read(path, &n);
    t_write(t_path("sharded/config.json"), config, n);
    free(config);
    must(pot_model_open(&m, golden, &err));
    FILE *index = fopen(t_path("sharded/model.safetensors.index.json"), "wb");
    CHECK(index);
    fprintf(index, "{\"weight_map\":{");
    write_shard(m, 0, t_path("sharded/0.safetensors"), index);
    fprintf(index, ",");
    write_shard(m, 1, t_path("sharded/1.safetensors"), index);
    fprintf(index, "}}");
    CHECK(fclose(index) == 0);
    pot_model_close(&m);
    check_model(dir);
    t_clear(dir);
}

int main(void)
{
    t_seed();
    for (unsigned i = 1; i <= 3; i++)
        must(pot_pool_open(&pool[i], i, &err));
    t_dir_open();
    check_sharded("tests/golden/models/llama-0");
    check_sharded("tests/golden/models/mixtral-7");
    check_all("tests/golden/models", "");
    check_all("tests/golden/gguf_models", "copy.gguf");
    check_all("tests/golden/quantized", "");
    for (unsigned i = 1; i <= 3; i++)
        pot_pool_close(&pool[i]);
    CHECK(pot_mem_used() == 0);
    return 0;
}
