/* Guards: what is kept and who is held is a line each that cannot steer the terminal; a purge that
 * two people must agree to says so, and one that is carried out is waited for. */
#include "cli/server_fixture.h"

#define KIND                                                                                       \
    "{\"kind\":\"mails\",\"how\":\"sweep\",\"period\":\"P3Y\",\"minimum\":\"P90D\",\"due\":7,"     \
    "\"cutoff\":\"2023-03-01T00:00:00Z\"}"
#define PLAN(status)                                                                               \
    "{\"id\":\"rpln_1\",\"status\":\"" status "\",\"customers\":1,\"purged\":0,\"skipped\":2,"     \
    "\"hash\":\"ab\",\"kinds\":[{\"kind\":\"mails\",\"rows\":7,\"purged\":null,"                   \
    "\"before\":\"2023-03-01T00:00:00Z\"}]}"
#define HOLD                                                                                       \
    "{\"userId\":\"ada\",\"until\":\"2030-01-01T00:00:00Z\",\"liftedAt\":null,"                    \
    "\"createdBy\":null,\"reason\":\"\\u001B[2J\"}"

static void the_schedule_is_a_line_a_kind(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = "{\"kinds\":[" KIND "]}";
    assert_int_equal(server_fixture_run(server, "retention schedule"), CLI_DONE);
    assert_string_equal(server->targets[0], "GET /api/admin/retention");
    assert_string_equal(server->cli.out, "mails  sweep  P3Y  P90D  7  2023-03-01T00:00:00Z\n");
}

static void a_plan_is_shown_with_its_kinds(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = PLAN("ready");
    assert_int_equal(server_fixture_run(server, "retention show rpln_1"), CLI_DONE);
    assert_string_equal(server->targets[0], "GET /api/admin/retention/plans/rpln_1");
    assert_string_equal(server->cli.out, "rpln_1  ready  1  0  2  ab\n"
                                         "mails  7  -  2023-03-01T00:00:00Z\n");
}

static void a_count_is_waited_for(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = PLAN("counting");
    server->answers[1] = PLAN("counting");
    server->answers[2] = PLAN("ready");
    assert_int_equal(server_fixture_run(server, "retention plan"), CLI_DONE);
    assert_string_equal(server->targets[0], "POST /api/admin/retention/dry-run");
    assert_string_equal(server->targets[2], "GET /api/admin/retention/plans/rpln_1");
    assert_part(server->cli.out, "rpln_1  ready");
}

static void what_waits_for_a_second_person_says_so(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = "{\"id\":\"appr_1\",\"status\":\"pending\",\"action\":\"purge\","
                         "\"expiresAt\":\"2026-03-04T00:00:00Z\"}";
    assert_int_equal(server_fixture_run(server, "retention purge rpln_1 --reason yearly"),
                     CLI_DONE);
    assert_string_equal(server->targets[0], "POST /api/admin/retention/purge");
    assert_string_equal(server->cli.out, "appr_1  pending  purge  2026-03-04T00:00:00Z\n");
    assert_part(server->cli.err, "nothing goes before a second person agrees");
    assert_int_equal(server->calls, 1);
}

static void holds_cannot_steer_the_terminal(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = "{\"data\":[" HOLD "],\"nextCursor\":null}";
    assert_int_equal(server_fixture_run(server, "retention holds"), CLI_DONE);
    assert_string_equal(server->targets[0], "GET /api/admin/retention/holds?limit=100&status=held");
    assert_string_equal(server->cli.out, "ada  2030-01-01T00:00:00Z  -  -   [2J\n");
}

static void what_is_missing_is_named(void **state) {
    struct server_fixture *server = *state;
    assert_int_equal(server_fixture_run(server, "retention purge rpln_1"), CLI_USAGE);
    assert_part(server->cli.err, "--reason");
    assert_int_equal(server_fixture_run(server, "retention hold ada --reason case"), CLI_USAGE);
    assert_int_equal(server_fixture_run(server, "retention show"), CLI_USAGE);
    assert_int_equal(server->calls, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SERVER_TEST(the_schedule_is_a_line_a_kind),
        SERVER_TEST(a_plan_is_shown_with_its_kinds),
        SERVER_TEST(a_count_is_waited_for),
        SERVER_TEST(what_waits_for_a_second_person_says_so),
        SERVER_TEST(holds_cannot_steer_the_terminal),
        SERVER_TEST(what_is_missing_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
