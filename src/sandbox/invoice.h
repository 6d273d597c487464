/* Invoices as their own routes and the rest of billing use them: making, summing, editing. What
 * happens to a finalized one is in billing.h. */
#ifndef SANDBOX_INVOICE_H
#define SANDBOX_INVOICE_H

#include "sandbox/billing.h"
#include "sandbox/call.h"

/* A draft of a customer without a subscription, empty. */
json_t *invoice_make(struct world *world, const char *customer, const char *currency);
/* Works out discounts, taxes and sums from the lines, anew. */
void invoice_sum(struct world *world, json_t *invoice);
/* Copies name, address, tax state and tax ids of the customer onto a draft. */
void invoice_copy_customer(struct world *world, json_t *invoice);
/* Moves one pending invoice item onto the invoice as a line, without summing; `_price` and the
 * other hidden members of the item decide how it is taxed. */
void invoice_take_item(struct world *world, json_t *invoice, json_t *item);
/* Fills the members that an invoice item and a line have in common. */
void invoice_fill_line(json_t *object, const struct line *line);

/* --- the customer's balance (customer_balance.c) --- */

struct balance_move {
    int64_t amount; /* negative: in the customer's favour */
    const char *type;
    const char *currency;
    const char *invoice;     /* NULL: none */
    const char *credit_note; /* NULL: none */
    const char *description; /* NULL: none */
};
/* Moves the balance and records a transaction, which it returns. */
json_t *balance_move(struct world *world, json_t *customer, const struct balance_move *move);

#endif
