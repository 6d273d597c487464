/* The least that an HTTP server can be: libuv and llhttp, and one answer to whatever is asked.
 *
 *   plain_server [BODY [HEADER-LINES]]
 *
 * Prints the port of 127.0.0.1 that it listens on. It reads what is there, parses all of it, and
 * answers with one write, as the program's own server does; but it looks at nothing, decides
 * nothing and checks nothing that llhttp does not. What is slower than this, by how much, is what
 * the program costs beside the kernel and the parser. */
#include <llhttp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { READ_SIZE = 64 * 1024, ANSWER_MAX = 2048, ANSWERS_MAX = 256 };

struct server {
    uv_loop_t loop;
    uv_tcp_t listener;
    llhttp_settings_t callbacks;
    size_t answer_len;
    char answers[ANSWERS_MAX * ANSWER_MAX]; /* the answer, as often as one write may hold it */
    char read_bytes[READ_SIZE];
};

struct connection {
    struct server *server;
    uv_tcp_t socket;
    llhttp_t parser;
    size_t asked; /* requests parsed and not yet answered */
};

static void ensure(int is_good, const char *what) {
    if (!is_good) {
        fprintf(stderr, "plain_server: %s\n", what);
        exit(1);
    }
}

static int on_message_complete(llhttp_t *parser) {
    struct connection *connection = parser->data;
    connection->asked++;
    return 0;
}

static void on_closed(uv_handle_t *handle) {
    free(handle->data);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf) {
    struct connection *connection = handle->data;
    (void)suggested;
    *ret_buf = uv_buf_init(connection->server->read_bytes, READ_SIZE);
}

/* The clients of a bench read what they have asked for, so that the kernel takes it all at once. */
static int answer(struct connection *connection) {
    struct server *server = connection->server;
    while (connection->asked > 0) {
        size_t count = connection->asked < ANSWERS_MAX ? connection->asked : ANSWERS_MAX;
        uv_buf_t bytes = uv_buf_init(server->answers, (unsigned)(count * server->answer_len));
        if (uv_try_write((uv_stream_t *)&connection->socket, &bytes, 1) != (int)bytes.len) {
            return 0;
        }
        connection->asked -= count;
    }
    return 1;
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf) {
    struct connection *connection = stream->data;
    if (len == 0) {
        return;
    }
    if (len < 0 || llhttp_execute(&connection->parser, buf->base, (size_t)len) != HPE_OK ||
        !answer(connection)) {
        uv_close((uv_handle_t *)stream, on_closed);
    }
}

static void on_connection(uv_stream_t *listener, int status) {
    struct server *server = listener->data;
    struct connection *connection = calloc(1, sizeof *connection);
    ensure(status == 0 && connection != NULL, "a connection failed");
    connection->server = server;
    llhttp_init(&connection->parser, HTTP_REQUEST, &server->callbacks);
    connection->parser.data = connection;
    ensure(uv_tcp_init(&server->loop, &connection->socket) == 0, "no socket");
    connection->socket.data = connection;
    ensure(uv_accept(listener, (uv_stream_t *)&connection->socket) == 0 &&
               uv_tcp_nodelay(&connection->socket, 1) == 0 &&
               uv_read_start((uv_stream_t *)&connection->socket, on_alloc, on_read) == 0,
           "a connection could not be accepted");
}

static void make_answers(struct server *server, const char *body, const char *headers) {
    char answer[ANSWER_MAX];
    int len = snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n%s",
                       headers, strlen(body), body);
    ensure(len > 0 && len < ANSWER_MAX, "the answer is too long");
    server->answer_len = (size_t)len;
    for (size_t i = 0; i < ANSWERS_MAX; i++) {
        memcpy(server->answers + i * server->answer_len, answer, server->answer_len);
    }
}

static int listen_on_loopback(struct server *server) {
    struct sockaddr_in address;
    int len = sizeof address;
    server->listener.data = server;
    ensure(uv_ip4_addr("127.0.0.1", 0, &address) == 0 &&
               uv_tcp_init(&server->loop, &server->listener) == 0 &&
               uv_tcp_bind(&server->listener, (const struct sockaddr *)&address, 0) == 0 &&
               uv_listen((uv_stream_t *)&server->listener, 1024, on_connection) == 0 &&
               uv_tcp_getsockname(&server->listener, (struct sockaddr *)&address, &len) == 0,
           "127.0.0.1 cannot be listened on");
    return ntohs(address.sin_port);
}

int main(int count, char **words) {
    static struct server server;
    llhttp_settings_init(&server.callbacks);
    server.callbacks.on_message_complete = on_message_complete;
    make_answers(&server, count > 1 ? words[1] : "ok", count > 2 ? words[2] : "");
    ensure(uv_loop_init(&server.loop) == 0, "no loop");
    printf("%d\n", listen_on_loopback(&server));
    fflush(stdout);
    return uv_run(&server.loop, UV_RUN_DEFAULT);
}
