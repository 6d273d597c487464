/* What a client sends: reading, decrypting, parsing, and the decision whether a request is taken.
 *
 * Handlers answer in the middle of this, so that nothing here closes the connection or writes to
 * it: http_connection_service() does, once the bytes at hand are used up. */
#include "base/check.h"
#include "net/http_connection.h"

enum { TLS_READ = 16 * 1024 }; /* a TLS record carries no more */

/* Requests that came in one go came at one instant, for which the clock is asked once. */
static void enter(struct http_connection *connection, enum http_phase phase) {
    connection->phase = phase;
    connection->phase_ns = connection->server->read_ns;
}

static void enqueue(struct http_connection *connection, struct http_exchange *exchange) {
    exchange->connection = connection;
    if (connection->last == NULL) {
        connection->first = exchange;
    } else {
        connection->last->next = exchange;
    }
    connection->last = exchange;
    connection->outstanding++;
}

void http_receive_refuse(struct http_connection *connection, int status, const char *reason) {
    struct http_server *server = connection->server;
    bool is_head = connection->incoming != NULL && connection->incoming->is_head;
    if (connection->incoming != NULL) {
        http_exchange_destroy(connection->server, connection->incoming);
        connection->incoming = NULL;
    }
    connection->is_input_over = true;
    http_connection_enter(connection, HTTP_PHASE_IDLE);
    server->counts.refused++;
    struct http_exchange *exchange = http_exchange_create(server);
    if (exchange == NULL) {
        connection->is_broken = true;
        http_connection_touch(connection);
        return;
    }
    exchange->is_last = true;
    exchange->is_head = is_head;
    enqueue(connection, exchange);
    struct http_response response = {.status = status};
    server->options.refuse(server->options.context, status, reason, &exchange->arena, &response);
    if (status == 503 && response.header_count < ARRAY_LEN(response.headers)) {
        http_add_header(&response, STR("Retry-After"), STR("1"));
    }
    http_respond(exchange, &response);
}

void http_receive_allow_body(struct http_connection *connection) {
    struct http_exchange *exchange = connection->incoming;
    if (exchange != NULL && exchange->wants_continue && connection->outstanding == 0) {
        exchange->wants_continue = false;
        buf_add(&connection->out, STR("HTTP/1.1 100 Continue\r\n\r\n"));
        http_connection_touch(connection);
    }
}

/* A body as long as most is not moved while it comes; what is announced beyond that must come
 * first, before memory is taken for it. */
static bool make_room(struct http_exchange *exchange, uint64_t length) {
    size_t room = length < HTTP_BODY_ROOM ? (size_t)length : HTTP_BODY_ROOM;
    return buf_reserve(&exchange->body, room) != NULL;
}

/* Heads that are known again by their text are numbered, so that handlers may know them too. */
static uint64_t number_head(struct http_server *server, struct http_parser *parser) {
    struct http_scanned *before = &parser->before;
    if (!parser->is_scanned || before->text.len == 0) {
        return 0;
    }
    if (before->number == 0) {
        before->number = ++server->heads;
    }
    return before->number;
}

/* The head is complete: decides whether the body may come. */
static void begin_request(struct http_connection *connection) {
    struct http_server *server = connection->server;
    struct http_parser *parser = &connection->parser;
    struct http_exchange *exchange = http_exchange_create(server);
    if (exchange == NULL || !http_parser_request(parser, &exchange->arena, &exchange->request)) {
        if (exchange != NULL) {
            http_exchange_destroy(server, exchange);
        }
        http_receive_refuse(connection, 503, "The server is out of memory.");
        return;
    }
    struct http_request *request = &exchange->request;
    connection->incoming = exchange;
    exchange->is_head = str_equal(request->method, STR("HEAD"));
    request->peer = arena_str(&exchange->arena, str_from_cstr(connection->peer));
    request->head = number_head(server, parser);
    request->is_local = connection->is_local;
    request->is_secure = connection->tls != NULL;

    bool is_chunked = http_parser_is_chunked(parser);
    uint64_t length = http_parser_content_length(parser);
    if (is_chunked || length > 0) {
        exchange->body.max =
            server->options.body_max(server->options.context, request->method, request->path);
    }
    struct str expectation = http_header(request, STR("expect"));
    if (length > exchange->body.max) {
        http_receive_refuse(connection, 413, "The request body is larger than this route accepts.");
    } else if (length > 0 && !make_room(exchange, length)) {
        http_receive_refuse(connection, 503, "The server is out of memory.");
    } else if (expectation.len > 0 && !str_equal_ignoring_case(expectation, STR("100-continue"))) {
        http_receive_refuse(connection, 417, "The only expectation understood is 100-continue.");
    } else {
        /* RFC 9110 10.1.1: an HTTP/1.0 client does not know what to do with it. */
        exchange->wants_continue =
            expectation.len > 0 && (is_chunked || length > 0) && http_parser_is_current(parser);
        http_parser_body_to(parser, &exchange->body);
        enter(connection, HTTP_PHASE_BODY);
        http_receive_allow_body(connection);
    }
}

