/* A small Stripe, for tests, demos and `turnpike serve` without a key.
 *
 * It answers the part of Stripe's API that a subscription business uses (routes.c is the list), at
 * API version SANDBOX_API_VERSION, and sends signed webhooks. It is a second opinion on money: it
 * includes base, net and db only and has its own arithmetic, so that Turnpike and it can disagree.
 *
 * Everything it was told is in one SQLite file, committed before the answer leaves. It speaks HTTP
 * on an address of its own; every key that begins with "sk_test_" opens the one account in it.
 * Cards are Stripe's published test numbers; every other number is refused.
 *
 * Time is env->wall_ms. Objects of a customer made with a test clock follow that clock instead. All
 * functions belong to the loop's thread. */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <uv.h>

#include "base/cx.h"

#define SANDBOX_API_VERSION "2026-10-28.endive"

struct http_server;
struct sandbox;

struct sandbox_options {
    struct env *env; /* http_send must be installed: webhooks leave through it */
    uv_loop_t *loop;
    const char *data_path; /* SQLite file; made when it is absent */
    /* "127.0.0.1:0": see net/http_server.h; empty: on none, requests come by sandbox_server() */
    struct str address;
    /* What links to its own pages begin with ("http://127.0.0.1:12111", no slash at the end);
     * empty: "http://127.0.0.1:PORT". */
    struct str public_url;
    /* The account's own retries of failed payments: the days between attempts; none: off. */
    const int64_t *retry_days;
    size_t retry_count;
    const char *retry_end;    /* "cancel", "unpaid", "pause", "past_due"; NULL: past_due */
    bool has_account_numbers; /* invoices are numbered in one row, not in one a customer */
};

/* Opens the data, listens, takes up what was under way. Fails as db_open and http_server_listen do,
 * with a sentence in cx->detail. `env` must outlive the sandbox; the rest is copied. */
MUST_USE struct err sandbox_create(struct cx *cx, const struct sandbox_options *options,
                                   struct sandbox **ret_sandbox);
/* For requests from this process (net/http_inside.h). */
struct http_server *sandbox_server(const struct sandbox *sandbox);
/* The port it listens on. */
int sandbox_port(const struct sandbox *sandbox);
/* Where the account's events go. At Stripe a person sets this up in the dashboard, and is shown the
 * secret; who has the sandbox in the program chooses it, and has kept it before anything is sent.
 */
struct sandbox_endpoint {
    const char *id;     /* "we_…" */
    const char *secret; /* "whsec_…" */
    struct str url;
    const char *const *events; /* names of Stripe's */
    size_t event_count;
};
/* Makes the endpoint; one of that id is kept, with what waits to be delivered to it, and moved.
 * ERR_IO, with a sentence. */
MUST_USE struct err sandbox_set_endpoint(struct cx *cx, struct sandbox *sandbox,
                                         const struct sandbox_endpoint *endpoint);
/* Stops listening, lets requests under way finish for at most `grace_ms`, closes the timer, then
 * calls `stopped`. Webhooks that were not delivered are, after the next start. */
void sandbox_stop(struct sandbox *sandbox, int64_t grace_ms, void (*stopped)(void *context),
                  void *context);
/* Writes the file of a sandbox that is not open anew: what it holds alone decides its bytes. */
MUST_USE struct err sandbox_compact(struct cx *cx, const char *data_path);
/* After `stopped`. The answers of webhooks under way must have arrived (env's client aborted or
 * drained) before. Takes NULL. */
void sandbox_destroy(struct sandbox *sandbox);

/* The earliest scheduled thing after now (renewal, finalization, expiry, settlement, webhook
 * retry), in UTC milliseconds; INT64_MAX when there is none. */
int64_t sandbox_next_due_ms(struct sandbox *sandbox);
/* Does everything that is due at now, in the order of its time, and starts webhook deliveries. With
 * real time a timer of the sandbox calls it; who moves the clock calls it after each move. */
void sandbox_run_due(struct sandbox *sandbox);
/* True when nothing is due and no webhook delivery is under way. */
bool sandbox_is_quiet(struct sandbox *sandbox);

#endif
