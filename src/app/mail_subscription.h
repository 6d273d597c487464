/* What a customer is told of a change of their subscription. */
#ifndef APP_MAIL_SUBSCRIPTION_H
#define APP_MAIL_SUBSCRIPTION_H

#include "app/reaction.h"

/* Another plan, one that waits, an end that is planned, taken back, or there. */
MUST_USE struct err mail_subscription_react(struct app *app, struct tx *tx,
                                            const struct subscription_change *change);

#endif
