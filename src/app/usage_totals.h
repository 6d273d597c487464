/* Totals follow the journal: when the rows of hours, periods and sources' accounts are written.
 *
 * What is durable with an event is the journal's record of it. Its totals are added up in memory
 * (gate/totals.h) and written later, each row once for many events: a slice of the oldest with a
 * group commit, and what is left when there is nothing else to do, within a second. Nobody is shown
 * a row that lags: before a command runs the rows are brought up to date, and who reads on the
 * loop's thread lets what is behind of their customer be written first (usage_wait). Each row says
 * up to which batch of the journal it is complete, so that after a crash exactly what is missing is
 * added again, whatever was written when. Counts of duplicates and rejections are not in the
 * journal: an account that has any is written in their group. */
#ifndef APP_USAGE_TOTALS_H
#define APP_USAGE_TOTALS_H

#include "app/usage_group.h"

/* The open batch: a row that is written with all that was counted so far is complete up to it. */
int64_t usage_totals_batch(const struct app *app);

/* Before a command runs: writes what is behind, as the command asks (enum command_totals). */
MUST_USE struct err usage_totals_settle(struct app *app, struct tx *tx,
                                        const struct command *command);

/* The group's end: writes a part of what is behind, and the journal's row. *ret_has_row is false
 * when nothing was appended to the journal. */
MUST_USE struct err usage_close_group(struct app *app, struct tx *tx, bool *ret_has_row);
/* The group is durable, or not. `has_row` as above. The journal is told as well. */
void usage_end_group(struct app *app, bool is_durable, bool has_row);

/* Before anything reads totals: adds what the journal has and the rows have not. In a transaction
 * of the caller's. */
MUST_USE struct err usage_totals_recover(struct app *app, struct tx *tx);
/* Its parts: all rows, `batch` being the open one; and the batch up to which all are complete. */
MUST_USE struct err usage_totals_write_all(struct app *app, struct tx *tx, int64_t batch);
MUST_USE struct err usage_totals_note_complete(struct tx *tx, int64_t batch);
MUST_USE struct err usage_totals_read_complete(struct tx *tx, int64_t otherwise,
                                               int64_t *ret_batch);
/* The number that the next batch gets, at least 1. Rows bear the numbers of batches, which
 * therefore never come again, also when the journal has forgotten them all. */
MUST_USE struct err usage_batch_first(struct tx *tx, uint64_t *ret_batch);

/* On the loop's thread, now and then: lets what is behind be written although nothing else is. */
void usage_totals_catch_up(struct app *app);

/* The same for all of it, before the writer stops. */
void usage_totals_finish(struct app *app);

/* On the loop's thread: calls `then` once the stored totals of the customer are complete with all
 * that anybody was told was counted, at once where they are. Lives until then. */
struct usage_wait {
    struct command command;
    void (*then)(struct usage_wait *wait); /* look at the command's outcome */
};
void usage_wait_start(struct app *app, struct usage_wait *wait, struct str user_id);
/* The same of all customers. */
void usage_wait_start_all(struct app *app, struct usage_wait *wait);
/* The same, and complete with all that the gate shows, which counts before a group is durable. */
void usage_wait_start_gate(struct app *app, struct usage_wait *wait, struct str user_id);

#endif
