/* Withdrawals from purchases, as stored. */
#ifndef STORE_WITHDRAWAL_H
#define STORE_WITHDRAWAL_H

#include "core/withdrawal.h"
#include "store/row.h"

struct withdrawal_row {
    struct record_id id;
    struct str user_id;
    struct record_id subscription_id;
    int status; /* enum withdrawal_status */
    struct str name, statement, statement_hash, locale;
    int tier, interval;
    bool is_share; /* the time until then is paid for */
    struct str operation_id;
    struct str currency;
    int64_t returned; /* so far, minor units */
    int64_t bought_at, created_at;
    int64_t finished_at; /* or ROW_NONE */
};

/* ERR_CONFLICT when there is one of the subscription already. */
MUST_USE struct err withdrawal_insert(struct tx *tx, const struct withdrawal_row *row);
/* Writes status, operation_id, returned and finished_at. */
MUST_USE struct err withdrawal_move(struct tx *tx, const struct withdrawal_row *row);
/* Those before the id `before`, empty: all, the newest first; of one customer, or empty: of all. */
MUST_USE struct err withdrawal_page(struct tx *tx, struct str user_id, struct str before,
                                    size_t max, struct row_list *ret_list);
/* The one under way that this operation is for. */
MUST_USE struct err withdrawal_by_operation(struct tx *tx, struct str user_id,
                                            struct str operation_id, struct withdrawal_row *ret_row,
                                            bool *ret_found);

#endif
