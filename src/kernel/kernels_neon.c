#include "kernel/v16_neon.h"

#include "kernel/vector.h"

/* Which results are flushed is decided before rounding here, but after it in pot-bf16-1.  Where
 * none was, the two agree; else, which is rare, ref.c computes the tile from what was before. */
static void tile_bf16_neon(float *c, size_t ldc, const float *a, size_t lda, size_t m,
                           const float *panel, size_t cells, bool first)
{
    float before[POT_TILE][POT_PANEL];
    for (size_t i = 0; i < m && !first; i++)
        memcpy(before[i], c + i * ldc, sizeof before[i]);
    tile_bf16_v(c, ldc, a, lda, m, panel, cells, first);
    if (!pot_fp_flushed()) return;
    for (size_t i = 0; i < m && !first; i++)
        memcpy(c + i * ldc, before[i], sizeof before[i]);
    pot_kernels ref;
    pot_kernels_ref(&ref);
    ref.bf16.tile(c, ldc, a, lda, m, panel, cells, first);
}

void pot_kernels_neon(pot_kernels *k)
{
    *k = (pot_kernels)VECTOR_KERNELS("neon");
    k->bf16.tile = tile_bf16_neon;
}
