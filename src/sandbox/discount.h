/* Discounts: coupons in use by a subscription, one of its items, an invoice or an invoice item.
 *
 * A discount holds a copy of its coupon, so that deleting the coupon changes nothing for those who
 * have it. Percentages are taken from each line and rounded there; amounts are spread over the
 * lines by their share, earlier ones rounded down and the last one taking the rest
 * (billing/subscriptions/prorations: 5.00 over 10.00 and 20.00 is 1.66 and 3.34). */
#ifndef SANDBOX_DISCOUNT_H
#define SANDBOX_DISCOUNT_H

#include "sandbox/call.h"

/* An element of a parameter `discounts`. */
extern const struct param discount_params[];
#define PARAM_DISCOUNTS                                                                            \
    { .name = "discounts", .kind = PARAM_LIST, .flags = PARAM_EMPTYABLE, .of = discount_params }

/* Who gets discounts. */
struct discount_owner {
    json_t *object;       /* its member "discounts" is set */
    const char *role;     /* the discount's member that names it: "subscription" */
    const char *customer; /* id */
    const char *currency;
    int64_t amount;  /* what is bought, for a code's minimum; negative: not known yet */
    bool is_offered; /* by a quote: nothing is redeemed yet */
};
/* Replaces the owner's discounts by those given (NULL: leaves them, JSON null: none). False with a
 * fault when one cannot be redeemed. */
bool discounts_set(struct world *world, const struct discount_owner *owner, json_t *given);

/* The customer's own discount, as older versions give it: the coupon's id, JSON null for none, NULL
 * for no change. False with a fault. */
bool customer_coupon_set(struct world *world, json_t *customer, json_t *coupon);

/* Gives the invoice its subscription's discounts that still run; those that ended are removed. */
void discounts_inherit(struct world *world, json_t *invoice, json_t *subscription);
/* Works out discount_amounts of every line and total_discount_amounts of the invoice, anew. */
void discounts_spread(struct world *world, json_t *invoice);
/* At finalization: what counts once is used up. True when a discount of the invoice turned out to
 * be used up by another, and sums must be worked out again. */
bool discounts_consume(struct world *world, json_t *invoice);

/* A line's amount less its discounts. */
int64_t line_net(const json_t *line);
/* What the full period of one item costs after the discounts that its subscription has now, for
 * prorations. */
int64_t discounts_item_net(struct world *world, json_t *subscription, json_t *item);

/* Works out `valid`. */
void coupon_refresh(json_t *coupon, int64_t now);

#endif
