/* `turnpike keys create`: asks a server for a new API key and shows it, the only time it can be
 * seen.
 *
 * A data folder belongs to one process. So the server that runs on it is asked over its unix
 * socket, which needs no key; when none answers there, one is brought up on that socket alone for
 * as long as this takes. With --url a server elsewhere is asked instead. */
#include "base/limits.h"
#include "cli/args.h"
#include "cli/path.h"
#include "cli/run.h"
#include "client/client.h"

struct create {
    struct str body;
    struct client client;
    struct client_answer answer;
    struct err err;
    char detail[CX_DETAIL_MAX];
};

static void put_words(struct json_writer *writer, struct str list) {
    for (struct str rest = list; rest.bytes != NULL;) {
        json_put_str(writer, str_trim(str_cut(&rest, ',')));
    }
}

static struct err write_body(struct cx *cx, const struct args *args, struct str *ret_body) {
    CLEANUP(buf_finish) struct buf buf;
    struct json_writer writer;
    buf_init(&buf, cx->env, LIMIT_BODY);
    json_writer_init(&writer, &buf);
    json_open_object(&writer);
    json_member_str(&writer, "name", args_text(args, "name"));
    json_name(&writer, "scopes");
    json_open_array(&writer);
    put_words(&writer, args_text(args, "scopes"));
    json_close_array(&writer);
    if (args_has(args, "from")) {
        json_name(&writer, "ipAllowlist");
        json_open_array(&writer);
        put_words(&writer, args_text(args, "from"));
        json_close_array(&writer);
    }
    if (args_has(args, "expires")) {
        json_member_str(&writer, "expiresAt", args_text(args, "expires"));
    }
    json_close_object(&writer);
    struct str body = arena_str(cx->arena, buf_str(&buf));
    if (buf.has_failed || arena_failed(cx->arena)) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the request.");
    }
    *ret_body = body;
    return OK;
}

static struct err ask(struct cx *cx, struct create *create) {
    struct client_request request = {
        .method = STR("POST"),
        .target = STR("/api/keys"),
        .body = create->body,
    };
    TRY(client_call(cx, &create->client, &request, &create->answer));
    TRY(client_answer_check(cx, &create->answer));
    if (json_text(create->answer.json, "key").len == 0) {
        return cx_fail(cx, ERR(ERR_FORMAT), "The answer holds no key: is this a Turnpike server?");
    }
    return OK;
}

/* The cx may be another than the command's, and not outlive this call. */
static void ask_temporary(struct cx *cx, const char *socket_path, void *context) {
    struct create *create = context;
    create->client.unix_socket = socket_path;
    create->err = ask(cx, create);
    (void)snprintf(create->detail, sizeof create->detail, "%s", cx->detail);
}

static bool answers(struct cx *cx, const struct client *client) {
    struct client_request request = {.method = STR("GET"), .target = STR("/healthz")};
    CLEANUP(client_answer_finish) struct client_answer answer = {0};
    /* A failure to understand the answer is an answer, too: somebody is there. */
    struct err err = client_call(cx, client, &request, &answer);
    return err.code != ERR_NETWORK;
}

static struct err ask_folder(struct cli *cli, const char *folder, struct create *create) {
    struct cx *cx = cli->cx;
    const char *data_dir = NULL;
    TRY(path_absolute(cx, folder, &data_dir));
    create->client.unix_socket = arena_printf(cx->arena, "%s/turnpike.sock", data_dir).bytes;
    if (answers(cx, &create->client)) {
        return ask(cx, create);
    }
    cx->detail[0] = '\0';
    create->err = ERR(ERR_BUSY);
    TRY(cli->hooks->with_server(cx, data_dir, ask_temporary, create));
    return err_failed(create->err) ? cx_fail(cx, create->err, "%s", create->detail) : OK;
}

static int show(struct cli *cli, const struct args *args, const struct create *create) {
    if (args_has(args, "json")) {
        (void)json_dumpf(create->answer.json, cli->out, JSON_COMPACT);
        (void)fputc('\n', cli->out);
        return CLI_DONE;
    }
    (void)fprintf(cli->out, STR_FMT "\n", STR_ARG(json_text(create->answer.json, "key")));
    (void)fputs("This is the only time the key is shown: keep it where secrets are kept.\n",
                cli->err);
    return CLI_DONE;
}

/* NULL when all is well. */
static const char *complaint(const struct args *args) {
    if (!str_is_utf8(args_text(args, "scopes")) || !str_is_utf8(args_text(args, "name"))) {
        return "--scopes and --name are UTF-8.";
    }
    if (!str_is_utf8(args_text(args, "from")) || !str_is_utf8(args_text(args, "expires"))) {
        return "--from and --expires are UTF-8.";
    }
    if (args_has(args, "key") && !args_has(args, "url")) {
        return "--key goes with --url: a data folder's own server needs none.";
    }
    if (args_has(args, "data") && args_has(args, "url")) {
        return "--data and --url exclude each other.";
    }
    if (args_has(args, "url") && args_text(args, "key").len == 0) {
        return "with --url an API key with the scope admin is needed: $TURNPIKE_KEY, or --key.";
    }
    return NULL;
}

int run_keys_create(struct cli *cli, const struct args *args) {
    const char *wrong = complaint(args);
    if (wrong != NULL) {
        return cli_fail(cli, CLI_USAGE, "%s", wrong);
    }
    struct create create = {.err = OK};
    struct err err = write_body(cli->cx, args, &create.body);
    if (!err_failed(err) && args_has(args, "url")) {
        create.client.base_url = args_text(args, "url");
        create.client.key = args_text(args, "key");
        err = ask(cli->cx, &create);
    } else if (!err_failed(err)) {
        err = ask_folder(cli, args_value(args, "data"), &create);
    }
    int status = err_failed(err) ? cli_fail_err(cli, err) : show(cli, args, &create);
    client_answer_finish(&create.answer);
    return status;
}
