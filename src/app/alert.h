/* What is told to the operators because a person has to look: mail that does not arrive, events
 * that could not be applied. One storm is one alert: a fact is told once a day. What needs a person
 * about one customer's money is parked.c's. */
#ifndef APP_ALERT_H
#define APP_ALERT_H

#include "app/app.h"
#include "store/mail.h"
#include "store/webhook.h"
#include "store/webhook_endpoint.h"

/* A mail was given up, or its address is refused for good (`is_bounced`); `row` says why. Alerts
 * that fail themselves are not told of. */
MUST_USE struct err alert_mail_undelivered(struct app *app, struct tx *tx,
                                           const struct mail_row *row, bool is_bounced);

/* An event from the payment provider was given up, for the reason `error`. */
MUST_USE struct err alert_webhook_failed(struct app *app, struct tx *tx,
                                         const struct webhook_row *row, struct str error);

/* Nothing is sent to an endpoint any more, which `row` says since when and why; `answer` is what
 * the last attempt came to. */
MUST_USE struct err alert_webhook_endpoint_disabled(struct app *app, struct tx *tx,
                                                    const struct webhook_endpoint_row *row,
                                                    struct str answer);

/* A use case failed at that place for a reason of its own, and was undone. */
struct alert_failure {
    struct str place; /* "app/mail.c:61" */
    struct str error; /* "format" */
};
MUST_USE struct err alert_command_failed(struct app *app, struct tx *tx,
                                         const struct alert_failure *failure);

/* Pages or scripts come to browsers otherwise than they were built in. */
struct alert_pages {
    struct str url;   /* under which browsers reach the server */
    struct str first; /* one difference, in words */
    int64_t count;
};
MUST_USE struct err alert_pages_changed(struct app *app, struct tx *tx,
                                        const struct alert_pages *pages);

#endif
