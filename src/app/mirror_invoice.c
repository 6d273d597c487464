/* Invoices as the provider has them, with their lines as the API shows them. */
#include "app/mirror.h"
#include "app/mirror_object.h"
#include "app/reaction.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/rfc3339.h"
#include "store/credit_note.h"
#include "store/webhook.h"

static void put_money(struct json_writer *out, const char *name, int64_t minor,
                      struct currency currency) {
    json_name(out, name);
    json_open_object(out);
    json_member_i64(out, "amount", minor);
    json_member_cstr(out, "currency", currency.code);
    json_close_object(out);
}

static void put_line(struct json_writer *out, const struct payments_invoice_line *line) {
    char start[RFC3339_SIZE];
    char end[RFC3339_SIZE];
    rfc3339_format(line->period.start.ms, start);
    rfc3339_format(line->period.end.ms, end);
    json_open_object(out);
    json_member_str(out, "description", line->description);
    put_money(out, "amount", line->amount.minor, line->amount.currency);
    put_money(out, "discount", line->discount.minor, line->amount.currency);
    put_money(out, "tax", line->tax.minor, line->amount.currency);
    json_name(out, "period");
    json_open_object(out);
    json_member_cstr(out, "start", start);
    json_member_cstr(out, "end", end);
    json_close_object(out);
    json_member_bool(out, "proration", line->is_proration);
    if (line->price_id.len > 0) {
        json_member_str(out, "priceId", line->price_id);
        json_member_i64(out, "quantity", line->quantity);
    }
    json_close_object(out);
}

struct str mirror_lines_text(struct cx *cx, const struct payments_invoice *invoice) {
    struct buf text;
    struct json_writer out;
    buf_init(&text, cx->env, LIMIT_BODY_WEBHOOK);
    json_writer_init(&out, &text);
    json_open_array(&out);
    for (size_t i = 0; i < invoice->line_count; i++) {
        put_line(&out, &invoice->lines[i]);
    }
    json_close_array(&out);
    return buf_finish_in(&text, cx->arena);
}

/* What an invoice never leaves again
 * (https://docs.stripe.com/invoicing/overview#invoice-statuses). */
static bool is_final(int status) {
    return status == INVOICE_PAID || status == INVOICE_VOID;
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
    struct stripe_object subscription;
    struct invoice_row before;
    bool was_known = false;
    bool has_subscription = false;
    TRY(mirror_local_id(tx, invoice->id, user_id, "invo", &id));
    TRY(invoice_get(tx, user_id, id_str(&id), &before, &was_known));
    TRY(stripe_object_get(tx, invoice->subscription_id, &subscription, &has_subscription));
    if (has_subscription) {
        subscription_id = id_from(subscription.local_id);
    }
    if (was_known && is_final(before.status) && !is_final((int)invoice->status)) {
        return OK; /* an answer from before it was settled has arrived after */
    }
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
        .lines = mirror_lines_text(tx->cx, invoice),
        .created_at = invoice->created_at.ms,
        .discount = invoice->discount.minor,
        .coupon = invoice->coupon_id,
    };
    TRY(invoice_put(tx, &row));
    if (invoice->charge_id.len > 0) { /* so that a refund finds what it was paid for */
        TRY(invoice_charge_put(tx, user_id, invoice->charge_id, id_str(&id)));
    }
    const struct invoice_change change = {was_known ? &before : NULL, &row, invoice, ret_update};
    return reaction_invoice(app, tx, &change);
}
