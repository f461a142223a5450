#include "challenge/stream.h"

#include "base/fail.h"

#include <string.h>

void pot_stream_init(pot_stream *s, const uint8_t seed[POT_SHA256_SIZE])
{
    *s = (pot_stream){.used = POT_SHA256_SIZE};
    memcpy(s->input, seed, POT_SHA256_SIZE);
}

/* [C-4] The number after the seed counts blocks; no text reaches 2^32 of them. */
static void next_block(pot_stream *s)
{
    const pot_bytes input = {s->input, sizeof s->input};
    if (s->status == POT_OK) s->status = pot_sha256(s->block, input, NULL);
    for (size_t i = sizeof s->input; i-- > POT_SHA256_SIZE && ++s->input[i] == 0;)
        ;
    s->used = 0;
}

uint32_t pot_stream_u32(pot_stream *s)
{
    if (s->used == POT_SHA256_SIZE) next_block(s);
    if (s->status != POT_OK) return 0;
    const uint8_t *p = s->block + s->used;
    s->used += 4;
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* [C-5] */
uint32_t pot_stream_below(pot_stream *s, uint32_t n)
{
    if (n == 1) return 0;
    const uint32_t odd = (uint32_t)(((uint64_t)1 << 32) % n); /* numbers too many to be fair */
    uint32_t x;
    do {
        x = pot_stream_u32(s);
    } while (x > UINT32_MAX - odd);
    return x % n;
}

uint32_t pot_stream_pick(pot_stream *s, uint32_t *out, uint32_t most, uint32_t n)
{
    most = n < most ? n : most;
    for (uint32_t i = 0; i < most; i++) {
        const uint32_t from = (uint32_t)((uint64_t)n * i / most),
                       to = (uint32_t)((uint64_t)n * (i + 1) / most);
        out[i] = from + pot_stream_below(s, to - from);
    }
    return most;
}

pot_status pot_stream_status(const pot_stream *s, pot_error *err)
{
    if (s->status == POT_OK) return POT_OK;
    return pot_fail(err, s->status, "OpenSSL could not compute SHA-256: out of memory?");
}
