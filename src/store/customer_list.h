/* Customers as operators look for them. */
#ifndef STORE_CUSTOMER_LIST_H
#define STORE_CUSTOMER_LIST_H

#include "store/row.h"

struct customer_line {
    struct str user_id, name, country;
    int64_t created_at;
    int tier; /* enum tier; -1 here, and of the next two: no subscription is in force */
    int64_t plan_version;
    int interval;           /* enum interval */
    int status;             /* enum subscription_status */
    int64_t past_due_since; /* or ROW_NONE */
    int64_t access_until;   /* or ROW_NONE */
    int64_t trial_ends_at;  /* or ROW_NONE */
    bool is_ending, is_parked;
    struct str owner_id;   /* which operator looks after them; empty: nobody */
    struct str owner_name; /* set by who needs it: app/customer_list.h */
};

/* Those known before `created_before`, or then with a lower id, the newest first; items of both are
 * struct customer_line. */
MUST_USE struct err customer_list_newest(struct tx *tx, int64_t created_before,
                                         struct str user_before, size_t max,
                                         struct row_list *ret_list);

/* By any of these, each of which may be empty. */
struct customer_clues {
    struct str prefix;         /* of the id */
    struct str invoice_number; /* all of it */
    struct str person_id;      /* of a member */
    struct str owner_id;       /* of the operator who looks after them */
    struct str last4;          /* of a card or an account that is not detached */
    struct str domain;         /* of a member's mail address */
};
/* In order of the id, after `after`. */
MUST_USE struct err customer_list_found(struct tx *tx, const struct customer_clues *clues,
                                        struct str after, size_t max, struct row_list *ret_list);

MUST_USE struct err customer_list_one(struct tx *tx, struct str user_id,
                                      struct customer_line *ret_line, bool *ret_found);

#endif
