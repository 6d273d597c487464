/* `turnpike keyring status` and `keyring rotate`: under which keys the data lie, and newer ones. */
#include "cli/ask.h"
#include "cli/run.h"

enum { LOOK_MS = 200, SHOW_EVERY = 10 };

static const struct client_request look = {.method = STR_INIT("GET"),
                                           .target = STR_INIT("/api/admin/keyring")};

static bool is_walking(const struct client_answer *keyring) {
    return str_equal(json_text(keyring->json, "walk.status"), STR("running"));
}

static void show_progress(struct cli *cli, const struct client_answer *keyring) {
    const json_t *json = keyring->json;
    (void)fprintf(cli->err, "%s" STR_FMT ": %lld of %lld customers, %lld written%s",
                  cli->err_is_terminal ? "\r\033[K" : "", STR_ARG(json_text(json, "walk.kind")),
                  (long long)json_i64(json, "walk.customers", 0),
                  (long long)json_i64(json, "customers", 0),
                  (long long)json_i64(json, "walk.written", 0), cli->err_is_terminal ? "" : "\n");
    (void)fflush(cli->err);
}

/* Looks until the walk has ended; *keyring is replaced by each newer look. */
static struct err follow(struct cli *cli, const struct client *client,
                         struct client_answer *keyring) {
    for (int looks = 1; is_walking(keyring); looks++) {
        if (cli->err_is_terminal || looks % SHOW_EVERY == 0) {
            show_progress(cli, keyring);
        }
        client_wait(client, LOOK_MS);
        struct client_answer newer = {0};
        TRY(ask_call(cli, client, &look, &newer));
        client_answer_finish(keyring);
        *keyring = newer;
    }
    if (cli->err_is_terminal) {
        (void)fputs("\r\033[K", cli->err);
    }
    return OK;
}

static void put_text(struct cli *cli, const char *name, struct str text) {
    (void)fprintf(cli->out, "%-12s", name);
    ask_put(cli, text);
    (void)fputc('\n', cli->out);
}

static void show(struct cli *cli, const struct args *args, const struct client_answer *keyring) {
    const json_t *json = keyring->json;
    if (args_has(args, "json")) {
        (void)json_dumpf(json, cli->out, JSON_COMPACT);
        (void)fputc('\n', cli->out);
        return;
    }
    put_text(cli, "source", json_text(json, "source"));
    const json_t *key = NULL;
    size_t i = 0;
    json_array_foreach(json_at(json, "keys"), i, key) {
        put_text(cli, i == 0 ? "key" : "earlier key",
                 str_of(json_string_value(key), json_string_length(key)));
    }
    (void)fprintf(cli->out, "%-12s%lld\n", "generation",
                  (long long)json_i64(json, "generation", 0));
    if (json_is_object(json_at(json, "walk"))) {
        (void)fprintf(cli->out, "%-12s" STR_FMT " " STR_FMT ": %lld customers, %lld written\n",
                      "last walk", STR_ARG(json_text(json, "walk.kind")),
                      STR_ARG(json_text(json, "walk.status")),
                      (long long)json_i64(json, "walk.customers", 0),
                      (long long)json_i64(json, "walk.written", 0));
    }
}

static int run(struct cli *cli, const struct args *args, const struct client_request *request) {
    const char *wrong = ask_complaint(args);
    if (wrong != NULL) {
        return cli_fail(cli, CLI_USAGE, "%s", wrong);
    }
    struct client client = {0};
    CLEANUP(client_answer_finish) struct client_answer keyring = {0};
    struct err err = ask_client(cli, args, &client);
    err = err_failed(err) ? err : ask_call(cli, &client, request, &keyring);
    if (!err_failed(err) && request != &look) {
        err = follow(cli, &client, &keyring);
    }
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    show(cli, args, &keyring);
    return CLI_DONE;
}

int run_keyring_status(struct cli *cli, const struct args *args) {
    return run(cli, args, &look);
}

int run_keyring_rotate(struct cli *cli, const struct args *args) {
    const struct client_request request = {
        .method = STR("POST"),
        .target = STR("/api/admin/keyring/rotations"),
        .body =
            args_has(args, "data-keys") ? STR("{\"what\":\"data\"}") : STR("{\"what\":\"key\"}"),
    };
    return run(cli, args, &request);
}
