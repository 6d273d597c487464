/* Eight bytes of text looked at at once, in one word (Hacker's Delight, 6-1).
 *
 * *Marks* are what is found out about each of them: the top bit of its byte, other bits are clear.
 * No carry passes from one byte to the next, so that marks are exact:
 *
 *     uint64_t marks = eight_equal(eight_at(text), '"');
 *     if (marks != 0) { text += eight_first(marks); } */
#ifndef BASE_EIGHT_H
#define BASE_EIGHT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EIGHT_TOPS UINT64_C(0x8080808080808080)
/* That byte eight times. */
#define EIGHT_EACH(byte) (UINT64_C(0x0101010101010101) * (unsigned char)(byte))

/* The first byte of the text is the lowest of the word, on every machine. */
static inline uint64_t eight_at(const char *bytes) {
    uint64_t eight = 0;
    memcpy(&eight, bytes, sizeof eight);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    return eight;
}

/* The inverse. */
static inline void eight_put(char *at, uint64_t eight) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    memcpy(at, &eight, sizeof eight);
}

/* All of a text of less than eight bytes, in any order: some twice, or letters beside them. */
static inline uint64_t eight_of_few(const char *bytes, size_t len) {
    uint32_t first = 0;
    uint32_t last = 0;
    if (len >= sizeof first) {
        memcpy(&first, bytes, sizeof first);
        memcpy(&last, bytes + len - sizeof last, sizeof last);
        return (uint64_t)first << 32 | last;
    }
    uint64_t few = EIGHT_EACH('a');
    for (size_t i = 0; i < len; i++) {
        few = few << 8 | (unsigned char)bytes[i];
    }
    return few;
}

/* Marks the bytes that are `least` or more; `least` is 1 to 0x80. */
static inline uint64_t eight_from(uint64_t eight, unsigned char least) {
    return (((eight & ~EIGHT_TOPS) + EIGHT_EACH(0x80 - least)) | eight) & EIGHT_TOPS;
}

/* Marks the bytes that are `byte`. */
static inline uint64_t eight_equal(uint64_t eight, char byte) {
    return ~eight_from(eight ^ EIGHT_EACH(byte), 1) & EIGHT_TOPS;
}

/* Marks control characters: below 0x20, and 0x7f. */
static inline uint64_t eight_controls(uint64_t eight) {
    return (~eight_from(eight, 0x20) & EIGHT_TOPS) | eight_equal(eight, 0x7f);
}

/* Which byte is the first that is marked; one must be. */
static inline size_t eight_first(uint64_t marks) {
    return (size_t)__builtin_ctzll(marks) / 8;
}

#endif
