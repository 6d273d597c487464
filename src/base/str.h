/* Strings that carry their length, and nothing that allocates.
 *
 * A `struct str` borrows bytes that somebody else owns (a literal, an arena, a request buffer) and
 * need not be NUL-terminated. NUL-terminated text exists only at the border to foreign libraries:
 * arena_cstr() (arena.h) makes it. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"

struct str {
    const char *bytes;
    size_t len;
};

/* A literal as a str; STR_INIT for static initialisers; STR_FMT/STR_ARG to print one with "%.*s".
 */
#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal)                                                                          \
    { "" literal, sizeof(literal) - 1 }
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).len, (s).bytes

/* Borrows NUL-terminated text; NULL gives the empty str. */
static inline struct str str_from_cstr(const char *text) {
    return (struct str){text, text == NULL ? 0 : strlen(text)};
}
static inline struct str str_of(const char *bytes, size_t len) {
    return (struct str){bytes, len};
}

/* Texts that lie at one place are not looked at. */
static inline bool str_equal(struct str a, struct str b) {
    return a.len == b.len &&
           (a.len == 0 || a.bytes == b.bytes || memcmp(a.bytes, b.bytes, a.len) == 0);
}
/* For str_equal_ignoring_case(), of two texts of `len` bytes. */
bool str_bytes_equal_ignoring_case(const char *a, const char *b, size_t len);
/* ASCII only. Most texts that are asked about differ in length already. */
static inline bool str_equal_ignoring_case(struct str a, struct str b) {
    return a.len == b.len && str_bytes_equal_ignoring_case(a.bytes, b.bytes, a.len);
}
int str_compare(struct str a, struct str b); /* byte order, as memcmp */
bool str_starts_with(struct str s, struct str prefix);
bool str_ends_with(struct str s, struct str suffix);
/* The bytes from `from` on; empty when `from` is past the end. */
static inline struct str str_skip(struct str s, size_t from) {
    return from >= s.len ? (struct str){NULL, 0} : (struct str){s.bytes + from, s.len - from};
}
/* At most the first `len` bytes. */
static inline struct str str_first(struct str s, size_t len) {
    return (struct str){s.bytes, len < s.len ? len : s.len};
}
static inline bool str_is_blank(char c) {
    return c == ' ' || c == '\t';
}
/* Without leading and trailing blanks and tabs. */
static inline struct str str_trim(struct str s) {
    while (s.len > 0 && str_is_blank(s.bytes[0])) {
        s = str_skip(s, 1);
    }
    while (s.len > 0 && str_is_blank(s.bytes[s.len - 1])) {
        s.len--;
    }
    return s;
}

/* Index of the first `c`, or s.len when there is none. */
size_t str_find(struct str s, char c);
/* Cuts off and returns what stands before the first `separator`; *rest continues after it, and is
 * empty (bytes NULL) when there was none. */
struct str str_cut(struct str *rest, char separator);

/* True when every byte is in the NUL-terminated set `allowed`. */
bool str_only(struct str s, const char *allowed);
bool str_is_utf8(struct str s);
/* Characters of UTF-8: the bytes that begin one, which are all but 10xxxxxx (RFC 3629, section 3).
 */
size_t str_characters(struct str s);
/* True when a byte is below 0x20, or 0x7f. */
bool str_has_control(struct str s);

/* Decimal integers without blanks, plus sign or leading zeros; false (and *ret untouched) for
 * anything else, including a value that does not fit. */
MUST_USE bool str_to_i64(struct str s, int64_t *ret_value);
MUST_USE bool str_to_u64(struct str s, uint64_t *ret_value);

/* Lower-case hexadecimal, two digits a byte. `ret_text` holds 2 * len bytes, unterminated. */
void str_hex(const void *bytes, size_t len, char *ret_text);
/* The inverse; false unless `text` is exactly 2 * len lower- or upper-case digits. */
MUST_USE bool str_unhex(struct str text, uint8_t *ret_bytes, size_t len);

#endif
