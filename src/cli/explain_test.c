/* Guards: an invoice is explained line by line from what the server says, one line alone when asked
 * for; a line that comes to something else is seen in the exit status; names cannot steer the
 * terminal. */
#include "cli/server_fixture.h"

#define USD(n) "{\"amount\":" n ",\"currency\":\"usd\"}"
#define PERIOD "{\"start\":\"2026-04-01T00:00:00Z\",\"end\":\"2026-05-01T00:00:00Z\"}"
#define INVOICE                                                                                    \
    "{\"id\":\"invo_1\",\"number\":\"T-1\",\"status\":\"paid\","                                   \
    "\"amount\":" USD("1579") ",\"tax\":" USD("129") ",\"lines\":[{},{}]}"
#define LINE(agrees, amount)                                                                       \
    "{\"description\":\"1 \\u00d7 Starter\\u001b[2J\",\"agrees\":" agrees                          \
    ",\"amount\":" USD(amount) ",\"recomputed\":" USD("2900") ",\"discount\":" USD(                \
        "1450") ",\"recomputedDiscount\":" USD("1450") ",\"coupon\":\"HALF\",\"formula\":\"2900 "  \
                                                       "x 1 = 2900\",\"reason\":null,"             \
                                                       "\"tier\":\"starter\",\"planVersion\":1,"   \
                                                       "\"interval\":\"month\",\"price\":" USD(    \
                                                           "2900") ",\"period\":" PERIOD           \
                                                                   ",\"wholePeriod\":" PERIOD "}"
#define UNKNOWN                                                                                    \
    "{\"description\":\"Extra\",\"amount\":" USD("129") ",\"discount\":" USD(                      \
        "0") ",\"recomputed\":null,\"agrees\":false,\"reason\":\"The line is of no "               \
             "plan.\",\"period\":" PERIOD ",\"wholePeriod\":null}"

static void every_line_is_derived(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = INVOICE;
    server->answers[1] = LINE("true", "2900");
    server->answers[2] = UNKNOWN;
    assert_int_equal(server_fixture_run(server, "explain invo_1 --user ada"), CLI_DONE);
    assert_string_equal(server->targets[0], "GET /api/billing/invoices/invo_1");
    assert_string_equal(server->targets[2], "GET /api/billing/invoices/invo_1/lines/2/explain");
    assert_string_equal(server->user_id, "ada");
    assert_string_equal(server->cli.out,
                        "T-1, paid: 1579 usd with tax of 129 usd (whole minor units)\n"
                        "\n1. 1 \xc3\x97 Starter [2J\n"
                        "  bills    2026-04-01T00:00:00Z to 2026-05-01T00:00:00Z\n"
                        "  of       2026-04-01T00:00:00Z to 2026-05-01T00:00:00Z\n"
                        "  plan     starter version 1, 2900 usd a month, coupon HALF\n"
                        "  formula  2900 x 1 = 2900\n"
                        "  billed   2900 usd, less 1450 usd\n"
                        "  computed 2900 usd, less 1450 usd\n"
                        "  agrees   yes\n"
                        "\n2. Extra\n"
                        "  bills    2026-04-01T00:00:00Z to 2026-05-01T00:00:00Z\n"
                        "  billed   129 usd\n"
                        "  why not  The line is of no plan.\n");
}

static void one_line_that_differs_is_the_exit_status(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = INVOICE;
    server->answers[1] = LINE("false", "2800");
    assert_int_equal(server_fixture_run(server, "explain invo_1 2 --user ada --json"), CLI_FAILED);
    assert_int_equal(server->calls, 2);
    assert_string_equal(server->targets[1], "GET /api/billing/invoices/invo_1/lines/2/explain");
    assert_part(server->cli.out, "{\"invoice\":{\"id\":\"invo_1\"");
    assert_part(server->cli.out, "\"line\":2}]}");
    assert_string_equal(server->cli.err, "");
}

static void what_is_not_there_is_said(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = INVOICE;
    assert_int_equal(server_fixture_run(server, "explain invo_1 3 --user ada"), CLI_FAILED);
    assert_part(server->cli.err, "The invoice has no line \"3\": it has 2.");
    server->calls = 0;
    assert_int_equal(server_fixture_run(server, "explain invo_1 first --user ada"), CLI_FAILED);
    assert_part(server->cli.err, "no line \"first\"");
    server->calls = 0;
    server->status = 404;
    server->answers[0] = "{\"code\":\"invoice_not_found\",\"detail\":\"There is none.\"}";
    assert_int_equal(server_fixture_run(server, "explain invo_2 --user ada"), CLI_FAILED);
    assert_part(server->cli.err, "turnpike: There is none. (invoice_not_found)");
    assert_string_equal(server->cli.out, "");
}

static void what_is_missing_is_named(void **state) {
    struct server_fixture *server = *state;
    assert_int_equal(server_fixture_run(server, "explain invo_1"), CLI_USAGE);
    assert_part(server->cli.err, "needs --user ID");
    assert_int_equal(server_fixture_run(server, "explain --user ada"), CLI_USAGE);
    assert_part(server->cli.err, "needs INVOICE");
    assert_int_equal(server_fixture_run(server, "explain invo_1 1 2 --user ada"), CLI_USAGE);
    assert_part(server->cli.err, "does not know what to do with \"2\"");
    assert_int_equal(server->calls, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SERVER_TEST(every_line_is_derived),
        SERVER_TEST(one_line_that_differs_is_the_exit_status),
        SERVER_TEST(what_is_not_there_is_said),
        SERVER_TEST(what_is_missing_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
