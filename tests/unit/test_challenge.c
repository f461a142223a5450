/* Keys, seeds, streams, challenges and commitments against the answers of an independent
 * program (tests/kat/challenge.txt, tools/oracle/challenge_reference.py). */
#define _DEFAULT_SOURCE /* mkdtemp, strtok_r */
#include <pot/challenge.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "challenge/stream.h"
#include "challenge/tables.h"
#include "t.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CORPUS "tests/kat/challenge_corpus.txt"

static pot_corpus *corpus;

static void from_hex(void *out, size_t n, const char *hex)
{
    CHECK(pot_hex_parse(out, n, hex));
}

static void check_sha256(const void *p, size_t n, const char *hex)
{
    uint8_t want[32], got[32];
    from_hex(want, sizeof want, hex);
    CHECK(pot_sha256(got, (pot_bytes){p, n}, NULL) == POT_OK);
    CHECK(memcmp(got, want, sizeof want) == 0);
}

static char *word(char **line) /* the next word of a line */
{
    char *p = strtok_r(NULL, " \n", line);
    CHECK(p);
    return p;
}

static void kat_below(char **line)
{
    uint8_t seed[32];
    from_hex(seed, sizeof seed, word(line));
    const uint32_t n = (uint32_t)strtoul(word(line), NULL, 10);
    pot_stream s;
    pot_stream_init(&s, seed);
    for (const char *w; (w = strtok_r(NULL, " \n", line));)
        CHECK(pot_stream_below(&s, n) == strtoul(w, NULL, 10));
    CHECK(pot_stream_status(&s, NULL) == POT_OK);
}

static void read_index(char **line, uint8_t *key, uint8_t *run_id, uint64_t *i)
{
    from_hex(key, POT_KEY_SIZE, word(line));
    from_hex(run_id, POT_RUN_ID_SIZE, word(line));
    *i = strtoull(word(line), NULL, 10);
}

static void kat_text(char **line)
{
    uint8_t key[POT_KEY_SIZE], run_id[POT_RUN_ID_SIZE], seed[POT_SEED_SIZE];
    uint64_t i;
    pot_challenge c;
    read_index(line, key, run_id, &i);
    CHECK(pot_challenge_make(&c, key, run_id, i, NULL, NULL) == POT_OK);
    from_hex(seed, sizeof seed, word(line));
    CHECK(memcmp(seed, c.seed, sizeof seed) == 0);
    CHECK(strcmp(word(line), pot_family_name(c.family)) == 0);
    CHECK(c.tokens == strtoul(word(line), NULL, 10));
    CHECK(c.n == strtoul(word(line), NULL, 10));
    check_sha256(c.text, c.n, word(line));
    CHECK(c.index == i && c.n == strlen(c.text));
    for (size_t k = c.n; k < sizeof c.text; k++)
        CHECK(c.text[k] == 0);
}

static void kat_passage(char **line)
{
    uint8_t key[POT_KEY_SIZE], run_id[POT_RUN_ID_SIZE];
    uint64_t i;
    pot_challenge c;
    read_index(line, key, run_id, &i);
    CHECK(pot_challenge_make(&c, key, run_id, i, corpus, NULL) == POT_OK);
    CHECK(c.family == POT_CORPUS);
    CHECK(c.tokens == strtoul(word(line), NULL, 10));
    word(line); /* the offset */
    CHECK(c.n == strtoul(word(line), NULL, 10));
    check_sha256(c.text, c.n, word(line));
}

static void add_text(pot_sha256_state *s, const char *p)
{
    CHECK(pot_sha256_add(s, (pot_bytes){(const uint8_t *)p, strlen(p) + 1}, NULL) == POT_OK);
}

static void add_table(pot_sha256_state *s, const pot_rule *table)
{
    char number[16];
    for (const pot_rule *r = table; r->name; r++) {
        add_text(s, r->name);
        snprintf(number, sizeof number, "%u", r->forms);
        add_text(s, number);
        snprintf(number, sizeof number, "%u", r->n);
        add_text(s, number);
        for (unsigned k = 0; k < r->n; k++)
            add_text(s, r->alt[k]);
    }
}

