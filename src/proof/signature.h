/* Public keys from their raw parts, and whether a signature is theirs: what passkeys (COSE) and
 * tokens (JOSE) have in common. P-256 and RSA by OpenSSL, Ed25519 by libsodium, which refuses keys
 * and signatures that are not the canonical ones (RFC 8032 leaves that open).
 *
 * A key is a value that borrows its bytes; nothing is kept between calls. */
#ifndef PROOF_SIGNATURE_H
#define PROOF_SIGNATURE_H

#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

enum {
    P256_COORDINATE_SIZE = 32,
    ED25519_KEY_SIZE = 32,
    ED25519_SEED_SIZE = 32,
    ED25519_SIGNATURE_SIZE = 64,
    ES256_SIGNATURE_SIZE = 64, /* of JOSE: r and s */
    ES256_DER_MAX = 72,        /* of COSE: the same in DER */
    RSA_BITS_MIN = 2048,
    RSA_BITS_MAX = 4096,
};

/* Names as in RFC 7518, RFC 8037 and RFC 8812. */
enum signature_alg {
    SIGNATURE_ES256, /* ECDSA over P-256 with SHA-256, the signature in DER */
    SIGNATURE_EDDSA, /* Ed25519 */
    SIGNATURE_RS256, /* RSASSA-PKCS1-v1_5 with SHA-256 */
    SIGNATURE_PS256, /* RSASSA-PSS with SHA-256 and a salt of 32 bytes */
    SIGNATURE_ALG_COUNT,
};

enum public_key_type {
    PUBLIC_KEY_P256,
    PUBLIC_KEY_ED25519,
    PUBLIC_KEY_RSA,
};

struct public_key {
    enum public_key_type type;
    struct str x, y; /* P-256: the point's coordinates, 32 bytes each. Ed25519: the key is `x` */
    struct str n, e; /* RSA: modulus and exponent, big-endian without leading zeros */
};

/* The type of key that an algorithm signs with. */
enum public_key_type signature_key_type(enum signature_alg alg);

/* Whether the parts make a key: a point on the curve, a modulus of RSA_BITS_MIN to RSA_BITS_MAX
 * bits, an odd exponent of at least 65537. */
bool public_key_is_sound(const struct public_key *key);

/* Whether the signature over the message is the key's. False also for a key that is not sound, or
 * of another type than the algorithm's. */
bool signature_is_valid(enum signature_alg alg, const struct public_key *key, struct str message,
                        struct str signature);

/* r and s of JOSE as DER; its length, or 0 when they are no numbers of a signature. */
size_t signature_es256_der(struct str raw, uint8_t ret_der[ES256_DER_MAX]);

/* --- signing with Ed25519, for what we vouch for ourselves --- */

void ed25519_public_key(const uint8_t seed[ED25519_SEED_SIZE], uint8_t ret_key[ED25519_KEY_SIZE]);
void ed25519_sign(const uint8_t seed[ED25519_SEED_SIZE], struct str message,
                  uint8_t ret_signature[ED25519_SIGNATURE_SIZE]);

#endif
