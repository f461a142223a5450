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

/* What it says that a tensor is there, or one of several with '|' between them, or not: a member
 * and its two values. */
struct pot_gguf_present {
    const char *tensor, *config, *yes, *no;
};

struct pot_gguf_family {
    const char *arch;                   /* general.architecture */
    const char *type;                   /* model_type of the family with the same mathematics */
    bool experts;                       /* it has them, and the row is for models that do */
    uint32_t gating;                    /* of their scores, as expert_gating_func says: 1 softmax,
                                           2 sigmoid; 0: no key says it */
    bool latent;                        /* latent attention */
    const struct pot_gguf_key *keys[4]; /* lists ended by {NULL, NULL}; a NULL member: the key is
                                           known, and read elsewhere or held by the shapes */
    const char *partial; /* member for the share of a head that turns; NULL: all of it */
    const struct pot_gguf_present *present; /* ended by NULLs; or NULL */
    const char *say;                        /* members that no key can say; or NULL */
    const char *say_scaling;                /* the same of rope_scaling, where it is not plain */
    double eps;           /* the only epsilon that is built in; 0: it has a member */
    uint32_t root_layers; /* scores are scaled by 1 / sqrt(head_dim), but in a model of so many
                             layers by sqrt(heads / hidden): no key says it; 0: by the family */
    bool pairs;           /* rows of q and k were put in pair order */
    const char *name[POT_SLOTS]; /* where it is not that of pot_gguf_names */
};

/* Ended by a row without arch.  Of several rows for one architecture, with experts or without as
 * the file, the first that knows all keys of the file is taken. */
extern const struct pot_gguf_family pot_gguf_families[];

/* longrope's factors, which are read with the metadata. */
#define POT_GGUF_LONG  "rope_factors_long.weight"
#define POT_GGUF_SHORT "rope_factors_short.weight"

/* Names of the tensors, '%' being the number of the layer. */
extern const char *const pot_gguf_names[POT_SLOTS];

/* gguf_config.c: write the config.json that says what the metadata say, append it to `out`, and
 * give the row.  What is not understood is refused by its key. */
POT_MUST_USE pot_status pot_gguf_config(const pot_gguf *g, const struct pot_gguf_family **row,
                                        pot_buf *out, pot_error *err);

/* A tensor, or NULL. */
const pot_tensor *pot_gguf_tensor(const pot_gguf *g, const char *name);

#endif
