#include "kernel/peak.h"

#include <immintrin.h>

static inline __m256 step(__m256 a)
{
    return _mm256_fmadd_ps(a, _mm256_set1_ps(1.0f), _mm256_set1_ps(1e-9f));
}

POT_PEAK_LOOP(__m256, "x", _mm256_set1_ps, step)

const pot_peak pot_peak_avx2 = {"avx2", 2.0 * 8 * POT_PEAK_CHAINS, run};
