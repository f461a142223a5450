/* Opening and hashing a model: every way in which its directory can be wrong, by name. */
#define _GNU_SOURCE
#include "base/mem.h"
#include "crypto/sha256.h"
#include "model/model.h"
#include "tdir.h"

#include <fcntl.h>
#include <pthread.h>
#include <time.h>

#include <pot/model.h>

/* A small llama: the tensors that config.json below implies. */
typedef struct {
    const char *name, *dtype;
    unsigned rows, cols; /* cols 0: a vector */
} spec;

#define TENSORS 12
#define EMBED   0
#define HEAD    2

static const spec plain[TENSORS] = {
    {"model.embed_tokens.weight", "F32", 8, 4},
    {"model.norm.weight", "F32", 4, 0},
    {"lm_head.weight", "F32", 8, 4},
    {"model.layers.0.input_layernorm.weight", "F32", 4, 0},
    {"model.layers.0.post_attention_layernorm.weight", "F32", 4, 0},
    {"model.layers.0.self_attn.q_proj.weight", "F32", 4, 4},
    {"model.layers.0.self_attn.k_proj.weight", "F32", 2, 4},
    {"model.layers.0.self_attn.v_proj.weight", "F32", 2, 4},
    {"model.layers.0.self_attn.o_proj.weight", "F32", 4, 4},
    {"model.layers.0.mlp.gate_proj.weight", "F32", 6, 4},
    {"model.layers.0.mlp.up_proj.weight", "F32", 6, 4},
    {"model.layers.0.mlp.down_proj.weight", "F32", 4, 6},
};

#define PARAMS (32 + 4 + 32 + 8 + 16 + 8 + 8 + 16 + 72)

static void write_config(const char *dir, unsigned vocab, const char *more)
{
    char text[1000];
    snprintf(text, sizeof text,
             "{\"model_type\":\"llama\",\"vocab_size\":%u,\"hidden_size\":4,"
             "\"num_hidden_layers\":1,\"num_attention_heads\":2,\"num_key_value_heads\":1,"
             "\"intermediate_size\":6,\"max_position_embeddings\":16%s}",
             vocab, more);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/config.json", dir);
    t_text(path, text);
}

static size_t width(const char *dtype)
{
    const size_t n = strlen(dtype); /* F64, F32, BF16, I32, ... */
    return (size_t)atoi(dtype + (dtype[n - 2] > '9' ? n - 1 : n - 2)) / 8;
}

static size_t elements(const spec *t)
{
    return (size_t)t->rows * (t->cols ? t->cols : 1);
}

/* Write the tensors in order, all of the same small number; *start is where the data begin.
 * `pad` spaces behind the header move them. */
static void write_weights(const char *path, const spec *t, size_t n, unsigned pad, size_t *start)
{
    char header[8000] = "{";
    size_t len = 1, at = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t bytes = elements(&t[i]) * width(t[i].dtype);
        char shape[40];
        snprintf(shape, sizeof shape, t[i].cols ? "%u,%u" : "%u", t[i].rows, t[i].cols);
        len += (size_t)snprintf(header + len, sizeof header - len,
                                "%s\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],"
                                "\"data_offsets\":[%zu,%zu]}",
                                i ? "," : "", t[i].name, t[i].dtype, shape, at, at + bytes);
        at += bytes;
    }
    header[len++] = '}';
    memset(header + len, ' ', pad);
    len += pad;
    FILE *f = fopen(path, "wb");
    CHECK(f);
    for (int i = 0; i < 8; i++)
        fputc((int)(len >> 8 * i & 255), f);
    CHECK(fwrite(header, 1, len, f) == len);
    for (size_t i = 0; i < at && i < 1 << 16; i++) /* small and finite in every encoding */
        fputc(i % 2 ? 0x21 : 0x12, f);
    CHECK(fclose(f) == 0 && truncate(path, (off_t)(8 + len + at)) == 0); /* the rest is 0 */
    if (start) *start = 8 + len;
}

static const char *dir_of(const char *name)
{
    const char *dir = t_path(name);
    t_clear(dir);
    CHECK(mkdir(dir, 0700) == 0);
    write_config(dir, 8, "");
    return dir;
}

/* A directory with one file of these tensors. */
static const char *dir_with(const char *name, const spec *t, size_t n)
{
    char path[PATH_MAX];
    const char *dir = dir_of(name);
    snprintf(path, sizeof path, "%s/model.safetensors", dir);
    write_weights(path, t, n, 0, NULL);
    return dir;
}

