/* The address at which Stripe tells us what happened, registered by ourselves.
 *
 * Against api.stripe.com a person does this once, in the dashboard, and configures the secret. The
 * built-in sandbox gets it done at each start: the endpoint that was made before is kept, with what
 * waits to be delivered to it, and told where we can be reached now. */
#ifndef STRIPE_WEBHOOK_ENDPOINT_H
#define STRIPE_WEBHOOK_ENDPOINT_H

#include "stripe/stripe.h"

struct stripe_endpoint {
    struct str url;                  /* where POST /webhooks/stripe can be reached from Stripe */
    struct str installation;         /* whose endpoint it is: metadata[turnpike] */
    struct str kept_id, kept_secret; /* of the one made before; empty: none */
};

/* Valid during the callback. */
struct stripe_endpoint_answer {
    struct err err;     /* ERR_NETWORK, ERR_TIMEOUT: no answer; ERR_PERMISSION: refused; ERR_FORMAT:
                           not an answer of Stripe's; ERR_BUSY: not now */
    struct str message; /* one sentence for a person, when it failed */
    struct str id;      /* "we_…": to be kept, with the secret, which is never shown again */
    struct str secret;  /* "whsec_…" */
};

typedef void stripe_endpoint_done(void *context, const struct stripe_endpoint_answer *answer);

/* Moves the endpoint that was kept to `url`. Where there is none (any more), deletes what this
 * installation has made before and makes a new one. It gets all events that Turnpike acts on. Calls
 * `done` exactly once, later. After a failure it may be called again: what was half done is cleared
 * then. */
void stripe_webhook_endpoint_ensure(struct stripe *stripe, const struct stripe_endpoint *endpoint,
                                    stripe_endpoint_done *done, void *context);

#endif
