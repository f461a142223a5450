/* Files: what is refused, what is noticed, and writes of which nobody ever sees a half. */
#define _GNU_SOURCE
#include "base/file.h"
#include "base/mem.h"
#include "base/sys.h"
#include "tdir.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

static pot_bytes text(const char *s)
{
    return (pot_bytes){(const uint8_t *)s, strlen(s)};
}

static void tick(void) /* file systems stamp with a clock of some milliseconds */
{
    nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
}

/* Both ways to read refuse it with this status, naming the file. */
static void refused(const char *path, pot_status status, int sys)
{
    pot_error err[2] = {{0}, {0}};
    pot_map m = {.ino = 42};
    pot_buf b = POT_BUF(100);
    CHECK(pot_map_open(&m, path, &err[0]) == status && m.ino == 42);
    CHECK(pot_file_read(&b, path, &err[1]) == status && b.n == 0);
    for (int i = 0; i < 2; i++)
        CHECK(err[i].status == status && err[i].sys == sys && strcmp(err[i].file, path) == 0);
    pot_buf_free(&b);
}

static void test_refusals(void)
{
    refused(t_path("missing"), POT_E_IO, ENOENT);
    refused(t_dir, POT_E_FORMAT, 0);
    refused("/dev/null", POT_E_FORMAT, 0);
    const char *fifo = t_path("fifo"); /* opening one must not wait for a writer */
    CHECK(mkfifo(fifo, 0600) == 0);
    refused(fifo, POT_E_FORMAT, 0);
    CHECK(!pot_file_exists(fifo) && !pot_dir_exists(fifo) && pot_dir_exists(t_dir));
    CHECK(!pot_file_exists(t_dir) && !pot_file_exists(t_path("missing")));
    const char *closed = t_path("closed");
    t_text(closed, "x");
    CHECK(chmod(closed, 0) == 0 && pot_file_exists(closed));
    if (geteuid() == 0 && seteuid(65534) != 0) {
        printf("skipped: this root may read every file\n");
        return;
    }
    refused(closed, POT_E_IO, EACCES);
    if (getuid() == 0) CHECK(seteuid(0) == 0);
}

static void test_map(void)
{
    const char *path = t_path("map"), *other = t_path("other");
    static const char *const change[] = {"abce", "abcde", "abc", ""};
    pot_map m, empty;
    t_text(path, "");
    CHECK(pot_map_open(&empty, path, NULL) == POT_OK && empty.bytes.n == 0);
    CHECK(pot_map_unchanged(&empty, path, NULL) == POT_OK);
    pot_map_close(&empty);
    pot_map_close(&empty);
    for (size_t i = 0; i < sizeof change / sizeof *change; i++) {
        pot_error err = {0};
        t_text(path, "abcd");
        CHECK(pot_map_open(&m, path, &err) == POT_OK);
        CHECK(m.bytes.n == 4 && memcmp(m.bytes.p, "abcd", 4) == 0);
        CHECK(pot_map_unchanged(&m, path, &err) == POT_OK && err.status == POT_OK);
        tick();
        t_text(path, change[i]);
        CHECK(pot_map_unchanged(&m, path, &err) == POT_E_IO && strcmp(err.file, path) == 0);
        pot_map_close(&m);
    }
    t_text(path, "abcd");
    CHECK(pot_map_open(&m, path, NULL) == POT_OK);
    tick();
    t_text(other, "abcd"); /* the same bytes in another file */
    CHECK(pot_map_unchanged(&m, other, NULL) == POT_E_IO);
    CHECK(rename(other, path) == 0);
    CHECK(pot_map_unchanged(&m, path, NULL) == POT_E_IO);
    CHECK(unlink(path) == 0);
    pot_error err = {0};
    CHECK(pot_map_unchanged(&m, path, &err) == POT_E_IO && err.sys == ENOENT);
    pot_map_close(&m);
}

