/* A subscription as the payment provider has it, and what that changes here. */
#ifndef APP_MIRROR_SUBSCRIPTION_H
#define APP_MIRROR_SUBSCRIPTION_H

#include "app/app.h"
#include "app/gate_update.h"

/* Begins, changes or ends the stretch that mirrors the subscription. */
MUST_USE struct err mirror_subscription(struct app *app, struct tx *tx, struct str user_id,
                                        const struct payments_subscription *subscription,
                                        struct gate_update *ret_update);

#endif
