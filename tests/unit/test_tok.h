/* test_tok.h - what the tokenizer's tests share: JSON with single quotes, results as text. */
#ifndef TEST_TOK_H
#define TEST_TOK_H

#include <pot/tokenizer.h>

#include "base/mem.h"
#include "t.h"
#include "token/parse.h"

#include <stdarg.h>
#include <string.h>

#define CHECK_STR(got, want)                                                                       \
    do {                                                                                           \
        const char *g_ = (got), *w_ = (want);                                                      \
        if (strcmp(g_, w_) != 0) {                                                                 \
            fprintf(stderr, "%s:%d: got  %s\n    want %s\n", __FILE__, __LINE__, g_, w_);          \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* The text with ' for ", so that JSON can be written in C. */
static inline pot_bytes quoted(char *room, size_t size, const char *s)
{
    const size_t n = strlen(s);
    CHECK(n < size);
    for (size_t i = 0; i <= n; i++)
        room[i] = s[i] == '\'' ? '"' : s[i];
    return (pot_bytes){(const uint8_t *)room, n};
}

/* A tokenizer.json of the given top-level members (each with a comma behind it) and model. */
static inline pot_status try_open(pot_tokenizer **t, const char *members, const char *model,
                                  pot_error *err)
{
    static char text[1 << 16], room[1 << 16];
    snprintf(text, sizeof text, "{'version':'1.0',%s'model':%s}", members, model);
    return pot_tokenizer_parse(t, quoted(room, sizeof room, text), "t.json", err);
}

static inline pot_tokenizer *must_open(const char *members, const char *model)
{
    pot_tokenizer *t = NULL;
    pot_error err = {0};
    if (try_open(&t, members, model, &err) != POT_OK) {
        fprintf(stderr, "%s: %s\n", err.place, err.msg);
        exit(1);
    }
    return t;
}

/* "id:start-end ..." of a text. */
static inline const char *ids_of(pot_tokenizer *t, const char *text, bool special)
{
    static char out[1 << 16];
    pot_tokens ids = {0};
    pot_error err = {0};
    size_t at = 0;
    out[0] = '\0';
    if (pot_tokenizer_encode(t, &ids, text, strlen(text), special, &err) != POT_OK) {
        snprintf(out, sizeof out, "%d %s", (int)err.status, err.msg);
        return out;
    }
    for (size_t i = 0; i < ids.n; i++) {
        CHECK(at + 40 < sizeof out);
        at += (size_t)snprintf(out + at, 40, "%s%u:%u-%u", i ? " " : "", ids.id[i], ids.start[i],
                               ids.end[i]);
    }
    pot_tokens_free(&ids);
    return out;
}

#endif
