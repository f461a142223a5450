/* golden.h - the golden.json of a recorded model: ids and what another program made of them. */
#ifndef POT_TESTS_GOLDEN_H
#define POT_TESTS_GOLDEN_H

#include "base/file.h"
#include "base/json.h"
#include "t.h"

#include <string.h>

#define MOST 64

struct golden {
    uint32_t id[MOST];
    double logprob[MOST]; /* from 1 on */
    size_t n;
    char values[65]; /* values_sha256, or "" */
};

static pot_error err;

static inline void must(pot_status s)
{
    char text[1024];
    if (s == POT_OK) return;
    pot_error_text(&err, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    exit(1);
}

static inline void read_golden(const char *path, struct golden *g)
{
    char file[PATH_MAX];
    const char *values = "";
    pot_buf text = POT_BUF(1 << 20);
    pot_json doc, ids, lps;
    must(pot_path_join(file, path, "golden.json", &err));
    must(pot_file_read(&text, file, &err));
    must(pot_json_parse(&doc, (pot_bytes){(const uint8_t *)text.p, text.n}, file, &err));
    must(pot_json_array(&doc, "ids", &ids, &err));
    must(pot_json_array(&doc, "logprobs", &lps, &err));
    must(pot_json_opt_str(&doc, "values_sha256", &values, &err));
    g->n = json_array_size(ids.v);
    CHECK(g->n <= MOST && g->n == json_array_size(lps.v) + 1);
    for (size_t i = 0; i < g->n; i++)
        g->id[i] = (uint32_t)json_integer_value(json_array_get(ids.v, i));
    for (size_t i = 1; i < g->n; i++)
        g->logprob[i] = json_number_value(json_array_get(lps.v, i - 1));
    snprintf(g->values, sizeof g->values, "%s", values);
    pot_json_close(&doc);
    pot_buf_free(&text);
}

#endif
