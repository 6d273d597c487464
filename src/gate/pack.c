#include "gate/pack.h"

uint8_t unpack_byte(struct unpacker *unpacker) {
    if (unpacker->left == 0) {
        unpacker->is_bad = true;
        return 0;
    }
    unpacker->left--;
    return (uint8_t)*unpacker->next++;
}

int64_t unpack_number(struct unpacker *unpacker) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        uint8_t byte = unpack_byte(unpacker);
        bool is_last = (byte & 0x80) == 0;
        /* Neither bits past the 64th nor a longer form than needed. */
        unpacker->is_bad |= (shift == 63 && byte > 1) || (shift > 0 && byte == 0);
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (is_last || unpacker->is_bad) {
            return (int64_t)(value >> 1 ^ (0 - (value & 1)));
        }
    }
    unpacker->is_bad = true;
    return 0;
}

struct str unpack_text(struct unpacker *unpacker, size_t len) {
    if (len > unpacker->left) {
        unpacker->is_bad = true;
        return STR("");
    }
    struct str text = str_of(unpacker->next, len);
    unpacker->next += len;
    unpacker->left -= len;
    return text;
}

struct str unpack_short_text(struct unpacker *unpacker) {
    return unpack_text(unpacker, unpack_byte(unpacker));
}

struct str unpack_rest(struct unpacker *unpacker) {
    return unpack_text(unpacker, unpacker->left);
}
