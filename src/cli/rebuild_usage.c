/* `turnpike rebuild-usage`: what stored totals say beside what the journal adds up to. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/rfc3339.h"
#include "cli/args.h"
#include "cli/path.h"
#include "cli/run.h"

static void print_part(struct cli *cli, const char *name, struct str text) {
    if (text.len > 0) {
        (void)fprintf(cli->out, " %s=" STR_FMT, name, STR_ARG(text));
    }
}

static void print_line(struct cli *cli, const struct cli_usage_difference *difference) {
    char start[RFC3339_SIZE] = "";
    if (difference->has_start) {
        rfc3339_format(difference->start, start);
    }
    (void)fprintf(cli->out, STR_FMT "  %s  %s%s%s", STR_ARG(difference->user_id),
                  difference->metric, difference->kind, difference->has_start ? " " : "", start);
    print_part(cli, "region", difference->region);
    print_part(cli, "resource", difference->resource);
    print_part(cli, "source", difference->source);
    if (difference->has_start) {
        (void)fprintf(cli->out, "  stored: %" PRId64 "  rebuilt: %" PRId64, difference->stored,
                      difference->rebuilt);
    }
    (void)fprintf(cli->out, "  events stored: %" PRId64 "  rebuilt: %" PRId64,
                  difference->stored_events, difference->rebuilt_events);
    if (difference->has_adjusted) {
        (void)fprintf(cli->out,
                      "  late stored: %" PRId64 " in %" PRId64 "  rebuilt: %" PRId64 " in %" PRId64,
                      difference->stored_adjusted, difference->stored_adjusted_events,
                      difference->rebuilt_adjusted, difference->rebuilt_adjusted_events);
    }
    (void)fputc('\n', cli->out);
}

static void member_if(struct json_writer *out, const char *name, struct str text) {
    if (text.len > 0) {
        json_member_str(out, name, text);
    }
}

static void write_difference(struct json_writer *out,
                             const struct cli_usage_difference *difference) {
    json_open_object(out);
    json_member_str(out, "userId", difference->user_id);
    json_member_str(out, "metric", str_from_cstr(difference->metric));
    json_member_str(out, "kind", str_from_cstr(difference->kind));
    if (difference->has_start) {
        char start[RFC3339_SIZE];
        rfc3339_format(difference->start, start);
        json_member_str(out, "start", str_from_cstr(start));
        json_member_i64(out, "stored", difference->stored);
        json_member_i64(out, "rebuilt", difference->rebuilt);
    }
    member_if(out, "region", difference->region);
    member_if(out, "resource", difference->resource);
    member_if(out, "source", difference->source);
    json_member_i64(out, "storedEvents", difference->stored_events);
    json_member_i64(out, "rebuiltEvents", difference->rebuilt_events);
    if (difference->has_adjusted) {
        json_member_i64(out, "storedAdjusted", difference->stored_adjusted);
        json_member_i64(out, "rebuiltAdjusted", difference->rebuilt_adjusted);
        json_member_i64(out, "storedAdjustedEvents", difference->stored_adjusted_events);
        json_member_i64(out, "rebuiltAdjustedEvents", difference->rebuilt_adjusted_events);
    }
    json_close_object(out);
}

static void write_report(struct json_writer *out, const struct cli_rebuild_report *report,
                         bool is_repaired) {
    json_open_object(out);
    json_member_i64(out, "compared", report->compared);
    json_member_i64(out, "older", report->older);
    json_member_bool(out, "repaired", is_repaired);
    json_name(out, "differences");
    json_open_array(out);
    for (size_t i = 0; i < report->count; i++) {
        write_difference(out, &report->differences[i]);
    }
    json_close_array(out);
    json_close_object(out);
}

/* False when there is no memory for it. */
static bool print_json(struct cli *cli, const struct cli_rebuild_report *report, bool is_repaired) {
    CLEANUP(buf_finish) struct buf buf;
    struct json_writer out;
    buf_init(&buf, cli->cx->env, SIZE_MAX);
    json_writer_init(&out, &buf);
    write_report(&out, report, is_repaired);
    (void)fprintf(cli->out, STR_FMT "\n", STR_ARG(buf_str(&buf)));
    return !buf.has_failed;
}

static void print_text(struct cli *cli, const struct cli_rebuild_report *report, bool repairs) {
    for (size_t i = 0; i < report->count; i++) {
        print_line(cli, &report->differences[i]);
    }
    (void)fprintf(cli->out, "%" PRId64 " totals and accounts compared, %zu differ%s",
                  report->compared, report->count,
                  repairs && report->count > 0 ? ", repaired" : "");
    if (report->older > 0) {
        (void)fprintf(cli->out, "; %" PRId64 " are older than the journal", report->older);
    }
    (void)fputs(".\n", cli->out);
}

int run_rebuild_usage(struct cli *cli, const struct args *args) {
    struct cli_rebuild options = {.repairs = args_has(args, "repair")};
    struct cli_rebuild_report report = {0};
    struct err err = path_absolute(cli->cx, args_value(args, "data"), &options.data_dir);
    err = err_failed(err) ? err : cli->hooks->rebuild_usage(cli->cx, &options, &report);
    if (err_failed(err)) {
        return cli_fail_err(cli, err);
    }
    if (!args_has(args, "json")) {
        print_text(cli, &report, options.repairs);
    } else if (!print_json(cli, &report, options.repairs)) {
        return cli_fail(cli, CLI_FAILED, "There is no memory for all differences.");
    }
    return report.count == 0 || options.repairs ? CLI_DONE : CLI_FAILED;
}
