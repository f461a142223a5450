/* scaled.h - rows of matrices whose weights need more tensors than one (pot_scaling). */
#ifndef POT_KERNEL_SCALED_H
#define POT_KERNEL_SCALED_H

#include "kernel/linear.h"

/* Elements k .. k + depth of output n, a whole number of blocks, as weights. */
void pot_scaled_row(const pot_kernels *kernel, const pot_linear *w, size_t n, size_t k,
                    size_t depth, float *out);

/* The same of MXFP4 in two parts, as whole blocks: element i low and i + 16 high in byte i. */
void pot_scaled_join(const pot_linear *w, size_t n, size_t k, size_t depth, uint8_t *out);

#endif
