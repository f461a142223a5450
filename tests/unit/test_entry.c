/* Files of runs: what is written is read again; a changed byte, another identity and what no run
 * says are refused. */
#include "base/json.h"
#include "base/mem.h"
#include "crypto/sha256.h"
#include "eval/entry.h"
#include "t.h"

#include <math.h>
#include <string.h>

#define MOST ((size_t)1 << 20)

static const char verdict[] =
    "{\"decision\": \"SAME\", \"n\": 55, \"tv\": {\"mean\": 0.25}, \"kl\": {\"mean\": 1.5},\n"
    "\"relationship\": {\"label\": \"QUANTIZED\"}, \"families\": [1, 2]}";

static pot_buf identity_of(const char *text)
{
    pot_buf b = POT_BUF(MOST);
    pot_buf_str(&b, text);
    return b;
}

static pot_bytes bytes(const char *p, size_t n)
{
    return (pot_bytes){(const uint8_t *)p, n};
}

static pot_buf entry_of(const pot_buf *identity, const char *text, const pot_cost *cost)
{
    pot_buf b = POT_BUF(MOST);
    CHECK(pot_entry_write(&b, identity, bytes(text, strlen(text)), cost, NULL) == POT_OK);
    return b;
}

static void test_again(void)
{
    pot_buf id = identity_of("{\"key\":\"00\",\"share\":0.03}"), other = identity_of("{\"key\":1}");
    const pot_cost cost = {2, 3.5, (double)NAN};
    pot_buf b = entry_of(&id, verdict, &cost);
    pot_eval_run_result r;
    pot_error err = {0};
    CHECK(pot_entry_read(&r, bytes(b.p, b.n), &id, "file", &err) == POT_OK);
    CHECK(r.done && !r.cached && r.decision == POT_SAME && r.n == 55);
    CHECK(r.tv == 0.25 && r.kl == 1.5 && r.seconds == 2 && r.cpu_seconds == 3.5 && isnan(r.joules));
    CHECK(strcmp(pot_label_name(r.label), "QUANTIZED") == 0);
    CHECK(pot_entry_read(&r, bytes(b.p, b.n), &other, "file", &err) == POT_E_FORMAT);
    CHECK(strstr(err.msg, "another run"));
    for (size_t i = 0; i < b.n; i++) { /* no beginning of it, and no changed byte */
        CHECK(pot_entry_read(&r, bytes(b.p, i), &id, "file", NULL) == POT_E_FORMAT);
        b.p[i] ^= 4;
        CHECK(pot_entry_read(&r, bytes(b.p, b.n), &id, "file", NULL) == POT_E_FORMAT);
        b.p[i] ^= 4;
    }
    pot_buf_free(&b);
    pot_buf_free(&id);
    pot_buf_free(&other);
}

/* A right digest over something that no run says. */
static void test_refused(void)
{
    static const struct {
        const char *from, *to, *says;
    } all[] = {
        {"\"SAME\"", "\"EQUAL\"", "no such decision"},
        {"\"SAME\"", "1", "a string"},
        {"\"n\":55", "\"n\":1001", "at most 1000"},
        {"\"n\":55", "\"m\":55", "missing"},
        {"0.25", "-0.25", "not negative"},
        {"1.5", "null", "missing"},
        {"QUANTIZED", "QUANTISED", "no relationship"},
        {"pot-eval-run-1", "pot-eval-run-2", "pot-eval-run-1 is expected"},
        {"\"seconds\":2.0", "\"seconds\":-1", "not negative"},
        {"\"cpu_seconds\"", "\"cpu\"", "missing"},
        {"\"joules\":4.0", "\"joules\":\"4\"", "a number"},
        {"\"identity\":{", "\"identity\":[], \"x\":{", "an object"},
    };
    pot_buf id = identity_of("{\"key\":\"00\"}");
    const pot_cost cost = {2, 3.5, 4};
    pot_buf b = entry_of(&id, verdict, &cost);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        uint8_t sum[32];
        pot_eval_run_result r;
        pot_error err = {0};
        pot_buf c = POT_BUF(MOST);
        const char *at = strstr(b.p, all[i].from), *end = strchr(b.p, '\n') + 1;
        CHECK(at);
        pot_buf_add(&c, b.p, (size_t)(at - b.p));
        pot_buf_str(&c, all[i].to);
        at += strlen(all[i].from);
        pot_buf_add(&c, at, (size_t)(end - at));
        CHECK(pot_sha256(sum, bytes(c.p, c.n), NULL) == POT_OK);
        pot_buf_hex(&c, sum, sizeof sum);
        pot_buf_str(&c, "\n");
        const pot_status s = pot_entry_read(&r, bytes(c.p, c.n), &id, "file", &err);
        if (s != POT_E_FORMAT || !strstr(err.msg, all[i].says))
            fprintf(stderr, "%s: %s\n", all[i].to, err.msg);
        CHECK(s == POT_E_FORMAT && strstr(err.msg, all[i].says));
        pot_buf_free(&c);
    }
    pot_buf_free(&b);
    pot_buf_free(&id);
}

/* Each allocation failing in turn. */
static void test_memory(void)
{
    pot_buf id = identity_of("{\"key\":\"00\"}");
    const pot_cost cost = {2, 3.5, 4};
    pot_buf b = entry_of(&id, verdict, &cost);
    pot_status got = POT_E_NOMEM;
    for (uint64_t n = 1; got != POT_OK; n++) {
        pot_eval_run_result r;
        pot_buf c = POT_BUF(MOST);
        pot_mem_fail_at(n);
        got = pot_entry_write(&c, &id, bytes(verdict, strlen(verdict)), &cost, NULL);
        if (got == POT_OK) got = pot_entry_read(&r, bytes(c.p, c.n), &id, "file", NULL);
        pot_mem_fail_at(0);
        CHECK((got == POT_OK || got == POT_E_NOMEM) && n < 1000);
        pot_buf_free(&c);
    }
    pot_buf_free(&b);
    pot_buf_free(&id);
}

int main(void)
{
    test_again();
    test_refused();
    test_memory();
    CHECK(pot_mem_used() == 0);
    return 0;
}
