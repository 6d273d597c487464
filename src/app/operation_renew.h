/* A change of interval that waited for the end of a subscription: the next one is bought. */
#ifndef APP_OPERATION_RENEW_H
#define APP_OPERATION_RENEW_H

#include "app/app.h"
#include "store/subscription.h"

/* Starts the operation that subscribes the customer of `ended` to what was pending. */
MUST_USE struct err operation_renew(struct app *app, struct tx *tx,
                                    const struct subscription_row *ended);

#endif
