#include "cli/server_fixture.h"

#include <stdio.h>

static void keep_header(const struct http_request *request, struct str name, char *ret_text,
                        size_t size) {
    (void)snprintf(ret_text, size, STR_FMT, STR_ARG(http_header(request, name)));
}

static void answer(void *context, const struct http_request *request, struct arena *arena,
                   struct http_response *ret_response) {
    (void)arena;
    struct server_fixture *server = context;
    assert_true(server->calls < SERVER_ANSWERS_MAX);
    (void)snprintf(server->targets[server->calls], sizeof server->targets[0],
                   STR_FMT " " STR_FMT "%s" STR_FMT, STR_ARG(request->method),
                   STR_ARG(request->path), request->query.len > 0 ? "?" : "",
                   STR_ARG(request->query));
    keep_header(request, STR("authorization"), server->authorization, sizeof server->authorization);
    keep_header(request, STR("turnpike-user"), server->user_id, sizeof server->user_id);
    ret_response->status = server->status;
    ret_response->body = str_from_cstr(server->answers[server->calls++]);
}

int server_fixture_set_up(void **state) {
    static const struct cli_hooks hooks = {0};
    static struct server_fixture server;
    server = (struct server_fixture){.status = 200};
    client_fixture_start(&server.http, answer, &server);
    cli_fixture_init(&server.cli, &hooks);
    *state = &server;
    return 0;
}

int server_fixture_tear_down(void **state) {
    struct server_fixture *server = *state;
    cli_fixture_finish(&server->cli);
    client_fixture_stop(&server->http);
    return 0;
}

int server_fixture_run(struct server_fixture *server, const char *command) {
    char line[512];
    (void)snprintf(line, sizeof line, "%s --data %s", command, server->http.folder);
    return cli_fixture_run(&server->cli, line);
}
