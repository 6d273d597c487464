/* Subscriptions as stored: one row a stretch; the one without ended_at is in force. */
#ifndef STORE_SUBSCRIPTION_H
#define STORE_SUBSCRIPTION_H

#include "store/row.h"

struct subscription_row {
    struct str user_id;
    struct record_id id;
    int tier; /* enum tier */
    int64_t plan_version;
    int interval; /* enum interval */
    int status;   /* enum subscription_status */
    struct str currency;
    int64_t current_period_start, current_period_end;
    int64_t usage_anchor;
    bool cancel_at_period_end;
    int pending_tier, pending_interval;                /* -1: no change is pending */
    int64_t pending_version;                           /* of that plan; 0: not known, or none */
    int64_t past_due_since;                            /* or ROW_NONE */
    struct str stripe_subscription_id, stripe_item_id; /* empty for `free` */
    int64_t created_at;
    int64_t ended_at;              /* or ROW_NONE */
    int64_t access_until;          /* as a case of dunning leaves it, or ROW_NONE without one */
    struct str stripe_schedule_id; /* empty: nothing is planned ahead there */
    struct str coupon;             /* its code; empty: none */
    int64_t trial_ends_at;         /* or ROW_NONE */
};

MUST_USE struct err subscription_in_force(struct tx *tx, struct str user_id,
                                          struct subscription_row *ret_row, bool *ret_found);
MUST_USE struct err subscription_get(struct tx *tx, struct str user_id, struct str id,
                                     struct subscription_row *ret_row, bool *ret_found);
/* From when the usage periods that hold at `at` are counted, in milliseconds: the start of the
 * stretch, or of the first one for what came before it; ROW_NONE without any stretch. */
MUST_USE struct err subscription_anchor_at(struct tx *tx, struct str user_id, int64_t at,
                                           int64_t *ret_anchor);
/* The start of the next stretch after `anchor`, or ROW_NONE. */
MUST_USE struct err subscription_anchor_after(struct tx *tx, struct str user_id, int64_t anchor,
                                              int64_t *ret_next);
MUST_USE struct err subscription_insert(struct tx *tx, const struct subscription_row *row);
MUST_USE struct err subscription_replace(struct tx *tx, const struct subscription_row *row);
/* What the gate lives by: the customer, tier and version, status, anchor, since when it owes, and
 * when access ends; the rest is zeroed. In order of the customer's id, after `after`; items are
 * struct subscription_row. */
MUST_USE struct err subscription_each_counted(struct tx *tx, struct str after, size_t max,
                                              struct row_list *ret_list);
/* Of one customer: a list of at most one. */
MUST_USE struct err subscription_counted(struct tx *tx, struct str user_id,
                                         struct row_list *ret_list);
/* Those without a case that owe money since after `since`, the longest first. */
MUST_USE struct err subscription_past_due(struct tx *tx, int64_t since, size_t max,
                                          struct row_list *ret_list);
/* Those whose cases end full access after `since`, the earliest first. */
MUST_USE struct err subscription_access_ends(struct tx *tx, int64_t since, size_t max,
                                             struct row_list *ret_list);

/* All stretches of the customer, the newest first; items are struct subscription_row. */
MUST_USE struct err subscription_stretches(struct tx *tx, struct str user_id, size_t max,
                                           struct row_list *ret_list);
/* How many stretches of the customer, ended or not, were paid plans. */
MUST_USE struct err subscription_count_paid(struct tx *tx, struct str user_id, int64_t *ret_count);
/* Paid ones in force whose period ends after `from`, by `until`, in order of the customer's id
 * after `after`; items are struct subscription_row. */
struct subscription_ending {
    int64_t from, until;
    struct str after;
};
MUST_USE struct err subscription_ending(struct tx *tx, const struct subscription_ending *which,
                                        size_t max, struct row_list *ret_list);
/* Those of a plan that is paid for, in order of the customer's id, after `after`. */
MUST_USE struct err subscription_of_tier(struct tx *tx, int tier, struct str after, size_t max,
                                         struct row_list *ret_list);

/* How many hold a version, paying by that interval (those of `free` by month). */
struct subscription_holders {
    int tier, interval;
    int64_t version, count;
};
enum { SUBSCRIPTION_HOLDERS_MAX = 1024 };
/* Of all versions up to `version_max`: those above are of contracts. */
MUST_USE struct err subscription_holders(struct tx *tx, int64_t version_max,
                                         struct row_list *ret_list);

#endif
