/* Text into a fixed array; see text.h. snprintf is left alone here, so that core needs nothing of
 * stdio. */
#include "core/text.h"

#include <string.h>

#include "base/check.h"

enum { DIGITS_MAX = 19 }; /* of INT64_MAX */

void text_init(struct text *text, char *bytes, size_t size) {
    check(bytes != NULL);
    check(size > 0);
    bytes[0] = '\0';
    *text = (struct text){.bytes = bytes, .size = size};
}

void text_str(struct text *text, struct str part) {
    check(text->len < text->size);
    size_t room = text->size - 1 - text->len;
    size_t taken = part.len < room ? part.len : room;
    if (taken > 0) {
        memcpy(text->bytes + text->len, part.bytes, taken);
    }
    text->len += taken;
    text->bytes[text->len] = '\0';
    text->is_cut = text->is_cut || taken < part.len;
    check(text->len < text->size);
}

void text_number(struct text *text, int64_t value, int digits) {
    check(value >= 0);
    check(digits >= 1);
    check(digits <= DIGITS_MAX);
    char reversed[DIGITS_MAX];
    int count = 0;
    for (; value > 0 || count < digits; value /= 10) {
        reversed[count++] = (char)('0' + value % 10);
    }
    check(count <= DIGITS_MAX);
    while (count > 0) {
        text_str(text, str_of(&reversed[--count], 1));
    }
}

bool text_fits(const struct text *text) {
    check(text->bytes[text->len] == '\0');
    return !text->is_cut;
}
