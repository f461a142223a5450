/* A run directory of two challenges with one of its files replaced: the first byte says which,
 * the rest is the file.  Accepted only if it says what the good file says.
 * Target function: pot_challenges_check. */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz.h"

#include "base/file.h"
#include "base/mem.h"

#include <jansson.h>
#include <pot/evidence.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MOST       65536
#define N_FILES    5
#define CHALLENGES 2

static const char *const names[N_FILES] = {"commitment.json", "commitment.tag", "reveal.json",
                                           "transcript.ndjson", "verdict.json"};
static const uint8_t key[POT_KEY_SIZE] = "0123456789abcdef", run_id[POT_RUN_ID_SIZE] = "run";
static char dir[100];
static char good[N_FILES][8192];
static int fds[N_FILES]; /* the files of the directory are links to these */

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
    char path[200];
    for (size_t i = 0; i < N_FILES; i++) {
        path_of(path, names[i]);
        remove(path);
    }
    rmdir(dir);
}

static void put(size_t i, const void *data, size_t n)
{
    check(ftruncate(fds[i], 0) == 0 && pwrite(fds[i], data, n, 0) == (ssize_t)n);
}

static void hex(char *out, const void *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sprintf(out + 2 * i, "%02x", ((const uint8_t *)p)[i]);
}

static json_t *line_of(unsigned i)
{
    pot_challenge c;
    char seed[2 * POT_SEED_SIZE + 1];
    check(pot_challenge_make(&c, key, run_id, i, NULL, NULL) == POT_OK);
    hex(seed, c.seed, sizeof c.seed);
    return json_pack("{s:i, s:s, s:s, s:s}", "index", (int)i, "family", pot_family_name(c.family),
                     "seed", seed, "text", c.text);
}

static void write_good(void)
{
    char id[2 * POT_RUN_ID_SIZE + 1], digits[2 * POT_KEY_SIZE + 1];
    uint8_t tag[POT_TAG_SIZE];
    hex(id, run_id, sizeof run_id);
    hex(digits, key, sizeof key);
    snprintf(good[0], sizeof good[0],
             "{\"schema\":\"pot-commitment-1\",\"run_id\":\"%s\",\"generator\":\"%s\","
             "\"corpus_sha256\":null}\n",
             id, POT_GENERATOR);
    snprintf(good[2], sizeof good[2],
             "{\"schema\":\"pot-reveal-1\",\"key\":\"%s\",\"run_id\":\"%s\"}\n", digits, id);
    check(pot_commit(tag, key, good[0], strlen(good[0]), NULL) == POT_OK);
    hex(digits, tag, sizeof tag);
    snprintf(good[1], sizeof good[1], "%s\n", digits);
    for (unsigned i = 0; i < CHALLENGES; i++) {
        json_t *line = line_of(i);
        char *text = json_dumps(line, JSON_COMPACT);
        strcat(strcat(good[3], text), "\n");
        free(text);
        json_decref(line);
    }
    snprintf(good[4], sizeof good[4], "{\"schema\":\"pot-verdict-1\",\"n\":%d}\n", CHALLENGES);
}

static void prepare(void)
{
    char path[200], target[60];
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%.60s/pot-fuzz-XXXXXX", tmp ? tmp : "/tmp");
    check(mkdtemp(dir) != NULL && atexit(remove_all) == 0);
    write_good();
    for (size_t i = 0; i < N_FILES; i++) {
        fds[i] = memfd_create(names[i], 0);
        snprintf(target, sizeof target, "/proc/self/fd/%d", fds[i]);
        path_of(path, names[i]);
        check(fds[i] >= 0 && symlink(target, path) == 0);
        put(i, good[i], strlen(good[i]));
    }
}

static int same_member(const json_t *a, const json_t *b, const char *name)
{
    return json_equal(json_object_get(a, name), json_object_get(b, name));
}

/* Do these bytes, read by jansson alone, name the good challenges, with beginnings of their
 * texts? */
static int transcript_right(const char *p, size_t n)
{
    unsigned i = 0;
    int right = n > 0 && p[n - 1] == '\n';
    for (const char *end; right && n; i++, n -= (size_t)(end + 1 - p), p = end + 1) {
        end = memchr(p, '\n', n);
        json_t *got = json_loadb(p, (size_t)(end - p), JSON_REJECT_DUPLICATES, NULL);
        json_t *want = line_of(i);
        const char *text = json_string_value(json_object_get(got, "text"));
        right = i < CHALLENGES && text && *text &&
                strncmp(text, json_string_value(json_object_get(want, "text")), strlen(text)) == 0;
        right = right && same_member(got, want, "index") && same_member(got, want, "family") &&
                same_member(got, want, "seed");
        json_decref(got);
        json_decref(want);
    }
    return right && i == CHALLENGES;
}

/* What accepted bytes of file i must say. */
static int right(size_t i, const char *p, size_t n)
{
    if (i < 2) return n == strlen(good[i]) && memcmp(p, good[i], n) == 0;
    if (i == 3) return transcript_right(p, n);
    json_t *got = json_loadb(p, n, JSON_REJECT_DUPLICATES, NULL);
    json_t *want = json_loads(good[i], 0, NULL);
    int equal = got != NULL;
    const char *name;
    json_t *value;
    json_object_foreach(want, name, value) equal = equal && same_member(got, want, name);
    json_decref(got);
    json_decref(want);
    return equal;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > MOST) return 0;
    if (!dir[0]) prepare();
    const size_t which = data[0] % N_FILES;
    put(which, data + 1, size - 1);
    pot_challenges_found found;
    pot_error err = {0};
    const pot_status s = pot_challenges_check(&found, dir, NULL, &err);
    check(err.status == s && (s == POT_OK || (err.msg[0] && !found.opens && !found.texts_match)));
    if (s == POT_OK) check((found.opens && found.texts_match) == !found.wrong[0]);
    const char *file = (const char *)data + 1;
    const int accepted = found.opens && found.texts_match;
    if (accepted) check(right(which, file, size - 1));
    else check(size - 1 != strlen(good[which]) || memcmp(file, good[which], size - 1) != 0);
    put(which, good[which], strlen(good[which]));
    check(pot_mem_used() == 0);
    return 0;
}
