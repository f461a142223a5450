/* A model in one GGUF file, or in the files of a split: NAME-00001-of-00003.gguf, ... */
#include "base/fail.h"
#include "model/family.h"
#include "model/gguf_family.h"
#include "model/model.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MOST_FILES 10000u
#define TAIL       20 /* "-00001-of-00003.gguf" */

/* Is this the name of file `no` (from 0) of `count`?  With count 0: of any split; *no is set. */
static bool split_name(const char *name, unsigned *no, unsigned *count)
{
    const size_t n = strlen(name);
    char want[TAIL + 1];
    if (n <= TAIL || sscanf(name + n - TAIL, "-%5u-of-%5u.gguf", no, count) != 2) return false;
    snprintf(want, sizeof want, "-%05u-of-%05u.gguf", *no % 100000, *count % 100000);
    return *no >= 1 && *no <= *count && strcmp(name + n - TAIL, want) == 0;
}

static pot_status split_facts(const pot_gguf *g, uint32_t *no, uint32_t *count, uint32_t *tensors,
                              pot_error *err)
{
    *no = *tensors = 0;
    *count = 1;
    POT_TRY(pot_gguf_u32(g, "split.no", no, err));
    POT_TRY(pot_gguf_u32(g, "split.count", count, err));
    POT_TRY(pot_gguf_u32(g, "split.tensors.count", tensors, err));
    if (*count == 0) *count = 1; /* so written by some tools for one file */
    if (*count <= MOST_FILES && *no < *count) return POT_OK;
    return pot_gguf_fail(g, "split.count", POT_E_FORMAT, err, "file %u (from 0) of %u; at most %u",
                         *no, *count, MOST_FILES);
}

/* The further files of a split whose first is read. */
static pot_status read_parts(pot_model *m, const char *first, uint32_t count, uint32_t tensors,
                             pot_error *err)
{
    char path[PATH_MAX];
    const size_t stem = strlen(first) - TAIL;
    for (uint32_t i = 1; i < count; i++) {
        char *name = pot_arena_new(&m->arena, stem + TAIL + 1, 1);
        if (!name) return pot_fail_mem(err);
        memcpy(name, first, stem);
        snprintf(name + stem, TAIL + 1, "-%05u-of-%05u.gguf", (i + 1) % 100000, count % 100000);
        POT_TRY(pot_path_join(path, m->dir, name, err));
        if (!pot_file_exists(path))
            return pot_fail_file(err, POT_E_IO, path,
                                 "a part of the split model is not there; fetch it");
        POT_TRY(pot_model_map(m, i, name, path, err));
        pot_gguf g = {0};
        uint32_t no, n, unused;
        POT_TRY(pot_gguf_read(&g, &m->arena, m->map[i].bytes, path, err));
        POT_TRY(split_facts(&g, &no, &n, &unused, err));
        if (no != i || n != count)
            return pot_gguf_fail(&g, "split.no", POT_E_FORMAT, err,
                                 "says file %u of %u, and by its name it is %u of %u (from 0)", no,
                                 n, i, count);
        POT_TRY(pot_model_append(m, i, g.tensor, g.n_tensors, err));
    }
    if (!tensors || tensors == m->n_weights) return POT_OK;
    pot_fail_at(err, POT_E_FORMAT, "split.tensors.count", "%u, and the files hold %zu", tensors,
                m->n_weights);
    return pot_fail_in(err, POT_E_FORMAT, m->facts.path);
}

static bool any_ends(const pot_gguf *g, const char *end)
{
    const size_t k = strlen(end);
    bool any = false;
    for (size_t i = 0; i < g->n_tensors && !any; i++) {
        const size_t n = strlen(g->tensor[i].name);
        any = n >= k && strcmp(g->tensor[i].name + n - k, end) == 0;
    }
    return any;
}

