/* Payments: intents and their charges, for an invoice or by themselves, and what each test card and
 * test account does to them (card.h). What invoices need of it is in billing.h. */
#ifndef SANDBOX_PAYMENT_H
#define SANDBOX_PAYMENT_H

#include "sandbox/billing.h"
#include "sandbox/call.h"
#include "sandbox/card.h"

/* A debit arrives, or fails, and a refund of one arrives, this many business days later. */
enum { DEBIT_BUSINESS_DAYS = 4, REFUND_BUSINESS_DAYS = 5, CAPTURE_LIFE_S = 7 * 86400 };

/* A new intent by itself, without events. */
json_t *intent_new(struct world *world, const char *customer, const char *currency, int64_t amount);
/* The test card or account behind a method; NULL for methods that are neither. */
const struct test_card *card_of_method(const json_t *method);
/* Takes (part of) what is authorized; the rest is released. */
void intent_capture(struct world *world, json_t *intent, int64_t amount);
/* `reason` as in cancellation_reason. */
void intent_cancel(struct world *world, json_t *intent, const char *reason);
/* The customer refused, or failed, what requires_action asked. */
void intent_refuse(struct world *world, json_t *intent);
/* Money of the customer's cash balance, all that the intent wants. */
void intent_pay_from_cash(struct world *world, json_t *intent);
/* last_payment_error as a 402 with payment_intent in it; false. */
bool intent_fault(struct world *world, json_t *intent);
/* The microdeposits were verified: what waited for them goes on. */
void intent_verified(struct world *world, json_t *intent, json_t *method);
/* They never will be, for the reason of a code. */
void intent_unverified(struct world *world, json_t *intent, const char *code);

/* --- parameters that other resources share (intent_params.c) --- */

extern const struct param shipping_params[];
/* An amount that can be charged; false with 400 on `param`. */
bool intent_amount_check(struct fault *fault, const char *currency, int64_t amount,
                         const char *param);
/* Refuses payment_method_types, and kinds that the sandbox does not have. */
bool types_check(struct call *call);

/* --- charges (charge.c) --- */

/* A charge of a method for `of`'s amount, currency, customer …, unpaid. */
json_t *charge_new(struct world *world, const json_t *of, json_t *method);
/* The same for an intent, its latest_charge from now on. */
json_t *charge_make(struct world *world, json_t *intent, json_t *method);
/* The money is there, or authorized when `is_captured` is false. Records charge.succeeded. */
void charge_succeed(struct world *world, json_t *charge, bool is_captured);
void charge_capture(struct world *world, json_t *charge, int64_t amount);
/* Records charge.failed. */
void charge_fail(struct world *world, json_t *charge, const struct test_card *card,
                 const char *code);
/* An authorization ends without its money. */
void charge_release(struct world *world, json_t *charge);
/* Opens the dispute that the charge's test card asks for, if any (dispute.c). */
void dispute_open_of(struct world *world, json_t *charge);

#endif
