/* Who may call: API keys in the Authorization header, and what each kind opens.
 *
 * Every sk_test_ and rk_test_ key opens the one account here; rk_test_read… may only read, so that
 * a key without permission can be tried. A pk_test_ key does what a browser does: make payment
 * methods and tokens, and work on an intent whose client_secret it shows. Live keys are refused,
 * whatever they are. docs.stripe.com/api/authentication */
#ifndef SANDBOX_ACCESS_H
#define SANDBOX_ACCESS_H

#include "net/http_server.h"
#include "sandbox/world.h"

enum access_kind { ACCESS_SECRET, ACCESS_READ_ONLY, ACCESS_PUBLISHABLE, ACCESS_STREAM };

/* The stream of meter events is opened by a session's token only, which opens nothing else. */
#define ACCESS_STREAM_PATH "/v2/billing/meter_event_stream"
#define ACCESS_STREAM_PREFIX "mtrtok_test_"
#define ACCESS_SESSION_PREFIX "mtrses_test_"

#define SANDBOX_ACCOUNT "acct_1TurnpikeSandbox"

/* The kind of key of a request; false with 401 or 403 (Stripe-Account names another account). */
bool access_read(const struct http_request *request, struct arena *arena,
                 enum access_kind *ret_kind, struct fault *fault);
/* Whether such a key may call this route; false with 401 or 403. */
bool access_permits(enum access_kind kind, struct str method, struct str path, struct fault *fault);
/* A browser's request must show the secret of the object that it works on: `secret` may be NULL. */
bool access_proves(enum access_kind kind, const char *secret, const json_t *object,
                   struct fault *fault);

/* Whether a stream's token is that of a session that lives; false with 401. */
bool access_streams(struct world *world, const struct http_request *request, struct arena *arena);

#endif