static void refused(const char *dir, pot_status status, const char *place, const char *why)
{
    pot_model *m = NULL;
    pot_error err = {0};
    const pot_status s = pot_model_open(&m, dir, &err);
    if (s != status || strcmp(err.place, place) != 0 || !strstr(err.msg, why)) {
        fprintf(stderr, "%s: status %d: %s: %s\n", dir, (int)s, err.place, err.msg);
        exit(1);
    }
    CHECK(err.status == status && !m && pot_mem_used() == 0);
    CHECK(strncmp(err.file, dir, strlen(dir)) == 0);
    CHECK(pot_model_open(&m, dir, NULL) == status);
}

/* Open, hash, close: the first failure. */
static pot_status both(const char *dir, pot_error *err)
{
    static unsigned threads;
    pot_model *m;
    pot_status s = pot_model_open(&m, dir, err);
    if (s != POT_OK) return s;
    s = pot_model_hash(m, 1 + threads++ % 3, NULL, NULL, err);
    CHECK(pot_model_info(m)->hashed == (s == POT_OK));
    pot_model_close(&m);
    CHECK(!m && pot_mem_used() == 0);
    return s;
}

/* The digest that the command sha256sum prints. */
static void digest_of(const char *path, uint8_t out[32])
{
    char command[PATH_MAX + 20];
    snprintf(command, sizeof command, "sha256sum '%s'", path);
    FILE *f = popen(command, "r");
    CHECK(f);
    for (int i = 0; i < 32; i++) {
        unsigned x;
        CHECK(fscanf(f, "%2x", &x) == 1);
        out[i] = (uint8_t)x;
    }
    while (fgetc(f) != EOF) {
    }
    CHECK(pclose(f) == 0);
}

static void test_facts(void)
{
    const char *dir = dir_with("good", plain, TENSORS);
    char slashes[PATH_MAX];
    snprintf(slashes, sizeof slashes, "%s///", dir);
    pot_model *m;
    pot_error err = {0};
    CHECK(pot_model_open(&m, slashes, &err) == POT_OK && err.status == POT_OK);
    const pot_model_facts *f = pot_model_info(m);
    CHECK(strcmp(f->name, "good") == 0 && strcmp(f->path, dir) == 0);
    CHECK(strcmp(f->arch, "llama") == 0 && strcmp(f->container, "safetensors") == 0);
    CHECK(strcmp(f->dtype, "F32") == 0 && f->params == PARAMS && f->bytes == 4 * PARAMS);
    CHECK(f->vocab == 8 && f->hidden == 4 && f->layers == 1 && f->heads == 2 && f->kv_heads == 1);
    CHECK(f->head_dim == 2 && f->ffn == 6 && f->context == 16 && !f->tied);
    CHECK(strcmp(f->positions, "rope") == 0 && strcmp(f->activation, "silu") == 0);
    CHECK(!f->has_tokenizer && !f->has_chat_template && !pot_model_tokenizer_path(m));
    CHECK(f->n_weights == 1 && f->n_tensors == TENSORS && f->n_warnings == 0 && !f->hashed);
    CHECK(f->n_other == 1 && strcmp(f->other[0].name, "config.json") == 0 && f->other[0].hashed);
    CHECK(strcmp(f->weights[0].name, "model.safetensors") == 0 && !f->weights[0].hashed);

    uint8_t want[32];
    digest_of(t_path("good/config.json"), want);
    CHECK(memcmp(want, f->other[0].sha256, 32) == 0);
    CHECK(pot_model_hash(m, 0, NULL, NULL, &err) == POT_OK && f->hashed && f->weights[0].hashed);
    digest_of(t_path("good/model.safetensors"), want);
    CHECK(memcmp(want, f->weights[0].sha256, 32) == 0);
    t_write(t_path("raw"), want, 32);
    digest_of(t_path("raw"), want); /* the digest of the digests */
    CHECK(memcmp(want, f->weights_sha256, 32) == 0);
    struct stat st;
    CHECK(stat(t_path("good/model.safetensors"), &st) == 0);
    CHECK(f->weights[0].size == (uint64_t)st.st_size);
    pot_model_close(&m);
    pot_model_close(&m);
    CHECK(pot_mem_used() == 0);
}

