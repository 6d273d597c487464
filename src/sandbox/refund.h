/* Refunds, as the API, credit notes and the clock make them. */
#ifndef SANDBOX_REFUND_H
#define SANDBOX_REFUND_H

#include "sandbox/call.h"

struct refund_order {
    json_t *charge;
    int64_t amount;     /* 0: all that is left */
    const char *reason; /* "" none */
    json_t *params;     /* metadata is taken from here; NULL: none */
};

/* Gives money of a charge back; NULL with Stripe's refusal in the fault. Events are recorded. */
json_t *refund_make(struct world *world, const struct refund_order *order);
/* What a refund's card or bank makes of it later. */
void refund_on_due(struct world *world, json_t *refund);
int64_t refund_due(const json_t *refund);

#endif
