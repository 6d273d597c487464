/* /api/billing/invoice-archives: a year's invoices as one file. */
#include "api/invoice_archives.h"

#include "api/file.h"
#include "api/privacy_resources.h"
#include "api/resources.h"
#include "app/invoice_archive.h"
#include "app/invoice_list.h"
#include "app/progress.h"

/* --- as shown --- */

struct archive_out {
    struct str id, status, sha256;
    int64_t year, requested_at, finished_at, expires_at, size, papers, missing, percent, done_at;
    bool has_finished, expires, has_percent, has_done_at;
};

#define AT(member) offsetof(struct archive_out, member)
static const struct shape_field archive_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"year", "Of UTC", SHAPE_I64, .offset = AT(year)},
    {"status", "running, ready, failed, cancelled, or expired: the file is gone", SHAPE_STR,
     .offset = AT(status), .max = 16},
    {"requestedAt", "When", SHAPE_INSTANT, .offset = AT(requested_at)},
    {"finishedAt", "When it was made; null until then", SHAPE_INSTANT, .offset = AT(finished_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_finished)},
    {"expiresAt", "Until when the file is kept; null without one", SHAPE_INSTANT,
     .offset = AT(expires_at), .flags = SHAPE_NULLABLE, .is_set = AT(expires)},
    {"size", "Of the file, in bytes", SHAPE_I64, .offset = AT(size)},
    {"sha256", "Of the file, in hexadecimal; null without one", SHAPE_STR, .offset = AT(sha256),
     .max = 64, .flags = SHAPE_NULLABLE},
    {"papers", "PDFs in the file", SHAPE_I64, .offset = AT(papers)},
    {"missing", "PDFs that the payment provider did not give; invoices.csv has their rows",
     SHAPE_I64, .offset = AT(missing)},
    {"percent", "Of the papers that are to be fetched; null: it has not begun, or was not made",
     SHAPE_I64, .offset = AT(percent), .flags = SHAPE_NULLABLE, .is_set = AT(has_percent)},
    {"doneAt", "When it will be made, by its pace so far; null: nothing can be said", SHAPE_INSTANT,
     .offset = AT(done_at), .flags = SHAPE_NULLABLE, .is_set = AT(has_done_at)},
};
#undef AT
const struct shape invoice_archive_shape =
    SHAPE("InvoiceArchive", "A year's invoices as one file", struct archive_out, archive_fields);

static struct archive_out out_of(const struct app *app, const struct invoice_archive_row *row) {
    bool is_ready = str_equal(row->status, STR("ready"));
    struct archive_out out = {
        .id = id_str(&row->id),
        .year = row->year,
        .status = row->status,
        .requested_at = row->requested_at,
        .finished_at = row->finished_at,
        .has_finished = row->finished_at != ROW_NONE,
        .expires_at = row->expires_at,
        .expires = is_ready,
        .size = row->size,
        .sha256 = text_or_null(row->sha256),
        .papers = row->papers,
        .missing = row->missing,
        .percent = 100,
        .has_percent = is_ready,
    };
    if (str_equal(row->status, STR("running"))) {
        struct instant done_at = {0};
        out.has_percent = progress_of(&app->archiving, app, out.id, &out.percent, &done_at);
        out.has_done_at = out.has_percent;
        out.done_at = done_at.ms;
    }
    return out;
}

/* False when it replied. */
static bool read_archive(struct api_request *request, struct str id,
                         struct invoice_archive_row *row) {
    struct tx tx = request_read(request);
    bool is_found = false;
    if (reply_if_failed(request, invoice_archive_read(&tx, request->user_id, id, row, &is_found))) {
        return false;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_INVOICE_ARCHIVE_NOT_FOUND);
    }
    return is_found;
}

static void reply_archive(struct api_request *request, int status, struct str id) {
    struct invoice_archive_row row;
    if (read_archive(request, id, &row)) {
        struct archive_out out = out_of(request->api->app, &row);
        reply_value(request, status, &invoice_archive_shape, &out);
    }
}

void invoice_archives_get(struct api_request *request) {
    reply_archive(request, 200, request->values[0]);
}

/* --- asking --- */

struct archive_in {
    int64_t year;
};

static const struct shape_field in_fields[] = {
    {"year", "Of UTC, in which the invoices were made", SHAPE_I64,
     .offset = offsetof(struct archive_in, year), .min = INVOICE_YEAR_FIRST,
     .max = INVOICE_YEAR_LAST},
};
const struct shape invoice_archive_in_shape =
    SHAPE("InvoiceArchiveIn", "Of which year", struct archive_in, in_fields);

struct ask_in_hand {
    struct invoice_archive_ask ask; /* first: `done` hands it back */
    struct api_request *request;
};

static void asked(struct command *command) {
    struct ask_in_hand *hand = (struct ask_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED || command->outcome == OUTCOME_DONE) {
        reply_archive(hand->request, 202, id_str(&hand->ask.id));
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void invoice_archives_create(struct api_request *request) {
    const struct archive_in *in = request->body;
    struct ask_in_hand *hand = ARENA_NEW(request->arena, struct ask_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->ask.user_id = request->user_id;
    hand->ask.person_id = privacy_asker(request);
    hand->ask.year = in->year;
    hand->ask.command.done = asked;
    invoice_archive_ask(request->api->app, &hand->ask);
}

/* --- giving up --- */

struct cancel_in_hand {
    struct invoice_archive_cancel cancel; /* first: `done` hands it back */
    struct api_request *request;
};

static void cancelled(struct command *command) {
    struct cancel_in_hand *hand = (struct cancel_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_archive(hand->request, 200, hand->cancel.id);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void invoice_archives_cancel(struct api_request *request) {
    struct cancel_in_hand *hand = ARENA_NEW(request->arena, struct cancel_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->cancel.user_id = request->user_id;
    hand->cancel.id = request->values[0];
    hand->cancel.command.done = cancelled;
    invoice_archive_cancel(request->api->app, &hand->cancel);
}

/* --- the list --- */

static const struct shape_field archive_item = {.kind = SHAPE_OBJECT, .of = &invoice_archive_shape};
static const struct shape_field list_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = INVOICE_ARCHIVES_SHOWN, .item = &archive_item, .item_size = sizeof(struct archive_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape invoice_archives_shape =
    SHAPE("InvoiceArchives", "Files of invoices that were asked for", struct page, list_fields);

void invoice_archives_list(struct api_request *request) {
    struct tx tx = request_read(request);
    struct row_list list;
    if (!has_customer(request) ||
        reply_if_failed(request, invoice_archives_read(&tx, request->user_id, &list))) {
        return;
    }
    const struct invoice_archive_row *rows = list.items;
    struct archive_out *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] = out_of(request->api->app, &rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : list.count}, {NULL, 0}};
    reply_value(request, 200, &invoice_archives_shape, &page);
}

/* --- the file --- */

void invoice_archives_file(struct api_request *request) {
    struct invoice_archive_row row;
    if (!read_archive(request, request->values[0], &row)) {
        return;
    }
    if (!str_equal(row.status, STR("ready")) || row.expires_at <= request_now(request).ms) {
        reply_problem(request, OUTCOME_INVOICE_ARCHIVE_NOT_READY);
        return;
    }
    reply_file(request,
               &(struct file_kept){
                   .kind = &invoice_archive_parcel,
                   .id = id_str(&row.id),
                   .name = arena_printf(request->arena, "invoices-%lld.zip", (long long)row.year),
                   .sha256 = row.sha256,
                   .size = row.size,
               });
}