static void test_companions(void)
{
    const char *dir = dir_with("chat", plain, TENSORS);
    write_config(dir, 8, ",\"one\":1,\"two\":{}");
    t_text(t_path("chat/tokenizer.json"), "{}");
    t_text(t_path("chat/tokenizer_config.json"), "{\"chat_template\":\"x\"}");
    pot_model *m;
    CHECK(pot_model_open(&m, dir, NULL) == POT_OK);
    const pot_model_facts *f = pot_model_info(m);
    CHECK(f->has_tokenizer && f->has_chat_template && f->n_other == 3 && f->n_warnings == 2);
    CHECK(strcmp(pot_model_tokenizer_path(m), t_path("chat/tokenizer.json")) == 0);
    CHECK(strstr(f->warnings[0], " one ") && strstr(f->warnings[1], " two "));
    uint8_t want[32];
    digest_of(t_path("chat/tokenizer.json"), want);
    CHECK(strcmp(f->other[1].name, "tokenizer.json") == 0);
    CHECK(memcmp(want, f->other[1].sha256, 32) == 0);
    pot_model_close(&m);
    t_text(t_path("chat/tokenizer_config.json"), "{}");
    CHECK(pot_model_open(&m, dir, NULL) == POT_OK && !pot_model_info(m)->has_chat_template);
    pot_model_close(&m);
    t_text(t_path("chat/chat_template.jinja"), "x");
    CHECK(pot_model_open(&m, dir, NULL) == POT_OK && pot_model_info(m)->has_chat_template);
    pot_model_close(&m);
    refused(dir_with("bad\xff\nname", NULL, 0), POT_E_FORMAT, plain[EMBED].name, "missing");
    CHECK(pot_model_open(&m, dir_with("bad\xff\nname", plain, TENSORS), NULL) == POT_OK);
    CHECK(strcmp(pot_model_info(m)->name, "bad??name") == 0); /* fit for the evidence */
    pot_model_close(&m);
}

static void test_tensors(void)
{
    spec t[TENSORS + 1];
    for (size_t i = 0; i < TENSORS; i++) { /* each one missing, and each in a wrong shape */
        memcpy(t, plain, sizeof plain);
        memmove(t + i, t + i + 1, (TENSORS - 1 - i) * sizeof *t);
        refused(dir_with("tensors", t, TENSORS - 1), POT_E_FORMAT, plain[i].name, "is missing");
        memcpy(t, plain, sizeof plain);
        t[i].rows++;
        refused(dir_with("tensors", t, TENSORS), POT_E_FORMAT, plain[i].name, "is expected by");
        t[i] = plain[i];
        t[i].cols = plain[i].cols ? 0 : 1; /* as a vector, as a column */
        if (plain[i].cols) t[i].rows = plain[i].rows * plain[i].cols;
        refused(dir_with("tensors", t, TENSORS), POT_E_FORMAT, plain[i].name, "is expected by");
        t[i] = plain[i];
        t[i].dtype = i % 2 ? "I32" : "F64";
        refused(dir_with("tensors", t, TENSORS), POT_E_UNSUPPORTED, plain[i].name, t[i].dtype);
    }
    memcpy(t, plain, sizeof plain);
    t[6].rows = 4, t[6].cols = 2; /* transposed */
    refused(dir_with("tensors", t, TENSORS), POT_E_FORMAT, t[6].name, "shape [2, 4]");
    memcpy(t, plain, sizeof plain);
    t[TENSORS] = (spec){"model.layers.1.mlp.up_proj.weight", "F32", 6, 4};
    refused(dir_with("tensors", t, TENSORS + 1), POT_E_UNSUPPORTED, t[TENSORS].name, "no place");
    t[TENSORS] = (spec){"model.layers.0.self_attn.q_proj.bias", "F32", 4, 0};
    refused(dir_with("tensors", t, TENSORS + 1), POT_E_UNSUPPORTED, t[TENSORS].name, "no place");
    t[TENSORS] = (spec){"model.layers.0.self_attn.rotary_emb.inv_freq", "F32", 1, 0};
    pot_model *m; /* a table of old versions: no weight */
    CHECK(pot_model_open(&m, dir_with("tensors", t, TENSORS + 1), NULL) == POT_OK);
    CHECK(pot_model_info(m)->n_tensors == TENSORS && pot_model_info(m)->params == PARAMS);
    pot_model_close(&m);
}

static void test_dtypes(void)
{
    static const struct {
        const char *half, *rest, *want;
        uint64_t bytes;
    } mix[] = {{"F16", "F16", "F16", 2 * PARAMS},
               {"BF16", "F32", "F32+BF16", 4 * PARAMS - 2 * 64},
               {"F32", "BF16", "BF16+F32", 2 * PARAMS + 2 * 64},
               {"F16", "BF16", "BF16+F16", 2 * PARAMS}};
    for (size_t k = 0; k < sizeof mix / sizeof *mix; k++) {
        spec t[TENSORS];
        memcpy(t, plain, sizeof plain);
        for (size_t i = 0; i < TENSORS; i++)
            t[i].dtype = i == EMBED || i == HEAD ? mix[k].half : mix[k].rest;
        pot_model *m;
        CHECK(pot_model_open(&m, dir_with("dtypes", t, TENSORS), NULL) == POT_OK);
        const pot_model_facts *f = pot_model_info(m);
        CHECK(f->bytes == mix[k].bytes && f->params == PARAMS);
        CHECK(strcmp(f->dtype, mix[k].want) == 0);
        CHECK(pot_model_hash(m, 1, NULL, NULL, NULL) == POT_OK);
        pot_model_close(&m);
    }
}

