/* Every changed byte of what `challenge check` reads is noticed: commitment, tag, key, and in
 * the transcript the index, family, seed and text of each challenge. */
#define _GNU_SOURCE
#include "base/mem.h"
#include "run.h"
#include "tdir.h"

static const char *dir;

static void put(const char *name, const pot_buf *b)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    t_write(path, b->p, b->n);
}

static bool accepted(void)
{
    pot_challenges_found f = {.opens = true, .texts_match = true};
    pot_error err = {0};
    const pot_status s = pot_challenges_check(&f, dir, NULL, &err);
    if (s != POT_OK) CHECK(!f.opens && !f.texts_match && err.msg[0]);
    return s == POT_OK && f.opens && f.texts_match;
}

/* Flip one bit of each byte in [from, to) in turn; white space between JSON tokens of the reveal
 * may change without meaning, nothing else may. */
static unsigned flip(const char *name, size_t from, size_t to, size_t step)
{
    pot_buf b = run_file(dir, name);
    unsigned missed = 0;
    if (to > b.n) to = b.n;
    for (size_t i = from; i < to; i += step) {
        const char old = b.p[i];
        b.p[i] = (char)(old ^ (1 << (i % 7)));
        put(name, &b);
        if (accepted()) {
            fprintf(stderr, "%s: byte %zu (%c -> %c) went unnoticed\n", name, i, old, b.p[i]);
            missed++;
        }
        b.p[i] = old;
    }
    put(name, &b);
    pot_buf_free(&b);
    CHECK(accepted());
    return missed;
}

/* Cut, lengthen and exchange. */
static void check_lengths(const char *name)
{
    pot_buf b = run_file(dir, name), cut = POT_BUF((size_t)1 << 28);
    for (size_t n = 0; n < b.n; n += 1 + b.n / 7) {
        pot_buf_clear(&cut);
        pot_buf_add(&cut, b.p, n);
        put(name, &cut);
        CHECK(!accepted());
    }
    pot_buf_clear(&cut);
    pot_buf_add(&cut, b.p, b.n);
    pot_buf_str(&cut, "x");
    put(name, &cut);
    CHECK(!accepted());
    put(name, &b);
    CHECK(accepted());
    pot_buf_free(&cut);
    pot_buf_free(&b);
}

int main(void)
{
    pot_error err = {0};
    pot_decision found;
    t_dir_open();
    dir = t_path("run");
    const pot_verify_options o = {.ref = "zoo/base", .cand = "zoo/other-seed", .mode = POT_QUICK};
    must(run_into(&found, &o, dir, &err), &err);
    CHECK(found == POT_DIFFERENT && accepted());

    CHECK(flip("commitment.json", 0, SIZE_MAX, 1) == 0);
    CHECK(flip("commitment.tag", 0, SIZE_MAX, 1) == 0);
    pot_buf line = run_file(dir, "transcript.ndjson"), reveal = run_file(dir, "reveal.json");
    const size_t ids = (size_t)(strstr(line.p, "\"ids\"") - line.p);
    CHECK(flip("transcript.ndjson", 0, ids - 2, 1) ==
          0); /* the first challenge, to its text's end */
    const char *key = strstr(reveal.p, "\"key\": \"");
    CHECK(key);
    const size_t at = (size_t)(key - reveal.p);
    CHECK(flip("reveal.json", at, at + 8 + 64 + 1, 1) == 0);
    check_lengths("commitment.json");
    check_lengths("commitment.tag");
    check_lengths("transcript.ndjson");
    pot_buf_free(&line);
    pot_buf_free(&reveal);
    static const char *const needed[] = {"run/commitment.json", "run/commitment.tag",
                                         "run/transcript.ndjson", "run/reveal.json",
                                         "run/verdict.json"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed;
         i++) { /* a missing file is no agreement */
        const char *path = t_path(needed[i]), *aside = t_path("aside");
        CHECK(rename(path, aside) == 0 && !accepted());
        CHECK(rename(aside, path) == 0 && accepted());
    }
    CHECK(pot_mem_used() == 0);
    return 0;
}
