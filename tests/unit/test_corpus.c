/* The user's own text: what is accepted, what is refused, and where passages begin. */
#define _DEFAULT_SOURCE /* mkdtemp, truncate, utimensat */
#include "challenge/corpus.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "t.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BIG ((size_t)300000)

static char dir[] = "/tmp/pot-corpus-XXXXXX";
static char path[64];
static char text[BIG + 1]; /* what was last saved */
static size_t size;

static void save(void)
{
    const pot_bytes data = {(const uint8_t *)text, size};
    CHECK(pot_file_write(path, data, 0644, true, NULL) == POT_OK);
}

/* n bytes of words with their number, "w000000 w000001 ...", `word` bytes each. */
static void fill_words(size_t n, int word)
{
    size = 0;
    for (int i = 0; size + (size_t)word <= n; i++, size += (size_t)word)
        snprintf(text + size, (size_t)word + 1, "w%0*d ", word - 2, i);
    while (size < n)
        text[size++] = '.';
}

static pot_status open_saved(pot_corpus **c, pot_error *err)
{
    save();
    return pot_corpus_open(c, path, err);
}

static void check_refused(const char *why, uint64_t at)
{
    pot_corpus *c = NULL;
    pot_error err = {0};
    CHECK(open_saved(&c, &err) == POT_E_FORMAT && !c);
    CHECK(strstr(err.msg, why) && strcmp(err.file, path) == 0 && err.offset == at);
    CHECK(pot_mem_used() == 0);
}

static void test_refusals(void)
{
    pot_corpus *c = NULL;
    pot_error err = {0};
    CHECK(pot_corpus_open(&c, "/tmp/there-is/no-such-file", &err) == POT_E_IO && !c);
    CHECK(pot_corpus_open(&c, "/tmp", NULL) == POT_E_FORMAT && !c);
    fill_words(4095, 8);
    check_refused("4095 bytes", POT_NO_OFFSET);
    size = 0;
    check_refused("0 bytes", POT_NO_OFFSET);
    fill_words(5000, 8);
    text[4990] = '\0';
    check_refused("NUL", 4990);
    fill_words(5000, 8);
    text[3000] = (char)0xff;
    check_refused("UTF-8", 3000);
    fill_words(5000, 8);
    memcpy(text + 4998, "\xc3", 1);
    check_refused("UTF-8", 4998);
    fill_words(5000, 8);
    memcpy(text + 2000, "\xed\xa0\x80", 3); /* a surrogate */
    check_refused("UTF-8", 2000);
    memset(text, 'x', size = 100000);
    check_refused("1 of the 256 places", POT_NO_OFFSET);
    memset(text, ' ', size);
    check_refused("0 of the 256 places", POT_NO_OFFSET);
    fill_words(768 + 254 * 16, 16); /* starts at 0, 16, ..., 254 * 16: 255 */
    check_refused("255 of the 256 places", POT_NO_OFFSET);
    CHECK(truncate(path, ((off_t)1 << 30) + 1) == 0);
    CHECK(pot_corpus_open(&c, path, NULL) == POT_E_FORMAT && !c);
    pot_corpus_close(&c);
}

static void test_smallest(void)
{
    pot_corpus *c;
    fill_words(4096, 8);
    CHECK(open_saved(&c, NULL) == POT_OK);
    CHECK(pot_corpus_starts(c) == (4096 - 768) / 8 + 1);
    uint8_t sha[POT_SHA256_SIZE];
    CHECK(pot_sha256(sha, (pot_bytes){(const uint8_t *)text, size}, NULL) == POT_OK);
    CHECK(memcmp(sha, pot_corpus_sha256(c), sizeof sha) == 0);
    pot_corpus_close(&c);
    CHECK(!c);
    fill_words(768 + 255 * 16, 16);
    CHECK(open_saved(&c, NULL) == POT_OK && pot_corpus_starts(c) == 256);
    pot_corpus_close(&c);
}

/* By the words of the format document; slow and plain. */
static bool may_start(const uint8_t *p, size_t n, size_t i)
{
    uint32_t cp = 0;
    if (i + 768 > n || (p[i] & 0xc0) == 0x80 || strchr(" \t\n\v\f\r", p[i])) return false;
    CHECK(pot_utf8_get(p + i, n - i, &cp));
    return i == 0 || strchr(" \t\n\v\f\r", p[i - 1]) || (cp >= 0x3041 && cp <= 0x9fff) ||
           (cp >= 0x20000 && cp <= 0x3ffff);
}