/* Overwrite bytes of a file. */
static void patch(const char *path, size_t at, const void *p, size_t n)
{
    const int fd = open(path, O_WRONLY);
    CHECK(fd >= 0 && pwrite(fd, p, n, (off_t)at) == (ssize_t)n);
    close(fd);
}

static void test_tied(void)
{
    const char *path = t_path("tied/model.safetensors");
    spec t[TENSORS];
    pot_error err = {0};
    size_t start;
    memcpy(t, plain, sizeof plain);
    t[HEAD] = plain[TENSORS - 1]; /* no head: it is the embedding */
    const char *dir = dir_with("tied", t, TENSORS - 1);
    write_config(dir, 8, ",\"tie_word_embeddings\":true");
    CHECK(both(dir, NULL) == POT_OK);
    write_weights(path, plain, TENSORS, 0, &start); /* stored twice, equal */
    CHECK(both(dir, NULL) == POT_OK);
    pot_model *m;
    CHECK(pot_model_open(&m, dir, NULL) == POT_OK);
    CHECK(pot_model_info(m)->tied && pot_model_info(m)->n_tensors == TENSORS - 1);
    pot_model_close(&m);
    const size_t head = start + 4 * (elements(&plain[0]) + elements(&plain[1]));
    patch(path, head + 4 * 31, "\x13", 1); /* the last element of the copy */
    CHECK(both(dir, &err) == POT_E_FORMAT && strcmp(err.place, "lm_head.weight") == 0);
    CHECK(strstr(err.msg, "differs from the embedding") && strcmp(err.file, dir) == 0);
    write_config(dir, 8, ""); /* not tied: two matrices */
    CHECK(both(dir, NULL) == POT_OK);

    memcpy(t, plain, sizeof plain);
    t[HEAD].dtype = "BF16";
    write_weights(path, t, TENSORS, 0, NULL);
    write_config(dir, 8, ",\"tie_word_embeddings\":true");
    refused(dir, POT_E_UNSUPPORTED, "lm_head.weight", "no place");
    t[HEAD] = (spec){"lm_head.weight", "F32", 4, 8};
    write_weights(path, t, TENSORS, 0, NULL);
    refused(dir, POT_E_UNSUPPORTED, "lm_head.weight", "no place");
}

static void test_files(void)
{
    pot_model *m = NULL;
    pot_error err = {0};
    const char *dir = dir_of("files"), *config = t_path("files/config.json"),
               *weights = t_path("files/model.safetensors"),
               *pickle = t_path("files/pytorch_model.bin");
    refused(dir, POT_E_IO, "", "neither model.safetensors nor");
    t_text(pickle, "x");
    refused(dir, POT_E_IO, "", "only safetensors are read");
    refused(pickle, POT_E_IO, "", "this is a file");
    refused(t_path("nowhere"), POT_E_IO, "", "no such file or directory");
    CHECK(pot_model_open(&m, "", &err) == POT_E_IO && strstr(err.msg, "no such file"));
    refused(t_path("model.gguf"), POT_E_IO, "", "no such file or directory");
    char longest[PATH_MAX + 1];
    memset(longest, 'x', PATH_MAX);
    longest[PATH_MAX] = '\0';
    CHECK(pot_model_open(&m, longest, NULL) == POT_E_ARG);

    size_t start;
    write_weights(weights, plain, TENSORS, 0, &start);
    CHECK(both(dir, NULL) == POT_OK); /* the pickle beside it does not matter */
    for (size_t cut = 0; cut < start + 4 * PARAMS; cut += cut < start ? 7 : 101) {
        CHECK(truncate(weights, (off_t)cut) == 0);
        CHECK(pot_model_open(&m, dir, NULL) == POT_E_FORMAT && !m);
        write_weights(weights, plain, TENSORS, 0, &start);
    }
    t_text(config, "");
    refused(dir, POT_E_FORMAT, "", "nothing is here");
    t_text(config, "{");
    refused(dir, POT_E_FORMAT, "", "not valid JSON");
    t_text(config, "{\"model_type\":\"llama\",\"vocab_size\":0}");
    refused(dir, POT_E_FORMAT, "vocab_size", "from 1 to");
    CHECK(unlink(config) == 0);
    refused(dir, POT_E_IO, "", "no config.json");
    CHECK(mkdir(config, 0700) == 0);
    refused(dir, POT_E_IO, "", "no config.json");
    CHECK(truncate(weights, 0) == 0 && rmdir(config) == 0);
    write_config(dir, 8, "");
    refused(dir, POT_E_FORMAT, "", "8 bytes expected, 0 left");
}

