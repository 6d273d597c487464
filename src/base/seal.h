/* What is kept or carried where strangers may look: sealed so that it can neither be read nor
 * changed, by XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha, libsodium); and memory for keys. */
#ifndef BASE_SEAL_H
#define BASE_SEAL_H

#include <stdint.h>

#include "base/env.h"
#include "base/str.h"

enum { SEAL_KEY = 32, SEAL_NONCE = 24, SEAL_TAG = 16, SEAL_EXTRA = SEAL_NONCE + SEAL_TAG };

/* Seals `plain` into nonce, ciphertext and tag: plain.len + SEAL_EXTRA bytes at `ret_sealed`. What
 * is in `context` is not kept, but must be given again to open. The nonce is drawn at random, which
 * 192 bits allow for as many texts as there will ever be. */
void seal_bytes(struct env *env, const uint8_t key[SEAL_KEY], struct str context, struct str plain,
                uint8_t *ret_sealed);
/* The inverse: sealed.len - SEAL_EXTRA bytes at `ret_plain`. False, with nothing written, when a
 * bit of text, context or key is another than when it was sealed. */
MUST_USE bool seal_open(const uint8_t key[SEAL_KEY], struct str context, struct str sealed,
                        uint8_t *ret_plain);

/* Base64 (RFC 4648, with the padding): `ret_text` has room for BASE64_SIZE(len) bytes, NUL
 * included. */
#define BASE64_SIZE(len) (((len) + 2) / 3 * 4 + 1)
void base64_write(const void *bytes, size_t len, char *ret_text);
/* False unless the whole text is base64 of at most `max` bytes. */
MUST_USE bool base64_read(struct str text, uint8_t *ret_bytes, size_t max, size_t *ret_len);

/* Memory for keys: pages of its own that are locked, left out of core dumps, fenced by pages that
 * cannot be touched, and wiped when they are freed. Where the system allows no more locked memory
 * the rest holds all the same. Zeroed; NULL when there is none. */
MUST_USE void *secret_alloc(size_t size);
void secret_free(void *memory); /* takes NULL */
/* Wipes what lies elsewhere, as on the stack. */
void secret_wipe(void *memory, size_t size);

#endif
