/* tdir.h - a directory for the files of one test, gone when the test ends.  Needs _GNU_SOURCE. */
#ifndef TDIR_H
#define TDIR_H

#include "t.h"

#include <dirent.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char t_dir[200]; /* "" until t_dir_open */
static struct {
    char *name, *path;
} t_paths[100];

static inline int t_remove(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

/* Remove a file or a directory with all that is in it; nothing there is fine. */
static inline void t_clear(const char *path)
{
    nftw(path, t_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void t_dir_close(void)
{
    t_clear(t_dir);
    for (size_t i = 0; i < 100 && t_paths[i].name; i++) {
        free(t_paths[i].name);
        free(t_paths[i].path);
    }
}

static inline void t_dir_open(void)
{
    const char *base = getenv("TMPDIR");
    snprintf(t_dir, sizeof t_dir, "%.150s/pot-test-XXXXXX", base ? base : "/tmp");
    CHECK(mkdtemp(t_dir));
    CHECK(atexit(t_dir_close) == 0);
}

/* The path of a name in it, valid until the end. */
static inline const char *t_path(const char *name)
{
    size_t i = 0;
    while (i < 100 && t_paths[i].name && strcmp(t_paths[i].name, name) != 0)
        i++;
    CHECK(i < 100);
    if (t_paths[i].name) return t_paths[i].path;
    const size_t n = strlen(t_dir) + strlen(name) + 2;
    t_paths[i].name = strdup(name);
    t_paths[i].path = malloc(n);
    CHECK(t_paths[i].name && t_paths[i].path);
    snprintf(t_paths[i].path, n, "%s/%s", t_dir, name);
    return t_paths[i].path;
}

static inline void t_write(const char *path, const void *data, size_t n)
{
    FILE *f = fopen(path, "wb");
    CHECK(f);
    CHECK(fwrite(data, 1, n, f) == n);
    CHECK(fclose(f) == 0);
}

static inline void t_text(const char *path, const char *text)
{
    t_write(path, text, strlen(text));
}

/* The whole file in malloc'ed memory with a NUL behind it; NULL if there is none. */
static inline char *t_read(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    CHECK(fseek(f, 0, SEEK_END) == 0);
    const long end = ftell(f);
    CHECK(end >= 0 && fseek(f, 0, SEEK_SET) == 0);
    char *p = malloc((size_t)end + 1);
    CHECK(p);
    *n = fread(p, 1, (size_t)end, f);
    p[*n] = '\0';
    fclose(f);
    return p;
}

/* Does the file hold exactly this text? */
static inline bool t_holds(const char *path, const char *text)
{
    size_t n;
    char *p = t_read(path, &n);
    const bool same = p && n == strlen(text) && memcmp(p, text, n) == 0;
    free(p);
    return same;
}

/* How many names are in a directory. */
static inline size_t t_count(const char *path)
{
    size_t n = 0;
    DIR *d = opendir(path);
    CHECK(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2; /* . and .. */
}

#endif
