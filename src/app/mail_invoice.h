/* What a customer is told of an invoice. */
#ifndef APP_MAIL_INVOICE_H
#define APP_MAIL_INVOICE_H

#include "app/reaction.h"

/* An invoice that has become due, and one that was paid: once each. */
MUST_USE struct err mail_invoice_react(struct app *app, struct tx *tx,
                                       const struct invoice_change *change);

#endif
