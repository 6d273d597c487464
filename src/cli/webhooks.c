/* `turnpike webhooks list`, `deliveries` and `replay`: who is told of billing events, how far each
 * telling has come, and once more. */
#include "base/limits.h"
#include "base/url.h"
#include "cli/ask.h"
#include "cli/run.h"

static const struct str endpoints = STR_INIT("/api/webhook-endpoints");

static struct err get(struct cli *cli, const struct args *args, const struct buf *target,
                      struct client_answer *ret_answer) {
    struct client client = {0};
    TRY(ask_client(cli, args, &client));
    TRY(ask_get(cli, &client, STR(""), target, ret_answer));
    return json_is_array(json_at(ret_answer->json, "data"))
               ? OK
               : cx_fail(cli->cx, ERR(ERR_FORMAT), "The answer holds no list.");
}

/* --- list --- */

static void put_endpoints(struct cli *cli, const json_t *answer) {
    static const char *const names[] = {"id", "status", "failingSince", "url"};
    const json_t *row = NULL;
    size_t at = 0;
    json_array_foreach(json_at(answer, "data"), at, row) {
        const json_t *type = NULL;
        size_t i = 0;
        ask_put_row(cli, row, names, ARRAY_LEN(names));
        json_array_foreach(json_at(row, "eventTypes"), i, type) {
            (void)fputs("  ", cli->out);
            ask_put(cli, str_of(json_string_value(type), json_string_length(type)));
        }
        (void)fputc('\n', cli->out);
    }
}

int run_webhooks_list(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    if (wrong != NULL) {
        return cli_fail(cli, CLI_USAGE, "%s", wrong);
    }
    CLEANUP(client_answer_finish) struct client_answer answer = {0};
    CLEANUP(buf_finish) struct buf target;
    buf_init(&target, cli->cx->env, ASK_TARGET_MAX);
    buf_add(&target, endpoints);
    struct err err = get(cli, args, &target, &answer);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        ask_put_json(cli, &answer);
    } else {
        put_endpoints(cli, answer.json);
    }
    return CLI_DONE;
}

/* --- deliveries --- */

/* An option that is given but empty is sent: the server refuses it, where leaving it out would list
 * everything. */
static void put_deliveries(struct cli *cli, const json_t *answer) {
    static const char *const names[] = {"id",   "createdAt", "status",   "attemptCount",
                                        "type", "userId",    "lastError"};
    ask_put_page(cli, answer, names, ARRAY_LEN(names));
}

int run_webhooks_deliveries(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    if (wrong != NULL) {
        return cli_fail(cli, CLI_USAGE, "%s", wrong);
    }
    CLEANUP(client_answer_finish) struct client_answer answer = {0};
    CLEANUP(buf_finish) struct buf target;
    buf_init(&target, cli->cx->env, ASK_TARGET_MAX);
    buf_printf(&target, "/api/webhook-deliveries?limit=%d", (int)args_number(args, "limit"));
    ask_add_filter(&target, args, "endpoint", "endpointId");
    ask_add_filter(&target, args, "status", "status");
    ask_add_filter(&target, args, "type", "type");
    ask_add_filter(&target, args, "user", "userId");
    struct err err = get(cli, args, &target, &answer);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        ask_put_json(cli, &answer);
    } else {
        put_deliveries(cli, answer.json);
    }
    return CLI_DONE;
}

/* --- replay --- */

static struct err replay(struct cli *cli, const struct args *args,
                         struct client_answer *ret_answer) {
    struct client client = {0};
    struct json_writer out;
    CLEANUP(buf_finish) struct buf target;
    CLEANUP(buf_finish) struct buf body;
    buf_init(&target, cli->cx->env, ASK_TARGET_MAX);
    buf_init(&body, cli->cx->env, LIMIT_BODY);
    buf_add(&target, endpoints);
    buf_add_char(&target, '/');
    url_encode(&target, str_from_cstr(args->operand));
    buf_add(&target, STR("/replay"));
    json_writer_init(&out, &body);
    json_open_object(&out);
    json_member_str(&out, "since", args_text(args, "since"));
    json_close_object(&out);
    if (target.has_failed || body.has_failed) {
        return cx_fail(cli->cx, ERR(ERR_TOO_LARGE), "The request is too long.");
    }
    TRY(ask_client(cli, args, &client));
    const struct client_request request = {
        .method = STR("POST"), .target = buf_str(&target), .body = buf_str(&body)};
    return ask_call(cli, &client, &request, ret_answer);
}

int run_webhooks_replay(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    if (wrong != NULL || args->operand[0] == '\0' || !str_is_utf8(args_text(args, "since"))) {
        return cli_fail(cli, CLI_USAGE, "%s",
                        wrong != NULL ? wrong : "ENDPOINT is empty, or --since no instant.");
    }
    CLEANUP(client_answer_finish) struct client_answer answer = {0};
    struct err err = replay(cli, args, &answer);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        ask_put_json(cli, &answer);
    } else {
        (void)fprintf(cli->out, "%lld wait to be sent again.\n",
                      (long long)json_i64(answer.json, "count", 0));
    }
    return CLI_DONE;
}
