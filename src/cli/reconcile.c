/* `turnpike reconcile`: asks a server for a walk, shows how far it is, and prints what it found. */
#include "base/buf.h"
#include "base/limits.h"
#include "cli/ask.h"
#include "cli/run.h"

enum { LOOK_MS = 200, SHOW_EVERY = 10 };

static struct str text_of(const struct client_answer *answer, const char *name) {
    return json_text(answer->json, name);
}

static struct err begin(struct cli *cli, const struct args *args, const struct client *client,
                        struct client_answer *ret_walk) {
    CLEANUP(buf_finish) struct buf buf;
    struct json_writer out;
    buf_init(&buf, cli->cx->env, LIMIT_BODY);
    json_writer_init(&out, &buf);
    json_open_object(&out);
    if (args_has(args, "user")) {
        json_member_str(&out, "userId", args_text(args, "user"));
    }
    json_member_bool(&out, "dryRun", args_has(args, "dry-run"));
    json_close_object(&out);
    if (buf.has_failed) {
        return cx_fail(cli->cx, ERR(ERR_NO_MEMORY), "There is no memory for the request.");
    }
    const struct client_request request = {
        .method = STR("POST"),
        .target = STR("/api/admin/reconciliations"),
        .body = buf_str(&buf),
    };
    return ask_call(cli, client, &request, ret_walk);
}

static void show_progress(struct cli *cli, const struct client_answer *walk) {
    (void)fprintf(cli->err, "%s" STR_FMT ": %lld examined, %lld differences%s",
                  cli->err_is_terminal ? "\r\033[K" : "", STR_ARG(text_of(walk, "phase")),
                  (long long)json_i64(walk->json, "examined", 0),
                  (long long)json_i64(walk->json, "found", 0), cli->err_is_terminal ? "" : "\n");
    (void)fflush(cli->err);
}

/* Looks until the walk has ended; *walk is replaced by each newer look. */
static struct err follow(struct cli *cli, const struct client *client, struct client_answer *walk) {
    struct str target = arena_printf(cli->cx->arena, "/api/admin/reconciliations/" STR_FMT,
                                     STR_ARG(text_of(walk, "id")));
    const struct client_request request = {.method = STR("GET"), .target = target};
    for (int look = 1; str_equal(text_of(walk, "status"), STR("running")); look++) {
        if (cli->err_is_terminal || look % SHOW_EVERY == 0) {
            show_progress(cli, walk);
        }
        client_wait(client, LOOK_MS);
        struct client_answer newer = {0};
        TRY(ask_call(cli, client, &request, &newer));
        client_answer_finish(walk);
        *walk = newer;
    }
    if (cli->err_is_terminal) {
        (void)fputs("\r\033[K", cli->err);
    }
    return OK;
}

static struct err show_differences(struct cli *cli, const struct client *client, struct str id) {
    struct str cursor = STR("");
    do {
        CLEANUP(client_answer_finish) struct client_answer page = {0};
        const struct client_request request = {
            .method = STR("GET"),
            .target = arena_printf(cli->cx->arena,
                                   "/api/admin/differences?limit=100&reconciliationId=" STR_FMT
                                   "%s" STR_FMT,
                                   STR_ARG(id), cursor.len > 0 ? "&cursor=" : "", STR_ARG(cursor)),
        };
        TRY(ask_call(cli, client, &request, &page));
        const json_t *row = NULL;
        size_t i = 0;
        json_array_foreach(json_at(page.json, "data"), i, row) {
            (void)fprintf(cli->out,
                          STR_FMT "  " STR_FMT "  " STR_FMT "  " STR_FMT "  here: " STR_FMT
                                  "  there: " STR_FMT "\n",
                          STR_ARG(json_text(row, "status")), STR_ARG(json_text(row, "kind")),
                          STR_ARG(json_text(row, "userId")), STR_ARG(json_text(row, "stripeId")),
                          STR_ARG(json_text(row, "here")), STR_ARG(json_text(row, "there")));
        }
        cursor = arena_str(cli->cx->arena, json_text(page.json, "nextCursor"));
    } while (cursor.len > 0);
    return OK;
}

static int show(struct cli *cli, const struct args *args, const struct client *client,
                const struct client_answer *walk) {
    bool is_done = str_equal(text_of(walk, "status"), STR("done"));
    long long left = (long long)json_i64(walk->json, "leftOver", 0);
    if (args_has(args, "json")) {
        (void)json_dumpf(walk->json, cli->out, JSON_COMPACT);
        (void)fputc('\n', cli->out);
    } else if (is_done) {
        struct err err = show_differences(cli, client, text_of(walk, "id"));
        if (err_failed(err)) {
            return cli_fail_err(cli, err);
        }
        (void)fprintf(cli->out, "%lld examined, %lld differences, %lld repaired, %lld left.\n",
                      (long long)json_i64(walk->json, "examined", 0),
                      (long long)json_i64(walk->json, "found", 0),
                      (long long)json_i64(walk->json, "repaired", 0), left);
    }
    if (!is_done) {
        return cli_fail(cli, CLI_FAILED, "the walk failed: " STR_FMT,
                        STR_ARG(text_of(walk, "lastError")));
    }
    return left == 0 ? CLI_DONE : CLI_FAILED;
}

int run_reconcile(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    if (wrong != NULL || !str_is_utf8(args_text(args, "user"))) {
        return cli_fail(cli, CLI_USAGE, "%s", wrong != NULL ? wrong : "--user is UTF-8.");
    }
    struct client client = {0};
    CLEANUP(client_answer_finish) struct client_answer walk = {0};
    struct err err = ask_client(cli, args, &client);
    err = err_failed(err) ? err : begin(cli, args, &client, &walk);
    err = err_failed(err) ? err : follow(cli, &client, &walk);
    return err_failed(err) ? cli_fail_err(cli, err) : show(cli, args, &client, &walk);
}
