/* The outbox: calls to the outside, written by the transaction that decided them. The id is the
 * idempotency key that the other side sees, derived from the work. */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include "store/row.h"

struct outbox_row {
    struct str user_id;
    struct str id;
    struct record_id operation_id; /* empty: belongs to none */
    struct str kind;               /* "read", "charge" (it may move money) or "payments" */
    struct str payload;            /* JSON of the call */
    struct str status;             /* "pending" or "done" */
    int64_t attempts;
    int64_t next_attempt_at;
    int64_t created_at;
    int64_t finished_at; /* or ROW_NONE */
    struct str
        result_id; /* of what the call made there; empty while pending, or when it made nothing */
    struct str last_error;
};

/* The same work twice is one row. */
MUST_USE struct err outbox_insert(struct tx *tx, const struct outbox_row *row);
/* Items are struct outbox_row, the oldest first. */
MUST_USE struct err outbox_pending(struct tx *tx, size_t max, bool is_frozen,
                                   struct row_list *ret_list);
MUST_USE struct err outbox_renew(struct tx *tx, const struct outbox_row *row);
MUST_USE struct err outbox_get(struct tx *tx, struct str user_id, struct str id,
                               struct outbox_row *ret_row, bool *ret_found);
/* ERR_CONFLICT when the row was finished before. */
MUST_USE struct err outbox_finish(struct tx *tx, const struct outbox_row *row,
                                  struct str result_id);
MUST_USE struct err outbox_retry(struct tx *tx, const struct outbox_row *row, int64_t at,
                                 struct str error);

#endif
