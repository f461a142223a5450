/* Small random models of every architecture against log-probabilities recorded from
 * transformers (tests/golden/models), and every instruction set against the first, by memcmp. */
#include "base/file.h"
#include "base/json.h"
#include "t.h"

#include <pot/score.h>

#include <dirent.h>
#include <math.h>
#include <string.h>

#define MOST 64
#define DIR_ "tests/golden/models"

static pot_error err;

static void must(pot_status s)
{
    char text[1024];
    if (s == POT_OK) return;
    pot_error_text(&err, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    exit(1);
}

/* ids and log-probabilities of golden.json; returns their number. */
static size_t read_golden(const char *path, uint32_t *id, double *want)
{
    char file[PATH_MAX];
    pot_buf text = POT_BUF(1 << 20);
    pot_json doc, ids, lps;
    must(pot_path_join(file, path, "golden.json", &err));
    must(pot_file_read(&text, file, &err));
    must(pot_json_parse(&doc, (pot_bytes){(const uint8_t *)text.p, text.n}, file, &err));
    must(pot_json_array(&doc, "ids", &ids, &err));
    must(pot_json_array(&doc, "logprobs", &lps, &err));
    const size_t n = json_array_size(ids.v);
    CHECK(n <= MOST && n == json_array_size(lps.v) + 1);
    for (size_t i = 0; i < n; i++)
        id[i] = (uint32_t)json_integer_value(json_array_get(ids.v, i));
    for (size_t i = 1; i < n; i++)
        want[i] = json_number_value(json_array_get(lps.v, i - 1));
    pot_json_close(&doc);
    pot_buf_free(&text);
    return n;
}

/* Largest difference to the recording. */
static double check_model(const char *name)
{
    static const char *const level[] = {"ref", "avx2", "avx512"};
    char path[PATH_MAX];
    uint32_t id[MOST];
    double want[MOST], worst = 0;
    float got[3][MOST];
    pot_model *m;
    must(pot_path_join(path, DIR_, name, &err));
    const size_t n = read_golden(path, id, want);
    must(pot_model_open(&m, path, &err));
    CHECK(pot_model_info(m)->n_warnings == 0); /* every key that transformers writes is known */
    for (int k = 0; k < 3; k++) {
        must(pot_score_ids(m, got[k], id, n,
                           &(pot_compute){.threads = 1 + (unsigned)k, .kernel = level[k]}, &err));
        CHECK(memcmp(got[0] + 1, got[k] + 1, (n - 1) * sizeof(float)) == 0);
    }
    for (size_t i = 1; i < n; i++)
        worst = fmax(worst, fabs((double)got[0][i] - want[i]));
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
