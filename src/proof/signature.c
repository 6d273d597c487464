#include "proof/signature.h"

#include <assert.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <sodium.h>

#include "base/check.h"

static_assert(ED25519_KEY_SIZE == crypto_sign_PUBLICKEYBYTES, "libsodium's key");
static_assert(ED25519_SEED_SIZE == crypto_sign_SEEDBYTES, "libsodium's seed");
static_assert(ED25519_SIGNATURE_SIZE == crypto_sign_BYTES, "libsodium's signature");

enum { RSA_EXPONENT_BYTES_MAX = 8, RSA_EXPONENT_MIN = 65537 };

/* --- what OpenSSL gives must be given back --- */

#define RELEASER(name, type, function)                                                             \
    static void name(type **object) {                                                              \
        function(*object);                                                                         \
    }
RELEASER(release_bn, BIGNUM, BN_free)
RELEASER(release_builder, OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)
RELEASER(release_params, OSSL_PARAM, OSSL_PARAM_free)
RELEASER(release_pkey_context, EVP_PKEY_CTX, EVP_PKEY_CTX_free)
RELEASER(release_pkey, EVP_PKEY, EVP_PKEY_free)
RELEASER(release_digest, EVP_MD_CTX, EVP_MD_CTX_free)
RELEASER(release_ecdsa, ECDSA_SIG, ECDSA_SIG_free)

static const uint8_t *octets(struct str s) {
    return (const uint8_t *)s.bytes;
}

static BIGNUM *number_of(struct str bytes) {
    return BN_bin2bn(octets(bytes), (int)bytes.len, NULL);
}

/* --- keys --- */

static EVP_PKEY *pkey_from(const char *type, OSSL_PARAM *params) {
    EVP_PKEY *pkey = NULL;
    CLEANUP(release_pkey_context)
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        return NULL;
    }
    return pkey;
}

/* A point that is not on the curve makes no key: OpenSSL looks when it decodes it. */
static EVP_PKEY *pkey_of_p256(const struct public_key *key) {
    if (key->x.len != P256_COORDINATE_SIZE || key->y.len != P256_COORDINATE_SIZE) {
        return NULL;
    }
    uint8_t point[1 + 2 * P256_COORDINATE_SIZE] = {POINT_CONVERSION_UNCOMPRESSED};
    memcpy(point + 1, key->x.bytes, P256_COORDINATE_SIZE);
    memcpy(point + 1 + P256_COORDINATE_SIZE, key->y.bytes, P256_COORDINATE_SIZE);
    char group[] = SN_X9_62_prime256v1;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
        OSSL_PARAM_construct_end(),
    };
    return pkey_from("EC", params);
}

static bool is_sound_rsa(const BIGNUM *n, const BIGNUM *e, const struct public_key *key) {
    bool is_short =
        key->n.len > 0 && key->e.len > 0 && key->n.bytes[0] != 0 && key->e.bytes[0] != 0;
    return is_short && BN_num_bits(n) >= RSA_BITS_MIN && BN_num_bits(n) <= RSA_BITS_MAX &&
           BN_is_odd(n) && BN_is_odd(e) && BN_get_word(e) >= RSA_EXPONENT_MIN;
}

static EVP_PKEY *pkey_of_rsa(const struct public_key *key) {
    if (key->n.len > RSA_BITS_MAX / 8 || key->e.len > RSA_EXPONENT_BYTES_MAX) {
        return NULL;
    }
    CLEANUP(release_bn) BIGNUM *n = number_of(key->n);
    CLEANUP(release_bn) BIGNUM *e = number_of(key->e);
    CLEANUP(release_builder) OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (n == NULL || e == NULL || builder == NULL || !is_sound_rsa(n, e, key) ||
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) != 1) {
        return NULL;
    }
    CLEANUP(release_params) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    return params == NULL ? NULL : pkey_from("RSA", params);
}

static EVP_PKEY *pkey_of(const struct public_key *key) {
    return key->type == PUBLIC_KEY_P256 ? pkey_of_p256(key) : pkey_of_rsa(key);
}

