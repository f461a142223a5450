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
    bool calibrating;     /* its lines are looked at */
    uint32_t calibration; /* challenges of it; 0: there was none */
    pot_error *err;
};

/* Remember the first thing that is wrong. */
static void wrong(struct check *c, const char *what, unsigned line)
{
    const char *where = c->calibrating ? "calibration, " : "";
    if (c->found->wrong[0]) return;
    if (line) snprintf(c->found->wrong, sizeof c->found->wrong, "%sline %u: %s", where, line, what);
    else snprintf(c->found->wrong, sizeof c->found->wrong, "%s", what);
}

struct file {
    char path[PATH_MAX];
    pot_buf text;
};

static pot_status read_file(struct check *c, struct file *f, const char *name)
{
    f->text = POT_BUF(MOST_FILE);
    POT_TRY(pot_path_join(f->path, c->dir, name, c->err));
    return pot_file_read(&f->text, f->path, c->err);
}

/* A file of one JSON document, of the version that this program knows; `f` outlives `doc`. */
static pot_status read_json(struct check *c, struct file *f, pot_json *doc, const char *name,
                            const char *schema)
{
    const char *found;
    POT_TRY(read_file(c, f, name));
    POT_TRY(
        pot_json_parse(doc, (pot_bytes){(const uint8_t *)f->text.p, f->text.n}, f->path, c->err));
    POT_TRY(pot_json_str(doc, "schema", &found, c->err));
    const pot_json at = pot_json_get(doc, "schema");
    if (strcmp(found, schema) == 0) return POT_OK;
    return pot_json_fail(&at, POT_E_UNSUPPORTED, c->err, "\"%.40s\"; this program reads %s", found,
                         schema);
}

/* Lower case only: what a run wrote has one spelling. */
static bool lower_hex(void *out, size_t n, const char *text)
{
    return !strpbrk(text, "ABCDEF") && pot_hex_parse(out, n, text);
}

/* A member of exactly n bytes in hexadecimal. */
static pot_status hex_member(const pot_json *o, const char *key, void *out, size_t n,
                             pot_error *err)
{
    const char *text;
    POT_TRY(pot_json_str(o, key, &text, err));
    const pot_json at = pot_json_get(o, key);
    if (lower_hex(out, n, text)) return POT_OK;
    return pot_json_fail(&at, POT_E_FORMAT, err, "%zu lower-case hexadecimal digits are expected",
                         2 * n);
}

static pot_status read_reveal(struct check *c)
{
    struct file f;
    pot_json doc = {0};
    pot_status s;
    POT_GO(s, read_json(c, &f, &doc, "reveal.json", "pot-reveal-1"));
    POT_GO(s, hex_member(&doc, "key", c->key, POT_KEY_SIZE, c->err));
    s = hex_member(&doc, "run_id", c->run_id, POT_RUN_ID_SIZE, c->err);
out:
    pot_json_close(&doc);
    if (f.text.p) pot_wipe(f.text.p, f.text.n);
    pot_buf_free(&f.text);
    return s;
}

static pot_status check_tag(struct check *c, const pot_buf *document)
{
    struct file f;
    uint8_t tag[POT_TAG_SIZE];
    pot_status s = read_file(c, &f, "commitment.tag");
    pot_buf *t = &f.text;
    if (s == POT_OK && t->n == 2 * POT_TAG_SIZE + 1 && t->p[t->n - 1] == '\n') {
        t->p[t->n - 1] = '\0';
        if (lower_hex(tag, sizeof tag, t->p))
            s = pot_commit_check(&c->found->opens, tag, c->key, document->p, document->n, c->err);
    }
    if (s == POT_OK && !c->found->opens)
        wrong(c, "key and commitment.json do not give commitment.tag", 0);
    pot_buf_free(t);
    return s;
}

