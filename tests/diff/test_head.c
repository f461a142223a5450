/* The output head as a reference file keeps it: logits from it have the bits of the model's own,
 * for every recorded model, container and profile. */
#include "base/mem.h"
#include "engine/engine.h"
#include "golden.h"
#include "verify/reference.h"

#include <dirent.h>

enum { VOCAB = 70, WIDTH = 64, ROWS = 5 };

static unsigned models, biases, caps, scales;

/* Logits of n rows of hidden states. */
static float *logits(pot_engine *e, const float *hidden, size_t n)
{
    const size_t vocab = pot_engine_vocab(e);
    float *l = pot_mem_raw(n * vocab, sizeof *l);
    CHECK(l);
    must(pot_engine_logits(e, l, vocab, hidden, n, &err));
    return l;
}

static void check_head(const pot_model *m, pot_ids ids, const char *profile, pot_pool *pool)
{
    pot_kernels k;
    pot_engine *e = NULL, *alone = NULL;
    pot_arch arch;
    must(pot_kernels_choose(&k, &(pot_compute){.profile = profile}, &err));
    must(pot_engine_open(&e, m, pool, &k, &err));
    const pot_linear *w = pot_engine_head(e);
    const pot_reference_head h = pot_head_describe(w, &m->arch);
    float *hidden = pot_mem_raw(ids.n * pot_engine_width(e), sizeof *hidden);
    uint8_t *kept = pot_mem_raw(w->out, pot_dtype_bytes(h.type, w->in));
    CHECK(hidden && kept && h.width == pot_engine_width(e));
    must(pot_engine_forward(e, hidden, &ids, 1, &err));
    for (size_t at = 0; at < w->out; at += 7) {
        const size_t n = w->out - at < 7 ? w->out - at : 7;
        pot_head_rows(&k, w, at, n, kept + at * pot_dtype_bytes(h.type, w->in));
    }
    const pot_linear head = pot_head_restore(&arch, &h, w->out, kept, w->bias);
    must(pot_engine_open_head(&alone, &arch, &head, pool, &k, &err));
    CHECK(pot_engine_vocab(alone) == pot_engine_vocab(e));
    float *a = logits(e, hidden, ids.n), *b = logits(alone, hidden, ids.n);
    CHECK(memcmp(a, b, ids.n * pot_engine_vocab(e) * sizeof *a) == 0);
    models++, biases += h.bias, caps += h.cap > 0, scales += h.scale != 1.0f;
    void *const owned[] = {a, b, hidden, kept};
    for (size_t i = 0; i < 4; i++)
        pot_mem_free(owned[i]);
    pot_engine_close(&alone);
    pot_engine_close(&e);
}

/* No recorded model has a quantized head: such matrices, of random bytes. */
static void check_matrix(pot_linear w, pot_dtype kept_as, pot_pool *pool)
{
    static float hidden[ROWS * WIDTH];
    static uint8_t kept[VOCAB * WIDTH * sizeof(float)];
    const pot_arch arch = {.vocab = VOCAB, .embed = WIDTH, .logit_scale = 0.5f, .logit_cap = 30};
    pot_arch again;
    pot_kernels k;
    pot_engine *e = NULL, *alone = NULL;
    w.out = w.group = w.stride = VOCAB, w.in = w.ld = WIDTH;
    for (size_t i = 0; i < ROWS * WIDTH; i++)
        hidden[i] = (float)(t_unit() - 0.5);
    must(pot_kernels_choose(&k, &(pot_compute){0}, &err));
    const pot_reference_head h = pot_head_describe(&w, &arch);
    CHECK(h.type == kept_as && h.width == WIDTH && h.scale == 0.5f && h.cap == 30);
    pot_head_rows(&k, &w, 0, VOCAB, kept);
    const pot_linear head = pot_head_restore(&again, &h, VOCAB, kept, NULL);
    must(pot_engine_open_head(&e, &arch, &w, pool, &k, &err));
    must(pot_engine_open_head(&alone, &again, &head, pool, &k, &err));
    float *a = logits(e, hidden, ROWS), *b = logits(alone, hidden, ROWS);
    CHECK(memcmp(a, b, ROWS * VOCAB * sizeof *a) == 0 && a[0] != a[1]);
    pot_mem_free(a);
    pot_mem_free(b);
    pot_engine_close(&alone);
    pot_engine_close(&e);
}

static void check_quantized(pot_pool *pool)
{
    static uint8_t bytes[VOCAB * WIDTH * 2], scale[VOCAB * WIDTH / 32 * 4];
    static float factor[VOCAB];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(t_u64() & (i % 2 ? 0x3f : 0xff)); /* no NaN as BF16 */
    for (size_t i = 0; i < sizeof scale; i++)
        scale[i] = (uint8_t)(120 + t_u64() % 16);
    for (size_t i = 0; i < VOCAB; i++)
        factor[i] = (float)(t_unit() + 0.1);
    check_matrix((pot_linear){.w = bytes,
                              .type = POT_MXFP4,
                              .scaling = {.kind = POT_SCALED_MXFP4, .scale = scale}},
                 POT_MXFP4, pool);
    check_matrix((pot_linear){.w = bytes,
                              .type = POT_BF16,
                              .scaling = {.kind = POT_SCALED_FLOATS,
                                          .type = POT_F32,
                                          .scale = (const uint8_t *)factor,
                                          .rows = 1,
                                          .cols = WIDTH,
                                          .scale_step = {1, 0}}},
                 POT_F32, pool);
    for (size_t i = 0; i < sizeof bytes / 34; i++)
        bytes[i * 34] = 0, bytes[i * 34 + 1] = 0x30; /* the scale of a block, an f16 */
    check_matrix((pot_linear){.w = bytes, .type = POT_Q8_0}, POT_Q8_0, pool);
}

static void check_all(const char *where, const char *file, pot_pool *pool)
{
    DIR *dir = opendir(where);
    CHECK(dir);
    for (const struct dirent *e; (e = readdir(dir));) {
        char path[PATH_MAX];
        uint32_t id[12];
        pot_model *m = NULL;
        if (e->d_name[0] == '.') continue;
        must(pot_path_join(path, where, e->d_name, &err));
        if (file) {
            char dir_path[PATH_MAX];
            memcpy(dir_path, path, sizeof path);
            must(pot_path_join(path, dir_path, file, &err));
        }
        must(pot_model_open(&m, path, &err));
        for (uint32_t i = 0; i < 12; i++)
            id[i] = (7 * i + 1) % pot_model_info(m)->vocab;
        check_head(m, (pot_ids){.id = id, .n = 12}, "pot-f32-1", pool);
        check_head(m, (pot_ids){.id = id, .n = 12}, "pot-bf16-1", pool);
        pot_model_close(&m);
    }
    closedir(dir);
}

int main(void)
{
    pot_pool *pool = NULL;
    t_seed();
    must(pot_pool_open(&pool, 2, &err));
    check_all("tests/golden/models", NULL, pool);
    check_all("tests/golden/quantized", NULL, pool);
    check_all("tests/golden/gguf_models", "copy.gguf", pool);
    check_quantized(pool);
    pot_pool_close(&pool);
    fprintf(stderr, "%u heads: %u with a bias, %u capped, %u scaled\n", models, biases, caps,
            scales);
    CHECK(models > 200 && biases && caps && scales);
    CHECK(pot_mem_used() == 0);
    return 0;
}