static void test_read(void)
{
    const char *path = t_path("read");
    static char big[200000], want[sizeof big + 1];
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (char)t_u64();
    t_write(path, big, sizeof big);
    pot_buf b = POT_BUF(sizeof big + 1);
    pot_buf_str(&b, ">");
    CHECK(pot_file_read(&b, path, NULL) == POT_OK); /* appended, and just fits */
    want[0] = '>';
    memcpy(want + 1, big, sizeof big);
    CHECK(b.n == sizeof want && memcmp(b.p, want, sizeof want) == 0);

    pot_error err = {0};
    CHECK(pot_file_read(&b, path, &err) == POT_E_FORMAT && b.n == sizeof want);
    CHECK(strstr(err.msg, "200000 bytes") && b.status == POT_OK);
    pot_buf_free(&b);
    t_text(path, "");
    CHECK(pot_file_read(&b, path, NULL) == POT_OK && b.n == 0);
    pot_buf none = POT_BUF(0);
    CHECK(pot_file_read(&none, path, NULL) == POT_OK);
    t_text(path, "x");
    CHECK(pot_file_read(&none, path, NULL) == POT_E_FORMAT);
}

/* open, then one call per block, then the one that finds the end. */
static void test_read_failing(void)
{
    const char *path = t_path("read");
    static char big[200000];
    t_write(path, big, sizeof big);
    uint64_t n = 1;
    for (pot_status s = POT_E_IO; s != POT_OK; n++) {
        pot_error err = {0};
        pot_buf b = POT_BUF(1 << 20);
        pot_file_fail_at(n, EIO);
        s = pot_file_read(&b, path, &err);
        CHECK(s == POT_OK ? b.n == sizeof big : s == POT_E_IO && err.sys == EIO);
        pot_buf_free(&b);
    }
    CHECK(n == 2 + 4 + 1 + 1);
    for (n = 2; n < 7; n++) { /* a signal in between is no failure */
        pot_buf b = POT_BUF(1 << 20);
        pot_file_fail_at(n, EINTR);
        CHECK(pot_file_read(&b, path, NULL) == POT_OK && b.n == sizeof big);
        pot_buf_free(&b);
    }
    pot_map m = {0};
    pot_error err = {0};
    for (n = 1; n < 3; n++, err = (pot_error){0}) {
        pot_file_fail_at(n, ENOMEM);
        CHECK(pot_map_open(&m, path, &err) == POT_E_IO && err.sys == ENOMEM && !m.bytes.p);
    }
    pot_file_fail_at(0, 0);
    for (uint64_t a = 1; a < 3; a++) {
        pot_buf b = POT_BUF(1 << 20);
        pot_mem_fail_at(a);
        CHECK(pot_file_read(&b, path, NULL) == POT_E_NOMEM);
        pot_buf_free(&b);
    }
    pot_mem_fail_at(0);
}

