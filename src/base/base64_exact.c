#include "base/base64_exact.h"

#include <sodium.h>

#include "base/check.h"

void base64_exact_encode(struct str data, char *ret_text) {
    size_t room = BASE64_EXACT_LEN(data.len) + 1;
    const char *text = sodium_bin2base64(ret_text, room, (const unsigned char *)data.bytes,
                                         data.len, sodium_base64_VARIANT_ORIGINAL);
    check(text != NULL);
}

bool base64_exact_decode(struct str text, void *ret_bytes, size_t len) {
    size_t count = 0;
    return text.len == BASE64_EXACT_LEN(len) &&
           sodium_base642bin(ret_bytes, len, text.bytes, text.len, NULL, &count, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           count == len;
}