/* The run id, the generator and the corpus must be those that were committed to. */
static pot_status check_document(struct check *c, const pot_json *doc, const char *corpus)
{
    uint8_t run_id[POT_RUN_ID_SIZE], sha256[32];
    const char *generator;
    POT_TRY(hex_member(doc, "run_id", run_id, sizeof run_id, c->err));
    POT_TRY(pot_json_str(doc, "generator", &generator, c->err));
    if (memcmp(run_id, c->run_id, sizeof run_id) != 0)
        wrong(c, "reveal.json and commitment.json name different run ids", 0);
    const pot_json at = pot_json_get(doc, "generator");
    if (strcmp(generator, POT_GENERATOR) != 0)
        return pot_json_fail(&at, POT_E_UNSUPPORTED, c->err,
                             "\"%.40s\"; this program has " POT_GENERATOR, generator);
    if (pot_json_has(doc, "calibration")) {
        pot_json o;
        POT_TRY(pot_json_object(doc, "calibration", &o, c->err));
        POT_TRY(pot_json_u32(&o, "challenges", &c->calibration, c->err));
    }
    if (!pot_json_has(doc, "corpus_sha256")) return POT_OK;
    POT_TRY(hex_member(doc, "corpus_sha256", sha256, sizeof sha256, c->err));
    if (!corpus)
        return pot_fail(c->err, POT_E_ARG,
                        "the run drew from a corpus: give it with --corpus FILE");
    POT_TRY(pot_corpus_open(&c->corpus, corpus, c->err));
    if (memcmp(sha256, pot_corpus_sha256(c->corpus), sizeof sha256) != 0)
        wrong(c, "the corpus is not the one that was committed to", 0);
    return POT_OK;
}

/* `name` is the line's, for messages. */
static pot_status check_line(struct check *c, pot_bytes line, const char *name, unsigned i)
{
    pot_json doc;
    pot_challenge want;
    uint8_t seed[POT_SEED_SIZE];
    uint32_t index = 0;
    const char *text = "", *family = "";
    POT_TRY(pot_challenge_make(&want, c->key, c->run_id, i, c->corpus, c->err));
    POT_TRY(pot_json_parse(&doc, line, name, c->err));
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

static pot_status check_lines(struct check *c, const char *file, unsigned *count)
{
    struct file f;
    char name[PATH_MAX + 16];
    pot_status s = read_file(c, &f, file);
    const pot_buf *t = &f.text;
    for (size_t at = 0; s == POT_OK && at < t->n; (*count)++) {
        const unsigned i = *count;
        const char *end = memchr(t->p + at, '\n', t->n - at);
        if (!end) wrong(c, "the last line has no end", i + 1);
        const size_t n = end ? (size_t)(end - (t->p + at)) : t->n - at;
        snprintf(name, sizeof name, "%s:%u", f.path, i + 1);
        s = check_line(c, (pot_bytes){(const uint8_t *)t->p + at, n}, name, i);
        at += n + 1;
    }
    pot_buf_free(&f.text);
    return s;
}

/* The challenges of the calibration follow from the key by a run id of their own. */
static pot_status check_calibration(struct check *c)
{
    uint8_t run_id[POT_RUN_ID_SIZE];
    unsigned n = 0;
    if (!c->calibration) return POT_OK;
    memcpy(run_id, c->run_id, sizeof run_id);
    c->calibrating = true;
    pot_status s = pot_calibration_id(c->run_id, c->key, run_id, c->err);
    if (s == POT_OK) s = check_lines(c, "calibration.ndjson", &n);
    if (s == POT_OK && n != c->calibration)
        wrong(c, "calibration.ndjson has another number of challenges than was committed to", 0);
    c->calibrating = false;
    memcpy(c->run_id, run_id, sizeof run_id);
    return s;
}

/* No line may be missing at the end. */
static pot_status check_count(struct check *c)
{
    struct file f;
    pot_json doc = {0};
    uint32_t n = 0;
    pot_status s;
    POT_GO(s, read_json(c, &f, &doc, "verdict.json", "pot-verdict-1"));
    POT_GO(s, pot_json_u32(&doc, "n", &n, c->err));
    if (n != c->found->n) wrong(c, "verdict.json counts another number of challenges", 0);
out:
    pot_json_close(&doc);
    pot_buf_free(&f.text);
    return s;
}

static pot_status check_all(struct check *c, const char *corpus)
{
    struct file f;
    pot_json document = {0};
    pot_status s;
    POT_GO(s, read_json(c, &f, &document, "commitment.json", "pot-commitment-1"));
    POT_GO(s, read_reveal(c));
    POT_GO(s, check_tag(c, &f.text));
    POT_GO(s, check_document(c, &document, corpus));
    POT_GO(s, check_calibration(c));
    POT_GO(s, check_lines(c, "transcript.ndjson", &c->found->n));
    s = check_count(c);
out:
    pot_json_close(&document);
    pot_buf_free(&f.text);
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
