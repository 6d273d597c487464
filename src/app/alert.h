/* What is told to the operators because a person has to look: mail that does not arrive, events
 * that could not be applied. One storm is one alert: a fact is told once a day. What needs a person
 * about one customer's money is parked.c's. */
#ifndef APP_ALERT_H
#define APP_ALERT_H

#include "app/app.h"
#include "store/mail.h"
#include "store/webhook.h"

/* A mail was given up, or its address is refused for good (`is_bounced`); `row` says why. Alerts
 * that fail themselves are not told of. */
MUST_USE struct err alert_mail_undelivered(struct app *app, struct tx *tx,
                                           const struct mail_row *row, bool is_bounced);

/* An event from the payment provider was given up, for the reason `error`. */
MUST_USE struct err alert_webhook_failed(struct app *app, struct tx *tx,
                                         const struct webhook_row *row, struct str error);

#endif