/* [C-1] */
static void kat_tables(char **line)
{
    pot_sha256_state s = {0};
    uint8_t got[32], want[32];
    CHECK(pot_sha256_begin(&s, NULL) == POT_OK);
    add_table(&s, pot_common_rules);
    for (int f = 0; f < POT_FAMILIES; f++)
        add_table(&s, pot_family_rules[f]);
    CHECK(pot_sha256_end(&s, got, NULL) == POT_OK);
    from_hex(want, sizeof want, word(line));
    if (memcmp(got, want, sizeof got) == 0) return;
    fprintf(stderr, "the tables changed: give POT_GENERATOR the next number and renew "
                    "tests/kat/challenge.txt\n");
    exit(1);
}

static void kat_starts(char **line)
{
    CHECK(pot_corpus_starts(corpus) == strtoul(word(line), NULL, 10));
}

static void test_known_answers(void)
{
    enum { KINDS = 5 };
    static const struct {
        const char *name;
        unsigned lines;
        void (*check)(char **line);
    } kind[KINDS] = {{"tables", 1, kat_tables},
                     {"below", 7, kat_below},
                     {"text", 103, kat_text},
                     {"passage", 40, kat_passage},
                     {"starts", 1, kat_starts}};
    unsigned count[KINDS] = {0};
    char buf[1024];
    FILE *f = fopen("tests/kat/challenge.txt", "r");
    CHECK(f);
    while (fgets(buf, sizeof buf, f)) {
        char *line, *name = strtok_r(buf, " \n", &line);
        for (int k = 0; k < KINDS; k++)
            if (strcmp(name, kind[k].name) == 0) {
                kind[k].check(&line);
                count[k]++;
            }
    }
    fclose(f);
    for (int k = 0; k < KINDS; k++)
        CHECK(count[k] == kind[k].lines);
}

/* Every challenge and every part of the secret changes everything. */
static void test_make(void)
{
    uint8_t key[POT_KEY_SIZE] = {1}, run_id[POT_RUN_ID_SIZE] = {2};
    pot_challenge a, b;
    CHECK(pot_challenge_make(&a, key, run_id, 7, NULL, NULL) == POT_OK);
    CHECK(pot_challenge_make(&b, key, run_id, 7, NULL, NULL) == POT_OK);
    CHECK(memcmp(&a, &b, sizeof a) == 0);
    CHECK(a.family == POT_CODE && a.tokens >= POT_PROMPT_MIN && a.tokens <= POT_PROMPT_MAX);
    CHECK(pot_challenge_make(&b, key, run_id, 12, NULL, NULL) == POT_OK);
    CHECK(b.family == a.family && strncmp(a.text, b.text, 40) != 0);
    run_id[15] ^= 1;
    CHECK(pot_challenge_make(&b, key, run_id, 7, NULL, NULL) == POT_OK);
    CHECK(memcmp(a.seed, b.seed, sizeof a.seed) != 0 && strncmp(a.text, b.text, 40) != 0);
    run_id[15] ^= 1;
    key[0] ^= 0x80;
    CHECK(pot_challenge_make(&b, key, run_id, 7, NULL, NULL) == POT_OK);
    CHECK(memcmp(a.seed, b.seed, sizeof a.seed) != 0 && strncmp(a.text, b.text, 40) != 0);
}

static void test_names(void)
{
    CHECK(strcmp(pot_family_name(POT_GENERAL), "general") == 0);
    CHECK(strcmp(pot_family_name(POT_SAFETY_VOCAB), "safety-vocab") == 0);
    CHECK(strcmp(pot_family_name(POT_CORPUS), "corpus") == 0);
    CHECK(strcmp(pot_family_name((pot_family)6), "unknown") == 0);
    CHECK(pot_family_bits(POT_CORPUS) == 0 && pot_family_bits((pot_family)99) == 0);
}

