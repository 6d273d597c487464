/* Customers whom nothing is charged until a person has looked; and which invoice bills which period
 * of a subscription. */
#ifndef STORE_PARKED_H
#define STORE_PARKED_H

#include "store/row.h"

struct parked_row {
    struct str user_id;
    struct record_id id;
    struct str reason;                      /* app/parking.h has the words */
    struct str stripe_invoice_id, currency; /* may be empty */
    int64_t amount, usual;                  /* minor units */
    int64_t parked_at;
    int64_t released_at; /* or ROW_NONE */
    struct str release_reason;
};
/* ERR_CONFLICT when the customer is parked. */
MUST_USE struct err parked_insert(struct tx *tx, const struct parked_row *row);
MUST_USE struct err parked_open(struct tx *tx, struct str user_id, struct parked_row *ret_row,
                                bool *ret_found);
MUST_USE struct err parked_for_invoice(struct tx *tx, struct str user_id,
                                       struct str stripe_invoice_id, int64_t *ret_count);
/* ERR_CONFLICT when the customer is not parked. */
MUST_USE struct err parked_release(struct tx *tx, struct str user_id, struct str reason);
/* By user_id; items are struct parked_row. */
MUST_USE struct err parked_page(struct tx *tx, struct str after, size_t max,
                                struct row_list *ret_list);
MUST_USE struct err parked_count(struct tx *tx, int64_t *ret_count);

/* An invoice that is held at the provider while its customer is parked. */
struct held_invoice_row {
    struct str user_id, stripe_invoice_id;
    int64_t held_at;
};
/* False: it is held already. */
MUST_USE struct err held_invoice_insert(struct tx *tx, const struct held_invoice_row *row,
                                        bool *ret_is_new);
/* The first held first; items are struct held_invoice_row. */
MUST_USE struct err held_invoice_list(struct tx *tx, struct str user_id, size_t max,
                                      struct row_list *ret_list);
MUST_USE struct err held_invoice_delete(struct tx *tx, const struct held_invoice_row *row);

/* A period of a subscription, by the instant at which it begins. */
struct invoice_period_row {
    struct str user_id, subscription_id;
    int64_t period_number; /* milliseconds of its start */
    struct str stripe_invoice_id;
};
MUST_USE struct err invoice_period_get(struct tx *tx, const struct invoice_period_row *like,
                                       struct invoice_period_row *ret_row, bool *ret_found);
MUST_USE struct err invoice_period_put(struct tx *tx, const struct invoice_period_row *row);

/* The totals of the last `max` renewals but for one invoice; items are int64_t, the newest first.
 */
struct invoice_usual_query {
    struct str user_id, subscription_id, but_stripe_invoice_id;
};
MUST_USE struct err invoice_usual(struct tx *tx, const struct invoice_usual_query *query,
                                  size_t max, struct row_list *ret_list);

#endif
