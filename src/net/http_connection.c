/* One client: reading, the bounds of a request, the queue of exchanges, writing, closing.
 *
 * Nothing here closes or writes while bytes are being parsed: handlers answer in the middle of
 * that. Whoever has changed something touches the connection, and http_connection_service() does
 * what is due before the loop sleeps; all answers of one wake-up therefore leave in one write. */
#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "base/limits.h"
#include "net/http_internal.h"

enum {
    NS_PER_MS = 1000 * 1000,
    WIRE_MAX = LIMIT_REQUEST_ARENA * 2, /* encrypted bytes are a little more than plain ones */
    TLS_READ = 16 * 1024,               /* a TLS record carries no more */
    KEEP_BYTES = 64 * 1024,             /* buffer memory that an idle connection may keep */
};

static void enter(struct http_connection *connection, enum http_phase phase) {
    connection->phase = phase;
    connection->phase_ns = http_server_now_ns(connection->server);
}

static int64_t ms_since(uint64_t then_ns, uint64_t now_ns) {
    return now_ns <= then_ns ? 0 : (int64_t)((now_ns - then_ns) / NS_PER_MS);
}

/* --- requests in --- */

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

/* Answers in the place of a handler, behind what is outstanding, and takes no further request. */
static void refuse(struct http_connection *connection, int status, const char *reason) {
    struct http_server *server = connection->server;
    bool is_head = connection->incoming != NULL && connection->incoming->is_head;
    if (connection->incoming != NULL) {
        http_exchange_destroy(connection->incoming);
        connection->incoming = NULL;
    }
    connection->is_input_over = true;
    enter(connection, HTTP_PHASE_IDLE);
    server->counts.refused++;
    struct http_exchange *exchange = http_exchange_create(server->env);
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

/* The client waits for leave to send its body; that must not overtake an earlier answer. */
static void allow_body(struct http_connection *connection) {
    struct http_exchange *exchange = connection->incoming;
    if (exchange != NULL && exchange->wants_continue && connection->outstanding == 0) {
        exchange->wants_continue = false;
        buf_add(&connection->out, STR("HTTP/1.1 100 Continue\r\n\r\n"));
        http_connection_touch(connection);
    }
}

/* The head is complete: decides whether the body may come. */
static void begin_request(struct http_connection *connection) {
    struct http_server *server = connection->server;
    struct http_parser *parser = &connection->parser;
    struct http_exchange *exchange = http_exchange_create(server->env);
    if (exchange == NULL || !http_parser_request(parser, &exchange->arena, &exchange->request)) {
        if (exchange != NULL) {
            http_exchange_destroy(exchange);
        }
        refuse(connection, 503, "The server is out of memory.");
        return;
    }
    struct http_request *request = &exchange->request;
    connection->incoming = exchange;
    exchange->is_head = str_equal(request->method, STR("HEAD"));
    request->peer = arena_str(&exchange->arena, str_from_cstr(connection->peer));
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
        refuse(connection, 413, "The request body is larger than this route accepts.");
    } else if (expectation.len > 0 && !str_equal_ignoring_case(expectation, STR("100-continue"))) {
        refuse(connection, 417, "The only expectation understood is 100-continue.");
    } else {
        exchange->wants_continue = expectation.len > 0 && (is_chunked || length > 0);
        http_parser_body_to(parser, &exchange->body);
        enter(connection, HTTP_PHASE_BODY);
        allow_body(connection);
    }
}

static bool has_too_much(const struct http_connection *connection) {
    return connection->outstanding >= HTTP_PIPELINE_MAX ||
           connection->out.len + connection->wire.len > HTTP_UNSENT_MAX;
}

