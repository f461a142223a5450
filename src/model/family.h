/* family.h - the row of facts that describes one model_type: see families_table.c. */
#ifndef POT_MODEL_FAMILY_H
#define POT_MODEL_FAMILY_H

#include "model/arch.h"

/* A yes-or-no fact: the member `key` of config.json, else `value`; no key: always `value`. */
struct pot_flag {
    const char *key;
    bool value;
};

struct pot_family {
    const char *type; /* model_type */

    /* Keys of config.json for the sizes.  A NULL key means that the fact has no key. */
    const char *hidden, *layers, *heads, *kv_heads, *ffn, *context, *eps_key, *act_key;
    uint32_t kv_default;  /* where kv_heads is absent; 0: as many as heads */
    uint32_t ffn_default; /* where ffn is absent or null: this many times hidden; 0: required */
    bool head_dim;        /* the key head_dim is obeyed; else hidden / heads */
    double eps;           /* where the key is absent */
    const char *act;
    bool tied;
    struct pot_flag bias_qkv, bias_o, bias_mlp;
    bool bias_head;

    pot_norm norm;
    pot_block block;
    pot_pos_kind position;
    uint32_t pos_offset;
    const char *theta_key, *partial_key; /* rope; rope_parameters is read too */
    double partial, theta;               /* where their keys are absent; theta 0: 10000 */
    uint32_t original;  /* original_max_position_embeddings where it is absent; 0: none */
    bool longrope_only; /* see pot_rope_where */
    pot_qkv qkv;
    bool columns, glu;

    /* What needs more than a key: sliding windows, orders.  NULL for none. */
    pot_status (*more)(pot_arch *a, pot_layer_arch *layer, const pot_json *config, pot_error *err);
    const char *const *more_keys; /* that it reads, NULL-terminated */

    /* Tensor names without ".weight" and ".bias": '@' is the first prefix that fits the
     * file, '%' the number of the layer. */
    const char *prefix[3];
    const char *name[POT_SLOTS];
    const char *const *buffers; /* ends of names that hold no weights, NULL-terminated */
};

extern const struct pot_family *const pot_families[]; /* NULL-terminated */

#endif
