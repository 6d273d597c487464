/* Payment methods as the customer sees them. */
#ifndef APP_PAYMENT_METHOD_H
#define APP_PAYMENT_METHOD_H

#include "app/app.h"
#include "store/payment_method.h"

enum { PAYMENT_METHODS_MAX = 50 };

/* Attached ones, the newest first; items are struct payment_method_row. */
MUST_USE struct err payment_methods_read(struct tx *tx, struct str user_id,
                                         struct row_list *ret_list);
MUST_USE struct err payment_method_read(struct tx *tx, struct str user_id, struct str id,
                                        struct payment_method_row *ret_row, bool *ret_found);

#endif
