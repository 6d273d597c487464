/* Guards: what an operator asks for is what the server is asked, and its answer is shown whole and
 * cannot steer the terminal. */
#include "cli/server_fixture.h"

static void endpoints_are_a_line_each(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] =
        "{\"data\":[{\"id\":\"whep_1\",\"status\":\"enabled\",\"failingSince\":null,"
        "\"url\":\"https://a.example/\\u001b[2J\",\"eventTypes\":[\"invoice.paid\",\"dunning.*\"]},"
        "{\"id\":\"whep_2\",\"status\":\"disabled\",\"failingSince\":\"2026-01-15T12:00:00Z\","
        "\"url\":\"https://b.example/\",\"eventTypes\":[\"*\"]}]}";
    assert_int_equal(server_fixture_run(server, "webhooks list"), CLI_DONE);
    assert_string_equal(server->targets[0], "GET /api/webhook-endpoints");
    assert_string_equal(server->cli.out,
                        "whep_1  enabled  -  https://a.example/ [2J  invoice.paid  dunning.*\n"
                        "whep_2  disabled  2026-01-15T12:00:00Z  https://b.example/  *\n");
    assert_string_equal(server->cli.err, "");
}

#define DELIVERY                                                                                   \
    "{\"id\":\"whdl_1\",\"createdAt\":\"2026-01-15T12:00:00Z\",\"status\":\"failed\","             \
    "\"attemptCount\":10,\"type\":\"invoice.paid\",\"userId\":\"ada\","                            \
    "\"lastError\":\"The endpoint answered 500.\"}"

static void deliveries_are_narrowed_by_the_server(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = "{\"data\":[" DELIVERY "],\"nextCursor\":\"whdl_1\"}";
    assert_int_equal(server_fixture_run(server, "webhooks deliveries --endpoint whep_1 --status "
                                                "failed --type invoice.paid --user a&b --limit 1"),
                     CLI_DONE);
    assert_string_equal(server->targets[0],
                        "GET /api/webhook-deliveries?limit=1&endpointId=whep_1&status=failed"
                        "&type=invoice.paid&userId=a%26b");
    assert_string_equal(server->cli.out, "whdl_1  2026-01-15T12:00:00Z  failed  10  invoice.paid  "
                                         "ada  The endpoint answered 500.\n");
    assert_part(server->cli.err, "there are more");
}

static void json_is_the_servers(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = "{\"data\":[" DELIVERY "],\"nextCursor\":null}";
    assert_int_equal(server_fixture_run(server, "webhooks deliveries --json"), CLI_DONE);
    assert_string_equal(server->targets[0], "GET /api/webhook-deliveries?limit=100");
    assert_string_equal(server->cli.out, "{\"data\":[" DELIVERY "],\"nextCursor\":null}\n");
}

static void what_failed_is_replayed(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = "{\"count\":12}";
    assert_int_equal(
        server_fixture_run(server, "webhooks replay whep_1 --since 2026-01-15T12:00:00Z"),
        CLI_DONE);
    assert_string_equal(server->targets[0], "POST /api/webhook-endpoints/whep_1/replay");
    assert_string_equal(server->cli.out, "12 wait to be sent again.\n");
}

static void refusals_are_said(void **state) {
    struct server_fixture *server = *state;
    server->status = 409;
    server->answers[0] =
        "{\"code\":\"webhook_endpoint_disabled\",\"detail\":\"The endpoint is disabled.\"}";
    assert_int_equal(
        server_fixture_run(server, "webhooks replay whep_1 --since 2026-01-15T12:00:00Z"),
        CLI_FAILED);
    assert_string_equal(server->cli.err,
                        "turnpike: The endpoint is disabled. (webhook_endpoint_disabled)\n");
    assert_string_equal(server->cli.out, "");
}

static void what_is_no_list_is_a_failure(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = "{\"data\":7}";
    assert_int_equal(server_fixture_run(server, "webhooks list"), CLI_FAILED);
    assert_part(server->cli.err, "holds no list");
}

static void wrong_usage_asks_no_server(void **state) {
    static const char *const lines[] = {
        "webhooks replay whep_1",
        "webhooks replay --since 2026-01-15T12:00:00Z",
        "webhooks deliveries --limit 101",
        "webhooks deliveries --key tp_test_1",
        "webhooks list --data d --url http://a",
    };
    struct server_fixture *server = *state;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        assert_int_equal(cli_fixture_run(&server->cli, lines[i]), CLI_USAGE);
    }
    assert_int_equal(server->calls, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SERVER_TEST(endpoints_are_a_line_each),  SERVER_TEST(deliveries_are_narrowed_by_the_server),
        SERVER_TEST(json_is_the_servers),        SERVER_TEST(what_failed_is_replayed),
        SERVER_TEST(refusals_are_said),          SERVER_TEST(what_is_no_list_is_a_failure),
        SERVER_TEST(wrong_usage_asks_no_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
