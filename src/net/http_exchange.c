/* One request and its answer: the handler's side of the server, and the answer as bytes. */
#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "base/limits.h"
#include "base/put.h"
#include "net/http_connection.h"

enum { ANSWER_MAX = LIMIT_REQUEST_ARENA };

static struct http_exchange *make(struct env *env) {
    struct http_exchange *exchange = env_alloc(env, sizeof *exchange);
    if (exchange != NULL) {
        arena_init(&exchange->arena, env, LIMIT_REQUEST_ARENA);
        buf_init(&exchange->body, env, 0);
    }
    return exchange;
}

struct http_exchange *http_exchange_create(struct http_server *server) {
    bool has_spare = server->spare_count > 0;
    struct http_exchange *exchange =
        has_spare ? server->spare[--server->spare_count] : make(server->env);
    if (exchange != NULL) {
        memset(exchange, 0, offsetof(struct http_exchange, arena));
        buf_init(&exchange->answer, server->env, ANSWER_MAX);
    }
    return exchange;
}

void http_exchange_destroy(struct http_server *server, struct http_exchange *exchange) {
    buf_finish(&exchange->answer);
    if (server == NULL || server->spare_count == HTTP_SPARE_MAX) {
        http_exchange_free(exchange);
        return;
    }
    arena_reset(&exchange->arena);
    if (exchange->body.capacity > HTTP_SPARE_BODY) {
        buf_finish(&exchange->body);
    }
    buf_clear(&exchange->body);
    exchange->body.max = 0; /* until the next one's route is known */
    server->spare[server->spare_count++] = exchange;
}

void http_exchange_free(struct http_exchange *exchange) {
    struct env *env = exchange->arena.env;
    arena_finish(&exchange->arena);
    buf_finish(&exchange->body);
    env_free(env, exchange);
}

const struct http_request *http_exchange_request(const struct http_exchange *exchange) {
    return &exchange->request;
}

struct arena *http_exchange_arena(struct http_exchange *exchange) {
    return &exchange->arena;
}

struct str http_header(const struct http_request *request, struct str name) {
    for (size_t i = 0; i < request->header_count; i++) {
        if (str_equal_ignoring_case(request->headers[i].name, name)) {
            return request->headers[i].value;
        }
    }
    return (struct str){NULL, 0};
}

void http_add_header(struct http_response *response, struct str name, struct str value) {
    check(response->header_count < ARRAY_LEN(response->headers));
    response->headers[response->header_count++] = (struct http_header){name, value};
}

/* --- the answer as bytes --- */

static const struct {
    int status;
    struct str phrase;
} phrases[] = {
    {200, STR_INIT("OK")},
    {201, STR_INIT("Created")},
    {202, STR_INIT("Accepted")},
    {204, STR_INIT("No Content")},
    {206, STR_INIT("Partial Content")},
    {301, STR_INIT("Moved Permanently")},
    {302, STR_INIT("Found")},
    {303, STR_INIT("See Other")},
    {304, STR_INIT("Not Modified")},
    {307, STR_INIT("Temporary Redirect")},
    {308, STR_INIT("Permanent Redirect")},
    {400, STR_INIT("Bad Request")},
    {401, STR_INIT("Unauthorized")},
    {402, STR_INIT("Payment Required")},
    {403, STR_INIT("Forbidden")},
    {404, STR_INIT("Not Found")},
    {405, STR_INIT("Method Not Allowed")},
    {406, STR_INIT("Not Acceptable")},
    {408, STR_INIT("Request Timeout")},
    {409, STR_INIT("Conflict")},
    {410, STR_INIT("Gone")},
    {412, STR_INIT("Precondition Failed")},
    {413, STR_INIT("Content Too Large")},
    {414, STR_INIT("URI Too Long")},
    {415, STR_INIT("Unsupported Media Type")},
    {416, STR_INIT("Range Not Satisfiable")},
    {417, STR_INIT("Expectation Failed")},
    {422, STR_INIT("Unprocessable Content")},
    {428, STR_INIT("Precondition Required")},
    {429, STR_INIT("Too Many Requests")},
    {431, STR_INIT("Request Header Fields Too Large")},
    {500, STR_INIT("Internal Server Error")},
    {502, STR_INIT("Bad Gateway")},
    {503, STR_INIT("Service Unavailable")},
    {504, STR_INIT("Gateway Timeout")},
    {505, STR_INIT("HTTP Version Not Supported")},
    {507, STR_INIT("Insufficient Storage")},
};

