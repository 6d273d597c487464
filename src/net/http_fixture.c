#include "net/http_fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* How often a wait looks again before the test fails; each look waits for up to a millisecond. */
enum { LOOKS_MAX = 5000 };

static uint64_t fixture_mono_ns(struct env *env) {
    return ((const struct fixture *)(const void *)env)->mono_ns;
}

static size_t fixture_body_max(void *context, struct str method, struct str path) {
    (void)context;
    (void)method;
    return str_equal(path, STR("/large")) ? (size_t)8 << 20 : FIXTURE_BODY_MAX;
}

static void fixture_refuse(void *context, int status, const char *reason, struct arena *arena,
                           struct http_response *ret_response) {
    (void)context;
    ret_response->status = status;
    ret_response->body = arena_printf(arena, "refused: %s", reason);
}

static void fixture_handle(void *context, struct http_exchange *exchange) {
    struct fixture *fixture = context;
    const struct http_request *request = http_exchange_request(exchange);
    (void)snprintf(fixture->last_peer, sizeof fixture->last_peer, STR_FMT, STR_ARG(request->peer));
    fixture->was_local = request->is_local;
    fixture->was_secure = request->is_secure;
    if (str_equal(request->path, STR("/hold"))) {
        assert_true(fixture->held_count < FIXTURE_HELD_MAX);
        fixture->held[fixture->held_count++] = exchange;
        return;
    }
    struct http_response response = {.status = 200};
    http_add_header(&response, STR("X-Echo"), http_header(request, STR("x-echo")));
    if (str_equal(request->path, STR("/big"))) {
        size_t len = (size_t)4 << 20;
        char *bytes = arena_alloc(http_exchange_arena(exchange), len);
        assert_non_null(bytes);
        memset(bytes, 'b', len);
        response.body = str_of(bytes, len);
    } else {
        response.body =
            arena_printf(http_exchange_arena(exchange), STR_FMT " " STR_FMT "?" STR_FMT " " STR_FMT,
                         STR_ARG(request->method), STR_ARG(request->path), STR_ARG(request->query),
                         STR_ARG(request->body));
    }
    http_respond(exchange, &response);
}

struct http_server_options fixture_options(struct fixture *fixture) {
    return (struct http_server_options){
        .env = &fixture->env,
        .loop = &fixture->loop,
        .handle = fixture_handle,
        .body_max = fixture_body_max,
        .refuse = fixture_refuse,
        .context = fixture,
    };
}

struct fixture *fixture_empty(void) {
    struct fixture *fixture = test_calloc(1, sizeof *fixture);
    env_posix_init(&fixture->env);
    fixture->env.mono_ns = fixture_mono_ns;
    fixture->mono_ns = 1;
    arena_init(&fixture->arena, &fixture->env, 1 << 20);
    cx_init(&fixture->cx, &fixture->env, &fixture->arena);
    assert_int_equal(uv_loop_init(&fixture->loop), 0);
    return fixture;
}

void fixture_start(struct fixture *fixture, const struct http_server_options *options) {
    struct err err = http_server_create(&fixture->cx, options, &fixture->server);
    assert_int_equal(err.code, ERR_NONE);
    err = http_server_listen(&fixture->cx, fixture->server, STR("127.0.0.1:0"));
    assert_int_equal(err.code, ERR_NONE);
    assert_true(http_server_port(fixture->server) > 0);
}

struct fixture *fixture_create(void) {
    struct fixture *fixture = fixture_empty();
    struct http_server_options options = fixture_options(fixture);
    fixture_start(fixture, &options);
    return fixture;
}

void fixture_destroy(struct fixture *fixture) {
    http_server_destroy(fixture->server);
    for (size_t i = 0; i < fixture->held_count; i++) {
        if (fixture->held[i] != NULL) {
            fixture_answer(fixture, i, "too late");
        }
    }
    (void)uv_run(&fixture->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&fixture->loop), 0);
    arena_finish(&fixture->arena);
    test_free(fixture);
}

void fixture_turn(struct fixture *fixture) {
    for (int i = 0; i < 8; i++) {
        (void)uv_run(&fixture->loop, UV_RUN_NOWAIT);
    }
}

void fixture_advance(struct fixture *fixture, int64_t ms) {
    fixture->mono_ns += (uint64_t)ms * 1000 * 1000;
    http_server_sweep(fixture->server);
    fixture_turn(fixture);
}

