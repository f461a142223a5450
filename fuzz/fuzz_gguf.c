/* Whatever the bytes, a GGUF file is refused with a reason, or its values lie in it and can be
 * asked for, and its tensors follow each other in it; and its metadata are refused with a reason
 * or become JSON that names an architecture; and so does a tokenizer, which then encodes a text.
 * Target functions: pot_gguf_read, pot_gguf_find, the readers of values, pot_gguf_config,
 * pot_gguf_tokens. */
#include "fuzz.h"

#include "model/gguf_family.h"
#include "token/gguf_tokens.h"
#include "token/parse.h"

#include <pot/status.h>

#include <stdlib.h>
#include <string.h>

#define MOST 65536

static void check(int ok)
{
    if (!ok) abort();
}

static void check_in(pot_bytes part, pot_bytes file)
{
    check(part.p >= file.p && part.n <= (size_t)(file.p + file.n - part.p));
}

static void check_value(const pot_gguf *g, const pot_gguf_value *v, pot_bytes file)
{
    uint32_t u;
    double d;
    bool b;
    pot_bytes s = {0}, rest = v->data;
    check(pot_gguf_find(g, v->key) == v);
    int kinds = pot_gguf_u32(g, v->key, &u, NULL) == POT_OK;
    kinds += pot_gguf_f64(g, v->key, &d, NULL) == POT_OK;
    kinds += pot_gguf_bool(g, v->key, &b, NULL) == POT_OK;
    kinds += pot_gguf_string(g, v->key, &s, NULL) == POT_OK;
    check(kinds <= 2 && (!v->array || kinds == 0));
    check_in(v->data, file);
    for (uint64_t i = 0; v->type != POT_GGUF_STRING && i < v->n; i++)
        (void)pot_gguf_number(v, i);
    for (uint64_t i = 0; v->type == POT_GGUF_STRING && i < v->n; i++) {
        s = pot_gguf_next_string(&rest);
        check_in(s, v->data);
    }
    check(v->type != POT_GGUF_STRING || rest.n == 0);
}

static void check_config(const pot_gguf *g, pot_arena *arena)
{
    const struct pot_gguf_family *row = NULL;
    pot_buf text = POT_BUF((size_t)1 << 16);
    pot_error err = {0};
    pot_status s = pot_gguf_config(g, &row, &text, &err);
    if (s == POT_OK) {
        pot_json doc;
        pot_arch arch;
        check(pot_json_parse(&doc, (pot_bytes){(uint8_t *)text.p, text.n}, "f", &err) == POT_OK);
        s = pot_arch_read(&arch, arena, &doc, NULL, &err);
        check(s != POT_OK || (row && arch.layers > 0 && arch.vocab > 0));
        pot_json_close(&doc);
    }
    check(s == POT_OK || s == POT_E_FORMAT || s == POT_E_UNSUPPORTED || s == POT_E_NOMEM);
    check(err.status == s && (s == POT_OK || err.msg[0]));
    pot_buf_free(&text);
}

static void check_tokens(const pot_gguf *g)
{
    static const char text[] = "ab abc\n<|end|> caf\xc3\xa9 123";
    pot_buf json = POT_BUF((size_t)16 << 20);
    pot_tokenizer *t = NULL;
    pot_tokens ids = {0};
    pot_error err = {0};
    pot_status s = pot_gguf_tokens(&json, g, &err);
    if (s == POT_OK) s = pot_tokenizer_parse(&t, (pot_bytes){(uint8_t *)json.p, json.n}, "f", &err);
    check(s == POT_OK || s == POT_E_FORMAT || s == POT_E_UNSUPPORTED || s == POT_E_NOMEM);
    check(err.status == s && (s == POT_OK || err.msg[0]));
    if (s == POT_OK && pot_tokenizer_encode(t, &ids, text, sizeof text - 1, true, NULL) == POT_OK)
        for (size_t i = 0; i < ids.n; i++)
            check(pot_tokenizer_piece(t, ids.id[i]) != NULL);
    pot_tokens_free(&ids);
    pot_tokenizer_close(&t);
    pot_buf_free(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > MOST) return 0;
    const pot_bytes file = {data, size};
    pot_arena arena;
    pot_gguf g = {0};
    pot_error err = {0};
    pot_arena_init(&arena, (size_t)64 << 20);
    const pot_status s = pot_gguf_read(&g, &arena, file, "f", &err);
    check(s == POT_OK || s == POT_E_FORMAT);
    check(err.status == s && (s == POT_OK || (err.msg[0] && strcmp(err.file, "f") == 0)));
    const uint8_t *at = file.p;
    for (size_t i = 0; i < g.n_values; i++)
        check_value(&g, &g.value[i], file);
    for (size_t i = 0; i < g.n_tensors; i++) {
        check_in(g.tensor[i].data, file);
        check(g.tensor[i].data.p >= at && g.tensor[i].dims >= 1 && g.tensor[i].dims <= 4);
        at = g.tensor[i].data.p + g.tensor[i].data.n;
    }
    if (s == POT_OK) check_config(&g, &arena);
    if (s == POT_OK) check_tokens(&g);
    pot_arena_close(&arena);
    check(pot_mem_used() == 0);
    return 0;
}
