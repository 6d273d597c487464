/* Quotes: what is offered to a customer, and the subscription, schedule or invoice that it becomes
 * once it is accepted (quotes/overview).
 *
 * quote.c has the routes and the states, quote_items.c what is offered, quote_sum.c what it comes
 * to, quote_accept.c what it becomes, quote_pdf.c the paper. */
#ifndef SANDBOX_QUOTE_H
#define SANDBOX_QUOTE_H

#include "sandbox/call.h"

/* --- items (quote_items.c) ---
 *
 * `_items` of a quote: {id, price, quantity, discounts, tax_rates, given}, the last as it was asked
 * for, without its id. */

extern const struct param quote_item_params[];
extern const struct param quote_item_update_params[];
/* The parameters line_items, discounts and default_tax_rates; false with a fault. */
bool quote_items_set(struct call *call, json_t *quote);
json_t *quote_items(const json_t *quote); /* borrowed */
/* Whether there is a price among them that returns, or one that does not. */
bool quote_sells(struct world *world, const json_t *quote, bool is_recurring);

/* --- sums (quote_sum.c) --- */

/* Works out every sum from the items, anew. */
void quote_sum(struct world *world, json_t *quote);
/* What expand[] shows. */
json_t *quote_line_items(struct world *world, json_t *quote);

/* --- acceptance (quote_accept.c) --- */

/* Makes what the quote becomes; false with a fault. */
bool quote_become(struct call *call, json_t *quote);

/* --- time (quote.c) --- */

/* When something happens to it next by itself, UTC seconds; STORE_NEVER. */
int64_t quote_due_at(const json_t *quote);
void quote_on_due(struct world *world, json_t *quote);

/* GET /v1/quotes/:id/pdf. */
json_t *quote_pdf(struct call *call);

#endif
