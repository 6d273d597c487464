/* `turnpike approvals list` and `show`: what waits for a second person. Deciding is for people who
 * are signed in: a command acts with a key, and machines agree to nothing. */
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

static void put_list(struct cli *cli, const json_t *answer) {
    static const char *const names[] = {"id",     "status",   "action",     "requestedAt",
                                        "userId", "objectId", "requestedBy"};
    ask_put_page(cli, answer, names, ARRAY_LEN(names));
}

int run_approvals_list(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    if (wrong != NULL) {
        return cli_fail(cli, CLI_USAGE, "%s", wrong);
    }
    CLEANUP(client_answer_finish) struct client_answer answer = {0};
    CLEANUP(buf_finish) struct buf target;
    buf_init(&target, cli->cx->env, ASK_TARGET_MAX);
    buf_printf(&target, "/api/admin/approvals?limit=%d", (int)args_number(args, "limit"));
    ask_add_filter(&target, args, "status", "status");
    ask_add_filter(&target, args, "user", "userId");
    struct err err = get(cli, args, &target, &answer);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (!json_is_array(json_at(answer.json, "data"))) {
        return cli_fail(cli, CLI_FAILED, "The answer holds no list.");
    }
    if (args_has(args, "json")) {
        ask_put_json(cli, &answer);
    } else {
        put_list(cli, answer.json);
    }
    return CLI_DONE;
}

/* A member on a line of its own; of an object each of its members: "after.refunded  90000". */
static void put_member(struct cli *cli, struct str name, const json_t *value) {
    ask_put(cli, name);
    (void)fputs("  ", cli->out);
    if (json_is_integer(value)) {
        (void)fprintf(cli->out, "%lld", (long long)json_integer_value(value));
    } else {
        ask_put(cli, json_is_string(value)
                         ? str_of(json_string_value(value), json_string_length(value))
                         : STR("-"));
    }
    (void)fputc('\n', cli->out);
}

static void put_members(struct cli *cli, const char *name, json_t *value) {
    const char *member = NULL;
    json_t *of = NULL;
    if (!json_is_object(value)) {
        put_member(cli, str_from_cstr(name), value);
        return;
    }
    json_object_foreach(value, member, of) {
        put_member(cli, arena_printf(cli->cx->arena, "%s.%s", name, member), of);
    }
}

int run_approvals_show(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    if (wrong != NULL || args->operand[0] == '\0') {
        return cli_fail(cli, CLI_USAGE, "%s", wrong != NULL ? wrong : "ID is empty.");
    }
    CLEANUP(client_answer_finish) struct client_answer answer = {0};
    CLEANUP(buf_finish) struct buf target;
    buf_init(&target, cli->cx->env, ASK_TARGET_MAX);
    buf_add(&target, STR("/api/admin/approvals/"));
    url_encode(&target, str_from_cstr(args->operand));
    struct err err = get(cli, args, &target, &answer);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        ask_put_json(cli, &answer);
        return CLI_DONE;
    }
    static const char *const names[] = {
        "id",        "status",         "action",      "userId",     "objectId",
        "amount",    "request",        "before",      "after",      "quoteHash",
        "reason",    "requestedBy",    "requestedAt", "expiresAt",  "decidedBy",
        "decidedAt", "decisionReason", "outcome",     "operationId"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        put_members(cli, names[i], json_object_get(answer.json, names[i]));
    }
    return CLI_DONE;
}
