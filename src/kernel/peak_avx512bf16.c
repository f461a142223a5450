#include "kernel/peak.h"

#include <immintrin.h>

/* Two products for each of 16 sums. */
static inline __m512 step(__m512 a)
{
    const __m512bh x = (__m512bh)_mm512_set1_epi32(0x3f803f80);
    return _mm512_dpbf16_ps(a, x, x);
}

POT_PEAK_LOOP(__m512, "v", _mm512_set1_ps, step)

const pot_peak pot_peak_avx512bf16 = {"avx512bf16", 2.0 * 2 * 16 * POT_PEAK_CHAINS, run};
