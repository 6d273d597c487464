/* What the files of the subscription resource share. */
#ifndef SANDBOX_SUBSCRIPTION_H
#define SANDBOX_SUBSCRIPTION_H

#include "sandbox/billing.h"
#include "sandbox/call.h"

extern const char *const payment_behaviors[];
extern const struct param subscription_payment_settings[];
extern const struct param subscription_cancellation_details[];
extern const struct param subscription_update_params[];

json_t *subscription_update(struct call *call);
/* Sets or undoes cancel_at_period_end. */
void subscription_cancel_at_end(json_t *subscription, bool cancels, int64_t now);
/* Finalizes and collects an invoice made by a request, as its payment_behavior says; false with a
 * fault when the request must fail. */
bool subscription_bill(struct call *call, json_t *subscription, json_t *invoice);
/* The 402 of an invoice whose collection was declined; false. */
bool subscription_fault_of(struct world *world, json_t *invoice, bool keeps_changes);

/* The parameters discounts, automatic_tax and default_tax_rates, of create and of update; false
 * with a fault. */
bool subscription_apply_money(struct call *call, json_t *subscription);

#endif