/* RFC 9112 4: the phrase may be empty, clients ignore it. */
static struct str phrase_of(int status) {
    for (size_t i = 0; i < ARRAY_LEN(phrases); i++) {
        if (phrases[i].status == status) {
            return phrases[i].phrase;
        }
    }
    return STR("");
}

static bool is_control(unsigned char c) {
    return c < 0x20 || c == 0x7f;
}

/* A value may hold what a client sent; a line break in it would let the client write headers of its
 * own, so that control characters become blanks. */
static void blank_controls(char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        text[i] = is_control((unsigned char)text[i]) && text[i] != '\t' ? ' ' : text[i];
    }
}

static char *put_value(char *at, struct str value) {
    char *end = put_str(at, value);
    if (str_has_control(value)) {
        blank_controls(at, value.len);
    }
    return end;
}

/* The status line, the server's own headers and the ends of the lines are less. */
enum { HEAD_MAX = 256 };

static size_t head_size(const struct http_response *response) {
    size_t size = HEAD_MAX + response->lines.len + response->more_lines.len;
    for (size_t i = 0; i < response->header_count; i++) {
        size += response->headers[i].name.len + response->headers[i].value.len + 4;
    }
    return size;
}

static char *put_length(char *at, size_t len) {
    at = put_u64(put_str(at, STR("Content-Length: ")), len);
    return put_str(at, STR("\r\n"));
}

static char *put_head(char *at, struct str date, const struct http_response *response) {
    const int status = response->status;
    const char digits[] = {(char)('0' + status / 100), (char)('0' + status / 10 % 10),
                           (char)('0' + status % 10)};
    at = put_str(at, STR("HTTP/1.1 "));
    at = put_str(at, str_of(digits, sizeof digits));
    at = put_str(at, STR(" "));
    at = put_str(at, phrase_of(status));
    at = put_str(at, STR("\r\nDate: "));
    at = put_str(at, date);
    for (size_t i = 0; i < response->header_count; i++) {
        at = put_str(at, STR("\r\n"));
        at = put_str(at, response->headers[i].name); /* a literal */
        at = put_str(at, STR(": "));
        at = put_value(at, response->headers[i].value);
    }
    at = put_str(at, STR("\r\n"));
    return put_str(put_str(at, response->lines), response->more_lines);
}

static void encode(struct buf *out, struct str date, const struct http_exchange *exchange,
                   const struct http_response *response) {
    check(response->status >= 200 && response->status <= 599);
    bool has_body = response->status != 204 && response->status != 304;
    struct str body = has_body && !exchange->is_head ? response->body : STR("");
    size_t size = head_size(response);
    char *start = size > SIZE_MAX - body.len ? NULL : buf_reserve(out, size + body.len);
    if (start == NULL) {
        out->has_failed = true;
        return;
    }
    char *at = put_head(start, date, response);
    if (has_body && response->source != NULL) {
        at = put_length(at, response->source->length);
    } else if (has_body && response->stream == NULL) {
        at = put_length(at, response->body.len);
    }
    at = put_str(at, exchange->is_last ? STR("Connection: close\r\n\r\n") : STR("\r\n"));
    check((size_t)(at - start) <= size);
    out->len += (size_t)(put_str(at, body) - start);
}

static bool is_under_way(const struct http_exchange *exchange) {
    return exchange->is_streaming || exchange->is_sourcing;
}

/* Sends off the front of the queue as far as it is answered. */
static void advance(struct http_connection *connection) {
    while (connection->first != NULL && connection->first->is_answered) {
        struct http_exchange *exchange = connection->first;
        buf_add(&connection->out, buf_str(&exchange->answer));
        connection->first = exchange->next;
        connection->outstanding--;
        connection->is_output_over = connection->is_output_over || exchange->is_last;
        http_exchange_destroy(connection->server, exchange);
    }
    if (connection->first == NULL) {
        connection->last = NULL;
    } else if (is_under_way(connection->first)) { /* what it has said while others were before it */
        buf_add(&connection->out, buf_str(&connection->first->answer));
        buf_clear(&connection->first->answer);
    }
    check((connection->first == NULL) == (connection->outstanding == 0));
}

static void close_source(const struct http_source *source) {
    if (source->closed != NULL) {
        source->closed(source->context);
    }
}

/* Of an answer whose body nobody will have. */
static void close_unread(const struct http_response *response) {
    if (response->stream != NULL) {
        response->stream->closed(response->stream->context);
    }
    if (response->source != NULL) {
        close_source(response->source);
    }
}

