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

/* In force, in order of the customer, after `after`; items of all but lifecycle_counted() are
 * struct lifecycle_row. */
MUST_USE struct err lifecycle_in_force(struct tx *tx, struct str after, size_t max,
                                       struct row_list *ret_list);

/* How many have the same plan and stand the same, and of these those whose access is a matter of
 * time. */
struct lifecycle_count {
    int tier, interval, status;
    int64_t plan_version;
    bool is_ending;
    int64_t count;
    int64_t case_open, case_over; /* a case of dunning says until when: after `now`, or not */
    int64_t debt_new, debt_old;   /* without a case: owes since after `debt`, or longer */
};
enum { LIFECYCLE_COUNTS_MAX = 1024 };
/* Of all in force. */
MUST_USE struct err lifecycle_counted(struct tx *tx, int64_t now, int64_t debt,
                                      struct row_list *ret_list);
/* Of those in force, those that may be stuck (core/lifecycle.h, struct lifecycle_bounds). */
struct lifecycle_late {
    int64_t calendar, past_due;
    struct str after;
};
MUST_USE struct err lifecycle_overdue(struct tx *tx, const struct lifecycle_late *which, size_t max,
                                      struct row_list *ret_list);
/* What rows of the audit log say, of one action between two ids, the newest first; items are struct
 * str. */
struct lifecycle_said {
    struct str action, id_first, id_before;
};
MUST_USE struct err lifecycle_moves(struct tx *tx, const struct lifecycle_said *which, size_t max,
                                    struct row_list *ret_list);
/* Of one status, in order of the customer, after `after`. */
struct lifecycle_part {
    int status;    /* enum subscription_status */
    int is_ending; /* 1, 0; -1: either */
    bool has_case; /* only those of which a case of dunning says when access ends */
    struct str after;
};
MUST_USE struct err lifecycle_of_status(struct tx *tx, const struct lifecycle_part *which,
                                        size_t max, struct row_list *ret_list);

/* Ended at `from` or later and before `to`, in order of their ids, after the id `after`. */
struct lifecycle_ends {
    int64_t from, to;
    struct str after;
};
MUST_USE struct err lifecycle_ended(struct tx *tx, const struct lifecycle_ends *which, size_t max,
                                    struct row_list *ret_list);
/* How many they are; `after` is not looked at. */
MUST_USE struct err lifecycle_count_ended(struct tx *tx, const struct lifecycle_ends *which,
                                          int64_t *ret_count);

#endif
