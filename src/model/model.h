/* model.h - the inside of an opened model: files, tensors, and the weights by their slot. */
#ifndef POT_MODEL_MODEL_H
#define POT_MODEL_MODEL_H

#include "base/ring.h"
#include "model/arch.h"
#include "model/safetensors.h"

#include <pot/model.h>

/* What a tensor has of the weights of a slot. */
typedef enum {
    POT_ROLE_WHOLE,
    POT_ROLE_NIBBLES, /* of MXFP4 in two tensors: see pot_scaling */
    POT_ROLE_POWERS,  /* its scales */
    POT_ROLE_INTS,    /* packed integers */
    POT_ROLE_SCALES,  /* F32, F16 or BF16 */
    POT_ROLE_NOTES,   /* zero points, lists of groups, shapes: any bits are numbers */
} pot_role;

typedef struct {
    pot_tensor t;
    uint32_t file;  /* index into pot_model.map */
    pot_dtype type; /* F32 of integers and notes */
    pot_role role;
    const pot_quant_scheme *scheme; /* borrowed: the arch, where other tensors take part */
    bool used;
    bool aside; /* no weight of a slot: read by gguf_open.c into the architecture */
} pot_weight;

typedef struct pot_slot_view {
    const pot_weight *w, *b;          /* arena; NULL where there is none */
    pot_scaling scaling;              /* what other tensors do to w; groups are in the arena */
    const struct pot_slot_view *each; /* arena: [count], where each has tensors of its own */
} pot_slot_view;

struct pot_model {
    pot_arena arena;
    const char *dir;            /* arena: where its files are */
    const char *tokenizer_path; /* arena; NULL if there is none */
    const char *const *names;   /* of the tensors by slot: static or arena */
    pot_arch arch;
    pot_map *map;       /* owned (arena): [facts.n_weights], in the order of facts.weights */
    pot_weight *weight; /* arena: sorted by name */
    size_t n_weights;
    pot_model_tensor *tensor; /* arena: [n_weights], the same for others to see */
    pot_model_value *value;   /* arena: [n_values], once it is digested */
    size_t n_values;
    pot_slot_view *slot;         /* arena: [layers][POT_SLOTS]; what exists once is in layer 0 */
    const pot_weight *tied_copy; /* a stored head that must equal the embedding; or NULL */
    pot_model_file *weights, *other; /* arena: what facts shows */
    pot_buf warn;
    pot_model_facts facts;
};

/* The weights in a slot of a layer; 0 for what exists once. */
static inline const pot_slot_view *pot_model_slot(const pot_model *m, uint32_t layer, pot_slot slot)
{
    return &m->slot[(size_t)layer * POT_SLOTS + slot];
}

/* Weights as they lie in the file: the i-th of the `count` in a slot, n elements each. */
typedef struct {
    const uint8_t *p; /* borrowed: the file; NULL where there are none */
    pot_dtype type;
    pot_scaling scaling;
} pot_values;

static inline pot_values pot_values_at(const pot_weight *w, size_t i, size_t n)
{
    return w ? (pot_values){.p = w->t.data.p + pot_dtype_bytes(w->type, i * n), .type = w->type}
             : (pot_values){.type = POT_F32};
}

static inline pot_values pot_slot_weight(const pot_slot_view *v, size_t i, size_t n)
{
    const bool each = v->each != NULL;
    const pot_slot_view *own = each ? &v->each[i] : v;
    pot_values values = pot_values_at(own->w, each ? 0 : i, n);
    values.scaling = own->scaling;
    if (values.scaling.kind == POT_SCALED_MXFP4 && !each) { /* 32 elements in 16 bytes and one */
        values.p = own->w->t.data.p + i * n / 2;
        values.scaling.scale += i * n / 32;
    }
    return values;
}

static inline pot_values pot_slot_bias(const pot_slot_view *v, size_t i, size_t n)
{
    return v->each ? pot_values_at(v->each[i].b, 0, n) : pot_values_at(v->b, i, n);
}

/* hash.c: pot_model_hash of n models, so many files at a time as the pool has threads; read where
 * they are mapped or, without touching the mapping, through a ring of at least POT_HASH_RING. */
struct pot_pool;
#define POT_HASH_RING ((size_t)2 << 20)
POT_MUST_USE pot_status pot_models_hash(pot_model *const *m, size_t n, struct pot_pool *pool,
                                        pot_ring *ring, pot_progress_fn *progress, void *ctx,
                                        pot_error *err);

/* Digests of the files, sha256[n_weights], that are known from an earlier reading; what they give
 * as the digest of the weights. */
POT_MUST_USE pot_status pot_model_set_digests(pot_model *m, const uint8_t (*sha256)[32],
                                              pot_error *err);

/* Give back the memory that looking into the mapped files has taken. */
void pot_model_rest(const pot_model *m);

/* bind.c: find the tensor of each slot, check shapes, refuse what is missing or too much. */
POT_MUST_USE pot_status pot_model_bind(pot_model *m, pot_error *err);

/* files.c: map the weights' files and read their headers into m->weight. */
POT_MUST_USE pot_status pot_model_read_files(pot_model *m, pot_error *err);

/* gguf_open.c: the same, and the architecture, from `name` in m->dir and the other files of
 * its split. */
POT_MUST_USE pot_status pot_model_read_gguf(pot_model *m, const char *name, pot_error *err);

#define POT_FILE_NAME 256 /* bytes of a name in a directory, NUL included */

/* gguf_open.c: the file that a directory without config.json stands for: its only GGUF model;
 * "" if there is none, refused if there are more. */
POT_MUST_USE pot_status pot_gguf_in_dir(char name[POT_FILE_NAME], const char *dir, pot_error *err);

/* files.c: room for n files; map file i, its path being given back; append its tensors; and at
 * the end sort all by name. */
POT_MUST_USE pot_status pot_model_room(pot_model *m, size_t n, pot_error *err);
POT_MUST_USE pot_status pot_model_map(pot_model *m, size_t i, const char *name, char path[PATH_MAX],
                                      pot_error *err);
POT_MUST_USE pot_status pot_model_append(pot_model *m, size_t i, const pot_tensor *t, size_t n,
                                         pot_error *err);
POT_MUST_USE pot_status pot_model_sort(pot_model *m, pot_error *err);

/* Add the digest of a small file (config, index, tokenizer) to facts.other; `data` may be
 * NULL when the file has not been read yet. */
POT_MUST_USE pot_status pot_model_note_file(pot_model *m, const char *name, pot_bytes data,
                                            pot_error *err);

/* Whether a file is GGUF, by its name or its first bytes. */
bool pot_is_gguf(const char *path);

#endif
