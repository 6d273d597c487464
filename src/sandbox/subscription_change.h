/* Changing what a subscription consists of: items, anchor, trial, and the prorations that follow.
 * What HTTP has to say is in subscription_update.c. */
#ifndef SANDBOX_SUBSCRIPTION_CHANGE_H
#define SANDBOX_SUBSCRIPTION_CHANGE_H

#include "sandbox/billing.h"
#include "sandbox/subscription_item.h"

/* A change at an instant. */
struct change {
    json_t *items;     /* the parameter items[], or NULL */
    json_t *trial_end; /* a time or "now", or NULL */
    int64_t at;
    bool prorates; /* proration_behavior is not none */
    bool is_now;   /* the anchor moves to `at` */
    bool keeps_anchor;
    bool has_moved; /* found on the way: classic billing begins a new period */
};

/* The change that parameters describe (`params` holds items, proration_behavior, proration_date,
 * billing_cycle_anchor, trial_end); false with a fault when it makes no sense. */
bool change_read(struct world *world, json_t *subscription, json_t *params,
                 struct change *ret_change);
/* Applies a change. Prorations become pending items. *ret_resets says that a new period begins at
 * `at` and an invoice with what it costs is due. False with a fault. */
bool sandbox_subscription_change(struct world *world, json_t *subscription,
                                 const struct change *change, bool *ret_resets);
/* Begins new periods at `at` for every item; what it was debited before is credited when asked. */
void subscription_restart(struct world *world, json_t *subscription, int64_t at, bool credits);

extern const struct param anchor_params[];
extern const char *const proration_behaviors[];

/* --- prorations (proration.c) --- */

/* Credits the time of an item from `at` on: in flexible billing what was debited for it, else the
 * present price; and forgets those debits. */
void prorate_credit(struct world *world, json_t *subscription, json_t *item, int64_t at);
/* Debits the item's present price for the rest of its period. */
void prorate_debit(struct world *world, json_t *subscription, json_t *item, int64_t at);
/* Credits what an item was debited behind `end`, and keeps the debit up to it. */
void prorate_shorten(struct world *world, json_t *subscription, json_t *item, int64_t end);
/* Credits the unused time of every item (DELETE with prorate). */
void subscription_credit_all(struct world *world, json_t *subscription, int64_t at);
/* Adds to an invoice what an item costs for the stretch that it is in, and notes the debit:
 * the whole price, a share of it for a part period, or nothing in a trial. */
void subscription_bill_item(struct world *world, json_t *invoice, json_t *subscription,
                            json_t *item);
void subscription_bill_items(struct world *world, json_t *invoice, json_t *subscription);

#endif
