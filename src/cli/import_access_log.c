/* `turnpike import access-log FILE`: a web server's log becomes metered usage, exactly once.
 *
 * Each well-formed line is one event of `api_requests` with the value 1, and one of `bandwidth`
 * with its bytes unless those are 0, at the line's own time. What makes a second import count
 * nothing is that an event's identity comes from the log's content alone:
 *
 *   source  "access-log:" and 128 bits of the SHA-256 of the first well-formed line
 *   id      "<line number>-<64 bits of the SHA-256 of the line>-r" (requests) or "-b" (bytes)
 *
 * So the same file, also renamed or copied, gives the same events; a file that grew gives the same
 * ones and then its new ones; two equal lines in one file are two events, since their numbers
 * differ; two files that happen to begin alike differ in the hashes that follow. A line's hash
 * covers the combined format only, so that a line that was still being written is either refused
 * now or the same later. Where it ends: a file whose beginning was cut off, or into which lines
 * were put, is another file and counts anew; rotation, which begins a new file, is therefore right
 * by itself. --source names a source for those who know better. */
#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "base/crypto.h"
#include "cli/access_log.h"
#include "cli/args.h"
#include "cli/import_report.h"
#include "cli/line_reader.h"
#include "cli/progress.h"
#include "cli/run.h"

enum { SOURCE_HASH = 16, LINE_HASH = 8, PROGRESS_LINES = 1024 };

struct import {
    struct cli *cli;
    struct client client;
    struct usage_batch batch;
    size_t batch_max;
    uint64_t batch_line; /* the first line with an event in the batch */
    struct line_reader reader;
    struct progress progress;
    struct import_report report;
};

/* --- identity --- */

/* `len` bytes of the line's SHA-256 in hexadecimal, NUL-terminated. */
static void hash_text(struct str text, size_t len, char *ret_text) {
    uint8_t hash[SHA256_SIZE];
    sha256(text, hash);
    str_hex(hash, len, ret_text);
    ret_text[2 * len] = '\0';
}

static void choose_source(struct import *import, const struct access_log_line *line) {
    struct import_report *report = &import->report;
    if (report->source[0] == '\0') {
        char hash[2 * SOURCE_HASH + 1];
        hash_text(line->combined, SOURCE_HASH, hash);
        (void)snprintf(report->source, sizeof report->source, "access-log:%s", hash);
    }
    import->batch.source = str_from_cstr(report->source);
}

/* --- lines --- */

static struct err send(struct import *import) {
    struct err err = usage_batch_send(&import->batch, import->cli->cx);
    import->report.tally = import->batch.tally;
    return err;
}

static struct err add_event(struct import *import, const struct usage_event *event) {
    if (import->report.is_dry_run) {
        return OK;
    }
    if (import->batch.count == 0) {
        import->batch_line = import->reader.number;
    }
    usage_batch_add(&import->batch, event);
    return import->batch.count == import->batch_max ? send(import) : OK;
}

static struct err take_line(struct import *import, const struct access_log_line *line) {
    struct import_report *report = &import->report;
    if (__builtin_add_overflow(report->bytes_sent, line->bytes, &report->bytes_sent)) {
        return cx_fail(import->cli->cx, ERR(ERR_TOO_LARGE),
                       "The bytes sent add up to more than 2^63.");
    }
    report->well_formed++;
    choose_source(import, line);
    char hash[2 * LINE_HASH + 1];
    char id[LIMIT_EVENT_ID];
    hash_text(line->combined, LINE_HASH, hash);
    int len = snprintf(id, sizeof id, "%" PRIu64 "-%s-r", import->reader.number, hash);
    struct usage_event event = {
        .id = str_of(id, (size_t)len),
        .type = "api_requests",
        .at_ms = line->at_ms,
        .value = 1,
    };
    TRY(add_event(import, &event));
    if (line->bytes == 0) {
        return OK;
    }
    id[len - 1] = 'b';
    event.type = "bandwidth";
    event.value = line->bytes;
    return add_event(import, &event);
}

static void note_malformed(struct import_report *report, uint64_t line,
                           struct access_log_problem problem) {
    if (report->malformed < IMPORT_NAMED_MAX) {
        report->named[report->malformed] = (struct import_malformed){line, problem};
    }
    report->malformed++;
}

static struct err take_piece(struct import *import, const struct line_piece *piece) {
    struct access_log_line line;
    struct access_log_problem problem = {"the line is longer than 64 KiB", LINE_MAX_BYTES + 1};
    import->report.lines++;
    if (!piece->is_too_long && access_log_parse(piece->text, &line, &problem)) {
        return take_line(import, &line);
    }
    note_malformed(&import->report, piece->number, problem);
    return OK;
}

