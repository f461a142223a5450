#define _DEFAULT_SOURCE /* getrandom */
#include "crypto/sha256.h"

#include "base/fail.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

static pot_status openssl_failed(pot_error *err)
{
    return pot_fail(err, POT_E_NOMEM, "OpenSSL could not compute SHA-256: out of memory?");
}

pot_status pot_sha256(uint8_t out[POT_SHA256_SIZE], pot_bytes data, pot_error *err)
{
    if (EVP_Digest(data.p, data.n, out, NULL, EVP_sha256(), NULL) != 1) return openssl_failed(err);
    return POT_OK;
}

pot_status pot_sha256_begin(pot_sha256_state *s, pot_error *err)
{
    s->ctx = EVP_MD_CTX_new();
    if (!s->ctx || EVP_DigestInit_ex(s->ctx, EVP_sha256(), NULL) != 1) return openssl_failed(err);
    return POT_OK;
}

pot_status pot_sha256_add(pot_sha256_state *s, pot_bytes data, pot_error *err)
{
    if (EVP_DigestUpdate(s->ctx, data.p, data.n) != 1) return openssl_failed(err);
    return POT_OK;
}

pot_status pot_sha256_end(pot_sha256_state *s, uint8_t out[POT_SHA256_SIZE], pot_error *err)
{
    const int ok = EVP_DigestFinal_ex(s->ctx, out, NULL);
    pot_sha256_drop(s);
    return ok == 1 ? POT_OK : openssl_failed(err);
}

pot_status pot_sha256_peek(const pot_sha256_state *s, uint8_t out[POT_SHA256_SIZE], pot_error *err)
{
    pot_sha256_state copy = {.ctx = EVP_MD_CTX_new()};
    if (!copy.ctx || EVP_MD_CTX_copy_ex(copy.ctx, s->ctx) != 1) {
        pot_sha256_drop(&copy);
        return openssl_failed(err);
    }
    return pot_sha256_end(&copy, out, err);
}

void pot_sha256_drop(pot_sha256_state *s)
{
    EVP_MD_CTX_free(s->ctx);
    s->ctx = NULL;
}

pot_status pot_hmac_sha256(uint8_t out[POT_SHA256_SIZE], pot_bytes key, pot_bytes data,
                           pot_error *err)
{
    unsigned n = 0;
    if (!HMAC(EVP_sha256(), key.p, (int)key.n, data.p, data.n, out, &n)) return openssl_failed(err);
    return POT_OK;
}

bool pot_equal_secret(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

pot_status pot_random(void *out, size_t n, pot_error *err)
{
    for (size_t at = 0; at < n;) {
        const ssize_t got = getrandom((uint8_t *)out + at, n - at, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return pot_fail_sys(err, NULL, errno, "the system gave no random bytes");
        at += (size_t)got;
    }
    return POT_OK;
}
