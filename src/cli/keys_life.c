/* `turnpike keys list`, `rotate` and `revoke`: which API keys there are, and how they end. A server
 * that runs is asked; `keys create` (keys.c) also brings one up. */
#include "base/limits.h"
#include "base/url.h"
#include "cli/ask.h"
#include "cli/run.h"

static void put_keys(struct cli *cli, const json_t *answer) {
    static const char *const names[] = {"id", "last4", "status", "lastUsedAt", "expiresAt"};
    const json_t *row = NULL;
    size_t at = 0;
    json_array_foreach(json_at(answer, "data"), at, row) {
        const json_t *scope = NULL;
        size_t i = 0;
        ask_put_row(cli, row, names, ARRAY_LEN(names));
        json_array_foreach(json_at(row, "scopes"), i, scope) {
            (void)fputs(i > 0 ? "," : "  ", cli->out);
            ask_put(cli, str_of(json_string_value(scope), json_string_length(scope)));
        }
        (void)fputs("  ", cli->out);
        ask_put(cli, json_text(row, "name"));
        (void)fputc('\n', cli->out);
    }
}

int run_keys_list(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    if (wrong != NULL) {
        return cli_fail(cli, CLI_USAGE, "%s", wrong);
    }
    CLEANUP(client_answer_finish) struct client_answer answer = {0};
    CLEANUP(buf_finish) struct buf target;
    struct client client = {0};
    buf_init(&target, cli->cx->env, ASK_TARGET_MAX);
    buf_add(&target, STR("/api/keys"));
    struct err err = ask_client(cli, args, &client);
    err = err_failed(err) ? err : ask_get(cli, &client, STR(""), &target, &answer);
    if (!err_failed(err) && !json_is_array(json_at(answer.json, "data"))) {
        err = cx_fail(cli->cx, ERR(ERR_FORMAT), "The answer holds no list.");
    }
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        ask_put_json(cli, &answer);
    } else {
        put_keys(cli, answer.json);
    }
    return CLI_DONE;
}

/* A call to the key that the operand names; `rest` follows its id in the path. */
static struct err ask_key(struct cli *cli, const struct args *args, struct client_request request,
                          struct str rest, struct client_answer *ret_answer) {
    struct client client = {0};
    CLEANUP(buf_finish) struct buf target;
    buf_init(&target, cli->cx->env, ASK_TARGET_MAX);
    buf_add(&target, STR("/api/keys/"));
    url_encode(&target, str_from_cstr(args->operand));
    buf_add(&target, rest);
    if (target.has_failed) {
        return cx_fail(cli->cx, ERR(ERR_TOO_LARGE), "The request is too long.");
    }
    TRY(ask_client(cli, args, &client));
    request.target = buf_str(&target);
    return ask_call(cli, &client, &request, ret_answer);
}

static const char *complaint(const struct args *args) {
    const char *wrong = ask_complaint(args);
    return wrong == NULL && args->operand[0] == '\0' ? "KEY_ID is empty." : wrong;
}

int run_keys_revoke(struct cli *cli, const struct args *args) {
    const char *wrong = complaint(args);
    if (wrong != NULL) {
        return cli_fail(cli, CLI_USAGE, "%s", wrong);
    }
    CLEANUP(client_answer_finish) struct client_answer answer = {0};
    const struct client_request request = {.method = STR("DELETE")};
    struct err err = ask_key(cli, args, request, STR(""), &answer);
    return err_failed(err) ? cli_fail_err(cli, err) : CLI_DONE;
}

int run_keys_rotate(struct cli *cli, const struct args *args) {
    const char *wrong = complaint(args);
    if (wrong != NULL) {
        return cli_fail(cli, CLI_USAGE, "%s", wrong);
    }
    CLEANUP(client_answer_finish) struct client_answer answer = {0};
    struct str body = arena_printf(cli->cx->arena, "{\"overlapHours\":%lld}",
                                   (long long)args_number(args, "overlap"));
    const struct client_request request = {.method = STR("POST"), .body = body};
    struct err err = ask_key(cli, args, request, STR("/rotate"), &answer);
    if (!err_failed(err) && json_text(answer.json, "key").len == 0) {
        err = cx_fail(cli->cx, ERR(ERR_FORMAT), "The answer holds no key.");
    }
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        ask_put_json(cli, &answer);
    } else {
        (void)fprintf(cli->out, STR_FMT "\n", STR_ARG(json_text(answer.json, "key")));
    }
    return CLI_DONE;
}
