/* `turnpike retention …`: how long what is kept, what may go by now, and who is held. What two
 * people must agree to is only asked for here: a command agrees to nothing. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/url.h"
#include "cli/ask.h"
#include "cli/run.h"

enum { LOOK_MS = 200 };

/* A call of one command: what it asks, and what was answered. */
struct asking {
    struct cli *cli;
    const struct args *args;
    struct client client;
    struct client_answer answer;
};

static void finish(struct asking *asking) {
    client_answer_finish(&asking->answer);
}

static struct err begin(struct asking *asking) {
    return ask_client(asking->cli, asking->args, &asking->client);
}

/* "/api/admin/retention", and what follows it; `id`, when there is one, encoded behind. */
static struct err ask(struct asking *asking, const char *method, const char *path, struct str id) {
    CLEANUP(buf_finish) struct buf target;
    buf_init(&target, asking->cli->cx->env, ASK_TARGET_MAX);
    buf_printf(&target, "/api/admin/retention%s", path);
    url_encode(&target, id);
    const struct client_request request = {.method = str_from_cstr(method),
                                           .target = buf_str(&target)};
    if (target.has_failed) {
        return cx_fail(asking->cli->cx, ERR(ERR_TOO_LARGE), "The id is too long.");
    }
    client_answer_finish(&asking->answer);
    return ask_call(asking->cli, &asking->client, &request, &asking->answer);
}

struct field {
    const char *name;
    struct str text;
};

/* POST of texts that are an object's members. */
static struct err post(struct asking *asking, const char *path, const struct field *fields,
                       size_t count) {
    struct json_writer out;
    CLEANUP(buf_finish) struct buf body;
    buf_init(&body, asking->cli->cx->env, ASK_TARGET_MAX);
    json_writer_init(&out, &body);
    json_open_object(&out);
    for (size_t i = 0; i < count; i++) {
        json_member_str(&out, fields[i].name, fields[i].text);
    }
    json_close_object(&out);
    const struct client_request request = {
        .method = STR("POST"),
        .target = arena_printf(asking->cli->cx->arena, "/api/admin/retention%s", path),
        .body = buf_str(&body)};
    if (body.has_failed) {
        return cx_fail(asking->cli->cx, ERR(ERR_TOO_LARGE), "What is to be sent is too long.");
    }
    return ask_call(asking->cli, &asking->client, &request, &asking->answer);
}

static void put_list(struct cli *cli, const json_t *list, const char *const *names, size_t count) {
    const json_t *row = NULL;
    size_t at = 0;
    json_array_foreach(list, at, row) {
        ask_put_row(cli, row, names, count);
        (void)fputc('\n', cli->out);
    }
}

/* Prints what was answered: as JSON, or as `put` does. */
static int conclude(struct asking *asking, struct err err, void (*put)(struct asking *asking)) {
    if (err_failed(err)) {
        return cli_fail_err(asking->cli, err);
    }
    if (args_has(asking->args, "json") && asking->answer.json != NULL) {
        ask_put_json(asking->cli, &asking->answer);
    } else {
        put(asking);
    }
    return CLI_DONE;
}

static int refuse(struct cli *cli, const struct args *args, bool has_operand, bool *ret_is) {
    const char *wrong = ask_complaint(args);
    *ret_is = wrong != NULL || (has_operand && args->operand[0] == '\0');
    return *ret_is ? cli_fail(cli, CLI_USAGE, "%s", wrong != NULL ? wrong : "ID is empty.")
                   : CLI_DONE;
}

/* --- the schedule --- */

static void put_schedule(struct asking *asking) {
    static const char *const names[] = {"kind", "how", "period", "minimum", "due", "cutoff"};
    put_list(asking->cli, json_at(asking->answer.json, "kinds"), names, ARRAY_LEN(names));
}

int run_retention_schedule(struct cli *cli, const struct args *args) {
    CLEANUP(finish) struct asking asking = {.cli = cli, .args = args};
    bool is_refused = false;
    int status = refuse(cli, args, false, &is_refused);
    if (is_refused) {
        return status;
    }
    struct err err = begin(&asking);
    err = err_failed(err) ? err : ask(&asking, "GET", "", STR(""));
    return conclude(&asking, err, put_schedule);
}

/* --- plans --- */

static void put_plan(struct asking *asking) {
    static const char *const names[] = {"id", "status", "customers", "purged", "skipped", "hash"};
    static const char *const kinds[] = {"kind", "rows", "purged", "before"};
    ask_put_row(asking->cli, asking->answer.json, names, ARRAY_LEN(names));
    (void)fputc('\n', asking->cli->out);
    put_list(asking->cli, json_at(asking->answer.json, "kinds"), kinds, ARRAY_LEN(kinds));
}

