/* Guards: an answer without an end arrives as it is sent, behind those before it, and its owner
 * hears exactly once when nobody is there to read it. */
#include "net/http_fixture.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: t\r\n\r\n"

struct owner {
    struct fixture *fixture;
    struct http_exchange *exchange;
    int closed;
};

static struct owner the_owner; /* the fixture's context is taken */

static void on_closed(void *context) {
    struct owner *owner = context;
    owner->exchange = NULL;
    owner->closed++;
}

static void handle(void *context, struct http_exchange *exchange) {
    struct fixture *fixture = context;
    const struct http_request *request = http_exchange_request(exchange);
    if (str_equal(request->path, STR("/hold"))) {
        fixture->held[fixture->held_count++] = exchange;
        return;
    }
    struct http_stream stream = {on_closed, &the_owner};
    struct http_response response = {.status = 200, .body = STR("<first>"), .stream = &stream};
    the_owner.exchange = exchange;
    http_respond(exchange, &response);
}

static struct fixture *open_fixture(void) {
    struct fixture *fixture = fixture_empty();
    struct http_server_options options = fixture_options(fixture);
    options.handle = handle;
    fixture_start(fixture, &options);
    the_owner = (struct owner){.fixture = fixture};
    return fixture;
}

static bool until_closed(struct fixture *fixture) {
    for (int i = 0; i < 1000 && the_owner.closed == 0; i++) {
        fixture_turn(fixture);
    }
    return the_owner.closed == 1;
}

static void it_arrives_as_it_is_sent_until_its_end(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/stream"));
    assert_true(wire_until(wire, "\r\nConnection: close\r\n\r\n<first>"));
    assert_int_equal(wire_count(wire, "Content-Length"), 0);
    http_stream_send(the_owner.exchange, STR("<second>"));
    assert_true(wire_until(wire, "<second>"));
    assert_true(wire_is_quiet(wire));
    http_stream_send(the_owner.exchange, STR("<last>"));
    http_stream_end(the_owner.exchange);
    assert_true(wire_until_closed(wire));
    assert_non_null(strstr(wire->bytes, "<first><second><last>"));
    assert_false(wire->was_reset);
    assert_int_equal(the_owner.closed, 0); /* its owner has ended it */
    wire_close(wire);
    fixture_destroy(fixture);
}

static void it_waits_for_the_answers_before_it(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/hold") GET("/stream"));
    assert_true(fixture_until_held(fixture, 1));
    fixture_turn(fixture);
    http_stream_send(the_owner.exchange, STR("<second>"));
    assert_true(wire_is_quiet(wire));
    assert_int_equal(wire->len, 0);
    fixture_answer(fixture, 0, "<before>");
    assert_true(wire_until(wire, "<first><second>"));
    assert_true(strstr(wire->bytes, "<before>") < strstr(wire->bytes, "<first>"));
    http_stream_send(the_owner.exchange, STR("<third>"));
    assert_true(wire_until(wire, "<second><third>"));
    wire_close(wire);
    assert_true(until_closed(fixture));
    fixture_destroy(fixture);
}

static void head_has_no_stream(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, "HEAD /stream HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_true(wire_until_closed(wire));
    assert_int_equal(the_owner.closed, 1);
    assert_int_equal(wire_count(wire, "<first>"), 0);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void a_client_that_leaves_is_told_of(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/stream"));
    assert_true(wire_until(wire, "<first>"));
    wire_close(wire);
    assert_true(until_closed(fixture));
    assert_int_equal(http_server_count(fixture->server).connections_open, 0);
    fixture_destroy(fixture);
}

/* The kernel's buffers fill up first, then ours. */
static void a_client_that_does_not_read_is_dropped(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/stream"));
    assert_true(wire_until(wire, "<first>"));
    char block[4096];
    memset(block, 'x', sizeof block);
    int sent = 0;
    for (; sent < 100000 && the_owner.exchange != NULL; sent++) {
        http_stream_send(the_owner.exchange, str_of(block, sizeof block));
        (void)uv_run(&fixture->loop, UV_RUN_NOWAIT);
    }
    assert_int_equal(the_owner.closed, 1);
    assert_true(sent > HTTP_STREAM_MAX / (int)sizeof block);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void stopping_does_not_wait_for_it(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/stream"));
    assert_true(wire_until(wire, "<first>"));
    fixture_stop(fixture, 60 * 1000);
    assert_true(fixture_until_stopped(fixture));
    assert_int_equal(the_owner.closed, 1);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void what_is_asked_behind_it_is_not_answered(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/stream") GET("/hold"));
    assert_true(wire_until(wire, "<first>"));
    assert_true(wire_is_quiet(wire));
    assert_int_equal(fixture->held_count, 0);
    wire_close(wire);
    assert_true(until_closed(fixture));
    fixture_destroy(fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_arrives_as_it_is_sent_until_its_end),
        cmocka_unit_test(it_waits_for_the_answers_before_it),
        cmocka_unit_test(head_has_no_stream),
        cmocka_unit_test(a_client_that_leaves_is_told_of),
        cmocka_unit_test(a_client_that_does_not_read_is_dropped),
        cmocka_unit_test(stopping_does_not_wait_for_it),
        cmocka_unit_test(what_is_asked_behind_it_is_not_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
