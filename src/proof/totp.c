#include "proof/totp.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.h"
#include "base/crypto.h"
#include "proof/base32.h"

enum { SHA1_SIZE = 20, COUNTER_SIZE = 8 };
static const uint32_t CODES = 1000000; /* ten to the power of TOTP_DIGITS */

static_assert(TOTP_SECRET_TEXT == BASE32_DIGITS(TOTP_SECRET_SIZE), "all of the secret is shown");

/* RFC 4226, section 5.3: where the last byte points, 31 bits are taken. */
static uint32_t truncate_mac(const uint8_t mac[SHA1_SIZE]) {
    const uint8_t *at = mac + (mac[SHA1_SIZE - 1] & 0xf);
    uint32_t bits = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    return bits & 0x7fffffff;
}

void totp_code(const uint8_t secret[TOTP_SECRET_SIZE], int64_t step, char ret_code[TOTP_DIGITS]) {
    uint8_t counter[COUNTER_SIZE];
    uint64_t left = (uint64_t)step;
    for (size_t i = COUNTER_SIZE; i-- > 0; left >>= 8) {
        counter[i] = (uint8_t)left;
    }
    uint8_t mac[SHA1_SIZE];
    unsigned len = 0;
    const uint8_t *made =
        HMAC(EVP_sha1(), secret, TOTP_SECRET_SIZE, counter, sizeof counter, mac, &len);
    check(made != NULL && len == sizeof mac);
    uint32_t code = truncate_mac(mac) % CODES;
    for (size_t i = TOTP_DIGITS; i-- > 0; code /= 10) {
        ret_code[i] = (char)('0' + code % 10);
    }
}

/* The six digits among blanks; false for anything else. */
static bool read_code(struct str typed, char ret_code[TOTP_DIGITS]) {
    size_t len = 0;
    for (size_t i = 0; i < typed.len; i++) {
        char c = typed.bytes[i];
        if (c == ' ') {
            continue;
        }
        if (c < '0' || c > '9' || len == TOTP_DIGITS) {
            return false;
        }
        ret_code[len++] = c;
    }
    return len == TOTP_DIGITS;
}

bool totp_accepts(const struct totp_attempt *attempt, int64_t *ret_step) {
    check(attempt->now_s >= 0);
    char typed[TOTP_DIGITS];
    if (!read_code(attempt->code, typed)) {
        return false;
    }
    int64_t now = attempt->now_s / TOTP_STEP_S;
    bool is_accepted = false;
    /* Both are computed, whichever fits. */
    for (int64_t step = now > 0 ? now - 1 : 0; step <= now; step++) {
        char code[TOTP_DIGITS];
        totp_code(attempt->secret, step, code);
        bool is_equal = secret_equal(str_of(code, sizeof code), str_of(typed, sizeof typed));
        if (is_equal && step > attempt->last_step) {
            *ret_step = step;
            is_accepted = true;
        }
    }
    return is_accepted;
}

void totp_secret_text(const uint8_t secret[TOTP_SECRET_SIZE], char ret_text[TOTP_SECRET_TEXT]) {
    base32_encode(secret, TOTP_SECRET_SIZE, ret_text);
}

/* RFC 3986, section 2.3: all but the unreserved is encoded, so that apps need not agree on more. */
static struct str percent_encode(struct arena *arena, struct str text) {
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_array(arena, text.len, 3);
    if (out == NULL) {
        return STR("");
    }
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = (uint8_t)text.bytes[i];
        if (memchr(plain, c, sizeof plain - 1) != NULL) {
            out[len++] = (char)c;
        } else {
            out[len++] = '%';
            out[len++] = digits[c >> 4];
            out[len++] = digits[c & 0xf];
        }
    }
    return str_of(out, len);
}

struct str totp_url(struct arena *arena, struct str issuer, struct str account,
                    const uint8_t secret[TOTP_SECRET_SIZE]) {
    char digits[TOTP_SECRET_TEXT];
    totp_secret_text(secret, digits);
    struct str from = percent_encode(arena, issuer);
    struct str to = percent_encode(arena, account);
    return arena_printf(arena,
                        "otpauth://totp/" STR_FMT ":" STR_FMT "?secret=%.*s&issuer=" STR_FMT
                        "&algorithm=SHA1&digits=%d&period=%d",
                        STR_ARG(from), STR_ARG(to), TOTP_SECRET_TEXT, digits, STR_ARG(from),
                        TOTP_DIGITS, TOTP_STEP_S);
}
