/* `turnpike audit …`: what was done, whether it is all there, and proofs for others. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/json.h"
#include "cli/ask.h"
#include "cli/path.h"
#include "cli/progress.h"
#include "cli/run.h"

static struct err choose(struct cli *cli, const struct args *args, struct cli_audit *options) {
    return path_absolute(cli->cx, args_value(args, "data"), &options->data_dir);
}

/* --- verify --- */

static void show_progress(void *context, int64_t rows) {
    struct cli *cli = context;
    if (cli->err_is_terminal) {
        (void)fprintf(cli->err, "\r%" PRId64 " rows", rows);
        (void)fflush(cli->err);
    }
}

static void print_finding(struct cli *cli, const struct cli_audit_finding *finding) {
    if (finding->is_in_chain && finding->chain.len == 0) {
        (void)fputs("operators' chain, ", cli->out);
    } else if (finding->is_in_chain) {
        (void)fputs("chain ", cli->out);
        ask_put(cli, finding->chain);
        (void)fputs(", ", cli->out);
    }
    (void)fprintf(cli->out, "%s %" PRId64 ": %s: " STR_FMT "\n", finding->place, finding->number,
                  finding->fault, STR_ARG(finding->what));
}

static void print_text(struct cli *cli, const struct cli_audit_report *report) {
    for (size_t i = 0; i < report->shown; i++) {
        print_finding(cli, &report->findings[i]);
    }
    if (report->count > report->shown) {
        (void)fprintf(cli->out, "%zu more are not shown.\n", report->count - report->shown);
    }
    (void)fprintf(cli->out,
                  "%" PRId64 " rows in %" PRId64 " chains, %" PRId64 " heads, %" PRId64
                  " checkpoints, %" PRId64 " kept elsewhere: %s.\n",
                  report->rows, report->chains, report->heads, report->checkpoints, report->kept,
                  report->count == 0 ? "all is as it was written" : "this is not what was written");
    if (report->unsigned_rows > 0) {
        (void)fprintf(cli->out, "%" PRId64 " rows wait for the next checkpoint.\n",
                      report->unsigned_rows);
    }
}

static void write_report(struct json_writer *out, const struct cli_audit_report *report) {
    json_open_object(out);
    json_member_bool(out, "sound", report->count == 0);
    json_member_i64(out, "rows", report->rows);
    json_member_i64(out, "chains", report->chains);
    json_member_i64(out, "heads", report->heads);
    json_member_i64(out, "checkpoints", report->checkpoints);
    json_member_i64(out, "kept", report->kept);
    json_member_i64(out, "unsignedRows", report->unsigned_rows);
    json_name(out, "findings");
    json_open_array(out);
    for (size_t i = 0; i < report->shown; i++) {
        const struct cli_audit_finding *finding = &report->findings[i];
        json_open_object(out);
        json_member_str(out, "place", str_from_cstr(finding->place));
        if (finding->is_in_chain) {
            json_member_str(out, "chain", finding->chain);
        }
        json_member_i64(out, "number", finding->number);
        json_member_str(out, "fault", str_from_cstr(finding->fault));
        json_member_str(out, "what", finding->what);
        json_close_object(out);
    }
    json_close_array(out);
    json_close_object(out);
}

static int print_json(struct cli *cli, const struct cli_audit_report *report) {
    CLEANUP(buf_finish) struct buf buf;
    struct json_writer out;
    buf_init(&buf, cli->cx->env, SIZE_MAX);
    json_writer_init(&out, &buf);
    write_report(&out, report);
    (void)fprintf(cli->out, STR_FMT "\n", STR_ARG(buf_str(&buf)));
    return report->count == 0 ? CLI_DONE : CLI_FAILED;
}

static int verify_store(struct cli *cli, const struct args *args, struct cli_audit *options) {
    struct cli_audit_report report = {0};
    options->progress = show_progress;
    options->context = cli;
    struct err err = choose(cli, args, options);
    err = err_failed(err) ? err : cli->hooks->audit_verify(cli->cx, options, &report);
    if (cli->err_is_terminal) {
        (void)fputs("\r\033[K", cli->err);
    }
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (args_has(args, "json")) {
        return print_json(cli, &report);
    }
    print_text(cli, &report);
    return report.count == 0 ? CLI_DONE : CLI_FAILED;
}

static int print_result(struct cli *cli, struct err err, struct str text) {
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    (void)fprintf(cli->out, STR_FMT "%s", STR_ARG(text),
                  str_ends_with(text, STR("\n")) ? "" : "\n");
    return CLI_DONE;
}

static int verify_proof(struct cli *cli, const struct args *args, struct cli_audit *options) {
    struct str shown = STR("");
    struct err err = cli->hooks->audit_check(cli->cx, options, &shown);
    return print_result(cli, err, args_has(args, "json") ? STR("{\"sound\":true}") : shown);
}

int run_audit_verify(struct cli *cli, const struct args *args) {
    struct cli_audit options = {
        .checkpoint = args_value(args, "checkpoint"),
        .proof = args_value(args, "proof"),
        .public_key = args_text(args, "public-key"),
    };
    if (options.proof == NULL) {
        return verify_store(cli, args, &options);
    }
    if (options.checkpoint != NULL) {
        return cli_fail(cli, CLI_USAGE, "--proof and --checkpoint exclude each other.");
    }
    if (options.public_key.len == 0) {
        return cli_fail(cli, CLI_USAGE, "--proof needs --public-key: whose signature counts.");
    }
    return verify_proof(cli, args, &options);
}

/* --- proofs, keys --- */

int run_audit_prove(struct cli *cli, const struct args *args) {
    struct cli_audit options = {.id = str_from_cstr(args->operand)};
    struct str text = STR("");
    struct err err = choose(cli, args, &options);
    err = err_failed(err) ? err : cli->hooks->audit_prove(cli->cx, &options, &text);
    return print_result(cli, err, text);
}

int run_audit_consistency(struct cli *cli, const struct args *args) {
    struct cli_audit options = {.checkpoint = args_value(args, "checkpoint")};
    struct str text = STR("");
    struct err err = choose(cli, args, &options);
    err = err_failed(err) ? err : cli->hooks->audit_consistency(cli->cx, &options, &text);
    return print_result(cli, err, text);
}

int run_audit_keys(struct cli *cli, const struct args *args) {
    struct cli_audit options = {0};
    struct str text = STR("");
    struct err err = choose(cli, args, &options);
    err = err_failed(err) ? err : cli->hooks->audit_keys(cli->cx, &options, &text);
    return print_result(cli, err, text);
}

/* --- export --- */

static void put(void *context, struct str text) {
    struct cli *cli = context;
    (void)fwrite(text.bytes, 1, text.len, cli->out);
}

int run_audit_export(struct cli *cli, const struct args *args) {
    struct str format = args_text(args, "format");
    struct cli_audit options = {
        .is_csv = str_equal(format, STR("csv")), .put = put, .context = cli};
    if (!options.is_csv && !str_equal(format, STR("jsonl"))) {
        return cli_fail(cli, CLI_USAGE, "--format is one of jsonl and csv.");
    }
    struct err err = choose(cli, args, &options);
    err = err_failed(err) ? err : cli->hooks->audit_export(cli->cx, &options);
    return err_failed(err) ? cli_fail_err(cli, err) : CLI_DONE;
}
