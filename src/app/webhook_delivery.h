/* Telling endpoints of billing events: written with the event, sent by jobs/webhook_delivery.c, and
 * what came of each attempt written down. At least once, in no particular order, under a message id
 * that stays: the event's.
 *
 * An attempt that is not answered with 2xx is made again after the waits below, longer where the
 * endpoint asks for it. 410 means that nobody wants to hear any more: the endpoint is disabled. So
 * is one at which nothing has succeeded for five days, and operators are told. */
#ifndef APP_WEBHOOK_DELIVERY_H
#define APP_WEBHOOK_DELIVERY_H

#include "app/app.h"
#include "store/billing_event.h"
#include "store/webhook_delivery.h"
#include "store/webhook_endpoint.h"

enum {
    WEBHOOK_ATTEMPTS_MAX = 10,      /* in a row; then it is given up until it is replayed */
    WEBHOOK_RESPONSE_MAX = 1024,    /* bytes that are kept of an answer */
    WEBHOOK_TIMEOUT_MS = 15 * 1000, /* of an attempt */
    WEBHOOK_WAIT_MAX_S = 24 * 3600, /* that an endpoint may ask for */
    WEBHOOK_FAILING_DAYS = 5,
    WEBHOOK_ATTEMPTS_SHOWN = 100,
};

/* Writes what endpoints are to be told of an event; in the transaction that notes it. */
MUST_USE struct err webhook_delivery_order(struct tx *tx, const struct billing_event_row *event);

/* --- sending, for the worker --- */

/* Of an endpoint that is enabled, those to be sent by now; items are struct webhook_delivery_row
 * without bodies. */
MUST_USE struct err webhook_deliveries_waiting(struct tx *tx, struct str endpoint_id, size_t max,
                                               struct row_list *ret_list);
/* When the next one is due after now; INSTANT_MAX when none is. */
MUST_USE struct err webhook_deliveries_next_due(struct tx *tx, struct instant *ret_at);

enum { WEBHOOK_HEADERS_MAX = 5 };
/* A request as it goes out: text in the arena of the tx's cx. */
struct webhook_parcel {
    struct str url, body;
    struct str headers[WEBHOOK_HEADERS_MAX]; /* "webhook-id: bevt_…" */
    size_t header_count;
};
MUST_USE struct err webhook_parcel_read(struct tx *tx, const struct webhook_endpoint_row *endpoint,
                                        struct str delivery_id, struct webhook_parcel *ret_parcel,
                                        bool *ret_found);

/* What came of an attempt. Text lives until `done`. */
struct webhook_settle {
    struct command command;
    struct str delivery_id;
    int64_t started_at, duration_ms;
    int response_status;    /* 0: there was no answer, and `error` says why */
    struct str response;    /* at most WEBHOOK_RESPONSE_MAX bytes; need not be text */
    struct str error;       /* a sentence */
    int64_t retry_after_ms; /* from now; what 429 and 503 ask for, or 0 */
    uint32_t chance;        /* drawn: how much longer than it must the next attempt waits */
    int status;             /* out: enum webhook_delivery_status */
};
void webhook_settle(struct app *app, struct webhook_settle *settle);

/* "120", or a date (RFC 9110 10.2.3): milliseconds from now, at most WEBHOOK_WAIT_MAX_S, 0 when it
 * is neither or in the past. */
int64_t webhook_retry_after_ms(struct str value, struct instant now);

/* --- for operators --- */

MUST_USE struct err webhook_deliveries_read(struct tx *tx,
                                            const struct webhook_delivery_filter *filter,
                                            size_t max, struct row_list *ret_list);
/* `ret_attempts`: struct webhook_attempt_row, the newest WEBHOOK_ATTEMPTS_SHOWN first. */
MUST_USE struct err webhook_delivery_read(struct tx *tx, struct str id,
                                          struct webhook_delivery_row *ret_row,
                                          struct row_list *ret_attempts, bool *ret_found);

/* How many wait, for the first attempt or the next. */
MUST_USE struct err webhook_deliveries_pending(struct tx *tx, uint64_t *ret_count);

/* Sends webhook.test to the endpoint, whatever it wants to hear of. CREATED,
 * WEBHOOK_ENDPOINT_NOT_FOUND, WEBHOOK_ENDPOINT_DISABLED. */
struct webhook_try {
    struct command command;
    struct str endpoint_id;
    struct record_id id; /* out: of the delivery */
};
void webhook_try(struct app *app, struct webhook_try *try);

/* Makes one wait again from now, whatever became of it. DONE, WEBHOOK_DELIVERY_NOT_FOUND,
 * WEBHOOK_ENDPOINT_DISABLED. */
struct webhook_replay_one {
    struct command command;
    struct str id;
};
void webhook_replay_one(struct app *app, struct webhook_replay_one *replay);

/* The same for all that failed of an endpoint's, of those written since then. DONE,
 * WEBHOOK_ENDPOINT_NOT_FOUND, WEBHOOK_ENDPOINT_DISABLED. */
struct webhook_replay_since {
    struct command command;
    struct str endpoint_id;
    struct instant since;
    int64_t count; /* out: how many wait again */
};
void webhook_replay_since(struct app *app, struct webhook_replay_since *replay);

#endif
