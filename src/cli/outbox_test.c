/* Guards: what an operator asks for is what the server is asked, page by page and no more than
 * wanted; what it answers is shown whole, and cannot steer the terminal. */
#include "cli/server_fixture.h"

#define ENVELOPE(id, subject)                                                                      \
    "{\"id\":\"" id "\",\"userId\":\"ada\",\"kind\":\"receipt\",\"to\":\"ada@example.com\","       \
    "\"subject\":\"" subject "\",\"createdAt\":\"2026-01-15T12:00:00Z\",\"sentAt\":null,"          \
    "\"status\":\"failed\"}"
#define PAGE(mails, cursor) "{\"data\":[" mails "],\"nextCursor\":" cursor "}"
#define ROW(id, subject)                                                                           \
    id "  2026-01-15T12:00:00Z  failed  receipt  ada  ada@example.com  " subject "\n"

static void the_filters_are_the_servers(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = PAGE(ENVELOPE("mail_1", "Thanks"), "null");
    assert_int_equal(server_fixture_run(server, "outbox list --user a&b=c --status failed"),
                     CLI_DONE);
    assert_string_equal(server->targets[0],
                        "GET /api/admin/outbox?limit=100&userId=a%26b%3Dc&status=failed");
    assert_string_equal(server->authorization, "");
    assert_string_equal(server->cli.out, ROW("mail_1", "Thanks"));
    assert_string_equal(server->cli.err, "");
}

static void an_empty_user_is_not_everybody(void **state) {
    struct server_fixture *server = *state;
    server->status = 422;
    server->answers[0] = "{\"code\":\"invalid_query\",\"detail\":\"Not as expected.\"}";
    assert_int_equal(server_fixture_run(server, "outbox list --user= --status="), CLI_FAILED);
    assert_string_equal(server->targets[0], "GET /api/admin/outbox?limit=100&userId=&status=");
    assert_string_equal(server->cli.err, "turnpike: Not as expected. (invalid_query)\n");
}

static void pages_are_followed_to_their_end(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = PAGE(ENVELOPE("mail_3", "c") "," ENVELOPE("mail_2", "b"), "\"m 2\"");
    server->answers[1] = PAGE(ENVELOPE("mail_1", "a"), "null");
    assert_int_equal(server_fixture_run(server, "outbox list"), CLI_DONE);
    assert_int_equal(server->calls, 2);
    assert_string_equal(server->targets[1], "GET /api/admin/outbox?limit=98&cursor=m%202");
    assert_string_equal(server->cli.out, ROW("mail_3", "c") ROW("mail_2", "b") ROW("mail_1", "a"));
    assert_string_equal(server->cli.err, "");
}

static void json_is_one_page_of_all(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = PAGE("{\"id\":\"mail_3\"}", "\"mail_3\"");
    server->answers[1] = PAGE("{\"id\":\"mail_2\"}", "\"mail_2\"");
    assert_int_equal(server_fixture_run(server, "outbox list --json --limit 2"), CLI_DONE);
    assert_string_equal(server->targets[0], "GET /api/admin/outbox?limit=2");
    assert_string_equal(server->targets[1], "GET /api/admin/outbox?limit=1&cursor=mail_3");
    assert_int_equal(server->calls, 2);
    assert_string_equal(server->cli.out,
                        PAGE("{\"id\":\"mail_3\"},{\"id\":\"mail_2\"}", "\"mail_2\"") "\n");
}

static void that_there_are_more_is_said(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = PAGE(ENVELOPE("mail_3", "c"), "\"mail_3\"");
    assert_int_equal(server_fixture_run(server, "outbox list --limit 1"), CLI_DONE);
    assert_int_equal(server->calls, 1);
    assert_string_equal(server->cli.out, ROW("mail_3", "c"));
    assert_part(server->cli.err, "there are more");
}

static void a_page_that_is_none_ends_it(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = "{\"data\":7}";
    assert_int_equal(server_fixture_run(server, "outbox list"), CLI_FAILED);
    assert_part(server->cli.err, "no list of mails");
    server->calls = 0;
    server->answers[0] = PAGE(ENVELOPE("mail_2", "b"), "\"mail_2\"");
    server->answers[1] = PAGE("", "\"mail_2\""); /* promises more for ever */
    assert_int_equal(server_fixture_run(server, "outbox list"), CLI_DONE);
    assert_int_equal(server->calls, 2);
    server->calls = 0;
    server->answers[1] = "{\"data\":[{}]}";
    assert_int_equal(server_fixture_run(server, "outbox list"), CLI_FAILED);
    assert_string_equal(server->cli.out, "");
    assert_part(server->cli.err, "does not say what follows it");
}

#define MAIL_START                                                                                 \
    "{\"id\":\"mail_1\",\"userId\":\"ada\",\"kind\":\"receipt\",\"to\":\"ada@example.com\","       \
    "\"status\":\"queued\",\"createdAt\":\"2026-01-15T12:00:00Z\",\"sentAt\":null,"                \
    "\"attempts\":2,\"nextAttemptAt\":\"2026-01-15T12:06:00Z\","                                   \
    "\"lastError\":\"RCPT: 450 Later\\u001b[2J\","                                                 \
    "\"headers\":[{\"name\":\"Subject\",\"value\":\"Thanks\"},{\"name\":\"To\",\"value\":\"a\"}]"
