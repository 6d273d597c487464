#include "app/correction.h"

#include "app/audit.h"
#include "app/billed_to.h"
#include "app/billing_event.h"
#include "app/customer_details.h"
#include "app/dunning.h"
#include "app/mirror.h"
#include "app/mirror_object.h"
#include "app/money_back.h"
#include "app/tax_id.h"
#include "app/withdrawal.h"
#include "base/check.h"
#include "base/crypto.h"
#include "base/json.h"

/* --- whether --- */

static struct err has_given_back(struct tx *tx, const struct invoice_row *invoice, bool *ret_has) {
    struct row_list notes;
    struct row_list refunds;
    TRY(credit_notes_read(tx, invoice->user_id, id_str(&invoice->id), &notes));
    TRY(refunds_read(tx, invoice->user_id, id_str(&invoice->id), &refunds));
    *ret_has = credit_notes_sum(&notes) > 0 || refunds_sum(&refunds) > 0;
    return OK;
}

/* Each line has its share of discount and tax, and together they are the total: otherwise there is
 * something in it that we do not know, and could not bill again. */
static struct err can_be_billed_again(struct tx *tx, const struct invoice_row *invoice,
                                      bool *ret_can) {
    struct invoice_lines lines;
    int64_t total = 0;
    int64_t discount = 0;
    TRY(invoice_lines_read(tx->cx->arena, invoice->lines, &lines));
    for (size_t i = 0; i < lines.count; i++) {
        const struct payments_invoice_line *line = &lines.items[i];
        total += line->amount.minor - line->discount.minor + line->tax.minor;
        discount += line->discount.minor;
    }
    *ret_can = lines.count > 0 && lines.count <= CORRECTION_LINES_MAX && total == invoice->amount &&
               (discount == 0 || invoice->coupon.len > 0);
    return OK;
}

/* A consumer may still take the purchase back: what the new invoice got from the balance could then
 * not go back to the card. */
static struct err can_be_withdrawn(const struct app *app, struct tx *tx,
                                   const struct invoice_row *invoice, bool *ret_can) {
    struct withdrawal_offer offer;
    TRY(withdrawal_offer_read(app, tx, invoice->user_id, &offer));
    *ret_can = offer.outcome == OUTCOME_DONE &&
               str_equal(offer.facts.subscription_id, id_str(&invoice->subscription_id));
    return OK;
}

static struct err judge(const struct app *app, struct tx *tx, const struct invoice_row *invoice,
                        enum outcome *ret_outcome) {
    struct correction_row before;
    bool is_corrected = false;
    bool is_given_back = false;
    bool is_disputed = false;
    bool can = false;
    bool is_withdrawable = false;
    struct str id = id_str(&invoice->id);
    TRY(correction_from(tx, invoice->user_id, id, &before, &is_corrected));
    TRY(invoice_is_disputed(tx, invoice->user_id, id, &is_disputed));
    TRY(has_given_back(tx, invoice, &is_given_back));
    TRY(can_be_billed_again(tx, invoice, &can));
    TRY(can_be_withdrawn(app, tx, invoice, &is_withdrawable));
    bool stands = invoice->status == INVOICE_OPEN || invoice->status == INVOICE_PAID;
    *ret_outcome = is_corrected      ? OUTCOME_INVOICE_ALREADY_CORRECTED
                   : !stands         ? OUTCOME_INVOICE_NOT_CORRECTABLE
                   : is_disputed     ? OUTCOME_INVOICE_DISPUTED
                   : is_given_back   ? OUTCOME_INVOICE_GIVEN_BACK
                   : is_withdrawable ? OUTCOME_INVOICE_WITHDRAWABLE
                   : !can            ? OUTCOME_CORRECTION_NOT_POSSIBLE
                                     : OUTCOME_DONE;
    return OK;
}

struct err correction_check(const struct app *app, struct tx *tx, const struct invoice_name *name,
                            struct invoice_row *ret_invoice, enum outcome *ret_outcome) {
    bool is_found = false;
    TRY(invoice_get(tx, name->user_id, name->invoice_id, ret_invoice, &is_found));
    *ret_outcome = OUTCOME_INVOICE_NOT_FOUND;
    return is_found ? judge(app, tx, ret_invoice, ret_outcome) : OK;
}

/* A new invoice has a new due date and a new first attempt: that is for an operator to grant. */
static struct err is_pressed_for(struct tx *tx, const struct invoice_row *invoice, bool *ret_is) {
    struct dunning_row row;
    bool has_case = false;
    TRY(dunning_of_invoice(tx, invoice->user_id, id_str(&invoice->id), &row, &has_case));
    bool is_late = invoice->due_date != ROW_NONE && invoice->due_date <= cx_now_ms(tx->cx);
    *ret_is =
        invoice->status == INVOICE_OPEN && (has_case || is_late || invoice->due_date == ROW_NONE);
    return OK;
}

