/* What the usage works of one group commit have in common: what they add to totals, and the usage
 * periods of the customers that they speak of.
 *
 * Works add to memory; a work that fails leaves nothing there (app.c). When rows are written is
 * usage_totals.h's. The periods are a function of rows that other commands may change, so they are
 * forgotten when one runs. On the writer's thread. */
#ifndef APP_USAGE_GROUP_H
#define APP_USAGE_GROUP_H

#include "app/app.h"
#include "core/period.h"
#include "gate/gate.h"
#include "gate/journal_record.h"
#include "gate/totals.h"

struct usage_group;
MUST_USE struct err usage_group_create(struct app *app);
void usage_group_destroy(struct app *app);

struct totals *usage_group_totals(const struct app *app);
/* The work under way has succeeded, or left nothing. */
void usage_group_end_work(struct app *app, bool is_kept);
/* A command that may change the rows of periods, and when totals of periods begin, is about to run.
 */
void usage_group_forget_periods(struct app *app);

/* When the group under way began to count: in the order of the journal, everything of it happens at
 * this instant, and its batch bears it. */
struct instant usage_group_now(struct app *app);
void usage_group_end(struct app *app);

/* As gate_customer, for the names of a batch. */
struct gate_handle usage_group_customer(struct app *app, struct str user_id);
/* Brings near what will be looked at when the customer's metric is counted. */
void usage_group_prefetch(const struct app *app, struct gate_handle customer, enum metric metric);

/* The row that the record is a part of; a period's start is left to the caller. */
struct total_key usage_total_key(struct gate_handle customer, const struct usage_record *record,
                                 enum total_kind kind);
/* Whose it is: one that the gate knows, where anything was counted. */
struct gate_handle usage_total_customer(const struct total *total);

/* What a record adds to a total, of a group of the journal that was begun at this instant: by it
 * alone is judged what came late. */
struct sums usage_record_sums(const struct usage_record *record, struct instant recorded_at);

/* A record that is in the journal: in its hour and period, and on the account of its source. A
 * counter's period is that of the record's time, a gauge's the present one, whatever is said. */
struct usage_counted {
    const struct usage_record *record;
    struct gate_handle customer;
    struct instant period_start;
    struct instant heard_at;
};
MUST_USE struct err usage_group_count(struct app *app, struct tx *tx,
                                      const struct usage_counted *counted);
/* The same, but that what a counter is given is in its rows only after usage_group_add_gathered():
 * events of one place are added there as one. The record's texts stay until then; a work that fails
 * need not come to it. */
MUST_USE struct err usage_group_gather(struct app *app, struct tx *tx,
                                       const struct usage_counted *counted);
void usage_group_add_gathered(struct app *app);
/* One that was not counted, on the account of its source. */
struct usage_uncounted {
    const struct usage_record *record;
    struct gate_handle customer;
    bool is_duplicate; /* else rejected */
    struct instant heard_at;
};
MUST_USE struct err usage_group_note(struct app *app, const struct usage_uncounted *uncounted);

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
