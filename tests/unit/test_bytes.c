/* Laws of the next byte: the first byte of tokens, for every kind of decoder; the places where two
 * tokenizations meet; and the comparison itself against laws that are enumerated token by token in
 * long double, never further apart than those of the tokens, with the same bits on every kernel. */
#include "score/bytes.h"
#include "test_tok.h"
#include "verify/align.h"

#include "base/file.h"

#include <jansson.h>
#include <math.h>

/* ---- the first byte of tokens --------------------------------------------------------------- */

#define MARK "\xe2\x96\x81"
#define VOCAB                                                                                      \
    "{'type':'BPE','vocab':{'a':0,' b':1,'" MARK "c':2,'" MARK "':3,'\xc4\xa0"                     \
    "d':4,'\xc3\xa9':5,"                                                                           \
    "'<0x0A>':6,'<0xC3>':7,'<0x41>':8,'</s>':9,'e</w>':10,'\xc3\x83':11},'merges':[]}"
#define FLAGS "'single_word':false,'lstrip':false,'rstrip':false,'normalized':false"
#define ADDED                                                                                      \
    "'added_tokens':[{'id':9,'content':'</s>','special':true," FLAGS "},"                          \
    "{'id':12,'content':'  x','special':false," FLAGS "}],"

/* "a 20 - ..." of the ids in order; - for those that write nothing; or the refusal. */
static const char *classes(const char *decoder)
{
    static char out[1000];
    char members[2000];
    uint16_t class[13];
    pot_error err = {0};
    size_t at = 0;
    snprintf(members, sizeof members, ADDED "%s", decoder);
    pot_tokenizer *t = must_open(members, VOCAB);
    CHECK(pot_tokenizer_size(t) == 13);
    if (pot_tokenizer_first_bytes(t, class, &err) != POT_OK) {
        CHECK(err.status == POT_E_UNSUPPORTED);
        snprintf(out, sizeof out, "%s", err.msg);
        at = sizeof out;
    }
    for (size_t i = 0; at < sizeof out && i < 13; i++) {
        if (class[i] == POT_NO_BYTE) at += (size_t)snprintf(out + at, sizeof out - at, " -");
        else if (class[i] > 0x20 && class[i] < 0x7f)
            at += (size_t)snprintf(out + at, sizeof out - at, " %c", class[i]);
        else at += (size_t)snprintf(out + at, sizeof out - at, " %02x", class[i]);
    }
    pot_tokenizer_close(&t);
    return out;
}

#define STEPS(list) "'decoder':{'type':'Sequence','decoders':[" list "]},"
#define REPLACE     "{'type':'Replace','pattern':{'String':'" MARK "'},'content':' '}"
#define FALLBACK    "{'type':'ByteFallback'}"
#define FUSE        "{'type':'Fuse'}"
#define STRIP       "{'type':'Strip','content':' ','start':1,'stop':0}"

static void test_kinds(void)
{
    /* 12 is written as it stands */
    CHECK_STR(classes("'decoder':{'type':'ByteLevel'},"), " a 20 e2 e2 20 e9 < < < - e c3 20");
    CHECK_STR(classes(STEPS(REPLACE "," FALLBACK "," FUSE "," STRIP)),
              " a 20 20 20 c4 c3 0a c3 A - e c3 20");
    CHECK_STR(classes(STEPS(REPLACE "," FALLBACK)), " a 20 20 20 c4 c3 0a c3 A - e c3 20");
    CHECK_STR(classes(STEPS(REPLACE "," STRIP)), " a b c - c4 c3 < < < - e c3 20");
    CHECK_STR(classes(STEPS(FALLBACK "," REPLACE)), " a 20 20 20 c4 c3 0a c3 A - e c3 20");
    CHECK_STR(classes("'decoder':{'type':'Metaspace','replacement':'" MARK
                      "','prepend_scheme':'always'},"),
              " a 20 20 20 c4 c3 < < < - e c3 20");
    CHECK_STR(classes("'decoder':{'type':'Fuse'},"), " a 20 e2 e2 c4 c3 < < < - e c3 20");
}

