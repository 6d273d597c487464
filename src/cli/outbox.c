/* `turnpike outbox list` and `outbox show`: the mails that were written, how far each has come, and
 * how it reads. */
#include "base/limits.h"
#include "base/url.h"
#include "cli/ask.h"
#include "cli/run.h"

static void put_json(struct cli *cli, const json_t *document) {
    (void)json_dumpf(document, cli->out, JSON_COMPACT);
    (void)fputc('\n', cli->out);
}

/* --- list --- */

/* An option that is given but empty is sent: the server refuses it, where leaving it out would list
 * everybody's mails. */
static struct err read_page(struct cli *cli, const struct args *args, const struct client *client,
                            const json_t *before, struct client_answer *ret_page) {
    int64_t left = args_number(args, "limit") - (int64_t)json_array_size(json_at(before, "data"));
    CLEANUP(buf_finish) struct buf target;
    buf_init(&target, cli->cx->env, ASK_TARGET_MAX);
    buf_printf(&target, "/api/admin/outbox?limit=%d", (int)(left < LIMIT_PAGE ? left : LIMIT_PAGE));
    ask_add_filter(&target, args, "user", "userId");
    ask_add_filter(&target, args, "status", "status");
    if (before != NULL) {
        buf_add(&target, STR("&cursor="));
        url_encode(&target, json_text(before, "nextCursor"));
    }
    TRY(ask_get(cli, client, STR(""), &target, ret_page));
    return json_is_array(json_at(ret_page->json, "data"))
               ? OK
               : cx_fail(cli->cx, ERR(ERR_FORMAT), "The answer holds no list of mails.");
}

/* Adds the page behind `mails` to it; *ret_goes_on when there was one. */
static struct err append_page(struct cli *cli, const struct args *args, const struct client *client,
                              json_t *mails, bool *ret_goes_on) {
    CLEANUP(client_answer_finish) struct client_answer page = {0};
    TRY(read_page(cli, args, client, mails, &page));
    json_t *more = json_object_get(page.json, "data");
    *ret_goes_on = json_array_size(more) > 0;
    bool is_added =
        json_array_extend(json_object_get(mails, "data"), more) == 0 &&
        json_object_set(mails, "nextCursor", json_object_get(page.json, "nextCursor")) == 0;
    return is_added ? OK
                    : cx_fail(cli->cx, ERR(ERR_FORMAT), "The answer does not say what follows it.");
}

/* As many as --limit says, in the shape of one page; *ret_mails is the caller's. */
static struct err read_mails(struct cli *cli, const struct args *args, const struct client *client,
                             struct client_answer *ret_mails) {
    TRY(read_page(cli, args, client, NULL, ret_mails));
    bool goes_on = true;
    while (goes_on && json_text(ret_mails->json, "nextCursor").len > 0 &&
           (int64_t)json_array_size(json_at(ret_mails->json, "data")) <
               args_number(args, "limit")) {
        TRY(append_page(cli, args, client, ret_mails->json, &goes_on));
    }
    return OK;
}

static void put_rows(struct cli *cli, const json_t *mails) {
    static const char *const columns[] = {"id", "createdAt", "status", "kind", "userId", "to"};
    const json_t *mail = NULL;
    size_t at = 0;
    json_array_foreach(json_at(mails, "data"), at, mail) {
        for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
            ask_put(cli, json_text(mail, columns[i]));
            (void)fputs("  ", cli->out);
        }
        ask_put(cli, json_text(mail, "subject"));
        (void)fputc('\n', cli->out);
    }
}

int run_outbox_list(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    if (wrong != NULL) {
        return cli_fail(cli, CLI_USAGE, "%s", wrong);
    }
    struct client client = {0};
    CLEANUP(client_answer_finish) struct client_answer mails = {0};
    struct err err = ask_client(cli, args, &client);
    err = err_failed(err) ? err : read_mails(cli, args, &client, &mails);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        put_json(cli, mails.json);
        return CLI_DONE;
    }
    put_rows(cli, mails.json);
    if (json_text(mails.json, "nextCursor").len > 0) {
        (void)fputs("turnpike: there are more; --limit says how many are shown.\n", cli->err);
    }
    return CLI_DONE;
}

/* --- show --- */

static void put_field(struct cli *cli, const json_t *mail, const char *name) {
    const json_t *value = json_at(mail, name);
    if (value == NULL || json_is_null(value)) {
        return;
    }
    (void)fprintf(cli->out, "%-14s", name);
    if (json_is_integer(value)) {
        (void)fprintf(cli->out, "%lld", (long long)json_integer_value(value));
    } else {
        ask_put(cli, json_text(mail, name));
    }
    (void)fputc('\n', cli->out);
}

/* How far it has come; then the mail as a reader has it, from its headers on. */
static void put_mail(struct cli *cli, const json_t *mail) {
    static const char *const fields[] = {"id",       "userId",        "kind",
                                         "status",   "lastError",     "createdAt",
                                         "attempts", "nextAttemptAt", "sentAt"};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        put_field(cli, mail, fields[i]);
    }
    (void)fputc('\n', cli->out);
    const json_t *header = NULL;
    size_t at = 0;
    json_array_foreach(json_at(mail, "headers"), at, header) {
        ask_put(cli, json_text(header, "name"));
        (void)fputs(": ", cli->out);
        ask_put(cli, json_text(header, "value"));
        (void)fputc('\n', cli->out);
    }
    struct str text = json_text(mail, "text");
    (void)fputc('\n', cli->out);
    ask_put_lines(cli, text.len > 0 ? text : STR("(The text is no longer kept.)\n"));
    if (text.len > 0 && !str_ends_with(text, STR("\n"))) {
        (void)fputc('\n', cli->out);
    }
}

static struct err read_mail(struct cli *cli, const struct args *args, const struct client *client,
                            struct client_answer *ret_mail) {
    CLEANUP(buf_finish) struct buf target;
    buf_init(&target, cli->cx->env, ASK_TARGET_MAX);
    buf_add(&target, STR("/api/admin/outbox/"));
    url_encode(&target, str_from_cstr(args->operand));
    return ask_get(cli, client, STR(""), &target, ret_mail);
}

int run_outbox_show(struct cli *cli, const struct args *args) {
    const char *wrong = ask_complaint(args);
    if (wrong != NULL || args->operand[0] == '\0') {
        return cli_fail(cli, CLI_USAGE, "%s", wrong != NULL ? wrong : "ID is empty.");
    }
    struct client client = {0};
    CLEANUP(client_answer_finish) struct client_answer mail = {0};
    struct err err = ask_client(cli, args, &client);
    err = err_failed(err) ? err : read_mail(cli, args, &client, &mail);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        put_json(cli, mail.json);
    } else {
        put_mail(cli, mail.json);
    }
    return CLI_DONE;
}
