/* peak.h - the most that an instruction set can multiply and add: the limit of the products.
 *
 * A loop keeps chains of multiply-adds in registers that do not wait for each other, in the
 * instruction that the products of that level use; nothing is loaded or stored. */
#ifndef POT_KERNEL_PEAK_H
#define POT_KERNEL_PEAK_H

#include "kernel/kernel.h"

/* Run so many turns; the operations of each count for two per multiply-add. */
typedef struct {
    const char *level; /* pot_linear_kernels.name */
    double operations; /* of a turn */
    void (*run)(size_t turns);
} pot_peak;

/* That of the products in use: by their level and profile. */
const pot_peak *pot_peak_of(const pot_linear_kernels *l);

extern const pot_peak pot_peak_ref, pot_peak_neon, pot_peak_avx2, pot_peak_avx512,
    pot_peak_avx512bf16;

#define POT_PEAK_CHAINS 12 /* more than latency x units */

/* The loop over `type`: `start` makes a chain, `step` goes on with it.  The loops over the chains
 * are unrolled, so that they stay in registers of the class `reg`; the empty assembly keeps the
 * compiler from folding the turns. */
#define POT_PEAK_LOOP(type, reg, start, step)                                                      \
    static void run(size_t turns)                                                                  \
    {                                                                                              \
        type a[POT_PEAK_CHAINS];                                                                   \
        _Pragma("GCC unroll 12") for (int i = 0; i < POT_PEAK_CHAINS; i++) a[i] = start((float)i); \
        for (size_t t = 0; t < turns; t++) {                                                       \
            _Pragma("GCC unroll 12") for (int i = 0; i < POT_PEAK_CHAINS; i++) a[i] = step(a[i]);  \
            _Pragma("GCC unroll 12") for (int i = 0; i < POT_PEAK_CHAINS;                          \
                                          i++) __asm__ volatile("" : "+" reg(a[i]));               \
        }                                                                                          \
    }

#endif