static struct err read_all(struct import *import) {
    struct line_piece piece;
    while (line_reader_next(&import->reader, &piece)) {
        TRY(take_piece(import, &piece));
        if (piece.number % PROGRESS_LINES == 0) {
            progress_step(&import->progress, line_reader_position(&import->reader),
                          import->reader.size, piece.number);
        }
    }
    if (err_failed(import->reader.err)) {
        return cx_fail(import->cli->cx, import->reader.err, "The file cannot be read (%s).",
                       err_name(import->reader.err.code));
    }
    return send(import);
}

/* --- the command --- */

static int finish_report(struct import *import, const struct args *args) {
    struct cli *cli = import->cli;
    if (args_has(args, "json")) {
        struct err err = import_report_json(cli->cx, cli->out, &import->report);
        return err_failed(err) ? cli_fail_err(cli, err) : CLI_DONE;
    }
    import_report_text(cli->out, &import->report);
    return CLI_DONE;
}

static int judge(struct import *import, struct err err) {
    struct cli *cli = import->cli;
    const struct import_report *report = &import->report;
    if (err_failed(err)) {
        uint64_t next = import->reader.number + 1;
        uint64_t line = import->batch.count > 0 ? import->batch_line : next;
        return cli_fail(cli, CLI_FAILED,
                        "the import stopped: %s\nturnpike: what stands before line %" PRIu64
                        " was sent. Running it again is safe: nothing counts twice.",
                        cli->cx->detail, line);
    }
    if (report->well_formed == 0 && report->lines > 0) {
        return cli_fail(cli, CLI_FAILED, "no line of %s is in the combined log format.",
                        report->file);
    }
    if (report->tally.rejected > 0) {
        return cli_fail(cli, CLI_FAILED, "%" PRIu64 " events were rejected.",
                        report->tally.rejected);
    }
    return CLI_DONE;
}

static int import_file(struct import *import, const struct args *args) {
    struct cli *cli = import->cli;
    struct err err = line_reader_open(&import->reader, cli->cx->env, args->operand);
    if (err_failed(err)) {
        return cli_fail(cli, CLI_FAILED, "%s cannot be opened (%s).", args->operand,
                        err_name(err.code));
    }
    usage_batch_init(&import->batch, cli->cx->env, &import->client, args_text(args, "user"));
    import->progress = progress_start(cli);
    err = read_all(import);
    import->report.duration_ms = progress_end(&import->progress);
    import->report.is_complete = !err_failed(err);
    int status = judge(import, err);
    int reported = finish_report(import, args);
    usage_batch_finish(&import->batch);
    line_reader_close(&import->reader);
    return status != CLI_DONE ? status : reported;
}

static bool is_visible(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.bytes[i] <= ' ' || text.bytes[i] > '~') {
            return false;
        }
    }
    return true;
}

/* NULL when all is well. */
static const char *complaint(const struct args *args) {
    struct str user = args_text(args, "user");
    struct str source = args_text(args, "source");
    bool is_dry_run = args_has(args, "dry-run");
    if (!is_dry_run && user.len == 0) {
        return "--user is needed: the userId of the customer whose usage this is.";
    }
    if (user.len > LIMIT_USER_ID || !str_is_utf8(user)) {
        return "--user has at most 64 bytes of UTF-8.";
    }
    if (!is_dry_run && args_text(args, "key").len == 0) {
        return "an API key with the scope usage:write is needed: $TURNPIKE_KEY, or --key.";
    }
    if (args_value(args, "source") != NULL &&
        (source.len == 0 || source.len > LIMIT_EVENT_SOURCE || !is_visible(source))) {
        return "--source has 1 to 128 visible ASCII characters.";
    }
    return NULL;
}

int run_import_access_log(struct cli *cli, const struct args *args) {
    const char *wrong = complaint(args);
    if (wrong != NULL) {
        return cli_fail(cli, CLI_USAGE, "%s", wrong);
    }
    struct import import = {
        .cli = cli,
        .client = {.base_url = args_text(args, "url"), .key = args_text(args, "key")},
        .batch_max = (size_t)args_number(args, "batch"),
        .report = {.file = args->operand, .is_dry_run = args_has(args, "dry-run")},
    };
    struct str source = args_text(args, "source");
    if (source.len > 0) {
        memcpy(import.report.source, source.bytes, source.len);
    }
    return import_file(&import, args);
}
