#define _GNU_SOURCE /* O_NOFOLLOW, d_type */
#include "base/fail.h"
#include "base/file.h"
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool known(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0) return true;
    return false;
}

/* Is all that is inside ours? */
static pot_status check_files(const char *path, const char *const *names,
                              const char *const *scratch, pot_error *err)
{
    struct stat st;
    DIR *dir =
        lstat(path, &st) == 0 && S_ISDIR(st.st_mode) ? opendir(path) : (errno = ENOTDIR, NULL);
    if (!dir) return pot_fail_sys(err, path, errno, "is not a directory that can be replaced");
    pot_status s = POT_OK;
    for (const struct dirent *e; s == POT_OK && (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            ((!known(names, e->d_name) && !known(scratch, e->d_name)) || e->d_type == DT_DIR))
            s = pot_fail_file(err, POT_E_IO, path,
                              "holds %.60s, which no run wrote: not replaced even with -f",
                              e->d_name);
    closedir(dir);
    return s;
}

/* An existing directory may be replaced only if that is wanted, and all that is inside is ours. */
static pot_status check_old(const char *path, bool force, const char *const *names, pot_error *err)
{
    struct stat st;
    if (lstat(path, &st) != 0) return POT_OK;
    if (force) return check_files(path, names, NULL, err);
    return pot_fail_file(err, POT_E_IO, path, "exists already; choose another name or give -f");
}

/* Remove a directory that holds nothing but our files. */
static void remove_dir(const char *path, const char *const *names, const char *const *scratch)
{
    char file[PATH_MAX];
    for (; *names; names++)
        if (pot_path_join(file, path, *names, NULL) == POT_OK) unlink(file);
    for (; scratch && *scratch; scratch++)
        if (pot_path_join(file, path, *scratch, NULL) == POT_OK) unlink(file);
    rmdir(path);
}

static pot_status name_it(pot_outdir *d, const char *path, bool force, const char *const *names,
                          const char *const *scratch, pot_error *err)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    *d = (pot_outdir){.names = names, .scratch = scratch, .force = force};
    const int len = snprintf(d->path, sizeof d->path, "%.*s", (int)n, path);
    const int tlen = snprintf(d->temp, sizeof d->temp, "%s.partial", d->path);
    if (n == 0 || len < 0 || tlen < 0 || tlen >= (int)sizeof d->temp)
        return pot_fail(err, POT_E_ARG, "the output directory needs a name that fits");
    return POT_OK;
}

/* What an interrupted run has left. */
static pot_status clear_partial(const pot_outdir *d, pot_error *err)
{
    struct stat st;
    if (lstat(d->temp, &st) != 0) return POT_OK;
    if (!d->force)
        return pot_fail_file(err, POT_E_IO, d->temp,
                             "is there: a run was interrupted, or is still at work; go on with "
                             "pot verify --resume, or give -f to begin anew");
    POT_TRY(check_files(d->temp, d->names, d->scratch, err));
    remove_dir(d->temp, d->names, d->scratch);
    return POT_OK;
}

pot_status pot_outdir_begin(pot_outdir *d, const char *path, bool force, const char *const *names,
                            const char *const *scratch, pot_error *err)
{
    pot_outdir it;
    POT_TRY(name_it(&it, path, force, names, scratch, err));
    POT_TRY(check_old(it.path, force, names, err));
    POT_TRY(clear_partial(&it, err));
    if (pot_sys_told_to_fail() || mkdir(it.temp, 0700) != 0)
        return pot_fail_sys(err, it.path, errno, "cannot create a directory there");
    if (chmod(it.temp, 0755) != 0) {
        const int sys = errno;
        rmdir(it.temp);
        return pot_fail_sys(err, it.path, sys, "cannot set its permissions");
    }
    it.open = true;
    *d = it;
    return POT_OK;
}

pot_status pot_outdir_resume(pot_outdir *d, const char *path, bool force, const char *const *names,
                             const char *const *scratch, pot_error *err)
{
    pot_outdir it;
    POT_TRY(name_it(&it, path, force, names, scratch, err));
    if (!pot_dir_exists(it.temp))
        return pot_fail_file(err, POT_E_IO, it.temp,
                             "is not there: no interrupted run can be resumed");
    POT_TRY(check_old(it.path, force, names, err));
    POT_TRY(check_files(it.temp, names, scratch, err));
    it.open = true;
    *d = it;
    return POT_OK;
}

