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

/* The intent of an open invoice wants what remains to be paid. */
void invoice_sync_payment(struct world *world, json_t *invoice);
/* Nothing remains to be paid: paid, without a payment. */
void invoice_settle_without_payment(struct world *world, json_t *invoice);
/* The last that was owed came by a payment that was attached: paid. */
void invoice_settle_by_attached(struct world *world, json_t *invoice, int64_t amount);
/* open → uncollectible, which settles it for its subscription. */
void invoice_write_off(struct world *world, json_t *invoice);
/* The payment method that would be charged, "" when there is none. */
const char *invoice_method_of(struct world *world, const json_t *invoice);

/* --- editing (invoice_edit.c, invoice_line_edit.c, invoiceitem.c) --- */

/* An invoice in that state; NULL with a fault that says "You can only `verb` … invoices". */
json_t *invoice_in_state(struct call *call, const char *status, const char *verb);
/* Makes, changes and removes lines of drafts, and drafts themselves: handlers of routes. */
json_t *invoice_create(struct call *call);
json_t *invoice_update(struct call *call);
json_t *invoice_delete(struct call *call);
json_t *invoice_add_lines(struct call *call);
json_t *invoice_update_lines(struct call *call);
json_t *invoice_update_line(struct call *call);
json_t *invoice_remove_lines(struct call *call);
extern const struct param invoice_create_params[];
extern const struct param invoice_update_params[];
extern const struct param invoice_add_lines_params[];
extern const struct param invoice_update_lines_params[];
extern const struct param invoice_update_line_params[];
extern const struct param invoice_remove_lines_params[];

/* A new item of the call's parameters for a customer, on `invoice` or (NULL) pending; NULL with a
 * fault. Tells that it was made. */
json_t *invoiceitem_make(struct call *call, const char *customer, json_t *invoice);
/* Puts the call's parameters (amount, price, period, discounts …) onto an item or a line; false
 * with a fault. */
bool invoiceitem_apply(struct call *call, json_t *item);
/* Moves the customer's pending items that no subscription waits for onto a draft. */
void invoice_take_loose(struct world *world, json_t *invoice);

/* --- time (invoice_time.c) --- */

/* What is due of an invoice: finalization, collection, the next attempt, the due date. */
void invoice_on_due(struct world *world, json_t *invoice);
/* After a failed automatic attempt: when the account has retries, plans the next one. */
void invoice_plan_retry(struct world *world, json_t *invoice);
/* What the account was set to do after failed payments; borrowed, NULL when it never was. */
json_t *sandbox_settings(struct world *world);

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
