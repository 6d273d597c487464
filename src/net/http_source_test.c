/* Guards: a body that is longer than memory is read only as its reader takes it, arrives whole, and
 * its owner hears exactly once when nothing more is read. */
#include "net/http_fixture.h"

#include <signal.h>
#include <sys/socket.h>

#define GET(path) "GET " path " HTTP/1.1\r\nHost: t\r\n\r\n"

enum { LONG = 64 * 1024 * 1024, SHORT = 300 * 1000 };

struct owner {
    uint64_t read, fails_at; /* bytes that were read; where reading fails */
    size_t longest;          /* that was asked for at once */
    int closed;
};

static struct owner the_owner; /* the fixture's context is taken */

static char byte_at(uint64_t at) {
    return (char)('a' + (at * 31 + at / 1000) % 26);
}

static struct err read_some(void *context, uint64_t at, size_t max, struct buf *out) {
    struct owner *owner = context;
    assert_int_equal(owner->closed, 0);
    assert_int_equal(at, owner->read);
    if (owner->fails_at > 0 && at >= owner->fails_at) {
        return ERR(ERR_NOT_FOUND);
    }
    size_t len = max < 50 * 1000 ? max : 50 * 1000;
    char *bytes = buf_reserve(out, len);
    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = byte_at(at + i);
    }
    out->len += len;
    owner->read += len;
    owner->longest = max > owner->longest ? max : owner->longest;
    return OK;
}

static void on_closed(void *context) {
    ((struct owner *)context)->closed++;
}

static void handle(void *context, struct http_exchange *exchange) {
    struct fixture *fixture = context;
    const struct http_request *request = http_exchange_request(exchange);
    bool is_long = str_equal(request->path, STR("/long"));
    bool is_empty = str_equal(request->path, STR("/empty"));
    struct http_source source = {is_long    ? LONG
                                 : is_empty ? 0
                                            : SHORT,
                                 read_some, on_closed, &the_owner};
    struct http_response response = {.status = 200, .source = &source};
    if (str_equal(request->path, STR("/hold"))) {
        fixture->held[fixture->held_count++] = exchange;
        return;
    }
    if (str_equal(request->path, STR("/plain"))) {
        response = (struct http_response){.status = 200, .body = STR("<plain>")};
    }
    http_respond(exchange, &response);
}

static struct fixture *open_fixture(void) {
    struct fixture *fixture = fixture_empty();
    struct http_server_options options = fixture_options(fixture);
    options.handle = handle;
    fixture_start(fixture, &options);
    the_owner = (struct owner){.closed = 0};
    return fixture;
}

static bool until_closed(struct fixture *fixture) {
    for (int i = 0; i < 2000 && the_owner.closed == 0; i++) {
        fixture_turn(fixture);
    }
    return the_owner.closed == 1;
}

/* Behind the head, as far as it came. */
static void assert_body(const struct wire *wire, size_t expected) {
    const char *body = strstr(wire->bytes, "\r\n\r\n");
    assert_non_null(body);
    body += 4;
    size_t len = wire->len - (size_t)(body - wire->bytes);
    assert_true(len >= expected);
    for (size_t i = 0; i < expected; i++) {
        if (body[i] != byte_at(i)) {
            fail_msg("byte %zu", i);
        }
    }
}

static void it_arrives_whole_and_the_connection_goes_on(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/short") GET("/plain"));
    assert_true(wire_until(wire, "<plain>"));
    assert_int_equal(wire_count(wire, "\r\nContent-Length: 300000\r\n"), 1);
    assert_int_equal(wire_count(wire, "Connection: close"), 0);
    assert_body(wire, SHORT);
    assert_int_equal(the_owner.closed, 1);
    wire_forget(wire);
    wire_say(wire, GET("/plain"));
    assert_true(wire_until(wire, "<plain>"));
    wire_close(wire);
    fixture_destroy(fixture);
}

