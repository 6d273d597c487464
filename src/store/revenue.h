/* Facts of recurring revenue, the accounts that they lead to, and their sums (core/revenue.h). */
#ifndef STORE_REVENUE_H
#define STORE_REVENUE_H

#include "store/revenue_sums.h"

/* Amounts are units of a year. */
struct revenue_movement_row {
    struct str user_id;
    int64_t seq; /* of the account's, from 1 */
    int64_t effective_at, recorded_at;
    int64_t day;                /* since 1970, of effective_at */
    int kind, reason;           /* enum revenue_kind, revenue_reason */
    struct str subscription_id; /* empty: none */
    int tier_before, interval_before;
    struct str country_before;
    int place_before; /* enum revenue_place */
    int tier;
    int64_t plan_version;
    int interval;
    struct str country;
    int place;
    struct str currency;
    int64_t rate_number; /* of the quote in force; 0: none */
    int64_t arr_before, arr_after, list_before, list_after, committed_before, committed_after;
    bool of_opening;
    int64_t lost;
    int64_t cohort;    /* a month since 1970, or ROW_NONE */
    int64_t signed_up; /* a day since 1970 */
    struct str actor;  /* as the audit log names them; empty: the program, or the machine's owner */
    int64_t
        audit_seq; /* of the customer's chain: what was written last when this was; 0: nothing */
};
MUST_USE struct err revenue_movement_insert(struct tx *tx, const struct revenue_movement_row *row);

struct revenue_movement_filter {
    int64_t day_from, day_to;         /* both included */
    int kind, reason, tier, interval; /* -1: any; tier: of the entry that moved */
    struct str country;               /* empty: any */
    struct str user_id;               /* empty: anybody */
    struct str driver,
        driver_name;    /* upgrades that had this signal (store/adoption.h); empty: all */
    int64_t day_before; /* a page begins behind this row; INT64_MAX: with the newest */
    struct str user_before;
    int64_t seq_before;
};
/* The newest first; without sign-ups. Items of this and the next are struct revenue_movement_row.
 */
MUST_USE struct err revenue_movement_page(struct tx *tx,
                                          const struct revenue_movement_filter *filter, size_t max,
                                          struct row_list *ret_list);
MUST_USE struct err revenue_movement_each(struct tx *tx, struct str user_after, int64_t seq_after,
                                          size_t max, struct row_list *ret_list);

/* The first of the account's rows in the month of this one. */
MUST_USE struct err revenue_movement_first_of_month(struct tx *tx,
                                                    const struct revenue_movement_row *of,
                                                    struct revenue_movement_row *ret_row);
/* The last row of each account, customer by customer, after `after`. */
MUST_USE struct err revenue_movement_lasts(struct tx *tx, struct str after, size_t max,
                                           struct row_list *ret_list);

struct revenue_account_row {
    struct str user_id;
    int64_t seq;
    int place;
    int tier;
    int64_t plan_version;
    int interval;
    struct str country, currency, subscription_id;
    int64_t arr, list, committed;
    struct str coupon;    /* its code; empty: none */
    int64_t coupon_since; /* 0 without one */
    int64_t cohort;       /* or ROW_NONE */
    int64_t signed_up, month, month_opening;
    int64_t last_at;
    int64_t due_at; /* when time alone changes it; or ROW_NONE */
    int64_t turn;   /* the night of seven in which it is proved, or REVENUE_TURN_NEXT */
    int ahead;      /* enum revenue_ahead */
};
/* Of who was touched since: proved with the next night, whichever that is. */
enum { REVENUE_TURNS = 7, REVENUE_TURN_NEXT = REVENUE_TURNS };
MUST_USE struct err revenue_account_get(struct tx *tx, struct str user_id,
                                        struct revenue_account_row *ret_row, bool *ret_found);
MUST_USE struct err revenue_account_put(struct tx *tx, const struct revenue_account_row *row);
/* Those of a turn, in order of the customer, after `after`. */
struct revenue_turn_row {
    struct str user_id;
    bool differs; /* it stands otherwise than its last row */
};
MUST_USE struct err revenue_accounts_of_turn(struct tx *tx, int64_t turn, struct str after,
                                             size_t max, struct row_list *ret_list);
/* Up to `last`, those behind `after` have had the turn: each gets its own of the seven. */
MUST_USE struct err revenue_turn_end(struct tx *tx, int64_t turn, struct user_range range);
/* It is proved again with the next night. */
MUST_USE struct err revenue_turn_again(struct tx *tx, struct str user_id);
/* Ids of those that are due by `now`; items are struct str. */
MUST_USE struct err revenue_accounts_due(struct tx *tx, int64_t now, size_t max,
                                         struct row_list *ret_list);
/* Ids of customers, with an account or without, after `after`, in order; items are struct str. */
MUST_USE struct err revenue_customers_after(struct tx *tx, struct str after, size_t max,
                                            struct row_list *ret_list);
/* ROW_NONE when none is. */
MUST_USE struct err revenue_account_due_next(struct tx *tx, int64_t *ret_at);

/* Where the customer is billed; empty: not known. */
MUST_USE struct err revenue_country(struct tx *tx, struct str user_id, struct str *ret_country);

#endif
