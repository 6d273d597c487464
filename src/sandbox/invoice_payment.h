/* Payments of an invoice beside its default one: intents that were attached to it
 * (invoicing/partial-payments). The default payment is made by payment.c. */
#ifndef SANDBOX_INVOICE_PAYMENT_H
#define SANDBOX_INVOICE_PAYMENT_H

#include "sandbox/call.h"

/* POST /v1/invoices/:id/attach_payment. */
json_t *invoice_attach(struct call *call);
extern const struct param invoice_attach_params[];

/* An intent has got `amount`, or never will: what it is attached to hears of it. */
void attached_paid(struct world *world, json_t *intent, int64_t amount);
void attached_canceled(struct world *world, json_t *intent);
/* The invoice is over: what was attached and has not paid counts for it no more. */
void attached_release(struct world *world, json_t *invoice);
/* The intent whose money a refund of the invoice takes: the default one, else the last that paid.
 */
json_t *invoice_paid_intent(struct world *world, const json_t *invoice);

#endif
