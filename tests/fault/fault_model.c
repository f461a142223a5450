/* Opening and hashing a model while every allocation (ours, jansson's, OpenSSL's) and every call
 * to the file system fails in turn: the right status, no leak of memory, mapping or descriptor. */
#define _GNU_SOURCE
#include "base/file.h"
#include "base/mem.h"
#include "model/model.h"
#include "tdir.h"

#include <errno.h>
#include <jansson.h>
#include <openssl/crypto.h>

static uint64_t countdown; /* of jansson or OpenSSL; 0: off */
static bool of_openssl;
static long live; /* blocks of jansson */

static bool told_to_fail(bool openssl)
{
    return openssl == of_openssl && countdown && --countdown == 0;
}

static void *json_alloc(size_t n)
{
    void *p = told_to_fail(false) ? NULL : malloc(n);
    live += p != NULL;
    return p;
}

static void json_release(void *p)
{
    live -= p != NULL;
    free(p);
}

static void *crypto_alloc(size_t n, const char *file, int line)
{
    (void)file, (void)line;
    return n && !told_to_fail(true) ? malloc(n) : NULL;
}

static void *crypto_realloc(void *p, size_t n, const char *file, int line)
{
    (void)file, (void)line;
    return told_to_fail(true) ? NULL : realloc(p, n);
}

static void crypto_release(void *p, const char *file, int line)
{
    (void)file, (void)line;
    free(p);
}

static size_t descriptors(void)
{
    return t_count("/proc/self/fd");
}

/* Is a file of this name still mapped? */
static bool mapped(const char *name)
{
    char line[1000];
    bool found = false;
    FILE *f = fopen("/proc/self/maps", "r");
    CHECK(f);
    while (fgets(line, sizeof line, f))
        if (strstr(line, name)) found = true;
    fclose(f);
    return found;
}

/* The digest of the weights, if all went well. */
static pot_status open_hash_close(const char *dir, uint8_t digest[32], pot_error *err)
{
    pot_model *m = NULL;
    pot_status s = pot_model_open(&m, dir, err);
    CHECK((s == POT_OK) == (m != NULL));
    if (s == POT_OK) s = pot_model_hash_tensors(m, 2, NULL, NULL, err);
    if (m) CHECK(pot_model_info(m)->hashed == (s == POT_OK));
    if (s == POT_OK) memcpy(digest, pot_model_info(m)->weights_sha256, 32);
    pot_model_close(&m);
    return s;
}

enum kind { OURS, JANSSON, OPENSSL, FILES };

static void arm(enum kind kind, uint64_t n)
{
    pot_mem_fail_at(kind == OURS ? n : 0);
    pot_file_fail_at(kind == FILES ? n : 0, EIO);
    of_openssl = kind == OPENSSL;
    countdown = kind == JANSSON || kind == OPENSSL ? n : 0;
}

/* Returns how many there were.  OpenSSL can do without some; then its digest must be right. */
static unsigned fail_in_turn(const char *dir, enum kind kind, pot_status want)
{
    const size_t before = descriptors();
    uint8_t right[32], digest[32];
    CHECK(open_hash_close(dir, right, NULL) == POT_OK); /* OpenSSL sets itself up once */
    for (uint64_t n = 1;; n++) {
        pot_error err = {0};
        arm(kind, n);
        const pot_status s = open_hash_close(dir, digest, &err);
        const bool counted = kind == JANSSON || kind == OPENSSL,
                   happened = counted ? countdown == 0 : s != POT_OK;
        arm(kind, 0);
        if (s != POT_OK && s != want) fprintf(stderr, "%d, %d: %s\n", kind, (int)n, err.msg);
        CHECK(s == want || (s == POT_OK && (kind == OPENSSL || !happened)));
        CHECK(err.status == s && (s == POT_OK || *err.msg));
        if (s == POT_OK) CHECK(memcmp(digest, right, 32) == 0);
        else if (kind == FILES) CHECK(err.sys == EIO && *err.file);
        CHECK(pot_mem_used() == 0 && live == 0);
        CHECK(descriptors() == before && !mapped(".safetensors"));
        if (!happened) return (unsigned)n - 1;
    }
}

static void every_kind(const char *dir)
{
    const unsigned ours = fail_in_turn(dir, OURS, POT_E_NOMEM),
                   jansson = fail_in_turn(dir, JANSSON, POT_E_NOMEM),
                   openssl = fail_in_turn(dir, OPENSSL, POT_E_NOMEM),
                   files = fail_in_turn(dir, FILES, POT_E_IO);
    fprintf(stderr, "%s: %u allocations of ours, %u of jansson, %u of OpenSSL, %u calls\n", dir,
            ours, jansson, openssl, files);
    CHECK(ours > 5 && jansson > 300 && openssl > 2 && files > 4);
}

/* The same weights as the only shard of an index. */
static void make_sharded(const char *dir, const char *from)
{
    char path[PATH_MAX];
    size_t n;
    CHECK(mkdir(dir, 0700) == 0);
    snprintf(path, sizeof path, "%s/config.json", from);
    char *text = t_read(path, &n);
    t_write(t_path("sharded/config.json"), text, n);
    free(text);
    snprintf(path, sizeof path, "%s/model.safetensors", from);
    text = t_read(path, &n);
    t_write(t_path("sharded/only.safetensors"), text, n);
    free(text);
    t_text(t_path("sharded/tokenizer.json"), "{}");

    pot_model *m;
    CHECK(pot_model_open(&m, from, NULL) == POT_OK);
    FILE *f = fopen(t_path("sharded/model.safetensors.index.json"), "wb");
    CHECK(f);
    for (size_t i = 0; i < m->n_weights; i++)
        fprintf(f, "%s\"%s\":\"only.safetensors\"", i ? "," : "{\"weight_map\":{",
                m->weight[i].t.name);
    fprintf(f, "}}");
    CHECK(fclose(f) == 0);
    pot_model_close(&m);
}

int main(void)
{
    const char *golden = "tests/golden/models/llama-0";
    CHECK(CRYPTO_set_mem_functions(crypto_alloc, crypto_realloc, crypto_release) == 1);
    json_set_alloc_funcs(json_alloc, json_release);
    t_dir_open();
    every_kind(golden);
    every_kind("tests/golden/quantized/gptq-12"); /* with lists of groups */
    make_sharded(t_path("sharded"), golden);
    every_kind(t_path("sharded"));
    return 0;
}
