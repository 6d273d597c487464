#include "base/sign.h"

#include <assert.h>
#include <sodium.h>

#include "base/check.h"

static_assert(SIGN_SEED_SIZE == crypto_sign_ed25519_SEEDBYTES &&
                  SIGN_PUBLIC_SIZE == crypto_sign_ed25519_PUBLICKEYBYTES &&
                  SIGN_SIZE == crypto_sign_ed25519_BYTES &&
                  SIGN_SEED_SIZE + SIGN_PUBLIC_SIZE == crypto_sign_ed25519_SECRETKEYBYTES,
              "libsodium's sizes");

void sign_key_of(const uint8_t seed[SIGN_SEED_SIZE], struct sign_key *ret_key) {
    int result = crypto_sign_ed25519_seed_keypair(ret_key->public_key, ret_key->secret, seed);
    check(result == 0);
}

void sign(const struct sign_key *key, struct str message, uint8_t ret_signature[SIGN_SIZE]) {
    int result = crypto_sign_ed25519_detached(
        ret_signature, NULL, (const unsigned char *)message.bytes, message.len, key->secret);
    check(result == 0);
}

bool sign_verify(const uint8_t public_key[SIGN_PUBLIC_SIZE], struct str message,
                 const uint8_t signature[SIGN_SIZE]) {
    return crypto_sign_ed25519_verify_detached(signature, (const unsigned char *)message.bytes,
                                               message.len, public_key) == 0;
}
