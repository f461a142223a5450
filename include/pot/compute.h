/* compute.h - how forward passes are computed. Of these only `profile` changes a bit. */
#ifndef POT_COMPUTE_H
#define POT_COMPUTE_H

#include <stdint.h>

/* Zeroed: all processors, their best instructions, pot-f32-1, what memory is free. */
typedef struct {
    unsigned threads; /* 0: one per processor */
    const char *
        kernel; /* "ref", "neon", "avx2", "avx512", "avx512bf16": the most to use; NULL: the best */
    const char *profile; /* "pot-f32-1" (also NULL), "pot-bf16-1": docs/numerics.md */
    uint64_t max_memory; /* bytes that the process may take; 0: nine tenths of what is free */
} pot_compute;

#endif
