/* Safety bounds: an invoice that is more than three times what is usual, the second one for a
 * period, a price that is not ours, or a payment that is disputed parks its customer. Nothing that
 * may move their money leaves until an operator has looked or the bank has decided, and it is never
 * done silently: the operators get a mail. parking.c says what parks, parked.c what that means. */
#ifndef APP_PARKING_H
#define APP_PARKING_H

#include "app/reaction.h"
#include "store/parked.h"

/* Why; as stored. */
#define PARKED_UNUSUAL "unusual_amount"
#define PARKED_SECOND "second_invoice"
#define PARKED_DISPUTED "payment_disputed"
#define PARKED_PRICE "price_disputed"

/* A reaction to an invoice that has changed (reaction.c). */
MUST_USE struct err parking_on_invoice(struct app *app, struct tx *tx,
                                       const struct invoice_change *change);

struct parking_cause {
    struct str user_id;
    const char *reason;
    struct str stripe_invoice_id, currency; /* may be empty */
    int64_t amount, usual;                  /* usual 0: there is nothing to compare with */
};
/* A customer who is parked stays so for the first reason. */
MUST_USE struct err parking_park(struct app *app, struct tx *tx, const struct parking_cause *cause);
/* A renewal that came up for somebody who is parked. */
MUST_USE struct err parking_hold_if_parked(struct app *app, struct tx *tx,
                                           const struct invoice_row *invoice);
/* A dispute is over: who was parked for it goes on, unless another one is not. */
MUST_USE struct err parking_end_dispute(struct app *app, struct tx *tx, struct str user_id);

MUST_USE struct err parking_is_parked(struct tx *tx, struct str user_id, bool *ret_is_parked);
/* By userId; items are struct parked_row. */
MUST_USE struct err parked_read(struct tx *tx, struct str after, size_t max,
                                struct row_list *ret_list);
MUST_USE struct err parked_figure(struct tx *tx, uint64_t *ret_count);

/* Lets the customer go on, and with them the invoices that were held. CUSTOMER_NOT_PARKED. */
struct parking_release {
    struct command command;
    struct str user_id, reason;
};
void parking_let_go(struct app *app, struct parking_release *release);

#endif
