#include "proof/base64url.h"

#include <sodium.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

struct str base64url_encode(struct arena *arena, struct str bytes) {
    size_t room = sodium_base64_encoded_len(bytes.len, VARIANT);
    char *text = arena_room(arena, room);
    if (text == NULL) {
        return STR("");
    }
    sodium_bin2base64(text, room, (const unsigned char *)bytes.bytes, bytes.len, VARIANT);
    return str_of(text, room - 1);
}

bool base64url_decode(struct arena *arena, struct str text, struct str *ret_bytes) {
    size_t room = text.len / 4 * 3 + 3;
    char *bytes = arena_room(arena, room);
    size_t len = 0;
    /* libsodium refuses padding, and bits that belong to no byte; but it takes any byte from 0x80
     * on for a digit (1.0.18), so that characters are looked at here. */
    if (bytes == NULL || !str_only(text, digits) ||
        sodium_base642bin((unsigned char *)bytes, room, text.bytes, text.len, NULL, &len, NULL,
                          VARIANT) != 0) {
        return false;
    }
    *ret_bytes = str_of(bytes, len);
    return true;
}
