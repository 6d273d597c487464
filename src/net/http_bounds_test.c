/* Guards: whatever a client does, the server gives it a bounded share of memory and time, says
 * which bound was broken, and then closes. */
#include "net/http_fixture.h"

#include <sys/socket.h>

#include "base/limits.h"

#define POST_HEAD "POST /p HTTP/1.1\r\nHost: t\r\n"

/* `count` times `c`. */
static struct str many(struct fixture *fixture, char c, size_t count) {
    char *bytes = arena_alloc(&fixture->arena, count);
    assert_non_null(bytes);
    memset(bytes, c, count);
    return str_of(bytes, count);
}

static void expect_refusal(struct wire *wire, const char *status_line, const char *reason) {
    assert_true(wire_until_closed(wire));
    assert_int_equal(wire_count(wire, status_line), 1);
    assert_int_equal(wire_count(wire, reason), 1);
    assert_int_equal(wire_count(wire, "Connection: close\r\n"), 1);
    assert_int_equal(wire_count(wire, "HTTP/1.1 200"), 0);
    assert_int_equal(http_server_count(wire->fixture->server).refused, 1);
}

static void refuse_three(struct str before, struct str middle, struct str after,
                         const char *status_line) {
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_send(wire, before);
    wire_send(wire, middle);
    wire_send(wire, after);
    assert_true(wire_until(wire, "refused: "));
    fixture_advance(fixture, HTTP_LINGER_MS); /* the client might still be sending */
    assert_int_equal(http_server_count(fixture->server).connections_open, 1);
    fixture_advance(fixture, 1);
    assert_int_equal(http_server_count(fixture->server).connections_open, 0);
    expect_refusal(wire, status_line, "refused: ");
    wire_close(wire);
    fixture_destroy(fixture);
}

static void a_long_target_is_refused(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    refuse_three(STR("GET /"), many(fixture, 'a', HTTP_TARGET_MAX), STR(" HTTP/1.1\r\n"),
                 "HTTP/1.1 414 ");
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, "GET /");
    wire_send(wire, many(fixture, 'a', HTTP_TARGET_MAX - 1));
    wire_say(wire, " HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_true(wire_until(wire, "HTTP/1.1 200 OK"));
    wire_close(wire);
    fixture_destroy(fixture);
}

static void large_headers_are_refused(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct str large = many(fixture, 'a', LIMIT_HEADER_BYTES);
    struct str blanks = many(fixture, ' ', LIMIT_HEADER_BYTES);
    refuse_three(STR("GET / HTTP/1.1\r\nHost: t\r\nX: "), large, STR("\r\n\r\n"), "HTTP/1.1 431 ");
    refuse_three(STR("GET / HTTP/1.1\r\nHost: t\r\n"), large, STR(": x\r\n\r\n"), "HTTP/1.1 431 ");
    /* Bytes that the parser skips count as well. */
    refuse_three(STR("GET / HTTP/1.1\r\nHost: t\r\nX:"), blanks, STR("x\r\n\r\n"), "HTTP/1.1 431 ");
    fixture_destroy(fixture);
}

static void sixty_five_headers_are_refused(void **state) {
    (void)state;
    for (size_t count = HTTP_HEADERS_MAX; count <= HTTP_HEADERS_MAX + 1; count++) {
        struct fixture *fixture = fixture_create();
        struct wire *wire = wire_connect(fixture);
        wire_say(wire, "GET / HTTP/1.1\r\nHost: t\r\n");
        for (size_t i = 1; i < count; i++) {
            wire_say(wire, "X: y\r\n");
        }
        wire_say(wire, "\r\n");
        assert_true(
            wire_until(wire, count == HTTP_HEADERS_MAX ? "HTTP/1.1 200 " : "HTTP/1.1 431 "));
        wire_close(wire);
        fixture_destroy(fixture);
    }
}

static void large_bodies_are_refused(void **state) {
    (void)state;
    /* by announcement: before a byte of it came */
    refuse_three(STR(POST_HEAD "Content-Length: 1025\r\n\r\n"), STR(""), STR(""), "HTTP/1.1 413 ");
    refuse_three(STR(POST_HEAD "Content-Length: 18446744073709551615\r\n\r\n"), STR(""), STR(""),
                 "HTTP/1.1 413 ");
    /* chunked: as soon as it passes */
    struct fixture *fixture = fixture_create();
    refuse_three(STR(POST_HEAD "Transfer-Encoding: chunked\r\n\r\n401\r\n"),
                 many(fixture, 'x', 1025), STR(""), "HTTP/1.1 413 ");
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, POST_HEAD "Content-Length: 1024\r\n\r\n");
    wire_send(wire, many(fixture, 'x', 1024));
    assert_true(wire_until(wire, "HTTP/1.1 200 "));
    wire_close(wire);
    fixture_destroy(fixture);
}

