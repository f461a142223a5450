#define _GNU_SOURCE /* mkostemp */
#include "base/fail.h"
#include "base/file.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static pot_status refuse_old(const char *path, pot_error *err)
{
    return pot_fail_file(err, POT_E_IO, path, "exists already; choose another name or give -f");
}

pot_status pot_newfile_begin(pot_newfile *out, const char *path, unsigned mode, bool force,
                             pot_error *err)
{
    pot_newfile f = {.force = force};
    struct stat st; /* a renamed file would take the place of /dev/null */
    const int len = snprintf(f.path, sizeof f.path, "%s", path),
              tlen = snprintf(f.temp, sizeof f.temp, "%s.tmp-XXXXXX", path);
    if (len < 0 || tlen < 0 || tlen >= (int)sizeof f.temp)
        return pot_fail(err, POT_E_ARG, "the path is too long");
    if (!force && lstat(path, &st) == 0) return refuse_old(path, err);
    if (force && stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return pot_fail_file(err, POT_E_IO, path, "is not a regular file: not replaced with -f");
    f.fd = pot_sys_told_to_fail() ? -1 : mkostemp(f.temp, O_CLOEXEC);
    if (f.fd < 0) return pot_fail_sys(err, path, errno, "cannot create a file there");
    f.open = true;
    *out = f;
    if (fchmod(f.fd, mode) == 0) return POT_OK;
    const pot_status s = pot_fail_sys(err, path, errno, "cannot set its permissions");
    pot_newfile_abort(out);
    return s;
}

pot_status pot_newfile_add(pot_newfile *f, pot_bytes data, pot_error *err)
{
    POT_TRY(pot_sys_write_all(f->fd, data, f->path, err));
    f->size += data.n;
    return POT_OK;
}

pot_status pot_newfile_head(pot_newfile *f, pot_bytes data, pot_error *err)
{
    if (data.n > f->size) return pot_fail(err, POT_E_ARG, "more bytes than the file has");
    if (pot_sys_told_to_fail() || lseek(f->fd, 0, SEEK_SET) != 0)
        return pot_fail_sys(err, f->path, errno, "cannot go to the beginning of the file");
    POT_TRY(pot_sys_write_all(f->fd, data, f->path, err));
    if (pot_sys_told_to_fail() || lseek(f->fd, 0, SEEK_END) < 0)
        return pot_fail_sys(err, f->path, errno, "cannot go to the end of the file");
    return POT_OK;
}

static pot_status put_in_place(const pot_newfile *f, pot_error *err)
{
    POT_TRY(pot_sys_write(f->fd, (pot_bytes){0}, f->path, err));
    if (f->force && (pot_sys_told_to_fail() || rename(f->temp, f->path) != 0))
        return pot_fail_sys(err, f->path, errno, "cannot put the file in its place");
    if (!f->force && /* link, unlike rename, fails if it exists */
        (pot_sys_told_to_fail() || link(f->temp, f->path) != 0))
        return errno == EEXIST
                   ? refuse_old(f->path, err)
                   : pot_fail_sys(err, f->path, errno, "cannot put the file in its place");
    return POT_OK;
}

pot_status pot_newfile_commit(pot_newfile *f, pot_error *err)
{
    const pot_status s = put_in_place(f, err);
    pot_newfile_abort(f); /* after a rename the other name is gone already */
    return s;
}

void pot_newfile_abort(pot_newfile *f)
{
    if (!f->open) return;
    close(f->fd);
    unlink(f->temp);
    f->open = false;
}

pot_status pot_file_write(const char *path, pot_bytes data, unsigned mode, bool force,
                          pot_error *err)
{
    pot_newfile f = {0};
    POT_TRY(pot_newfile_begin(&f, path, mode, force, err));
    const pot_status s = pot_newfile_add(&f, data, err);
    if (s == POT_OK) return pot_newfile_commit(&f, err);
    pot_newfile_abort(&f);
    return s;
}
