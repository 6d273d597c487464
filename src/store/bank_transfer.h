/* Who pays by transfer on an invoice with a due date, and where to. */
#ifndef STORE_BANK_TRANSFER_H
#define STORE_BANK_TRANSFER_H

#include "store/row.h"

struct billing_terms_row {
    struct str user_id;
    int64_t days_until_due; /* 0: charged, like everybody without a row */
    int64_t updated_at;
};
MUST_USE struct err billing_terms_put(struct tx *tx, const struct billing_terms_row *row);
/* 0 for who has no row. */
MUST_USE struct err billing_terms_days(struct tx *tx, struct str user_id, int64_t *ret_days);

struct bank_transfer_row {
    struct str user_id, currency;
    struct str addresses; /* a JSON array, Stripe's financial_addresses */
    struct str available; /* a JSON object, currency -> minor units; what pays nothing yet */
    int64_t updated_at;
};
MUST_USE struct err bank_transfer_put(struct tx *tx, const struct bank_transfer_row *row);
MUST_USE struct err bank_transfer_get(struct tx *tx, struct str user_id,
                                      struct bank_transfer_row *ret_row, bool *ret_found);

#endif
