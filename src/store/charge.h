/* Money taken and given back, as mirrored from Stripe. */
#ifndef STORE_CHARGE_H
#define STORE_CHARGE_H

#include "store/row.h"

struct charge_row {
    struct str user_id;
    struct record_id id;
    struct str stripe_charge_id, stripe_intent_id;
    struct str status; /* Stripe's word: "succeeded", "pending", "failed" */
    struct str currency;
    int64_t amount, amount_refunded; /* minor units */
    bool is_disputed;
    int64_t created_at;
};
MUST_USE struct err charge_get(struct tx *tx, struct str user_id, struct str id,
                               struct charge_row *ret_row, bool *ret_found);
MUST_USE struct err charge_put(struct tx *tx, const struct charge_row *row);

struct refund_row {
    struct str user_id;
    struct record_id id;
    struct str stripe_refund_id, stripe_charge_id;
    struct str status; /* Stripe's word: "pending", "succeeded", "failed", … */
    struct str currency;
    int64_t amount; /* minor units */
    int64_t created_at;
};
MUST_USE struct err refund_get(struct tx *tx, struct str user_id, struct str id,
                               struct refund_row *ret_row, bool *ret_found);
MUST_USE struct err refund_put(struct tx *tx, const struct refund_row *row);
/* Of a query that selects them; items are struct refund_row. */
MUST_USE struct err refund_list(struct tx *tx, struct row_query query, size_t max,
                                struct row_list *ret_list);

#endif
