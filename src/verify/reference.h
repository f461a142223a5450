/* reference.h - the inside of a reference file, as it is written and as it is read:
 * docs/format/potref.md.
 *
 *     0    magic, offset and size of the document, key, tag     POT_POTREF_HEAD bytes
 *     128  sections, each at a multiple of 64, zeros between
 *     ...  the document: JSON, to the end of the file
 *
 * tag = HMAC-SHA256(key, document), and the document holds the size and digest of each section. */
#ifndef POT_VERIFY_REFERENCE_H
#define POT_VERIFY_REFERENCE_H

#include "base/file.h"
#include "base/mem.h"
#include "crypto/sha256.h"
#include "engine/engine.h"
#include "kernel/linear.h"
#include "score/classes.h"

#include <pot/reference.h>

#define POT_POTREF_HEAD   128
#define POT_POTREF_ALIGN  64
#define POT_MOST_VOCAB    ((uint32_t)1 << 24)
#define POT_MOST_WIDTH    ((uint32_t)1 << 20)
#define POT_MOST_SECTIONS 4

typedef struct {
    const char *name;  /* "challenges", then "classes"; or "hidden", "head" and perhaps "bias" */
    uint64_t size, at; /* `at` follows from the sizes before it */
    uint8_t sha256[32];
} pot_reference_section;

/* The output head of an exact one; what else the engine does to logits. */
typedef struct {
    uint32_t width;
    pot_dtype type; /* of the matrix [vocab][width] */
    bool bias;
    float scale, cap; /* as in pot_arch */
} pot_reference_head;

typedef struct {
    pot_reference_facts facts;
    pot_reference_head head;
    pot_reference_section section[POT_MOST_SECTIONS];
    size_t sections;
} pot_reference_document;

/* Append the document to `out`. */
POT_MUST_USE pot_status pot_reference_write(pot_buf *out, const pot_reference_document *d,
                                            pot_error *err);

/* Read one; POT_E_FORMAT for anything that pot_reference_write does not write.  `arena` owns its
 * strings; sizes are checked against each other, sections' offsets filled in. */
POT_MUST_USE pot_status pot_reference_read(pot_reference_document *d, pot_arena *arena,
                                           pot_bytes text, const char *file, pot_error *err);

/* The first bytes of a file. */
POT_MUST_USE pot_status pot_reference_head_bytes(uint8_t out[POT_POTREF_HEAD],
                                                 const uint8_t key[POT_KEY_SIZE],
                                                 pot_bytes document, uint64_t at, pot_error *err);

/* The output head of an engine, n rows of its matrix from `at` on as they are written; and of what
 * was written, the same again (`arch` has its sizes, and what becomes of logits). */
pot_reference_head pot_head_describe(const pot_linear *w, const pot_arch *a);
void pot_head_rows(const pot_kernels *k, const pot_linear *w, size_t at, size_t n, void *out);
pot_linear pot_head_restore(pot_arch *arch, const pot_reference_head *h, uint32_t vocab,
                            const void *matrix, const void *bias);

/* One challenge of the file. */
typedef struct {
    uint32_t prompt; /* bytes of its text that were asked */
    pot_ids ids;     /* arena */
    uint64_t row;    /* of its first position */
} pot_saved;

struct pot_reference {
    pot_reference_document d;
    uint8_t key[POT_KEY_SIZE];
    pot_map map;    /* owned; zeroed where the bytes are somebody else's */
    pot_bytes file; /* borrowed: all of it */
    pot_arena arena;
    const pot_saved *saved; /* arena: [challenges] */
    pot_classes classes;    /* not of an exact one */
    pot_arch arch;          /* of an exact one, of its head only; when an engine is opened */
};

/* pot_reference_open of bytes in memory, which stay there. */
POT_MUST_USE pot_status pot_reference_over(pot_reference **out, pot_bytes file, const char *path,
                                           pot_error *err);

/* The tail classes of a key and run id: tail[vocab]. */
POT_MUST_USE pot_status pot_reference_tails(uint8_t *tail, uint32_t vocab, uint32_t tails,
                                            const uint8_t key[POT_KEY_SIZE],
                                            const uint8_t run_id[POT_RUN_ID_SIZE], pot_error *err);

/* A section's bytes, by its name. */
pot_bytes pot_reference_part(const pot_reference *r, const char *name);

/* Bytes of one position in "classes"; and that record from a law and back. */
size_t pot_reference_record(uint32_t vocab, uint32_t top_k, uint32_t tails);
void pot_reference_pack(uint8_t *out, const pot_classes *c, const pot_class_law *law);
void pot_reference_unpack(pot_class_law *law, const pot_classes *c, const uint8_t *in);

#endif