/* What the file says, as config.json would; and where the converter has put things. */
static pot_status read_arch(pot_model *m, const pot_gguf *g, pot_error *err)
{
    const struct pot_gguf_family *row = NULL;
    pot_buf text = POT_BUF((size_t)1 << 16);
    pot_json doc = {0};
    pot_status s;
    POT_GO(s, pot_gguf_config(g, &row, &text, err));
    POT_GO(s, pot_json_parse(&doc, (pot_bytes){(const uint8_t *)text.p, text.n}, g->path, err));
    POT_GO(s, pot_arch_read(&m->arch, &m->arena, &doc, &m->warn, err));
    m->arch.columns = m->arch.norm_plus_1 = false; /* transposed, and 1 added, when converted */
    m->arch.moe.columns = false;
    m->arch.moe.fused_up = m->arch.moe.halves = any_ends(g, "ffn_gate_up_exps.weight");
    m->arch.qk_pairs = row->pairs;
    m->arch.qkv = pot_gguf_tensor(g, "blk.0.attn_qkv.weight") ? POT_QKV_CONCAT : POT_QKV_SPLIT;
    m->arch.latent.apart = row->latent && pot_gguf_tensor(g, "blk.0.attn_k_b.weight");
    const char **names = pot_arena_new(&m->arena, POT_SLOTS, sizeof *names);
    POT_GO(s, names ? POT_OK : pot_fail_mem(err));
    for (pot_slot i = 0; i < POT_SLOTS; i++)
        names[i] = row->name[i] ? row->name[i] : pot_gguf_names[i];
    m->names = names;
out:
    pot_json_close(&doc);
    pot_buf_free(&text);
    return s;
}

/* Tensors that stand for something in config.json; and rows that are written as vectors. */
static void settle(pot_model *m)
{
    static const char end[] = "ffn_gate_inp_shexp.weight";
    for (size_t i = 0; i < m->n_weights; i++) {
        pot_tensor *t = &m->weight[i].t;
        const size_t n = strlen(t->name);
        if (m->arch.rope[0].kind == POT_ROPE_LONG)
            m->weight[i].aside =
                strcmp(t->name, POT_GGUF_LONG) == 0 || strcmp(t->name, POT_GGUF_SHORT) == 0;
        if (t->dims != 1 || n < sizeof end || strcmp(t->name + n - (sizeof end - 1), end) != 0)
            continue;
        t->dims = 2, t->shape[1] = t->shape[0], t->shape[0] = 1;
    }
}

/* What the scaling of llama 3 comes to: a factor for each frequency, as in longrope, but one list
 * for texts of any length. */
static pot_status read_factors(pot_model *m, pot_error *err)
{
    static const char *const name = "rope_freqs.weight";
    pot_rope *r = &m->arch.rope[0];
    const uint32_t n = r->dim / 2;
    pot_weight *w = NULL;
    for (size_t i = 0; i < m->n_weights && !w; i++)
        if (strcmp(m->weight[i].t.name, name) == 0) w = &m->weight[i];
    if (!w || m->arch.position != POT_POS_ROPE) return POT_OK;
    double *f = pot_arena_new(&m->arena, n, sizeof *f);
    if (!f) return pot_fail_mem(err);
    bool good = strcmp(w->t.dtype, "F32") == 0 && w->t.dims == 1 && w->t.shape[0] == n;
    for (uint32_t i = 0; good && i < n; i++) {
        float x;
        memcpy(&x, w->t.data.p + i * sizeof x, sizeof x);
        f[i] = (double)x;
        good = f[i] >= 1e-6 && f[i] <= 1e6;
    }
    if (good && r->kind != POT_ROPE_PLAIN) {
        pot_fail_at(err, POT_E_UNSUPPORTED, name,
                    "beside rope scaling \"%s\": one of the two is expected",
                    pot_rope_name(r->kind));
        return pot_fail_in(err, POT_E_UNSUPPORTED, m->facts.path);
    }
    if (!good) {
        pot_fail_at(err, POT_E_FORMAT, name, "%u positive numbers in F32 are expected", n);
        return pot_fail_in(err, POT_E_FORMAT, m->facts.path);
    }
    w->aside = true;
    r->kind = POT_ROPE_LONG;
    r->list[0] = r->list[1] = f;
    return POT_OK;
}