static double chi_square(const unsigned *count, unsigned n, double expected)
{
    double sum = 0;
    for (unsigned i = 0; i < n; i++)
        sum += ((double)count[i] - expected) * ((double)count[i] - expected) / expected;
    return sum;
}

/* Chi-square of n cells has mean n - 1 and variance 2(n - 1): six sigma. */
static void check_uniform(uint32_t n)
{
    static unsigned count[1000];
    memset(count, 0, sizeof count);
    uint8_t seed[32] = {(uint8_t)n, (uint8_t)(n >> 8)};
    pot_stream s;
    pot_stream_init(&s, seed);
    for (unsigned i = 0; i < 200 * n; i++) {
        const uint32_t x = pot_stream_below(&s, n);
        CHECK(x < n);
        count[x]++;
    }
    const double d = chi_square(count, n, 200) - (n - 1);
    CHECK(d * d < 36.0 * 2 * (n - 1) + 36);
}

static void test_stream(void)
{
    for (uint32_t n = 2; n <= 1000; n += n < 20 ? 1 : 97)
        check_uniform(n);
    const uint8_t seed[32] = {9};
    pot_stream a, b;
    pot_stream_init(&a, seed);
    pot_stream_init(&b, seed);
    CHECK(pot_stream_below(&a, 1) == 0 && pot_stream_u32(&a) == pot_stream_u32(&b));
    for (int i = 0; i < 1000; i++) /* 2^31 + 1 refuses almost every other number */
        CHECK(pot_stream_below(&a, 0x80000001u) <= 0x80000000u);
}

/* The number of tokens is uniform over 32 .. 96. */
static void test_tokens(void)
{
    enum { N = POT_PROMPT_MAX - POT_PROMPT_MIN + 1 };
    unsigned count[N] = {0};
    const uint8_t key[POT_KEY_SIZE] = {3}, run_id[POT_RUN_ID_SIZE] = {0};
    pot_challenge c;
    for (uint64_t i = 0; i < 100 * N; i++) {
        CHECK(pot_challenge_make(&c, key, run_id, i, NULL, NULL) == POT_OK);
        count[c.tokens - POT_PROMPT_MIN]++;
    }
    CHECK(chi_square(count, N, 100) < N - 1 + 6 * 12);
}