static void test_refused(void)
{
    static const char *const whole[] = {
        "'decoder':{'type':'BPEDecoder'},",
        STEPS(FUSE "," REPLACE),
        STEPS(FUSE "," FALLBACK),
        STEPS(FUSE ",{'type':'ByteLevel'}"),
        STEPS("{'type':'ByteLevel'}," REPLACE),
    };
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        CHECK(strstr(classes(whole[i]), "depends on those around it"));
    CHECK(strstr(classes(""), "there is no decoder"));
    CHECK(strstr(classes("'decoder':{'type':'CTC'},"), "\"CTC\" is not supported"));
}

/* What the recorded tokenizers decode an id to behind another one begins with that byte. */
static void check_decoded(pot_tokenizer *t)
{
    const uint32_t n = pot_tokenizer_size(t);
    uint16_t *class = pot_mem_new(n, sizeof *class);
    pot_decoded before = {0}, both = {0};
    pot_error err = {0};
    CHECK(class);
    if (pot_tokenizer_first_bytes(t, class, &err) == POT_OK)
        for (uint32_t i = 0; i < n; i++) {
            uint32_t id[3] = {i, i, i};
            CHECK(class[i] <= POT_NO_BYTE);
            if (pot_tokenizer_decode(t, &before, id, 1, true, NULL) != POT_OK) break;
            if (!before.n) continue;
            CHECK(pot_tokenizer_decode(t, &before, id, 2, true, NULL) == POT_OK);
            CHECK(pot_tokenizer_decode(t, &both, id, 3, true, NULL) == POT_OK);
            if (strstr(both.p, "\xef\xbf\xbd") || both.n <= before.n) continue;
            if (memcmp(both.p, before.p, before.n) == 0)
                CHECK((uint8_t)both.p[before.n] == class[i]);
        }
    pot_decoded_free(&before);
    pot_decoded_free(&both);
    pot_mem_free(class);
}

static void test_recorded(void)
{
    pot_buf file = POT_BUF(1 << 24);
    unsigned line = 0;
    CHECK(pot_file_read(&file, "tests/golden/tokenizers/decoded.txt", NULL) == POT_OK);
    for (char *at = file.p, *end; (end = strchr(at, '\n')); at = end + 1) {
        pot_tokenizer *t = NULL;
        if (line++ % 4) continue; /* documents, each with three lines of other things */
        CHECK(pot_tokenizer_parse(&t, (pot_bytes){(const uint8_t *)at, (size_t)(end - at)},
                                  "t.json", NULL) == POT_OK);
        check_decoded(t);
        pot_tokenizer_close(&t);
    }
    CHECK(line > 100);
    pot_buf_free(&file);
}

/* ---- places --------------------------------------------------------------------------------- */

/* Spans "0-0 0-3 3-5" as tokens. */
static pot_tokens spans(const char *s)
{
    static uint32_t room[8][2][64];
    static unsigned next;
    uint32_t *start = room[next % 8][0], *end = room[next++ % 8][1];
    pot_tokens t = {.start = start, .end = end};
    for (int used; sscanf(s, " %u-%u%n", &start[t.n], &end[t.n], &used) == 2; s += used)
        t.n++;
    return t;
}

/* "3:1,2 5:..." : offset, tokens of both. */
static const char *aligned(const char *x, const char *y, size_t text)
{
    static char out[400];
    uint16_t i[64], k[64], offset[64];
    pot_alignment a = {{i, k}, offset, 64};
    const pot_tokens p = spans(x), q = spans(y);
    size_t at = 0;
    const size_t n = pot_align(&a, &p, &q, text);
    out[0] = '\0';
    for (size_t j = 0; j < n; j++)
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%u:%u,%u", j ? " " : "", offset[j],
                               i[j], k[j]);
    return out;
}

static void test_places(void)
{
    CHECK_STR(aligned("0-3 3-5 5-6", "0-3 3-5 5-6", 6), "3:0,0 5:1,1");
    CHECK_STR(aligned("0-0 0-3 3-5 5-6 0-0", "0-1 1-5 5-6", 6), "5:2,1"); /* special ones around */
    CHECK_STR(aligned("0-2 2-4 4-6", "0-3 3-6", 6), "");
    CHECK_STR(aligned("0-2 0-2 2-3", "0-2 2-3", 3), "2:1,0");     /* a character of two tokens */
    CHECK_STR(aligned("0-2 3-5 5-6", "0-2 2-5 5-6", 6), "5:1,1"); /* a space dropped */
    CHECK_STR(aligned("0-2 2-2 2-3 3-4", "0-2 2-3 3-4", 4), "3:2,1"); /* of nothing */
    CHECK_STR(aligned("0-2 2-3", "0-2 2-4", 4), "");         /* what is unknown was left out */
    CHECK_STR(aligned("2-3 0-2 3-4", "0-2 2-3 3-4", 4), ""); /* out of order */
    CHECK_STR(aligned("0-4", "0-2 2-4", 4), "");
    CHECK_STR(aligned("", "", 0), "");
    uint16_t i[2], k[2], offset[2];
    pot_alignment a = {{i, k}, offset, 2};
    const pot_tokens t = spans("0-1 1-2 2-3 3-4");
    CHECK(pot_align(&a, &t, &t, 4) == 2 && offset[1] == 2);
}

