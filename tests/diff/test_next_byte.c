/* zoo/base, whose tokens are of byte-level BPE, and a tiny model with a SentencePiece tokenizer:
 * places and figures against those that tools/oracle/next_byte.py recorded with transformers,
 * tokenizers and sentencepiece. */
#define _GNU_SOURCE
#include "base/json.h"
#include "run.h"
#include "tdir.h"

#include <math.h>

enum { MOST_PLACES = 200 };

/* The values of 8 digits each; how many. */
static size_t bits(const json_t *line, const char *name, double *out)
{
    const char *s = json_string_value(json_object_get(line, name));
    const size_t n = strlen(s) / 8;
    CHECK(n <= MOST_PLACES);
    for (size_t i = 0; i < n; i++) {
        unsigned u;
        float x;
        CHECK(sscanf(s + 8 * i, "%8x", &u) == 1);
        memcpy(&x, &u, sizeof x);
        out[i] = (double)x;
    }
    return n;
}

static void check_line(const json_t *got, const json_t *want)
{
    static const char *const figures[] = {"tv", "kl", "lp_ref", "lp_cand"};
    const json_t *offsets = json_object_get(want, "offsets");
    CHECK(json_array_size(offsets) > 20);
    CHECK(json_equal(json_object_get(got, "text"), json_object_get(want, "text")));
    CHECK(json_equal(json_object_get(got, "offsets"), offsets));
    for (size_t i = 0; i < 4; i++) {
        double x[MOST_PLACES], worst = 0;
        const json_t *y = json_object_get(want, figures[i]);
        const size_t n = bits(got, figures[i], x);
        CHECK(n == json_array_size(offsets) && n == json_array_size(y));
        for (size_t k = 0; k < n; k++)
            worst = fmax(worst, fabs(x[k] - json_number_value(json_array_get(y, k))));
        CHECK(worst <= 2e-5);
    }
}

int main(void)
{
    pot_error err = {0};
    pot_decision found;
    const pot_verify_options o = {
        .ref = "zoo/base", .cand = "tests/golden/bytes", .mode = POT_QUICK};
    t_dir_open();
    const char *dir = t_path("run");
    must(run_into(&found, &o, dir, &err), &err);
    CHECK(found == POT_DIFFERENT);
    json_t *want = json_load_file("tests/golden/bytes/expected.json", 0, NULL);
    CHECK(json_array_size(want) == 5);
    pot_buf lines = run_file(dir, "transcript.ndjson");
    char *at = lines.p;
    for (size_t i = 0; i < 5; i++) {
        char *end = strchr(at, '\n');
        json_t *got = end ? json_loadb(at, (size_t)(end - at), 0, NULL) : NULL;
        CHECK(got);
        check_line(got, json_array_get(want, i));
        json_decref(got);
        at = end + 1;
    }
    json_decref(want);
    pot_buf_free(&lines);
    return 0;
}