/* No head and no answer needs so much at once. */
enum { SCARCE = 128 * 1024, LARGE = 200 * 1000 };

static void *scarce_realloc(struct env *env, void *memory, size_t size) {
    struct env system;
    env_posix_init(&system);
    return size >= SCARCE ? NULL : system.realloc(env, memory, size);
}

static size_t a_megabyte(void *context, struct str method, struct str path) {
    (void)context;
    (void)method;
    (void)path;
    return 1 << 20;
}

static void expect_return_later(struct fixture *fixture, struct str head, struct str body) {
    struct wire *wire = wire_connect(fixture);
    wire_send(wire, head);
    wire_send(wire, body);
    assert_true(wire_until(wire, "refused: The server is out of memory."));
    assert_int_equal(wire_count(wire, "HTTP/1.1 503 "), 1);
    assert_int_equal(wire_count(wire, "Retry-After: 1\r\n"), 1);
    assert_int_equal(wire_count(wire, "Connection: close\r\n"), 1);
    wire_close(wire);
    fixture_turn(fixture);
}

static void a_body_without_memory_may_come_later(void **state) {
    (void)state;
    struct fixture *fixture = fixture_empty();
    struct http_server_options options = fixture_options(fixture);
    options.body_max = a_megabyte;
    fixture_start(fixture, &options);
    struct str body = many(fixture, 'x', LARGE);
    struct str announced = STR(POST_HEAD "Content-Length: 200000\r\n\r\n");
    void *(*system)(struct env * env, void *memory, size_t size) = fixture->env.realloc;
    fixture->env.realloc = scarce_realloc;
    /* announced: before a byte of it came */
    expect_return_later(fixture, announced, STR(""));
    /* in chunks: when it has grown too large for what there is, and not for the route */
    expect_return_later(fixture, STR(POST_HEAD "Transfer-Encoding: chunked\r\n\r\n30d40\r\n"),
                        body);
    fixture->env.realloc = system;
    struct wire *wire = wire_connect(fixture);
    wire_send(wire, announced);
    wire_send(wire, body);
    assert_true(wire_until(wire, "HTTP/1.1 200 "));
    wire_close(wire);
    fixture_destroy(fixture);
}

static void a_refusal_survives_a_client_that_goes_on_sending(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, POST_HEAD "Content-Length: 1000000\r\n\r\n");
    struct str more = many(fixture, 'x', 100000);
    for (int i = 0; i < 10; i++) {
        wire_send(wire, more);
    }
    assert_true(wire_until(wire, "HTTP/1.1 413 "));
    assert_int_equal(wire_count(wire, "refused: The request body is larger"), 1);
    assert_int_equal(shutdown(wire->fd, SHUT_WR), 0);
    assert_true(wire_until_closed(wire));
    assert_false(wire->was_reset);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void chunk_framing_is_bounded(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct str large = many(fixture, 'e', LIMIT_HEADER_BYTES);
    refuse_three(STR(POST_HEAD "Transfer-Encoding: chunked\r\n\r\n1;"), large,
                 STR("\r\nx\r\n0\r\n\r\n"), "HTTP/1.1 400 ");
    refuse_three(STR(POST_HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nT: "), large,
                 STR("\r\n\r\n"), "HTTP/1.1 400 ");
    fixture_destroy(fixture);
}

static void a_slow_head_is_refused(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, "GET / HTTP/1.1\r\n");
    fixture_advance(fixture, LIMIT_HEADER_TIME_MS);
    wire_say(wire, "Host: t\r\n");
    assert_true(wire_is_quiet(wire));
    fixture_advance(fixture, 1);
    assert_true(wire_until(wire, "refused: The header section took longer than 10 seconds."));
    fixture_advance(fixture, HTTP_LINGER_MS + 1);
    expect_refusal(wire, "HTTP/1.1 408 Request Timeout\r\n", "refused: ");
    wire_close(wire);
    fixture_destroy(fixture);
}

