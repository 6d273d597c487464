#include "app/mail_send.h"

#include "app/alert.h"
#include "app/erasure_tell.h"
#include "app/mail_optout.h"
#include "app/mail_usage.h"
#include "base/mailbox.h"
#include "core/calendar.h"
#include "store/invoice.h"

/* After the first attempt, and each that follows: a minute to a day. Then it is given up. */
static const int64_t rest_minutes[] = {1, 5, 30, 2 * 60, 6 * 60, 24 * 60};

struct err mails_waiting(struct tx *tx, size_t max, struct row_list *ret_list) {
    return mail_waiting(tx, cx_now_ms(tx->cx), max, ret_list);
}

struct err mails_next_due(struct tx *tx, struct instant *ret_at) {
    int64_t at = ROW_NONE;
    TRY(mail_next_due(tx, cx_now_ms(tx->cx), &at));
    *ret_at = at == ROW_NONE ? INSTANT_MAX : (struct instant){at};
    return OK;
}

struct str mail_suppressed_as(struct arena *arena, struct str address) {
    struct str lower = arena_str(arena, address);
    char *bytes = (char *)(uintptr_t)lower.bytes;
    for (size_t i = 0; i < lower.len; i++) {
        bytes[i] = bytes[i] >= 'A' && bytes[i] <= 'Z' ? (char)(bytes[i] - 'A' + 'a') : bytes[i];
    }
    return lower;
}

/* --- in hand --- */

/* Why a mail is not to be sent now; empty when nothing speaks against it. */
static struct err objection_to(struct tx *tx, const struct mail_row *row, struct str *ret_why) {
    struct mail_suppression_row suppression;
    enum mail_kind kind;
    bool is_suppressed = false;
    bool is_unwanted = false;
    bool is_settled = false;
    bool is_outrun = false;
    bool is_known = mail_kind_parse(row->kind, &kind);
    TRY(mail_suppression_get(tx, mail_suppressed_as(tx->cx->arena, row->address), &suppression,
                             &is_suppressed));
    if (is_known && mail_kind_is_optional(kind)) {
        TRY(mail_optout_get(tx, row->user_id, row->kind, &is_unwanted));
    }
    if (is_known && mail_kind_is_owed(kind) && row->thread.len > 0) {
        TRY(invoice_is_settled(tx, row->user_id, row->thread, &is_settled));
    }
    TRY(mail_usage_is_outrun(tx, row, &is_outrun));
    *ret_why = !mail_address_is_valid(row->address)
                   ? STR("The address is not one that mail can go to.")
               : is_suppressed ? suppression.reason
               : is_unwanted   ? STR("The customer has unsubscribed from these mails.")
               : is_outrun     ? STR("Another mail tells more: the limit is reached.")
               : is_settled    ? STR("Nothing is to be paid on the invoice any more.")
                               : STR("");
    return OK;
}

static struct err run_lease(struct command *command, struct tx *tx) {
    struct mail_lease *lease = (struct mail_lease *)command;
    struct mail_row row;
    struct str why;
    bool is_found = false;
    TRY(mail_get(tx, lease->id, &row, &is_found));
    bool waits = is_found && (row.status == MAIL_QUEUED || row.status == MAIL_LEASED);
    if (!waits || row.next_attempt_at > cx_now_ms(tx->cx)) {
        return OK;
    }
    TRY(objection_to(tx, &row, &why));
    enum mail_status before = (enum mail_status)row.status;
    lease->is_leased = why.len == 0;
    row.status = lease->is_leased ? MAIL_LEASED : MAIL_SUPPRESSED;
    row.last_error = lease->is_leased ? row.last_error : why;
    TRY(mail_move(tx, &row, before));
    return !lease->is_leased && erasure_is_told_by(&row) ? erasure_forget_mail(tx, &row) : OK;
}

void mail_lease(struct app *app, struct mail_lease *lease) {
    lease->is_leased = false;
    lease->command.run = run_lease;
    lease->command.after = NULL;
    command_submit(app, &lease->command);
}