/* Where the path of one file of the directory fits and that of another does not. */
static void test_longest(void)
{
    char dir[PATH_MAX + 300];
    size_t n = (size_t)snprintf(dir, sizeof dir, "%s", t_dir);
    while (n < 3900) {
        memset(dir + n, 'd', 100);
        dir[n] = '/', dir[n += 100] = '\0';
        CHECK(mkdir(dir, 0700) == 0);
    }
    dir[n++] = '/';
    memset(dir + n, 'd', sizeof dir - n);
    for (size_t len = PATH_MAX - 40; len < PATH_MAX; len++) {
        dir[len] = '\0';
        CHECK(mkdir(dir, 0700) == 0);
        if (len + strlen("/config.json") < PATH_MAX) write_config(dir, 8, "");
        const bool fits = len + strlen("/model.safetensors.index.json") < PATH_MAX;
        pot_model *m;
        CHECK(pot_model_open(&m, dir, NULL) == (fits ? POT_E_IO : POT_E_ARG));
        t_clear(dir);
        dir[len] = 'd';
    }
    CHECK(pot_mem_used() == 0);
}

/* ---- numbers that are none --------------------------------------------------------------- */

static const struct {
    const char *dtype;
    size_t width;
    uint32_t bad[3], good[3]; /* NaN, inf, -inf; the largest, the smallest, -0 */
} kinds[] = {
    {"F32", 4, {0x7fc00001, 0x7f800000, 0xff800000}, {0x7f7fffff, 0x00000001, 0x80000000}},
    {"F16", 2, {0x7c01, 0x7c00, 0xfc00}, {0x7bff, 0x0001, 0x8000}},
    {"BF16", 2, {0xffc0, 0x7f80, 0xff80}, {0x7f7f, 0x0001, 0x8000}},
};

static void put(const char *path, size_t at, uint32_t x, size_t n)
{
    const uint8_t b[4] = {(uint8_t)x, (uint8_t)(x >> 8), (uint8_t)(x >> 16), (uint8_t)(x >> 24)};
    patch(path, at, b, n);
}

static void special(const char *dir, const char *name, size_t element, size_t at)
{
    pot_error err = {0};
    char want[60];
    snprintf(want, sizeof want, "element %zu is NaN or infinite", element);
    CHECK(both(dir, &err) == POT_E_FORMAT && strcmp(err.place, name) == 0);
    if (!strstr(err.msg, want) || err.offset != at)
        fprintf(stderr, "%s: %s, byte %zu\n", want, err.msg, (size_t)err.offset);
    CHECK(strstr(err.msg, want) && err.offset == at && strstr(err.file, "model.safetensors"));
}

/* The first and the last element of every tensor, in every encoding, at odd addresses too. */
static void test_special(void)
{
    const char *path = t_path("special/model.safetensors");
    for (size_t k = 0; k < 3; k++) {
        spec t[TENSORS];
        size_t at;
        memcpy(t, plain, sizeof plain);
        for (size_t i = 0; i < TENSORS; i++)
            t[i].dtype = kinds[k].dtype;
        const char *dir = dir_with("special", t, TENSORS);
        write_weights(path, t, TENSORS, (unsigned)k, &at);
        for (size_t i = 0; i < TENSORS; i++) {
            const size_t n = elements(&t[i]), w = kinds[k].width;
            for (size_t e = 0; e < n; e += n - 1) {
                put(path, at + e * w, kinds[k].bad[(i + e) % 3], w);
                special(dir, t[i].name, e, at + e * w);
                put(path, at + e * w, kinds[k].good[(i + e) % 3], w);
            }
            at += n * w;
        }
        CHECK(both(dir, NULL) == POT_OK);
    }
}

/* A tensor of 40 MB at an odd address: bad elements on both sides of the borders at which the
 * work is divided, and across them; of several the first is named. */
static void test_special_borders(void)
{
    static const size_t border[] = {1 << 20, 32 << 20};
    const char *path = t_path("large/model.safetensors");
    const unsigned vocab = 5000000;
    spec t[TENSORS];
    size_t at;
    memcpy(t, plain, sizeof plain);
    const spec embed = {plain[EMBED].name, "F16", vocab, 4};
    t[EMBED] = plain[EMBED + 1]; /* a small one in front */
    t[EMBED + 1] = embed;
    t[HEAD] = plain[TENSORS - 1]; /* tied */
    const char *dir = dir_of("large");
    write_config(dir, vocab, ",\"tie_word_embeddings\":true");
    write_weights(path, t, TENSORS - 1, 0, &at);
    if (at % 2 == 0) write_weights(path, t, TENSORS - 1, 1, &at);
    at += 4 * elements(&t[EMBED]);
    CHECK(both(dir, NULL) == POT_OK);
    for (size_t i = 0; i < sizeof border / sizeof *border; i++)
        for (size_t e = (border[i] - 1 - at) / 2 - 1, end = e + 3; e < end; e++) {
            put(path, at + 2 * e, 0x7c00, 2);
            special(dir, embed.name, e, at + 2 * e);
            put(path, at + 2 * e, 0, 2);
        }
    for (size_t e = 4 * (size_t)vocab - 1, i = 0; i < 3; i++, e -= 7777777) {
        put(path, at + 2 * e, 0xfe00, 2); /* and those before it stay bad */
        special(dir, embed.name, e, at + 2 * e);
    }
    t_clear(dir);
}