static const char *temp_path(const char *name)
{
    static char dir[] = "/tmp/pot-challenge-XXXXXX", path[64];
    static bool made;
    if (!made) CHECK(mkdtemp(dir));
    made = true;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void write_file(const char *path, const char *data, size_t n)
{
    CHECK(pot_file_write(path, (pot_bytes){(const uint8_t *)data, n}, 0644, true, NULL) == POT_OK);
}

static void check_refused(const char *data, size_t n)
{
    uint8_t key[POT_KEY_SIZE], same[POT_KEY_SIZE];
    memset(key, 0xee, sizeof key);
    memcpy(same, key, sizeof key);
    pot_error err = {0};
    const char *path = temp_path("bad");
    write_file(path, data, n);
    CHECK(pot_key_load(key, path, &err) == POT_E_FORMAT);
    CHECK(memcmp(key, same, sizeof key) == 0);
    CHECK(strstr(err.msg, "pot challenge new -o FILE") && strcmp(err.file, path) == 0);
    char text[1024];
    pot_error_text(&err, text, sizeof text);
    CHECK(n < 8 || !strstr(text, "0123456789abcdef")); /* an error shows nothing of a key */
    unlink(path);
}

static void test_key_files(void)
{
    static const char hex[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF\n";
    check_refused(hex, 64);
    check_refused(hex, 63);
    check_refused("", 0);
    check_refused("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef \n", 66);
    check_refused("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg\n", 65);
    check_refused("0123456789abcdef0123456789abcdef\0000123456789abcdef0123456789abcde\n", 65);
    check_refused("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0", 65);

    uint8_t a[POT_KEY_SIZE], b[POT_KEY_SIZE], zero[POT_KEY_SIZE] = {0};
    const char *path = temp_path("key");
    struct stat st;
    CHECK(pot_key_new(a, NULL) == POT_OK && pot_key_new(b, NULL) == POT_OK);
    CHECK(memcmp(a, b, sizeof a) != 0 && memcmp(a, zero, sizeof a) != 0);
    CHECK(pot_key_save(a, path, false, NULL) == POT_OK);
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600 && st.st_size == 65);
    CHECK(pot_key_load(b, path, NULL) == POT_OK && memcmp(a, b, sizeof a) == 0);
    CHECK(pot_key_save(zero, path, false, NULL) == POT_E_IO); /* never over an old one ... */
    CHECK(pot_key_load(b, path, NULL) == POT_OK && memcmp(a, b, sizeof a) == 0);
    CHECK(pot_key_save(zero, path, true, NULL) == POT_OK); /* ... unless told so */
    CHECK(pot_key_load(b, path, NULL) == POT_OK && memcmp(zero, b, sizeof b) == 0);
    write_file(path, hex, 65); /* readable by others, capital digits */
    CHECK(pot_key_load(b, path, NULL) == POT_OK && b[0] == 0x01 && b[31] == 0xef);
    pot_key_wipe(b);
    CHECK(memcmp(zero, b, sizeof b) == 0);
    unlink(path);
    CHECK(pot_key_load(b, path, NULL) == POT_E_IO);
    CHECK(pot_key_load(b, "/tmp", NULL) == POT_E_FORMAT);
    pot_file_fail_at(1, EIO);
    CHECK(pot_key_save(a, path, false, NULL) == POT_E_IO);
    pot_file_fail_at(0, 0);
    CHECK(!pot_file_exists(path));
    rmdir(temp_path(""));
}

/* The tags are from Python's hmac module. */
static void test_commit(void)
{
    uint8_t key[POT_KEY_SIZE], tag[POT_TAG_SIZE], want[POT_TAG_SIZE];
    for (int i = 0; i < POT_KEY_SIZE; i++)
        key[i] = (uint8_t)i;
    from_hex(want, sizeof want, "f0133729c4163dede81e21cd47839256da58171238c8a0d874397c73b14e1e47");
    CHECK(pot_commit(tag, key, "abc", 3, NULL) == POT_OK);
    CHECK(memcmp(tag, want, sizeof tag) == 0);
    from_hex(want, sizeof want, "d38b42096d80f45f826b44a9d5607de72496a415d3f4a1a8c88e3bb9da8dc1cb");
    CHECK(pot_commit(tag, key, NULL, 0, NULL) == POT_OK);
    CHECK(memcmp(tag, want, sizeof tag) == 0);

    bool opens = false;
    CHECK(pot_commit(tag, key, "document", 8, NULL) == POT_OK);
    CHECK(pot_commit_check(&opens, tag, key, "document", 8, NULL) == POT_OK && opens);
    CHECK(pot_commit_check(&opens, tag, key, "document", 7, NULL) == POT_OK && !opens);
    CHECK(pot_commit_check(&opens, tag, key, "Document", 8, NULL) == POT_OK && !opens);
    for (int bit = 0; bit < 8 * POT_KEY_SIZE; bit++) {
        key[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK(pot_commit_check(&opens, tag, key, "document", 8, NULL) == POT_OK && !opens);
        key[bit / 8] ^= (uint8_t)(1 << bit % 8);
        tag[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK(pot_commit_check(&opens, tag, key, "document", 8, NULL) == POT_OK && !opens);
        tag[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

int main(void)
{
    pot_error err = {0};
    CHECK(pot_corpus_open(&corpus, CORPUS, &err) == POT_OK);
    test_known_answers();
    test_make();
    test_names();
    test_stream();
    test_tokens();
    test_key_files();
    test_commit();
    pot_corpus_close(&corpus);
    CHECK(!corpus && pot_mem_used() == 0);
    return 0;
}
