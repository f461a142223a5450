/* Target: pot_reference_over and pot_reference_read.  The first byte says what the rest is: 0 a
 * file, 1 a document, 2 and 3 the challenges and the classes of a file whose digests are right. */
#include "fuzz.h"

#include "verify/reference.h"

#include <stdlib.h>
#include <string.h>

#define MOST ((size_t)1 << 22)

static void check(int ok)
{
    if (!ok) abort();
}

static void read_file(pot_bytes file)
{
    pot_reference *r = NULL;
    pot_error err = {0};
    const pot_status s = pot_reference_over(&r, file, "input", &err);
    check(err.status == s && (s == POT_OK) == (r != NULL) && (s == POT_OK || err.msg[0]));
    if (r && !r->d.facts.exact) {
        uint32_t id[POT_MOST_TOP_K];
        float p[POT_MOST_TOP_K + POT_MOST_TAILS];
        pot_class_law law = {.id = id, .p = p};
        pot_reference_unpack(&law, &r->classes, pot_reference_part(r, "classes").p);
        check(law.lp <= 0 && pot_classes_tail(&r->classes, &law) < 1.001);
    }
    pot_reference_close(&r);
}

static void read_document(pot_bytes text)
{
    pot_reference_document d;
    pot_arena arena;
    pot_error err = {0};
    pot_buf again = POT_BUF(MOST);
    pot_arena_init(&arena, MOST);
    const pot_status s = pot_reference_read(&d, &arena, text, "input", &err);
    check(err.status == s && (s == POT_OK || err.msg[0]));
    if (s == POT_OK) {
        check(pot_reference_write(&again, &d, NULL) == POT_OK && again.n == text.n);
        check(d.sections >= 2 && d.section[0].at == POT_POTREF_HEAD);
    }
    pot_buf_free(&again);
    pot_arena_close(&arena);
}

static pot_reference_document small(void)
{
    pot_reference_document d = {.sections = 2};
    pot_reference_facts *f = &d.facts;
    f->mode = POT_QUICK;
    f->rule = *pot_rule_of(f->mode);
    f->rule.n_max = f->challenges = 10;
    f->positions = 20;
    f->pot = f->generator = f->numerics = f->tokenizer_kind = "x";
    f->top_k = 2;
    f->tails = 3;
    f->model = (pot_model_facts){.name = "x",
                                 .arch = "x",
                                 .container = "x",
                                 .dtype = "x",
                                 .vocab = 6,
                                 .layers = 1,
                                 .positions = "x",
                                 .activation = "x"};
    d.section[0].name = "challenges";
    d.section[1].name = "classes";
    return d;
}

static void add_section(pot_buf *file, pot_reference_section *s, const void *p, size_t n)
{
    static const char zeros[POT_POTREF_ALIGN];
    s->size = n;
    check(pot_sha256(s->sha256, (pot_bytes){p, n}, NULL) == POT_OK);
    pot_buf_add(file, p, n);
    pot_buf_add(file, zeros, -file->n % POT_POTREF_ALIGN);
}

/* A file of such sections; the other is as it should be. */
static void frame(const uint8_t *data, size_t n, bool classes)
{
    uint8_t head[POT_POTREF_HEAD] = {0}, key[POT_KEY_SIZE] = {0}, law[20][32] = {{0}};
    uint32_t challenge[10][5];
    pot_reference_document d = small();
    pot_buf file = POT_BUF(MOST), text = POT_BUF(MOST);
    for (size_t i = 0; i < 10; i++)
        memcpy(challenge[i], (uint32_t[]){40, 3, 1, 5, 0}, sizeof challenge[i]);
    for (size_t i = 0; i < 20; i++) {
        memcpy(law[i] + 10, &(uint16_t){1}, 2); /* tokens 0 and 1 */
        memcpy(law[i] + 12, &(float){1}, 4);
    }
    pot_buf_add(&file, head, sizeof head);
    add_section(&file, &d.section[0], classes ? (const void *)challenge : data,
                classes ? sizeof challenge : n);
    add_section(&file, &d.section[1], classes ? data : (const void *)law, classes ? n : sizeof law);
    check(pot_reference_write(&text, &d, NULL) == POT_OK && file.status == POT_OK);
    const pot_bytes document = {(const uint8_t *)text.p, text.n};
    check(pot_reference_head_bytes(head, key, document, file.n, NULL) == POT_OK);
    memcpy(file.p, head, sizeof head);
    pot_buf_add(&file, text.p, text.n);
    read_file((pot_bytes){(const uint8_t *)file.p, file.n});
    pot_buf_free(&file);
    pot_buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (!n || n > MOST / 4) return 0;
    const pot_bytes rest = {data + 1, n - 1};
    if (data[0] == 0) read_file(rest);
    else if (data[0] == 1) read_document(rest);
    else if (data[0] < 4) frame(rest.p, rest.n, data[0] == 3);
    return 0;
}
