/* `turnpike access-reviews list` and `show`: who has access, and what was decided of it. Deciding
 * is for people who are signed in: a command acts with a key, and machines review nobody. */
#include "base/limits.h"
#include "base/url.h"
#include "cli/ask.h"
#include "cli/run.h"

static struct err get(struct cli *cli, const struct args *args, const struct buf *target,
                      struct client_answer *ret_answer) {
    struct client client = {0};
    TRY(ask_client(cli, args, &client));
    return ask_get(cli, &client, STR(""), target, ret_answer);
}

static int show(struct cli *cli, const struct args *args, const struct buf *target, bool is_list) {
    static const char *const reviews[] = {"id", "status", "openedAt", "dueAt", "closedAt"};
    static const char *const items[] = {"id",       "kind",      "subject", "held",
                                        "decision", "decidedBy", "reason"};
    CLEANUP(client_answer_finish) struct client_answer answer = {0};
    struct err err = get(cli, args, target, &answer);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        ask_put_json(cli, &answer);
        return CLI_DONE;
    }
    if (is_list) {
        ask_put_page(cli, answer.json, reviews, ARRAY_LEN(reviews));
        return CLI_DONE;
    }
    const json_t *item = NULL;
    size_t at = 0;
    json_array_foreach(json_at(answer.json, "items"), at, item) {
        ask_put_row(cli, item, items, ARRAY_LEN(items));
        (void)fputc('\n', cli->out);
    }
    return CLI_DONE;
}

int run_access_reviews_list(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    CLEANUP(buf_finish) struct buf target;
    buf_init(&target, cli->cx->env, ASK_TARGET_MAX);
    buf_printf(&target, "/api/admin/access-reviews?limit=%d", (int)LIMIT_PAGE);
    return wrong != NULL ? cli_fail(cli, CLI_USAGE, "%s", wrong) : show(cli, args, &target, true);
}

int run_access_reviews_show(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    CLEANUP(buf_finish) struct buf target;
    buf_init(&target, cli->cx->env, ASK_TARGET_MAX);
    if (wrong != NULL || args->operand[0] == '\0') {
        return cli_fail(cli, CLI_USAGE, "%s", wrong != NULL ? wrong : "ID is empty.");
    }
    buf_add(&target, STR("/api/admin/access-reviews/"));
    url_encode(&target, str_from_cstr(args->operand));
    return show(cli, args, &target, false);
}