/* ---- the comparison ------------------------------------------------------------------------- */

enum { MOST = 700, ROWS = 3 };

static pot_pool *pool[3];
static const char *const kernel[] = {"ref", "avx2", NULL};
static float logits[2][ROWS * MOST];

/* The law of the next byte by its definition. */
static void enumerate(long double *law, const float *l, const pot_byte_table *t, size_t n)
{
    long double max = -INFINITY, z = 0;
    for (size_t i = 0; i < n; i++)
        max = l[i] > max ? l[i] : max;
    for (size_t i = 0; i < n; i++)
        z += expl((long double)l[i] - max);
    for (unsigned c = 0; c < POT_BYTE_CLASSES; c++) {
        law[c] = 0;
        for (size_t i = 0; i < n; i++)
            if (t->class[i] == c) law[c] += expl((long double)l[i] - max) / z;
    }
}

static void check_row(const pot_position *got, const float *a, const pot_byte_table *s, size_t na,
                      const float *b, const pot_byte_table *t, size_t nb, uint32_t actual)
{
    long double p[POT_BYTE_CLASSES], q[POT_BYTE_CLASSES], tv = 0, kl = 0, pc = 0, qc = 0;
    enumerate(p, a, s, na), enumerate(q, b, t, nb);
    for (unsigned c = 0; c < POT_BYTE_CLASSES; c++) {
        tv += fabsl(p[c] - q[c]) / 2;
        if (s->some[c] && t->some[c]) pc += p[c], qc += q[c];
    }
    for (unsigned c = 0; c < POT_BYTE_CLASSES; c++)
        if (s->some[c] && t->some[c]) kl += p[c] / pc * logl(p[c] / pc / (q[c] / qc));
    if (!(pc > 0)) kl = 0;
    CHECK(!got->bad_ref && !got->bad_cand);
    CHECK(fabsl(got->tv - tv) < 1e-6L);
    CHECK(fabsl(got->kl - kl) < 2e-6L + 1e-5L * kl);
    const long double lp = s->some[actual] ? logl(p[actual]) : logl(0x1p-149L);
    CHECK(fabsl(got->lp_ref - lp) < 1e-6L * (1 - lp));
}

/* A table of n ids over some classes. */
static void draw_table(pot_byte_table *t, size_t n)
{
    const unsigned classes = 1 + (unsigned)(t_u64() % POT_BYTE_CLASSES);
    *t = (pot_byte_table){.class = pot_mem_new(n, sizeof *t->class)};
    CHECK(t->class);
    for (size_t i = 0; i < n; i++) {
        t->class[i] = (uint16_t)(t_u64() % classes + POT_BYTE_CLASSES - classes);
        t->some[t->class[i]] = true;
    }
}

static void test_definition(void)
{
    for (int trial = 0; trial < 300; trial++) {
        const uint32_t n[2] = {(uint32_t)(1 + t_u64() % MOST), (uint32_t)(1 + t_u64() % MOST)};
        pot_byte_table table[2];
        uint32_t actual[ROWS];
        pot_position got[3][2][ROWS];
        for (int i = 0; i < 2; i++) {
            draw_table(&table[i], n[i]);
            for (size_t k = 0; k < ROWS * MOST; k++)
                logits[i][k] = (float)(t_unit() * 20 - 10);
        }
        for (size_t i = 0; i < ROWS; i++)
            actual[i] = (uint32_t)(t_u64() % 256);
        const pot_byte_rows a = {{logits[0], MOST, n[0]}, &table[0]},
                            b = {{logits[1], MOST, n[1]}, &table[1]};
        for (int k = 0; k < 3; k++)
            for (int threads = 0; threads < 2; threads++) {
                pot_kernels use;
                CHECK(pot_kernels_init(&use, kernel[k]));
                memset(got[k][threads], 0, sizeof got[k][threads]);
                pot_compare_bytes(pool[1 + threads], &use, got[k][threads], a, b, actual, ROWS);
                CHECK(memcmp(got[k][threads], got[0][0], sizeof got[0][0]) == 0);
            }
        for (size_t i = 0; i < ROWS; i++)
            check_row(&got[0][0][i], logits[0] + i * MOST, &table[0], n[0], logits[1] + i * MOST,
                      &table[1], n[1], actual[i]);
        for (int i = 0; i < 2; i++)
            pot_byte_table_close(&table[i]);
    }
}

