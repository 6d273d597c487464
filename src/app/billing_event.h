/* The history of a customer's billing: one line in words for each thing that happened. */
#ifndef APP_BILLING_EVENT_H
#define APP_BILLING_EVENT_H

#include "core/money.h"
#include "store/billing_event.h"

struct billing_note {
    const char *type; /* "subscription.started": of billing_event_type.h */
    struct str description;
    struct str metadata; /* a JSON object; empty is {} */
    bool has_amount;
    struct money amount;
    struct str before, after; /* of audit_facts(): for the audit log alone; may be empty */
};

/* Writes one line at the transaction's clock, and what endpoints are to be told of it. */
MUST_USE struct err billing_event_note(struct tx *tx, struct str user_id,
                                       const struct billing_note *note);
/* A page before the event `before` (empty: the newest); items are struct billing_event_row. */
MUST_USE struct err billing_events_read(struct tx *tx, struct str user_id, struct str before,
                                        size_t max, struct row_list *ret_list);

#endif
