/* Output directories: complete or absent, and nothing is deleted that is not ours. */
#define _GNU_SOURCE
#include "base/file.h"
#include "tdir.h"

#include <errno.h>

static const char *const names[] = {"a.json", "b.json", "log", NULL};
static const char *const scratch[] = {"state", "state.new", NULL};

static pot_bytes text(const char *s)
{
    return (pot_bytes){(const uint8_t *)s, strlen(s)};
}

/* Begin, write three files in five pieces, commit; what fails is aborted. */
static pot_status produce(const char *path, bool force, const char *version, pot_error *err)
{
    pot_outdir d = {0};
    pot_status s;
    POT_GO(s, pot_outdir_begin(&d, path, force, names, scratch, err));
    POT_GO(s, pot_outdir_append(&d, "a.json", text(version), err));
    POT_GO(s, pot_outdir_append(&d, "log", text("1"), err));
    POT_GO(s, pot_outdir_append(&d, "log", text(version), err));
    POT_GO(s, pot_outdir_append(&d, "log", (pot_bytes){0}, err));
    POT_GO(s, pot_outdir_append(&d, "b.json", text(version), err));
    s = pot_outdir_commit(&d, err);
out:
    pot_outdir_abort(&d);
    return s;
}

static bool complete(const char *path, const char *version)
{
    char file[3][PATH_MAX], log[16];
    for (int i = 0; i < 3; i++)
        CHECK(pot_path_join(file[i], path, names[i], NULL) == POT_OK);
    snprintf(log, sizeof log, "1%s", version);
    return t_holds(file[0], version) && t_holds(file[1], version) && t_holds(file[2], log) &&
           t_count(path) == 3;
}

static void test_new(void)
{
    const char *path = t_path("new"), *slashes = t_path("slashes//");
    struct stat st;
    CHECK(produce(path, false, "v1", NULL) == POT_OK && complete(path, "v1"));
    CHECK(stat(path, &st) == 0 && (st.st_mode & 07777) == 0755);
    pot_error err = {0};
    CHECK(produce(path, false, "v2", &err) == POT_E_IO && complete(path, "v1"));
    CHECK(strstr(err.msg, "exists already") && strcmp(err.file, path) == 0);
    CHECK(produce(path, true, "v2", NULL) == POT_OK && complete(path, "v2"));
    CHECK(produce(slashes, false, "v1", NULL) == POT_OK && complete(slashes, "v1"));
    CHECK(produce(t_path("forced"), true, "v1", NULL) == POT_OK); /* nothing to replace is fine */
    CHECK(t_count(t_dir) == 3);

    CHECK(produce("", false, "v", NULL) == POT_E_ARG);
    char longest[PATH_MAX + 1];
    memset(longest, 'x', PATH_MAX);
    longest[PATH_MAX] = '\0';
    CHECK(produce(longest, false, "v", NULL) == POT_E_ARG);
    err = (pot_error){0};
    CHECK(produce(t_path("no/such/parent"), false, "v", &err) == POT_E_IO && err.sys == ENOENT);
}

/* With force, only a directory that a run like this one made gives way. */
static void test_foreign(void)
{
    static const char *const bad[] = {"a.json~", "notes.txt", ".hidden", "sub"};
    const char *path = t_path("foreign");
    char file[PATH_MAX];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        pot_error err = {0};
        t_clear(path);
        CHECK(produce(path, false, "v1", NULL) == POT_OK);
        CHECK(pot_path_join(file, path, bad[i], NULL) == POT_OK);
        if (i == 3) CHECK(mkdir(file, 0700) == 0);
        else t_text(file, "mine");
        CHECK(produce(path, true, "v2", &err) == POT_E_IO && strstr(err.msg, bad[i]));
        CHECK(t_count(path) == 4 && access(file, F_OK) == 0);
        CHECK(remove(file) == 0 && complete(path, "v1"));
    }
    CHECK(pot_path_join(file, path, "log", NULL) == POT_OK); /* our name, but a directory */
    CHECK(unlink(file) == 0 && mkdir(file, 0700) == 0);
    CHECK(produce(path, true, "v2", NULL) == POT_E_IO && pot_dir_exists(file));

    const char *plain = t_path("plain"), *link = t_path("link"), *gone = t_path("dangling");
    t_text(plain, "mine");
    CHECK(symlink("new", link) == 0 && symlink("nowhere", gone) == 0);
    for (int force = 0; force < 2; force++) {
        CHECK(produce(plain, force, "v2", NULL) == POT_E_IO && t_holds(plain, "mine"));
        CHECK(produce(link, force, "v3", NULL) == POT_E_IO && complete(link, "v2"));
        CHECK(produce(gone, force, "v3", NULL) == POT_E_IO);
    }
    CHECK(t_count(t_dir) == 7); /* new, slashes, forced; foreign, plain, link, dangling */
}

static void test_abort(void)
{
    pot_outdir d = {0};
    pot_outdir_abort(&d);
    const size_t before = t_count(t_dir);
    CHECK(pot_outdir_begin(&d, t_path("aborted"), false, names, scratch, NULL) == POT_OK);
    CHECK(pot_outdir_append(&d, "log", text("x"), NULL) == POT_OK);
    CHECK(pot_outdir_append(&d, "other", text("x"), NULL) == POT_E_ARG); /* abort would leave it */
    CHECK(pot_outdir_append(&d, "../log", text("x"), NULL) == POT_E_ARG);
    CHECK(!pot_dir_exists(t_path("aborted")) && t_count(t_dir) == before + 1);
    pot_outdir_abort(&d);
    CHECK(t_count(t_dir) == before);
    pot_outdir_abort(&d);
}