/* What goes on once the head is written. */
static void begin_body(struct http_exchange *exchange, const struct http_response *response) {
    struct http_connection *connection = exchange->connection;
    if (response->stream != NULL) {
        exchange->stream = *response->stream;
        exchange->is_last = true;
        connection->is_input_over = true;
    }
    exchange->is_streaming = response->stream != NULL && !exchange->is_head;
    if (response->source != NULL && !exchange->is_head) {
        exchange->source = *response->source;
        exchange->is_sourcing = response->source->length > 0;
    }
}

void http_respond(struct http_exchange *exchange, const struct http_response *response) {
    check(!exchange->is_answered);
    check(response->source == NULL || (response->stream == NULL && response->body.len == 0));
    struct http_connection *connection = exchange->connection;
    if (exchange->inside != NULL) {
        http_inside_respond(exchange, response);
        return;
    }
    bool is_empty = response->source != NULL && response->source->length == 0;
    if (connection == NULL || exchange->is_head || is_empty) {
        close_unread(response);
    }
    if (connection == NULL) {
        http_exchange_destroy(NULL, exchange);
        return;
    }
    struct http_server *server = connection->server;
    begin_body(exchange, response);
    bool is_newest = connection->last == exchange && connection->phase == HTTP_PHASE_IDLE;
    if (server->state != HTTP_RUNNING && is_newest) {
        exchange->is_last = true;
        connection->is_input_over = true;
    }
    struct buf *out = connection->first == exchange ? &connection->out : &exchange->answer;
    encode(out, http_server_date(server), exchange, response);
    connection->is_broken = connection->is_broken || out->has_failed;
    exchange->is_answered = !is_under_way(exchange);
    advance(connection);
    connection->is_broken = connection->is_broken || connection->out.has_failed;
    http_connection_touch(connection);
}

/* --- bodies that are longer than memory --- */

void http_exchange_fill(struct http_connection *connection) {
    struct http_exchange *exchange = connection->first;
    struct buf *out = &connection->out;
    if (exchange == NULL || !exchange->is_sourcing || out->len >= HTTP_SOURCE_MAX) {
        return;
    }
    const struct http_source *source = &exchange->source;
    uint64_t left = source->length - exchange->source_at;
    size_t max = left < HTTP_SOURCE_MAX ? (size_t)left : HTTP_SOURCE_MAX;
    size_t before = out->len;
    struct err err = source->read(source->context, exchange->source_at, max, out);
    size_t got = out->len - before;
    check(got <= max);
    if (err_failed(err) || got == 0 || out->has_failed) {
        connection->is_broken = true;
        return;
    }
    exchange->source_at += got;
    if (exchange->source_at == source->length) {
        http_exchange_close(exchange);
        advance(connection);
        connection->is_broken = connection->is_broken || out->has_failed;
    }
}

void http_exchange_close(struct http_exchange *exchange) {
    if (exchange->is_answered || !is_under_way(exchange)) {
        return;
    }
    exchange->is_answered = true;
    if (exchange->is_streaming) {
        exchange->stream.closed(exchange->stream.context);
    } else {
        close_source(&exchange->source);
    }
}

void http_stream_send(struct http_exchange *exchange, struct str bytes) {
    check(exchange->is_streaming && !exchange->is_answered);
    struct http_connection *connection = exchange->connection;
    struct buf *out = connection->first == exchange ? &connection->out : &exchange->answer;
    if (out->len + connection->wire.len + bytes.len > HTTP_STREAM_MAX) {
        connection->is_broken = true;
    } else {
        buf_add(out, bytes);
        connection->is_broken = connection->is_broken || out->has_failed;
    }
    http_connection_touch(connection);
}

void http_stream_end(struct http_exchange *exchange) {
    check(exchange->is_streaming && !exchange->is_answered);
    struct http_connection *connection = exchange->connection;
    exchange->is_answered = true;
    advance(connection);
    connection->is_broken = connection->is_broken || connection->out.has_failed;
    http_connection_touch(connection);
}

void http_drop(struct http_exchange *exchange) {
    check(!exchange->is_answered);
    struct http_connection *connection = exchange->connection;
    if (exchange->inside != NULL) {
        http_inside_respond(exchange, NULL);
        return;
    }
    if (connection == NULL) {
        http_exchange_destroy(NULL, exchange);
        return;
    }
    exchange->is_answered = true; /* goes with the connection */
    connection->is_broken = true;
    http_connection_touch(connection);
}
