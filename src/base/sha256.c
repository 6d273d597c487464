#include "base/sha256.h"

#include <assert.h>
#include <sodium.h>

#include "base/check.h"

static_assert(SHA256_SIZE == crypto_hash_sha256_BYTES, "one size of hash");

/* An empty text may have no bytes; libsodium wants an address all the same. */
static const unsigned char *octets(struct str data) {
    return (const unsigned char *)(data.bytes == NULL ? "" : data.bytes);
}

void sha256(struct str data, uint8_t ret_hash[SHA256_SIZE]) {
    int result = crypto_hash_sha256(ret_hash, octets(data), data.len);
    check(result == 0);
}

static_assert(sizeof(struct sha256_stream) >= sizeof(crypto_hash_sha256_state),
              "the stream holds libsodium's state");

static crypto_hash_sha256_state *state_of(struct sha256_stream *stream) {
    return (crypto_hash_sha256_state *)(void *)stream->state;
}

void sha256_begin(struct sha256_stream *stream) {
    int result = crypto_hash_sha256_init(state_of(stream));
    check(result == 0);
}

void sha256_add(struct sha256_stream *stream, struct str data) {
    int result = crypto_hash_sha256_update(state_of(stream), octets(data), data.len);
    check(result == 0);
}

void sha256_end(struct sha256_stream *stream, uint8_t ret_hash[SHA256_SIZE]) {
    int result = crypto_hash_sha256_final(state_of(stream), ret_hash);
    check(result == 0);
}

void hmac_sha256(struct str key, const struct str *parts, size_t count,
                 uint8_t ret_mac[SHA256_SIZE]) {
    crypto_auth_hmacsha256_state state;
    int result = crypto_auth_hmacsha256_init(&state, octets(key), key.len);
    for (size_t i = 0; i < count; i++) {
        result |= crypto_auth_hmacsha256_update(&state, octets(parts[i]), parts[i].len);
    }
    result |= crypto_auth_hmacsha256_final(&state, ret_mac);
    check(result == 0);
    sodium_memzero(&state, sizeof state);
}
