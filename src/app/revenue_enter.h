/* What operators enter beside the facts of revenue. Nothing is overwritten: an entry stands beside
 * those before it, and reports as of an earlier day go by those. */
#ifndef APP_REVENUE_ENTER_H
#define APP_REVENUE_ENTER_H

#include "app/app.h"
#include "core/revenue_target.h"
#include "store/revenue_entered.h"

/* CREATED; REVENUE_RATE_OF_REPORTING, REVENUE_RATES_FULL. It takes effect at once: what stands in
 * the currency is worth so much from now on, and the difference is no movement. */
struct revenue_rate_enter {
    struct command command;
    struct revenue_rate_row row; /* currency and micros; the rest is filled in */
};
void revenue_rate_enter(struct app *app, struct revenue_rate_enter *enter);

/* DONE; REVENUE_MONTH_TO_COME. */
struct revenue_spend_enter {
    struct command command;
    struct revenue_spend_row row; /* month and amount */
};
void revenue_spend_enter(struct app *app, struct revenue_spend_enter *enter);

/* DONE; REVENUE_TARGET_UNKNOWN, REVENUE_TARGET_RANGE. */
struct revenue_target_enter {
    struct command command;
    struct revenue_target_row row; /* name, value and reason */
};
void revenue_target_enter(struct app *app, struct revenue_target_enter *enter);

MUST_USE struct err revenue_entered_rates(struct tx *tx, struct row_list *ret_list);
/* As of now, in order of the months. */
MUST_USE struct err revenue_entered_spend(struct tx *tx, struct row_list *ret_list);

#endif
