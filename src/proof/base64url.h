/* Base64url without padding (RFC 4648, section 5; RFC 7515, section 2): bytes inside JSON. */
#ifndef PROOF_BASE64URL_H
#define PROOF_BASE64URL_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"

/* Digits of so many bytes. */
#define BASE64URL_DIGITS(bytes) (((bytes)*4 + 2) / 3)

/* The digits, in the arena. */
struct str base64url_encode(struct arena *arena, struct str bytes);
/* The bytes, in the arena. False when the text is anything but the one spelling of some bytes, or
 * when memory ended: then the arena has failed too. */
MUST_USE bool base64url_decode(struct arena *arena, struct str text, struct str *ret_bytes);

#endif
