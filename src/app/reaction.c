#include "app/reaction.h"

#include "app/contract.h"
#include "app/parking.h"

#include "app/billing_event.h"
#include "app/dunning.h"
#include "app/feedback.h"
#include "app/mail_invoice.h"
#include "app/mail_subscription.h"
#include "app/price_change.h"

static struct err note_invoice(struct app *app, struct tx *tx,
                               const struct invoice_change *change) {
    (void)app;
    const struct invoice_row *row = change->after;
    int status_before = change->before == NULL ? (int)INVOICE_DRAFT : change->before->status;
    if (row->status == status_before || row->status == INVOICE_DRAFT) {
        return OK;
    }
    const char *type = row->status == INVOICE_PAID   ? "invoice.paid"
                       : row->status == INVOICE_VOID ? "invoice.voided"
                       : row->status == INVOICE_OPEN ? "invoice.due"
                                                     : "invoice.uncollectible";
    struct currency currency;
    bool has_amount = currency_parse(row->currency, &currency);
    struct billing_note note = {
        .type = type,
        .description =
            arena_printf(tx->cx->arena, "Invoice " STR_FMT " is %s", STR_ARG(row->number),
                         invoice_status_name((enum invoice_status)row->status)),
        .metadata = arena_printf(tx->cx->arena, "{\"invoiceId\":\"%s\"}", row->id.text),
        .has_amount = has_amount,
        .amount = {row->amount, currency},
    };
    return billing_event_note(tx, row->user_id, &note);
}

static struct err (*const invoice_reactions[])(struct app *app, struct tx *tx,
                                               const struct invoice_change *change) = {
    note_invoice,
    mail_invoice_react,
    dunning_on_invoice,
    parking_on_invoice,
};

struct err reaction_invoice(struct app *app, struct tx *tx, const struct invoice_change *change) {
    for (size_t i = 0; i < ARRAY_LEN(invoice_reactions); i++) {
        TRY(invoice_reactions[i](app, tx, change));
    }
    return OK;
}

static struct err ask_after_upgrade(struct app *app, struct tx *tx,
                                    const struct subscription_change *change) {
    (void)app;
    bool is_larger = change->after->tier > change->before->tier;
    return is_larger ? feedback_note_upgrade(tx, change->after->user_id) : OK;
}

static struct err (*const subscription_reactions[])(struct app *app, struct tx *tx,
                                                    const struct subscription_change *change) = {
    mail_subscription_react,
    contract_on_subscription,
    price_move_on_subscription,
    ask_after_upgrade,
};

struct err reaction_subscription(struct app *app, struct tx *tx,
                                 const struct subscription_change *change) {
    for (size_t i = 0; i < ARRAY_LEN(subscription_reactions); i++) {
        TRY(subscription_reactions[i](app, tx, change));
    }
    return OK;
}
