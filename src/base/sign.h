/* Signatures that anybody can check: Ed25519 (RFC 8032), by libsodium. */
#ifndef BASE_SIGN_H
#define BASE_SIGN_H

#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

enum { SIGN_SEED_SIZE = 32, SIGN_PUBLIC_SIZE = 32, SIGN_SIZE = 64 };

/* A key pair: what signs it is secret, and is the seed with the public key behind it. */
struct sign_key {
    uint8_t secret[SIGN_SEED_SIZE + SIGN_PUBLIC_SIZE];
    uint8_t public_key[SIGN_PUBLIC_SIZE];
};

/* The same pair for the same seed, always. */
void sign_key_of(const uint8_t seed[SIGN_SEED_SIZE], struct sign_key *ret_key);
void sign(const struct sign_key *key, struct str message, uint8_t ret_signature[SIGN_SIZE]);
MUST_USE bool sign_verify(const uint8_t public_key[SIGN_PUBLIC_SIZE], struct str message,
                          const uint8_t signature[SIGN_SIZE]);

#endif