void fixture_answer(struct fixture *fixture, size_t held, const char *body) {
    assert_true(held < fixture->held_count);
    struct http_exchange *exchange = fixture->held[held];
    assert_non_null(exchange);
    fixture->held[held] = NULL;
    struct http_response response = {.status = 200, .body = str_from_cstr(body)};
    http_respond(exchange, &response);
}

static void on_stopped(void *context) {
    struct fixture *fixture = context;
    fixture->is_stopped = true;
}

void fixture_stop(struct fixture *fixture, int64_t grace_ms) {
    http_server_stop(fixture->server, grace_ms, on_stopped, fixture);
}

bool fixture_until_stopped(struct fixture *fixture) {
    for (int i = 0; i < LOOKS_MAX && !fixture->is_stopped; i++) {
        fixture_turn(fixture);
    }
    return fixture->is_stopped;
}

/* --- wires --- */

static struct wire *wire_open(struct fixture *fixture, const struct sockaddr *address,
                              socklen_t len) {
    struct wire *wire = test_calloc(1, sizeof *wire);
    wire->fixture = fixture;
    wire->fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(wire->fd >= 0);
    assert_int_equal(connect(wire->fd, address, len), 0);
    fixture_turn(fixture);
    return wire;
}

struct wire *wire_connect(struct fixture *fixture) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)http_server_port(fixture->server)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return wire_open(fixture, (const struct sockaddr *)&address, sizeof address);
}

struct wire *wire_connect_unix(struct fixture *fixture, const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return wire_open(fixture, (const struct sockaddr *)&address, sizeof address);
}

static void wait_readable(int fd) {
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    (void)poll(&ready, 1, 1);
}

void wire_receive(struct wire *wire) {
    while (wire->len < WIRE_BYTES && !wire->is_closed) {
        ssize_t got = recv(wire->fd, wire->bytes + wire->len, WIRE_BYTES - wire->len, MSG_DONTWAIT);
        if (got > 0) {
            wire->len += (size_t)got;
            continue;
        }
        wire->is_closed = got == 0 || (errno != EAGAIN && errno != EINTR);
        wire->was_reset = got < 0 && errno == ECONNRESET;
        break;
    }
    wire->bytes[wire->len] = '\0';
}

void wire_send(struct wire *wire, struct str bytes) {
    for (int i = 0; i < LOOKS_MAX && bytes.len > 0; i++) {
        ssize_t sent = send(wire->fd, bytes.bytes, bytes.len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            return; /* the server hung up: the test sees it by what it received */
        }
        bytes = str_skip(bytes, sent < 0 ? 0 : (size_t)sent);
        fixture_turn(wire->fixture);
    }
}

size_t wire_count(const struct wire *wire, const char *text) {
    size_t count = 0;
    struct str rest = str_of(wire->bytes, wire->len);
    struct str wanted = str_from_cstr(text);
    while (rest.len >= wanted.len) {
        const char *at = memmem(rest.bytes, rest.len, wanted.bytes, wanted.len);
        if (at == NULL) {
            break;
        }
        count++;
        rest = str_skip(rest, (size_t)(at - rest.bytes) + wanted.len);
    }
    return count;
}

bool wire_until(struct wire *wire, const char *text) {
    for (int i = 0; i < LOOKS_MAX; i++) {
        fixture_turn(wire->fixture);
        wire_receive(wire);
        if (wire_count(wire, text) > 0) {
            return true;
        }
        if (wire->is_closed) {
            return false;
        }
        wait_readable(wire->fd);
    }
    return false;
}

bool wire_until_closed(struct wire *wire) {
    for (int i = 0; i < LOOKS_MAX && !wire->is_closed; i++) {
        fixture_turn(wire->fixture);
        wire_receive(wire);
        if (!wire->is_closed) {
            wait_readable(wire->fd);
        }
    }
    return wire->is_closed;
}

bool wire_is_quiet(struct wire *wire) {
    size_t before = wire->len;
    for (int i = 0; i < 4; i++) {
        fixture_turn(wire->fixture);
        wire_receive(wire);
    }
    return wire->len == before && !wire->is_closed;
}

bool fixture_until_held(struct fixture *fixture, size_t count) {
    for (int i = 0; i < LOOKS_MAX && fixture->held_count < count; i++) {
        fixture_turn(fixture);
    }
    return fixture->held_count == count;
}

void wire_forget(struct wire *wire) {
    wire->len = 0;
    wire->bytes[0] = '\0';
}

void wire_close(struct wire *wire) {
    close(wire->fd);
    test_free(wire);
}
