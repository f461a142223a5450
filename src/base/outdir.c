#define _DEFAULT_SOURCE /* mkdtemp */
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
    for (; *names; names++)
        if (strcmp(*names, name) == 0) return true;
    return false;
}

/* An existing directory may be replaced only if all that is inside is ours. */
static pot_status check_old(const char *path, bool force, const char *const *names, pot_error *err)
{
    struct stat st;
    if (lstat(path, &st) != 0) return POT_OK;
    if (!force)
        return pot_fail_file(err, POT_E_IO, path, "exists already; choose another name or give -f");
    DIR *dir = S_ISDIR(st.st_mode) ? opendir(path) : (errno = ENOTDIR, NULL);
    if (!dir) return pot_fail_sys(err, path, errno, "is not a directory that can be replaced");
    pot_status s = POT_OK;
    for (const struct dirent *e; s == POT_OK && (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            (!known(names, e->d_name) || e->d_type == DT_DIR))
            s = pot_fail_file(err, POT_E_IO, path,
                              "holds %.60s, which no run wrote: not replaced even with -f",
                              e->d_name);
    closedir(dir);
    return s;
}

pot_status pot_outdir_begin(pot_outdir *d, const char *path, bool force, const char *const *names,
                            pot_error *err)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    pot_outdir it = {.names = names, .force = force};
    const int len = snprintf(it.path, sizeof it.path, "%.*s", (int)n, path);
    const int tlen = snprintf(it.temp, sizeof it.temp, "%s.tmp-XXXXXX", it.path);
    if (n == 0 || len < 0 || tlen < 0 || tlen >= (int)sizeof it.temp)
        return pot_fail(err, POT_E_ARG, "the output directory needs a name that fits");
    POT_TRY(check_old(it.path, force, names, err));
    if (pot_sys_told_to_fail() || !mkdtemp(it.temp))
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

/* Remove a directory that holds nothing but our files. */
static void remove_dir(const char *path, const char *const *names)
{
    char file[PATH_MAX];
    for (; *names; names++)
        if (pot_path_join(file, path, *names, NULL) == POT_OK) unlink(file);
    rmdir(path);
}

pot_status pot_outdir_commit(pot_outdir *d, pot_error *err)
{
    char old[PATH_MAX + 8];
    snprintf(old, sizeof old, "%s.old", d->temp);
    POT_TRY(check_old(d->path, d->force, d->names, err)); /* again: a run may take hours */
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
    if (replace) remove_dir(old, d->names);
    return POT_OK;
}

void pot_outdir_abort(pot_outdir *d)
{
    if (d->open) remove_dir(d->temp, d->names);
    d->open = false;
}
