/* Guards: an outbound request gets exactly one answer or one failure, whatever the other side does,
 * and never more than its bounds. The other side is our own server, or a raw listening socket. */
#include "net/http_client.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http_fixture.h"

struct outcome {
    int calls;
    struct err err;
    int status;
    size_t header_count;
    char header[128]; /* the X-Echo line */
    size_t body_len;
    char body[256];
};

static void on_done(void *context, const struct env_http_answer *answer) {
    struct outcome *outcome = context;
    outcome->calls++;
    outcome->err = answer->err;
    outcome->status = answer->status;
    outcome->header_count = answer->header_count;
    for (size_t i = 0; i < answer->header_count; i++) {
        if (str_starts_with(answer->headers[i], STR("X-Echo:"))) {
            (void)snprintf(outcome->header, sizeof outcome->header, STR_FMT,
                           STR_ARG(answer->headers[i]));
        }
    }
    outcome->body_len = answer->body.len;
    (void)snprintf(outcome->body, sizeof outcome->body, STR_FMT,
                   STR_ARG(str_first(answer->body, sizeof outcome->body - 1)));
}

static struct http_client *start_client(struct fixture *fixture) {
    struct http_client *client = NULL;
    struct err err = http_client_create(&fixture->cx, &fixture->env, &fixture->loop, &client);
    assert_int_equal(err.code, ERR_NONE);
    return client;
}

static void until_called(struct fixture *fixture, struct outcome *outcome) {
    for (int i = 0; i < 100000 && outcome->calls == 0; i++) {
        (void)uv_run(&fixture->loop, i == 0 ? UV_RUN_NOWAIT : UV_RUN_ONCE);
    }
    assert_int_equal(outcome->calls, 1);
}

static struct str url_of(struct fixture *fixture, int port, const char *path) {
    return arena_printf(&fixture->arena, "http://127.0.0.1:%d%s", port, path);
}

static void send_get(struct fixture *fixture, struct str url, int64_t timeout_ms,
                     struct outcome *outcome) {
    struct env_http_request request = {.method = STR("GET"), .url = url, .timeout_ms = timeout_ms};
    fixture->env.http_send(&fixture->env, &request, on_done, outcome);
    assert_int_equal(outcome->calls, 0); /* never before http_send has returned */
}

/* A socket that listens; nothing is accepted but by the test. */
static int listen_raw(int *ret_port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *ret_port = ntohs(address.sin_port);
    return fd;
}

static void requests_are_answered_over_one_connection(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct http_client *client = start_client(fixture);
    static const struct {
        const char *method, *body, *expected;
    } cases[] = {
        {"GET", "", "GET /p?q=1 "},       {"POST", "hello", "POST /p?q=1 hello"},
        {"POST", "", "POST /p?q=1 "},     {"PUT", "new", "PUT /p?q=1 new"},
        {"DELETE", "", "DELETE /p?q=1 "}, {"HEAD", "", ""},
    };
    struct str headers[] = {STR("X-Echo: there and back"), STR("Content-Type: text/plain")};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct outcome outcome = {0};
        struct env_http_request request = {
            .method = str_from_cstr(cases[i].method),
            .url = url_of(fixture, http_server_port(fixture->server), "/p?q=1"),
            .headers = headers,
            .header_count = ARRAY_LEN(headers),
            .body = str_from_cstr(cases[i].body),
            .timeout_ms = 5000,
        };
        fixture->env.http_send(&fixture->env, &request, on_done, &outcome);
        until_called(fixture, &outcome);
        assert_int_equal(outcome.err.code, ERR_NONE);
        assert_int_equal(outcome.status, 200);
        assert_string_equal(outcome.body, cases[i].expected);
        assert_string_equal(outcome.header, "X-Echo: there and back");
        assert_int_equal(outcome.header_count, 3);
    }
    assert_int_equal(http_server_count(fixture->server).connections_total, 1);
    http_client_destroy(client);
    fixture_destroy(fixture);
}

static void a_refused_connection_is_a_network_failure(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct http_client *client = start_client(fixture);
    int port = 0;
    close(listen_raw(&port)); /* free again, and nobody there */
    struct outcome outcome = {0};
    send_get(fixture, url_of(fixture, port, "/"), 5000, &outcome);
    until_called(fixture, &outcome);
    assert_int_equal(outcome.err.code, ERR_NETWORK);
    assert_int_equal(outcome.status, 0);
    http_client_destroy(client);
    fixture_destroy(fixture);
}

