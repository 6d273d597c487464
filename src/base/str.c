#include "base/str.h"

#include <string.h>

#include "base/eight.h"

/* A to Z as a to z; others stay. */
static uint64_t lower_eight(uint64_t eight) {
    uint64_t upper = eight_from(eight, 'A') & ~eight_from(eight, 'Z' + 1);
    return eight | upper >> 2;
}

static bool is_alike(uint64_t a, uint64_t b) {
    return a == b || lower_eight(a) == lower_eight(b);
}

bool str_bytes_equal_ignoring_case(const char *a, const char *b, size_t len) {
    if (len < sizeof(uint64_t)) {
        return is_alike(eight_of_few(a, len), eight_of_few(b, len));
    }
    for (size_t i = 0; i + sizeof(uint64_t) < len; i += sizeof(uint64_t)) {
        if (!is_alike(eight_at(a + i), eight_at(b + i))) {
            return false;
        }
    }
    size_t last = len - sizeof(uint64_t); /* the last eight, some of them again */
    return is_alike(eight_at(a + last), eight_at(b + last));
}

int str_compare(struct str a, struct str b) {
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.bytes, b.bytes, common);
    if (order != 0) {
        return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

bool str_starts_with(struct str s, struct str prefix) {
    return s.len >= prefix.len && str_equal(str_first(s, prefix.len), prefix);
}

bool str_ends_with(struct str s, struct str suffix) {
    return s.len >= suffix.len && str_equal(str_skip(s, s.len - suffix.len), suffix);
}

size_t str_find(struct str s, char c) {
    const char *at = s.len == 0 ? NULL : memchr(s.bytes, c, s.len);
    return at == NULL ? s.len : (size_t)(at - s.bytes);
}

struct str str_cut(struct str *rest, char separator) {
    size_t at = str_find(*rest, separator);
    struct str head = str_first(*rest, at);
    *rest = at < rest->len ? (struct str){rest->bytes + at + 1, rest->len - at - 1}
                           : (struct str){NULL, 0};
    return head;
}

bool str_only(struct str s, const char *allowed) {
    for (size_t i = 0; i < s.len; i++) {
        if (s.bytes[i] == '\0' || strchr(allowed, s.bytes[i]) == NULL) {
            return false;
        }
    }
    return true;
}

/* Length of the UTF-8 sequence that starts with `lead`, and the least code point it may carry
 * (a smaller one is an overlong form); 0 for a byte that starts none. RFC 3629. */
static size_t utf8_sequence(unsigned char lead, uint32_t *ret_least, uint32_t *ret_bits) {
    if (lead < 0x80) {
        *ret_least = 0;
        *ret_bits = lead;
        return 1;
    }
    if (lead >= 0xc2 && lead < 0xe0) {
        *ret_least = 0x80;
        *ret_bits = lead & 0x1fu;
        return 2;
    }
    if (lead >= 0xe0 && lead < 0xf0) {
        *ret_least = 0x800;
        *ret_bits = lead & 0x0fu;
        return 3;
    }
    if (lead >= 0xf0 && lead < 0xf5) {
        *ret_least = 0x10000;
        *ret_bits = lead & 0x07u;
        return 4;
    }
    return 0;
}

bool str_is_utf8(struct str s) {
    for (size_t i = 0; i < s.len;) {
        uint32_t least = 0;
        uint32_t point = 0;
        size_t n = utf8_sequence((unsigned char)s.bytes[i], &least, &point);
        if (n == 0 || n > s.len - i) {
            return false;
        }
        for (size_t k = 1; k < n; k++) {
            unsigned char c = (unsigned char)s.bytes[i + k];
            if ((c & 0xc0u) != 0x80u) {
                return false;
            }
            point = (point << 6) | (c & 0x3fu);
        }
        if (point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
            return false;
        }
        i += n;
    }
    return true;
}

size_t str_characters(struct str s) {
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++) {
        count += ((uint8_t)s.bytes[i] & 0xc0) != 0x80;
    }
    return count;
}

/* Sixteen at once, as processors of today compare them: all ones where a control character is. */
typedef uint8_t sixteen __attribute__((vector_size(16)));

static sixteen sixteen_controls(const char *bytes) {
    sixteen letters;
    memcpy(&letters, bytes, sizeof letters);
    return (sixteen)((letters < 0x20) | (letters == 0x7f));
}

static bool is_any(sixteen marks) {
    uint64_t halves[2];
    memcpy(halves, &marks, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

bool str_has_control(struct str s) {
    if (s.len < sizeof(uint64_t)) {
        return eight_controls(eight_of_few(s.bytes, s.len)) != 0;
    }
    if (s.len < sizeof(sixteen)) { /* some of them twice */
        return (eight_controls(eight_at(s.bytes)) |
                eight_controls(eight_at(s.bytes + s.len - sizeof(uint64_t)))) != 0;
    }
    sixteen found = sixteen_controls(s.bytes + s.len - sizeof(sixteen));
    for (size_t i = 0; i + sizeof(sixteen) < s.len; i += sizeof(sixteen)) {
        found |= sixteen_controls(s.bytes + i);
    }
    return is_any(found);
}

bool str_to_u64(struct str s, uint64_t *ret_value) {
    if (s.len == 0 || (s.len > 1 && s.bytes[0] == '0')) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.bytes[i];
        if (c < '0' || c > '9' || __builtin_mul_overflow(value, 10u, &value) ||
            __builtin_add_overflow(value, (uint64_t)(c - '0'), &value)) {
            return false;
        }
    }
    *ret_value = value;
    return true;
}

bool str_to_i64(struct str s, int64_t *ret_value) {
    bool is_negative = s.len > 0 && s.bytes[0] == '-';
    uint64_t magnitude = 0;
    if (!str_to_u64(is_negative ? str_skip(s, 1) : s, &magnitude)) {
        return false;
    }
    if (!is_negative) {
        if (magnitude > INT64_MAX) {
            return false;
        }
        *ret_value = (int64_t)magnitude;
        return true;
    }
    if (magnitude == 0 || magnitude > (uint64_t)INT64_MAX + 1) {
        return false;
    }
    *ret_value = -(int64_t)(magnitude - 1) - 1;
    return true;
}

void str_hex(const void *bytes, size_t len, char *ret_text) {
    static const char digits[] = "0123456789abcdef";
    const uint8_t *from = bytes;
    for (size_t i = 0; i < len; i++) {
        ret_text[2 * i] = digits[from[i] >> 4];
        ret_text[2 * i + 1] = digits[from[i] & 15];
    }
}

static int unhex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    int letter = c | ('a' ^ 'A');
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

bool str_unhex(struct str text, uint8_t *ret_bytes, size_t len) {
    if (text.len != 2 * len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        int high = unhex_digit(text.bytes[2 * i]);
        int low = unhex_digit(text.bytes[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        ret_bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
