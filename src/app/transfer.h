/* Paying by bank transfer: who may, on which terms, and where the money goes.
 *
 * An operator lets a customer pay on an invoice with a due date; a plan that is bought then is in
 * force at once, and access follows the invoice: unpaid past its due date it is restricted after
 * the days of grace. Money that arrives pays invoices as a whole, or waits as cash
 * (https://docs.stripe.com/payments/bank-transfers). */
#ifndef APP_TRANSFER_H
#define APP_TRANSFER_H

#include "app/app.h"
#include "store/bank_transfer.h"

enum { DAYS_UNTIL_DUE_MAX = 365 };

/* DONE; CUSTOMER_NOT_FOUND. Holds for what is bought from now on. */
struct billing_terms_set {
    struct command command;
    struct str user_id;
    int64_t days_until_due; /* 0: charged */
};
void billing_terms_set(struct app *app, struct billing_terms_set *set);

/* Keeps what was told of the two; what was not stays. */
MUST_USE struct err transfer_learn(struct tx *tx, struct str user_id,
                                   const struct payments_transfer *transfer);
MUST_USE struct err transfer_read(struct tx *tx, struct str user_id,
                                  struct bank_transfer_row *ret_row, bool *ret_found);

#endif
