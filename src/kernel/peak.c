#include "kernel/peak.h"

#include <math.h>
#include <string.h>

/* One fmaf after the other, as the products of "ref" are: in a call, where the compiler may not
 * use an instruction. */
static inline float start(float x)
{
    return x;
}

static inline float step(float a)
{
    return fmaf(a, 1.0f, 1e-9f);
}

#if defined(__x86_64__)
POT_PEAK_LOOP(float, "x", start, step)
#else
POT_PEAK_LOOP(float, "w", start, step)
#endif

const pot_peak pot_peak_ref = {"ref", 2.0 * POT_PEAK_CHAINS, run};

const pot_peak *pot_peak_of(const pot_linear_kernels *l)
{
    static const pot_peak *const peaks[] = {
#if defined(__x86_64__)
        &pot_peak_avx2,
        &pot_peak_avx512,
        &pot_peak_avx512bf16,
#else
        &pot_peak_neon,
#endif
    };
    for (size_t i = 0; i < sizeof peaks / sizeof *peaks; i++)
        if (strcmp(peaks[i]->level, l->name) == 0) return peaks[i];
    return &pot_peak_ref;
}
