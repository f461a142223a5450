/* The ids after which a model ends a text, where its files say so. */
#include "base/fail.h"
#include "model/gguf.h"
#include "model/model.h"

#include <string.h>

#include <pot/generate.h>

#define MOST_CONFIG ((size_t)4 << 20)

struct list {
    uint32_t *id, vocab;
    size_t n;
};

/* An id that the model cannot give ends nothing. */
static void add(struct list *l, uint32_t id)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->id[i] == id) return;
    if (id < l->vocab && l->n < POT_MOST_END_IDS) l->id[l->n++] = id;
}

static pot_status add_json(struct list *l, const pot_json *at, pot_error *err)
{
    const json_int_t id = json_integer_value(at->v);
    if (!json_is_integer(at->v) || id < 0 || id > UINT32_MAX)
        return pot_json_fail(at, POT_E_FORMAT, err, "the id of a token is expected");
    add(l, (uint32_t)id);
    return POT_OK;
}

/* eos_token_id: null, an id, or a list of ids. */
static pot_status read_member(struct list *l, const pot_json *config, pot_error *err)
{
    const pot_json at = pot_json_get(config, "eos_token_id");
    if (!pot_json_has(config, "eos_token_id")) return POT_OK;
    if (!json_is_array(at.v)) return add_json(l, &at, err);
    if (json_array_size(at.v) > POT_MOST_END_IDS)
        return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "at most %d ids are expected",
                             POT_MOST_END_IDS);
    for (size_t i = 0; i < json_array_size(at.v); i++) {
        const pot_json one = pot_json_at(&at, i);
        POT_TRY(add_json(l, &one, err));
    }
    return POT_OK;
}

static pot_status read_json(struct list *l, const pot_model *m, const char *name, pot_error *err)
{
    char path[PATH_MAX];
    pot_buf text = POT_BUF(MOST_CONFIG);
    pot_json doc = {0};
    pot_status s;
    POT_TRY(pot_path_join(path, m->dir, name, err));
    if (!pot_file_exists(path)) return POT_OK;
    POT_GO(s, pot_file_read(&text, path, err));
    POT_GO(s, pot_json_parse(&doc, (pot_bytes){(const uint8_t *)text.p, text.n}, path, err));
    POT_GO(s, read_member(l, &doc, err));
    const pot_json inside = pot_json_get(&doc, "text_config");
    if (!l->n && json_is_object(inside.v)) s = read_member(l, &inside, err);
out:
    pot_json_close(&doc);
    pot_buf_free(&text);
    return s;
}

static pot_status read_gguf(struct list *l, const pot_model *m, pot_error *err)
{
    static const char *const keys[] = {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id",
                                       "tokenizer.ggml.eom_token_id"};
    pot_arena arena;
    pot_gguf g = {0};
    pot_arena_init(&arena, (size_t)1 << 30);
    pot_status s = pot_gguf_read(&g, &arena, m->map[0].bytes, m->facts.path, err);
    for (size_t i = 0; s == POT_OK && i < sizeof keys / sizeof *keys; i++) {
        uint32_t id = UINT32_MAX;
        s = pot_gguf_u32(&g, keys[i], &id, err);
        if (s == POT_OK) add(l, id);
    }
    pot_arena_close(&arena);
    return s;
}

pot_status pot_model_end_ids(const pot_model *m, uint32_t id[POT_MOST_END_IDS], size_t *n,
                             pot_error *err)
{
    uint32_t found[POT_MOST_END_IDS];
    struct list l = {.id = found, .vocab = m->facts.vocab};
    const bool gguf = strcmp(m->facts.container, "GGUF") == 0;
    if (gguf) POT_TRY(read_gguf(&l, m, err));
    if (!gguf) POT_TRY(read_json(&l, m, "generation_config.json", err));
    if (!gguf && !l.n) POT_TRY(read_json(&l, m, "config.json", err));
    memcpy(id, found, l.n * sizeof *id);
    *n = l.n;
    return POT_OK;
}
