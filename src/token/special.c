/* The special tokens around a text where a tokenizer.model leaves them to
 * tokenizer_config.json. */
#include "token/postprocessor.h"

#include "base/fail.h"

#include <string.h>

/* What the tokenizer classes of transformers add that leave the ids as SentencePiece gives them. */
typedef struct {
    const char *name;
    bool bos, eos;
    bool fixed; /* whatever add_bos_token and add_eos_token say */
} class;

static const class classes[] = {
    {"LlamaTokenizer", true, false, false},     {"LlamaTokenizerFast", true, false, false},
    {"CodeLlamaTokenizer", true, false, false}, {"CodeLlamaTokenizerFast", true, false, false},
    {"GemmaTokenizer", true, false, false},     {"GemmaTokenizerFast", true, false, false},
    {"T5Tokenizer", false, true, true},         {"T5TokenizerFast", false, true, true},
};

static pot_status read_class(class *out, const pot_json *doc, pot_error *err)
{
    const char *name = classes[0].name;
    const pot_json at = pot_json_get(doc, "tokenizer_class");
    POT_TRY(pot_json_opt_str(doc, "tokenizer_class", &name, err));
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (strcmp(classes[i].name, name) == 0) return *out = classes[i], POT_OK;
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err,
                         "what %.60s makes of a SentencePiece model is not known; save its "
                         "tokenizer.json with transformers",
                         name);
}

/* "bos_token": "<s>", or {"content": "<s>", ...}; absent, the model's own name. */
static pot_status read_id(uint32_t *id, const pot_json *doc, const char *key, const char *name,
                          const pot_vocab *v, pot_error *err)
{
    const pot_json at = pot_json_get(doc, key);
    if (at.v && json_is_object(at.v)) POT_TRY(pot_json_str(&at, "content", &name, err));
    else if (pot_json_has(doc, key)) POT_TRY(pot_json_str(doc, key, &name, err));
    *id = pot_vocab_id(v, name, strlen(name));
    if (*id != POT_NO_ID) return POT_OK;
    return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "\"%.40s\" is not a piece of the model",
                         name);
}

static pot_status read_around(pot_post *out, pot_arena *a, const pot_vocab *v, const pot_sp *sp,
                              const pot_json *doc, pot_error *err)
{
    class c = classes[0];
    uint32_t *id = pot_arena_new(a, 3, sizeof *id), n = 0;
    if (!id) return pot_fail_mem(err);
    if (doc->v) POT_TRY(read_class(&c, doc, err));
    if (doc->v && !c.fixed) POT_TRY(pot_json_opt_bool(doc, "add_bos_token", &c.bos, err));
    if (doc->v && !c.fixed) POT_TRY(pot_json_opt_bool(doc, "add_eos_token", &c.eos, err));
    if (c.bos) POT_TRY(read_id(&id[n++], doc, "bos_token", sp->bos, v, err));
    id[n++] = POT_NO_ID;
    if (c.eos) POT_TRY(read_id(&id[n++], doc, "eos_token", sp->eos, v, err));
    out->around = id;
    out->n_around = n;
    return POT_OK;
}

pot_status pot_post_read_config(pot_post *out, pot_arena *a, const pot_vocab *v, const pot_sp *sp,
                                pot_bytes config, pot_error *err)
{
    pot_json doc = {.file = "tokenizer_config.json"};
    if (config.n) POT_TRY(pot_json_parse(&doc, config, "tokenizer_config.json", err));
    const pot_status s = read_around(out, a, v, sp, &doc, err);
    pot_json_close(&doc);
    return s;
}