struct err correction_is_quiet(struct tx *tx, const struct correction_row *row,
                               const struct invoice_row *invoice, bool *ret_is) {
    bool is_pressed = false;
    TRY(is_pressed_for(tx, invoice, &is_pressed));
    int64_t owed = invoice->status == INVOICE_OPEN ? invoice->amount_due : 0;
    *ret_is = !is_pressed && row->total_after == row->total_before && row->refunded == 0 &&
              row->due <= owed;
    return OK;
}

struct err correction_buyer(struct tx *tx, struct str user_id, struct str purchase_order,
                            struct str *ret_text, struct str *ret_tax_ids) {
    struct billing_details details = {.email = STR("")};
    struct json_problem problem;
    bool is_found = false;
    TRY(customer_details_read(tx, user_id, &details, &is_found));
    TRY(tax_ids_read(tx, user_id, ret_tax_ids, &is_found));
    CLEANUP(json_release) json_t *tax_ids = json_read(*ret_tax_ids, &problem);
    const struct billed_to buyer = {
        .name = details.name,
        .line1 = details.line1,
        .line2 = details.line2,
        .city = details.city,
        .state = details.state,
        .postal_code = details.postal_code,
        .country = details.country,
        .tax_ids = tax_ids,
        .purchase_order = purchase_order,
    };
    *ret_text = billed_to_text(tx->cx->arena, &buyer);
    return OK;
}

/* --- doing it --- */

