/* Which request a call of the port is. Inside the layer. */
#ifndef STRIPE_CALL_H
#define STRIPE_CALL_H

#include "stripe/client.h"

/* "subscription_create": for logs. */
const char *call_name(int64_t kind);

/* The request of a call; its text goes to `arena`. The call is whole: app has filled what its kind
 * needs (app/ports.h). */
struct stripe_request call_request(struct arena *arena, const struct payments_call *call);

/* The requests that look again after an answer that left something open (payments.c). */
/* The invoice payment that the intent made, as a list of one or none. */
struct stripe_request call_find_invoice_of(struct arena *arena, struct str intent_id);
struct stripe_request call_read_intent(struct arena *arena, struct str intent_id);
struct stripe_request call_read_schedule(struct arena *arena, struct str schedule_id);

#endif
