#include "app/withdrawal_pay.h"

#include "app/audit.h"
#include "app/billing_event.h"
#include "app/invoice_lines.h"
#include "app/money_back.h"
#include "app/operation_start.h"
#include "store/invoice.h"

enum { INVOICES_MAX = 100 }; /* of a subscription that is some days old */

struct err withdrawal_note(struct tx *tx, const struct withdrawal_row *row, const char *type) {
    struct str plan = str_from_cstr(tier_name((enum tier)row->tier));
    struct billing_note note = {
        .type = type,
        .description = arena_printf(tx->cx->arena, "Withdrawal from " STR_FMT ": %s", STR_ARG(plan),
                                    withdrawal_status_name((enum withdrawal_status)row->status)),
        .metadata = AUDIT_FACTS(tx->cx, AUDIT_TEXT("withdrawalId", id_str(&row->id)),
                                AUDIT_TEXT("subscriptionId", id_str(&row->subscription_id))),
        .has_amount = row->returned > 0,
        .amount = money_stored(row->returned, row->currency),
    };
    return billing_event_note(tx, row->user_id, &note);
}

/* --- how much --- */

/* What of an invoice stays owed. */
static struct err kept_of(struct tx *tx, const struct withdrawal_row *row,
                          const struct invoice_row *invoice, int64_t *ret_kept) {
    struct invoice_lines lines;
    *ret_kept = 0;
    if (!row->is_share) {
        return OK;
    }
    TRY(invoice_lines_read(tx->cx->arena, invoice->lines, &lines));
    for (size_t i = 0; i < lines.count; i++) {
        const struct payments_invoice_line *line = &lines.items[i];
        const struct withdrawal_line part = {
            line->amount.minor - line->discount.minor + line->tax.minor, line->period};
        *ret_kept += withdrawal_kept(&part, (struct instant){row->created_at});
    }
    return OK;
}

/* What was given back of it before: by notes, and by refunds without one. A refund that a note
 * brings may be mirrored later than the note. */
static struct err given_back(struct tx *tx, const struct invoice_row *invoice, int64_t *ret_given,
                             int64_t *ret_refunded) {
    struct row_list notes;
    struct row_list refunds;
    int64_t by_notes = 0;
    TRY(credit_notes_read(tx, invoice->user_id, id_str(&invoice->id), &notes));
    TRY(refunds_read(tx, invoice->user_id, id_str(&invoice->id), &refunds));
    const struct credit_note_row *rows = notes.items;
    for (size_t i = 0; i < notes.count; i++) {
        by_notes += str_equal(rows[i].status, STR("void")) ? 0 : rows[i].refunded;
    }
    int64_t refunded = refunds_sum(&refunds);
    *ret_refunded = refunded > by_notes ? refunded : by_notes;
    *ret_given = credit_notes_sum(&notes) + *ret_refunded - by_notes;
    return OK;
}

/* What is still to be credited of an invoice, and where it goes: back to where it came from, as far
 * as it was paid with money; else to the balance that had paid it. */
struct due {
    int64_t amount;
    enum money_back returns;
};

static struct err due_of(struct tx *tx, const struct withdrawal_row *row,
                         const struct invoice_row *invoice, struct due *ret_due) {
    int64_t kept = 0;
    int64_t given = 0;
    int64_t refunded = 0;
    *ret_due = (struct due){0, MONEY_BACK_REFUND};
    if (invoice->status != INVOICE_PAID && invoice->status != INVOICE_OPEN) {
        return OK;
    }
    TRY(kept_of(tx, row, invoice, &kept));
    TRY(given_back(tx, invoice, &given, &refunded));
    int64_t left = invoice->amount - kept - given;
    int64_t paid = invoice->amount_paid - refunded;
    if (invoice->status == INVOICE_PAID && paid <= 0) {
        ret_due->returns = MONEY_BACK_BALANCE;
    } else if (invoice->status == INVOICE_PAID && paid < left) {
        left = paid; /* the rest in another note */
    }
    ret_due->amount = left > 0 ? left : 0;
    return OK;
}

/* --- the next step --- */

static struct err move(struct tx *tx, struct withdrawal_row *row, enum withdrawal_status status) {
    row->status = (int)status;
    row->operation_id = STR("");
    row->finished_at = cx_now_ms(tx->cx);
    TRY(withdrawal_move(tx, row));
    return withdrawal_note(tx, row,
                           status == WITHDRAWAL_DONE ? "withdrawal.done" : "withdrawal.stopped");
}

static struct err credit(struct app *app, struct tx *tx, struct withdrawal_row *row,
                         const struct invoice_row *invoice, const struct due *due) {
    enum outcome outcome = OUTCOME_DONE;
    const struct operation_request request = {
        .kind = OPERATION_CREDIT_NOTE,
        .user_id = row->user_id,
        .tier = -1,
        .interval = -1,
        .invoice_id = id_str(&invoice->id),
        .amount = due->amount,
        .returns = due->returns,
        .comment = STR("Withdrawal from the contract"),
    };
    TRY(operation_begin_agreed(app, tx, &request, &row->operation_id, &outcome));
    if (outcome != OUTCOME_DONE) {
        return move(tx, row, WITHDRAWAL_UNPAID);
    }
    row->status = (int)WITHDRAWAL_PAYING_BACK;
    row->returned += due->amount;
    return withdrawal_move(tx, row);
}

/* The first invoice of which something is left to credit; none: it is done. */
static struct err go_on(struct app *app, struct tx *tx, struct withdrawal_row *row) {
    const struct invoice_owner of = {row->user_id, id_str(&row->subscription_id)};
    const struct invoice_cursor all = {INT64_MAX, STR("")};
    struct row_list list;
    TRY(invoice_of_subscription(tx, &of, all, INVOICES_MAX, &list));
    const struct invoice_row *invoices = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct due due;
        TRY(due_of(tx, row, &invoices[i], &due));
        if (due.amount > 0) {
            return credit(app, tx, row, &invoices[i], &due);
        }
    }
    return move(tx, row, WITHDRAWAL_DONE);
}

struct err withdrawal_concluded(struct app *app, struct tx *tx,
                                const struct operation_row *operation, enum outcome outcome) {
    struct withdrawal_row row;
    bool is_found = false;
    TRY(withdrawal_by_operation(tx, operation->user_id, id_str(&operation->id), &row, &is_found));
    if (!is_found) {
        return OK;
    }
    if (outcome == OUTCOME_DONE) {
        return go_on(app, tx, &row);
    }
    return move(tx, &row,
                row.status == (int)WITHDRAWAL_ENDING ? WITHDRAWAL_REFUSED : WITHDRAWAL_UNPAID);
}
