#include "proof/password.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>

#include "base/check.h"

enum { PASSES = 2, MEMORY_KIB = 19456, HASH_SIZE = 32, KIB = 1024 };
enum {
    SALT_TEXT = 22, /* base64 digits of the salt, without padding */
    HASH_TEXT = 43,
};
#define PREFIX "$argon2id$v=19$m=19456,t=2,p=1$"

static_assert(PASSWORD_SALT_SIZE == crypto_pwhash_SALTBYTES, "libsodium's salt");
static_assert(PASSWORD_HASH_MAX == crypto_pwhash_STRBYTES, "libsodium's text fits");
static_assert(sizeof PREFIX + SALT_TEXT + 1 + HASH_TEXT <= PASSWORD_HASH_MAX, "ours fits");

/* Of no known password: 32 bytes of zero under a salt of zero. Same parameters, same work. */
static const char decoy[] = PREFIX "AAAAAAAAAAAAAAAAAAAAAA$"
                                   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/* crypto_pwhash_str() would draw a salt of its own; chance is the caller's (base/env.h). */
struct err password_hash(struct str password, const uint8_t salt[PASSWORD_SALT_SIZE],
                         char ret_hash[PASSWORD_HASH_MAX]) {
    if (password.len > PASSWORD_BYTES_MAX) {
        return ERR(ERR_TOO_LARGE);
    }
    uint8_t hash[HASH_SIZE];
    if (crypto_pwhash(hash, sizeof hash, password.bytes, password.len, salt, PASSES,
                      (size_t)MEMORY_KIB * KIB, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return ERR(ERR_NO_MEMORY);
    }
    char salt_text[SALT_TEXT + 1];
    char hash_text[HASH_TEXT + 1];
    sodium_bin2base64(salt_text, sizeof salt_text, salt, PASSWORD_SALT_SIZE,
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    sodium_bin2base64(hash_text, sizeof hash_text, hash, sizeof hash,
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    int len = snprintf(ret_hash, PASSWORD_HASH_MAX, PREFIX "%s$%s", salt_text, hash_text);
    check(len == (int)sizeof PREFIX - 1 + SALT_TEXT + 1 + HASH_TEXT);
    return OK;
}

/* NUL-terminated, for libsodium; false when it cannot be one of its texts. */
static bool terminate(struct str stored, char ret_text[PASSWORD_HASH_MAX]) {
    if (stored.len >= PASSWORD_HASH_MAX || memchr(stored.bytes, '\0', stored.len) != NULL) {
        return false;
    }
    memcpy(ret_text, stored.bytes, stored.len);
    ret_text[stored.len] = '\0';
    return str_starts_with(stored, STR("$argon2id$"));
}

struct err password_verify(struct str stored, struct str password, bool *ret_is_right) {
    char text[PASSWORD_HASH_MAX];
    bool is_known = stored.len > 0;
    if (!terminate(is_known ? stored : str_of(decoy, sizeof decoy - 1), text)) {
        return ERR(ERR_CORRUPT);
    }
    bool is_too_long = password.len > PASSWORD_BYTES_MAX;
    struct str tried = is_too_long ? STR("") : password;
    errno = 0;
    bool is_equal = crypto_pwhash_str_verify(text, tried.bytes, tried.len) == 0;
    /* libsodium tells a wrong password from what hindered it by EINVAL. */
    if (!is_equal && errno != EINVAL) {
        return ERR(password_needs_rehash(str_from_cstr(text)) ? ERR_CORRUPT : ERR_NO_MEMORY);
    }
    *ret_is_right = is_equal && is_known && !is_too_long;
    return OK;
}

bool password_needs_rehash(struct str stored) {
    char text[PASSWORD_HASH_MAX];
    return !terminate(stored, text) ||
           crypto_pwhash_str_needs_rehash(text, PASSES, (size_t)MEMORY_KIB * KIB) != 0;
}