bool http_receive_has_too_much(const struct http_connection *connection) {
    return connection->outstanding >= HTTP_PIPELINE_MAX ||
           connection->out.len + connection->wire.len > HTTP_UNSENT_MAX;
}

/* The message is complete: hands it over. The handler may answer at once, which frees it. */
static void end_request(struct http_connection *connection) {
    struct http_server *server = connection->server;
    struct http_exchange *exchange = connection->incoming;
    connection->incoming = NULL;
    exchange->request.body = buf_str(&exchange->body);
    exchange->request.received_ns = server->read_ns;
    exchange->is_last = !http_parser_keeps_alive(&connection->parser);
    connection->is_input_over = exchange->is_last;
    http_parser_next(&connection->parser);
    enter(connection, HTTP_PHASE_IDLE);
    enqueue(connection, exchange);
    server->counts.requests++;
    server->options.handle(server->options.context, exchange);
}

static void pause_reading(struct http_connection *connection, struct str rest) {
    connection->is_paused = true;
    (void)uv_read_stop(&connection->socket.stream);
    buf_add(&connection->backlog, rest);
    connection->is_broken = connection->is_broken || connection->backlog.has_failed;
}

static void feed(struct http_connection *connection, struct str input) {
    enum http_parsed parsed = HTTP_PARSED_ALL;
    while ((input.len > 0 || parsed == HTTP_PARSED_HEAD) && !connection->is_input_over) {
        if (parsed != HTTP_PARSED_HEAD && http_receive_has_too_much(connection) &&
            connection->phase == HTTP_PHASE_IDLE) {
            pause_reading(connection, input);
            return;
        }
        if (connection->phase == HTTP_PHASE_IDLE) {
            enter(connection, HTTP_PHASE_HEAD);
        }
        parsed = http_parser_feed(&connection->parser, &input);
        switch (parsed) {
        case HTTP_PARSED_ALL:
            break;
        case HTTP_PARSED_HEAD:
            begin_request(connection);
            break;
        case HTTP_PARSED_MESSAGE:
            end_request(connection);
            break;
        case HTTP_PARSED_BAD:
            http_receive_refuse(connection, connection->parser.status, connection->parser.reason);
            break;
        }
    }
}

/* The client sends no more: what is outstanding is still answered (it may only have shut down its
 * sending side), what is half sent is dropped. */
static void end_input(struct http_connection *connection) {
    connection->is_input_over = true;
    connection->is_peer_done = true;
    if (connection->incoming != NULL) {
        http_exchange_destroy(connection->server, connection->incoming);
        connection->incoming = NULL;
    }
    http_connection_enter(connection, HTTP_PHASE_IDLE);
    (void)uv_read_stop(&connection->socket.stream);
}

static void decrypt(struct http_connection *connection) {
    char bytes[TLS_READ];
    while (!connection->is_paused && !connection->is_peer_done) {
        int got = http_tls_read(connection->tls, bytes, sizeof bytes);
        if (got < 0) {
            end_input(connection);
        }
        if (got <= 0) {
            return;
        }
        feed(connection, str_of(bytes, (size_t)got));
    }
}

static void take(struct http_connection *connection, struct str input) {
    connection->server->read_ns = http_server_now_ns(connection->server);
    bool is_shaking = connection->tls != NULL && !http_tls_is_ready(connection->tls);
    if (connection->is_input_over && !is_shaking) {
        connection->discarded += input.len;
        connection->is_broken = connection->is_broken || connection->discarded > HTTP_DISCARD_MAX;
    } else if (connection->tls == NULL) {
        feed(connection, input);
    } else if (http_tls_receive(connection->tls, input)) {
        decrypt(connection);
    } else {
        connection->is_broken = true;
    }
    http_connection_touch(connection);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf) {
    struct http_connection *connection = handle->data;
    (void)suggested;
    *ret_buf = uv_buf_init(connection->server->read_bytes, HTTP_READ_SIZE);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf) {
    struct http_connection *connection = stream->data;
    if (len > 0) {
        take(connection, str_of(buf->base, (size_t)len));
    } else if (len == UV_EOF) {
        end_input(connection);
        http_connection_touch(connection);
    } else if (len < 0) {
        connection->is_broken = true;
        http_connection_touch(connection);
    }
}

int http_receive_start(struct http_connection *connection) {
    return uv_read_start(&connection->socket.stream, on_alloc, on_read);
}

void http_receive_resume(struct http_connection *connection) {
    connection->is_paused = false;
    struct buf held = connection->backlog;
    buf_init(&connection->backlog, connection->server->env, held.max);
    connection->server->read_ns = http_server_now_ns(connection->server);
    feed(connection, buf_str(&held));
    buf_finish(&held);
    if (connection->tls != NULL && !connection->is_paused) {
        decrypt(connection);
    }
    if (!connection->is_paused && !connection->is_peer_done &&
        http_receive_start(connection) != 0) {
        connection->is_broken = true;
    }
    http_connection_touch(connection);
}