static void a_slow_body_is_refused(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, "POST /large HTTP/1.1\r\nHost: t\r\nContent-Length: 100000\r\n\r\n");
    wire_send(wire, many(fixture, 'x', 6 * 1024));
    fixture_advance(fixture, HTTP_BODY_FREE_MS + 1000); /* 6 KiB in 6 s: just enough */
    assert_true(wire_is_quiet(wire));
    fixture_advance(fixture, 1);
    assert_true(wire_until(wire, "HTTP/1.1 408 "));
    assert_int_equal(wire_count(wire, "refused: The request body came slower"), 1);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void a_body_has_five_seconds_at_any_rate(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, POST_HEAD "Content-Length: 1\r\n\r\n");
    fixture_advance(fixture, HTTP_BODY_FREE_MS);
    wire_say(wire, "x");
    assert_true(wire_until(wire, "HTTP/1.1 200 "));
    wire_close(wire);
    fixture_destroy(fixture);
}

static void an_idle_connection_is_closed_without_a_word(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *fresh = wire_connect(fixture);
    struct wire *used = wire_connect(fixture);
    fixture_advance(fixture, HTTP_IDLE_MS);
    wire_say(used, "GET / HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_true(wire_until(used, "HTTP/1.1 200 "));
    fixture_advance(fixture, 1);
    assert_true(wire_until_closed(fresh));
    assert_int_equal(fresh->len, 0);
    assert_true(wire_is_quiet(used));
    fixture_advance(fixture, HTTP_IDLE_MS);
    assert_true(wire_until_closed(used));
    wire_close(fresh);
    wire_close(used);
    fixture_destroy(fixture);
}

static void a_handler_may_take_its_time(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, "GET /hold HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_true(fixture_until_held(fixture, 1));
    fixture_advance(fixture, 10 * HTTP_IDLE_MS);
    fixture_answer(fixture, 0, "<late>");
    assert_true(wire_until(wire, "<late>"));
    wire_close(wire);
    fixture_destroy(fixture);
}

static void a_client_that_reads_nothing_is_dropped(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, "GET /big HTTP/1.1\r\nHost: t\r\n\r\nGET /big HTTP/1.1\r\nHost: t\r\n\r\n");
    fixture_turn(fixture);
    fixture_advance(fixture, 0); /* notes how much is left */
    fixture_advance(fixture, HTTP_IDLE_MS);
    assert_int_equal(http_server_count(fixture->server).connections_open, 1);
    fixture_advance(fixture, 1);
    assert_int_equal(http_server_count(fixture->server).connections_open, 0);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void surplus_connections_are_told_to_come_back(void **state) {
    (void)state;
    struct fixture *fixture = fixture_empty();
    struct http_server_options options = fixture_options(fixture);
    options.connections_max = 2;
    fixture_start(fixture, &options);
    struct wire *first = wire_connect(fixture);
    struct wire *second = wire_connect(fixture);
    struct wire *surplus = wire_connect(fixture);
    assert_true(wire_until(surplus, "refused: The server has too many connections."));
    assert_int_equal(wire_count(surplus, "HTTP/1.1 503 Service Unavailable\r\n"), 1);
    assert_int_equal(wire_count(surplus, "Retry-After: 1\r\n"), 1);
    wire_close(surplus);
    fixture_turn(fixture);
    wire_close(first);
    fixture_turn(fixture);
    struct wire *next = wire_connect(fixture);
    wire_say(next, "GET / HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_true(wire_until(next, "HTTP/1.1 200 "));
    wire_close(next);
    wire_close(second);
    fixture_destroy(fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_target_is_refused),
        cmocka_unit_test(large_headers_are_refused),
        cmocka_unit_test(sixty_five_headers_are_refused),
        cmocka_unit_test(large_bodies_are_refused),
        cmocka_unit_test(a_body_without_memory_may_come_later),
        cmocka_unit_test(a_refusal_survives_a_client_that_goes_on_sending),
        cmocka_unit_test(chunk_framing_is_bounded),
        cmocka_unit_test(a_slow_head_is_refused),
        cmocka_unit_test(a_slow_body_is_refused),
        cmocka_unit_test(a_body_has_five_seconds_at_any_rate),
        cmocka_unit_test(an_idle_connection_is_closed_without_a_word),
        cmocka_unit_test(a_handler_may_take_its_time),
        cmocka_unit_test(a_client_that_reads_nothing_is_dropped),
        cmocka_unit_test(surplus_connections_are_told_to_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
