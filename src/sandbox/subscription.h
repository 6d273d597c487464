/* What the files of the subscription resource share: parameters, and the steps of its requests. */
#ifndef SANDBOX_SUBSCRIPTION_H
#define SANDBOX_SUBSCRIPTION_H

#include "sandbox/billing.h"
#include "sandbox/call.h"
#include "sandbox/subscription_life.h"

/* --- parameters (subscription_params.c) --- */

extern const char *const payment_behaviors[];
extern const char *const collection_methods[];
extern const char *const cancel_at_words[];
extern const char *const now_word[];
extern const struct param subscription_payment_settings[];
extern const struct param subscription_cancellation_details[];
extern const struct param subscription_trial_settings[];
extern const struct param subscription_pause_collection[];
/* The parameter default_source: one of the customer's; false with a fault. */
bool subscription_set_source(struct call *call, json_t *subscription);

/* Puts given payment_settings on a subscription. */
void subscription_settings_apply(json_t *document, json_t *given);

/* --- requests --- */

extern const struct param subscription_create_params[];
extern const struct param subscription_update_params[];
extern const struct param subscription_cancel_params[];
extern const struct param subscription_pause_params[];
extern const struct param subscription_resume_params[];
extern const struct param subscription_migrate_params[];

json_t *subscription_create(struct call *call);
json_t *subscription_update(struct call *call);
json_t *subscription_delete(struct call *call);
json_t *subscription_pause_now(struct call *call);
json_t *subscription_resume(struct call *call);
json_t *subscription_migrate(struct call *call);

/* Whether the state of a subscription lets a request with these parameters change it; false with a
 * fault. */
bool subscription_may_change(struct call *call, json_t *subscription);
/* collection_method and days_until_due as given; false with a fault when they do not agree. */
bool subscription_collection_apply(struct call *call, json_t *subscription);
/* Applies items, anchor, trial and prorations of `params` to a subscription, and bills what has to
 * be billed at once; false with a fault. */
bool subscription_change_now(struct call *call, json_t *subscription, json_t *params);

/* --- ending (subscription_cancel.c) --- */

/* cancel_at and cancel_at_period_end as given, with the prorations of an end inside the period;
 * false with a fault. */
bool subscription_set_end(struct call *call, json_t *subscription);
/* Ends it now, with credit for what is unused and a last invoice when asked. */
void subscription_cancel_now(struct world *world, json_t *subscription, bool prorates,
                             bool invoices);

/* --- billing (subscription_bill.c) --- */

/* The invoice that a change makes at once: pending items, and with `resets` the items for the new
 * period; NULL when there is nothing on it. */
json_t *subscription_invoice_now(struct world *world, json_t *subscription, bool resets);
/* Finalizes and collects an invoice made by a request, as its payment_behavior says; false with a
 * fault when the request must fail. */
bool subscription_bill(struct call *call, json_t *subscription, json_t *invoice);
/* Something could be charged: the subscription's method or the customer's. */
bool subscription_has_method(struct world *world, const json_t *subscription);
/* The 402 of an invoice whose collection was declined; false. */
bool subscription_fault_of(struct world *world, json_t *invoice, bool keeps_changes);

/* --- time before it was made (subscription_backdate.c) --- */

/* The parameter backdate_start_date, once the items are there; false with a fault. */
bool subscription_backdate(struct call *call, json_t *subscription);
/* Puts that time on the first invoice. */
void subscription_bill_past(struct world *world, json_t *invoice, json_t *subscription);

/* The parameters discounts, automatic_tax and default_tax_rates, of create and of update; false
 * with a fault. */
bool subscription_apply_money(struct call *call, json_t *subscription);
/* The parameter add_invoice_items: pending items, for the next invoice of the subscription. False
 * with a fault. */
extern const struct param subscription_sale_params[];
bool subscription_add_sales(struct call *call, json_t *subscription, json_t *sales);

#endif
