/* Gauges: where one stands, and what a record of it leaves in the rows of totals.
 *
 * A gauge is a level in the order in which its records came, whenever they happened: each sets it,
 * or moves it from where it stood. The level after a record is left in the row of the hour in which
 * the record happened, over all regions and resources, and in that of the usage period in which it
 * came in. Periods never go back: whatever clocks and plans do, the newest row of a period says
 * where the gauge stands. Rows follow the journal like all others (usage_totals.h); what a row
 * says is read once, and known in memory from then on. On the writer's thread. */
#ifndef APP_USAGE_LEVEL_H
#define APP_USAGE_LEVEL_H

#include "app/usage_group.h"

/* The row in memory that knows where the record's gauge stands. Its `stored` is the batch up to
 * which the store's rows of the gauge are complete. */
MUST_USE struct err usage_level_find(struct app *app, struct tx *tx, struct gate_handle customer,
                                     const struct usage_record *record, struct total **ret_level);
/* The record moves it; `counted->period_start` is of the period in which it came in; whether that
 * was late. */
MUST_USE struct err usage_level_add(struct app *app, struct total *level,
                                    const struct usage_counted *counted, bool is_late);

#endif
