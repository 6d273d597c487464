/* Guards: a client that keeps to HTTP/1.1 is answered, in order, whatever the handler's order is,
 * and a server that stops finishes what it has begun. */
#include "net/http_fixture.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define GET(path) "GET " path " HTTP/1.1\r\nHost: t\r\n\r\n"

static void one_connection_serves_many_requests(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, "GET /a?x=1 HTTP/1.1\r\nHost: t\r\nX-Echo: yes\r\n\r\n");
    assert_true(wire_until(wire, "GET /a?x=1 "));
    assert_true(str_starts_with(str_from_cstr(wire->bytes), STR("HTTP/1.1 200 OK\r\nDate: ")));
    assert_int_equal(wire_count(wire, " GMT\r\n"), 1);
    assert_int_equal(wire_count(wire, "X-Echo: yes\r\n"), 1);
    assert_int_equal(wire_count(wire, "Content-Length: 11\r\n"), 1);
    assert_int_equal(wire_count(wire, "Connection:"), 0);
    wire_say(wire, "POST /b HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello");
    assert_true(wire_until(wire, "POST /b? hello"));
    assert_string_equal(fixture->last_peer, "127.0.0.1");
    assert_false(fixture->was_local);
    assert_int_equal(http_server_count(fixture->server).requests, 2);
    assert_int_equal(http_server_count(fixture->server).connections_total, 1);
    wire_close(wire);
    fixture_destroy(fixture);
}

#define POST(length, body) "POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: " length "\r\n\r\n" body

/* Memory of requests that are over serves the next ones. */
static void nothing_is_left_of_the_body_before(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, POST("12", "first,longer") POST("5", "after") GET("/b") POST("1", "c"));
    assert_true(wire_until(wire, "POST /a? c"));
    assert_int_equal(wire_count(wire, "\r\n\r\nPOST /a? first,longerHTTP"), 1);
    assert_int_equal(wire_count(wire, "\r\n\r\nPOST /a? afterHTTP"), 1);
    assert_int_equal(wire_count(wire, "\r\n\r\nGET /b? HTTP"), 1);
    wire_say(wire, POST("1025", ""));
    assert_true(wire_until(wire, "HTTP/1.1 413 "));
    wire_close(wire);
    fixture_destroy(fixture);
}

static int64_t wall_of_fixture(struct env *env) {
    return (int64_t)(((struct fixture *)env)->mono_ns / 1000000);
}

