/* Payments by Stripe: the port of app/ports.h over Stripe's HTTP API, pinned to one version of it.
 *
 * The same code speaks to api.stripe.com and to the built-in sandbox; only base_url and the key
 * differ. Every request goes through env->http_send and is bounded by 30 seconds; all functions
 * belong to the loop's thread. What came of a call is told apart by answer.c; a call is never
 * repeated here: who made it asks again under the same idempotency key.
 *
 * The secret key and client secrets are never logged; of a call its kind, the outcome, Stripe's
 * codes and the Request-Id are.
 *
 * Sources: https://docs.stripe.com/api, https://docs.stripe.com/api/idempotent_requests,
 * https://docs.stripe.com/error-low-level */
#ifndef STRIPE_STRIPE_H
#define STRIPE_STRIPE_H

#include "app/ports.h"
#include "base/cx.h"

#define STRIPE_API_VERSION "2026-10-28.endive"

struct stripe;

struct stripe_options {
    struct env *env;       /* http_send must be installed */
    struct str base_url;   /* "https://api.stripe.com", no slash at the end */
    struct str secret_key; /* "sk_…" or "rk_…" */
};

/* Copies the options, but for `env`, which must outlive the result. ERR_FORMAT, with a sentence in
 * cx->detail, for an address that is not http(s) and for a key that no header could carry. */
MUST_USE struct err stripe_create(struct cx *cx, const struct stripe_options *options,
                                  struct stripe **ret_stripe);
/* No call may be under way: abort env's client first. Takes NULL. */
void stripe_destroy(struct stripe *stripe);

/* The port; lives as long as `stripe`.
 *
 * Beyond what the port says: an object that this release cannot represent (a status or currency
 * that is newer than it, an amount out of range) is left out of the answer, which is DONE
 * nonetheless, and logged as stripe.unknown_value: what is stored stays as it is. A body that is
 * not the object that was asked for gives UNKNOWN. */
struct payments *stripe_payments(struct stripe *stripe);

#endif
