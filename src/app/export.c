#include "app/export.h"

#include "app/audit.h"
#include "app/customer.h"
#include "app/privacy.h"
#include "base/check.h"

enum { EXPIRED_AT_ONCE = 100 };

/* --- asking --- */

static struct err count_kept(struct tx *tx, struct str subject, int64_t *ret_count) {
    struct row_list list;
    *ret_count = 0;
    TRY(privacy_request_of(tx, subject, EXPORTS_KEPT_MAX * 2, &list));
    const struct privacy_request_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        *ret_count += str_equal(rows[i].status, STR("ready")) ? 1 : 0;
    }
    return OK;
}

static struct err run_ask(struct command *command, struct tx *tx) {
    struct export_ask *ask = (struct export_ask *)command;
    struct str subject = privacy_subject(tx->cx, ask->user_id, ask->person_id);
    int64_t kept = 0;
    bool is_open = false;
    if (ask->user_id.len > 0) {
        TRY(privacy_customer_stands(tx, ask->user_id, &command->outcome));
        if (command->outcome != OUTCOME_DONE) {
            return OK;
        }
    }
    TRY(privacy_request_open(tx, subject, STR("export"), &ask->row, &is_open));
    if (is_open && str_equal(ask->row.person_id, ask->person_id)) {
        command->outcome = OUTCOME_DONE;
        return OK;
    }
    TRY(count_kept(tx, subject, &kept));
    if (kept >= EXPORTS_KEPT_MAX) {
        command->outcome = OUTCOME_EXPORTS_TOO_MANY;
        return OK;
    }
    ask->row = privacy_request_new(tx->cx, STR("export"), subject);
    ask->row.user_id = ask->user_id;
    ask->row.person_id = ask->person_id;
    ask->row.status = STR("running");
    command->outcome = OUTCOME_CREATED;
    return privacy_request_insert(tx, &ask->row);
}

void export_ask(struct app *app, struct export_ask *ask) {
    ask->command.run = run_ask;
    ask->command.after = NULL;
    command_submit(app, &ask->command);
}

/* --- giving up --- */

bool export_is_theirs(const struct privacy_request_row *row, struct str subject,
                      struct str person_id) {
    return str_equal(row->kind, STR("export")) && str_equal(row->person_id, person_id) &&
           (subject.len == 0 || str_equal(row->subject, subject));
}

/* Whoever makes it hears of it with the next piece, and what was kept goes in turns. */
static struct err run_cancel(struct command *command, struct tx *tx) {
    struct export_cancel *cancel = (struct export_cancel *)command;
    struct privacy_request_row row;
    bool is_found = false;
    TRY(privacy_request_get(tx, cancel->id, &row, &is_found));
    if (!is_found || !export_is_theirs(&row, cancel->subject, cancel->person_id)) {
        command->outcome = OUTCOME_PRIVACY_REQUEST_NOT_FOUND;
        return OK;
    }
    command->outcome = OUTCOME_DONE;
    if (!str_equal(row.status, STR("running"))) {
        return OK;
    }
    row.status = STR("cancelled");
    row.finished_at = cx_now_ms(tx->cx);
    audit_say(tx, &(struct audit_said){.object = arena_str(tx->cx->arena, cancel->id)});
    return privacy_request_set(tx, &row);
}

void export_cancel(struct app *app, struct export_cancel *cancel) {
    cancel->command.run = run_cancel;
    cancel->command.after = NULL;
    command_submit(app, &cancel->command);
}

/* --- keeping --- */

static struct err finish(struct tx *tx, const struct parcel_keep *keep,
                         struct privacy_request_row *row) {
    struct instant now = {cx_now_ms(tx->cx)};
    row->status = keep->has_failed ? STR("failed") : STR("ready");
    row->finished_at = now.ms;
    row->size = keep->size;
    row->sha256 = keep->has_failed ? STR("") : str_of(keep->sha256, SHA256_HEX);
    row->expires_at = instant_add(now, duration_days(EXPORT_DAYS)).ms;
    return privacy_request_set(tx, row);
}

static struct err run_keep(struct command *command, struct tx *tx) {
    struct parcel_keep *keep = (struct parcel_keep *)command;
    struct privacy_request_row row;
    bool is_found = false;
    TRY(privacy_request_get(tx, keep->id, &row, &is_found));
    if (!is_found || !str_equal(row.status, STR("running"))) {
        command->outcome = OUTCOME_PRIVACY_REQUEST_NOT_FOUND;
        return OK;
    }
    if (!keep->has_failed) { /* what an earlier run has left is overwritten */
        TRY(export_piece_put(
            tx, &(struct export_piece_row){keep->id, keep->number, keep->subject, keep->body}));
    }
    return keep->is_last || keep->has_failed ? finish(tx, keep, &row) : OK;
}

void export_keep(struct app *app, struct parcel_keep *keep) {
    keep->command.run = run_keep;
    keep->command.after = NULL;
    command_submit(app, &keep->command);
}

/* --- having it --- */

struct err export_piece(struct tx *tx, struct str id, int64_t number, struct str *ret_body,
                        bool *ret_found) {
    struct export_piece_row piece = {.number = number};
    TRY(export_piece_get(tx, id, number, &piece, ret_found));
    *ret_body = *ret_found ? piece.body : STR("");
    return OK;
}

struct err export_expire(struct tx *tx, struct retention_swept *ret_swept) {
    struct row_list list;
    TRY(privacy_export_old(tx, cx_now_ms(tx->cx), EXPIRED_AT_ONCE, &list));
    struct privacy_request_row *rows = list.items;
    for (size_t i = 0; i < list.count; i++) {
        rows[i].status = STR("expired");
        TRY(privacy_request_set(tx, &rows[i]));
    }
    *ret_swept = (struct retention_swept){(int64_t)list.count, list.count == EXPIRED_AT_ONCE};
    return OK;
}
