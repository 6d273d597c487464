/* Recurring revenue as it arrives: a row for each change of what an account brings, in the
 * transaction that makes the change.
 *
 * Whoever writes a subscription touches its customer (store/touched.h). As the command ends, app.c
 * calls revenue_settle(): it looks at how each customer stands now, compares that with their last
 * row, and writes the difference, with its sums. So there is one row a customer and transaction,
 * whatever was written in between, and nobody can forget it. What time alone changes, a coupon that
 * has run out, falls due by itself. */
#ifndef APP_REVENUE_H
#define APP_REVENUE_H

#include "app/app.h"
#include "store/revenue.h"

/* Of everybody who was touched; for app.c. */
MUST_USE struct err revenue_settle(struct app *app, struct tx *tx);

/* In pieces: writes the past of customers that were there before facts were kept, from their
 * subscriptions, and what time has changed by now. */
MUST_USE struct err revenue_run_due(struct app *app, struct tx *tx, bool *ret_has_more);
/* When it is to run next; INSTANT_MAX when nothing is due. */
MUST_USE struct err revenue_next_due_at(const struct app *app, struct tx *tx,
                                        struct instant *ret_at);

/* Whether the last row says how the customer stands now; for the proof. True also of whom nothing
 * can be said: their plan is sold no more. */
MUST_USE struct err revenue_agrees(struct app *app, struct tx *tx, struct str user_id,
                                   bool *ret_agrees);

/* An account and its last row: made to agree with all its rows, and those with the subscription. No
 * row is rewritten: another one, a correction, leads from where they end to how it stands. */
struct revenue_corrected {
    bool is_dry_run;  /* only counted */
    int64_t accounts; /* that stood otherwise than their rows say */
    int64_t rows;     /* accounts whose rows said otherwise than the subscription */
};
MUST_USE struct err revenue_correct(struct app *app, struct tx *tx,
                                    const struct revenue_movement_row *last,
                                    struct revenue_corrected *corrected);

/* All quotes, in the arena; the reporting currency is the catalogue's. */
MUST_USE struct err revenue_rates_read(const struct app *app, struct tx *tx,
                                       struct revenue_rates *ret_rates);

/* The entries of a row, as the sums add them up; as many as are returned. */
int revenue_adds_of(const struct revenue_movement_row *row,
                    struct revenue_add ret_adds[REVENUE_ENTRIES]);

#endif
