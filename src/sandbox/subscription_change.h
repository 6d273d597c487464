/* Making and changing subscriptions: items, periods, prorations. The rules of HTTP are in
 * subscription.c. */
#ifndef SANDBOX_SUBSCRIPTION_CHANGE_H
#define SANDBOX_SUBSCRIPTION_CHANGE_H

#include "sandbox/billing.h"
#include "sandbox/call.h"

/* A change of items at an instant. */
struct change {
    json_t *items; /* the parameter items[] */
    int64_t at;
    bool prorates;     /* proration_behavior is not none */
    bool is_now;       /* billing_cycle_anchor[type]=now */
    bool keeps_anchor; /* billing_cycle_anchor[type]=unchanged */
};

/* Fills the items of a new subscription with its first period; false with a fault. */
bool subscription_add_items(struct world *world, json_t *subscription, json_t *items);
/* Applies a change. Prorations become pending items. *ret_resets says that a new period begins at
 * `at` and an invoice with the full price is due. False with a fault. */
bool sandbox_subscription_change(struct world *world, json_t *subscription,
                                 const struct change *change, bool *ret_resets);
/* Credits the unused time of every item (DELETE with prorate). */
void subscription_credit_all(struct world *world, json_t *subscription, int64_t at);

extern const struct param subscription_item_params[];        /* of create */
extern const struct param subscription_item_update_params[]; /* of update and preview */
extern const struct param anchor_params[];
extern const char *const proration_behaviors[];

/* The change that parameters describe (`params` holds items, proration_behavior, proration_date,
 * billing_cycle_anchor); false with a fault when the date is outside the period. */
bool change_read(struct world *world, json_t *subscription, json_t *params,
                 struct change *ret_change);

#endif
