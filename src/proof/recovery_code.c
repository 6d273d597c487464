#include "proof/recovery_code.h"

#include <assert.h>

#include "proof/base32.h"

enum { DIGITS = BASE32_DIGITS(RECOVERY_CODE_BYTES), GROUP = 4 };

static_assert(RECOVERY_CODE_TEXT == DIGITS + DIGITS / GROUP - 1, "hyphens stand between groups");

void recovery_code_text(const uint8_t random[RECOVERY_CODE_BYTES],
                        char ret_text[RECOVERY_CODE_TEXT]) {
    char digits[DIGITS];
    base32_encode(random, RECOVERY_CODE_BYTES, digits);
    for (size_t i = 0, at = 0; i < DIGITS; i++) {
        if (i > 0 && i % GROUP == 0) {
            ret_text[at++] = '-';
        }
        ret_text[at++] = digits[i];
    }
}

bool recovery_code_hash(struct str typed, uint8_t ret_hash[SHA256_SIZE]) {
    uint8_t bytes[RECOVERY_CODE_BYTES];
    if (!base32_decode(typed, bytes, sizeof bytes)) {
        return false;
    }
    sha256(str_of((const char *)bytes, sizeof bytes), ret_hash);
    return true;
}