#define MAIL(text) MAIL_START ",\"text\":" text "}"
#define SHOWN                                                                                      \
    "id            mail_1\n"                                                                       \
    "userId        ada\n"                                                                          \
    "kind          receipt\n"                                                                      \
    "status        queued\n"                                                                       \
    "lastError     RCPT: 450 Later [2J\n"                                                          \
    "createdAt     2026-01-15T12:00:00Z\n"                                                         \
    "attempts      2\n"                                                                            \
    "nextAttemptAt 2026-01-15T12:06:00Z\n"                                                         \
    "\n"                                                                                           \
    "Subject: Thanks\n"                                                                            \
    "To: a\n"                                                                                      \
    "\n"

static void a_mail_is_shown_as_it_reads(void **state) {
    static const struct {
        const char *answer, *shown;
    } cases[] = {
        {MAIL("\"Hello Zo\u00eb,\\n\\nthanks\\u0007.\\n\""), SHOWN "Hello Zo\u00eb,\n\nthanks .\n"},
        {MAIL("\"no end\""), SHOWN "no end\n"},
        {MAIL("null"), SHOWN "(The text is no longer kept.)\n"},
    };
    struct server_fixture *server = *state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        server->calls = 0;
        server->answers[0] = cases[i].answer;
        assert_int_equal(server_fixture_run(server, "outbox show mail_1"), CLI_DONE);
        assert_string_equal(server->targets[0], "GET /api/admin/outbox/mail_1");
        assert_string_equal(server->cli.out, cases[i].shown);
        assert_string_equal(server->cli.err, "");
    }
}

static void a_mail_as_json_is_the_whole_answer(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = "{\"id\":\"mail_1\",\"html\":\"<p>\\u001b</p>\"}";
    assert_int_equal(server_fixture_run(server, "outbox show mail_1 --json"), CLI_DONE);
    assert_string_equal(server->cli.out, "{\"id\":\"mail_1\",\"html\":\"<p>\\u001B</p>\"}\n");
}

static void no_id_leads_elsewhere(void **state) {
    struct server_fixture *server = *state;
    server->status = 404;
    server->answers[0] = "{\"code\":\"mail_not_found\",\"detail\":\"There is none.\"}";
    assert_int_equal(server_fixture_run(server, "outbox show ../keys?x"), CLI_FAILED);
    assert_string_equal(server->targets[0], "GET /api/admin/outbox/..%2Fkeys%3Fx");
    assert_string_equal(server->cli.out, "");
    assert_string_equal(server->cli.err, "turnpike: There is none. (mail_not_found)\n");
}

static void a_server_elsewhere_needs_a_key(void **state) {
    struct server_fixture *server = *state;
    server->answers[0] = PAGE("", "null");
    char line[256];
    (void)snprintf(line, sizeof line, "outbox list --url %s --key tp_test_admin", server->http.url);
    assert_int_equal(cli_fixture_run(&server->cli, line), CLI_DONE);
    assert_string_equal(server->authorization, "Bearer tp_test_admin");
    assert_string_equal(server->cli.out, "");
}

static void what_cannot_be_meant_is_refused(void **state) {
    static const struct {
        const char *line, *sentence;
    } cases[] = {
        {"outbox list --url http://h", "with --url an API key with the scope admin"},
        {"outbox list --data d --url http://h --key k", "exclude each other"},
        {"outbox list --limit 0", "--limit"},
        {"outbox list --limit 10001", "--limit"},
        {"outbox list mail_1", "mail_1"},
        {"outbox show --key k mail_1", "--key goes with --url"},
        {"outbox show", "ID"},
        {"outbox show mail_1 mail_2", "mail_2"},
        {"outbox", "there is no command \"outbox\""},
    };
    struct server_fixture *server = *state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(cli_fixture_run(&server->cli, cases[i].line), CLI_USAGE);
        assert_part(server->cli.err, cases[i].sentence);
        assert_string_equal(server->cli.out, "");
    }
    assert_int_equal(server->calls, 0);
}

static void nobody_there_is_said(void **state) {
    struct server_fixture *server = *state;
    assert_int_equal(cli_fixture_run(&server->cli, "outbox list --data /no/such/folder"),
                     CLI_FAILED);
    assert_part(server->cli.err, "No server answers at /no/such/folder/turnpike.sock");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SERVER_TEST(the_filters_are_the_servers),
        SERVER_TEST(an_empty_user_is_not_everybody),
        SERVER_TEST(pages_are_followed_to_their_end),
        SERVER_TEST(json_is_one_page_of_all),
        SERVER_TEST(that_there_are_more_is_said),
        SERVER_TEST(a_page_that_is_none_ends_it),
        SERVER_TEST(a_mail_is_shown_as_it_reads),
        SERVER_TEST(a_mail_as_json_is_the_whole_answer),
        SERVER_TEST(no_id_leads_elsewhere),
        SERVER_TEST(a_server_elsewhere_needs_a_key),
        SERVER_TEST(what_cannot_be_meant_is_refused),
        SERVER_TEST(nobody_there_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
