/* Do the challenges of a run follow from its commitment?  Key and document must give the tag,
 * and each prompt must be the beginning of the text that the key makes. */
#include "base/fail.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

#include <pot/evidence.h>

#define MOST_FILE ((size_t)1 << 30)

struct check {
    const char *dir;
    pot_challenges_found *found;
    uint8_t key[POT_KEY_SIZE], run_id[POT_RUN_ID_SIZE];
    pot_corpus *corpus;
    pot_error *err;
};

/* Remember the first thing that is wrong. */
static void wrong(struct check *c, const char *what, unsigned line)
{
    if (c->found->wrong[0]) return;
    if (line) snprintf(c->found->wrong, sizeof c->found->wrong, "line %u: %s", line, what);
    else snprintf(c->found->wrong, sizeof c->found->wrong, "%s", what);
}

static pot_status read_file(struct check *c, pot_buf *out, const char *name)
{
    char path[PATH_MAX];
    *out = POT_BUF(MOST_FILE);
    POT_TRY(pot_path_join(path, c->dir, name, c->err));
    return pot_file_read(out, path, c->err);
}

static pot_bytes bytes(const pot_buf *b)
{
    return (pot_bytes){(const uint8_t *)b->p, b->n};
}

/* A member of exactly n bytes in hexadecimal. */
static pot_status hex_member(const pot_json *o, const char *key, void *out, size_t n,
                             pot_error *err)
{
    const char *text;
    POT_TRY(pot_json_str(o, key, &text, err));
    const pot_json at = pot_json_get(o, key);
    if (pot_hex_parse(out, n, text)) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "%zu hexadecimal digits are expected", 2 * n);
}

static pot_status read_reveal(struct check *c)
{
    pot_buf text;
    pot_json doc = {0};
    pot_status s;
    POT_GO(s, read_file(c, &text, "reveal.json"));
    POT_GO(s, pot_json_parse(&doc, bytes(&text), "reveal.json", c->err));
    POT_GO(s, hex_member(&doc, "key", c->key, POT_KEY_SIZE, c->err));
    s = hex_member(&doc, "run_id", c->run_id, POT_RUN_ID_SIZE, c->err);
out:
    pot_json_close(&doc);
    if (text.p) pot_wipe(text.p, text.n);
    pot_buf_free(&text);
    return s;
}

static pot_status check_tag(struct check *c, const pot_buf *document)
{
    pot_buf text;
    uint8_t tag[POT_TAG_SIZE];
    pot_status s = read_file(c, &text, "commitment.tag");
    if (s == POT_OK && text.n == 2 * POT_TAG_SIZE + 1 && text.p[text.n - 1] == '\n') {
        text.p[text.n - 1] = '\0';
        if (pot_hex_parse(tag, sizeof tag, text.p))
            s = pot_commit_check(&c->found->opens, tag, c->key, document->p, document->n, c->err);
    }
    if (s == POT_OK && !c->found->opens)
        wrong(c, "key and commitment.json do not give commitment.tag", 0);
    pot_buf_free(&text);
    return s;
}

/* The run id, the generator and the corpus must be those that were committed to. */
static pot_status check_document(struct check *c, const pot_buf *text, const char *corpus)
{
    pot_json doc;
    uint8_t run_id[POT_RUN_ID_SIZE], sha256[32];
    const char *generator = "";
    POT_TRY(pot_json_parse(&doc, bytes(text), "commitment.json", c->err));
    pot_status s;
    POT_GO(s, hex_member(&doc, "run_id", run_id, sizeof run_id, c->err));
    POT_GO(s, pot_json_str(&doc, "generator", &generator, c->err));
    if (memcmp(run_id, c->run_id, sizeof run_id) != 0)
        wrong(c, "reveal.json and commitment.json name different run ids", 0);
    if (strcmp(generator, POT_GENERATOR) != 0) {
        s = pot_fail_file(c->err, POT_E_UNSUPPORTED, "commitment.json",
                          "generator \"%.40s\"; this program has " POT_GENERATOR, generator);
        goto out;
    }
    if (!pot_json_has(&doc, "corpus_sha256")) goto out;
    POT_GO(s, hex_member(&doc, "corpus_sha256", sha256, sizeof sha256, c->err));
    if (!corpus) {
        s = pot_fail(c->err, POT_E_ARG, "the run drew from a corpus: give it with --corpus FILE");
        goto out;
    }
    POT_GO(s, pot_corpus_open(&c->corpus, corpus, c->err));
    if (memcmp(sha256, pot_corpus_sha256(c->corpus), sizeof sha256) != 0)
        wrong(c, "the corpus is not the one that was committed to", 0);
out:
    pot_json_close(&doc);
    return s;
}

