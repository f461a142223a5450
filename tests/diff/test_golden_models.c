/* Small random models of every architecture against log-probabilities recorded from
 * transformers (tests/golden/models), and every instruction set against the first, by memcmp. */
#include "golden.h"
#include "kernel/kernel.h"

#include <pot/score.h>

#include <dirent.h>
#include <math.h>

#define DIR_ "tests/golden/models"

/* Largest difference to the recording. */
static double check_model(const char *name)
{
    const char *level;
    char path[PATH_MAX];
    struct golden g;
    double worst = 0;
    float got[MOST], ref[MOST];
    pot_model *m;
    must(pot_path_join(path, DIR_, name, &err));
    read_golden(path, &g);
    must(pot_model_open(&m, path, &err));
    CHECK(pot_model_info(m)->n_warnings == 0); /* every key that transformers writes is known */
    must(pot_score_ids(m, ref, g.id, g.n, &(pot_compute){.threads = 1, .kernel = "ref"}, &err));
    for (unsigned k = 1; (level = pot_kernels_level(k)); k++) {
        must(pot_score_ids(m, got, g.id, g.n, &(pot_compute){.threads = 1 + k, .kernel = level},
                           &err));
        CHECK(memcmp(ref + 1, got + 1, (g.n - 1) * sizeof(float)) == 0);
    }
    for (size_t i = 1; i < g.n; i++)
        worst = fmax(worst, fabs((double)ref[i] - g.logprob[i]));
    pot_model_close(&m);
    CHECK(worst <= 1e-4);
    return worst;
}

int main(void)
{
    DIR *dir = opendir(DIR_);
    unsigned models = 0;
    double worst = 0;
    CHECK(dir);
    for (const struct dirent *e; (e = readdir(dir));)
        if (e->d_name[0] != '.') {
            const double d = check_model(e->d_name);
            fprintf(stderr, "%-12s %.3g\n", e->d_name, d);
            worst = fmax(worst, d);
            models++;
        }
    closedir(dir);
    CHECK(models == 101);
    fprintf(stderr, "%u models, largest difference %.3g\n", models, worst);
    return 0;
}
