/* Sums of the facts of revenue made anew: a month in a transaction, then accounts, some in each.
 *
 * Days, months and cohorts are added up once more from the rows, and replace what is kept; how many
 * keys differed is told. Rows are never rewritten: where they say otherwise than the subscription,
 * another one corrects it (app/revenue.h). Where a run stands is in its row alone, so that a
 * restart goes on; what it has repaired stays when it is cancelled. */
#ifndef APP_REVENUE_REBUILD_H
#define APP_REVENUE_REBUILD_H

#include "app/app.h"
#include "app/command_of.h"
#include "core/revenue.h"
#include "store/revenue_rebuild.h"

/* CREATED; REVENUE_REBUILD_BUSY. */
struct revenue_rebuild_begin {
    struct command command;
    struct revenue_rebuild_row row; /* is_dry_run; the rest is filled in */
};
void revenue_rebuild_begin(struct app *app, struct revenue_rebuild_begin *begin);

/* DONE; REVENUE_REBUILD_NOT_FOUND, REVENUE_REBUILD_OVER. */
void revenue_rebuild_cancel(struct app *app, struct command_of *cancel);

/* The next piece of the run that is under way; *ret_has_more is false when none is. */
MUST_USE struct err revenue_rebuild_go_on(struct app *app, struct tx *tx, bool *ret_has_more);
MUST_USE struct err revenue_rebuild_is_running(struct tx *tx, bool *ret_is);

MUST_USE struct err revenue_rebuild_read(struct tx *tx, struct str id,
                                         struct revenue_rebuild_row *ret_row, bool *ret_found);
/* Items are struct revenue_rebuild_row, the newest first. */
MUST_USE struct err revenue_rebuilds_read(struct tx *tx, struct str before, size_t max,
                                          struct row_list *ret_list);

/* How many cohorts of a month differ from what its rows come to; with `repairs`, they are replaced
 * by that. Also for the proof. */
MUST_USE struct err revenue_cohorts_compare(struct tx *tx, struct revenue_month month, bool repairs,
                                            int64_t *ret_differing);

#endif
