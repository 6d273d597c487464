/* Numbers and texts as they lie in a record of the journal.
 *
 * Signed numbers are zigzag variable-length integers of at most PACK_NUMBER_MAX bytes, in their
 * shortest form. Whoever packs knows that the room suffices; whoever unpacks trusts nothing: what
 * does not fit makes the unpacker bad, and gives zeros and empty texts from there on. */
#ifndef GATE_PACK_H
#define GATE_PACK_H

#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"

enum { PACK_NUMBER_MAX = 10 };

/* How many bytes they wrote. */
static inline size_t pack_number(char *bytes, int64_t value) {
    uint64_t rest = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
    size_t len = 0;
    while (rest >= 0x80) {
        bytes[len++] = (char)(rest | 0x80);
        rest >>= 7;
    }
    bytes[len++] = (char)rest;
    return len;
}
static inline size_t pack_text(char *bytes, struct str text) {
    if (text.len > 0) {
        memcpy(bytes, text.bytes, text.len);
    }
    return text.len;
}
static inline size_t pack_short_text(char *bytes, struct str text) { /* at most 255 bytes */
    check(text.len <= UINT8_MAX);
    bytes[0] = (char)text.len; /* their length first */
    return 1 + pack_text(bytes + 1, text);
}

struct unpacker {
    const char *next;
    size_t left;
    bool is_bad; /* once anything did not fit */
};
uint8_t unpack_byte(struct unpacker *unpacker);
int64_t unpack_number(struct unpacker *unpacker);
struct str unpack_text(struct unpacker *unpacker, size_t len); /* borrowed */
struct str unpack_short_text(struct unpacker *unpacker);
/* All that is left. */
struct str unpack_rest(struct unpacker *unpacker);

#endif
