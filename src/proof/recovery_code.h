/* Recovery codes: what gets somebody in whose phone is lost.
 *
 * Ten codes of 24 base32 digits, shown once in groups of four and kept as SHA-256. That is enough
 * for 120 random bits (OWASP ASVS 5.0, 6.5.2 asks for a password hash below 112); each is good for
 * one use, which the caller sees to. */
#ifndef PROOF_RECOVERY_CODE_H
#define PROOF_RECOVERY_CODE_H

#include <stdint.h>

#include "base/attr.h"
#include "base/crypto.h"
#include "base/str.h"

enum {
    RECOVERY_CODES = 10,
    RECOVERY_CODE_BYTES = 15, /* of randomness in each */
    RECOVERY_CODE_TEXT = 29,  /* characters of "ABCD-EFGH-IJKL-MNOP-QRST-UVWX" */
};

/* The code of some random bytes, unterminated. */
void recovery_code_text(const uint8_t random[RECOVERY_CODE_BYTES],
                        char ret_text[RECOVERY_CODE_TEXT]);
/* What is kept and looked for. False when what was typed is no code at all; case, blanks and
 * hyphens do not matter. */
MUST_USE bool recovery_code_hash(struct str typed, uint8_t ret_hash[SHA256_SIZE]);

#endif
