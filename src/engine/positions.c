/* What positions add: cosines and sines to turn by, and ALiBi's biases of keys, in f64 and
 * rounded once.
 *
 * A frequency may depend on the length of the text (pot_rope_class).  Tables of the first two
 * classes serve all texts and stay; those of one length live as long as the batch. */
#include "base/fail.h"
#include "base/math64.h"
#include "engine/layout.h"

#include <math.h>
#include <string.h>

#define KEPT_CLASSES 2
#define MOST_ANGLE   1.6e6 /* of pot_sincos */

const pot_rope_table *pot_rope_find(const pot_engine *e, uint32_t rope, size_t length)
{
    if (rope == POT_NO_ROPE) return NULL;
    const size_t class = pot_rope_class(&e->arch->rope[rope], length);
    for (const pot_rope_table *t = e->rope; t; t = t->next)
        if (t->rope == rope && t->class == class && t->positions >= length) return t;
    return NULL;
}

/* Drop the tables of these classes. */
static void drop(pot_engine *e, uint32_t rope, size_t first, size_t last)
{
    for (pot_rope_table **at = &e->rope; *at;) {
        pot_rope_table *t = *at;
        if (t->rope == rope && t->class >= first && t->class <= last)
            *at = t->next, pot_mem_free(t);
        else at = &t->next;
    }
}

void pot_rope_free(pot_engine *e)
{
    for (uint32_t r = 0; r < POT_ROPES; r++)
        drop(e, r, 0, SIZE_MAX);
}

static pot_status make(pot_engine *e, uint32_t rope, size_t class, size_t positions, pot_error *err)
{
    const pot_rope *r = &e->arch->rope[rope];
    const size_t half = r->dim / 2;
    drop(e, rope, class, class); /* a shorter one */
    pot_rope_table *t = pot_mem_raw(sizeof *t + 2 * positions * half * sizeof(float), 1);
    if (!t) return pot_fail_mem(err);
    *t = (pot_rope_table){.next = e->rope, .rope = rope, .class = class, .positions = positions};
    t->sin = t->cos + positions * half;
    e->rope = t;
    for (uint32_t i = 0; i < half; i++) {
        const double f = pot_rope_frequency(r, i, class);
        if (!(f * (double)positions <= MOST_ANGLE))
            return pot_fail(err, POT_E_UNSUPPORTED, "rotary angles above %g are not built in",
                            MOST_ANGLE);
        for (size_t p = 0; p < positions; p++) {
            double s, c;
            pot_sincos((double)p * f, &s, &c);
            t->cos[p * half + i] = (float)(c * r->scale);
            t->sin[p * half + i] = (float)(s * r->scale);
        }
    }
    return POT_OK;
}

static pot_status reserve(pot_engine *e, uint32_t rope, const pot_ids *text, size_t n_texts,
                          pot_error *err)
{
    const pot_rope *r = &e->arch->rope[rope];
    drop(e, rope, KEPT_CLASSES, SIZE_MAX);
    for (size_t i = 0; i < n_texts; i++) {
        const size_t length = pot_text_length(text[i]), class = pot_rope_class(r, length);
        if (pot_rope_find(e, rope, length)) continue;
        size_t longest = 0; /* of the texts of this class; one that grows may stay in it */
        for (size_t j = i; j < n_texts; j++) {
            const size_t n = pot_text_length(text[j]), room = pot_text_room(text[j]);
            if (pot_rope_class(r, n) != class) continue;
            if (n > longest) longest = n;
            if (class < KEPT_CLASSES && room > longest) longest = room;
        }
        POT_TRY(make(e, rope, class, longest, err));
    }
    return POT_OK;
}

pot_status pot_rope_reserve(pot_engine *e, const pot_ids *text, size_t n_texts, pot_error *err)
{
    pot_status s = POT_OK;
    for (uint32_t r = 0; r < POT_ROPES && s == POT_OK; r++)
        if (e->arch->rope[r].dim) s = reserve(e, r, text, n_texts, err);
    if (s != POT_OK) pot_rope_free(e); /* perhaps half filled */
    return s;
}

/* 2^(-8 (h + 1) / p) for the first p heads, p a power of 2; the others lie between them. */
static double slope(uint32_t h, uint32_t heads)
{
    uint32_t p = 1;
    while (2 * p <= heads)
        p *= 2;
    return pot_pow(2, h < p ? -8.0 * (h + 1) / p : -4.0 * (2.0 * (h - p) + 1) / p);
}

/* To bfloat16 and back, to nearest even. */
static float bf16(float x)
{
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    u = (u + 0x7fff + (u >> 16 & 1)) & 0xffff0000u;
    memcpy(&x, &u, sizeof x);
    return x;
}

void pot_alibi_fill(pot_engine *e, size_t longest)
{
    const pot_arch *a = e->arch;
    const bool rounded = a->position == POT_POS_ALIBI_BF16;
    for (uint32_t h = 0; h < a->heads; h++) {
        const float by = (float)slope(h, a->heads);
        for (size_t j = 0; j < longest; j++) {
            const float p = (float)j;
            e->alibi[h * longest + j] =
                rounded ? (float)((double)bf16(bf16(by) * bf16(p)) / sqrt((double)a->head_dim))
                        : by * p;
        }
    }
}
