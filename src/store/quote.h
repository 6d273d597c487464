/* Prices that were shown and hold for a while. */
#ifndef STORE_QUOTE_H
#define STORE_QUOTE_H

#include "store/row.h"

struct quote_row {
    struct str user_id;
    struct record_id id;
    struct record_id subscription_id;
    int tier, interval;   /* what was quoted */
    int64_t proration_at; /* the instant that preview and charge share */
    int64_t amount_due;
    struct str currency;
    int64_t valid_until;
    int64_t used_at;   /* or ROW_NONE */
    struct str coupon; /* its code; empty: none */
};

MUST_USE struct err quote_insert(struct tx *tx, const struct quote_row *row);
MUST_USE struct err quote_get(struct tx *tx, struct str user_id, struct str id,
                              struct quote_row *ret_row, bool *ret_found);
/* ERR_CONFLICT when it was used before. */
MUST_USE struct err quote_use(struct tx *tx, struct str user_id, struct str id, int64_t now);

#endif
