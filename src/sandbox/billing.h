/* Invoices from first line to last cent: drafting, finalizing, paying, voiding, and what each means
 * for the subscription behind it. No HTTP here; the routes are in invoice.c and subscription.c. */
#ifndef SANDBOX_BILLING_H
#define SANDBOX_BILLING_H

#include "base/int128.h"
#include "sandbox/arith.h"
#include "sandbox/event.h"

/* The least that Stripe charges, in minor units (0.50 USD). */
enum { LEAST_CHARGE = 50, DRAFT_LIFE_S = 3600 };
/* The most that one line comes to, and the most usage that it counts: no sum overflows. */
#define LINE_AMOUNT_MAX INT64_C(1000000000000)
#define USAGE_MAX INT64_C(1000000000000000)

/* --- lines (invoice_lines.c) --- */

struct line {
    int64_t amount;
    struct period period;
    json_t *price; /* NULL: an amount by itself */
    int64_t quantity;
    const char *quantity_decimal; /* NULL: the same as quantity */
    const char *description;
    const char *item;         /* subscription item */
    const char *invoice_item; /* NULL: not from a pending item */
    bool is_proration;        /* discounts are inside the amount already */
    bool is_undiscountable;   /* the same for another reason */
    json_t *tax_rates;        /* whole rates, or NULL: those of the invoice */
    json_t *discounts;        /* ids of its own discounts, or NULL */
    json_t *metadata;         /* or NULL */
    const char *tax_behavior; /* NULL: that of the price */
};

/* A draft of a subscription, latest_invoice of it from now on. Lines are added next. */
json_t *invoice_draft(struct world *world, json_t *subscription, const char *reason);
void invoice_add_line(struct world *world, json_t *invoice, const struct line *line);
/* Moves the pending items of the subscription, and those that wait for any invoice of the customer,
 * onto the invoice. */
void invoice_take_pending(struct world *world, json_t *invoice, json_t *subscription);
/* A pending invoice item of a subscription, for the next invoice. */
void sandbox_pending_add(struct world *world, json_t *subscription, const struct line *line);
/* Forgets the pending items of a subscription. */
void pending_drop(struct world *world, json_t *subscription);
/* What a quantity of a price costs, whole or (in parts of 10^-12) broken; LINE_AMOUNT_MAX at most.
 */
int64_t price_amount(const json_t *price, int64_t quantity);
int64_t price_amount_decimal(const json_t *price, i128 quantity);

/* --- life (invoice_life.c) --- */

enum pay_result { PAY_PAID, PAY_PROCESSING, PAY_DECLINED, PAY_NEEDS_ACTION, PAY_NO_METHOD };

/* draft → open, or paid when nothing is due: number, balance, the payment intent. */
void invoice_finalize(struct world *world, json_t *invoice);
/* Tries to collect an open invoice with `method` ("" picks the subscription's, then the
 * customer's). `is_automatic` counts as an attempt. */
enum pay_result invoice_collect(struct world *world, json_t *invoice, const char *method,
                                bool is_off_session);
/* open → paid without a charge. */
void invoice_close_out_of_band(struct world *world, json_t *invoice);
void invoice_void(struct world *world, json_t *invoice);
/* Called by payment.c once money has arrived for, or was refused to, an invoice. */
void invoice_on_paid(struct world *world, json_t *invoice, int64_t amount, bool is_charged);
void invoice_on_failed(struct world *world, json_t *invoice, enum pay_result why);

/* --- subscriptions as invoices move them (subscription_life.c) --- */

void subscription_on_paid(struct world *world, json_t *invoice);
void subscription_on_failed(struct world *world, json_t *invoice);
void subscription_on_void(struct world *world, json_t *invoice);
/* What is due by time: one thing a call. */
void subscription_on_due(struct world *world, json_t *subscription);
/* Moves the items whose period ends first on to their next one. */
void subscription_next_period(json_t *subscription);
/* Ends it now. `reason` as in cancellation_details. */
void subscription_end(struct world *world, json_t *subscription, const char *reason);

/* --- payments (payment.c) --- */

json_t *intent_make(struct world *world, json_t *invoice);
enum pay_result intent_confirm(struct world *world, json_t *intent, json_t *method,
                               bool is_off_session);
/* The customer has approved what requires_action asked. */
enum pay_result intent_approve(struct world *world, json_t *intent, json_t *method);
/* A bank debit arrives. */
void intent_on_due(struct world *world, json_t *intent);

/* --- what expand[] shows --- */

json_t *invoice_payments(struct world *world, json_t *invoice);
json_t *invoice_confirmation_secret(struct world *world, json_t *invoice);
json_t *customer_subscriptions(struct world *world, json_t *customer);

#endif