static pot_status check_line(struct check *c, pot_bytes line, unsigned i)
{
    pot_json doc;
    pot_challenge want;
    uint8_t seed[POT_SEED_SIZE];
    uint32_t index = 0;
    const char *text = "", *family = "";
    POT_TRY(pot_challenge_make(&want, c->key, c->run_id, i, c->corpus, c->err));
    POT_TRY(pot_json_parse(&doc, line, "transcript.ndjson", c->err));
    pot_status s;
    POT_GO(s, pot_json_u32(&doc, "index", &index, c->err));
    POT_GO(s, hex_member(&doc, "seed", seed, sizeof seed, c->err));
    POT_GO(s, pot_json_str(&doc, "family", &family, c->err));
    POT_GO(s, pot_json_str(&doc, "text", &text, c->err));
    const size_t n = strlen(text);
    if (index != i) wrong(c, "the index is out of order", i + 1);
    else if (memcmp(seed, want.seed, sizeof seed) != 0) wrong(c, "another seed", i + 1);
    else if (strcmp(family, pot_family_name(want.family)) != 0) wrong(c, "another family", i + 1);
    else if (!n || n > want.n || memcmp(text, want.text, n) != 0) wrong(c, "another text", i + 1);
out:
    pot_json_close(&doc);
    return s;
}

static pot_status check_transcript(struct check *c)
{
    pot_buf text;
    pot_status s = read_file(c, &text, "transcript.ndjson");
    size_t at = 0;
    while (s == POT_OK && at < text.n) {
        const char *end = memchr(text.p + at, '\n', text.n - at);
        if (!end) wrong(c, "the last line has no end", c->found->n + 1);
        const size_t n = end ? (size_t)(end - (text.p + at)) : text.n - at;
        s = check_line(c, (pot_bytes){(const uint8_t *)text.p + at, n}, c->found->n);
        c->found->n++;
        at += n + 1;
    }
    pot_buf_free(&text);
    return s;
}

/* No line may be missing at the end. */
static pot_status check_count(struct check *c)
{
    pot_buf text;
    pot_json doc = {0};
    uint32_t n = 0;
    pot_status s;
    POT_GO(s, read_file(c, &text, "verdict.json"));
    POT_GO(s, pot_json_parse(&doc, bytes(&text), "verdict.json", c->err));
    POT_GO(s, pot_json_u32(&doc, "n", &n, c->err));
    if (n != c->found->n) wrong(c, "verdict.json counts another number of challenges", 0);
out:
    pot_json_close(&doc);
    pot_buf_free(&text);
    return s;
}

static pot_status check_all(struct check *c, const char *corpus)
{
    pot_buf document;
    pot_status s;
    POT_GO(s, read_file(c, &document, "commitment.json"));
    POT_GO(s, read_reveal(c));
    POT_GO(s, check_tag(c, &document));
    POT_GO(s, check_document(c, &document, corpus));
    POT_GO(s, check_transcript(c));
    s = check_count(c);
out:
    pot_buf_free(&document);
    return s;
}

pot_status pot_challenges_check(pot_challenges_found *found, const char *dir, const char *corpus,
                                pot_error *err)
{
    *found = (pot_challenges_found){0};
    pot_challenges_found now = {0};
    struct check c = {.dir = dir, .found = &now, .err = err};
    const pot_status s = check_all(&c, corpus);
    pot_key_wipe(c.key);
    pot_corpus_close(&c.corpus);
    if (s != POT_OK) return pot_fail_in(err, s, dir);
    now.texts_match = !now.wrong[0];
    *found = now;
    return POT_OK;
}
