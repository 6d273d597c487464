/* Attempts to collect an invoice. One of an invoice is in flight at most, which a unique index
 * guards; the next one begins when the end of the one before is known, not before.
 *
 * The key of an attempt is made of the invoice and its number, so that after a restore from backup
 * the same attempt is the same request, and the provider answers as it did. */
#include "app/dunning_case.h"

#include "app/operation_plan.h"
#include "store/subscription.h"
#include "store/webhook.h"

struct err dunning_may_collect(struct tx *tx, struct str user_id, struct str invoice_id,
                               bool *ret_may) {
    struct payment_attempt_row attempt;
    bool is_found = false;
    TRY(payment_attempt_in_flight(tx, user_id, invoice_id, &attempt, &is_found));
    *ret_may = !is_found;
    return OK;
}

/* --- begun --- */

struct err dunning_put_attempt(struct tx *tx, const struct payment_attempt_row *attempt) {
    struct payment_attempt_row row = *attempt;
    row.id = id_new(tx->cx, "atte");
    row.created_at = cx_now_ms(tx->cx);
    row.settled_at = attempt_is_in_flight(row.status) ? ROW_NONE : row.created_at;
    return payment_attempt_insert(tx, &row);
}

static struct err begin(struct tx *tx, const struct payments_call *call, struct str invoice_id,
                        enum attempt_origin origin) {
    struct payment_attempt_row attempt = {
        .user_id = call->user_id,
        .invoice_id = id_from(invoice_id),
        .origin = (int)origin,
        .status = ATTEMPT_PENDING,
        .outbox_id = call->idempotency_key,
    };
    return dunning_put_attempt(tx, &attempt);
}

struct err dunning_note_attempt(struct tx *tx, const struct payments_call *call) {
    struct stripe_object object;
    bool is_known = false;
    TRY(stripe_object_get(tx, call->invoice_id, &object, &is_known));
    return is_known ? begin(tx, call, object.local_id, ATTEMPT_CUSTOMER) : OK;
}

struct err dunning_collect(struct dunning *dunning, enum attempt_origin origin,
                           bool *ret_has_begun) {
    struct app *app = dunning->app;
    struct tx *tx = dunning->tx;
    const struct dunning_row *row = &dunning->row;
    struct invoice_row invoice;
    bool is_found = false;
    bool may_collect = false;
    int64_t before = 0;
    *ret_has_begun = false;
    TRY(invoice_get(tx, row->user_id, id_str(&row->invoice_id), &invoice, &is_found));
    TRY(dunning_may_collect(tx, row->user_id, id_str(&row->invoice_id), &may_collect));
    if (!is_found || invoice.status != INVOICE_OPEN || !may_collect) {
        return OK;
    }
    TRY(payment_attempt_count(tx, row->user_id, id_str(&row->invoice_id), &before));
    struct str work = arena_printf(tx->cx->arena, "invoice_pay " STR_FMT " %lld",
                                   STR_ARG(invoice.stripe_invoice_id), (long long)before + 1);
    struct payments_call call = {
        .kind = PAYMENTS_INVOICE_PAY,
        .user_id = row->user_id,
        .invoice_id = invoice.stripe_invoice_id,
        .idempotency_key = work_key(app, tx->cx, row->user_id, work),
    };
    TRY(begin(tx, &call, id_str(&row->invoice_id), origin));
    *ret_has_begun = true;
    return operation_plan_work(app, tx, &call, work);
}

/* --- not answered --- */

struct err dunning_lost_sight(struct tx *tx, struct str user_id, struct str outbox_id) {
    struct payment_attempt_row attempt;
    bool is_found = false;
    TRY(payment_attempt_of_call(tx, user_id, outbox_id, &attempt, &is_found));
    if (!is_found || attempt.status != ATTEMPT_PENDING) {
        return OK;
    }
    attempt.status = ATTEMPT_UNKNOWN;
    return payment_attempt_replace(tx, &attempt);
}

struct err dunning_is_new_charge(struct tx *tx, struct str user_id, struct str invoice_id,
                                 struct str charge_id, bool *ret_is_new) {
    struct row_list list;
    TRY(payment_attempt_list(tx, user_id, invoice_id, DUNNING_ATTEMPTS_SHOWN, &list));
    const struct payment_attempt_row *rows = list.items;
    *ret_is_new = charge_id.len > 0;
    for (size_t i = 0; i < list.count; i++) {
        *ret_is_new &= !str_equal(rows[i].charge_id, charge_id);
    }
    return OK;
}

