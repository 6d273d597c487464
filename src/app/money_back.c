#include "app/money_back.h"

#include "base/check.h"
#include "store/invoice.h"

struct err credit_notes_read(struct tx *tx, struct str user_id, struct str invoice_id,
                             struct row_list *ret_list) {
    return credit_note_list(tx, user_id, invoice_id, MONEY_BACK_MAX, ret_list);
}

struct err refunds_read(struct tx *tx, struct str user_id, struct str invoice_id,
                        struct row_list *ret_list) {
    return invoice_refund_list(tx, user_id, invoice_id, MONEY_BACK_MAX, ret_list);
}

struct err credit_note_read(struct tx *tx, struct str user_id, struct str id,
                            struct credit_note_row *ret_row, bool *ret_found) {
    return credit_note_get(tx, user_id, id, ret_row, ret_found);
}

struct err refund_read(struct tx *tx, struct str user_id, struct str id, struct refund_row *ret_row,
                       bool *ret_found) {
    return refund_get(tx, user_id, id, ret_row, ret_found);
}

int64_t refunds_sum(const struct row_list *refunds) {
    const struct refund_row *rows = refunds->items;
    int64_t sum = 0;
    for (size_t i = 0; i < refunds->count; i++) {
        bool gives_nothing =
            str_equal(rows[i].status, STR("failed")) || str_equal(rows[i].status, STR("canceled"));
        sum += gives_nothing ? 0 : rows[i].amount;
    }
    return sum;
}

int64_t credit_notes_sum(const struct row_list *notes) {
    const struct credit_note_row *rows = notes->items;
    int64_t sum = 0;
    for (size_t i = 0; i < notes->count; i++) {
        sum += str_equal(rows[i].status, STR("void")) ? 0 : rows[i].amount;
    }
    return sum;
}

/* What is left of what was paid for it. */
static struct err refundable(struct tx *tx, const struct invoice_row *invoice, int64_t *ret_left) {
    struct row_list refunds;
    TRY(refunds_read(tx, invoice->user_id, id_str(&invoice->id), &refunds));
    *ret_left = invoice->amount_paid - refunds_sum(&refunds);
    return OK;
}

static struct err decide_refund(struct tx *tx, const struct invoice_row *invoice,
                                struct operation_plan *plan, enum outcome *ret_outcome) {
    int64_t left = 0;
    if (invoice->status != INVOICE_PAID || invoice->amount_paid <= 0) {
        *ret_outcome = OUTCOME_INVOICE_NOT_REFUNDABLE;
        return OK;
    }
    TRY(refundable(tx, invoice, &left));
    plan->amount = plan->amount == 0 ? left : plan->amount;
    *ret_outcome = plan->amount > left || left <= 0 ? OUTCOME_REFUND_TOO_LARGE : OUTCOME_DONE;
    return OK;
}

static struct err decide_note(struct tx *tx, const struct invoice_row *invoice,
                              struct operation_plan *plan, enum outcome *ret_outcome) {
    struct row_list notes;
    int64_t to_refund = 0;
    if (invoice->status != INVOICE_PAID && invoice->status != INVOICE_OPEN) {
        *ret_outcome = OUTCOME_INVOICE_NOT_CREDITABLE;
        return OK;
    }
    TRY(credit_notes_read(tx, invoice->user_id, id_str(&invoice->id), &notes));
    TRY(refundable(tx, invoice, &to_refund));
    int64_t left = invoice->amount - credit_notes_sum(&notes);
    plan->is_settled = invoice->status == INVOICE_PAID;
    if (plan->is_settled && plan->returns == MONEY_BACK_REFUND && to_refund < left) {
        left = to_refund;
    }
    plan->amount = plan->amount == 0 ? left : plan->amount;
    *ret_outcome = plan->amount > left || left <= 0 ? OUTCOME_CREDIT_TOO_LARGE : OUTCOME_DONE;
    return OK;
}

struct err money_back_decide(struct tx *tx, const struct operation_request *request,
                             struct operation_plan *plan, enum outcome *ret_outcome) {
    struct invoice_row invoice;
    bool is_found = false;
    check(request->amount >= 0);
    TRY(invoice_get(tx, request->user_id, request->invoice_id, &invoice, &is_found));
    if (!is_found) {
        *ret_outcome = OUTCOME_INVOICE_NOT_FOUND;
        return OK;
    }
    if (request->currency.len > 0 && !str_equal(request->currency, invoice.currency)) {
        *ret_outcome = OUTCOME_CURRENCY_MISMATCH;
        return OK;
    }
    plan->invoice_id = invoice.stripe_invoice_id;
    plan->amount = request->amount;
    plan->returns = request->returns;
    return request->kind == OPERATION_REFUND ? decide_refund(tx, &invoice, plan, ret_outcome)
                                             : decide_note(tx, &invoice, plan, ret_outcome);
}
