/* MXFP4 in two tensors, as Hugging Face directories store it: the same bits as whole blocks, and
 * every way in which the tensors can be wrong, by name. */
#define _GNU_SOURCE
#include "base/mem.h"
#include "kernel/linear.h"
#include "tdir.h"

#include <pot/model.h>

#define GOLDEN "tests/golden/models/gpt_oss_mxfp4-8"

enum { OUT = 70, IN = 288, BLOCKS = IN / 32 };

static uint8_t nibbles[2 * OUT * BLOCKS * 16], scale[2 * OUT * BLOCKS],
    whole[2 * OUT * BLOCKS * 17];

/* Element k of a row, as both layouts have it. */
static void put(size_t row, size_t k, unsigned code)
{
    const size_t b = row * BLOCKS + k / 32, i = k % 32;
    nibbles[b * 16 + i / 2] |= (uint8_t)(code << (i % 2 * 4));
    whole[b * 17 + 1 + i % 16] |= (uint8_t)(code << (i / 16 * 4));
}

static void fill(void)
{
    for (size_t row = 0; row < 2 * OUT; row++)
        for (size_t k = 0; k < IN; k++) {
            const size_t b = row * BLOCKS + k / 32;
            if (k % 32 == 0) whole[b * 17] = scale[b] = (uint8_t)(110 + t_u64() % 20);
            put(row, k, (unsigned)(t_u64() & 15));
        }
}

/* Rows in their order, and those of one of two matrices that lie by turns. */
static void test_same_bits(void)
{
    static float x[3 * IN], got[3 * OUT], want[3 * OUT];
    static uint8_t a[OUT * BLOCKS * 17], b[OUT * BLOCKS * 17];
    const char *level;
    pot_pool *pool;
    CHECK(pot_pool_open(&pool, 2, NULL) == POT_OK);
    float *scratch = pot_mem_raw(2 * POT_LINEAR_SCRATCH, sizeof *scratch);
    CHECK(scratch);
    fill();
    for (size_t i = 0; i < 3 * IN; i++)
        x[i] = (float)(t_unit() - 0.5);
    for (uint32_t step = 1; step <= 2; step++) {
        pot_linear w = {.w = whole,
                        .type = POT_MXFP4,
                        .out = OUT,
                        .in = IN,
                        .first = step - 1,
                        .group = 1,
                        .stride = step,
                        .ld = IN};
        pot_linear split = w;
        split.w = nibbles;
        split.scaling = (pot_scaling){.kind = POT_SCALED_MXFP4, .scale = scale};
        for (size_t l = 0; (level = pot_kernels_level(l)); l++) {
            pot_kernels k;
            pot_kernels_init(&k, level);
            pot_linear_run(pool, &k, &w, want, OUT, x, IN, 3, scratch);
            pot_linear_run(pool, &k, &split, got, OUT, x, IN, 3, scratch);
            CHECK(memcmp(got, want, sizeof got) == 0);
        }
        pot_linear_bytes(&w, 3, OUT - 3, a);
        pot_linear_bytes(&split, 3, OUT - 3, b);
        CHECK(memcmp(a, b, (OUT - 3) * BLOCKS * 17) == 0);
    }
    pot_mem_free(scratch);
    pot_pool_close(&pool);
}

/* The place of `what` in the n bytes at p. */
static char *find(char *p, size_t n, const char *what)
{
    char *at = memmem(p, n, what, strlen(what));
    CHECK(at);
    return at;
}

/* Where the data of a tensor begin in a safetensors file. */
static size_t data_of(char *p, size_t n, const char *name)
{
    uint64_t header = 0;
    for (int i = 7; i >= 0; i--)
        header = header << 8 | (uint8_t)p[i];
    char *at = find(p, n, name), *from = find(at, n - (size_t)(at - p), "data_offsets\":[");
    return 8 + (size_t)header + strtoull(strchr(from, '[') + 1, NULL, 10);
}

/* The golden model with its weights and config.json as given. */
static void write_model(const char *weights, size_t n, const char *config, size_t n_config)
{
    t_write(t_path("model.safetensors"), weights, n);
    t_write(t_path("config.json"), config, n_config);
}

static void refused(pot_status want, const char *place, const char *words)
{
    pot_error err = {0};
    pot_model *m = NULL;
    char text[1000];
    pot_status s = pot_model_open(&m, t_dir, &err);
    if (s == POT_OK) s = pot_model_hash(m, 1, NULL, NULL, &err);
    pot_model_close(&m);
    pot_error_text(&err, text, sizeof text);
    if (s != want || !strstr(text, place) || !strstr(text, words)) fprintf(stderr, "%s\n", text);
    CHECK(s == want && strstr(text, place) && strstr(text, words));
}

static void test_refused(void)
{
    static const char scales[] = "model.layers.0.mlp.experts.down_proj_scales";
    size_t n, n_config;
    char *w = t_read(GOLDEN "/model.safetensors", &n),
         *c = t_read(GOLDEN "/config.json", &n_config);
    CHECK(w && c);
    pot_error err = {0};
    pot_model *m;
    write_model(w, n, c, n_config);
    CHECK(pot_model_open(&m, t_dir, &err) == POT_OK);
    CHECK(strstr(pot_model_info(m)->dtype, "MXFP4") && pot_model_info(m)->n_warnings == 0);
    CHECK(pot_model_hash(m, 1, NULL, NULL, &err) == POT_OK);
    CHECK(pot_model_digest(m, 2, NULL, NULL, &err) == POT_OK); /* it counts the parameters */
    pot_model_close(&m);

    const size_t at = data_of(w, n, scales);
    const char old = w[at];
    w[at] = (char)252; /* 6 x 2^125 is a number, more may be infinite */
    write_model(w, n, c, n_config);
    CHECK(pot_model_open(&m, t_dir, &err) == POT_OK);
    CHECK(pot_model_hash(m, 1, NULL, NULL, &err) == POT_OK);
    pot_model_close(&m);
    w[at] = (char)253;
    write_model(w, n, c, n_config);
    refused(POT_E_FORMAT, scales, "element 0 is NaN or infinite");
    w[at] = old;

    char *dtype = find(find(w, n, "gate_up_proj_blocks"), 100, "\"U8\"");
    dtype[1] = 'I';
    write_model(w, n, c, n_config);
    refused(POT_E_UNSUPPORTED, "gate_up_proj_blocks", "dtype U8 is expected");
    dtype[1] = 'U';

    find(find(w, n, "down_proj_scales"), 20, "scales")[0] = 'x';
    write_model(w, n, c, n_config);
    refused(POT_E_FORMAT, "down_proj_scales", "this tensor is missing");
    free(w);

    w = t_read(GOLDEN "/model.safetensors", &n);
    char *shape = find(find(w, n, "gate_up_proj_blocks"), 100, ",16]");
    shape[-1] = (char)(2 * shape[-1] - '0'); /* as many bytes, and not 16 for each block */
    memcpy(shape, ",8 ]", 4);
    write_model(w, n, c, n_config);
    refused(POT_E_FORMAT, "gate_up_proj_blocks", ", 16] is expected by config.json");
    free(w);

    w = t_read(GOLDEN "/model.safetensors", &n); /* without the config's word for it */
    memcpy(find(c, n_config, "quantization_config"), "qqantization_config", 19);
    write_model(w, n, c, n_config);
    refused(POT_E_FORMAT, "gate_up_proj", "this tensor is missing");
    free(w);
    free(c);
}

int main(void)
{
    t_dir_open();
    test_same_bits();
    test_refused();
    return 0;
}
