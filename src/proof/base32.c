#include "proof/base32.h"

#include "base/check.h"

enum { GROUP_BYTES = 5, GROUP_DIGITS = 8, DIGIT_BITS = 5, NO_DIGIT = -1 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void base32_encode(const uint8_t *bytes, size_t len, char *ret_text) {
    check(len % GROUP_BYTES == 0);
    for (size_t at = 0; at < len; at += GROUP_BYTES) {
        uint64_t group = 0;
        for (size_t i = 0; i < GROUP_BYTES; i++) {
            group = group << 8 | bytes[at + i];
        }
        for (size_t i = GROUP_DIGITS; i-- > 0; group >>= DIGIT_BITS) {
            ret_text[i] = alphabet[group & 31];
        }
        ret_text += GROUP_DIGITS;
    }
}

static int digit_of(char c) {
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a';
    }
    return c >= '2' && c <= '7' ? c - '2' + 26 : NO_DIGIT;
}

bool base32_decode(struct str text, uint8_t *ret_bytes, size_t len) {
    check(len % GROUP_BYTES == 0);
    size_t written = 0;
    uint64_t bits = 0;
    int count = 0; /* of bits that wait */
    for (size_t i = 0; i < text.len; i++) {
        if (text.bytes[i] == ' ' || text.bytes[i] == '-') {
            continue;
        }
        int digit = digit_of(text.bytes[i]);
        if (digit == NO_DIGIT || (written == len && count == 0)) {
            return false;
        }
        bits = bits << DIGIT_BITS | (unsigned)digit;
        count += DIGIT_BITS;
        if (count >= 8 && written < len) {
            count -= 8;
            ret_bytes[written++] = (uint8_t)(bits >> count);
        }
    }
    return written == len && count == 0;
}
