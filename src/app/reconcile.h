/* Reconciliation: a walk over everything that is mirrored, both ways, page by page.
 *
 * First the provider's lists: what they hold is compared with the rows (app/compare.h), and noted
 * as met. Then the rows that were not met are asked for by name. Whatever differs is only
 * suspected: a page is as old as its request. A suspect is read afresh, alone, while no call for
 * its customer is under way, and judged by that; the safe differences are repaired by the same
 * mirror that answers and events use, the others stay for a person.
 *
 * Where the walk stands is in its row, so that it goes on after a restart; it holds one page in
 * memory, however many customers there are. One walk at a time. */
#ifndef APP_RECONCILE_H
#define APP_RECONCILE_H

#include "app/app.h"
#include "app/command_of.h"
#include "app/gate_update.h"
#include "store/reconcile.h"

/* Begins a walk. RECONCILIATION_RUNNING while there is one, CUSTOMER_NOT_FOUND. */
struct reconcile_start {
    struct command command;
    const char *reason;      /* "asked", "daily", "restore" */
    struct str only_user_id; /* empty: everybody */
    bool is_dry_run;         /* finds and repairs nothing */
    struct record_id id;     /* out */
};
void reconcile_begin(struct app *app, struct reconcile_start *start);

/* Ends the walk where it stands: what it found and repaired stays, whom it suspects is forgotten,
 * and what it froze stays frozen. DONE; RECONCILIATION_NOT_FOUND, RECONCILIATION_OVER. */
void reconcile_cancel(struct app *app, struct command_of *cancel);

/* --- for jobs: what the walk wants next --- */

struct reconcile_work {
    struct record_id id;
    struct str phase;   /* of this walk, as read */
    struct str user_id; /* whose object is read; empty: nobody's in particular */
    bool has_call;
    struct payments_call call;
    bool is_suspect;
    struct reconcile_object suspect;
};
/* *ret_is_running is false when there is no walk. */
MUST_USE struct err reconcile_next(struct tx *tx, struct reconcile_work *ret_work,
                                   bool *ret_is_running);

/* Takes in what came of it, or does what needs no call (`answer` NULL). */
struct reconcile_step {
    struct command command;
    const struct reconcile_work *work;
    const struct payments_answer *answer;
    bool is_settled; /* out; false: ask again later */
    struct gate_update gate_update;
};
void reconcile_take_step(struct app *app, struct reconcile_step *step);

/* When the daily walk over everything is due: a day after the last one began. The first is due once
 * the provider has anything of ours; until then INT64_MAX. */
MUST_USE struct err reconcile_daily_at(struct tx *tx, int64_t *ret_at);

/* --- for operators --- */

MUST_USE struct err reconciliation_read(struct tx *tx, struct str id,
                                        struct reconciliation_row *ret_row, bool *ret_found);
MUST_USE struct err reconciliations_read(struct tx *tx, struct str before, size_t max,
                                         struct row_list *ret_list);
MUST_USE struct err differences_read(struct tx *tx, const struct difference_filter *filter,
                                     size_t max, struct row_list *ret_list);

#endif
