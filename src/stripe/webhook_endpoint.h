/* The address at which Stripe tells us what happened, registered by ourselves.
 *
 * Against api.stripe.com a person does this once, in the dashboard, and configures the secret. The
 * built-in sandbox gets it done at each start, since a secret is shown only when it is made. */
#ifndef STRIPE_WEBHOOK_ENDPOINT_H
#define STRIPE_WEBHOOK_ENDPOINT_H

#include "stripe/stripe.h"

struct stripe_endpoint {
    struct str url;          /* where POST /webhooks/stripe can be reached from Stripe */
    struct str installation; /* whose endpoint it is: metadata[turnpike] */
};

/* Valid during the callback. */
struct stripe_endpoint_answer {
    struct err err;     /* ERR_NETWORK, ERR_TIMEOUT: no answer; ERR_PERMISSION: refused; ERR_FORMAT:
                           not an answer of Stripe's; ERR_BUSY: not now */
    struct str message; /* one sentence for a person, when it failed */
    struct str secret;  /* "whsec_…" */
};

typedef void stripe_endpoint_done(void *context, const struct stripe_endpoint_answer *answer);

/* Deletes the endpoints that this installation has made before, makes a new one for all events that
 * Turnpike acts on, and gives its secret. Calls `done` exactly once, later. After a failure it may
 * be called again: what was half done is cleared then. */
void stripe_webhook_endpoint_ensure(struct stripe *stripe, const struct stripe_endpoint *endpoint,
                                    stripe_endpoint_done *done, void *context);

#endif
