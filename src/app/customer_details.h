/* Who is billed and where, as invoices say it and as tax is worked out by. The payment provider is
 * told first; what it has taken is kept here. */
#ifndef APP_CUSTOMER_DETAILS_H
#define APP_CUSTOMER_DETAILS_H

#include "app/app.h"
#include "app/operation.h"

/* *ret_found is false when there is no such customer. */
MUST_USE struct err customer_details_read(struct tx *tx, struct str user_id,
                                          struct billing_details *ret_details, bool *ret_found);
/* Keeps what the call has told the provider. */
MUST_USE struct err customer_keep_details(struct tx *tx, const struct payments_call *call);

#endif
