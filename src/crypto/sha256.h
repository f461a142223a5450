/* sha256.h - SHA-256 and HMAC-SHA256 of OpenSSL behind our status and memory rules. */
#ifndef POT_CRYPTO_SHA256_H
#define POT_CRYPTO_SHA256_H

#include "base/rd.h"

#define POT_SHA256_SIZE 32

/* The digest of one run of bytes. */
POT_MUST_USE pot_status pot_sha256(uint8_t out[POT_SHA256_SIZE], pot_bytes data, pot_error *err);

/* The digest of many runs in turn: begin, add ..., end.  `end` frees the state, failed or
 * not; where it is not reached, `drop` does.  Both take a zeroed state. */
typedef struct {
    void *ctx; /* owned: EVP_MD_CTX */
} pot_sha256_state;

POT_MUST_USE pot_status pot_sha256_begin(pot_sha256_state *s, pot_error *err);
POT_MUST_USE pot_status pot_sha256_add(pot_sha256_state *s, pot_bytes data, pot_error *err);
POT_MUST_USE pot_status pot_sha256_end(pot_sha256_state *s, uint8_t out[POT_SHA256_SIZE],
                                       pot_error *err);
void pot_sha256_drop(pot_sha256_state *s);

/* The digest of what was added so far; more may follow. */
POT_MUST_USE pot_status pot_sha256_peek(const pot_sha256_state *s, uint8_t out[POT_SHA256_SIZE],
                                        pot_error *err);

/* HMAC-SHA256(key, data). */
POT_MUST_USE pot_status pot_hmac_sha256(uint8_t out[POT_SHA256_SIZE], pot_bytes key, pot_bytes data,
                                        pot_error *err);

/* Equal in constant time. */
bool pot_equal_secret(const void *a, const void *b, size_t n);

/* n bytes of the system's generator. */
POT_MUST_USE pot_status pot_random(void *out, size_t n, pot_error *err);

#endif
