/* What is written some days before it happens: once a day everybody whom it concerns is looked for,
 * and each is told once. */
#ifndef APP_MAIL_NOTICES_H
#define APP_MAIL_NOTICES_H

#include "app/app.h"

enum { TRIAL_NOTICE_DAYS = 3, RENEWAL_NOTICE_DAYS = 30, CARD_NOTICE_DAYS = 30, CARD_LAST_DAYS = 7 };

/* Trials that end, years that renew, cards that expire. */
MUST_USE struct err mail_notices_run(struct app *app, struct tx *tx);

#endif
