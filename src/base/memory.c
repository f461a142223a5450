#define _GNU_SOURCE /* getrusage */
#include "base/memory.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The number behind `key` in a file ("" for the first); UINT64_MAX if there is none. */
static uint64_t number_in(const char *path, const char *key)
{
    char text[4096];
    FILE *f = fopen(path, "re");
    if (!f) return UINT64_MAX;
    const size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    const char *at = strstr(text, key);
    if (!at) return UINT64_MAX;
    at += strlen(key);
    at += strspn(at, " \t");
    return *at >= '0' && *at <= '9' ? strtoull(at, NULL, 10) : UINT64_MAX; /* "max" */
}

static uint64_t left(const char *dir, const char *limit, const char *usage)
{
    char path[PATH_MAX];
    if (pot_path_join(path, dir, limit, NULL) != POT_OK) return UINT64_MAX;
    const uint64_t most = number_in(path, "");
    if (most == UINT64_MAX || pot_path_join(path, dir, usage, NULL) != POT_OK) return UINT64_MAX;
    const uint64_t now = number_in(path, "");
    return now == UINT64_MAX ? most : most > now ? most - now : 0;
}

/* What the groups from `group` upwards leave, below a mounted hierarchy. */
static uint64_t left_in_groups(const char *root, const char *group, const char *limit,
                               const char *usage)
{
    char dir[PATH_MAX];
    uint64_t least_left = UINT64_MAX;
    const int n = snprintf(dir, sizeof dir, "%s%s", root, group);
    if (n < 0 || n >= (int)sizeof dir) return least_left;
    for (;;) {
        least_left = least(least_left, left(dir, limit, usage));
        char *slash = strrchr(dir, '/');
        if (!slash || slash <= dir + strlen(root)) break;
        *slash = '\0';
    }
    return least(least_left, left(root, limit, usage));
}

uint64_t pot_memory_free(void)
{
    char line[PATH_MAX];
    uint64_t free_bytes = number_in("/proc/meminfo", "MemAvailable:");
    if (free_bytes < UINT64_MAX / 1024) free_bytes *= 1024;
    FILE *f = fopen("/proc/self/cgroup", "re");
    while (f && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        char *memory = strstr(line, ":memory:");
        if (strncmp(line, "0::", 3) == 0)
            free_bytes = least(free_bytes, left_in_groups("/sys/fs/cgroup", line + 3, "memory.max",
                                                          "memory.current"));
        else if (memory)
            free_bytes =
                least(free_bytes, left_in_groups("/sys/fs/cgroup/memory", memory + 8,
                                                 "memory.limit_in_bytes", "memory.usage_in_bytes"));
    }
    if (f) fclose(f);
    return free_bytes;
}

pot_memory_usage pot_memory_used(void)
{
    struct rusage r = {0};
    unsigned long long pages = 0, skipped = 0;
    getrusage(RUSAGE_SELF, &r);
    FILE *f = fopen("/proc/self/statm", "re");
    if (f && fscanf(f, "%llu %llu", &skipped, &pages) != 2) pages = 0;
    if (f) fclose(f);
    return (pot_memory_usage){.resident = (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE),
                              .peak = (uint64_t)r.ru_maxrss * 1024,
                              .minor = (uint64_t)r.ru_minflt,
                              .major = (uint64_t)r.ru_majflt};
}
