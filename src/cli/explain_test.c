/* Guards: an invoice is explained line by line from what the server says, one line alone when asked
 * for; a line that comes to something else is seen in the exit status; names cannot steer the
 * terminal. */
#include <stdio.h>
#include <string.h>

#include "cli/cli_fixture.h"
#include "client/client_fixture.h"

enum { ANSWERS_MAX = 3 };

struct server {
    int status;
    const char *answers[ANSWERS_MAX];
    char targets[ANSWERS_MAX][256];
    char user_id[64];
    size_t calls;
};

static void answer(void *context, const struct http_request *request, struct arena *arena,
                   struct http_response *ret_response) {
    (void)arena;
    struct server *server = context;
    assert_true(server->calls < ANSWERS_MAX);
    (void)snprintf(server->targets[server->calls], sizeof server->targets[0], STR_FMT " " STR_FMT,
                   STR_ARG(request->method), STR_ARG(request->path));
    (void)snprintf(server->user_id, sizeof server->user_id, STR_FMT,
                   STR_ARG(http_header(request, STR("turnpike-user"))));
    ret_response->status = server->status;
    ret_response->body = str_from_cstr(server->answers[server->calls++]);
}

static const struct cli_hooks hooks = {0};

struct world {
    struct cli_fixture cli;
    struct client_fixture http;
    struct server server;
};

static int set_up(void **state) {
    static struct world world;
    world.server = (struct server){.status = 200};
    client_fixture_start(&world.http, answer, &world.server);
    cli_fixture_init(&world.cli, &hooks);
    *state = &world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    cli_fixture_finish(&world->cli);
    client_fixture_stop(&world->http);
    return 0;
}

static int run(struct world *world, const char *command) {
    char line[512];
    (void)snprintf(line, sizeof line, "%s --data %s", command, world->http.folder);
    return cli_fixture_run(&world->cli, line);
}

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
    struct world *world = *state;
    world->server.answers[0] = INVOICE;
    world->server.answers[1] = LINE("true", "2900");
    world->server.answers[2] = UNKNOWN;
    assert_int_equal(run(world, "explain invo_1 --user ada"), CLI_DONE);
    assert_string_equal(world->server.targets[0], "GET /api/billing/invoices/invo_1");
    assert_string_equal(world->server.targets[2],
                        "GET /api/billing/invoices/invo_1/lines/2/explain");
    assert_string_equal(world->server.user_id, "ada");
    assert_string_equal(world->cli.out,
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
    struct world *world = *state;
    world->server.answers[0] = INVOICE;
    world->server.answers[1] = LINE("false", "2800");
    assert_int_equal(run(world, "explain invo_1 2 --user ada --json"), CLI_FAILED);
    assert_int_equal(world->server.calls, 2);
    assert_string_equal(world->server.targets[1],
                        "GET /api/billing/invoices/invo_1/lines/2/explain");
    assert_part(world->cli.out, "{\"invoice\":{\"id\":\"invo_1\"");
    assert_part(world->cli.out, "\"line\":2}]}");
    assert_string_equal(world->cli.err, "");
}

static void what_is_not_there_is_said(void **state) {
    struct world *world = *state;
    world->server.answers[0] = INVOICE;
    assert_int_equal(run(world, "explain invo_1 3 --user ada"), CLI_FAILED);
    assert_part(world->cli.err, "The invoice has no line \"3\": it has 2.");
    world->server.calls = 0;
    assert_int_equal(run(world, "explain invo_1 first --user ada"), CLI_FAILED);
    assert_part(world->cli.err, "no line \"first\"");
    world->server.calls = 0;
    world->server.status = 404;
    world->server.answers[0] = "{\"code\":\"invoice_not_found\",\"detail\":\"There is none.\"}";
    assert_int_equal(run(world, "explain invo_2 --user ada"), CLI_FAILED);
    assert_part(world->cli.err, "turnpike: There is none. (invoice_not_found)");
    assert_string_equal(world->cli.out, "");
}

static void what_is_missing_is_named(void **state) {
    struct world *world = *state;
    assert_int_equal(run(world, "explain invo_1"), CLI_USAGE);
    assert_part(world->cli.err, "needs --user ID");
    assert_int_equal(run(world, "explain --user ada"), CLI_USAGE);
    assert_part(world->cli.err, "needs INVOICE");
    assert_int_equal(run(world, "explain invo_1 1 2 --user ada"), CLI_USAGE);
    assert_part(world->cli.err, "does not know what to do with \"2\"");
    assert_int_equal(world->server.calls, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_line_is_derived, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_line_that_differs_is_the_exit_status, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_missing_is_named, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
