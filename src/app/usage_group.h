/* What the usage works of one group commit have in common: totals that are written once for all of
 * them, and the usage periods of the customers that they speak of.
 *
 * Works add to memory. The rows are written before any other command of the group runs, so that it
 * reads them as if each work had written its own, and before the commit. The periods are a function
 * of rows that other commands may change, so they are forgotten then. On the writer's thread. */
#ifndef APP_USAGE_GROUP_H
#define APP_USAGE_GROUP_H

#include "app/app.h"
#include "core/period.h"
#include "gate/gate.h"
#include "gate/journal_record.h"
#include "gate/totals.h"

MUST_USE struct err usage_group_create(struct app *app);
void usage_group_destroy(struct app *app);

/* Writes what was added so far, and forgets the periods: another command is about to run. */
MUST_USE struct err usage_group_settle(struct app *app, struct tx *tx);
/* The group's end: writes what was added and the journal's row. *ret_has_row is false when nothing
 * was appended to the journal. */
MUST_USE struct err usage_close_group(struct app *app, struct tx *tx, bool *ret_has_row);
/* The group was not stored: what was added is forgotten. */
void usage_group_abandoned(struct app *app);

/* Room for the totals of `records` more records. */
MUST_USE struct err usage_group_reserve(struct app *app, size_t records);
/* Asked when all that can fail of a work is done, before it adds: memory is not rolled back with
 * the work, so a text of its that was cut short must be known by now. */
MUST_USE struct err usage_group_may_add(const struct tx *tx);
/* The rows of a counter's record. */
struct total *usage_group_period(struct app *app, struct gate_handle customer,
                                 const struct usage_record *record, struct instant period_start);
struct total *usage_group_hour(struct app *app, struct gate_handle customer,
                               const struct usage_record *record);
/* The account of what its source has sent. */
struct total *usage_group_account(struct app *app, struct gate_handle customer,
                                  const struct usage_record *record);
/* Adds one counter's record to its hour and period. */
void usage_group_add(struct app *app, struct gate_handle customer,
                     const struct usage_record *record, struct instant period_start);

/* A customer at an instant. */
struct usage_moment {
    struct gate_handle customer;
    struct str user_id;
    struct instant at;
};
/* The usage period that contains it; as subscription_usage_period. */
MUST_USE struct err usage_group_find_period(struct app *app, struct tx *tx,
                                            const struct usage_moment *moment,
                                            struct period *ret_period, bool *ret_found);

#endif
