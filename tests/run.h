/* run.h - what tests of whole runs share: a fixed key, a run into a directory, a file's bytes. */
#ifndef T_RUN_H
#define T_RUN_H

#include "base/file.h"
#include "t.h"

#include <pot/evidence.h>

#include <string.h>

static const uint8_t run_key[POT_KEY_SIZE] = "a fixed key is good for tests 32";
static const uint8_t run_id[POT_RUN_ID_SIZE] = "a fixed run id.";

static inline void must(pot_status s, const pot_error *err)
{
    char text[1024];
    if (s == POT_OK) return;
    pot_error_text(err, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    exit(1);
}

/* Verify with the fixed key and leave the evidence in `dir` (NULL: none); the first failure. */
static inline pot_status run_into(pot_decision *found, const pot_verify_options *o, const char *dir,
                                  pot_error *err)
{
    pot_verify *v = NULL;
    pot_evidence *e = NULL;
    pot_verify_options with = *o;
    with.key = run_key;
    with.run_id = run_id;
    *found = POT_UNDECIDED;
    pot_status s = pot_verify_open(&v, &with, err);
    if (s == POT_OK && dir) s = pot_evidence_open(&e, v, dir, true, err);
    if (s == POT_OK) s = pot_verify_run(v, err);
    if (s == POT_OK) *found = pot_verify_verdict(v)->decision;
    if (s == POT_OK && dir) s = pot_evidence_finish(&e, err);
    pot_evidence_abort(&e);
    pot_verify_close(&v);
    return s;
}

/* The bytes of a file of a directory; pot_buf_free them. */
static inline pot_buf run_file(const char *dir, const char *name)
{
    char path[PATH_MAX];
    pot_error err = {0};
    pot_buf b = POT_BUF((size_t)1 << 28);
    must(pot_path_join(path, dir, name, &err), &err);
    must(pot_file_read(&b, path, &err), &err);
    return b;
}

#endif