/* ---- shards ------------------------------------------------------------------------------ */

/* Two shards, of `cut` tensors and the rest, the second in front by name. */
static const char *dir_in_shards(const spec *t, size_t n, size_t cut)
{
    const char *dir = dir_of("shards");
    write_weights(t_path("shards/b.safetensors"), t, cut, 0, NULL);
    write_weights(t_path("shards/a.safetensors"), t + cut, n - cut, 0, NULL);
    return dir;
}

/* An index that puts the first `cut` of n tensors into b and the rest into a; then `more`. */
static void write_index(const spec *t, size_t n, size_t cut, const char *more)
{
    FILE *f = fopen(t_path("shards/model.safetensors.index.json"), "wb");
    CHECK(f);
    fprintf(f, "{\"metadata\":{\"total_size\":1},\"weight_map\":{");
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%s\"%s\":\"%s.safetensors\"", i ? "," : "", t[i].name, i < cut ? "b" : "a");
    fprintf(f, "%s}}", more);
    CHECK(fclose(f) == 0);
}

static void test_shards(void)
{
    const char *dir = dir_in_shards(plain, TENSORS, 5);
    uint8_t raw[64], want[32];
    write_index(plain, TENSORS, 5, "");
    pot_model *m;
    CHECK(pot_model_open(&m, dir, NULL) == POT_OK);
    const pot_model_facts *f = pot_model_info(m);
    CHECK(f->n_weights == 2 && f->params == PARAMS && f->n_warnings == 0 && f->n_other == 2);
    CHECK(strcmp(f->other[1].name, "model.safetensors.index.json") == 0);
    CHECK(strcmp(f->weights[0].name, "a.safetensors") == 0); /* sorted */
    CHECK(strcmp(f->weights[1].name, "b.safetensors") == 0);
    CHECK(pot_model_hash(m, 2, NULL, NULL, NULL) == POT_OK);
    digest_of(t_path("shards/a.safetensors"), raw);
    digest_of(t_path("shards/b.safetensors"), raw + 32);
    CHECK(!memcmp(raw, f->weights[0].sha256, 32) && !memcmp(raw + 32, f->weights[1].sha256, 32));
    t_write(t_path("raw"), raw, 64);
    digest_of(t_path("raw"), want);
    CHECK(memcmp(want, f->weights_sha256, 32) == 0);
    pot_model_close(&m);

    write_weights(t_path("shards/model.safetensors"), plain, TENSORS, 0, NULL);
    CHECK(pot_model_open(&m, dir, NULL) == POT_OK); /* as transformers does, with a word */
    f = pot_model_info(m);
    CHECK(f->n_weights == 1 && f->n_warnings == 1 && strstr(f->warnings[0], "was not"));
    pot_model_close(&m);
    CHECK(unlink(t_path("shards/model.safetensors")) == 0);

    size_t at; /* a bad number is found in the file where it is */
    write_weights(t_path("shards/b.safetensors"), plain, 5, 0, &at);
    put(t_path("shards/b.safetensors"), at + 4, 0x7fc00000, 4);
    pot_error err = {0};
    CHECK(both(dir, &err) == POT_E_FORMAT && strcmp(err.place, plain[EMBED].name) == 0);
    CHECK(strcmp(err.file, t_path("shards/b.safetensors")) == 0 && err.offset == at + 4);
}

