/* Guards: a key is asked of whoever holds the data folder, over the socket, and of a temporary
 * server only when nobody does; it is shown once and alone. */
#include <stdio.h>
#include <string.h>

#include "cli/cli_fixture.h"
#include "client/client_fixture.h"

/* What the server was asked, and what it shall answer. */
struct server {
    int status;
    const char *answer;
    char path[64], body[256], authorization[64];
    bool was_local;
    int posts;
};

static void answer_key(void *context, const struct http_request *request, struct arena *arena,
                       struct http_response *ret_response) {
    (void)arena;
    struct server *server = context;
    if (str_equal(request->path, STR("/healthz"))) {
        ret_response->body = STR("ok"); /* no JSON: somebody is there all the same */
        return;
    }
    server->posts++;
    server->was_local = request->is_local;
    (void)snprintf(server->path, sizeof server->path, STR_FMT, STR_ARG(request->path));
    (void)snprintf(server->body, sizeof server->body, STR_FMT, STR_ARG(request->body));
    (void)snprintf(server->authorization, sizeof server->authorization, STR_FMT,
                   STR_ARG(http_header(request, STR("authorization"))));
    ret_response->status = server->status;
    ret_response->body = str_from_cstr(server->answer);
}

/* What with_server was asked for; hooks have no context of their own. */
static struct {
    int calls;
    char data_dir[128];
    const char *socket; /* to hand on; NULL: no server can be started */
} temporary;

static struct err with_server_hook(struct cx *cx, const char *data_dir, cli_with_server *run,
                                   void *context) {
    temporary.calls++;
    (void)snprintf(temporary.data_dir, sizeof temporary.data_dir, "%s", data_dir);
    if (temporary.socket == NULL) {
        return cx_fail(cx, ERR(ERR_PERMISSION), "The data folder is read-only.");
    }
    run(cx, temporary.socket, context);
    return OK;
}

static const struct cli_hooks hooks = {.with_server = with_server_hook};

struct world {
    struct cli_fixture cli;
    struct client_fixture http;
    struct server server;
};

static int set_up(void **state) {
    static struct world world;
    world.server = (struct server){
        .status = 201,
        .answer = "{\"id\":\"akey_1\",\"key\":\"tp_test_abc\",\"name\":\"n\",\"scopes\":[\"all\"]}",
    };
    memset(&temporary, 0, sizeof temporary);
    client_fixture_start(&world.http, answer_key, &world.server);
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

static int run(struct world *world, const char *format, const char *argument) {
    char line[512];
    const char *hole = strchr(format, '@');
    int before = hole == NULL ? (int)strlen(format) : (int)(hole - format);
    (void)snprintf(line, sizeof line, "%.*s%s%s", before, format, hole == NULL ? "" : argument,
                   hole == NULL ? "" : hole + 1);
    return cli_fixture_run(&world->cli, line);
}

static void the_running_server_is_asked(void **state) {
    struct world *world = *state;
    assert_int_equal(
        run(world, "keys create --scopes usage:write,test --name ci --data @", world->http.folder),
        CLI_DONE);
    assert_string_equal(world->cli.out, "tp_test_abc\n");
    assert_part(world->cli.err, "the only time");
    assert_string_equal(world->server.path, "/api/keys");
    assert_string_equal(world->server.body,
                        "{\"name\":\"ci\",\"scopes\":[\"usage:write\",\"test\"]}");
    assert_true(world->server.was_local);
    assert_string_equal(world->server.authorization, "");
    assert_int_equal(temporary.calls, 0);
}

static void json_is_the_whole_answer(void **state) {
    struct world *world = *state;
    assert_int_equal(run(world, "keys create --json --scopes all --data @", world->http.folder),
                     CLI_DONE);
    assert_string_equal(
        world->cli.out,
        "{\"id\":\"akey_1\",\"key\":\"tp_test_abc\",\"name\":\"n\",\"scopes\":[\"all\"]}\n");
    assert_string_equal(world->cli.err, "");
    assert_string_equal(world->server.body, "{\"name\":\"command line\",\"scopes\":[\"all\"]}");
}

static void where_nobody_runs_a_server_is_brought_up(void **state) {
    struct world *world = *state;
    temporary.socket = world->http.socket;
    assert_int_equal(run(world, "keys create --scopes all --data /no/such/folder", NULL), CLI_DONE);
    assert_int_equal(temporary.calls, 1);
    assert_string_equal(temporary.data_dir, "/no/such/folder");
    assert_string_equal(world->cli.out, "tp_test_abc\n");
    assert_int_equal(world->server.posts, 1);
}

static void a_server_that_cannot_be_brought_up_says_why(void **state) {
    struct world *world = *state;
    assert_int_equal(run(world, "keys create --scopes all --data /no/such", NULL), CLI_FAILED);
    assert_string_equal(world->cli.err, "turnpike: The data folder is read-only.\n");
    assert_string_equal(world->cli.out, "");
}

static void a_refusal_is_shown_in_full(void **state) {
    struct world *world = *state;
    world->server.status = 422;
    world->server.answer = "{\"code\":\"invalid_fields\",\"detail\":\"Some fields are wrong.\","
                           "\"errors\":[{\"field\":\"scopes\",\"expected\":\"known names\"}]}";
    static const char *const sentence =
        "turnpike: Some fields are wrong. scopes: expected known names. (invalid_fields)\n";
    assert_int_equal(run(world, "keys create --scopes x --data @", world->http.folder), CLI_FAILED);
    assert_string_equal(world->cli.err, sentence);
    temporary.socket = world->http.socket;
    assert_int_equal(run(world, "keys create --scopes x --data /no/such", NULL), CLI_FAILED);
    assert_string_equal(world->cli.err, sentence);
    assert_string_equal(world->cli.out, "");
}

static void a_server_elsewhere_needs_a_key(void **state) {
    struct world *world = *state;
    assert_int_equal(
        run(world, "keys create --scopes all --url @ --key tp_test_admin", world->http.url),
        CLI_DONE);
    assert_false(world->server.was_local);
    assert_string_equal(world->server.authorization, "Bearer tp_test_admin");
    assert_int_equal(temporary.calls, 0);
}

static void an_answer_without_a_key_is_none(void **state) {
    struct world *world = *state;
    world->server.answer = "{\"id\":\"akey_1\"}";
    assert_int_equal(run(world, "keys create --scopes all --data @", world->http.folder),
                     CLI_FAILED);
    assert_part(world->cli.err, "The answer holds no key");
}

static void what_cannot_be_meant_is_refused(void **state) {
    static const struct {
        const char *line, *sentence;
    } cases[] = {
        {"keys create --scopes all --url http://h", "with --url an API key with the scope admin"},
        {"keys create --scopes all --key k", "--key goes with --url"},
        {"keys create --scopes all --data d --url http://h --key k", "exclude each other"},
        {"keys create --scopes \xff", "--scopes and --name are UTF-8"},
    };
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(run(world, cases[i].line, NULL), CLI_USAGE);
        assert_part(world->cli.err, cases[i].sentence);
    }
    assert_int_equal(world->server.posts, 0);
}

