/* Names that people type: hf:owner/name[@revision] in the cache of huggingface_hub, and
 * ollama:[[host/]namespace/]name[:tag] in the store of Ollama.  Nothing is downloaded.
 *
 *     CACHE/models--owner--name/refs/REVISION          holds COMMIT
 *     CACHE/models--owner--name/snapshots/COMMIT/      the model directory
 *
 *     STORE/manifests/HOST/NAMESPACE/NAME/TAG          JSON: layers, each with its digest
 *     STORE/blobs/sha256-DIGEST                        the layer of the model: a GGUF file
 *
 * Every part of a name is checked before it becomes part of a path. */
#include "base/fail.h"
#include "base/file.h"
#include "base/json.h"
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PART     128 /* bytes of one part of a name */
#define MOST_REF      256
#define MOST_MANIFEST ((size_t)1 << 20)
#define MODEL_LAYER   "application/vnd.ollama.image.model"

/* Letters, digits and . _ - inside: never "..", never a separator, never hidden. */
static bool is_part(const char *s, size_t n)
{
    if (!n || n > MOST_PART || s[0] == '.' || s[0] == '-') return false;
    for (size_t i = 0; i < n; i++) {
        const char c = s[i], low = (char)(c | 0x20);
        const bool plain = (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9');
        if (!plain && c != '.' && c != '_' && c != '-') return false;
    }
    return true;
}

/* 1 to `most` parts with slashes between. */
static bool are_parts(const char *s, size_t n, unsigned most)
{
    const char *slash;
    while ((slash = memchr(s, '/', n))) {
        if (!is_part(s, (size_t)(slash - s)) || !--most) return false;
        n -= (size_t)(slash + 1 - s);
        s = slash + 1;
    }
    return is_part(s, n);
}

/* Text into out[PATH_MAX]. */
static pot_status put(char *out, pot_error *err, const char *fmt, ...) POT_PRINTF(3, 4);
static pot_status put(char *out, pot_error *err, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    const int n = vsnprintf(out, PATH_MAX, fmt, va);
    va_end(va);
    if (n >= 0 && n < PATH_MAX) return POT_OK;
    return pot_fail(err, POT_E_ARG, "the path would have more than %d bytes", PATH_MAX - 1);
}

static const char *env(const char *name)
{
    const char *v = getenv(name);
    return v && *v ? v : NULL;
}

/* The first of the variables that is set, with its tail behind it. */
typedef struct {
    const char *variable, *tail;
} place;

static pot_status find_place(char *out, const place *p, pot_error *err)
{
    for (; p->variable; p++)
        if (env(p->variable)) return put(out, err, "%s%s", env(p->variable), p->tail);
    return pot_fail(err, POT_E_ARG, "HOME is not set: give the path of the model");
}

/* hf: */

static pot_status no_snapshot(const char *name, const char *where, const char *owner,
                              const char *revision, pot_error *err)
{
    return pot_fail_file(err, POT_E_IO, name,
                         "not in the local cache: looked for %s; download it: hf download %s%s%s",
                         where, owner, *revision ? " --revision " : "", revision);
}

/* The commit that a reference holds. */
static pot_status read_ref(char *commit, size_t size, const char *path, pot_error *err)
{
    pot_buf text = POT_BUF(MOST_REF);
    pot_status s = pot_file_read(&text, path, err);
    size_t n = 0;
    while (s == POT_OK && n < text.n && (uint8_t)text.p[n] > ' ')
        n++;
    if (s == POT_OK && (!is_part(text.p ? text.p : "", n) || n >= size))
        s = pot_fail_file(err, POT_E_FORMAT, path, "the name of a commit is expected");
    if (s == POT_OK) snprintf(commit, size, "%.*s", (int)n, text.p);
    pot_buf_free(&text);
    return s;
}

static pot_status resolve_hf(char *out, const char *name, pot_error *err)
{
    static const place cache[] = {{"HF_HUB_CACHE", ""},
                                  {"HUGGINGFACE_HUB_CACHE", ""},
                                  {"HF_HOME", "/hub"},
                                  {"XDG_CACHE_HOME", "/huggingface/hub"},
                                  {"HOME", "/.cache/huggingface/hub"},
                                  {NULL, NULL}};
    const char *repo = name + strlen("hf:"), *at = strchr(repo, '@'), *revision = at ? at + 1 : "";
    const size_t n = at ? (size_t)(at - repo) : strlen(repo);
    char hub[PATH_MAX], dir[PATH_MAX], ref[PATH_MAX], commit[MOST_PART + 1],
        owner[2 * MOST_PART + 2];
    if (!are_parts(repo, n, 2) || (at && !are_parts(revision, strlen(revision), 4)))
        return pot_fail_file(err, POT_E_ARG, name,
                             "hf:owner/name or hf:owner/name@revision is expected");
    snprintf(owner, sizeof owner, "%.*s", (int)n, repo);
    const char *slash = strchr(owner, '/');
    POT_TRY(find_place(hub, cache, err));
    POT_TRY(put(dir, err, "%s/models--%.*s%s%s", hub, slash ? (int)(slash - owner) : (int)n, owner,
                slash ? "--" : "", slash ? slash + 1 : ""));
    if (!pot_dir_exists(dir)) return no_snapshot(name, dir, owner, revision, err);
    POT_TRY(put(ref, err, "%s/refs/%s", dir, at ? revision : "main"));
    if (pot_file_exists(ref)) POT_TRY(read_ref(commit, sizeof commit, ref, err));
    else if (at && is_part(revision, strlen(revision)))
        snprintf(commit, sizeof commit, "%s", revision);
    else return no_snapshot(name, ref, owner, revision, err);
    POT_TRY(put(out, err, "%s/snapshots/%s", dir, commit));
    return pot_dir_exists(out) ? POT_OK : no_snapshot(name, out, owner, revision, err);
}

/* ollama: */

/* "sha256:" and 64 lower-case digits. */
static bool is_digest(const char *s)
{
    uint8_t raw[32];
    return strncmp(s, "sha256:", 7) == 0 && pot_hex_parse(raw, sizeof raw, s + 7);
}

/* The digest of the one layer that is the model. */
static pot_status find_layer(char *digest, const pot_json *doc, pot_error *err)
{
    pot_json layers;
    bool found = false;
    POT_TRY(pot_json_array(doc, "layers", &layers, err));
    for (size_t i = 0; i < json_array_size(layers.v); i++) {
        const pot_json at = pot_json_at(&layers, i);
        const char *type, *s;
        POT_TRY(pot_json_str(&at, "mediaType", &type, err));
        if (strcmp(type, MODEL_LAYER) != 0) continue;
        POT_TRY(pot_json_str(&at, "digest", &s, err));
        if (!is_digest(s))
            return pot_json_fail(&at, POT_E_FORMAT, err, "a digest sha256:... is expected");
        if (found)
            return pot_json_fail(&at, POT_E_UNSUPPORTED, err, "a second layer of model weights");
        snprintf(digest, 65, "%s", s + 7);
        found = true;
    }
    return found ? POT_OK
                 : pot_json_fail(&layers, POT_E_UNSUPPORTED, err, "no layer is of the type %s",
                                 MODEL_LAYER);
}

static pot_status read_manifest(char *digest, const char *path, pot_error *err)
{
    pot_buf text = POT_BUF(MOST_MANIFEST);
    pot_json doc = {0};
    pot_status s;
    POT_GO(s, pot_file_read(&text, path, err));
    POT_GO(s, pot_json_parse(&doc, (pot_bytes){(const uint8_t *)(text.p ? text.p : ""), text.n},
                             path, err));
    s = find_layer(digest, &doc, err);
out:
    pot_json_close(&doc);
    pot_buf_free(&text);
    return s;
}

static pot_status resolve_ollama(char *out, const char *name, pot_error *err)
{
    static const place store[] = {{"OLLAMA_MODELS", ""}, {"HOME", "/.ollama/models"}, {NULL, NULL}};
    static const char *const before[] = {"registry.ollama.ai/library/", "registry.ollama.ai/", ""};
    const char *model = name + strlen("ollama:"), *colon = strrchr(model, ':');
    const char *tag = colon ? colon + 1 : "latest";
    const size_t n = colon ? (size_t)(colon - model) : strlen(model);
    char root[PATH_MAX], manifest[PATH_MAX], digest[65];
    unsigned slashes = 0;
    if (!are_parts(model, n, 3) || !is_part(tag, strlen(tag)))
        return pot_fail_file(err, POT_E_ARG, name, "ollama:name or ollama:name:tag is expected");
    for (size_t i = 0; i < n; i++)
        slashes += model[i] == '/';
    POT_TRY(find_place(root, store, err));
    POT_TRY(
        put(manifest, err, "%s/manifests/%s%.*s/%s", root, before[slashes], (int)n, model, tag));
    if (!pot_file_exists(manifest))
        return pot_fail_file(err, POT_E_IO, name,
                             "not in the local store: looked for %s; download it: ollama pull %s",
                             manifest, model);
    POT_TRY(read_manifest(digest, manifest, err));
    POT_TRY(put(out, err, "%s/blobs/sha256-%s", root, digest));
    if (pot_file_exists(out)) return POT_OK;
    return pot_fail_file(err, POT_E_IO, name,
                         "its manifest names %s, which is not there; download it again: ollama "
                         "pull %s",
                         out, model);
}

/* All names. */

pot_status pot_model_resolve(char *path, size_t size, const char *name, pot_error *err)
{
    char found[PATH_MAX];
    if (strncmp(name, "hf:", 3) == 0) POT_TRY(resolve_hf(found, name, err));
    else if (strncmp(name, "ollama:", 7) == 0) POT_TRY(resolve_ollama(found, name, err));
    else POT_TRY(put(found, err, "%s", name));
    const size_t n = strlen(found);
    if (n >= size) return pot_fail(err, POT_E_ARG, "the path has %zu bytes: too many", n);
    memcpy(path, found, n + 1);
    return POT_OK;
}

/* The file of the tokenizer in a model directory. */
static pot_status tokenizer_in(char *out, const char *dir, pot_error *err)
{
    static const char *const names[] = {"tokenizer.json", "tokenizer.model"};
    char gguf[POT_FILE_NAME];
    for (size_t i = 0; i < 2; i++) {
        POT_TRY(pot_path_join(out, dir, names[i], err));
        if (pot_file_exists(out)) return POT_OK;
    }
    POT_TRY(pot_gguf_in_dir(gguf, dir, err));
    if (gguf[0]) return pot_path_join(out, dir, gguf, err);
    return pot_fail_file(err, POT_E_IO, dir,
                         "no tokenizer.json, no tokenizer.model and no GGUF file is in it");
}

pot_status pot_model_find_tokenizer(char *path, size_t size, const char *name, pot_error *err)
{
    char found[PATH_MAX], dir[PATH_MAX];
    POT_TRY(pot_model_resolve(found, sizeof found, name, err));
    if (pot_dir_exists(found)) {
        memcpy(dir, found, sizeof dir);
        POT_TRY(tokenizer_in(found, dir, err));
    }
    if (strlen(found) >= size) return pot_fail(err, POT_E_ARG, "the path is too long");
    memcpy(path, found, strlen(found) + 1);
    return POT_OK;
}

bool pot_is_gguf(const char *path)
{
    const size_t n = strlen(path);
    if (n > 5 && strcmp(path + n - 5, ".gguf") == 0) return true;
    char magic[4] = {0}; /* Ollama's files have no such name */
    FILE *f = pot_dir_exists(path) ? NULL : fopen(path, "rb");
    const bool read = f && fread(magic, 1, 4, f) == 4;
    if (f) fclose(f);
    return read && memcmp(magic, "GGUF", 4) == 0;
}