static void the_date_goes_with_the_clock(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    fixture->env.wall_ms = wall_of_fixture;
    fixture->mono_ns = UINT64_C(951868799) * 1000 * 1000 * 1000;
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/a") GET("/b"));
    assert_true(wire_until(wire, "GET /b"));
    assert_int_equal(wire_count(wire, "Date: Tue, 29 Feb 2000 23:59:59 GMT\r\n"), 2);
    fixture_advance(fixture, 1000);
    wire_say(wire, GET("/c"));
    assert_true(wire_until(wire, "GET /c"));
    assert_int_equal(wire_count(wire, "Date: Wed, 01 Mar 2000 00:00:00 GMT\r\n"), 1);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void a_request_may_come_byte_by_byte(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    struct str text =
        STR("POST http://t/abs?q HTTP/1.1\r\nHost: t\r\nX-Echo: split \r\n"
            "Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nTrail: x\r\n\r\n");
    for (size_t i = 0; i < text.len; i++) {
        wire_send(wire, str_of(text.bytes + i, 1));
    }
    assert_true(wire_until(wire, "POST /abs?q abc"));
    assert_int_equal(wire_count(wire, "X-Echo: split\r\n"), 1);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void pipelined_answers_keep_their_order(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/hold") GET("/hold") GET("/quick") GET("/hold"));
    assert_true(fixture_until_held(fixture, 3));
    fixture_answer(fixture, 2, "<third>");
    fixture_answer(fixture, 1, "<second>");
    assert_true(wire_is_quiet(wire));
    assert_int_equal(wire->len, 0);
    fixture_answer(fixture, 0, "<first>");
    assert_true(wire_until(wire, "<third>"));
    const char *first = strstr(wire->bytes, "<first>");
    const char *second = strstr(wire->bytes, "<second>");
    const char *quick = strstr(wire->bytes, "GET /quick? ");
    const char *third = strstr(wire->bytes, "<third>");
    assert_non_null(first);
    assert_true(first < second && second < quick && quick < third);
    wire_close(wire);
    fixture_destroy(fixture);
}

static uint64_t head_of(const struct fixture *fixture, size_t held) {
    return http_exchange_request(fixture->held[held])->head;
}

/* Handlers take two heads of one number for the same, with the same key in it. */
static void only_the_same_head_of_one_connection_has_its_number(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    struct wire *other = wire_connect(fixture);
    wire_say(wire, GET("/hold") GET("/hold"));
    assert_true(fixture_until_held(fixture, 2));
    wire_say(other, GET("/hold"));
    assert_true(fixture_until_held(fixture, 3));
    wire_say(wire, "GET /hold HTTP/1.1\r\nHost: u\r\n\r\n" GET("/hold"));
    assert_true(fixture_until_held(fixture, 5));
    wire_say(wire, "OPTIONS /hold HTTP/1.1\r\nHost: t\r\n\r\n" GET("/hold") GET("/hold"));
    assert_true(fixture_until_held(fixture, 8));
    assert_int_equal(head_of(fixture, 1), head_of(fixture, 0));
    assert_int_equal(head_of(fixture, 7), head_of(fixture, 6));
    assert_int_equal(head_of(fixture, 5), 0); /* read by llhttp, and not kept */
    static const size_t differing[] = {0, 2, 3, 4, 5, 6};
    for (size_t i = 0; i < ARRAY_LEN(differing); i++) {
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(head_of(fixture, differing[i]), head_of(fixture, differing[k]));
        }
    }
    for (size_t i = 0; i < 8; i++) {
        fixture_answer(fixture, i, "<done>");
    }
    wire_close(wire);
    wire_close(other);
    fixture_destroy(fixture);
}

static void sixty_four_requests_are_outstanding_at_most(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    for (int i = 0; i < 100; i++) {
        wire_say(wire, GET("/hold"));
    }
    assert_true(fixture_until_held(fixture, HTTP_PIPELINE_MAX));
    assert_true(wire_is_quiet(wire));
    assert_int_equal(fixture->held_count, HTTP_PIPELINE_MAX);
    for (size_t i = 0; i < 100; i++) {
        assert_true(i < fixture->held_count);
        fixture_answer(fixture, i, "held");
        fixture_turn(fixture);
    }
    for (int i = 0; i < 1000 && wire_count(wire, "held") < 100; i++) {
        fixture_turn(fixture);
        wire_receive(wire);
    }
    assert_int_equal(wire_count(wire, "held"), 100);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void head_is_answered_without_its_body(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, "HEAD /h HTTP/1.1\r\nHost: t\r\n\r\n" GET("/after"));
    assert_true(wire_until(wire, "GET /after? "));
    assert_int_equal(wire_count(wire, "Content-Length: 9\r\n"), 1);
    assert_int_equal(wire_count(wire, "HEAD /h?"), 0);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void close_is_honoured(void **state) {
    (void)state;
    static const struct str requests[] = {
        STR_INIT("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n" GET("/never")),
        STR_INIT("GET / HTTP/1.0\r\n\r\n"),
        STR_INIT("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
    };
    for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
        struct fixture *fixture = fixture_create();
        struct wire *wire = wire_connect(fixture);
        wire_send(wire, requests[i]);
        assert_true(wire_until_closed(wire));
        assert_int_equal(wire_count(wire, "HTTP/1.1 200 OK"), 1);
        assert_int_equal(wire_count(wire, "Connection: close\r\n"), 1);
        assert_int_equal(wire_count(wire, "never"), 0);
        wire_close(wire);
        fixture_destroy(fixture);
    }
}

static void continue_is_sent_when_the_body_is_welcome(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/hold") "POST /c HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n"
                                "Expect: 100-continue\r\n\r\n");
    assert_true(fixture_until_held(fixture, 1));
    assert_true(wire_is_quiet(wire)); /* it must not overtake the earlier answer */
    fixture_answer(fixture, 0, "<first>");
    assert_true(wire_until(wire, "<first>HTTP/1.1 100 Continue\r\n\r\n"));
    wire_say(wire, "ok");
    assert_true(wire_until(wire, "POST /c? ok"));
    wire_close(wire);

    wire = wire_connect(fixture);
    wire_say(wire, "POST /c HTTP/1.1\r\nHost: t\r\nContent-Length: 99999\r\n"
                   "Expect: 100-continue\r\n\r\n");
    assert_true(wire_until(wire, "HTTP/1.1 413 "));
    assert_int_equal(wire_count(wire, "100 Continue"), 0);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void a_client_that_left_does_not_disturb(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/hold") GET("/quick"));
    assert_true(fixture_until_held(fixture, 1));
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    assert_int_equal(setsockopt(wire->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
    wire_close(wire);
    for (int i = 0; i < 1000 && http_server_count(fixture->server).connections_open > 0; i++) {
        fixture_turn(fixture);
    }
    assert_int_equal(http_server_count(fixture->server).connections_open, 0);
    fixture_answer(fixture, 0, "nobody hears");
    fixture_destroy(fixture);
}

static void a_client_that_only_ended_sending_is_answered(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/hold"));
    assert_int_equal(shutdown(wire->fd, SHUT_WR), 0);
    assert_true(fixture_until_held(fixture, 1));
    fixture_turn(fixture);
    fixture_answer(fixture, 0, "<heard>");
    assert_true(wire_until(wire, "<heard>"));
    assert_true(wire_until_closed(wire));
    wire_close(wire);
    fixture_destroy(fixture);
}

enum { CLIENTS = 3 };

/* Each of three in turn goes between its answer and the moment when all are written. */
static void who_goes_takes_no_other_answer_along(void **state) {
    (void)state;
    for (size_t gone = 0; gone < CLIENTS; gone++) {
        struct fixture *fixture = fixture_create();
        struct http_connection *connections[CLIENTS];
        struct wire *wires[CLIENTS];
        for (size_t i = 0; i < CLIENTS; i++) {
            wires[i] = wire_connect(fixture);
            wire_say(wires[i], GET("/hold"));
            assert_true(fixture_until_held(fixture, i + 1));
            connections[i] = fixture->held[i]->connection;
        }
        for (size_t i = 0; i < CLIENTS; i++) {
            fixture_answer(fixture, i, "<done>");
        }
        assert_ptr_equal(fixture->server->dirty, connections[0]); /* first come, first served */
        assert_ptr_equal(connections[0]->next_dirty, connections[1]);
        http_connection_close(connections[gone]);
        for (size_t i = 0; i < CLIENTS; i++) {
            assert_true(i == gone ? wire_until_closed(wires[i]) : wire_until(wires[i], "<done>"));
            wire_say(wires[i], GET("/after"));
            assert_int_equal(wire_until(wires[i], "GET /after?"), i != gone);
            wire_close(wires[i]);
        }
        fixture_destroy(fixture);
    }
}

static void large_answers_reach_a_slow_reader_whole(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/big") GET("/big") GET("/last"));
    size_t total = 0;
    for (int i = 0; i < 100000 && wire_count(wire, "GET /last?") == 0; i++) {
        wire_forget(wire);
        fixture_turn(fixture);
        wire_receive(wire);
        total += wire->len;
        assert_false(wire->is_closed);
    }
    assert_int_equal(wire_count(wire, "GET /last?"), 1);
    assert_true(total > (size_t)8 << 20 && total < ((size_t)8 << 20) + 1000);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void header_values_cannot_carry_line_breaks(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/hold"));
    assert_true(fixture_until_held(fixture, 1));
    struct http_response response = {.status = 302};
    http_add_header(&response, STR("Location"), STR("/x\r\nSet-Cookie: evil=1"));
    http_respond(fixture->held[0], &response);
    fixture->held[0] = NULL;
    assert_true(wire_until(wire, "\r\n\r\n"));
    assert_int_equal(wire_count(wire, "Location: /x  Set-Cookie: evil=1\r\n"), 1);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void stopping_finishes_what_has_begun(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *busy = wire_connect(fixture);
    struct wire *idle = wire_connect(fixture);
    struct wire *half = wire_connect(fixture);
    wire_say(busy, GET("/hold"));
    wire_say(idle, GET("/done"));
    wire_say(half, "POST /half HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n\r\nab");
    assert_true(fixture_until_held(fixture, 1));
    assert_true(wire_until(idle, "GET /done?"));
    fixture_stop(fixture, 10000);
    assert_true(wire_until_closed(idle));
    assert_false(fixture->is_stopped);
    fixture_answer(fixture, 0, "<finished>");
    assert_true(wire_until_closed(busy));
    assert_int_equal(wire_count(busy, "<finished>"), 1);
    assert_int_equal(wire_count(busy, "Connection: close\r\n"), 1);
    wire_say(half, "cd");
    assert_true(wire_until_closed(half));
    assert_int_equal(wire_count(half, "POST /half? abcd"), 1);
    wire_close(busy);
    wire_close(idle);
    wire_close(half);
    assert_true(fixture_until_stopped(fixture));
    fixture_destroy(fixture);
}

static void stopping_waits_no_longer_than_its_grace(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/hold"));
    assert_true(fixture_until_held(fixture, 1));
    fixture_stop(fixture, 10000);
    fixture_advance(fixture, 9999);
    assert_true(wire_is_quiet(wire));
    fixture_advance(fixture, 1);
    assert_true(wire_until_closed(wire));
    assert_true(fixture_until_stopped(fixture));
    wire_close(wire);
    fixture_destroy(fixture); /* answers the orphan */
}

static void stopping_lets_an_answer_on_its_way_arrive(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/big"));
    fixture_turn(fixture);
    fixture_stop(fixture, 10000);
    size_t total = 0;
    for (int i = 0; i < 100000 && !wire->is_closed; i++) {
        wire_forget(wire);
        fixture_turn(fixture);
        wire_receive(wire);
        total += wire->len;
    }
    assert_true(wire->is_closed);
    assert_false(wire->was_reset);
    assert_true(total > (size_t)4 << 20);
    assert_true(fixture_until_stopped(fixture));
    wire_close(wire);
    fixture_destroy(fixture);
}

static void a_server_without_clients_stops_at_once(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    fixture_stop(fixture, 0);
    assert_true(fixture_until_stopped(fixture));
    fixture_destroy(fixture);
}

static void a_unix_socket_is_private_and_local(void **state) {
    (void)state;
    struct fixture *fixture = fixture_create();
    char folder[] = "/tmp/net-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct str path = arena_printf(&fixture->arena, "%s/socket", folder);
    struct str address = arena_printf(&fixture->arena, "unix:%s", path.bytes);
    struct err err = http_server_listen(&fixture->cx, fixture->server, address);
    assert_int_equal(err.code, ERR_NONE);
    struct stat info;
    assert_int_equal(stat(path.bytes, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);

    struct wire *wire = wire_connect_unix(fixture, path.bytes);
    wire_say(wire, GET("/u"));
    assert_true(wire_until(wire, "GET /u?"));
    assert_string_equal(fixture->last_peer, "unix");
    assert_true(fixture->was_local);
    wire_close(wire);

    err = http_server_listen(&fixture->cx, fixture->server, address);
    assert_int_equal(err.code, ERR_CONFLICT);
    assert_non_null(strstr(fixture->cx.detail, "in use"));
    fixture_stop(fixture, 0);
    assert_true(fixture_until_stopped(fixture));
    assert_int_not_equal(stat(path.bytes, &info), 0);
    fixture_destroy(fixture);
    assert_int_equal(rmdir(folder), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_connection_serves_many_requests),
        cmocka_unit_test(nothing_is_left_of_the_body_before),
        cmocka_unit_test(the_date_goes_with_the_clock),
        cmocka_unit_test(a_request_may_come_byte_by_byte),
        cmocka_unit_test(pipelined_answers_keep_their_order),
        cmocka_unit_test(only_the_same_head_of_one_connection_has_its_number),
        cmocka_unit_test(sixty_four_requests_are_outstanding_at_most),
        cmocka_unit_test(head_is_answered_without_its_body),
        cmocka_unit_test(close_is_honoured),
        cmocka_unit_test(continue_is_sent_when_the_body_is_welcome),
        cmocka_unit_test(a_client_that_left_does_not_disturb),
        cmocka_unit_test(a_client_that_only_ended_sending_is_answered),
        cmocka_unit_test(who_goes_takes_no_other_answer_along),
        cmocka_unit_test(large_answers_reach_a_slow_reader_whole),
        cmocka_unit_test(header_values_cannot_carry_line_breaks),
        cmocka_unit_test(stopping_finishes_what_has_begun),
        cmocka_unit_test(stopping_waits_no_longer_than_its_grace),
        cmocka_unit_test(stopping_lets_an_answer_on_its_way_arrive),
        cmocka_unit_test(a_server_without_clients_stops_at_once),
        cmocka_unit_test(a_unix_socket_is_private_and_local),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
