/* stream.h - from a seed, numbers that are the same on every machine.
 *
 * Block j is SHA-256(seed || j as 4 bytes big-endian); the blocks in order are read as
 * 32-bit big-endian numbers.  A failure of SHA-256 is remembered: numbers are then 0, and
 * the caller asks pot_stream_status once at the end. */
#ifndef POT_CHALLENGE_STREAM_H
#define POT_CHALLENGE_STREAM_H

#include "crypto/sha256.h"

typedef struct {       /* flat; holds secrets: wipe it with pot_wipe */
    uint8_t input[36]; /* the seed, and the number of the next block */
    uint8_t block[POT_SHA256_SIZE];
    unsigned used; /* bytes of `block` given out */
    pot_status status;
} pot_stream;

void pot_stream_init(pot_stream *s, const uint8_t seed[POT_SHA256_SIZE]);

uint32_t pot_stream_u32(pot_stream *s);

/* Uniform over 0 .. n-1 for n > 0, without bias; n = 1 takes nothing from the stream. */
uint32_t pot_stream_below(pot_stream *s, uint32_t n);

/* One number from each of `most` stretches of 0 .. n-1, as equal as can be, so in order and without
 * repetition; all of them where n is no more.  Returns how many. */
uint32_t pot_stream_pick(pot_stream *s, uint32_t *out, uint32_t most, uint32_t n);

/* POT_OK, or POT_E_NOMEM with `err` filled: a number since `init` was not random. */
POT_MUST_USE pot_status pot_stream_status(const pot_stream *s, pot_error *err);

#endif
