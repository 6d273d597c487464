/* What a customer is told of an invoice. */
#ifndef APP_MAIL_INVOICE_H
#define APP_MAIL_INVOICE_H

#include "app/mail_kind.h"
#include "app/reaction.h"
#include "store/invoice.h"

/* An invoice that has become due, and one that was paid: once each. */
MUST_USE struct err mail_invoice_react(struct app *app, struct tx *tx,
                                       const struct invoice_change *change);

/* Which mail is to be written of which invoice. */
struct mail_invoice {
    const struct invoice_row *row;
    enum mail_kind kind; /* RECEIPT or INVOICE_AVAILABLE */
    struct str method;   /* that paid it; empty: it is not told */
    int64_t paid_at;
};
/* What it says, as mail_order() takes it, in the cx's arena. */
struct str mail_invoice_values(struct tx *tx, const struct mail_invoice *of);

#endif
