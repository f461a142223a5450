/* pot-bf16-1 by VDPBF16PS, which is its definition: a cell is a pair of bfloat16, the even k low.
 */
#include "kernel/v16_avx512.h"

#include "kernel/pack.h"

OP void put_pair(float *to, v16 even, v16 odd)
{
    const __m512i low = _mm512_srli_epi32(_mm512_castps_si512(v16_round_bf16(even)), 16);
    _mm512_storeu_si512(to, _mm512_or_si512(low, _mm512_castps_si512(v16_round_bf16(odd))));
}

/* Transposed dwords of bfloat16 are pairs already. */
static void pack_pairs_bf16(float *panel, const void *const *row, size_t n, size_t k)
{
    for (size_t j = 0; j < k; j += CHUNK) {
        const size_t depth = k - j < CHUNK ? k - j : CHUNK;
        v16 block[POT_LANES];
        load_block(block, row, n, 2 * j, 2 * depth);
        v16_transpose(block);
        EACH(i, POT_LANES)
        if ((size_t)(2 * i) < depth) v16_store(panel + (j / 2 + (size_t)i) * POT_PANEL, block[i]);
    }
}

static void pack_native(float *panel, const void *const *row, size_t n, pot_dtype type, size_t k)
{
    if (type == POT_BF16) pack_pairs_bf16(panel, row, n, k);
    else pack_pairs(panel, row, n, type, k, 2, put_pair);
}

static void fold_panel_native(float *panel, size_t k)
{
    fold_pairs(panel, k, 2, put_pair);
}

/* 16 numbers to 8 cells; the two dwords of a pair are one qword. */
static void fold_native(float *out, const float *x, size_t n)
{
    const __m512i low = _mm512_set1_epi64(0xffff), high = _mm512_set1_epi64(0xffff0000);
    for (size_t i = 0; i < n; i += POT_LANES) {
        const size_t w = n - i < POT_LANES ? n - i : POT_LANES;
        const __m512i q = _mm512_castps_si512(v16_round_bf16(v16_load_n(x + i, w)));
        const __m512i even = _mm512_and_si512(_mm512_srli_epi64(q, 16), low),
                      odd = _mm512_and_si512(_mm512_srli_epi64(q, 32), high);
        const __m256i cell = _mm512_cvtepi64_epi32(_mm512_or_si512(even, odd));
        _mm256_mask_storeu_epi32(out + i / 2, (__mmask8)first_lanes((w + 1) / 2), cell);
    }
}

static void tile_native(float *c, size_t ldc, const float *a, size_t lda, size_t m,
                        const float *panel, size_t cells, bool first)
{
    __m512 acc[POT_TILE][4];
    const float *row[POT_TILE];
    EACH(i, POT_TILE)
    {
        row[i] = a + ((size_t)i < m ? (size_t)i : 0) * lda;
        EACH(j, 4)
        acc[i][j] = first || (size_t)i >= m ? _mm512_setzero_ps()
                                            : _mm512_loadu_ps(c + (size_t)i * ldc + 16 * j);
    }
    for (size_t t = 0; t < cells; t++) {
        __m512bh b[4];
        EACH(j, 4) __builtin_prefetch(panel + (t + 8) * POT_PANEL + 16 * j);
        EACH(j, 4) b[j] = (__m512bh)_mm512_loadu_si512(panel + t * POT_PANEL + 16 * j);
        EACH(i, POT_TILE)
        {
            const __m512bh x = (__m512bh)_mm512_castps_si512(_mm512_set1_ps(row[i][t]));
            EACH(j, 4) acc[i][j] = _mm512_dpbf16_ps(acc[i][j], x, b[j]);
        }
    }
    EACH(i, POT_TILE)
    if ((size_t)i < m) EACH(j, 4) _mm512_storeu_ps(c + (size_t)i * ldc + 16 * j, acc[i][j]);
}

void pot_kernels_avx512bf16(pot_kernels *k)
{
    k->bf16 = (pot_linear_kernels){.profile = "pot-bf16-1",
                                   .name = "avx512bf16",
                                   .per_cell = 2,
                                   .fold = fold_native,
                                   .fold_panel = fold_panel_native,
                                   .pack = pack_native,
                                   .tile = tile_native};
}