/* Let the first file's metadata stand beside the tensors of all files. */
static pot_status gather(const pot_model *m, pot_gguf *g, pot_arena *a, pot_error *err)
{
    g->n_tensors = m->n_weights;
    g->tensor = pot_arena_new(a, m->n_weights + 1, sizeof *g->tensor);
    if (!g->tensor) return pot_fail_mem(err);
    for (size_t i = 0; i < m->n_weights; i++)
        g->tensor[i] = m->weight[i].t;
    return POT_OK;
}

static pot_status note_tokenizer(pot_model *m, const pot_gguf *g, const char *path, pot_error *err)
{
    m->facts.has_chat_template = pot_gguf_find(g, "tokenizer.chat_template") != NULL;
    m->facts.has_tokenizer = pot_gguf_find(g, "tokenizer.ggml.tokens") != NULL;
    if (!m->facts.has_tokenizer) return POT_OK;
    m->tokenizer_path = pot_arena_str(&m->arena, path, strlen(path));
    return m->tokenizer_path ? POT_OK : pot_fail_mem(err);
}

pot_status pot_model_read_gguf(pot_model *m, const char *name, pot_error *err)
{
    char path[PATH_MAX];
    unsigned by_name = 1, of = 1;
    const bool parts = split_name(name, &by_name, &of);
    uint32_t no, count, tensors;
    pot_gguf g = {0};
    m->facts.container = "GGUF";
    POT_TRY(pot_model_room(m, parts && of <= MOST_FILES ? of : 1, err));
    POT_TRY(pot_model_map(m, 0, name, path, err));
    POT_TRY(pot_gguf_read(&g, &m->arena, m->map[0].bytes, path, err));
    POT_TRY(split_facts(&g, &no, &count, &tensors, err));
    if (no)
        return pot_gguf_fail(&g, "split.no", POT_E_FORMAT, err,
                             "this is file %u of a split model; give the first, which ends in "
                             "-00001-of-%05u.gguf",
                             no + 1, count);
    if (count > 1 && (!parts || of != count || by_name != 1))
        return pot_gguf_fail(&g, "split.count", POT_E_FORMAT, err,
                             "%u files belong together; the name of the first must end in "
                             "-00001-of-%05u.gguf",
                             count, count);
    POT_TRY(pot_model_append(m, 0, g.tensor, g.n_tensors, err));
    if (count > 1) POT_TRY(read_parts(m, name, count, tensors, err));
    POT_TRY(pot_model_sort(m, err));
    POT_TRY(gather(m, &g, &m->arena, err));
    POT_TRY(read_arch(m, &g, err));
    settle(m);
    POT_TRY(read_factors(m, err));
    return note_tokenizer(m, &g, path, err);
}

/* Does a file of the directory stand for a model: alone, or as the first of a split? */
static bool leads(const char *name)
{
    unsigned no, count;
    const size_t n = strlen(name);
    if (n <= 5 || strcmp(name + n - 5, ".gguf") != 0) return false;
    return !split_name(name, &no, &count) || no == 1;
}

pot_status pot_gguf_in_dir(char out[POT_FILE_NAME], const char *dir, pot_error *err)
{
    size_t n = 0;
    DIR *d = opendir(dir);
    if (!d) return pot_fail_sys(err, dir, errno, "cannot list the directory");
    out[0] = '\0';
    for (const struct dirent *e; (e = readdir(d)) != NULL;)
        if (leads(e->d_name) && n++ == 0) snprintf(out, POT_FILE_NAME, "%s", e->d_name);
    closedir(d);
    if (n < 2) return POT_OK;
    return pot_fail_file(err, POT_E_ARG, dir,
                         "no config.json in it, and %zu GGUF models; give one of the files", n);
}