static void where_and_until_when_are_asked_for(void **state) {
    struct world *world = *state;
    assert_int_equal(run(world,
                         "keys create --scopes test --name n --from 192.0.2.0/24,::1 --expires "
                         "2027-01-31T00:00:00Z --data @",
                         world->http.folder),
                     CLI_DONE);
    assert_string_equal(world->server.body,
                        "{\"name\":\"n\",\"scopes\":[\"test\"],\"ipAllowlist\":[\"192.0.2.0/24\","
                        "\"::1\"],\"expiresAt\":\"2027-01-31T00:00:00Z\"}");
}

static void keys_are_listed_a_line_each(void **state) {
    struct world *world = *state;
    world->server.status = 200;
    world->server.answer =
        "{\"data\":[{\"id\":\"apik_1\",\"name\":\"e\\u0007dge\",\"scopes\":[\"usage:write\","
        "\"test\"],"
        "\"last4\":\"abcd\",\"status\":\"active\",\"lastUsedAt\":\"2026-01-01T00:00:00.000Z\","
        "\"expiresAt\":null}]}";
    assert_int_equal(run(world, "keys list --data @", world->http.folder), CLI_DONE);
    assert_string_equal(world->cli.out, "apik_1  abcd  active  2026-01-01T00:00:00.000Z  -  "
                                        "usage:write,test  e dge\n");
    world->server.answer = "{}";
    assert_int_equal(run(world, "keys list --data @", world->http.folder), CLI_FAILED);
    assert_part(world->cli.err, "The answer holds no list");
}

static void a_key_is_replaced_and_revoked(void **state) {
    struct world *world = *state;
    assert_int_equal(run(world, "keys rotate apik_1 --overlap 2 --data @", world->http.folder),
                     CLI_DONE);
    assert_string_equal(world->server.path, "/api/keys/apik_1/rotate");
    assert_string_equal(world->server.body, "{\"overlapHours\":2}");
    assert_string_equal(world->cli.out, "tp_test_abc\n");
    world->server.status = 204;
    world->server.answer = "";
    assert_int_equal(run(world, "keys revoke apik/1 --data @", world->http.folder), CLI_DONE);
    assert_string_equal(world->server.path, "/api/keys/apik%2F1");
    world->server.status = 404;
    world->server.answer = "{\"code\":\"key_not_found\",\"detail\":\"There is none.\"}";
    assert_int_equal(run(world, "keys revoke apik_2 --data @", world->http.folder), CLI_FAILED);
    assert_part(world->cli.err, "key_not_found");
    assert_int_equal(run(world, "keys rotate apik_2 --data @", world->http.folder), CLI_FAILED);
    assert_string_equal(world->server.body, "{\"overlapHours\":24}");
    assert_int_equal(run(world, "keys rotate apik_2 --overlap 721 --data @", world->http.folder),
                     CLI_USAGE);
    assert_int_equal(run(world, "keys revoke --data @", world->http.folder), CLI_USAGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_running_server_is_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(json_is_the_whole_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(where_nobody_runs_a_server_is_brought_up, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_server_that_cannot_be_brought_up_says_why, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_refusal_is_shown_in_full, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_server_elsewhere_needs_a_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_without_a_key_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_meant_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(where_and_until_when_are_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_are_listed_a_line_each, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_is_replaced_and_revoked, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
