/* `turnpike revenue rebuild`: asks a server to make the sums of revenue anew from the facts, shows
 * how far it is, and prints what differed. */
#include "cli/ask.h"
#include "cli/run.h"

enum { LOOK_MS = 200 };

static bool is_running(const struct client_answer *run) {
    return str_equal(json_text(run->json, "status"), STR("running"));
}

static void show_progress(struct cli *cli, const struct client_answer *run) {
    if (cli->err_is_terminal) {
        (void)fprintf(cli->err, "\r\033[K%lld %% of %lld months and accounts",
                      (long long)json_i64(run->json, "percent", 0),
                      (long long)json_i64(run->json, "total", 0));
        (void)fflush(cli->err);
    }
}

/* Looks until the run has ended; *run is replaced by each newer look. */
static struct err follow(struct cli *cli, const struct client *client, struct client_answer *run) {
    const struct client_request request = {
        .method = STR("GET"),
        .target = arena_printf(cli->cx->arena, "/api/admin/revenue/rebuilds/" STR_FMT,
                               STR_ARG(json_text(run->json, "id")))};
    while (is_running(run)) {
        show_progress(cli, run);
        client_wait(client, LOOK_MS);
        struct client_answer newer = {0};
        TRY(ask_call(cli, client, &request, &newer));
        client_answer_finish(run);
        *run = newer;
    }
    if (cli->err_is_terminal) {
        (void)fputs("\r\033[K", cli->err);
    }
    return OK;
}

static struct err rebuild(struct cli *cli, const struct args *args, struct client_answer *run) {
    struct client client = {0};
    const struct client_request request = {
        .method = STR("POST"),
        .target = STR("/api/admin/revenue/rebuilds"),
        .body = args_has(args, "dry-run") ? STR("{\"dryRun\":true}") : STR("{}")};
    TRY(ask_client(cli, args, &client));
    TRY(ask_call(cli, &client, &request, run));
    return follow(cli, &client, run);
}

/* How much differed, all together. */
static long long print(struct cli *cli, const struct args *args, const struct client_answer *run) {
    static const struct {
        const char *member, *words;
    } parts[] = {{"days", "sums of days"},
                 {"months", "of months"},
                 {"cohorts", "of cohorts"},
                 {"accounts", "accounts"},
                 {"corrected", "accounts whose rows were not as their subscription"}};
    bool is_json = args_has(args, "json");
    long long all = 0;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        long long count = (long long)json_i64(run->json, parts[i].member, 0);
        all += count;
        if (!is_json) {
            (void)fprintf(cli->out, "%s%lld %s", i == 0 ? "" : ", ", count, parts[i].words);
        }
    }
    if (is_json) {
        ask_put_json(cli, run);
    } else {
        bool is_left = args_has(args, "dry-run") || all == 0;
        (void)fprintf(cli->out, " differ%s.\n", is_left ? "" : "ed, and are made anew");
    }
    return all;
}

int run_revenue_rebuild(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    if (wrong != NULL) {
        return cli_fail(cli, CLI_USAGE, "%s", wrong);
    }
    CLEANUP(client_answer_finish) struct client_answer run = {0};
    struct err err = rebuild(cli, args, &run);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    long long differing = print(cli, args, &run);
    if (!str_equal(json_text(run.json, "status"), STR("done"))) {
        return cli_fail(cli, CLI_FAILED, "the rebuild was cancelled before its end.");
    }
    return differing > 0 && args_has(args, "dry-run") ? CLI_FAILED : CLI_DONE;
}
