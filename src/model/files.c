/* The weights' files of a Hugging Face directory: one model.safetensors, or the shards that
 * model.safetensors.index.json names. */
#include "base/fail.h"
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_NAME   255 /* bytes: NAME_MAX of Linux */
#define MOST_SHARDS 10000u
#define MOST_INDEX  ((size_t)64 << 20)

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const pot_weight *)a)->t.name, ((const pot_weight *)b)->t.name);
}

/* A shard is a plain file name: a path could lead out of the directory, control characters
 * would reach a terminal. */
static pot_status check_shard_name(const pot_json *at, const char *name, pot_error *err)
{
    char shown[MOST_NAME + 1];
    snprintf(shown, sizeof shown, "%s", name ? name : "");
    pot_printable(shown);
    if (!name || !*name || strcmp(shown, name) != 0 || strchr(name, '/') ||
        strcmp(name, "..") == 0 || strcmp(name, ".") == 0)
        return pot_json_fail(at, POT_E_FORMAT, err,
                             "the name of a file in the same directory is expected");
    return POT_OK;
}

/* The different files of weight_map, sorted: *out is [*n] in the arena. */
static pot_status shard_names(const char ***out, size_t *n, pot_model *m, const pot_json *map,
                              pot_error *err)
{
    const size_t most = json_object_size(map->v);
    const char **list = pot_arena_new(&m->arena, most ? most : 1, sizeof *list);
    if (!list) return pot_fail_mem(err);
    size_t count = 0;
    const char *key;
    json_t *v;
    json_object_foreach(map->v, key, v)
    {
        const pot_json at = pot_json_get(map, key);
        POT_TRY(check_shard_name(&at, json_string_value(v), err));
        list[count++] = json_string_value(v);
    }
    if (!count) return pot_json_fail(map, POT_E_FORMAT, err, "names no tensor");
    qsort(list, count, sizeof *list, by_text);
    size_t unique = 0;
    for (size_t i = 0; i < count; i++)
        if (!unique || strcmp(list[unique - 1], list[i]) != 0) list[unique++] = list[i];
    if (unique > MOST_SHARDS)
        return pot_json_fail(map, POT_E_FORMAT, err, "%zu files; at most %u are allowed", unique,
                             MOST_SHARDS);
    for (size_t i = 0; i < unique; i++) {
        list[i] = pot_arena_str(&m->arena, list[i], strlen(list[i]));
        if (!list[i]) return pot_fail_mem(err);
    }
    *out = list;
    *n = unique;
    return POT_OK;
}

pot_status pot_model_room(pot_model *m, size_t n, pot_error *err)
{
    m->map = pot_arena_new(&m->arena, n, sizeof *m->map);
    m->weights = pot_arena_new(&m->arena, n, sizeof *m->weights);
    if (!m->map || !m->weights) return pot_fail_mem(err);
    m->facts.weights = m->weights;
    return POT_OK;
}

pot_status pot_model_map(pot_model *m, size_t i, const char *name, char path[PATH_MAX],
                         pot_error *err)
{
    POT_TRY(pot_path_join(path, m->dir, name, err));
    POT_TRY(pot_map_open(&m->map[i], path, err));
    m->weights[i] = (pot_model_file){.name = name, .size = m->map[i].bytes.n};
    m->facts.n_weights = i + 1;
    return POT_OK;
}

pot_status pot_model_append(pot_model *m, size_t i, const pot_tensor *t, size_t n, pot_error *err)
{
    pot_weight *all = pot_arena_new(&m->arena, m->n_weights + n + 1, sizeof *all);
    if (!all) return pot_fail_mem(err);
    if (m->n_weights) memcpy(all, m->weight, m->n_weights * sizeof *all);
    for (size_t k = 0; k < n; k++)
        all[m->n_weights + k] = (pot_weight){.t = t[k], .file = (uint32_t)i};
    m->weight = all;
    m->n_weights += n;
    return POT_OK;
}

pot_status pot_model_sort(pot_model *m, pot_error *err)
{
    if (m->n_weights) qsort(m->weight, m->n_weights, sizeof *m->weight, by_name);
    for (size_t i = 1; i < m->n_weights; i++)
        if (strcmp(m->weight[i - 1].t.name, m->weight[i].t.name) == 0) {
            pot_fail_at(err, POT_E_FORMAT, m->weight[i].t.name,
                        "two files hold a tensor of this name");
            return pot_fail_in(err, POT_E_FORMAT, m->dir);
        }
    return POT_OK;
}

