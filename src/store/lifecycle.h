/* Paid subscriptions by where they stand in their lives: what of a row the board of operators
 * needs.
 */
#ifndef STORE_LIFECYCLE_H
#define STORE_LIFECYCLE_H

#include "store/row.h"

struct lifecycle_row {
    struct str user_id, id;
    int tier; /* enum tier */
    int64_t plan_version;
    int interval; /* enum interval */
    int status;   /* enum subscription_status */
    bool is_ending, has_pending_change;
    int64_t created_at, period_end;
    int64_t trial_ends_at, past_due_since, access_until, ended_at; /* or ROW_NONE */
};

/* In force, in order of the customer, after `after`; items of both are struct lifecycle_row. */
MUST_USE struct err lifecycle_in_force(struct tx *tx, struct str after, size_t max,
                                       struct row_list *ret_list);
/* Ended at `from` or later and before `to`, in order of their ids, after the id `after`. */
struct lifecycle_ends {
    int64_t from, to;
    struct str after;
};
MUST_USE struct err lifecycle_ended(struct tx *tx, const struct lifecycle_ends *which, size_t max,
                                    struct row_list *ret_list);

#endif
