/* tiny.h - write a small random llama with a tokenizer into a directory.  Needs tdir.h. */
#ifndef T_TINY_H
#define T_TINY_H

#include "tdir.h"

typedef struct {
    unsigned vocab, context;
    uint64_t seed;         /* of the weights */
    double scale, head;    /* of the weights, and of those of the output head */
    const char *tokenizer; /* a file to copy; NULL for none */
} tiny;

enum { TINY_HIDDEN = 16, TINY_FFN = 24, TINY_HEAD = 1 };

static const struct {
    const char *name;
    unsigned rows, cols; /* 0: vocab; cols 1: a vector of ones */
} tiny_tensors[] = {
    {"model.embed_tokens.weight", 0, TINY_HIDDEN},
    {"lm_head.weight", 0, TINY_HIDDEN},
    {"model.norm.weight", TINY_HIDDEN, 1},
    {"model.layers.0.input_layernorm.weight", TINY_HIDDEN, 1},
    {"model.layers.0.post_attention_layernorm.weight", TINY_HIDDEN, 1},
    {"model.layers.0.self_attn.q_proj.weight", TINY_HIDDEN, TINY_HIDDEN},
    {"model.layers.0.self_attn.k_proj.weight", TINY_HIDDEN, TINY_HIDDEN},
    {"model.layers.0.self_attn.v_proj.weight", TINY_HIDDEN, TINY_HIDDEN},
    {"model.layers.0.self_attn.o_proj.weight", TINY_HIDDEN, TINY_HIDDEN},
    {"model.layers.0.mlp.gate_proj.weight", TINY_FFN, TINY_HIDDEN},
    {"model.layers.0.mlp.up_proj.weight", TINY_FFN, TINY_HIDDEN},
    {"model.layers.0.mlp.down_proj.weight", TINY_HIDDEN, TINY_FFN},
};

#define TINY_TENSORS (sizeof tiny_tensors / sizeof *tiny_tensors)

static inline size_t tiny_rows(const tiny *m, size_t i)
{
    return tiny_tensors[i].rows ? tiny_tensors[i].rows : m->vocab;
}

static inline void tiny_weights(const tiny *m, const char *path)
{
    char header[4000] = "{";
    size_t len = 1, at = 0;
    for (size_t i = 0; i < TINY_TENSORS; i++) {
        const size_t n = tiny_rows(m, i) * tiny_tensors[i].cols * sizeof(float);
        char shape[40];
        if (tiny_tensors[i].cols == 1) snprintf(shape, sizeof shape, "%zu", tiny_rows(m, i));
        else snprintf(shape, sizeof shape, "%zu,%u", tiny_rows(m, i), tiny_tensors[i].cols);
        len += (size_t)snprintf(header + len, sizeof header - len,
                                "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],"
                                "\"data_offsets\":[%zu,%zu]}",
                                i ? "," : "", tiny_tensors[i].name, shape, at, at + n);
        at += n;
    }
    header[len++] = '}';
    FILE *f = fopen(path, "wb");
    CHECK(f);
    for (int i = 0; i < 8; i++)
        fputc((int)(len >> 8 * i & 255), f);
    CHECK(fwrite(header, 1, len, f) == len);
    const uint64_t keep = t_state;
    t_state = m->seed;
    for (size_t i = 0; i < TINY_TENSORS; i++)
        for (size_t k = 0; k < tiny_rows(m, i) * tiny_tensors[i].cols; k++) {
            const float x =
                tiny_tensors[i].cols == 1
                    ? 1.0f
                    : (float)((t_unit() * 2 - 1) * (i == TINY_HEAD ? m->head : m->scale));
            CHECK(fwrite(&x, sizeof x, 1, f) == 1);
        }
    t_state = keep;
    CHECK(fclose(f) == 0);
}

/* Make the directory `name` below the test's own; returns its path. */
static inline const char *tiny_model(const char *name, tiny m)
{
    char text[600], path[PATH_MAX];
    const char *dir = t_path(name);
    CHECK(mkdir(dir, 0755) == 0);
    snprintf(text, sizeof text,
             "{\"model_type\":\"llama\",\"vocab_size\":%u,\"hidden_size\":%d,"
             "\"num_hidden_layers\":1,\"num_attention_heads\":2,\"intermediate_size\":%d,"
             "\"max_position_embeddings\":%u}",
             m.vocab, TINY_HIDDEN, TINY_FFN, m.context);
    snprintf(path, sizeof path, "%s/config.json", dir);
    t_text(path, text);
    snprintf(path, sizeof path, "%s/model.safetensors", dir);
    tiny_weights(&m, path);
    if (m.tokenizer) {
        size_t n;
        char *p = t_read(m.tokenizer, &n);
        CHECK(p);
        snprintf(path, sizeof path, "%s/tokenizer.json", dir);
        t_write(path, p, n);
        free(p);
    }
    return dir;
}

#endif