pot_status pot_outdir_replace(pot_outdir *d, const char *name, const char *next, pot_bytes data,
                              pot_error *err)
{
    char path[PATH_MAX], temp[PATH_MAX];
    if (!known(d->scratch, name) || !known(d->scratch, next))
        return pot_fail(err, POT_E_ARG, "no file %s belongs here", name);
    POT_TRY(pot_path_join(path, d->temp, name, err));
    POT_TRY(pot_path_join(temp, d->temp, next, err));
    unlink(temp);
    const int fd = pot_sys_told_to_fail()
                       ? -1
                       : open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return pot_fail_sys(err, path, errno, "cannot create the file");
    const pot_status s = pot_sys_write(fd, data, path, err);
    close(fd);
    POT_TRY(s);
    if (pot_sys_told_to_fail() || rename(temp, path) != 0)
        return pot_fail_sys(err, path, errno, "cannot put the file in its place");
    return POT_OK;
}

pot_status pot_outdir_append(pot_outdir *d, const char *name, pot_bytes data, pot_error *err)
{
    char path[PATH_MAX], shown[PATH_MAX];
    if (!known(d->names, name)) return pot_fail(err, POT_E_ARG, "no file %s belongs here", name);
    POT_TRY(pot_path_join(path, d->temp, name, err));
    POT_TRY(pot_path_join(shown, d->path, name, err));
    const int fd =
        pot_sys_told_to_fail() ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0) return pot_fail_sys(err, shown, errno, "cannot create the file");
    const pot_status s = pot_sys_write(fd, data, shown, err);
    close(fd);
    return s;
}

void pot_outdir_wipe(const pot_outdir *d, const char *name)
{
    static const char zeros[4096];
    char path[PATH_MAX];
    struct stat st;
    if (pot_path_join(path, d->temp, name, NULL) != POT_OK) return;
    const int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return;
    for (off_t left = fstat(fd, &st) == 0 ? st.st_size : 0; left > 0;) {
        const size_t n = left < (off_t)sizeof zeros ? (size_t)left : sizeof zeros;
        const ssize_t done = write(fd, zeros, n);
        if (done <= 0) break;
        left -= done;
    }
    fsync(fd);
    close(fd);
    unlink(path);
}

pot_status pot_outdir_cut(const pot_outdir *d, const char *name, uint64_t n, pot_error *err)
{
    char path[PATH_MAX];
    POT_TRY(pot_path_join(path, d->temp, name, err));
    if (pot_sys_told_to_fail() || truncate(path, (off_t)n) != 0)
        return pot_fail_sys(err, path, errno, "cannot cut the file");
    return POT_OK;
}

pot_status pot_outdir_commit(pot_outdir *d, pot_error *err)
{
    char old[PATH_MAX + 8];
    snprintf(old, sizeof old, "%s.old", d->temp);
    POT_TRY(check_old(d->path, d->force, d->names, err)); /* again: a run may take hours */
    for (const char *const *name = d->scratch; name && *name; name++) {
        char file[PATH_MAX];
        POT_TRY(pot_path_join(file, d->temp, *name, err));
        unlink(file);
    }
    const bool replace = access(d->path, F_OK) == 0;
    if (replace && (pot_sys_told_to_fail() || rename(d->path, old) != 0))
        return pot_fail_sys(err, d->path, errno, "cannot move the old directory aside");
    if (pot_sys_told_to_fail() || rename(d->temp, d->path) != 0) {
        const int sys = errno;
        if (replace && rename(old, d->path) != 0)
            return pot_fail_sys(err, old, errno, "the old directory is now here: move it back");
        return pot_fail_sys(err, d->path, sys, "cannot put the directory in its place");
    }
    d->open = false;
    if (replace) remove_dir(old, d->names, NULL);
    return POT_OK;
}

void pot_outdir_abort(pot_outdir *d)
{
    if (d->open) remove_dir(d->temp, d->names, d->scratch);
    d->open = false;
}

void pot_outdir_keep(pot_outdir *d)
{
    d->open = false;
}
