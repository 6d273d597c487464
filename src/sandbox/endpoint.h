/* What webhook endpoints (v1) and event destinations (v2) have in common: an address, secrets, and
 * which events they want. docs.stripe.com/webhooks */
#ifndef SANDBOX_ENDPOINT_H
#define SANDBOX_ENDPOINT_H

#include "sandbox/world.h"

enum { ENDPOINTS_MAX = 16, ENDPOINT_ROLL_MAX_S = 86400 };

/* Whether one more fits, of both kinds together; false with 400. */
bool endpoint_fits(struct world *world);
/* Whether it is an http or https address; false with 400 for `param`. */
bool endpoint_takes_url(struct world *world, const char *url, const char *param);
/* Puts a fresh secret in front; older ones end at `expires_at`. Borrowed from the endpoint. */
const char *endpoint_add_secret(struct world *world, json_t *endpoint, int64_t expires_at);

bool endpoint_wants(json_t *endpoint, json_t *event);
const char *endpoint_url(const json_t *endpoint);

#endif
