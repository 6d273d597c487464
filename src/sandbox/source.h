/* Sources: cards as they were before payment methods. A source is a payment method whose id begins
 * with "card_": both APIs show it, each in its own shape. docs.stripe.com/api/cards */
#ifndef SANDBOX_SOURCE_H
#define SANDBOX_SOURCE_H

#include "sandbox/call.h"

/* Gives the customer the card of a token ("tok_visa") as its default source, and records what
 * happened to whom. Borrowed; NULL with a fault on `source`. */
json_t *source_add(struct world *world, json_t *customer, const char *token);
/* expand[]=sources: the customer's sources as a list. */
json_t *customer_sources(struct world *world, json_t *customer);

/* Whether an id is that of one of the customer's sources. */
bool source_is_of(struct world *world, const char *id, const char *customer);

#endif
