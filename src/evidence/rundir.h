/* rundir.h - the inside of a run directory that is being written. */
#ifndef POT_EVIDENCE_RUNDIR_H
#define POT_EVIDENCE_RUNDIR_H

#include "base/file.h"
#include "base/mem.h"
#include "crypto/sha256.h"
#include "verify/run.h"

#include <pot/evidence.h>

#define POT_RUN_FILES 8

/* A file of challenges: transcript.ndjson, or calibration.ndjson. */
typedef struct {
    pot_evidence *e; /* whose it is */
    const char *name;
    pot_sha256_state sha256;
    uint64_t size;
} pot_lines;

struct pot_evidence {
    pot_verify *v; /* borrowed */
    pot_outdir dir;
    char opened_at[21];
    pot_lines transcript, calibration;
    pot_bytes replay; /* borrowed: lines that are there already and must come again */
    pot_buf trace;    /* lines that are not in the file yet */
    struct {
        const char *name;
        uint64_t size;
        uint8_t sha256[POT_SHA256_SIZE];
    } file[POT_RUN_FILES];
    size_t n_files;

    /* resume.c */
    pot_arena paths;              /* of the models, in a run that was resumed */
    bool resumed;                 /* the directory was there before, or is kept: it stays */
    bool checkpoint;              /* one is in the directory */
    uint8_t hidden_sha256[2][32]; /* of the hidden states that are in it */
};

extern const char *const pot_run_names[];   /* of the directory */
extern const char *const pot_run_scratch[]; /* of the partial one */

/* Put what is begun into a run directory that exists: begin the transcript, listen to v. */
POT_MUST_USE pot_status pot_evidence_listen(pot_evidence *e, pot_error *err);

/* The commitment's files, for the manifest; written too, unless they are there. */
POT_MUST_USE pot_status pot_evidence_commitment(pot_evidence *e, bool write, pot_error *err);

/* Write the lines of the trace that are not in the file yet. */
POT_MUST_USE pot_status pot_evidence_flush(pot_evidence *e, pot_error *err);

/* resume.c: a pot_keep_fn. */
POT_MUST_USE pot_status pot_evidence_checkpoint(void *evidence, pot_error *err);

/* resume.c: overwrite the key in the partial directory. */
void pot_evidence_forget(pot_evidence *e);

#endif
