/* Stripe's webhooks: is the request from Stripe, and what does it speak of?
 *
 * The signature is checked over the raw bytes, before anything reads them. The verdicts are those
 * of Stripe's official libraries: tests/vectors/stripe_webhooks.json holds cases judged by one of
 * them. As there, only the age is bounded: a time in the future is accepted, since it is signed.
 *
 * Source: https://docs.stripe.com/webhooks#verify-manually */
#ifndef STRIPE_WEBHOOK_H
#define STRIPE_WEBHOOK_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"

enum { STRIPE_TOLERANCE_S = 300 };

enum stripe_signature {
    STRIPE_SIGNATURE_VALID,
    STRIPE_SIGNATURE_NO_BODY,
    STRIPE_SIGNATURE_NO_HEADER,
    STRIPE_SIGNATURE_MALFORMED, /* no time in the header */
    STRIPE_SIGNATURE_NO_SCHEME, /* none of the signatures is a v1 */
    STRIPE_SIGNATURE_WRONG,     /* none of them is of this body under one of the secrets */
    STRIPE_SIGNATURE_TOO_OLD,
};

struct stripe_webhook_proof {
    struct str header; /* Stripe-Signature */
    struct str body;
    const struct str *secrets; /* "whsec_…": several while one is being rolled */
    size_t secret_count;
    int64_t now_s;
    int64_t tolerance_s; /* STRIPE_TOLERANCE_S */
};

enum stripe_signature stripe_webhook_verify(const struct stripe_webhook_proof *proof);
/* One sentence, for the log and for who set the endpoint up. */
const char *stripe_signature_reason(enum stripe_signature signature);

/* The names of what app/webhook.h acts on; there is no reason to be sent others. */
const char *const *stripe_webhook_events(size_t *ret_count);

/* An event's name, and the object that is to be read afresh for it. */
struct stripe_webhook {
    struct str id, type;
    struct str object_id; /* empty: the object has none, as a balance has */
};

/* Reads a verified body; text goes to the arena. False when it is not an event of Stripe's. */
MUST_USE bool stripe_webhook_parse(struct arena *arena, struct str body,
                                   struct stripe_webhook *ret_webhook);

#endif
