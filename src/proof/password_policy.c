#include "proof/password_policy.h"

#include <assert.h>
#include <stdint.h>

#include "base/check.h"
#include "base/crypto.h"
#include "proof/common_passwords.h"
#include "proof/password.h"

enum {
    TAIL_MAX = 8,   /* digits and signs that make a common password no better */
    UNIT_MAX = 4,   /* a group of so many characters is weak however often it is repeated */
    WORD_MIN = 4,   /* shorter ones stand in many good passwords by chance */
    BESIDE_MIN = 8, /* characters that are to be left beside known words */
};

static_assert(PASSWORD_CHARACTERS_MAX * 4 <= PASSWORD_BYTES_MAX, "UTF-8 takes four bytes at most");

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (uint8_t)c >= 0x80;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static void fold(char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        text[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + ('a' - 'A') : text[i]);
    }
}

/* --- common passwords --- */

/* The list holds the first eight bytes of SHA-256, ascending (proof/common_passwords.h). */
static bool is_listed(struct str password) {
    uint8_t hash[SHA256_SIZE];
    sha256(password, hash);
    uint64_t wanted = 0;
    for (size_t i = 0; i < sizeof wanted; i++) {
        wanted = wanted << 8 | hash[i];
    }
    size_t low = 0;
    size_t high = common_password_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (common_passwords[middle] == wanted) {
            return true;
        }
        if (common_passwords[middle] < wanted) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

/* The length of the shortest text of which this is several; its own when there is none. */
static size_t unit_of(struct str text) {
    for (size_t unit = 1; unit <= text.len / 2; unit++) {
        if (text.len % unit == 0 && memcmp(text.bytes, text.bytes + unit, text.len - unit) == 0) {
            return unit;
        }
    }
    return text.len;
}

static bool is_common(struct str folded) {
    size_t unit = unit_of(folded);
    if (unit < folded.len && (unit <= UNIT_MAX || is_listed(str_first(folded, unit)))) {
        return true;
    }
    struct str stem = folded;
    for (size_t cut = 0; cut <= TAIL_MAX && stem.len > 0; cut++, stem.len--) {
        if (is_listed(stem)) {
            return true;
        }
        if (is_letter(stem.bytes[stem.len - 1])) {
            return false;
        }
    }
    return false;
}

/* --- words that are known --- */

/* Cuts off the next run of letters and digits; empty at the end. */
static struct str next_word(struct str *rest) {
    size_t begin = 0;
    while (begin < rest->len && !is_letter(rest->bytes[begin]) && !is_digit(rest->bytes[begin])) {
        begin++;
    }
    size_t end = begin;
    while (end < rest->len && (is_letter(rest->bytes[end]) || is_digit(rest->bytes[end]))) {
        end++;
    }
    struct str word = str_first(str_skip(*rest, begin), end - begin);
    *rest = str_skip(*rest, end);
    return word;
}

/* Marks where the word stands in the text. */
static void mark_word(struct str folded, struct str word, bool *is_known) {
    for (size_t at = 0; at + word.len <= folded.len; at++) {
        struct str here = str_of(folded.bytes + at, word.len);
        if (str_equal_ignoring_case(here, word)) {
            memset(is_known + at, true, word.len);
        }
    }
}

static bool is_known_words(struct str folded, const struct str *words, size_t count) {
    bool is_known[PASSWORD_BYTES_MAX] = {false};
    bool is_any = false;
    for (size_t i = 0; i < count; i++) {
        struct str rest = words[i];
        for (struct str word = next_word(&rest); word.len > 0; word = next_word(&rest)) {
            if (word.len >= WORD_MIN) {
                mark_word(folded, word, is_known);
            }
        }
    }
    size_t beside = 0;
    for (size_t i = 0; i < folded.len; i++) {
        is_any = is_any || is_known[i];
        beside += !is_known[i] && ((uint8_t)folded.bytes[i] & 0xc0) != 0x80;
    }
    return is_any && beside < BESIDE_MIN;
}

enum password_refusal password_judge(struct str password, const struct str *words, size_t count) {
    size_t characters = str_characters(password);
    if (characters > PASSWORD_CHARACTERS_MAX || password.len > PASSWORD_BYTES_MAX) {
        return PASSWORD_TOO_LONG;
    }
    if (!str_is_utf8(password) || str_has_control(password)) {
        return PASSWORD_NOT_TEXT;
    }
    if (characters < PASSWORD_CHARACTERS_MIN) {
        return PASSWORD_TOO_SHORT;
    }
    char text[PASSWORD_BYTES_MAX];
    memcpy(text, password.bytes, password.len);
    fold(text, password.len);
    struct str folded = str_of(text, password.len);
    if (is_common(folded)) {
        return PASSWORD_COMMON;
    }
    return is_known_words(folded, words, count) ? PASSWORD_KNOWN_WORDS : PASSWORD_ACCEPTED;
}

const char *password_refusal_text(enum password_refusal refusal) {
    static const char *const texts[] = {
        [PASSWORD_ACCEPTED] = "",
        [PASSWORD_NOT_TEXT] = "The password holds characters that cannot be typed.",
        [PASSWORD_TOO_SHORT] = "The password must have at least 12 characters.",
        [PASSWORD_TOO_LONG] = "The password must have at most 128 characters.",
        [PASSWORD_COMMON] = "This password is among the first that are guessed. Choose another.",
        [PASSWORD_KNOWN_WORDS] =
            "Beside names that are known, the password needs 8 characters more.",
    };
    return texts[refusal];
}
