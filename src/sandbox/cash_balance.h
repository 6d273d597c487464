/* A customer's cash balance: real money that came by bank transfer and waits for what it pays
 * (payments/customer-balance). It is not the credit `balance` of the customer. */
#ifndef SANDBOX_CASH_BALANCE_H
#define SANDBOX_CASH_BALANCE_H

#include "sandbox/call.h"

/* What is there of a currency. */
int64_t cash_available(const json_t *customer, const char *currency);
bool cash_is_automatic(const json_t *customer);
/* One movement with its customer_cash_balance_transaction; takes `detail`, the member that is
 * named as the type. Records the transaction's event. */
struct cash_movement {
    json_t *customer;
    const char *currency;
    int64_t amount; /* negative: out of the cash balance */
    const char *type;
    json_t *detail; /* NULL: none */
};
json_t *cash_move(struct world *world, const struct cash_movement *movement);
/* The customer's "cash_balance", as expand[] shows it. */
json_t *cash_balance_of(struct world *world, json_t *customer);

/* A payment from the cash balance was refunded: the money is there again. */
void cash_refund(struct world *world, const json_t *refund);
/* POST /v1/refunds with origin=customer_balance: money on its way back to the customer's bank. */
json_t *cash_return(struct call *call);
/* It does not leave after all: `status` canceled or failed. */
void cash_return_undo(struct world *world, json_t *refund, const char *status);

/* --- bank_transfer.c --- */

/* Money arrives for the customer; pays what it can, in Stripe's order. */
void transfer_arrives(struct world *world, json_t *customer, const char *currency,
                      const char *reference);
/* Pays an invoice that was just finalized, or an intent just confirmed, from what is there. */
void transfer_covers_invoice(struct world *world, json_t *invoice);
void transfer_covers_intent(struct world *world, json_t *intent);
/* Puts cash into an intent, at most what it lacks; false when the balance has nothing. */
bool transfer_into_intent(struct world *world, json_t *intent, int64_t amount);
/* next_action of an intent that waits for a transfer. */
json_t *transfer_instructions(struct world *world, const json_t *intent);
/* What the customer's bank must be told: a new array of financial addresses. */
json_t *transfer_addresses(const json_t *customer, const char *type);
/* "us_bank_transfer" of a currency; NULL when there is none. */
const char *transfer_type_of(const char *currency);

#endif
