#include "kernel/v16_avx2.h"

#include "kernel/vector.h"

void pot_kernels_avx2(pot_kernels *k)
{
    *k = (pot_kernels)VECTOR_KERNELS("avx2");
}
