/* file.h - files mapped, read whole, and written so that nobody sees a half. */
#ifndef POT_BASE_FILE_H
#define POT_BASE_FILE_H

#include "base/buf.h"
#include "base/rd.h"

#include <limits.h>

#ifndef PATH_MAX
#define PATH_MAX 4096
#endif

/* A read-only mapping, with what is needed to notice that the file changed under it. */
typedef struct {
    pot_bytes bytes; /* owned by the mapping */
    uint64_t dev, ino, mtime_ns, ctime_ns;
} pot_map;

POT_MUST_USE pot_status pot_map_open(pot_map *m, const char *path, pot_error *err);
void pot_map_close(pot_map *m); /* a zeroed map is allowed */

/* Give back the memory that looking at it has taken; it may be looked at again. */
void pot_map_rest(const pot_map *m);

/* POT_E_IO if `path` is no longer the file that was mapped, byte for byte and in place. */
POT_MUST_USE pot_status pot_map_unchanged(const pot_map *m, const char *path, pot_error *err);

/* Append the whole file to `out`; more bytes than its cap are refused before reading. */
POT_MUST_USE pot_status pot_file_read(pot_buf *out, const char *path, pot_error *err);

bool pot_file_exists(const char *path);
bool pot_dir_exists(const char *path);

/* Make a directory; one that is there already is fine. */
POT_MUST_USE pot_status pot_dir_make(const char *path, pot_error *err);

/* dir + "/" + name into out[PATH_MAX]; POT_E_ARG if it does not fit. */
POT_MUST_USE pot_status pot_path_join(char *out, const char *dir, const char *name, pot_error *err);

/* Write a file beside its place and rename it there: `path` holds all of it or is as before.
 * An existing file is replaced only with `force`.  `mode` is the permission bits. */
POT_MUST_USE pot_status pot_file_write(const char *path, pot_bytes data, unsigned mode, bool force,
                                       pot_error *err);

/* The same for a file that is written piece by piece, its beginning last. */
typedef struct {
    char path[PATH_MAX], temp[PATH_MAX];
    int fd;
    bool open, force;
    uint64_t size; /* so far */
} pot_newfile;

POT_MUST_USE pot_status pot_newfile_begin(pot_newfile *f, const char *path, unsigned mode,
                                          bool force, pot_error *err);
POT_MUST_USE pot_status pot_newfile_add(pot_newfile *f, pot_bytes data, pot_error *err);

/* Put other bytes in the place of its first ones. */
POT_MUST_USE pot_status pot_newfile_head(pot_newfile *f, pot_bytes data, pot_error *err);

/* Put it in its place; in every case it is closed then, and leaves no trace on failure. */
POT_MUST_USE pot_status pot_newfile_commit(pot_newfile *f, pot_error *err);
void pot_newfile_abort(pot_newfile *f); /* a zeroed or committed one is allowed */

/* A directory that appears complete or not at all: files are written into its sibling
 * NAME.partial, which pot_outdir_commit renames.  Until then pot_outdir_abort leaves no trace, and
 * pot_outdir_keep leaves the sibling, so that a later run may go on with pot_outdir_resume. */
typedef struct {
    char path[PATH_MAX], temp[PATH_MAX];
    const char *const *names;   /* borrowed: the files that may be inside, NULL-terminated */
    const char *const *scratch; /* borrowed: those that only the partial directory has; or NULL */
    bool open, force;
} pot_outdir;

/* An existing `path` is refused without `force`, and always when it holds a file that is
 * not in `names`: nothing is deleted that was not made by the same kind of run.  The same holds for
 * a partial directory that an interrupted run has left. */
POT_MUST_USE pot_status pot_outdir_begin(pot_outdir *d, const char *path, bool force,
                                         const char *const *names, const char *const *scratch,
                                         pot_error *err);
POT_MUST_USE pot_status pot_outdir_resume(pot_outdir *d, const char *path, bool force,
                                          const char *const *names, const char *const *scratch,
                                          pot_error *err);
POT_MUST_USE pot_status pot_outdir_append(pot_outdir *d, const char *name, pot_bytes data,
                                          pot_error *err);

/* Replace a scratch file, readable by its owner only: whole or not at all.  `name` and `next`,
 * under which it is written, are both scratch names. */
POT_MUST_USE pot_status pot_outdir_replace(pot_outdir *d, const char *name, const char *next,
                                           pot_bytes data, pot_error *err);

/* Overwrite a file that held a secret, and remove it; cut one to its first n bytes. */
void pot_outdir_wipe(const pot_outdir *d, const char *name);
POT_MUST_USE pot_status pot_outdir_cut(const pot_outdir *d, const char *name, uint64_t n,
                                       pot_error *err);
POT_MUST_USE pot_status pot_outdir_commit(pot_outdir *d, pot_error *err);
void pot_outdir_keep(pot_outdir *d);
void pot_outdir_abort(pot_outdir *d); /* a zeroed or committed one is allowed */

/* For tests: the n-th call from now that opens, reads, writes or renames fails with `sys` (1 =
 * the next); with sys = 0 the n-th piece of a file is read short.  n = 0: off. */
void pot_file_fail_at(uint64_t n, int sys);

#endif
