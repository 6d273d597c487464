#include "net/http_scan.h"

#include <string.h>

#include "base/check.h"
#include "base/limits.h"

enum { LENGTH_DIGITS = 15 }; /* of a Content-Length; more are llhttp's to judge */

/* What is left of the text, and where it begins in it. */
struct cursor {
    const char *start, *at, *end;
};

static size_t place_of(const struct cursor *cursor) {
    return (size_t)(cursor->at - cursor->start);
}

/* Steps over the literal; false when something else stands there. */
static bool skip(struct cursor *cursor, struct str literal) {
    size_t left = (size_t)(cursor->end - cursor->at);
    if (left < literal.len || memcmp(cursor->at, literal.bytes, literal.len) != 0) {
        return false;
    }
    cursor->at += literal.len;
    return true;
}

/* --- the request line --- */

static bool scan_method(struct cursor *cursor, struct str *ret_method) {
    static const struct str methods[] = {STR_INIT("POST "),  STR_INIT("GET "),
                                         STR_INIT("PUT "),   STR_INIT("HEAD "),
                                         STR_INIT("PATCH "), STR_INIT("DELETE ")};
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        if (skip(cursor, methods[i])) {
            *ret_method = str_first(methods[i], methods[i].len - 1);
            return true;
        }
    }
    return false;
}

/* A path of visible ASCII, without fragment, up to the blank behind it. */
static bool scan_target(struct cursor *cursor, struct http_parser *parser) {
    parser->target_at = place_of(cursor);
    if (cursor->at == cursor->end || *cursor->at != '/') {
        return false;
    }
    while (cursor->at<cursor->end && * cursor->at> ' ' && *cursor->at < 0x7f &&
           *cursor->at != '#') {
        cursor->at++;
    }
    parser->target_len = place_of(cursor) - parser->target_at;
    return parser->target_len <= HTTP_TARGET_MAX && skip(cursor, STR(" HTTP/1.1\r\n"));
}

/* --- header lines --- */

/* RFC 9110 5.6.2: what a name may consist of. */
static const bool is_token[256] = {
    ['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true, ['\''] = true,
    ['*'] = true, ['+'] = true, ['-'] = true, ['.'] = true, ['^'] = true, ['_'] = true,
    ['`'] = true, ['|'] = true, ['~'] = true, ['0'] = true, ['1'] = true, ['2'] = true,
    ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true,
    ['9'] = true, ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true,
    ['F'] = true, ['G'] = true, ['H'] = true, ['I'] = true, ['J'] = true, ['K'] = true,
    ['L'] = true, ['M'] = true, ['N'] = true, ['O'] = true, ['P'] = true, ['Q'] = true,
    ['R'] = true, ['S'] = true, ['T'] = true, ['U'] = true, ['V'] = true, ['W'] = true,
    ['X'] = true, ['Y'] = true, ['Z'] = true, ['a'] = true, ['b'] = true, ['c'] = true,
    ['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true, ['h'] = true, ['i'] = true,
    ['j'] = true, ['k'] = true, ['l'] = true, ['m'] = true, ['n'] = true, ['o'] = true,
    ['p'] = true, ['q'] = true, ['r'] = true, ['s'] = true, ['t'] = true, ['u'] = true,
    ['v'] = true, ['w'] = true, ['x'] = true, ['y'] = true, ['z'] = true,
};

/* The end of the value: the first control character, which the caller wants to be a CR. Eight bytes
 * at a time; those from 0x80 on are no controls. */
static const char *value_end(const char *at, const char *end) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t tops = UINT64_C(0x8080808080808080);
    for (uint64_t eight = 0; (size_t)(end - at) >= sizeof eight; at += sizeof eight) {
        memcpy(&eight, at, sizeof eight);
        uint64_t low = eight & ~tops;
        uint64_t controls = (~(low + (0x80 - 0x20) * ones) | (low + ones)) & tops & ~eight;
        if (controls != 0) {
            break;
        }
    }
    while (at < end && (unsigned char)*at >= 0x20 && *at != 0x7f) {
        at++;
    }
    return at;
}

static bool scan_line(struct cursor *cursor, struct http_header_place *ret_place) {
    size_t name_at = place_of(cursor);
    while (cursor->at < cursor->end && is_token[(unsigned char)*cursor->at]) {
        cursor->at++;
    }
    size_t name_len = place_of(cursor) - name_at;
    if (name_len == 0 || !skip(cursor, STR(":"))) {
        return false;
    }
    size_t value_at = place_of(cursor);
    cursor->at = value_end(cursor->at, cursor->end);
    *ret_place =
        (struct http_header_place){name_at, name_len, value_at, place_of(cursor) - value_at};
    return skip(cursor, STR("\r\n"));
}

/* --- what lines mean to the framing --- */

struct framing {
    size_t hosts, lengths;
    uint64_t length;
};

static bool scan_length(struct str value, struct framing *framing) {
    if (value.len == 0 || value.len > LENGTH_DIGITS || framing->lengths++ > 0) {
        return false;
    }
    uint64_t length = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.bytes[i] < '0' || value.bytes[i] > '9') {
            return false;
        }
        length = length * 10 + (uint64_t)(value.bytes[i] - '0');
    }
    framing->length = length;
    return true;
}

/* False for those that make the message or the connection end otherwise than after a number of
 * bytes. Told apart by length first, which few share. */
static bool heed(struct str name, struct str value, struct framing *framing) {
    switch (name.len) {
    case sizeof "host" - 1:
        framing->hosts += str_equal_ignoring_case(name, STR("host"));
        return true;
    case sizeof "content-length" - 1:
        return !str_equal_ignoring_case(name, STR("content-length")) || scan_length(value, framing);
    case sizeof "connection" - 1:
        return !str_equal_ignoring_case(name, STR("connection")) ||
               str_equal_ignoring_case(value, STR("keep-alive"));
    case sizeof "upgrade" - 1:
        return !str_equal_ignoring_case(name, STR("upgrade"));
    case sizeof "proxy-connection" - 1:
        return !str_equal_ignoring_case(name, STR("proxy-connection"));
    case sizeof "transfer-encoding" - 1:
        return !str_equal_ignoring_case(name, STR("transfer-encoding"));
    default:
        return true;
    }
}

static bool scan_lines(struct cursor *cursor, struct http_parser *parser, struct framing *framing) {
    size_t count = 0;
    while (!skip(cursor, STR("\r\n"))) {
        if (count == HTTP_HEADERS_MAX) {
            return false;
        }
        struct http_header_place *place = &parser->places[count++];
        if (!scan_line(cursor, place)) {
            return false;
        }
        struct str name = str_of(cursor->start + place->name_at, place->name_len);
        struct str value = str_trim(str_of(cursor->start + place->value_at, place->value_len));
        if (!heed(name, value, framing)) {
            return false;
        }
    }
    parser->header_count = count;
    return framing->hosts == 1;
}

bool http_scan_head(struct http_parser *parser, struct str text, size_t *ret_len) {
    check(parser->header_count == 0);
    struct cursor cursor = {text.bytes, text.bytes, text.bytes + text.len};
    struct framing framing = {0};
    struct str method;
    bool is_taken = scan_method(&cursor, &method) && scan_target(&cursor, parser) &&
                    scan_lines(&cursor, parser, &framing) &&
                    place_of(&cursor) <= LIMIT_HEADER_BYTES;
    if (!is_taken) {
        parser->target_at = parser->target_len = parser->header_count = 0;
        return false;
    }
    parser->method = method;
    parser->body_left = framing.length;
    *ret_len = place_of(&cursor);
    return true;
}