static void test_path_join(void)
{
    char out[PATH_MAX], dir[PATH_MAX];
    static const char *const good[][2] = {{"a", "a/n"},     {"a/", "a/n"}, {"a///", "a/n"},
                                          {"a/b", "a/b/n"}, {".", "./n"},  {"/", "//n"}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK(pot_path_join(out, good[i][0], "n", NULL) == POT_OK && !strcmp(out, good[i][1]));
    memset(dir, 'd', sizeof dir);
    dir[PATH_MAX - 3] = '\0'; /* and "/n" and NUL just fit */
    CHECK(pot_path_join(out, dir, "n", NULL) == POT_OK && strlen(out) == PATH_MAX - 1);
    CHECK(pot_path_join(out, dir, "no", NULL) == POT_E_ARG);
}

static void test_write(void)
{
    const char *path = t_path("w/file");
    struct stat st;
    pot_error err = {0};
    CHECK(pot_file_write(path, text("one"), 0600, false, &err) == POT_E_IO && err.sys == ENOENT);
    CHECK(mkdir(t_path("w"), 0700) == 0);
    const mode_t old = umask(077); /* the mode is the mode */
    CHECK(pot_file_write(path, text("one"), 0644, false, NULL) == POT_OK);
    umask(old);
    CHECK(t_holds(path, "one") && stat(path, &st) == 0 && (st.st_mode & 07777) == 0644);
    err = (pot_error){0};
    CHECK(pot_file_write(path, text("two"), 0600, false, &err) == POT_E_IO);
    CHECK(t_holds(path, "one") && strstr(err.msg, "exists already") && !err.sys);
    CHECK(pot_file_write(path, text("two"), 0600, true, NULL) == POT_OK);
    CHECK(t_holds(path, "two") && stat(path, &st) == 0 && (st.st_mode & 07777) == 0600);
    CHECK(pot_file_write(path, (pot_bytes){0}, 0600, true, NULL) == POT_OK && t_holds(path, ""));
    CHECK(t_count(t_path("w")) == 1);

    char longest[PATH_MAX + 10];
    memset(longest, 'p', sizeof longest);
    longest[PATH_MAX - 12] = '\0';
    CHECK(pot_file_write(longest, text("x"), 0600, false, NULL) ==
          POT_E_IO); /* one name: too long */
    longest[PATH_MAX - 12] = 'p', longest[PATH_MAX - 11] = '\0';
    CHECK(pot_file_write(longest, text("x"), 0600, false, NULL) == POT_E_ARG);
}

/* Never instead of what is no file: a directory, a pipe, /dev/null by a link. */
static void test_write_over(void)
{
    const char *dir = t_path("o/dir"), *fifo = t_path("o/fifo"), *null = t_path("o/null"),
               *link = t_path("o/link"), *file = t_path("o/file");
    struct stat st;
    CHECK(mkdir(t_path("o"), 0700) == 0 && mkdir(dir, 0700) == 0 && mkfifo(fifo, 0600) == 0);
    CHECK(symlink("/dev/null", null) == 0 && symlink("file", link) == 0);
    for (int force = 0; force < 2; force++) {
        CHECK(pot_file_write(dir, text("x"), 0600, force, NULL) == POT_E_IO && pot_dir_exists(dir));
        CHECK(pot_file_write(fifo, text("x"), 0600, force, NULL) == POT_E_IO);
        CHECK(stat(fifo, &st) == 0 && S_ISFIFO(st.st_mode));
        CHECK(pot_file_write(null, text("x"), 0600, force, NULL) == POT_E_IO);
        CHECK(lstat(null, &st) == 0 && S_ISLNK(st.st_mode));
    }
    CHECK(pot_file_write(link, text("x"), 0600, false, NULL) == POT_E_IO); /* even if dangling */
    CHECK(!pot_file_exists(file));
    t_text(file, "target");
    CHECK(pot_file_write(link, text("x"), 0600, true, NULL) ==
          POT_OK); /* the link, not behind it */
    CHECK(t_holds(link, "x") && t_holds(file, "target") && t_count(t_path("o")) == 5);
}

/* Every call failing in turn: the old file or the new one, and nothing beside it. */
static void test_write_failing(void)
{
    CHECK(mkdir(t_path("f"), 0700) == 0);
    const char *path = t_path("f/file");
    for (int force = 0; force < 2; force++) {
        uint64_t n = 1;
        for (pot_status s = POT_E_IO; s != POT_OK; n++) {
            pot_error err = {0};
            t_clear(path);
            if (force) t_text(path, "old");
            pot_file_fail_at(n, ENOSPC);
            s = pot_file_write(path, text("new"), 0600, force, &err);
            if (s != POT_OK) {
                CHECK(s == POT_E_IO && err.sys == ENOSPC && strcmp(err.file, path) == 0);
                CHECK(force ? t_holds(path, "old") : !pot_file_exists(path));
            } else CHECK(t_holds(path, "new"));
            CHECK(t_count(t_path("f")) == (pot_file_exists(path) ? 1 : 0));
        }
        CHECK(n == 4 + 2); /* create, write, fsync, rename or link; then success */
    }
    pot_file_fail_at(2, EINTR);
    CHECK(pot_file_write(path, text("again"), 0600, true, NULL) == POT_OK &&
          t_holds(path, "again"));
    pot_file_fail_at(0, 0);
}

static pot_status in_pieces(const char *path, bool force, pot_error *err)
{
    pot_newfile f = {0};
    pot_status s = pot_newfile_begin(&f, path, 0600, force, err);
    if (s == POT_OK) s = pot_newfile_add(&f, text("....two"), err);
    if (s == POT_OK) s = pot_newfile_add(&f, text(" three"), err);
    if (s == POT_OK) s = pot_newfile_head(&f, text("one "), err);
    if (s == POT_OK) s = pot_newfile_add(&f, text("!"), err);
    if (s == POT_OK) return pot_newfile_commit(&f, err);
    pot_newfile_abort(&f);
    return s;
}

/* A file in pieces, its beginning last: whole, or as it was. */
static void test_newfile(void)
{
    CHECK(mkdir(t_path("n"), 0700) == 0);
    const char *path = t_path("n/file");
    pot_newfile f = {0};
    for (int force = 0; force < 2; force++) {
        pot_status s = POT_E_IO;
        for (uint64_t n = 1; s != POT_OK; n++) {
            pot_error err = {0};
            t_clear(path);
            if (force) t_text(path, "old");
            pot_file_fail_at(n, EDQUOT);
            s = in_pieces(path, force, &err);
            CHECK(t_count(t_path("n")) == (pot_file_exists(path) ? 1 : 0));
            if (s == POT_OK) CHECK(t_holds(path, "one two three!") && n == 10);
            else
                CHECK(err.sys == EDQUOT && (force ? t_holds(path, "old") : !pot_file_exists(path)));
        }
    }
    pot_file_fail_at(0, 0);
    pot_error err = {0};
    CHECK(pot_newfile_begin(&f, path, 0600, false, &err) == POT_E_IO && !f.open); /* at once */
    CHECK(strstr(err.msg, "exists already"));
    CHECK(pot_newfile_begin(&f, path, 0600, true, NULL) == POT_OK);
    CHECK(pot_newfile_head(&f, text("longer than it is"), NULL) == POT_E_ARG);
    pot_newfile_abort(&f);
    CHECK(t_count(t_path("n")) == 1);
}

/* A disk that is really full, and a limit that is really reached half-way. */
static void test_full(void)
{
    static char big[100000];
    pot_error err = {0};
    const int fd = open("/dev/full", O_WRONLY);
    CHECK(fd >= 0);
    CHECK(pot_sys_write(fd, text("x"), "name", &err) == POT_E_IO && err.sys == ENOSPC);
    CHECK(strcmp(err.file, "name") == 0);
    close(fd);

    CHECK(mkdir(t_path("l"), 0700) == 0);
    const char *path = t_path("l/file");
    t_text(path, "old");
    struct rlimit old, low;
    CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
    low = (struct rlimit){.rlim_cur = 70000, .rlim_max = old.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    CHECK(setrlimit(RLIMIT_FSIZE, &low) == 0);
    err = (pot_error){0};
    const pot_bytes data = {(const uint8_t *)big, sizeof big};
    const pot_status s = pot_file_write(path, data, 0600, true, &err);
    CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
    CHECK(s == POT_E_IO && err.sys == EFBIG);
    CHECK(t_holds(path, "old") && t_count(t_path("l")) == 1);
}

int main(void)
{
    t_seed();
    t_dir_open();
    test_refusals();
    test_map();
    test_read();
    test_read_failing();
    test_path_join();
    test_write();
    test_write_over();
    test_write_failing();
    test_newfile();
    test_full();
    CHECK(pot_mem_used() == 0);
    return 0;
}
