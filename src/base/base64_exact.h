/* Base64 (RFC 4648, section 4) of so many bytes and no others, in memory of the caller's, by
 * libsodium. It only computes: core uses it. */
#ifndef BASE_BASE64_EXACT_H
#define BASE_BASE64_EXACT_H

#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

/* Digits of so many bytes. */
#define BASE64_EXACT_LEN(bytes) (((bytes) + 2) / 3 * 4)

/* Writes BASE64_EXACT_LEN(data.len) digits and a NUL. */
void base64_exact_encode(struct str data, char *ret_text);
/* True when `text` is the one way to write exactly `len` bytes. */
MUST_USE bool base64_exact_decode(struct str text, void *ret_bytes, size_t len);

#endif