static void silence_is_a_timeout(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct http_client *client = start_client(fixture);
    struct outcome outcome = {0};
    send_get(fixture, url_of(fixture, http_server_port(fixture->server), "/hold"), 30, &outcome);
    until_called(fixture, &outcome);
    assert_int_equal(outcome.err.code, ERR_TIMEOUT);
    http_client_destroy(client);
    fixture_destroy(fixture);
}

/* Accepts one connection on `fd`, sends `bytes` at once and hangs up after the request has come. */
static void answer_raw(struct fixture *fixture, int fd, struct str bytes, struct outcome *outcome) {
    struct wire wire = {.fixture = fixture, .fd = -1};
    for (int i = 0; i < 5000 && wire.fd < 0; i++) {
        fixture_turn(fixture);
        wire.fd = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    }
    assert_true(wire.fd >= 0);
    assert_true(wire_until(&wire, "\r\n\r\n"));
    wire_send(&wire, bytes);
    assert_int_equal(shutdown(wire.fd, SHUT_RDWR), 0);
    close(wire.fd);
    until_called(fixture, outcome);
}

static void answers_that_are_wrong_are_failures(void **state) {
    (void)state;
    static const struct {
        struct str bytes;
        enum err_code code;
    } cases[] = {
        {STR_INIT("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), ERR_NETWORK},
        {STR_INIT("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"), ERR_NETWORK},
        {STR_INIT("HTTP/1.1 200 OK\r\nContent-Len"), ERR_NETWORK},
        {STR_INIT(""), ERR_NETWORK},
        {STR_INIT("220 mail.example ESMTP\r\n"), ERR_NETWORK},
        {STR_INIT("HTTP/1.1 200 OK\r\nContent-Length: 16777217\r\n\r\n"), ERR_TOO_LARGE},
        {STR_INIT("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
                  "Content-Length: 0\r\n\r\n"),
         ERR_NONE}, /* a redirect is an answer like any other */
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fixture *fixture = fixture_create();
        struct http_client *client = start_client(fixture);
        int port = 0;
        int fd = listen_raw(&port);
        struct outcome outcome = {0};
        send_get(fixture, url_of(fixture, port, "/"), 5000, &outcome);
        answer_raw(fixture, fd, cases[i].bytes, &outcome);
        assert_int_equal(outcome.err.code, cases[i].code);
        assert_int_equal(outcome.status, cases[i].code == ERR_NONE ? 302 : 0);
        close(fd);
        http_client_destroy(client);
        fixture_destroy(fixture);
    }
}

static void requests_that_cannot_be_sent_are_failures(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct http_client *client = start_client(fixture);
    static const struct str urls[] = {
        STR_INIT("file:///etc/passwd"), STR_INIT("ftp://127.0.0.1/"),
        STR_INIT("127.0.0.1"),          STR_INIT(""),
        STR_INIT("http://a\r\nb/"),     STR_INIT("http://[::"),
    };
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        struct outcome outcome = {0};
        send_get(fixture, urls[i], 5000, &outcome);
        until_called(fixture, &outcome);
        assert_int_equal(outcome.err.code, ERR_FORMAT);
    }
    struct str evil = STR("A: b\r\nHost: evil");
    struct env_http_request request = {
        .method = STR("GET"),
        .url = url_of(fixture, http_server_port(fixture->server), "/"),
        .headers = &evil,
        .header_count = 1,
        .timeout_ms = 5000,
    };
    struct outcome outcome = {0};
    fixture->env.http_send(&fixture->env, &request, on_done, &outcome);
    until_called(fixture, &outcome);
    assert_int_equal(outcome.err.code, ERR_FORMAT);
    assert_int_equal(http_server_count(fixture->server).requests, 0);
    http_client_destroy(client);
    fixture_destroy(fixture);
}

static void send_guarded(struct fixture *fixture, const char *host, struct outcome *outcome) {
    struct env_http_request request = {
        .method = STR("GET"),
        .url =
            arena_printf(&fixture->arena, "http://%s:%d/", host, http_server_port(fixture->server)),
        .timeout_ms = 5000,
        .is_guarded = true,
    };
    fixture->env.http_send(&fixture->env, &request, on_done, outcome);
    until_called(fixture, outcome);
}

static void a_guarded_request_connects_to_no_private_address(void **state) {
    (void)state;
    static const char *const hosts[] = {"127.0.0.1", "[::1]", "localhost", "2130706433",
                                        "0x7f.1",    "127.1", "0.0.0.0",   "[::ffff:127.0.0.1]"};
    struct fixture *fixture = fixture_create();
    struct http_client *client = start_client(fixture);
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        struct outcome outcome = {0};
        send_guarded(fixture, hosts[i], &outcome);
        if (outcome.err.code != ERR_PERMISSION) {
            fail_msg("%s: %s", hosts[i], err_name(outcome.err.code));
        }
    }
    assert_int_equal(http_server_count(fixture->server).connections_total, 0);
    http_client_destroy(client);
    fixture_destroy(fixture);
}

