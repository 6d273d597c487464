/* Credit notes as the provider has them. */
#include "app/billing_event.h"
#include "app/mail.h"
#include "app/mail_values.h"
#include "app/mirror.h"
#include "app/mirror_object.h"
#include "app/retention.h"
#include "store/correction.h"
#include "store/credit_note.h"
#include "store/invoice.h"

static struct err note_it(struct tx *tx, const struct credit_note_row *row,
                          const struct payments_credit_note *seen) {
    bool is_void = str_equal(row->status, STR("void"));
    const struct billing_note note = {
        .type = is_void ? "credit_note.voided" : "credit_note.issued",
        .description = arena_printf(tx->cx->arena, "Credit note " STR_FMT " %s",
                                    STR_ARG(row->number), is_void ? "is void" : "was issued"),
        .metadata = arena_printf(tx->cx->arena, "{\"invoiceId\":\"%s\"}", row->invoice_id.text),
        .has_amount = true,
        .amount = seen->amount,
    };
    return billing_event_note(tx, row->user_id, &note);
}

/* Stripe's four words, of which the mail says each in its own; another is not told. */
static void put_reason(struct mail_values *values, struct str reason) {
    static const struct {
        const char *word, *flag;
    } reasons[] = {
        {"duplicate", "duplicate"},
        {"fraudulent", "fraudulent"},
        {"order_change", "orderChange"},
        {"product_unsatisfactory", "unsatisfactory"},
    };
    for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
        if (str_equal(reason, str_from_cstr(reasons[i].word))) {
            mail_values_flag(values, reasons[i].flag, true);
        }
    }
}

static struct err tell(struct app *app, struct tx *tx, const struct credit_note_row *row) {
    struct mail_values values;
    struct invoice_row invoice;
    struct correction_row correction;
    bool is_correction = false;
    bool is_found = false;
    TRY(invoice_get(tx, row->user_id, id_str(&row->invoice_id), &invoice, &is_found));
    if (!is_found || str_equal(row->status, STR("void"))) {
        return OK;
    }
    mail_values_begin(&values, tx->cx);
    mail_values_i64(&values, "amount", row->amount);
    mail_values_str(&values, "currency", row->currency);
    mail_values_str(&values, "invoiceNumber", invoice.number);
    mail_values_str(&values, "invoiceUrl", invoice.hosted_url);
    mail_values_str(&values, "pdfUrl", row->pdf_url);
    mail_values_str(&values, "creditNoteNumber", row->number);
    TRY(correction_from(tx, row->user_id, id_str(&row->invoice_id), &correction, &is_correction));
    if (is_correction) {
        mail_values_flag(&values, "isCorrection", true);
    } else {
        put_reason(&values, row->reason);
    }
    struct mail_order mail = {
        .user_id = row->user_id,
        .kind = MAIL_KIND_CREDIT_NOTE,
        .dedupe_key = arena_printf(tx->cx->arena, "credit_note:%s", row->id.text),
        .values = mail_values_end(&values),
    };
    return mail_order(app, tx, &mail);
}

struct err mirror_credit_note(struct app *app, struct tx *tx,
                              const struct payments_credit_note *seen) {
    struct str user_id;
    TRY(mirror_owner_of(tx, seen->customer_id, &user_id));
    if (user_id.len == 0) {
        return OK;
    }
    struct credit_note_row before = {.status = STR("")};
    bool was_known = false;
    bool has_gone = false;
    struct credit_note_row row = {
        .user_id = user_id,
        .stripe_credit_note_id = seen->id,
        .number = seen->number,
        .status = seen->status,
        .reason = seen->reason,
        .currency = str_from_cstr(seen->amount.currency.code),
        .amount = seen->amount.minor,
        .refunded = seen->refunded.minor,
        .credited = seen->credited.minor,
        .out_of_band = seen->out_of_band.minor,
        .pdf_url = seen->pdf_url,
        .created_at = seen->created_at.ms,
    };
    TRY(mirror_local_id(tx, seen->id, user_id, "crno", &row.id));
    TRY(mirror_local_id(tx, seen->invoice_id, user_id, "invo", &row.invoice_id));
    TRY(credit_note_get(tx, user_id, id_str(&row.id), &before, &was_known));
    TRY(retention_has_gone(tx, user_id, row.created_at, &has_gone));
    row.pdf_url = has_gone ? STR("") : row.pdf_url;
    TRY(credit_note_put(tx, &row));
    if (was_known && str_equal(before.status, row.status)) {
        return OK;
    }
    TRY(note_it(tx, &row, seen));
    return tell(app, tx, &row);
}
