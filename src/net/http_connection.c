/* One client's connection: accepting, writing, time bounds, closing. http_receive.c reads.
 *
 * Whoever has changed something touches the connection, and http_connection_service() does what is
 * due before the loop sleeps; all answers of one wake-up therefore leave in one write. */
#include <string.h>

#include "base/check.h"
#include "base/limits.h"
#include "net/http_connection.h"

enum {
    NS_PER_MS = 1000 * 1000,
    WIRE_MAX = LIMIT_REQUEST_ARENA * 2, /* encrypted bytes are a little more than plain ones */
    KEEP_BYTES = 64 * 1024,             /* buffer memory that an idle connection may keep */
};

void http_connection_enter(struct http_connection *connection, enum http_phase phase) {
    connection->phase = phase;
    connection->phase_ns = http_server_now_ns(connection->server);
}

static int64_t ms_since(uint64_t then_ns, uint64_t now_ns) {
    return now_ns <= then_ns ? 0 : (int64_t)((now_ns - then_ns) / NS_PER_MS);
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

/* Hands bytes to the kernel; how many it took. */
static size_t write_some(struct http_connection *connection, const struct buf *from) {
    check(from->len <= WIRE_MAX);
    uv_buf_t bytes = uv_buf_init(from->bytes, (unsigned)from->len);
    int sent = uv_try_write(&connection->socket.stream, &bytes, 1);
    connection->is_broken = connection->is_broken || (sent < 0 && sent != UV_EAGAIN);
    return sent < 0 ? 0 : (size_t)sent;
}

/* Gives libuv what the kernel did not take of `wire`, which is all from `done` on. */
static void write_rest(struct http_connection *connection, size_t done) {
    struct buf *wire = &connection->wire;
    uv_buf_t bytes = uv_buf_init(wire->bytes + done, (unsigned)(wire->len - done));
    connection->write.data = connection;
    if (uv_write(&connection->write, &connection->socket.stream, &bytes, 1, on_written) != 0) {
        connection->is_broken = true;
        return;
    }
    connection->is_writing = true;
    connection->write_ns = http_server_now_ns(connection->server);
    connection->write_left = wire->len - done;
}

/* A source whose reader is quick would never let the loop turn: what is read of it is handed to
 * libuv at once, whose callback comes in the next turn, and the next piece is read then. */
static bool is_sourcing(const struct http_connection *connection) {
    return connection->first != NULL && connection->first->is_sourcing;
}

/* What is plain goes to the kernel from where it was written, which nearly always takes all of it:
 * a second buffer would be memory that each answer has to bring near. */
static void flush_plain(struct http_connection *connection) {
    struct buf *out = &connection->out;
    size_t done = is_sourcing(connection) ? 0 : write_some(connection, out);
    if (connection->is_broken) {
        return;
    }
    if (done == out->len) {
        buf_clear(out);
        return;
    }
    struct buf empty = connection->wire;
    check(empty.len == 0);
    connection->wire = *out;
    *out = empty;
    write_rest(connection, done);
}

static void flush_tls(struct http_connection *connection) {
    struct buf *wire = &connection->wire;
    if (!http_tls_write(connection->tls, &connection->out, wire)) {
        connection->is_input_over = true; /* `wire` may hold the alert that says why */
        connection->is_output_over = true;
        buf_clear(&connection->out);
    }
    bool is_asked = wire->len > 0 && !is_sourcing(connection);
    size_t done = is_asked ? write_some(connection, wire) : 0;
    if (connection->is_broken) {
        return;
    }
    if (done == wire->len) {
        buf_clear(wire);
    } else {
        write_rest(connection, done);
    }
}

static void forget_large(struct buf *buf) {
    if (buf->len == 0 && buf->capacity > KEEP_BYTES) {
        buf_finish(buf);
    }
}

static void flush(struct http_connection *connection) {
    if (connection->is_writing || connection->is_lingering) {
        return;
    }
    if (connection->tls != NULL) {
        flush_tls(connection);
    } else if (connection->out.len > 0) {
        flush_plain(connection);
    }
    forget_large(&connection->wire);
    forget_large(&connection->out);
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
    http_connection_enter(connection, HTTP_PHASE_IDLE);
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
    int read = http_receive_start(connection);
    int shut = uv_shutdown(&connection->shutdown, &connection->socket.stream, on_shutdown);
    if ((read != 0 && read != UV_EALREADY) || shut != 0) {
        http_connection_close(connection);
    }
}

/* --- life --- */

bool http_connection_is_idle(const struct http_connection *connection) {
    return connection->phase == HTTP_PHASE_IDLE && connection->outstanding == 0 &&
           connection->out.len == 0 && !connection->is_writing && !connection->is_paused;
}

bool http_connection_is_streaming(const struct http_connection *connection) {
    return connection->first != NULL && connection->first->is_streaming;
}

void http_connection_touch(struct http_connection *connection) {
    if (!connection->is_dirty && !connection->is_closing) {
        struct http_server *server = connection->server;
        connection->is_dirty = true;
        connection->next_dirty = NULL;
        *server->dirty_end = connection;
        server->dirty_end = &connection->next_dirty;
    }
}

struct http_connection *http_connection_take_dirty(struct http_server *server) {
    struct http_connection *connection = server->dirty;
    if (connection != NULL) {
        connection->is_dirty = false;
        server->dirty = connection->next_dirty;
        server->dirty_end = server->dirty == NULL ? &server->dirty : server->dirty_end;
    }
    return connection;
}

static void forget_dirty(struct http_connection *connection) {
    struct http_server *server = connection->server;
    struct http_connection **at = &server->dirty;
    while (connection->is_dirty && *at != connection) {
        at = &(*at)->next_dirty;
    }
    if (connection->is_dirty) {
        connection->is_dirty = false;
        *at = connection->next_dirty;
        server->dirty_end = *at == NULL ? at : server->dirty_end;
    }
}

void http_connection_service(struct http_connection *connection) {
    if (connection->is_closing) {
        return;
    }
    http_receive_allow_body(connection);
    if (!connection->is_broken && !connection->is_writing && !connection->is_lingering) {
        http_exchange_fill(connection);
    }
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
    bool is_waited_for = connection->outstanding > 0 && !http_connection_is_streaming(connection);
    if (connection->is_peer_done && !is_waited_for) {
        http_connection_close(connection);
    } else if (connection->out.len > 0) {
        return; /* a TLS handshake is not done yet */
    } else if (connection->is_output_over) {
        linger(connection);
    } else if (connection->is_paused && !http_receive_has_too_much(connection)) {
        http_receive_resume(connection);
    } else if (connection->server->state != HTTP_RUNNING && http_connection_is_idle(connection)) {
        http_connection_close(connection);
    } else if (connection->outstanding == 0 && connection->phase == HTTP_PHASE_IDLE) {
        http_connection_enter(connection,
                              HTTP_PHASE_IDLE); /* keep-alive counts from the last answer */
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
        http_receive_refuse(connection, 408, "The header section took longer than 10 seconds.");
    } else if (connection->phase == HTTP_PHASE_BODY && is_body_slow(connection, now_ns)) {
        http_receive_refuse(connection, 408, "The request body came slower than 1 KiB a second.");
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
    forget_dirty(connection);
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
        http_exchange_destroy(connection->server, connection->incoming);
        connection->incoming = NULL;
    }
    struct http_exchange *exchange = connection->first;
    while (exchange != NULL) {
        struct http_exchange *next = exchange->next;
        http_exchange_close(exchange);
        if (exchange->is_answered) {
            http_exchange_destroy(connection->server, exchange);
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
        http_receive_refuse(connection, 503, "The server has too many connections.");
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
    http_connection_enter(connection, HTTP_PHASE_IDLE);
    if (server->tls != NULL && !connection->is_local) {
        connection->tls = http_tls_create(server->env, server->tls);
    }
    bool has_tls = (connection->tls != NULL) == (server->tls != NULL && !connection->is_local);
    if (uv_accept(&listener->socket.stream, &connection->socket.stream) != 0 || !has_tls ||
        http_receive_start(connection) != 0) {
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
