/* Invoices as mirrored from Stripe. */
#ifndef STORE_INVOICE_H
#define STORE_INVOICE_H

#include "store/row.h"

struct invoice_row {
    struct str user_id;
    struct record_id id;
    struct record_id subscription_id;
    struct str stripe_invoice_id;
    struct str number; /* empty while a draft */
    int status;        /* enum invoice_status */
    struct str billing_reason, currency;
    int64_t amount, amount_due, amount_paid, tax; /* minor units */
    int64_t due_date;                             /* or ROW_NONE */
    int64_t period_start, period_end;
    struct str hosted_url, pdf_url;
    struct str lines; /* a JSON array as the API shows it */
    int64_t created_at;
    int64_t discount;  /* that coupons took off, in minor units; ROW_NONE: not told */
    struct str coupon; /* the provider's id of the one that did; empty: none, or not told */
};

/* What a page of invoices follows: nothing yet is {INT64_MAX, ""}. */
struct invoice_cursor {
    int64_t created_at;
    struct str id;
};

/* The newest first; items are struct invoice_row. */
MUST_USE struct err invoice_page(struct tx *tx, struct str user_id, struct invoice_cursor after,
                                 size_t max, struct row_list *ret_list);
MUST_USE struct err invoice_get(struct tx *tx, struct str user_id, struct str id,
                                struct invoice_row *ret_row, bool *ret_found);
/* The one that this charge paid. */
MUST_USE struct err invoice_of_charge(struct tx *tx, struct str user_id, struct str charge_id,
                                      struct invoice_row *ret_row, bool *ret_found);
MUST_USE struct err invoice_put(struct tx *tx, const struct invoice_row *row);
/* Those behind invoice `id` of a customer, and then those of the customers behind; from the very
 * first one with ("", ""). */
MUST_USE struct err invoice_walk(struct tx *tx, struct str user_id, struct str id, size_t max,
                                 struct row_list *ret_list);
/* What charges took for it, in minor units. */
MUST_USE struct err invoice_charged(struct tx *tx, struct str user_id, struct str id,
                                    int64_t *ret_amount);
/* Whether the invoice of this number is paid or void. */
MUST_USE struct err invoice_is_settled(struct tx *tx, struct str user_id, struct str number,
                                       bool *ret_is);
/* Whether a bank has ever wanted back what paid it. */
MUST_USE struct err invoice_is_disputed(struct tx *tx, struct str user_id, struct str id,
                                        bool *ret_is);
/* A draft that the provider has deleted, by the provider's id; none: nothing happens. */
MUST_USE struct err invoice_forget_draft(struct tx *tx, struct str user_id, struct str stripe_id);
/* The newest open one with this reason of billing. */
MUST_USE struct err invoice_waiting(struct tx *tx, struct str user_id, struct str billing_reason,
                                    struct invoice_row *ret_row, bool *ret_found);
/* At most `max` of one subscription of ours, before the cursor, the newest first. */
struct invoice_owner {
    struct str user_id, subscription_id;
};
MUST_USE struct err invoice_of_subscription(struct tx *tx, const struct invoice_owner *of,
                                            struct invoice_cursor before, size_t max,
                                            struct row_list *ret_list);
/* Those that can still be changed, the oldest first. */
MUST_USE struct err invoice_drafts(struct tx *tx, struct str user_id, size_t max,
                                   struct row_list *ret_list);
/* Due by now and not paid, and no case is about them; the longest overdue first. */
MUST_USE struct err invoice_overdue(struct tx *tx, int64_t now, size_t max,
                                    struct row_list *ret_list);
/* When the next one will be; ROW_NONE when none will. */
MUST_USE struct err invoice_next_overdue(struct tx *tx, int64_t *ret_at);
/* How many invoices of the customer wait for money. */
MUST_USE struct err invoice_count_owed(struct tx *tx, struct str user_id, int64_t *ret_count);

#endif
