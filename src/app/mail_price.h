/* What mails say that a subscription costs: never what is sold to others now, but what this holder
 * is billed. */
#ifndef APP_MAIL_PRICE_H
#define APP_MAIL_PRICE_H

#include "app/app.h"
#include "app/mail_values.h"
#include "store/subscription.h"

/* `amount` and `currency` of one interval of the plan; nothing where it has no price of its own. */
void mail_price_of(const struct plan *plan, enum interval interval, struct mail_values *values);
/* The same of the next period of a subscription that goes on: of the version that was sold, or of
 * another one that they were told of. */
MUST_USE struct err mail_price_next(struct app *app, struct tx *tx,
                                    const struct subscription_row *row, struct mail_values *values);

#endif
