/* Invoices as the provider has them, with their lines as the API shows them. */
#include "app/correction.h"
#include "app/invoice_lines.h"
#include "app/mirror.h"
#include "app/mirror_object.h"
#include "app/reaction.h"
#include "app/retention.h"
#include "app/usage_pattern.h"
#include "base/json.h"
#include "base/limits.h"
#include "store/credit_note.h"
#include "store/webhook.h"

/* What an invoice never leaves again
 * (https://docs.stripe.com/invoicing/overview#invoice-statuses). */
static bool is_final(int status) {
    return status == INVOICE_PAID || status == INVOICE_VOID;
}

/* Ours; what bills anew what a subscription had billed is of it as well. */
static struct err subscription_of(struct tx *tx, struct str user_id, const struct record_id *id,
                                  struct str stripe_id, struct record_id *ret_id) {
    struct correction_links links;
    struct stripe_object subscription;
    struct invoice_row corrected;
    bool is_known = false;
    TRY(stripe_object_get(tx, stripe_id, &subscription, &is_known));
    if (is_known) {
        *ret_id = id_from(subscription.local_id);
        return OK;
    }
    TRY(correction_links_read(tx, user_id, id_str(id), &links));
    if (links.corrects.text[0] == '\0') {
        return OK;
    }
    TRY(invoice_get(tx, user_id, id_str(&links.corrects), &corrected, &is_known));
    *ret_id = is_known ? corrected.subscription_id : *ret_id;
    return OK;
}

struct err mirror_invoice(struct app *app, struct tx *tx, const struct payments_invoice *invoice,
                          struct gate_update *ret_update) {
    struct str user_id;
    TRY(mirror_owner_of(tx, invoice->customer_id, &user_id));
    if (user_id.len == 0) {
        return OK;
    }
    struct record_id id;
    struct record_id subscription_id = {""};
    struct invoice_row before;
    bool was_known = false;
    bool has_gone = false;
    TRY(mirror_local_id(tx, invoice->id, user_id, "invo", &id));
    TRY(invoice_get(tx, user_id, id_str(&id), &before, &was_known));
    TRY(subscription_of(tx, user_id, &id, invoice->subscription_id, &subscription_id));
    if (was_known && is_final(before.status) && !is_final((int)invoice->status)) {
        return OK; /* an answer from before it was settled has arrived after */
    }
    const struct invoice_lines lines = {invoice->lines, invoice->line_count};
    struct invoice_row row = {
        .user_id = user_id,
        .id = id,
        .subscription_id = subscription_id,
        .stripe_invoice_id = invoice->id,
        .number = invoice->number,
        .status = (int)invoice->status,
        .billing_reason = invoice->billing_reason,
        .currency = str_from_cstr(invoice->total.currency.code),
        .amount = invoice->total.minor,
        .amount_due = invoice->amount_due.minor,
        .amount_paid = invoice->amount_paid.minor,
        .tax = invoice->tax.minor,
        .due_date = invoice->has_due_date ? invoice->due_date.ms : ROW_NONE,
        .period_start = invoice->period.start.ms,
        .period_end = invoice->period.end.ms,
        .hosted_url = invoice->hosted_url,
        .pdf_url = invoice->pdf_url,
        .lines = invoice_lines_write(tx->cx, &lines),
        .created_at = invoice->created_at.ms,
        .discount = invoice->discount.minor,
        .coupon = invoice->coupon_id,
    };
    TRY(retention_has_gone(tx, user_id, row.created_at, &has_gone));
    if (has_gone) { /* the provider has it still */
        row.hosted_url = row.pdf_url = STR("");
        row.lines = STR("[]");
    }
    TRY(invoice_put(tx, &row));
    TRY(usage_pattern_bill(tx, user_id, id_str(&id), invoice));
    if (invoice->charge_id.len > 0) { /* so that a refund finds what it was paid for */
        TRY(invoice_charge_put(tx, user_id, invoice->charge_id, id_str(&id)));
    }
    const struct invoice_change change = {was_known ? &before : NULL, &row, invoice, ret_update};
    return reaction_invoice(app, tx, &change);
}
