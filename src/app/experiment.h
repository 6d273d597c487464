/* Experiments (core/experiment.h): drafted, registered, run, ended, decided.
 *
 * What is registered is hashed into the audit log and never changes. Who is shown what is
 * app/experiment_offer.h's, what the figures say app/experiment_result.h's. Ending one changes
 * nobody's price: what somebody bought is a version of a plan, which they keep. */
#ifndef APP_EXPERIMENT_H
#define APP_EXPERIMENT_H

#include "app/app.h"
#include "app/experiment_shape.h"
#include "store/experiment.h"

struct experiment {
    struct experiment_row row;
    struct experiment_plan plan;
};
MUST_USE struct err experiment_read(struct tx *tx, struct str id, struct experiment *ret,
                                    bool *ret_found);
/* Items are struct experiment_row, the newest first, before the id (empty: the newest). */
MUST_USE struct err experiments_read(struct tx *tx, struct str before, size_t max,
                                     struct row_list *ret_list);
/* What was done with it; items are struct experiment_log_row, the oldest first. */
MUST_USE struct err experiment_log_read(struct tx *tx, struct str id, struct row_list *ret_list);
/* The index of the arm with this name; false when there is none. */
MUST_USE bool experiment_arm_named(const struct experiment_plan *plan, struct str name,
                                   size_t *ret_arm);

/* CREATED, or DONE of a draft that is there. EXPERIMENT_NOT_FOUND, EXPERIMENT_FIXED,
 * EXPERIMENT_NAME_TAKEN; EXPERIMENT_INVALID with the problems. */
struct experiment_write {
    struct command command;
    struct str id;         /* empty: a new one */
    struct record_id made; /* out: its id */
    struct str name, title;
    struct experiment_plan plan;
    int64_t monthly_units;
    struct experiment_problems problems; /* out */
};
void experiment_write(struct app *app, struct experiment_write *write);

/* DONE. EXPERIMENT_NOT_FOUND, EXPERIMENT_STATE; to register: EXPERIMENT_INVALID with the problems,
 * EXPERIMENT_INFEASIBLE unless that is accepted; to start: EXPERIMENT_INVALID, EXPERIMENT_OVERLAPS;
 * to resume: EXPERIMENT_OVERLAPS, EXPERIMENT_SRM; to decide: EXPERIMENT_ARM_UNKNOWN,
 * EXPERIMENT_TOO_SOON, EXPERIMENT_SRM. */
struct experiment_move {
    struct command command;
    struct str id, reason;
    enum experiment_event event;
    struct str arm;                      /* that is decided for */
    bool accepts_weakness;               /* too few units come; it is registered all the same */
    struct experiment_problems problems; /* out */
};
void experiment_move(struct app *app, struct experiment_move *move);

/* DONE: the unit will be shown that arm, and is in no figure. EXPERIMENT_NOT_FOUND,
 * EXPERIMENT_STATE (ended), EXPERIMENT_ARM_UNKNOWN, EXPERIMENT_UNIT_SEEN. */
struct experiment_override {
    struct command command;
    struct str id, unit_id, arm;
};
void experiment_override(struct app *app, struct experiment_override *override);

/* What was shown elsewhere. A unit that is there in another arm stays, and is excluded. */
struct experiment_import_item {
    struct str unit_id, user_id; /* user_id empty: a visitor */
    struct str arm;
    int64_t exposed_at;
};
enum { EXPERIMENT_IMPORT_MAX = 1000 };
/* DONE. EXPERIMENT_NOT_FOUND, EXPERIMENT_STATE (neither running nor paused),
 * EXPERIMENT_ARM_UNKNOWN, EXPERIMENT_UNIT_TIME (exposed in the future, or longer ago than
 * EXPERIMENT_DAYS_MAX): then none is taken. */
struct experiment_import {
    struct command command;
    struct str id;
    const struct experiment_import_item *items;
    size_t count;
    int64_t imported, excluded; /* out */
};
void experiment_import(struct app *app, struct experiment_import *import);

/* Who was shown what; items are struct experiment_unit_row, in order of the units. */
MUST_USE struct err experiment_units_read(struct tx *tx,
                                          const struct experiment_unit_filter *filter, size_t max,
                                          struct row_list *ret_list);

/* Whether somebody sees one: as long as nobody does, nothing is to be watched. */
MUST_USE struct err experiment_is_showing(struct tx *tx, bool *ret_is);
/* Once a day: pauses those whose arms are not filled as they are weighted. */
MUST_USE struct err experiment_watch(struct app *app, struct tx *tx);

#endif