/* A name that led to a public address when it was looked at, and leads here when it is called, is
 * what "localhost" is to the client: it sees the address only when it connects. What is open
 * already is no way around it. */
static void a_guarded_request_takes_no_connection_of_another(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct http_client *client = start_client(fixture);
    struct outcome open = {0};
    struct outcome guarded = {0};
    struct outcome again = {0};
    int port = http_server_port(fixture->server);
    send_get(fixture, url_of(fixture, port, "/"), 5000, &open);
    until_called(fixture, &open);
    assert_int_equal(open.err.code, ERR_NONE);
    send_guarded(fixture, "127.0.0.1", &guarded);
    assert_int_equal(guarded.err.code, ERR_PERMISSION);
    assert_int_equal(http_server_count(fixture->server).requests, 1);
    send_get(fixture, url_of(fixture, port, "/"), 5000, &again);
    until_called(fixture, &again);
    assert_int_equal(again.err.code, ERR_NONE);
    http_client_destroy(client);
    fixture_destroy(fixture);
}

static void no_more_of_an_answer_is_taken_in_than_was_wanted(void **state) {
    (void)state;
    static const struct {
        const char *path;
        size_t max, len;
    } cases[] = {{"/big", 1000, 1000}, {"/p", 7, 7}, {"/p", 8, 8}, {"/p", 0, 8}, {"/p", 1, 1}};
    struct fixture *fixture = fixture_create();
    struct http_client *client = start_client(fixture);
    (void)signal(SIGPIPE, SIG_IGN); /* as the program does: the server is left in mid-answer */
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) { /* "GET /p? " */
        struct outcome outcome = {0};
        struct env_http_request request = {
            .method = STR("GET"),
            .url = url_of(fixture, http_server_port(fixture->server), cases[i].path),
            .timeout_ms = 5000,
            .answer_max = cases[i].max,
        };
        fixture->env.http_send(&fixture->env, &request, on_done, &outcome);
        until_called(fixture, &outcome);
        assert_int_equal(outcome.err.code, ERR_NONE);
        assert_int_equal(outcome.status, 200);
        assert_int_equal(outcome.body_len, cases[i].len);
    }
    http_client_destroy(client);
    fixture_destroy(fixture);
}

static void destroying_fails_what_is_under_way(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct http_client *client = start_client(fixture);
    struct outcome outcomes[3] = {0};
    for (size_t i = 0; i < 3; i++) {
        send_get(fixture, url_of(fixture, http_server_port(fixture->server), "/hold"), 5000,
                 &outcomes[i]);
    }
    assert_true(fixture_until_held(fixture, 3));
    http_client_destroy(client);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(outcomes[i].calls, 1);
        assert_int_equal(outcomes[i].err.code, ERR_NETWORK);
    }
    assert_null(fixture->env.http_send);
    fixture_destroy(fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_answered_over_one_connection),
        cmocka_unit_test(a_refused_connection_is_a_network_failure),
        cmocka_unit_test(silence_is_a_timeout),
        cmocka_unit_test(answers_that_are_wrong_are_failures),
        cmocka_unit_test(requests_that_cannot_be_sent_are_failures),
        cmocka_unit_test(a_guarded_request_connects_to_no_private_address),
        cmocka_unit_test(a_guarded_request_takes_no_connection_of_another),
        cmocka_unit_test(no_more_of_an_answer_is_taken_in_than_was_wanted),
        cmocka_unit_test(destroying_fails_what_is_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
