/* Every type of weights, at every instruction set, against what the Python package gguf makes of
 * the same blocks: recorded by tools/oracle/quants.py, equal to the last bit. */
#define _GNU_SOURCE
#include "kernel/kernel.h"
#include "tdir.h"

#include <string.h>

#define GOLDEN "tests/golden/quants/"

/* Bytes past the blocks must not be read, elements past the last not written. */
static void test_type(const pot_kernels *k, pot_dtype type)
{
    char path[200];
    size_t size;
    snprintf(path, sizeof path, GOLDEN "%s", pot_dtype_name(type));
    char *file = t_read(path, &size);
    CHECK(file);
    const size_t per = pot_dtypes[type].bytes + 4 * pot_dtypes[type].block, blocks = size / per;
    const size_t n = blocks * pot_dtypes[type].block, bytes = pot_dtype_bytes(type, n);
    CHECK(blocks >= 4 && size == blocks * per);

    char *in = malloc(bytes); /* exact and, behind an odd byte, unaligned */
    char *odd = malloc(bytes + 1);
    float *out = malloc((n + 1) * sizeof *out);
    CHECK(in && odd && out);
    memcpy(in, file, bytes);
    memcpy(odd + 1, file, bytes);
    out[n] = 123.0f;
    k->widen(out, in, type, n);
    CHECK(memcmp(out, file + bytes, n * sizeof *out) == 0 && out[n] == 123.0f);
    memset(out, 0, n * sizeof *out);
    k->widen(out, odd + 1, type, n);
    CHECK(memcmp(out, file + bytes, n * sizeof *out) == 0);
    free(in), free(odd), free(out), free(file);
}

static void test_table(void)
{
    for (pot_dtype t = 0; t < POT_DTYPES; t++) {
        const pot_dtype_facts *f = &pot_dtypes[t];
        CHECK(*f->name && f->block && f->bytes);
        CHECK(f->scale[0] + 2 <= (int)f->bytes && f->scale[1] + 2 <= (int)f->bytes);
        CHECK(pot_dtype_bytes(t, 512) == 512 / f->block * f->bytes);
    }
    CHECK(strcmp(pot_dtype_name(POT_F32), "F32") == 0 && pot_dtypes[POT_Q6_K].bytes == 210);
}

int main(void)
{
    test_table();
    const char *level;
    for (size_t l = 0; (level = pot_kernels_level(l)); l++) {
        pot_kernels k;
        CHECK(pot_kernels_init(&k, level));
        for (pot_dtype t = 0; t < POT_DTYPES; t++)
            test_type(&k, t);
    }
    CHECK(t_count("tests/golden/quants") == POT_DTYPES);
    return 0;
}
