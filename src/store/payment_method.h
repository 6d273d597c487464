/* Payment methods as stored: what Stripe lets us know of them, never a number. */
#ifndef STORE_PAYMENT_METHOD_H
#define STORE_PAYMENT_METHOD_H

#include "store/row.h"

struct payment_method_row {
    struct str user_id;
    struct record_id id;
    struct str stripe_payment_method_id;
    struct str type, brand, last4;
    int64_t expiry_month, expiry_year; /* or ROW_NONE */
    bool is_default;
    int64_t created_at;
    int64_t detached_at; /* or ROW_NONE */
};

/* Those attached, the newest first; items are struct payment_method_row. */
MUST_USE struct err payment_method_list(struct tx *tx, struct str user_id, size_t max,
                                        struct row_list *ret_list);
MUST_USE struct err payment_method_get(struct tx *tx, struct str user_id, struct str id,
                                       struct payment_method_row *ret_row, bool *ret_found);
/* Inserts, or replaces what Stripe may change. Leaves is_default of a row that exists alone. */
MUST_USE struct err payment_method_put(struct tx *tx, const struct payment_method_row *row);
/* Default cards that expire in the month `month` (12 times the year and the month's number) or the
 * next, in order of the customer's id after `after`; items are struct payment_method_row. */
struct payment_method_expiring {
    int64_t month;
    struct str after;
};
MUST_USE struct err payment_method_expiring(struct tx *tx,
                                            const struct payment_method_expiring *which, size_t max,
                                            struct row_list *ret_list);
MUST_USE struct err payment_method_set_default(struct tx *tx, struct str user_id, struct str id);

#endif
