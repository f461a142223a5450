/* checkpoint.json: what is written is read again; what is not of that form is refused, also when
 * its HMAC is right. */
#include "t.h"
#include "evidence/checkpoint.h"

#include <string.h>

#define MOST ((size_t)1 << 20)

static const uint8_t key[POT_KEY_SIZE] = "a fixed key is good for tests 32";

static pot_checkpoint example(void)
{
    static const pot_checkpoint_file file[2] = {
        {"a.safetensors", 1, 2, UINT64_MAX, 4, 5, {6}},
        {"b.safetensors", 1u << 31, 0, 9, 10, 11, {12}},
    };
    pot_checkpoint c = {.committed_at = "2026-01-02T03:04:05Z",
                        .corpus = "/home/me/text \"quoted\"",
                        .side = {{"/models/a", file, 2}, {"hf:owner/name", NULL, 0}},
                        .lines = 15,
                        .transcript_size = 12345,
                        .copy = "/copies/a.gguf",
                        .calibration_size = 4321,
                        .rounds = 2,
                        .rows = 700,
                        .swept = 1,
                        .hash_seconds = 1.5,
                        .score_seconds = 2.5};
    memcpy(c.key, key, sizeof key);
    c.run_id[3] = 7;
    c.hidden_sha256[0][31] = 8;
    return c;
}

static pot_buf text_of(const pot_checkpoint *c)
{
    pot_buf b = POT_BUF(MOST);
    CHECK(pot_checkpoint_write(&b, c, NULL) == POT_OK);
    return b;
}

static pot_status read(const pot_buf *b, pot_checkpoint *c, pot_arena *arena, pot_error *err)
{
    *err = (pot_error){0};
    return pot_checkpoint_read(c, arena, (pot_bytes){(const uint8_t *)b->p, b->n}, "file", err);
}

static void check_again(pot_checkpoint c)
{
    pot_buf b = text_of(&c);
    pot_arena arena;
    pot_checkpoint got;
    pot_error err;
    pot_arena_init(&arena, MOST);
    CHECK(read(&b, &got, &arena, &err) == POT_OK);
    pot_buf again = text_of(&got);
    CHECK(again.n == b.n && memcmp(again.p, b.p, b.n) == 0);
    CHECK(!got.corpus == !c.corpus && got.side[0].files == c.side[0].files);
    for (size_t n = 0; n < b.n; n++) { /* no beginning of it, and no changed byte */
        pot_buf part = b;
        part.n = n;
        CHECK(read(&part, &got, &arena, &err) != POT_OK && err.msg[0]);
        b.p[n] ^= 4;
        CHECK(read(&b, &got, &arena, &err) != POT_OK && err.msg[0]);
        b.p[n] ^= 4;
        CHECK(got.key[0] == 0);
    }
    pot_buf_free(&b);
    pot_buf_free(&again);
    pot_arena_close(&arena);
}

/* One text for another, with a right HMAC. */
static void check_refused(const char *from, const char *to, const char *say)
{
    const pot_checkpoint c = example();
    pot_buf b = text_of(&c), changed = POT_BUF(MOST);
    uint8_t mac[POT_TAG_SIZE];
    char *at = strstr(b.p, from);
    CHECK(at);
    pot_buf_add(&changed, b.p, (size_t)(at - b.p));
    pot_buf_str(&changed, to);
    at += strlen(from);
    pot_buf_add(&changed, at, strlen(at) - 2 * POT_TAG_SIZE - 1);
    CHECK(pot_commit(mac, key, changed.p, changed.n, NULL) == POT_OK);
    pot_buf_hex(&changed, mac, sizeof mac);
    pot_buf_str(&changed, "\n");
    pot_arena arena;
    pot_checkpoint got;
    pot_error err;
    pot_arena_init(&arena, MOST);
    const pot_status s = read(&changed, &got, &arena, &err);
    if (!(s == POT_E_FORMAT || s == POT_E_UNSUPPORTED) || !strstr(err.msg, say))
        fprintf(stderr, "%s: %d, %s: %s\n", to, s, err.place, err.msg);
    CHECK((s == POT_E_FORMAT || s == POT_E_UNSUPPORTED) && strstr(err.msg, say));
    pot_arena_close(&arena);
    pot_buf_free(&b);
    pot_buf_free(&changed);
}

int main(void)
{
    pot_checkpoint c = example();
    check_again(c);
    c.corpus = c.copy = NULL;
    c.calibration_size = 0;
    c.swept = c.rounds = c.rows = c.lines = 0;
    check_again(c);
    check_refused("pot-checkpoint-1", "pot-checkpoint-2", "this program reads");
    check_refused("\"committed_at\"", "\"committed_on\"", "missing");
    check_refused("\"lines\":15", "\"lines\":14", "whole rounds");
    check_refused("\"lines\":15", "\"lines\":5000", "whole rounds");
    check_refused("\"lines\":15", "\"lines\":-5", "");
    check_refused("\"size\":\"12345\"", "\"size\":\"012345\"", "64-bit number");
    check_refused("\"size\":\"12345\"", "\"size\":\"18446744073709551616\"", "64-bit number");
    check_refused("\"size\":\"12345\"", "\"size\":\"\"", "64-bit number");
    check_refused("\"size\":\"12345\"", "\"size\":\" 1\"", "64-bit number");
    check_refused("\"size\":\"12345\"", "\"size\":12345", "string");
    check_refused("\"rounds\":2", "\"rounds\":0", "no run interrupts");
    check_refused("\"rounds\":2", "\"rounds\":201", "no run interrupts");
    check_refused("\"rows\":700", "\"rows\":0", "no run interrupts");
    check_refused("\"hidden\":[\"00", "\"hidden\":[\"0", "64 hexadecimal digits");
    check_refused("\"hidden\":[\"", "\"hidden\":[1,2,\"", "no run interrupts");
    check_refused("\"hidden\":[\"", "\"hidden\":[1,\"", "64 hexadecimal digits");
    check_refused("/models/a", "", "1 to 4096 bytes");
    check_refused("/copies/a.gguf", "", "1 to 4096 bytes");
    check_refused("\"size\":\"4321\"", "\"size\":\"0\"", "some bytes");
    check_refused("\"calibration\":{", "\"calibration\":[{}],\"other\":{", "object");
    check_refused("\"files\":[]", "\"files\":{}", "array");
    check_refused("a.safetensors\",", "a.safetensors\",\"name\":\"twice\",", "");
    return 0;
}
