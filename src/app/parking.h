/* Safety bounds: an invoice that is more than three times what is usual, or the second one for a
 * period, parks its customer before it is charged. Nothing that may move their money leaves until
 * an operator has looked; and it is never done silently. */
#ifndef APP_PARKING_H
#define APP_PARKING_H

#include "app/reaction.h"
#include "store/parked.h"

/* A reaction to an invoice that has changed (reaction.c). */
MUST_USE struct err parking_on_invoice(struct app *app, struct tx *tx,
                                       const struct invoice_change *change);

MUST_USE struct err parking_is_parked(struct tx *tx, struct str user_id, bool *ret_is_parked);
/* By userId; items are struct parked_row. */
MUST_USE struct err parked_read(struct tx *tx, struct str after, size_t max,
                                struct row_list *ret_list);
MUST_USE struct err parked_figure(struct tx *tx, uint64_t *ret_count);

/* Lets the customer go on, and with them the invoice that was held. CUSTOMER_NOT_PARKED. */
struct parking_release {
    struct command command;
    struct str user_id, reason;
};
void parking_let_go(struct app *app, struct parking_release *release);

#endif
