/* What if another catalogue had been in force (core/what_if.h): a run looks at each customer in
 * turns, bills the lines of their invoices of the last closed months again under the candidate, and
 * holds what they bring in a month and what they used against it. Where a run stands is in its row
 * alone, so that a restart goes on. A newer run takes the place of what was done before. */
#ifndef APP_WHAT_IF_H
#define APP_WHAT_IF_H

#include "app/app.h"
#include "app/command_of.h"
#include "store/what_if.h"

enum {
    WHAT_IF_MONTHS_MAX = 24,
    WHAT_IF_MONTHS_DEFAULT = 3,
    WHAT_IF_INVOICES_MAX = 128, /* of a customer, the newest; older ones are not looked at */
};

/* CREATED; WHAT_IF_BUSY, WHAT_IF_CATALOGUE with a sentence, WHAT_IF_CURRENCY, WHAT_IF_PLAN_MISSING
 * with the plan; PRICE_CHANGE_NOT_FOUND. */
struct what_if_begin {
    struct command command;
    struct what_if_row row; /* holders, months, and change_id or catalogue; the rest is set */
    char detail[512];       /* what is wrong, NUL-terminated; may be empty */
};
void what_if_begin(struct app *app, struct what_if_begin *begin);

/* DONE: no more customers are looked at, and what was found stays. WHAT_IF_NOT_FOUND, WHAT_IF_OVER.
 */
void what_if_cancel(struct app *app, struct command_of *cancel);

/* A turn of the run that is under way, if one is. For jobs/what_if.c. */
struct what_if_step {
    struct command command;
};
void what_if_step(struct app *app, struct what_if_step *step);
MUST_USE struct err what_if_is_running(struct tx *tx, bool *ret_is);

/* Items are struct what_if_row, the newest first. */
MUST_USE struct err what_if_runs_read(struct tx *tx, struct str before, size_t max,
                                      struct row_list *ret_list);
MUST_USE struct err what_if_read(struct tx *tx, struct str id, struct what_if_row *ret_row,
                                 bool *ret_found);
/* Items are struct what_if_customer_row, by the customer's id. */
MUST_USE struct err what_if_customers_read(struct tx *tx, const struct what_if_filter *filter,
                                           size_t max, struct row_list *ret_list);
/* Items are struct what_if_sum. */
MUST_USE struct err what_if_sums_read(struct tx *tx, struct str run_id, struct row_list *ret_list);

/* --- between the files of the noun --- */

/* The catalogue in force with the candidate of the run laid under it, in the arena of the tx. What
 * does not fit is said in the cx's detail. */
MUST_USE struct err what_if_laid(struct app *app, struct tx *tx, const struct what_if_row *row,
                                 struct catalogue **ret_laid, enum outcome *ret_outcome);
struct what_if_trial {
    const struct what_if_row *run;
    struct catalogue *laid;
};
/* One customer, under it; *ret_is_told is false when there is nothing to tell. */
MUST_USE struct err what_if_customer(struct app *app, struct tx *tx,
                                     const struct what_if_trial *trial,
                                     struct what_if_customer_row *customer, bool *ret_is_told);

#endif
