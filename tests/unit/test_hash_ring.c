/* Digests and refusals are the same whether files are hashed where they are mapped or through a
 * ring of any size, one or many at a time. */
#define _GNU_SOURCE
#include "base/mem.h"
#include "base/pool.h"
#include "model/model.h"
#include "tdir.h"

#include <errno.h>

static pot_pool *pool[3];

static pot_status hash(const char *path, size_t ring_room, unsigned threads, uint8_t out[32],
                       pot_error *err)
{
    pot_model *m[2];
    pot_ring *ring = NULL;
    *err = (pot_error){0};
    CHECK(pot_model_open(&m[0], path, NULL) == POT_OK &&
          pot_model_open(&m[1], path, NULL) == POT_OK);
    if (ring_room) CHECK(pot_ring_open(&ring, ring_room, 2, NULL) == POT_OK);
    const pot_status s = pot_models_hash(m, 2, pool[threads], ring, NULL, NULL, err);
    for (int i = 0; i < 2; i++) {
        const pot_model_facts *f = pot_model_info(m[i]);
        CHECK(f->hashed == (s == POT_OK));
        if (s == POT_OK && i) CHECK(memcmp(out, f->weights_sha256, 32) == 0);
        memcpy(out, f->weights_sha256, 32);
        pot_model_close(&m[i]);
    }
    pot_ring_close(&ring);
    return s;
}

static const size_t rooms[] = {32768, 40960, 200000, 3 << 20};

static void check_all(const char *dir, const char *file)
{
    DIR *d = opendir(dir);
    CHECK(d);
    for (const struct dirent *f; (f = readdir(d));) {
        char path[PATH_MAX];
        uint8_t want[32], got[32];
        pot_error err;
        if (f->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s%s", dir, f->d_name, file);
        CHECK(hash(path, 0, 1, want, &err) == POT_OK);
        for (size_t i = 0; i < 4; i++) {
            CHECK(hash(path, rooms[i], (unsigned)i % 3, got, &err) == POT_OK);
            CHECK(memcmp(want, got, 32) == 0);
        }
    }
    closedir(d);
}

/* NaN somewhere: the same element is named. */
static void check_special(const char *name)
{
    char from[PATH_MAX], command[2 * PATH_MAX + 100];
    const char *dir = t_path(name);
    snprintf(from, sizeof from, "tests/golden/models/%s", name);
    snprintf(command, sizeof command, "cp -r %s %s && chmod -R u+w %s", from, dir, dir);
    CHECK(system(command) == 0);
    snprintf(from, sizeof from, "%s/model.safetensors", dir);
    size_t n;
    char *whole = t_read(from, &n), *data = malloc(n);
    CHECK(whole && data);
    const size_t header = 8 + (uint8_t)whole[0] + (size_t)(uint8_t)whole[1] * 256;
    int refused = 0;
    for (int i = 0; i < 60; i++) {
        memcpy(data, whole, n);
        size_t at = header + t_u64() % (n - header - 8);
        if (i % 2) at = at / 4096 * 4096 + t_u64() % 9 - 4; /* where blocks meet */
        if (at < header || at + 4 > n) continue;
        memset(data + at, 0xff, 4);
        t_write(from, data, n);
        pot_error want, got;
        uint8_t unused[32];
        const pot_status s = hash(dir, 0, 1, unused, &want);
        for (size_t k = 0; k < 4; k++) {
            CHECK(hash(dir, rooms[k], (unsigned)k % 3, unused, &got) == s);
            CHECK(strcmp(want.msg, got.msg) == 0 && strcmp(want.place, got.place) == 0 &&
                  want.offset == got.offset);
        }
        refused += s == POT_E_FORMAT; /* four bytes may hide in two elements */
    }
    CHECK(refused > 20);
    free(whole);
    free(data);
    t_clear(dir);
}

static void check_faults(void)
{
    const char *path = "tests/golden/models/llama-0";
    uint8_t got[32];
    pot_error err;
    for (uint64_t n = 1;; n++) {
        pot_model *m;
        pot_ring *ring;
        CHECK(pot_model_open(&m, path, NULL) == POT_OK);
        CHECK(pot_ring_open(&ring, 32768, 2, NULL) == POT_OK);
        err = (pot_error){0};
        pot_file_fail_at(n, EIO);
        const pot_status s = pot_models_hash(&m, 1, pool[1], ring, NULL, NULL, &err);
        pot_file_fail_at(0, 0);
        CHECK(s == POT_OK || (s == POT_E_IO && err.sys == EIO && *err.file));
        CHECK(pot_model_info(m)->hashed == (s == POT_OK));
        pot_ring_close(&ring);
        pot_model_close(&m);
        if (s == POT_OK) {
            CHECK(n > 3);
            break;
        }
    }
    CHECK(hash(path, 32768, 1, got, &err) == POT_OK);
}

int main(void)
{
    t_seed();
    t_dir_open();
    for (unsigned i = 0; i < 3; i++)
        CHECK(pot_pool_open(&pool[i], i + 1, NULL) == POT_OK);
    check_all("tests/golden/models", "");
    check_all("tests/golden/gguf_models", "/copy.gguf");
    check_special("llama-0");
    check_special("llama-1");
    check_special("qwen2-0");
    check_faults();
    for (unsigned i = 0; i < 3; i++)
        pot_pool_close(&pool[i]);
    CHECK(pot_mem_used() == 0);
    return 0;
}
