#include "cli/ask.h"

#include "base/url.h"
#include "cli/path.h"

const char *ask_complaint(const struct args *args) {
    if (args_has(args, "data") && args_has(args, "url")) {
        return "--data and --url exclude each other.";
    }
    if (args_has(args, "key") && !args_has(args, "url")) {
        return "--key goes with --url: a data folder's own server needs none.";
    }
    if (args_has(args, "url") && args_text(args, "key").len == 0) {
        return "with --url an API key with the scope admin is needed: $TURNPIKE_KEY, or --key.";
    }
    return NULL;
}

struct err ask_client(struct cli *cli, const struct args *args, struct client *ret_client) {
    struct client client = {.base_url = args_text(args, "url"), .key = args_text(args, "key")};
    if (!args_has(args, "url")) {
        const char *folder = NULL;
        TRY(path_absolute(cli->cx, args_value(args, "data"), &folder));
        client.unix_socket = arena_printf(cli->cx->arena, "%s/turnpike.sock", folder).bytes;
        client.key = STR("");
    }
    *ret_client = client;
    return OK;
}

struct err ask_call(struct cli *cli, const struct client *client,
                    const struct client_request *request, struct client_answer *ret_answer) {
    struct client_answer answer = {0};
    struct err err = client_call(cli->cx, client, request, &answer);
    if (err.code == ERR_NETWORK && client->unix_socket != NULL) {
        return cx_fail(cli->cx, err, "No server answers at %.200s. Start one with turnpike serve.",
                       client->unix_socket);
    }
    TRY(err);
    err = client_answer_check(cli->cx, &answer);
    if (err_failed(err)) {
        client_answer_finish(&answer);
        return err;
    }
    *ret_answer = answer;
    return OK;
}

struct err ask_get(struct cli *cli, const struct client *client, struct str user_id,
                   const struct buf *target, struct client_answer *ret_answer) {
    if (target->has_failed) {
        return cx_fail(cli->cx, ERR(ERR_TOO_LARGE), "The request is longer than %d bytes.",
                       ASK_TARGET_MAX);
    }
    const struct client_request request = {
        .method = STR("GET"), .target = buf_str(target), .user_id = user_id};
    return ask_call(cli, client, &request, ret_answer);
}

static void put(struct cli *cli, struct str text, bool has_lines) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        bool is_obeyed = (c < ' ' && !(has_lines && c == '\n')) || c == 0x7f;
        (void)fputc(is_obeyed ? ' ' : c, cli->out);
    }
}

void ask_put(struct cli *cli, struct str text) {
    put(cli, text, false);
}

void ask_put_lines(struct cli *cli, struct str text) {
    put(cli, text, true);
}

/* A member of a row, and what stands for one that is null. */
static void put_cell(struct cli *cli, const json_t *row, const char *name) {
    const json_t *value = json_at(row, name);
    if (json_is_integer(value)) {
        (void)fprintf(cli->out, "%lld", (long long)json_integer_value(value));
    } else {
        ask_put(cli, json_is_string(value) ? json_text(row, name) : STR("-"));
    }
}

void ask_put_row(struct cli *cli, const json_t *row, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        (void)fputs(i > 0 ? "  " : "", cli->out);
        put_cell(cli, row, names[i]);
    }
}

void ask_put_json(struct cli *cli, const struct client_answer *answer) {
    (void)json_dumpf(answer->json, cli->out, JSON_COMPACT);
    (void)fputc('\n', cli->out);
}

void ask_put_page(struct cli *cli, const json_t *answer, const char *const *names, size_t count) {
    const json_t *row = NULL;
    size_t at = 0;
    json_array_foreach(json_at(answer, "data"), at, row) {
        ask_put_row(cli, row, names, count);
        (void)fputc('\n', cli->out);
    }
    if (json_text(answer, "nextCursor").len > 0) {
        (void)fputs("turnpike: there are more; narrow them down, or ask for --json.\n", cli->err);
    }
}

void ask_add_filter(struct buf *target, const struct args *args, const char *option,
                    const char *parameter) {
    if (args_has(args, option)) {
        buf_printf(target, "&%s=", parameter);
        url_encode(target, args_text(args, option));
    }
}
