#include "app/mail_invoice.h"

#include "app/mail.h"
#include "app/mail_values.h"
#include "core/invoice.h"
#include "store/payment_method.h"
#include "store/subscription.h"

/* "Visa ending in 4242"; empty when there is none. */
static struct err default_method(struct tx *tx, struct str user_id, struct str *ret_method) {
    struct row_list list;
    TRY(payment_method_list(tx, user_id, LIMIT_PAGE, &list));
    const struct payment_method_row *rows = list.items;
    *ret_method = STR("");
    for (size_t i = 0; i < list.count; i++) {
        if (rows[i].is_default) {
            *ret_method =
                arena_printf(tx->cx->arena, STR_FMT " •••• " STR_FMT,
                             STR_ARG(rows[i].brand.len > 0 ? rows[i].brand : rows[i].type),
                             STR_ARG(rows[i].last4));
        }
    }
    return OK;
}

static struct err order(struct app *app, struct tx *tx, const struct invoice_row *row,
                        enum mail_kind kind) {
    struct mail_values values;
    struct str method;
    bool is_paid = kind == MAIL_KIND_RECEIPT;
    TRY(default_method(tx, row->user_id, &method));
    mail_values_begin(&values, tx->cx);
    mail_values_i64(&values, "amount", is_paid ? row->amount_paid : row->amount_due);
    mail_values_str(&values, "currency", row->currency);
    mail_values_str(&values, "invoiceNumber", row->number);
    mail_values_time(&values, "periodStart", row->period_start);
    mail_values_time(&values, "periodEnd", row->period_end);
    mail_values_str(&values, "invoiceUrl", row->hosted_url);
    mail_values_str(&values, "pdfUrl", row->pdf_url);
    if (is_paid) {
        mail_values_str(&values, "method", method);
        mail_values_time(&values, "paidAt", cx_now_ms(tx->cx));
        if (row->tax > 0) {
            mail_values_i64(&values, "tax", row->tax);
        }
    } else {
        mail_values_time(&values, "dueDate", row->due_date);
    }
    struct mail_order mail = {
        .user_id = row->user_id,
        .kind = kind,
        .dedupe_key = arena_printf(tx->cx->arena, "%s:%s", mail_kind_name(kind), row->id.text),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &mail);
}

/* Nobody is told of an invoice over nothing. One that is charged by itself is told of once, when it
 * has been paid; or dunning tells that it was not. */
struct err mail_invoice_react(struct app *app, struct tx *tx, const struct invoice_change *change) {
    const struct invoice_row *row = change->after;
    int status_before = change->before == NULL ? (int)INVOICE_DRAFT : change->before->status;
    if (row->status == status_before) {
        return OK;
    }
    if (row->status == INVOICE_PAID && row->amount_paid > 0) {
        return order(app, tx, row, MAIL_KIND_RECEIPT);
    }
    bool waits_for_customer = row->status == INVOICE_OPEN && row->due_date != ROW_NONE;
    return waits_for_customer && row->amount_due > 0
               ? order(app, tx, row, MAIL_KIND_INVOICE_AVAILABLE)
               : OK;
}