/* Looks until the plan stands still. */
static struct err follow(struct asking *asking) {
    struct str id = arena_str(asking->cli->cx->arena, json_text(asking->answer.json, "id"));
    for (;;) {
        TRY(ask(asking, "GET", "/plans/", id));
        struct str status = json_text(asking->answer.json, "status");
        if (!str_equal(status, STR("counting")) && !str_equal(status, STR("running"))) {
            return OK;
        }
        client_wait(&asking->client, LOOK_MS);
    }
}

int run_retention_plan(struct cli *cli, const struct args *args) {
    CLEANUP(finish) struct asking asking = {.cli = cli, .args = args};
    bool is_refused = false;
    int status = refuse(cli, args, false, &is_refused);
    if (is_refused) {
        return status;
    }
    struct err err = begin(&asking);
    err = err_failed(err) ? err : post(&asking, "/dry-run", NULL, 0);
    err = err_failed(err) ? err : follow(&asking);
    return conclude(&asking, err, put_plan);
}

int run_retention_show(struct cli *cli, const struct args *args) {
    CLEANUP(finish) struct asking asking = {.cli = cli, .args = args};
    bool is_refused = false;
    int status = refuse(cli, args, true, &is_refused);
    if (is_refused) {
        return status;
    }
    struct err err = begin(&asking);
    err = err_failed(err) ? err : ask(&asking, "GET", "/plans/", str_from_cstr(args->operand));
    return conclude(&asking, err, put_plan);
}

/* Either the plan is carried out, and is waited for, or a second person must agree first. */
static void put_purge(struct asking *asking) {
    static const char *const names[] = {"id", "status", "action", "expiresAt"};
    if (json_text(asking->answer.json, "action").len == 0) {
        put_plan(asking);
        return;
    }
    ask_put_row(asking->cli, asking->answer.json, names, ARRAY_LEN(names));
    (void)fputc('\n', asking->cli->out);
    (void)fputs("turnpike: nothing goes before a second person agrees, at /admin/approvals.\n",
                asking->cli->err);
}

int run_retention_purge(struct cli *cli, const struct args *args) {
    CLEANUP(finish) struct asking asking = {.cli = cli, .args = args};
    const struct field fields[] = {{"planId", str_from_cstr(args->operand)},
                                   {"reason", args_text(args, "reason")}};
    bool is_refused = false;
    int status = refuse(cli, args, true, &is_refused);
    if (is_refused) {
        return status;
    }
    struct err err = begin(&asking);
    err = err_failed(err) ? err : post(&asking, "/purge", fields, ARRAY_LEN(fields));
    bool is_begun = !err_failed(err) && json_text(asking.answer.json, "action").len == 0;
    err = is_begun ? follow(&asking) : err;
    return conclude(&asking, err, put_purge);
}

/* --- holds --- */

static const char *const hold_columns[] = {"userId", "until", "liftedAt", "createdBy", "reason"};

static void put_hold(struct asking *asking) {
    ask_put_row(asking->cli, asking->answer.json, hold_columns, ARRAY_LEN(hold_columns));
    (void)fputc('\n', asking->cli->out);
}

static void put_holds(struct asking *asking) {
    ask_put_page(asking->cli, asking->answer.json, hold_columns, ARRAY_LEN(hold_columns));
}

static void put_nothing(struct asking *asking) {
    (void)asking;
}

int run_retention_holds(struct cli *cli, const struct args *args) {
    CLEANUP(finish) struct asking asking = {.cli = cli, .args = args};
    bool is_refused = false;
    int status = refuse(cli, args, false, &is_refused);
    if (is_refused) {
        return status;
    }
    const char *path = arena_printf(cli->cx->arena, "/holds?limit=%d%s", (int)LIMIT_PAGE,
                                    args_has(args, "all") ? "" : "&status=held")
                           .bytes;
    struct err err = begin(&asking);
    err = err_failed(err) ? err : ask(&asking, "GET", path, STR(""));
    return conclude(&asking, err, put_holds);
}

int run_retention_hold(struct cli *cli, const struct args *args) {
    CLEANUP(finish) struct asking asking = {.cli = cli, .args = args};
    const struct field fields[] = {{"userId", str_from_cstr(args->operand)},
                                   {"reason", args_text(args, "reason")},
                                   {"until", args_text(args, "until")}};
    bool is_refused = false;
    int status = refuse(cli, args, true, &is_refused);
    if (is_refused) {
        return status;
    }
    struct err err = begin(&asking);
    err = err_failed(err) ? err : post(&asking, "/holds", fields, ARRAY_LEN(fields));
    return conclude(&asking, err, put_hold);
}

int run_retention_release(struct cli *cli, const struct args *args) {
    CLEANUP(finish) struct asking asking = {.cli = cli, .args = args};
    bool is_refused = false;
    int status = refuse(cli, args, true, &is_refused);
    if (is_refused) {
        return status;
    }
    struct err err = begin(&asking);
    err = err_failed(err) ? err : ask(&asking, "DELETE", "/holds/", str_from_cstr(args->operand));
    return conclude(&asking, err, put_nothing);
}
