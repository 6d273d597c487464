#include "base/base64.h"

#include <sodium.h>

struct str base64_encode(struct arena *arena, struct str bytes) {
    size_t size = sodium_base64_ENCODED_LEN(bytes.len, sodium_base64_VARIANT_ORIGINAL);
    char *text = arena_alloc(arena, size);
    if (text == NULL) {
        return STR("");
    }
    (void)sodium_bin2base64(text, size, (const unsigned char *)bytes.bytes, bytes.len,
                            sodium_base64_VARIANT_ORIGINAL);
    return str_of(text, size - 1); /* the NUL is counted in */
}

bool base64_decode(struct str text, size_t max, uint8_t *ret_bytes, size_t *ret_len) {
    return sodium_base642bin(ret_bytes, max, text.bytes, text.len, NULL, ret_len, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0;
}
