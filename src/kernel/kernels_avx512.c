#include "kernel/v16_avx512.h"

#include "kernel/vector.h"

void pot_kernels_avx512(pot_kernels *k)
{
    *k = (pot_kernels)VECTOR_KERNELS("avx512");
}
