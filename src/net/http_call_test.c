/* Guards: the command line's blocking call brings the whole answer or says what could not be
 * reached. The server is a thread that answers one connection with given bytes. */
#include "net/http_call.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/listen.h"

struct world {
    struct env env;
    struct arena arena;
    struct cx cx;
    int fd; /* listens */
    int port;
    struct str answer;
    char request[1024];
    pthread_t thread;
};

static void *serve_one(void *context) {
    struct world *world = context;
    int fd = -1;
    while (fd < 0) { /* net_bind's socket does not block */
        fd = accept(world->fd, NULL, NULL);
    }
    size_t len = 0;
    while (strstr(world->request, "\r\n\r\n") == NULL && len < sizeof world->request - 1) {
        ssize_t got = recv(fd, world->request + len, sizeof world->request - 1 - len, 0);
        if (got <= 0) {
            break;
        }
        len += (size_t)got;
    }
    (void)send(fd, world->answer.bytes, world->answer.len, MSG_NOSIGNAL);
    close(fd);
    return NULL;
}

static void open_world(struct world *world, struct str address, struct str answer) {
    *world = (struct world){.answer = answer};
    env_posix_init(&world->env);
    arena_init(&world->arena, &world->env, 1 << 20);
    cx_init(&world->cx, &world->env, &world->arena);
    struct net_address where;
    struct err err = net_address_parse(&world->cx, address, &where);
    assert_int_equal(err.code, ERR_NONE);
    err = net_bind(&world->cx, &where, &world->fd, &world->port);
    assert_int_equal(err.code, ERR_NONE);
    assert_int_equal(listen(world->fd, 1), 0);
    assert_int_equal(pthread_create(&world->thread, NULL, serve_one, world), 0);
}

static void close_world(struct world *world) {
    assert_int_equal(pthread_join(world->thread, NULL), 0);
    close(world->fd);
    arena_finish(&world->arena);
}

static void a_call_over_tcp(void **state) {
    (void)state;
    struct world world;
    open_world(&world, STR("127.0.0.1:0"),
               STR("HTTP/1.1 404 Not Found\r\nA: b\r\nContent-Length: 4\r\n\r\nnone"));
    struct str header = STR("Turnpike-User: u1");
    struct http_call_options options = {
        .base_url = arena_printf(&world.arena, "http://127.0.0.1:%d", world.port),
        .method = STR("GET"),
        .target = STR("/api/x"),
        .headers = &header,
        .header_count = 1,
        .timeout_ms = 5000,
    };
    struct http_call_answer answer = {0};
    struct err err = http_call(&world.cx, &options, &answer);
    assert_int_equal(err.code, ERR_NONE);
    assert_int_equal(answer.status, 404);
    assert_int_equal(answer.header_count, 2);
    assert_true(str_equal(answer.headers[0], STR("A: b")));
    assert_true(str_equal(answer.body, STR("none")));
    assert_true(strncmp(world.request, "GET /api/x HTTP/1.1\r\n", 21) == 0);
    assert_non_null(strstr(world.request, "Turnpike-User: u1\r\n"));
    close_world(&world);
}

static void a_call_over_a_unix_socket(void **state) {
    (void)state;
    char folder[] = "/tmp/net-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char address[64] = "unix:";
    memcpy(address + 5, folder, sizeof folder - 1);
    memcpy(address + 5 + sizeof folder - 1, "/s", 3);
    struct world world;
    open_world(&world, str_from_cstr(address), STR("HTTP/1.1 204 No Content\r\n\r\n"));
    struct http_call_options options = {
        .unix_socket = address + 5,
        .method = STR("DELETE"),
        .target = STR("/y"),
        .timeout_ms = 5000,
    };
    struct http_call_answer answer = {0};
    struct err err = http_call(&world.cx, &options, &answer);
    assert_int_equal(err.code, ERR_NONE);
    assert_int_equal(answer.status, 204);
    assert_int_equal(answer.body.len, 0);
    assert_true(strncmp(world.request, "DELETE /y HTTP/1.1\r\n", 20) == 0);
    close_world(&world);
    assert_int_equal(unlink(address + 5), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void half_an_answer_is_a_failure(void **state) {
    (void)state;
    struct world world;
    open_world(&world, STR("127.0.0.1:0"), STR("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha"));
    struct http_call_options options = {
        .base_url = arena_printf(&world.arena, "http://127.0.0.1:%d", world.port),
        .method = STR("GET"),
        .target = STR("/"),
        .timeout_ms = 5000,
    };
    struct http_call_answer answer = {.status = -1};
    struct err err = http_call(&world.cx, &options, &answer);
    assert_int_equal(err.code, ERR_NETWORK);
    assert_int_equal(answer.status, -1);
    assert_non_null(strstr(world.cx.detail, "http://127.0.0.1:"));
    close_world(&world);
}

static void failures_name_the_place(void **state) {
    (void)state;
    struct env env;
    struct arena arena;
    struct cx cx;
    env_posix_init(&env);
    arena_init(&arena, &env, 1 << 20);
    cx_init(&cx, &env, &arena);
    static const struct {
        struct http_call_options options;
        enum err_code code;
        const char *sentence;
    } cases[] = {
        {{.unix_socket = "/no/such/socket"}, ERR_NETWORK, "/no/such/socket cannot be reached"},
        {{.base_url = STR_INIT("gopher://x")}, ERR_FORMAT, "\"gopher://x\" is no URL of a server"},
        {{.base_url = STR_INIT("localhost:80")}, ERR_FORMAT, "expected http://host:port"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct http_call_options options = cases[i].options;
        options.method = STR("GET");
        options.target = STR("/");
        options.timeout_ms = 5000;
        struct http_call_answer answer = {.status = -1};
        struct err err = http_call(&cx, &options, &answer);
        assert_int_equal(err.code, cases[i].code);
        assert_non_null(strstr(cx.detail, cases[i].sentence));
        assert_int_equal(answer.status, -1);
    }
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_over_tcp),
        cmocka_unit_test(a_call_over_a_unix_socket),
        cmocka_unit_test(half_an_answer_is_a_failure),
        cmocka_unit_test(failures_name_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
