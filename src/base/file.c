#define _GNU_SOURCE /* O_CLOEXEC, st_mtim */
#include "base/file.h"

#include "base/fail.h"
#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static _Atomic uint64_t fail_countdown; /* tests only */
static _Atomic int fail_errno;

void pot_file_fail_at(uint64_t n, int sys)
{
    fail_errno = sys;
    fail_countdown = n;
}

/* Is this the call that a test chose? */
static bool chosen(void)
{
    uint64_t n = atomic_load(&fail_countdown);
    while (n && !atomic_compare_exchange_weak(&fail_countdown, &n, n - 1)) {
    }
    return n == 1;
}

bool pot_sys_told_to_fail(void)
{
    if (!fail_errno || !chosen()) return false;
    errno = fail_errno;
    return true;
}

ssize_t pot_sys_pread(int fd, void *to, size_t n, uint64_t at)
{
    if (!fail_countdown || !chosen()) return pread(fd, to, n, (off_t)at);
    errno = fail_errno;
    return errno ? -1 : pread(fd, to, n / 2 + 1, (off_t)at);
}

static uint64_t ns(struct timespec t)
{
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Open a regular file for reading and stat it. */
static pot_status open_regular(int *fd, struct stat *st, const char *path, pot_error *err)
{
    *fd = pot_sys_told_to_fail() ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0) return pot_fail_sys(err, path, errno, "cannot open the file");
    if (fstat(*fd, st) != 0) {
        const int sys = errno;
        close(*fd);
        return pot_fail_sys(err, path, sys, "cannot stat the file");
    }
    if (!S_ISREG(st->st_mode)) {
        close(*fd);
        return pot_fail_file(err, POT_E_FORMAT, path, "a regular file is expected here");
    }
    return POT_OK;
}

pot_status pot_map_open(pot_map *m, const char *path, pot_error *err)
{
    int fd;
    struct stat st;
    POT_TRY(open_regular(&fd, &st, path, err));
    const size_t n = (size_t)st.st_size;
    void *p = NULL;
    if (n) {
        p = pot_sys_told_to_fail() ? MAP_FAILED : mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
        const int sys = errno;
        close(fd);
        if (p == MAP_FAILED) return pot_fail_sys(err, path, sys, "cannot map the file");
    } else {
        close(fd);
    }
    *m = (pot_map){.bytes = {p, n},
                   .dev = st.st_dev,
                   .ino = st.st_ino,
                   .mtime_ns = ns(st.st_mtim),
                   .ctime_ns = ns(st.st_ctim)};
    return POT_OK;
}

void pot_map_close(pot_map *m)
{
    if (m->bytes.n) munmap((void *)(uintptr_t)m->bytes.p, m->bytes.n);
    *m = (pot_map){0};
}

void pot_map_rest(const pot_map *m)
{
    if (m->bytes.n) madvise((void *)(uintptr_t)m->bytes.p, m->bytes.n, MADV_DONTNEED);
}

pot_status pot_map_unchanged(const pot_map *m, const char *path, pot_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0) return pot_fail_sys(err, path, errno, "the file went away");
    if (st.st_dev == m->dev && st.st_ino == m->ino && (size_t)st.st_size == m->bytes.n &&
        ns(st.st_mtim) == m->mtime_ns && ns(st.st_ctim) == m->ctime_ns)
        return POT_OK;
    return pot_fail_file(err, POT_E_IO, path,
                         "the file changed while it was being read; run again");
}

pot_status pot_file_read(pot_buf *out, const char *path, pot_error *err)
{
    int fd;
    struct stat st;
    POT_TRY(open_regular(&fd, &st, path, err));
    pot_status s = POT_OK;
    if ((uint64_t)st.st_size > out->cap - out->n)
        s = pot_fail_file(err, POT_E_FORMAT, path,
                          "%lld bytes; at most %zu are expected in such a file",
                          (long long)st.st_size, out->cap);
    static const size_t block = 1 << 16;
    char *const chunk = pot_mem_raw(block, 1);
    if (s == POT_OK && !chunk) s = pot_fail_mem(err);
    while (s == POT_OK) {
        const ssize_t n = pot_sys_told_to_fail() ? -1 : read(fd, chunk, block);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) s = pot_fail_sys(err, path, errno, "cannot read the file");
        if (n <= 0) break;
        pot_buf_add(out, chunk, (size_t)n);
        s = pot_buf_status(out, err);
    }
    pot_mem_free(chunk);
    close(fd);
    return pot_fail_in(err, s, path);
}

bool pot_file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool pot_dir_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

pot_status pot_dir_make(const char *path, pot_error *err)
{
    if ((!pot_sys_told_to_fail() && mkdir(path, 0755) == 0) || pot_dir_exists(path)) return POT_OK;
    return pot_fail_sys(err, path, errno, "cannot make this directory");
}

pot_status pot_path_join(char *out, const char *dir, const char *name, pot_error *err)
{
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/')
        n--;
    const int len = snprintf(out, PATH_MAX, "%.*s/%s", (int)n, dir, name);
    if (len > 0 && len < PATH_MAX) return POT_OK;
    return pot_fail(err, POT_E_ARG, "a path longer than %d bytes", PATH_MAX);
}

pot_status pot_sys_write_all(int fd, pot_bytes data, const char *path, pot_error *err)
{
    while (data.n) {
        const ssize_t n = pot_sys_told_to_fail() ? -1 : write(fd, data.p, data.n);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return pot_fail_sys(err, path, errno, "cannot write the file");
        data.p += n;
        data.n -= (size_t)n;
    }
    return POT_OK;
}

pot_status pot_sys_write(int fd, pot_bytes data, const char *path, pot_error *err)
{
    POT_TRY(pot_sys_write_all(fd, data, path, err));
    if (pot_sys_told_to_fail() || fsync(fd) != 0)
        return pot_fail_sys(err, path, errno, "cannot write the file to the disk");
    return POT_OK;
}
