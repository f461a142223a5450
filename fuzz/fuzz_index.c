/* Bytes as model.safetensors.index.json beside the shards "1" with a, and "2" with b and c: read
 * if, and only if, it names all tensors of the shards that it names, each where it is.
 * Target function: pot_model_read_files. */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz.h"

#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MOST 65536

static char dir[100]; /* two shards, and a link to the bytes of the moment */
static int index_fd;

static void check(int ok)
{
    if (!ok) abort();
}

static void path_of(char out[200], const char *name)
{
    snprintf(out, 200, "%s/%s", dir, name);
}

static void remove_all(void)
{
    static const char *const names[] = {"1", "2", "model.safetensors.index.json", ""};
    char path[200];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        path_of(path, names[i]);
        remove(path);
    }
}

static void put(const char *name, const char *header, size_t bytes)
{
    char path[200];
    const uint8_t length[8] = {(uint8_t)strlen(header)}, data[8] = {0};
    path_of(path, name);
    FILE *f = fopen(path, "wb");
    check(f && fwrite(length, 1, 8, f) == 8 && fputs(header, f) >= 0);
    check(fwrite(data, 1, bytes, f) == bytes && fclose(f) == 0);
}

static void prepare(void)
{
    char path[200], target[60];
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%.60s/pot-fuzz-XXXXXX", tmp ? tmp : "/tmp");
    check(mkdtemp(dir) != NULL && atexit(remove_all) == 0);
    put("1", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4);
    put("2",
        "{\"c\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[4,6]},"
        "\"b\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
        6);
    index_fd = memfd_create("index", 0);
    snprintf(target, sizeof target, "/proc/self/fd/%d", index_fd);
    path_of(path, "model.safetensors.index.json");
    check(index_fd >= 0 && symlink(target, path) == 0);
}

/* The answer by other means: how many tensors there are if the index is right, else 0. */
static size_t count_right(const uint8_t *data, size_t size)
{
    json_t *v = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    const json_t *map = json_object_get(v, "weight_map");
    json_t *want[3] = {json_pack("{s:s}", "a", "1"), json_pack("{s:s, s:s}", "b", "2", "c", "2"),
                       json_pack("{s:s, s:s, s:s}", "a", "1", "b", "2", "c", "2")};
    size_t n = 0;
    for (size_t i = 0; i < 3; i++) {
        if (map && json_equal(map, want[i])) n = i + 1;
        json_decref(want[i]);
    }
    json_decref(v);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > MOST) return 0;
    if (!dir[0]) prepare();
    check(ftruncate(index_fd, 0) == 0 && pwrite(index_fd, data, size, 0) == (ssize_t)size);
    pot_model *m = pot_mem_new(1, sizeof *m);
    check(m != NULL);
    pot_arena_init(&m->arena, (size_t)64 << 20);
    m->warn = POT_BUF(1000);
    m->dir = dir;
    m->other = pot_arena_new(&m->arena, 8, sizeof *m->other);
    pot_error err = {0};
    const pot_status s = pot_model_read_files(m, &err);
    check((s == POT_OK ? m->n_weights : 0) == count_right(data, size));
    check(s == POT_OK || s == POT_E_FORMAT || s == POT_E_IO);
    check(err.status == s && (s == POT_OK || (err.msg[0] && err.file[0])));
    if (s == POT_OK) check(m->facts.n_weights == (m->n_weights == 3 ? 2 : 1));
    pot_model_close(&m);
    check(pot_mem_used() == 0);
    return 0;
}
