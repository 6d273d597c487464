/* `turnpike backup` and `turnpike restore`: what main does, in words. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/rfc3339.h"
#include "cli/ask.h"
#include "cli/path.h"
#include "cli/run.h"

enum { OUTCOME_MAX = 400 };

static struct err choose(struct cli *cli, const struct args *args, struct cli_backup *ret_options) {
    struct cli_backup options = {0};
    TRY(path_absolute(cli->cx, args_value(args, "data"), &options.data_dir));
    TRY(path_absolute(cli->cx, args->operand, &options.folder));
    if (args_value(args, "backup-key") != NULL) {
        TRY(path_absolute(cli->cx, args_value(args, "backup-key"), &options.key));
    }
    if (args_value(args, "keys") != NULL) {
        TRY(path_absolute(cli->cx, args_value(args, "keys"), &options.keys));
    }
    *ret_options = options;
    return OK;
}

static void print_json(struct cli *cli, const struct cli_backup_report *report, bool is_restore) {
    char at[RFC3339_SIZE];
    rfc3339_format(report->taken_at, at);
    (void)fprintf(cli->out, "{\"takenAt\":\"%s\",\"files\":%" PRId64 ",\"bytes\":%" PRId64, at,
                  report->files, report->bytes);
    if (is_restore) {
        (void)fprintf(cli->out, ",\"incarnation\":%" PRId64, report->incarnation);
    }
    (void)fputs("}\n", cli->out);
}

/* --- what a running server is told, for those who ask later --- */

struct told {
    const char *kind;
    const struct cli_backup_report *report;
    const char *outcome;
};

static struct err tell(struct cli *cli, const struct cli_backup *options, const struct told *told) {
    char at[RFC3339_SIZE];
    struct json_writer out;
    struct client client = {
        .unix_socket = arena_printf(cli->cx->arena, "%s/turnpike.sock", options->data_dir).bytes,
        .base_url = STR(""),
        .key = STR("")};
    CLEANUP(client_answer_finish) struct client_answer answer = {0};
    CLEANUP(buf_finish) struct buf body;
    buf_init(&body, cli->cx->env, ASK_TARGET_MAX);
    json_writer_init(&out, &body);
    rfc3339_format(told->report->taken_at, at);
    json_open_object(&out);
    json_member_cstr(&out, "kind", told->kind);
    json_member_cstr(&out, "takenAt", at);
    json_member_i64(&out, "files", told->report->files);
    json_member_i64(&out, "bytes", told->report->bytes);
    json_member_str(&out, "outcome", str_first(str_from_cstr(told->outcome), OUTCOME_MAX));
    json_close_object(&out);
    const struct client_request request = {
        .method = STR("POST"), .target = STR("/api/admin/backups"), .body = buf_str(&body)};
    return ask_call(cli, &client, &request, &answer);
}

/* The backup is what counts: that nobody could be told does not make it a failure. */
static void record(struct cli *cli, const struct cli_backup *options, const struct told *told) {
    if (err_failed(tell(cli, options, told))) {
        (void)fprintf(cli->err, "turnpike: not recorded for packs of evidence: %s\n",
                      cli->cx->detail);
    }
}

int run_backup(struct cli *cli, const struct args *args) {
    struct cli_backup options;
    struct cli_backup_report report;
    struct err err = choose(cli, args, &options);
    err = err_failed(err) ? err : cli->hooks->backup(cli->cx, &options, &report);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    record(cli, &options, &(struct told){"backup", &report, "good"});
    if (args_has(args, "json")) {
        print_json(cli, &report, false);
    } else {
        (void)fprintf(cli->out, "%" PRId64 " files, %" PRId64 " bytes, checked, in %s\n",
                      report.files, report.bytes, options.folder);
    }
    return CLI_DONE;
}

/* Nothing is put into the data folder. */
static int run_drill(struct cli *cli, const struct cli_backup *options) {
    struct cli_backup_report report = {.taken_at = cx_now_ms(cli->cx)};
    struct err err = cli->hooks->restore_drill(cli->cx, options, &report);
    struct str why = arena_str(cli->cx->arena, str_from_cstr(cli->cx->detail));
    const char *outcome = err_failed(err)
                              ? arena_printf(cli->cx->arena, STR_FMT "%c", STR_ARG(why), '\0').bytes
                              : "good";
    record(cli, options, &(struct told){"drill", &report, outcome});
    if (err_failed(err)) {
        return cli_fail(cli, CLI_FAILED, "%s", outcome);
    }
    (void)fputs("The backup can be restored: it was, aside, and every page of it was read.\n",
                cli->out);
    return CLI_DONE;
}

int run_restore(struct cli *cli, const struct args *args) {
    struct cli_backup options;
    struct cli_backup_report report;
    struct err err = choose(cli, args, &options);
    if (!err_failed(err) && args_has(args, "drill")) {
        return run_drill(cli, &options);
    }
    if (!err_failed(err)) {
        options.replaces = args_has(args, "replace");
        options.without_sandbox = args_has(args, "without-sandbox");
        err = cli->hooks->restore(cli->cx, &options, &report);
    }
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        print_json(cli, &report, true);
        return CLI_DONE;
    }
    char at[RFC3339_SIZE];
    rfc3339_format(report.taken_at, at);
    (void)fprintf(cli->out,
                  "Restored what stood at %s; this is incarnation %" PRId64 ".\n"
                  "The server starts frozen: nothing is charged until it has compared everything "
                  "with the payment provider.\n",
                  at, report.incarnation);
    return CLI_DONE;
}
