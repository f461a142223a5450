#include "kernel/scaled.h"

#define MX       32 /* elements of a block of MXFP4 */
#define MX_BYTES 17
#define PIECE    256

void pot_scaled_join(const pot_linear *w, size_t n, size_t k, size_t depth, uint8_t *out)
{
    const size_t first = (pot_linear_place(w, n) * w->ld + k) / MX;
    for (size_t b = 0; b < depth / MX; b++, out += MX_BYTES) {
        const uint8_t *in = (const uint8_t *)w->w + (first + b) * (MX / 2);
        out[0] = w->scaling.scale[first + b];
        for (int i = 0; i < MX / 2; i++) {
            const int low = in[i / 2] >> (i % 2 * 4) & 15, high = in[8 + i / 2] >> (i % 2 * 4) & 15;
            out[1 + i] = (uint8_t)(low | high << 4);
        }
    }
}

static void join_row(const pot_kernels *kernel, const pot_linear *w, size_t n, size_t k,
                     size_t depth, float *out)
{
    uint8_t joined[PIECE / MX * MX_BYTES];
    for (size_t i = 0, m; i < depth; i += m) {
        m = depth - i < PIECE ? depth - i : PIECE;
        pot_scaled_join(w, n, k + i, m, joined);
        kernel->widen(out + i, joined, POT_MXFP4, m);
    }
}

static void scale_row(const pot_kernels *kernel, const pot_linear *w, size_t n, size_t k,
                      size_t depth, float *out)
{
    const pot_scaling *s = &w->scaling;
    const size_t row = pot_linear_place(w, n), first = (s->from + row) / s->rows * s->scale_step[0];
    kernel->widen(out, (const char *)w->w + pot_dtype_bytes(w->type, row * w->ld + k), w->type,
                  depth);
    for (size_t i = 0, m; i < depth; i += m) {
        const size_t at = first + (k + i) / s->cols * s->scale_step[1],
                     rest = s->cols - (k + i) % s->cols;
        float by;
        m = rest < depth - i ? rest : depth - i;
        kernel->widen(&by, s->scale + at * pot_dtype_size(s->type), s->type, 1);
        kernel->multiply(out + i, by, m);
    }
}

void pot_scaled_row(const pot_kernels *kernel, const pot_linear *w, size_t n, size_t k,
                    size_t depth, float *out)
{
    if (w->scaling.kind == POT_SCALED_MXFP4) join_row(kernel, w, n, k, depth, out);
    else if (w->scaling.kind == POT_SCALED_FLOATS) scale_row(kernel, w, n, k, depth, out);
    else kernel->ints(out, 1, w->w, &w->scaling, pot_linear_place(w, n), 1, k, depth);
}
