#include "bench/plain_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void plain_ensure(bool is_good, const char *what) {
    if (!is_good) {
        fprintf(stderr, "plain server: %s\n", what);
        exit(1);
    }
}

/* --- connections --- */

static void on_closed(uv_handle_t *handle) {
    struct plain_connection *connection = handle->data;
    free(connection->body);
    free(connection);
}

static void close_connection(struct plain_connection *connection) {
    connection->is_gone = true;
    (void)uv_read_stop((uv_stream_t *)&connection->socket);
    if (!connection->is_held) {
        uv_close((uv_handle_t *)&connection->socket, on_closed);
    }
}

bool plain_release(struct plain_connection *connection) {
    connection->is_held = false;
    if (connection->is_gone) {
        close_connection(connection);
        return false;
    }
    return true;
}

bool plain_send(struct plain_connection *connection, const char *bytes, size_t len) {
    uv_buf_t buf = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)len);
    return uv_try_write((uv_stream_t *)&connection->socket, &buf, 1) == (int)len;
}

/* --- requests --- */

static int on_body(llhttp_t *parser, const char *at, size_t len) {
    struct plain_connection *connection = parser->data;
    size_t wanted = connection->body_len + len;
    if (wanted > connection->body_capacity) {
        connection->body_capacity = wanted * 2;
        connection->body = realloc(connection->body, connection->body_capacity);
        plain_ensure(connection->body != NULL, "no memory");
    }
    memcpy(connection->body + connection->body_len, at, len);
    connection->body_len = wanted;
    return 0;
}

static int on_message_complete(llhttp_t *parser) {
    struct plain_connection *connection = parser->data;
    connection->asked++;
    connection->server->on_request(connection);
    return 0;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf) {
    struct plain_connection *connection = handle->data;
    (void)suggested;
    *ret_buf = uv_buf_init(connection->server->read_bytes, PLAIN_READ_SIZE);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf) {
    struct plain_connection *connection = stream->data;
    if (len == 0) {
        return;
    }
    if (len < 0 || llhttp_execute(&connection->parser, buf->base, (size_t)len) != HPE_OK ||
        !connection->server->on_turn(connection)) {
        close_connection(connection);
    }
}

/* --- the server --- */

static void on_connection(uv_stream_t *listener, int status) {
    struct plain_server *server = listener->data;
    struct plain_connection *connection = calloc(1, sizeof *connection);
    plain_ensure(status == 0 && connection != NULL, "a connection failed");
    connection->server = server;
    llhttp_init(&connection->parser, HTTP_REQUEST, &server->callbacks);
    connection->parser.data = connection;
    plain_ensure(uv_tcp_init(&server->loop, &connection->socket) == 0, "no socket");
    connection->socket.data = connection;
    plain_ensure(uv_accept(listener, (uv_stream_t *)&connection->socket) == 0 &&
                     uv_tcp_nodelay(&connection->socket, 1) == 0 &&
                     uv_read_start((uv_stream_t *)&connection->socket, on_alloc, on_read) == 0,
                 "a connection could not be accepted");
}

void plain_listen(struct plain_server *server) {
    struct sockaddr_in address;
    int len = sizeof address;
    llhttp_settings_init(&server->callbacks);
    server->callbacks.on_message_complete = on_message_complete;
    server->callbacks.on_body = server->keeps_bodies ? on_body : NULL;
    server->listener.data = server;
    plain_ensure(uv_loop_init(&server->loop) == 0 && uv_ip4_addr("127.0.0.1", 0, &address) == 0 &&
                     uv_tcp_init(&server->loop, &server->listener) == 0 &&
                     uv_tcp_bind(&server->listener, (const struct sockaddr *)&address, 0) == 0 &&
                     uv_listen((uv_stream_t *)&server->listener, 1024, on_connection) == 0 &&
                     uv_tcp_getsockname(&server->listener, (struct sockaddr *)&address, &len) == 0,
                 "127.0.0.1 cannot be listened on");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
}