/* Passage after passage against that definition. */
static void check_passages(size_t bom, int times)
{
    const uint8_t *p = (const uint8_t *)text + bom;
    const size_t n = size - bom;
    pot_corpus *c;
    CHECK(open_saved(&c, NULL) == POT_OK);
    static size_t start[BIG];
    uint32_t starts = 0;
    for (size_t i = 0; i < n; i++)
        if (may_start(p, n, i)) start[starts++] = i;
    CHECK(starts == pot_corpus_starts(c));

    for (int t = 0; t < times; t++) {
        uint8_t seed[32] = {(uint8_t)t, (uint8_t)(t >> 8)};
        char out[POT_CHALLENGE_TEXT];
        size_t len;
        pot_stream a, b;
        pot_stream_init(&a, seed);
        pot_stream_init(&b, seed);
        CHECK(pot_corpus_passage(c, out, &len, &a, NULL) == POT_OK);
        const size_t at = start[pot_stream_below(&b, starts)];
        CHECK(len >= 768 && len <= 1023 && strlen(out) == len);
        CHECK(memcmp(out, p + at, len) == 0);
        CHECK(pot_utf8_valid((const uint8_t *)out, len) == len);
        CHECK(at + len == n || len >= 1020); /* whole code points, as many as fit */
    }
    pot_corpus_close(&c);
}

static void append(const char *s)
{
    memcpy(text + size, s, strlen(s));
    size += strlen(s);
}

static void test_passages(void)
{
    fill_words(4096, 8);
    check_passages(0, 500);
    fill_words(BIG, 11); /* several blocks of the index */
    check_passages(0, 2000);
    for (size = 0; size < BIG - 100;) /* code points of one to four bytes */
        append(t_u64() % 3 ? "\xf0\x9f\x98\x80\xf0\x9f\x98\x80 " : "a\xc3\xa9 \r\n\xe2\x82\xac\t");
    check_passages(0, 2000);
    for (size = 0; size < 70000;) /* no spaces at all */
        append(t_u64() % 2 ? "\xe6\x98\xa5" : "\xe3\x81\x82\xf0\xa0\x80\x80");
    check_passages(0, 1000);
    size = 0;
    append("\xef\xbb\xbf"); /* a byte order mark */
    for (int i = 0; i < 2000; i++)
        append("abc ");
    check_passages(3, 500);
}

/* Every start is equally likely: chi-square with six sigma. */
static void test_uniform(void)
{
    enum { STARTS = (4096 - 768) / 8 + 1, EACH = 50 };
    unsigned count[STARTS] = {0};
    const uint8_t key[POT_KEY_SIZE] = {1}, run_id[POT_RUN_ID_SIZE] = {2};
    pot_corpus *c;
    fill_words(4096, 8);
    CHECK(open_saved(&c, NULL) == POT_OK);
    for (uint64_t i = 0; i < STARTS * EACH; i++) {
        pot_challenge ch;
        CHECK(pot_challenge_make(&ch, key, run_id, i, c, NULL) == POT_OK);
        CHECK(ch.text[0] == 'w' && ch.family == POT_CORPUS && ch.index == i);
        CHECK(ch.tokens >= POT_PROMPT_MIN && ch.tokens <= POT_PROMPT_MAX);
        count[strtoul(ch.text + 1, NULL, 10)]++;
    }
    double chi = 0;
    for (int i = 0; i < STARTS; i++)
        chi += (count[i] - (double)EACH) * (count[i] - (double)EACH) / EACH;
    CHECK(chi < STARTS - 1 + 6 * 29 && chi > STARTS - 1 - 6 * 29);
    pot_corpus_close(&c);
}

/* A file that is no longer what was opened gives an error, and an untouched challenge. */
static void test_change(void)
{
    const uint8_t key[POT_KEY_SIZE] = {1}, run_id[POT_RUN_ID_SIZE] = {2};
    pot_challenge c, same;
    pot_corpus *corpus;
    pot_error err = {0};
    fill_words(5000, 8);
    CHECK(open_saved(&corpus, NULL) == POT_OK);
    CHECK(pot_challenge_make(&c, key, run_id, 0, corpus, NULL) == POT_OK);
    same = c;
    text[0] = 'v';
    save();
    CHECK(pot_challenge_make(&c, key, run_id, 1, corpus, &err) == POT_E_IO);
    CHECK(memcmp(&c, &same, sizeof c) == 0 && strcmp(err.file, path) == 0);
    pot_corpus_close(&corpus);
}

static void test_faults(void)
{
    pot_corpus *c = NULL;
    fill_words(5000, 8);
    save();
    int failures = 0;
    for (uint64_t n = 1;; n++) {
        pot_mem_fail_at(n);
        const pot_status s = pot_corpus_open(&c, path, NULL);
        pot_mem_fail_at(0);
        if (s == POT_OK) break;
        CHECK(s == POT_E_NOMEM && !c && pot_mem_used() == 0);
        failures++;
    }
    CHECK(failures == 3);
    pot_corpus_close(&c);
    for (uint64_t n = 1; n <= 2; n++) {
        pot_file_fail_at(n, EIO);
        CHECK(pot_corpus_open(&c, path, NULL) == POT_E_IO && !c && pot_mem_used() == 0);
    }
    pot_file_fail_at(0, 0);
}

int main(void)
{
    t_seed();
    CHECK(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/text", dir);
    test_refusals();
    test_smallest();
    test_passages();
    test_uniform();
    test_change();
    test_faults();
    unlink(path);
    rmdir(dir);
    CHECK(pot_mem_used() == 0);
    return 0;
}
