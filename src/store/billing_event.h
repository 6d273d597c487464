/* What happened to a customer's billing, for people and for proofs; rows are never changed. */
#ifndef STORE_BILLING_EVENT_H
#define STORE_BILLING_EVENT_H

#include "store/row.h"

struct billing_event_row {
    struct str user_id;
    struct record_id id;
    struct str type;     /* "subscription.started" */
    int64_t amount;      /* minor units, or ROW_NONE */
    struct str currency; /* empty without an amount */
    struct str description;
    struct str metadata; /* a JSON object */
    int64_t created_at;
};

MUST_USE struct err billing_event_insert(struct tx *tx, const struct billing_event_row *row);
/* Those before the event `before` ("~" for the newest), newest first. */
MUST_USE struct err billing_event_page(struct tx *tx, struct str user_id, struct str before,
                                       size_t max, struct row_list *ret_list);

/* From the event `from` on, the oldest first. */
MUST_USE struct err billing_event_since(struct tx *tx, struct str user_id, struct str from,
                                        size_t max, struct row_list *ret_list);

#endif
