#include "base/url.h"

static bool decode_one(struct str encoded, size_t *at, bool plus_is_blank, char *ret_c) {
    char c = encoded.bytes[*at];
    *at += 1;
    if (c == '+' && plus_is_blank) {
        c = ' ';
    } else if (c == '%') {
        uint8_t byte = 0;
        if (!str_unhex(str_first(str_skip(encoded, *at), 2), &byte, 1)) {
            return false;
        }
        c = (char)byte;
        *at += 2;
    }
    *ret_c = c;
    return c != '\0';
}

bool url_decode(struct arena *arena, struct str encoded, bool plus_is_blank, struct str *ret_text) {
    char *bytes = arena_alloc(arena, encoded.len + 1); /* zeroed: the text ends in NUL */
    if (bytes == NULL) {
        return false;
    }
    size_t len = 0;
    for (size_t at = 0; at < encoded.len;) {
        if (!decode_one(encoded, &at, plus_is_blank, &bytes[len++])) {
            return false;
        }
    }
    struct str text = str_of(bytes, len);
    if (!str_is_utf8(text)) {
        return false;
    }
    *ret_text = text;
    return true;
}

static bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void url_encode(struct buf *out, struct str text) {
    static const char digits[] = "0123456789ABCDEF"; /* upper case: RFC 3986 2.1 */
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        if (is_unreserved(text.bytes[i])) {
            buf_add_char(out, text.bytes[i]);
        } else {
            char escape[3] = {'%', digits[c >> 4], digits[c & 15]};
            buf_add(out, str_of(escape, sizeof escape));
        }
    }
}

struct url_query url_query_of(struct arena *arena, struct str query) {
    return (struct url_query){.arena = arena, .rest = query};
}

bool url_query_next(struct url_query *query, struct str *ret_name, struct str *ret_value) {
    struct str pair = {0};
    while (pair.len == 0 && query->rest.len > 0) {
        pair = str_cut(&query->rest, '&');
    }
    if (pair.len == 0) {
        return false;
    }
    struct str value = pair;
    struct str name = str_cut(&value, '=');
    if (!url_decode(query->arena, name, true, ret_name) ||
        !url_decode(query->arena, value, true, ret_value)) {
        query->is_bad = true;
        query->rest = (struct str){0};
        return false;
    }
    return true;
}