enum public_key_type signature_key_type(enum signature_alg alg) {
    switch (alg) {
    case SIGNATURE_ES256:
        return PUBLIC_KEY_P256;
    case SIGNATURE_EDDSA:
        return PUBLIC_KEY_ED25519;
    case SIGNATURE_RS256:
    case SIGNATURE_PS256:
        return PUBLIC_KEY_RSA;
    case SIGNATURE_ALG_COUNT:
        break;
    }
    check(false);
    return PUBLIC_KEY_P256;
}

/* OpenSSL notes why it refuses in a queue of the thread, which TLS reads. */
static bool forget_errors(bool result) {
    ERR_clear_error();
    return result;
}

bool public_key_is_sound(const struct public_key *key) {
    if (key->type == PUBLIC_KEY_ED25519) {
        return key->x.len == ED25519_KEY_SIZE &&
               crypto_core_ed25519_is_valid_point(octets(key->x)) == 1;
    }
    CLEANUP(release_pkey) EVP_PKEY *pkey = pkey_of(key);
    return forget_errors(pkey != NULL);
}

/* --- signatures --- */

/* RFC 7518, section 3.5: the salt is as long as the hash, and MGF1 uses the same hash. */
static bool use_pss(EVP_PKEY_CTX *context) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static bool is_valid_by_openssl(enum signature_alg alg, const struct public_key *key,
                                struct str message, struct str signature) {
    CLEANUP(release_pkey) EVP_PKEY *pkey = pkey_of(key);
    CLEANUP(release_digest) EVP_MD_CTX *digest = EVP_MD_CTX_new();
    EVP_PKEY_CTX *context = NULL; /* owned by `digest` */
    if (pkey == NULL || digest == NULL ||
        EVP_DigestVerifyInit(digest, &context, EVP_sha256(), NULL, pkey) != 1 ||
        (alg == SIGNATURE_PS256 && !use_pss(context))) {
        return false;
    }
    return EVP_DigestVerify(digest, octets(signature), signature.len, octets(message),
                            message.len) == 1;
}

bool signature_is_valid(enum signature_alg alg, const struct public_key *key, struct str message,
                        struct str signature) {
    if (key->type != signature_key_type(alg) || signature.len == 0) {
        return false;
    }
    if (alg == SIGNATURE_EDDSA) {
        return key->x.len == ED25519_KEY_SIZE && signature.len == ED25519_SIGNATURE_SIZE &&
               crypto_sign_verify_detached(octets(signature), octets(message), message.len,
                                           octets(key->x)) == 0;
    }
    return forget_errors(is_valid_by_openssl(alg, key, message, signature));
}

size_t signature_es256_der(struct str raw, uint8_t ret_der[ES256_DER_MAX]) {
    if (raw.len != ES256_SIGNATURE_SIZE) {
        return 0;
    }
    CLEANUP(release_ecdsa) ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = number_of(str_first(raw, ES256_SIGNATURE_SIZE / 2));
    BIGNUM *s = number_of(str_skip(raw, ES256_SIGNATURE_SIZE / 2));
    if (signature == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(signature, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return 0;
    }
    int len = i2d_ECDSA_SIG(signature, NULL);
    if (len <= 0 || len > ES256_DER_MAX) {
        return 0;
    }
    uint8_t *at = ret_der;
    return (size_t)i2d_ECDSA_SIG(signature, &at);
}

/* --- Ed25519 --- */

void ed25519_public_key(const uint8_t seed[ED25519_SEED_SIZE], uint8_t ret_key[ED25519_KEY_SIZE]) {
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    int result = crypto_sign_seed_keypair(ret_key, secret, seed);
    check(result == 0);
    sodium_memzero(secret, sizeof secret);
}

void ed25519_sign(const uint8_t seed[ED25519_SEED_SIZE], struct str message,
                  uint8_t ret_signature[ED25519_SIGNATURE_SIZE]) {
    uint8_t key[ED25519_KEY_SIZE];
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    int result = crypto_sign_seed_keypair(key, secret, seed);
    result |= crypto_sign_detached(ret_signature, NULL, octets(message), message.len, secret);
    check(result == 0);
    sodium_memzero(secret, sizeof secret);
}
