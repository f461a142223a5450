#include "evidence/build.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

#define MOST_TEXT ((size_t)1 << 30)

json_t *pot_json_hex(const void *p, size_t n)
{
    if (!p) return json_null();
    pot_buf b = POT_BUF(2 * n + 1);
    pot_buf_hex(&b, p, n);
    json_t *v = b.status == POT_OK ? json_string(b.p ? b.p : "") : NULL;
    pot_buf_free(&b);
    return v;
}

json_t *pot_json_number(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

json_t *pot_json_f32_bits(const float *x, size_t stride, size_t n)
{
    pot_buf b = POT_BUF(8 * n + 1);
    for (size_t i = 0; i < n; i++) {
        uint32_t u;
        memcpy(&u, (const char *)x + i * stride, sizeof u);
        pot_buf_fmt(&b, "%08x", u);
    }
    json_t *v = b.status == POT_OK ? json_string(b.p ? b.p : "") : NULL;
    pot_buf_free(&b);
    return v;
}

json_t *pot_json_strings(const char *const *s, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(list, json_string(s[i])) != 0) return json_decref(list), NULL;
    return list;
}

static json_t *files(const pot_model_file *f, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *one = json_pack("{s:s, s:I, s:o}", "name", f[i].name, "size", (json_int_t)f[i].size,
                                "sha256", pot_json_hex(f[i].hashed ? f[i].sha256 : NULL, 32));
        if (json_array_append_new(list, one) != 0) return json_decref(list), NULL;
    }
    return list;
}

json_t *pot_json_model(const pot_model_facts *f)
{
    return json_pack(
        "{s:s, s:s, s:I, s:I, s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:s, s:s, s:b, s:b,"
        " s:b, s:i, s:o, s:o, s:o}",
        "name", f->name, "arch", f->arch, "params", (json_int_t)f->params, "bytes",
        (json_int_t)f->bytes, "container", f->container, "dtype", f->dtype, "vocab", (int)f->vocab,
        "hidden", (int)f->hidden, "layers", (int)f->layers, "heads", (int)f->heads, "kv_heads",
        (int)f->kv_heads, "head_dim", (int)f->head_dim, "ffn", (int)f->ffn, "context",
        (int)f->context, "positions", f->positions, "activation", f->activation, "tied_head",
        f->tied, "tokenizer", f->has_tokenizer, "chat_template", f->has_chat_template, "tensors",
        (int)f->n_tensors, "weights_sha256", pot_json_hex(f->hashed ? f->weights_sha256 : NULL, 32),
        "weights", files(f->weights, f->n_weights), "files", files(f->other, f->n_other));
}

pot_status pot_json_text(pot_text *out, json_t *v, bool indent, pot_error *err)
{
    pot_buf b = POT_BUF(MOST_TEXT);
    pot_status s = pot_json_dump(&b, v, indent, err);
    pot_buf_str(&b, "\n");
    if (s == POT_OK) s = pot_buf_status(&b, err);
    if (s == POT_OK) *out = (pot_text){b.p, b.n};
    else pot_buf_free(&b);
    return s;
}
