/* Whatever the header, a safetensors file is refused with a reason and a place, or its tensors
 * tile its data: the bytes of each are what its shape says, in order, to the end.
 * Target function: pot_safetensors_read. */
#include "fuzz.h"

#include "model/safetensors.h"

#include <pot/status.h>

#include <stdlib.h>
#include <string.h>

#define MOST 65536
#define RAW  255 /* first byte: a whole file follows; else so many bytes of data, then a header */

static void check(int ok)
{
    if (!ok) abort();
}

static void check_tiles(const pot_tensor *t, size_t n, pot_bytes file)
{
    const uint8_t *at = n ? t[0].data.p : file.p + file.n;
    for (size_t i = 0; i < n; i++) {
        unsigned __int128 elements = 1;
        check(t[i].dims <= POT_MOST_DIMS && t[i].data.p == at);
        for (unsigned d = 0; d < t[i].dims; d++)
            elements *= t[i].shape[d];
        if (strcmp(t[i].dtype, "F32") == 0) check(4 * elements == t[i].data.n);
        if (strcmp(t[i].dtype, "U8") == 0) check(elements == t[i].data.n);
        check(strlen(t[i].name) <= file.n && strcmp(t[i].name, "__metadata__") != 0);
        at += t[i].data.n;
    }
    check(at == file.p + file.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > MOST) return 0;
    const size_t tail = data[0] == RAW ? 0 : data[0], head = data[0] == RAW ? 0 : 8;
    const pot_bytes file = {calloc(head + size + tail, 1), head + size - 1 + tail};
    uint8_t *p = (uint8_t *)(uintptr_t)file.p;
    check(p != NULL);
    for (size_t i = 0; i < head; i++)
        p[i] = (uint8_t)((size - 1) >> 8 * i);
    memcpy(p + head, data + 1, size - 1);

    pot_arena arena;
    pot_tensor *t = NULL;
    size_t n = 0;
    pot_error err = {0};
    pot_arena_init(&arena, (size_t)64 << 20);
    const pot_status s = pot_safetensors_read(&t, &n, &arena, file, "f", &err);
    check(s == POT_OK || s == POT_E_FORMAT);
    check(err.status == s && (s == POT_OK || (err.msg[0] && strcmp(err.file, "f") == 0)));
    if (s == POT_OK) check_tiles(t, n, file);
    pot_arena_close(&arena);
    free(p);
    check(pot_mem_used() == 0);
    return 0;
}
