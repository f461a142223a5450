#include "score/bytes.h"

#include "base/fail.h"
#include "base/math64.h"
#include "base/mem.h"

#define LEAST 0x1p-149 /* the smallest that a probability of one token can be, but for 0 */

pot_status pot_byte_table_open(pot_byte_table *out, const pot_tokenizer *t, uint32_t vocab,
                               pot_error *err)
{
    pot_byte_table made = {.class = pot_mem_raw(vocab, sizeof *made.class)};
    if (!made.class) return pot_fail_mem(err);
    const pot_status s = pot_tokenizer_first_bytes(t, made.class, err);
    if (s != POT_OK) {
        pot_mem_free(made.class);
        return s;
    }
    for (uint32_t id = pot_tokenizer_size(t); id < vocab; id++)
        made.class[id] = POT_NO_BYTE;
    for (uint32_t id = 0; id < vocab; id++)
        made.some[made.class[id]] = true;
    *out = made;
    return POT_OK;
}

void pot_byte_table_close(pot_byte_table *t)
{
    pot_mem_free(t->class);
    *t = (pot_byte_table){0};
}

/* The law of the next byte: exponentials as the kernels have them, added in f64 in the order of the
 * ids, so the bits are the same everywhere; and the most probable token.  False if a logit is not
 * finite. */
static bool read_law(double *p, uint32_t *top, const pot_kernels *k, const float *l,
                     const pot_byte_table *t, size_t n)
{
    pot_logsum s;
    double z = 0;
    pot_logsum_start(&s);
    if (!k->logsum(&s, l, n, 0)) return false;
    *top = s.argmax;
    for (size_t c = 0; c < POT_BYTE_CLASSES; c++)
        p[c] = 0;
    for (size_t at = 0; at < n; at += POT_PANEL) {
        float e[POT_PANEL];
        const size_t width = n - at < POT_PANEL ? n - at : POT_PANEL;
        k->exps(e, l + at, s.max, width);
        for (size_t i = 0; i < width; i++)
            p[t->class[at + i]] += (double)e[i];
    }
    for (size_t c = 0; c < POT_BYTE_CLASSES; c++)
        z += p[c];
    for (size_t c = 0; c < POT_BYTE_CLASSES; c++)
        p[c] /= z;
    return true;
}

static double log_of(double p)
{
    return pot_log(p > LEAST ? p : LEAST);
}

static size_t most_probable(const double *p)
{
    size_t top = 0;
    for (size_t c = 1; c < POT_BYTE_CLASSES; c++)
        if (p[c] > p[top]) top = c;
    return top;
}

/* sum p ln(p/q), both laws given the classes that both tables have. */
static double divergence(const double *p, const pot_byte_table *a, const double *q,
                         const pot_byte_table *b)
{
    double kl = 0, pc = 0, qc = 0;
    for (size_t c = 0; c < POT_BYTE_CLASSES; c++) {
        if (!a->some[c] || !b->some[c]) continue;
        pc += p[c], qc += q[c];
        kl += p[c] * (log_of(p[c]) - log_of(q[c]));
    }
    if (!(pc > 0)) return 0;
    kl = kl / pc + log_of(qc) - log_of(pc);
    return kl > 0 ? kl : 0; /* rounding may leave -1e-12 */
}

static pot_position compare_row(const pot_kernels *k, const pot_byte_rows *ref,
                                const pot_byte_rows *cand, size_t i, uint32_t actual)
{
    double p[POT_BYTE_CLASSES], q[POT_BYTE_CLASSES], tv = 0;
    const pot_rows *a = &ref->rows, *b = &cand->rows;
    uint32_t top[2];
    if (!read_law(p, &top[0], k, a->logits + i * a->ld, ref->table, a->vocab))
        return (pot_position){.bad_ref = true};
    if (!read_law(q, &top[1], k, b->logits + i * b->ld, cand->table, b->vocab))
        return (pot_position){.bad_cand = true};
    for (size_t c = 0; c < POT_BYTE_CLASSES; c++)
        tv += p[c] > q[c] ? p[c] - q[c] : q[c] - p[c];
    tv *= 0.5;
    return (pot_position){.tv = (float)(tv > 1 ? 1 : tv),
                          .kl = (float)divergence(p, ref->table, q, cand->table),
                          .lp_ref = (float)log_of(p[actual]),
                          .lp_cand = (float)log_of(q[actual]),
                          .top_ref = top[0],
                          .top_cand = top[1],
                          .same_top = most_probable(p) == most_probable(q)};
}

struct job {
    const pot_kernels *k;
    pot_position *out;
    pot_byte_rows ref, cand;
    const uint32_t *actual;
};

static void compare_part(void *ctx, unsigned i, unsigned thread)
{
    const struct job *j = ctx;
    (void)thread;
    j->out[i] = compare_row(j->k, &j->ref, &j->cand, i, j->actual[i]);
}

void pot_compare_bytes(pot_pool *pool, const pot_kernels *k, pot_position *out, pot_byte_rows ref,
                       pot_byte_rows cand, const uint32_t *actual, size_t n)
{
    struct job j = {.k = k, .out = out, .ref = ref, .cand = cand, .actual = actual};
    pot_pool_run(pool, compare_part, &j, (unsigned)n);
}
