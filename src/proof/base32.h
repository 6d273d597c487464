/* Base32 (RFC 4648, section 6): bytes that a person reads and types. */
#ifndef PROOF_BASE32_H
#define PROOF_BASE32_H

#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

/* Digits of so many bytes. Five bytes are eight digits; only such numbers occur here, so that
 * there is no padding. */
#define BASE32_DIGITS(bytes) ((bytes) / 5 * 8)

/* Upper case. `len` is a multiple of 5, `ret_text` holds BASE32_DIGITS(len) bytes, unterminated. */
void base32_encode(const uint8_t *bytes, size_t len, char *ret_text);
/* Reads what was typed: case, blanks and hyphens do not matter. False unless the rest is exactly
 * the digits of `len` bytes, a multiple of 5; `ret_bytes` may hold anything then. */
MUST_USE bool base32_decode(struct str text, uint8_t *ret_bytes, size_t len);

#endif
