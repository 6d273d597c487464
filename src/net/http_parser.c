#include "net/http_parser.h"

#include "base/check.h"
#include "base/limits.h"
#include "net/http_scan.h"

/* Bytes of framing that a chunked body may need for each byte it carries: a chunk of one byte has
 * five ("1\r\n", "\r\n"), so that eight leaves room and still bounds what extensions can cost. */
enum { FRAMING_PER_BYTE = 8 };

static int refuse(struct http_parser *parser, int status, const char *reason) {
    parser->status = status;
    parser->reason = reason;
    return HPE_USER;
}

/* --- llhttp's callbacks; its `data` is the parser --- */

static int keep(struct http_parser *parser, const char *at, size_t len) {
    buf_add(&parser->head, str_of(at, len));
    if (parser->head.has_failed) {
        return refuse(parser, 431, "The header section is larger than 16 KiB.");
    }
    return HPE_OK;
}

static int on_url(llhttp_t *llhttp, const char *at, size_t len) {
    struct http_parser *parser = llhttp->data;
    parser->target_len += len;
    if (parser->target_len > HTTP_TARGET_MAX) {
        return refuse(parser, 414, "The request target is longer than 8 KiB.");
    }
    return keep(parser, at, len);
}

static int on_header_field(llhttp_t *llhttp, const char *at, size_t len) {
    struct http_parser *parser = llhttp->data;
    if (parser->is_head_over) {
        return HPE_OK; /* a trailer: its bytes are counted as framing, its meaning is ignored */
    }
    if (!parser->is_in_name) {
        if (parser->header_count == HTTP_HEADERS_MAX) {
            return refuse(parser, 431, "The request has more than 64 header fields.");
        }
        parser->is_in_name = true;
        parser->places[parser->header_count] =
            (struct http_header_place){.name_at = parser->head.len};
    }
    parser->places[parser->header_count].name_len += len;
    return keep(parser, at, len);
}

static int on_header_field_complete(llhttp_t *llhttp) {
    struct http_parser *parser = llhttp->data;
    if (parser->is_head_over) {
        return HPE_OK;
    }
    if (!parser->is_in_name || parser->places[parser->header_count].name_len == 0) {
        return refuse(parser, 400, "A header has no name.");
    }
    parser->is_in_name = false;
    parser->places[parser->header_count++].value_at = parser->head.len;
    return HPE_OK;
}

static int on_header_value(llhttp_t *llhttp, const char *at, size_t len) {
    struct http_parser *parser = llhttp->data;
    if (parser->is_head_over) {
        return HPE_OK;
    }
    check(parser->header_count > 0);
    parser->places[parser->header_count - 1].value_len += len;
    return keep(parser, at, len);
}

static int on_headers_complete(llhttp_t *llhttp) {
    llhttp->upgrade = 0; /* RFC 9110 7.8: a server may ignore Upgrade, and this one always does */
    return HPE_PAUSED;
}

static int on_body(llhttp_t *llhttp, const char *at, size_t len) {
    struct http_parser *parser = llhttp->data;
    check(parser->body != NULL);
    if (len > parser->body->max - parser->body->len) {
        return refuse(parser, 413, "The request body is larger than this route accepts.");
    }
    buf_add(parser->body, str_of(at, len));
    if (parser->body->has_failed) {
        return refuse(parser, 503, "The server is out of memory.");
    }
    return HPE_OK;
}

static int on_message_complete(llhttp_t *llhttp) {
    (void)llhttp;
    return HPE_PAUSED;
}