/* The path came into being during the run: kept, whatever it is. */
static void test_late(void)
{
    const char *path = t_path("late"), *file = t_path("late/notes.txt");
    for (int force = 0; force < 2; force++) {
        pot_outdir d = {0};
        CHECK(pot_outdir_begin(&d, path, force, names, scratch, NULL) == POT_OK);
        CHECK(pot_outdir_append(&d, "log", text("x"), NULL) == POT_OK);
        CHECK(mkdir(path, 0700) == 0);
        t_text(file, "mine");
        CHECK(pot_outdir_commit(&d, NULL) == POT_E_IO);
        pot_outdir_abort(&d);
        CHECK(t_holds(file, "mine") && t_count(path) == 1);
        t_clear(path);
    }
}

/* Every call failing in turn: all of the old or all of the new, and nothing else left. */
static void test_failing(void)
{
    const char *path = t_path("fault/out");
    CHECK(mkdir(t_path("fault"), 0700) == 0);
    for (int force = 0; force < 2; force++) {
        uint64_t n = 1;
        for (pot_status s = POT_E_IO; s != POT_OK; n++) {
            pot_error err = {0};
            t_clear(path);
            if (force) CHECK(produce(path, false, "old", NULL) == POT_OK);
            pot_file_fail_at(n, ENOSPC);
            s = produce(path, force, "new", &err);
            pot_file_fail_at(0, 0);
            if (s == POT_OK) {
                CHECK(complete(path, "new") && t_count(t_path("fault")) == 1);
                continue;
            }
            CHECK(s == POT_E_IO && err.sys == ENOSPC && strncmp(err.file, path, strlen(path)) == 0);
            CHECK(t_count(t_path("fault")) == (force ? 1 : 0));
            if (force) CHECK(complete(path, "old"));
        }
        CHECK(n - 2 == 16 + (uint64_t)force); /* failures: create, 14 in five pieces, renames */
    }
}

/* What was kept can be gone on with, once; and gives way to a new run only when that is wanted. */
static void test_resume(void)
{
    const char *path = t_path("kept"), *partial = t_path("kept.partial"),
               *state = t_path("kept.partial/state");
    pot_outdir d = {0};
    pot_error err = {0};
    struct stat st;
    CHECK(pot_outdir_resume(&d, path, false, names, scratch, &err) == POT_E_IO);
    CHECK(strstr(err.msg, "no interrupted run") && strcmp(err.file, partial) == 0);
    CHECK(pot_outdir_begin(&d, path, false, names, scratch, NULL) == POT_OK);
    CHECK(pot_outdir_append(&d, "log", text("1"), NULL) == POT_OK);
    CHECK(pot_outdir_replace(&d, "state", "state.new", text("old"), NULL) == POT_OK);
    CHECK(pot_outdir_replace(&d, "log", "state.new", text("x"), NULL) == POT_E_ARG);
    for (uint64_t n = 1; n <= 4; n++) {
        pot_file_fail_at(n, ENOSPC);
        CHECK(pot_outdir_replace(&d, "state", "state.new", text("new"), NULL) == POT_E_IO);
        pot_file_fail_at(0, 0);
        CHECK(t_holds(state, "old"));
    }
    CHECK(stat(state, &st) == 0 && (st.st_mode & 07777) == 0600);
    pot_outdir_keep(&d);
    pot_outdir_abort(&d);
    CHECK(t_holds(state, "old") && !pot_dir_exists(path));

    err = (pot_error){0};
    CHECK(pot_outdir_begin(&d, path, false, names, scratch, &err) == POT_E_IO);
    CHECK(strstr(err.msg, "--resume"));
    t_text(t_path("kept.partial/mine"), "mine");
    CHECK(pot_outdir_begin(&d, path, true, names, scratch, NULL) == POT_E_IO);
    CHECK(pot_outdir_resume(&d, path, false, names, scratch, NULL) == POT_E_IO);
    CHECK(unlink(t_path("kept.partial/mine")) == 0);

    CHECK(pot_outdir_resume(&d, path, false, names, scratch, NULL) == POT_OK);
    CHECK(pot_outdir_append(&d, "log", text("v"), NULL) == POT_OK);
    CHECK(pot_outdir_append(&d, "a.json", text("v"), NULL) == POT_OK);
    CHECK(pot_outdir_append(&d, "b.json", text("v"), NULL) == POT_OK);
    CHECK(pot_outdir_commit(&d, NULL) == POT_OK);
    CHECK(complete(path, "v") && !pot_dir_exists(partial)); /* nothing of the scratch files */

    CHECK(pot_outdir_begin(&d, path, true, names, scratch, NULL) == POT_OK);
    CHECK(pot_outdir_replace(&d, "state", "state.new", text("old"), NULL) == POT_OK);
    pot_outdir_keep(&d);
    CHECK(pot_outdir_begin(&d, path, true, names, scratch, NULL) == POT_OK);
    CHECK(t_count(partial) == 0);
    pot_outdir_abort(&d);
    CHECK(!pot_dir_exists(partial) && complete(path, "v"));
    t_clear(path);
}

int main(void)
{
    t_dir_open();
    test_new();
    test_foreign();
    test_abort();
    test_late();
    test_failing();
    test_resume();
    return 0;
}
