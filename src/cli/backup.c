/* `turnpike backup` and `turnpike restore`: what main does, in words. */
#include <inttypes.h>

#include "base/rfc3339.h"
#include "cli/args.h"
#include "cli/path.h"
#include "cli/run.h"

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

int run_backup(struct cli *cli, const struct args *args) {
    struct cli_backup options;
    struct cli_backup_report report;
    struct err err = choose(cli, args, &options);
    err = err_failed(err) ? err : cli->hooks->backup(cli->cx, &options, &report);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        print_json(cli, &report, false);
    } else {
        (void)fprintf(cli->out, "%" PRId64 " files, %" PRId64 " bytes, checked, in %s\n",
                      report.files, report.bytes, options.folder);
    }
    return CLI_DONE;
}

int run_restore(struct cli *cli, const struct args *args) {
    struct cli_backup options;
    struct cli_backup_report report;
    struct err err = choose(cli, args, &options);
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