static void test_index_disagrees(void)
{
    spec t[TENSORS + 1];
    const char *dir = dir_in_shards(plain, TENSORS, 5);
    write_index(plain, TENSORS, 6, ""); /* the fifth tensor is said to be in the other */
    refused(dir, POT_E_FORMAT, "weight_map", "lies in a.safetensors, not in b.safetensors");
    write_index(plain, TENSORS - 1, 5, ""); /* nor is the last one named */
    refused(dir, POT_E_FORMAT, "weight_map", "lies in a.safetensors, not in the index");
    write_index(plain, TENSORS, 5, ",\"more.weight\":\"a.safetensors\"");
    refused(dir, POT_E_FORMAT, "weight_map", "more.weight is not in a.safetensors");
    write_index(plain, TENSORS, 5, ",\"more.weight\":\"c.safetensors\"");
    refused(dir, POT_E_IO, "", "the index names this shard");
    CHECK(mkdir(t_path("shards/c.safetensors"), 0700) == 0);
    refused(dir, POT_E_IO, "", "the index names this shard");
    write_index(plain, TENSORS, 5, ",\"lm_head.weight\":\"a.safetensors\"");
    refused(dir, POT_E_FORMAT, "", "duplicate object key");

    memcpy(t, plain, sizeof plain); /* one tensor in both shards */
    t[TENSORS] = plain[EMBED];
    dir = dir_in_shards(t, TENSORS + 1, 5);
    write_index(plain, TENSORS, 5, "");
    refused(dir, POT_E_FORMAT, plain[EMBED].name, "two files");
    t[TENSORS] = (spec){"more.weight", "F32", 1, 0}; /* named and there, but without a place */
    dir = dir_in_shards(t, TENSORS + 1, 5);
    write_index(t, TENSORS + 1, 5, "");
    refused(dir, POT_E_UNSUPPORTED, "more.weight", "no place");
}

static void test_index_hostile(void)
{
    static const char *const names[] = {"\"\"",
                                        "\".\"",
                                        "\"..\"",
                                        "\"../shards/a.safetensors\"",
                                        "\"/etc/passwd\"",
                                        "\"/\"",
                                        "\"a/\"",
                                        "7",
                                        "null",
                                        "[]",
                                        "\"a\\u001b[2J\"",
                                        "\"a\\nb\"",
                                        "{\"a\":1}"};
    const char *index = t_path("shards/model.safetensors.index.json");
    const char *dir = dir_in_shards(plain, TENSORS, 5);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char more[100];
        snprintf(more, sizeof more, ",\"x\":%s", names[i]);
        write_index(plain, TENSORS, 5, more);
        refused(dir, POT_E_FORMAT, "weight_map.x", "a file in the same directory");
    }
    char longest[400] = ",\"x\":\"";
    for (size_t n = 255; n <= 256; n++) { /* as long as a name can be, and longer */
        memset(longest + 6, 'n', n);
        memcpy(longest + 6 + n, "\"", 2);
        write_index(plain, TENSORS, 5, longest);
        pot_model *m = NULL;
        CHECK(pot_model_open(&m, dir, NULL) == (n > 255 ? POT_E_FORMAT : POT_E_IO) && !m);
    }
    FILE *f = fopen(index, "wb"); /* a file per tensor, and many of them */
    CHECK(f);
    for (int i = 0; i <= 10000; i++)
        fprintf(f, "%s\"t%d\":\"%d\"", i ? "," : "{\"weight_map\":{", i, i);
    fprintf(f, "}}");
    CHECK(fclose(f) == 0);
    refused(dir, POT_E_FORMAT, "weight_map", "10001 files; at most 10000");
    t_text(index, "{\"weight_map\":{}}");
    refused(dir, POT_E_FORMAT, "weight_map", "names no tensor");
    t_text(index, "{\"weight_map\":[]}");
    refused(dir, POT_E_FORMAT, "weight_map", "an object is expected");
    t_text(index, "{}");
    refused(dir, POT_E_FORMAT, "weight_map", "missing");
    t_text(index, "");
    refused(dir, POT_E_FORMAT, "", "nothing is here");
    t_text(index, "{\"weight_map\":{\"x\":\"model.safetensors.index.json\"}}");
    refused(dir, POT_E_FORMAT, "", "at most 100000000 are allowed"); /* its own text as a length */
}

/* ---- hashing ----------------------------------------------------------------------------- */

struct seen {
    unsigned calls, stop_at;
    double last;
    pthread_t thread;
};

static bool watch(void *ctx, const pot_progress *p)
{
    struct seen *s = ctx;
    CHECK(pthread_equal(s->thread, pthread_self()) && strcmp(p->what, "hashing") == 0);
    CHECK(p->done >= s->last && p->done <= p->total && p->seconds >= 0);
    s->last = p->done;
    return ++s->calls != s->stop_at;
}

static void test_progress(void)
{
    const char *dir = dir_in_shards(plain, TENSORS, 5);
    write_index(plain, TENSORS, 5, "");
    pot_model *m;
    CHECK(pot_model_open(&m, dir, NULL) == POT_OK);
    const pot_model_facts *f = pot_model_info(m);
    struct seen all = {.thread = pthread_self()};
    CHECK(pot_model_hash(m, 2, watch, &all, NULL) == POT_OK && all.calls >= 1 && f->hashed);
    CHECK(all.last == (double)(f->weights[0].size + f->weights[1].size));
    for (unsigned stop = 1; stop <= all.calls; stop++) {
        struct seen s = {.thread = pthread_self(), .stop_at = stop};
        pot_error err = {0};
        CHECK(pot_model_hash(m, 2, watch, &s, &err) == POT_E_STOPPED);
        CHECK(err.status == POT_E_STOPPED && s.calls == stop && !f->hashed);
    }
    uint8_t want[32]; /* stopped is not broken, and threads do not matter */
    for (unsigned threads = 0; threads <= 4; threads++) {
        CHECK(pot_model_hash(m, threads, NULL, NULL, NULL) == POT_OK && f->hashed);
        if (!threads) memcpy(want, f->weights_sha256, 32);
        CHECK(memcmp(want, f->weights_sha256, 32) == 0);
    }
    pot_model_close(&m);
}

