/* The states of a subscription: what invoices, time and requests make of it
 * (billing/subscriptions/overview). What invoices call is in billing.h. */
#ifndef SANDBOX_SUBSCRIPTION_LIFE_H
#define SANDBOX_SUBSCRIPTION_LIFE_H

#include "sandbox/billing.h"

/* canceled or incomplete_expired. */
bool subscription_has_ended(const json_t *subscription);
/* Sets the status and tells it, when it is another. */
void subscription_move(struct world *world, json_t *subscription, const char *status);
/* incomplete → incomplete_expired. */
void subscription_expire(struct world *world, json_t *subscription);
/* An invoice was paid or marked uncollectible. */
void subscription_on_settled(struct world *world, json_t *invoice);
/* Retries of an invoice are used up; `setting` is the account's: "cancel", "unpaid", "pause", or
 * "past_due" for leaving it. */
void subscription_on_exhausted(struct world *world, json_t *invoice, const char *setting);
/* → paused; `why` is a status_details.paused.subscription.type. */
void subscription_pause(struct world *world, json_t *subscription, const char *why);

/* --- time (subscription_time.c) --- */

/* The trial is over at its trial_end: billed, or as its settings say for want of a method. */
void subscription_end_trial(struct world *world, json_t *subscription);
/* The end that was agreed has come. */
void subscription_end_as_agreed(struct world *world, json_t *subscription);
/* When something happens to it next by itself, UTC seconds; STORE_NEVER. */
int64_t subscription_due_at(const json_t *subscription);

#endif
