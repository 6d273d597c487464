/* The sandbox's parts as they know one another. */
#ifndef SANDBOX_INSIDE_H
#define SANDBOX_INSIDE_H

#include "base/buf.h"
#include "net/http_server.h"
#include "sandbox/call.h"
#include "sandbox/request_log.h"
#include "sandbox/sandbox.h"

enum { WEBHOOKS_AT_ONCE = 16 };

/* One webhook on its way. */
struct flight {
    struct sandbox *sandbox;
    bool is_busy;
    bool has_landed, is_taken; /* its end is not written yet */
    struct store_delivery delivery;
    struct buf body;
    char url[2048];
    char signature[1024];
};

struct sandbox {
    struct env *env;
    uv_loop_t *loop;
    struct store *store;
    struct http_server *server;
    uv_timer_t timer;
    bool has_timer;
    bool is_running;      /* inside sandbox_run_due */
    uint64_t seen_writes; /* of the store, when the timer was set */
    bool is_stopping;
    char public_url[256];
    struct request_log log;
    struct waiting *waiting; /* requests that wait (turn_wait.c) */
    struct flight flights[WEBHOOKS_AT_ONCE];
    void (*stopped)(void *context);
    void *stopped_context;
};

/* Answers a request of the API (api.c) or for a page (pages.c). */
void sandbox_api_handle(struct sandbox *sandbox, struct http_exchange *exchange);
void pages_handle(struct sandbox *sandbox, struct http_exchange *exchange);
/* Something may have become due: sets the timer. */
void sandbox_kick(struct sandbox *sandbox);

/* Starts the deliveries that are due (webhook.c). */
void webhooks_start(struct sandbox *sandbox);
bool webhooks_idle(const struct sandbox *sandbox);
/* When webhooks_start has something to do, unless a delivery lands before: 0 at once, INT64_MAX
 * never. */
int64_t webhooks_next_ms(struct sandbox *sandbox);
/* Makes a Stripe-Signature header's value: t, and one v1 for each secret that is valid at `now_s`
 * (docs.stripe.com/webhooks). */
void webhook_sign(json_t *secrets, int64_t now_s, struct str body, char *ret_text, size_t size);

/* Does one due thing of an object (due.c); false when the store failed. */
bool due_run_all(struct sandbox *sandbox);

#endif