static const llhttp_settings_t callbacks = {
    .on_url = on_url,
    .on_header_field = on_header_field,
    .on_header_field_complete = on_header_field_complete,
    .on_header_value = on_header_value,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

void http_parser_init(struct http_parser *parser, struct env *env) {
    *parser = (struct http_parser){.last = '\n'};
    buf_init(&parser->head, env, LIMIT_HEADER_BYTES);
    buf_init(&parser->before.text, env, HTTP_BEFORE_MAX);
    llhttp_init(&parser->llhttp, HTTP_REQUEST, &callbacks);
    parser->llhttp.data = parser;
}

void http_parser_finish(struct http_parser *parser) {
    buf_finish(&parser->head);
    buf_finish(&parser->before.text);
}

/* --- what llhttp lets pass --- */

static size_t count_of(struct str text, char c) {
    size_t count = 0;
    for (size_t at = str_find(text, c); at < text.len; count++) {
        at += 1 + str_find(str_skip(text, at + 1), c);
    }
    return count;
}

/* Line ends are CR LF and nothing else, and no line continues the one before (RFC 9112 2.2, 5.2).
 * By what libc finds quickly, since a byte at a time would cost as much as llhttp does. */
static bool lines_are_clean(struct http_parser *parser, struct str raw) {
    const char *bytes = raw.bytes;
    char last = parser->last;
    if (raw.len == 0) {
        return true;
    }
    if (str_find(raw, '\0') < raw.len || (last == '\n' && str_is_blank(bytes[0]))) {
        return false;
    }
    if ((bytes[0] == '\n') != (last == '\r')) {
        return false;
    }
    parser->last = bytes[raw.len - 1];
    size_t ends = 0;
    for (size_t at = str_find(raw, '\n'); at < raw.len; ends++) {
        bool is_whole = at == 0 || bytes[at - 1] == '\r';
        if (!is_whole || (at + 1 < raw.len && str_is_blank(bytes[at + 1]))) {
            return false;
        }
        at += 1 + str_find(str_skip(raw, at + 1), '\n');
    }
    size_t matched = ends - (bytes[0] == '\n' ? 1 : 0); /* by a CR in these bytes */
    return count_of(raw, '\r') == matched + (parser->last == '\r' ? 1 : 0);
}

/* Counts the raw bytes of a head or of chunk framing; false once they break a bound. */
static bool count_raw(struct http_parser *parser, struct str raw, size_t body_bytes) {
    if (!parser->is_head_over) {
        parser->head_bytes += raw.len;
        if (parser->head_bytes > LIMIT_HEADER_BYTES) {
            (void)refuse(parser, 431, "The header section is larger than 16 KiB.");
            return false;
        }
        if (!lines_are_clean(parser, raw)) {
            (void)refuse(parser, 400,
                         "A header line does not end with CR LF, or continues another.");
            return false;
        }
        return true;
    }
    parser->framing_bytes += raw.len - body_bytes;
    size_t carried = parser->body == NULL ? 0 : parser->body->len;
    if (parser->framing_bytes > LIMIT_HEADER_BYTES + carried * FRAMING_PER_BYTE) {
        (void)refuse(parser, 400, "Chunk sizes, extensions or trailers are out of proportion.");
        return false;
    }
    return true;
}

static struct str place_name(const struct http_parser *parser, size_t i) {
    const struct http_header_place *place = &parser->places[i];
    return str_of(parser->text.bytes + place->name_at, place->name_len);
}

static struct str place_value(const struct http_parser *parser, size_t i) {
    const struct http_header_place *place = &parser->places[i];
    return str_trim(str_of(parser->text.bytes + place->value_at, place->value_len));
}

/* How many headers have that name; *ret_value is the last one's. */
static size_t count_headers(const struct http_parser *parser, struct str name,
                            struct str *ret_value) {
    size_t count = 0;
    for (size_t i = 0; i < parser->header_count; i++) {
        if (str_equal_ignoring_case(place_name(parser, i), name)) {
            *ret_value = place_value(parser, i);
            count++;
        }
    }
    return count;
}

/* The length of the body must be told in exactly one way that every proxy reads alike (RFC 9112 6).
 */
static const char *framing_problem(const struct http_parser *parser) {
    struct str coding = {0};
    struct str length = {0};
    size_t codings = count_headers(parser, STR("transfer-encoding"), &coding);
    size_t lengths = count_headers(parser, STR("content-length"), &length);
    if (codings > 0 && lengths > 0) {
        return "Content-Length and Transfer-Encoding exclude one another.";
    }
    if (codings > 1 || (codings == 1 && !str_equal_ignoring_case(coding, STR("chunked")))) {
        return "The only Transfer-Encoding understood is one \"chunked\".";
    }
    if (codings == 1 && parser->llhttp.http_minor == 0) {
        return "HTTP/1.0 has no Transfer-Encoding.";
    }
    if (lengths > 1 || (lengths == 1 && (length.len == 0 || !str_only(length, "0123456789")))) {
        return "Content-Length must be one decimal number.";
    }
    return NULL;
}

static bool is_target_clean(struct str target) {
    return target.len > 0 && str_find(target, '#') == target.len;
}

/* Refuses a head that is complete but not acceptable. */
static bool head_is_good(struct http_parser *parser) {
    const llhttp_t *llhttp = &parser->llhttp;
    if (llhttp->http_major != 1 || llhttp->http_minor > 1) {
        (void)refuse(parser, 505, "This server speaks HTTP/1.1.");
        return false;
    }
    struct str host = {0};
    size_t hosts = count_headers(parser, STR("host"), &host);
    if (hosts > 1 || (hosts == 0 && llhttp->http_minor == 1)) {
        (void)refuse(parser, 400, "An HTTP/1.1 request needs exactly one Host header.");
        return false;
    }
    const char *problem = framing_problem(parser);
    if (problem == NULL && llhttp->method == HTTP_CONNECT) {
        problem = "This server is no proxy: CONNECT is not supported.";
    }
    if (problem == NULL && !is_target_clean(str_first(parser->text, parser->target_len))) {
        problem = "The request target is not a path.";
    }
    if (problem != NULL) {
        (void)refuse(parser, 400, problem);
        return false;
    }
    return true;
}

/* --- feeding --- */

static const struct {
    llhttp_errno_t code;
    int status;
    const char *reason;
} problems[] = {
    {HPE_INVALID_METHOD, 400, "The request does not begin with a known HTTP method."},
    {HPE_INVALID_URL, 400, "The request target has characters that must be percent-encoded."},
    {HPE_INVALID_VERSION, 505, "This server speaks HTTP/1.1."},
    {HPE_PAUSED_H2_UPGRADE, 505, "This server speaks HTTP/1.1, not HTTP/2."},
    {HPE_INVALID_HEADER_TOKEN, 400, "A header has characters that are not allowed there."},
    {HPE_INVALID_CONTENT_LENGTH, 400, "Content-Length must be one decimal number."},
    {HPE_UNEXPECTED_CONTENT_LENGTH, 400, "The length of the body is told in two ways."},
    {HPE_INVALID_TRANSFER_ENCODING, 400, "The only Transfer-Encoding understood is \"chunked\"."},
    {HPE_INVALID_CHUNK_SIZE, 400, "A chunk size is not a hexadecimal number that fits."},
};

static void explain(struct http_parser *parser, llhttp_errno_t code) {
    for (size_t i = 0; i < ARRAY_LEN(problems); i++) {
        if (problems[i].code == code) {
            (void)refuse(parser, problems[i].status, problems[i].reason);
            return;
        }
    }
    (void)refuse(parser, 400, "The request is not well-formed HTTP/1.1.");
}

static enum http_parsed feed_llhttp(struct http_parser *parser, struct str *input) {
    const char *at = input->len == 0 ? "" : input->bytes;
    size_t body_before = parser->body == NULL ? 0 : parser->body->len;
    llhttp_errno_t code = llhttp_execute(&parser->llhttp, at, input->len);
    if (code != HPE_OK && code != HPE_PAUSED) {
        if (parser->status == 0) { /* else a callback has said why */
            explain(parser, code);
        }
        return HTTP_PARSED_BAD;
    }
    size_t used =
        code == HPE_OK ? input->len : (size_t)(llhttp_get_error_pos(&parser->llhttp) - at);
    check(used <= input->len);
    size_t body_bytes = (parser->body == NULL ? 0 : parser->body->len) - body_before;
    if (!count_raw(parser, str_of(at, used), body_bytes)) {
        return HTTP_PARSED_BAD;
    }
    *input = str_skip(*input, used);
    if (code == HPE_OK) {
        return HTTP_PARSED_ALL;
    }
    llhttp_resume(&parser->llhttp);
    if (parser->is_head_over) {
        return HTTP_PARSED_MESSAGE;
    }
    parser->is_head_over = true;
    parser->text = buf_str(&parser->head);
    parser->method = str_from_cstr(llhttp_method_name((llhttp_method_t)parser->llhttp.method));
    return head_is_good(parser) ? HTTP_PARSED_HEAD : HTTP_PARSED_BAD;
}

/* Of a scanned message: so many bytes, and nothing else. */
static enum http_parsed feed_body(struct http_parser *parser, struct str *input) {
    size_t len = parser->body_left < input->len ? (size_t)parser->body_left : input->len;
    if (len > 0 && on_body(&parser->llhttp, input->bytes, len) != HPE_OK) {
        return HTTP_PARSED_BAD;
    }
    *input = str_skip(*input, len);
    parser->body_left -= len;
    return parser->body_left == 0 ? HTTP_PARSED_MESSAGE : HTTP_PARSED_ALL;
}

enum http_parsed http_parser_feed(struct http_parser *parser, struct str *input) {
    if (parser->is_scanned) {
        return feed_body(parser, input);
    }
    bool is_first = parser->head_bytes == 0 && !parser->is_head_over; /* llhttp has seen nothing */
    if (is_first && http_scan_head(parser, *input)) {
        parser->is_scanned = true;
        *input = str_skip(*input, parser->text.len);
        return HTTP_PARSED_HEAD;
    }
    buf_clear(&parser->before.text); /* llhttp's places come in the place of its */
    return feed_llhttp(parser, input);
}

void http_parser_next(struct http_parser *parser) {
    buf_clear(&parser->head);
    parser->target_at = 0;
    parser->target_len = 0;
    parser->header_count = 0;
    parser->head_bytes = 0;
    parser->framing_bytes = 0;
    parser->body = NULL;
    parser->last = '\n';
    parser->is_in_name = false;
    parser->is_head_over = false;
    parser->is_scanned = false;
}

/* --- the request --- */

/* Origin form is what clients send; absolute form must be understood too (RFC 9112 3.2.2), and its
 * authority says nothing that Host does not. */
static struct str target_path(struct str target) {
    static const struct str schemes[] = {STR_INIT("http://"), STR_INIT("https://")};
    if (target.len > 0 && target.bytes[0] == '/') {
        return target;
    }
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        if (target.len > schemes[i].len &&
            str_equal_ignoring_case(str_first(target, schemes[i].len), schemes[i])) {
            struct str rest = str_skip(target, schemes[i].len);
            size_t slash = str_find(rest, '/');
            return slash == rest.len ? STR("/") : str_skip(rest, slash);
        }
    }
    return target;
}

