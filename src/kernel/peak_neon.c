#include "kernel/peak.h"

#include <arm_neon.h>

static inline float32x4_t step(float32x4_t a)
{
    return vfmaq_f32(a, vdupq_n_f32(1.0f), vdupq_n_f32(1e-9f));
}

POT_PEAK_LOOP(float32x4_t, "w", vdupq_n_f32, step)

const pot_peak pot_peak_neon = {"neon", 2.0 * 4 * POT_PEAK_CHAINS, run};
