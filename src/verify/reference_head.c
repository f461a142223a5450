/* The output head in a reference file: stored bytes, or F32 where other tensors take part in its
 * values, which are the same then. */
#include "verify/reference.h"

static bool by_values(const pot_linear *w)
{
    return w->scaling.kind == POT_SCALED_FLOATS || w->scaling.kind == POT_SCALED_INTS;
}

pot_reference_head pot_head_describe(const pot_linear *w, const pot_arch *a)
{
    return (pot_reference_head){.width = w->in,
                                .type = by_values(w) ? POT_F32 : w->type,
                                .bias = w->bias != NULL,
                                .scale = a->logit_scale,
                                .cap = a->logit_cap};
}

void pot_head_rows(const pot_kernels *k, const pot_linear *w, size_t at, size_t n, void *out)
{
    if (by_values(w)) pot_linear_values(k, w, at, n, out);
    else pot_linear_bytes(w, at, n, out);
}

pot_linear pot_head_restore(pot_arch *arch, const pot_reference_head *h, uint32_t vocab,
                            const void *matrix, const void *bias)
{
    *arch = (pot_arch){.vocab = vocab,
                       .hidden = h->width,
                       .embed = h->width,
                       .logit_scale = h->scale,
                       .logit_cap = h->cap};
    return (pot_linear){.w = matrix,
                        .bias = bias,
                        .type = h->type,
                        .out = vocab,
                        .in = h->width,
                        .group = vocab,
                        .stride = vocab,
                        .ld = h->width};
}
