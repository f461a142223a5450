/* checkpoint.h - what an interrupted run has done, so that another process can go on: the format of
 * checkpoint.json (docs/format/checkpoint.md).
 *
 * One line of JSON, and behind it a line with HMAC-SHA256(key, that line) in hexadecimal.  The key
 * is inside: the file is readable by its owner only, and gone when the run has ended. */
#ifndef POT_EVIDENCE_CHECKPOINT_H
#define POT_EVIDENCE_CHECKPOINT_H

#include "base/json.h"
#include "base/mem.h"

#include <pot/challenge.h>

/* A file of weights, as it was when it was hashed. */
typedef struct {
    const char *name; /* arena */
    uint64_t size, device, inode, mtime_ns, ctime_ns;
    uint8_t sha256[32];
} pot_checkpoint_file;

typedef struct {
    const char *path;                /* arena: of the model, or its name as hf: or ollama: */
    const pot_checkpoint_file *file; /* arena: [files]; none before they were hashed */
    size_t files;
} pot_checkpoint_side;

typedef struct {
    uint8_t key[POT_KEY_SIZE], run_id[POT_RUN_ID_SIZE], tag[POT_TAG_SIZE];
    const char *committed_at; /* arena */
    const char *corpus;       /* arena: path, or NULL */
    const char *copy;         /* arena: path of the reference's copy, or NULL */
    pot_checkpoint_side side[2];
    uint32_t lines;           /* challenges in the transcript */
    uint64_t transcript_size; /* and their bytes */
    uint8_t transcript_sha256[32];
    uint64_t calibration_size; /* of calibration.ndjson; 0 before it was complete, or without */
    uint8_t calibration_sha256[32];
    uint32_t rounds, rows, swept; /* of the sweep that was interrupted; models that have read it */
    uint8_t hidden_sha256[2][32]; /* of the files with their hidden states: [swept] */
    double hash_seconds, score_seconds;
} pot_checkpoint;

/* Append the file to `out`. */
POT_MUST_USE pot_status pot_checkpoint_write(pot_buf *out, const pot_checkpoint *c, pot_error *err);

/* POT_E_FORMAT for anything that pot_checkpoint_write does not write, or a wrong HMAC.  `arena`
 * owns the strings; *c is wiped on failure. */
POT_MUST_USE pot_status pot_checkpoint_read(pot_checkpoint *c, pot_arena *arena, pot_bytes text,
                                            const char *file, pot_error *err);

#endif
