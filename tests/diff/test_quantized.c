/* Small quantized models (FP8, GPTQ, AWQ, compressed-tensors) against what transformers recorded of
 * copies that others dequantized: log-probabilities, and the digest of every value, bit by bit.
 * And each instruction set and number of threads against the first, by memcmp. */
#include "golden.h"

#include <pot/score.h>

#include <dirent.h>
#include <math.h>

#define GOLDEN "tests/golden/quantized"

static void check_digest(pot_model *m, const struct golden *g)
{
    char hex[65] = "";
    must(pot_model_digest(m, 2, NULL, NULL, &err));
    for (int i = 0; i < 32; i++)
        snprintf(hex + 2 * (size_t)i, 3, "%02x", pot_model_info(m)->values_sha256[i]);
    CHECK(!*g->values || strcmp(hex, g->values) == 0);
}

/* Largest difference to the recording. */
static double check_model(const char *name)
{
    static const char *const level[] = {"ref", "avx2", "avx512"};
    char path[PATH_MAX];
    float got[3][MOST];
    double worst = 0;
    struct golden g;
    pot_model *m;
    must(pot_path_join(path, GOLDEN, name, &err));
    read_golden(path, &g);
    must(pot_model_open(&m, path, &err));
    must(pot_model_hash(m, 1, NULL, NULL, &err));
    const bool floats = strstr(name, "fp8_") && !strstr(name, "plain");
    CHECK(pot_model_info(m)->n_warnings == (floats || strstr(name, "fbgemm")));
    for (int k = 0; k < 3; k++) {
        must(pot_score_ids(m, got[k], g.id, g.n,
                           &(pot_compute){.threads = 1 + (unsigned)k, .kernel = level[k]}, &err));
        CHECK(memcmp(got[0] + 1, got[k] + 1, (g.n - 1) * sizeof(float)) == 0);
    }
    for (size_t i = 1; i < g.n; i++)
        worst = fmax(worst, fabs((double)got[0][i] - g.logprob[i]));
    check_digest(m, &g);
    fprintf(stderr, "%-20s %-40s %.3g\n", name, pot_model_info(m)->dtype, worst);
    pot_model_close(&m);
    CHECK(worst <= 1e-4);
    return worst;
}

int main(void)
{
    DIR *dir = opendir(GOLDEN);
    unsigned models = 0;
    CHECK(dir);
    for (const struct dirent *e; (e = readdir(dir));)
        if (e->d_name[0] != '.') {
            check_model(e->d_name);
            models++;
        }
    closedir(dir);
    CHECK(models == 27);
    return 0;
}