/* What was shown, as far as our own rows say that it still holds. */
struct shown {
    struct correction_row row;
    struct invoice_row invoice;
    enum outcome outcome;
};
static struct err find_shown(const struct app *app, struct tx *tx,
                             const struct operation_request *request, struct shown *shown) {
    struct correction_row *row = &shown->row;
    bool is_found = false;
    struct str text = STR("");
    struct str tax_ids = STR("");
    TRY(correction_get(tx, request->user_id, request->quote_id, row, &is_found));
    if (!is_found || (request->invoice_id.len > 0 &&
                      !str_equal(request->invoice_id, id_str(&row->invoice_id)))) {
        shown->outcome = OUTCOME_CORRECTION_NOT_FOUND;
        return OK;
    }
    TRY(correction_check(app, tx,
                         &(struct invoice_name){request->user_id, id_str(&row->invoice_id)},
                         &shown->invoice, &shown->outcome));
    if (shown->outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(correction_buyer(tx, request->user_id, row->purchase_order, &text, &tax_ids));
    bool is_over = !request->is_agreed && row->valid_until <= cx_now_ms(tx->cx);
    bool is_same = row->status == (int)CORRECTION_QUOTED &&
                   row->total_before == shown->invoice.amount &&
                   str_equal(row->details_hash, sha256_text(tx->cx->arena, text));
    shown->outcome = is_over || !is_same ? OUTCOME_CORRECTION_EXPIRED : OUTCOME_DONE;
    return OK;
}

struct err correction_decide(const struct app *app, struct tx *tx,
                             const struct operation_request *request, struct operation_plan *plan,
                             enum outcome *ret_outcome) {
    struct shown shown;
    bool is_quiet = false;
    TRY(find_shown(app, tx, request, &shown));
    *ret_outcome = shown.outcome;
    if (*ret_outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(correction_is_quiet(tx, &shown.row, &shown.invoice, &is_quiet));
    if (!request->is_of_operator && !is_quiet) {
        *ret_outcome = OUTCOME_CORRECTION_NEEDS_OPERATOR;
        return OK;
    }
    plan->correction_id = request->quote_id;
    plan->invoice_id = shown.invoice.stripe_invoice_id;
    plan->reason = STR("order_change");
    return OK;
}

/* What leaves: to the card, or to the balance for later. */
static int64_t given_by(const struct correction_row *row) {
    return row->total_before > row->total_after ? row->total_before - row->total_after : 0;
}

struct err correction_needs_approval(struct app *app, struct tx *tx,
                                     const struct operation_request *request, bool *ret_needs) {
    struct correction_row row;
    bool is_found = false;
    TRY(correction_get(tx, request->user_id, request->quote_id, &row, &is_found));
    check(is_found); /* correction_decide() has found it in this transaction */
    *ret_needs =
        request->is_of_operator && given_by(&row) > 0 &&
        approval_needed(app, tx, APPROVAL_CREDIT_NOTE, money_stored(given_by(&row), row.currency));
    return OK;
}

struct err correction_describe(const struct app *app, struct tx *tx,
                               const struct operation_request *request,
                               struct approval_facts *ret_facts) {
    struct correction_row row;
    struct invoice_row invoice;
    struct operation_plan plan = {0};
    bool is_found = false;
    TRY(correction_decide(app, tx, request, &plan, &ret_facts->outcome));
    if (ret_facts->outcome != OUTCOME_DONE) {
        return OK;
    }
    TRY(correction_get(tx, request->user_id, request->quote_id, &row, &is_found));
    TRY(invoice_get(tx, request->user_id, id_str(&row.invoice_id), &invoice, &is_found));
    ret_facts->object_id = arena_str(tx->cx->arena, id_str(&row.invoice_id));
    ret_facts->has_amount = true;
    ret_facts->amount = money_stored(given_by(&row), row.currency);
    ret_facts->before = AUDIT_FACTS(
        tx->cx, AUDIT_WHOLE("amount", row.total_before), AUDIT_WHOLE("tax", row.tax_before),
        AUDIT_TEXT("currency", row.currency), AUDIT_TEXT("number", invoice.number));
    ret_facts->after = AUDIT_FACTS(
        tx->cx, AUDIT_WHOLE("amount", row.total_after), AUDIT_WHOLE("tax", row.tax_after),
        AUDIT_WHOLE("refunded", row.refunded), AUDIT_WHOLE("due", row.due));
    return OK;
}

struct err correction_begun(struct tx *tx, struct str user_id, const struct operation_plan *plan,
                            struct str operation_id) {
    struct correction_row row;
    bool is_found = false;
    if (plan->correction_id.len == 0) {
        return OK;
    }
    TRY(correction_get(tx, user_id, plan->correction_id, &row, &is_found));
    check(is_found && row.status == (int)CORRECTION_QUOTED); /* as the plan was made of it */
    row.status = (int)CORRECTION_WORKING;
    row.operation_id = operation_id;
    return correction_move(tx, &row);
}

/* The one that a call was made for; false for a call of another operation. */
static struct err row_of_call(struct tx *tx, const struct payments_call *call,
                              struct correction_row *ret_row, bool *ret_found) {
    *ret_found = id_is(call->local_id, "corr");
    return *ret_found ? correction_get(tx, call->user_id, call->local_id, ret_row, ret_found) : OK;
}

struct err correction_learn_invoice(struct tx *tx, const struct payments_call *call,
                                    const struct payments_answer *answer) {
    struct correction_row row;
    bool is_found = false;
    TRY(row_of_call(tx, call, &row, &is_found));
    if (!is_found || !answer->has_invoice) {
        return OK;
    }
    TRY(mirror_local_id(tx, answer->invoice.id, call->user_id, "invo", &row.new_invoice_id));
    return correction_move(tx, &row);
}

struct err correction_learn_note(struct tx *tx, const struct payments_call *call,
                                 const struct payments_answer *answer) {
    struct correction_row row;
    bool is_found = false;
    TRY(row_of_call(tx, call, &row, &is_found));
    if (!is_found || !answer->has_credit_note) {
        return OK;
    }
    TRY(mirror_local_id(tx, answer->credit_note.id, call->user_id, "crno", &row.credit_note_id));
    return correction_move(tx, &row);
}

static struct err note_end(struct tx *tx, const struct correction_row *row) {
    bool is_done = row->status == (int)CORRECTION_DONE;
    const struct billing_note note = {
        .type = is_done ? "invoice.corrected" : "invoice.correction_stopped",
        .description = is_done ? STR("An invoice was taken back and billed anew")
                               : STR("The correction of an invoice has stopped"),
        .metadata = AUDIT_FACTS(tx->cx, AUDIT_TEXT("correctionId", id_str(&row->id)),
                                AUDIT_TEXT("creditNoteId", id_str(&row->credit_note_id)),
                                AUDIT_TEXT("invoiceId", id_str(&row->invoice_id)),
                                AUDIT_TEXT("newInvoiceId", id_str(&row->new_invoice_id))),
        .has_amount = true,
        .amount = money_stored(row->total_after, row->currency),
    };
    return billing_event_note(tx, row->user_id, &note);
}

struct err correction_concluded(struct tx *tx, const struct operation_row *operation,
                                enum outcome outcome) {
    struct correction_row row;
    bool is_found = false;
    TRY(correction_by_operation(tx, operation->user_id, id_str(&operation->id), &row, &is_found));
    if (!is_found || row.status != (int)CORRECTION_WORKING) {
        return OK;
    }
    bool is_done = outcome == OUTCOME_DONE;
    row.status = (int)(is_done ? CORRECTION_DONE : CORRECTION_STOPPED);
    row.finished_at = cx_now_ms(tx->cx);
    if (!is_done && row.credit_note_id.text[0] == '\0') {
        row.new_invoice_id = (struct record_id){""}; /* the draft is deleted */
    }
    TRY(correction_move(tx, &row));
    return note_end(tx, &row);
}

/* --- reading --- */

struct err correction_links_read(struct tx *tx, struct str user_id, struct str invoice_id,
                                 struct correction_links *ret_links) {
    struct correction_row row;
    bool is_found = false;
    *ret_links = (struct correction_links){.corrects = {""}};
    TRY(correction_from(tx, user_id, invoice_id, &row, &is_found));
    if (is_found && row.status == (int)CORRECTION_DONE) {
        ret_links->corrected_by = row.new_invoice_id;
    }
    TRY(correction_to(tx, user_id, invoice_id, &row, &is_found));
    if (is_found) {
        ret_links->corrects = row.invoice_id;
    }
    return OK;
}

struct err correction_read(struct tx *tx, struct str user_id, struct str id,
                           struct correction_row *ret_row, bool *ret_found) {
    return correction_get(tx, user_id, id, ret_row, ret_found);
}

struct err corrections_read(struct tx *tx, struct str user_id, struct str before, size_t max,
                            struct row_list *ret_list) {
    return correction_page(tx, user_id, before, max, ret_list);
}
