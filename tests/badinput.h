/* badinput.h - files that were collected from attacks on other readers, each with the answer that
 * is expected: ../shared/data/trust/badinput/cases.json, where it is. */
#ifndef BADINPUT_H
#define BADINPUT_H

#include "base/json.h"
#include "tdir.h"

#define BADINPUT "../shared/data/trust/badinput/"

/* Open each file whose name begins with `prefix`: "reject" is POT_E_FORMAT with a message, all
 * else POT_OK; and there are at least so many. */
static inline void badinput_check(const char *prefix, unsigned least,
                                  pot_status (*open)(const char *path, pot_error *err))
{
    size_t n;
    unsigned seen = 0;
    char *text = t_read(BADINPUT "cases.json", &n), path[300];
    if (!text) {
        printf("skipped: no shared data\n");
        return;
    }
    pot_json doc;
    CHECK(pot_json_parse(&doc, (pot_bytes){(uint8_t *)text, n}, "cases.json", NULL) == POT_OK);
    for (size_t i = 0; i < json_array_size(doc.v); i++) {
        const pot_json c = pot_json_at(&doc, i);
        const char *file = NULL, *expect = NULL;
        CHECK(pot_json_str(&c, "file", &file, NULL) == POT_OK);
        CHECK(pot_json_str(&c, "expect", &expect, NULL) == POT_OK);
        if (strncmp(file, prefix, strlen(prefix)) != 0) continue;
        pot_error err = {0};
        snprintf(path, sizeof path, BADINPUT "%s", file);
        const pot_status s = open(path, &err);
        if (s != (strcmp(expect, "reject") == 0 ? POT_E_FORMAT : POT_OK)) {
            fprintf(stderr, "%s: %s is expected: %s: %s\n", file, expect, err.place, err.msg);
            exit(1);
        }
        CHECK(err.status == s && (s == POT_OK || *err.msg));
        seen++;
    }
    CHECK(seen >= least);
    pot_json_close(&doc);
    free(text);
}

#endif
