/* The HTTP API and the pages: what net/http_server.h is given as its handler.
 *
 * One const table (routes.c) says what there is: method, path, who may, what comes in, what goes
 * out, what may be refused. Requests are decoded by it, and /api/openapi.json is printed from it.
 *
 *     options.handle = api_handle;  options.body_max = api_body_max;
 *     options.refuse = api_refuse;  options.context = api;
 *
 * Everything runs on the loop's thread. What the API needs of its surroundings comes in as
 * functions, so that it knows neither Stripe nor the embedded pages nor the jobs. */
#ifndef API_API_H
#define API_API_H

#include "api/headers.h"
#include "api/machine.h"
#include "app/app.h"
#include "base/buf.h"
#include "net/forwarded.h"
#include "net/http_server.h"

struct api;

/* --- what the surroundings provide --- */

/* One encoding of a page or asset; bytes NULL when there is none. */
struct api_asset_body {
    struct str bytes;
    const char *etag; /* strong, with its quotes */
};

struct api_asset {
    const char *content_type;
    bool is_immutable; /* its name changes with its content */
    struct api_asset_body identity, gzip, brotli;
};

/* The pages in the program: "/pricing.html", "/assets/main-4f0c2b1a.js". */
struct api_assets {
    bool (*find)(void *context, struct str path, struct api_asset *ret_asset);
    /* One after the other; false behind the last. */
    bool (*at)(void *context, size_t index, struct str *ret_path, struct api_asset *ret_asset);
    void *context;
};

/* Whether a webhook's signature holds over its raw body; *ret_reason is static text when not. */
struct api_signature {
    struct str header; /* of Stripe-Signature; empty when absent */
    struct str body;
    struct instant now;
};
struct api_webhooks {
    bool (*verify)(void *context, const struct api_signature *signature, const char **ret_reason);
    void *context;
};

/* The clock of test mode. `advance` runs all that falls due up to `to` and calls `done` once, later
 * or at once: DONE, CLOCK_BACKWARD, CLOCK_BUSY. NULL in live mode. */
struct api_clock {
    void (*advance)(void *context, struct instant to, void (*done)(void *done_context, int outcome),
                    void *done_context);
    void *context;
};

/* The sandbox that the server charges through; empty when it is Stripe itself. */
struct api_sandbox {
    struct str url, secret_key;
};

/* Figures that others keep; all counted since the start but those named `…_now`. */
struct api_figures {
    uint64_t writer_groups, writer_works, writer_failed, writer_refused;
    uint64_t commit_ns_total, commit_ns_max;
    uint64_t gate_customers_now, journal_ids_now, outbox_pending_now;
    uint64_t webhooks_received_now, webhooks_applied, webhooks_ignored, webhooks_failed;
    uint64_t webhook_deliveries_waiting_now;
    uint64_t customers_parked_now, charging_frozen_now; /* the second: 0 or 1 */
    uint64_t privacy_overdue_now;
    uint64_t leases_open_now, leases_held_now, leases_recalled_now, leases_reclaimed_now;
    uint64_t leased_now[METRIC_COUNT], reclaimed_now[METRIC_COUNT]; /* in the metric's unit */
    uint64_t connections_now, connections_total, requests_refused;
};

/* What needs a person, though requests may be sent. */
struct api_warnings {
    bool customers_parked, charging_frozen, privacy_overdue;
};

struct api_surroundings {
    /* False: *ret_reason is static text that says what is missing. NULL: always ready. */
    bool (*is_ready)(void *context, const char **ret_reason);
    /* NULL: /metrics shows the API's own figures only. */
    void (*figures)(void *context, struct api_figures *ret_figures);
    /* NULL: nothing ever does. */
    void (*warnings)(void *context, struct api_warnings *ret_warnings);
    /* NULL: nothing runs by the clock. */
    size_t (*jobs)(void *context, struct api_job ret_jobs[API_JOBS_MAX]);
    void (*machine)(void *context, struct api_machine *ret_machine); /* NULL: it cannot be known */
    void *context;
};

/* Work that takes too long for the loop's thread: `run` is called on another, `done` on the loop's
 * afterwards, both with the argument. False: neither will be. */
struct api_background {
    bool (*run)(void *context, void (*run)(void *argument), void (*done)(void *argument),
                void *argument);
    void *context;
};

struct api_options {
    struct app *app;
    struct env *env;
    struct str base_url; /* "https://billing.example", without a slash at the end; copied */
    const char *version; /* of the program */
    struct proxies proxies;
    struct header_origins origins; /* borrowed */
    struct str card_form_key;      /* Stripe's publishable key: its form is in a page of ours */
    struct api_assets assets;
    struct api_webhooks webhooks;
    struct api_clock clock;
    struct api_sandbox sandbox; /* borrowed */
    struct api_surroundings surroundings;
    struct api_background background;
};

MUST_USE struct err api_create(struct cx *cx, const struct api_options *options,
                               struct api **ret_api);
void api_destroy(struct api *api); /* takes NULL */
/* Once the port is known. ERR_NO_MEMORY. */
MUST_USE struct err api_set_base_url(struct api *api, struct str base_url);

/* --- what the server is given; `context` is the struct api --- */

void api_handle(void *context, struct http_exchange *exchange);
/* Four times a second: sends what has changed to those who watch it. */
void api_tick(struct api *api);
/* In every turn of the loop, after input: goes on with what takes longer than a turn. True when
 * there is more of it, so that the loop shall not wait. */
bool api_turn(struct api *api);
size_t api_body_max(void *context, struct str method, struct str path);
void api_refuse(void *context, int status, const char *reason, struct arena *arena,
                struct http_response *ret_response);

/* --- documents, for tools and tests --- */

/* The OpenAPI 3.1 document. ERR_TOO_LARGE when `out` has not the room. */
MUST_USE struct err api_openapi(struct buf *out, const char *version);
/* docs/reference/errors.md: every code, its status and what it means. */
void api_errors_page(struct buf *out);

#endif
