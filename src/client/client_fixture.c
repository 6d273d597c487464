#include "client/client_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BODY_MAX = 8 * 1024 * 1024, ARENA_MAX = 64 * 1024 * 1024 };

static void handle(void *context, struct http_exchange *exchange) {
    struct client_fixture *fixture = context;
    struct http_response response = {.status = 200};
    fixture->answer(fixture->context, http_exchange_request(exchange),
                    http_exchange_arena(exchange), &response);
    http_respond(exchange, &response);
}

static size_t body_max(void *context, struct str method, struct str path) {
    (void)context;
    (void)method;
    (void)path;
    return BODY_MAX;
}

static void refuse(void *context, int status, const char *reason, struct arena *arena,
                   struct http_response *ret_response) {
    (void)context;
    ret_response->status = status;
    ret_response->body = arena_printf(arena, "%s", reason);
}

static void on_stop(uv_async_t *handle_of_stop) {
    struct client_fixture *fixture = handle_of_stop->data;
    http_server_destroy(fixture->server);
    uv_close((uv_handle_t *)handle_of_stop, NULL);
}

static void *run(void *context) {
    struct client_fixture *fixture = context;
    (void)uv_run(&fixture->loop, UV_RUN_DEFAULT);
    return NULL;
}

static void listen_on_both(struct client_fixture *fixture) {
    char address[128];
    (void)snprintf(fixture->folder, sizeof fixture->folder, "/tmp/turnpike-test-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    (void)snprintf(fixture->socket, sizeof fixture->socket, "%s/turnpike.sock", fixture->folder);
    (void)snprintf(address, sizeof address, "unix:%s", fixture->socket);
    assert_ok(http_server_listen(&fixture->cx, fixture->server, STR("127.0.0.1:0")));
    assert_ok(http_server_listen(&fixture->cx, fixture->server, str_from_cstr(address)));
    (void)snprintf(fixture->url, sizeof fixture->url, "http://127.0.0.1:%d",
                   http_server_port(fixture->server));
}

void client_fixture_start(struct client_fixture *fixture, client_fixture_answer *answer,
                          void *context) {
    *fixture = (struct client_fixture){.answer = answer, .context = context};
    env_posix_init(&fixture->env);
    arena_init(&fixture->arena, &fixture->env, ARENA_MAX);
    cx_init(&fixture->cx, &fixture->env, &fixture->arena);
    assert_int_equal(uv_loop_init(&fixture->loop), 0);
    assert_int_equal(uv_async_init(&fixture->loop, &fixture->stop, on_stop), 0);
    fixture->stop.data = fixture;
    struct http_server_options options = {
        .env = &fixture->env,
        .loop = &fixture->loop,
        .handle = handle,
        .body_max = body_max,
        .refuse = refuse,
        .context = fixture,
    };
    assert_ok(http_server_create(&fixture->cx, &options, &fixture->server));
    listen_on_both(fixture);
    assert_int_equal(pthread_create(&fixture->thread, NULL, run, fixture), 0);
}

void client_fixture_stop(struct client_fixture *fixture) {
    assert_int_equal(uv_async_send(&fixture->stop), 0);
    assert_int_equal(pthread_join(fixture->thread, NULL), 0);
    assert_int_equal(uv_loop_close(&fixture->loop), 0);
    arena_finish(&fixture->arena);
    (void)unlink(fixture->socket);
    assert_int_equal(rmdir(fixture->folder), 0);
}
