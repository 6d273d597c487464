/* One-time codes of an authenticator app: six digits that change every 30 seconds (RFC 6238, with
 * HMAC-SHA-1, the only one that all apps know).
 *
 * A code is accepted in its own step and in the next one, for clocks and fingers that are slow; a
 * clock that is ahead gains nothing. A step is accepted once: the caller keeps the step that
 * matched and gives it back as `last_step`. All functions are pure. */
#ifndef PROOF_TOTP_H
#define PROOF_TOTP_H

#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"

enum {
    TOTP_SECRET_SIZE = 20, /* bytes, RFC 4226 section 4, R6 */
    TOTP_SECRET_TEXT = 32, /* base32 digits of them */
    TOTP_DIGITS = 6,
    TOTP_STEP_S = 30,
};
#define TOTP_NEVER (-1) /* the last step of a secret that was never used */

struct totp_attempt {
    const uint8_t *secret; /* TOTP_SECRET_SIZE bytes */
    struct str code;       /* as typed: blanks are skipped */
    int64_t now_s;         /* Unix time; 0 or later */
    int64_t last_step;     /* the step accepted last, or TOTP_NEVER */
};

/* Whether the code is right and not used up; if so, the step to keep. Takes the same time for any
 * six digits. */
MUST_USE bool totp_accepts(const struct totp_attempt *attempt, int64_t *ret_step);
/* The code of a step, which is Unix time / TOTP_STEP_S; six digits, unterminated. */
void totp_code(const uint8_t secret[TOTP_SECRET_SIZE], int64_t step, char ret_code[TOTP_DIGITS]);

/* The secret for who cannot scan: base32, unterminated. */
void totp_secret_text(const uint8_t secret[TOTP_SECRET_SIZE], char ret_text[TOTP_SECRET_TEXT]);
/* What a QR code of the secret says: otpauth://totp/Issuer:account?secret=…, both names encoded.
 * Source: https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
struct str totp_url(struct arena *arena, struct str issuer, struct str account,
                    const uint8_t secret[TOTP_SECRET_SIZE]);

#endif