struct err mail_parcel_read(const struct app *app, struct tx *tx, struct str id,
                            struct mail_parcel *ret_parcel, bool *ret_found) {
    enum mail_kind kind;
    TRY(mail_get(tx, id, &ret_parcel->row, ret_found));
    bool is_known = *ret_found && mail_kind_parse(ret_parcel->row.kind, &kind);
    ret_parcel->unsubscribe_path =
        is_known ? mail_unsubscribe_path(app, tx->cx->arena, ret_parcel->row.user_id, kind)
                 : STR("");
    return OK;
}

/* --- settled --- */

static void put_off(struct mail_row *row, int64_t now) {
    size_t at = (size_t)row->attempts - 1;
    if (at >= ARRAY_LEN(rest_minutes)) {
        row->status = MAIL_FAILED;
        return;
    }
    row->status = MAIL_QUEUED;
    row->next_attempt_at =
        instant_add((struct instant){now}, duration_seconds(60 * rest_minutes[at])).ms;
}

static struct err suppress(struct tx *tx, const struct mail_row *row) {
    struct mail_suppression_row suppression = {
        .address = mail_suppressed_as(tx->cx->arena, row->address),
        .reason = row->last_error,
        .created_at = cx_now_ms(tx->cx),
    };
    return mail_suppression_put(tx, &suppression);
}

/* Somebody was told that they are forgotten, or cannot be: nobody hears of it. */
static bool is_last(const struct mail_row *row) {
    return erasure_is_told_by(row) && row->status != MAIL_QUEUED;
}

static struct err tell_undelivered(struct app *app, struct tx *tx, const struct mail_row *row,
                                   bool is_bounced) {
    TRY(is_bounced ? suppress(tx, row) : OK);
    return is_bounced || row->status == MAIL_FAILED
               ? alert_mail_undelivered(app, tx, row, is_bounced)
               : OK;
}

static struct err run_settle(struct command *command, struct tx *tx) {
    struct mail_settle *settle = (struct mail_settle *)command;
    struct mail_row row;
    bool is_found = false;
    int64_t now = cx_now_ms(tx->cx);
    TRY(mail_get(tx, settle->id, &row, &is_found));
    if (!is_found || row.status != MAIL_LEASED) {
        return OK;
    }
    row.attempts++;
    row.last_error = settle->result == MAIL_RESULT_TAKEN ? STR("") : settle->words;
    switch (settle->result) {
    case MAIL_RESULT_TAKEN:
        row.status = MAIL_SENT;
        row.sent_at = now;
        break;
    case MAIL_RESULT_LATER:
        put_off(&row, now);
        break;
    case MAIL_RESULT_BAD_ADDRESS:
        row.status = MAIL_SUPPRESSED;
        break;
    case MAIL_RESULT_REFUSED:
        row.status = MAIL_FAILED;
        break;
    }
    settle->status = row.status;
    TRY(mail_move(tx, &row, MAIL_LEASED));
    bool is_bounced = settle->result == MAIL_RESULT_BAD_ADDRESS;
    return is_last(&row) ? erasure_forget_mail(tx, &row)
                         : tell_undelivered(command->app, tx, &row, is_bounced);
}

void mail_settle(struct app *app, struct mail_settle *settle) {
    settle->status = MAIL_LEASED;
    settle->command.run = run_settle;
    settle->command.after = NULL;
    command_submit(app, &settle->command);
}

/* --- where nothing goes --- */

struct err mail_suppressions_read(struct tx *tx, struct str after, size_t max,
                                  struct row_list *ret_list) {
    return mail_suppression_page(tx, after, max, ret_list);
}

static struct err run_unsuppress(struct command *command, struct tx *tx) {
    struct mail_unsuppress *unsuppress = (struct mail_unsuppress *)command;
    bool was_listed = false;
    TRY(mail_suppression_delete(tx, mail_suppressed_as(tx->cx->arena, unsuppress->address),
                                &was_listed));
    command->outcome = was_listed ? OUTCOME_DONE : OUTCOME_MAIL_NOT_SUPPRESSED;
    return OK;
}

void mail_unsuppress(struct app *app, struct mail_unsuppress *unsuppress) {
    unsuppress->command.run = run_unsuppress;
    unsuppress->command.after = NULL;
    command_submit(app, &unsuppress->command);
}
