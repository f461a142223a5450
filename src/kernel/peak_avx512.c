#include "kernel/peak.h"

#include <immintrin.h>

static inline __m512 step(__m512 a)
{
    return _mm512_fmadd_ps(a, _mm512_set1_ps(1.0f), _mm512_set1_ps(1e-9f));
}

POT_PEAK_LOOP(__m512, "v", _mm512_set1_ps, step)

const pot_peak pot_peak_avx512 = {"avx512", 2.0 * 16 * POT_PEAK_CHAINS, run};
