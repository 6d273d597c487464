#include "cli/import_report.h"

#include <inttypes.h>

enum { REPORT_MAX = 64 * 1024 };

static size_t named_count(const struct import_report *report) {
    return report->malformed < IMPORT_NAMED_MAX ? (size_t)report->malformed : IMPORT_NAMED_MAX;
}

static void malformed_text(FILE *out, const struct import_report *report) {
    (void)fprintf(out, "  malformed    %" PRIu64 "\n", report->malformed);
    size_t named = named_count(report);
    for (size_t i = 0; i < named; i++) {
        const struct import_malformed *line = &report->named[i];
        (void)fprintf(out, "    line %" PRIu64 ", column %zu: %s\n", line->line,
                      line->problem.column, line->problem.reason);
    }
    if (report->malformed > named) {
        (void)fprintf(out, "    and %" PRIu64 " more\n", report->malformed - named);
    }
}

static void events_text(FILE *out, const struct usage_tally *tally) {
    (void)fprintf(
        out, "  events       %" PRIu64 " accepted, %" PRIu64 " duplicate, %" PRIu64 " rejected\n",
        tally->accepted, tally->duplicate, tally->rejected);
    for (size_t i = 0; i < tally->reason_count; i++) {
        (void)fprintf(out, "    %" PRIu64 " rejected: %s\n", tally->reasons[i].count,
                      tally->reasons[i].code);
    }
}

void import_report_text(FILE *out, const struct import_report *report) {
    const char *verb = report->is_dry_run    ? "Read (dry run, nothing sent)"
                       : report->is_complete ? "Imported"
                                             : "Imported in part";
    (void)fprintf(out, "%s: %s\n", verb, report->file);
    if (report->source[0] != '\0') {
        (void)fprintf(out, "  source       %s\n", report->source);
    }
    (void)fprintf(out, "  lines        %" PRIu64 "\n  well-formed  %" PRIu64 "\n", report->lines,
                  report->well_formed);
    malformed_text(out, report);
    (void)fprintf(out, "  requests     %" PRIu64 "\n  bytes sent   %" PRId64 "\n",
                  report->well_formed, report->bytes_sent);
    if (!report->is_dry_run) {
        events_text(out, &report->tally);
    }
    (void)fprintf(out, "  time         %" PRId64 ".%03" PRId64 " s\n", report->duration_ms / 1000,
                  report->duration_ms % 1000);
}

static void malformed_json(struct json_writer *writer, const struct import_report *report) {
    json_name(writer, "malformedLines");
    json_open_array(writer);
    for (size_t i = 0; i < named_count(report); i++) {
        const struct import_malformed *line = &report->named[i];
        json_open_object(writer);
        json_member_i64(writer, "line", (int64_t)line->line);
        json_member_i64(writer, "column", (int64_t)line->problem.column);
        json_member_cstr(writer, "reason", line->problem.reason);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void events_json(struct json_writer *writer, const struct usage_tally *tally) {
    json_name(writer, "events");
    json_open_object(writer);
    json_member_i64(writer, "accepted", (int64_t)tally->accepted);
    json_member_i64(writer, "duplicate", (int64_t)tally->duplicate);
    json_member_i64(writer, "rejected", (int64_t)tally->rejected);
    json_name(writer, "reasons");
    json_open_object(writer);
    for (size_t i = 0; i < tally->reason_count; i++) {
        json_member_i64(writer, tally->reasons[i].code, (int64_t)tally->reasons[i].count);
    }
    json_close_object(writer);
    json_close_object(writer);
}

struct err import_report_json(struct cx *cx, FILE *out, const struct import_report *report) {
    CLEANUP(buf_finish) struct buf buf;
    buf_init(&buf, cx->env, REPORT_MAX);
    struct json_writer writer;
    json_writer_init(&writer, &buf);
    json_open_object(&writer);
    json_member_cstr(&writer, "file", report->file);
    json_member_cstr(&writer, "source", report->source[0] == '\0' ? NULL : report->source);
    json_member_bool(&writer, "dryRun", report->is_dry_run);
    json_member_bool(&writer, "complete", report->is_complete);
    json_member_i64(&writer, "lines", (int64_t)report->lines);
    json_member_i64(&writer, "wellFormed", (int64_t)report->well_formed);
    json_member_i64(&writer, "malformed", (int64_t)report->malformed);
    malformed_json(&writer, report);
    json_member_i64(&writer, "requests", (int64_t)report->well_formed);
    json_member_i64(&writer, "bytesSent", report->bytes_sent);
    events_json(&writer, &report->tally);
    json_member_i64(&writer, "durationMs", report->duration_ms);
    json_close_object(&writer);
    buf_add_char(&buf, '\n');
    if (buf.has_failed) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the report.");
    }
    (void)fwrite(buf.bytes, 1, buf.len, out);
    return OK;
}