static pot_status read_file(pot_model *m, size_t i, const char *name, bool shard, pot_error *err)
{
    char path[PATH_MAX];
    pot_tensor *t;
    size_t n;
    POT_TRY(pot_path_join(path, m->dir, name, err));
    if (shard && !pot_file_exists(path))
        return pot_fail_file(err, POT_E_IO, path,
                             "the index names this shard, and it is not there; "
                             "fetch it into the directory");
    POT_TRY(pot_model_map(m, i, name, path, err));
    POT_TRY(pot_safetensors_read(&t, &n, &m->arena, m->map[i].bytes, path, err));
    return pot_model_append(m, i, t, n, err);
}

/* The index and the shards must agree on where each tensor is. */
static pot_status check_index(const pot_model *m, const pot_json *map, pot_error *err)
{
    for (size_t i = 0; i < m->n_weights; i++) {
        const pot_weight *w = &m->weight[i];
        const char *file = json_string_value(json_object_get(map->v, w->t.name));
        if (!file || strcmp(file, m->weights[w->file].name) != 0)
            return pot_json_fail(map, POT_E_FORMAT, err, "tensor %.80s lies in %.80s, not in %.80s",
                                 w->t.name, m->weights[w->file].name, file ? file : "the index");
    }
    if (json_object_size(map->v) == m->n_weights) return POT_OK;
    const char *key;
    json_t *v;
    json_object_foreach(map->v, key, v)
    {
        const pot_weight want = {.t.name = key};
        if (!bsearch(&want, m->weight, m->n_weights, sizeof want, by_name))
            return pot_json_fail(map, POT_E_FORMAT, err, "tensor %.80s is not in %.80s", key,
                                 json_string_value(v));
    }
    return POT_OK;
}

static pot_status open_list(pot_model *m, const char *const *name, size_t n, bool shards,
                            pot_error *err)
{
    POT_TRY(pot_model_room(m, n, err));
    for (size_t i = 0; i < n; i++)
        POT_TRY(read_file(m, i, name[i], shards, err));
    return pot_model_sort(m, err);
}

static pot_status read_index(pot_model *m, const char *path, pot_error *err)
{
    pot_buf text = POT_BUF(MOST_INDEX);
    pot_json doc = {0}, map;
    const char **name = NULL;
    size_t n = 0;
    pot_status s;
    POT_GO(s, pot_file_read(&text, path, err));
    const pot_bytes data = {(const uint8_t *)text.p, text.n};
    POT_GO(s, pot_model_note_file(m, "model.safetensors.index.json", data, err));
    POT_GO(s, pot_json_parse(&doc, data, path, err));
    POT_GO(s, pot_json_object(&doc, "weight_map", &map, err));
    POT_GO(s, shard_names(&name, &n, m, &map, err));
    POT_GO(s, open_list(m, name, n, true, err));
    s = check_index(m, &map, err);
out:
    pot_json_close(&doc);
    pot_buf_free(&text);
    return s;
}

/* What the person has instead, and what to do. */
static pot_status no_weights(const pot_model *m, pot_error *err)
{
    static const char *const foreign[] = {"pytorch_model.bin", "pytorch_model.bin.index.json",
                                          "tf_model.h5", "flax_model.msgpack", NULL};
    char path[PATH_MAX];
    for (size_t i = 0; foreign[i]; i++) {
        POT_TRY(pot_path_join(path, m->dir, foreign[i], err));
        if (pot_file_exists(path))
            return pot_fail_file(err, POT_E_IO, path,
                                 "only safetensors are read: load the model in "
                                 "transformers and save it again");
    }
    return pot_fail_file(err, POT_E_IO, m->dir,
                         "neither model.safetensors nor model.safetensors.index.json is here; "
                         "fetch the weights into it");
}

pot_status pot_model_read_files(pot_model *m, pot_error *err)
{
    static const char *const single = "model.safetensors";
    char one[PATH_MAX], index[PATH_MAX];
    POT_TRY(pot_path_join(one, m->dir, single, err));
    POT_TRY(pot_path_join(index, m->dir, "model.safetensors.index.json", err));
    const bool has_one = pot_file_exists(one), has_index = pot_file_exists(index);
    if (has_one && has_index)
        pot_buf_str(&m->warn, "model.safetensors was read and model.safetensors.index.json was "
                              "not, as transformers does\n");
    if (has_one) return open_list(m, &single, 1, false, err);
    if (has_index) return read_index(m, index, err);
    return no_weights(m, err);
}
