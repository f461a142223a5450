#include "eval/serving.h"

#include <math.h>

#define UNSAID 100.0f /* below the largest logit */

void pot_serving_text(pot_buf *out, const pot_serving *s, const char *to)
{
    const size_t from = out->n;
    if (s->share > 0) pot_buf_fmt(out, "; %.9g of the challenges to %s", s->share, to);
    if (s->replay)
        pot_buf_fmt(out, "; REF's answers known for %u runs%s", s->replay,
                    s->leaked ? " and for this one" : "");
    if (s->temperature > 0) pot_buf_fmt(out, "; temperature %.9g", s->temperature);
    if (s->overlap > 0) pot_buf_fmt(out, "; %.9g of the vocabulary", s->overlap);
    if (s->top_k) pot_buf_fmt(out, "; top %u", s->top_k);
    if (s->round > 0) pot_buf_fmt(out, "; logits rounded to %.9g", s->round);
    if (s->noise > 0) pot_buf_fmt(out, "; noise %.9g", s->noise);
    if (out->status != POT_OK || out->n < from + 2) return;
    for (size_t i = from; i + 2 <= out->n; i++) /* without the first "; ", with the NUL */
        out->p[i] = out->p[i + 2];
    out->n -= 2;
}

/* splitmix64 of the i-th state after the seed. */
static uint64_t mixed(uint64_t seed, uint64_t i)
{
    uint64_t z = seed + (i + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

double pot_serving_unit(uint64_t seed, uint64_t i)
{
    return (double)(mixed(seed, i) >> 11) * 0x1p-53;
}

/* Does the vocabulary of this run have the token? */
static bool known(const pot_serving *s, uint64_t words, uint32_t token)
{
    return !(s->overlap > 0) || pot_serving_unit(words, token) < s->overlap;
}

static void put(float *heap, uint32_t n, uint32_t at, float x)
{
    for (uint32_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && heap[child + 1] < heap[child]) child++;
        if (heap[child] >= x) break;
        heap[at] = heap[child];
    }
    heap[at] = x;
}

/* The k-th largest of the tokens that are known; -inf if there are fewer. */
static float kth_largest(const pot_serving *s, const float *l, uint32_t vocab, uint64_t words)
{
    float heap[POT_SERVING_TOP];
    for (uint32_t i = 0; i < s->top_k; i++)
        heap[i] = -INFINITY;
    for (uint32_t i = 0; i < vocab; i++)
        if (l[i] > heap[0] && known(s, words, i)) put(heap, s->top_k, 0, l[i]);
    return heap[0];
}

void pot_serving_row(const pot_serving *s, float *l, uint32_t vocab, uint64_t words, uint64_t row)
{
    float most = -INFINITY, least = -INFINITY;
    for (uint32_t i = 0; i < vocab; i++) {
        if (s->temperature > 0) l[i] = (float)((double)l[i] / s->temperature);
        if (l[i] > most && known(s, words, i)) most = l[i];
    }
    if (s->top_k) least = kth_largest(s, l, vocab, words);
    for (uint32_t i = 0; i < vocab; i++) {
        if (l[i] < least || !known(s, words, i)) l[i] = most - UNSAID;
        if (s->round > 0) l[i] = (float)(s->round * rint((double)l[i] / s->round));
        if (s->noise > 0)
            l[i] = (float)((double)l[i] + s->noise * (2 * pot_serving_unit(row, i) - 1));
    }
}
