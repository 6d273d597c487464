/* For tests of commands that ask a server: one that answers what the test says, one answer after
 * the other, and keeps what it was asked. Not part of the program. */
#ifndef CLI_SERVER_FIXTURE_H
#define CLI_SERVER_FIXTURE_H

#include "cli/cli_fixture.h"
#include "client/client_fixture.h"

enum { SERVER_ANSWERS_MAX = 3 };

struct server_fixture {
    struct cli_fixture cli;
    struct client_fixture http;
    int status; /* of every answer */
    const char *answers[SERVER_ANSWERS_MAX];
    /* what was asked: "GET /path", with "?query" when there is one */
    char targets[SERVER_ANSWERS_MAX][256];
    char authorization[64], user_id[64]; /* of the last request */
    size_t calls;
};

/* For cmocka: *state is the fixture. */
int server_fixture_set_up(void **state);
int server_fixture_tear_down(void **state);
/* Runs the command on the server's data folder; gives the exit status. */
int server_fixture_run(struct server_fixture *server, const char *command);

#define SERVER_TEST(test)                                                                          \
    cmocka_unit_test_setup_teardown(test, server_fixture_set_up, server_fixture_tear_down)

#endif
