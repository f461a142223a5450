/* model.h - a language model as it lies on the disk.
 *
 *     pot_model *m;
 *     s = pot_model_open(&m, "models/base", &err);     headers only, no weight is read
 *     s = pot_model_hash(m, 0, NULL, NULL, &err);      reads all of it once
 *     printf("%s, %llu parameters\n", pot_model_info(m)->arch, ...);
 *     pot_model_close(&m);
 *
 * A model is a Hugging Face directory: config.json, model.safetensors or its shards with
 * model.safetensors.index.json, and, unless only ids are scored, tokenizer.json or
 * tokenizer.model; or a GGUF file, or the first file of a split one; or a directory that holds one
 * of these. */
#ifndef POT_MODEL_H
#define POT_MODEL_H

#include <pot/progress.h>

typedef struct pot_model pot_model;

/* The path that a name stands for, into path[size]:
 *     hf:owner/name[@revision]   the snapshot in the cache of huggingface_hub: HF_HUB_CACHE, else
 *                                HF_HOME/hub, else ~/.cache/huggingface/hub
 *     ollama:name[:tag]          the GGUF file in the store of Ollama: OLLAMA_MODELS, else
 *                                ~/.ollama/models; name may be namespace/name
 * and of everything else, itself.  Nothing is downloaded: POT_E_IO says where it looked.  Names
 * that could lead elsewhere are POT_E_ARG. */
POT_API POT_MUST_USE pot_status pot_model_resolve(char *path, size_t size, const char *name,
                                                  pot_error *err);

/* The tokenizer of a model of that name: tokenizer.json or tokenizer.model in a directory, else
 * the file itself. */
POT_API POT_MUST_USE pot_status pot_model_find_tokenizer(char *path, size_t size, const char *name,
                                                         pot_error *err);

/* Open a model by its path, or by such a name.  Read config, index and tensor headers; check that
 * every tensor that the architecture needs is there in its shape, and no other.  What is not known
 * exactly is refused by name (POT_E_UNSUPPORTED); what is broken, with file and place
 * (POT_E_FORMAT). */
POT_API POT_MUST_USE pot_status pot_model_open(pot_model **out, const char *name, pot_error *err);
POT_API void pot_model_close(pot_model **m); /* frees and NULLs; NULL is allowed */

/* A file of the model.  `sha256` counts only where `hashed`. */
typedef struct {
    const char *name; /* in the directory */
    uint64_t size;
    bool hashed;
    uint8_t sha256[32];
} pot_model_file;

/* A tensor of the files, as they name it. */
typedef struct {
    const char *name, *dtype, *file;
    const uint64_t *shape; /* [dims] */
    unsigned dims;
    bool used; /* false: nothing that scores depend on */
    uint64_t bytes;
    bool hashed; /* pot_model_hash_tensors is done */
    uint8_t sha256[32];
} pot_model_tensor;

/* A tensor as the model uses it, whatever the files call it: docs/format/weights.md. */
typedef struct {
    char name[64];
    const char *dtype;
    uint32_t rows, columns; /* columns 0: a vector */
    uint8_t sha256[32];
} pot_model_value;

/* How fast dimensions of heads turn: rope. */
typedef struct {
    const char *scaling; /* "default" (none), "linear", "yarn", ... */
    double theta, factor;
    uint32_t dims, original; /* dimensions of a head that turn; context before scaling */
} pot_model_rope;

typedef struct {
    const char *name, *path; /* last part of what was given, and the path */
    const char *arch;        /* "llama", ...: config.json's model_type */
    const char *container;   /* "safetensors" or "GGUF" */
    const char *dtype;       /* "BF16"; a mixture is "BF16+F32", the most bytes first */
    uint64_t params, bytes;  /* elements and bytes of the weights */
    uint32_t vocab, hidden, layers, heads, kv_heads, head_dim, ffn, context;
    const char *positions, *activation; /* "rope", "learned", "alibi"; "silu", "gelu", ... */
    bool tied;                          /* the output head is the embedding */
    pot_model_rope rope[2]; /* of all layers; or of those that see everything, and the others */
    uint32_t n_ropes;
    uint32_t window, window_layers; /* keys that a token sees in so many of the layers; 0, 0 */
    uint32_t experts, experts_used, expert_ffn, shared_ffn, expert_layers; /* 0: none */
    bool has_tokenizer, has_chat_template;
    const pot_model_file *weights,
        *other; /* safetensors; config, index, tokenizer: hashed at open */
    size_t n_weights, n_other, n_tensors;
    bool hashed;                 /* pot_model_hash is done */
    uint8_t weights_sha256[32];  /* over the raw digests of the weights' files, sorted by name */
    bool digested;               /* pot_model_digest is done */
    uint8_t values_sha256[32];   /* the same for the same values in any container */
    const char *const *warnings; /* what was accepted and may surprise */
    size_t n_warnings;
} pot_model_facts;

POT_API const pot_model_facts *pot_model_info(const pot_model *m); /* borrowed from m */

/* Path of the tokenizer beside it, or of the GGUF file that holds one; NULL if there is none. */
POT_API const char *pot_model_tokenizer_path(const pot_model *m);

/* Read every weight once: SHA-256 of the files, and refusal of NaN and infinity (POT_E_FORMAT
 * naming tensor and element).  threads 0: one per processor. */
POT_API POT_MUST_USE pot_status pot_model_hash(pot_model *m, unsigned threads,
                                               pot_progress_fn *progress, void *ctx,
                                               pot_error *err);

/* The same in one reading, and SHA-256 of each tensor. */
POT_API POT_MUST_USE pot_status pot_model_hash_tensors(pot_model *m, unsigned threads,
                                                       pot_progress_fn *progress, void *ctx,
                                                       pot_error *err);

/* All tensors of the files, sorted by name; and, after pot_model_digest, the lines of that digest
 * in their order (NULL, 0 before).  Borrowed from m. */
POT_API const pot_model_tensor *pot_model_tensors(const pot_model *m, size_t *n);
POT_API const pot_model_value *pot_model_values(const pot_model *m, size_t *n);

/* Read every weight once: a digest of names, dtypes, shapes and values that is the same for
 * safetensors, its shards and GGUF copies (docs/format/weights.md).  Norms and biases count as F32.
 * What pot_model_hash_tensors has read and is used as it is stored is not read again. */
POT_API POT_MUST_USE pot_status pot_model_digest(pot_model *m, unsigned threads,
                                                 pot_progress_fn *progress, void *ctx,
                                                 pot_error *err);

/* POT_E_IO if a file is no longer the one that was opened. */
POT_API POT_MUST_USE pot_status pot_model_unchanged(const pot_model *m, pot_error *err);

#endif
