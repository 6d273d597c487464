#include "app/mail_invoice.h"

#include "app/mail.h"
#include "app/mail_method.h"
#include "app/mail_values.h"
#include "base/rfc3339.h"
#include "core/invoice.h"

/* What the lines of an invoice are for, from the first day to the last. */
static void put_period(struct mail_values *values, const struct invoice_row *row) {
    struct json_problem problem;
    json_t *lines CLEANUP(json_release) = json_read(row->lines, &problem);
    int64_t start = INT64_MAX;
    int64_t end = INT64_MIN;
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);
        int64_t from = 0;
        int64_t to = 0;
        if (rfc3339_parse(json_text(line, "period.start"), &from) &&
            rfc3339_parse(json_text(line, "period.end"), &to)) {
            start = from < start ? from : start;
            end = to > end ? to : end;
        }
    }
    if (start < end) {
        mail_values_time(values, "periodStart", start);
        mail_values_time(values, "periodEnd", end);
    }
}

struct str mail_invoice_values(struct tx *tx, const struct mail_invoice *of) {
    const struct invoice_row *row = of->row;
    struct mail_values values;
    bool is_paid = of->kind == MAIL_KIND_RECEIPT;
    mail_values_begin(&values, tx->cx);
    mail_values_i64(&values, "amount", is_paid ? row->amount_paid : row->amount_due);
    mail_values_str(&values, "currency", row->currency);
    mail_values_str(&values, "invoiceNumber", row->number);
    put_period(&values, row);
    mail_values_str(&values, "invoiceUrl", row->hosted_url);
    mail_values_str(&values, "pdfUrl", row->pdf_url);
    if (is_paid) {
        mail_values_str(&values, "method", of->method);
        mail_values_time(&values, "paidAt", of->paid_at);
        if (row->tax > 0) {
            mail_values_i64(&values, "tax", row->tax);
        }
    } else {
        mail_values_time(&values, "dueDate", row->due_date);
    }
    return mail_values_end(&values);
}

static struct err order(struct app *app, struct tx *tx, const struct invoice_row *row,
                        enum mail_kind kind) {
    struct mail_invoice of = {.row = row, .kind = kind, .paid_at = cx_now_ms(tx->cx)};
    TRY(mail_default_method(tx, row->user_id, &of.method));
    struct mail_order mail = {
        .user_id = row->user_id,
        .kind = kind,
        .dedupe_key = arena_printf(tx->cx->arena, "%s:%s", mail_kind_name(kind), row->id.text),
        .values = mail_invoice_values(tx, &of),
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