/* Of one vocabulary the bytes are a function of the tokens: never further apart, and equal where
 * each token has a class of its own. */
static void test_coarser(void)
{
    pot_kernels k;
    CHECK(pot_kernels_init(&k, NULL));
    for (int trial = 0; trial < 300; trial++) {
        const uint32_t n = 1 + (uint32_t)(t_u64() % 250), actual = (uint32_t)(t_u64() % n);
        pot_byte_table t;
        pot_position bytes, tokens;
        draw_table(&t, n);
        for (size_t i = 0; i < n; i++) {
            if (trial % 3 == 0) t.class[i] = (uint16_t)i, t.some[i] = true;
            logits[0][i] = (float)(t_unit() * 10);
            logits[1][i] = (float)(t_unit() * 10);
        }
        const pot_rows a = {logits[0], n, n}, b = {logits[1], n, n};
        pot_compare(pool[2], &k, &tokens, a, b, &actual, 1);
        pot_compare_bytes(pool[2], &k, &bytes, (pot_byte_rows){a, &t}, (pot_byte_rows){b, &t},
                          &actual, 1);
        CHECK((double)bytes.tv <= (double)tokens.tv + 1e-6);
        CHECK((double)bytes.kl <= (double)tokens.kl * (1 + 1e-5) + 1e-6);
        if (trial % 3 == 0) CHECK(fabs((double)bytes.tv - (double)tokens.tv) < 1e-6);
        pot_compare_bytes(pool[2], &k, &bytes, (pot_byte_rows){a, &t}, (pot_byte_rows){a, &t},
                          &actual, 1);
        CHECK(bytes.tv == 0 && bytes.kl == 0 && bytes.same_top);
        pot_byte_table_close(&t);
    }
}

/* Probabilities that vanish keep every figure finite; logits that are no numbers are told. */
static void test_edges(void)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    uint16_t class[4] = {65, 66, 66, POT_NO_BYTE};
    pot_byte_table t = {.class = class};
    for (int i = 0; i < 4; i++)
        t.some[class[i]] = true;
    pot_kernels k;
    pot_position got;
    CHECK(pot_kernels_init(&k, NULL));
    float a[4] = {300, -300, -300, -300}, b[4] = {-300, 300, -300, -300};
    const uint32_t actual = 66;
    const pot_byte_rows ra = {{a, 4, 4}, &t}, rb = {{b, 4, 4}, &t};
    pot_compare_bytes(pool[1], &k, &got, ra, rb, &actual, 1);
    CHECK(got.tv == 1 && fabs((double)got.kl - 149 * log(2)) < 1e-4 && !got.same_top);
    CHECK(fabs((double)got.lp_ref + 149 * log(2)) < 1e-4 && got.lp_cand == 0);
    for (int i = 0; i < 3; i++) {
        b[2] = bad[i];
        pot_compare_bytes(pool[1], &k, &got, ra, rb, &actual, 1);
        CHECK(got.bad_cand && !got.bad_ref);
        pot_compare_bytes(pool[1], &k, &got, rb, ra, &actual, 1);
        CHECK(!got.bad_cand && got.bad_ref);
    }
}

int main(void)
{
    t_seed();
    CHECK(pot_pool_open(&pool[1], 1, NULL) == POT_OK && pot_pool_open(&pool[2], 2, NULL) == POT_OK);
    test_kinds();
    test_refused();
    test_recorded();
    test_places();
    test_definition();
    test_coarser();
    test_edges();
    pot_pool_close(&pool[1]);
    pot_pool_close(&pool[2]);
    CHECK(pot_mem_used() == 0);
    return 0;
}
