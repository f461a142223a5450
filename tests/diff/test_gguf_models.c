/* The same weights as safetensors and as GGUF give the same score bits: pairs that
 * tools/oracle/gguf_models.py wrote with transformers and the gguf package
 * (tests/golden/gguf_models), and the stories260K model where the shared data are. */
#include "base/file.h"
#include "base/json.h"
#include "kernel/kernel.h"
#include "t.h"

#include <pot/model.h>
#include <pot/score.h>

#include <dirent.h>
#include <math.h>
#include <string.h>

#define MOST    64
#define DIR_    "tests/golden/gguf_models"
#define STORIES "../shared/data/models/stories260k"

static pot_error err;

static void must(pot_status s)
{
    char text[1024];
    if (s == POT_OK) return;
    pot_error_text(&err, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    exit(1);
}

static size_t read_ids(const char *path, uint32_t *id)
{
    char file[PATH_MAX];
    pot_buf text = POT_BUF(1 << 20);
    pot_json doc, ids;
    must(pot_path_join(file, path, "golden.json", &err));
    must(pot_file_read(&text, file, &err));
    must(pot_json_parse(&doc, (pot_bytes){(const uint8_t *)text.p, text.n}, file, &err));
    must(pot_json_array(&doc, "ids", &ids, &err));
    const size_t n = json_array_size(ids.v);
    CHECK(n >= 2 && n <= MOST);
    for (size_t i = 0; i < n; i++)
        id[i] = (uint32_t)json_integer_value(json_array_get(ids.v, i));
    pot_json_close(&doc);
    pot_buf_free(&text);
    return n;
}

static void score(const char *path, float *out, const uint32_t *id, size_t n, const char *level)
{
    pot_model *m;
    must(pot_model_open(&m, path, &err));
    must(pot_model_hash(m, 2, NULL, NULL, &err));
    must(pot_score_ids(m, out, id, n, &(pot_compute){.threads = 2, .kernel = level}, &err));
    pot_model_close(&m);
}

static void same_facts(const char *dir, const char *file)
{
    pot_model *a, *b;
    must(pot_model_open(&a, dir, &err));
    must(pot_model_open(&b, file, &err));
    const pot_model_facts *x = pot_model_info(a), *y = pot_model_info(b);
    CHECK(x->params == y->params && x->vocab == y->vocab && x->layers == y->layers);
    CHECK(x->head_dim == y->head_dim && x->context == y->context && x->tied == y->tied);
    CHECK(strcmp(x->activation, y->activation) == 0 && strcmp(y->container, "GGUF") == 0);
    must(pot_model_digest(a, 1, NULL, NULL, &err));
    must(pot_model_digest(b, 3, NULL, NULL, &err));
    CHECK(x->digested && memcmp(x->values_sha256, y->values_sha256, 32) == 0);
    pot_model_close(&a);
    pot_model_close(&b);
}

/* Two models, and the same in another dtype, have other digests. */
static void test_digests_differ(void)
{
    static const char *const file[] = {DIR_ "/llama-4/copy.gguf", DIR_ "/llama-14/copy.gguf",
                                       "tests/golden/models/llama-0"};
    uint8_t sha[3][32];
    for (int i = 0; i < 3; i++) {
        pot_model *m;
        must(pot_model_open(&m, file[i], &err));
        CHECK(!pot_model_info(m)->digested);
        must(pot_model_digest(m, 2, NULL, NULL, &err));
        memcpy(sha[i], pot_model_info(m)->values_sha256, 32);
        pot_model_close(&m);
        for (int k = 0; k < i; k++)
            CHECK(memcmp(sha[i], sha[k], 32) != 0);
    }
}

static void check_pair(const char *name)
{
    const char *level;
    char dir[PATH_MAX], file[PATH_MAX];
    uint32_t id[MOST];
    float want[MOST], got[MOST];
    must(pot_path_join(dir, DIR_, name, &err));
    must(pot_path_join(file, dir, "copy.gguf", &err));
    const size_t n = read_ids(dir, id);
    score(dir, want, id, n, NULL);
    for (size_t k = 0; (level = pot_kernels_level(k)); k++) {
        score(file, got, id, n, level);
        CHECK(memcmp(want + 1, got + 1, (n - 1) * sizeof *got) == 0);
    }
    same_facts(dir, file);
}

/* A trained model that others converted: F32 is the same, Q8_0 close. */
static void test_stories(void)
{
    static const uint32_t id[] = {1, 403, 407, 261, 378, 432, 383, 285, 500, 17, 3, 77};
    enum { N = sizeof id / sizeof *id };
    float want[N], got[N];
    if (!pot_file_exists(STORIES "-gguf/stories260K-f32.gguf")) {
        printf("skipped: no shared data\n");
        return;
    }
    score(STORIES, want, id, N, NULL);
    score(STORIES "-gguf/stories260K-f32.gguf", got, id, N, NULL);
    CHECK(memcmp(want + 1, got + 1, (N - 1) * sizeof *got) == 0);
    score(STORIES "-gguf/stories260K-q8_0.gguf", got, id, N, NULL);
    CHECK(memcmp(want + 1, got + 1, (N - 1) * sizeof *got) != 0);
    for (int i = 1; i < N; i++)
        CHECK(fabsf(want[i] - got[i]) < 0.5f);
}

int main(void)
{
    DIR *dir = opendir(DIR_);
    unsigned models = 0;
    CHECK(dir);
    for (const struct dirent *e; (e = readdir(dir));)
        if (e->d_name[0] != '.') {
            fprintf(stderr, "%s\n", e->d_name);
            check_pair(e->d_name);
            models++;
        }
    closedir(dir);
    CHECK(models == 34);
    test_digests_differ();
    test_stories();
    return 0;
}
