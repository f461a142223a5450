/* gguf_family.h - what GGUF calls the facts and the tensors of each architecture: one row of
 * gguf_table.c each. */
#ifndef POT_MODEL_GGUF_FAMILY_H
#define POT_MODEL_GGUF_FAMILY_H

#include "model/arch.h"
#include "model/gguf.h"

/* A key of the file, without the architecture and the dot before it, and the member of
 * config.json that says the same. */
struct pot_gguf_key {
    const char *key, *config;
};

struct pot_gguf_family {
    const char *arch; /* general.architecture */
    const char *type; /* model_type of the family with the same mathematics */
    const struct pot_gguf_key *keys, *more_keys; /* ended by {NULL, NULL}; more_keys may be NULL */
    const char *partial; /* member for the share of a head that turns; NULL: all of it */
    const struct pot_gguf_key *present; /* tensor and the flag that it being there sets; or NULL */
    bool pairs;                         /* rows of q and k were put in pair order */
    const char *name[POT_SLOTS];        /* where it is not that of pot_gguf_names */
};

/* Ended by a row without arch.  Of several rows for one architecture the first that knows all
 * keys of the file is taken. */
extern const struct pot_gguf_family pot_gguf_families[];

/* Names of the tensors, '%' being the number of the layer. */
extern const char *const pot_gguf_names[POT_SLOTS];

/* gguf_config.c: write the config.json that says what the metadata say, append it to `out`, and
 * give the row.  What is not understood is refused by its key. */
POT_MUST_USE pot_status pot_gguf_config(const pot_gguf *g, const struct pot_gguf_family **row,
                                        pot_buf *out, pot_error *err);

/* A tensor, or NULL. */
const pot_tensor *pot_gguf_tensor(const pot_gguf *g, const char *name);

#endif
