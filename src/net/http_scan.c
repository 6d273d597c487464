#include "net/http_scan.h"

#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "base/cursor.h"
#include "base/eight.h"
#include "base/limits.h"

enum { LENGTH_DIGITS = 15 }; /* of a Content-Length; more are llhttp's to judge */

static size_t place_of(const struct http_parser *parser, const char *at) {
    return (size_t)(at - parser->text.bytes);
}

/* --- the request line --- */

static bool scan_method(struct cursor *cursor, struct str *ret_method) {
    static const struct str methods[] = {STR_INIT("POST "),  STR_INIT("GET "),
                                         STR_INIT("PUT "),   STR_INIT("HEAD "),
                                         STR_INIT("PATCH "), STR_INIT("DELETE ")};
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        if (cursor_skip(cursor, methods[i])) {
            *ret_method = str_first(methods[i], methods[i].len - 1);
            return true;
        }
    }
    return false;
}

/* The first byte that is not visible ASCII, or begins a fragment. */
static const char *target_end(const char *at, const char *end) {
    for (; end - at >= (ptrdiff_t)sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t eight = eight_at(at);
        uint64_t others = (~eight_from(eight, '!') & EIGHT_TOPS) | eight_from(eight, 0x7f) |
                          eight_equal(eight, '#');
        if (others != 0) {
            return at + eight_first(others);
        }
    }
    while (at != end && *at > ' ' && *at < 0x7f && *at != '#') {
        at++;
    }
    return at;
}

/* A path of visible ASCII, without fragment, up to the blank behind it. */
static bool scan_target(struct cursor *cursor, struct http_parser *parser) {
    const char *target = cursor->at;
    if (cursor->at == cursor->end || *cursor->at != '/') {
        return false;
    }
    cursor->at = target_end(target, cursor->end);
    parser->target_at = place_of(parser, target);
    parser->target_len = (size_t)(cursor->at - target);
    return parser->target_len <= HTTP_TARGET_MAX && cursor_skip(cursor, STR(" HTTP/1.1\r\n"));
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

/* The end of the value: the first control character, which the caller wants to be a CR. */
static const char *value_end(const char *at, const char *end) {
    for (; end - at >= (ptrdiff_t)sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t controls = eight_controls(eight_at(at));
        if (controls != 0) {
            return at + eight_first(controls);
        }
    }
    while (at < end && (unsigned char)*at >= 0x20 && *at != 0x7f) {
        at++;
    }
    return at;
}

/* A name and its value as they stand there, without blanks around the value. */
static bool scan_line(struct cursor *cursor, struct str *ret_name, struct str *ret_value) {
    const char *name = cursor->at;
    const char *colon = name;
    while (colon < cursor->end && is_token[(unsigned char)*colon]) {
        colon++;
    }
    if (colon == name || colon == cursor->end || *colon != ':') {
        return false;
    }
    cursor->at = value_end(colon + 1, cursor->end);
    *ret_name = str_of(name, (size_t)(colon - name));
    *ret_value = str_trim(str_of(colon + 1, (size_t)(cursor->at - colon - 1)));
    return cursor_skip(cursor, STR("\r\n"));
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
    while (!cursor_skip(cursor, STR("\r\n"))) {
        if (count == HTTP_HEADERS_MAX) {
            return false;
        }
        struct str name;
        struct str value;
        if (!scan_line(cursor, &name, &value) || !heed(name, value, framing)) {
            return false;
        }
        parser->places[count++] = (struct http_header_place){
            .name_at = place_of(parser, name.bytes),
            .name_len = name.len,
            .value_at = value.len == 0 ? 0 : place_of(parser, value.bytes),
            .value_len = value.len,
        };
    }
    parser->header_count = count;
    return framing->hosts == 1;
}

/* --- the head before --- */

/* Of texts of one length, in a time that does not tell where they differ: behind a proxy, what came
 * before may have been another's, with that other's key. */
static bool is_same(const char *a, const char *b, size_t len) {
    uint64_t differing = 0;
    size_t i = 0;
    for (; i + sizeof differing <= len; i += sizeof differing) {
        differing |= eight_at(a + i) ^ eight_at(b + i);
    }
    for (; i < len; i++) {
        differing |= (uint64_t)(unsigned char)(a[i] ^ b[i]);
    }
    return differing == 0;
}

/* Who keeps a connection mostly says the same again, up to the body: then all is known of it. */
static bool is_as_before(struct http_parser *parser, struct str text) {
    const struct http_scanned *before = &parser->before;
    size_t len = before->text.len;
    if (len == 0 || text.len < len || !is_same(text.bytes, before->text.bytes, len)) {
        return false;
    }
    parser->text = str_first(text, len);
    parser->method = before->method;
    parser->target_at = before->method.len + 1;
    parser->target_len = before->target_len;
    parser->header_count = before->header_count;
    parser->body_left = before->body_len;
    return true;
}

static void remember(struct http_parser *parser) {
    struct buf text = parser->before.text;
    buf_clear(&text);
    buf_add(&text, parser->text);
    if (text.has_failed) {
        buf_clear(&text);
    }
    parser->before = (struct http_scanned){
        .text = text,
        .method = parser->method,
        .target_len = parser->target_len,
        .header_count = parser->header_count,
        .body_len = parser->body_left,
    };
}

bool http_scan_head(struct http_parser *parser, struct str text) {
    check(parser->header_count == 0);
    if (is_as_before(parser, text)) {
        return true;
    }
    struct cursor cursor = cursor_of(text);
    struct framing framing = {0};
    struct str method;
    parser->text = text;
    bool is_taken = scan_method(&cursor, &method) && scan_target(&cursor, parser) &&
                    scan_lines(&cursor, parser, &framing) &&
                    place_of(parser, cursor.at) <= LIMIT_HEADER_BYTES;
    if (!is_taken) {
        parser->target_at = parser->target_len = parser->header_count = 0;
        return false;
    }
    parser->text = str_first(text, place_of(parser, cursor.at));
    parser->method = method;
    parser->body_left = framing.length;
    remember(parser);
    return true;
}
