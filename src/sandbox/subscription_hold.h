/* A change that is made only once its invoice is paid: a pending update
 * (billing/subscriptions/pending-updates) or a resumption that waits for its payment.
 *
 * The change is made, its invoice drawn, and then taken back: what differs is kept in "_held" and
 * put on when the invoice is paid, or forgotten when it is void. A subscription holds one at most.
 */
#ifndef SANDBOX_SUBSCRIPTION_HOLD_H
#define SANDBOX_SUBSCRIPTION_HOLD_H

#include "sandbox/billing.h"

enum { HOLD_LIFE_S = 23 * 3600 };

/* Takes the change since `before` back and keeps it for `invoice`, until `until` at most. */
void hold_begin(struct world *world, json_t *subscription, json_t *before, const json_t *invoice,
                int64_t until);
/* The update was not paid at once: pending_update shows it from now on. */
void hold_show(struct world *world, json_t *subscription);
/* Whether this invoice decides about a held change. */
bool hold_is_for(const json_t *subscription, const json_t *invoice);
/* UTC seconds; STORE_NEVER when nothing is held. */
int64_t hold_until(const json_t *subscription);
void hold_apply(struct world *world, json_t *subscription);
void hold_drop(struct world *world, json_t *subscription);
/* Voids the invoice that the held change waits for, which drops it. */
void hold_expire(struct world *world, json_t *subscription);

#endif
