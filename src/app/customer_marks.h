/* Customers who were there before operators could find them by the last digits of a card or the
 * domain of an address get their stand-ins in turns (store/customer_mark.h). */
#ifndef APP_CUSTOMER_MARKS_H
#define APP_CUSTOMER_MARKS_H

#include "app/app.h"

MUST_USE struct err customer_marks_run(struct tx *tx, bool *ret_has_more);
/* Now, while some are left. */
MUST_USE struct err customer_marks_due_at(struct tx *tx, struct instant *ret_at);

#endif