/* Digests of tensors are those of their bytes in the files, in one file or in two. */
static void test_tensor_digests(void)
{
    for (int shards = 0; shards < 2; shards++) {
        const char *dir =
            shards ? dir_in_shards(plain, TENSORS, 5) : dir_with("one", plain, TENSORS);
        if (shards) write_index(plain, TENSORS, 5, "");
        for (unsigned threads = 1; threads <= 4; threads++) {
            pot_model *m;
            size_t n;
            CHECK(pot_model_open(&m, dir, NULL) == POT_OK);
            const pot_model_tensor *t = pot_model_tensors(m, &n);
            CHECK(n == TENSORS && !t[0].hashed && !pot_model_values(m, &n) && n == 0);
            CHECK(pot_model_hash_tensors(m, threads, NULL, NULL, NULL) == POT_OK);
            for (size_t i = 0; i < TENSORS; i++) {
                uint8_t want[32];
                CHECK(t[i].hashed && t[i].used && (!i || strcmp(t[i - 1].name, t[i].name) < 0));
                CHECK(t[i].bytes == m->weight[i].t.data.n);
                CHECK(pot_sha256(want, m->weight[i].t.data, NULL) == POT_OK);
                CHECK(memcmp(want, t[i].sha256, 32) == 0);
            }
            pot_model_close(&m);
        }
    }
}

static void tick(void) /* file systems stamp with a clock of some milliseconds */
{
    nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
}

static void test_unchanged(void)
{
    for (int how = 0; how < 4; how++) {
        const char *dir = dir_in_shards(plain, TENSORS, 5), *a = t_path("shards/a.safetensors"),
                   *b = t_path("shards/b.safetensors"), *other = t_path("other");
        pot_model *m;
        pot_error err = {0};
        size_t at;
        write_index(plain, TENSORS, 5, "");
        write_weights(b, plain, 5, 0, &at);
        CHECK(pot_model_open(&m, dir, NULL) == POT_OK);
        CHECK(pot_model_unchanged(m, &err) == POT_OK && err.status == POT_OK);
        tick();
        if (how == 0) put(b, at, 0x3f800000, 4);                   /* one weight */
        if (how == 1) CHECK(utimensat(AT_FDCWD, a, NULL, 0) == 0); /* only touched */
        if (how == 2) write_weights(other, plain + 5, TENSORS - 5, 0, NULL);
        if (how == 2) CHECK(rename(other, a) == 0); /* the same bytes, another file */
        if (how == 3) CHECK(unlink(b) == 0);
        CHECK(pot_model_unchanged(m, &err) == POT_E_IO);
        CHECK(strcmp(err.file, how == 0 || how == 3 ? b : a) == 0);
        pot_model_close(&m);
    }
}

/* Everything that the goldens of the engine use opens and hashes. */
static void test_goldens(void)
{
    DIR *d = opendir("tests/golden/models");
    CHECK(d);
    unsigned n = 0;
    for (const struct dirent *e; (e = readdir(d));) {
        char dir[400];
        if (e->d_name[0] == '.') continue;
        snprintf(dir, sizeof dir, "tests/golden/models/%s", e->d_name);
        pot_model *m;
        pot_error err = {0};
        CHECK(pot_model_open(&m, dir, &err) == POT_OK);
        CHECK(strncmp(e->d_name, pot_model_info(m)->arch, strlen(pot_model_info(m)->arch)) == 0);
        CHECK(pot_model_info(m)->n_warnings == 0);
        CHECK(pot_model_hash(m, 1, NULL, NULL, NULL) == POT_OK);
        pot_model_close(&m);
        n++;
    }
    closedir(d);
    CHECK(n >= 30);
}

int main(void)
{
    t_dir_open();
    test_facts();
    test_companions();
    test_tensors();
    test_dtypes();
    test_tied();
    test_files();
    test_longest();
    test_special();
    test_special_borders();
    test_shards();
    test_index_disagrees();
    test_index_hostile();
    test_progress();
    test_tensor_digests();
    test_unchanged();
    test_goldens();
    CHECK(pot_mem_used() == 0);
    return 0;
}