/* The message is complete: hands it over. The handler may answer at once, which frees it. */
static void end_request(struct http_connection *connection) {
    struct http_server *server = connection->server;
    struct http_exchange *exchange = connection->incoming;
    connection->incoming = NULL;
    exchange->request.body = buf_str(&exchange->body);
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
        if (parsed != HTTP_PARSED_HEAD && has_too_much(connection) &&
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
            refuse(connection, connection->parser.status, connection->parser.reason);
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
        http_exchange_destroy(connection->incoming);
        connection->incoming = NULL;
    }
    enter(connection, HTTP_PHASE_IDLE);
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
    if (connection->is_input_over) {
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

/* --- answers out --- */

static void on_written(uv_write_t *write, int status) {
    struct http_connection *connection = write->data;
    connection->is_writing = false;
    buf_clear(&connection->wire);
    connection->is_broken = connection->is_broken || status < 0;
    if (!connection->is_closing) {
        http_connection_touch(connection);
    }
}

/* Hands `wire` to the kernel, and to libuv what the kernel does not take at once. */
static void write_wire(struct http_connection *connection) {
    struct buf *wire = &connection->wire;
    check(wire->len <= WIRE_MAX);
    uv_buf_t bytes = uv_buf_init(wire->bytes, (unsigned)wire->len);
    int sent = uv_try_write(&connection->socket.stream, &bytes, 1);
    if (sent < 0 && sent != UV_EAGAIN) {
        connection->is_broken = true;
        return;
    }
    size_t done = sent < 0 ? 0 : (size_t)sent;
    if (done == wire->len) {
        buf_clear(wire);
        return;
    }
    bytes = uv_buf_init(wire->bytes + done, (unsigned)(wire->len - done));
    connection->write.data = connection;
    if (uv_write(&connection->write, &connection->socket.stream, &bytes, 1, on_written) != 0) {
        connection->is_broken = true;
        return;
    }
    connection->is_writing = true;
    connection->write_ns = http_server_now_ns(connection->server);
    connection->write_left = wire->len - done;
}

static void flush(struct http_connection *connection) {
    if (connection->is_writing || connection->is_lingering) {
        return;
    }
    if (connection->tls == NULL) {
        struct buf empty = connection->wire;
        check(empty.len == 0);
        connection->wire = connection->out;
        connection->out = empty;
    } else if (!http_tls_write(connection->tls, &connection->out, &connection->wire)) {
        connection->is_input_over = true; /* `wire` may hold the alert that says why */
        connection->is_output_over = true;
        buf_clear(&connection->out);
    }
    if (connection->wire.len > 0) {
        write_wire(connection);
    }
    if (connection->wire.len == 0 && connection->wire.capacity > KEEP_BYTES) {
        buf_finish(&connection->wire);
    }
}

static void on_shutdown(uv_shutdown_t *shutdown, int status) {
    struct http_connection *connection = shutdown->handle->data;
    if (status < 0 && !connection->is_closing) {
        http_connection_close(connection);
    }
}

/* Closing a socket that has unread bytes makes the kernel reset the connection, and the reset may
 * overtake the answer. So: say that nothing more comes, read and drop for a moment, then close
 * (RFC 9112 9.6). */
static void linger(struct http_connection *connection) {
    connection->is_lingering = true;
    connection->is_input_over = true;
    enter(connection, HTTP_PHASE_IDLE);
    if (connection->tls != NULL) {
        http_tls_end(connection->tls, &connection->wire);
        uv_buf_t bytes = uv_buf_init(connection->wire.bytes, (unsigned)connection->wire.len);
        if (bytes.len > 0) {
            (void)uv_try_write(&connection->socket.stream, &bytes, 1);
            buf_clear(&connection->wire);
        }
    }
    connection->is_paused = false;
    buf_finish(&connection->backlog);
    int read = uv_read_start(&connection->socket.stream, on_alloc, on_read);
    int shut = uv_shutdown(&connection->shutdown, &connection->socket.stream, on_shutdown);
    if ((read != 0 && read != UV_EALREADY) || shut != 0) {
        http_connection_close(connection);
    }
}

static void resume_reading(struct http_connection *connection) {
    connection->is_paused = false;
    struct buf held = connection->backlog;
    buf_init(&connection->backlog, connection->server->env, held.max);
    feed(connection, buf_str(&held));
    buf_finish(&held);
    if (connection->tls != NULL && !connection->is_paused) {
        decrypt(connection);
    }
    if (!connection->is_paused && !connection->is_peer_done &&
        uv_read_start(&connection->socket.stream, on_alloc, on_read) != 0) {
        connection->is_broken = true;
    }
    http_connection_touch(connection);
}

/* --- life --- */

bool http_connection_is_idle(const struct http_connection *connection) {
    return connection->phase == HTTP_PHASE_IDLE && connection->outstanding == 0 &&
           connection->out.len == 0 && !connection->is_writing && !connection->is_paused;
}

void http_connection_touch(struct http_connection *connection) {
    if (!connection->is_dirty && !connection->is_closing) {
        connection->is_dirty = true;
        connection->next_dirty = connection->server->dirty;
        connection->server->dirty = connection;
    }
}

void http_connection_service(struct http_connection *connection) {
    if (connection->is_closing) {
        return;
    }
    allow_body(connection);
    if (!connection->is_broken) {
        flush(connection);
    }
    if (connection->is_broken) {
        http_connection_close(connection);
        return;
    }
    if (connection->is_writing || connection->is_lingering) {
        if (connection->is_lingering && connection->is_peer_done) {
            http_connection_close(connection);
        }
        return;
    }
    if (connection->is_peer_done && connection->outstanding == 0) {
        http_connection_close(connection);
    } else if (connection->is_output_over) {
        linger(connection);
    } else if (connection->is_paused && !has_too_much(connection)) {
        resume_reading(connection);
    } else if (connection->server->state != HTTP_RUNNING && http_connection_is_idle(connection)) {
        http_connection_close(connection);
    } else if (connection->outstanding == 0 && connection->phase == HTTP_PHASE_IDLE) {
        enter(connection, HTTP_PHASE_IDLE); /* keep-alive counts from the last answer */
    }
}

/* A body that has had its free time must have come at the least rate, on the average. */
static bool is_body_slow(const struct http_connection *connection, uint64_t now_ns) {
    int64_t ms = ms_since(connection->phase_ns, now_ns);
    if (ms <= HTTP_BODY_FREE_MS || connection->incoming == NULL) {
        return false;
    }
    return (int64_t)connection->incoming->body.len < ms * HTTP_BODY_RATE / 1000;
}

static bool is_write_stuck(struct http_connection *connection, uint64_t now_ns) {
    size_t left = uv_stream_get_write_queue_size(&connection->socket.stream);
    if (left != connection->write_left) {
        connection->write_left = left;
        connection->write_ns = now_ns;
    }
    return ms_since(connection->write_ns, now_ns) > HTTP_IDLE_MS;
}

void http_connection_sweep(struct http_connection *connection, uint64_t now_ns) {
    int64_t ms = ms_since(connection->phase_ns, now_ns);
    if (connection->is_closing) {
        return;
    }
    if (connection->is_lingering) {
        if (ms > HTTP_LINGER_MS) {
            http_connection_close(connection);
        }
    } else if (connection->is_writing) {
        if (is_write_stuck(connection, now_ns)) {
            http_connection_close(connection);
        }
    } else if (connection->tls != NULL && !http_tls_is_ready(connection->tls)) {
        if (ms > LIMIT_HEADER_TIME_MS) {
            http_connection_close(connection);
        }
    } else if (connection->phase == HTTP_PHASE_HEAD && ms > LIMIT_HEADER_TIME_MS) {
        refuse(connection, 408, "The header section took longer than 10 seconds.");
    } else if (connection->phase == HTTP_PHASE_BODY && is_body_slow(connection, now_ns)) {
        refuse(connection, 408, "The request body came slower than 1 KiB a second.");
    } else if (http_connection_is_idle(connection) && ms > HTTP_IDLE_MS) {
        http_connection_close(connection);
    }
}

static void unlink_connection(struct http_connection *connection) {
    struct http_server *server = connection->server;
    if (connection->before != NULL) {
        connection->before->next = connection->next;
    } else {
        server->connections = connection->next;
    }
    if (connection->next != NULL) {
        connection->next->before = connection->before;
    }
    for (struct http_connection **at = &server->dirty; *at != NULL; at = &(*at)->next_dirty) {
        if (*at == connection) {
            *at = connection->next_dirty;
            break;
        }
    }
}

static void on_closed(uv_handle_t *handle) {
    struct http_connection *connection = handle->data;
    struct http_server *server = connection->server;
    http_tls_destroy(connection->tls);
    http_parser_finish(&connection->parser);
    buf_finish(&connection->backlog);
    buf_finish(&connection->out);
    buf_finish(&connection->wire);
    env_free(server->env, connection);
    http_server_handle_closed(server);
}

void http_connection_close(struct http_connection *connection) {
    if (connection->is_closing) {
        return;
    }
    connection->is_closing = true;
    unlink_connection(connection);
    connection->server->counts.connections_open--;
    if (connection->incoming != NULL) {
        http_exchange_destroy(connection->incoming);
        connection->incoming = NULL;
    }
    struct http_exchange *exchange = connection->first;
    while (exchange != NULL) {
        struct http_exchange *next = exchange->next;
        if (exchange->is_answered) {
            http_exchange_destroy(exchange);
        } else {
            exchange->connection = NULL;
            exchange->next = NULL;
        }
        exchange = next;
    }
    connection->first = NULL;
    connection->last = NULL;
    uv_close(&connection->socket.handle, on_closed);
}

static void name_peer(struct http_connection *connection) {
    struct sockaddr_storage address = {0};
    int len = sizeof address;
    if (connection->is_local) {
        memcpy(connection->peer, "unix", sizeof "unix");
    } else if (uv_tcp_getpeername(&connection->socket.tcp, (struct sockaddr *)&address, &len) ==
               0) {
        const void *at = &address;
        if (address.ss_family == AF_INET) {
            (void)uv_ip4_name(at, connection->peer, sizeof connection->peer);
        } else {
            (void)uv_ip6_name(at, connection->peer, sizeof connection->peer);
        }
    }
}

/* Over the limit a client is told so, unless there are too many even for that. */
static void admit(struct http_connection *connection) {
    struct http_server *server = connection->server;
    size_t max = server->options.connections_max;
    if (server->counts.connections_open > max + HTTP_SURPLUS_MAX) {
        connection->is_broken = true;
        http_connection_touch(connection);
    } else if (server->counts.connections_open > max) {
        refuse(connection, 503, "The server has too many connections.");
    }
}

bool http_connection_accept(struct http_listener *listener) {
    struct http_server *server = listener->server;
    struct http_connection *connection = env_alloc(server->env, sizeof *connection);
    if (connection == NULL) {
        return false;
    }
    *connection = (struct http_connection){
        .server = server, .is_local = listener->address.is_unix, .next = server->connections};
    http_parser_init(&connection->parser, server->env);
    buf_init(&connection->backlog, server->env, HTTP_READ_SIZE);
    buf_init(&connection->out, server->env, WIRE_MAX);
    buf_init(&connection->wire, server->env, WIRE_MAX);
    uv_loop_t *loop = server->options.loop;
    int made = connection->is_local ? uv_pipe_init(loop, &connection->socket.pipe, 0)
                                    : uv_tcp_init(loop, &connection->socket.tcp);
    check(made == 0); /* without flags, both only fill in the handle */
    connection->socket.handle.data = connection;
    if (server->connections != NULL) {
        server->connections->before = connection;
    }
    server->connections = connection;
    server->handles++;
    server->counts.connections_open++;
    server->counts.connections_total++;
    enter(connection, HTTP_PHASE_IDLE);
    if (server->tls != NULL && !connection->is_local) {
        connection->tls = http_tls_create(server->env, server->tls);
    }
    bool has_tls = (connection->tls != NULL) == (server->tls != NULL && !connection->is_local);
    if (uv_accept(&listener->socket.stream, &connection->socket.stream) != 0 || !has_tls ||
        uv_read_start(&connection->socket.stream, on_alloc, on_read) != 0) {
        http_connection_close(connection);
        return true;
    }
    if (!connection->is_local) {
        (void)uv_tcp_nodelay(&connection->socket.tcp, 1);
    }
    name_peer(connection);
    admit(connection);
    return true;
}