struct err dunning_read_back(struct tx *tx, const struct outbox_row *row,
                             const struct payments_answer *seen,
                             struct payments_answer *ret_answer) {
    struct payment_attempt_row attempt;
    bool is_found = false;
    bool was_declined = false;
    *ret_answer = *seen;
    if (seen->outcome != PAYMENTS_DONE || !seen->has_invoice) {
        return OK;
    }
    const struct payments_invoice *invoice = &seen->invoice;
    bool is_processing = str_equal(invoice->payment_status, STR("processing"));
    if (invoice->status == INVOICE_PAID || is_processing) {
        return OK;
    }
    TRY(payment_attempt_of_call(tx, row->user_id, row->id, &attempt, &is_found));
    if (is_found) {
        TRY(dunning_is_new_charge(tx, row->user_id, id_str(&attempt.invoice_id),
                                  invoice->failed_charge_id, &was_declined));
    }
    ret_answer->outcome = was_declined ? PAYMENTS_DECLINED : PAYMENTS_MISSING;
    ret_answer->decline_code = was_declined ? invoice->decline_code : STR("");
    return OK;
}

/* --- answered --- */

static void judge(const struct payments_answer *answer, struct payment_attempt_row *attempt) {
    bool is_paid = answer->has_invoice && answer->invoice.status == INVOICE_PAID;
    struct str code = answer->decline_code.len > 0 ? answer->decline_code : answer->code;
    switch (answer->outcome) {
    case PAYMENTS_DONE: /* a bank debit is under way for days */
        attempt->status = is_paid ? ATTEMPT_SUCCEEDED : ATTEMPT_PROCESSING;
        break;
    case PAYMENTS_ACTION_REQUIRED:
        code = code.len > 0 ? code : STR("authentication_required");
        attempt->status = ATTEMPT_FAILED;
        attempt->decline_code = code;
        break;
    case PAYMENTS_DECLINED:
    case PAYMENTS_REFUSED:
        attempt->status = ATTEMPT_FAILED;
        attempt->decline_code = code;
        break;
    case PAYMENTS_MISSING: /* with the invoice: it was read, and this attempt is not in it */
        attempt->status = answer->has_invoice ? ATTEMPT_LOST : ATTEMPT_FAILED;
        attempt->decline_code = code;
        break;
    case PAYMENTS_UNKNOWN:
        attempt->status = ATTEMPT_UNKNOWN;
        break;
    }
    if (answer->has_invoice && attempt->status == ATTEMPT_FAILED) {
        attempt->charge_id = answer->invoice.failed_charge_id;
    }
}

static struct err tell_case(struct dunning *dunning, const struct payment_attempt_row *attempt) {
    bool is_found = false;
    bool is_legal = false;
    TRY(dunning_of_invoice(dunning->tx, attempt->user_id, id_str(&attempt->invoice_id),
                           &dunning->row, &is_found));
    if (!is_found) {
        return OK;
    }
    struct dunning_input input = {
        .event = attempt->origin == ATTEMPT_RETRY ? DUNNING_RETRY_FAILED : DUNNING_CUSTOMER_FAILED,
        .now = {cx_now_ms(dunning->tx->cx)},
        .is_hard_decline = dunning_is_hard_decline(attempt->decline_code),
    };
    if (attempt->status == ATTEMPT_FAILED) {
        TRY(dunning_move(dunning, &input, &is_legal));
    }
    return is_legal ? OK : dunning_keep(dunning);
}

struct err dunning_answered(struct app *app, struct tx *tx, const struct outbox_row *row,
                            const struct payments_answer *answer, struct gate_update *update) {
    struct dunning dunning = {.app = app, .tx = tx, .update = update};
    struct payment_attempt_row attempt;
    bool is_found = false;
    TRY(payment_attempt_of_call(tx, row->user_id, row->id, &attempt, &is_found));
    if (!is_found || !attempt_is_in_flight(attempt.status)) {
        return OK;
    }
    judge(answer, &attempt);
    if (!attempt_is_in_flight(attempt.status)) {
        attempt.settled_at = cx_now_ms(tx->cx);
    }
    TRY(payment_attempt_replace(tx, &attempt));
    return tell_case(&dunning, &attempt);
}