static void it_waits_for_the_answers_before_it(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/hold") GET("/short"));
    assert_true(fixture_until_held(fixture, 1));
    assert_true(wire_is_quiet(wire));
    assert_int_equal(the_owner.read, 0);
    fixture_answer(fixture, 0, "<held>");
    assert_true(until_closed(fixture));
    assert_true(wire_until(wire, "<held>HTTP/1.1 200"));
    assert_int_equal(the_owner.read, SHORT);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void of_head_there_is_only_the_length(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, "HEAD /long HTTP/1.1\r\nHost: t\r\n\r\n");
    assert_true(wire_until(wire, "\r\nContent-Length: 67108864\r\n\r\n"));
    wire_forget(wire);
    wire_say(wire, GET("/plain"));
    assert_true(wire_until(wire, "<plain>"));
    assert_int_equal(the_owner.closed, 1);
    assert_int_equal(the_owner.read, 0);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void an_empty_one_is_over_at_once(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/empty") GET("/plain"));
    assert_true(wire_until(wire, "<plain>"));
    assert_int_equal(wire_count(wire, "\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200"), 1);
    assert_int_equal(the_owner.closed, 1);
    wire_close(wire);
    fixture_destroy(fixture);
}

/* The kernel's buffers fill up first; then nothing more is read until the client reads. */
static void it_is_read_no_faster_than_its_reader_reads(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/long"));
    for (int i = 0; i < 1000; i++) {
        fixture_turn(fixture);
    }
    uint64_t ahead = the_owner.read;
    assert_true(ahead > 0 && ahead < LONG);
    for (int i = 0; i < 100; i++) {
        fixture_turn(fixture);
    }
    assert_int_equal(the_owner.read, ahead);
    uint64_t received = 0;
    for (int i = 0; i < 100000 && the_owner.closed == 0; i++) {
        fixture_turn(fixture);
        wire_receive(wire);
        received += wire->len;
        wire_forget(wire);
        assert_true(the_owner.read <= received + ahead + HTTP_SOURCE_MAX);
    }
    assert_int_equal(the_owner.read, LONG);
    assert_true(the_owner.longest <= HTTP_SOURCE_MAX);
    assert_false(wire->is_closed);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void one_reader_does_not_hold_up_the_others(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/long"));
    uint64_t before = the_owner.read;
    (void)uv_run(&fixture->loop, UV_RUN_NOWAIT);
    (void)uv_run(&fixture->loop, UV_RUN_NOWAIT);
    assert_true(the_owner.read - before <= 4 * HTTP_SOURCE_MAX); /* a piece in a turn */
    wire_close(wire);
    assert_true(until_closed(fixture));
    fixture_destroy(fixture);
}

static void a_client_that_never_reads_is_dropped(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/long"));
    for (int i = 0; i < 1000; i++) {
        fixture_turn(fixture);
    }
    fixture_advance(fixture, 1); /* what the kernel has taken counts as read */
    fixture_advance(fixture, HTTP_IDLE_MS - 1000);
    assert_int_equal(the_owner.closed, 0);
    fixture_advance(fixture, 2000);
    assert_int_equal(the_owner.closed, 1);
    assert_int_equal(http_server_count(fixture->server).connections_open, 0);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void a_client_that_leaves_is_told_of(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/long"));
    assert_true(wire_until(wire, "Content-Length"));
    wire_close(wire);
    assert_true(until_closed(fixture));
    assert_int_equal(http_server_count(fixture->server).connections_open, 0);
    fixture_destroy(fixture);
}

static void what_cannot_be_read_cuts_the_connection(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    the_owner.fails_at = 100 * 1000;
    wire_say(wire, GET("/short"));
    assert_true(wire_until_closed(wire));
    assert_int_equal(the_owner.closed, 1);
    assert_true(wire->len < SHORT);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void who_only_stops_sending_still_gets_it(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    wire_say(wire, GET("/short"));
    assert_int_equal(shutdown(wire->fd, SHUT_WR), 0);
    assert_true(wire_until_closed(wire));
    assert_body(wire, SHORT);
    assert_false(wire->was_reset);
    wire_close(wire);
    fixture_destroy(fixture);
}

static void stopping_gives_it_the_grace_and_no_longer(void **state) {
    (void)state;
    struct fixture *fixture = open_fixture();
    struct wire *wire = wire_connect(fixture);
    struct wire *quick = wire_connect(fixture);
    wire_say(wire, GET("/long"));
    assert_true(wire_until(wire, "Content-Length"));
    fixture_stop(fixture, 5000);
    fixture_turn(fixture);
    assert_int_equal(the_owner.closed, 0);
    fixture_advance(fixture, 6000);
    assert_true(fixture_until_stopped(fixture));
    assert_int_equal(the_owner.closed, 1);
    wire_close(wire);
    wire_close(quick);
    fixture_destroy(fixture);
}

int main(void) {
    (void)signal(SIGPIPE, SIG_IGN); /* as the program does: clients leave in mid-answer */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_arrives_whole_and_the_connection_goes_on),
        cmocka_unit_test(it_waits_for_the_answers_before_it),
        cmocka_unit_test(of_head_there_is_only_the_length),
        cmocka_unit_test(an_empty_one_is_over_at_once),
        cmocka_unit_test(it_is_read_no_faster_than_its_reader_reads),
        cmocka_unit_test(one_reader_does_not_hold_up_the_others),
        cmocka_unit_test(a_client_that_never_reads_is_dropped),
        cmocka_unit_test(a_client_that_leaves_is_told_of),
        cmocka_unit_test(what_cannot_be_read_cuts_the_connection),
        cmocka_unit_test(who_only_stops_sending_still_gets_it),
        cmocka_unit_test(stopping_gives_it_the_grace_and_no_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
