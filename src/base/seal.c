#include "base/seal.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/check.h"

static_assert(SEAL_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES &&
                  SEAL_NONCE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES &&
                  SEAL_TAG == crypto_aead_xchacha20poly1305_ietf_ABYTES,
              "the sizes are libsodium's");

static const unsigned char *octets(struct str text) {
    return (const unsigned char *)text.bytes;
}

void seal_bytes(struct env *env, const uint8_t key[SEAL_KEY], struct str context, struct str plain,
                uint8_t *ret_sealed) {
    env->random(env, ret_sealed, SEAL_NONCE);
    int result = crypto_aead_xchacha20poly1305_ietf_encrypt(
        ret_sealed + SEAL_NONCE, NULL, octets(plain), plain.len, octets(context), context.len, NULL,
        ret_sealed, key);
    check(result == 0);
}

bool seal_open(const uint8_t key[SEAL_KEY], struct str context, struct str sealed,
               uint8_t *ret_plain) {
    if (sealed.len < SEAL_EXTRA) {
        return false;
    }
    return crypto_aead_xchacha20poly1305_ietf_decrypt(
               ret_plain, NULL, NULL, octets(sealed) + SEAL_NONCE, sealed.len - SEAL_NONCE,
               octets(context), context.len, octets(sealed), key) == 0;
}

void base64_write(const void *bytes, size_t len, char *ret_text) {
    const char *text =
        sodium_bin2base64(ret_text, BASE64_SIZE(len), bytes, len, sodium_base64_VARIANT_ORIGINAL);
    check(text == ret_text);
}

bool base64_read(struct str text, uint8_t *ret_bytes, size_t max, size_t *ret_len) {
    const char *end = NULL;
    return text.len > 0 &&
           sodium_base642bin(ret_bytes, max, text.bytes, text.len, NULL, ret_len, &end,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           end == text.bytes + text.len;
}

void *secret_alloc(size_t size) {
    void *memory = sodium_init() < 0 ? NULL : sodium_malloc(size);
    if (memory != NULL) {
        memset(memory, 0, size);
    }
    return memory;
}

void secret_free(void *memory) {
    sodium_free(memory);
}

void secret_wipe(void *memory, size_t size) {
    sodium_memzero(memory, size);
}
