/* Guards: what waits for a second person is shown whole, cannot steer the terminal, and no command
 * decides it. */
#include "cli/server_fixture.h"

#define APPROVAL                                                                                   \
    "{\"id\":\"appr_1\",\"action\":\"refund\",\"status\":\"pending\",\"userId\":\"ada\","          \
    "\"objectId\":\"invo_1\",\"amount\":{\"amount\":90000,\"currency\":\"usd\"},"                  \
    "\"request\":{\"invoiceId\":\"invo_1\"},\"before\":{\"refunded\":0},"                          \
    "\"after\":{\"refunded\":90000},\"quoteHash\":\"ab\",\"reason\":\"\\u001B[2J\","               \
    "\"requestedBy\":\"pers_1\",\"requestedAt\":\"2026-03-01T00:00:00Z\","                         \
    "\"expiresAt\":\"2026-03-04T00:00:00Z\",\"decidedBy\":null,\"decidedAt\":null,"                \
    "\"decisionReason\":null,\"outcome\":null,\"operationId\":null}"

static void they_are_a_line_each(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = "{\"data\":[" APPROVAL "],\"nextCursor\":\"appr_1\"}";
    assert_int_equal(
        server_fixture_run(server, "approvals list --status pending --user a&b --limit 1"),
        CLI_DONE);
    assert_string_equal(server->targets[0],
                        "GET /api/admin/approvals?limit=1&status=pending&userId=a%26b");
    assert_string_equal(server->cli.out, "appr_1  pending  refund  2026-03-01T00:00:00Z  ada  "
                                         "invo_1  pers_1\n");
    assert_part(server->cli.err, "there are more");
}

static void one_is_shown_member_by_member(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = APPROVAL;
    assert_int_equal(server_fixture_run(server, "approvals show appr_1"), CLI_DONE);
    assert_string_equal(server->targets[0], "GET /api/admin/approvals/appr_1");
    assert_part(server->cli.out, "after.refunded  90000\n");
    assert_part(server->cli.out, "reason   [2J\n");
    assert_part(server->cli.out, "decidedBy  -\n");
}

static void json_is_the_servers(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = APPROVAL;
    assert_int_equal(server_fixture_run(server, "approvals show appr_1 --json"), CLI_DONE);
    assert_string_equal(server->cli.out, APPROVAL "\n");
}

static void refusals_are_said(void **state) {
    struct server_fixture *server = *state;
    server->status = 404;
    server->answers[0] =
        "{\"code\":\"approval_not_found\",\"detail\":\"There is no such approval.\"}";
    assert_int_equal(server_fixture_run(server, "approvals show appr_2"), CLI_FAILED);
    assert_string_equal(server->cli.err,
                        "turnpike: There is no such approval. (approval_not_found)\n");
}

static void what_is_no_list_is_a_failure(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = "{\"data\":7}";
    assert_int_equal(server_fixture_run(server, "approvals list"), CLI_FAILED);
    assert_part(server->cli.err, "holds no list");
}

static void wrong_usage_asks_no_server(void **state) {
    static const char *const lines[] = {
        "approvals show",
        "approvals approve appr_1",
        "approvals list --limit 101",
        "approvals list --key tp_test_1",
    };
    struct server_fixture *server = *state;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        assert_int_equal(cli_fixture_run(&server->cli, lines[i]), CLI_USAGE);
    }
    assert_int_equal(server->calls, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SERVER_TEST(they_are_a_line_each),         SERVER_TEST(one_is_shown_member_by_member),
        SERVER_TEST(json_is_the_servers),          SERVER_TEST(refusals_are_said),
        SERVER_TEST(what_is_no_list_is_a_failure), SERVER_TEST(wrong_usage_asks_no_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
