/* Invoices as the customer sees them, and the next one. */
#ifndef APP_INVOICE_H
#define APP_INVOICE_H

#include "app/app.h"
#include "store/invoice.h"

MUST_USE struct err invoice_read(struct tx *tx, struct str user_id, struct str id,
                                 struct invoice_row *ret_row, bool *ret_found);

/* What will be billed next if nothing changes; *ret_found is false when nothing will be. */
struct upcoming_invoice {
    struct instant at;
    struct money amount;
    struct period period;
    struct str description;
};
MUST_USE struct err invoice_upcoming(const struct app *app, struct tx *tx, struct str user_id,
                                     struct upcoming_invoice *ret_upcoming, bool *ret_found);

#endif
