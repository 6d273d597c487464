/* Base64 with padding (RFC 4648 section 4), by libsodium. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdint.h>

#include "base/arena.h"

/* In the arena; empty when memory ended. */
struct str base64_encode(struct arena *arena, struct str bytes);
/* False when the text is none, or makes more than `max` bytes. */
MUST_USE bool base64_decode(struct str text, size_t max, uint8_t *ret_bytes, size_t *ret_len);

#endif