bool http_parser_request(const struct http_parser *parser, struct arena *arena,
                         struct http_request *ret_request) {
    struct str head = arena_str(arena, parser->text);
    struct http_header *headers = arena_room(arena, parser->header_count * sizeof *headers);
    if (headers == NULL || arena_failed(arena)) {
        return false;
    }
    for (size_t i = 0; i < parser->header_count; i++) {
        const struct http_header_place *place = &parser->places[i];
        struct str value = str_of(head.bytes + place->value_at, place->value_len);
        headers[i].name = str_of(head.bytes + place->name_at, place->name_len);
        headers[i].value = parser->is_scanned ? value : str_trim(value); /* then it is already */
    }
    struct str query = target_path(str_of(head.bytes + parser->target_at, parser->target_len));
    struct str path = str_cut(&query, '?');
    *ret_request = (struct http_request){
        .method = parser->method,
        .path = path,
        .query = query,
        .headers = headers,
        .header_count = parser->header_count,
    };
    return true;
}

uint64_t http_parser_content_length(const struct http_parser *parser) {
    if (parser->is_scanned) {
        return parser->body_left;
    }
    return (parser->llhttp.flags & F_CONTENT_LENGTH) != 0 ? parser->llhttp.content_length : 0;
}

bool http_parser_is_chunked(const struct http_parser *parser) {
    return !parser->is_scanned && (parser->llhttp.flags & F_CHUNKED) != 0;
}

bool http_parser_is_current(const struct http_parser *parser) {
    return parser->is_scanned || parser->llhttp.http_minor == 1;
}

void http_parser_body_to(struct http_parser *parser, struct buf *body) {
    parser->body = body;
}

bool http_parser_keeps_alive(const struct http_parser *parser) {
    return parser->is_scanned ||
           (parser->llhttp.http_minor == 1 && llhttp_should_keep_alive(&parser->llhttp) != 0);
}
