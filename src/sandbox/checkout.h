/* Checkout sessions: what their page and the API complete them with. */
#ifndef SANDBOX_CHECKOUT_H
#define SANDBOX_CHECKOUT_H

#include "sandbox/call.h"
#include "sandbox/card.h"

/* Pays, subscribes, or saves with a method that is not attached yet. False with a decline in the
 * fault; when the card asks the customer first and `is_answered` is false, the session stays open.
 * A false answer may have left changes that the caller must abandon unless fault.keeps_changes. */
bool checkout_complete(struct world *world, json_t *session, json_t *method, bool is_answered);
/* A method of a test card or account as the page takes it: a bank account needs no microdeposits
 * there, and its debit is agreed to. */
json_t *checkout_method(struct world *world, const struct test_card *card);
/* The debit that a session began has arrived, or failed (payment.c). */
void checkout_settled(struct world *world, const json_t *intent, bool is_paid);

/* --- line items (checkout_items.c) --- */

extern const struct param checkout_item_params[];
/* Reads line_items onto a session: its items, currency and amounts. False with a refusal. */
bool checkout_items_set(struct call *call, json_t *session);
/* The session's "line_items", as expand[] shows it. */
json_t *checkout_line_items(struct world *world, json_t *session);

/* --- sums (checkout_sum.c) --- */

extern const struct param checkout_discount_params[];
/* The parameter discounts: one coupon or promotion code; false with a fault. */
bool checkout_discounts_read(struct call *call, json_t *session);
/* Works out what the session comes to; false with a fault when its discount cannot be had. */
bool checkout_sum(struct world *world, json_t *session);
/* The session's discount is used up by it; false with a fault. */
bool checkout_redeem(struct world *world, json_t *session);
/* Whether an item is of a price that returns. */
bool checkout_item_returns(const json_t *item);

#endif
